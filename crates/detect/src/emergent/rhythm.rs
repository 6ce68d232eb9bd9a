//! Columns: terms that rise at the same hour of a day or a week again and again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

const HOUR: u32 = 3600;
const DAY_HOURS: u32 = 24;
const WEEK_HOURS: u32 = 7 * 24;

/// Days and weeks that are looked back.
const DAYS: u32 = 14;
const WEEKS: u32 = 4;

/// One day before may be the first of an event that grows: a column of every day has so many.
const COLUMN_DAYS: usize = 2;

/// A rise must be so many times as high as the last at its hour.
pub(super) const TIMES: f64 = 2.0;

/// What is kept at most; the oldest go first.
const PEAKS_MAX: usize = 1 << 17;

/// The highest rises of terms, by the hour.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Peaks {
    by_term: BTreeMap<(u64, u32), u32>,
    by_hour: BTreeMap<(u32, u64), ()>,
}

impl Peaks {
    /// Notes a rise, and tells whether the term has risen about as high before, at this hour or at that
    /// of the middle of its items (both in seconds): its last items may come later than they did then.
    pub(super) fn is_rhythm(&mut self, term: u64, now: u32, middle: u32, voices: u32) -> bool {
        let hour = now / HOUR;
        let peak = self.by_term.entry((term, hour)).or_insert(0);
        *peak = (*peak).max(voices);
        self.by_hour.insert((hour, term), ());
        let oldest = hour.saturating_sub(WEEKS * WEEK_HOURS + DAY_HOURS);
        while let Some(((at, key), ())) = self.by_hour.first_key_value() {
            if *at >= oldest && self.by_hour.len() <= PEAKS_MAX {
                break;
            }
            let (at, key) = (*at, *key);
            self.by_hour.remove(&(at, key));
            self.by_term.remove(&(key, at));
        }
        f64::from(voices) < TIMES * f64::from(self.column(term, now, middle))
    }

    /// How high the term has risen at this hour before: in any of the last weeks, or on [`COLUMN_DAYS`]
    /// of the last days. Notes nothing.
    pub(super) fn column(&self, term: u64, now: u32, middle: u32) -> u32 {
        let hour = now / HOUR;
        let peak = |back: u32| {
            let hours = [back - 1, back, back + 1, back + 2]
                .into_iter()
                .flat_map(|back| [hour, middle / HOUR].map(|hour| hour.checked_sub(back)));
            let peaks = hours
                .flatten()
                .filter_map(|hour| self.by_term.get(&(term, hour)));
            peaks.copied().max().unwrap_or(0)
        };
        let weeks = (1..=WEEKS).map(|weeks| peak(weeks * WEEK_HOURS));
        let mut days: Vec<u32> = (1..=DAYS).map(|days| peak(days * DAY_HOURS)).collect();
        days.sort_unstable_by(|a, b| b.cmp(a));
        let daily = days.get(COLUMN_DAYS - 1).copied().unwrap_or(0);
        weeks.max().unwrap_or(0).max(daily)
    }
}
