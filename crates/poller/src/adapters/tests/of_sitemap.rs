use std::io::Write;

use super::*;

const URL: &str = "https://news.example/sitemap-news.xml";

const NEWS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n2="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://news.example/a?id=1&cat=2</loc><lastmod>2026-11-20T10:00:00Z</lastmod>
<n2:news><n2:publication><n2:name>Example</n2:name><n2:language>zh-tw</n2:language></n2:publication><n2:publication_date>2026-11-20</n2:publication_date><n2:title><![CDATA[中選會 說明]]></n2:title></n2:news>
<image:image><image:loc>https://news.example/p.jpg</image:loc><image:title>A picture</image:title></image:image></url>
<url><loc>
 https://news.example/b </loc><n2:news><n2:title>Ballots &amp; boxes &#8211; a count</n2:title><n2:publication_date>2026-11-20T09:00:00+08:00</n2:publication_date></n2:news></url>
<url><lastmod>2026-11-20</lastmod></url>
</urlset>"#;

#[test]
fn news() {
    let listing = read_as(SourceKind::Sitemap, NEWS, URL).unwrap();
    let [first, second] = &listing.posts[..] else {
        panic!("two articles: {listing:?}")
    };
    assert_eq!(
        first.entry.url.as_deref(),
        Some("https://news.example/a?id=1&cat=2")
    );
    assert_eq!(first.entry.title, "中選會 說明");
    assert_eq!(
        first.entry.published_raw.as_deref(),
        Some("2026-11-20"),
        "not the time of change"
    );
    assert_eq!(first.entry.lang.as_deref(), Some("zh-tw"));
    assert_eq!(second.entry.title, "Ballots & boxes – a count");
    assert_eq!(second.entry.url.as_deref(), Some("https://news.example/b"));
    assert_eq!(
        second.entry.published.unwrap().to_string(),
        "2026-11-20T01:00:00Z"
    );
    assert!(listing.is_whole);
    assert_eq!(
        listing.repaired.as_deref(),
        Some("entries without an address left out")
    );
}

#[test]
fn an_empty_one_is_no_fault() {
    for body in [
        "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'></urlset>",
        "<urlset/>",
    ] {
        let listing = read_as(SourceKind::Sitemap, body, URL).unwrap();
        assert_eq!(
            (listing.posts.len(), listing.repaired, listing.is_whole),
            (0, None, true)
        );
    }
}

#[test]
fn an_index_names_documents() {
    let body = "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><sitemap><loc>/a.xml.gz</loc><lastmod>2026-11-20</lastmod></sitemap><sitemap><loc>https://news.example/b.xml</loc></sitemap></sitemapindex>";
    let listing = read_as(SourceKind::Sitemap, body, URL).unwrap();
    let named: Vec<_> = listing.documents.iter().map(|named| &*named.url).collect();
    assert_eq!(
        named,
        [
            "https://news.example/a.xml.gz",
            "https://news.example/b.xml"
        ]
    );
    assert_eq!(
        listing.documents[0].changed.unwrap().to_string(),
        "2026-11-20T00:00:00Z"
    );
    assert_eq!(listing.posts, []);
    assert_eq!(listing.repaired, None);
}

#[test]
fn an_index_begins_with_what_changed_last() {
    let named = |name: &str, changed: &str| {
        format!(
            "<sitemap><loc>https://news.example/{name}</loc><lastmod>{changed}</lastmod></sitemap>"
        )
    };
    let body = format!(
        "<sitemapindex>{}{}{}{}{}</sitemapindex>",
        named("tags.xml", ""),
        named("a-2026-09.xml", ""),
        named("b.xml", "2026-11-20T10:00:00Z"),
        named("2026/10/c.xml", ""),
        named("d.xml", "2026-11-20T11:00:00Z"),
    );
    let listing = read_as(SourceKind::Sitemap, &body, URL).unwrap();
    let names: Vec<_> = (listing.documents.iter())
        .map(|named| named.url.trim_start_matches("https://news.example/"))
        .collect();
    assert_eq!(
        names,
        [
            "d.xml",
            "b.xml",
            "2026/10/c.xml",
            "a-2026-09.xml",
            "tags.xml"
        ]
    );
    let many: String = (0..600)
        .map(|n| named(&format!("{n}.xml"), "2026-11-20"))
        .collect();
    let listing = read_as(
        SourceKind::Sitemap,
        &format!("<sitemapindex>{many}</sitemapindex>"),
        URL,
    )
    .unwrap();
    assert_eq!(listing.documents.len(), 500);
    assert!(listing.repaired.unwrap().contains("changed last"));
}

