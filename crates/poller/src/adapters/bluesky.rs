//! The public feed of a Bluesky account (`app.bsky.feed.getAuthorFeed`), and other lists of posts in
//! the same shape.
//!
//! A post is known by its `at://` address, which holds the account's id and not its changeable name.
//! `createdAt` is the author's claim. A repost is an entry of its own with the words of another. An
//! account that asks not to be shown to readers without a login is not read.

use serde_json::Value;
use url::Url;

use super::json::{self, text};
use super::{Document, Listing, NotRead, Origin, Post, PostFacts};
use crate::parse::Entry;
use crate::{address as addresses, date, html};

const EXPECTED: &str = "feed of posts";

/// The label by which an account asks not to be shown to readers without a login.
const MEMBERS_ONLY: &str = "!no-unauthenticated";

/// Links of a post whose text is put in place; the protocol allows 300 characters.
const LINKS_MAX: usize = 100;

/// The feed of an account, where the address is that of its profile; others stay.
#[must_use]
pub fn address(url: &str) -> String {
    let account = Url::parse(url)
        .ok()
        .filter(|url| url.host_str() == Some("bsky.app"))
        .and_then(|url| {
            let mut parts = url.path_segments()?;
            let account = (parts.next() == Some("profile")).then(|| parts.next())??;
            parts
                .next()
                .is_none_or(str::is_empty)
                .then(|| account.to_owned())
        })
        .filter(|account| !account.is_empty());
    account.map_or_else(
        || url.to_owned(),
        |account| {
            format!(
                "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed?actor={account}&limit=50&filter=posts_with_replies"
            )
        },
    )
}

/// Reads a feed.
///
/// # Errors
/// Where there is none.
pub fn read(document: &Document<'_>) -> Result<Listing, NotRead> {
    let value = json::read(document, EXPECTED)?;
    let entries = value.get("feed").or_else(|| value.get("posts"));
    let Some(entries) = entries.and_then(Value::as_array) else {
        return Err(NotRead::Other {
            expected: EXPECTED,
            found: "JSON without `feed` or `posts`",
        });
    };
    let (hidden, shown): (Vec<_>, Vec<_>) = entries.iter().partition(|e| is_for_members(e));
    if shown.is_empty() && !hidden.is_empty() {
        return Err(NotRead::NotVisible(
            "the account asks not to be shown to readers without a login",
        ));
    }
    let posts: Vec<Post> = shown.iter().filter_map(|entry| post(entry)).collect();
    let left_out = entries.len() - posts.len();
    let mut listing = Listing {
        posts,
        is_whole: true,
        older: text(&value, "cursor").and_then(|cursor| with_cursor(document.url, cursor)),
        ..Listing::default()
    };
    if left_out > 0 {
        listing.note(&format!(
            "{left_out} entries that may not be shown or are no posts left out"
        ));
    }
    Ok(listing)
}

fn with_cursor(url: &str, cursor: &str) -> Option<String> {
    let mut url = Url::parse(url).ok()?;
    let others: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| name != "cursor")
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    url.query_pairs_mut()
        .clear()
        .extend_pairs(others)
        .append_pair("cursor", cursor);
    Some(url.to_string())
}

fn is_for_members(entry: &Value) -> bool {
    let labels = |value: Option<&Value>| {
        value
            .and_then(|value| value.get("labels"))
            .and_then(Value::as_array)
            .is_some_and(|labels| {
                labels.iter().any(|label| {
                    text(label, "val") == Some(MEMBERS_ONLY)
                        && label.get("neg") != Some(&Value::Bool(true))
                })
            })
    };
    let post = entry.get("post").unwrap_or(entry);
    labels(Some(post)) || labels(post.get("author"))
}

