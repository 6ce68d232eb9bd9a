//! Terms that nobody listed: which of them are suddenly in more mouths than usual.
//!
//! Every term of every item is counted in memory of fixed size ([`table`]). Most are done with there:
//! a term is only proved where its latest mentions could be a burst at all. Proof counts voices in
//! windows of one, three and twelve hours, and of one to three days for what rises slowly, against
//! what is usual of the term as a share of all that is published in its script ([`volume`]); a term
//! that a state's or its proxies' outlets take up though others use it all day is proved against what
//! is published in their group.
//!
//! Knows no text: a term is a number, and who gives it knows its name.

mod events;
mod proof;
mod rhythm;
mod ring;
mod slow;
mod standing;
mod table;
mod voices;
mod volume;
mod weighing;

use std::collections::BTreeMap;

use bellwether_model::{Rise, Role, Whose};
use serde::{Deserialize, Serialize};

use crate::negbin::NegBin;
pub use events::Events;
use rhythm::Peaks;
use ring::{NONE, Ring};
pub use standing::Tracked;
use table::Table;
use voices::{Families, Kept, is_pushing};
use volume::Volume;
pub use weighing::{Asked, Tested, UsualShare, Weighed};

const HOUR: u32 = 3600;
const DAY: u32 = 24 * HOUR;

/// Windows in which a sharp rise is looked for, in seconds.
const SHARP: [u32; 3] = [HOUR, 3 * HOUR, 12 * HOUR];
/// Windows in which a slow rise is looked for.
const SLOW: [u32; 3] = [DAY, 2 * DAY, 3 * DAY];

/// Voices there must be at least: a rise, one within a group.
const VOICES_MIN: u32 = 3;
const FACET_VOICES_MIN: u32 = 4;

/// The largest size of the prediction, sharp and slow: over days much evens out.
const SIZE_MAX: f64 = 6.0;
const SLOW_SIZE_MAX: f64 = 20.0;

/// Windows must hold more than usual by so many standard deviations to be proved at all. With any
/// size it is far below what a proof asks for.
const SCREEN_SIGMAS: f64 = 4.0;

/// Before so many seconds of history nothing is usual.
const HISTORY_MIN: u32 = 7 * DAY;

/// A share of fewer items than these is none. Sharp and slow.
const ITEMS_MIN: [f64; 2] = [100.0, 300.0];

/// A term that is in fewer mouths a day is proved as a whole, not by group.
const FACET_DAILY_MIN: f32 = 2.0;

/// What is received so long after it was published is of the past: it is no part of any window, and
/// teaches what is usual. What is older than that of any day counts as so old.
const LATE_MAX: u32 = 3 * DAY;
const PAST_MAX: u32 = 28 * DAY;

/// Mentions that are looked at in one proof, at most.
const MENTIONS_MAX: usize = 600;

/// So many items a day are what the settings are made for. More are more tests, and would be more false
/// alarms: with ten times as many a proof must be ten times less likely.
const ITEMS_DAILY: f64 = 6_500.0;

/// How strict the proofs are. Each is -log₁₀ of the largest probability that is a burst.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EmergentSettings {
    /// Where at least [`pushed_share`](Self::pushed_share) of the voices outside the domestic press
    /// are states' and proxies'.
    pub pushed: f64,
    /// Where they are fewer, but at least [`mixed_share`](Self::mixed_share) of them.
    pub mixed: f64,
    /// Of any voices, the domestic press's included.
    pub any: f64,
    /// What a window of more than three hours needs on top.
    pub long: f64,
    /// Within one group of a state or its proxies.
    pub facet: f64,
    /// Of a slow rise within a day; within two or three it must be ten times less likely.
    pub slow: f64,
    /// See [`pushed`](Self::pushed).
    pub pushed_share: f64,
    /// See [`mixed`](Self::mixed).
    pub mixed_share: f64,
    /// Bytes of the table of terms.
    pub table_bytes: usize,
    /// Mentions that are kept.
    pub mentions: usize,
    /// Items that are kept.
    pub items: usize,
}

