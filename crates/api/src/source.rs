//! Sources, and what came of polling them.

use bellwether_model::{FamilyId, Outcome, Source, SourceKind, Timestamp};
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
    /// `fetched`, `not-modified`, `unreachable`, `status`, `not-a-feed`, `limit`, `refused`.
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
        }
    }
}

/// Where a source stands, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SourceStatus {
    /// Its last attempt succeeded.
    Collected,
    /// Its last attempt failed.
    Failing,
    /// It has not been polled yet.
    Waiting,
    /// It is switched off.
    Off,
    /// It is brought by import and never polled.
    Import,
}

impl SourceStatus {
    /// Where a source stands, given its last attempt.
    #[must_use]
    pub fn of(source: &Source, last: Option<&Outcome>) -> Self {
        match last {
            _ if source.kind == SourceKind::Import => Self::Import,
            _ if !source.enabled => Self::Off,
            None => Self::Waiting,
            Some(outcome) if outcome.kind.is_collected() => Self::Collected,
            Some(_) => Self::Failing,
        }
    }

    /// The word used in API and page.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Collected => "collected",
            Self::Failing => "failing",
            Self::Waiting => "waiting",
            Self::Off => "off",
            Self::Import => "import",
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
    /// Where it stands.
    pub status: SourceStatus,
    /// Its last attempt.
    pub last: Option<OutcomeBody>,
}

impl SourceBody {
    /// The shape of a source and its last attempt.
    #[must_use]
    pub fn from_model(source: &Source, last: Option<&Outcome>) -> Self {
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
            status: SourceStatus::of(source, last),
            last: last.map(OutcomeBody::from_model),
        }
    }
}
