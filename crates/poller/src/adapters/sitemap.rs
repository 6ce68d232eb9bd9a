//! Sitemaps: of news (`news:title`, `news:publication_date`), of pages (`loc`, `lastmod`), and
//! indexes of sitemaps (sitemaps.org protocol 0.9; sitemap-news 0.9).
//!
//! A news sitemap names the articles of the last two days and may be empty: that is no fault. A plain
//! one names every page with the time of its last change, which is the best that is known of an
//! article that we see for the first time; where it names more than are read, the newest are. May be
//! compressed without saying so. Addresses are often not escaped as they should be.

use std::collections::BTreeSet;
use std::io::Read;

use bellwether_model::Timestamp;
use flate2::read::MultiGzDecoder;
use jiff::civil::Date;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use url::Url;

use super::{Document, Listing, Named, NotRead, Post};
use crate::article::bounds;
use crate::parse::{DATE_BYTES_MAX, ENTRIES_MAX, Entry, TITLE_BYTES_MAX, charset};
use crate::{address, date, entities, html};

/// Bytes once unpacked; the protocol allows 50 MB, which is 20 times what 2,000 addresses take.
pub const UNPACKED_BYTES_MAX: u64 = 52_428_800;

/// The protocol's own limits.
const ADDRESSES_MAX: usize = 50_000;

/// Sitemaps of an index that are named: those that changed last.
const DOCUMENTS_MAX: usize = 500;

/// Longer fields are not what they claim to be.
const FIELD_BYTES_MAX: usize = 8 * 1024;

/// Reads a sitemap: the newest of what it names.
///
/// # Errors
/// Where it is none.
pub fn read(document: &Document<'_>) -> Result<Listing, NotRead> {
    read_most(document, ENTRIES_MAX, DOCUMENTS_MAX)
}

/// Reads a sitemap: all that it names, as far as the protocol allows.
///
/// # Errors
/// Where it is none.
pub(crate) fn read_all(document: &Document<'_>) -> Result<Listing, NotRead> {
    read_most(document, ADDRESSES_MAX, ADDRESSES_MAX)
}

fn read_most(
    document: &Document<'_>,
    entries_max: usize,
    documents_max: usize,
) -> Result<Listing, NotRead> {
    let unpacked;
    let body = if document.body.starts_with(b"\x1F\x8B") {
        unpacked = inflate(document.body)?;
        &unpacked[..]
    } else {
        document.body
    };
    let (text, note) = charset::decode(body, document.content_type, None);
    let mut reading = Reading::default();
    let base = Url::parse(document.url).ok();
    reading.read(&text, base.as_ref());
    if !reading.is_sitemap {
        return Err(none(&text, body, document));
    }
    Ok(reading.listing(note, entries_max, documents_max))
}

/// Bounded: a bomb ends here and not in memory.
fn inflate(body: &[u8]) -> Result<Vec<u8>, NotRead> {
    let mut out = Vec::new();
    let result = MultiGzDecoder::new(body)
        .take(UNPACKED_BYTES_MAX + 1)
        .read_to_end(&mut out);
    if out.len() as u64 > UNPACKED_BYTES_MAX {
        return Err(NotRead::TooLarge(UNPACKED_BYTES_MAX));
    }
    // What was unpacked before a fault is read, and is not whole.
    if result.is_err() && out.is_empty() {
        return Err(NotRead::Other {
            expected: "sitemap",
            found: "a compressed file that cannot be unpacked",
        });
    }
    Ok(out)
}

fn none(text: &str, body: &[u8], document: &Document<'_>) -> NotRead {
    let expected = "sitemap";
    let start = text.trim_start();
    if start.is_empty() {
        return NotRead::Other {
            expected,
            found: "the answer is empty",
        };
    }
    let head: String = start.chars().take(1_000).collect::<String>().to_lowercase();
    if head.contains("<html") || head.contains("<!doctype html") {
        return match bounds::page(body, document.content_type) {
            Ok(page) => super::wall::of_page(&page, document.url).map_or(
                NotRead::Other {
                    expected,
                    found: "a page for people",
                },
                NotRead::Wall,
            ),
            Err(bad) => bad.into(),
        };
    }
    NotRead::Other {
        expected,
        found: "neither `urlset` nor `sitemapindex`",
    }
}

