//! The last four weeks by the hour, in a fixed amount of memory.

use bellwether_model::Timestamp;

/// Hours that are remembered: the 28 days of a baseline and a day on either side.
pub(crate) const HOURS: usize = 30 * 24;

/// The number of the hour a time lies in, counted from 1970.
pub(crate) fn hour(time: Timestamp) -> i64 {
    time.as_second().div_euclid(3600)
}

/// One value for each of the last [`HOURS`] hours. Older ones are forgotten as newer come.
#[derive(Debug, Clone)]
pub(crate) struct Hours<T> {
    /// The newest hour that has a place.
    newest: i64,
    slots: Box<[T]>,
}

impl<T: Copy + Default> Hours<T> {
    pub(crate) fn new() -> Self {
        Self {
            newest: i64::MIN,
            slots: vec![T::default(); HOURS].into_boxed_slice(),
        }
    }

    /// The value of an hour, to be changed; `None` where it lies too far back.
    pub(crate) fn slot(&mut self, hour: i64) -> Option<&mut T> {
        if hour > self.newest {
            let fresh = hour.saturating_sub(self.newest).min(HOURS as i64);
            for back in 0..fresh {
                self.slots[index(hour - back)] = T::default();
            }
            self.newest = hour;
        }
        (hour > self.newest - HOURS as i64).then(|| &mut self.slots[index(hour)])
    }

    /// The value of an hour; the default where nothing is known of it.
    pub(crate) fn get(&self, hour: i64) -> T {
        if hour > self.newest || hour <= self.newest.saturating_sub(HOURS as i64) {
            return T::default();
        }
        self.slots[index(hour)]
    }
}

fn index(hour: i64) -> usize {
    // A remainder by `HOURS` lies within it.
    usize::try_from(hour.rem_euclid(HOURS as i64)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_so_many_hours_and_no_more() {
        let mut hours: Hours<u32> = Hours::new();
        assert_eq!(hours.get(5), 0);
        for hour in [100, 90, 100, 101] {
            *hours.slot(hour).expect("near") += 1;
        }
        assert_eq!(
            [89, 90, 99, 100, 101, 102].map(|hour| hours.get(hour)),
            [0, 1, 0, 2, 1, 0]
        );
        let far = 100 + HOURS as i64;
        *hours.slot(far).expect("new") = 7;
        assert_eq!(
            [90, 100, 101, far].map(|hour| hours.get(hour)),
            [0, 0, 1, 7]
        );
        assert!(hours.slot(100).is_none());
        *hours.slot(far * 9).expect("new") = 1;
        assert_eq!(hours.get(101), 0);
        assert_eq!(hours.get(i64::MIN), 0);
    }
}
