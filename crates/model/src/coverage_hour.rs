//! Coverage by the hour: how far one source was collected in one hour, and what detection may make of it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A quiet source is polled less often than configuration says, up to so many intervals apart.
const STRETCH_MAX: u32 = 3;

/// But no further than this: every hour of it has a poll, and an hour without one is a gap.
const QUIET_MAX: Duration = Duration::from_secs(30 * 60);

/// The longest interval at which a source that answers is polled, if configuration says `every`.
#[must_use]
pub fn interval_max(every: Duration) -> Duration {
    every.saturating_mul(STRETCH_MAX).min(QUIET_MAX).max(every)
}

/// How far a source was collected in an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HourState {
    /// An attempt succeeded, or one before that still stands (sources polled less than once an hour).
    Collected,
    /// Attempts succeeded, and at least as many failed.
    Partly,
    /// It was not collected.
    Not,
    /// Not polled, and an import reaches over it.
    Import,
    /// The source was not followed yet.
    Before,
}

impl HourState {
    /// All states.
    pub const ALL: [Self; 5] = [
        Self::Collected,
        Self::Partly,
        Self::Not,
        Self::Import,
        Self::Before,
    ];

    /// The word used in API and page.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Collected => "collected",
            Self::Partly => "partly",
            Self::Not => "not",
            Self::Import => "import",
            Self::Before => "before",
        }
    }

    /// The state behind a word of [`Self::as_str`].
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether something of the hour is known: what the coverage of an answer counts as collected.
    #[must_use]
    pub const fn is_collected(self) -> bool {
        matches!(self, Self::Collected | Self::Partly | Self::Import)
    }
}

/// What detection must know of an hour before it compares it with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HourMark {
    /// The source has only begun: what it shows first was published before.
    NewSource,
    /// The hour was not collected, and items of it came later.
    Backlog,
    /// The hour was not collected, or only in part, though it should have been.
    Gap,
    /// Nobody asked the source, though it is on: the program stood still, or its host wanted peace.
    Paused,
    /// Nobody asked the source, as it is switched off.
    Off,
}

impl HourMark {
    /// All marks in their order.
    pub const ALL: [Self; 5] = [
        Self::NewSource,
        Self::Backlog,
        Self::Gap,
        Self::Paused,
        Self::Off,
    ];

    /// The word used in API and page.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NewSource => "new-source",
            Self::Backlog => "backlog",
            Self::Gap => "gap",
            Self::Paused => "paused",
            Self::Off => "off",
        }
    }
}

/// The marks of an hour, each at most once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct HourMarks(u8);

impl HourMarks {
    /// Adds a mark.
    pub const fn put(&mut self, mark: HourMark) {
        self.0 |= 1 << mark as u8;
    }

    /// Adds the marks of another hour.
    pub const fn put_all(&mut self, others: Self) {
        self.0 |= others.0;
    }

    /// Whether it has a mark.
    #[must_use]
    pub const fn has(self, mark: HourMark) -> bool {
        self.0 >> mark as u8 & 1 == 1
    }

    /// Its marks in their order.
    pub fn iter(self) -> impl Iterator<Item = HourMark> {
        HourMark::ALL
            .into_iter()
            .filter(move |mark| self.has(*mark))
    }
}

/// How it is known that a source was exposed in an hour: that it would have been seen publishing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exposure {
    /// It was polled.
    Known,
    /// Its items of the hour came later or by an import, and nobody can say whether all did.
    Inferred,
}

/// Items that a source is expected to bring, by its rhythm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExpectedItems {
    /// The mean.
    pub mean: f64,
    /// The inverse of the size of the Gamma-Poisson distribution: 0 is Poisson.
    pub dispersion: f64,
}

/// One source in one hour.
#[derive(Debug, Clone, PartialEq)]
pub struct CoverageHour {
    /// How far it was collected.
    pub state: HourState,
    /// What detection must know of it.
    pub marks: HourMarks,
    /// Attempts that its interval makes due, at least.
    pub polls_expected: u32,
    /// Attempts.
    pub polls_made: u32,
    /// Those that failed.
    pub polls_failed: u32,
    /// Why the last of them did.
    pub error: Option<String>,
    /// Items that were new to us in it.
    pub items_new: u32,
    /// Items that its rhythm lets expect; `None` while the rhythm is not known.
    pub items_expected: Option<ExpectedItems>,
    /// Items of this hour that came after it, as it was not collected.
    pub items_late: u32,
}

impl CoverageHour {
    /// How it is known what the source published in the hour; `None` where it is not.
    #[must_use]
    pub const fn exposure(&self) -> Option<Exposure> {
        match self.state {
            HourState::Collected | HourState::Partly => Some(Exposure::Known),
            HourState::Import => Some(Exposure::Inferred),
            HourState::Not | HourState::Before if self.marks.has(HourMark::Backlog) => {
                Some(Exposure::Inferred)
            }
            HourState::Not | HourState::Before => None,
        }
    }

    /// Whether it should have been collected.
    #[must_use]
    pub const fn is_due(&self) -> bool {
        !matches!(self.state, HourState::Before) && !self.marks.has(HourMark::Off)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_a_set_in_order() {
        let mut marks = HourMarks::default();
        for mark in [HourMark::Paused, HourMark::Backlog, HourMark::Paused] {
            marks.put(mark);
        }
        let words: Vec<&str> = marks.iter().map(HourMark::as_str).collect();
        assert_eq!(words, ["backlog", "paused"]);
        for state in HourState::ALL {
            assert_eq!(HourState::from_word(state.as_str()), Some(state));
        }
    }

    #[test]
    fn exposure_is_known_inferred_or_not_there() {
        let exposure = |state, mark: Option<HourMark>| {
            let mut marks = HourMarks::default();
            mark.into_iter().for_each(|mark| marks.put(mark));
            let hour = CoverageHour {
                state,
                marks,
                polls_expected: 1,
                polls_made: 0,
                polls_failed: 0,
                error: None,
                items_new: 0,
                items_expected: None,
                items_late: 0,
            };
            hour.exposure()
        };
        let late = Some(HourMark::Backlog);
        assert_eq!(exposure(HourState::Partly, None), Some(Exposure::Known));
        assert_eq!(exposure(HourState::Import, None), Some(Exposure::Inferred));
        assert_eq!(exposure(HourState::Not, late), Some(Exposure::Inferred));
        assert_eq!(exposure(HourState::Before, late), Some(Exposure::Inferred));
        assert_eq!(exposure(HourState::Not, Some(HourMark::Gap)), None);
    }
}
