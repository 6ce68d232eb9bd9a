//! Each kind on documents of our own, after the real structure.

mod of_page;
mod of_platforms;
mod of_ptt;
mod of_sitemap;
mod of_telegram;

use super::*;

pub(super) fn document<'a>(body: &'a str, url: &'a str) -> Document<'a> {
    Document {
        body: body.as_bytes(),
        content_type: None,
        link: None,
        url,
    }
}

pub(super) fn read_as(kind: SourceKind, body: &str, url: &str) -> Result<Listing, NotRead> {
    read(
        kind,
        &Reading::default(),
        &document(body, url),
        &Place::default(),
    )
}

#[test]
fn feeds_go_the_same_way() {
    let body = "<rss version='2.0'><channel><title>T</title><item><title>A</title><link>https://e.org/1</link></item></channel></rss>";
    let listing = read_as(SourceKind::Feed, body, "https://e.org/rss").unwrap();
    assert_eq!(listing.title.as_deref(), Some("T"));
    assert_eq!(listing.entries().len(), 1);
    assert_eq!(
        read_as(SourceKind::Import, body, "https://e.org/rss"),
        Err(NotRead::NotPolled("import"))
    );
}

#[test]
fn addresses_that_people_write() {
    for (kind, written, asked) in [
        (
            SourceKind::Telegram,
            "https://t.me/example",
            "https://t.me/s/example",
        ),
        (
            SourceKind::Telegram,
            "https://telegram.me/example/",
            "https://t.me/s/example",
        ),
        (
            SourceKind::Telegram,
            "https://t.me/s/example",
            "https://t.me/s/example",
        ),
        (
            SourceKind::Telegram,
            "http://127.0.0.1:1/s/example",
            "http://127.0.0.1:1/s/example",
        ),
        (
            SourceKind::Bluesky,
            "https://bsky.app/profile/name.example",
            "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed?actor=name.example&limit=50&filter=posts_with_replies",
        ),
        (
            SourceKind::Bluesky,
            "https://bsky.app/profile/a/post/b",
            "https://bsky.app/profile/a/post/b",
        ),
        (
            SourceKind::Youtube,
            "https://www.youtube.com/channel/UCabc",
            "https://www.youtube.com/feeds/videos.xml?channel_id=UCabc",
        ),
        (
            SourceKind::Feed,
            "https://t.me/example",
            "https://t.me/example",
        ),
    ] {
        assert_eq!(address(kind, written), asked);
    }
}

#[test]
fn only_the_first_entries_of_too_many_are_read() {
    let posts = vec![Post::default(); parse::ENTRIES_MAX + 1];
    let listing = bounded(Listing {
        posts,
        is_whole: true,
        ..Listing::default()
    });
    assert_eq!(listing.posts.len(), parse::ENTRIES_MAX);
    assert!(!listing.is_whole);
}
