//! How well and how fast texts without spaces are cut into words, and what the dictionary costs.

#[path = "../tests/gold/mod.rs"]
mod gold;

use std::hint::black_box;
use std::time::Instant;

use bellwether_testkit::{data_folder, rows};
use bellwether_text::words;

fn main() {
    let Some(data) = data_folder("segmentation") else {
        return;
    };
    let before = resident_kib();
    let start = Instant::now();
    black_box(words("開票", "zh-Hant"));
    println!(
        "dictionary: {:.0} ms, {} MB",
        start.elapsed().as_secs_f64() * 1e3,
        resident_kib().saturating_sub(before) / 1_024
    );
    for (set, lang, baseline) in gold::SETS {
        let f1 = gold::f1(&gold::sentences(&data, set), lang);
        println!("{set}: F1 {f1:.4}; the library on text converted by phrase {baseline:.3}");
    }
    let texts: Vec<String> = rows(&data.join("streams/cctv-xinwen-lianbo.ndjson.gz"))
        .iter()
        .take(3_000)
        .filter_map(|row| row["text"].as_str().map(str::to_owned))
        .collect();
    let bytes: usize = texts.iter().map(String::len).sum();
    let start = Instant::now();
    for text in &texts {
        black_box(words(text, "zh-Hans"));
    }
    println!(
        "speed: {:.1} MB/s",
        bytes as f64 / start.elapsed().as_secs_f64() / 1e6
    );
}

/// The resident memory of this process; 0 where the system does not tell.
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .unwrap_or(0)
}
