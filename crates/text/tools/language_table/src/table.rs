//! The form in which the library reads the table: see `../../../src/language/table.rs`.
//!
//! Per group, little endian: `u32` columns, `u32` buckets, `u32` slots; then a `u16` seed for each
//! bucket; then for each slot a `u16` check and one byte for each column. A key's bucket says by its
//! seed which slot is the key's own ("hash, displace and compress", Belazzougui, Botelho and
//! Dietzfelbinger 2009, without the compression).

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::prune::Entry;

/// Steps of a byte in a natural logarithm: 255 steps reach down to e^-18.
const STEPS: f32 = 14.0;

const KEYS_PER_BUCKET: usize = 4;

/// Slots for 100 keys; a few free ones spare the last buckets a long search.
const SLOTS_PER_CENT: usize = 102;

const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// As the library has it, which extends it sign by sign.
pub(crate) fn hash(ngram: &[char]) -> u64 {
    ngram.iter().fold(0, |sum, c| {
        sum.wrapping_mul(FACTOR)
            .wrapping_add(u64::from(u32::from(*c)))
    })
}

pub(crate) fn mixed(key: u64) -> u64 {
    let key = (key ^ (key >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    let key = (key ^ (key >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    key ^ (key >> 32)
}

fn reduced(hash: u32, count: usize) -> usize {
    ((u64::from(hash) * count as u64) >> 32) as usize
}

fn bucket(mixed: u64, buckets: usize) -> usize {
    reduced((mixed >> 32) as u32, buckets)
}

fn slot(mixed: u64, seed: u16, slots: usize) -> usize {
    let turned =
        (mixed as u32 ^ u32::from(seed).wrapping_mul(0x9E37_79B1)).wrapping_mul(0x85EB_CA6B);
    reduced(turned ^ (turned >> 15), slots)
}

fn check(mixed: u64) -> u16 {
    (mixed >> 24) as u16
}

/// A map by hashes, which are mixed already.
pub(crate) type ByHash<T> = HashMap<u64, T, BuildHasherDefault<AsIs>>;

#[derive(Default)]
pub(crate) struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes
            .iter()
            .fold(self.0, |sum, byte| (sum << 8) | u64::from(*byte));
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = mixed(key);
    }
}

pub(crate) fn write(entries: &[Entry], columns: usize) -> Vec<u8> {
    let buckets = entries.len().div_ceil(KEYS_PER_BUCKET);
    let slots = entries.len() * SLOTS_PER_CENT / 100 + 1;
    let mut by_bucket: Vec<Vec<(u64, &Entry)>> = vec![Vec::new(); buckets];
    for entry in entries {
        let key = mixed(hash(&entry.ngram));
        by_bucket[bucket(key, buckets)].push((key, entry));
    }
    let mut order: Vec<usize> = (0..buckets).collect();
    order.sort_by_key(|at| (std::cmp::Reverse(by_bucket[*at].len()), *at));
    let mut seeds = vec![0u16; buckets];
    let mut places: Vec<Option<(u64, &Entry)>> = vec![None; slots];
    for at in order {
        let keys = &by_bucket[at];
        let fits = |seed: u16| {
            let mut taken: Vec<usize> = keys
                .iter()
                .map(|(key, _)| slot(*key, seed, slots))
                .collect();
            taken.sort_unstable();
            taken.windows(2).all(|pair| pair[0] != pair[1])
                && taken.iter().all(|slot| places[*slot].is_none())
        };
        let seed = (0..=u16::MAX)
            .find(|seed| fits(*seed))
            .expect("a seed fits");
        seeds[at] = seed;
        for (key, entry) in keys {
            places[slot(*key, seed, slots)] = Some((*key, entry));
        }
    }
    let mut bytes = Vec::new();
    for number in [columns, buckets, slots] {
        bytes.extend((number as u32).to_le_bytes());
    }
    bytes.extend(seeds.iter().flat_map(|seed| seed.to_le_bytes()));
    for place in places {
        match place {
            Some((key, entry)) => {
                bytes.extend(check(key).to_le_bytes());
                bytes.extend(
                    entry
                        .row
                        .iter()
                        .map(|share| (-share * STEPS).round().clamp(0.0, 255.0) as u8),
                );
            }
            None => bytes.extend(std::iter::repeat_n(0, 2 + columns)),
        }
    }
    bytes
}