/// One `url` or `sitemap` element.
#[derive(Debug, Default)]
struct Block {
    is_index: bool,
    loc: String,
    lastmod: String,
    title: String,
    published: String,
    lang: String,
}

#[derive(Debug)]
enum Field {
    Loc,
    Lastmod,
    Title,
    Published,
    Lang,
}

#[derive(Debug, Default)]
struct Reading {
    is_sitemap: bool,
    is_whole: bool,
    news_prefixes: BTreeSet<String>,
    posts: Vec<Post>,
    documents: Vec<Named>,
    notes: BTreeSet<&'static str>,
}

impl Reading {
    fn read(&mut self, text: &str, base: Option<&Url>) {
        self.news_prefixes = BTreeSet::from(["news".to_owned(), "n".to_owned()]);
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.allow_dangling_amp = true;
        config.allow_unmatched_ends = true;
        config.check_end_names = false;
        let mut block: Option<Block> = None;
        let mut field: Option<Field> = None;
        loop {
            match reader.read_event() {
                Ok(Event::Start(start)) => {
                    self.note_prefixes(&start);
                    match start.local_name().into_inner() {
                        "urlset" | "sitemapindex" => self.is_sitemap = true,
                        name @ ("url" | "sitemap") => {
                            block = Some(Block {
                                is_index: name == "sitemap",
                                ..Block::default()
                            });
                        }
                        _ => field = self.field(&start),
                    }
                }
                Ok(Event::Text(piece)) => add(&mut block, &field, &piece),
                Ok(Event::CData(piece)) => add(&mut block, &field, &piece),
                Ok(Event::GeneralRef(name)) => {
                    add(&mut block, &field, &format!("&{};", &*name));
                }
                Ok(Event::End(end)) => {
                    field = None;
                    match end.local_name().into_inner() {
                        "url" | "sitemap" => {
                            if let Some(block) = block.take() {
                                self.take_in(&block, base);
                            }
                        }
                        "urlset" | "sitemapindex" => self.is_whole = true,
                        _ => {}
                    }
                }
                Ok(Event::Empty(start)) => {
                    // An empty list may be one element.
                    let name = start.local_name().into_inner().to_owned();
                    let is_list = matches!(name.as_str(), "urlset" | "sitemapindex");
                    self.is_sitemap |= is_list;
                    self.is_whole |= is_list;
                }
                Ok(Event::Eof) => return,
                Ok(_) => {}
                Err(_) => {
                    self.is_whole = false;
                    self.notes.insert("broken XML: read up to the fault");
                    return;
                }
            }
            if self.posts.len() + self.documents.len() >= ADDRESSES_MAX {
                self.notes
                    .insert("more addresses than the protocol allows: the first ones are read");
                self.is_whole = false;
                return;
            }
        }
    }

    fn note_prefixes(&mut self, start: &BytesStart<'_>) {
        let attributes = start.attributes_raw();
        if !attributes.contains("sitemap-news") {
            return;
        }
        for attribute in start.attributes().with_checks(false).flatten().take(50) {
            let prefix = attribute.key.into_inner().strip_prefix("xmlns:");
            if let Some(prefix) = prefix.filter(|_| attribute.value.contains("sitemap-news")) {
                self.news_prefixes.insert(prefix.to_owned());
            }
        }
    }

    /// `image:loc` and `video:title` are of something else.
    fn field(&self, start: &BytesStart<'_>) -> Option<Field> {
        let name = start.name();
        let prefix = name.prefix().map(quick_xml::name::Prefix::into_inner);
        let is_news = prefix.is_some_and(|prefix| self.news_prefixes.contains(prefix));
        let is_other = prefix.is_some_and(|p| ["image", "video", "xhtml", "mobile"].contains(&p));
        match name.local_name().into_inner() {
            "loc" if !is_news && !is_other => Some(Field::Loc),
            "lastmod" if !is_other => Some(Field::Lastmod),
            "title" if is_news => Some(Field::Title),
            "publication_date" if !is_other => Some(Field::Published),
            "language" if is_news => Some(Field::Lang),
            _ => None,
        }
    }

