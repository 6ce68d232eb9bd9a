//! Bytes to entries: RSS in all its versions, Atom, JSON Feed, CDF.
//!
//! Bytes become text (`charset`), text a tree (`tree`), the tree entries (`lenient`): one way for all
//! documents, sound or not. A fault costs what it touches and is noted: each note of
//! [`ParsedFeed::repaired`] says what was mended or assumed.
//!
//! A sound document is read by feed-rs too (`strict`), which completes what was left empty and changes
//! nothing else: where both have a field, ours keeps markup in titles and dates by their country
//! (`cargo bench -p bellwether-poller --bench feeds` shows both, and each deliberate difference).
//!
//! Pure, and bounded in entries and in the length of every field. A fault of this program is caught and
//! named ([`NotAFeed::Fault`]).

pub(crate) mod charset;
mod json;
mod lenient;
mod space;
mod strict;
mod tree;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use bellwether_model::Timestamp;
use url::Url;

use crate::date::{self, Claim, Place, Unread};
use crate::{address, html};

/// Entries read of one document at most: the longest real feeds have 1,000.
pub const ENTRIES_MAX: usize = 2_000;
/// Bytes of a text kept at most: ten times the longest article.
pub const TEXT_BYTES_MAX: usize = 512 * 1024;
/// Bytes of a title kept at most; what is longer is a text in the wrong place.
pub const TITLE_BYTES_MAX: usize = 4 * 1024;
/// Bytes of a stable id; a longer one is not trusted to be one.
pub const GUID_BYTES_MAX: usize = 2 * 1024;
/// Bytes of a date as written.
pub const DATE_BYTES_MAX: usize = 200;
/// Bytes of a language tag (RFC 5646, 4.4.1).
const LANG_BYTES_MAX: usize = 35;

/// What a feed says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedFeed {
    /// Its own title.
    pub title: Option<String>,
    /// What it says of itself, as text.
    pub description: Option<String>,
    /// The page it belongs to, absolute, http or https.
    pub url: Option<String>,
    /// The language it claims.
    pub lang: Option<String>,
    /// Its entries in the order of the document.
    pub entries: Vec<Entry>,
    /// What had to be repaired or assumed, in words.
    pub repaired: Option<String>,
    /// The address of what is older, where the feed has pages: as it says itself (RFC 5005, JSON
    /// Feed), or as the program that made it is known to answer.
    pub older: Option<String>,
    /// Whether all that the source had to show is here; not so where the document was cut off or
    /// had more entries than [`ENTRIES_MAX`].
    pub is_whole: bool,
}

/// One entry of a feed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// The id its feed gives it.
    pub guid: Option<String>,
    /// Its address, absolute, http or https.
    pub url: Option<String>,
    /// Title as text; empty where there is none.
    pub title: String,
    /// Text without markup; empty where there is none.
    pub text: String,
    /// When it claims to have been published, where that can be read.
    pub published: Option<Timestamp>,
    /// The same as written.
    pub published_raw: Option<String>,
    /// How exactly it was read and on what grounds, or why not; `None` where there is no date.
    pub reading: Option<Result<Claim, Unread>>,
    /// The language it claims.
    pub lang: Option<String>,
}

impl Entry {
    /// Whether nothing is said by which it could be known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.title.is_empty() && self.text.is_empty() && self.url.is_none() && self.guid.is_none()
    }

    /// Reads the date as it is written at a place, where nobody has read it before.
    pub(crate) fn date_by(&mut self, place: &Place) {
        if let (None, None, Some(raw)) = (self.published, self.reading, &self.published_raw) {
            let reading = date::read(raw, place);
            self.published = reading.ok().map(|claim| claim.at);
            self.reading = Some(reading);
        }
    }
}

