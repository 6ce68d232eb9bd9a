//! Slowed log-ins: who fails waits, longer each time. Whoever guesses the password of a user from many
//! addresses is slowed too, and yet cannot keep the user out for long.

use std::collections::HashMap;
use std::net::IpAddr;

use bellwether_model::Timestamp;
use jiff::SignedDuration;

/// Failures that cost nothing: people mistype.
const FREE: u32 = 3;

/// The longest wait of one address that tries one name.
const WAIT_MAX: SignedDuration = SignedDuration::from_mins(15);

/// The longest wait of everybody who tries one name, and of one address that tries many.
const WAIT_MAX_OF_ALL: SignedDuration = SignedDuration::from_secs(15);

/// Failures are forgotten after so long without another.
const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// Names and addresses that are remembered at most; more are an attack, and the oldest are let go.
const REMEMBERED_MAX: usize = 10_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Both(String, IpAddr),
    Name(String),
    Address(IpAddr),
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Timestamp,
}

/// Who failed to log in, and how often.
#[derive(Debug, Default)]
pub struct Throttle {
    failures: HashMap<Key, Failures>,
}

impl Throttle {
    /// How long this name must wait at this address; `None` where it may be tried.
    #[must_use]
    pub fn wait(
        &self,
        name: &str,
        address: Option<IpAddr>,
        now: Timestamp,
    ) -> Option<SignedDuration> {
        let waits = keys(name, address).into_iter().filter_map(|key| {
            let failures = self.failures.get(&key)?;
            let ends = failures
                .last
                .checked_add(wait_after(&key, failures.count))
                .ok()?;
            let left = ends.duration_since(now);
            left.is_positive().then_some(left)
        });
        waits.max()
    }

    /// It failed.
    pub fn failed(&mut self, name: &str, address: Option<IpAddr>, now: Timestamp) {
        self.failures
            .retain(|_, failures| now.duration_since(failures.last) < FORGOTTEN_AFTER);
        for key in keys(name, address) {
            if self.failures.len() >= REMEMBERED_MAX && !self.failures.contains_key(&key) {
                let oldest = self
                    .failures
                    .iter()
                    .min_by_key(|(_, failures)| failures.last);
                if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                    self.failures.remove(&oldest);
                }
            }
            let failures = self.failures.entry(key).or_insert(Failures {
                count: 0,
                last: now,
            });
            failures.count = failures.count.saturating_add(1);
            failures.last = now;
        }
    }

    /// It succeeded, after it was counted as a failure: what this address did wrong with this name is
    /// forgotten, and it counts for nobody else.
    pub fn succeeded(&mut self, name: &str, address: Option<IpAddr>) {
        for key in keys(name, address) {
            match &key {
                Key::Both(..) => {
                    self.failures.remove(&key);
                }
                Key::Name(_) | Key::Address(_) => {
                    if let Some(failures) = self.failures.get_mut(&key) {
                        failures.count = failures.count.saturating_sub(1);
                    }
                }
            }
        }
    }
}

/// Without an address of their own, as behind a proxy, only the name tells who tries.
fn keys(name: &str, address: Option<IpAddr>) -> Vec<Key> {
    let mut keys = vec![Key::Name(name.to_owned())];
    if let Some(address) = address {
        keys.push(Key::Both(name.to_owned(), address));
        keys.push(Key::Address(address));
    }
    keys
}

/// Doubled with each failure after the free ones. Alone, a name and an address have more of those: a team
/// may share an address.
fn wait_after(key: &Key, count: u32) -> SignedDuration {
    let (free, most) = match key {
        Key::Both(..) => (FREE, WAIT_MAX),
        Key::Name(_) | Key::Address(_) => (10 * FREE, WAIT_MAX_OF_ALL),
    };
    match count.checked_sub(free) {
        None | Some(0) => SignedDuration::ZERO,
        Some(over) => most.min(SignedDuration::from_secs(1_i64 << over.min(20))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)));

    fn t(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn address(n: u32) -> Option<IpAddr> {
        Some(IpAddr::V4(std::net::Ipv4Addr::from(0x0A00_0000 + n)))
    }

    #[test]
    fn who_fails_waits_longer_each_time() {
        let mut throttle = Throttle::default();
        let mut waits = Vec::new();
        for _ in 0..20 {
            throttle.failed("lin", HOME, t(0));
            waits.push(
                throttle
                    .wait("lin", HOME, t(0))
                    .map_or(0, |wait| wait.as_secs()),
            );
        }
        assert_eq!(waits[..7], [0, 0, 0, 2, 4, 8, 16]);
        assert_eq!(waits[19], 900);
        assert_eq!(throttle.wait("lin", HOME, t(900)), None);
        // Others are not kept waiting by it.
        assert_eq!(throttle.wait("ana", address(2), t(0)), None);
        assert_eq!(throttle.wait("lin", address(2), t(0)), None);
        throttle.succeeded("lin", HOME);
        assert_eq!(throttle.wait("lin", HOME, t(0)), None);
    }

    #[test]
    fn many_addresses_slow_a_name_and_do_not_lock_it() {
        let mut throttle = Throttle::default();
        for n in 0..1_000 {
            throttle.failed("lin", address(n), t(0));
        }
        let wait = throttle.wait("lin", HOME, t(0)).unwrap();
        assert_eq!(wait, WAIT_MAX_OF_ALL);
        // One address that tries many names too.
        for n in 0..1_000 {
            throttle.failed(&format!("user{n}"), HOME, t(0));
        }
        assert_eq!(throttle.wait("other", HOME, t(0)), Some(WAIT_MAX_OF_ALL));
        assert_eq!(throttle.wait("other", HOME, t(20)), None);
    }

    #[test]
    fn behind_a_proxy_nobody_is_locked_out_for_long() {
        let mut throttle = Throttle::default();
        for _ in 0..10_000 {
            throttle.failed("lin", None, t(0));
        }
        assert_eq!(throttle.wait("lin", None, t(0)), Some(WAIT_MAX_OF_ALL));
        assert_eq!(throttle.wait("ana", None, t(0)), None);
    }

    #[test]
    fn what_is_remembered_is_bounded_and_forgotten() {
        let mut throttle = Throttle::default();
        for n in 0..6_000 {
            throttle.failed(&format!("user{n}"), address(n), t(i64::from(n)));
        }
        assert!(throttle.failures.len() <= REMEMBERED_MAX);
        throttle.failed("lin", HOME, t(100_000));
        assert_eq!(throttle.failures.len(), 3);
    }
}
