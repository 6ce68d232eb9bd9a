//! The suites of other feed readers: their documents must give the titles that they expect.
//!
//! Reads `feeds/*.ndjson.gz` below `BELLWETHER_DATA` (default: `../../../shared/data` from this
//! crate); without them it says so and passes.

use std::path::PathBuf;

use bellwether_poller::date::Place;
use bellwether_poller::parse;
use bellwether_testkit::{
    ExpectedTitles, GoldDocument, all_documents, fold_title, fold_titles, titled_documents,
};

/// Of the documents with titled items, at least this share must give the titles expected.
const SHARE_MIN: f64 = 0.95;
/// Fewer than this would prove nothing.
const DOCUMENTS_MIN: usize = 150;

/// The folder of real data, where there is one.
fn data() -> Option<PathBuf> {
    let path = std::env::var_os("BELLWETHER_DATA").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")),
        PathBuf::from,
    );
    if path.join("feeds").is_dir() {
        return Some(path);
    }
    println!(
        "skipped: there is no folder {}",
        path.join("feeds").display()
    );
    None
}

fn holds(document: &GoldDocument) -> Result<(), String> {
    let feed = parse::feed(
        &document.body,
        None,
        "http://127.0.0.1:8097/feed.xml",
        &Place::default(),
    )
    .map_err(|error| error.to_string())?;
    for expected in &document.expected {
        let (found, expected) = match expected {
            ExpectedTitles::All(expected) => (
                fold_titles(feed.entries.iter().map(|entry| entry.title.as_str())),
                expected.clone(),
            ),
            ExpectedTitles::One(at, expected) => {
                let found = feed.entries.get(*at).map(|entry| fold_title(&entry.title));
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
    let Some(data) = data() else { return };
    let documents = titled_documents(&data);
    let mut good = 0;
    for document in &documents {
        match holds(document) {
            Ok(()) => good += 1,
            Err(reason) => println!("{}: {reason:.300}", document.id),
        }
    }
    let total = documents.len();
    println!("{good} of {total} documents give the titles expected");
    assert!(
        total >= DOCUMENTS_MIN,
        "only {total} documents with titled items"
    );
    assert!(
        f64::from(good) >= SHARE_MIN * total as f64,
        "{good} of {total}"
    );
}

/// No document of any suite may be beyond us: not a panic, and in time.
#[test]
fn every_document_of_every_suite_is_read_or_refused() {
    let Some(data) = data() else { return };
    for document in all_documents(&data) {
        for content_type in [
            None,
            Some("text/xml; charset=utf-8"),
            Some("text/xml; charset=big5"),
        ] {
            let _ = parse::feed(
                &document.body,
                content_type,
                "https://news.example.org/rss",
                &Place::default(),
            );
        }
    }
}
