//! A source as it is written into the configuration: what was found, and what only a person knows
//! as comments to fill in.

use std::fmt::Write as _;

use bellwether_model::SourceKind;
use bellwether_text::{display_safe, excerpt};
use url::Url;

use super::{Look, Wanted};
use crate::html;

/// Characters of a name; feeds call themselves whole sentences.
const NAME_CHARS_MAX: usize = 80;

/// Bytes of an id.
const ID_BYTES_MAX: usize = 64;

/// The `[[source]]` to put into a file of `sources/`. Whose voice it is stays `unknown`: no program
/// can say.
#[must_use]
pub fn block(look: &Look, wanted: &Wanted) -> String {
    let url = look.moved_to.as_deref().unwrap_or(&look.asked);
    let id = id(look.kind, url);
    let mut out = String::new();
    // Writing to a text cannot fail.
    let mut line = |key: &str, value: &str| {
        let _ = writeln!(out, "{key} = {value}");
    };
    line("id", &quoted(&id));
    line("name", &quoted(&name(look).unwrap_or_else(|| id.clone())));
    line("kind", &quoted(look.kind.as_str()));
    line("url", &quoted(url));
    line(
        "# publisher",
        &format!("{}  # who speaks; the id where left out", quoted(&id)),
    );
    line(
        "# family",
        &format!("{}  # who owns the speaker", quoted(&id)),
    );
    line(
        "# groups",
        "[\"…\"]  # where it is counted; ids of groups.toml",
    );
    match &wanted.country {
        Some(country) => line("country", &quoted(country)),
        None => line("# country", "\"…\"  # from where it speaks, such as \"TW\""),
    }
    if let Some(lang) = &look.lang {
        line("languages", &format!("[{}]", quoted(lang)));
    }
    line("every", &quoted(&format!("{}m", look.every.as_secs() / 60)));
    if look.shows_teasers() {
        line(
            "# article",
            "true  # the document shows little text: fetch the page of each article",
        );
    }
    line("terms", &quoted("unknown: the terms of use were not read."));
    if let Some(list) = &look.list {
        let _ = writeln!(out, "[source.list]\nitem = {}", quoted(&list.item));
    }
    let _ = writeln!(out, "[source.affiliation]\ngrade = \"unknown\"");
    format!("[[source]]\n{out}")
}

fn name(look: &Look) -> Option<String> {
    let title = html::one_line(&display_safe(look.title.as_deref()?));
    Some(excerpt(&title, NAME_CHARS_MAX)).filter(|name| !name.is_empty())
}

/// An id from where it is: the host, and the account on platforms.
fn id(kind: SourceKind, url: &str) -> String {
    let parsed = Url::parse(url).ok();
    let host = parsed.as_ref().and_then(Url::host_str).unwrap_or_default();
    let host = ["www.", "feeds.", "rss.", "feed."]
        .iter()
        .fold(host, |host, prefix| {
            host.strip_prefix(prefix).unwrap_or(host)
        });
    let path = parsed.as_ref().map(Url::path).unwrap_or_default();
    let account = match kind {
        SourceKind::Telegram | SourceKind::Ptt => path
            .split('/')
            .rfind(|part| !matches!(*part, "" | "s" | "bbs" | "index.html"))
            .map(str::to_owned),
        SourceKind::Bluesky | SourceKind::Youtube => parsed.as_ref().and_then(|url| {
            url.query_pairs()
                .find(|(key, _)| matches!(&**key, "actor" | "channel_id"))
                .map(|(_, value)| value.into_owned())
        }),
        SourceKind::Mastodon => path.split('/').nth(4).map(|id| format!("{host}-{id}")),
        _ => None,
    };
    let text = match account {
        Some(account) => format!("{account}-{}", kind.as_str()),
        None => host.to_owned(),
    };
    let mut id = String::new();
    for c in text.chars().map(|c| c.to_ascii_lowercase()) {
        if c.is_ascii_alphanumeric() {
            id.push(c);
        } else if !id.is_empty() && !id.ends_with('-') {
            id.push('-');
        }
    }
    id.truncate(ID_BYTES_MAX);
    let id = id.trim_end_matches('-');
    if id.is_empty() { "source" } else { id }.to_owned()
}

/// A basic string of TOML 1.0.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            // The standard wants these escaped; no key of ours may have one.
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids() {
        use SourceKind::{Bluesky, Feed, Mastodon, Ptt, Telegram, Youtube};
        for (kind, url, expected) in [
            (
                Feed,
                "https://www.news.example.org/rss.xml",
                "news-example-org",
            ),
            (Feed, "https://feeds.news.example.org/x", "news-example-org"),
            (Feed, "http://[::1]:80/", "1"),
            (Feed, "", "source"),
            (
                Telegram,
                "https://t.me/s/Example_News",
                "example-news-telegram",
            ),
            (
                Ptt,
                "https://www.ptt.cc/bbs/Example/index.html",
                "example-ptt",
            ),
            (
                Youtube,
                "https://www.youtube.com/feeds/videos.xml?channel_id=UCabc",
                "ucabc-youtube",
            ),
            (
                Bluesky,
                "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed?actor=news.example.org&limit=50",
                "news-example-org-bluesky",
            ),
            (
                Mastodon,
                "https://social.example/api/v1/accounts/42/statuses?limit=40",
                "social-example-42-mastodon",
            ),
        ] {
            assert_eq!(id(kind, url), expected, "{url}");
        }
        assert!(id(Feed, &format!("https://{}.example/", "a".repeat(60))).len() <= ID_BYTES_MAX);
    }

    #[test]
    fn what_a_stranger_calls_himself_stays_within_its_quotes() {
        assert_eq!(quoted("a\"\nb\\"), "\"a\\\" b\\\\\"");
    }
}
