//! What it costs to look for terms that nobody listed: time and memory of screen and proof, one core.
//!
//! Made items of a day's rhythm, 100 terms each, of 1,000 families in eight groups. Terms are drawn from
//! a vocabulary by Zipf's law, so a few are in every other item and most are rare; each hour a term
//! of its own is pushed by a dozen families, so that there is something to prove.
//!
//! - *Time by live terms*: the same number of items from vocabularies of 10⁴, 10⁵ and 10⁶ terms. What is
//!   told is the processor's time for an item, and its ratio to that of the smallest vocabulary.
//! - *Memory by days*: what is held after 5, 10, 20 and 30 days of 5,000 items.
//!
//! - *The items of a stream*, where a file of one and one of its groups are named, as the yardstick
//!   makes them: what it costs to look at their terms, beside what it costs to take the items apart.
//!
//! `cargo bench -p bellwether-detect --bench terms [-- STREAM GROUPS]`

#![expect(
    clippy::expect_used,
    reason = "a bench whose stream cannot be read must fail"
)]

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::BufRead;
use std::time::{Duration, Instant};

use bellwether_detect::{Arrival, Emergent, EmergentSettings};
use bellwether_model::{Role, Timestamp};
use bellwether_text::{analyse, terms};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::Deserialize;

const DAY: u32 = 86_400;
const TERMS: usize = 100;
const FAMILIES: u32 = 1_000;
/// From a day on which numbers of days begin.
const START: u32 = 20_000 * DAY;
/// Rounds of the same work; the fastest is told.
const ROUNDS: usize = 2;

/// An item with its terms.
struct Made {
    arrival: Arrival,
    terms: Vec<u64>,
}

/// Items of some days.
fn made(vocabulary: u64, days: u32, items_a_day: u32, seed: u64) -> impl Iterator<Item = Made> {
    let mut dice = StdRng::seed_from_u64(seed);
    let gap = DAY / items_a_day;
    (0..days * items_a_day).map(move |number| {
        let time = START + number * gap;
        let family = dice.random_range(0..FAMILIES);
        let group = family % 8;
        let mut terms = HashSet::new();
        while terms.len() < TERMS {
            // A rank whose logarithm is evenly spread: Zipf's law with exponent one.
            let rank = (vocabulary as f64).powf(dice.random::<f64>()) as u64;
            terms.insert(key(rank));
        }
        let hour = time / 3600;
        if time % 3600 < 900 && group < 3 {
            terms.insert(key(u64::from(hour) << 32));
        }
        let mut terms: Vec<u64> = terms.into_iter().collect();
        terms.sort_unstable();
        Made {
            arrival: Arrival {
                item: u64::from(number),
                received: time,
                time,
                family,
                story: u64::from(number),
                group: u16::try_from(group).unwrap_or_default(),
                role: Some(match group {
                    0 | 1 => Role::State,
                    2 => Role::Proxy,
                    3 | 4 => Role::Domestic,
                    _ => Role::Social,
                }),
                script: u8::try_from(family % 2).unwrap_or_default(),
            },
            terms,
        }
    })
}

