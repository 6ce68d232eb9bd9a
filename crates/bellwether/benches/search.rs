//! How fast queries are answered, and how that grows with the index.

mod support;

use std::time::{Duration, Instant};

use bellwether_archive::LogReader;
use bellwether_indexer::{Indexer, LocalEngine};
use bellwether_model::Directory;
use bellwether_query::{Binding, Names, Query, SearchEngine, SearchRequest, Sort};
use jiff::tz::TimeZone;

/// Rounds of each query.
const ROUNDS: usize = 200;

/// What is asked, in words of the corpus.
fn queries() -> Vec<(&'static str, String)> {
    let (often, seldom) = (support::latin_word(40), support::latin_word(30_001));
    let (han, one) = (support::han_word(1), support::han_word(3));
    vec![
        ("frequent word", often.clone()),
        ("rare word", seldom.clone()),
        ("Han of two", han.clone()),
        ("Han of one", one),
        (
            "phrase",
            format!("\"{} {}\"", support::latin_word(1), support::latin_word(2)),
        ),
        ("boolean", format!("({often} OR {han}) NOT {seldom}")),
        ("word in a day", format!("{often} time:2026-11-20")),
        ("everything", "*".to_owned()),
    ]
}

fn main() {
    let items = support::item_count(20_000);
    for items in [items / 2, items] {
        let folder = tempfile::tempdir().unwrap_or_else(|error| support::fail(&error));
        let dir = support::filled(&folder, items);
        let log = LogReader::open(&dir).unwrap_or_else(|error| support::fail(&error));
        let mut indexer = Indexer::open(&dir, &log).unwrap_or_else(|error| support::fail(&error));
        while indexer
            .advance(&log)
            .unwrap_or_else(|error| support::fail(&error))
            .items
            > 0
        {}
        let engine = LocalEngine::new(&dir);
        println!("search among {items} items, total and newest 20, {ROUNDS} rounds:");
        for (name, query) in queries() {
            run(&engine, name, &query);
        }
    }
    support::tell_peak_memory();
}

fn run(engine: &LocalEngine, name: &str, query: &str) {
    let directory = Directory::default();
    let now = bellwether_model::Timestamp::from_second(1_797_500_000).unwrap_or_default();
    let names = Names::default();
    let zone = TimeZone::UTC;
    let binding = Binding::new(&directory, &names, now, &zone);
    let query = Query::parse(query).unwrap_or_else(|error| support::fail(&error));
    let bound = query
        .bind(binding)
        .unwrap_or_else(|error| support::fail(&error));
    let request = SearchRequest {
        query: bound,
        sort: Sort::Newest,
        limit: 20,
        after: None,
    };
    let mut total = 0;
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let started = Instant::now();
            total = engine
                .search(&request)
                .unwrap_or_else(|error| support::fail(&error))
                .total;
            started.elapsed()
        })
        .collect();
    times.sort_unstable();
    let at = |share: usize| times[share * (ROUNDS - 1) / 100].as_secs_f64() * 1_000.0;
    println!(
        "  {name}: {total} found, p50 {:.2} ms, p95 {:.2} ms",
        at(50),
        at(95)
    );
}
