//! What the kinds of source have in common: each is a pure function from one document to a
//! [`Listing`], or to a named reason why there is none ([`NotRead`]).
//!
//! | kind | document | where |
//! |---|---|---|
//! | feed | RSS, Atom, JSON Feed | [`crate::parse`] |
//! | sitemap | news sitemap, sitemap, sitemap index | [`sitemap`] |
//! | page | a page that lists articles | [`page`] |
//! | telegram | public preview of a channel | [`telegram`] |
//! | mastodon | statuses of an account or a timeline | [`mastodon`] |
//! | bluesky | an account's feed | [`bluesky`] |
//! | youtube | a channel's feed | [`youtube`] |
//! | ptt | index of a board, and its articles | [`ptt`] |
//!
//! An adapter never fetches: it says which address holds what is older ([`Listing::older`]) and which
//! documents an index names ([`Listing::documents`]). What a platform answers instead of a document
//! (a check for robots, a login, an empty page under load) is a reason, never an empty listing: a
//! source that shows nothing and one that we were not shown are two things.
//!
//! Bounded in bytes, depth, entries and fields; a panic of a library is caught and named. Images and
//! video are not read.

pub mod bluesky;
mod dom;
mod json;
pub mod mastodon;
pub mod page;
pub mod ptt;
pub mod sitemap;
pub mod telegram;
pub mod wall;
pub mod youtube;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub use bellwether_model::{Count, Origin, PostFacts};
use bellwether_model::{Reading, SourceKind, Timestamp};
use serde::{Deserialize, Serialize};

use crate::article::bounds::BadPage;
use crate::article::{self, Article, NoArticle};
use crate::date::Place;
use crate::parse::{self, Entry, NotAFeed, ParsedFeed, TEXT_BYTES_MAX, TITLE_BYTES_MAX, cut};
use wall::Wall;

/// Bytes of the name or the address of the origin of a post.
pub const ORIGIN_BYTES_MAX: usize = 2 * 1024;

/// Bytes of a count as shown.
const COUNT_BYTES_MAX: usize = 32;

/// A document as it was received.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// Its bytes.
    pub body: &'a [u8],
    /// The server's `Content-Type`.
    pub content_type: Option<&'a str>,
    /// The server's `Link` header (RFC 8288).
    pub link: Option<&'a str>,
    /// The address that answered, after redirects.
    pub url: &'a str,
}

/// What a document lists.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Listing {
    /// The source's own title.
    pub title: Option<String>,
    /// Its posts or articles in the order of the document.
    pub posts: Vec<Post>,
    /// What had to be repaired, assumed or left out, in words.
    pub repaired: Option<String>,
    /// Whether all that the document had to show is here.
    pub is_whole: bool,
    /// The address of what is older, where the platform pages back.
    pub older: Option<String>,
    /// Documents of the same kind that this one names, as a sitemap index does; those that changed
    /// last come first.
    pub documents: Vec<Named>,
}

/// A document that an index names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Its address.
    pub url: String,
    /// When it changed last, as the index says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<Timestamp>,
}

impl Named {
    /// The last moment at which it may have changed: one that is named by its day may at any time of
    /// that day, in any zone.
    #[must_use]
    pub fn changed_until(&self) -> Option<Timestamp> {
        const DAY: i64 = 24 * 3600;
        let changed = self.changed?;
        let is_a_day = changed.as_second().rem_euclid(DAY) == 0;
        let more = jiff::SignedDuration::from_secs(if is_a_day { 2 * DAY } else { 0 });
        changed.checked_add(more).ok()
    }
}

impl Listing {
    /// Its entries.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.posts.iter().map(|post| post.entry.clone()).collect()
    }

    fn note(&mut self, note: &str) {
        match &mut self.repaired {
            Some(notes) => {
                notes.push_str("; ");
                notes.push_str(note);
            }
            None => self.repaired = Some(note.to_owned()),
        }
    }
}

