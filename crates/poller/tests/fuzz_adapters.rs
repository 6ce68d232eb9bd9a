//! Mutated documents of every kind against what must always hold. The seed of a failure is printed.
//!
//! `BELLWETHER_FUZZ_SECONDS` asks for so many seconds instead of a fixed number of documents, and
//! `BELLWETHER_FUZZ_SEED` for one document again.

#![allow(
    clippy::panic,
    reason = "a finding ends the test with what it was found by"
)]

use std::time::Instant;

use bellwether_model::{Reading, Selectors, SourceKind};
use bellwether_poller::adapters::{self, Document, NotRead, ORIGIN_BYTES_MAX, PostFacts};
use bellwether_poller::article::{self, NoArticle};
use bellwether_poller::date::Place;
use bellwether_poller::parse::{ENTRIES_MAX, GUID_BYTES_MAX, TEXT_BYTES_MAX, TITLE_BYTES_MAX};
use bellwether_testkit::{fuzz, mutated};

/// Documents that are tried where no time is asked for.
const DOCUMENTS: u64 = 2_000;

/// A mutated document is cut here, so that each is tried quickly.
const BYTES_MAX: usize = 60_000;

/// A document of this size that takes longer costs more than its length.
const MILLISECONDS_MAX: u128 = 1_000;

const SEEDS: [&str; 9] = [
    r#"<html><head><meta charset="utf-8"></head><body><section class="tgme_channel_history"><div class="tgme_widget_message_wrap"><div class="tgme_widget_message" data-post="Example/7"><a class="tgme_widget_message_reply"><div class="tgme_widget_message_text">q</div></a><div class="tgme_widget_message_forwarded_from">Forwarded from <a class="tgme_widget_message_forwarded_from_name" href="https://t.me/o/1">O</a></div><div class="tgme_widget_message_text js-message_text">Бюллетени<br/><tg-emoji>⚡</tg-emoji> 計票</div><span class="tgme_widget_message_views">12.3K</span><span class="tgme_widget_message_meta">edited <a class="tgme_widget_message_date"><time datetime="2026-11-20T11:00:00+00:00">11</time></a></span></div></div><a class="tme_messages_more" data-before="7"></a></section></body></html>"#,
    r#"[{"id":"1","uri":"https://s.example/1","url":"https://s.example/@a/1","created_at":"2026-11-20T11:00:00.000Z","edited_at":"2026-11-20T11:30:00Z","content":"<p>Ballots<br>counted</p>","spoiler_text":"cw","language":"en","account":{"acct":"a"},"reblog":{"uri":"https://o.example/2","content":"<p>x</p>","account":{"acct":"b"},"media_attachments":[{}],"reblogs_count":3,"quotes_count":1,"favourites_count":9,"quote":{"state":"accepted","quoted_status":{"uri":"https://q.example/3","account":{"acct":"c"}}}}}]"#,
    r#"{"feed":[{"post":{"uri":"at://did:plc:a/app.bsky.feed.post/1","author":{"did":"did:plc:a","handle":"a.example","labels":[{"val":"!no-unauthenticated","neg":true}]},"record":{"text":"計票 e.org/a... b","createdAt":"2026-11-20T11:00:00Z","langs":["zh"],"facets":[{"index":{"byteStart":7,"byteEnd":17},"features":[{"uri":"https://e.org/a/b"}]}]},"indexedAt":"2026-11-20T11:00:01Z","likeCount":2,"repostCount":4,"quoteCount":1,"embed":{"$type":"app.bsky.embed.record#view","record":{"uri":"at://did:plc:q/app.bsky.feed.post/5","author":{"handle":"q.example"}}}},"reason":{"$type":"app.bsky.feed.defs#reasonRepost","by":{"did":"did:plc:b"},"indexedAt":"2026-11-20T11:30:00Z"}}],"cursor":"c"}"#,
    r#"<?xml version="1.0"?><feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:media="http://search.yahoo.com/mrss/" xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>yt:video:a</id><yt:videoId>a</yt:videoId><title>B</title><link rel="alternate" href="https://www.youtube.com/watch?v=a"/><published>2026-11-20T09:00:00+00:00</published><media:group><media:description>D &amp; E</media:description><media:community><media:statistics views="12"/></media:community></media:group></entry></feed>"#,
    r#"<html><body><div class="r-list-container"><div class="r-ent"><div class="nrec">爆</div><div class="title"><a href="/bbs/X/M.1795172400.A.1B2.html">[問卦] 開票</a></div><div class="meta"><div class="author">u</div></div></div><div class="r-list-sep"></div><div class="r-ent"><div class="title">(本文已被刪除)</div></div></div><div class="btn-group-paging"><a href="/bbs/X/index9.html">上頁</a></div></body></html>"#,
    r#"<html><body><div id="main-content"><div class="article-metaline"><span class="article-meta-tag">作者</span><span class="article-meta-value">u (n)</span></div>文章
--
※ 發信站: x<div class="push"><span class="push-tag">推 </span><span class="push-userid">r</span><span class="push-content">: 推</span><span class="push-ipdatetime">11/20 17:05</span></div></div></body></html>"#,
    r#"<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://n.example/a?b=1&c=2</loc><lastmod>2026-11-20</lastmod><news:news><news:publication><news:language>zh-tw</news:language></news:publication><news:publication_date>2026-11-20T09:00:00+08:00</news:publication_date><news:title><![CDATA[計票]]> &amp; x</news:title></news:news></url><sitemap><loc>/b.xml</loc></sitemap></urlset>"#,
    r#"<html lang="en"><head><title>L</title><base href="/x/"><link rel="alternate" type="application/rss+xml" href="/rss"></head><body><nav><a href="/2026/nav-link-of-some-length">A link in the frame here</a></nav><div class="card"><h3><a href="/2026/11/20/1001.html">跨河大橋夜間封閉施工兩週</a></h3><time datetime="2026-11-20T09:00:00+08:00">t</time></div></body></html>"#,
    r#"<!doctype html><html lang="en"><head><title>Bridge</title><meta property="article:published_time" content="2026-11-20T09:00:00Z"><script type="application/ld+json">{"@graph":[{"@type":"NewsArticle","headline":"H","datePublished":"2026-11-20"}]}</script></head><body><article><h1>Bridge</h1><p>The bridge over the river closes each night from eleven until five, the department said.</p><table><tr><td>a</td><td>b</td></tr></table><p>The joints are replaced within two weeks, it said, and buses take another way.</p></article><aside><a href="/x">more</a></aside></body></html>"#,
];

