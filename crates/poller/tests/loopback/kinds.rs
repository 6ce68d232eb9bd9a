//! Each kind of source polled from a loopback server that behaves as its platform does.

use bellwether_model::{OutcomeKind, Source, SourceId, SourceKind};
use bellwether_poller::Poller;
use serde_json::json;

use crate::world::{Says, World};

fn source(world: &World, kind: SourceKind, path: &str) -> Source {
    Source {
        kind,
        url: Some(format!("http://{}{path}", world.address)),
        ..world.source(kind.as_str())
    }
}

async fn poll(poller: &Poller, kind: SourceKind) -> bellwether_model::Outcome {
    poller
        .poll(&SourceId::new(kind.as_str()))
        .await
        .unwrap()
        .outcome
}

const TELEGRAM: &str = r#"<html><body><section class="tgme_channel_history js-message_history">
<div class="tgme_widget_message_wrap"><div class="tgme_widget_message" data-post="Example/7"><div class="tgme_widget_message_text js-message_text">Бюллетени<br/>считают</div>
<span class="tgme_widget_message_meta">edited <a class="tgme_widget_message_date"><time datetime="2026-11-20T11:00:00+00:00">11:00</time></a></span></div></div></section></body></html>"#;

#[tokio::test]
async fn a_channel_its_edits_and_its_walls() {
    let world = World::new().await;
    let poller = world.poller(vec![source(&world, SourceKind::Telegram, "/s/Example")]);
    world.says(
        "/s/Example",
        Says::new(200, TELEGRAM).header("content-type", "text/html; charset=utf-8"),
    );
    let outcome = poll(&poller, SourceKind::Telegram).await;
    assert_eq!((outcome.kind, outcome.items_new), (OutcomeKind::Fetched, 1));
    let item = &world.items("telegram")[0];
    assert_eq!(item.text, "Бюллетени\nсчитают");
    assert_eq!(item.platform.as_deref(), Some("telegram"));
    assert_eq!(item.published.unwrap().to_string(), "2026-11-20T11:00:00Z");
    // An edit keeps the time and changes the words; the name changes its case.
    world.says(
        "/s/Example",
        Says::new(
            200,
            TELEGRAM
                .replace("считают", "пересчитают")
                .replace("Example/7", "example/7"),
        ),
    );
    let outcome = poll(&poller, SourceKind::Telegram).await;
    assert_eq!((outcome.items_new, outcome.items_updated), (0, 1));
    // Throttled: the history is empty, which is not that there is nothing.
    world.says(
        "/s/Example",
        Says::new(
            200,
            "<html><body><section class=tgme_channel_history></section></body></html>",
        ),
    );
    let outcome = poll(&poller, SourceKind::Telegram).await;
    assert_eq!(outcome.kind, OutcomeKind::NotAFeed);
    assert!(outcome.error.unwrap().contains("too often"));
    // Without a preview it leads to another page.
    world.says(
        "/s/Example",
        Says::new(302, "").header("location", format!("http://{}/Example", world.address)),
    );
    world.says(
        "/Example",
        Says::new(
            200,
            "<html><body><div class=tgme_page>Example</div></body></html>",
        ),
    );
    let outcome = poll(&poller, SourceKind::Telegram).await;
    assert!(outcome.error.unwrap().contains("no public preview"));
    assert_eq!(world.items("telegram").len(), 1);
}

