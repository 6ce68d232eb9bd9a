//! Where the polled sources stand, looked at tick by tick, and what of it is to be told.
//!
//! A source is looked at after a poll, and only where something may have come of it: after a failure,
//! while something about it is not settled, and else at the first tick of an hour in which it was polled.
//! So a healthy source costs one look an hour, whatever its interval. A silence is found by its own
//! polls, which bring nothing: no hour counts for it that was not collected.
//!
//! What is to be told is gathered: [`GATHER`] for what comes together, and an hour between two reports.
//! All of it is read from the log and decided on its time, so a rebuild finds the same changes and makes
//! the same reports.

use std::collections::{BTreeMap, BTreeSet};

use bellwether_alert::{OutageWatch, Standing, Tally, together};
use bellwether_archive::{ArchiveError, Derived, DerivedState, LogReader};
use bellwether_detect::{SourceHours, condition};
use bellwether_model::{
    CoverageReport, Gap, OutcomeKind, Seq, Source, SourceChange, SourceId, SourceState, Span,
    Timestamp,
};
use bellwether_text::domains;
use jiff::SignedDuration;

use crate::collection::Collection;

/// At least so long lies between two reports.
const REPORT_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// Sources of one host or one network fail within minutes of each other, as their turns come.
const GATHER: SignedDuration = SignedDuration::from_mins(5);

const HOUR_SECONDS: i64 = 3600;

/// The last attempt of a source.
#[derive(Debug, Clone)]
struct Attempt {
    at: Timestamp,
    /// When the attempts in a row that failed began, if it failed.
    failing_since: Option<Timestamp>,
    /// Whether somebody answered, and kept us out: then the network is not at fault.
    is_kept_out: bool,
    error: Option<String>,
}

/// One source that is polled.
#[derive(Debug)]
struct Watched {
    every: std::time::Duration,
    host: String,
    standing: Standing,
    last: Option<Attempt>,
}

/// What a look needs beside.
pub(crate) struct Facts<'a> {
    pub(crate) log: &'a LogReader,
    pub(crate) collection: &'a Collection,
    pub(crate) seq: Seq,
}

/// Where all polled sources stand.
#[derive(Debug, Default)]
pub(crate) struct Standings {
    sources: BTreeMap<SourceId, Watched>,
    /// Sources whose troubles are not told.
    untold: BTreeSet<SourceId>,
    /// Those polled since the last tick.
    polled: BTreeSet<SourceId>,
    outage: OutageWatch,
    /// Changes since the last report.
    pending: Vec<SourceChange>,
    reported: Option<Timestamp>,
    /// What is remembered of sources that are no longer polled, to be forgotten.
    gone: Vec<SourceId>,
}

impl Standings {
    /// What was found up to the place reached.
    pub(crate) fn load(
        log: &LogReader,
        derived: &Derived,
        state: &DerivedState,
        sources: &[Source],
        untold: &BTreeSet<SourceId>,
    ) -> Result<Self, ArchiveError> {
        let mut known: BTreeMap<SourceId, Standing> = derived.standings()?.into_iter().collect();
        let reported = derived.last_coverage_report()?;
        let mut standings = Self {
            untold: untold.clone(),
            outage: derived.outage()?.unwrap_or_default(),
            // Of sources that nobody looks at any more there would be no end to tell.
            pending: (derived.source_changes_after(reported)?.into_iter())
                .filter(|change| {
                    let is_watched = |s: &Source| s.enabled && s.id == change.source;
                    !untold.contains(&change.source) && sources.iter().any(is_watched)
                })
                .collect(),
            reported,
            ..Self::default()
        };
        for source in sources.iter().filter(|s| s.enabled && s.kind.is_polled()) {
            let course = log.course(&source.id, state.seq)?;
            let last = course.last.map(|last| Attempt {
                at: last.at,
                failing_since: course.failures.map(|failures| failures.since),
                is_kept_out: last.kind == OutcomeKind::Blocked,
                error: last.error,
            });
            let is_new = last
                .as_ref()
                .is_some_and(|last| state.tick.is_none_or(|tick| last.at >= tick));
            if is_new {
                standings.polled.insert(source.id.clone());
            }
            let url = source.url.as_deref().unwrap_or_default();
            let watched = Watched {
                every: source.every,
                host: domains(url).next().unwrap_or(url).to_ascii_lowercase(),
                standing: known.remove(&source.id).unwrap_or_default(),
                last,
            };
            standings.sources.insert(source.id.clone(), watched);
        }
        standings.gone = known
            .into_iter()
            .filter(|(_, standing)| *standing != Standing::new())
            .map(|(source, _)| source)
            .collect();
        Ok(standings)
    }

