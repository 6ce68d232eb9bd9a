//! What was collected, by source and hour, and how much came: the exposure of a baseline.
//!
//! A source that died, joined late or was down for a day must look like neither silence nor burst,
//! so counts are only compared between families that were collected in both windows (DESIGN 5.2).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bellwether_archive::{ArchiveError, Derived, DerivedState, ImportSpan, LogReader, VolumeHour};
use bellwether_detect::{HourVolume, NEW_SOURCE_HOURS, RHYTHM_HOURS, SourceHour, arrival};
use bellwether_model::{
    Coverage, Directory, FamilyId, HourMark, Item, Missing, MissingReason, Seq, Source, SourceId,
    SourceKind, Span, Timestamp,
};
use jiff::SignedDuration;

use crate::hours::{HOURS, Hours, hour};

/// What is known of one source in one hour.
#[derive(Debug, Clone, Copy, Default)]
struct Hour {
    /// Polled with success, or imported.
    is_collected: bool,
    /// Polled with success: of what was imported nobody knows when it came.
    is_polled: bool,
    has_failed: bool,
    /// Items by their own time.
    items: u32,
    /// Items that were new to us, by the log's time.
    new: u32,
}

/// What was collected in the last four weeks.
#[derive(Debug, Default)]
pub(crate) struct Collection {
    /// The hour of the log's time.
    now: i64,
    sources: BTreeMap<SourceId, Hours<Hour>>,
    /// The hour of the last success of each, as far as the log was read.
    successes: BTreeMap<SourceId, i64>,
    errors: BTreeMap<SourceId, String>,
}

impl Collection {
    /// What the stores say of the four weeks before the tick that was reached; nothing, where none
    /// was: then the log is read from its beginning.
    pub(crate) fn load(
        log: &LogReader,
        derived: &Derived,
        state: &DerivedState,
    ) -> Result<Self, ArchiveError> {
        let Some(now) = state.tick else {
            return Ok(Self::default());
        };
        let volumes = derived.volumes(weeks_before(now), next_hour(now))?;
        Self::of(log, now, next_hour(now), state.seq, volumes)
    }

    /// What was known at the beginning of an hour, when the log had come to a place.
    pub(crate) fn at(
        log: &LogReader,
        derived: &Derived,
        start: Timestamp,
        seq: Seq,
    ) -> Result<Self, ArchiveError> {
        // A believed time may be some minutes ahead of the log's.
        let volumes = derived.volumes_at(weeks_before(start), next_hour(start), seq)?;
        Self::of(log, start, start, seq, volumes)
    }

    /// From what came of polls up to `until`, and items by their own time.
    fn of(
        log: &LogReader,
        now: Timestamp,
        until: Timestamp,
        seq: Seq,
        volumes: Vec<VolumeHour>,
    ) -> Result<Self, ArchiveError> {
        let mut collection = Self {
            now: hour(now),
            ..Self::default()
        };
        for polled in log.collected_hours(weeks_before(now), until)? {
            if let Some(slot) = collection.slot(&polled.source, polled.start) {
                slot.is_collected |= polled.collected > 0;
                slot.is_polled |= polled.collected > 0;
                slot.has_failed |= polled.failed > 0;
                slot.new = polled.items_new;
            }
            match polled.error.filter(|_| polled.failed > 0) {
                Some(error) => collection.errors.insert(polled.source, error),
                None => collection.errors.remove(&polled.source),
            };
        }
        for volume in volumes {
            if let Some(slot) = collection.slot(&volume.source, volume.start) {
                slot.items = volume.items;
            }
        }
        for import in log.imports_between(Seq(0), seq)? {
            collection.imported(&import);
        }
        // The hour that is under way may have been read in part.
        for source in collection.sources.keys() {
            if let Some(at) = log.last_success(source, seq)? {
                collection.successes.insert(source.clone(), hour(at));
            }
        }
        Ok(collection)
    }

    /// The place of an hour, where it lies in the last four weeks of the log's time and not beyond:
    /// no claim about the future may push the past out.
    fn slot(&mut self, source: &SourceId, time: Timestamp) -> Option<&mut Hour> {
        let hour = hour(time);
        // A believed time may be some minutes ahead of the log's.
        if hour > self.now + 1 {
            return None;
        }
        if !self.sources.contains_key(source) {
            self.sources.insert(source.clone(), Hours::new());
        }
        self.sources.get_mut(source)?.slot(hour)
    }

    /// The log's time has come this far.
    pub(crate) fn now(&mut self, now: Timestamp) {
        self.now = self.now.max(hour(now));
    }

    /// An attempt to fetch has ended.
    pub(crate) fn polled(
        &mut self,
        source: &SourceId,
        at: Timestamp,
        is_collected: bool,
        items_new: u32,
        error: Option<String>,
    ) {
        if let Some(slot) = self.slot(source, at) {
            slot.is_collected |= is_collected;
            slot.is_polled |= is_collected;
            slot.has_failed |= !is_collected;
            slot.new = slot.new.saturating_add(items_new);
        }
        if is_collected {
            self.successes.insert(source.clone(), hour(at));
        }
        match error.filter(|_| !is_collected) {
            Some(error) => {
                self.errors.insert(source.clone(), error);
            }
            None => {
                self.errors.remove(source);
            }
        }
    }

