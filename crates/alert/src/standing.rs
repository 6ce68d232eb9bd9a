//! When a change of where a source stands is told: not at once, and not each flap.
//!
//! A state is told once it has held. *Failing* and *blocked* rest on several attempts by themselves, so
//! they are told as soon as half an hour has passed since the first of these: at the usual interval of
//! ten minutes that is the third or fourth attempt. The others (a silence, an end, a move, recovery) must be seen
//! at two polls, and half an hour after they began at least. Within half an hour servers are restarted
//! and lines come back; nobody needs to be told of that, and what lasts longer leaves a hole in the
//! hours that are compared. A poll that failed is no sign of recovery; and where one trouble was told, another
//! one is when two polls half an hour apart have shown it, so that a server which answers now so, now so, is
//! not told each time.
//!
//! *Degraded* and *waiting* are no trouble that anybody is called for: what is collected with
//! difficulties is collected, and what is not polled is our own doing.

use std::time::Duration;

use bellwether_model::{SourceChange, SourceCondition, SourceId, SourceState, Timestamp};
use serde::{Deserialize, Serialize};

/// How long a state must hold before it is told.
pub const HOLD: Duration = Duration::from_secs(1800);

/// Polls at which a state must be seen that does not rest on several attempts by itself.
const LOOKS_MIN: u32 = 2;

/// A state that is not told yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Candidate {
    state: SourceState,
    since: Timestamp,
    /// The first and the last poll at which it was seen.
    seen: Timestamp,
    polled: Timestamp,
    looks: u32,
}

/// What is remembered of one source between looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Where it stood at the last look.
    pub condition: SourceCondition,
    /// The trouble that was told, if any.
    pub told: Option<Trouble>,
    candidate: Option<Candidate>,
}

/// A trouble that was told and is not over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// Which.
    pub state: SourceState,
    /// Since when.
    pub since: Timestamp,
    /// When the first of a row of troubles was told.
    pub begun: Timestamp,
    /// Whether attempts failed, so that nothing was collected meanwhile.
    #[serde(default)]
    pub is_by_failure: bool,
}

impl Standing {
    /// A source of which nothing is known yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            condition: SourceCondition::plain(SourceState::Waiting),
            told: None,
            candidate: None,
        }
    }

    /// Whether each poll may bring something to tell, so that it is to be looked at at once.
    #[must_use]
    pub const fn is_unsettled(&self) -> bool {
        self.told.is_some() || self.candidate.is_some()
    }

    /// Takes in where a source stands whose troubles are not told.
    pub fn observe(&mut self, condition: SourceCondition) {
        *self = Self {
            condition,
            ..Self::new()
        };
    }

    /// Takes in where the source stands at a tick, after a poll that ended at `polled`. What fails
    /// while most sources fail is not the source's own doing: `is_outage` keeps it from being told.
    /// `has_failed` says that the poll did.
    ///
    /// The change that is to be told, if any; the gap in it is left open.
    pub fn look(
        &mut self,
        source: &SourceId,
        condition: SourceCondition,
        polled: Timestamp,
        at: Timestamp,
        is_outage: bool,
        has_failed: bool,
    ) -> Option<SourceChange> {
        self.condition = condition;
        let SourceCondition { state, since, why } = &self.condition;
        let told = self.told.as_ref().map(|trouble| trouble.state);
        let is_news = match told {
            Some(told) => told != *state,
            None => state.needs_a_person(),
        };
        if !is_news || (has_failed && !state.needs_a_person()) {
            self.candidate = None;
            return None;
        }
        // Collected with or without difficulties is the same recovery.
        let state = if state.needs_a_person() {
            *state
        } else {
            SourceState::Ok
        };
        let since = since.filter(|_| state.needs_a_person()).unwrap_or(polled);
        let mut candidate = match self.candidate.take() {
            Some(known) if known.state == state => known,
            _ => Candidate {
                state,
                since,
                seen: polled,
                polled,
                looks: 1,
            },
        };
        if candidate.polled != polled {
            candidate.polled = polled;
            candidate.looks = (candidate.looks + 1).min(LOOKS_MIN);
        }
        let rests_on_attempts = rests_on_attempts(state);
        let is_first = told.is_none();
        let looks_min = if rests_on_attempts && is_first {
            1
        } else {
            LOOKS_MIN
        };
        let began = if is_first {
            candidate.since
        } else {
            candidate.since.max(candidate.seen)
        };
        let held = Duration::try_from(at.duration_since(began)).unwrap_or_default();
        if candidate.looks < looks_min || held < HOLD || (rests_on_attempts && is_outage) {
            self.candidate = Some(candidate);
            return None;
        }
        let begun = self.told.as_ref().map_or(at, |trouble| trouble.begun);
        self.told = state.needs_a_person().then_some(Trouble {
            state,
            since: candidate.since,
            begun,
            is_by_failure: has_failed,
        });
        Some(SourceChange {
            source: source.clone(),
            from: told.unwrap_or(SourceState::Ok),
            to: state,
            since: candidate.since,
            why: why.clone().filter(|_| state.needs_a_person()),
            at,
            begun,
            gap: None,
        })
    }
}

impl Default for Standing {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether a state rests on several attempts that failed.
const fn rests_on_attempts(state: SourceState) -> bool {
    matches!(state, SourceState::Failing | SourceState::Blocked)
}

/// One change for each source, from what was told last to what is to be told now, in order of need and
/// then of source. A trouble that came and went between is nothing to tell.
#[must_use]
pub fn together(changes: &[SourceChange]) -> Vec<SourceChange> {
    let mut last: Vec<SourceChange> = Vec::new();
    for change in changes {
        match last.iter_mut().find(|known| known.source == change.source) {
            Some(known) => {
                *known = SourceChange {
                    from: known.from,
                    ..change.clone()
                };
            }
            None => last.push(change.clone()),
        }
    }
    last.retain(|change| change.from != change.to);
    last.sort_by(|a, b| {
        (a.is_recovery(), a.to, &a.source).cmp(&(b.is_recovery(), b.to, &b.source))
    });
    last
}