impl From<ParsedFeed> for Listing {
    fn from(feed: ParsedFeed) -> Self {
        Self {
            title: feed.title,
            posts: feed.entries.into_iter().map(Post::from).collect(),
            repaired: feed.repaired,
            is_whole: feed.is_whole,
            older: feed.older,
            ..Self::default()
        }
    }
}

/// A post or an article.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Post {
    /// What every kind of source says.
    pub entry: Entry,
    /// What only some say.
    pub facts: PostFacts,
    /// The account that posted, where it is not the source itself. A person's: not kept.
    pub author: Option<String>,
}

impl From<Entry> for Post {
    fn from(entry: Entry) -> Self {
        Self {
            entry,
            ..Self::default()
        }
    }
}

/// Why a document gives no listing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotRead {
    /// Not a feed.
    #[error(transparent)]
    Feed(#[from] NotAFeed),
    /// Not a page.
    #[error(transparent)]
    Page(#[from] BadPage),
    /// Something in the way.
    #[error("{0}")]
    Wall(#[from] Wall),
    /// Something in the way of a feed.
    #[error("not a feed: HTML, probably a bot wall: {0}")]
    WallOfFeed(Wall),
    /// Of another kind than configured.
    #[error("the document is no {expected}: {found}")]
    Other {
        /// What was expected.
        expected: &'static str,
        /// What is missing or found instead.
        found: &'static str,
    },
    /// The platform does not show this source to everybody.
    #[error("not visible: {0}")]
    NotVisible(&'static str),
    /// The platform answers with an error of its own in a document.
    #[error("the platform answers: {0}")]
    Platform(String),
    /// Longer than is read.
    #[error("the document has more than {0} bytes once unpacked")]
    TooLarge(u64),
    /// Never polled.
    #[error("a source of kind `{0}` is not polled")]
    NotPolled(&'static str),
    /// A library failed.
    #[error("reading the answer failed; this is a fault of this program, please report the source")]
    Fault,
}

/// Reads a document of a kind of source that speaks from `place`.
///
/// # Errors
/// Why there is no listing.
pub fn read(
    kind: SourceKind,
    reading: &Reading,
    document: &Document<'_>,
    place: &Place,
) -> Result<Listing, NotRead> {
    // Libraries read what strangers send: none of them may end the poller.
    let mut listing = catch_unwind(AssertUnwindSafe(|| {
        dispatch(kind, reading, document, place)
    }))
    .unwrap_or(Err(NotRead::Fault))?;
    for post in &mut listing.posts {
        post.entry.date_by(place);
    }
    Ok(bounded(listing))
}

fn dispatch(
    kind: SourceKind,
    reading: &Reading,
    document: &Document<'_>,
    place: &Place,
) -> Result<Listing, NotRead> {
    match kind {
        SourceKind::Feed => {
            match parse::feed(document.body, document.content_type, document.url, place) {
                Ok(feed) => Ok(feed.into()),
                Err(error) => Err(match wall_instead_of(&error, document) {
                    Some(wall) => NotRead::WallOfFeed(wall),
                    None => NotRead::Feed(error),
                }),
            }
        }
        SourceKind::Sitemap => sitemap::read(document),
        SourceKind::Page => page::read(reading.list.as_ref(), document),
        SourceKind::Telegram => telegram::read(document),
        SourceKind::Mastodon => mastodon::read(document),
        SourceKind::Bluesky => bluesky::read(document),
        SourceKind::Youtube => youtube::read(document),
        SourceKind::Ptt => ptt::read(document),
        SourceKind::Files | SourceKind::Import => Err(NotRead::NotPolled(kind.as_str())),
    }
}

/// What stands where a feed should be.
fn wall_instead_of(error: &NotAFeed, document: &Document<'_>) -> Option<Wall> {
    if *error != NotAFeed::Html {
        return None;
    }
    let page = article::bounds::page(document.body, document.content_type).ok()?;
    wall::of_page(&page, document.url)
}

/// Reads the page of one article of a kind of source that speaks from `place`.
///
/// # Errors
/// Why there is no article.
pub fn article(
    kind: SourceKind,
    document: &Document<'_>,
    place: &Place,
) -> Result<Article, NoArticle> {
    if kind == SourceKind::Ptt {
        return catch_unwind(AssertUnwindSafe(|| ptt::article(document)))
            .unwrap_or(Err(NoArticle::Fault))
            .map(|thread| thread.article);
    }
    article::read(document.body, document.content_type, document.url, place)
}

/// The address at which a source of this kind is asked, where people write another one: a channel or
/// a profile instead of the document that lists its posts.
#[must_use]
pub fn address(kind: SourceKind, url: &str) -> String {
    match kind {
        SourceKind::Telegram => telegram::address(url),
        SourceKind::Bluesky => bluesky::address(url),
        SourceKind::Youtube => youtube::address(url),
        _ => url.to_owned(),
    }
}

/// Whether a document of this kind says where it ends, so that one that was cut is known by it. A page
/// does not.
#[must_use]
pub const fn shows_its_end(kind: SourceKind) -> bool {
    use SourceKind::{
        Bluesky, Feed, Files, Import, Mastodon, Page, Ptt, Sitemap, Telegram, Youtube,
    };
    match kind {
        Feed | Sitemap | Mastodon | Bluesky | Youtube | Files | Import => true,
        Page | Telegram | Ptt => false,
    }
}

/// Headers that a platform wants beside the usual ones.
#[must_use]
pub const fn headers(kind: SourceKind) -> &'static [(&'static str, &'static str)] {
    match kind {
        // The board asks for the reader's age once, and then believes this.
        SourceKind::Ptt => &[("cookie", "over18=1")],
        SourceKind::Mastodon | SourceKind::Bluesky => &[("accept", "application/json")],
        SourceKind::Page | SourceKind::Telegram => &[("accept", "text/html, */*;q=0.1")],
        _ => &[],
    }
}

fn bounded(mut listing: Listing) -> Listing {
    if listing.posts.len() > parse::ENTRIES_MAX {
        listing.posts.truncate(parse::ENTRIES_MAX);
        listing.is_whole = false;
        let max = parse::ENTRIES_MAX;
        listing.note(&format!("only the first {max} entries are read"));
    }
    let mut is_cut = false;
    for post in &mut listing.posts {
        let entry = &mut post.entry;
        entry.title = cut(
            std::mem::take(&mut entry.title),
            TITLE_BYTES_MAX,
            &mut is_cut,
        );
        entry.text = cut(std::mem::take(&mut entry.text), TEXT_BYTES_MAX, &mut is_cut);
        entry.guid = entry
            .guid
            .take()
            .filter(|id| id.len() <= parse::GUID_BYTES_MAX);
        entry.published_raw = entry
            .published_raw
            .take()
            .filter(|raw| raw.len() <= parse::DATE_BYTES_MAX);
        let views = post.facts.views.take();
        post.facts.views = views.filter(|views| views.shown.len() <= COUNT_BYTES_MAX);
        for origin in [&mut post.facts.origin, &mut post.facts.quoted] {
            *origin = origin.take().and_then(bounded_origin);
        }
    }
    if is_cut {
        listing.note("fields that are too long cut");
    }
    listing
}

/// A name or an address that is longer is none; nothing is left where neither is.
fn bounded_origin(origin: Origin) -> Option<Origin> {
    let fits = |text: &String| !text.is_empty() && text.len() <= ORIGIN_BYTES_MAX;
    let origin = Origin {
        name: origin.name.filter(fits),
        address: origin.address.filter(fits),
    };
    (origin != Origin::default()).then_some(origin)
}

#[cfg(test)]
mod tests;