impl Default for EmergentSettings {
    fn default() -> Self {
        Self {
            pushed: 7.2,
            mixed: 7.6,
            any: 13.0,
            long: 0.8,
            facet: 5.8,
            slow: 5.5,
            pushed_share: 0.4,
            mixed_share: 1.0 / 3.0,
            table_bytes: 128 << 20,
            mentions: 8 << 20,
            items: 1 << 18,
        }
    }
}

/// An item as it arrives.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Arrival {
    /// Its number, for who asks.
    pub item: u64,
    /// When it was received and when it was published as far as that is believed, in seconds since
    /// 1970. The former never goes back.
    pub received: u32,
    /// See [`received`](Self::received).
    pub time: u32,
    /// Numbers of its family, its story and its group.
    pub family: u32,
    /// See [`family`](Self::family).
    pub story: u64,
    /// See [`family`](Self::family).
    pub group: u16,
    /// What its group is.
    pub role: Option<Role>,
    /// Which script it is in: terms of one are a share of what is published in it.
    pub script: u8,
}

/// A term that has been proved to rise.
#[derive(Debug, Clone, PartialEq)]
pub struct Risen {
    /// Which of the terms given.
    pub term: usize,
    /// How fast.
    pub rise: Rise,
    /// Whose voices are counted, here and below.
    pub whose: Whose,
    /// The window, in seconds, up to the arrival.
    pub window: u32,
    /// Voices in it and how many were expected.
    pub voices: u32,
    /// See [`voices`](Self::voices).
    pub expected: f64,
    /// The size of the Gamma-Poisson prediction whose mean is [`expected`](Self::expected).
    pub size: f64,
    /// The probability of so many or more.
    pub p: f64,
    /// The largest probability that is a rise.
    pub p_max: f64,
    /// The items in it, the oldest first.
    pub items: Vec<u64>,
}

#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Mention {
    item: u32,
    before: u32,
}

/// Counts terms and proves those that rise.
#[derive(Debug, Serialize, Deserialize)]
pub struct Emergent {
    settings: EmergentSettings,
    began: u32,
    now: u32,
    table: Table,
    mentions: Ring<Mention>,
    items: Ring<Kept>,
    volumes: BTreeMap<u32, Volume>,
    families: Families,
    peaks: Peaks,
    /// What every proof needs on top, as there is so much.
    crowd: f64,
    proofs: u64,
}

impl Emergent {
    /// Without any history.
    #[must_use]
    pub fn new(settings: EmergentSettings) -> Self {
        Self {
            settings,
            began: 0,
            now: 0,
            table: Table::new(settings.table_bytes),
            mentions: Ring::new(settings.mentions),
            items: Ring::new(settings.items),
            volumes: BTreeMap::new(),
            families: Families::default(),
            peaks: Peaks::default(),
            crowd: 0.0,
            proofs: 0,
        }
    }

    /// Takes in an item with its distinct terms, and tells which of them are proved to rise.
    pub fn take(&mut self, arrival: Arrival, terms: &[u64]) -> Vec<Risen> {
        self.now = self.now.max(arrival.received);
        if self.began == 0 {
            self.began = self.now;
        }
        if self.now.saturating_sub(arrival.time) > LATE_MAX {
            self.learn(&arrival, terms);
            return Vec::new();
        }
        let voice = self.families.voice(&arrival, self.now);
        let is_outside = arrival.role != Some(Role::Domestic);
        let (script, outside) = volumes_of(arrival.script);
        let group = arrival.role.is_some_and(is_pushing);
        let group = group.then(|| volume_of_group(arrival.group));
        let counted = [
            Some((script, true)),
            Some((outside, is_outside)),
            group.map(|group| (group, true)),
        ];
        for (volume, counts) in counted.into_iter().flatten() {
            self.count(volume, arrival.time, counts);
        }
        let item = self.items.push(Kept { arrival, voice });
        self.crowd = self.crowd();
        if terms.is_empty() {
            return Vec::new();
        }
        let [script, outside] = [script, outside].map(|volume| self.extent(volume));
        let group = group.map(|group| (group, self.extent(group)));
        self.table.look_ahead(terms.iter().copied());
        let mut risen = Vec::new();
        for (term, key) in terms.iter().enumerate() {
            let found = self.mention(*key, item, [&script, &outside], false, voice.is_some());
            let daily = found.daily;
            let of_group = group
                .as_ref()
                .filter(|_| daily >= FACET_DAILY_MIN / 2.0)
                .map(|(group, extent)| {
                    let key = mix(*key, u64::from(*group));
                    self.mention(key, item, [extent, extent], true, voice.is_some())
                })
                .and_then(|found| found.proved)
                .filter(|_| daily >= FACET_DAILY_MIN);
            let proved = found.proved.or(of_group);
            if let Some(mut proved) = proved {
                proved.term = term;
                risen.push(proved);
            }
        }
        risen
    }

