//! Which hours of which source were polled, and with what success.
//!
//! A note on coverage stands beside every answer and must not cost more than the answer, so hours
//! are bits, read from the log once and then only at their end.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use bellwether_archive::{ArchiveError, CollectedHour, LogReader};
use bellwether_model::{Seq, SourceId, Timestamp};
use jiff::SignedDuration;

/// Read from the log in stretches of so many hours, which bounds what is in memory at once.
const STRETCH_HOURS: i64 = 7 * 24;
/// Twenty years; a row beyond is a clock gone wrong.
const HOURS_MAX: i64 = 20 * 366 * 24;
/// Changes of a source's last error that are remembered.
const ERRORS_MAX: usize = 64;

/// The hour a time lies in, counted from 1970.
pub(super) fn hour_of(time: Timestamp) -> i64 {
    time.as_second().div_euclid(3600)
}

/// The hours a stretch of time touches.
pub(super) fn hours_of(from: Timestamp, to: Timestamp) -> Range<i64> {
    hour_of(from)..(to.as_second() - 1).div_euclid(3600) + 1
}

fn start_of(hour: i64) -> Timestamp {
    Timestamp::from_second(hour.saturating_mul(3600)).unwrap_or(Timestamp::MIN)
}

/// A set of hours.
#[derive(Debug, Clone, Default)]
pub(super) struct HourSet {
    base: i64,
    words: Vec<u64>,
}

impl HourSet {
    fn insert(&mut self, hour: i64) {
        if self.words.is_empty() {
            self.base = hour.div_euclid(64) * 64;
        }
        let offset = hour - self.base;
        if !(0..HOURS_MAX).contains(&offset) {
            return;
        }
        let Ok(at) = usize::try_from(offset / 64) else {
            return;
        };
        if self.words.len() <= at {
            self.words.resize(at + 1, 0);
        }
        self.words[at] |= 1 << (offset % 64);
    }

    pub(super) fn contains(&self, hour: i64) -> bool {
        let offset = hour - self.base;
        usize::try_from(offset.div_euclid(64))
            .ok()
            .and_then(|at| self.words.get(at))
            .is_some_and(|word| word >> offset.rem_euclid(64) & 1 == 1)
    }

    pub(super) fn any(&self, hours: Range<i64>) -> bool {
        let end = self.base + i64::try_from(self.words.len()).unwrap_or(0) * 64;
        (hours.start.max(self.base)..hours.end.min(end)).any(|hour| self.contains(hour))
    }

    fn first(&self) -> Option<i64> {
        let at = self.words.iter().position(|word| *word != 0)?;
        Some(self.base + i64::try_from(at).ok()? * 64 + i64::from(self.words[at].trailing_zeros()))
    }
}

/// What came of polling one source.
#[derive(Debug, Clone, Default)]
pub(super) struct Attempts {
    /// Hours in which it was collected.
    pub(super) collected: HourSet,
    /// Hours in which an attempt failed.
    pub(super) failed: HourSet,
    /// The error of an hour, where it differs from the one before.
    errors: Vec<(i64, Arc<str>)>,
}

impl Attempts {
    /// The hour in which it was first collected.
    pub(super) fn first(&self) -> Option<i64> {
        self.collected.first()
    }

    /// The last error in some hours.
    pub(super) fn error(&self, hours: &Range<i64>) -> Option<&str> {
        self.errors
            .iter()
            .rev()
            .find(|(hour, _)| *hour < hours.end)
            .filter(|_| self.failed.any(hours.clone()))
            .map(|(_, error)| &**error)
    }

    fn note(&mut self, row: &CollectedHour) {
        let hour = hour_of(row.start);
        if row.collected > 0 {
            self.collected.insert(hour);
        }
        if row.failed > 0 {
            self.failed.insert(hour);
        }
        let Some(error) = &row.error else { return };
        self.errors.retain(|(noted, _)| *noted != hour);
        if self.errors.last().is_none_or(|(_, last)| **last != **error) {
            if self.errors.len() == ERRORS_MAX {
                self.errors.remove(0);
            }
            self.errors.push((hour, error.as_str().into()));
        }
    }
}

/// What came of polling, of all sources, up to a place in the log.
#[derive(Debug, Clone, Default)]
pub(super) struct Hours {
    sources: BTreeMap<SourceId, Attempts>,
    seq: Option<Seq>,
    /// The last hour that was read; it may have gone on since.
    last: i64,
}

impl Hours {
    pub(super) fn of(&self, source: &SourceId) -> Option<&Attempts> {
        self.sources.get(source)
    }

    /// Reads what was added to the log.
    pub(super) fn follow(&mut self, log: &LogReader) -> Result<(), ArchiveError> {
        let head = log.head()?;
        if self.seq == Some(head.seq) {
            return Ok(());
        }
        let Some(at) = head.at else { return Ok(()) };
        let end = hour_of(at) + 2;
        let mut from = if self.seq.is_some() {
            // The end of a fetch may lie an hour before its place in the log.
            self.last - 1
        } else {
            log.first_collected()?
                .into_iter()
                .map(|(_, first)| hour_of(first))
                .min()
                .unwrap_or(end)
                .min(end - STRETCH_HOURS)
                .max(end - HOURS_MAX)
        };
        while from < end {
            let to = (from + STRETCH_HOURS).min(end);
            // The end is the last moment of the hour before, as the log reads whole hours.
            let last = start_of(to)
                .checked_sub(SignedDuration::from_millis(1))
                .unwrap_or(Timestamp::MIN);
            for row in log.collected_hours(start_of(from), last)? {
                self.sources
                    .entry(row.source.clone())
                    .or_default()
                    .note(&row);
            }
            from = to;
        }
        self.seq = Some(head.seq);
        self.last = hour_of(at);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_kept_as_they_were_put() {
        let mut set = HourSet::default();
        for hour in [1000, 1001, 1063, 1064, 2000] {
            set.insert(hour);
        }
        assert_eq!(set.first(), Some(1000));
        for hour in [999, 1002, 1065, 5000, -3] {
            assert!(!set.contains(hour), "{hour}");
        }
        assert!(set.contains(1063) && set.contains(1064) && set.contains(2000));
        assert!(set.any(1002..1064) && !set.any(1002..1063) && !set.any(-10..1000));
        assert!(!HourSet::default().any(0..i64::MAX));
    }
}
