//! Public statuses of a Mastodon server: `/api/v1/accounts/ID/statuses`, `/api/v1/timelines/…`.
//!
//! A status is known by its `uri`, which is the same on every server; `id` is one server's own. A
//! boost is a status of its own with the words of another. An empty timeline may be a server that
//! closed it to readers without a login (since 4.5 that is 200 and an empty list): a reason.

use serde_json::Value;
use url::Url;

use super::json::{self, text};
use super::{Document, Listing, NotRead, Origin, Post, PostFacts};
use crate::parse::Entry;
use crate::{address, date, html};

const EXPECTED: &str = "list of statuses";

/// Reads a list of statuses.
///
/// # Errors
/// Where there is none.
pub fn read(document: &Document<'_>) -> Result<Listing, NotRead> {
    let value = json::read(document, EXPECTED)?;
    let Value::Array(statuses) = value else {
        return Err(NotRead::Other {
            expected: EXPECTED,
            found: "JSON of another kind",
        });
    };
    let is_timeline = Url::parse(document.url).is_ok_and(|url| {
        url.path().contains("/timelines/") && !url.query().unwrap_or_default().contains("max_id")
    });
    if statuses.is_empty() && is_timeline {
        return Err(NotRead::NotVisible(
            "the timeline is empty; the server may show it only to those who are logged in",
        ));
    }
    let posts: Vec<Post> = statuses.iter().filter_map(post).collect();
    let left_out = statuses.len() - posts.len();
    let mut listing = Listing {
        posts,
        is_whole: true,
        older: document.link.and_then(next),
        ..Listing::default()
    };
    if left_out > 0 {
        listing.note(&format!("{left_out} entries that are no statuses left out"));
    }
    Ok(listing)
}

/// The address with `rel="next"` of a `Link` header (RFC 8288): what is older.
fn next(header: &str) -> Option<String> {
    header.split('<').skip(1).find_map(|link| {
        let (target, parameters) = link.split_once('>')?;
        let parameters = parameters.to_ascii_lowercase();
        let is_next = parameters.split([';', ',']).any(|parameter| {
            parameter
                .trim()
                .strip_prefix("rel=")
                .is_some_and(|value| value.trim_matches('"') == "next")
        });
        is_next.then(|| address::shown(target, None))?
    })
}

fn post(status: &Value) -> Option<Post> {
    let uri = text(status, "uri")?;
    let reblog = status.get("reblog").filter(|reblog| reblog.is_object());
    let words = reblog.unwrap_or(status);
    let raw = text(status, "created_at");
    let edited = text(words, "edited_at").and_then(date::parse);
    let account = |status: &Value| text(status.get("account")?, "acct").map(str::to_owned);
    Some(Post {
        entry: Entry {
            reading: None,
            guid: Some(uri.to_owned()),
            url: text(status, "url")
                .or(Some(uri))
                .and_then(|url| address::shown(url, None)),
            title: text(words, "spoiler_text")
                .map(html::one_line)
                .unwrap_or_default(),
            text: text(words, "content")
                .map(html::to_text)
                .unwrap_or_default(),
            published: raw.and_then(date::parse),
            published_raw: raw.map(str::to_owned),
            lang: text(words, "language").map(str::to_owned),
        },
        facts: PostFacts {
            origin: reblog.map(|reblog| Origin {
                name: account(reblog),
                address: text(reblog, "uri").map(str::to_owned),
            }),
            quoted: words
                .get("quote")
                .and_then(|quote| quote.get("quoted_status"))
                .filter(|quoted| quoted.is_object())
                .map(|quoted| Origin {
                    name: account(quoted),
                    address: text(quoted, "uri").map(str::to_owned),
                }),
            is_edited: edited.is_some(),
            edited,
            boosts: words.get("reblogs_count").and_then(Value::as_u64),
            quotes: words.get("quotes_count").and_then(Value::as_u64),
            score: words.get("favourites_count").and_then(Value::as_i64),
            is_pinned: status.get("pinned") == Some(&Value::Bool(true)),
            has_media: words
                .get("media_attachments")
                .and_then(Value::as_array)
                .is_some_and(|media| !media.is_empty()),
            ..PostFacts::default()
        },
        author: account(status),
    })
}
