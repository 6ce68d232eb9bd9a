//! When each source is polled: decides, never waits, never fetches.
//!
//! A source is due when it was never polled, or when its time has come: an interval after the last
//! poll and a little more (the same little for the same source, so that sources started together
//! drift apart), later where it failed or where its server asks for it. Never sooner than the
//! interval. Never more polls under way than allowed, in all and per host.
//!
//! Times are kept across restarts, and a clock may have been wrong when they were written: one
//! further ahead than any wait is no time at all.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use bellwether_model::{SourceId, Timestamp};
use sha2::{Digest, Sha256};

/// Sources that fail are asked again within this, so that a recovery is seen within the hour.
const BACKOFF_MAX: Duration = Duration::from_secs(3600);

/// A server that asks for more than a day would delete itself from the record (FC-013).
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 3600);

/// A server may ask for this many intervals between polls by `Cache-Control`, not more: caches are
/// often set by people who think of pictures.
const FRESH_INTERVALS_MAX: u32 = 2;

/// The little more: at most this share of the interval, and at most a minute.
const JITTER_SHARE: u32 = 20;
const JITTER_MAX: Duration = Duration::from_secs(60);

/// An interval of nothing would never let a round end.
const EVERY_MIN: Duration = Duration::from_secs(1);

/// How a poll ended, as far as the next one depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// We know what the source had to show; for how long, its server says.
    Collected {
        /// `max-age` of `Cache-Control`.
        fresh_for: Option<Duration>,
    },
    /// We do not; when to come again, the server may say.
    Failed {
        /// `Retry-After`.
        retry_after: Option<Duration>,
    },
}

/// What is remembered of a source between polls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// When it is due; `None` is at once.
    pub next_at: Option<Timestamp>,
    /// Failures since it was last collected.
    pub failures: u32,
}

impl Standing {
    /// What stands after a poll that ended at `at`.
    #[must_use]
    pub fn after(self, source: &SourceId, every: Duration, at: Timestamp, ending: Ending) -> Self {
        let every = every.max(EVERY_MIN);
        let (failures, wait) = match ending {
            Ending::Collected { fresh_for } => {
                let fresh = fresh_for
                    .unwrap_or_default()
                    .min(every.saturating_mul(FRESH_INTERVALS_MAX));
                (0, every.max(fresh))
            }
            Ending::Failed { retry_after } => {
                let doubled = every.saturating_mul(1_u32 << self.failures.min(16));
                let asked = retry_after.unwrap_or_default().min(RETRY_AFTER_MAX);
                (
                    self.failures.saturating_add(1),
                    every.max(doubled.min(BACKOFF_MAX)).max(asked),
                )
            }
        };
        let wait = wait.saturating_add(jitter(source, every));
        Self {
            next_at: Some(at.checked_add(wait).unwrap_or(Timestamp::MAX)),
            failures,
        }
    }
}

/// The longest that [`Standing::after`] lets a source wait.
fn wait_max(every: Duration) -> Duration {
    every
        .max(EVERY_MIN)
        .saturating_mul(FRESH_INTERVALS_MAX)
        .max(BACKOFF_MAX)
        .max(RETRY_AFTER_MAX)
        .saturating_add(JITTER_MAX)
}

/// The same for the same source, evenly spread over sources.
fn jitter(source: &SourceId, every: Duration) -> Duration {
    let digest = Sha256::digest(source.as_str().as_bytes());
    let share = u32::from(digest[0]) << 8 | u32::from(digest[1]);
    (every / JITTER_SHARE).min(JITTER_MAX) * share / 0x1_0000
}

struct Slot {
    host: String,
    every: Option<Duration>,
    standing: Standing,
    is_under_way: bool,
}

impl Slot {
    fn is_due(&self, now: Timestamp) -> bool {
        let Some(every) = self.every.filter(|_| !self.is_under_way) else {
            return false;
        };
        let latest = now.checked_add(wait_max(every)).unwrap_or(Timestamp::MAX);
        self.standing
            .next_at
            .is_none_or(|at| at <= now || at > latest)
    }
}

/// The sources with their times.
pub struct Schedule {
    slots: BTreeMap<SourceId, Slot>,
    under_way: usize,
    per_host: HashMap<String, usize>,
    concurrency_max: usize,
    per_host_max: usize,
}

impl Schedule {
    /// A schedule without sources; limits below one are taken for one.
    #[must_use]
    pub fn new(concurrency_max: usize, per_host_max: usize) -> Self {
        Self {
            slots: BTreeMap::new(),
            under_way: 0,
            per_host: HashMap::new(),
            concurrency_max: concurrency_max.max(1),
            per_host_max: per_host_max.max(1),
        }
    }

