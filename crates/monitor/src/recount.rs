//! The past of a term counted again, from the log, by the detector that counts all terms as they come.
//!
//! What is usual is a share of all that is published, so every item of the time is passed to it, but
//! only those that have the term are read: of the others the side table knows time, source and script.
//! Here no term gives way to another, so what the live table overstates where it is full is exact.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::ControlFlow;

use bellwether_archive::ArrivedItem;
use bellwether_detect::{Arrival, Asked, Emergent, EmergentSettings, HitFact, Risen, Weighed};
use bellwether_model::{ItemId, Role, Seq, Timestamp};
use bellwether_query::{AnalysedItem, Binding, Names, Query, SearchError};
use jiff::SignedDuration;
use jiff::tz::TimeZone;

use crate::emerging::{Numbers, Received, counted, script, seconds};
use crate::error::MonitorError;
use crate::findings::Sources;
use crate::past::PastStores;
use crate::raise::quoted;
use crate::typed_term::TermPart;

/// As far as it goes back: of a mention before that, less than a twenty-fifth would be left.
const PAST_HOURS: i64 = 92 * 24;

/// Items that are passed, at most: the latest.
const ITEMS_MAX: usize = 500_000;

/// Items that are read for one term, at most.
const MENTIONS_MAX: usize = 50_000;

/// Items taken from the stores at once.
const BATCH: usize = 10_000;

/// A term has as many places in the table as there are groups, and one.
const TABLE_BYTES: usize = 4 << 20;

/// Bursts of terms end when they were not found for a day, so this is how long a rise is of interest.
const LOOK_SECONDS: u32 = 24 * 3600;

/// Mentions of the last day at which it is looked how the term stands, the latest.
const LOOKS_MAX: usize = 240;

const DAYS_SECONDS: u32 = 3 * 24 * 3600;
const GROUPS_SECONDS: u32 = 12 * 3600;

/// Called with how much is done of how much; breaks where nobody waits any more.
pub type GoOn<'a> = dyn FnMut(usize, usize) -> ControlFlow<()> + 'a;

/// A mention of one of the terms.
pub(crate) struct Mention {
    pub(crate) arrival: Arrival,
    pub(crate) fact: HitFact,
}

/// One of the terms, as it was counted.
pub(crate) struct Course {
    pub(crate) part: TermPart,
    /// More items have it than are read.
    pub(crate) is_too_frequent: bool,
    pub(crate) mentions: Vec<Mention>,
    /// The mentions of the last day at which it rose, as they are told live.
    pub(crate) risen: Vec<(u32, Risen)>,
    /// When in the last day it came nearest to being a rise, and the window in which it did.
    pub(crate) closest: Option<(u32, Weighed)>,
}

/// An item as the volume of a script or group has it.
#[derive(Clone, Copy)]
pub(crate) struct Published {
    pub(crate) time: u32,
    pub(crate) script: u8,
    pub(crate) group: u16,
    pub(crate) is_outside: bool,
}

/// The past of some terms up to a place of the log.
pub(crate) struct Recount<'a> {
    stores: PastStores<'a>,
    engine: Emergent,
    pub(crate) numbers: Numbers,
    pub(crate) courses: Vec<Course>,
    /// All that was published in the last days.
    pub(crate) published: Vec<Published>,
    /// How many items were passed, and when the first was received.
    pub(crate) items: usize,
    pub(crate) from: Option<Timestamp>,
    /// Whether there are items in the time that were not passed, as there are too many.
    pub(crate) is_cut: bool,
}

impl<'a> Recount<'a> {
    /// Counts up to a place, at which the log's time is `at`; `None` where it was broken off.
    pub(crate) fn of(
        stores: PastStores<'a>,
        parts: &[TermPart],
        until: Seq,
        at: Timestamp,
        go_on: &mut GoOn<'_>,
    ) -> Result<Option<Self>, MonitorError> {
        let back = |hours: i64| {
            let length = SignedDuration::from_hours(hours);
            at.checked_sub(length).unwrap_or(Timestamp::MIN)
        };
        let oldest = stores.log.place_before(back(PAST_HOURS))?;
        let fits = stores.derived.place_of_last(ITEMS_MAX, until)?;
        let mut recount = Self {
            engine: Emergent::new(EmergentSettings {
                table_bytes: TABLE_BYTES,
                ..EmergentSettings::default()
            }),
            numbers: Numbers::default(),
            courses: Vec::new(),
            published: Vec::new(),
            items: 0,
            from: None,
            is_cut: fits > oldest,
            stores,
        };
        let after = oldest.max(fits);
        let Some(have) = recount.look_up(parts, after, until, at, go_on)? else {
            return Ok(None);
        };
        let day = stores.log.place_before(back(24))?;
        let looks = looks(&have, parts.len(), day);
        let passed = recount.pass(&have, &looks, after, until, seconds(at), go_on)?;
        Ok(passed.then_some(recount))
    }

