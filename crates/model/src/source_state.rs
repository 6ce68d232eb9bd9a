//! Where a source stands: whether it is being collected, and if not, why.

use serde::{Deserialize, Serialize};

use crate::{Outcome, Timestamp};

/// Where a source stands, in a word. Those that need a person first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceState {
    /// The server keeps us out.
    Blocked,
    /// It cannot be reached or read.
    Failing,
    /// It says that it is gone, or has shown no life for months.
    Ended,
    /// Collected, and nothing new for much longer than its rhythm explains.
    Silent,
    /// Collected at another address than the configured one.
    Moved,
    /// Collected, and yet something is wrong: some attempts fail, a fallback answers, it floods.
    Degraded,
    /// Not polled yet, or not lately: what it shows is unknown.
    Waiting,
    /// Collected, and as lively as it used to be.
    Ok,
    /// Brought by import and never polled.
    Import,
    /// Switched off.
    Off,
}

impl SourceState {
    /// All states in their order.
    pub const ALL: [Self; 10] = [
        Self::Blocked,
        Self::Failing,
        Self::Ended,
        Self::Silent,
        Self::Moved,
        Self::Degraded,
        Self::Waiting,
        Self::Ok,
        Self::Import,
        Self::Off,
    ];

    /// The word used in stores, API and page.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Degraded => "degraded",
            Self::Silent => "silent",
            Self::Failing => "failing",
            Self::Blocked => "blocked",
            Self::Moved => "moved",
            Self::Ended => "ended",
            Self::Waiting => "waiting",
            Self::Off => "off",
            Self::Import => "import",
        }
    }

    /// The state behind a word of [`Self::as_str`].
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether we know what the source has to show.
    #[must_use]
    pub const fn is_collected(self) -> bool {
        matches!(self, Self::Ok | Self::Degraded | Self::Silent | Self::Moved)
    }

    /// Whether it is meant to be collected by polling.
    #[must_use]
    pub const fn is_polled(self) -> bool {
        !matches!(self, Self::Off | Self::Import)
    }

    /// Whether a person should do something about it.
    #[must_use]
    pub const fn needs_a_person(self) -> bool {
        matches!(
            self,
            Self::Silent | Self::Failing | Self::Blocked | Self::Moved | Self::Ended
        )
    }
}

/// A state with its evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceCondition {
    /// Where the source stands.
    pub state: SourceState,
    /// Since when, where that is known.
    pub since: Option<Timestamp>,
    /// Why, in words; `None` where there is nothing to explain.
    pub why: Option<String>,
}

impl SourceCondition {
    /// A state that explains itself.
    #[must_use]
    pub const fn plain(state: SourceState) -> Self {
        Self {
            state,
            since: None,
            why: None,
        }
    }
}

/// Attempts that failed since the last one that did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failures {
    /// When the first of them ended.
    pub since: Timestamp,
    /// How many there are.
    pub count: u32,
}

/// How polling a source went of late.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SourceCourse {
    /// Its last attempt.
    pub last: Option<Outcome>,
    /// The attempts that have failed since the last success; `None` where the last one succeeded.
    pub failures: Option<Failures>,
    /// The time of its newest item.
    pub newest: Option<Timestamp>,
}
