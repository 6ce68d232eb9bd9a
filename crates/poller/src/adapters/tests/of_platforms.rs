//! Mastodon, Bluesky, YouTube.

use super::*;
use serde_json::json;

const MASTODON: &str = "https://social.example/api/v1/accounts/1/statuses?limit=40";
const BLUESKY: &str =
    "https://public.api.example/xrpc/app.bsky.feed.getAuthorFeed?actor=a.example&limit=50";

fn status(id: &str, content: &str) -> serde_json::Value {
    json!({
        "id": id, "created_at": "2026-11-20T09:14:05.000Z", "edited_at": null, "language": "en",
        "spoiler_text": "", "uri": format!("https://social.example/users/a/statuses/{id}"),
        "url": format!("https://social.example/@a/{id}"), "content": content, "reblog": null,
        "account": {"acct": "a"}, "media_attachments": [], "favourites_count": 3
    })
}

#[test]
fn statuses_boosts_and_edits() {
    let mut boost = status("3", "");
    boost["reblog"] = status("9", "<p>Their words</p>");
    boost["reblog"]["account"]["acct"] = json!("b@other.example");
    boost["reblog"]["edited_at"] = json!("2026-11-20T10:00:00Z");
    boost["url"] = json!(null);
    boost["reblog"]["reblogs_count"] = json!(7);
    boost["reblog"]["quotes_count"] = json!(2);
    boost["reblog"]["quote"] = json!({"state": "accepted", "quoted_status": {
        "uri": "https://third.example/users/c/statuses/1", "account": {"acct": "c@third.example"}}});
    let mut warned = status("4", "<p>Count</p>");
    warned["spoiler_text"] = json!("politics");
    let body = json!([
        status("2", r#"<p>One<br />two &amp; three</p><p><a href="https://e.org/a"><span class="invisible">https://</span><span>e.org/a</span></a></p>"#),
        boost, warned, {"id": "5"}
    ])
    .to_string();
    let document = Document {
        link: Some(
            r#"<https://social.example/api/v1/accounts/1/statuses?limit=40&max_id=2>; rel="next", <https://social.example/api/v1/accounts/1/statuses?min_id=5>; rel="prev""#,
        ),
        ..document(&body, MASTODON)
    };
    let listing = read(
        SourceKind::Mastodon,
        &Reading::default(),
        &document,
        &Place::default(),
    )
    .unwrap();
    assert!(listing.older.unwrap().ends_with("max_id=2"));
    assert!(listing.repaired.unwrap().contains("1 entries"));
    let [first, boost, warned] = &listing.posts[..] else {
        panic!("three posts")
    };
    assert_eq!(first.entry.text, "One\ntwo & three\nhttps://e.org/a");
    assert_eq!(first.entry.lang.as_deref(), Some("en"));
    assert_eq!(first.facts.score, Some(3));
    assert_eq!(boost.entry.text, "Their words");
    assert!(boost.facts.is_edited);
    let origin = boost.facts.origin.as_ref().unwrap();
    assert_eq!(origin.name.as_deref(), Some("b@other.example"));
    assert_eq!((boost.facts.boosts, boost.facts.quotes), (Some(7), Some(2)));
    assert_eq!(
        boost.facts.edited.unwrap().to_string(),
        "2026-11-20T10:00:00Z"
    );
    let quoted = boost.facts.quoted.as_ref().unwrap();
    assert_eq!(quoted.name.as_deref(), Some("c@third.example"));
    assert_eq!(boost.author.as_deref(), Some("a"));
    assert_eq!(
        boost.entry.guid.as_deref(),
        Some("https://social.example/users/a/statuses/3")
    );
    assert_eq!(warned.entry.title, "politics");
}

#[test]
fn what_a_server_says_instead_of_statuses() {
    let read = |body: &str, url| read_as(SourceKind::Mastodon, body, url).unwrap_err();
    assert_eq!(
        read(
            r#"{"error":"This method requires an authenticated user"}"#,
            MASTODON
        ),
        NotRead::Platform("This method requires an authenticated user".to_owned())
    );
    let timeline = "https://social.example/api/v1/timelines/public?local=true";
    assert!(matches!(read("[]", timeline), NotRead::NotVisible(_)));
    assert_eq!(
        read_as(SourceKind::Mastodon, "[]", MASTODON).unwrap().posts,
        []
    );
    let check = "<html><head><title>Just a moment...</title></head></html>";
    assert_eq!(read(check, MASTODON), NotRead::Wall(Wall::Robots));
    assert!(matches!(
        read("[{\"uri\":", MASTODON),
        NotRead::Other { .. }
    ));
    assert!(matches!(
        read(&"[".repeat(10_000), MASTODON),
        NotRead::Other { .. }
    ));
}

fn skeet(key: &str, text: &str) -> serde_json::Value {
    json!({"post": {
        "uri": format!("at://did:plc:a/app.bsky.feed.post/{key}"), "cid": "c", "likeCount": 2,
        "author": {"did": "did:plc:a", "handle": "a.example", "labels": []}, "labels": [],
        "record": {"$type": "app.bsky.feed.post", "text": text, "createdAt": "2026-11-20T09:00:00Z", "langs": ["zh-TW"]},
        "indexedAt": "2026-11-20T09:00:01Z"}})
}

#[test]
fn posts_reposts_and_links() {
    let mut linked = skeet("1", "看這裡 e.org/a/lon... 完");
    linked["post"]["record"]["facets"] = json!([
        {"index": {"byteStart": 10, "byteEnd": 24}, "features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://e.org/a/long/path"}]},
        {"index": {"byteStart": 1, "byteEnd": 5}, "features": [{"uri": "https://in.the/middle/of/a/character"}]},
        {"index": {"byteStart": 90, "byteEnd": 5}, "features": [{"uri": "https://nonsense.example"}]}
    ]);
    linked["post"]["repostCount"] = json!(4);
    linked["post"]["quoteCount"] = json!(1);
    linked["post"]["embed"] = json!({"$type": "app.bsky.embed.recordWithMedia#view", "record": {"record": {
        "uri": "at://did:plc:q/app.bsky.feed.post/5", "author": {"handle": "q.example"}}}});
    let mut repost = skeet("2", "their words");
    repost["reason"] = json!({"$type": "app.bsky.feed.defs#reasonRepost", "by": {"did": "did:plc:b", "handle": "b.example"}, "indexedAt": "2026-11-20T10:00:00Z"});
    let mut pinned = skeet("3", "old");
    pinned["reason"] = json!({"$type": "app.bsky.feed.defs#reasonPin"});
    let mut hidden = skeet("4", "for members");
    hidden["post"]["author"]["labels"] = json!([{"val": "!no-unauthenticated"}]);
    let body = json!({"feed": [linked, repost, pinned, hidden], "cursor": "2026-11-20T08:00:00Z"})
        .to_string();
    let listing = read_as(SourceKind::Bluesky, &body, BLUESKY).unwrap();
    assert_eq!(
        listing.older.as_deref(),
        Some(
            "https://public.api.example/xrpc/app.bsky.feed.getAuthorFeed?actor=a.example&limit=50&cursor=2026-11-20T08%3A00%3A00Z"
        )
    );
    let [linked, repost, pinned] = &listing.posts[..] else {
        panic!("three posts")
    };
    assert_eq!(linked.entry.text, "看這裡 https://e.org/a/long/path 完");
    assert_eq!(
        linked.entry.url.as_deref(),
        Some("https://bsky.app/profile/did:plc:a/post/1")
    );
    assert_eq!(linked.entry.lang.as_deref(), Some("zh-TW"));
    assert_eq!(
        repost.entry.guid.as_deref(),
        Some("at://did:plc:a/app.bsky.feed.post/2#repost-by-did:plc:b")
    );
    assert_eq!(
        repost.entry.published.unwrap().to_string(),
        "2026-11-20T10:00:00Z"
    );
    assert_eq!(
        repost.entry.url, None,
        "its address is that of another item"
    );
    assert_eq!(
        repost.facts.origin.as_ref().unwrap().name.as_deref(),
        Some("a.example")
    );
    assert!(pinned.facts.is_pinned);
    let facts = &listing.posts[0].facts;
    assert_eq!((facts.boosts, facts.quotes), (Some(4), Some(1)));
    let quoted = facts.quoted.as_ref().unwrap();
    assert_eq!(quoted.name.as_deref(), Some("q.example"));

    let mut alone = skeet("4", "for members");
    alone["post"]["author"]["labels"] = json!([{"val": "!no-unauthenticated"}]);
    let read = |body: serde_json::Value| read_as(SourceKind::Bluesky, &body.to_string(), BLUESKY);
    assert!(matches!(
        read(json!({"feed": [alone]})),
        Err(NotRead::NotVisible(_))
    ));
    assert_eq!(
        read(json!({"error": "InvalidRequest", "message": "Profile not found"})),
        Err(NotRead::Platform(
            "InvalidRequest: Profile not found".to_owned()
        ))
    );
    assert_eq!(read(json!({"feed": []})).unwrap().posts, []);
}

