//! The past again, for one rule: what a monitor knew at a tick, and what it came to know after it.
//!
//! What was received since is left out, wordings and stories are those of then, and what was collected
//! is what the log said up to there. The query, and who is in which group, are those in force now.
//! Nothing is written but in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::ControlFlow;

use bellwether_archive::{Derived, Entry, EntryBody, LogReader, StoredItem};
use bellwether_detect::{DetectSettings, Evaluation, HISTORY_HOURS};
use bellwether_model::{Burst, Directory, Item, ItemId, Seq, Span, StoryId, Timestamp};
use bellwether_query::{AnalysedItem, Bound, Names, SearchEngine, SearchError, matches};
use jiff::SignedDuration;

use crate::collection::Collection;
use crate::error::MonitorError;
use crate::evaluate::{Evaluated, View, evaluate, show};
use crate::late::Late;
use crate::monitor::{ENTRIES_PER_COMMIT, TICK_SECONDS, WatchedRule, tick, ticks_to_rest};
use crate::watch::{Watch, bind_one, meaning};

/// More items than this that match, or may have matched in an earlier wording, are not looked at.
const ITEMS_MAX: usize = 500_000;

/// What the past is read from, and by what.
#[derive(Clone, Copy)]
pub struct PastStores<'a> {
    /// The log.
    pub log: &'a LogReader,
    /// What was computed from it.
    pub derived: &'a Derived,
    /// Finds what a query matches that no rule in force has.
    pub engine: &'a dyn SearchEngine,
    /// Who is in which group.
    pub directory: &'a Directory,
    /// How strict the test is.
    pub detect: DetectSettings,
}

/// What is done at a tick.
type Look<'l, 'a> =
    dyn FnMut(&mut Past<'a>, Timestamp) -> Result<ControlFlow<()>, MonitorError> + 'l;

/// One rule's view of the log as it was after some entry.
pub(crate) struct Past<'a> {
    stores: PastStores<'a>,
    watch: Watch,
    /// Hits and stories of then.
    then: Derived,
    collection: Collection,
    /// Items that match now or may have matched.
    candidates: HashMap<ItemId, Stories>,
    /// Which of them get another story at which place of the log.
    moves: BTreeMap<Seq, Vec<ItemId>>,
    /// Windows of the past to be looked at again, as items have come since.
    late: Late,
    seq: Seq,
}

/// The stories of an item: those it had up to a place of the log, in order, and the one it has.
struct Stories {
    earlier: Vec<(Seq, Option<StoryId>)>,
    now: Option<StoryId>,
}

impl Stories {
    fn at(&self, seq: Seq) -> Option<StoryId> {
        let then = self.earlier.iter().find(|(until, _)| *until > seq);
        then.map_or(self.now, |(_, story)| *story)
    }
}