    /// Counts what was published long before it was received, as of an import of the past.
    fn learn(&mut self, arrival: &Arrival, terms: &[u64]) {
        let age = self.now.saturating_sub(arrival.time).min(PAST_MAX);
        let arrival = Arrival {
            time: self.now - age,
            ..*arrival
        };
        self.began = self.began.min(arrival.time);
        self.families.learn(&arrival);
        let is_outside = arrival.role != Some(Role::Domestic);
        let (script, outside) = volumes_of(arrival.script);
        let group = arrival.role.is_some_and(is_pushing);
        let group = group.then(|| volume_of_group(arrival.group));
        let volumes = [Some(script), is_outside.then_some(outside), group];
        for volume in volumes.into_iter().flatten() {
            let volume = self.volumes.entry(volume).or_insert_with(Volume::new);
            volume.turn(self.now);
            volume.learn(age / DAY);
        }
        for key in terms {
            self.table.learn(*key, self.now, age / DAY, is_outside);
            if let Some(group) = group {
                let key = mix(*key, u64::from(group));
                self.table.learn(key, self.now, age / DAY, true);
            }
        }
    }

    /// Counts an item of a script or a group.
    fn count(&mut self, volume: u32, time: u32, counts: bool) {
        let volume = self.volumes.entry(volume).or_insert_with(Volume::new);
        volume.turn(self.now);
        if counts {
            volume.add(time);
        }
    }

    fn extent(&self, volume: u32) -> Extent {
        self.volumes
            .get(&volume)
            .map_or_else(Extent::default, Extent::of)
    }

    fn mention(
        &mut self,
        key: u64,
        item: u32,
        extents: [&Extent; 2],
        is_facet: bool,
        counts: bool,
    ) -> Found {
        let is_outside = is_facet
            || self
                .items
                .get(item)
                .is_some_and(|kept| kept.arrival.role != Some(Role::Domestic));
        let slot = self.table.mention(key, self.now, is_outside);
        slot.head = self.mentions.push(Mention {
            item,
            before: slot.head,
        });
        let slot = *slot;
        let base = slot.usual(2);
        let daily = base / 28.0;
        if !counts || self.now - self.began < HISTORY_MIN {
            return Found {
                daily,
                proved: None,
            };
        }
        let mut proved = self.sharp(key, &slot, extents, is_facet);
        if proved.is_none() && !is_facet {
            proved = self.slow(&slot, extents[1]);
        }
        Found { daily, proved }
    }

    fn sharp(
        &mut self,
        key: u64,
        slot: &table::Slot,
        extents: [&Extent; 2],
        is_facet: bool,
    ) -> Option<Risen> {
        if extents.iter().any(|extent| extent.usual[0] < ITEMS_MIN[0]) {
            return None;
        }
        let [base, base_outside] = [slot.usual(2), slot.usual_outside(2)];
        let mut mentions = None;
        let mut best: Option<Risen> = None;
        for (at, window) in SHARP.iter().enumerate() {
            let most = slot.at_most(*window);
            let [usual, outside] = [(base, extents[0]), (base_outside, extents[1])]
                .map(|(base, extent)| usual(base, extent.usual[0], extent.sharp[at], SIZE_MAX));
            let tests = [(&usual, most), (&outside, most.min(slot.latest_outside(2)))];
            let may_be_proved = tests.iter().any(|(usual, most)| {
                exceeds(*most, usual) && strength(usual, *most) >= self.least(*window, is_facet)
            });
            if most < VOICES_MIN || !may_be_proved {
                continue;
            }
            self.proofs += 1;
            let known = mentions
                .take()
                .unwrap_or_else(|| self.chain(slot.head, SHARP[2]));
            let risen = self.prove(key, &known, *window, [usual, outside], is_facet);
            mentions = Some(known);
            best = [best, risen]
                .into_iter()
                .flatten()
                .min_by(|a, b| a.p.total_cmp(&b.p));
        }
        best
    }

