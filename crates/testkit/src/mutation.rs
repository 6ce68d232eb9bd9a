//! Documents that were damaged by chance, and trying one after another.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use crate::Chance;

/// One of some documents with up to seven faults: pieces of others put into it, bits turned, pieces
/// repeated, taken out or cut off, special pieces put in once or thousands of times. Longer ones are
/// cut at `bytes_max`, so that each is tried quickly.
pub fn mutated(
    chance: &mut Chance,
    seeds: &[&[u8]],
    special: &[&[u8]],
    bytes_max: usize,
) -> Vec<u8> {
    let mut bytes = chance.pick(seeds).to_vec();
    for _ in 0..chance.index(8) {
        let at = chance.index(bytes.len() + 1);
        let to = at + chance.index(80).min(bytes.len() - at);
        match chance.index(8) {
            0 => {
                let other = chance.pick(seeds);
                let from = chance.index(other.len());
                bytes.splice(at..to, other[from..].iter().copied());
            }
            1 if at < bytes.len() => bytes[at] ^= 1 << chance.index(8),
            2 => {
                let piece = bytes[at..to].to_vec();
                bytes.splice(at..at, piece.repeat(1 << chance.index(10)));
            }
            3 => {
                bytes.drain(at..to);
            }
            4 => bytes.truncate(at),
            5 => {
                let special = chance.pick(special).repeat(1 << chance.index(12));
                bytes.splice(at..at, special);
            }
            6 => {
                let byte = chance.number().to_le_bytes()[0];
                bytes.splice(at..at, [byte]);
            }
            _ => {
                let special = chance.pick(special).repeat(1 + chance.index(3));
                bytes.splice(at..at, special);
            }
        }
        bytes.truncate(bytes_max);
    }
    bytes
}

/// Checks documents made of one seed after another, `count` of them; the seed of a failure is said.
///
/// `BELLWETHER_FUZZ_SECONDS` asks for so many seconds instead, in which `check` is told that it may
/// measure time: other work beside a short run says nothing about a document, a long one is run alone.
/// `BELLWETHER_FUZZ_SEED` asks for one document again.
pub fn fuzz(count: u64, made: impl Fn(&mut Chance) -> Vec<u8>, check: impl Fn(&[u8], bool)) {
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse::<u64>().ok())
    };
    if let Some(seed) = number("BELLWETHER_FUZZ_SEED") {
        let document = made(&mut Chance::of(seed));
        println!("{}", document.escape_ascii());
        check(&document, true);
        return;
    }
    let until = number("BELLWETHER_FUZZ_SECONDS").map(|s| Instant::now() + Duration::from_secs(s));
    let mut seed = 0;
    while until.map_or(seed < count, |until| Instant::now() < until) {
        let document = made(&mut Chance::of(seed));
        let checked = catch_unwind(AssertUnwindSafe(|| check(&document, until.is_some())));
        assert!(
            checked.is_ok(),
            "this test with `BELLWETHER_FUZZ_SEED={seed}` shows it: {}",
            document.escape_ascii()
        );
        seed += 1;
    }
    println!("{seed} documents");
}

/// Does something, and says how many milliseconds it took.
pub fn timed<R>(work: impl FnOnce() -> R) -> (R, u128) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed().as_millis())
}
