//! Coverage of many hours, of one source or of several.

use bellwether_model::{CoverageHour, HourMark, HourMarks, HourState};

use crate::expected;

/// Hours of coverage added up: a day of a source, an hour of a group.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CoverageSum {
    /// Hours that should have been collected, of each source.
    pub due: u32,
    /// Those that were, at least in part.
    pub collected: u32,
    /// Attempts that were due, at least.
    pub polls_expected: u32,
    /// Attempts.
    pub polls_made: u32,
    /// Those that failed.
    pub polls_failed: u32,
    /// Why the last of them did.
    pub error: Option<String>,
    /// Items that were new to us.
    pub items_new: u32,
    /// Items that came late.
    pub items_late: u32,
    /// The marks of all.
    pub marks: HourMarks,
    partly: u32,
    imported: u32,
    /// Hours whose expected items are known.
    known: u32,
    /// The expected items of one source whose hours were added.
    own: f64,
    dispersion: f64,
    /// Those of the sources that were joined.
    mean: f64,
    variance: f64,
}

impl CoverageSum {
    /// Adds an hour of the same source as those before.
    pub fn add(&mut self, hour: &CoverageHour) {
        if hour.is_due() {
            self.due += 1;
            self.collected += u32::from(hour.state.is_collected());
            if let Some(expected) = hour.items_expected {
                self.known += 1;
                self.own += expected.mean;
                self.dispersion = expected.dispersion;
            }
        }
        self.partly += u32::from(hour.state == HourState::Partly);
        self.imported += u32::from(hour.state == HourState::Import);
        self.polls_expected += hour.polls_expected;
        self.polls_made += hour.polls_made;
        self.polls_failed += hour.polls_failed;
        if let Some(error) = &hour.error {
            self.error = Some(error.clone());
        }
        self.items_new = self.items_new.saturating_add(hour.items_new);
        self.items_late = self.items_late.saturating_add(hour.items_late);
        self.marks.put_all(hour.marks);
    }

    /// Adds what another source was in the same time.
    pub fn join(&mut self, other: &Self) {
        let Self {
            due,
            collected,
            polls_expected,
            polls_made,
            polls_failed,
            error,
            items_new,
            items_late,
            marks,
            partly,
            imported,
            known,
            ..
        } = other;
        self.due += due;
        self.collected += collected;
        self.polls_expected += polls_expected;
        self.polls_made += polls_made;
        self.polls_failed += polls_failed;
        if error.is_some() {
            self.error.clone_from(error);
        }
        self.items_new = self.items_new.saturating_add(*items_new);
        self.items_late = self.items_late.saturating_add(*items_late);
        self.marks.put_all(*marks);
        self.partly += partly;
        self.imported += imported;
        self.known += known;
        let (mean, variance) = other.moments();
        self.mean += mean;
        self.variance += variance;
    }

    /// Mean and variance of its items. A source that is livelier than usual is so in all its hours, so
    /// within one source means are added and not variances; sources do not know of each other.
    fn moments(&self) -> (f64, f64) {
        let own = self.own + self.dispersion * self.own.powi(2);
        (self.mean + self.own, self.variance + own)
    }

    /// How far all of it was collected.
    #[must_use]
    pub fn state(&self) -> HourState {
        if self.due == 0 {
            return if self.marks.has(HourMark::Off) {
                HourState::Not
            } else {
                HourState::Before
            };
        }
        if self.collected == 0 {
            HourState::Not
        } else if self.collected < self.due || self.partly > 0 {
            HourState::Partly
        } else if self.imported == self.due {
            HourState::Import
        } else {
            HourState::Collected
        }
    }

    /// The least and the most items that are usual; `None` where a rhythm is not known.
    #[must_use]
    pub fn items_expected(&self) -> Option<(u32, u32)> {
        let is_known = self.due > 0 && self.known == self.due;
        let (mean, variance) = self.moments();
        is_known.then(|| expected::range(mean, variance))
    }
}