    /// An item was published by its own time.
    pub(crate) fn published(&mut self, source: &SourceId, time: Timestamp) {
        if let Some(slot) = self.slot(source, time) {
            slot.items = slot.items.saturating_add(1);
        }
    }

    /// What an import brought counts as collected as far as it says: nobody can say more of it.
    pub(crate) fn imported(&mut self, import: &ImportSpan) {
        let last = hour(import.last).min(self.now + 1);
        let first = hour(import.first).max(last - HOURS as i64 + 1);
        for hour in first..=last {
            let time = Timestamp::from_second(hour.saturating_mul(3600)).unwrap_or(Timestamp::MIN);
            if let Some(slot) = self.slot(&import.source, time) {
                slot.is_collected = true;
            }
        }
    }

    /// The hours of a source up to the present one that its rhythm is learnt from: the number of the
    /// first, and what came in each.
    pub(crate) fn rhythm(&self, source: &SourceId) -> (i64, Vec<SourceHour>) {
        let first = self.now + 1 - RHYTHM_HOURS as i64;
        let hours = self.sources.get(source);
        let of_hour = |number| {
            let hour = hours.map(|hours| hours.get(number)).unwrap_or_default();
            SourceHour {
                is_collected: hour.is_polled,
                has_failed: hour.has_failed,
                items: hour.new,
            }
        };
        (first, (first..=self.now).map(of_hour).collect())
    }

    /// What the hour of an item that comes now is, where that cannot be told from its time: it has none
    /// of its own, and its source had only begun, or had not been collected just before. A pile of such
    /// items would look like a burst of the hour in which it came.
    pub(crate) fn unknown_hour(
        &self,
        item: &Item,
        source: &SourceId,
        every: Duration,
    ) -> Option<HourMark> {
        if !item.is_timed_by_receipt() {
            return None;
        }
        if let Some(imported_at) = item.imported_at {
            // Of a saved feed nobody says when it was received, as lines do.
            return (item.seen >= imported_at).then_some(HourMark::Backlog);
        }
        // Which hour was the first one matters only where it was one of the last few.
        let first = self.sources.get(source).and_then(|hours| {
            let mut before = (self.now - HOURS as i64..=self.now - NEW_SOURCE_HOURS).rev();
            before.find(|hour| hours.get(*hour).is_polled)
        });
        // The poll that brings it is not among them: in the log items stand before their outcome.
        let last = self.successes.get(source).copied();
        arrival(first, last, self.now, every)
    }

    fn is_collected_in(&self, source: &SourceId, span: Span) -> bool {
        self.sources
            .get(source)
            .is_some_and(|hours| hours_of(span).any(|hour| hours.get(hour).is_collected))
    }

    /// Whether a source was collected after an hour.
    fn is_back(&self, source: &SourceId, hour: i64) -> bool {
        self.successes.get(source).is_some_and(|last| *last > hour)
    }

    /// The families of a scope that were collected in a window, at least in part, with their last
    /// four weeks: those that a baseline compares. Where the window was looked at late, those that were
    /// collected after it too: what they had published in it has come since.
    pub(crate) fn exposed(&self, scope: &Scope, window: Span, is_late: bool) -> Exposed {
        let newest = hours_of(window).last().unwrap_or_default();
        let mut exposed = Exposed {
            oldest: newest - HOURS as i64 + 1,
            collected: BTreeMap::new(),
            items: vec![0; HOURS],
        };
        for (family, sources) in &scope.families {
            if !sources.iter().any(|source| {
                self.is_collected_in(source, window) || is_late && self.is_back(source, newest)
            }) {
                continue;
            }
            let known: Vec<_> = (sources.iter())
                .filter_map(|source| self.sources.get(source))
                .collect();
            let mut collected = vec![false; HOURS];
            let places = collected.iter_mut().zip(&mut exposed.items);
            for (at, (is_collected, items)) in (exposed.oldest..).zip(places) {
                let of_hour = || known.iter().map(|hours| hours.get(at));
                *is_collected = of_hour().any(|hour| hour.is_collected);
                // What came of an hour that was not collected is not all of it.
                if *is_collected {
                    *items += of_hour().map(|hour| hour.items).sum::<u32>();
                }
            }
            exposed.collected.insert(family.clone(), collected);
        }
        exposed
    }

