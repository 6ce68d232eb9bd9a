//! Of which kind an address is: by its own form where it is that of a platform, else by what answers.

use bellwether_model::{Reading, SourceKind};
use serde_json::Value;
use url::Url;

use crate::adapters::{self, Document};
use crate::date::Place;

/// Where feeds and news sitemaps stand on many sites, feeds first.
const USUAL_PLACES: [&str; 8] = [
    "/feed",
    "/rss",
    "/rss.xml",
    "/feed.xml",
    "/atom.xml",
    "/index.xml",
    "/news-sitemap.xml",
    "/sitemap_news.xml",
];

/// The kind of an address that can only be that of a platform.
pub(super) fn by_address(url: &str) -> Option<SourceKind> {
    let url = Url::parse(url).ok()?;
    let host = url.host_str()?.trim_start_matches("www.");
    let path = url.path();
    let is_under = |prefix: &str| path.starts_with(prefix) && path.len() > prefix.len();
    match host {
        "t.me" | "telegram.me" | "telegram.dog" => Some(SourceKind::Telegram),
        "bsky.app" if is_under("/profile/") => Some(SourceKind::Bluesky),
        "youtube.com" if path.starts_with("/channel/UC") => Some(SourceKind::Youtube),
        "ptt.cc" if is_under("/bbs/") => Some(SourceKind::Ptt),
        _ if path == "/feeds/videos.xml" => Some(SourceKind::Youtube),
        _ if path.starts_with("/xrpc/app.bsky.") => Some(SourceKind::Bluesky),
        _ if is_under("/api/v1/timelines/") => Some(SourceKind::Mastodon),
        _ if is_under("/api/v1/accounts/") && path.ends_with("/statuses") => {
            Some(SourceKind::Mastodon)
        }
        _ => None,
    }
}

/// The kind of a document, by who can read it. What nobody reads is a page where it is HTML, and a
/// feed else: the error of that reader then says the most.
pub(super) fn of_document(document: &Document<'_>) -> SourceKind {
    let reads = |kind: &SourceKind| {
        adapters::read(*kind, &Reading::default(), document, &Place::default()).is_ok()
    };
    let is_html = is_html(document);
    let kinds: &[SourceKind] = match is_html {
        true => &[SourceKind::Feed],
        false => &[
            SourceKind::Feed,
            SourceKind::Sitemap,
            SourceKind::Mastodon,
            SourceKind::Bluesky,
        ],
    };
    let fallback = if is_html {
        SourceKind::Page
    } else {
        SourceKind::Feed
    };
    kinds.iter().copied().find(reads).unwrap_or(fallback)
}

/// As browsers see it: the server's word, or the beginning of a page.
fn is_html(document: &Document<'_>) -> bool {
    let head = &document.body[..document.body.len().min(1_000)];
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let is_said = document
        .content_type
        .is_some_and(|said| said.to_ascii_lowercase().contains("html"));
    head.contains("<!doctype html") || head.contains("<html") || is_said
}

/// Where else on a site a feed may be.
pub(super) fn usual_places(page: &str) -> Vec<String> {
    let Ok(page) = Url::parse(page) else {
        return Vec::new();
    };
    USUAL_PLACES
        .iter()
        .filter_map(|place| page.join(place).ok())
        .map(String::from)
        .collect()
}

/// What may be the page of a Mastodon account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Profile {
    /// Where its server says which account it is.
    pub(super) lookup: String,
}

/// `https://SERVER/@NAME`; YouTube has such addresses too.
pub(super) fn profile(url: &str) -> Option<Profile> {
    let mut url = Url::parse(url).ok()?;
    let name = url.path().trim_matches('/').strip_prefix('@')?.to_owned();
    let is_name = !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_.-@".contains(c));
    if !is_name || url.host_str()?.ends_with("youtube.com") {
        return None;
    }
    url.set_path("/api/v1/accounts/lookup");
    url.set_query(Some(&format!("acct={name}")));
    url.set_fragment(None);
    Some(Profile {
        lookup: url.to_string(),
    })
}