#[test]
fn videos_have_titles_descriptions_and_views() {
    let body = r#"<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:media="http://search.yahoo.com/mrss/" xmlns="http://www.w3.org/2005/Atom">
 <id>yt:channel:abc</id><yt:channelId>abc</yt:channelId><title>Example Video</title>
 <link rel="alternate" href="https://www.youtube.com/channel/UCabc"/><published>2015-01-01T00:00:00+00:00</published>
 <entry><id>yt:video:dQw4</id><yt:videoId>dQw4</yt:videoId><yt:channelId>UCabc</yt:channelId><title>Ballots on film</title>
  <link rel="alternate" href="https://www.youtube.com/watch?v=dQw4"/><author><name>Example Video</name></author>
  <published>2026-11-20T09:00:00+00:00</published><updated>2026-11-21T09:00:00+00:00</updated>
  <media:group><media:title>Ballots on film</media:title><media:content url="https://www.youtube.com/v/dQw4" type="application/x-shockwave-flash"/>
  <media:description>What the film shows, in words.</media:description>
  <media:community><media:starRating count="5" average="5.00" min="1" max="5"/><media:statistics views="1234"/></media:community></media:group></entry>
</feed>"#;
    let listing = read_as(
        SourceKind::Youtube,
        body,
        "https://www.youtube.com/feeds/videos.xml?channel_id=UCabc",
    )
    .unwrap();
    let [video] = &listing.posts[..] else {
        panic!("one video")
    };
    assert_eq!(video.entry.title, "Ballots on film");
    assert_eq!(video.entry.text, "What the film shows, in words.");
    assert_eq!(
        video.entry.published.unwrap().to_string(),
        "2026-11-20T09:00:00Z"
    );
    assert_eq!(
        video.entry.url.as_deref(),
        Some("https://www.youtube.com/watch?v=dQw4")
    );
    assert_eq!(video.facts.views.as_ref().unwrap().about, 1_234);
}

