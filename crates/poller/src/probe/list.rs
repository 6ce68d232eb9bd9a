//! Selectors for the articles of a page, proposed from the links that look like articles.
//!
//! What stands around most of these links, and around little else, is proposed: an element with a
//! class. The reader of pages then reads the page by it, and only what finds the same articles is
//! shown. A proposal is a beginning; whoever follows the page looks at it in a browser.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use bellwether_model::Selectors;
use scraper::{ElementRef, Html, Selector};
use url::Url;

use super::{Seen, addresses};
use crate::adapters::{Document, page};
use crate::address;
use crate::article::bounds;

/// A pattern in fewer links is none.
const LINKS_MIN: usize = 3;

/// Links looked at.
const LINKS_MAX: usize = 5_000;

/// Elements around a link that are looked at, the link included.
const AROUND_MAX: usize = 5;

/// Classes of an element that are looked at; pages made of utility classes have dozens.
const CLASSES_MAX: usize = 4;

/// Proposals that are tried: each reads the page once more.
const TRIED_MAX: usize = 4;

/// Of the articles known, so many of ten must be found, and so few of ten others.
const FOUND_MIN: usize = 6;
const OTHERS_MAX: usize = 3;

/// Selectors that find the articles that were guessed.
pub(super) fn propose(document: &Document<'_>, guessed: &[Seen]) -> Option<Selectors> {
    let wanted = addresses(guessed);
    if wanted.len() < LINKS_MIN {
        return None;
    }
    let text = bounds::page(document.body, document.content_type).ok()?;
    let mut around: Vec<(String, usize)> = patterns(&text, document.url, &wanted)?
        .into_iter()
        .map(|(pattern, links)| (pattern, links.len()))
        .filter(|(_, links)| links * 10 >= wanted.len() * FOUND_MIN && *links >= LINKS_MIN)
        .collect();
    around.sort_by_key(|(pattern, links)| (Reverse(*links), pattern.len()));
    around
        .into_iter()
        .take(TRIED_MAX)
        .filter_map(|(item, _)| {
            let selectors = Selectors {
                item,
                link: None,
                title: None,
                date: None,
                text: None,
            };
            let score = score(&selectors, document, &wanted)?;
            Some((score, selectors))
        })
        .max_by_key(|(score, _)| *score)
        .map(|(_, selectors)| selectors)
}

/// What stands around the links, and around which of them.
fn patterns<'w>(
    text: &str,
    url: &str,
    wanted: &BTreeSet<&'w str>,
) -> Option<BTreeMap<String, BTreeSet<&'w str>>> {
    let page = Html::parse_document(text);
    let base = Url::parse(url).ok();
    let anchor = Selector::parse("a[href]").ok()?;
    let mut patterns: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for link in page.select(&anchor).take(LINKS_MAX) {
        let address = link
            .attr("href")
            .and_then(|href| address::shown(href, base.as_ref()));
        let Some(known) = address.and_then(|address| wanted.get(address.as_str()).copied()) else {
            continue;
        };
        let above = link.ancestors().filter_map(ElementRef::wrap);
        for element in std::iter::once(link).chain(above).take(AROUND_MAX) {
            let name = element.value().name();
            if matches!(name, "body" | "html" | "main") {
                break;
            }
            if name == "article" {
                patterns.entry(name.to_owned()).or_default().insert(known);
            }
            for class in element
                .value()
                .classes()
                .filter(|class| is_plain(class))
                .take(CLASSES_MAX)
            {
                let pattern = format!("{name}.{class}");
                patterns.entry(pattern).or_default().insert(known);
            }
        }
    }
    Some(patterns)
}

/// A class that needs no escapes in a selector, and is no hash that changes with each release.
fn is_plain(class: &str) -> bool {
    class.len() <= 40
        && class.starts_with(|c: char| c.is_ascii_alphabetic())
        && class
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// How well selectors find what is known: articles found less others; `None` where they do not.
fn score(selectors: &Selectors, document: &Document<'_>, wanted: &BTreeSet<&str>) -> Option<usize> {
    let listing = page::read(Some(selectors), document).ok()?;
    let with_title = listing
        .posts
        .iter()
        .filter(|post| !post.entry.title.is_empty());
    let found: Vec<&str> = with_title
        .filter_map(|post| post.entry.url.as_deref())
        .collect();
    let known = found.iter().filter(|url| wanted.contains(*url)).count();
    let others = found.len() - known;
    let will_do =
        known * 10 >= wanted.len() * FOUND_MIN && others * 10 <= wanted.len() * OTHERS_MAX;
    will_do.then(|| (known * 2).saturating_sub(others))
}
