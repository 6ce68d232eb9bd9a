//! The suites of other feed readers: their documents, and the titles that they expect of them.

use std::path::Path;

use serde_json::Value;

use crate::data::{base64, rows};

/// The suites with expectations of titles, below the folder of real data.
const SUITES: [&str; 3] = [
    "gofeed.ndjson.gz",
    "feed-rs.ndjson.gz",
    "feedparser.ndjson.gz",
];

/// All suites.
const ALL_SUITES: [&str; 4] = [
    "gofeed.ndjson.gz",
    "feed-rs.ndjson.gz",
    "feedparser.ndjson.gz",
    "other-peers.ndjson.gz",
];

/// One document of a suite.
#[derive(Debug, Clone)]
pub struct GoldDocument {
    /// Its name in the suite.
    pub id: String,
    /// Its bytes.
    pub body: Vec<u8>,
    /// What its suite expects of titles; empty where nothing.
    pub expected: Vec<ExpectedTitles>,
}

/// The documents whose suite expects titles.
#[must_use]
pub fn titled_documents(data: &Path) -> Vec<GoldDocument> {
    let mut documents = documents(data, &SUITES);
    documents.retain(|document| !document.expected.is_empty());
    documents
}

/// All documents of all suites.
#[must_use]
pub fn all_documents(data: &Path) -> Vec<GoldDocument> {
    documents(data, &ALL_SUITES)
}

fn documents(data: &Path, suites: &[&str]) -> Vec<GoldDocument> {
    suites
        .iter()
        .flat_map(|name| rows(&data.join("feeds").join(name)))
        .map(|row| GoldDocument {
            id: row["id"].as_str().unwrap_or_default().to_owned(),
            body: body(&row),
            expected: expectations(&row)
                .into_iter()
                .filter(|e| !matches!(e, ExpectedTitles::All(titles) if titles.is_empty()))
                .collect(),
        })
        .collect()
}

fn body(row: &Value) -> Vec<u8> {
    match row["utf8"].as_str() {
        Some(text) => text.as_bytes().to_vec(),
        None => base64(row["base64"].as_str().expect("a body")),
    }
}

/// A title without markup and references: the suites keep both, we do not.
#[must_use]
pub fn fold_title(title: &str) -> String {
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
            ("&#x26;", "&"),
            ("&#x3c;", "<"),
            ("&#x3C;", "<"),
            ("&#x3e;", ">"),
            ("&#x3E;", ">"),
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

/// Titles as they are compared; those without text are left out.
#[must_use]
pub fn fold_titles<'a>(titles: impl Iterator<Item = &'a str>) -> Vec<String> {
    titles
        .map(fold_title)
        .filter(|title| !title.is_empty())
        .collect()
}

/// The titles a suite expects of a document: all of them, or one at a place.
#[derive(Debug, Clone)]
pub enum ExpectedTitles {
    /// All of them, in the order of the document.
    All(Vec<String>),
    /// The one of the entry at a place.
    One(usize, String),
}

fn expectations(row: &Value) -> Vec<ExpectedTitles> {
    let expected = &row["expected"];
    if let Some(items) = expected["items"].as_array() {
        vec![ExpectedTitles::All(fold_titles(
            items.iter().filter_map(|item| item["title"].as_str()),
        ))]
    } else if let Some(entries) = expected["entries"].as_array() {
        let titles = entries
            .iter()
            .filter_map(|entry| entry["title"]["content"].as_str());
        vec![ExpectedTitles::All(fold_titles(titles))]
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
                Some(ExpectedTitles::One(
                    at,
                    fold_title(check["equals"].as_str()?),
                ))
            })
            .collect()
    }
}
