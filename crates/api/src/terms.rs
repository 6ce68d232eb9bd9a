//! The words that set the matches of a query apart from everything else.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{CoverageBody, WindowBody};

/// One word.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TermBody {
    /// The word, in the spelling that most of the items have.
    pub term: String,
    /// Items that match the query and have it.
    pub matching: u64,
    /// Items that do not match and have it.
    pub outside: u64,
    /// How far chance is from explaining the difference: twice the logarithm of the likelihood
    /// ratio (Dunning 1993). 10.8 is one in a thousand for a single word; of many words looked at,
    /// some exceed that by chance.
    pub significance: f64,
}

/// The words that are more frequent among the matches than elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TermsBody {
    /// The query in canonical form.
    pub query: String,
    /// The time zone in which days were understood.
    pub zone: String,
    /// The stretch of time asked for.
    pub window: WindowBody,
    /// All that match.
    pub total: u64,
    /// Of how many of them, the newest, the text was read to find words.
    pub sampled: u64,
    /// Items that do not match, of all times.
    pub outside: u64,
    /// The words, the most significant first.
    pub terms: Vec<TermBody>,
    /// What was collected in the time asked for.
    pub coverage: CoverageBody,
    /// The address of the page that asks the same again, relative times staying relative.
    pub permalink: String,
}
