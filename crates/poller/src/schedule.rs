//! When each source is polled: decides, never waits, never fetches.
//!
//! A source is due when it was never polled, or when its time has come: an interval after the last
//! poll and a little more (the same little for the same source, so that sources started together
//! drift apart), later where it failed or where its server asks for it. Never sooner than the
//! interval. Never more polls under way than allowed, in all and per host.
//!
//! Many that are due at once, at a start or after an outage, are spread: no more are started per
//! second than twice what the intervals come to. Hosts that fail or hang get at most half of what may
//! be under way, so that others go on.
//!
//! Times are kept across restarts, and a clock may have been wrong when they were written: one
//! further ahead than any wait is no time at all.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use bellwether_model::{SourceId, Timestamp, interval_max};
use sha2::{Digest, Sha256};

/// Sources that fail are asked again within this, so that a recovery is seen within the hour.
const BACKOFF_MAX: Duration = Duration::from_secs(3600);

/// A server that asks for more than a day would delete itself from the record (FC-013).
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 3600);

/// The little more: at most this share of the interval, and at most a minute.
const JITTER_SHARE: u32 = 20;
const JITTER_MAX: Duration = Duration::from_secs(60);

/// An interval of nothing would never let a round end.
const EVERY_MIN: Duration = Duration::from_secs(1);

/// An honest server has answered by then. One that has not is given no more of the common room.
const SLOW: Duration = Duration::from_secs(3);

