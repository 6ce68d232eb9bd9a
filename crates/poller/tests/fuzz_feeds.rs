//! Mutated documents of every kind against what must always hold. The seed of a failure is printed.
//!
//! `BELLWETHER_FUZZ_SECONDS` asks for so many seconds instead of a fixed number of documents, and
//! `BELLWETHER_FUZZ_SEED` for one document again.

use std::time::{Duration, Instant};

use bellwether_poller::date::{self, Place};
use bellwether_poller::parse::{
    self, DATE_BYTES_MAX, ENTRIES_MAX, GUID_BYTES_MAX, NotAFeed, TEXT_BYTES_MAX, TITLE_BYTES_MAX,
};
use bellwether_testkit::Chance;
use url::Url;

/// Documents that are tried where no time is asked for.
const DOCUMENTS: u64 = 3_000;

/// A mutated document is cut here, so that each is tried quickly.
const BYTES_MAX: usize = 64 * 1024;

/// What any document of that size may take. Other work may run beside.
const TIME_MAX: Duration = Duration::from_secs(2);

const URL: &str = "https://news.example.tw/feed.xml";

const SEEDS: [&str; 9] = [
    "<?xml version='1.0' encoding='utf-8'?><rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>選舉公報</title><link>https://news.example.org/</link><language>zh-TW</language><item><title>開票所 &amp; R&D</title><link>/a?x=1&amp;utm_source=rss</link><guid isPermaLink='false'>g1</guid><pubDate>Fri, 20 Nov 2026 09:00:00 CST</pubDate><description><![CDATA[<p>第一段<br>二</p>]]></description><content:encoded>&lt;p&gt;one&lt;/p&gt;</content:encoded></item><item><title>b</title><dc:date>2026-11-20T09:00:00+08:00</dc:date></item></channel></rss>",
    "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://news.example.org/x/' xml:lang='ru'><title type='html'>Новости &amp;amp; выборы</title><entry><title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>Итоги <b>дня</b></div></title><id>tag:e,2026:1</id><link rel='alternate' type='text/html' href='a'/><published>2026-11-20T09:00:00Z</published><content type='application/octet-stream'>UmVzdWx0cw==</content></entry></feed>",
    "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><title mode='base64'>UmVzdWx0cw==</title><issued>20 ноября 2026, 21:30</issued><link href='/b'/></entry></feed>",
    "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'><channel rdf:about='c'><title>c</title></channel><item rdf:about='https://e.org/1'><title>Заголовок</title></item></rdf:RDF>",
    "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://my.netscape.com/rdf/simple/0.9/'><channel><title>c</title></channel><item><title>t</title><link>https://e.org/1</link></item></rdf:RDF>",
    r#"{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[{"id":"1","title":"A <3","url":"/a","date_published":"2026-11-20T09:00:00Z","content_html":"<p>x</p>"},{"id":2,"title":null}]}"#,
    "<CHANNEL BASE='https://e.org/' HREF='/'><TITLE>c</TITLE><ITEM HREF='/a' LASTMOD='2026-11-20T09:00:00Z'><TITLE>t</TITLE><ABSTRACT>x</ABSTRACT></ITEM></CHANNEL>",
    "<br />\n<b>Warning</b>: mysql_connect() in /x.php on line 3<br />\n<?xml version=\"1.0\" encoding=\"gb2312\"?><!DOCTYPE rss [<!ENTITY x \"y\">]><rss><channel><item><title>سرخط &mdash; خبر</title><pubDate>۱۴۰۵/۰۸/۲۹ ۱۴:۳۰</pubDate></item>",
    "<rss><channel><item><title>115/11/26</title><pubDate>民國115年11月26日 上午9時30分</pubDate><media:group><media:title>m</media:title></media:group></item></channel></rss>",
];

const SPECIAL: [&str; 30] = [
    "<item>",
    "</item>",
    "<entry>",
    "<title>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<!DOCTYPE x [",
    "&",
    "&amp;",
    "&#0;",
    "&#x110000;",
    "&eacute;",
    "<",
    ">",
    "\"",
    "'",
    "\0",
    "\u{FEFF}",
    "\u{3}",
    "\u{92}",
    "<script>",
    "<?xml encoding='utf-16'?>",
    "xmlns='http://www.w3.org/2005/Atom'",
    "xml:base='http://['",
    "{\"items\":[",
    "年",
    "99999999999999",
    "\u{FDFA}",
];

