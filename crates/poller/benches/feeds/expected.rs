//! The documents, and what their references say of them.

use std::collections::BTreeMap;
use std::path::Path;

use bellwether_testkit::{base64, fold_title, rows};
use serde_json::Value;
use url::Url;

/// Where a document is said to come from, unless it says so itself.
const URL: &str = "http://127.0.0.1:8097/feed.xml";

/// What feedparser finds; see `reference.py`.
const FEEDPARSER: &str = include_str!("feedparser.tsv");

/// What is compared of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Title,
    Link,
    Id,
    Date,
}

impl Field {
    pub(crate) const ALL: [Self; 4] = [Self::Title, Self::Link, Self::Id, Self::Date];
}

/// A suite of documents.
pub(crate) struct Suite {
    pub(crate) name: &'static str,
    pub(crate) documents: Vec<Document>,
}

/// A document and what is expected of it.
pub(crate) struct Document {
    pub(crate) id: String,
    pub(crate) body: Vec<u8>,
    pub(crate) url: String,
    pub(crate) content_type: Option<String>,
    /// `None` where there is no reference.
    pub(crate) entries: Option<Vec<ExpectedEntry>>,
    /// feedparser's own checks.
    pub(crate) checks: Vec<Value>,
}

/// What is expected of an entry.
#[derive(Debug, Default)]
pub(crate) struct ExpectedEntry([Option<Expected>; 4]);

impl ExpectedEntry {
    pub(crate) fn get(&self, field: Field) -> Option<&Expected> {
        self.0[field as usize].as_ref()
    }
}

/// What is expected of a field.
#[derive(Debug)]
pub(crate) enum Expected {
    Text(String),
    /// FNV-1a of the text without white space.
    Digest(u32),
}

impl Expected {
    pub(crate) fn is_met(&self, field: Field, found: &str, document: &Document) -> bool {
        let resolve = |text: &str| {
            Url::parse(&document.url)
                .and_then(|base| base.join(text))
                .map_or_else(|_| text.to_owned(), String::from)
        };
        let is_same = |found: &str| match self {
            Self::Text(text) if field == Field::Title => bare(&fold_title(text)) == bare(found),
            Self::Text(text) => bare(text) == bare(found) || bare(&resolve(text)) == bare(found),
            Self::Digest(digest) => *digest == fnv(&bare(found)),
        };
        match field {
            Field::Title => is_same(&fold_title(found)),
            Field::Date => is_same(found),
            // Ids stay as they are written here, and are resolved by some references.
            Field::Link | Field::Id => is_same(found) || is_same(&resolve(found)),
        }
    }
}

/// A text without white space.
pub(crate) fn bare(text: &str) -> String {
    text.split_whitespace().collect()
}

fn fnv(text: &str) -> u32 {
    text.bytes().fold(0x811C_9DC5, |value, byte| {
        (value ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

pub(crate) fn suites(data: &Path) -> Vec<Suite> {
    let lines: BTreeMap<&str, Vec<&str>> = FEEDPARSER
        .lines()
        .map(|line| {
            let mut columns = line.split('\t');
            (columns.next().unwrap_or_default(), columns.collect())
        })
        .collect();
    let by_feedparser = |row: &Value| {
        Some(match lines.get(row["id"].as_str().unwrap_or_default()) {
            Some(columns) => columns.iter().map(|column| of_digests(column)).collect(),
            None => vec![ExpectedEntry::default()],
        })
    };
    [
        (
            "feedparser",
            "feedparser.ndjson.gz",
            &by_feedparser as &dyn Fn(&Value) -> _,
        ),
        ("gofeed", "gofeed.ndjson.gz", &by_gofeed),
        ("feed-rs", "feed-rs.ndjson.gz", &by_feed_rs),
        ("other peers", "other-peers.ndjson.gz", &by_feedparser),
    ]
    .into_iter()
    .map(|(name, file, entries)| Suite {
        name,
        documents: rows(&data.join("feeds").join(file))
            .iter()
            .map(|row| document(row, entries(row)))
            .collect(),
    })
    .collect()
}

fn document(row: &Value, entries: Option<Vec<ExpectedEntry>>) -> Document {
    let body = match row["utf8"].as_str() {
        Some(text) => text.as_bytes().to_vec(),
        None => base64(row["base64"].as_str().unwrap_or_default()),
    };
    let header = |name: &str| {
        String::from_utf8_lossy(&body)
            .lines()
            .filter_map(|line| line.trim().strip_prefix("Header:"))
            .find_map(|line| {
                let (found, value) = line.split_once(':')?;
                found
                    .trim()
                    .eq_ignore_ascii_case(name)
                    .then_some(value.trim().to_owned())
            })
    };
    Document {
        id: row["id"].as_str().unwrap_or_default().to_owned(),
        url: header("content-location")
            .filter(|location| location.starts_with("http"))
            .unwrap_or_else(|| URL.to_owned()),
        content_type: header("content-type"),
        checks: row["expected"]["checks"]
            .as_array()
            .cloned()
            .unwrap_or_default(),
        body,
        entries,
    }
}

fn of_digests(column: &str) -> ExpectedEntry {
    let mut values = column.trim_matches('-').split(',');
    let mut next = |is_date| {
        let text = values.next().filter(|text| !text.is_empty())?;
        if is_date {
            return Some(Expected::Text(text.to_owned()));
        }
        u32::from_str_radix(text, 16).ok().map(Expected::Digest)
    };
    ExpectedEntry([next(false), next(false), next(false), next(true)])
}

fn text(value: &Value) -> Option<Expected> {
    let text = value.as_str()?;
    (!text.trim().is_empty()).then(|| Expected::Text(text.to_owned()))
}

fn date(value: &Value) -> Option<Expected> {
    let time: bellwether_model::Timestamp = value.as_str()?.parse().ok()?;
    Some(Expected::Text(time.as_second().to_string()))
}

fn by_gofeed(row: &Value) -> Option<Vec<ExpectedEntry>> {
    let expected = row["expected"].as_object()?;
    let items = ["items", "entries"]
        .iter()
        .find_map(|key| expected.get(*key)?.as_array());
    let entry = |item: &Value| {
        let first_of = |keys: &[&str]| keys.iter().find_map(|key| text(&item[*key]));
        ExpectedEntry([
            text(&item["title"]),
            text(&item["link"]).or_else(|| page(&item["links"])),
            first_of(&["guid", "id"]).or_else(|| text(&item["guid"]["value"])),
            ["publishedParsed", "pubDateParsed", "updatedParsed"]
                .iter()
                .find_map(|key| date(&item[*key])),
        ])
    };
    Some(items.map_or_else(Vec::new, |items| items.iter().map(entry).collect()))
}

/// The link to the page among links of Atom.
fn page(links: &Value) -> Option<Expected> {
    let mut links = links.as_array()?.iter();
    let link = links.find(|link| {
        matches!(link["rel"].as_str(), None | Some("alternate")) && link["href"].is_string()
    })?;
    text(&link["href"])
}

fn by_feed_rs(row: &Value) -> Option<Vec<ExpectedEntry>> {
    let source = row["utf8"].as_str().unwrap_or_default();
    let entry = |entry: &Value| {
        ExpectedEntry([
            text(&entry["title"]["content"]),
            page(&entry["links"]),
            // Where a document gives no id, feed-rs makes one.
            text(&entry["id"])
                .filter(|id| matches!(id, Expected::Text(id) if source.contains(id.as_str()))),
            date(&entry["published"]).or_else(|| date(&entry["updated"])),
        ])
    };
    let entries = row["expected"]["entries"].as_array()?;
    Some(entries.iter().map(entry).collect())
}
