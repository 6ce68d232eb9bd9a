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
mod rhythm;
mod ring;
mod slow;
mod standing;
mod table;
mod voices;
mod volume;

use std::collections::BTreeMap;

use bellwether_model::{Rise, Role, Whose};
use serde::{Deserialize, Serialize};

use crate::negbin::NegBin;
pub use events::Events;
use rhythm::Peaks;
use ring::{NONE, Ring};
pub use standing::Tracked;
use table::Table;
use voices::{Families, Kept, Voices, is_pushing};
use volume::Volume;

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

/// How strict the proofs are. Each is -log₁₀ of the largest probability that is a burst.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EmergentSettings {
    /// Where at least [`pushed_share`](Self::pushed_share) of the voices outside the domestic press
    /// are states' and proxies'.
    pub pushed: f64,
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
            any: 13.0,
            long: 0.8,
            facet: 5.8,
            slow: 5.5,
            pushed_share: 0.4,
            table_bytes: 128 << 20,
            mentions: 8 << 20,
            items: 1 << 18,
        }
    }
}

/// An item as it arrives.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
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

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
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
        let script = self.extent(script, arrival.time, true);
        let outside = self.extent(outside, arrival.time, is_outside);
        let group = arrival.role.is_some_and(is_pushing).then(|| {
            let group = volume_of_group(arrival.group);
            (group, self.extent(group, arrival.time, true))
        });
        let item = self.items.push(Kept { arrival, voice });
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
    fn extent(&mut self, volume: u32, time: u32, counts: bool) -> Extent {
        let volume = self.volumes.entry(volume).or_insert_with(Volume::new);
        volume.turn(self.now);
        if counts {
            volume.add(time);
        }
        Extent::of(volume)
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
        let base = slot.usual(2);
        let [share, share_outside] = [(base, extents[0]), (slot.usual_outside(2), extents[1])]
            .map(|(base, extent)| f64::from(base + 0.5) / extent.usual[0]);
        let [size, size_outside] =
            [base, slot.usual_outside(2)].map(|base| f64::from(base + 0.5).min(SIZE_MAX));
        let mut mentions = None;
        let mut best: Option<Risen> = None;
        for (at, window) in SHARP.iter().enumerate() {
            let most = slot.at_most(*window);
            let mean = share * extents[0].sharp[at];
            let usual = NegBin { mean, size };
            let outside = NegBin {
                mean: share_outside * extents[1].sharp[at],
                size: size_outside,
            };
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
            self.settings.long
        } else {
            0.0
        }
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

    fn prove(
        &mut self,
        key: u64,
        mentions: &[Kept],
        window: u32,
        [usual, usual_outside]: [NegBin; 2],
        is_facet: bool,
    ) -> Option<Risen> {
        let from = self.now.saturating_sub(window);
        let inside = || {
            mentions
                .iter()
                .filter(|kept| kept.voice.is_some() && kept.arrival.time >= from)
        };
        let all = Voices::of(inside());
        let least = if is_facet {
            FACET_VOICES_MIN
        } else {
            VOICES_MIN
        };
        if all.count() < least || 2 * all.largest_family() > all.stories.len() {
            return None;
        }
        let outside = Voices::of(inside().filter(|kept| kept.arrival.role != Some(Role::Domestic)));
        let share = outside.pushing as f64 / outside.families.len().max(1) as f64;
        let pushed = if share >= self.settings.pushed_share {
            self.settings.pushed
        } else {
            f64::INFINITY
        };
        let tests = if is_facet {
            vec![(Whose::Group, usual, all.count(), self.settings.facet)]
        } else {
            vec![
                (Whose::Outside, usual_outside, outside.count(), pushed),
                (Whose::All, usual, all.count(), self.settings.any),
            ]
        };
        // Even what does not suffice today may be the column of every day.
        let is_column = tests
            .iter()
            .any(|(_, usual, voices, _)| strength(usual, *voices) >= self.least(window, is_facet))
            && self
                .peaks
                .is_rhythm(key, self.now, middle(inside()), all.count());
        let (whose, usual, voices, least) =
            tests.into_iter().find(|(_, usual, voices, least)| {
                *voices >= VOICES_MIN && strength(usual, *voices) >= least + self.extra(window)
            })?;
        (!is_column).then(|| Risen {
            term: 0,
            rise: Rise::Sharp,
            whose,
            window,
            voices,
            expected: usual.mean,
            size: usual.size,
            p: usual.at_least(voices),
            p_max: p_max(least + self.extra(window)),
            items: inside()
                .filter(|kept| whose != Whose::Outside || kept.arrival.role != Some(Role::Domestic))
                .map(|kept| kept.arrival.item)
                .rev()
                .collect(),
        })
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
#[derive(Debug, Clone, Copy)]
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

fn p_max(strength: f64) -> f64 {
    10_f64.powf(-strength)
}

/// The time in the middle of some items.
fn middle<'a>(items: impl Iterator<Item = &'a Kept>) -> u32 {
    let mut times: Vec<u32> = items.map(|kept| kept.arrival.time).collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or(0)
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