/// Bytes that are no feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAFeed {
    /// Nothing at all.
    #[error("not a feed: the answer is empty")]
    Empty,
    /// A page for people.
    #[error(
        "not a feed: HTML, probably a bot wall or an error page; open the address in a browser and look for the address of the feed"
    )]
    Html,
    /// JSON of another kind.
    #[error("not a feed: JSON without a list of `items`")]
    Json,
    /// XML of another kind.
    #[error("not a feed: XML without the root element of RSS or Atom")]
    Xml,
    /// None of these.
    #[error("not a feed: neither XML nor JSON")]
    Other,
    /// A fault of ours: the bytes are kept and can be read again.
    #[error("reading failed: a fault of this program, please report the source")]
    Fault,
}

/// What one reader understood, before it is bounded.
#[derive(Debug, Default)]
struct Reading {
    title: Option<String>,
    description: Option<String>,
    link: Option<String>,
    lang: Option<String>,
    older: Option<String>,
    /// Whether it was made by WordPress, whose feeds have numbered pages.
    is_wordpress: bool,
    entries: Vec<Read>,
}

impl Reading {
    /// Takes what it left empty from another reader's reading of the same entries.
    fn completed_by(&mut self, other: Option<Self>) {
        let Some(other) = other.filter(|other| other.entries.len() == self.entries.len()) else {
            return;
        };
        for (entry, other) in self.entries.iter_mut().zip(other.entries) {
            entry.guid = entry.guid.take().or(other.guid);
            entry.link = entry.link.take().or(other.link);
            entry.lang = entry.lang.take().or(other.lang);
            for (text, other) in [
                (&mut entry.title, other.title),
                (&mut entry.text, other.text),
            ] {
                if text.is_empty() {
                    *text = other;
                }
            }
        }
    }
}

/// One entry as one reader understood it.
#[derive(Debug, Default)]
struct Read {
    guid: Option<String>,
    link: Option<String>,
    /// The address behind a counting or wrapping link.
    link_behind: Option<String>,
    title: String,
    text: String,
    /// Dates as written, most telling first.
    dates: Vec<String>,
    lang: Option<String>,
}

/// Reads a feed. `content_type` is the server's word, `url` the address that answered, against which
/// relative addresses are resolved, `place` where the source speaks from.
///
/// # Errors
/// Where the bytes are no feed.
pub fn feed(
    body: &[u8],
    content_type: Option<&str>,
    url: &str,
    place: &Place,
) -> Result<ParsedFeed, NotAFeed> {
    // Any sender can find a fault of a reader; none may stop the poller with it.
    catch_unwind(AssertUnwindSafe(|| read(body, content_type, url, place)))
        .unwrap_or(Err(NotAFeed::Fault))
}

fn read(
    body: &[u8],
    content_type: Option<&str>,
    url: &str,
    place: &Place,
) -> Result<ParsedFeed, NotAFeed> {
    let base = Url::parse(url).ok();
    let (text, charset_note) = charset::decode(body, content_type, base.as_ref());
    let start =
        text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}' || c == '\0');
    let mut notes: BTreeSet<String> = charset_note.into_iter().collect();
    let mut is_whole = true;
    let reading = if start.is_empty() {
        return Err(NotAFeed::Empty);
    } else if start.starts_with(['{', '[']) {
        json::read(start).ok_or(NotAFeed::Json)?
    } else {
        xml(start, base.as_ref(), &mut notes, &mut is_whole)?
    };
    Ok(bounded(reading, base.as_ref(), place, notes, is_whole))
}

fn xml(
    text: &str,
    base: Option<&Url>,
    notes: &mut BTreeSet<String>,
    is_whole: &mut bool,
) -> Result<Reading, NotAFeed> {
    let document = tree::read(text);
    let mut reading = lenient::read(&document, base).ok_or_else(|| no_feed(text, &document))?;
    *is_whole = document.is_whole;
    if document.is_whole && document.notes.is_empty() {
        reading.completed_by(strict::read(text, base));
    }
    notes.extend(document.notes.iter().map(|note| (*note).to_owned()));
    Ok(reading)
}

