//! Which texts hold a sampled number: a table of bounded size.
//!
//! A bucket keeps its newest entries; what is older falls out. So a number that many stories share
//! tells little and costs little, and memory never exceeds the table. An entry takes 6 bytes: 16 bits
//! of its number (the bucket is the rest of it) and the place of the text.

/// Entries of a bucket.
pub(crate) const BUCKET: usize = 8;

/// The table begins with this many buckets, as a power of two: with the 16 bits of an entry they make
/// the whole number, so that the table can grow.
const BITS_MIN: u32 = 16;

/// Empty; no text has this place.
const NONE: u32 = u32::MAX;

/// More numbers of the texts that are looked at than this share of its entries make the table grow.
const FULL: f64 = 0.72;

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tags: [u16; BUCKET],
    places: [u32; BUCKET],
}

const EMPTY: Bucket = Bucket {
    tags: [0; BUCKET],
    places: [NONE; BUCKET],
};

/// Numbers and the places of the texts that hold them.
#[derive(Debug, Clone)]
pub(crate) struct Postings {
    bits: u32,
    bits_max: u32,
    buckets: Vec<Bucket>,
}

impl Postings {
    /// A table that grows up to a number of bytes.
    pub(crate) fn new(bytes_max: usize) -> Self {
        let buckets = (bytes_max / size_of::<Bucket>()).max(1);
        Self {
            bits: BITS_MIN,
            bits_max: buckets.ilog2().clamp(BITS_MIN, 26),
            buckets: vec![EMPTY; 1 << BITS_MIN],
        }
    }

    fn at(&self, number: u32) -> (usize, u16) {
        let at = number & ((1_u32 << self.bits) - 1);
        (at as usize, (number >> 16) as u16)
    }

    /// Has the buckets of some numbers brought near: memory brings many at a time, but only what does
    /// not wait for what the one before it held.
    pub(crate) fn touch(&self, numbers: &[u32]) {
        let buckets = numbers
            .iter()
            .map(|number| &self.buckets[self.at(*number).0]);
        let ends = buckets.map(|bucket| u32::from(bucket.tags[0]) ^ bucket.places[BUCKET - 1]);
        std::hint::black_box(ends.fold(0, |all, end| all ^ end));
    }

    /// The places of the texts that hold a number, newest first.
    pub(crate) fn get(&self, number: u32) -> impl Iterator<Item = u32> + '_ {
        let (at, tag) = self.at(number);
        let bucket = &self.buckets[at];
        (0..BUCKET)
            .map(move |entry| (bucket.tags[entry], bucket.places[entry]))
            .take_while(|(_, place)| *place != NONE)
            .filter(move |(found, _)| *found == tag)
            .map(|(_, place)| place)
    }

    /// Makes the table grow where the last texts have more than so many numbers in it.
    pub(crate) fn make_room(&mut self, numbers: u64) {
        while numbers as f64 > FULL * (self.buckets.len() * BUCKET) as f64
            && self.bits < self.bits_max
        {
            self.grow();
        }
    }

    /// How often it has doubled.
    pub(crate) fn grown(&self) -> u32 {
        self.bits - BITS_MIN
    }

    /// Makes it as large as one that has doubled so often.
    pub(crate) fn grow_as(&mut self, grown: u32) {
        while self.grown() < grown && self.bits < self.bits_max {
            self.grow();
        }
    }

    /// Notes that a text holds a number.
    pub(crate) fn insert(&mut self, number: u32, place: u32) {
        let (at, tag) = self.at(number);
        self.buckets[at].push(tag, place);
    }

    /// Doubles the table: the next bit of each number says which half it goes to.
    fn grow(&mut self) {
        let old = std::mem::take(&mut self.buckets);
        self.buckets = vec![EMPTY; old.len() * 2];
        for (at, bucket) in old.iter().enumerate() {
            for entry in (0..BUCKET)
                .rev()
                .filter(|entry| bucket.places[*entry] != NONE)
            {
                let tag = bucket.tags[entry];
                let bit = usize::from(tag >> (self.bits - BITS_MIN) & 1);
                self.buckets[at + bit * old.len()].push(tag, bucket.places[entry]);
            }
        }
        self.bits += 1;
    }

    /// The bytes it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.buckets.len() * size_of::<Bucket>()
    }
}

impl Bucket {
    fn push(&mut self, tag: u16, place: u32) {
        self.tags.copy_within(..BUCKET - 1, 1);
        self.places.copy_within(..BUCKET - 1, 1);
        self.tags[0] = tag;
        self.places[0] = place;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::{mix, short};

    #[test]
    fn what_is_put_in_is_found_while_there_is_room_and_while_the_table_grows() {
        let mut table = Postings::new(64 << 20);
        let number = |i: u32| short(mix(u64::from(i)));
        for i in 0..1_000_000 {
            table.make_room(u64::from(i));
            table.insert(number(i), i);
        }
        assert!(table.bits > BITS_MIN);
        let found = (900_000..1_000_000).filter(|i| table.get(number(*i)).any(|place| place == *i));
        // Full buckets lose their oldest entries.
        assert!(found.count() > 99_000);
        let wrong = (2_000_000..2_100_000)
            .filter(|i| table.get(number(*i)).next().is_some())
            .count();
        assert!(wrong < 200, "{wrong}");
    }

    #[test]
    fn a_bucket_keeps_the_newest_and_the_table_its_size() {
        let mut table = Postings::new(1);
        for place in 0..100 {
            table.insert(7, place);
        }
        assert_eq!(
            table.get(7).collect::<Vec<_>>(),
            [99, 98, 97, 96, 95, 94, 93, 92]
        );
        for place in 0..2_000_000 {
            table.make_room(u64::from(place));
            table.insert(short(mix(u64::from(place))), place);
        }
        assert_eq!(table.bytes(), size_of::<Bucket>() << BITS_MIN);
    }
}
