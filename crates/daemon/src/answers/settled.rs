//! Counts of hours that are over, which are asked for again and again: kept until the hour is over in which
//! they were counted. What comes late into them is counted an hour later; what is of now never comes from here.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use bellwether_api::Problem;

/// More than is shown at once; beyond it all is counted anew.
const KEPT_MAX: usize = 512;

/// Counts by what was counted, all of one hour.
#[derive(Debug)]
pub(super) struct Settled<T>(Mutex<Kept<T>>);

impl<T> Default for Settled<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

#[derive(Debug)]
struct Kept<T> {
    hour: i64,
    counts: BTreeMap<String, T>,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self {
            hour: i64::MIN,
            counts: BTreeMap::new(),
        }
    }
}

impl<T: Clone> Settled<T> {
    /// What was counted in this hour, or is counted now. What fails is not kept, nor what was counted while not
    /// all could be.
    pub(super) fn of(
        &self,
        hour: i64,
        what: &str,
        is_whole: bool,
        count: impl FnOnce() -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        if let Some(counts) = self.kept(hour).counts.get(what) {
            return Ok(counts.clone());
        }
        // Nobody waits for it: who asks meanwhile counts too.
        let counts = count()?;
        if !is_whole {
            return Ok(counts);
        }
        let mut kept = self.kept(hour);
        if kept.counts.len() >= KEPT_MAX {
            kept.counts.clear();
        }
        kept.counts.insert(what.to_owned(), counts.clone());
        Ok(counts)
    }

    /// Counts all anew, as another configuration wants it.
    pub(super) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Kept::default();
    }

    fn kept(&self, hour: i64) -> std::sync::MutexGuard<'_, Kept<T>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.hour != hour {
            *kept = Kept {
                hour,
                counts: BTreeMap::new(),
            };
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_kept_for_its_hour() {
        let settled = Settled::default();
        let count = |number: u32| move || Ok(number);
        assert_eq!(settled.of(7, "a", false, count(9)), Ok(9));
        assert_eq!(settled.of(7, "a", true, count(1)), Ok(1));
        assert_eq!(settled.of(7, "a", true, count(2)), Ok(1));
        assert_eq!(settled.of(7, "b", true, count(3)), Ok(3));
        assert_eq!(settled.of(8, "a", true, count(4)), Ok(4));
    }

    #[test]
    fn a_failure_is_not_kept_and_what_is_kept_is_bounded() {
        let settled = Settled::default();
        let fails = || Err(crate::answers::parameter("q", "no"));
        assert!(settled.of(7, "a", true, fails).is_err());
        assert_eq!(settled.of(7, "a", true, || Ok(1)), Ok(1));
        for number in 0..KEPT_MAX * 2 {
            let _ = settled.of(7, &number.to_string(), true, || Ok(1));
        }
        assert!(settled.kept(7).counts.len() <= KEPT_MAX);
    }
}
