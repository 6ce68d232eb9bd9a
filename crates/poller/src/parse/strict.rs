//! The strict reader: feed-rs.
//!
//! It is given documents in UTF-8 without a declaration, since it has no other way to learn what the
//! server said of the charset. It panics on some documents; any sender can cause that, so a panic
//! counts as a failure to read.

use std::panic::{AssertUnwindSafe, catch_unwind};

use feed_rs::model::{self, FeedType, Link};
use url::Url;

use super::{Read, Reading};
use crate::html;

/// Reads a document whose charset has been dealt with.
pub(super) fn read(text: &str, base: Option<&Url>) -> Option<Reading> {
    let text = without_declaration(text);
    // A second declaration is no sound XML, and one that names another charset makes the reader panic.
    if text.contains("<?xml ") {
        return None;
    }
    let parsed = catch_unwind(AssertUnwindSafe(|| {
        feed_rs::parser::Builder::new()
            .base_uri(base.map(Url::as_str))
            // Its own ids change with the title, or at every parse: none is better.
            .id_generator(|_, _, _| String::new())
            // Dates are ours to read; see `date`.
            .timestamp_parser(|_| None)
            .build()
            .parse(text.as_bytes())
    }));
    parsed.ok()?.ok().map(reading)
}

fn without_declaration(text: &str) -> &str {
    match text.strip_prefix("<?xml") {
        Some(body) => body.split_once("?>").map_or(text, |(_, rest)| rest),
        None => text,
    }
}

fn reading(feed: model::Feed) -> Reading {
    // In RSS every text may be HTML and none says so.
    let is_rss = matches!(
        feed.feed_type,
        FeedType::RSS0 | FeedType::RSS1 | FeedType::RSS2
    );
    let language = feed.language;
    Reading {
        older: None,
        is_wordpress: false,
        title: feed.title.map(|title| line(&title, is_rss)),
        entries: feed
            .entries
            .into_iter()
            .map(|entry| Read {
                guid: Some(entry.id).filter(|id| !id.is_empty()),
                link: link(&entry.links),
                link_behind: None,
                title: entry
                    .title
                    .map(|title| line(&title, is_rss))
                    .unwrap_or_default(),
                text: text(entry.content, entry.summary, is_rss),
                dates: Vec::new(),
                lang: entry.language.or_else(|| language.clone()),
            })
            .collect(),
        ..Reading::default()
    }
}

fn line(text: &model::Text, is_rss: bool) -> String {
    html::one_line(&shown(&text.content, text.content_type.as_str(), is_rss))
}

fn text(content: Option<model::Content>, summary: Option<model::Text>, is_rss: bool) -> String {
    let content = content
        .and_then(|content| {
            let media_type = content.content_type.to_string();
            let is_text = media_type.starts_with("text/") || media_type.contains("xml");
            content
                .body
                .filter(|_| is_text)
                .map(|body| shown(&body, &media_type, is_rss))
        })
        .filter(|text| !text.is_empty());
    content
        .or_else(|| {
            summary.map(|summary| shown(&summary.content, summary.content_type.as_str(), is_rss))
        })
        .unwrap_or_default()
}

fn shown(text: &str, media_type: &str, is_rss: bool) -> String {
    if is_rss || media_type != "text/plain" {
        html::to_text(text)
    } else {
        html::plain(text)
    }
}

fn link(links: &[Link]) -> Option<String> {
    let is_page = |link: &&Link| {
        link.rel
            .as_deref()
            .is_none_or(|rel| rel.eq_ignore_ascii_case("alternate"))
    };
    let is_html = |link: &&Link| {
        link.media_type
            .as_deref()
            .is_none_or(|kind| kind.contains("html"))
    };
    let pages = || {
        links
            .iter()
            .filter(is_page)
            .filter(|link| !link.href.is_empty())
    };
    pages()
        .find(is_html)
        .or_else(|| pages().next())
        .map(|link| link.href.clone())
}