    /// Which items have which of the terms, by their first wording.
    fn look_up(
        &mut self,
        parts: &[TermPart],
        after: Seq,
        until: Seq,
        at: Timestamp,
        go_on: &mut GoOn<'_>,
    ) -> Result<Option<BTreeMap<ItemId, Vec<usize>>>, MonitorError> {
        let mut candidates = BTreeSet::new();
        for part in parts {
            let found = self.matching(part, after, until, at)?;
            self.courses.push(Course {
                part: part.clone(),
                is_too_frequent: found.is_none(),
                mentions: Vec::new(),
                risen: Vec::new(),
                closest: None,
            });
            candidates.extend(found.into_iter().flatten());
        }
        // What has another wording now may have had the term when it came.
        let changes = self.stores.log.changes_after(after)?;
        let reworded = changes.into_iter().filter(|(_, is_reworded)| *is_reworded);
        candidates.extend(
            reworded
                .map(|(item, _)| item)
                .filter(|item| item.0 > after.0 && item.0 <= until.0),
        );
        let all = candidates.len();
        let mut have = BTreeMap::new();
        for (done, id) in candidates.into_iter().enumerate() {
            if done % 100 == 0 && go_on(done, all).is_break() {
                return Ok(None);
            }
            let Some(item) = self.stores.log.item_at(id, Seq(id.0))? else {
                continue;
            };
            let terms = counted(&AnalysedItem::of(&item));
            let known = self.courses.iter().enumerate();
            let has: Vec<usize> = known
                .filter(|(_, course)| !course.is_too_frequent)
                .filter(|(_, course)| terms.contains_key(&course.part.key))
                .map(|(at, _)| at)
                .collect();
            if !has.is_empty() {
                have.insert(id, has);
            }
        }
        Ok(Some(have))
    }

    /// The items that may have a term; `None` where they are too many.
    fn matching(
        &self,
        part: &TermPart,
        after: Seq,
        until: Seq,
        at: Timestamp,
    ) -> Result<Option<Vec<ItemId>>, MonitorError> {
        let directory = self.stores.directory;
        // Our own text reads without a fault.
        let Ok(query) = Query::parse(&quoted(&part.counted)) else {
            return Ok(Some(Vec::new()));
        };
        let names = Names::default();
        let zone = TimeZone::UTC;
        let binding = Binding::new(directory, &names, at, &zone);
        let Ok(bound) = query.bind(binding) else {
            return Ok(Some(Vec::new()));
        };
        let mut found = Vec::new();
        let mut is_too_many = false;
        self.stores
            .engine
            .scan(&bound, &[], &mut |row| {
                if row.item.0 <= after.0 || row.item.0 > until.0 {
                    return ControlFlow::Continue(());
                }
                is_too_many = found.len() == MENTIONS_MAX;
                if is_too_many {
                    return ControlFlow::Break(());
                }
                found.push(row.item);
                ControlFlow::Continue(())
            })
            .map_err(|source: SearchError| MonitorError::Term {
                term: part.counted.clone(),
                source,
            })?;
        Ok((!is_too_many).then_some(found))
    }

    /// Passes all items to the detector in the order in which they came.
    fn pass(
        &mut self,
        have: &BTreeMap<ItemId, Vec<usize>>,
        looks: &[BTreeSet<ItemId>],
        after: Seq,
        until: Seq,
        now: u32,
        go_on: &mut GoOn<'_>,
    ) -> Result<bool, MonitorError> {
        let mut place = after;
        loop {
            if go_on(self.items, ITEMS_MAX.max(self.items)).is_break() {
                return Ok(false);
            }
            let arrived = self.stores.derived.arrived(place, until, BATCH)?;
            let Some(last) = arrived.last() else {
                return Ok(true);
            };
            let last = Seq(last.item.0);
            let received = self.stores.log.received(place, last, usize::MAX >> 1)?;
            let received: HashMap<ItemId, Timestamp> = received.into_iter().collect();
            place = last;
            for (number, item) in arrived.iter().enumerate() {
                if item.script.is_none()
                    && number % 100 == 0
                    && go_on(self.items, ITEMS_MAX.max(self.items)).is_break()
                {
                    return Ok(false);
                }
                let Some(at) = received.get(&item.item) else {
                    continue;
                };
                self.take(item, *at, have.get(&item.item), looks, now)?;
            }
        }
    }

