//! The texts that were compared or taken in last, so that they need not be read again.
//!
//! Fingerprints are kept as numbers in one ring, whose newest overwrite the oldest: lists of their own,
//! each as long as its text, would leave the memory so full of holes that all else waits for it.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use crate::hash::BuildMix;
use crate::marks::Marks;
use crate::{Details, Fingerprint};

/// What a text takes beside its numbers, at most: its places in the map and in the order.
const ENTRY_BYTES: usize = 40;

/// Of eight parts of the memory, those for numbers, for details and for the places of texts.
const PARTS: [usize; 3] = [5, 2, 1];

/// What is compared of texts, by their place, in bounded memory; the oldest give way.
pub(crate) struct AtHand {
    ring: Vec<u32>,
    /// Where the next text is put.
    next: usize,
    /// Up to where the ring was ever used.
    used: usize,
    /// The texts in the ring, the oldest first, with where they begin.
    order: VecDeque<(u32, u32)>,
    kept: HashMap<u32, u32, BuildMix>,
    texts_max: usize,
    /// The one that was asked for.
    asked: Fingerprint,
    packed: Vec<u32>,
    details: DetailsAtHand,
}

#[derive(Default)]
struct DetailsAtHand {
    kept: HashMap<u32, Arc<Details>, BuildMix>,
    order: VecDeque<u32>,
    bytes: usize,
    bytes_max: usize,
}

impl AtHand {
    /// Room for so many bytes, below 16 GiB.
    pub(crate) fn new(bytes_max: usize) -> Self {
        let [ring, details, places] = PARTS.map(|parts| bytes_max / 8 * parts);
        Self {
            // Taken from the system where it is written to.
            ring: vec![0; ring / size_of::<u32>()],
            texts_max: places / ENTRY_BYTES,
            next: 0,
            used: 0,
            order: VecDeque::new(),
            kept: HashMap::default(),
            asked: Fingerprint::default(),
            packed: Vec::new(),
            details: DetailsAtHand {
                bytes_max: details,
                ..DetailsAtHand::default()
            },
        }
    }

    /// The fingerprint of the text of a place, which is read where it is not at hand.
    pub(crate) fn print(
        &mut self,
        place: u32,
        read: impl FnOnce() -> Option<Fingerprint>,
    ) -> Option<&Fingerprint> {
        if let Some(start) = self.kept.get(&place) {
            unpack(&self.ring[*start as usize..], &mut self.asked);
        } else {
            let read = read()?;
            self.put(place, &read, None);
            self.asked = read;
        }
        Some(&self.asked)
    }

    /// The details of the text of a place, likewise.
    pub(crate) fn details(
        &mut self,
        place: u32,
        read: impl FnOnce() -> Option<Details>,
    ) -> Option<Arc<Details>> {
        if let Some(known) = self.details.kept.get(&place) {
            return Some(known.clone());
        }
        let details = Arc::new(read()?);
        self.details.put(place, details.clone());
        Some(details)
    }

    /// Keeps a text.
    pub(crate) fn put(&mut self, place: u32, print: &Fingerprint, details: Option<Arc<Details>>) {
        if let Some(details) = details {
            self.details.put(place, details);
        }
        self.packed.clear();
        pack(print, &mut self.packed);
        let length = self.packed.len();
        if length > self.ring.len() || self.texts_max == 0 {
            return;
        }
        if self.next + length > self.ring.len() {
            self.give_up(self.next..self.ring.len());
            self.next = 0;
        }
        let place_of = self.next..self.next + length;
        self.give_up(place_of.clone());
        if self.order.len() >= self.texts_max {
            self.give_up_oldest();
        }
        let start = place_of.start as u32;
        self.order.push_back((place, start));
        self.kept.insert(place, start);
        self.next = place_of.end;
        self.used = self.used.max(self.next);
        self.ring[place_of].copy_from_slice(&self.packed);
    }

    /// Gives up the texts that begin in a part of the ring, which are the oldest.
    fn give_up(&mut self, part: std::ops::Range<usize>) {
        let begins_there = |(_, start): &(u32, u32)| part.contains(&(*start as usize));
        while self.order.front().is_some_and(begins_there) {
            self.give_up_oldest();
        }
    }

    fn give_up_oldest(&mut self) {
        // It may have been put again.
        if let Some((place, start)) = self.order.pop_front()
            && self.kept.get(&place) == Some(&start)
        {
            self.kept.remove(&place);
        }
    }

    /// The bytes it takes, about.
    pub(crate) fn bytes(&self) -> usize {
        self.used * size_of::<u32>() + self.order.len() * ENTRY_BYTES + self.details.bytes
    }
}

impl DetailsAtHand {
    fn put(&mut self, place: u32, details: Arc<Details>) {
        self.bytes += details.bytes() + ENTRY_BYTES;
        match self.kept.insert(place, details) {
            Some(old) => self.bytes -= old.bytes() + ENTRY_BYTES,
            None => self.order.push_back(place),
        }
        while self.bytes > self.bytes_max
            && let Some(oldest) = self.order.pop_front()
        {
            let old = self.kept.remove(&oldest);
            self.bytes -= old.map_or(0, |old| old.bytes() + ENTRY_BYTES);
        }
    }
}

