//! The latest mentions, chained by term, in memory of fixed size: what is older than the ring is long
//! is gone. All of its memory is taken when it is made, so that a machine that has room for the first
//! day has room for the thirtieth.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// No mention.
pub(super) const NONE: u32 = u32::MAX;

/// A ring of things that are named by their number, counted from the first ever put in.
#[derive(Debug)]
pub(super) struct Ring<T> {
    things: Vec<T>,
    /// Places that hold a thing; the others wait for one.
    filled: usize,
    next: u32,
}

impl<T: Copy + Default> Ring<T> {
    pub(super) fn new(size: usize) -> Self {
        Self {
            things: vec![T::default(); size.clamp(1, 1 << 30)],
            filled: 0,
            next: 0,
        }
    }

    /// Puts one in and gives its number.
    pub(super) fn push(&mut self, thing: T) -> u32 {
        let number = self.next;
        // The numbers begin anew long before one could be mistaken for an older one: see `get`.
        self.next = if number + 1 == NONE { 0 } else { number + 1 };
        let place = number as usize % self.things.len();
        self.things[place] = thing;
        self.filled = self.filled.max(place + 1);
        number
    }

    /// The thing of a number, where it is still there.
    pub(super) fn get(&self, number: u32) -> Option<&T> {
        let back = self.next.checked_sub(number)? as usize;
        if number == NONE || back == 0 || back > self.things.len() {
            return None;
        }
        self.things.get(number as usize % self.things.len())
    }

    pub(super) fn bytes(&self) -> usize {
        self.things.capacity() * size_of::<T>()
    }
}

/// What waits for a thing is not written.
impl<T: Serialize> Serialize for Ring<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let filled = &self.things[..self.filled];
        (filled, self.things.len(), self.next).serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de> + Copy + Default> Deserialize<'de> for Ring<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (filled, size, next) = <(Vec<T>, usize, u32)>::deserialize(deserializer)?;
        let mut ring = Self {
            next,
            ..Self::new(size)
        };
        for (place, thing) in ring.things.iter_mut().zip(filled) {
            *place = thing;
            ring.filled += 1;
        }
        Ok(ring)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_older_than_the_ring_is_long_is_gone_and_the_rest_outlives_being_written() {
        let mut ring = Ring::new(3);
        for thing in 1..=2_u32 {
            ring.push(thing);
        }
        assert_eq!(
            (ring.get(0), ring.get(1), ring.get(2)),
            (Some(&1), Some(&2), None)
        );
        let taken = ring.bytes();
        for last in [2, 5] {
            while ring.next < last {
                ring.push(ring.next + 1);
            }
            let written = serde_json::to_string(&ring).unwrap();
            let again: Ring<u32> = serde_json::from_str(&written).unwrap();
            for number in 0..6 {
                assert_eq!(again.get(number), ring.get(number), "{number} of {last}");
            }
            assert_eq!((again.next, again.filled), (ring.next, ring.filled));
        }
        assert_eq!(
            (ring.get(1), ring.get(2), ring.get(4)),
            (None, Some(&3), Some(&5))
        );
        assert_eq!(ring.bytes(), taken);
    }
}
