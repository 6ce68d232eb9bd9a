//! How much there is at all, of one script or one group: what a term's share is a share of.

use serde::{Deserialize, Serialize};

use super::table::{DAYS, KEPT_DAILY, faded};

const BIN: u32 = 600;
const BINS: usize = (DAYS as u32 * 24 * 3600 / BIN) as usize;
const DAY: u32 = 24 * 3600;

/// Items by the ten minutes of the last days, and by the day before those.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Volume {
    bins: Vec<u32>,
    /// The newest bin.
    newest: u32,
    days: [u32; DAYS],
    day: u32,
    base: f64,
}

impl Volume {
    pub(super) fn new() -> Self {
        Self {
            bins: vec![0; BINS],
            newest: 0,
            days: [0; DAYS],
            day: 0,
            base: 0.0,
        }
    }

    /// Brings days and bins up to a time.
    pub(super) fn turn(&mut self, now: u32) {
        let day = now / DAY;
        if self.day == 0 {
            self.day = day;
        }
        for _ in 0..day.saturating_sub(self.day).min(10_000) {
            self.base = self.base * f64::from(KEPT_DAILY) + f64::from(self.days[DAYS - 1]);
            self.days.rotate_right(1);
            self.days[0] = 0;
        }
        self.day = self.day.max(day);
        let bin = now / BIN;
        for passed in 0..bin.saturating_sub(self.newest).min(BINS as u32) {
            self.bins[(bin - passed) as usize % BINS] = 0;
        }
        self.newest = self.newest.max(bin);
    }

    /// An item that was published at `time` is received now.
    pub(super) fn add(&mut self, time: u32) {
        self.days[0] += 1;
        let bin = (time / BIN).min(self.newest);
        if self.newest - bin < BINS as u32 {
            self.bins[bin as usize % BINS] += 1;
        }
    }

    /// An item is received that is so many days old: it is of the past only.
    pub(super) fn learn(&mut self, days_old: u32) {
        self.base += f64::from(faded(days_old));
    }

    /// Items that are at least so many days old, fading as mentions do.
    pub(super) fn usual(&self, days: usize) -> f64 {
        self.base
            + self
                .days
                .iter()
                .skip(days)
                .map(|n| f64::from(*n))
                .sum::<f64>()
    }

    /// Items published in the last seconds, to the ten minutes.
    pub(super) fn latest(&self, seconds: u32) -> f64 {
        let bins = (seconds / BIN + 1).min(BINS as u32);
        (0..bins)
            .filter_map(|back| self.newest.checked_sub(back))
            .map(|bin| f64::from(self.bins[bin as usize % BINS]))
            .sum()
    }
}