/// The lists of a fingerprint, but for the words, which are not compared here.
const LISTS: usize = 10;

/// A fingerprint as numbers: how long each list is, then the lists.
fn pack(print: &Fingerprint, packed: &mut Vec<u32>) {
    let Fingerprint {
        grams,
        quoted,
        named,
        words: _,
        figures,
        marks: Marks {
            numbers,
            parts,
            names,
        },
        places,
        title,
        links,
    } = print;
    let lists = [grams, quoted, named, numbers, parts, title, links];
    let pairs = [names, places];
    let lengths = lists.iter().map(|list| list.len());
    let lengths = lengths.chain(pairs.iter().map(|list| list.len()));
    let lengths = lengths.chain([figures.len()]);
    packed.extend(lengths.map(|length| length as u32));
    lists.iter().for_each(|list| packed.extend_from_slice(list));
    for list in pairs {
        packed.extend(list.iter().flat_map(|(first, second)| [*first, *second]));
    }
    let halves = |figure: &u64| [(*figure >> 32) as u32, *figure as u32];
    packed.extend(figures.iter().flat_map(halves));
}

/// The fingerprint that numbers begin with.
fn unpack(packed: &[u32], print: &mut Fingerprint) {
    let (lengths, mut rest) = packed.split_at(LISTS);
    let mut lengths = lengths.iter().map(|length| *length as usize);
    let mut next = |wide: usize| {
        let (list, others) = rest.split_at(wide * lengths.next().unwrap_or(0));
        rest = others;
        list
    };
    let Fingerprint {
        grams,
        quoted,
        named,
        words,
        figures,
        marks: Marks {
            numbers,
            parts,
            names,
        },
        places,
        title,
        links,
    } = print;
    for list in [grams, quoted, named, numbers, parts, title, links] {
        list.clear();
        list.extend_from_slice(next(1));
    }
    for list in [names, places] {
        list.clear();
        list.extend(next(2).chunks_exact(2).map(|pair| (pair[0], pair[1])));
    }
    words.clear();
    figures.clear();
    let halves = next(2).chunks_exact(2);
    figures.extend(halves.map(|half| u64::from(half[0]) << 32 | u64::from(half[1])));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::tests::print;

    fn text(number: u32) -> Fingerprint {
        let words: Vec<String> = (0..60).map(|word| format!("word{number}x{word}")).collect();
        print("", &words.join(" "))
    }

    /// Room for so many of these texts.
    fn room(texts: usize) -> AtHand {
        let mut packed = Vec::new();
        pack(&text(10), &mut packed);
        let bytes = texts * packed.len() * size_of::<u32>();
        AtHand::new((bytes / PARTS[0] + 1) * 8)
    }

    #[test]
    fn a_fingerprint_comes_back_as_it_was_put_in() {
        let long = "The council of Mill Lane counted 1,250 ballots on May 3 \"before noon and after it\". ";
        let texts = [
            print("", ""),
            print(
                "台積電第3季營收增12%,《選罷法》修正 https://news.example/a",
                "",
            ),
            print("Part 3: Mayor Ada Lin opens 24 stations", &long.repeat(2)),
            print(
                "Mayor opens stations",
                &format!(
                    "{}{long}",
                    (0..90)
                        .map(|n| format!("word{n}x of {n} "))
                        .collect::<String>()
                ),
            ),
        ];
        let mut at_hand = AtHand::new(1 << 20);
        for (place, text) in (0..).zip(&texts) {
            at_hand.put(place, text, None);
        }
        for (place, text) in texts.into_iter().enumerate().rev() {
            let found = at_hand
                .print(place as u32, || None)
                .cloned()
                .map(|mut found| {
                    found.words.clone_from(&text.words);
                    found
                });
            assert_eq!(found, Some(text));
        }
    }

    #[test]
    fn the_oldest_give_way_and_the_one_asked_for_is_there() {
        let mut at_hand = room(4);
        for place in 0..100 {
            let found = at_hand.print(place, || Some(text(place))).cloned();
            assert_eq!(found, Some(text(place)));
            assert!(at_hand.order.len() <= 5);
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
            assert_eq!(none.print(place, || Some(text(place))), Some(&text(place)));
            assert_eq!((none.kept.len(), none.order.len()), (0, 0));
        }
    }

    #[test]
    fn a_text_put_again_is_there_until_its_last_place_is_needed() {
        let mut at_hand = room(4);
        for place in [10, 11, 10, 12, 13, 14] {
            at_hand.put(place, &text(place), None);
        }
        for place in [10, 12, 13, 14] {
            let found = at_hand.print(place, || None).map(|found| &found.grams);
            assert_eq!(found, Some(&text(place).grams));
        }
        assert_eq!(at_hand.print(11, || None), None);
    }

    #[test]
    fn details_are_found_once_and_bounded() {
        let mut at_hand = AtHand::new(1 << 20);
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
        for place in 0..100_000 {
            assert!(
                at_hand
                    .details(place, || Some(Details::default()))
                    .is_some()
            );
            assert!(at_hand.bytes() <= 1 << 20);
        }
        assert_eq!(at_hand.details.kept.len(), at_hand.details.order.len());
    }
}
