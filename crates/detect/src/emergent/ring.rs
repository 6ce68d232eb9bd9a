//! The latest mentions, chained by term, in memory of fixed size: what is older than the ring is long
//! is gone.

use serde::{Deserialize, Serialize};

/// No mention.
pub(super) const NONE: u32 = u32::MAX;

/// A ring of things that are named by their number, counted from the first ever put in.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Ring<T> {
    things: Vec<T>,
    size: usize,
    next: u32,
}

impl<T: Copy> Ring<T> {
    pub(super) fn new(size: usize) -> Self {
        Self {
            things: Vec::new(),
            size: size.clamp(1, 1 << 30),
            next: 0,
        }
    }

    /// Puts one in and gives its number.
    pub(super) fn push(&mut self, thing: T) -> u32 {
        let number = self.next;
        // The numbers begin anew long before one could be mistaken for an older one: see `get`.
        self.next = if number + 1 == NONE { 0 } else { number + 1 };
        let place = number as usize % self.size;
        if place < self.things.len() {
            self.things[place] = thing;
        } else {
            self.things.push(thing);
        }
        number
    }

    /// The thing of a number, where it is still there.
    pub(super) fn get(&self, number: u32) -> Option<&T> {
        let back = self.next.checked_sub(number)? as usize;
        if number == NONE || back == 0 || back > self.size {
            return None;
        }
        self.things.get(number as usize % self.size)
    }

    pub(super) fn bytes(&self) -> usize {
        self.things.capacity() * size_of::<T>()
    }
}
