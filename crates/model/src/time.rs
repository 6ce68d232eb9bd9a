//! Two clocks, and which one is believed (DESIGN 4.4).
//!
//! `seen` is when we first received an item; `published` is what its source claims. The claim is
//! believed only where it can be true: an article that was not there at the last complete poll was
//! not published long before it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use jiff::Timestamp;

/// A feed's `published` may run ahead of our clock by this much and still be believed.
pub const PUBLISHED_AHEAD_MAX: Duration = Duration::from_secs(5 * 60);

/// Beside two intervals, how much earlier than the last complete poll a claim may lie: outlets
/// publish with the time at which an editor began to write.
pub const BELIEF_SLACK: Duration = Duration::from_secs(3600);

/// No news feed is older than this (1995-01-01); earlier dates are units mistaken or zero.
const EARLIEST_PLAUSIBLE: i64 = 788_918_400;

/// Where "now" comes from. One implementation reads the machine's clock; tests and the demo bring
/// their own.
pub trait Clock: Send + Sync {
    /// The present time.
    fn now(&self) -> Timestamp;
}

/// A length of time as people write it: a whole number and one of `s`, `m`, `h`, `d`.
#[must_use]
pub fn parse_length(text: &str) -> Option<Duration> {
    let unit = text.chars().next_back()?;
    let number = text.strip_suffix(unit)?;
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return None,
    };
    let number: u64 = number.parse().ok()?;
    number.checked_mul(seconds).map(Duration::from_secs)
}

/// Why an item stands at the time at which it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeReason {
    /// The source's claim is believed.
    Published,
    /// The claim leaves its zone or the order of its numbers open; read as the country of the source
    /// writes, it is believed.
    Assumed,
    /// The claim names a day and no time: the last moment of it that is not after `seen`.
    Day,
    /// The claim lies ahead of our clock: `seen` is used.
    Future,
    /// The claim lies before the last complete poll that did not have the item: `seen` is used.
    Backdated,
    /// The claim is older than any feed: `seen` is used.
    Implausible,
    /// There is no claim: `seen` is used.
    Missing,
    /// There is a claim whose zone nobody knows: `seen` is used.
    NoZone,
    /// There is a claim that we cannot read: `seen` is used.
    Unreadable,
}

impl TimeReason {
    /// The word used in stores, API and page.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Assumed => "assumed",
            Self::Day => "day",
            Self::Future => "future",
            Self::Backdated => "backdated",
            Self::Implausible => "implausible",
            Self::Missing => "missing",
            Self::NoZone => "no-zone",
            Self::Unreadable => "unreadable",
        }
    }

    /// The reason behind a word of [`Self::as_str`].
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [
            Self::Published,
            Self::Assumed,
            Self::Day,
            Self::Future,
            Self::Backdated,
            Self::Implausible,
            Self::Missing,
            Self::NoZone,
            Self::Unreadable,
        ]
        .into_iter()
        .find(|reason| reason.as_str() == word)
    }
}

/// The earliest time at which an item that is new now can have been published, given the last
/// complete poll of its source. `None` (first poll, import) means that any past is possible.
#[must_use]
pub fn earliest_belief(
    last_complete_poll: Option<Timestamp>,
    every: Duration,
) -> Option<Timestamp> {
    last_complete_poll.and_then(|at| at.checked_sub(2 * every + BELIEF_SLACK).ok())
}

/// Chooses the time of an item from both clocks. `has_claim` says that the source gave a date, be
/// it readable (`published`) or not; `earliest` comes from [`earliest_belief`].
#[must_use]
pub fn believe(
    published: Option<Timestamp>,
    has_claim: bool,
    seen: Timestamp,
    earliest: Option<Timestamp>,
) -> (Timestamp, TimeReason) {
    let Some(published) = published else {
        let reason = if has_claim {
            TimeReason::Unreadable
        } else {
            TimeReason::Missing
        };
        return (seen, reason);
    };
    let latest = seen
        .checked_add(PUBLISHED_AHEAD_MAX)
        .unwrap_or(Timestamp::MAX);
    if published > latest {
        (seen, TimeReason::Future)
    } else if published.as_second() < EARLIEST_PLAUSIBLE {
        (seen, TimeReason::Implausible)
    } else if earliest.is_some_and(|earliest| published < earliest) {
        (seen, TimeReason::Backdated)
    } else {
        (published, TimeReason::Published)
    }
}

/// A half-open stretch of time: `from <= t < to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub to: Timestamp,
}

impl Span {
    /// Whether a time lies within.
    #[must_use]
    pub fn contains(&self, time: Timestamp) -> bool {
        self.from <= time && time < self.to
    }

    /// The stretch of length `length` that ends at `to`.
    #[must_use]
    pub fn ending(to: Timestamp, length: Duration) -> Self {
        Self {
            from: to.checked_sub(length).unwrap_or(Timestamp::MIN),
            to,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn t(text: &str) -> Timestamp {
        text.parse().expect("test time")
    }

    #[test]
    fn beliefs() {
        let seen = t("2026-11-20T12:00:00Z");
        let earliest = earliest_belief(Some(t("2026-11-20T11:50:00Z")), Duration::from_secs(600));
        assert_eq!(earliest, Some(t("2026-11-20T10:30:00Z")));
        for (claim, earliest, expected) in [
            ("2026-11-20T11:55:00Z", earliest, TimeReason::Published),
            ("2026-11-20T12:05:00Z", earliest, TimeReason::Published),
            ("2026-11-20T12:05:01Z", earliest, TimeReason::Future),
            ("2026-11-20T10:29:59Z", earliest, TimeReason::Backdated),
            ("2026-11-18T00:00:00Z", None, TimeReason::Published),
            ("1970-01-21T18:39:36Z", None, TimeReason::Implausible),
        ] {
            let (time, reason) = believe(Some(t(claim)), true, seen, earliest);
            assert_eq!(reason, expected, "{claim}");
            assert_eq!(
                time,
                if expected == TimeReason::Published {
                    t(claim)
                } else {
                    seen
                }
            );
        }
        assert_eq!(
            believe(None, true, seen, None),
            (seen, TimeReason::Unreadable)
        );
        assert_eq!(
            believe(None, false, seen, None),
            (seen, TimeReason::Missing)
        );
    }
}
