//! The terms of the last weeks in a table of fixed size: what is usual of each, and where its latest
//! mentions are.
//!
//! Open buckets of four places, two cache lines each. Where a bucket is full, the term with the fewest
//! mentions gives way, and the bucket remembers the most that was lost so: a term that comes anew may
//! have been such a one, and begins with as much. That is lossy counting (Manku and Motwani, VLDB
//! 2002) by bucket: what is usual may be overstated, never understated, so a small table costs misses
//! and no false alarm.

use serde::{Deserialize, Serialize};

/// Days whose mentions are kept apart, the present one first: the youngest are no part of what is
/// usual.
pub(super) const DAYS: usize = 4;

/// What is left of a mention after a day: a mean age of four weeks.
pub(super) const KEPT_DAILY: f32 = 27.0 / 28.0;

/// What is left of a mention after so many days.
pub(super) fn faded(days: u32) -> f32 {
    KEPT_DAILY.powi(i32::try_from(days).unwrap_or(i32::MAX))
}

/// A day counts up to so many mentions and so many times its usual ones.
const DAY_MIN: f32 = 4.0;
const DAY_TIMES: f32 = 3.0;

/// With less history every day counts in full.
const HISTORY_MIN: f32 = 3.0;

const WAYS: usize = 4;

const HOUR: u32 = 3600;
/// Hours are kept apart, and stretches of four of them.
const BLOCK: u32 = 4 * HOUR;
const KEPT: usize = 4;

/// One term.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[repr(C)]
pub(super) struct Slot {
    key: u64,
    /// Its latest mention.
    pub(super) head: u32,
    /// Mentions before the days kept apart, each fading with age.
    base: f32,
    /// When it was last mentioned, in seconds since 1970.
    seen: u32,
    /// Mentions of the present day and those before it.
    days: [u16; DAYS],
    /// The same two of mentions outside the domestic press.
    base_outside: f32,
    days_outside: [u16; DAYS],
    /// Of the present hour and those before it, and of stretches of four hours.
    hours: [u8; KEPT],
    blocks: [u8; KEPT],
}

impl Slot {
    fn value(&self, now: u32) -> f32 {
        let days = (now / DAY).saturating_sub(self.seen / DAY);
        self.base * faded(days) + self.days.iter().map(|n| f32::from(*n)).sum::<f32>()
    }

    /// Brings the days up to date. `history` is how much of a mention a day would be left, had there
    /// been one each day.
    fn turn(&mut self, now: u32, history: f32) {
        shift(
            &mut self.hours,
            (now / HOUR).saturating_sub(self.seen / HOUR),
        );
        shift(
            &mut self.blocks,
            (now / BLOCK).saturating_sub(self.seen / BLOCK),
        );
        let passed = (now / DAY).saturating_sub(self.seen / DAY);
        for _ in 0..passed.min(DAYS as u32) {
            fold(&mut self.base, &mut self.days, history);
            fold(&mut self.base_outside, &mut self.days_outside, history);
        }
        if let Some(more) = passed.checked_sub(DAYS as u32) {
            let kept = faded(more);
            self.base *= kept;
            self.base_outside *= kept;
            self.head = super::ring::NONE;
        }
    }

    /// Mentions that are at least so many days old.
    pub(super) fn usual(&self, days: usize) -> f32 {
        let younger = self.days.iter().skip(days).map(|n| f32::from(*n));
        self.base + younger.sum::<f32>()
    }

    /// The same outside the domestic press.
    pub(super) fn usual_outside(&self, days: usize) -> f32 {
        let younger = self.days_outside.iter().skip(days).map(|n| f32::from(*n));
        self.base_outside + younger.sum::<f32>()
    }

    /// Mentions of so many days outside the domestic press, the present one among them.
    pub(super) fn latest_outside(&self, days: usize) -> u32 {
        self.days_outside
            .iter()
            .take(days)
            .map(|n| u32::from(*n))
            .sum()
    }

    /// Mentions of so many days, the present one among them.
    pub(super) fn latest(&self, days: usize) -> u32 {
        self.days.iter().take(days).map(|n| u32::from(*n)).sum()
    }

    /// No fewer than the mentions of the last hour, three hours or twelve.
    pub(super) fn at_most(&self, seconds: u32) -> u32 {
        let (kept, unit) = if seconds <= 3 * HOUR {
            (&self.hours, HOUR)
        } else {
            (&self.blocks, BLOCK)
        };
        let counted = kept.iter().take((seconds / unit + 1) as usize);
        if counted.clone().any(|n| *n == u8::MAX) {
            return self.latest(2);
        }
        counted.map(|n| u32::from(*n)).sum()
    }
}

/// A day goes over into what is usual.
fn fold(base: &mut f32, days: &mut [u16; DAYS], history: f32) {
    // What goes on for days is no outlier.
    let lasting = days.iter().min().map_or(0.0, |n| f32::from(*n));
    let cap = if history < HISTORY_MIN {
        f32::INFINITY
    } else {
        (DAY_MIN + DAY_TIMES * *base / history).max(lasting)
    };
    *base = *base * KEPT_DAILY + f32::from(days[DAYS - 1]).min(cap);
    days.rotate_right(1);
    days[0] = 0;
}