    /// Which polled sources of a scope were not collected in a window. A source polled each hour may
    /// have its last poll just before the window, so one interval before it counts too.
    pub(crate) fn coverage(&self, scope: &Scope, window: Span) -> Coverage {
        let mut missing = Vec::new();
        for (source, every) in &scope.polled {
            let from = window.from.checked_sub(*every).unwrap_or(Timestamp::MIN);
            let span = Span {
                from,
                to: window.to,
            };
            if self.is_collected_in(source, span) {
                continue;
            }
            let has_failed = self
                .sources
                .get(source)
                .is_some_and(|hours| hours_of(span).any(|hour| hours.get(hour).has_failed));
            missing.push(Missing {
                source: source.clone(),
                reason: if has_failed {
                    MissingReason::Failing
                } else {
                    MissingReason::NotPolled
                },
                error: self.errors.get(source).filter(|_| has_failed).cloned(),
            });
        }
        Coverage {
            sources: u32::try_from(scope.polled.len()).unwrap_or(u32::MAX),
            missing,
        }
    }
}

/// The families of a scope that are collected now, and how they were in the last four weeks.
#[derive(Debug)]
pub(crate) struct Exposed {
    /// The hour of the first place below.
    oldest: i64,
    /// For each family, whether it was collected, hour by hour.
    collected: BTreeMap<FamilyId, Vec<bool>>,
    /// Items of all of them in the hours in which they were collected, hour by hour.
    items: Vec<u32>,
}

impl Exposed {
    /// The share (0 to 1) of these families that was collected in a stretch of time.
    pub(crate) fn exposure(&self, span: Span) -> f64 {
        let places = self.places(span);
        self.share(|collected| collected[places.clone()].contains(&true))
    }

    /// Whether a family is one of these and was collected in a stretch of time, at least in part.
    pub(crate) fn has(&self, family: &FamilyId, span: Span) -> bool {
        let collected = self.collected.get(family);
        collected.is_some_and(|collected| collected[self.places(span)].contains(&true))
    }

    fn places(&self, span: Span) -> std::ops::Range<usize> {
        let last = hours_of(span).last().unwrap_or_default();
        let place = |hour: i64| usize::try_from(hour - self.oldest).unwrap_or(0).min(HOURS);
        place(hour(span.from))..place(last + 1)
    }

    /// Their items by the hour.
    pub(crate) fn volumes(&self) -> Vec<HourVolume> {
        (self.oldest..)
            .zip(self.items.iter().enumerate())
            .filter_map(|(hour, (place, items))| {
                Some(HourVolume {
                    hour_start: Timestamp::from_second(hour.checked_mul(3600)?).ok()?,
                    items: *items,
                    exposure: self.share(|collected| collected[place]),
                })
            })
            .collect()
    }

    fn share(&self, is_collected: impl Fn(&[bool]) -> bool) -> f64 {
        if self.collected.is_empty() {
            return 0.0;
        }
        let count = self
            .collected
            .values()
            .filter(|collected| is_collected(collected))
            .count();
        count as f64 / self.collected.len() as f64
    }
}

fn weeks_before(time: Timestamp) -> Timestamp {
    time.checked_sub(SignedDuration::from_hours(HOURS as i64))
        .unwrap_or(Timestamp::MIN)
}

fn next_hour(time: Timestamp) -> Timestamp {
    time.checked_add(SignedDuration::from_hours(1))
        .unwrap_or(Timestamp::MAX)
}

/// The hours that a stretch of time touches.
fn hours_of(span: Span) -> std::ops::RangeInclusive<i64> {
    let last = Timestamp::from_nanosecond(span.to.as_nanosecond() - 1).unwrap_or(span.to);
    hour(span.from)..=hour(last)
}

/// Whose items a rule counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope {
    families: BTreeMap<FamilyId, Vec<SourceId>>,
    /// Those that are polled, with their interval.
    polled: Vec<(SourceId, Duration)>,
}

impl Scope {
    /// The sources of some groups; all sources, where no group is named.
    pub(crate) fn new(directory: &Directory, groups: &[bellwether_model::GroupId]) -> Self {
        let is_in = |source: &Source| {
            groups.is_empty() || source.groups.iter().any(|group| groups.contains(group))
        };
        Self::of(directory.sources().filter(|source| is_in(source)))
    }

    /// The sources of some groups that are not of the domestic press; `None` where they are none, or all.
    pub(crate) fn outside(
        directory: &Directory,
        groups: &[bellwether_model::GroupId],
    ) -> Option<Self> {
        let all = Self::new(directory, groups);
        let outside: BTreeSet<&SourceId> = (all.families.values().flatten())
            .filter(|source| !directory.is_domestic(source))
            .collect();
        let is_part =
            !outside.is_empty() && outside.len() < all.families.values().flatten().count();
        is_part.then(|| Self::of(directory.sources().filter(|s| outside.contains(&s.id))))
    }

    fn of<'a>(sources: impl Iterator<Item = &'a Source>) -> Self {
        let mut scope = Self::default();
        for source in sources {
            // That a folder was looked at says nothing of what its files hold.
            if source.kind == SourceKind::Files {
                continue;
            }
            scope
                .families
                .entry(source.family.clone())
                .or_default()
                .push(source.id.clone());
            if source.kind.is_polled() && source.enabled {
                scope.polled.push((source.id.clone(), source.every));
            }
        }
        scope
    }
}
