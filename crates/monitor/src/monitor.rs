//! Follows the log from where it was, tick by tick.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bellwether_archive::{DataDir, Derived, DerivedState, Entry, EntryBody, LogReader, StoredItem};
use bellwether_detect::{DetectSettings, HOLD_MIN, LifeSettings, step};
use bellwether_model::{
    Actor, Burst, BurstState, Detector, Directory, Election, Group, ItemId, Narrative,
    PUBLISHED_AHEAD_MAX, Rule, RuleId, Seq, Source, SourceId, TermRule, Timestamp,
};
use bellwether_query::{AnalysedItem, Query, SearchEngine, matches};
use jiff::tz::TimeZone;

use crate::collection::Collection;
use crate::emerging::script;
use crate::error::MonitorError;
use crate::evaluate::{View, evaluate};
use crate::findings::{Finding, Sources, Taken};
use crate::late::Late;
use crate::looking::Looking;
use crate::raise::{HOLD, Raised, TermWatch, bind_terms};
use crate::standings::{Facts, Standings};
use crate::stories::{self, StoryBook};
use crate::watch::{Watch, bind, learn_past};

/// The log's time is looked at each so many seconds (DESIGN 4.3).
pub(crate) const TICK_SECONDS: i64 = 60;

/// Ticks of a day.
pub(crate) const DAY_TICKS: i64 = 24 * 3600 / TICK_SECONDS;

/// Entries read and committed at once.
pub(crate) const ENTRIES_PER_COMMIT: usize = 2_000;

/// A rule as the monitor needs it.
#[derive(Debug, Clone)]
pub struct WatchedRule {
    /// The rule.
    pub rule: Rule,
    /// Its query.
    pub query: Query,
    /// The zone of its election: the rhythm of a day is local.
    pub zone: TimeZone,
    /// The election it belongs to, by whose phases its thresholds may change.
    pub election: Option<Election>,
}

/// What the monitor goes by.
#[derive(Debug, Clone)]
pub struct MonitorSettings {
    /// The groups in force.
    pub groups: Vec<Group>,
    /// The configured sources.
    pub sources: Vec<Source>,
    /// The actors that queries may name.
    pub actors: Vec<Actor>,
    /// The narratives that queries may name.
    pub narratives: Vec<Narrative>,
    /// The rules.
    pub rules: Vec<WatchedRule>,
    /// The rules for what nobody listed.
    pub term_rules: Vec<TermRule>,
    /// The elections that rules for what nobody listed belong to.
    pub elections: Vec<Election>,
    /// How strict the test is.
    pub detect: DetectSettings,
    /// Sources whose troubles nobody is told of.
    pub untold: BTreeSet<SourceId>,
}

/// How far the monitor has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The last place of the log that is dealt with.
    pub seq: Seq,
    /// The last tick that was evaluated.
    pub tick: Option<Timestamp>,
    /// Entries dealt with by this call.
    pub entries: usize,
    /// Changes that a person should see.
    pub changes: usize,
}

/// The one writer of the derived data. The caller holds the lock of the role `index`.
pub struct Monitor {
    settings: MonitorSettings,
    log: LogReader,
    derived: Derived,
    state: DerivedState,
    directory: Directory,
    imported: usize,
    watches: Vec<Watch>,
    stories: StoryBook,
    collection: Collection,
    standings: Standings,
    open: BTreeMap<RuleId, Burst>,
    /// Open bursts of rules that are no longer watched; they end at the next tick.
    orphans: Vec<Burst>,
    late: Late,
    term_watches: Vec<TermWatch>,
    raised: Raised,
    /// Where there is a rule for what nobody listed, or anybody asks.
    looking: Option<Looking>,
}

