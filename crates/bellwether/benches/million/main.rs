//! A million items of the real streams, searched over HTTP, beside what else a user could take.
//!
//! ```text
//! cargo bench -p bellwether --bench million
//! ```
//!
//! The corpus is built once and kept below `target/`; `BELLWETHER_BENCH_ITEMS` takes fewer items,
//! `BELLWETHER_BENCH_ONLY` some parts of: `http`, `pages`, `live`, `clients`, `peers`; `BELLWETHER_BENCH_KIND`
//! only the kinds of question whose names hold it, which is what a profile wants. Times are those of one
//! client unless said, warm, in one run: compare them as ratios.

mod corpus;
mod http;
mod pages;
mod peers;
mod queries;
mod stopwatch;
#[path = "../support/mod.rs"]
mod support;

use std::time::Duration;

use bellwether_archive::LogReader;
use bellwether_indexer::Indexer;

use corpus::Corpus;
use queries::{CLASSES, Class};
use stopwatch::{Times, table};

/// Items that are indexed in a second while searches go on.
const LIVE_RATE: u64 = 500;

fn main() {
    let Some(corpus) = Corpus::open(support::item_count(1_000_000)) else {
        return;
    };
    let only = std::env::var("BELLWETHER_BENCH_ONLY").unwrap_or_default();
    let is_wanted = |part: &str| only.is_empty() || only.split(',').any(|name| name == part);
    let kind = std::env::var("BELLWETHER_BENCH_KIND").unwrap_or_default();
    let classes: Vec<&Class> = CLASSES
        .iter()
        .filter(|class| class.name.contains(&kind))
        .collect();
    corpus.tell_sizes();
    let server = http::Server::start(&corpus);
    server.warm();
    let mut still = Vec::new();
    if is_wanted("http") {
        still = classes.iter().map(|class| server.measure(class)).collect();
        println!("\nbellwether over HTTP, one client, nothing being indexed");
        table(&still);
    }
    if is_wanted("pages") {
        pages::open_bursts(&corpus.dir, &server);
        let times = pages::measure(&server, &kind);
        println!("\npages, one client; what was found is their size in bytes");
        table(&times);
    }
    if is_wanted("clients") {
        let rate = server.rate(8, Duration::from_secs(5));
        println!("\neight clients at once: {rate:.0} queries/s (boolean, phrase, two characters)");
    }
    if is_wanted("peers") {
        peers::measure(&corpus);
    }
    if is_wanted("live") {
        let log = LogReader::open(&corpus.dir).unwrap_or_else(|error| support::fail(&error));
        let indexer =
            Indexer::open(&corpus.dir, &log).unwrap_or_else(|error| support::fail(&error));
        let feeder = corpus.feed(log, indexer, LIVE_RATE);
        let live: Vec<Times> = classes.iter().map(|class| server.measure(class)).collect();
        let fed = feeder.stop();
        println!("\nthe same while {fed:.0} items/s are being appended and indexed");
        table(&live);
        for (before, after) in still.iter().zip(&live) {
            let ratio = after.p95().as_secs_f64() / before.p95().as_secs_f64();
            println!("{:28} p95 x {ratio:.2}", before.name);
        }
    }
    support::tell_peak_memory();
}