    fn take_in(&mut self, block: &Block, base: Option<&Url>) {
        let text = |raw: &str| html::one_line(&entities::decode(raw).0);
        let Some(url) = address::shown(&text(&block.loc), base) else {
            self.notes.insert("entries without an address left out");
            return;
        };
        if block.is_index {
            self.documents.push(Named {
                url,
                changed: changed(&text(&block.lastmod)),
            });
            return;
        }
        let raw = [&block.published, &block.lastmod]
            .map(|raw| text(raw))
            .into_iter()
            .find(|raw| !raw.is_empty() && raw.len() <= DATE_BYTES_MAX);
        let title = text(&block.title);
        let lang = text(&block.lang);
        self.posts.push(Post::from(Entry {
            reading: None,
            guid: None,
            url: Some(url),
            title: if title.len() > TITLE_BYTES_MAX {
                String::new()
            } else {
                title
            },
            text: String::new(),
            published: raw.as_deref().and_then(date::parse),
            published_raw: raw,
            lang: Some(lang).filter(|lang| (2..=35).contains(&lang.len())),
        }));
    }

    fn listing(
        mut self,
        charset: Option<String>,
        entries_max: usize,
        documents_max: usize,
    ) -> Listing {
        if self.posts.len() > entries_max {
            // In no order that could be relied on: those without a date last, else the newest first.
            self.posts
                .sort_by_key(|post| std::cmp::Reverse(post.entry.published));
            self.posts.truncate(entries_max);
            self.notes
                .insert("more addresses than are read: the newest are");
        }
        newest_first(&mut self.documents);
        if self.documents.len() > documents_max {
            self.documents.truncate(documents_max);
            self.notes.insert(
                "an index of more sitemaps than are read: those that changed last are named",
            );
        }
        let mut listing = Listing {
            posts: self.posts,
            documents: self.documents,
            is_whole: self.is_whole,
            repaired: charset,
            ..Listing::default()
        };
        if !self.is_whole && self.notes.is_empty() {
            self.notes.insert("cut off: the whole entries are read");
        }
        for note in self.notes {
            listing.note(note);
        }
        listing
    }
}

/// When a sitemap changed, as its index says; one that names a day only at its beginning in UTC.
fn changed(raw: &str) -> Option<Timestamp> {
    date::parse(raw).or_else(|| {
        let day: Date = raw.parse().ok()?;
        format!("{day}T00:00:00Z").parse().ok()
    })
}

/// Those that changed last first, as the index says; where it does not, by the month in their names;
/// those of which neither is known last.
fn newest_first(documents: &mut [Named]) {
    documents.sort_by_cached_key(|document| {
        let age = document.changed.or_else(|| month_of(&document.url));
        std::cmp::Reverse(age)
    });
}

/// The beginning of the month that the name of a sitemap tells, such as `sitemap-2026-11.xml`,
/// `/2026/11/sitemap.xml` or `202611.xml`.
#[must_use]
pub fn month_of(url: &str) -> Option<Timestamp> {
    let path = Url::parse(url).ok()?;
    let path = format!("{}?{}", path.path(), path.query().unwrap_or_default());
    let bytes = path.as_bytes();
    let digits = |from: usize, count: usize| -> Option<u32> {
        let part = path.get(from..from + count)?;
        part.bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| part.parse().ok())?
    };
    // From the end: what stands later is what the file is about.
    (0..bytes.len().saturating_sub(5)).rev().find_map(|at| {
        let year = digits(at, 4).filter(|year| (1990..2100).contains(year))?;
        let is_number_before = at > 0 && bytes[at - 1].is_ascii_digit();
        let is_apart = matches!(bytes.get(at + 4), Some(b'-' | b'_' | b'/' | b'.'));
        let month = digits(at + 4 + usize::from(is_apart), 2).filter(|m| (1..=12).contains(m))?;
        if is_number_before {
            return None;
        }
        format!("{year:04}-{month:02}-01T00:00:00Z").parse().ok()
    })
}

fn add(block: &mut Option<Block>, field: &Option<Field>, piece: &str) {
    let (Some(block), Some(field)) = (block, field) else {
        return;
    };
    let field = match field {
        Field::Loc => &mut block.loc,
        Field::Lastmod => &mut block.lastmod,
        Field::Title => &mut block.title,
        Field::Published => &mut block.published,
        Field::Lang => &mut block.lang,
    };
    if field.len() + piece.len() <= FIELD_BYTES_MAX {
        field.push_str(piece);
    }
}