impl Monitor {
    /// Opens the derived data where it was left. Rules that are new or changed learn their past from
    /// the index, which must have taken in the log up to its head.
    ///
    /// # Errors
    /// [`MonitorError`] where a store fails or a rule names something that is not there.
    pub fn open(
        dir: &DataDir,
        settings: MonitorSettings,
        engine: &dyn SearchEngine,
    ) -> Result<Self, MonitorError> {
        let log = LogReader::open(dir)?;
        let mut derived = Derived::open(dir)?;
        let mut state = derived.state()?;
        if state.seq > log.head()?.seq {
            tracing::warn!("the derived data is ahead of the log and is computed anew");
            derived.clear()?;
            state = derived.state()?;
        }
        let now = state
            .tick
            .or(log.head()?.at)
            .unwrap_or(Timestamp::UNIX_EPOCH);
        let stories = StoryBook::load(&log, &derived, now)?;
        let collection = Collection::load(&log, &derived, &state)?;
        let standings =
            Standings::load(&log, &derived, &state, &settings.sources, &settings.untold)?;
        let mut monitor = Self {
            settings,
            log,
            derived,
            state,
            directory: Directory::default(),
            imported: 0,
            watches: Vec::new(),
            stories,
            collection,
            standings,
            open: BTreeMap::new(),
            orphans: Vec::new(),
            late: Late::default(),
            term_watches: Vec::new(),
            raised: Raised::default(),
            looking: None,
        };
        monitor.refresh(now, true)?;
        monitor.derived.begin()?;
        let prepared = monitor.prepare(engine);
        monitor.finish(prepared)?;
        monitor.note_late()?;
        if !monitor.term_watches.is_empty() {
            monitor.look()?;
        }
        Ok(monitor)
    }

    /// The sources and groups in force, with those known from imports.
    #[must_use]
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// What was found though nobody listed it, since it was asked last; where there are rules for it,
    /// since the last tick. Without such rules nothing is looked for before the first call.
    ///
    /// # Errors
    /// [`MonitorError`] where a store fails.
    pub fn findings(&mut self) -> Result<Vec<Finding>, MonitorError> {
        let is_first = self.looking.is_none();
        if is_first {
            self.look()?;
        }
        let found = self.looking.as_mut().map_or_else(Vec::new, Looking::found);
        Ok(if is_first { Vec::new() } else { found })
    }

    fn look(&mut self) -> Result<(), MonitorError> {
        let sources = Sources {
            log: &self.log,
            derived: &self.derived,
            directory: &self.directory,
        };
        let looking = Looking::load(&sources, &self.state, self.raised.open())?;
        self.looking = Some(looking);
        Ok(())
    }

    /// The last place of the log that is dealt with.
    #[must_use]
    pub fn seq(&self) -> Seq {
        self.state.seq
    }

    /// Deals with what is new in the log, at most a bounded piece.
    ///
    /// # Errors
    /// [`MonitorError`] where a store fails; nothing of this call is kept then, and the monitor is
    /// to be opened anew.
    pub fn advance(&mut self) -> Result<Progress, MonitorError> {
        let entries = self.log.entries_after(self.state.seq, ENTRIES_PER_COMMIT)?;
        let mut changes = 0;
        if let Some(last) = entries.last() {
            self.refresh(last.at, false)?;
            self.derived.begin()?;
            let read = self.read(&entries);
            changes = self.finish(read)?;
        }
        if !self.term_watches.is_empty()
            && let Some(looking) = &mut self.looking
        {
            let is_idle = entries.len() < ENTRIES_PER_COMMIT;
            looking.keep(&self.derived, &self.state, is_idle);
        }
        Ok(Progress {
            seq: self.state.seq,
            tick: self.state.tick,
            entries: entries.len(),
            changes,
        })
    }

    fn finish<T>(&mut self, done: Result<T, MonitorError>) -> Result<T, MonitorError> {
        match done {
            Ok(done) => {
                self.derived.commit(&self.state)?;
                Ok(done)
            }
            Err(error) => {
                self.derived.rollback();
                Err(error)
            }
        }
    }

    /// Takes in publishers that an import has brought.
    fn refresh(&mut self, now: Timestamp, always: bool) -> Result<(), MonitorError> {
        let imported = self.log.imported_sources()?;
        if !always && imported.len() == self.imported {
            return Ok(());
        }
        self.imported = imported.len();
        self.directory = Directory::new(
            self.settings.groups.iter().cloned(),
            self.settings.sources.iter().cloned(),
            imported
                .iter()
                .map(bellwether_archive::ImportedSource::to_source),
        )
        .with_actors(self.settings.actors.iter().cloned())
        .with_narratives(self.settings.narratives.iter().cloned());
        self.watches = bind(&self.settings.rules, &self.directory, now)?;
        let (rules, elections) = (&self.settings.term_rules, &self.settings.elections);
        self.term_watches = bind_terms(rules, elections, &self.directory, now)?;
        Ok(())
    }

