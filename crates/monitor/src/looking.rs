//! Looks for what nobody listed: terms that rise, texts that spread, objects posted together.
//!
//! What it knows is a function of the log. The counts of terms go back weeks and are kept as a snapshot
//! beside the derived data; the rest is read again from the log when the monitor is opened.

use bellwether_archive::{Derived, DerivedState, EntryBody};
use bellwether_detect::Risen;
use bellwether_model::{Burst, FoundTerm, Seq, Timestamp};
use bellwether_query::AnalysedItem;
use jiff::SignedDuration;

use crate::coordination::{AccountPosts, CARRIED_SECONDS};
use crate::emerging::Emerging;
use crate::error::MonitorError;
use crate::findings::{Finding, Sources, Taken};

/// Without a snapshot the log is read from so many days ago: as far as what is usual goes back.
const PAST_DAYS: i64 = 28;

/// Entries read at once.
const ENTRIES: usize = 2_000;

/// A snapshot is kept every so many seconds of the log's time while nothing waits, and every so many
/// entries while much does.
const SNAPSHOT_SECONDS: i64 = 2 * 3600;
const SNAPSHOT_ENTRIES: u64 = 100_000;

/// Terms, texts and posts, and what was found in them since it was asked last.
pub(crate) struct Looking {
    emerging: Emerging,
    posts: AccountPosts,
    found: Vec<Finding>,
    /// When the last snapshot was kept, and the place of the log it is of.
    kept: (Option<Timestamp>, Seq),
}

impl Looking {
    /// As it was at the place that is reached: from the snapshot, and from the log behind it. `open` are
    /// the bursts that people know of.
    pub(crate) fn load<'a>(
        sources: &Sources<'_>,
        state: &DerivedState,
        open: impl Iterator<Item = &'a Burst>,
    ) -> Result<Self, MonitorError> {
        let snapshot = sources.derived.snapshot::<Emerging>(Emerging::VERSION);
        let snapshot = snapshot.filter(|(seq, kept)| *seq <= state.seq && kept.is_current());
        let tick = state.tick.unwrap_or(Timestamp::UNIX_EPOCH);
        let place = |length: SignedDuration| {
            let since = tick.checked_sub(length).unwrap_or(Timestamp::MIN);
            sources.log.place_before(since)
        };
        let (counted, emerging) = match snapshot {
            Some(kept) => kept,
            None => (
                place(SignedDuration::from_hours(24 * PAST_DAYS))?,
                Emerging::default(),
            ),
        };
        let posted = place(SignedDuration::from_secs(CARRIED_SECONDS))?;
        let mut looking = Self {
            emerging,
            posts: AccountPosts::default(),
            found: Vec::new(),
            kept: (state.tick, state.seq),
        };
        looking.read(sources, state, counted, posted)?;
        open.for_each(|burst| looking.emerging.told_burst(burst));
        Ok(looking)
    }

    /// Reads the log again: terms from one place on, posts from another. What is found in what no tick
    /// has passed yet is still to be told.
    fn read(
        &mut self,
        sources: &Sources<'_>,
        state: &DerivedState,
        counted: Seq,
        posted: Seq,
    ) -> Result<(), MonitorError> {
        let from = counted.min(posted);
        let mut at = from;
        if state.seq.0.saturating_sub(from.0) > 100_000 {
            tracing::info!(
                entries = state.seq.0 - from.0,
                "the last weeks are read again for the counts of terms"
            );
        }
        while at < state.seq {
            let entries = sources.log.entries_after(at, ENTRIES)?;
            let Some(last) = entries.last() else { break };
            at = last.seq;
            for entry in entries.iter().filter(|entry| entry.seq <= state.seq) {
                let EntryBody::Item(id) = entry.body else {
                    continue;
                };
                let Some(item) = sources.log.item_at(id, entry.seq)? else {
                    continue;
                };
                let taken = Taken {
                    item: &item,
                    analysed: &AnalysedItem::of(&item),
                    story: sources.derived.story_of(id)?,
                    at: entry.at,
                };
                let is_told = state.tick.is_some_and(|tick| entry.at < tick);
                let mut found = Vec::new();
                if entry.seq > posted {
                    found.extend(self.posts.take(sources, &taken)?);
                }
                if !is_told && let Some(story) = taken.story {
                    found.extend(sources.look(story, entry.at)?);
                }
                if entry.seq > counted {
                    found.iter().for_each(|found| self.emerging.told(found));
                    found.extend(self.emerging.take(sources, &taken)?);
                }
                if !is_told {
                    self.found.extend(found);
                }
            }
        }
        Ok(())
    }

    /// Takes in an item as it is; `is_new` where it was not known before.
    pub(crate) fn take(
        &mut self,
        sources: &Sources<'_>,
        taken: &Taken<'_>,
        is_new: bool,
    ) -> Result<(), MonitorError> {
        let known = self.found.len();
        if is_new {
            self.found.extend(self.posts.take(sources, taken)?);
        }
        if let Some(story) = taken.story {
            self.found.extend(sources.look(story, taken.at)?);
        }
        let found = self.found.iter().skip(known);
        found.for_each(|found| self.emerging.told(found));
        if is_new {
            self.found.extend(self.emerging.take(sources, taken)?);
        }
        Ok(())
    }

    /// What was found since it was asked last.
    pub(crate) fn found(&mut self) -> Vec<Finding> {
        std::mem::take(&mut self.found)
    }

    /// How a term stands that rose before, and the days of history there are.
    pub(crate) fn stands(&mut self, term: &FoundTerm, now: Timestamp) -> Option<(Risen, u32)> {
        let risen = self.emerging.stands(term, now)?;
        Some((risen, self.emerging.days()))
    }

    /// Days of history there are.
    pub(crate) fn days(&self) -> u32 {
        self.emerging.days()
    }

    /// Keeps a snapshot, where one is due. What it holds must have been committed.
    pub(crate) fn keep(&mut self, derived: &Derived, state: &DerivedState, is_idle: bool) {
        let Some(tick) = state.tick else { return };
        let (at, seq) = self.kept;
        let is_old = at.is_none_or(|at| tick.as_second() - at.as_second() >= SNAPSHOT_SECONDS);
        let entries = state.seq.0.saturating_sub(seq.0);
        // What is found and not told yet is to be found again by whoever reads on from here.
        if !self.found.is_empty() {
            return;
        }
        let is_due = entries >= SNAPSHOT_ENTRIES || entries > 0 && is_idle && is_old;
        if !is_due {
            return;
        }
        self.kept = (Some(tick), state.seq);
        let kept = derived.keep_snapshot(state.seq, Emerging::VERSION, &self.emerging);
        if let Err(error) = kept {
            tracing::warn!(%error, "no snapshot is kept; the next start reads more of the log");
        }
    }
}
