//! A page that lists articles, for outlets without a feed.
//!
//! With selectors, what they select is an entry each. Without, links are taken for articles where
//! they look like it: of the same site, with words enough to be a headline, to an address as those of
//! articles are, and not in the parts of a page that are its frame. The guess is for a first look;
//! whoever follows a page for months writes selectors.

use std::collections::{BTreeMap, HashSet};

use bellwether_model::Selectors;
use scraper::{ElementRef, Html, Selector};
use url::Url;

use super::dom::{self, css};
use super::{Document, Listing, NotRead, Post};
use crate::parse::Entry;
use crate::{address, date, html};

static TITLE: dom::Css = css!("head > title");
static BASE: dom::Css = css!("base[href]");
static ANCHOR: dom::Css = css!("a[href]");
static TIME: dom::Css = css!("time[datetime]");
static FEED: dom::Css = css!(
    "link[rel~=alternate][type='application/rss+xml'][href], link[rel~=alternate][type='application/atom+xml'][href], link[rel~=alternate][type='application/feed+json'][href]"
);

/// Entries taken of one page; the longest real front pages have 300 headlines.
const ENTRIES_MAX: usize = 500;

/// Links looked at.
const LINKS_MAX: usize = 5_000;

/// Nodes around a link in which its date is looked for: all of a card, little of a page.
const NEAR_MAX: usize = 60;

/// A headline has so many words, or so many characters in scripts that are written without spaces.
const WORDS_MIN: usize = 4;
const UNSPACED_MIN: usize = 8;

/// Letters of a headline; a teaser is longer.
const HEADLINE_CHARS_MAX: usize = 300;

/// Parts of a page that are its frame.
const FRAME: [&str; 4] = ["nav", "footer", "aside", "header"];

/// Reads a page that lists articles.
///
/// # Errors
/// Where it is none, or nothing in it is an article.
pub fn read(selectors: Option<&Selectors>, document: &Document<'_>) -> Result<Listing, NotRead> {
    let page = dom::page(document)?;
    let root = page.root_element();
    let address = Url::parse(document.url).ok();
    let base = BASE
        .attribute(root, "href")
        .and_then(|href| match &address {
            Some(address) => address.join(href).ok(),
            None => Url::parse(href).ok(),
        })
        .or(address);
    let lang = root.attr("lang").map(str::trim).map(str::to_owned);
    let mut posts = match selectors {
        Some(selectors) => selected(&page, &Compiled::of(selectors)?, base.as_ref()),
        None => guessed(root, base.as_ref()),
    };
    if posts.is_empty() {
        return Err(NotRead::Other {
            expected: "page that lists articles",
            found: if selectors.is_some() {
                "the selectors select nothing; the page may have changed, or need a browser"
            } else {
                "no link looks like an article; write selectors for it, or the page needs a browser"
            },
        });
    }
    let mut listing = Listing {
        title: TITLE.text(root).map(|title| html::one_line(&title)),
        is_whole: posts.len() <= ENTRIES_MAX,
        ..Listing::default()
    };
    posts.truncate(ENTRIES_MAX);
    for post in &mut posts {
        post.entry.lang.clone_from(&lang);
    }
    listing.posts = posts;
    if selectors.is_none() {
        listing.note("no selectors: links that look like articles are taken");
    }
    Ok(listing)
}

/// Feeds that a page names: whoever is asked for the page can read these instead.
#[must_use]
pub fn feeds(document: &Document<'_>) -> Vec<String> {
    let Ok(page) = dom::page(document) else {
        return Vec::new();
    };
    let base = Url::parse(document.url).ok();
    let mut feeds: Vec<String> = Vec::new();
    for link in FEED.all(page.root_element()).into_iter().take(100) {
        let feed = link
            .attr("href")
            .and_then(|href| address::shown(href, base.as_ref()));
        feeds.extend(feed.filter(|feed| !feeds.contains(feed)));
    }
    feeds
}

/// Selectors as configuration gives them, read.
struct Compiled {
    item: Selector,
    link: Option<Selector>,
    title: Option<Selector>,
    date: Option<Selector>,
    text: Option<Selector>,
}

impl Compiled {
    fn of(selectors: &Selectors) -> Result<Self, NotRead> {
        let read = |css: &str| {
            Selector::parse(css).map_err(|_| NotRead::Other {
                expected: "selector",
                found: "configuration has one that cannot be read",
            })
        };
        let perhaps = |css: &Option<String>| css.as_deref().map(read).transpose();
        Ok(Self {
            item: read(&selectors.item)?,
            link: perhaps(&selectors.link)?,
            title: perhaps(&selectors.title)?,
            date: perhaps(&selectors.date)?,
            text: perhaps(&selectors.text)?,
        })
    }
}

