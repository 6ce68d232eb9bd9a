//! What rises over days, in so few mentions an hour that no shorter window shows it.

use std::collections::BTreeMap;

use bellwether_model::{Rise, Role, Whose};

use super::voices::{Kept, Voices};
use super::{
    DAY, Emergent, Extent, HOUR, ITEMS_MIN, Risen, SLOW, SLOW_SIZE_MAX, exceeds, p_max, strength,
    table,
};
use crate::negbin::NegBin;

/// Of the history, four days are kept out of what is usual: five must be left.
const HISTORY: u32 = 9 * DAY;

/// Voices and families there must be at least.
const VOICES_MIN: u32 = 12;
const FAMILIES_MIN: usize = 6;
/// In a window of days, either of the last two must have so many times the usual.
const LASTING: f64 = 1.5;
/// In a window of one day, each quarter must have so many voices and no less than the usual: what
/// comes in hours is no slow rise.
const QUARTER: u32 = 6 * HOUR;
const QUARTER_VOICES_MIN: u32 = 2;
/// What a window of more than a day needs on top.
const LONG: f64 = 1.0;

impl Emergent {
    pub(super) fn slow(&mut self, slot: &table::Slot, extent: &Extent) -> Option<Risen> {
        let latest = slot.latest_outside(4);
        let is_known = extent.usual[1] >= ITEMS_MIN[1] && self.now - self.began >= HISTORY;
        if latest < VOICES_MIN || !is_known {
            return None;
        }
        let base = slot.usual_outside(4);
        let share = f64::from(base + 0.5) / extent.usual[1];
        let size = f64::from(base + 0.5).min(SLOW_SIZE_MAX);
        SLOW.iter().zip(extent.slow).find_map(|(window, volume)| {
            let mean = share * volume;
            let usual = NegBin { mean, size };
            let most = slot.latest_outside((*window / DAY + 1) as usize);
            if !exceeds(most, &usual) || strength(&usual, most) < self.least_slow(*window) {
                return None;
            }
            self.proofs += 1;
            let mentions = self.chain(slot.head, *window);
            self.prove_slow(&mentions, *window, usual)
        })
    }

    /// What a proof needs at least.
    pub(super) fn least_slow(&self, window: u32) -> f64 {
        self.settings.slow + if window > DAY { LONG } else { 0.0 }
    }

    fn prove_slow(&self, mentions: &[Kept], window: u32, usual: NegBin) -> Option<Risen> {
        let from = self.now.saturating_sub(window);
        let inside = || {
            mentions.iter().filter(|kept| {
                kept.voice.is_some()
                    && kept.arrival.time >= from
                    && kept.arrival.role != Some(Role::Domestic)
            })
        };
        let mut quarters: BTreeMap<u32, Voices> = BTreeMap::new();
        for kept in inside() {
            let quarter = self.now.saturating_sub(kept.arrival.time) / QUARTER;
            quarters.entry(quarter).or_default().add(kept);
        }
        let voices = |from: u32, to: u32| -> u32 {
            quarters
                .range(from..to)
                .map(|(_, voices)| voices.count())
                .sum()
        };
        let all = Voices::of(inside());
        let count = voices(0, window / QUARTER);
        let daily = usual.mean * f64::from(DAY) / f64::from(window);
        let is_lasting = if window > DAY {
            f64::from(voices(0, 4)) >= LASTING * daily && f64::from(voices(4, 8)) >= LASTING * daily
        } else {
            (0..4)
                .map(|quarter| voices(quarter, quarter + 1))
                .all(|n| n >= QUARTER_VOICES_MIN && 4.0 * f64::from(n) >= daily && 2 * n <= count)
        };
        let p = usual.at_least(count);
        let is_proved = strength(&usual, count) >= self.least_slow(window)
            && count >= VOICES_MIN
            && all.families.len() >= FAMILIES_MIN
            && all.pushing as f64 >= self.settings.pushed_share * all.families.len() as f64
            && 4 * all.largest_family() <= count as usize
            && is_lasting;
        is_proved.then(|| Risen {
            term: 0,
            rise: Rise::Slow,
            whose: Whose::Outside,
            window,
            voices: count,
            expected: usual.mean,
            size: usual.size,
            p,
            p_max: p_max(self.least_slow(window)),
            items: inside().map(|kept| kept.arrival.item).rev().collect(),
        })
    }
}