/// As the keys of terms are: the same for the same, and spread over all numbers.
fn key(rank: u64) -> u64 {
    let mut z = rank.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Time for the items of the last days, when the first ones have been counted, and what was found.
fn run(vocabulary: u64, days: u32, items_a_day: u32) -> (Duration, usize, (usize, u64, usize)) {
    let mut engine = Emergent::new(EmergentSettings::default());
    let items: Vec<Made> = made(vocabulary, days, items_a_day, 7).collect();
    let (before, timed) = items.split_at(items.len() / 2);
    for item in before {
        engine.take(item.arrival, &item.terms);
    }
    let began = Instant::now();
    let found = timed
        .iter()
        .map(|item| engine.take(item.arrival, &item.terms).len())
        .sum();
    (began.elapsed(), found, engine.size())
}

#[derive(Deserialize)]
struct StreamItem {
    time: Timestamp,
    published: Option<Timestamp>,
    family: String,
    group: String,
    lang: String,
    title: String,
    text: String,
}

#[derive(Deserialize)]
struct StreamGroup {
    id: String,
    role: Role,
}

/// As many terms of an item as the program counts.
const STREAM_TERMS_MAX: usize = 400;

/// The items of a stream with their terms, and how long it took to take them apart.
fn of_stream(stream: &str, groups: &str) -> (Vec<Made>, Duration) {
    let groups = std::fs::read_to_string(groups).expect("the groups");
    let groups: Vec<StreamGroup> = serde_json::from_str(&groups).expect("groups");
    let roles: BTreeMap<&str, Role> = groups.iter().map(|g| (g.id.as_str(), g.role)).collect();
    let number = |known: &mut HashMap<String, usize>, name: &str| {
        let next = known.len();
        *known.entry(name.to_owned()).or_insert(next)
    };
    let (mut families, mut kinds) = (HashMap::new(), HashMap::new());
    let (mut scripts, mut stories) = (HashMap::new(), HashMap::new());
    let second = |time: Timestamp| u32::try_from(time.as_second()).unwrap_or_default();
    let (mut made, mut taken) = (Vec::new(), Duration::ZERO);
    let file = std::fs::File::open(stream).expect("the stream");
    for line in std::io::BufReader::new(file).lines() {
        let item: StreamItem = serde_json::from_str(&line.expect("a line")).expect("an item");
        let began = Instant::now();
        let (title, text) = (analyse(&item.title), analyse(&item.text));
        let mut distinct = BTreeSet::new();
        for term in terms(&title).chain(terms(&text)) {
            if distinct.len() < STREAM_TERMS_MAX {
                distinct.insert(term.key);
            }
        }
        taken += began.elapsed();
        let story = number(&mut stories, &item.text) as u64;
        made.push(Made {
            arrival: Arrival {
                item: made.len() as u64,
                received: second(item.time),
                time: second(item.published.unwrap_or(item.time).min(item.time)),
                family: u32::try_from(number(&mut families, &item.family)).unwrap_or(u32::MAX),
                story,
                group: u16::try_from(number(&mut kinds, &item.group)).unwrap_or(u16::MAX),
                role: roles.get(item.group.as_str()).copied(),
                script: u8::try_from(number(&mut scripts, &item.lang)).unwrap_or(u8::MAX),
            },
            terms: distinct.into_iter().collect(),
        });
    }
    (made, taken)
}

fn stream(stream: &str, groups: &str) {
    let (items, taken) = of_stream(stream, groups);
    let all: usize = items.iter().map(|item| item.terms.len()).sum();
    println!("the items of {stream}: {} with {all} terms", items.len());
    let rate = |time: Duration| items.len() as f64 / time.as_secs_f64();
    println!("  taken apart: {:>7.0} items/s", rate(taken));
    let rounds = (0..ROUNDS).map(|_| {
        let mut engine = Emergent::new(EmergentSettings::default());
        let began = Instant::now();
        let found: usize = items
            .iter()
            .map(|item| engine.take(item.arrival, &item.terms).len())
            .sum();
        (began.elapsed(), found, engine.size())
    });
    if let Some((time, found, (held, proofs, bytes))) = rounds.min_by_key(|round| round.0) {
        println!(
            "  screen and proof: {:>7.0} items/s; {held} terms held, {proofs} proofs, {found} found, {} MiB",
            rate(time),
            bytes >> 20
        );
    }
}

fn main() {
    let named: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    if let [file, groups] = named.as_slice() {
        return stream(file, groups);
    }
    println!("time by live terms: 16 days of 2,500 items, the last eight timed");
    let mut smallest = None;
    for vocabulary in [10_000, 100_000, 1_000_000] {
        let rounds = (0..ROUNDS).map(|_| run(vocabulary, 16, 2_500));
        let Some((time, found, (terms, proofs, bytes))) = rounds.min_by_key(|round| round.0) else {
            continue;
        };
        let micros = time.as_secs_f64() * 1e6 / 20_000.0;
        let ratio = micros / *smallest.get_or_insert(micros);
        println!(
            "  {vocabulary:>9} terms ({terms} held): {micros:6.1} µs an item, {:>7.0} items/s, \
             {ratio:.2} times; {proofs} proofs, {found} found, {} MiB",
            1e6 / micros,
            bytes >> 20
        );
    }

    println!("memory by days: 5,000 items a day of 1,000,000 terms");
    let mut engine = Emergent::new(EmergentSettings::default());
    for (number, item) in (1_u32..).zip(made(1_000_000, 30, 5_000, 11)) {
        engine.take(item.arrival, &item.terms);
        let days = number / 5_000;
        if number % 5_000 == 0 && [5, 10, 20, 30].contains(&days) {
            let (terms, proofs, bytes) = engine.size();
            println!(
                "  day {days:>2}: {:6.1} MiB of tables, {} MiB resident, {terms} terms, {proofs} proofs",
                bytes as f64 / f64::from(1 << 20),
                resident_mib()
            );
        }
    }
}

/// Memory of this process, where the system tells it.
fn resident_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kib.unwrap_or_default() / 1024
}