impl Profile {
    /// The address of the account's statuses, by the server's answer.
    pub(super) fn statuses(&self, answer: &[u8]) -> Option<String> {
        let account: Value = serde_json::from_slice(answer).ok()?;
        let id = account.get("id")?.as_str()?;
        let is_id =
            !id.is_empty() && id.len() <= 40 && id.bytes().all(|b| b.is_ascii_alphanumeric());
        account.get("acct")?.as_str()?;
        let mut url = Url::parse(&self.lookup).ok()?;
        url.set_path(&format!("/api/v1/accounts/{id}/statuses"));
        url.set_query(Some("limit=40"));
        is_id.then(|| url.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_platforms() {
        use SourceKind::{Bluesky, Mastodon, Ptt, Telegram, Youtube};
        for (url, kind) in [
            ("https://t.me/example", Some(Telegram)),
            ("https://t.me/s/example", Some(Telegram)),
            ("https://bsky.app/profile/example.org", Some(Bluesky)),
            ("https://bsky.app/about", None),
            (
                "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed?actor=x",
                Some(Bluesky),
            ),
            ("https://www.youtube.com/channel/UCx", Some(Youtube)),
            ("https://www.youtube.com/@example", None),
            (
                "https://www.youtube.com/feeds/videos.xml?channel_id=UCx",
                Some(Youtube),
            ),
            ("https://www.ptt.cc/bbs/Example/index.html", Some(Ptt)),
            (
                "https://social.example/api/v1/accounts/1/statuses?limit=40",
                Some(Mastodon),
            ),
            ("https://social.example/api/v1/accounts/1", None),
            ("https://news.example.org/rss.xml", None),
            ("not an address", None),
        ] {
            assert_eq!(by_address(url), kind, "{url}");
        }
    }

    fn of(body: &[u8], content_type: Option<&str>) -> SourceKind {
        of_document(&Document {
            body,
            content_type,
            link: None,
            url: "https://news.example.org/x",
        })
    }

    #[test]
    fn documents() {
        let rss = b"<rss version='2.0'><channel><item><title>a</title></item></channel></rss>";
        assert_eq!(of(rss, None), SourceKind::Feed);
        assert_eq!(of(rss, Some("text/html")), SourceKind::Feed, "servers err");
        let sitemap = b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>https://news.example.org/a</loc></url></urlset>";
        assert_eq!(of(sitemap, None), SourceKind::Sitemap);
        assert_eq!(of(b"<!doctype html><p>x", None), SourceKind::Page);
        assert_eq!(of(b"<p>x", Some("text/html")), SourceKind::Page);
        assert_eq!(of(b"\x00\x01", None), SourceKind::Feed);
        assert_eq!(of(b"", None), SourceKind::Feed);
        let statuses = br#"[{"id":"1","uri":"https://s.example/1","url":"https://s.example/1","content":"<p>x</p>","created_at":"2026-11-20T00:00:00Z","account":{"acct":"a"}}]"#;
        assert_eq!(of(statuses, None), SourceKind::Mastodon);
    }

    #[test]
    fn accounts_by_name() {
        let found = profile("https://social.example/@news").unwrap();
        assert_eq!(
            found.lookup,
            "https://social.example/api/v1/accounts/lookup?acct=news"
        );
        assert_eq!(
            found.statuses(br#"{"id":"42","acct":"news"}"#).as_deref(),
            Some("https://social.example/api/v1/accounts/42/statuses?limit=40")
        );
        assert_eq!(found.statuses(br#"{"id":"../x","acct":"news"}"#), None);
        assert_eq!(found.statuses(b"<html>"), None);
        assert_eq!(profile("https://www.youtube.com/@news"), None);
        assert_eq!(profile("https://social.example/@news/123"), None);
        assert_eq!(profile("https://social.example/about"), None);
    }
}