/// Starts per second at least, and how many times those that the intervals come to.
const PACE_MIN: f64 = 2.0;
const PACE_TIMES: f64 = 2.0;

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
    /// What stands after a poll that ended at `at`. A source is polled `every` so often by
    /// configuration, and after `interval` while it is collected.
    ///
    /// A server may ask for longer pauses by `Cache-Control`, up to those of a quiet source: caches
    /// are often set by people who think of pictures.
    #[must_use]
    pub fn after(
        self,
        source: &SourceId,
        every: Duration,
        interval: Duration,
        at: Timestamp,
        ending: Ending,
    ) -> Self {
        let every = every.max(EVERY_MIN);
        let (failures, wait) = match ending {
            Ending::Collected { fresh_for } => {
                let fresh = fresh_for.unwrap_or_default();
                (0, interval.max(fresh).clamp(every, interval_max(every)))
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
    interval_max(every.max(EVERY_MIN))
        .max(BACKOFF_MAX)
        .max(RETRY_AFTER_MAX)
        .saturating_add(JITTER_MAX)
}

/// The same for the same source, evenly spread over sources.
fn jitter(source: &SourceId, every: Duration) -> Duration {
    (every / JITTER_SHARE).min(JITTER_MAX) * u32::from(share(source)) / 0x1_0000
}

fn share(source: &SourceId) -> u16 {
    let digest = Sha256::digest(source.as_str().as_bytes());
    u16::from_be_bytes([digest[0], digest[1]])
}

struct Slot {
    host: String,
    every: Option<Duration>,
    standing: Standing,
    /// Spreads sources that are due at the same time over their hosts.
    share: u16,
    started_at: Option<Timestamp>,
}

impl Slot {
    fn is_due(&self, now: Timestamp) -> bool {
        let Some(every) = self.every.filter(|_| self.started_at.is_none()) else {
            return false;
        };
        let latest = now.checked_add(wait_max(every)).unwrap_or(Timestamp::MAX);
        self.standing
            .next_at
            .is_none_or(|at| at <= now || at > latest)
    }

    fn is_slow(&self, now: Timestamp) -> bool {
        self.started_at
            .and_then(|at| Duration::try_from(now.duration_since(at)).ok())
            .is_some_and(|elapsed| elapsed >= SLOW)
    }
}

#[derive(Default)]
struct Host {
    under_way: usize,
    is_failing: bool,
    is_slow: bool,
}

/// How many may be started by now.
struct Pace {
    per_second: f64,
    saved_max: f64,
    saved: f64,
    at: Option<Timestamp>,
}

impl Pace {
    fn go_on(&mut self, now: Timestamp) {
        // A clock that was set back gives nothing, and takes nothing.
        let elapsed = self
            .at
            .map_or(0.0, |at| now.duration_since(at).as_secs_f64());
        self.saved =
            (self.saved + elapsed.max(0.0) * self.per_second.max(PACE_MIN)).min(self.saved_max);
        self.at = Some(now);
    }
}

/// The sources with their times.
pub struct Schedule {
    slots: BTreeMap<SourceId, Slot>,
    under_way: usize,
    hosts: HashMap<String, Host>,
    concurrency_max: usize,
    per_host_max: usize,
    pace: Pace,
}

impl Schedule {
    /// A schedule without sources; limits below one are taken for one.
    #[must_use]
    pub fn new(concurrency_max: usize, per_host_max: usize) -> Self {
        let concurrency_max = concurrency_max.max(1);
        let saved = f64::from(u32::try_from(concurrency_max).unwrap_or(u32::MAX));
        Self {
            slots: BTreeMap::new(),
            under_way: 0,
            hosts: HashMap::new(),
            concurrency_max,
            per_host_max: per_host_max.max(1),
            pace: Pace {
                per_second: 0.0,
                saved_max: saved,
                saved,
                at: None,
            },
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
        let at_host = self.hosts.entry(host.clone()).or_default();
        at_host.is_failing |= standing.failures > 0;
        let per_second = every.map_or(0.0, |every| 1.0 / every.max(EVERY_MIN).as_secs_f64());
        self.pace.per_second += per_second * PACE_TIMES;
        let slot = Slot {
            host,
            every,
            standing,
            share: share(&source),
            started_at: None,
        };
        self.slots.insert(source, slot);
    }

    /// The sources to be polled now, the longest overdue first, those never polled last; they are
    /// under way from here on. Where many are due, the others follow when it is asked again later.
    pub fn start(&mut self, now: Timestamp) -> Vec<SourceId> {
        self.pace.go_on(now);
        self.begin_due(now, |pace| pace.saved >= 1.0)
    }

    /// As [`Self::start`], and as many as may be under way at once: for a round that somebody waits
    /// for.
    pub fn start_all(&mut self, now: Timestamp) -> Vec<SourceId> {
        self.begin_due(now, |_| true)
    }

    fn begin_due(&mut self, now: Timestamp, may_go_on: fn(&Pace) -> bool) -> Vec<SourceId> {
        let mut due: Vec<_> = self
            .slots
            .iter()
            .filter(|(_, slot)| slot.is_due(now))
            .map(|(source, slot)| {
                let next = slot.standing.next_at;
                (next.is_none(), next, slot.share, source.clone())
            })
            .collect();
        if due.is_empty() {
            return Vec::new();
        }
        due.sort();
        let mut doubtful = self.look_for_doubt(now);
        let mut started = Vec::new();
        for (.., source) in due {
            if self.under_way >= self.concurrency_max || !may_go_on(&self.pace) {
                break;
            }
            let Some(slot) = self.slots.get_mut(&source) else {
                continue;
            };
            let Some(host) = self.hosts.get_mut(&slot.host) else {
                continue;
            };
            let is_doubtful = slot.standing.failures > 0 || host.is_failing || host.is_slow;
            if host.under_way >= self.per_host_max
                || (is_doubtful && doubtful >= (self.concurrency_max / 2).max(1))
            {
                continue;
            }
            doubtful += usize::from(is_doubtful);
            host.under_way += 1;
            slot.started_at = Some(now);
            self.under_way += 1;
            self.pace.saved -= 1.0;
            started.push(source);
        }
        started
    }

    /// Marks the hosts that keep somebody waiting, and counts what they keep.
    fn look_for_doubt(&mut self, now: Timestamp) -> usize {
        for host in self.hosts.values_mut() {
            host.is_slow = false;
        }
        let mut doubtful = 0;
        for slot in self.slots.values().filter(|slot| slot.started_at.is_some()) {
            let is_slow = slot.is_slow(now);
            let is_failing = match self.hosts.get_mut(&slot.host) {
                Some(host) => {
                    host.is_slow |= is_slow;
                    host.is_failing
                }
                None => false,
            };
            doubtful += usize::from(is_slow || is_failing || slot.standing.failures > 0);
        }
        doubtful
    }

    /// Starts one source whether it is due or not; `false` where it is under way or not known.
    pub fn start_one(&mut self, source: &SourceId, now: Timestamp) -> bool {
        let Some(slot) = self
            .slots
            .get_mut(source)
            .filter(|slot| slot.started_at.is_none())
        else {
            return false;
        };
        slot.started_at = Some(now);
        self.under_way += 1;
        self.hosts.entry(slot.host.clone()).or_default().under_way += 1;
        true
    }

    /// Takes note that a poll has ended.
    pub fn finish(&mut self, source: &SourceId, standing: Standing) {
        if let Some(host) = self.end(source, standing) {
            host.is_failing = standing.failures > 0;
        }
    }

    /// Takes note that a poll was given up without an ending: the source stands as before.
    pub fn abandon(&mut self, source: &SourceId) {
        if let Some(standing) = self.slots.get(source).map(|slot| slot.standing) {
            self.end(source, standing);
        }
    }

    fn end(&mut self, source: &SourceId, standing: Standing) -> Option<&mut Host> {
        let slot = self.slots.get_mut(source)?;
        slot.started_at.take()?;
        slot.standing = standing;
        self.under_way -= 1;
        let host = self.hosts.get_mut(&slot.host)?;
        host.under_way -= 1;
        Some(host)
    }

    /// When the next source that is on and not under way is due; `None` where there is none.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.slots
            .values()
            .filter(|slot| slot.every.is_some() && slot.started_at.is_none())
            .map(|slot| slot.standing.next_at.unwrap_or(Timestamp::MIN))
            .min()
    }
}

#[cfg(test)]
mod tests;
