//! Narratives: documented claims, with the queries that find their wording.
//!
//! A match shows that words were used. It says nothing about whether they are true, where they come
//! from or what was meant; reports about a claim and checks of it match too.

use crate::{ActorId, ElectionId, NarrativeId};

/// A document that describes a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Its title, in its own language.
    pub title: String,
    /// Who published it.
    pub publisher: Option<String>,
    /// Its day, month or year as far as it is known: `2024-02-28`, `2024-02` or `2024`.
    pub date: Option<String>,
    /// Where it can be read.
    pub url: Option<String>,
}

/// What finds a claim in texts of one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NarrativeQuery {
    /// The language its words are of, BCP 47. It is not a condition: a text of any language matches.
    pub lang: String,
    /// The query in canonical form, without `time:` and `narrative:`.
    pub query: String,
}

/// A documented claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Narrative {
    /// Its id.
    pub id: NarrativeId,
    /// What it is called, in a few words.
    pub title: String,
    /// What is claimed, in a sentence.
    pub description: String,
    /// The elections it is watched for.
    pub elections: Vec<ElectionId>,
    /// Whom the cited documents name as spreading it. Empty where they name nobody.
    pub actors: Vec<ActorId>,
    /// Names the cited documents use for whom no actor is configured, such as
    /// `pro-kremlin-media`.
    pub actor_labels: Vec<String>,
    /// Techniques of the DISARM framework, such as `T0022.001`: our reading, not the documents'.
    pub disarm: Vec<String>,
    /// The documents; at least one.
    pub documented_by: Vec<Reference>,
    /// Its queries, one for each language; at least one. A text that any of them finds carries the
    /// claim's wording.
    pub queries: Vec<NarrativeQuery>,
}
