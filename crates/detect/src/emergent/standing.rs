//! How a term that has risen stands later: what an open burst is judged by, tick after tick.

use bellwether_model::{Expected, Judgement, Rise, Role, Whose};
use serde::{Deserialize, Serialize};

use super::voices::{Kept, Voices};
use super::{
    DAY, Emergent, Extent, Risen, SHARP, SIZE_MAX, SLOW, SLOW_SIZE_MAX, mix, p_max, usual,
    volume_of_group, volumes_of,
};
use crate::baseline::RANGE_TAIL;
use crate::negbin::NegBin;

/// What a term that has risen is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tracked {
    /// Its key.
    pub key: u64,
    /// The script of the item with which it rose.
    pub script: u8,
    /// The number of the group, where it rose within one.
    pub group: Option<u16>,
    /// How fast it rose.
    pub rise: Rise,
    /// Whose voices are counted.
    pub whose: Whose,
}

impl Emergent {
    /// How a term stands at a time (seconds since 1970), in the window in which it comes nearest to
    /// being a rise, whether or not it is one; `None` where nothing is left of it. Counts nothing.
    pub fn stands(&mut self, term: &Tracked, now: u32) -> Option<Risen> {
        let now = now.max(self.now);
        let key = term.group.map_or(term.key, |group| {
            mix(term.key, u64::from(volume_of_group(group)))
        });
        let slot = self.table.get(key, now)?;
        let (script, outside) = volumes_of(term.script);
        let volume = match (term.whose, term.group) {
            (Whose::Group, Some(group)) => volume_of_group(group),
            (Whose::All, _) => script,
            _ => outside,
        };
        let volume = self.volumes.get_mut(&volume)?;
        volume.turn(now);
        let extent = Extent::of(volume);
        let (days, at) = match term.rise {
            Rise::Sharp => (2, 0),
            Rise::Slow => (4, 1),
        };
        let base = if term.whose == Whose::Outside {
            slot.usual_outside(days)
        } else {
            slot.usual(days)
        };
        if extent.usual[at] <= 0.0 {
            return None;
        }
        let windows: Vec<(u32, f64)> = match term.rise {
            Rise::Sharp => SHARP.into_iter().zip(extent.sharp).collect(),
            Rise::Slow => SLOW.into_iter().zip(extent.slow).collect(),
        };
        let size_max = match term.rise {
            Rise::Sharp => SIZE_MAX,
            Rise::Slow => SLOW_SIZE_MAX,
        };
        let longest = windows.last().map_or(0, |(window, _)| *window);
        let mentions = self.chain(slot.head, longest.saturating_add(now - self.now));
        let standings = windows.into_iter().map(|(window, volume)| {
            let usual = usual(base, extent.usual[at], volume, size_max);
            self.standing(term, &mentions, now, window, usual)
        });
        let excess = |risen: &Risen| risen.p / risen.p_max;
        standings.reduce(|best, next| {
            if excess(&next) < excess(&best) {
                next
            } else {
                best
            }
        })
    }

    fn standing(
        &self,
        term: &Tracked,
        mentions: &[Kept],
        now: u32,
        window: u32,
        usual: NegBin,
    ) -> Risen {
        let from = now.saturating_sub(window);
        let inside: Vec<&Kept> = mentions
            .iter()
            .filter(|kept| kept.voice.is_some() && kept.arrival.time >= from)
            .filter(|kept| {
                term.whose != Whose::Outside || kept.arrival.role != Some(Role::Domestic)
            })
            .collect();
        let heard = Voices::of(inside.iter().copied());
        let voices = match term.rise {
            Rise::Sharp => heard.count(),
            Rise::Slow => slow_voices(&inside, now),
        };
        Risen {
            term: 0,
            rise: term.rise,
            whose: term.whose,
            window,
            voices,
            expected: usual.mean,
            size: usual.size,
            p: usual.at_least(voices),
            p_max: p_max(self.needed(term, window, &heard)),
            items: inside.iter().map(|kept| kept.arrival.item).rev().collect(),
        }
    }

    /// What the proof of the term asks for, as the settings have it.
    fn needed(&self, term: &Tracked, window: u32, heard: &Voices) -> f64 {
        if term.rise == Rise::Slow {
            return self.least_slow(window);
        }
        let least = match term.whose {
            Whose::Group => self.settings.facet,
            Whose::All => self.settings.any,
            Whose::Outside => self.least_outside(heard),
        };
        least + self.extra(window)
    }
}

impl Risen {
    /// The same as a judgement, with the days of history there are.
    #[must_use]
    pub fn judgement(&self, days: u32) -> Judgement {
        let usual = NegBin {
            mean: self.expected,
            size: self.size,
        };
        judgement(&usual, self.p, self.p_max, days)
    }
}

pub(super) fn judgement(usual: &NegBin, p: f64, p_max: f64, days: u32) -> Judgement {
    Judgement::Tested {
        expected: Expected {
            mean: usual.mean,
            low: usual.exceeded_by(1.0 - RANGE_TAIL),
            high: usual.exceeded_by(RANGE_TAIL),
            size: Some(usual.size),
            windows: 0,
            days,
        },
        p,
        p_max,
    }
}

/// Voices of days are those of each quarter of a day together.
pub(super) fn slow_voices(inside: &[&Kept], now: u32) -> u32 {
    const QUARTER: u32 = DAY / 4;
    let mut quarters: std::collections::BTreeMap<u32, Voices> = std::collections::BTreeMap::new();
    for kept in inside {
        let quarter = now.saturating_sub(kept.arrival.time) / QUARTER;
        quarters.entry(quarter).or_default().add(kept);
    }
    quarters.values().map(Voices::count).sum()
}
