//! Sources, and what came of polling them.

use bellwether_model::{
    FamilyId, Outcome, Source, SourceCondition, SourceCourse, SourceKind, SourceState, Timestamp,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::AffiliationBody;
use crate::display::shown_address;

/// What came of one attempt to fetch one source: a line of `poll --once`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutcomeBody {
    /// The source.
    pub source: String,
    /// When the answer was complete, or the attempt given up.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// `fetched`, `not-modified`, `unreachable`, `status`, `not-a-feed`, `limit`, `refused` (by our
    /// own rules), `blocked` (by the server: a check for robots, a login).
    pub outcome: String,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// Items never seen before.
    pub items_new: u32,
    /// Items whose wording changed.
    pub items_updated: u32,
    /// Items as they were.
    pub items_unchanged: u32,
    /// What was repaired before the document could be read.
    pub repaired: Option<String>,
    /// What went wrong.
    pub error: Option<String>,
    /// Bytes of the body after decompression.
    pub body_bytes: u64,
    /// Where the first address has moved for good.
    pub moved_to: Option<String>,
    /// The fallback that answered in place of the first address.
    pub fallback: Option<String>,
}

impl OutcomeBody {
    /// The shape of an outcome.
    #[must_use]
    pub fn from_model(outcome: &Outcome) -> Self {
        Self {
            source: outcome.source.to_string(),
            at: outcome.at,
            outcome: outcome.kind.as_str().to_owned(),
            status: outcome.status,
            items_new: outcome.items_new,
            items_updated: outcome.items_updated,
            items_unchanged: outcome.items_unchanged,
            repaired: outcome.repaired.clone(),
            error: outcome.error.clone(),
            body_bytes: outcome.body_bytes,
            moved_to: outcome.moved_to.clone(),
            fallback: outcome.fallback.clone(),
        }
    }
}

/// A source with the facts on record, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SourceBody {
    /// Its id.
    pub id: String,
    /// The outlet's own name.
    pub name: String,
    /// `feed` or `import`.
    pub kind: String,
    /// Where it is read, without the parts that are credentials.
    pub url: Option<String>,
    /// Who speaks.
    pub publisher: String,
    /// Who owns the speaker.
    pub family: String,
    /// The sets it belongs to.
    pub groups: Vec<String>,
    /// ISO 3166 code of the country it speaks from.
    pub country: Option<String>,
    /// BCP 47 tags of the languages it publishes in.
    pub languages: Vec<String>,
    /// How often it is polled, in seconds.
    pub every_seconds: u64,
    /// Whether it is polled at all.
    pub enabled: bool,
    /// What is on record about whose voice it is.
    pub affiliation: AffiliationBody,
    /// A note for the operator.
    pub note: Option<String>,
    /// Where it stands: `ok`, `degraded` (collected, and something is wrong), `silent` (nothing new for
    /// longer than its rhythm explains), `failing`, `blocked` (the server keeps us out), `moved`
    /// (collected at another address than the configured one), `ended`, `waiting` (not polled yet or
    /// not lately), `off`, `import`.
    pub state: String,
    /// Since when, where that is known.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    /// Why, in words.
    pub why: Option<String>,
    /// The time of its newest item.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub newest: Option<Timestamp>,
    /// Its last attempt.
    pub last: Option<OutcomeBody>,
}

impl SourceBody {
    /// The shape of a source, how polling it went, and where it stands if it is polled.
    #[must_use]
    pub fn from_model(source: &Source, course: &SourceCourse, polled: &SourceCondition) -> Self {
        let condition = match source {
            source if source.kind == SourceKind::Import => {
                &SourceCondition::plain(SourceState::Import)
            }
            source if !source.enabled => &SourceCondition::plain(SourceState::Off),
            _ => polled,
        };
        Self {
            id: source.id.to_string(),
            name: source.name.clone(),
            kind: source.kind.as_str().to_owned(),
            url: source.url.as_deref().map(shown_address),
            publisher: source.publisher.to_string(),
            family: FamilyId::to_string(&source.family),
            groups: source.groups.iter().map(ToString::to_string).collect(),
            country: source.country.clone(),
            languages: source.languages.clone(),
            every_seconds: source.every.as_secs(),
            enabled: source.enabled,
            affiliation: AffiliationBody::from_model(&source.affiliation),
            note: source.note.clone(),
            state: condition.state.as_str().to_owned(),
            since: condition.since,
            why: condition.why.clone(),
            newest: course.newest,
            last: course.last.as_ref().map(OutcomeBody::from_model),
        }
    }
}
