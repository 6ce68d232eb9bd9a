//! How a term stands in every window of every detector of terms, whether it rises or not: for who asks
//! why nobody was told. What decides is what decides of what arrives.

use std::collections::BTreeSet;

use bellwether_model::{GateResult, Judgement, Rise, Whose};

use super::proof::{Ask, Heard};
use super::rhythm::TIMES;
use super::slow::HISTORY as SLOW_HISTORY;
use super::standing::judgement;
use super::voices::Kept;
use super::{
    DAY, Emergent, Extent, FACET_DAILY_MIN, HISTORY_MIN, ITEMS_MIN, PAST_MAX, SHARP, SIZE_MAX,
    SLOW, SLOW_SIZE_MAX, mix, p_max, table, usual, volume_of_group, volumes_of,
};
use crate::negbin::NegBin;

/// What is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The key of the term.
    pub key: u64,
    /// The script of its items: its share is one of what is published in it.
    pub script: u8,
    /// The groups, of states and their proxies, within which it is looked at too.
    pub groups: &'a [u16],
}

/// What is usual of a term: its share of all that is published.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UsualShare {
    /// Mentions that make it, those longer ago count for less.
    pub mentions: f64,
    /// Items of which they are a share, counted in the same way.
    pub items: f64,
    /// Items there must be.
    pub items_needed: f64,
    /// Items published in the window.
    pub published: f64,
    /// Days of history there are, and there must be.
    pub days: u32,
    /// See [`days`](Self::days).
    pub days_needed: u32,
}

impl UsualShare {
    /// Whether there is enough to say what is usual.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.days >= self.days_needed && self.items >= self.items_needed
    }
}

/// How unlikely the voices of a window are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tested {
    /// Voices that are expected.
    pub expected: f64,
    /// The size of the Gamma-Poisson prediction with this mean.
    pub size: f64,
    /// The probability of so many voices or more.
    pub p: f64,
    /// The largest that is a rise.
    pub p_max: f64,
}

/// One window of one detector as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighed {
    /// Within hours or over days.
    pub rise: Rise,
    /// Whose voices are counted.
    pub whose: Whose,
    /// The number of the group, where it is one's.
    pub group: Option<u16>,
    /// The length of the window, in seconds.
    pub window: u32,
    /// Voices in it.
    pub voices: u32,
    /// Distinct families.
    pub families: u32,
    /// Distinct stories.
    pub stories: u32,
    /// The items in it, the oldest first.
    pub items: Vec<u64>,
    /// What is usual.
    pub usual: UsualShare,
    /// Nothing where too little history is there to say what is usual.
    pub tested: Option<Tested>,
    /// All that is asked for, what the probability must be among it.
    pub gates: Vec<GateResult>,
}

impl Weighed {
    /// Whether it is a rise.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.tested.is_some() && self.gates.iter().all(|gate| gate.passed)
    }

    /// The same as a judgement.
    #[must_use]
    pub fn judgement(&self) -> Judgement {
        let UsualShare {
            days, days_needed, ..
        } = self.usual;
        match self.tested {
            None => Judgement::Insufficient { days, days_needed },
            Some(tested) => {
                let usual = NegBin {
                    mean: tested.expected,
                    size: tested.size,
                };
                judgement(&usual, tested.p, tested.p_max, days.min(PAST_MAX / DAY))
            }
        }
    }

    /// How far it is from being a rise by its probability, in powers of ten: above zero where that is not
    /// small enough.
    #[must_use]
    pub fn distance(&self) -> f64 {
        self.tested.map_or(f64::INFINITY, |tested| {
            tested.p.max(1e-300).log10() - tested.p_max.log10()
        })
    }
}

impl Emergent {
    /// How a term stands at a time (seconds since 1970) in each window. Counts nothing, notes nothing.
    pub fn weigh(&mut self, term: &Asked<'_>, now: u32) -> Vec<Weighed> {
        let now = now.max(self.now);
        let slot = self.table.get(term.key, now).unwrap_or_default();
        let longest = SLOW[SLOW.len() - 1].saturating_add(now - self.now);
        let mentions = self.chain(slot.head, longest);
        let (script, outside) = volumes_of(term.script);
        let extents = [script, outside].map(|volume| self.extent_at(volume, now));
        let mut weighed = self.weigh_sharp(term.key, &slot, &mentions, extents, now, None);
        for window in SLOW {
            weighed.push(self.weigh_slow(&slot, &mentions, &extents[1], now, window));
        }
        for group in term.groups {
            let volume = volume_of_group(*group);
            let key = mix(term.key, u64::from(volume));
            let extent = self.extent_at(volume, now);
            let (of_group, mentions) = match self.table.get(key, now) {
                Some(of_group) => (of_group, self.chain(of_group.head, longest)),
                // It is used too rarely to be counted by group.
                None => {
                    let is_of_group = |kept: &&Kept| kept.arrival.group == *group;
                    let mentions = mentions.iter().filter(is_of_group).copied().collect();
                    (table::Slot::default(), mentions)
                }
            };
            let daily = f64::from(slot.usual(2) / 28.0);
            let facet = Some((*group, daily));
            weighed.extend(self.weigh_sharp(key, &of_group, &mentions, [extent; 2], now, facet));
        }
        weighed
    }