#[tokio::test]
async fn what_a_channel_passes_on_and_how_often_it_is_seen() {
    let world = World::new().await;
    let poller = world.poller(vec![source(&world, SourceKind::Telegram, "/s/Example")]);
    let forward = r#"<div class="tgme_widget_message_forwarded_from">Forwarded from <a class="tgme_widget_message_forwarded_from_name" href="https://t.me/origin/1">Origin</a></div><span class="tgme_widget_message_views">12.3K</span><div class="tgme_widget_message_text"#;
    let forwarded = TELEGRAM.replacen("<div class=\"tgme_widget_message_text", forward, 1);
    world.says("/s/Example", Says::new(200, forwarded.clone()));
    assert_eq!(poll(&poller, SourceKind::Telegram).await.items_new, 1);
    let item = &world.items("telegram")[0];
    assert_eq!(item.publisher.as_str(), "outlet", "who passes it on");
    let origin = item.facts.origin.clone().unwrap();
    assert_eq!(origin.name.as_deref(), Some("Origin"));
    assert_eq!(origin.address.as_deref(), Some("https://t.me/origin/1"));
    assert!(item.facts.is_edited && item.facts.edited.is_none());
    assert_eq!(item.facts.views.as_ref().unwrap().about, 12_300);
    // Views change at every look: no new wording, and the last ones are kept.
    let before = world.reader().head().unwrap().seq;
    world.clock.advance(std::time::Duration::from_secs(3600));
    world.says(
        "/s/Example",
        Says::new(200, forwarded.replace("12.3K", "15K")),
    );
    let outcome = poll(&poller, SourceKind::Telegram).await;
    assert_eq!((outcome.items_updated, outcome.items_unchanged), (0, 1));
    let item = &world.items("telegram")[0];
    assert_eq!(item.versions, 1);
    assert_eq!(item.facts.views.as_ref().unwrap().about, 15_000);
    assert_eq!(
        item.facts.counted.unwrap().to_string(),
        "2026-11-20T13:00:00Z"
    );
    assert_eq!(
        world.reader().head().unwrap().seq.0 - before.0,
        1,
        "the outcome alone"
    );
}

