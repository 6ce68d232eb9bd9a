//! What was and what was not collected.

use serde::{Deserialize, Serialize};

use crate::SourceId;

/// Why a source was not collected in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MissingReason {
    /// Every attempt failed.
    Failing,
    /// Nothing was attempted: the poller did not run, or the source was not yet followed.
    NotPolled,
}

impl MissingReason {
    /// The word used in API and page.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Failing => "failing",
            Self::NotPolled => "not-polled",
        }
    }
}

/// Which zero an answer without results is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Zero {
    /// Nothing of the sources in scope was collected in the window: the number is unknown.
    Unreachable,
    /// The sources in scope are all switched off: the number is unknown.
    Off,
    /// They were collected, and published nothing.
    NothingPublished,
    /// They published something, and none of it matches.
    NothingMatched,
}

impl Zero {
    /// The word used in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Off => "off",
            Self::NothingPublished => "nothing-published",
            Self::NothingMatched => "nothing-matched",
        }
    }

    /// The zero behind a word of [`Self::as_str`].
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [
            Self::Unreachable,
            Self::Off,
            Self::NothingPublished,
            Self::NothingMatched,
        ]
        .into_iter()
        .find(|zero| zero.as_str() == word)
    }
}

/// One source that was not collected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// The source.
    pub source: SourceId,
    /// Why.
    pub reason: MissingReason,
    /// The last error, where there was one.
    pub error: Option<String>,
}

/// What was collected in a window, of the sources in scope.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Sources in scope.
    pub sources: u32,
    /// Those that were not collected in the window, or not in part of it.
    pub missing: Vec<Missing>,
}

impl Coverage {
    /// Whether every source in scope was collected.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }
}