#[test]
fn answers_as_served_are_read() {
    let Some(data) = bellwether_testkit::data_folder("platform answers") else {
        return;
    };
    let (mut lists, mut posts) = (0, 0);
    for row in bellwether_testkit::rows(&data.join("platforms/api-responses.ndjson.gz")) {
        let text = |key: &str| row[key].as_str().unwrap_or_default();
        let kind = match text("platform") {
            "mastodon" => SourceKind::Mastodon,
            _ => SourceKind::Bluesky,
        };
        let is_list = [
            "/timelines/",
            "/statuses?",
            "getAuthorFeed",
            "getFeed",
            "getListFeed",
            "searchPosts",
            "getQuotes",
            "getPosts?",
        ]
        .iter()
        .any(|part| text("uri").contains(part));
        let document = Document {
            body: text("body").as_bytes(),
            content_type: row["headers"]["content-type"].as_str(),
            link: row["headers"]["link"].as_str(),
            url: text("uri"),
        };
        let read = read(kind, &Reading::default(), &document, &Place::default());
        if !is_list {
            assert!(
                matches!(read, Err(NotRead::Other { .. })),
                "{}: {read:?}",
                row["id"]
            );
            continue;
        }
        let listing = read.unwrap_or_else(|error| panic!("{}: {error}", row["id"]));
        // A search finds accounts that ask not to be shown.
        assert!(
            !listing.posts.is_empty()
                && (listing.repaired.is_none() || text("uri").contains("search")),
            "{}: {:?}",
            row["id"],
            listing.repaired
        );
        assert_eq!(
            listing.older.is_some(),
            document.link.is_some() || text("body").contains("\"cursor\""),
            "{}",
            row["id"]
        );
        for post in &listing.posts {
            let entry = &post.entry;
            assert!(
                entry.guid.is_some() && entry.published.is_some(),
                "{}",
                row["id"]
            );
            assert!(!entry.text.contains("</"), "{}", entry.text);
            assert!(
                !entry.text.is_empty() || post.facts.has_media || !entry.title.is_empty(),
                "{}: {post:?}",
                row["id"]
            );
        }
        lists += 1;
        posts += listing.posts.len();
    }
    println!("{lists} lists, {posts} posts");
    assert!(lists >= 13);
}