impl<'a> Past<'a> {
    /// The past from before a tick on, ready to be followed until another.
    pub(crate) fn open(
        stores: PastStores<'a>,
        rule: &WatchedRule,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Self, MonitorError> {
        let start = Timestamp::from_second(from.as_second().div_euclid(3600) * 3600)
            .unwrap_or(Timestamp::MIN);
        let watch = bind_one(rule, stores.directory, &Names::new(stores.directory), until)?;
        let seq = stores.log.place_before(start)?;
        let mut past = Self {
            collection: Collection::at(stores.log, stores.derived, start, seq)?,
            then: Derived::in_memory()?,
            stores,
            watch,
            candidates: HashMap::new(),
            moves: BTreeMap::new(),
            late: Late::default(),
            seq,
        };
        past.then.begin()?;
        past.then.put_rule(&rule.rule.id, "")?;
        past.look_up(start, until)?;
        Ok(past)
    }

    pub(crate) const fn seq(&self) -> Seq {
        self.seq
    }

    /// Finds what may count, and notes what counted already.
    fn look_up(&mut self, start: Timestamp, until: Timestamp) -> Result<(), MonitorError> {
        let from = start
            .checked_sub(SignedDuration::from_hours(HISTORY_HOURS + 1))
            .unwrap_or(Timestamp::MIN);
        let span = Span { from, to: until };
        // In this order: what changes between the two is then among the changes.
        let mut found: BTreeSet<ItemId> = self.matching(span)?.into_iter().collect();
        let changes = self.stores.log.changes_after(self.seq)?;
        let changed: HashSet<ItemId> = changes.iter().map(|(item, _)| *item).collect();
        // An item that does not match now may have, before a source or a wording came to it.
        let is_by_sources = loses_by_sources(&self.watch.bound, false);
        let others = changes
            .into_iter()
            .filter(|(_, is_reworded)| *is_reworded || is_by_sources)
            .map(|(item, _)| item);
        found.extend(others);
        for id in found {
            let Some(stored) = self.stores.derived.stored(id)? else {
                continue;
            };
            if !span.contains(stored.time) || self.stores.derived.is_left_out(id)? {
                continue;
            }
            if self.candidates.len() == ITEMS_MAX {
                return Err(MonitorError::Past {
                    rule: self.watch.rule.rule.id.clone(),
                    source: SearchError::TooMany(ITEMS_MAX),
                });
            }
            // In this order, for the same reason.
            let stories = Stories {
                now: stored.story,
                earlier: self.stores.derived.earlier_stories(id)?,
            };
            for (until, _) in &stories.earlier {
                self.moves.entry(*until).or_default().push(id);
            }
            self.candidates.insert(id, stories);
            // An item bears the number of its first entry.
            if id.0 > self.seq.0 {
                continue;
            }
            if changed.contains(&id) {
                self.take(id, self.seq)?;
            } else {
                self.put(&stored, self.seq, true)?;
            }
        }
        Ok(())
    }

    /// The items of a stretch of time that match as they are now.
    fn matching(&self, span: Span) -> Result<Vec<ItemId>, MonitorError> {
        let id = &self.watch.rule.rule.id;
        if self.stores.derived.rule_query(id)?.as_deref() == Some(&meaning(&self.watch)) {
            let hits = self.stores.derived.hits(id, span.from, span.to)?;
            return Ok(hits.into_iter().map(|hit| hit.item).collect());
        }
        let query = self.watch.bound.clone().and(Bound::Time(span));
        self.stores
            .engine
            .collect(&query, ITEMS_MAX)
            .map(|found| found.into_iter().map(|hit| hit.item).collect())
            .map_err(|source| MonitorError::Past {
                rule: id.clone(),
                source,
            })
    }

    /// Follows the log until a tick, that one included, and looks at each from another one on as long
    /// as is wished. Ticks are passed as the monitor passes them: those after which nothing was
    /// received yet are not.
    pub(crate) fn follow(
        &mut self,
        from: Timestamp,
        until: Timestamp,
        look: &mut Look<'_, 'a>,
    ) -> Result<(), MonitorError> {
        let mut next = from.as_second().div_euclid(TICK_SECONDS);
        let last = until.as_second().div_euclid(TICK_SECONDS);
        loop {
            let entries = (self.stores.log).entries_after(self.seq, ENTRIES_PER_COMMIT)?;
            if entries.is_empty() {
                return Ok(());
            }
            for entry in &entries {
                let newest = entry.at.as_second().div_euclid(TICK_SECONDS);
                let rest = next + ticks_to_rest(self.watch.rule.rule.window);
                for number in next..=newest.min(last).min(rest) {
                    let Some(now) = tick(number) else { break };
                    self.collection.now(now);
                    if look(&mut *self, now)?.is_break() {
                        return Ok(());
                    }
                }
                next = next.max(newest + 1);
                if next > last {
                    return Ok(());
                }
                self.collection.now(entry.at);
                self.read(entry)?;
            }
        }
    }

    fn read(&mut self, entry: &Entry) -> Result<(), MonitorError> {
        for id in self.moves.get(&entry.seq).into_iter().flatten() {
            if let Some(stored) = self.then.stored(*id)? {
                let story = self.candidates.get(id).and_then(|s| s.at(entry.seq));
                self.then
                    .put_item(&StoredItem { story, ..stored }, entry.seq)?;
            }
        }
        match &entry.body {
            EntryBody::Item(id) | EntryBody::Version(id) | EntryBody::Sighting(id) => {
                if entry.body == EntryBody::Item(*id)
                    && let Some(stored) = self.stores.derived.stored(*id)?
                {
                    self.collection.published(&stored.source, stored.time);
                }
                if self.candidates.contains_key(id) {
                    let came = self.take(*id, entry.seq)?;
                    // An import of the past is no news.
                    if let Some(item) = came.filter(|item| item.imported_at.is_none())
                        && entry.body == EntryBody::Item(*id)
                    {
                        self.late.note(&self.watch.rule.rule, item.time, entry.at);
                    }
                }
            }
            EntryBody::Outcome {
                source,
                kind,
                error,
                items_new,
            } => {
                let is_collected = kind.is_collected();
                let error = error.clone();
                self.collection
                    .polled(source, entry.at, is_collected, *items_new, error);
            }
            EntryBody::Import(import) => self.collection.imported(import),
            EntryBody::Gone(id) => self.then.remove_item(*id)?,
            EntryBody::Configuration | EntryBody::Heartbeat => {}
        }
        self.seq = entry.seq;
        Ok(())
    }

    /// Takes in a candidate as it was at a place in the log; returned where it matches.
    fn take(&mut self, id: ItemId, at: Seq) -> Result<Option<Item>, MonitorError> {
        let Some(item) = self.stores.log.item_at(id, at)? else {
            return Ok(None);
        };
        let Some(source) = item.sources.first() else {
            return Ok(None);
        };
        let analysed = AnalysedItem::of(&item);
        let is_match = matches(&self.watch.bound, &analysed.document(&item));
        let stored = StoredItem {
            item: id,
            time: item.time,
            source: source.clone(),
            story: None,
        };
        self.put(&stored, at, is_match)?;
        Ok(Some(item).filter(|_| is_match))
    }

    fn put(&mut self, stored: &StoredItem, at: Seq, is_match: bool) -> Result<(), MonitorError> {
        let then = StoredItem {
            story: self.candidates.get(&stored.item).and_then(|s| s.at(at)),
            ..stored.clone()
        };
        self.then.put_item(&then, at)?;
        let rule = &self.watch.rule.rule.id;
        Ok(self
            .then
            .put_hit(rule, stored.item, stored.time, is_match)?)
    }

    /// What the rule's window shows at a tick that was just reached; `None` where nothing can come of
    /// it.
    pub(crate) fn evaluate(
        &self,
        now: Timestamp,
        is_open: bool,
    ) -> Result<Option<Evaluated>, MonitorError> {
        Ok(evaluate(&self.view(), &self.watch, now, is_open)?)
    }

    /// What a window shows whatever comes of it; one that ends before the tick is looked at late, with
    /// what has come since.
    pub(crate) fn show(
        &mut self,
        now: Timestamp,
        end: Timestamp,
    ) -> Result<(Evaluated, Vec<Evaluation>), MonitorError> {
        self.collection.now(now);
        let view = View {
            is_late: end < now,
            ..self.view()
        };
        Ok(show(&view, &self.watch, end)?)
    }

    /// What changed in windows of the past since the last tick: each burst as it is now.
    pub(crate) fn look_back(&mut self, now: Timestamp) -> Result<Vec<Burst>, MonitorError> {
        let mut late = std::mem::take(&mut self.late);
        let watches = std::slice::from_ref(&self.watch);
        let changed = late.tick(&self.view(), watches, now);
        self.late = late;
        Ok(changed?.into_iter().map(|(burst, _)| burst).collect())
    }

    /// Nothing of what came before the first tick is looked at late.
    pub(crate) fn forget_late(&mut self) {
        self.late = Late::default();
    }

    /// Notes a burst, so that it is not found again.
    pub(crate) fn note(&mut self, burst: &Burst) -> Result<(), MonitorError> {
        Ok(self.then.put_burst(burst, false)?)
    }

    fn view(&self) -> View<'_> {
        View {
            log: self.stores.log,
            derived: &self.then,
            directory: self.stores.directory,
            collection: &self.collection,
            detect: self.stores.detect,
            is_late: false,
        }
    }
}

/// Whether an item can cease to match because another source shows it.
fn loses_by_sources(bound: &Bound, is_negated: bool) -> bool {
    match bound {
        Bound::Sources(_) => is_negated,
        Bound::And(parts) | Bound::Or(parts) => {
            parts.iter().any(|part| loses_by_sources(part, is_negated))
        }
        Bound::Not(part) => loses_by_sources(part, !is_negated),
        _ => false,
    }
}
