//! The embedded table of n-grams, in the form in which it is read: nothing is built at the start.
//!
//! Per group of languages, little endian: `u32` columns, `u32` buckets, `u32` slots; a `u16` seed
//! for each bucket; for each slot a `u16` check and one byte for each column. An n-gram's bucket
//! says by its seed which one slot can hold it: two reads, found or not. An n-gram that is not in
//! the table passes the check once in 65,536 times. `tools/language_table` writes it.

/// One group of the table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group<'a> {
    columns: usize,
    seeds: &'a [u8],
    slots: &'a [u8],
}

impl<'a> Group<'a> {
    /// The group at a place in a table, the first at 0.
    pub(super) fn at(place: usize, table: &'a [u8]) -> Option<Self> {
        let mut rest = table;
        for _ in 0..place {
            rest = Self::first_of(rest)?.1;
        }
        Self::first_of(rest).map(|(group, _)| group)
    }

    #[cfg(test)]
    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// The group at the beginning of `bytes`, and what comes after it.
    fn first_of(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (columns, bytes) = number(bytes)?;
        let (buckets, bytes) = number(bytes)?;
        let (slots, bytes) = number(bytes)?;
        let (seeds, bytes) = bytes.split_at_checked(buckets.checked_mul(2)?)?;
        let (slots, bytes) = bytes.split_at_checked(slots.checked_mul(2 + columns)?)?;
        let group = Self {
            columns,
            seeds,
            slots,
        };
        Some((group, bytes))
    }

    /// The costs of an n-gram in each language, in 1/14 of a natural logarithm.
    pub(super) fn row(&self, hash: u64) -> Option<&'a [u8]> {
        let mixed = mix(hash);
        let bucket = reduce((mixed >> 32) as u32, self.seeds.len() / 2);
        let seed = u16::from_le_bytes(*self.seeds.get(2 * bucket..)?.first_chunk()?);
        let width = 2 + self.columns;
        let turned =
            (mixed as u32 ^ u32::from(seed).wrapping_mul(0x9E37_79B1)).wrapping_mul(0x85EB_CA6B);
        let slot = reduce(turned ^ (turned >> 15), self.slots.len() / width);
        let slot = self.slots.get(slot * width..(slot + 1) * width)?;
        let (check, row) = slot.split_first_chunk()?;
        (u16::from_le_bytes(*check) == (mixed >> 24) as u16).then_some(row)
    }
}

fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u32::from_le_bytes(*number) as usize, rest))
}

fn mix(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    let hash = (hash ^ (hash >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    hash ^ (hash >> 32)
}

/// A hash onto `0..count`, without a division.
fn reduce(hash: u32, count: usize) -> usize {
    ((u64::from(hash) * count as u64) >> 32) as usize
}

/// Longest n-gram of the table, in signs.
pub(super) const SIGNS_MAX: usize = 5;

const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

const POWERS: [u64; SIGNS_MAX + 1] = {
    let mut powers = [1u64; SIGNS_MAX + 1];
    let mut at = 1;
    while at <= SIGNS_MAX {
        powers[at] = powers[at - 1].wrapping_mul(FACTOR);
        at += 1;
    }
    powers
};

/// The hashes of the n-grams that end at a place in a word, extended sign by sign.
pub(super) struct Trail {
    /// Hashes of all signs so far, the latest last.
    sums: [u64; SIGNS_MAX + 1],
    signs: usize,
}

impl Trail {
    /// At the beginning of a word: one sign, its edge.
    pub(super) fn at_edge(edge: char) -> Self {
        let mut trail = Self {
            sums: [0; SIGNS_MAX + 1],
            signs: 0,
        };
        trail.push(edge);
        trail
    }

    pub(super) fn push(&mut self, sign: char) {
        let last = self.sums[SIGNS_MAX];
        self.sums.rotate_left(1);
        self.sums[SIGNS_MAX] = last
            .wrapping_mul(FACTOR)
            .wrapping_add(u64::from(u32::from(sign)));
        self.signs = (self.signs + 1).min(SIGNS_MAX);
    }

    /// The hashes of what ends here, the longest n-gram first.
    pub(super) fn hashes(&self) -> impl Iterator<Item = u64> {
        let last = self.sums[SIGNS_MAX];
        (1..=self.signs).rev().map(move |signs| {
            last.wrapping_sub(self.sums[SIGNS_MAX - signs].wrapping_mul(POWERS[signs]))
        })
    }
}
