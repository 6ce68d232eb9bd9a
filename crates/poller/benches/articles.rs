//! How much of an article's text is found, and how much that is not its text, beside the bare
//! libraries over the same pages.
//!
//! F1 is the public benchmark's own. The Chinese pages have no gold; of them the text must be there
//! and free of markup. Needs the data folder; says so where there is none.

#[path = "../tests/score/mod.rs"]
mod score;

use std::time::Instant;

use bellwether_poller::article;
use bellwether_poller::date::Place;
use bellwether_testkit::{data_folder, rows};
use dom_smoothie::{Readability, TextMode};
use score::{Score, has_markup};
use serde_json::Value;
use trafilatura::{ExtractionFocus, Options};

/// What turns a page into text; empty where it finds none.
type Extract = fn(&str) -> String;

const EXTRACTS: [(&str, Extract); 6] = [
    ("bellwether", ours),
    ("trafilatura 0.6", |page| bare(page, &Options::default())),
    ("  with fallback", |page| {
        bare(page, &Options::default().with_fallback(true))
    }),
    ("  and for precision", |page| {
        let options = Options::default().with_fallback(true);
        bare(page, &options.with_focus(ExtractionFocus::FavorPrecision))
    }),
    ("libreadability 0.3", |page| {
        libreadability::extract(page, None).map_or_else(|_| String::new(), |a| a.text_content)
    }),
    ("dom_smoothie 0.19, formatted", smoothie),
];

fn main() {
    let Some(data) = data_folder("articles") else {
        return;
    };
    let pages = rows(&data.join("extraction/article-extraction-benchmark.ndjson.gz"));
    let chinese = rows(&data.join("extraction/gne-chinese-pages.ndjson.gz"));
    println!(
        "As measured before, not here: rs-trafilatura 0.2.2 .957; of its text, trafilatura's and \
         dom_smoothie's the one most like the others .971, 21 ms.\n"
    );
    println!(
        "{:30} {:>6} {:>6} {:>6} {:>8} {:>6} {:>6} {:>6}   {} Chinese pages: empty, markup, Han, ms",
        "181 pages",
        "F1",
        "P",
        "R",
        "ms/page",
        "p95",
        "max",
        "empty",
        chinese.len()
    );
    for (name, extract) in EXTRACTS {
        println!(
            "{name:30} {}   {}",
            english(&pages, extract),
            without_gold(&chinese, extract)
        );
    }
}

fn ours(page: &str) -> String {
    article::read(
        page.as_bytes(),
        Some("text/html; charset=utf-8"),
        "https://e.org/",
        &Place::default(),
    )
    .map_or_else(|_| String::new(), |article| article.text)
}

fn bare(page: &str, options: &Options) -> String {
    trafilatura::extract(page, options).map_or_else(|_| String::new(), |found| found.content_text)
}

fn smoothie(page: &str) -> String {
    let config = dom_smoothie::Config {
        text_mode: TextMode::Formatted,
        ..dom_smoothie::Config::default()
    };
    Readability::new(page, None, Some(config))
        .and_then(|mut page| page.parse())
        .map_or_else(
            |_| String::new(),
            |article| article.text_content.to_string(),
        )
}

/// Milliseconds, and the text.
fn timed(page: &Value, extract: Extract) -> (f64, String) {
    let page = page["html"].as_str().unwrap_or_default();
    let start = Instant::now();
    let text = extract(page);
    (start.elapsed().as_secs_f64() * 1e3, text)
}

fn english(pages: &[Value], extract: Extract) -> String {
    let (mut score, mut empty) = (Score::default(), 0);
    let mut times = Vec::new();
    for page in pages {
        let (ms, text) = timed(page, extract);
        times.push(ms);
        empty += u32::from(text.trim().is_empty());
        score.add(page["text"].as_str().unwrap_or_default(), &text);
    }
    times.sort_by(f64::total_cmp);
    let (f1, precision, recall) = score.f1();
    format!(
        "{f1:6.4} {precision:6.4} {recall:6.4} {:8.1} {:6.1} {:6.1} {empty:6}",
        times.iter().sum::<f64>() / times.len() as f64,
        times[times.len() * 95 / 100],
        times[times.len() - 1],
    )
}

fn without_gold(pages: &[Value], extract: Extract) -> String {
    let (mut empty, mut markup, mut han, mut ms) = (0, 0, 0, 0.0);
    for page in pages {
        let (taken, text) = timed(page, extract);
        ms += taken;
        empty += u32::from(text.trim().is_empty());
        markup += u32::from(has_markup(&text));
        han += text
            .chars()
            .filter(|c| ('\u{4E00}'..='\u{9FFF}').contains(c))
            .count();
    }
    format!("{empty}, {markup}, {han}, {:.1}", ms / pages.len() as f64)
}