#[tokio::test]
async fn a_mastodon_account_and_its_limit() {
    let world = World::new().await;
    let path = "/api/v1/accounts/1/statuses";
    let poller = world.poller(vec![source(&world, SourceKind::Mastodon, path)]);
    let status = json!([{"id": "1", "uri": "https://social.example/users/a/statuses/1", "url": "https://social.example/@a/1", "created_at": "2026-11-20T11:00:00.000Z", "content": "<p>Ballots</p>", "language": "en", "account": {"acct": "a"}}]);
    world.says(
        path,
        Says::new(200, status.to_string()).header("content-type", "application/json"),
    );
    assert_eq!(poll(&poller, SourceKind::Mastodon).await.items_new, 1);
    assert_eq!(world.requests(path)[0]["accept"], "application/json");
    assert_eq!(world.items("mastodon")[0].text, "Ballots");
    world.says(
        path,
        Says::new(429, r#"{"error":"Too many requests"}"#).header("retry-after", "300"),
    );
    let outcome = poll(&poller, SourceKind::Mastodon).await;
    assert_eq!(
        (outcome.kind, outcome.status),
        (OutcomeKind::Status, Some(429))
    );
    assert!(outcome.error.unwrap().contains("300 s"));
    world.says(
        path,
        Says::new(200, r#"{"error":"The API requires an authenticated user"}"#),
    );
    let outcome = poll(&poller, SourceKind::Mastodon).await;
    assert!(outcome.error.unwrap().contains("authenticated user"));
}

#[tokio::test]
async fn a_bluesky_account() {
    let world = World::new().await;
    let path = "/xrpc/app.bsky.feed.getAuthorFeed";
    let poller = world.poller(vec![source(
        &world,
        SourceKind::Bluesky,
        &format!("{path}?actor=a.example"),
    )]);
    let post = json!({"uri": "at://did:plc:a/app.bsky.feed.post/1", "cid": "c", "author": {"did": "did:plc:a", "handle": "a.example"}, "record": {"text": "Ballots", "createdAt": "2026-11-20T11:00:00Z"}, "indexedAt": "2026-11-20T11:00:01Z"});
    let repost = json!({"post": {"uri": "at://did:plc:b/app.bsky.feed.post/9", "cid": "d", "author": {"did": "did:plc:b", "handle": "b.example"}, "record": {"text": "Theirs", "createdAt": "2026-11-20T10:00:00Z"}}, "reason": {"$type": "app.bsky.feed.defs#reasonRepost", "by": {"did": "did:plc:a"}, "indexedAt": "2026-11-20T11:30:00Z"}});
    world.says(
        path,
        Says::new(
            200,
            json!({"feed": [repost, {"post": post}], "cursor": "x"}).to_string(),
        ),
    );
    assert_eq!(poll(&poller, SourceKind::Bluesky).await.items_new, 2);
    assert_eq!(poll(&poller, SourceKind::Bluesky).await.items_unchanged, 2);
    world.says(
        path,
        Says::new(
            400,
            r#"{"error":"InvalidRequest","message":"Profile not found"}"#,
        ),
    );
    assert_eq!(poll(&poller, SourceKind::Bluesky).await.status, Some(400));
}

#[tokio::test]
async fn a_board_behind_its_age_gate() {
    let world = World::new().await;
    let poller = world.poller(vec![source(
        &world,
        SourceKind::Ptt,
        "/bbs/Example/index.html",
    )]);
    let index = r#"<html><body><div class="r-list-container"><div class="r-ent"><div class="nrec">爆</div><div class="title"><a href="/bbs/Example/M.1795172400.A.1B2.html">[問卦] 開票</a></div></div></div></body></html>"#;
    world.says("/bbs/Example/index.html", Says::new(200, index));
    assert_eq!(poll(&poller, SourceKind::Ptt).await.items_new, 1);
    assert_eq!(
        world.requests("/bbs/Example/index.html")[0]["cookie"],
        "over18=1"
    );
    let item = &world.items("ptt")[0];
    assert_eq!(item.title, "[問卦] 開票");
    assert_eq!(
        item.time.to_string(),
        "2026-11-20T11:00:00Z",
        "from the name of its file"
    );
    world.says(
        "/bbs/Example/index.html",
        Says::new(302, "").header("location", "/ask/over18?from=%2Fbbs"),
    );
    world.says(
        "/ask/over18",
        Says::new(200, "<html><body><form>over18</form></body></html>"),
    );
    assert!(
        poll(&poller, SourceKind::Ptt)
            .await
            .error
            .unwrap()
            .contains("age")
    );
}

#[tokio::test]
async fn sitemaps_and_pages() {
    let world = World::new().await;
    let poller = world.poller(vec![
        source(&world, SourceKind::Sitemap, "/news.xml"),
        source(&world, SourceKind::Page, "/front"),
    ]);
    world.says("/news.xml", Says::new(200, "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'><url><loc>https://news.example/1</loc><news:news><news:publication_date>2026-11-20T11:00:00Z</news:publication_date><news:title>One</news:title></news:news></url></urlset>"));
    assert_eq!(poll(&poller, SourceKind::Sitemap).await.items_new, 1);
    world.says("/news.xml", Says::new(200, "<urlset/>"));
    let outcome = poll(&poller, SourceKind::Sitemap).await;
    assert_eq!(
        (outcome.kind, outcome.items_new),
        (OutcomeKind::Fetched, 0),
        "empty is no fault"
    );
    world.says("/front", Says::new(200, "<html><body><h2><a href='/2026/11/20/bridge'>Bridge over the river closes</a></h2></body></html>"));
    let outcome = poll(&poller, SourceKind::Page).await;
    assert_eq!(outcome.items_new, 1);
    assert!(outcome.repaired.unwrap().contains("no selectors"));
    // Something in the way is told apart from a page that is not what it was.
    world.says(
        "/front",
        Says::new(
            200,
            "<html><head><title>Just a moment...</title></head><body></body></html>",
        ),
    );
    let outcome = poll(&poller, SourceKind::Page).await;
    assert_eq!(outcome.kind, OutcomeKind::Blocked);
    assert!(outcome.error.unwrap().contains("check for robots"));
    world.says(
        "/front",
        Says::new(200, "<html><body><div id=app></div></body></html>"),
    );
    let outcome = poll(&poller, SourceKind::Page).await;
    assert_eq!(outcome.kind, OutcomeKind::NotAFeed);
    assert!(
        outcome
            .error
            .unwrap()
            .contains("no link looks like an article")
    );
}
