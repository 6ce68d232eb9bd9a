//! The pages that wait, by host: whose turn it is, and what is given up for want of room.
//!
//! Of a host one page is asked for at a time, with a pause between two, so that a host which is slow,
//! or asks to be left alone, delays its own pages only. Decides; never waits, never asks.

use std::collections::{BTreeMap, VecDeque};

use bellwether_model::Timestamp;
use bellwether_outbound::host_of;

use super::Wanted;

/// Pages that wait at most, in all and at one host. Past it the oldest of the longest queue is given
/// up: reading the log waits for nobody.
const WAITING_MAX: usize = 20_000;
const WAITING_PER_HOST_MAX: usize = 2_000;

/// Hosts asked at once, and how many of these may be slow ones.
const HOSTS_AT_ONCE: usize = 16;
const SLOW_AT_ONCE: usize = 8;

/// Hosts for which nothing waits are forgotten past this many.
const HOSTS_KEPT: usize = 1_024;

#[derive(Default)]
struct Host {
    waiting: VecDeque<Wanted>,
    is_busy: bool,
    is_pausing: bool,
    /// Whether its last page took long.
    is_slow: bool,
    /// When it may be asked again, where it failed.
    not_before: Option<Timestamp>,
}

impl Host {
    /// Whether a page waits only for its turn, or for the host's pause.
    fn is_due(&self, now: Timestamp) -> bool {
        !self.is_busy
            && !self.waiting.is_empty()
            && self.not_before.is_none_or(|not_before| not_before <= now)
    }
}

#[derive(Default)]
pub(super) struct Queues {
    hosts: BTreeMap<String, Host>,
    waiting: usize,
    busy: usize,
    slow_busy: usize,
}

impl Queues {
    /// Puts a page behind the others of its host, and gives back what has no room.
    pub(super) fn push(&mut self, wanted: Wanted) -> Option<Wanted> {
        self.host(&wanted).waiting.push_back(wanted);
        self.waiting += 1;
        self.without_room()
    }

    /// Puts a page before the others of its host: it is half done.
    pub(super) fn push_first(&mut self, wanted: Wanted) -> Option<Wanted> {
        self.host(&wanted).waiting.push_front(wanted);
        self.waiting += 1;
        self.without_room()
    }

    /// The page to ask for now; its host is busy until [`Self::end`]. The one that has waited longest.
    pub(super) fn start(&mut self, now: Timestamp) -> Option<Wanted> {
        if self.busy >= HOSTS_AT_ONCE {
            return None;
        }
        let may_be_slow = self.slow_busy < SLOW_AT_ONCE;
        let next = self
            .hosts
            .values_mut()
            .filter(|host| host.is_due(now) && !host.is_pausing && (may_be_slow || !host.is_slow))
            .min_by_key(|host| host.waiting.front().map(|wanted| wanted.seq))?;
        let wanted = next.waiting.pop_front()?;
        next.is_busy = true;
        next.not_before = None;
        self.waiting -= 1;
        self.busy += 1;
        self.slow_busy += usize::from(next.is_slow);
        Some(wanted)
    }

    /// The page of a host that was asked for has ended; whether it took long, and whether the host has
    /// a pause until [`Self::pause_over`].
    pub(super) fn end(&mut self, host: &str, is_slow: bool, is_pausing: bool) {
        if let Some(host) = self.hosts.get_mut(host).filter(|host| host.is_busy) {
            self.busy -= 1;
            self.slow_busy -= usize::from(host.is_slow);
            host.is_busy = false;
            host.is_slow = is_slow;
            host.is_pausing = is_pausing;
        }
    }

    /// The pause of a host is over.
    pub(super) fn pause_over(&mut self, host: &str) {
        if let Some(host) = self.hosts.get_mut(host) {
            host.is_pausing = false;
        }
    }

    /// Leaves a host alone until a time.
    pub(super) fn leave_alone(&mut self, host: &str, until: Timestamp) {
        if let Some(host) = self.hosts.get_mut(host) {
            host.not_before = Some(until);
        }
    }

    /// Whether a page waits only for its turn, or for a pause.
    pub(super) fn is_any_due(&self, now: Timestamp) -> bool {
        self.hosts.values().any(|host| host.is_due(now))
    }

    pub(super) const fn waiting(&self) -> usize {
        self.waiting
    }

