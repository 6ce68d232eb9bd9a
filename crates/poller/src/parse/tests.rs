use proptest::prelude::*;

use super::*;

const URL: &str = "https://news.example.org/rss.xml";

fn read(xml: &str) -> ParsedFeed {
    feed(
        xml.as_bytes(),
        Some("application/rss+xml; charset=utf-8"),
        URL,
        &Place::default(),
    )
    .unwrap()
}

fn rss(items: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>T</title><link>https://news.example.org/</link><description>d</description><language>es</language>{items}</channel></rss>"
    )
}

fn titles(feed: &ParsedFeed) -> Vec<&str> {
    feed.entries
        .iter()
        .map(|entry| entry.title.as_str())
        .collect()
}

#[test]
fn an_honest_feed() {
    let feed = read(&rss(
        "<item><title>A &amp;amp; B</title><link>/a?x=1</link><guid isPermaLink=\"false\">g1</guid>\
         <pubDate>Fri, 20 Nov 2026 09:00:00 GMT</pubDate><description>short</description>\
         <content:encoded><![CDATA[<p>One</p><p>Two</p>]]></content:encoded></item>",
    ));
    assert_eq!(feed.repaired, None);
    assert!(feed.is_whole);
    assert_eq!(
        feed.entries,
        [Entry {
            guid: Some("g1".to_owned()),
            url: Some("https://news.example.org/a?x=1".to_owned()),
            title: "A & B".to_owned(),
            text: "One\nTwo".to_owned(),
            published: Some("2026-11-20T09:00:00Z".parse().unwrap()),
            published_raw: Some("Fri, 20 Nov 2026 09:00:00 GMT".to_owned()),
            reading: Some(Ok(Claim {
                at: "2026-11-20T09:00:00Z".parse().unwrap(),
                precision: crate::date::Precision::Moment,
                basis: crate::date::Basis::Stated,
            })),
            lang: Some("es".to_owned()),
        }]
    );
}

#[test]
fn faults_cost_what_they_touch() {
    for (name, xml) in [
        (
            "bare ampersand",
            rss("<item><title>R&D</title></item><item><title>b</title></item>"),
        ),
        (
            "markup",
            rss("<item><title>R<br>D</title></item><item><title>b</title></item>"),
        ),
        (
            "warning",
            format!(
                "<br />\n<b>Warning</b>: x in y<br />\n{}",
                rss("<item><title>a</title></item><item><title>b</title></item>")
            ),
        ),
        (
            "control",
            rss("<item><title>a\u{3}</title></item><item><title>b &mdash; c</title></item>"),
        ),
    ] {
        let feed = read(&xml);
        assert_eq!(feed.entries.len(), 2, "{name}");
        assert!(feed.repaired.is_some(), "{name}");
        assert!(feed.is_whole, "{name}");
    }
}

#[test]
fn every_guise_of_utf_16_is_read() {
    let text = rss("<item><title>選舉公報</title></item>");
    let units = |to: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to).collect::<Vec<u8>>();
    let (big, little) = (units(u16::to_be_bytes), units(u16::to_le_bytes));
    for bytes in [
        [b"\xFE\xFF", big.as_slice()].concat(),
        [b"\xFF\xFE", little.as_slice()].concat(),
        big,
        little,
    ] {
        for declared in ["utf-8", "utf-16", "utf-16le", "utf-16be"] {
            let content_type = format!("text/xml; charset={declared}");
            let feed = feed(&bytes, Some(&content_type), URL, &Place::default()).unwrap();
            assert_eq!(titles(&feed), ["選舉公報"], "{declared}");
        }
    }
}

#[test]
fn a_cut_document_is_not_whole() {
    let whole = rss("<item><title>a</title></item><item><title>b</title></item>");
    let cut = &whole[..whole.rfind("b</title>").unwrap()];
    let feed = read(cut);
    assert_eq!(titles(&feed), ["a"]);
    assert!(!feed.is_whole);
}

#[test]
fn other_formats() {
    for (name, text) in [
        (
            "atom",
            "<feed xmlns='http://www.w3.org/2005/Atom'><title>f</title><entry><title type='html'>A &amp;lt;3</title><id>1</id><link rel='self' href='/no'/><link href='/a'/><published>2026-11-20T09:00:00Z</published><updated>2026-11-21T09:00:00Z</updated></entry></feed>",
        ),
        (
            "atom 0.3",
            "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><title mode='escaped'>A &amp;lt;3</title><id>1</id><link rel='alternate' href='/a'/><issued>2026-11-20T09:00:00Z</issued></entry></feed>",
        ),
        (
            "rss 1.0",
            "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>c</title></channel><item rdf:about='1'><title>A &amp;lt;3</title><link>/a</link><dc:date>2026-11-20T09:00:00Z</dc:date></item></rdf:RDF>",
        ),
        (
            "rss 0.90",
            "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://my.netscape.com/rdf/simple/0.9/' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>c</title></channel><item rdf:about='1'><title>A &amp;lt;3</title><link>/a</link><dc:date>2026-11-20T09:00:00Z</dc:date></item></rdf:RDF>",
        ),
        (
            "rss 1.0 without links",
            "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'><item rdf:about='https://news.example.org/a'><title>A &amp;lt;3</title><guid>1</guid><dc:date>2026-11-20T09:00:00Z</dc:date></item></rdf:RDF>",
        ),
        (
            "video platform",
            "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:media='http://search.yahoo.com/mrss/'><entry><id>1</id><link href='/a'/><published>2026-11-20T09:00:00Z</published><media:group><media:title>A &lt;3</media:title><media:description>about</media:description></media:group></entry></feed>",
        ),
        (
            "cdf",
            "<CHANNEL BASE='https://news.example.org/'><TITLE>c</TITLE><ABSTRACT>about</ABSTRACT><ITEM HREF='/a' LASTMOD='2026-11-20T09:00:00Z'><TITLE>A &amp;lt;3</TITLE><GUID>1</GUID></ITEM></CHANNEL>",
        ),
        (
            "json",
            r#"{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[{"id":"1","title":"A <3","url":"/a","date_published":"2026-11-20T09:00:00Z","content_text":"x"}]}"#,
        ),
        (
            "json, loose",
            r#"{"items":[{"id":1,"title":"A <3","url":"/a","date_published":"2026-11-20T09:00:00Z"}]}"#,
        ),
    ] {
        let feed = feed(text.as_bytes(), None, URL, &Place::default())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let entry = &feed.entries[0];
        assert_eq!(entry.title, "A <3", "{name}");
        assert_eq!(entry.guid.as_deref(), Some("1"), "{name}");
        assert_eq!(
            entry.url.as_deref(),
            Some("https://news.example.org/a"),
            "{name}"
        );
        assert_eq!(
            entry.published,
            Some("2026-11-20T09:00:00Z".parse().unwrap()),
            "{name}"
        );
    }
}