    fn take(
        &mut self,
        item: &ArrivedItem,
        at: Timestamp,
        has: Option<&Vec<usize>>,
        looks: &[BTreeSet<ItemId>],
        now: u32,
    ) -> Result<(), MonitorError> {
        let Some(script) = self.script_of(item)? else {
            return Ok(());
        };
        self.items += 1;
        self.from.get_or_insert(at);
        let sources = Sources {
            log: self.stores.log,
            derived: self.stores.derived,
            directory: self.stores.directory,
        };
        let arrival = self.numbers.arrival(
            &sources,
            &Received {
                item: item.item,
                at,
                time: item.time,
                source: &item.source,
                story: item.story,
                script,
            },
        );
        if now.saturating_sub(arrival.time) <= DAYS_SECONDS {
            self.published.push(Published {
                time: arrival.time,
                script,
                group: arrival.group,
                is_outside: arrival.role != Some(Role::Domestic),
            });
        }
        let has = has.map(Vec::as_slice).unwrap_or_default();
        let keys: Vec<u64> = has.iter().map(|at| self.courses[*at].part.key).collect();
        let risen = self.engine.take(arrival, &keys);
        let is_recent = now.saturating_sub(arrival.received) <= LOOK_SECONDS;
        for risen in risen {
            if let Some(part) = has.get(risen.term).filter(|_| is_recent) {
                self.courses[*part].risen.push((arrival.received, risen));
            }
        }
        for part in has {
            self.courses[*part].mentions.push(Mention {
                arrival,
                fact: HitFact {
                    item: item.item,
                    time: item.time,
                    family: self.stores.directory.family(&item.source),
                    story: item.story,
                },
            });
            if looks[*part].contains(&item.item) {
                self.look(*part, arrival.received);
            }
        }
        Ok(())
    }

    /// The script of an item; read from its text where it was not noted.
    fn script_of(&self, item: &ArrivedItem) -> Result<Option<u8>, MonitorError> {
        if item.script.is_some() {
            return Ok(item.script);
        }
        let read = self.stores.log.item_at(item.item, Seq(item.item.0))?;
        Ok(read.map(|item| script(&AnalysedItem::of(&item))))
    }

    /// How a term stands at one of its mentions.
    fn look(&mut self, part: usize, now: u32) {
        let weighed = self.weigh(part, now, None);
        let nearest = weighed.into_iter().min_by(closer);
        let course = &mut self.courses[part];
        let nearest = nearest.filter(|nearest| {
            let closest = course.closest.as_ref();
            closest.is_none_or(|(_, closest)| closer(nearest, closest).is_lt())
        });
        if let Some(nearest) = nearest {
            course.closest = Some((now, nearest));
        }
    }

    /// How a term stands at a time, in all windows. The script is that of most of its latest items,
    /// unless given.
    pub(crate) fn weigh(&mut self, part: usize, now: u32, script: Option<u8>) -> Vec<Weighed> {
        let course = &self.courses[part];
        let latest = |seconds: u32| {
            let mentions = course.mentions.iter().rev();
            mentions
                .take_while(move |mention| now.saturating_sub(mention.arrival.received) <= seconds)
        };
        let mut scripts: BTreeMap<u8, usize> = BTreeMap::new();
        for mention in latest(DAYS_SECONDS) {
            *scripts.entry(mention.arrival.script).or_default() += 1;
        }
        let most = scripts.into_iter().max_by_key(|(_, items)| *items);
        let last = course.mentions.last().map(|mention| mention.arrival.script);
        let groups: BTreeSet<u16> = latest(GROUPS_SECONDS)
            .filter(|mention| {
                let role = mention.arrival.role;
                matches!(role, Some(Role::State | Role::Proxy))
            })
            .map(|mention| mention.arrival.group)
            .collect();
        let groups: Vec<u16> = groups.into_iter().collect();
        let asked = Asked {
            key: course.part.key,
            script: script
                .or(most.map(|(script, _)| script))
                .or(last)
                .unwrap_or(0),
            groups: &groups,
        };
        self.engine.weigh(&asked, now)
    }

    /// The items of a term in the last three days whose voices count.
    pub(crate) fn heard(&self, part: usize, now: u32) -> BTreeSet<u64> {
        self.engine.heard(self.courses[part].part.key, now)
    }
}

/// What is a rise comes before what is none, and what is more unlikely before what is less.
pub(crate) fn closer(a: &Weighed, b: &Weighed) -> std::cmp::Ordering {
    let holds = b.holds().cmp(&a.holds());
    holds.then_with(|| a.distance().total_cmp(&b.distance()))
}

/// The mentions at which it is looked: of each term the latest of the last day.
fn looks(have: &BTreeMap<ItemId, Vec<usize>>, parts: usize, day: Seq) -> Vec<BTreeSet<ItemId>> {
    let most = LOOKS_MAX / parts.max(1);
    let mut looks = vec![BTreeSet::new(); parts];
    for (item, has) in have.iter().rev().take_while(|(item, _)| item.0 > day.0) {
        for part in has {
            if looks[*part].len() < most {
                looks[*part].insert(*item);
            }
        }
    }
    looks
}