const SPECIAL: [&str; 26] = [
    "<",
    ">",
    "</",
    "<!--",
    "<![CDATA[",
    "]]>",
    "&",
    "&amp;",
    "&#0;",
    "&#xD800;",
    "<svg>",
    "<math>",
    "<p>",
    "<table>",
    "<template>",
    "<b>",
    "<a href=''>",
    "<script>",
    "</div>",
    "\"",
    "'",
    "{",
    "[",
    "\\ud800",
    "\u{202E}",
    "\u{0}",
];

fn check(body: &[u8], is_timed: bool) {
    let reading = Reading {
        list: Some(Selectors {
            item: "div.card".to_owned(),
            link: None,
            title: Some("h3".to_owned()),
            date: None,
            text: None,
        }),
        ..Reading::default()
    };
    let guess = Reading::default();
    for kind in SourceKind::ALL {
        for reading in [&guess, &reading] {
            let document = Document {
                body,
                content_type: None,
                link: Some("<https://s.example/?max_id=1>; rel=\"next\""),
                url: "https://t.me/s/Example",
            };
            let start = Instant::now();
            let read = adapters::read(kind, reading, &document, &Place::default());
            let took = start.elapsed().as_millis();
            assert!(
                !is_timed || took <= MILLISECONDS_MAX,
                "{kind:?} took {took} ms"
            );
            match read {
                Err(NotRead::Fault) => panic!("{kind:?}: a library panics"),
                Err(reason) => assert!(!reason.to_string().is_empty()),
                Ok(listing) => {
                    assert!(listing.posts.len() <= ENTRIES_MAX, "{kind:?}");
                    for post in &listing.posts {
                        let entry = &post.entry;
                        assert!(
                            entry.title.len() <= TITLE_BYTES_MAX
                                && entry.text.len() <= TEXT_BYTES_MAX
                        );
                        let facts = &post.facts;
                        for origin in facts.origin.iter().chain(&facts.quoted) {
                            let parts = [&origin.name, &origin.address];
                            assert!(parts.iter().any(|part| part.is_some()));
                            assert!(
                                parts
                                    .into_iter()
                                    .flatten()
                                    .all(|part| (1..=ORIGIN_BYTES_MAX).contains(&part.len()))
                            );
                        }
                        assert!(facts.views.as_ref().is_none_or(|v| v.shown.len() <= 32));
                        assert!(facts.counted.is_none(), "an adapter knows no time");
                        let kept = serde_json::to_string(facts).unwrap_or_default();
                        assert_eq!(
                            serde_json::from_str::<PostFacts>(&kept).ok().as_ref(),
                            Some(facts)
                        );
                        assert!(
                            entry
                                .guid
                                .as_ref()
                                .is_none_or(|id| id.len() <= GUID_BYTES_MAX)
                        );
                        assert!(
                            entry
                                .url
                                .as_ref()
                                .is_none_or(|url| url.to_ascii_lowercase().starts_with("http"))
                        );
                    }
                }
            }
            if kind != SourceKind::Page {
                break;
            }
        }
    }
    let start = Instant::now();
    match article::read(body, None, "https://n.example/1", &Place::default()) {
        Err(NoArticle::Fault) => panic!("a library panics on an article"),
        Ok(article) => assert!(!article.text.is_empty() && article.text.len() <= TEXT_BYTES_MAX),
        Err(_) => {}
    }
    let took = start.elapsed().as_millis();
    assert!(
        !is_timed || took <= MILLISECONDS_MAX,
        "an article took {took} ms"
    );
    let document = Document {
        body,
        content_type: None,
        link: None,
        url: "https://www.ptt.cc/bbs/X/M.1.A.1.html",
    };
    assert!(!matches!(
        adapters::article(SourceKind::Ptt, &document, &Place::default()),
        Err(NoArticle::Fault)
    ));
}