    /// The items of a term, received in the days before a time, whose voices count: those of a
    /// publisher that is new and has much to say do not.
    #[must_use]
    pub fn heard(&self, key: u64, now: u32) -> BTreeSet<u64> {
        let now = now.max(self.now);
        let Some(slot) = self.table.get(key, now) else {
            return BTreeSet::new();
        };
        let longest = SLOW[SLOW.len() - 1].saturating_add(now - self.now);
        let mentions = self.chain(slot.head, longest).into_iter();
        mentions
            .filter(|kept| kept.voice.is_some())
            .map(|kept| kept.arrival.item)
            .collect()
    }

    fn extent_at(&mut self, volume: u32, now: u32) -> Extent {
        self.volumes
            .get_mut(&volume)
            .map_or_else(Extent::default, |volume| {
                volume.turn(now);
                Extent::of(volume)
            })
    }

    fn weigh_sharp(
        &self,
        key: u64,
        slot: &table::Slot,
        mentions: &[Kept],
        extents: [Extent; 2],
        now: u32,
        facet: Option<(u16, f64)>,
    ) -> Vec<Weighed> {
        let bases = [slot.usual(2), slot.usual_outside(2)];
        let items = extents[0].usual[0].min(extents[1].usual[0]);
        let is_facet = facet.is_some();
        let mut weighed = Vec::new();
        for (at, window) in SHARP.into_iter().enumerate() {
            let expected = |side: usize| {
                let extent = &extents[side];
                usual(bases[side], extent.usual[0], extent.sharp[at], SIZE_MAX)
            };
            let heard = Heard::since(mentions, now.saturating_sub(window));
            let column = f64::from(self.peaks.column(key, now, heard.middle()));
            let voices = f64::from(heard.all.count());
            let common = heard.several(is_facet);
            for test in self.tests(&heard, window, [expected(0), expected(1)], is_facet) {
                let side = usize::from(test.whose == Whose::Outside);
                let mut asks = common.to_vec();
                asks.extend(&test.asks);
                asks.push(Ask::least(
                    "voices of anybody, twice those at this hour before, at least",
                    voices,
                    TIMES * column,
                ));
                if let Some((_, daily)) = facet {
                    let least = f64::from(FACET_DAILY_MIN);
                    asks.push(Ask::least("usual mentions a day at least", daily, least));
                }
                let share = UsualShare {
                    mentions: f64::from(bases[side]),
                    items: extents[side].usual[0],
                    items_needed: ITEMS_MIN[0],
                    published: extents[side].sharp[at],
                    days: self.days_at(now),
                    days_needed: HISTORY_MIN / DAY,
                };
                // Both shares are known, or neither is tested.
                let is_known = share.is_known() && items >= ITEMS_MIN[0];
                weighed.push(Weighed {
                    rise: Rise::Sharp,
                    whose: test.whose,
                    group: facet.map(|(group, _)| group),
                    window,
                    voices: test.voices,
                    families: count(test.families),
                    stories: count(test.stories),
                    items: heard.items(test.whose),
                    usual: share,
                    tested: is_known.then(|| tested(&test.usual, test.voices, test.least)),
                    gates: gates(&asks),
                });
            }
        }
        weighed
    }

    fn weigh_slow(
        &self,
        slot: &table::Slot,
        mentions: &[Kept],
        extent: &Extent,
        now: u32,
        window: u32,
    ) -> Weighed {
        let at = SLOW.iter().position(|length| *length == window);
        let published = at.and_then(|at| extent.slow.get(at)).copied();
        let base = slot.usual_outside(4);
        let share = UsualShare {
            mentions: f64::from(base),
            items: extent.usual[1],
            items_needed: ITEMS_MIN[1],
            published: published.unwrap_or(0.0),
            days: self.days_at(now),
            days_needed: SLOW_HISTORY / DAY,
        };
        let usual = usual(base, share.items, share.published, SLOW_SIZE_MAX);
        let shown = self.judge_slow(mentions, now, window, usual, true);
        Weighed {
            rise: Rise::Slow,
            whose: Whose::Outside,
            group: None,
            window,
            voices: shown.voices,
            families: count(shown.families),
            stories: count(shown.stories),
            items: shown.items,
            usual: share,
            tested: (share.is_known())
                .then(|| tested(&usual, shown.voices, self.least_slow(window))),
            gates: gates(&shown.asks),
        }
    }

    fn days_at(&self, now: u32) -> u32 {
        match self.began {
            0 => 0,
            began => now.saturating_sub(began) / DAY,
        }
    }
}

fn tested(usual: &NegBin, voices: u32, least: f64) -> Tested {
    Tested {
        expected: usual.mean,
        size: usual.size,
        p: usual.at_least(voices),
        p_max: p_max(least),
    }
}

fn gates(asks: &[Ask]) -> Vec<GateResult> {
    asks.iter().map(Ask::gate).collect()
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
