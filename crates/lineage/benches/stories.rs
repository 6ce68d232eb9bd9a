//! How many items a second are told, and in how many bytes: texts made of words, Chinese and
//! English, of which every third is a copy, half of these with one word in ten changed; one core.
//!
//! `cargo bench -p bellwether-lineage --bench stories [-- ITEMS…]`

#[path = "../tests/support/made.rs"]
mod made;
#[path = "../tests/support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use bellwether_model::Timestamp;
use support::{Dice, Teller};

/// Items of a day.
const DAY: usize = 500_000;

/// A copy is of one of so many texts before it.
const REACH: usize = 20_000;

/// The words of an item.
fn words(number: usize) -> Vec<String> {
    let mut dice = Dice(number as u64 ^ 0x5707);
    if number == 0 || dice.below(3) > 0 {
        return made::words(number, 150);
    }
    let from = words(number - 1 - dice.below(REACH.min(number)));
    if dice.below(2) == 0 {
        return from;
    }
    made::edited(&from, 10, number as u64)
}

fn main() {
    let given: Vec<usize> = std::env::args()
        .filter_map(|arg| arg.parse().ok())
        .collect();
    let sizes = if given.is_empty() {
        vec![100_000, 500_000, 2_000_000]
    } else {
        given
    };
    let start = Instant::now();
    let bytes: usize = (0..5_000)
        .map(|number| made::written(&words(number)).1.len())
        .sum();
    let making = start.elapsed() / 5_000;
    println!("{} bytes a text", bytes / 5_000);
    let mut teller = Teller::new(|number| made::written(&words(number)));
    let (mut last, mut spent) = (0, Duration::ZERO);
    for size in sizes {
        let start = Instant::now();
        for number in last..size {
            let at = Timestamp::from_millisecond((number * 86_400_000 / DAY) as i64);
            teller.take(number, at.unwrap_or(Timestamp::UNIX_EPOCH));
        }
        // The texts are made while they are told; that is no part of it.
        let step = start
            .elapsed()
            .saturating_sub(making * u32::try_from(size - last).unwrap_or(0));
        spent += step;
        println!(
            "{size} items: {:.0} items/s of the last {}, {:.0} of all, {} MiB, {} read again",
            (size - last) as f64 / step.as_secs_f64(),
            size - last,
            size as f64 / spent.as_secs_f64(),
            teller.stories.bytes() >> 20,
            teller.reads(),
        );
        last = size;
    }
    let stories: std::collections::HashSet<_> = teller.by_number().into_values().collect();
    println!("{} stories of {last} items", stories.len());
}