#[test]
fn what_must_always_hold() {
    let seeds = SEEDS.map(str::as_bytes);
    let special = SPECIAL.map(str::as_bytes);
    fuzz(
        DOCUMENTS,
        |chance| mutated(chance, &seeds, &special, BYTES_MAX),
        check,
    );
}

#[test]
fn documents_that_cost_more_than_their_length() {
    let mut cases: Vec<String> = SPECIAL
        .iter()
        .map(|special| special.repeat(400_000 / special.len()))
        .collect();
    cases.extend([
        "<div class=card><a href=/1>".repeat(20_000),
        "<p><b><p><i>".repeat(20_000),
        format!("<svg><style>{}", "<div>".repeat(60_000)),
        format!(
            "<html>{}</html>",
            "<a href=/2026/11/20/1>four words of headline</a>".repeat(20_000)
        ),
        format!(
            "<html><body><article>{}</article></body></html>",
            "<p>Words, and more words of it, and more.</p>".repeat(15_000)
        ),
        format!(
            "<section class=tgme_channel_history>{}",
            "<div class=tgme_widget_message data-post=a/1><a class=tgme_widget_message_reply>"
                .repeat(3_000)
        ),
        format!(
            "<urlset>{}",
            "<url><loc>https://e.org/</loc>".repeat(40_000)
        ),
        format!("[{}", "{\"uri\":\"https://e.org/1\"},".repeat(40_000)),
        format!(
            "<feed>{}",
            "<entry><id>yt:video:a</id><yt:videoId>".repeat(5_000)
        ),
        format!("<table>{}", "<td><table>".repeat(30_000)),
        "<x-a>".repeat(399) + &"</x-b>".repeat(100_000),
    ]);
    for case in cases {
        let start = Instant::now();
        check(case.as_bytes(), false);
        let took = start.elapsed().as_secs();
        let head: String = case.chars().take(60).collect();
        println!("{} ms for all kinds of {head}", start.elapsed().as_millis());
        assert!(took < 20, "{took} s for all kinds of {head}");
    }
}
