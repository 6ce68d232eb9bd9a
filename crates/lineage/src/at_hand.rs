//! The texts that were compared or taken in last, so that they need not be read again.

use std::collections::{HashMap, VecDeque};

use crate::Fingerprint;

/// What a text takes beside its fingerprint, about: its places in the map and in the order, and what
/// the allocator adds.
const ENTRY_BYTES: usize = 96;

/// Fingerprints by the place of their text, in bounded memory; the oldest give way.
pub(crate) struct AtHand {
    prints: HashMap<u32, Box<Fingerprint>>,
    order: VecDeque<u32>,
    bytes: usize,
    bytes_max: usize,
}

impl AtHand {
    /// Room for so many bytes, and for one text in any case.
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self {
            prints: HashMap::new(),
            order: VecDeque::new(),
            bytes: 0,
            bytes_max,
        }
    }

    /// The text of a place, which is read where it is not at hand.
    pub(crate) fn get(
        &mut self,
        place: u32,
        read: impl FnOnce() -> Option<Fingerprint>,
    ) -> Option<&Fingerprint> {
        if !self.prints.contains_key(&place) {
            let print = read()?;
            self.put(place, print);
        }
        self.prints.get(&place).map(Box::as_ref)
    }

    /// Keeps a text.
    pub(crate) fn put(&mut self, place: u32, mut print: Fingerprint) {
        // They are not compared here, and lists that grew have as much again of room.
        print.words = Vec::new();
        for list in [&mut print.grams, &mut print.quoted] {
            list.shrink_to_fit();
        }
        let added = print.bytes() + ENTRY_BYTES;
        if let Some(old) = self.prints.remove(&place) {
            self.bytes -= old.bytes() + ENTRY_BYTES;
        } else {
            self.order.push_back(place);
        }
        while self.bytes + added > self.bytes_max
            && let Some(oldest) = self.order.pop_front()
        {
            if oldest == place {
                self.order.push_back(place);
                if self.order.len() == 1 {
                    break;
                }
            } else if let Some(old) = self.prints.remove(&oldest) {
                self.bytes -= old.bytes() + ENTRY_BYTES;
            }
        }
        self.prints.insert(place, Box::new(print));
        self.bytes += added;
    }

    /// The bytes it takes, about.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::tests::print;

    fn text(number: u32) -> Fingerprint {
        let words: Vec<String> = (0..60).map(|word| format!("word{number}x{word}")).collect();
        print("", &words.join(" "))
    }

    #[test]
    fn a_text_put_again_counts_once() {
        let mut at_hand = AtHand::new(1 << 20);
        at_hand.put(1, text(1));
        let bytes = at_hand.bytes();
        for _ in 0..10 {
            at_hand.put(1, text(1));
        }
        assert_eq!(at_hand.bytes(), bytes);
        assert_eq!(at_hand.order.len(), 1);
    }

    #[test]
    fn the_oldest_give_way_and_the_one_asked_for_is_there() {
        let one = {
            let mut at_hand = AtHand::new(0);
            at_hand.put(0, text(0));
            at_hand.bytes()
        };
        let mut at_hand = AtHand::new(4 * one + one / 2);
        for place in 0..100 {
            assert!(at_hand.get(place, || Some(text(place))).is_some());
            assert!(at_hand.bytes() <= 4 * one + one / 2);
        }
        for place in 90..100 {
            let mut is_read = false;
            at_hand.get(place, || {
                is_read = true;
                None
            });
            assert_eq!(is_read, place < 96, "{place}");
        }
        let mut none = AtHand::new(0);
        for place in 0..10 {
            assert!(none.get(place, || Some(text(place))).is_some());
            assert_eq!((none.prints.len(), none.order.len()), (1, 1));
        }
    }
}
