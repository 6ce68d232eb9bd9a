//! What was collected, by source and hour, and how much came: the exposure of a baseline.
//!
//! A source that died, joined late or was down for a day must look like neither silence nor burst,
//! so counts are only compared between families that were collected in both windows (DESIGN 5.2).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bellwether_archive::{ArchiveError, Derived, DerivedState, ImportSpan, LogReader};
use bellwether_detect::{HourVolume, NEW_SOURCE_HOURS, RHYTHM_HOURS, SourceHour, arrival};
use bellwether_model::{
    Coverage, Directory, FamilyId, HourMark, Item, Missing, MissingReason, SourceId, SourceKind,
    Span, Timestamp,
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
        let mut collection = Self::default();
        let Some(now) = state.tick else {
            return Ok(collection);
        };
        collection.now = hour(now);
        let from = now
            .checked_sub(SignedDuration::from_hours(HOURS as i64))
            .unwrap_or(Timestamp::MIN);
        for polled in log.collected_hours(from, next_hour(now))? {
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
        for volume in derived.volumes(from, next_hour(now))? {
            if let Some(slot) = collection.slot(&volume.source, volume.start) {
                slot.items = volume.items;
            }
        }
        for import in log.imports_until(state.seq)? {
            collection.imported(&import);
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

    /// An import counts as collected from its first item to its last: nobody can say more of it.
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

    /// What the hour of an item is, where that cannot be told from its time: it has none of its own, and
    /// its source had only begun, or had not been collected just before. A pile of such items would
    /// look like a burst of the hour in which it came.
    pub(crate) fn unknown_hour(
        &self,
        item: &Item,
        source: &SourceId,
        every: Duration,
    ) -> Option<HourMark> {
        if item.imported_at.is_some() || !item.is_timed_by_receipt() {
            return None;
        }
        let seen = hour(item.seen);
        let hours = self.sources.get(source);
        let last_until = |to: i64| {
            let hours = hours?;
            let from = self.now - HOURS as i64;
            (from..=to).rev().find(|hour| hours.get(*hour).is_collected)
        };
        // Which hour was the first one matters only where it was one of the last few.
        let first = last_until(seen - NEW_SOURCE_HOURS);
        arrival(first, last_until(seen - 1), seen, every)
    }

    fn is_collected_in(&self, source: &SourceId, span: Span) -> bool {
        self.sources
            .get(source)
            .is_some_and(|hours| hours_of(span).any(|hour| hours.get(hour).is_collected))
    }

    /// The families of a scope that were collected in a window, at least in part, with their last
    /// four weeks: those that a baseline compares.
    pub(crate) fn exposed(&self, scope: &Scope, window: Span) -> Exposed {
        let newest = hours_of(window).last().unwrap_or_default();
        let mut exposed = Exposed {
            oldest: newest - HOURS as i64 + 1,
            families: BTreeSet::new(),
            collected: Vec::new(),
            items: vec![0; HOURS],
        };
        for (family, sources) in &scope.families {
            if !sources
                .iter()
                .any(|source| self.is_collected_in(source, window))
            {
                continue;
            }
            let mut collected = vec![false; HOURS];
            for hours in sources.iter().filter_map(|source| self.sources.get(source)) {
                let places = collected.iter_mut().zip(&mut exposed.items);
                for (at, (is_collected, items)) in (exposed.oldest..).zip(places) {
                    let hour = hours.get(at);
                    *is_collected |= hour.is_collected;
                    *items += hour.items;
                }
            }
            exposed.families.insert(family.clone());
            exposed.collected.push(collected);
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
    /// Who they are.
    pub(crate) families: BTreeSet<FamilyId>,
    /// The hour of the first place below.
    oldest: i64,
    /// For each family, whether it was collected, hour by hour.
    collected: Vec<Vec<bool>>,
    /// Items of all of them, hour by hour.
    items: Vec<u32>,
}

impl Exposed {
    /// The share (0 to 1) of these families that was collected in a stretch of time.
    pub(crate) fn exposure(&self, span: Span) -> f64 {
        let last = hours_of(span).last().unwrap_or_default();
        let place = |hour: i64| usize::try_from(hour - self.oldest).unwrap_or(0).min(HOURS);
        let places = place(hour(span.from))..place(last + 1);
        self.share(|collected| collected[places.clone()].contains(&true))
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
            .iter()
            .filter(|collected| is_collected(collected))
            .count();
        count as f64 / self.collected.len() as f64
    }
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
        let mut scope = Self::default();
        for source in directory.sources() {
            let is_in =
                groups.is_empty() || source.groups.iter().any(|group| groups.contains(group));
            // That a folder was looked at says nothing of what its files hold.
            if !is_in || source.kind == SourceKind::Files {
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
