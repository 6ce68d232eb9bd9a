//! Who speaks: families that are known and new ones, and how many voices some items are.

use std::collections::BTreeMap;

use bellwether_model::Role;
use serde::{Deserialize, Serialize};

use super::{Arrival, DAY, HOUR};

/// A publisher is new for so long, and a new one that has more items than this says what it said
/// before we knew it.
const NEW_SECONDS: u32 = 7 * DAY;
const NEW_ITEMS_MAX: u32 = 5;

/// A publisher that has been silent for so long is new again.
const FORGOTTEN_SECONDS: u32 = 28 * DAY;

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Family {
    first: u32,
    last: u32,
    items: u32,
}

/// The families that have spoken in the last weeks.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Families {
    known: BTreeMap<u32, Family>,
    began: u32,
    /// The day on which silent families were last forgotten.
    swept: u32,
}

impl Families {
    /// A publisher has said something long ago: it is as old as that.
    pub(super) fn learn(&mut self, arrival: &Arrival) {
        self.began = match self.began {
            0 => arrival.time,
            began => began.min(arrival.time),
        };
        let family = self.known.entry(arrival.family).or_insert(Family {
            first: arrival.time,
            last: arrival.received,
            items: 0,
        });
        family.first = family.first.min(arrival.time);
    }

    /// What an item's publisher is to us; `None` where the item is no voice: a new publisher has much
    /// to say, or says what it said before we knew it.
    pub(super) fn voice(&mut self, arrival: &Arrival, now: u32) -> Option<Voice> {
        if self.began == 0 {
            self.began = now;
        }
        if now / DAY != self.swept {
            self.swept = now / DAY;
            self.known
                .retain(|_, family| now - family.last < FORGOTTEN_SECONDS);
        }
        let family = self.known.entry(arrival.family).or_insert(Family {
            first: now,
            last: now,
            items: 0,
        });
        family.last = now;
        family.items = family.items.saturating_add(1);
        if now - family.first >= NEW_SECONDS || family.first < self.began.saturating_add(DAY) {
            return Some(Voice::Known);
        }
        let is_heard =
            family.items <= NEW_ITEMS_MAX && arrival.time.saturating_add(HOUR) >= family.first;
        is_heard.then_some(Voice::New)
    }
}

/// An item and what its publisher is to us.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) arrival: Arrival,
    pub(super) voice: Option<Voice>,
}

/// Publishers that are new count for no more than those that are known: a list of feeds that is added
/// at once is no push.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Voice {
    Known,
    New,
}

/// Distinct families and stories.
#[derive(Default)]
pub(super) struct Voices {
    pub(super) families: Vec<u32>,
    pub(super) stories: Vec<(u64, u32)>,
    pub(super) pushing: usize,
    new: usize,
}

impl Voices {
    pub(super) fn of<'a>(items: impl Iterator<Item = &'a Kept>) -> Self {
        let mut voices = Self::default();
        items.for_each(|kept| voices.add(kept));
        voices
    }

    pub(super) fn add(&mut self, kept: &Kept) {
        let Arrival {
            family,
            story,
            role,
            ..
        } = kept.arrival;
        if !self.families.contains(&family) {
            self.families.push(family);
            self.pushing += usize::from(role.is_some_and(is_pushing));
            self.new += usize::from(kept.voice == Some(Voice::New));
        }
        if !self.stories.iter().any(|(known, _)| *known == story) {
            self.stories.push((story, family));
        }
    }

    pub(super) fn count(&self) -> u32 {
        let known = self.families.len() - self.new;
        let families = known + self.new.min(known);
        u32::try_from(families.min(self.stories.len())).unwrap_or(u32::MAX)
    }

    /// The share of families that are states' and proxies'.
    pub(super) fn pushing_share(&self) -> f64 {
        self.pushing as f64 / self.families.len().max(1) as f64
    }

    pub(super) fn largest_family(&self) -> usize {
        let of = |family: &u32| self.stories.iter().filter(|(_, by)| by == family).count();
        self.families.iter().map(of).max().unwrap_or(0)
    }
}

pub(super) fn is_pushing(role: Role) -> bool {
    matches!(role, Role::State | Role::Proxy)
}
