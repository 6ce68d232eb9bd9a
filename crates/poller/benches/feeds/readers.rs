//! The readers that are compared: ours, and feed-rs as it is.

use std::panic::catch_unwind;

use bellwether_poller::date::Place;
use bellwether_poller::parse;

use super::expected::{Document, Field};

/// The name of our own reader.
pub(crate) const OURS: &str = "bellwether";

/// A reader.
type Read = fn(&Document) -> Found;

/// All readers.
pub(crate) const ALL: [(&str, Read); 2] = [("feed-rs, bare", bare), (OURS, ours)];

/// What a reader found in a document.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) link: Option<String>,
    pub(crate) lang: Option<String>,
    pub(crate) entries: Vec<FoundEntry>,
    pub(crate) failed: Option<String>,
    pub(crate) repaired: Option<String>,
}

/// One entry.
#[derive(Default)]
pub(crate) struct FoundEntry {
    fields: [Option<String>; 4],
    pub(crate) text: Option<String>,
    pub(crate) date_raw: Option<String>,
    pub(crate) lang: Option<String>,
}

impl FoundEntry {
    /// A field as text; dates in seconds since 1970.
    pub(crate) fn get(&self, field: Field) -> Option<&str> {
        self.fields[field as usize]
            .as_deref()
            .filter(|text| !text.is_empty())
    }
}

pub(crate) fn ours(document: &Document) -> Found {
    match parse::feed(
        &document.body,
        document.content_type.as_deref(),
        &document.url,
        &Place::utc(),
    ) {
        Err(error) => Found {
            failed: Some(error.to_string()),
            ..Found::default()
        },
        Ok(feed) => Found {
            title: feed.title,
            description: feed.description,
            link: feed.url,
            lang: feed.lang,
            entries: feed
                .entries
                .into_iter()
                .map(|entry| FoundEntry {
                    fields: [
                        Some(entry.title),
                        entry.url,
                        entry.guid,
                        entry.published.map(|time| time.as_second().to_string()),
                    ],
                    text: Some(entry.text),
                    date_raw: entry.published_raw,
                    lang: entry.lang,
                })
                .collect(),
            failed: None,
            repaired: feed.repaired,
        },
    }
}

fn bare(document: &Document) -> Found {
    let text = |text: Option<feed_rs::model::Text>| text.map(|text| text.content);
    match catch_unwind(|| feed_rs::parser::parse(document.body.as_slice())) {
        Err(_) => Found {
            failed: Some("panic".to_owned()),
            ..Found::default()
        },
        Ok(Err(error)) => Found {
            failed: Some(error.to_string()),
            ..Found::default()
        },
        Ok(Ok(feed)) => Found {
            title: text(feed.title),
            description: text(feed.description),
            link: feed.links.into_iter().next().map(|link| link.href),
            lang: feed.language,
            entries: feed
                .entries
                .into_iter()
                .map(|entry| FoundEntry {
                    fields: [
                        text(entry.title),
                        entry.links.into_iter().next().map(|link| link.href),
                        Some(entry.id),
                        entry
                            .published
                            .or(entry.updated)
                            .map(|time| time.timestamp().to_string()),
                    ],
                    text: entry
                        .content
                        .and_then(|content| content.body)
                        .or(text(entry.summary)),
                    date_raw: None,
                    lang: entry.language,
                })
                .collect(),
            failed: None,
            repaired: None,
        },
    }
}