#[test]
fn months_in_names() {
    for (path, month) in [
        ("sitemap-2026-11.xml", Some("2026-11-01T00:00:00Z")),
        ("2026/09/sitemap.xml", Some("2026-09-01T00:00:00Z")),
        ("sitemap_202601.xml.gz", Some("2026-01-01T00:00:00Z")),
        ("sitemap-20261120.xml", Some("2026-11-01T00:00:00Z")),
        ("sitemap.xml?yyyy=2026&mm=11", None),
        ("sitemap.xml?date=2026-11", Some("2026-11-01T00:00:00Z")),
        (
            "archive-2019-12-to-2020-01.xml",
            Some("2020-01-01T00:00:00Z"),
        ),
        ("sitemap-12026113.xml", None),
        ("sitemap-2026-13.xml", None),
        ("sitemap-2026.xml", None),
        ("選舉-2026-11.xml", Some("2026-11-01T00:00:00Z")),
    ] {
        let found = sitemap::month_of(&format!("https://news.example/{path}"));
        assert_eq!(found.map(|at| at.to_string()).as_deref(), month, "{path}");
    }
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn compressed_without_saying_so_and_bounded() {
    let read = |body: &[u8]| {
        let document = Document {
            body,
            content_type: Some("application/octet-stream"),
            link: None,
            url: URL,
        };
        read(
            SourceKind::Sitemap,
            &Reading::default(),
            &document,
            &Place::default(),
        )
    };
    assert_eq!(read(&gzip(NEWS.as_bytes())).unwrap().posts.len(), 2);
    let half = gzip(NEWS.as_bytes());
    let cut = read(&half[..half.len() - 40]);
    assert!(cut.is_ok_and(|listing| !listing.is_whole));
    let bomb = gzip(&vec![
        b' ';
        usize::try_from(sitemap::UNPACKED_BYTES_MAX).unwrap()
            + 1
    ]);
    assert_eq!(
        read(&bomb),
        Err(NotRead::TooLarge(sitemap::UNPACKED_BYTES_MAX))
    );
    assert!(read(b"\x1F\x8B").is_err());
}

#[test]
fn a_cut_end_keeps_the_whole_entries() {
    let at = NEWS.find("Ballots").unwrap();
    let listing = read_as(SourceKind::Sitemap, &NEWS[..at], URL).unwrap();
    assert_eq!(listing.posts.len(), 1);
    assert!(!listing.is_whole && listing.repaired.is_some());
}

#[test]
fn the_newest_of_too_many() {
    let urls: String = (0..3_000)
        .map(|n| format!("<url><loc>https://news.example/{n}</loc><lastmod>2026-01-01T00:{:02}:{:02}Z</lastmod></url>", n / 60, n % 60))
        .collect();
    let listing = read_as(
        SourceKind::Sitemap,
        &format!("<urlset>{urls}</urlset>"),
        URL,
    )
    .unwrap();
    assert_eq!(listing.posts.len(), parse::ENTRIES_MAX);
    assert_eq!(
        listing.posts[0].entry.url.as_deref(),
        Some("https://news.example/2999")
    );
    assert!(listing.repaired.unwrap().contains("newest"));
}

#[test]
fn what_is_no_sitemap_is_named() {
    let check = "<html><head><title>Just a moment...</title></head></html>";
    assert_eq!(
        read_as(SourceKind::Sitemap, check, URL),
        Err(NotRead::Wall(Wall::Robots))
    );
    for body in ["", "<rss/>", "<html><body>Not here</body></html>", "{}"] {
        assert!(
            matches!(
                read_as(SourceKind::Sitemap, body, URL),
                Err(NotRead::Other { .. })
            ),
            "{body}"
        );
    }
}