    /// Takes in a source at a host, with its interval; without one it is never due, and polled only
    /// when asked for.
    pub fn insert(
        &mut self,
        source: SourceId,
        host: String,
        every: Option<Duration>,
        standing: Standing,
    ) {
        self.slots.insert(
            source,
            Slot {
                host,
                every,
                standing,
                is_under_way: false,
            },
        );
    }

    /// The sources to be polled now, the longest overdue first; they are under way from here on.
    pub fn start(&mut self, now: Timestamp) -> Vec<SourceId> {
        let mut due: Vec<(Option<Timestamp>, SourceId)> = self
            .slots
            .iter()
            .filter(|(_, slot)| slot.is_due(now))
            .map(|(source, slot)| (slot.standing.next_at, source.clone()))
            .collect();
        due.sort();
        due.into_iter()
            .map(|(_, source)| source)
            .filter(|source| self.begin(source, false))
            .collect()
    }

    /// Starts one source whether it is due or not; `false` where it is under way or not known.
    pub fn start_one(&mut self, source: &SourceId) -> bool {
        self.begin(source, true)
    }

    fn begin(&mut self, source: &SourceId, is_asked_for: bool) -> bool {
        let Some(slot) = self.slots.get_mut(source).filter(|slot| !slot.is_under_way) else {
            return false;
        };
        let at_host = self.per_host.entry(slot.host.clone()).or_default();
        if !is_asked_for
            && (self.under_way >= self.concurrency_max || *at_host >= self.per_host_max)
        {
            return false;
        }
        *at_host += 1;
        self.under_way += 1;
        slot.is_under_way = true;
        true
    }

    /// Takes note that a poll has ended.
    pub fn finish(&mut self, source: &SourceId, standing: Standing) {
        let Some(slot) = self.slots.get_mut(source).filter(|slot| slot.is_under_way) else {
            return;
        };
        slot.is_under_way = false;
        slot.standing = standing;
        self.under_way -= 1;
        if let Some(count) = self.per_host.get_mut(&slot.host) {
            *count -= 1;
            if *count == 0 {
                self.per_host.remove(&slot.host);
            }
        }
    }

    /// Takes note that a poll was given up without an ending: the source stands as before.
    pub fn abandon(&mut self, source: &SourceId) {
        if let Some(standing) = self.slots.get(source).map(|slot| slot.standing) {
            self.finish(source, standing);
        }
    }

