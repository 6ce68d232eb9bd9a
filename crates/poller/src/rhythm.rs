//! How often a source is worth asking, from how often it brought something.
//!
//! The interval of configuration is the shortest. A source that has been quiet for long, measured by
//! its own pace, is asked less often, down to a third of the interval and never less than twice an
//! hour (so that every hour has a poll, and an hour without one is a gap), and as before once it
//! publishes again.

use std::time::Duration;

use bellwether_model::{Timestamp, interval_max};
use serde::{Deserialize, Serialize};

/// Polls between two items that a source usually brings; with more there is little to gain.
const POLLS_PER_ITEM: u32 = 4;

/// How much a new gap counts against those before it.
const WEIGHT: u64 = 4;

/// What is remembered of when a source brought something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rhythm {
    /// The last poll that brought an item never seen before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    newest_at: Option<Timestamp>,
    /// Seconds between two items, smoothed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gap_s: Option<u64>,
}

impl Rhythm {
    /// Takes note of what a poll brought. The first one brings an archive, which is no pace.
    pub(crate) fn observe(&mut self, items_new: u32, at: Timestamp) {
        if items_new == 0 {
            return;
        }
        if let Some(gap) = self.quiet(at) {
            let gap = (gap / items_new).as_secs();
            self.gap_s = Some(match self.gap_s {
                None => gap,
                Some(before) => (before * (WEIGHT - 1) + gap) / WEIGHT,
            });
        }
        self.newest_at = Some(at);
    }

    /// Between two items, usually; `None` while that is not known.
    pub(crate) fn gap(&self) -> Option<Duration> {
        self.gap_s.map(Duration::from_secs)
    }

    /// The interval from now on.
    pub(crate) fn interval(&self, every: Duration, now: Timestamp) -> Duration {
        let quiet = self.quiet(now).unwrap_or_default();
        let gap = self.gap().unwrap_or_default();
        (quiet.max(gap) / POLLS_PER_ITEM).clamp(every, interval_max(every))
    }

    /// How long it has brought nothing; a time ahead of now is that of a clock that was wrong.
    fn quiet(&self, now: Timestamp) -> Option<Duration> {
        Duration::try_from(now.duration_since(self.newest_at?)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_795_132_800 + minutes * 60).unwrap()
    }

    fn minutes(rhythm: &Rhythm, every: u64, now: i64) -> u64 {
        rhythm
            .interval(Duration::from_secs(every * 60), at(now))
            .as_secs()
            / 60
    }

    #[test]
    fn quiet_sources_are_asked_less_often_and_busy_ones_as_configured() {
        let mut rhythm = Rhythm::default();
        assert_eq!(minutes(&rhythm, 10, 0), 10, "nothing is known");
        rhythm.observe(50, at(0));
        assert_eq!(rhythm.gap(), None, "an archive is no pace");
        assert_eq!(minutes(&rhythm, 10, 10), 10);
        assert_eq!(minutes(&rhythm, 10, 60), 15);
        assert_eq!(minutes(&rhythm, 10, 100), 25);
        assert_eq!(minutes(&rhythm, 10, 10_000), 30, "the longest");
        rhythm.observe(0, at(10_000));
        rhythm.observe(2, at(40));
        assert_eq!(rhythm.gap(), Some(Duration::from_secs(20 * 60)));
        assert_eq!(minutes(&rhythm, 10, 41), 10, "it publishes again");
        assert_eq!(minutes(&rhythm, 10, -5), 10, "a clock that was ahead");
    }

    #[test]
    fn the_longest_interval_leaves_no_hour_without_a_poll() {
        for (every, longest) in [
            (1, 3),
            (10, 30),
            (20, 30),
            (30, 30),
            (60, 60),
            (1_440, 1_440),
        ] {
            let every = Duration::from_secs(every * 60);
            assert_eq!(interval_max(every).as_secs() / 60, longest);
        }
    }

    #[test]
    fn a_pace_is_smoothed() {
        let mut rhythm = Rhythm::default();
        for now in [0, 100, 200, 300] {
            rhythm.observe(1, at(now));
        }
        assert_eq!(rhythm.gap(), Some(Duration::from_secs(6_000)));
        rhythm.observe(1, at(301));
        assert_eq!(rhythm.gap(), Some(Duration::from_secs(4_515)));
    }
}