fn post(entry: &Value) -> Option<Post> {
    let post = entry.get("post").unwrap_or(entry);
    let record = post.get("record")?;
    let uri = text(post, "uri")?;
    let author = post.get("author")?;
    let reason = entry.get("reason");
    let reason_is = |name: &str| {
        reason
            .and_then(|reason| text(reason, "$type"))
            .is_some_and(|kind| kind.ends_with(name))
    };
    let repost = reason.filter(|_| reason_is("#reasonRepost"));
    let by = repost.and_then(|repost| repost.get("by"));
    let raw = repost
        .and_then(|repost| text(repost, "indexedAt"))
        .or_else(|| text(record, "createdAt"))
        .or_else(|| text(post, "indexedAt"));
    let guid = match repost {
        Some(repost) => text(repost, "uri").map_or_else(
            || {
                let by = by.and_then(|by| text(by, "did")).unwrap_or_default();
                format!("{uri}#repost-by-{by}")
            },
            str::to_owned,
        ),
        None => uri.to_owned(),
    };
    let handle = |account: &Value| text(account, "handle").map(str::to_owned);
    Some(Post {
        entry: Entry {
            reading: None,
            guid: Some(guid),
            // One address for the post and all its reposts would make them one item.
            url: if repost.is_none() { shown(uri) } else { None },
            title: String::new(),
            text: html::squeeze(&words(record)),
            published: raw.and_then(date::parse),
            published_raw: raw.map(str::to_owned),
            lang: record
                .get("langs")
                .and_then(Value::as_array)
                .and_then(|langs| langs.first()?.as_str())
                .map(str::to_owned),
        },
        facts: PostFacts {
            origin: repost.map(|_| Origin {
                name: handle(author),
                address: Some(uri.to_owned()),
            }),
            quoted: quoted(post),
            boosts: post.get("repostCount").and_then(Value::as_u64),
            quotes: post.get("quoteCount").and_then(Value::as_u64),
            score: post.get("likeCount").and_then(Value::as_i64),
            is_pinned: reason_is("#reasonPin"),
            has_media: record
                .get("embed")
                .and_then(|embed| text(embed, "$type"))
                .is_some_and(|kind| {
                    ["images", "video", "recordWithMedia"]
                        .iter()
                        .any(|k| kind.ends_with(k))
                }),
            ..PostFacts::default()
        },
        author: handle(by.unwrap_or(author)),
    })
}

/// The post that a post quotes, alone or beside images.
fn quoted(post: &Value) -> Option<Origin> {
    let embed = post.get("embed")?;
    let record = embed.get("record")?;
    let record = record.get("record").unwrap_or(record);
    let uri = text(record, "uri").filter(|uri| uri.contains("/app.bsky.feed.post/"))?;
    Some(Origin {
        name: record
            .get("author")
            .and_then(|author| text(author, "handle"))
            .map(str::to_owned),
        address: Some(uri.to_owned()),
    })
}

/// The address of a post for people.
fn shown(uri: &str) -> Option<String> {
    let (account, rest) = uri.strip_prefix("at://")?.split_once('/')?;
    let key = rest.strip_prefix("app.bsky.feed.post/")?;
    addresses::shown(
        &format!("https://bsky.app/profile/{account}/post/{key}"),
        None,
    )
}

/// The words of a post, with its links as they lead and not as they are shortened.
fn words(record: &Value) -> String {
    let mut words = text(record, "text").unwrap_or_default().to_owned();
    let facets = record.get("facets").and_then(Value::as_array);
    let mut links: Vec<(usize, usize, &str)> = facets
        .into_iter()
        .flatten()
        .take(LINKS_MAX)
        .filter_map(|facet| {
            let at = |key: &str| facet.get("index")?.get(key)?.as_u64()?.try_into().ok();
            let features = facet.get("features")?.as_array()?;
            let link = features.iter().find_map(|feature| text(feature, "uri"))?;
            Some((at("byteStart")?, at("byteEnd")?, link))
        })
        .collect();
    links.sort_unstable();
    // From the end, so that what is put in place does not move what is still to come.
    let mut end_max = words.len();
    for (start, end, link) in links.into_iter().rev() {
        let is_shortened = words
            .get(start..end)
            .is_some_and(|shown| start < end && end <= end_max && shown.ends_with("..."));
        if is_shortened {
            words.replace_range(start..end, link);
            end_max = start;
        }
    }
    words
}
