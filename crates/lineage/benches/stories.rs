//! How many items a second are told, in how many bytes, and how many texts are read again; one core.
//!
//! The texts are made of words, half of them Chinese and half English, as 500,000 come in a day:
//! headlines of 8 words to articles of 600 (20 to 4,000 characters), of which
//! - 15 % are exact copies and 15 % copies with one word in ten changed, of texts up to three days old:
//!   as many of one of the ten before as of one that came 1,000 to 10,000 before, as most copies
//!   come soon and some late (the logarithm of the distance is evenly spread);
//! - 10 % are of one of 200 moulds, with a tenth of its words and all its figures changed;
//! - 15 % tell one of the last 300 events in words of their own, with a figure and a phrase of it.
//!
//! A text that is read again is made again, which stands for reading it from a log: how long both
//! take is printed. The first making of a text is no part of what is measured. Time is the
//! processor's, where the system tells it, so that what else runs counts little.
//!
//! `cargo bench -p bellwether-lineage --bench stories [-- ITEMS…]`

#[path = "../tests/support/made.rs"]
mod made;
#[path = "../tests/support/mod.rs"]
mod support;

use std::cell::{Cell, RefCell};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use bellwether_model::Timestamp;
use support::{Dice, Teller, print};

/// Items of a day.
const DAY: usize = 500_000;

/// A copy is of a text that came at most so many items before.
const REACH: usize = 3 * DAY;

const MOULDS: usize = 200;
const EVENTS: usize = 300;

/// Texts that are made at a time.
const PART: usize = 5_000;

/// The words of an item.
fn words(number: usize) -> Vec<String> {
    let mut dice = Dice(number as u64 ^ 0x5707);
    match dice.below(100) {
        kind @ 0..30 if number > 0 => {
            let share = dice.below(1_000) as f64 / 1_000.0;
            let back = (REACH.min(number) as f64).powf(share) as usize;
            let from = words(number - back.max(1));
            if kind < 15 {
                from
            } else {
                made::edited(&from, 10, number as u64)
            }
        }
        30..40 => {
            let mould = made::words(usize::MAX - dice.below(MOULDS), 60);
            let figures = |word: String| {
                if word.starts_with(|c: char| c.is_ascii_digit()) {
                    (dice.below(90_000) + 1_000).to_string()
                } else {
                    word
                }
            };
            made::edited(&mould, 10, number as u64)
                .into_iter()
                .map(figures)
                .collect()
        }
        40..55 => {
            // An event is told for fourteen hours, by 150 texts.
            let event = number / 1_000 + dice.below(EVENTS);
            let told = made::words(usize::MAX / 2 - event, 80);
            let mut own = made::words(number, 100);
            let language = |words: &[String]| words[0].is_ascii();
            if language(&told) == language(&own) {
                own.splice(30..30, told[30..45].iter().cloned());
            }
            own
        }
        _ => {
            let least = [8, 20, 40, 80, 160, 300][dice.below(6)];
            made::words(number, least)
        }
    }
}

fn main() {
    let given: Vec<usize> = std::env::args()
        .filter_map(|arg| arg.parse().ok())
        .collect();
    let sizes = if given.is_empty() {
        vec![100_000, 200_000, 500_000, 1_000_000, 2_000_000]
    } else {
        given
    };
    let before = busy();
    let texts: Vec<_> = (0..PART).map(|at| made::written(&words(at))).collect();
    let made = busy();
    take_apart(&texts);
    let [making, apart] = [made - before, busy() - made].map(|all| (all / PART as u32).as_micros());
    let bytes: usize = texts.iter().map(|(_, text)| text.len()).sum();
    let chars: usize = texts.iter().map(|(_, text)| text.chars().count()).sum();
    println!(
        "a text has {} bytes, {} characters; it is made in {making} µs and taken apart in {apart} µs",
        bytes / PART,
        chars / PART,
    );

    let (begin, texts) = (Cell::new(0), RefCell::new(texts));
    let mut teller = Teller::new(|number: usize| {
        let at = number.checked_sub(begin.get());
        at.and_then(|at| texts.borrow().get(at).cloned())
            .unwrap_or_else(|| made::written(&words(number)))
    });
    let (mut spent, mut reads) = (Duration::ZERO, 0);
    for size in sizes {
        let first = begin.get();
        let mut step = Duration::ZERO;
        while begin.get() < size {
            let numbers = begin.get()..size.min(begin.get() + PART);
            *texts.borrow_mut() = numbers
                .clone()
                .map(|at| made::written(&words(at)))
                .collect();
            let start = busy();
            for number in numbers.clone() {
                let at = Timestamp::from_millisecond((number * 86_400_000 / DAY) as i64);
                teller.take(number, at.unwrap_or(Timestamp::UNIX_EPOCH));
            }
            step += busy() - start;
            begin.set(numbers.end);
        }
        spent += step;
        let items = size - first;
        println!(
            "{size} items: {:.0} items/s of the last {items} ({} µs each), {:.0} of all, {:.1} of 100 items read again",
            items as f64 / step.as_secs_f64(),
            (step / items as u32).as_micros(),
            size as f64 / spent.as_secs_f64(),
            (teller.reads() - reads) as f64 / items as f64 * 100.0,
        );
        reads = teller.reads();
        // By itself, as others on the machine make all slower.
        let start = busy();
        take_apart(&texts.borrow());
        let apart = (busy() - start) / texts.borrow().len() as u32;
        let bytes = teller.stories.bytes();
        let total: usize = bytes.iter().map(|(_, bytes)| bytes).sum();
        print!(
            "  taking apart {} µs of it; {} MiB:",
            apart.as_micros(),
            total >> 20
        );
        for (name, bytes) in bytes {
            print!(" {name} {}", bytes >> 20);
        }
        println!();
    }
    let stories: std::collections::HashSet<_> = teller.by_number().into_values().collect();
    println!("{} stories", stories.len());
}

fn take_apart(texts: &[(String, String)]) {
    for (title, text) in texts {
        std::hint::black_box(print(title, text));
    }
}

/// How long the processor was busy with this process: Linux tells it in hundredths of a second.
/// Elsewhere the time that passed.
fn busy() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/self/stat").ok();
    let ticks = told.as_deref().and_then(|told| {
        // Behind the name of the program, which may hold anything, it is the twelfth and thirteenth.
        let (_, fields) = told.rsplit_once(')')?;
        let fields: Vec<u64> = fields
            .split(' ')
            .skip(12)
            .take(2)
            .flat_map(str::parse)
            .collect();
        (fields.len() == 2).then(|| fields.iter().sum())
    });
    ticks.map_or_else(
        || START.elapsed(),
        |ticks: u64| Duration::from_millis(ticks * 10),
    )
}