/// A seed in one of the charsets in which feeds are sent.
fn encoded(chance: &mut Chance) -> Vec<u8> {
    let text = chance.pick(&SEEDS);
    match chance.index(8) {
        0 => encoding_rs::GBK.encode(text).0.into_owned(),
        1 => encoding_rs::BIG5.encode(text).0.into_owned(),
        2 => encoding_rs::WINDOWS_1251.encode(text).0.into_owned(),
        3 => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        4 => [
            b"\xFF\xFE".to_vec(),
            text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ]
        .concat(),
        _ => text.as_bytes().to_vec(),
    }
}

fn mutated(chance: &mut Chance) -> Vec<u8> {
    let mut bytes = encoded(chance);
    for _ in 0..chance.index(8) {
        let at = chance.index(bytes.len() + 1);
        let to = at + chance.index(40).min(bytes.len() - at);
        match chance.index(8) {
            0 => {
                let other = encoded(chance);
                let from = chance.index(other.len());
                bytes.splice(at..to, other[from..].iter().copied());
            }
            1 if at < bytes.len() => bytes[at] ^= 1 << chance.index(8),
            2 => {
                let piece = bytes[at..to].to_vec();
                bytes.splice(at..at, piece.repeat(1 << chance.index(12)));
            }
            3 => {
                bytes.drain(at..to);
            }
            4 => bytes.truncate(at),
            5 => bytes[at..to].reverse(),
            6 => {
                bytes.splice(
                    at..at,
                    std::iter::repeat_n(chance.number() as u8, 1 + chance.index(9)),
                );
            }
            _ => {
                let special = chance.pick(&SPECIAL).repeat(1 << chance.index(10));
                bytes.splice(at..at, special.bytes());
            }
        }
        bytes.truncate(BYTES_MAX);
    }
    bytes
}

fn check(bytes: &[u8], chance: &mut Chance) {
    let content_type = chance.pick(&[
        "",
        "text/xml",
        "text/xml; charset=utf-8",
        "text/xml; charset=gb2312",
        "application/xml; charset=utf-16",
        "text/xml; charset=\"iso-8859-1\"",
    ]);
    let country = chance.pick(&["TW", "CN", "IR", "RU", "US", "INT", ""]);
    let place = Place::of_country(Some(country));
    let start = Instant::now();
    let read = parse::feed(bytes, Some(content_type), URL, &place);
    assert!(start.elapsed() < TIME_MAX, "{:?}", start.elapsed());
    let again = parse::feed(bytes, Some(content_type), URL, &place);
    assert_eq!(read, again, "twice");
    assert!(read != Err(NotAFeed::Fault), "a fault of the reader");
    let Ok(feed) = read else { return };
    assert!(feed.entries.len() <= ENTRIES_MAX);
    for entry in feed.entries {
        assert!(entry.title.len() <= TITLE_BYTES_MAX && !entry.title.contains('\n'));
        assert!(entry.text.len() <= TEXT_BYTES_MAX);
        assert!(
            entry
                .guid
                .is_none_or(|guid| guid.len() <= GUID_BYTES_MAX && !guid.is_empty())
        );
        let is_web =
            |url: String| Url::parse(&url).is_ok_and(|url| url.scheme().starts_with("http"));
        assert!(entry.url.is_none_or(is_web));
        let shown = |text: &str| !text.contains(|c: char| c.is_control() && c != '\n');
        assert!(
            shown(&entry.title) && shown(&entry.text),
            "control characters"
        );
        assert_eq!(
            entry.published.is_some(),
            matches!(entry.reading, Some(Ok(_)))
        );
        assert_eq!(entry.published_raw.is_some(), entry.reading.is_some());
        if let Some(raw) = entry.published_raw {
            assert!(raw.len() <= DATE_BYTES_MAX);
            let _ = date::read(&raw, &Place::default());
        }
    }
}

#[test]
fn what_must_always_hold() {
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse::<u64>().ok())
    };
    let run = |seed| {
        let mut chance = Chance::of(seed);
        let bytes = mutated(&mut chance);
        check(&bytes, &mut chance);
    };
    if let Some(seed) = number("BELLWETHER_FUZZ_SEED") {
        println!("{}", mutated(&mut Chance::of(seed)).escape_ascii());
        run(seed);
        return;
    }
    let until = number("BELLWETHER_FUZZ_SECONDS").map(|s| Instant::now() + Duration::from_secs(s));
    let mut seed = 0;
    while until.map_or(seed < DOCUMENTS, |until| Instant::now() < until) {
        if std::panic::catch_unwind(|| run(seed)).is_err() {
            panic!(
                "`BELLWETHER_FUZZ_SEED={seed} cargo test -p bellwether-poller --test fuzz_feeds` shows it"
            );
        }
        seed += 1;
    }
    println!("{seed} documents");
}
