//! The suites of other feed readers: their documents must give the titles that they expect.
//!
//! Reads `feeds/*.ndjson.gz` below `BELLWETHER_DATA` (default: `../../../shared/data` from this
//! crate); without them it says so and passes.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot set up its world must fail"
)]

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use bellwether_poller::parse;
use flate2::read::GzDecoder;
use serde_json::Value;

/// Of the documents with titled items, at least this share must give the titles expected.
const SHARE_MIN: f64 = 0.95;
/// Fewer than this would prove nothing.
const DOCUMENTS_MIN: usize = 150;

fn data() -> PathBuf {
    std::env::var_os("BELLWETHER_DATA").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")),
        PathBuf::from,
    )
}

fn rows(name: &str) -> Vec<Value> {
    let file = File::open(data().join("feeds").join(name)).unwrap();
    BufReader::new(GzDecoder::new(file))
        .lines()
        .map(|line| serde_json::from_str(&line.unwrap()).unwrap())
        .collect()
}

fn body(row: &Value) -> Vec<u8> {
    match row["utf8"].as_str() {
        Some(text) => text.as_bytes().to_vec(),
        None => base64(row["base64"].as_str().unwrap()),
    }
}

fn base64(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits: Vec<u32> = text
        .bytes()
        .filter_map(|b| ALPHABET.iter().position(|a| *a == b))
        .map(|at| u32::try_from(at).unwrap())
        .collect();
    let mut out = Vec::new();
    for group in digits.chunks(4) {
        let bits = group.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - group.len()));
        out.extend_from_slice(&bits.to_be_bytes()[1..group.len()]);
    }
    out
}

/// The suites keep markup and references in titles, we do not: both are compared without.
fn fold(title: &str) -> String {
    let mut text = title.to_owned();
    loop {
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some(at) = rest.find('<') {
            out.push_str(&rest[..at]);
            let is_tag = rest[at + 1..]
                .starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
            match rest[at..].find('>').filter(|_| is_tag) {
                Some(end) => rest = &rest[at + end + 1..],
                None => {
                    out.push('<');
                    rest = &rest[at + 1..];
                }
            }
        }
        out.push_str(rest);
        for (name, text) in [
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&apos;", "'"),
            ("&#39;", "'"),
            ("&#x27;", "'"),
            ("&#34;", "\""),
            ("&#60;", "<"),
            ("&#62;", ">"),
            ("&#38;", "&"),
            ("&nbsp;", " "),
            ("&eacute;", "é"),
            ("&amp;", "&"),
        ] {
            out = out.replace(name, text);
        }
        let out = out.split_whitespace().collect::<Vec<_>>().join(" ");
        if out == text {
            return out;
        }
        text = out;
    }
}

fn titled<'a>(titles: impl Iterator<Item = &'a str>) -> Vec<String> {
    titles.map(fold).filter(|title| !title.is_empty()).collect()
}

/// The titles a suite expects of a document: all of them, or one at a place.
enum Expected {
    All(Vec<String>),
    One(usize, String),
}

fn expectations(row: &Value) -> Vec<Expected> {
    let expected = &row["expected"];
    if let Some(items) = expected["items"].as_array() {
        vec![Expected::All(titled(
            items.iter().filter_map(|item| item["title"].as_str()),
        ))]
    } else if let Some(entries) = expected["entries"].as_array() {
        let titles = entries
            .iter()
            .filter_map(|entry| entry["title"]["content"].as_str());
        vec![Expected::All(titled(titles))]
    } else {
        let checks = expected["checks"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        checks
            .iter()
            .filter(|check| check["where"] == "entry" && check["field"] == "title")
            .filter_map(|check| {
                let at = usize::try_from(check["index"].as_u64()?).ok()?;
                Some(Expected::One(at, fold(check["equals"].as_str()?)))
            })
            .collect()
    }
}

fn holds(row: &Value, expected: &[Expected]) -> Result<(), String> {
    let feed = parse::feed(&body(row), None, "http://127.0.0.1:8097/feed.xml")
        .map_err(|error| error.to_string())?;
    for expected in expected {
        let (found, expected) = match expected {
            Expected::All(expected) => (
                titled(feed.entries.iter().map(|entry| entry.title.as_str())),
                expected.clone(),
            ),
            Expected::One(at, expected) => {
                let found = feed.entries.get(*at).map(|entry| fold(&entry.title));
                (vec![found.unwrap_or_default()], vec![expected.clone()])
            }
        };
        if found != expected {
            return Err(format!("{found:?}, expected {expected:?}"));
        }
    }
    Ok(())
}

#[test]
fn documents_of_other_readers_give_the_titles_expected() {
    if !data().join("feeds").is_dir() {
        println!(
            "skipped: there is no folder {}",
            data().join("feeds").display()
        );
        return;
    }
    let (mut total, mut good) = (0, 0);
    for name in [
        "gofeed.ndjson.gz",
        "feed-rs.ndjson.gz",
        "feedparser.ndjson.gz",
    ] {
        for row in rows(name) {
            let expected: Vec<_> = expectations(&row)
                .into_iter()
                .filter(|e| !matches!(e, Expected::All(titles) if titles.is_empty()))
                .collect();
            if expected.is_empty() {
                continue;
            }
            total += 1;
            match holds(&row, &expected) {
                Ok(()) => good += 1,
                Err(reason) => println!("{}: {reason:.300}", row["id"]),
            }
        }
    }
    println!("{good} of {total} documents give the titles expected");
    assert!(
        total >= DOCUMENTS_MIN,
        "only {total} documents with titled items"
    );
    assert!(
        f64::from(good) >= SHARE_MIN * f64::from(u32::try_from(total).unwrap()),
        "{good} of {total}"
    );
}

/// No document of any suite may be beyond us: not a panic, and in time.
#[test]
fn every_document_of_every_suite_is_read_or_refused() {
    if !data().join("feeds").is_dir() {
        return;
    }
    for name in [
        "gofeed.ndjson.gz",
        "feed-rs.ndjson.gz",
        "feedparser.ndjson.gz",
        "other-peers.ndjson.gz",
    ] {
        for row in rows(name) {
            let bytes = body(&row);
            for content_type in [
                None,
                Some("text/xml; charset=utf-8"),
                Some("text/xml; charset=big5"),
            ] {
                let _ = parse::feed(&bytes, content_type, "https://news.example.org/rss");
            }
        }
    }
}
