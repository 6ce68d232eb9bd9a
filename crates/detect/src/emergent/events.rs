//! One event, one alarm: terms that rise in the same items are names of one thing.

use std::collections::{HashMap, HashSet, VecDeque};

use bellwether_model::Rise;
use serde::{Deserialize, Serialize};

use super::Risen;

const HOUR: u32 = 3600;

/// An event is over when it has not risen for so long.
const OPEN_SECONDS: u32 = 24 * HOUR;
/// What rose within hours is not told again of the days that have those hours in them.
const SLOW_SECONDS: u32 = 72 * HOUR;

/// Events that are open at a time; the oldest close.
const OPEN_MAX: usize = 1_000;

/// Items of an event that are kept to know it again.
const ITEMS_MAX: usize = 2_000;

#[derive(Debug, Serialize, Deserialize)]
struct Event {
    items: HashSet<u64>,
    last: u32,
}

/// The events that are open.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Events {
    open: VecDeque<Event>,
    /// When each term was last told.
    told: HashMap<u64, u32>,
    swept: u32,
}

impl Events {
    /// Whether what has risen now is one of the names of an open event: half of its items, or of the
    /// event's, would be in both. `term` is any number of the term.
    pub fn is_known(&mut self, now: u32, term: u64, risen: &Risen) -> bool {
        self.sweep(now);
        let span = if risen.rise == Rise::Slow {
            SLOW_SECONDS
        } else {
            OPEN_SECONDS
        };
        let is_told = self.told.get_mut(&term).is_some_and(|told| {
            let is_told = now.saturating_sub(*told) < span;
            *told = now;
            is_told
        });
        let known = self.open.iter_mut().rev().find(|event| {
            let both = risen.items.iter().filter(|item| event.items.contains(item));
            2 * both.count() >= risen.items.len().min(event.items.len())
        });
        if let Some(event) = known {
            event.last = now;
            if event.items.len() < ITEMS_MAX {
                event.items.extend(&risen.items);
            }
            self.told.insert(term, now);
            return true;
        }
        is_told
    }

    /// People are told of what has risen: from now on it is an open event.
    pub fn open(&mut self, now: u32, term: u64, risen: &Risen) {
        self.told.insert(term, now);
        self.open.push_back(Event {
            items: risen.items.iter().copied().collect(),
            last: now,
        });
    }

    /// Takes note of items of which people are told for another reason, as of one event.
    pub fn told(&mut self, now: u32, items: impl IntoIterator<Item = u64>) {
        self.sweep(now);
        let items: HashSet<u64> = items.into_iter().take(ITEMS_MAX).collect();
        let known = self.open.iter_mut().rev().find(|event| {
            2 * items.intersection(&event.items).count() >= items.len().min(event.items.len())
        });
        match known {
            Some(event) => {
                event.items.extend(&items);
                event.last = now;
            }
            None => self.open.push_back(Event { items, last: now }),
        }
    }

    fn sweep(&mut self, now: u32) {
        while self.open.len() >= OPEN_MAX {
            self.open.pop_front();
        }
        if now / HOUR == self.swept {
            return;
        }
        self.swept = now / HOUR;
        self.open
            .retain(|event| now.saturating_sub(event.last) < OPEN_SECONDS);
        self.told
            .retain(|_, told| now.saturating_sub(*told) < SLOW_SECONDS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn risen(items: std::ops::Range<u64>, rise: Rise) -> Risen {
        Risen {
            term: 0,
            rise,
            whose: bellwether_model::Whose::All,
            window: HOUR,
            voices: 5,
            expected: 0.1,
            size: 1.0,
            p: 1e-9,
            p_max: 1e-8,
            items: items.collect(),
        }
    }

    fn is_new(events: &mut Events, now: u32, term: u64, risen: &Risen) -> bool {
        let is_new = !events.is_known(now, term, risen);
        if is_new {
            events.open(now, term, risen);
        }
        is_new
    }

    #[test]
    fn names_of_one_thing_are_one_event() {
        let mut events = Events::default();
        assert!(is_new(&mut events, 0, 1, &risen(0..6, Rise::Sharp)));
        assert!(
            !is_new(&mut events, 60, 2, &risen(2..8, Rise::Sharp)),
            "half of its items"
        );
        assert!(
            is_new(&mut events, 60, 3, &risen(20..26, Rise::Sharp)),
            "other items"
        );
        assert!(
            !is_new(&mut events, 120, 1, &risen(40..46, Rise::Sharp)),
            "the same term"
        );
        assert!(
            is_new(
                &mut events,
                OPEN_SECONDS + 200,
                1,
                &risen(60..66, Rise::Sharp)
            ),
            "a day later"
        );
    }

    #[test]
    fn what_nobody_was_told_of_hides_nothing() {
        let mut events = Events::default();
        assert!(!events.is_known(0, 1, &risen(0..6, Rise::Sharp)));
        assert!(!events.is_known(60, 2, &risen(0..6, Rise::Sharp)));
    }

    #[test]
    fn days_that_hold_a_told_rise_are_not_told_again() {
        let mut events = Events::default();
        assert!(is_new(&mut events, 0, 1, &risen(0..6, Rise::Sharp)));
        assert!(!is_new(
            &mut events,
            2 * OPEN_SECONDS,
            1,
            &risen(100..120, Rise::Slow)
        ));
        assert!(is_new(
            &mut events,
            6 * OPEN_SECONDS,
            1,
            &risen(200..220, Rise::Slow)
        ));
    }
}