fn no_feed(text: &str, document: &tree::Document) -> NotAFeed {
    let head: String = text
        .chars()
        .take(1_000)
        .collect::<String>()
        .to_ascii_lowercase();
    match document.roots.first() {
        _ if head.contains("<!doctype html") || head.contains("<html") => NotAFeed::Html,
        None => NotAFeed::Other,
        Some(root) if html::layout(&root.name).is_some() => NotAFeed::Html,
        Some(_) => NotAFeed::Xml,
    }
}

fn bounded(
    reading: Reading,
    base: Option<&Url>,
    place: &Place,
    mut notes: BTreeSet<String>,
    mut is_whole: bool,
) -> ParsedFeed {
    if reading.entries.len() > ENTRIES_MAX {
        notes.insert(format!("only the first {ENTRIES_MAX} entries are read"));
        is_whole = false;
    }
    let mut is_cut = false;
    let entries = reading
        .entries
        .into_iter()
        .take(ENTRIES_MAX)
        .map(|read| entry(read, base, place, &mut is_cut))
        .collect();
    if is_cut {
        notes.insert("fields that are too long cut".to_owned());
    }
    let repaired = notes.into_iter().collect::<Vec<_>>().join("; ");
    let numbered = base.filter(|_| reading.is_wordpress).and_then(next_page);
    ParsedFeed {
        older: reading
            .older
            .and_then(|link| address::shown(&link, base))
            .or(numbered),
        title: reading
            .title
            .map(|title| cut(title, TITLE_BYTES_MAX, &mut false))
            .filter(|t| !t.is_empty()),
        description: reading
            .description
            .map(|text| cut(text, TITLE_BYTES_MAX, &mut false))
            .filter(|t| !t.is_empty()),
        url: reading.link.and_then(|link| address::shown(&link, base)),
        lang: reading
            .lang
            .map(|lang| lang.trim().replace('_', "-"))
            .filter(|lang| !lang.is_empty() && lang.len() <= LANG_BYTES_MAX),
        entries,
        repaired: (!repaired.is_empty()).then_some(repaired),
        is_whole,
    }
}

/// The page after that of an address, `?paged=2`, as WordPress counts them.
fn next_page(url: &Url) -> Option<String> {
    const NAME: &str = "paged";
    let page = url.query_pairs().find(|(name, _)| name == NAME);
    let page: u32 = page.map_or(Some(1), |(_, page)| page.parse().ok())?;
    let others: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| name != NAME)
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    let mut next = url.clone();
    next.query_pairs_mut()
        .clear()
        .extend_pairs(others)
        .append_pair(NAME, &page.checked_add(1)?.to_string());
    Some(next.into())
}

fn entry(read: Read, base: Option<&Url>, place: &Place, is_cut: &mut bool) -> Entry {
    let short = |text: Option<String>, bytes_max: usize| {
        text.map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty() && text.len() <= bytes_max)
    };
    let readings: Vec<_> = read
        .dates
        .iter()
        .map(|raw| (raw, date::read(raw, place)))
        .collect();
    let dated = readings
        .iter()
        .find(|(_, reading)| reading.is_ok())
        .or(readings.first());
    let link = read.link_behind.or(read.link);
    Entry {
        guid: short(read.guid, GUID_BYTES_MAX),
        url: link.and_then(|link| address::shown(&link, base)),
        title: cut(read.title, TITLE_BYTES_MAX, is_cut),
        text: cut(read.text, TEXT_BYTES_MAX, is_cut),
        published: dated.and_then(|(_, reading)| Some(reading.ok()?.at)),
        published_raw: dated.map(|(raw, _)| cut(html::one_line(raw), DATE_BYTES_MAX, is_cut)),
        reading: dated.map(|(_, reading)| *reading),
        lang: short(read.lang, LANG_BYTES_MAX).map(|lang| lang.replace('_', "-")),
    }
}

/// A text of at most so many bytes, cut between characters.
pub(crate) fn cut(mut text: String, bytes_max: usize, is_cut: &mut bool) -> String {
    if text.len() > bytes_max {
        text.truncate(text.floor_char_boundary(bytes_max));
        *is_cut = true;
    }
    text
}

#[cfg(test)]
mod tests;