    fn host(&mut self, wanted: &Wanted) -> &mut Host {
        let name = host_of(&wanted.url);
        if self.hosts.len() >= HOSTS_KEPT && !self.hosts.contains_key(&name) {
            self.hosts.retain(|_, host| {
                host.is_busy
                    || !host.waiting.is_empty()
                    || host.is_pausing
                    || host.not_before.is_some()
            });
        }
        self.hosts.entry(name).or_default()
    }

    fn without_room(&mut self) -> Option<Wanted> {
        let longest = self
            .hosts
            .values_mut()
            .max_by_key(|host| host.waiting.len())?;
        let is_too_long = longest.waiting.len() > WAITING_PER_HOST_MAX;
        if !is_too_long && self.waiting <= WAITING_MAX {
            return None;
        }
        self.waiting -= 1;
        longest.waiting.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use bellwether_model::{ItemId, Seq, SourceId};

    use super::*;

    fn wanted(host: &str, seq: u64) -> Wanted {
        let url = format!("http://{host}/{seq}");
        Wanted {
            seq: Seq(seq),
            item: ItemId(seq),
            source: SourceId::new("s"),
            listed: url.clone(),
            url,
            redirects: 0,
            attempts: 0,
        }
    }

    fn now() -> Timestamp {
        "2026-11-20T00:00:00Z".parse().unwrap()
    }

    #[test]
    fn one_page_of_a_host_at_a_time_and_then_a_pause() {
        let mut queues = Queues::default();
        for (host, seq) in [("a", 1), ("a", 2), ("b", 3)] {
            assert!(queues.push(wanted(host, seq)).is_none());
        }
        assert_eq!(queues.start(now()).unwrap().seq, Seq(1));
        assert_eq!(queues.start(now()).unwrap().seq, Seq(3), "the other host");
        assert!(queues.start(now()).is_none());
        queues.end("a", false, true);
        assert!(queues.start(now()).is_none() && queues.is_any_due(now()));
        queues.pause_over("a");
        assert_eq!(queues.start(now()).unwrap().seq, Seq(2));
        assert!(!queues.is_any_due(now()));
    }

    #[test]
    fn a_host_that_is_left_alone_is_with_all_that_waits_for_it() {
        let mut queues = Queues::default();
        queues.push(wanted("a", 1));
        queues.push(wanted("a", 2));
        queues.start(now()).unwrap();
        queues.end("a", false, false);
        let until = now()
            .checked_add(std::time::Duration::from_secs(300))
            .unwrap();
        queues.leave_alone("a", until);
        queues.push(wanted("a", 1));
        assert!(queues.start(now()).is_none() && !queues.is_any_due(now()));
        assert_eq!(queues.start(until).unwrap().seq, Seq(2));
        assert_eq!(queues.waiting(), 1);
    }

    #[test]
    fn slow_hosts_have_at_most_half_of_the_places() {
        let mut queues = Queues::default();
        for host in 0..40_u64 {
            queues.push(wanted(&format!("slow{host}"), host));
        }
        while queues.hosts.values().any(|host| !host.is_slow) {
            let wanted = queues.start(now()).unwrap();
            queues.end(&host_of(&wanted.url), true, false);
            let seq = Seq(wanted.seq.0 + 100);
            queues.push(Wanted { seq, ..wanted });
        }
        for host in 0..40_u64 {
            queues.push(wanted(&format!("quick{host}"), 1_000 + host));
        }
        let started: Vec<Wanted> = std::iter::from_fn(|| queues.start(now())).collect();
        assert_eq!(started.len(), HOSTS_AT_ONCE);
        let slow = started.iter().filter(|wanted| wanted.url.contains("slow"));
        assert_eq!(slow.count(), SLOW_AT_ONCE);
    }

    #[test]
    fn what_has_no_room_is_given_back_and_nobody_else_waits_for_it() {
        let mut queues = Queues::default();
        let limit = WAITING_PER_HOST_MAX as u64;
        for seq in 1..=limit {
            assert!(queues.push(wanted("long", seq)).is_none());
        }
        let left_out = queues.push(wanted("long", limit + 1)).unwrap();
        assert_eq!(left_out.seq, Seq(1), "the oldest");
        let rest = (WAITING_MAX - WAITING_PER_HOST_MAX) as u64;
        for seq in 0..rest {
            let host = format!("h{}", seq % 100);
            assert!(queues.push(wanted(&host, 10_000 + seq)).is_none());
        }
        let left_out = queues.push(wanted("new", 99_999)).unwrap();
        assert_eq!(left_out.seq, Seq(2), "of the longest queue");
        assert_eq!(queues.waiting(), WAITING_MAX);
    }
}
