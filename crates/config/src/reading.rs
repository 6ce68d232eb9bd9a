//! What a source's kind asks of its address and of the keys beside it.

use bellwether_model::{FileFormat, Folder, PublisherId, Reading, Selectors, SourceKind};
use url::Url;

use crate::checks::{self, Use};
use crate::keys;
use crate::table::Table;

/// Longer selectors are no selectors.
const SELECTOR_BYTES_MAX: usize = 1_000;

/// The kind of a source.
pub(crate) fn kind(table: &Table<'_>) -> Option<SourceKind> {
    let kinds = SourceKind::ALL.map(|kind| (kind.as_str(), kind));
    table
        .require("kind", None)
        .then(|| checks::one_of(table, "kind", "kinds", &kinds))
        .flatten()
}

/// The address of a source, as its kind asks for it.
pub(crate) fn url(table: &Table<'_>, kind: Option<SourceKind>) -> Option<String> {
    if let Some(kind) = kind.filter(|kind| !kind.is_polled()) {
        if table.has("url") {
            table.sink.fault(
                table.place_of_key("url"),
                format!(
                    "a source of kind `{}` is never polled and has no `url`",
                    kind.as_str()
                ),
                Some("remove `url`, or make it `kind = \"feed\"`".to_owned()),
            );
        }
        return None;
    }
    if kind.is_some() {
        table.require("url", None);
    }
    let url = checks::address(table, "url", Use::Shown)?;
    let parsed = Url::parse(url.value).ok()?;
    if let Some(wanted) = kind.and_then(|kind| wanted(kind, &parsed)) {
        let kind = kind.map_or("", SourceKind::as_str);
        table.sink.fault(
            url.place,
            format!("`url` is none of a source of kind `{kind}`"),
            Some(wanted.to_owned()),
        );
        return None;
    }
    Some(url.value.to_owned())
}

/// What a kind wants where the address is another; `None` where it will do. Only paths are looked at:
/// the host may be a mirror's, a server's own, or that of a test.
fn wanted(kind: SourceKind, url: &Url) -> Option<&'static str> {
    let path = url.path();
    let segments = path.split('/').filter(|part| !part.is_empty()).count();
    let (will_do, wanted) = match kind {
        SourceKind::Telegram => (
            (path.starts_with("/s/") && segments == 2) || segments == 1,
            "write the channel's address, such as \"https://t.me/s/NAME\"",
        ),
        SourceKind::Mastodon => (
            path.starts_with("/api/v1/"),
            "write the address of its statuses, such as \"https://SERVER/api/v1/accounts/ID/statuses?limit=40\"; \
             \"https://SERVER/api/v1/accounts/lookup?acct=NAME\" shows the ID",
        ),
        SourceKind::Bluesky => (
            path.starts_with("/xrpc/") || (path.starts_with("/profile/") && segments == 2),
            "write the profile's address, such as \"https://bsky.app/profile/NAME\"",
        ),
        SourceKind::Youtube => (
            path == "/feeds/videos.xml" || path.starts_with("/channel/UC"),
            "write the channel's address by its id, such as \"https://www.youtube.com/channel/UC…\"; a name after `@` can change its owner",
        ),
        SourceKind::Ptt => (
            path.starts_with("/bbs/") && segments >= 2,
            "write the address of the board, such as \"https://www.ptt.cc/bbs/BOARD/index.html\"",
        ),
        SourceKind::Feed
        | SourceKind::Sitemap
        | SourceKind::Page
        | SourceKind::Files
        | SourceKind::Import => return None,
    };
    (!will_do).then_some(wanted)
}

/// How the documents of a source are read.
pub(crate) fn reading(table: &Table<'_>, kind: Option<SourceKind>) -> Reading {
    let article = table.boolean("article").unwrap_or(false);
    let has_articles = matches!(
        kind,
        None | Some(SourceKind::Feed | SourceKind::Sitemap | SourceKind::Page | SourceKind::Ptt)
    );
    if article && !has_articles {
        table.sink.fault(
            table.place_of_key("article"),
            "`article` is for kinds that name pages of articles: `feed`, `sitemap`, `page`, `ptt`",
            Some("remove it: the posts of this source are whole".to_owned()),
        );
    }
    let list = table.table("list", &keys::LIST);
    if list.is_some() && !matches!(kind, None | Some(SourceKind::Page)) {
        table.sink.fault(
            table.place_of_key("list"),
            "`list` is for sources of kind `page`",
            Some(
                "remove it: the document of this source says itself where its articles are"
                    .to_owned(),
            ),
        );
    }
    Reading {
        article: article && has_articles,
        list: list.as_ref().and_then(selectors),
        folder: folder(table, kind),
    }
}

fn folder(table: &Table<'_>, kind: Option<SourceKind>) -> Option<Folder> {
    if kind != Some(SourceKind::Files) {
        for key in ["folder", "format"] {
            if kind.is_some() && table.has(key) {
                table.sink.fault(
                    table.place_of_key(key),
                    format!("`{key}` is for sources of kind `files`"),
                    Some("remove it, or make it `kind = \"files\"`".to_owned()),
                );
            }
        }
        return None;
    }
    let formats = FileFormat::ALL.map(|format| (format.as_str(), format));
    let format = table
        .has("format")
        .then(|| checks::one_of(table, "format", "formats", &formats));
    let path = table.required_text("folder")?.value;
    let publisher = table.text("publisher");
    let format = format.unwrap_or(Some(FileFormat::Ndjson))?;
    if format == FileFormat::Feed {
        table.require(
            "publisher",
            Some("say who publishes the feeds: their documents do not say it reliably"),
        );
    }
    Some(Folder {
        path: path.into(),
        format,
        publisher: publisher.and_then(|id| PublisherId::parse(id.value).ok()),
    })
}

fn selectors(table: &Table<'_>) -> Option<Selectors> {
    table.require(
        "item",
        Some("the selector of one article of the list, such as \"article\""),
    );
    let selector = |key| {
        let text = table.text(key)?;
        let is_selector =
            text.value.len() <= SELECTOR_BYTES_MAX && scraper::Selector::parse(text.value).is_ok();
        if !is_selector {
            table.sink.fault(
                text.place,
                format!("`{key}` is no CSS selector"),
                Some("write one such as \"div.news-list li\"".to_owned()),
            );
        }
        is_selector.then(|| text.value.to_owned())
    };
    let (link, title, date, text) = (
        selector("link"),
        selector("title"),
        selector("date"),
        selector("text"),
    );
    Some(Selectors {
        item: selector("item")?,
        link,
        title,
        date,
        text,
    })
}