    fn prepare(&mut self, engine: &dyn SearchEngine) -> Result<(), MonitorError> {
        learn_past(&self.watches, &mut self.derived, engine, &self.state)?;
        for burst in self.derived.open_bursts()? {
            let is_query = matches!(burst.detector, Detector::Query { .. });
            let is_watched = self
                .watches
                .iter()
                .any(|watch| watch.rule.rule.id == burst.rule);
            let is_term_rule = |watch: &TermWatch| watch.rule.id == burst.rule;
            if burst.found_late {
                self.late.resume(burst);
            } else if !is_query && self.term_watches.iter().any(is_term_rule) {
                self.raised.resume(burst);
            } else if is_query && is_watched {
                self.open.insert(burst.rule.clone(), burst);
            } else {
                self.orphans.push(burst);
            }
        }
        Ok(())
    }

    /// What has come since the last tick and was late is still to be looked at.
    fn note_late(&mut self) -> Result<(), MonitorError> {
        let Some(tick) = self.state.tick else {
            return Ok(());
        };
        let mut at = self.log.place_before(tick)?;
        while at < self.state.seq {
            let entries = self.log.entries_after(at, ENTRIES_PER_COMMIT)?;
            let Some(last) = entries.last() else { break };
            at = last.seq;
            let is_untold = |entry: &&Entry| entry.seq <= self.state.seq && entry.at >= tick;
            for entry in entries.iter().filter(is_untold) {
                let EntryBody::Item(id) = entry.body else {
                    continue;
                };
                let item = self.log.item_at(id, entry.seq)?;
                let Some(item) = item.filter(|item| item.imported_at.is_none()) else {
                    continue;
                };
                for watch in &self.watches {
                    let rule = &watch.rule.rule;
                    if self.derived.is_hit(&rule.id, id)? {
                        self.late.note(rule, item.time, entry.at);
                    }
                }
            }
        }
        Ok(())
    }

    fn read(&mut self, entries: &[Entry]) -> Result<usize, MonitorError> {
        let mut changes = 0;
        for entry in entries {
            changes += self.pass_ticks(entry.at)?;
            self.collection.now(entry.at);
            match &entry.body {
                EntryBody::Item(id) | EntryBody::Version(id) | EntryBody::Sighting(id) => {
                    self.take(*id, (entry.seq, entry.at))?;
                }
                EntryBody::Outcome {
                    source,
                    kind,
                    error,
                    items_new,
                } => {
                    let is_collected = kind.is_collected();
                    self.collection.polled(
                        source,
                        entry.at,
                        is_collected,
                        *items_new,
                        error.clone(),
                    );
                    self.standings
                        .polled(source, entry.at, *kind, error.as_deref());
                }
                EntryBody::Import(import) => self.collection.imported(import),
                EntryBody::Gone(id) => self.derived.remove_item(*id)?,
                EntryBody::Configuration | EntryBody::Heartbeat => {}
            }
            self.state.seq = entry.seq;
        }
        Ok(changes)
    }

    /// Evaluates every tick up to a time: all that the log received before it is dealt with. The
    /// first entry of a log only says where ticks begin.
    ///
    /// Once nothing has come for so long that every window is empty and every burst has ended, the
    /// rest of a silence is passed over: a clock that jumps by years must not cost millions of ticks.
    fn pass_ticks(&mut self, at: Timestamp) -> Result<usize, MonitorError> {
        let newest = at.as_second().div_euclid(TICK_SECONDS);
        let Some(reached) = self.state.tick else {
            self.state.tick = tick(newest);
            return Ok(0);
        };
        let first = reached.as_second().div_euclid(TICK_SECONDS) + 1;
        let mut changes = 0;
        for number in first..=newest.min(first + self.ticks_to_rest()) {
            let Some(now) = tick(number) else { break };
            self.collection.now(now);
            changes += self.evaluate_all(now)?;
            let facts = Facts {
                log: &self.log,
                collection: &self.collection,
                seq: self.state.seq,
            };
            changes += self.standings.tick(&facts, &mut self.derived, now)?;
            if number.rem_euclid(DAY_TICKS) == 0 {
                stories::forget(&self.log, &mut self.derived, now)?;
            }
            self.state.tick = Some(now);
        }
        if newest >= first {
            self.state.tick = tick(newest);
        }
        Ok(changes)
    }

    /// Ticks after which nothing can happen without a new entry: items a little ahead of their time
    /// come into the longest window, leave it, and a burst ends after its hold.
    fn ticks_to_rest(&self) -> i64 {
        let windows = self.watches.iter().map(|watch| watch.rule.rule.window);
        let holds = (!self.term_watches.is_empty()).then_some(HOLD);
        ticks_to_rest(windows.chain(holds).max().unwrap_or_default())
    }

