//! What was collected, by source and hour, and how much came: the exposure of a baseline.
//!
//! A source that died, joined late or was down for a day must look like neither silence nor burst,
//! so counts are only compared between families that were collected in both windows (DESIGN 5.2).

use std::collections::{BTreeMap, BTreeSet};

use bellwether_archive::{ArchiveError, Derived, ImportedSource, LogReader};
use bellwether_detect::HourVolume;
use bellwether_model::{
    Coverage, Directory, FamilyId, Missing, MissingReason, SourceId, SourceKind, Span, Timestamp,
};
use jiff::SignedDuration;

use crate::hours::{HOURS, Hours, hour};

/// What is known of one source in one hour.
#[derive(Debug, Clone, Copy, Default)]
struct Hour {
    is_collected: bool,
    has_failed: bool,
    items: u32,
}

/// What was collected in the last four weeks.
#[derive(Debug, Default)]
pub(crate) struct Collection {
    sources: BTreeMap<SourceId, Hours<Hour>>,
    errors: BTreeMap<SourceId, String>,
}

impl Collection {
    /// What the stores say of the four weeks before `now`.
    pub(crate) fn load(
        log: &LogReader,
        derived: &Derived,
        now: Timestamp,
    ) -> Result<Self, ArchiveError> {
        let from = now
            .checked_sub(SignedDuration::from_hours(HOURS as i64))
            .unwrap_or(Timestamp::MIN);
        let mut collection = Self::default();
        for polled in log.collected_hours(from, Timestamp::MAX)? {
            if let Some(slot) = collection.slot(&polled.source, polled.start) {
                slot.is_collected |= polled.collected > 0;
                slot.has_failed |= polled.failed > 0;
            }
        }
        for volume in derived.volumes(from, Timestamp::MAX)? {
            if let Some(slot) = collection.slot(&volume.source, volume.start) {
                slot.items = volume.items;
            }
        }
        Ok(collection)
    }

    fn slot(&mut self, source: &SourceId, time: Timestamp) -> Option<&mut Hour> {
        if !self.sources.contains_key(source) {
            self.sources.insert(source.clone(), Hours::new());
        }
        self.sources.get_mut(source)?.slot(hour(time))
    }

    /// An attempt to fetch has ended.
    pub(crate) fn polled(
        &mut self,
        source: &SourceId,
        at: Timestamp,
        is_collected: bool,
        error: Option<String>,
    ) {
        if let Some(slot) = self.slot(source, at) {
            slot.is_collected |= is_collected;
            slot.has_failed |= !is_collected;
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
    pub(crate) fn imported(&mut self, source: &ImportedSource) {
        let last = hour(source.last);
        let first = hour(source.first).max(last - HOURS as i64 + 1);
        let hours = self
            .sources
            .entry(source.id.clone())
            .or_insert_with(Hours::new);
        for hour in first..=last {
            if let Some(slot) = hours.slot(hour) {
                slot.is_collected = true;
            }
        }
    }

    fn is_collected_in(&self, source: &SourceId, span: Span) -> bool {
        self.sources
            .get(source)
            .is_some_and(|hours| hours_of(span).any(|hour| hours.get(hour).is_collected))
    }

    /// The families of a scope that were collected in a stretch of time, at least in part.
    pub(crate) fn families(&self, scope: &Scope, span: Span) -> BTreeSet<FamilyId> {
        scope
            .families
            .iter()
            .filter(|(_, sources)| {
                sources
                    .iter()
                    .any(|source| self.is_collected_in(source, span))
            })
            .map(|(family, _)| family.clone())
            .collect()
    }

    /// The share (0 to 1) of some families that was collected in a stretch of time.
    pub(crate) fn exposure(&self, scope: &Scope, of: &BTreeSet<FamilyId>, span: Span) -> f64 {
        if of.is_empty() {
            return 0.0;
        }
        let collected = of
            .iter()
            .filter_map(|family| scope.families.get(family))
            .filter(|sources| {
                sources
                    .iter()
                    .any(|source| self.is_collected_in(source, span))
            })
            .count();
        collected as f64 / of.len() as f64
    }

    /// All items of a scope's families by the hour, up to `now`.
    pub(crate) fn volumes(
        &self,
        scope: &Scope,
        of: &BTreeSet<FamilyId>,
        now: Timestamp,
    ) -> Vec<HourVolume> {
        let newest = hour(now);
        let sources: Vec<&Hours<Hour>> = of
            .iter()
            .filter_map(|family| scope.families.get(family))
            .flatten()
            .filter_map(|source| self.sources.get(source))
            .collect();
        (newest - HOURS as i64 + 1..=newest)
            .filter_map(|hour| {
                let start = Timestamp::from_second(hour.checked_mul(3600)?).ok()?;
                let span =
                    Span::ending(start.checked_add(SignedDuration::from_hours(1)).ok()?, HOUR);
                Some(HourVolume {
                    hour_start: start,
                    items: sources.iter().map(|source| source.get(hour).items).sum(),
                    exposure: self.exposure(scope, of, span),
                })
            })
            .collect()
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

const HOUR: std::time::Duration = std::time::Duration::from_secs(3600);

/// The hours that a stretch of time touches.
fn hours_of(span: Span) -> impl Iterator<Item = i64> {
    let last = Timestamp::from_nanosecond(span.to.as_nanosecond() - 1).unwrap_or(span.to);
    hour(span.from)..=hour(last)
}

/// Whose items a rule counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope {
    families: BTreeMap<FamilyId, Vec<SourceId>>,
    /// Those that are polled, with their interval.
    polled: Vec<(SourceId, std::time::Duration)>,
}

impl Scope {
    /// The sources of some groups; all sources, where no group is named.
    pub(crate) fn new(directory: &Directory, groups: &[bellwether_model::GroupId]) -> Self {
        let mut scope = Self::default();
        for source in directory.sources() {
            let is_in =
                groups.is_empty() || source.groups.iter().any(|group| groups.contains(group));
            if !is_in {
                continue;
            }
            scope
                .families
                .entry(source.family.clone())
                .or_default()
                .push(source.id.clone());
            if source.kind == SourceKind::Feed && source.enabled {
                scope.polled.push((source.id.clone(), source.every));
            }
        }
        scope
    }
}