#[test]
fn bases_and_wrapped_links() {
    let feed = read(&rss(
        "<item xml:base=\"https://b.example/x/\"><title>a</title><link>y</link></item>\
         <item><title>b</title><link>https://wrap.example/1</link>\
         <feedburner:origLink xmlns:feedburner=\"http://rssnamespace.org/feedburner/ext/1.0\">https://c.example/z</feedburner:origLink></item>\
         <item><title>c</title><guid>https://d.example/perma</guid></item>\
         <item><title>d</title><link>javascript:alert(1)</link></item>",
    ));
    let urls: Vec<_> = feed
        .entries
        .iter()
        .map(|entry| entry.url.as_deref())
        .collect();
    assert_eq!(
        urls,
        [
            Some("https://b.example/x/y"),
            Some("https://c.example/z"),
            Some("https://d.example/perma"),
            None
        ]
    );
}

#[test]
fn what_is_no_feed() {
    for (body, expected) in [
        ("", NotAFeed::Empty),
        ("  \n", NotAFeed::Empty),
        (
            "<!doctype html><html><head><title>Just a moment...</title></head></html>",
            NotAFeed::Html,
        ),
        ("<html><body><p>x", NotAFeed::Html),
        ("{\"error\":1}", NotAFeed::Json),
        ("{", NotAFeed::Json),
        ("<opml/>", NotAFeed::Xml),
        ("too many requests", NotAFeed::Other),
    ] {
        assert_eq!(
            feed(body.as_bytes(), None, URL, &Place::default()),
            Err(expected),
            "{body}"
        );
    }
    assert_eq!(read(&rss("")).entries, []);
}

#[test]
fn bounds() {
    let many = read(&rss(
        &"<item><title>a</title></item>".repeat(ENTRIES_MAX + 1)
    ));
    assert_eq!(many.entries.len(), ENTRIES_MAX);
    assert!(!many.is_whole);
    assert!(read(&rss(&"<item><title>a</title></item>".repeat(ENTRIES_MAX))).is_whole);
    let long = read(&rss(&format!(
        "<item><title>{}</title><guid>{}</guid></item>",
        "票".repeat(2_000),
        "g".repeat(3_000)
    )));
    assert!(long.entries[0].title.len() <= TITLE_BYTES_MAX);
    assert_eq!(long.entries[0].guid, None);
    assert!(long.repaired.unwrap().contains("too long"));
}

/// What costs the square of its length takes minutes here, not milliseconds.
#[test]
fn hostile_documents_cost_their_length() {
    for piece in [
        "<a ",
        "<!a[>",
        "</a ",
        "<a b=\"",
        "<![CDATA[",
        "<item>",
        "&",
        "<item><title>",
        "<a/>",
        "<script>",
    ] {
        let many = piece.repeat(2_000_000 / piece.len());
        let _ = feed(many.as_bytes(), None, URL, &Place::default());
        let _ = feed(
            rss(&format!(
                "<item><description><![CDATA[{many}]]></description></item>"
            ))
            .as_bytes(),
            None,
            URL,
            &Place::default(),
        );
    }
}

proptest! {
    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = feed(&bytes, None, URL, &Place::default());
    }

    #[test]
    fn any_markup(text in "(<|>|/|</|item|title|rss|feed|entry|link| |a|\"|'|=|&|;|#|amp|<!\\[CDATA\\[|\\]\\]>|<!--|-->|<\\?xml|\\?>|票|\u{0}|xml:base|http://e/){0,60}") {
        let _ = feed(text.as_bytes(), None, URL, &Place::default());
        let _ = feed(format!("<rss><item>{text}</item></rss>").as_bytes(), None, URL, &Place::default());
        let _ = crate::html::to_text(&text);
    }

    #[test]
    fn mutated_feeds(at in 0_usize..600, byte in any::<u8>(), cut in 0_usize..600) {
        let mut bytes = rss("<item><title>作票 &amp; R</title><link>https://e.org/1</link><guid>1</guid><pubDate>Fri, 20 Nov 2026 09:00:00 GMT</pubDate></item><item><title>b</title></item>").into_bytes();
        let length = bytes.len();
        bytes[at % length] = byte;
        let _ = feed(&bytes, None, URL, &Place::default());
        bytes.truncate(cut % length);
        let _ = feed(&bytes, None, URL, &Place::default());
    }

    #[test]
    fn any_date(text in "([0-9]{1,4}|[:/. ,+T-]|Nov|GMT|Z|PM|пт|票){0,12}") {
        let _ = crate::date::parse(&text);
    }
}