fn selected(page: &Html, css: &Compiled, base: Option<&Url>) -> Vec<Post> {
    let mut known = HashSet::new();
    page.select(&css.item)
        .take(LINKS_MAX)
        .filter_map(|item| {
            let within = |selector: &Option<Selector>| {
                selector
                    .as_ref()
                    .and_then(|selector| item.select(selector).next())
            };
            let link = match &css.link {
                Some(_) => within(&css.link)?,
                None if item.value().name() == "a" => item,
                None => ANCHOR.first(item)?,
            };
            let url = address::shown(link.attr("href")?, base)?;
            known.insert(url.clone()).then_some(())?;
            let title = within(&css.title).unwrap_or(link);
            let date = within(&css.date).or_else(|| TIME.first(item));
            Some(post(url, title, date, within(&css.text).map(dom::text)))
        })
        .collect()
}

fn post(
    url: String,
    title: ElementRef<'_>,
    date: Option<ElementRef<'_>>,
    text: Option<String>,
) -> Post {
    let raw = date.and_then(|element| {
        let written = element.attr("datetime").or_else(|| element.attr("content"));
        Some(html::one_line(
            &written.map_or_else(|| dom::text(element), str::to_owned),
        ))
        .filter(|raw| !raw.is_empty())
    });
    Post::from(Entry {
        reading: None,
        guid: None,
        url: Some(url),
        title: html::one_line(&dom::text(title)),
        text: text.unwrap_or_default(),
        published: raw.as_deref().and_then(date::parse),
        published_raw: raw,
        lang: None,
    })
}

/// Links that look like articles, each address once with its longest headline, in the order of the
/// page.
fn guessed(root: ElementRef<'_>, base: Option<&Url>) -> Vec<Post> {
    let mut order: Vec<String> = Vec::new();
    let mut found: BTreeMap<String, Post> = BTreeMap::new();
    for link in ANCHOR.all(root).into_iter().take(LINKS_MAX) {
        let Some(url) = link
            .attr("href")
            .and_then(|href| address::shown(href, base))
            .filter(|url| is_article(url, base))
        else {
            continue;
        };
        let title = html::one_line(&dom::text(link));
        if !is_headline(&title) || is_frame(link) {
            continue;
        }
        let date = link.parent().and_then(|near| {
            near.descendants()
                .take(NEAR_MAX)
                .filter_map(ElementRef::wrap)
                .find(|element| {
                    element.value().name() == "time" && element.attr("datetime").is_some()
                })
        });
        let post = post(url.clone(), link, date, None);
        match found.get_mut(&url) {
            Some(known) if known.entry.title.len() >= post.entry.title.len() => {}
            Some(known) => *known = post,
            None => {
                order.push(url.clone());
                found.insert(url, post);
            }
        }
    }
    order.iter().filter_map(|url| found.remove(url)).collect()
}

fn is_headline(title: &str) -> bool {
    let unspaced = title
        .chars()
        .filter(|c| *c >= '\u{2E80}' && c.is_alphabetic())
        .count();
    title.chars().count() <= HEADLINE_CHARS_MAX
        && (unspaced >= UNSPACED_MIN || title.split_whitespace().count() >= WORDS_MIN)
}

/// Of the same site, and with a path that is more than a section: it has a number, a date, a long
/// name, or ends as a document does.
fn is_article(url: &str, base: Option<&Url>) -> bool {
    let (Ok(url), Some(base)) = (Url::parse(url), base) else {
        return false;
    };
    let site = |url: &Url| {
        let host = url.host_str().unwrap_or_default().to_owned();
        host.trim_start_matches("www.")
            .trim_start_matches("m.")
            .to_owned()
    };
    let (here, there) = (site(base), site(&url));
    let is_same_site = here == there
        || there.ends_with(&format!(".{here}"))
        || here.ends_with(&format!(".{there}"));
    if !is_same_site || url.path() == base.path() {
        return false;
    }
    let last = url
        .path_segments()
        .and_then(|parts| parts.rev().find(|part| !part.is_empty()).map(str::to_owned))
        .unwrap_or_default();
    let digits = url.path().bytes().filter(u8::is_ascii_digit).count();
    let is_document = [".html", ".htm", ".shtml", ".aspx", ".php"]
        .iter()
        .any(|end| last.ends_with(end));
    let has_number = digits >= 4
        || url
            .query()
            .is_some_and(|q| q.bytes().filter(u8::is_ascii_digit).count() >= 3);
    let is_long = last.len() >= 25 || last.matches(['-', '_']).count() >= 3;
    has_number || is_long || (is_document && digits > 0)
}

fn is_frame(element: ElementRef<'_>) -> bool {
    element
        .ancestors()
        .filter_map(ElementRef::wrap)
        .any(|above| FRAME.contains(&above.value().name()))
}
