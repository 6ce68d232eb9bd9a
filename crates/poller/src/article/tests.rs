use super::*;

fn page(body: &str) -> Result<Article, NoArticle> {
    read(
        body.as_bytes(),
        Some("text/html; charset=utf-8"),
        "https://news.example/2026/bridge",
        &Place::default(),
    )
}

const SENTENCE: &str = "The works department said on Monday that the bridge over the river closes \
    each night from eleven until five while its joints are replaced, for two weeks in all.";

#[test]
fn a_date_without_a_zone_is_that_of_the_source() {
    let page = format!(
        "<html><head><title>Bridge</title><meta name=\"date\" content=\"2026-11-20 09:00\"></head><body><article><p>{SENTENCE}</p><p>{SENTENCE}</p></article></body></html>"
    );
    let published = |country| {
        let place = Place::of_country(country);
        let article = read(
            page.as_bytes(),
            Some("text/html"),
            "https://news.example/1",
            &place,
        );
        article.unwrap().published.map(|at| at.to_string())
    };
    assert_eq!(published(None), None);
    assert_eq!(
        published(Some("TW")).as_deref(),
        Some("2026-11-20T01:00:00Z")
    );
}

#[test]
fn title_date_language_and_paragraphs() {
    let article = page(&format!(
        r#"<!doctype html><html lang="en-GB"><head><title>Bridge closes - Example News</title>
        <meta property="article:published_time" content="2026-11-20T09:00:00+08:00">
        <link rel="canonical" href="/2026/bridge?from=home&utm_source=x">
        </head><body><nav><a href="/">Home</a></nav><article><h1>Bridge closes</h1>
        <p>{SENTENCE}</p><p>{SENTENCE} Second.<br>A line.</p></article><footer>© 2026</footer></body></html>"#
    ))
    .unwrap();
    assert_eq!(article.lang.as_deref(), Some("en-GB"));
    assert_eq!(
        article.published.unwrap().to_string(),
        "2026-11-20T01:00:00Z"
    );
    assert_eq!(
        article.url.as_deref(),
        Some("https://news.example/2026/bridge?from=home")
    );
    assert!(
        article.title.starts_with("Bridge closes"),
        "{}",
        article.title
    );
    assert!(
        article.text.contains("in all.\nThe works"),
        "{}",
        article.text
    );
    assert!(!article.text.contains("Home") && !article.text.contains("©"));
}

#[test]
fn linked_data_is_believed_first() {
    let article = page(&format!(
        r#"<html><head><title>x</title><meta name="date" content="2026-11-19">
        <script type="application/ld+json">{{"@graph":[{{"@type":"WebSite","name":"n"}},
        {{"@type":["NewsArticle"],"headline":"The &amp; headline","datePublished":"2026-11-20T01:02:03Z"}}]}}</script>
        </head><body><article><p>{SENTENCE}</p><p>{SENTENCE}</p></article></body></html>"#
    ))
    .unwrap();
    assert_eq!(
        article.published_raw.as_deref(),
        Some("2026-11-20T01:02:03Z")
    );
    assert!(article.title.contains("headline"));
}

#[test]
fn what_is_no_article_is_named() {
    assert_eq!(page(" "), Err(BadPage::Empty.into()));
    assert_eq!(page("<html><body></body></html>"), Err(NoArticle::NoText));
    assert_eq!(
        read(b"%PDF-1.7", Some("text/html"), "", &Place::default()),
        Err(BadPage::NotHtml("a PDF".to_owned()).into())
    );
    assert!(matches!(
        read(b"{}", Some("application/json"), "", &Place::default()),
        Err(NoArticle::Page(BadPage::NotHtml(_)))
    ));
    assert!(matches!(
        read(
            &vec![b'a'; bounds::PAGE_BYTES_MAX + 1],
            None,
            "",
            &Place::default()
        ),
        Err(NoArticle::Page(BadPage::TooLarge { .. }))
    ));
    assert_eq!(
        page(&"<div>".repeat(bounds::DEPTH_MAX + 1)),
        Err(BadPage::TooDeep(bounds::DEPTH_MAX).into())
    );
    let misnested = "<div><span></div>".repeat(bounds::DEPTH_MAX + 1);
    assert_eq!(
        page(&misnested),
        Err(BadPage::TooDeep(bounds::DEPTH_MAX).into())
    );
}

#[test]
fn a_page_at_the_limits_is_read_on_a_small_stack() {
    let deep = format!(
        "<html><body>{}<p>{SENTENCE}</p>{}</body></html>",
        "<div>".repeat(bounds::DEPTH_MAX - 3),
        "</div>".repeat(bounds::DEPTH_MAX - 3)
    );
    let read = std::thread::Builder::new()
        .stack_size(1024 * 1024)
        .spawn(move || page(&deep).map(|article| article.text))
        .unwrap()
        .join()
        .unwrap();
    assert!(read.is_ok_and(|text| text.contains("works department")));
}

#[test]
fn the_page_names_its_charset() {
    let chinese = "工务局表示，跨河大桥自周一起每晚十一时至翌晨五时封闭，进行伸缩缝更换，预计施工两周，用路人可改走上游便桥。";
    let html = format!(
        r#"<html><head><META http-equiv="Content-Type" content="text/html; charset=gb2312"><title>跨河大桥</title></head><body><div class="article"><p>{chinese}</p><p>{chinese}</p></div></body></html>"#
    );
    let (bytes, _, _) = encoding_rs::GBK.encode(&html);
    let article = read(
        &bytes,
        Some("text/html"),
        "https://n.example/1",
        &Place::default(),
    )
    .unwrap();
    assert!(article.text.contains("伸缩缝"));
    assert_eq!(article.title, "跨河大桥");
}

#[test]
fn related_stories_are_not_its_text() {
    let Some(cases) = bellwether_testkit::cases_folder("FC-034") else {
        return;
    };
    let body = std::fs::read(cases.join("files/related-links.html")).unwrap();
    let article = read(
        &body,
        Some("text/html; charset=utf-8"),
        "https://n.example/1",
        &Place::default(),
    )
    .unwrap();
    assert!(!article.text.contains("選舉舞弊"));
    assert!(article.text.contains("伸縮縫") && article.text.contains("專線反映"));
    assert!(article.title.contains("跨河大橋"));
}

/// Elements whose end tags are often left out, where a parser nests them all the same.
#[test]
fn elements_without_an_end_are_bounded_too() {
    let prose =
        "<p>The commission counted every ballot again and found the same result.</p>".repeat(40);
    for (opening, nested, times) in [
        ("<section><svg>", "<tr>", 59_000),
        ("<section><select>", "<optgroup>", 59_000),
        ("<section>", "<optgroup>", 59_000),
        ("<section>", "<li><dd>", 29_500),
        ("<section><math>", "<p>", 59_000),
    ] {
        let page = format!(
            "<html><body><article>{prose}{opening}{}x</section></article></body></html>",
            nested.repeat(times),
        );
        assert_eq!(
            read(
                page.as_bytes(),
                Some("text/html"),
                "https://news.example/1",
                &Place::default()
            ),
            Err(BadPage::TooDeep(bounds::DEPTH_MAX).into()),
            "{opening}{nested}"
        );
    }
}
