//! The feed of a YouTube channel: Atom, the newest fifteen videos, with title and description; the
//! videos themselves are not read.
//!
//! The platform answers 404 to valid channels for hours or days, several channels at once: a failure
//! like any other, never a reason to give a source up. `updated` changes with the count of views and
//! is not read.

use url::Url;

use super::{Count, Document, Listing, NotRead};
use crate::date::Place;
use crate::parse::{self, charset};
use crate::{entities, html};

/// Videos whose views are looked up; a feed has fifteen.
const VIDEOS_MAX: usize = 50;

/// The feed of a channel, where the address is that of a channel by its id; others stay. A name
/// (`/@name`) can change its owner and is looked up by `probe`.
#[must_use]
pub fn address(url: &str) -> String {
    let channel = Url::parse(url)
        .ok()
        .filter(|url| matches!(url.host_str(), Some("www.youtube.com" | "youtube.com")))
        .and_then(|url| {
            let mut parts = url.path_segments()?;
            (parts.next() == Some("channel")).then(|| parts.next().map(str::to_owned))?
        })
        .filter(|id| id.starts_with("UC"));
    channel.map_or_else(
        || url.to_owned(),
        |id| format!("https://www.youtube.com/feeds/videos.xml?channel_id={id}"),
    )
}

/// Reads a channel's feed.
///
/// # Errors
/// Where it is none.
pub fn read(document: &Document<'_>) -> Result<Listing, NotRead> {
    // Its dates state their zone.
    let place = Place::default();
    let feed = parse::feed(document.body, document.content_type, document.url, &place)?;
    let mut listing = Listing::from(feed);
    let (text, _) = charset::decode(document.body, document.content_type, None);
    for post in listing.posts.iter_mut().take(VIDEOS_MAX) {
        post.facts.has_media = true;
        let Some(id) = post
            .entry
            .guid
            .as_deref()
            .and_then(|id| id.strip_prefix("yt:video:"))
        else {
            continue;
        };
        let Some(entry) = entry_of(&text, id) else {
            continue;
        };
        post.facts.views = views(entry);
        if post.entry.text.is_empty() {
            post.entry.text = description(entry);
        }
    }
    Ok(listing)
}

/// What stands in the entry of a video from its id on.
fn entry_of<'a>(text: &'a str, id: &str) -> Option<&'a str> {
    let entry = &text[text.find(&format!("<yt:videoId>{id}<"))?..];
    Some(&entry[..entry.find("</entry>").unwrap_or(entry.len())])
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let rest = &text[text.find(before)? + before.len()..];
    Some(&rest[..rest.find(after)?])
}

fn views(entry: &str) -> Option<Count> {
    let shown =
        between(entry, "<media:statistics", ">").and_then(|tag| between(tag, "views=\"", "\""))?;
    Some(Count {
        shown: shown.to_owned(),
        about: shown.parse().ok()?,
        off_by_max: 0,
    })
}

/// The description is plain text with lines of its own.
fn description(entry: &str) -> String {
    let raw = between(entry, "<media:description>", "</media:description>").unwrap_or_default();
    html::squeeze(&entities::decode(raw).0)
}