fn shift(kept: &mut [u8; KEPT], by: u32) {
    match usize::try_from(by) {
        Ok(0) => {}
        Ok(by) if by < KEPT => {
            kept.rotate_right(by);
            kept[..by].fill(0);
        }
        _ => kept.fill(0),
    }
}

const DAY: u32 = 24 * 3600;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Bucket {
    slots: [Slot; WAYS],
}

/// The most mentions of a term that gave way, fading as they would have.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Lost {
    mentions: f32,
    at: u32,
}

impl Lost {
    fn value(&self, now: u32) -> f32 {
        let days = (now / DAY).saturating_sub(self.at / DAY);
        self.mentions * faded(days)
    }
}

/// All terms.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Table {
    buckets: Vec<Bucket>,
    /// The most mentions of a term that gave way, by bucket.
    lost: Vec<Lost>,
    used: usize,
    began: u32,
}

impl Table {
    /// Of at most about so many bytes.
    pub(super) fn new(bytes: usize) -> Self {
        let wanted = (bytes / (size_of::<Bucket>() + size_of::<Lost>())).max(1);
        Self {
            buckets: vec![Bucket::default(); wanted],
            lost: vec![Lost::default(); wanted],
            used: 0,
            began: 0,
        }
    }

    /// Looks where terms are, before they are counted one after another. The places of a large table
    /// are far apart in memory; these reads need not wait for one another, as those of counting do.
    pub(super) fn look_ahead(&self, keys: impl Iterator<Item = u64>) {
        let seen = keys.fold(0, |seen, key| {
            let at = self.bucket(key);
            let [first, .., last] = &self.buckets[at].slots;
            seen ^ first.key ^ last.key ^ u64::from(self.lost[at].at)
        });
        std::hint::black_box(seen);
    }

    /// Counts a mention at a time (seconds since 1970) and gives the term as it is then.
    pub(super) fn mention(&mut self, key: u64, now: u32, is_outside: bool) -> &mut Slot {
        let slot = self.slot(key, now);
        slot.days[0] = slot.days[0].saturating_add(1);
        let outside = &mut slot.days_outside[0];
        *outside = outside.saturating_add(u16::from(is_outside));
        slot.hours[0] = slot.hours[0].saturating_add(1);
        slot.blocks[0] = slot.blocks[0].saturating_add(1);
        slot
    }

    /// Counts a mention that is so many days old.
    pub(super) fn learn(&mut self, key: u64, now: u32, days_old: u32, is_outside: bool) {
        let then = now.saturating_sub(days_old.saturating_mul(DAY));
        self.began = match self.began {
            0 => then,
            began => began.min(then),
        };
        let slot = self.slot(key, now);
        let mention = faded(days_old.saturating_sub(DAYS as u32));
        slot.base += mention;
        if is_outside {
            slot.base_outside += mention;
        }
    }

    /// A term as it is at a time, where it is kept.
    pub(super) fn get(&self, key: u64, now: u32) -> Option<Slot> {
        let slots = &self.buckets.get(self.bucket(key))?.slots;
        let mut slot = *slots.iter().find(|slot| slot.key == key && slot.seen > 0)?;
        slot.turn(now, self.history(now));
        Some(slot)
    }

    /// The high bits, spread evenly over any number of buckets.
    fn bucket(&self, key: u64) -> usize {
        ((u128::from(key) * self.buckets.len() as u128) >> 64) as usize
    }

    /// How much is left of a mention a day, had there been one each day before those kept apart.
    fn history(&self, now: u32) -> f32 {
        let days = (now / DAY).saturating_sub(self.began / DAY);
        (1.0 - faded(days.saturating_sub(DAYS as u32))) / (1.0 - KEPT_DAILY)
    }

    /// The place of a term, brought up to a time; another gives way where there is none.
    fn slot(&mut self, key: u64, now: u32) -> &mut Slot {
        if self.began == 0 {
            self.began = now;
        }
        let history = self.history(now);
        let at = self.bucket(key);
        let bucket = &mut self.buckets[at].slots;
        let known = bucket
            .iter()
            .position(|slot| slot.key == key && slot.seen > 0);
        let place = known.unwrap_or_else(|| {
            let value = |place: &usize| bucket[*place].value(now);
            let place = (0..WAYS)
                .min_by(|a, b| value(a).total_cmp(&value(b)))
                .unwrap_or(0);
            if bucket[place].seen == 0 {
                self.used += 1;
            } else {
                let value = bucket[place].value(now);
                self.lost[at] = Lost {
                    mentions: self.lost[at].value(now).max(value),
                    at: now,
                };
            }
            let lost = self.lost[at].value(now);
            bucket[place] = Slot {
                key,
                base: lost,
                base_outside: lost,
                head: super::ring::NONE,
                seen: now,
                ..Slot::default()
            };
            place
        });
        let slot = &mut self.buckets[at].slots[place];
        slot.turn(now, history);
        slot.seen = slot.seen.max(now);
        slot
    }

    pub(super) fn used(&self) -> usize {
        self.used
    }

    pub(super) fn bytes(&self) -> usize {
        self.buckets.capacity() * size_of::<Bucket>() + self.lost.capacity() * size_of::<Lost>()
    }
}
