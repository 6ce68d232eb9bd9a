//! What was and was not collected, beside every answer.

use bellwether_model::{Coverage, Zero};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One source that was not collected in whole or part of the window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MissingBody {
    /// Its id.
    pub source: String,
    /// Why: `failing` or `not-polled`.
    pub reason: String,
    /// The last error, where there was one.
    pub error: Option<String>,
}

/// What was collected of the sources in scope.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CoverageBody {
    /// Whether every source in scope was collected in all of the window.
    pub complete: bool,
    /// Sources in scope.
    pub sources: u32,
    /// Those that were not collected in whole or part of the window.
    pub missing: Vec<MissingBody>,
    /// Why less is collected at this moment than is configured, where it is.
    #[serde(default)]
    pub note: Option<String>,
    /// Which zero an answer without results is: `unreachable` (nothing of the sources in scope was
    /// collected in the window), `off` (the sources in scope are all switched off), `nothing-published`
    /// (they were collected and have no items at all), `nothing-matched` (they have items, and none matches); `null` where there are results.
    #[serde(default)]
    pub zero: Option<String>,
}

impl CoverageBody {
    /// The shape of a coverage.
    #[must_use]
    pub fn from_model(coverage: &Coverage) -> Self {
        Self {
            complete: coverage.is_complete(),
            sources: coverage.sources,
            missing: coverage
                .missing
                .iter()
                .map(|missing| MissingBody {
                    source: missing.source.to_string(),
                    reason: missing.reason.as_str().to_owned(),
                    error: missing.error.clone(),
                })
                .collect(),
            note: None,
            zero: None,
        }
    }

    /// The same beside an answer without results.
    #[must_use]
    pub fn with_zero(self, zero: Option<Zero>) -> Self {
        Self {
            zero: zero.map(|zero| zero.as_str().to_owned()),
            ..self
        }
    }
}

/// What was collected in one bin of a timeline; the names stand once, beside the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BinCoverageBody {
    /// Whether every source in scope was collected in all of the bin.
    pub complete: bool,
    /// Sources in scope.
    pub sources: u32,
    /// How many of them were collected in all of the bin.
    pub collected: u32,
}

impl BinCoverageBody {
    /// The shape of a bin in which `collected` of `sources` were collected.
    #[must_use]
    pub const fn new(sources: u32, collected: u32) -> Self {
        Self {
            complete: collected >= sources,
            sources,
            collected,
        }
    }
}
