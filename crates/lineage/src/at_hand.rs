//! The texts that were compared or taken in last, so that they need not be read again.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use crate::{Details, Fingerprint};

/// What a text takes beside its lists, about: its places in the map and in the order, and what the
/// allocator adds.
const ENTRY_BYTES: usize = 112;

struct Kept {
    print: Fingerprint,
    /// Where they were looked at.
    details: Option<Arc<Details>>,
}

impl Kept {
    fn bytes(&self) -> usize {
        let details = self.details.as_ref().map_or(0, |details| details.bytes());
        self.print.bytes() + details + ENTRY_BYTES
    }
}

/// What is compared of texts, by their place, in bounded memory; the oldest give way.
pub(crate) struct AtHand {
    kept: HashMap<u32, Box<Kept>>,
    order: VecDeque<u32>,
    bytes: usize,
    bytes_max: usize,
}

impl AtHand {
    /// Room for so many bytes, and for one text in any case.
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self {
            kept: HashMap::new(),
            order: VecDeque::new(),
            bytes: 0,
            bytes_max,
        }
    }

    /// The fingerprint of the text of a place, which is read where it is not at hand.
    pub(crate) fn print(
        &mut self,
        place: u32,
        read: impl FnOnce() -> Option<Fingerprint>,
    ) -> Option<&Fingerprint> {
        if !self.kept.contains_key(&place) {
            let print = read()?;
            self.put(place, print, None);
        }
        self.kept.get(&place).map(|kept| &kept.print)
    }

    /// The details of the text of a place, likewise.
    pub(crate) fn details(
        &mut self,
        place: u32,
        read: impl FnOnce() -> Option<Details>,
    ) -> Option<Arc<Details>> {
        let known = self.kept.get(&place).and_then(|kept| kept.details.clone());
        if known.is_some() {
            return known;
        }
        let details = Arc::new(read()?);
        if let Some(kept) = self.kept.get_mut(&place) {
            kept.details = Some(details.clone());
            self.bytes += details.bytes();
            self.make_room(place);
        }
        Some(details)
    }

    /// Keeps a text.
    pub(crate) fn put(
        &mut self,
        place: u32,
        mut print: Fingerprint,
        details: Option<Arc<Details>>,
    ) {
        // They are not compared here, and lists that grew have as much again of room.
        print.words = Vec::new();
        for list in [&mut print.grams, &mut print.quoted] {
            list.shrink_to_fit();
        }
        let kept = Box::new(Kept { print, details });
        self.bytes += kept.bytes();
        match self.kept.insert(place, kept) {
            Some(old) => self.bytes -= old.bytes(),
            None => self.order.push_back(place),
        }
        self.make_room(place);
    }

    /// Gives up the oldest, but not the text of a place, until there is room.
    fn make_room(&mut self, place: u32) {
        while self.bytes > self.bytes_max && self.order.len() > 1 {
            let Some(oldest) = self.order.pop_front() else {
                break;
            };
            if oldest == place {
                self.order.push_back(place);
            } else if let Some(old) = self.kept.remove(&oldest) {
                self.bytes -= old.bytes();
            }
        }
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
        at_hand.put(1, text(1), None);
        let bytes = at_hand.bytes();
        for _ in 0..10 {
            at_hand.put(1, text(1), None);
        }
        assert_eq!(at_hand.bytes(), bytes);
        assert_eq!(at_hand.order.len(), 1);
    }

    #[test]
    fn the_oldest_give_way_and_the_one_asked_for_is_there() {
        let one = {
            let mut at_hand = AtHand::new(0);
            at_hand.put(0, text(0), None);
            at_hand.bytes()
        };
        let mut at_hand = AtHand::new(4 * one + one / 2);
        for place in 0..100 {
            assert!(at_hand.print(place, || Some(text(place))).is_some());
            assert!(at_hand.bytes() <= 4 * one + one / 2);
        }
        for place in 90..100 {
            let mut is_read = false;
            at_hand.print(place, || {
                is_read = true;
                None
            });
            assert_eq!(is_read, place < 96, "{place}");
        }
        let mut none = AtHand::new(0);
        for place in 0..10 {
            assert!(none.print(place, || Some(text(place))).is_some());
            assert_eq!((none.kept.len(), none.order.len()), (1, 1));
        }
    }

    #[test]
    fn details_are_found_once_and_count() {
        let mut at_hand = AtHand::new(1 << 20);
        at_hand.put(1, text(1), None);
        let (bytes, mut reads) = (at_hand.bytes(), 0);
        for _ in 0..10 {
            let details = at_hand.details(1, || {
                reads += 1;
                Some(Details::default())
            });
            assert!(details.is_some());
        }
        assert_eq!(reads, 1);
        assert!(at_hand.bytes() > bytes);
        // Of a text that is not at hand they are found, and not kept.
        assert!(at_hand.details(2, || Some(Details::default())).is_some());
        assert_eq!(at_hand.kept.len(), 1);
        at_hand.put(1, text(1), None);
        assert_eq!(at_hand.bytes(), bytes);
    }
}
