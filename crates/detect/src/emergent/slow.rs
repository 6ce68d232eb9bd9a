//! What rises over days, in so few mentions an hour that no shorter window shows it.

use std::collections::BTreeMap;

use bellwether_model::{Rise, Role, Whose};

use super::proof::{Ask, are_passed};
use super::voices::{Kept, Voices};
use super::{
    DAY, Emergent, Extent, HOUR, ITEMS_MIN, Risen, SLOW, SLOW_SIZE_MAX, exceeds, p_max, strength,
    table, usual,
};
use crate::negbin::NegBin;

/// Of the history, four days are kept out of what is usual: five must be left.
pub(super) const HISTORY: u32 = 9 * DAY;

/// Voices and families there must be at least.
const VOICES_MIN: u32 = 12;
const FAMILIES_MIN: usize = 6;
/// What one family may have of the voices.
const FAMILY_SHARE_MAX: f64 = 0.25;
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
        SLOW.iter()
            .zip(extent.slow)
            .find_map(|(window, published)| {
                let usual = usual(base, extent.usual[1], published, SLOW_SIZE_MAX);
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
        self.crowd + self.settings.slow + if window > DAY { LONG } else { 0.0 }
    }

    fn prove_slow(&self, mentions: &[Kept], window: u32, usual: NegBin) -> Option<Risen> {
        let shown = self.judge_slow(mentions, self.now, window, usual, false);
        are_passed(&shown.asks).then(|| Risen {
            term: 0,
            rise: Rise::Slow,
            whose: Whose::Outside,
            window,
            voices: shown.voices,
            expected: usual.mean,
            size: usual.size,
            p: usual.at_least(shown.voices),
            p_max: p_max(self.least_slow(window)),
            items: shown.items,
        })
    }

    /// What a window of days that ends at a time shows, and what it is asked for: all of it where
    /// `is_whole`, else no more once something is not met.
    pub(super) fn judge_slow(
        &self,
        mentions: &[Kept],
        now: u32,
        window: u32,
        usual: NegBin,
        is_whole: bool,
    ) -> SlowWindow {
        let from = now.saturating_sub(window);
        let inside = || {
            mentions.iter().filter(|kept| {
                kept.voice.is_some()
                    && kept.arrival.time >= from
                    && kept.arrival.role != Some(Role::Domestic)
            })
        };
        let mut quarters: BTreeMap<u32, Voices> = BTreeMap::new();
        for kept in inside() {
            let quarter = now.saturating_sub(kept.arrival.time) / QUARTER;
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
        let lasting = if window > DAY {
            let asked = LASTING * daily;
            [
                Ask::least(
                    "voices of the last day at least",
                    f64::from(voices(0, 4)),
                    asked,
                ),
                Ask::least(
                    "voices of the day before at least",
                    f64::from(voices(4, 8)),
                    asked,
                ),
            ]
        } else {
            let quarters = || (0..4).map(|quarter| voices(quarter, quarter + 1));
            let (fewest, most) = (quarters().min().unwrap_or(0), quarters().max().unwrap_or(0));
            [
                Ask {
                    name: "voices in each quarter of the day at least",
                    value: f64::from(fewest),
                    limit: f64::from(QUARTER_VOICES_MIN).max(daily / 4.0),
                    passed: fewest >= QUARTER_VOICES_MIN && 4.0 * f64::from(fewest) >= daily,
                },
                Ask {
                    name: "share of the largest quarter of the day at most",
                    value: f64::from(most) / f64::from(count.max(1)),
                    limit: 0.5,
                    passed: 2 * most <= count,
                },
            ]
        };
        let families = all.families.len();
        let share = self.settings.pushed_share;
        let mut asks = vec![
            Ask::strength(strength(&usual, count), self.least_slow(window)),
            Ask::least("voices at least", f64::from(count), f64::from(VOICES_MIN)),
            Ask::least("families at least", families as f64, FAMILIES_MIN as f64),
            Ask::pushing(&all, share, all.pushing as f64 >= share * families as f64),
        ];
        asks.extend(lasting);
        if is_whole || are_passed(&asks) {
            let largest = all.largest_family();
            asks.push(Ask {
                name: "stories of the largest family per voice at most",
                value: largest as f64 / f64::from(count.max(1)),
                limit: FAMILY_SHARE_MAX,
                passed: 4 * largest <= count as usize,
            });
        }
        SlowWindow {
            voices: count,
            families,
            stories: all.stories.len(),
            asks,
            items: inside().map(|kept| kept.arrival.item).rev().collect(),
        }
    }
}

/// What a window of days shows.
pub(super) struct SlowWindow {
    pub(super) voices: u32,
    pub(super) families: usize,
    pub(super) stories: usize,
    pub(super) asks: Vec<Ask>,
    pub(super) items: Vec<u64>,
}