    /// An attempt to fetch has ended.
    pub(crate) fn polled(
        &mut self,
        source: &SourceId,
        at: Timestamp,
        kind: OutcomeKind,
        error: Option<&str>,
    ) {
        let Some(watched) = self.sources.get_mut(source) else {
            return;
        };
        let before = watched.last.take().and_then(|last| last.failing_since);
        watched.last = Some(Attempt {
            at,
            failing_since: (!kind.is_collected()).then(|| before.unwrap_or(at)),
            is_kept_out: kind == OutcomeKind::Blocked,
            error: error.map(str::to_owned),
        });
        self.polled.insert(source.clone());
    }

    /// Looks at what was polled before a tick. Returns how much there is to hand over.
    pub(crate) fn tick(
        &mut self,
        facts: &Facts<'_>,
        derived: &mut Derived,
        now: Timestamp,
    ) -> Result<usize, ArchiveError> {
        for source in std::mem::take(&mut self.gone) {
            derived.put_standing(&source, &Standing::new())?;
        }
        let polled = std::mem::take(&mut self.polled);
        let is_hour = now.as_second().rem_euclid(HOUR_SECONDS) == 0;
        let due = self.due(&polled, is_hour.then_some(now));
        if !polled.is_empty() {
            self.look_at_all(facts, derived, now)?;
        }
        let mut changes = 0;
        for source in due {
            if let Some(change) = self.look(facts, derived, &source, now)? {
                derived.put_source_change(&change)?;
                changes += 1;
                self.pending.push(change);
            }
        }
        Ok(changes + usize::from(self.report(derived, now)?))
    }

    /// Those of the sources polled since the last tick that must be looked at, and, at the first tick
    /// of an hour, all that were polled in the hour before.
    fn due(&self, polled: &BTreeSet<SourceId>, hour: Option<Timestamp>) -> Vec<SourceId> {
        let is_due = |source: &SourceId, watched: &Watched| {
            let Some(last) = &watched.last else {
                return false;
            };
            let standing = &watched.standing;
            let is_eager = last.failing_since.is_some()
                || standing.is_unsettled()
                || standing.condition.state != SourceState::Ok;
            let was_polled_in =
                |hour: Timestamp| hour.duration_since(last.at) <= SignedDuration::from_hours(1);
            hour.is_some_and(was_polled_in) || (is_eager && polled.contains(source))
        };
        let all = hour.is_some();
        self.sources
            .iter()
            .filter(|(source, _)| all || polled.contains(*source))
            .filter(|(source, watched)| is_due(source, watched))
            .map(|(source, _)| source.clone())
            .collect()
    }

