//! Which hours of which source were polled, and with what success.
//!
//! A note on coverage stands beside every answer and must not cost more than the answer, so hours
//! are bits, read from the log once and then only at their end.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;

use bellwether_archive::{ArchiveError, CollectedHour, Head, LogReader};
use bellwether_detect::{RHYTHM_HOURS, SourceHour};
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

/// The first moment of an hour.
pub(super) fn start_of(hour: i64) -> Timestamp {
    Timestamp::from_second(hour.saturating_mul(3600)).unwrap_or(Timestamp::MIN)
}

/// A set of hours.
#[derive(Debug, Clone, Default)]
pub(super) struct HourSet {
    base: i64,
    words: Vec<u64>,
}

impl HourSet {
    pub(super) fn insert(&mut self, hour: i64) {
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
        self.last_until(hours.end.saturating_sub(1))
            .is_some_and(|last| last >= hours.start)
    }

    /// The last of its hours up to one.
    pub(super) fn last_until(&self, hour: i64) -> Option<i64> {
        let offset = hour.saturating_sub(self.base);
        let mut at = usize::try_from(offset.div_euclid(64)).ok()?;
        let mut mask = u64::MAX >> (63 - offset.rem_euclid(64));
        if at >= self.words.len() {
            at = self.words.len().checked_sub(1)?;
            mask = u64::MAX;
        }
        loop {
            let word = self.words[at] & mask;
            if word != 0 {
                let bit = 63 - i64::from(word.leading_zeros());
                return Some(self.base + i64::try_from(at).ok()? * 64 + bit);
            }
            at = at.checked_sub(1)?;
            mask = u64::MAX;
        }
    }

    /// The 64 hours from one that is a multiple of 64.
    pub(super) fn word(&self, hour: i64) -> u64 {
        usize::try_from((hour - self.base).div_euclid(64))
            .ok()
            .and_then(|at| self.words.get(at))
            .copied()
            .unwrap_or(0)
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
    /// Items that were new, of those of the last four weeks' hours that had any.
    new: VecDeque<(i64, u32)>,
}

impl Attempts {
    /// The hour in which it was first collected.
    pub(super) fn first(&self) -> Option<i64> {
        self.collected.first()
    }

    /// The hours of the first and the last attempt.
    pub(super) fn range(&self) -> Option<(i64, i64)> {
        let sets = [&self.collected, &self.failed];
        let first = sets.iter().filter_map(|set| set.first()).min()?;
        let last = sets.iter().filter_map(|set| set.last_until(i64::MAX)).max();
        Some((first, last?))
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

    /// The hours up to the present one that a rhythm is learnt from.
    pub(super) fn rhythm_hours(&self, now_hour: i64) -> (i64, Vec<SourceHour>) {
        let first = now_hour + 1 - RHYTHM_HOURS as i64;
        let mut hours: Vec<SourceHour> = (first..=now_hour)
            .map(|hour| SourceHour {
                is_collected: self.collected.contains(hour),
                has_failed: self.failed.contains(hour),
                items: 0,
            })
            .collect();
        for (hour, items) in &self.new {
            let place = usize::try_from(hour - first).ok();
            if let Some(hour) = place.and_then(|place| hours.get_mut(place)) {
                hour.items = *items;
            }
        }
        (first, hours)
    }

    fn note(&mut self, row: &CollectedHour) {
        let hour = hour_of(row.start);
        if row.items_new > 0 {
            // The last hours are read again.
            while self.new.back().is_some_and(|(noted, _)| *noted >= hour) {
                self.new.pop_back();
            }
            self.new.push_back((hour, row.items_new));
            while self.new.len() > RHYTHM_HOURS {
                self.new.pop_front();
            }
        }
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
    sources: HashMap<SourceId, Attempts>,
    seq: Option<Seq>,
    /// The last hour that was read; it may have gone on since.
    last: i64,
}

impl Hours {
    pub(super) fn of(&self, source: &SourceId) -> Option<&Attempts> {
        self.sources.get(source)
    }

    /// Whether all up to the end of the log is read.
    pub(super) fn is_at(&self, head: Head) -> bool {
        self.seq == Some(head.seq)
    }

    /// Reads what was added to the log.
    pub(super) fn follow(&mut self, log: &LogReader, head: Head) -> Result<(), ArchiveError> {
        if self.is_at(head) {
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
