//! How fast a sender may be: a bucket for each channel, chat, room or address.

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// So many at once, and one more for each time that has passed since.
pub(super) struct Pace {
    burst: u32,
    every: Duration,
    /// For each key, when its bucket will be full again.
    full_at: HashMap<String, Instant>,
}

impl Pace {
    pub(super) fn new(burst: u32, every: Duration) -> Self {
        Self {
            burst: burst.max(1),
            every,
            full_at: HashMap::new(),
        }
    }

    /// A pace nobody exceeds.
    pub(super) fn unlimited() -> Self {
        Self::new(1, Duration::ZERO)
    }

    pub(super) const fn burst(&self) -> u32 {
        self.burst
    }

    pub(super) const fn is_limited(&self) -> bool {
        !self.every.is_zero()
    }

    /// How many of a key would pass at once, and when all would again.
    pub(super) fn left(&self, key: &str, now: Instant) -> (u32, Duration) {
        if !self.is_limited() {
            return (self.burst, Duration::ZERO);
        }
        let owed = self.owed(key, now);
        let used = owed.as_nanos().div_ceil(self.every.as_nanos());
        let used = u32::try_from(used).unwrap_or(u32::MAX);
        (self.burst.saturating_sub(used), owed)
    }

    /// Takes one of a key.
    ///
    /// # Errors
    /// How long to wait, where there is none.
    pub(super) fn take(&mut self, key: &str, now: Instant) -> Result<(), Duration> {
        let owed = self.owed(key, now) + self.every;
        let allowed = self.every * self.burst;
        if owed > allowed {
            return Err(owed - allowed);
        }
        self.full_at.insert(key.to_owned(), now + owed);
        Ok(())
    }

    fn owed(&self, key: &str, now: Instant) -> Duration {
        self.full_at
            .get(key)
            .map_or(Duration::ZERO, |full| full.saturating_duration_since(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_then_one_for_each_interval() {
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let mut pace = Pace::new(2, Duration::from_secs(1));
        assert_eq!(pace.take("a", at(0)), Ok(()));
        assert_eq!(pace.left("a", at(0)), (1, Duration::from_secs(1)));
        assert_eq!(pace.take("a", at(0)), Ok(()));
        assert_eq!(pace.take("a", at(0)), Err(Duration::from_secs(1)));
        assert_eq!(pace.take("a", at(400)), Err(Duration::from_millis(600)));
        assert_eq!(pace.take("b", at(400)), Ok(()), "each key has its own");
        assert_eq!(pace.take("a", at(1000)), Ok(()));
        assert!(pace.take("a", at(1000)).is_err());
        assert_eq!(pace.left("a", at(9000)), (2, Duration::ZERO));
    }

    #[test]
    fn nobody_exceeds_no_limit() {
        let mut pace = Pace::unlimited();
        let now = Instant::now();
        assert!((0..1000).all(|_| pace.take("a", now).is_ok()));
    }
}
