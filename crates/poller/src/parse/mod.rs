//! Bytes to entries: RSS in all its versions, Atom, JSON Feed.
//!
//! Two readers look at every document. `strict` is feed-rs and reads honest documents as their
//! standards say. `lenient` reads the tree of any document, sound or not. Where the document has a
//! fault, or the strict reader fails or has fewer or untitled entries, the lenient reading is taken
//! and [`ParsedFeed::repaired`] says why; else the strict one, completed by what only the other
//! reads (dates and addresses as written, wrapped links).
//!
//! Pure, and bounded in entries and in the length of every field. Never panics, whatever the bytes.

pub(crate) mod charset;
mod json;
mod lenient;
mod space;
mod strict;
mod tree;

use std::collections::BTreeSet;

use bellwether_model::Timestamp;
use url::Url;

use crate::{address, date, html};

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
    /// Its entries in the order of the document.
    pub entries: Vec<Entry>,
    /// What had to be repaired or assumed, in words.
    pub repaired: Option<String>,
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
    /// The language it claims.
    pub lang: Option<String>,
}

impl Entry {
    /// Whether nothing is said by which it could be known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.title.is_empty() && self.text.is_empty() && self.url.is_none() && self.guid.is_none()
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
}

/// What one reader understood, before it is bounded.
#[derive(Debug, Default)]
struct Reading {
    title: Option<String>,
    entries: Vec<Read>,
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

impl Reading {
    fn untitled(&self) -> usize {
        self.entries
            .iter()
            .filter(|entry| entry.title.is_empty())
            .count()
    }

    /// Fills what is missing here from another reading of the same document.
    fn completed_by(mut self, other: Self) -> Self {
        self.title = self.title.or(other.title);
        if self.entries.len() == other.entries.len() {
            for (mine, other) in self.entries.iter_mut().zip(other.entries) {
                mine.complete(other);
            }
        }
        self
    }
}

impl Read {
    fn complete(&mut self, other: Self) {
        let fill = |mine: &mut String, other: String| {
            if mine.is_empty() {
                *mine = other;
            }
        };
        fill(&mut self.title, other.title);
        fill(&mut self.text, other.text);
        self.guid = self.guid.take().or(other.guid);
        // The strict reader spells addresses anew.
        self.link = other.link.or(self.link.take());
        self.link_behind = self.link_behind.take().or(other.link_behind);
        self.lang = self.lang.take().or(other.lang);
        if self.dates.is_empty() {
            self.dates = other.dates;
        }
    }
}

/// Reads a feed. `content_type` is the server's word, `url` the address that answered, against which
/// relative addresses are resolved.
///
/// # Errors
/// Where the bytes are no feed.
pub fn feed(body: &[u8], content_type: Option<&str>, url: &str) -> Result<ParsedFeed, NotAFeed> {
    let (text, charset_note) = charset::decode(body, content_type);
    let base = Url::parse(url).ok();
    let start =
        text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}' || c == '\0');
    let mut notes: BTreeSet<String> = charset_note.into_iter().collect();
    let mut is_whole = true;
    let reading = if start.is_empty() {
        return Err(NotAFeed::Empty);
    } else if start.starts_with(['{', '[']) {
        json(start, &mut notes)?
    } else {
        xml(start, base.as_ref(), &mut notes, &mut is_whole)?
    };
    Ok(bounded(reading, base.as_ref(), notes, is_whole))
}

fn json(text: &str, notes: &mut BTreeSet<String>) -> Result<Reading, NotAFeed> {
    let lenient = json::read(text).ok_or(NotAFeed::Json)?;
    Ok(choose(strict::read(text, None), lenient, notes))
}

fn xml(
    text: &str,
    base: Option<&Url>,
    notes: &mut BTreeSet<String>,
    is_whole: &mut bool,
) -> Result<Reading, NotAFeed> {
    let document = tree::read(text);
    let lenient = lenient::read(&document, base).ok_or_else(|| no_feed(text, &document))?;
    *is_whole = document.is_whole;
    if document.notes.is_empty() {
        return Ok(choose(strict::read(text, base), lenient, notes));
    }
    notes.extend(document.notes.iter().map(|note| (*note).to_owned()));
    Ok(lenient)
}

fn choose(
    strict: Result<Reading, strict::Failed>,
    lenient: Reading,
    notes: &mut BTreeSet<String>,
) -> Reading {
    match strict {
        Ok(strict)
            if strict.entries.len() >= lenient.entries.len()
                && strict.untitled() <= lenient.untitled() =>
        {
            strict.completed_by(lenient)
        }
        Ok(_) => {
            notes.insert("read leniently: a strict reader loses entries".to_owned());
            lenient
        }
        Err(strict::Failed(reason)) => {
            notes.insert(format!("read leniently: a strict reader finds {reason}"));
            lenient
        }
    }
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
        .map(|read| entry(read, base, &mut is_cut))
        .collect();
    if is_cut {
        notes.insert("fields that are too long cut".to_owned());
    }
    let repaired = notes.into_iter().collect::<Vec<_>>().join("; ");
    ParsedFeed {
        title: reading
            .title
            .map(|title| cut(title, TITLE_BYTES_MAX, &mut false))
            .filter(|t| !t.is_empty()),
        entries,
        repaired: (!repaired.is_empty()).then_some(repaired),
        is_whole,
    }
}

fn entry(read: Read, base: Option<&Url>, is_cut: &mut bool) -> Entry {
    let short = |text: Option<String>, bytes_max: usize| {
        text.map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty() && text.len() <= bytes_max)
    };
    let dated = read
        .dates
        .iter()
        .find_map(|raw| date::parse(raw).map(|time| (time, raw)));
    let raw = dated.map(|(_, raw)| raw).or(read.dates.first());
    let link = read.link_behind.or(read.link);
    Entry {
        guid: short(read.guid, GUID_BYTES_MAX),
        url: link.and_then(|link| address::shown(&link, base)),
        title: cut(read.title, TITLE_BYTES_MAX, is_cut),
        text: cut(read.text, TEXT_BYTES_MAX, is_cut),
        published: dated.map(|(time, _)| time),
        published_raw: raw.map(|raw| cut(html::one_line(raw), DATE_BYTES_MAX, is_cut)),
        lang: short(read.lang, LANG_BYTES_MAX),
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