    /// What a proof needs at least.
    fn least(&self, window: u32, is_facet: bool) -> f64 {
        let EmergentSettings {
            pushed, any, facet, ..
        } = self.settings;
        self.extra(window) + if is_facet { facet } else { pushed.min(any) }
    }

    fn extra(&self, window: u32) -> f64 {
        if window > 3 * HOUR {
            self.crowd + self.settings.long
        } else {
            self.crowd
        }
    }

    /// By the items that were published in the last day, in all scripts.
    fn crowd(&self) -> f64 {
        let scripts = self.volumes.range(..=u32::from(u8::MAX));
        let items: f64 = scripts.map(|(_, volume)| volume.latest(DAY)).sum();
        (items / ITEMS_DAILY).max(1.0).log10()
    }

    /// The items of a term that were received in the last seconds, the newest first.
    fn chain(&self, head: u32, seconds: u32) -> Vec<Kept> {
        let from = self.now.saturating_sub(seconds);
        let mut chain = Vec::new();
        let mut at = head;
        while at != NONE && chain.len() < MENTIONS_MAX {
            let Some(mention) = self.mentions.get(at) else {
                break;
            };
            let Some(kept) = self.items.get(mention.item) else {
                break;
            };
            if kept.arrival.received < from {
                break;
            }
            chain.push(*kept);
            at = mention.before;
        }
        chain
    }

    /// What it goes by.
    #[must_use]
    pub const fn settings(&self) -> &EmergentSettings {
        &self.settings
    }

    /// Days of history there are, as far as they count.
    #[must_use]
    pub fn days(&self) -> u32 {
        self.now.saturating_sub(self.began).min(PAST_MAX) / DAY
    }

    /// Terms that are kept, proofs that were tried, and the bytes it takes.
    #[must_use]
    pub fn size(&self) -> (usize, u64, usize) {
        (
            self.table.used(),
            self.proofs,
            self.table.bytes() + self.mentions.bytes() + self.items.bytes(),
        )
    }
}

/// What is usual and what is now, of a script or a group.
#[derive(Debug, Clone, Copy, Default)]
struct Extent {
    /// Items older than a day or two, and than three or four.
    usual: [f64; 2],
    /// Items published in each of the windows.
    sharp: [f64; SHARP.len()],
    slow: [f64; SLOW.len()],
}

impl Extent {
    fn of(volume: &Volume) -> Self {
        Self {
            usual: [volume.usual(2), volume.usual(4)],
            sharp: SHARP.map(|window| volume.latest(window)),
            slow: SLOW.map(|window| volume.latest(window)),
        }
    }
}

/// The numbers of the volumes of a script, and of what is outside the domestic press in it.
fn volumes_of(script: u8) -> (u32, u32) {
    (u32::from(script), 1 << 17 | u32::from(script))
}

fn volume_of_group(group: u16) -> u32 {
    1 << 16 | u32::from(group)
}

/// What is usual of a term in a window in which so many items were published: its share of all, of
/// which it was in `base` of `items`.
fn usual(base: f32, items: f64, published: f64, size_max: f64) -> NegBin {
    let mentions = f64::from(base + 0.5);
    NegBin {
        mean: mentions / items * published,
        size: mentions.min(size_max),
    }
}

fn p_max(strength: f64) -> f64 {
    10_f64.powf(-strength)
}

fn strength(usual: &NegBin, voices: u32) -> f64 {
    -usual.at_least(voices).max(1e-300).log10()
}

struct Found {
    daily: f32,
    proved: Option<Risen>,
}

/// Whether a count is above what is expected by more than noise.
fn exceeds(count: u32, usual: &NegBin) -> bool {
    let above = f64::from(count) - usual.mean;
    let variance = usual.mean + usual.mean * usual.mean / usual.size;
    above > 0.0 && above * above > SCREEN_SIGMAS * SCREEN_SIGMAS * variance
}

fn mix(a: u64, b: u64) -> u64 {
    let mixed = (a ^ b.rotate_left(41)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ mixed >> 29
}