    /// When the next source that is on and not under way is due; `None` where there is none.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.slots
            .values()
            .filter(|slot| slot.every.is_some() && !slot.is_under_way)
            .map(|slot| slot.standing.next_at.unwrap_or(Timestamp::MIN))
            .min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY: Duration = Duration::from_secs(600);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_795_132_800 + seconds).unwrap()
    }

    fn id(name: &str) -> SourceId {
        SourceId::new(name)
    }

    /// Seconds from a poll at 0 to the next one, the little more left out.
    fn wait(standing: Standing, ending: Ending) -> i64 {
        let next = standing
            .after(&id("a"), EVERY, at(0), ending)
            .next_at
            .unwrap();
        let more = i64::try_from(jitter(&id("a"), EVERY).as_secs()).unwrap();
        next.as_second() - at(0).as_second() - more
    }

    #[test]
    fn never_sooner_than_the_interval() {
        let collected = |fresh| Ending::Collected { fresh_for: fresh };
        let failed = |after| Ending::Failed { retry_after: after };
        let fresh = Standing::default();
        let seconds = |s| Some(Duration::from_secs(s));
        assert_eq!(wait(fresh, collected(None)), 600);
        assert_eq!(wait(fresh, collected(seconds(10))), 600);
        assert_eq!(wait(fresh, collected(seconds(900))), 900);
        assert_eq!(wait(fresh, collected(seconds(86_400))), 1_200);
        assert_eq!(wait(fresh, failed(None)), 600);
        assert_eq!(wait(fresh, failed(seconds(5))), 600);
        assert_eq!(wait(fresh, failed(seconds(7_200))), 7_200);
        assert_eq!(wait(fresh, failed(seconds(315_360_000))), 86_400);
    }

    #[test]
    fn failures_double_the_wait_up_to_an_hour() {
        let mut standing = Standing::default();
        let mut waits = Vec::new();
        for _ in 0..6 {
            waits.push(wait(standing, Ending::Failed { retry_after: None }));
            standing = standing.after(&id("a"), EVERY, at(0), Ending::Failed { retry_after: None });
        }
        assert_eq!(waits, [600, 1_200, 2_400, 3_600, 3_600, 3_600]);
        standing = standing.after(
            &id("a"),
            EVERY,
            at(0),
            Ending::Collected { fresh_for: None },
        );
        assert_eq!(standing.failures, 0);
        let slow = Standing {
            next_at: None,
            failures: 9,
        };
        let next = slow.after(
            &id("a"),
            24 * 6 * EVERY,
            at(0),
            Ending::Failed { retry_after: None },
        );
        assert!(next.next_at.unwrap() >= at(86_400), "a long interval stays");
    }

    #[test]
    fn the_little_more_is_the_same_and_little() {
        for name in ["a", "b", "tw-cna"] {
            let more = jitter(&id(name), EVERY);
            assert_eq!(more, jitter(&id(name), EVERY));
            assert!(more <= EVERY / JITTER_SHARE);
        }
        assert_ne!(jitter(&id("a"), EVERY), jitter(&id("b"), EVERY));
        assert!(jitter(&id("a"), Duration::from_secs(1_000_000)) <= JITTER_MAX);
    }

    #[test]
    fn limits_in_all_and_per_host() {
        let mut schedule = Schedule::new(3, 1);
        for (name, host) in [("a1", "a"), ("a2", "a"), ("b", "b"), ("c", "c"), ("d", "d")] {
            schedule.insert(id(name), host.to_owned(), Some(EVERY), Standing::default());
        }
        assert_eq!(schedule.start(at(0)), [id("a1"), id("b"), id("c")]);
        assert_eq!(schedule.start(at(0)), []);
        let next = Standing {
            next_at: Some(at(600)),
            failures: 0,
        };
        schedule.finish(&id("b"), next);
        assert_eq!(schedule.start(at(0)), [id("d")], "a2 waits for its host");
        schedule.finish(&id("a1"), next);
        assert_eq!(schedule.start(at(0)), [id("a2")]);
        for name in ["a2", "c", "d"] {
            schedule.finish(&id(name), next);
        }
        assert_eq!(schedule.start(at(599)), []);
        assert_eq!(schedule.next_due(), Some(at(600)));
        assert_eq!(schedule.start(at(600)).len(), 3);
    }

    #[test]
    fn one_that_is_asked_for_starts_at_once_and_once() {
        let mut schedule = Schedule::new(1, 1);
        schedule.insert(
            id("a"),
            "a".to_owned(),
            Some(EVERY),
            Standing {
                next_at: Some(at(900)),
                failures: 0,
            },
        );
        assert!(schedule.start_one(&id("a")));
        assert!(!schedule.start_one(&id("a")));
        assert!(!schedule.start_one(&id("x")));
        schedule.abandon(&id("a"));
        assert_eq!(schedule.next_due(), Some(at(900)));
    }

    #[test]
    fn the_longest_overdue_first() {
        let mut schedule = Schedule::new(2, 2);
        for (name, due) in [("a", 30), ("b", 10), ("c", 20)] {
            schedule.insert(
                id(name),
                name.to_owned(),
                Some(EVERY),
                Standing {
                    next_at: Some(at(due)),
                    failures: 0,
                },
            );
        }
        assert_eq!(schedule.start(at(60)), [id("b"), id("c")]);
    }

    #[test]
    fn a_time_further_ahead_than_any_wait_is_none() {
        let ten_minutes = 86_400 + 60;
        let a_week = 14 * 86_400 + 60;
        for (every, longest) in [(EVERY, ten_minutes), (7 * 24 * 6 * EVERY, a_week)] {
            for (ahead, is_due) in [(longest, false), (longest + 1, true)] {
                let mut schedule = Schedule::new(1, 1);
                let standing = Standing {
                    next_at: Some(at(ahead)),
                    failures: 0,
                };
                schedule.insert(id("a"), "a".to_owned(), Some(every), standing);
                assert_eq!(!schedule.start(at(0)).is_empty(), is_due, "{ahead}");
            }
        }
    }

    #[test]
    fn one_that_is_off_is_never_due_and_polled_when_asked_for() {
        let mut schedule = Schedule::new(1, 1);
        schedule.insert(id("a"), "a".to_owned(), None, Standing::default());
        assert_eq!(schedule.start(Timestamp::MAX), []);
        assert_eq!(schedule.next_due(), None);
        assert!(schedule.start_one(&id("a")));
    }
}
