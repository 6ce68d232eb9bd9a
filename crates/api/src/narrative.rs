//! Documented claims, as programs see them.

use bellwether_model::{Directory, Narrative, Reference};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What names of actors are shown in.
const NAME_LANGUAGE: &str = "en";

/// A documented claim, with what finds its wording. That an item matches says that it has the wording, not that it
/// makes the claim.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NarrativeBody {
    /// Its id.
    pub id: String,
    /// What it is called, in a few words.
    pub title: String,
    /// What is claimed, in a sentence.
    pub description: String,
    /// The elections it is watched for, by their ids.
    pub elections: Vec<String>,
    /// Whom the cited documents name as spreading it.
    pub actors: Vec<NamedActorBody>,
    /// Names the documents use for whom no actor is configured.
    pub actor_labels: Vec<String>,
    /// Techniques of the DISARM framework: our reading, not the documents'.
    pub disarm: Vec<String>,
    /// The documents.
    pub documented_by: Vec<ReferenceBody>,
    /// Its queries, one for each language.
    pub queries: Vec<NarrativeQueryBody>,
    /// Items of the last seven days that match.
    pub items_7d: u64,
    /// The mean week of the days of the four weeks before that were collected; `null` where they are fewer than 21.
    pub usual_7d: Option<f64>,
    /// The search for what matches.
    #[schema(example = "narrative:\"tw-vote-count-fraud\"")]
    pub query: String,
}

/// An actor by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NamedActorBody {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReferenceBody {
    /// Its title, in its own language.
    pub title: String,
    /// Who published it.
    pub publisher: Option<String>,
    /// Its day, month or year as far as it is known.
    pub date: Option<String>,
    /// Where it can be read.
    pub url: Option<String>,
}

/// What finds a claim in texts of one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NarrativeQueryBody {
    /// The language its words are of.
    pub lang: String,
    /// The query in canonical form.
    pub query: String,
}

impl NarrativeBody {
    /// The shape of a narrative with how often it matched.
    #[must_use]
    pub fn from_model(
        narrative: &Narrative,
        directory: &Directory,
        items_7d: u64,
        usual_7d: Option<f64>,
    ) -> Self {
        let actor = |id: &bellwether_model::ActorId| NamedActorBody {
            id: id.to_string(),
            name: directory.actor(id).map_or_else(
                || id.to_string(),
                |actor| actor.name(NAME_LANGUAGE).to_owned(),
            ),
        };
        let reference = |reference: &Reference| ReferenceBody {
            title: reference.title.clone(),
            publisher: reference.publisher.clone(),
            date: reference.date.clone(),
            url: reference.url.clone(),
        };
        Self {
            id: narrative.id.to_string(),
            title: narrative.title.clone(),
            description: narrative.description.clone(),
            elections: narrative
                .elections
                .iter()
                .map(ToString::to_string)
                .collect(),
            actors: narrative.actors.iter().map(actor).collect(),
            actor_labels: narrative.actor_labels.clone(),
            disarm: narrative.disarm.clone(),
            documented_by: narrative.documented_by.iter().map(reference).collect(),
            queries: narrative
                .queries
                .iter()
                .map(|query| NarrativeQueryBody {
                    lang: query.lang.clone(),
                    query: query.query.clone(),
                })
                .collect(),
            items_7d,
            usual_7d,
            query: format!("narrative:\"{}\"", narrative.id),
        }
    }
}
