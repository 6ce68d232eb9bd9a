use bellwether_model::Selectors;

use super::*;

const URL: &str = "https://www.news.example/politics/";

const PAGE: &str = r#"<!doctype html><html lang="zh-Hant"><head><title>政治 - 示例新聞</title>
<link rel="alternate" type="application/rss+xml" href="/rss/politics.xml"><link rel="alternate" type="application/rss+xml" href="/rss/politics.xml">
</head><body><header><a href="/about/2020/us-and-our-history">About us and our long history since 1920</a></header>
<nav><a href="/election/20261120-special">選舉專區開票結果大公開</a></nav>
<div class="list"><div class="card"><a href="/politics/20261120/1001.html"><img src="p.jpg"></a><h3><a href="/politics/20261120/1001.html?utm_source=home">跨河大橋夜間封閉施工兩週</a></h3><time datetime="2026-11-20T09:00:00+08:00">早上</time><p class="sum">工務局說明</p></div>
<div class="card"><h3><a href="/politics/20261120/1002.html">Council votes on the new count rules</a></h3><span class="day">2026-11-19</span></div>
<div class="card"><h3><a href="https://other.example/x/123456">An advertisement from somewhere else today</a></h3></div>
<a href="/politics/">更多</a><a href="javascript:void(0)">按這裡看更多有趣的新聞</a></div>
<footer><a href="/terms-of-use-2026">Terms of use and privacy of this site</a></footer></body></html>"#;

#[test]
fn links_that_look_like_articles() {
    let listing = read_as(SourceKind::Page, PAGE, URL).unwrap();
    assert_eq!(listing.title.as_deref(), Some("政治 - 示例新聞"));
    let found: Vec<_> = listing
        .posts
        .iter()
        .map(|p| (p.entry.title.as_str(), p.entry.url.as_deref().unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            (
                "跨河大橋夜間封閉施工兩週",
                "https://www.news.example/politics/20261120/1001.html"
            ),
            (
                "Council votes on the new count rules",
                "https://www.news.example/politics/20261120/1002.html"
            ),
        ]
    );
    assert_eq!(listing.posts[0].entry.lang.as_deref(), Some("zh-Hant"));
    assert!(listing.repaired.unwrap().contains("no selectors"));
    assert_eq!(
        page::feeds(&document(PAGE, URL)),
        ["https://www.news.example/rss/politics.xml"]
    );
}

fn selectors(item: &str) -> Reading {
    Reading {
        list: Some(Selectors {
            item: item.to_owned(),
            link: Some("h3 a".to_owned()),
            title: None,
            date: Some("time, .day".to_owned()),
            text: Some(".sum".to_owned()),
        }),
        ..Reading::default()
    }
}

#[test]
fn selectors_say_where() {
    let read = |reading: &Reading| {
        read(
            SourceKind::Page,
            reading,
            &document(PAGE, URL),
            &Place::default(),
        )
    };
    let listing = read(&selectors("div.card")).unwrap();
    assert_eq!(listing.posts.len(), 3);
    let first = &listing.posts[0].entry;
    assert_eq!(first.title, "跨河大橋夜間封閉施工兩週");
    assert_eq!(first.text, "工務局說明");
    assert_eq!(first.published.unwrap().to_string(), "2026-11-20T01:00:00Z");
    assert_eq!(
        listing.posts[1].entry.published_raw.as_deref(),
        Some("2026-11-19")
    );
    assert_eq!(listing.repaired, None);
    for item in ["div.gone", "((("] {
        assert!(
            matches!(read(&selectors(item)), Err(NotRead::Other { .. })),
            "{item}"
        );
    }
}

#[test]
fn a_page_without_articles_is_not_an_empty_one() {
    let script = "<html><body><div id=root></div><script src=app.js></script></body></html>";
    assert!(matches!(
        read_as(SourceKind::Page, script, URL),
        Err(NotRead::Other { .. })
    ));
    assert!(matches!(
        read_as(SourceKind::Page, "", URL),
        Err(NotRead::Page(_))
    ));
    let deep = "<div>".repeat(5_000);
    assert!(matches!(
        read_as(SourceKind::Page, &deep, URL),
        Err(NotRead::Page(_))
    ));
}