    fn evaluate_all(&mut self, now: Timestamp) -> Result<usize, MonitorError> {
        let view = View {
            log: &self.log,
            derived: &self.derived,
            directory: &self.directory,
            collection: &self.collection,
            detect: self.settings.detect,
            is_late: false,
        };
        let mut changed: Vec<(Burst, bool)> = self
            .orphans
            .drain(..)
            .map(|burst| (ended(burst, now), true))
            .collect();
        for watch in &self.watches {
            let rule = &watch.rule.rule;
            let open = self.open.get(&rule.id);
            let Some(evaluated) = evaluate(&view, watch, now, open.is_some())? else {
                continue;
            };
            let life = LifeSettings::for_window(rule.window);
            let change = step(open, evaluated.evaluation, life);
            if let Some(burst) = change.burst() {
                changed.push((burst.clone(), change.is_revision()));
            }
        }
        changed.extend(self.late.tick(&view, &self.watches, now)?);
        if !self.term_watches.is_empty()
            && let Some(looking) = &mut self.looking
        {
            let raised = &mut self.raised;
            changed.extend(raised.tick(&view, &self.term_watches, looking, now)?);
        }
        let mut revisions = 0;
        for (burst, is_revision) in changed {
            self.derived.put_burst(&burst, is_revision)?;
            revisions += usize::from(is_revision);
            if !matches!(burst.detector, Detector::Query { .. }) || burst.found_late {
                continue;
            }
            match burst.state {
                BurstState::Open => self.open.insert(burst.rule.clone(), burst),
                BurstState::Ended => self.open.remove(&burst.rule),
            };
        }
        Ok(revisions)
    }

    /// Takes in an item as it was at a place in the log.
    fn take(&mut self, id: ItemId, entry: (Seq, Timestamp)) -> Result<(), MonitorError> {
        let Some(item) = self.log.item_at(id, entry.0)? else {
            return Ok(());
        };
        let Some(source) = item.sources.first() else {
            return Ok(());
        };
        let is_new = self.derived.stored(id)?.is_none();
        let analysed = AnalysedItem::of(&item);
        let story = self
            .stories
            .take(&self.log, &mut self.derived, &item, &analysed, entry)?;
        let stored = StoredItem {
            item: id,
            time: item.time,
            source: source.clone(),
            story,
        };
        self.derived.put_item(&stored, entry.0)?;
        if is_new {
            self.derived.put_script(id, script(&analysed))?;
            let known = self.directory.source(source);
            let every = known.map_or(Duration::ZERO, |source| source.every);
            if (self.collection.unknown_hour(&item, source, every)).is_some() {
                self.derived.leave_out(id)?;
            }
            self.collection.published(source, item.time);
        }
        if let Some(looking) = &mut self.looking {
            let sources = Sources {
                log: &self.log,
                derived: &self.derived,
                directory: &self.directory,
            };
            let taken = Taken {
                item: &item,
                analysed: &analysed,
                story,
                at: entry.1,
            };
            looking.take(&sources, &taken, is_new)?;
        }
        let is_left_out = self.derived.is_left_out(id)?;
        for watch in &self.watches {
            let is_match = !is_left_out && matches(&watch.bound, &analysed.document(&item));
            self.derived
                .put_hit(&watch.rule.rule.id, id, item.time, is_match)?;
            // An import of the past is no news.
            if is_match && is_new && item.imported_at.is_none() {
                self.late.note(&watch.rule.rule, item.time, entry.1);
            }
        }
        Ok(())
    }
}

/// Ticks after which nothing can happen in windows of this length without a new entry.
pub(crate) fn ticks_to_rest(window: Duration) -> i64 {
    let seconds = 2 * window.max(HOLD_MIN) + PUBLISHED_AHEAD_MAX;
    i64::try_from(seconds.as_secs()).unwrap_or(i64::MAX / 2) / TICK_SECONDS + 2
}

pub(crate) fn tick(number: i64) -> Option<Timestamp> {
    Timestamp::from_second(number.checked_mul(TICK_SECONDS)?).ok()
}

/// A burst that has ended without anything to judge it by: its rule is no longer watched, or nothing of
/// it was found for long enough.
pub(crate) fn ended(burst: Burst, now: Timestamp) -> Burst {
    Burst {
        revision: burst.revision.saturating_add(1),
        state: BurstState::Ended,
        evaluated: now,
        ended: Some(now),
        ..burst
    }
}