    fn look(
        &mut self,
        facts: &Facts<'_>,
        derived: &mut Derived,
        source: &SourceId,
        now: Timestamp,
    ) -> Result<Option<SourceChange>, ArchiveError> {
        let Some(watched) = self.sources.get_mut(source) else {
            return Ok(None);
        };
        let course = facts.log.course(source, facts.seq)?;
        let Some(polled) = course.last.as_ref().map(|last| last.at) else {
            return Ok(None);
        };
        let (first, hours) = facts.collection.rhythm(source);
        let hours = SourceHours {
            first,
            hours: &hours,
        };
        let found = condition(&course, watched.every, hours, now);
        let before = watched.standing.clone();
        let is_outage = self.outage.is_suspected();
        let change = if self.untold.contains(source) {
            watched.standing.observe(found);
            None
        } else {
            let has_failed = course.failures.is_some();
            watched
                .standing
                .look(source, found, polled, now, is_outage, has_failed)
        };
        if watched.standing != before {
            derived.put_standing(source, &watched.standing)?;
        }
        let Some(mut change) = change else {
            return Ok(None);
        };
        if let Some(trouble) = before.told.filter(|_| change.is_recovery()) {
            let span = Span {
                from: trouble.since,
                to: change.since,
            };
            let found = if trouble.is_by_failure {
                Some(facts.log.found_afterwards(source, span, facts.seq)?)
            } else {
                None
            };
            change.gap = Some(Gap { span, found });
        }
        Ok(Some(change))
    }

    /// Looks at how the sources fare together.
    fn look_at_all(
        &mut self,
        facts: &Facts<'_>,
        derived: &mut Derived,
        now: Timestamp,
    ) -> Result<(), ArchiveError> {
        let before = self.outage.clone();
        let tally = self.tally(self.outage.tried_since(now));
        self.outage.look(tally, now);
        if self.outage == before {
            return Ok(());
        }
        if let Some(span) = self.outage.ended() {
            let mut found = 0_u32;
            for source in self.sources.keys() {
                let log = facts.log;
                let more = log.found_after_failures(source, span.from, facts.seq)?;
                found = found.saturating_add(more);
            }
            self.outage.found(found);
        }
        derived.put_outage(&self.outage)
    }

    fn tally(&self, tried_since: Timestamp) -> Tally {
        let mut tally = Tally::default();
        let mut hosts = BTreeSet::new();
        let mut begun = Vec::new();
        for (source, watched) in &self.sources {
            // What is known to be in trouble says nothing of the network.
            if self.untold.contains(source) {
                continue;
            }
            let tried = watched.last.as_ref().filter(|last| last.at >= tried_since);
            let Some(last) = tried.filter(|_| watched.standing.told.is_none()) else {
                continue;
            };
            tally.tried += 1;
            if let Some(since) = last.failing_since.filter(|_| !last.is_kept_out) {
                tally.failed += 1;
                hosts.insert(watched.host.as_str());
                begun.push(since);
                if tally.why.is_none() {
                    tally.why.clone_from(&last.error);
                }
            }
        }
        tally.hosts = u32::try_from(hosts.len()).unwrap_or(u32::MAX);
        begun.sort_unstable();
        tally.since = begun.get(begun.len() / 2).copied();
        tally
    }

    /// Tells what is pending, where it is time to. Returns whether it did.
    fn report(&mut self, derived: &mut Derived, now: Timestamp) -> Result<bool, ArchiveError> {
        if self.pending.is_empty() && !self.outage.has_news() {
            return Ok(false);
        }
        let is_early = |since: Timestamp, wait| now.duration_since(since) < wait;
        if self
            .reported
            .is_some_and(|reported| is_early(reported, REPORT_EVERY))
        {
            return Ok(false);
        }
        let changes = together(&self.pending);
        let first = changes.iter().map(|change| change.at).min();
        let is_gathering = first.is_some_and(|first| is_early(first, GATHER));
        if is_gathering || (first.is_none() && !self.outage.has_news()) {
            return Ok(false);
        }
        let outage = self.outage.take_news();
        if outage.is_some() {
            derived.put_outage(&self.outage)?;
        }
        derived.put_coverage_report(&CoverageReport {
            reported: now,
            changes,
            outage,
            states: self.states(),
        })?;
        self.pending.clear();
        self.reported = Some(now);
        Ok(true)
    }

    fn states(&self) -> Vec<(SourceState, u32)> {
        let mut states: BTreeMap<SourceState, u32> = BTreeMap::new();
        for watched in self.sources.values() {
            *states.entry(watched.standing.condition.state).or_default() += 1;
        }
        states.into_iter().collect()
    }
}
