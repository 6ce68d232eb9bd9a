//! What a look says of an answer.

use bellwether_model::{SourceKind, Timestamp};
use bellwether_outbound::Response;
use bellwether_testkit::Chance;

use super::*;
use crate::brought::Asked;
use crate::home::Address;

const URL: &str = "https://news.example.org/list";

fn now() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

/// A look at an answer with this body; the kind is open where none is given.
async fn look(kind: Option<SourceKind>, content_type: &str, body: impl Into<Vec<u8>>) -> Look {
    let response = Response {
        status: 200,
        headers: vec![("content-type".to_owned(), content_type.to_owned())],
        body: body.into(),
        url: URL.to_owned(),
        hops: Vec::new(),
        moved_to: None,
        cut: None,
    };
    let asked = Asked {
        address: Address {
            configured: URL.to_owned(),
            url: URL.to_owned(),
        },
        in_vain: Vec::new(),
        times: Times {
            began: now(),
            seen: now(),
        },
    };
    let source = source_at(URL, kind.unwrap_or(SourceKind::Feed), None);
    let answer = Answer::Document(response);
    let (_, look) = judge::judge(source, kind.is_none(), asked, answer).await;
    look
}

fn item(number: u32, date: &str) -> String {
    format!(
        "<item><title>Ballots were counted again, part {number}</title>\
         <link>https://news.example.org/a/{number}</link><pubDate>{date}</pubDate></item>"
    )
}

fn rss(items: &[String]) -> String {
    let items = items.concat();
    format!("<rss version=\"2.0\"><channel><title>Example \"News\"</title>{items}</channel></rss>")
}

#[tokio::test]
async fn a_feed_is_told_with_its_dates_its_rhythm_and_its_charset() {
    let items: Vec<String> = (0..10)
        .map(|hour| {
            item(
                hour,
                &format!("Fri, 20 Nov 2026 {:02}:00:00 GMT", 11 - hour),
            )
        })
        .collect();
    let found = look(None, "text/xml; charset=utf-8", rss(&items)).await;
    assert_eq!(found.kind, SourceKind::Feed);
    assert!(found.is_collected());
    assert_eq!(found.items.len(), 10);
    assert_eq!(found.charset, Some(("UTF-8", By::Server)));
    assert_eq!(found.newest().unwrap().to_string(), "2026-11-20T11:00:00Z");
    let rhythm = found.rhythm.unwrap();
    assert!((rhythm.per_day - 24.0).abs() < 1e-6, "{rhythm:?}");
    assert_eq!(found.every.as_secs(), 3_600);
    assert_eq!(found.lang.as_deref(), Some("en"));
    assert_eq!(found.problems, Vec::<String>::new());
    assert!(found.shows_teasers());
    let block = block(&found, &Wanted::default());
    for part in [
        "[[source]]\nid = \"news-example-org\"\n",
        "name = \"Example \\\"News\\\"\"\n",
        "kind = \"feed\"\n",
        "every = \"60m\"\n",
        "languages = [\"en\"]\n",
        "# article = true",
        "grade = \"unknown\"\n",
    ] {
        assert!(block.contains(part), "{part}: {block}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_dates_is_said_with_its_number() {
    let found = look(
        None,
        "text/xml",
        rss(&[
            item(1, "Fri, 20 Nov 2026 11:00:00"),
            item(2, "yesterday"),
            item(3, "Fri, 20 Nov 2030 11:00:00 GMT"),
            item(4, "Thu, 01 Jan 1970 00:00:00 GMT"),
            item(5, ""),
        ]),
    )
    .await;
    let all = found.problems.join("\n");
    for part in [
        "1 of 5 items have no date",
        "1 of 5 items have a date that cannot be read",
        "1 of 5 items have a date without a zone",
        "1 of 5 items have a date that lies ahead",
        "1 of 5 items have a date older than any feed",
    ] {
        assert!(all.contains(part), "{part}: {all}");
    }
    assert_eq!(found.rhythm, None);
    let old = look(
        None,
        "text/xml",
        rss(&[item(1, "Sat, 20 Jun 2026 11:00:00 GMT")]),
    )
    .await;
    assert!(
        old.problems.join("").contains("153 days old"),
        "{:?}",
        old.problems
    );
    let empty = look(None, "text/xml", rss(&[])).await;
    assert!(empty.problems.join("").contains("nothing in it"));
}

#[tokio::test]
async fn charsets_are_told_with_whose_word_it_is() {
    let gbk = b"<?xml version='1.0' encoding='gb2312'?><rss version='2.0'><channel><item><title>\xd7\xf7\xc6\xb1</title></item></channel></rss>";
    let found = look(None, "text/xml", gbk.to_vec()).await;
    assert_eq!(found.charset, Some(("GBK", By::Document)));
    assert_eq!(found.items[0].title, "作票");
    let utf8 = rss(&[item(1, "").replace("Ballots", "選票重新計算")]);
    let found = look(None, "text/xml; charset=big5", utf8.clone()).await;
    assert_eq!(found.charset, Some(("UTF-8", By::Bytes)));
    assert!(found.repaired.is_some(), "and it is a repair");
    let found = look(None, "text/xml", utf8).await;
    assert_eq!(found.charset, Some(("UTF-8", By::Default)));
    let page = "<html><head><meta charset='utf-8'></head><body><p>x</body></html>";
    let found = look(None, "text/html", page).await;
    assert_eq!(found.charset, Some(("UTF-8", By::Document)));
}

/// A front page: articles in cards, beside navigation and promotion.
fn front(cards: u32) -> String {
    let cards: String = (1..=cards)
        .map(|n| {
            format!(
                "<div class='card css-{n}x'><a href='/2026/11/20/story-{n}.html'>The council counts the \
                 ballots of district {n}</a><span>More</span></div>"
            )
        })
        .collect();
    format!(
        "<html lang='en'><head><title>Example</title>\
         <link rel='alternate' type='application/rss+xml' href='/hidden/feed.xml'></head><body>\
         <nav><a href='/2026/11/20/nav-1.html'>Everything that you must know today</a></nav>\
         <div class='list'>{cards}</div>\
         <div class='promo'><a href='/offers'>Subscribe</a></div></body></html>"
    )
}

#[tokio::test]
async fn a_page_is_told_with_its_feeds_and_the_selector_of_its_articles() {
    let found = look(None, "text/html; charset=utf-8", front(6)).await;
    assert_eq!(found.kind, SourceKind::Page);
    assert_eq!(found.items.len(), 6);
    assert_eq!(found.feeds, ["https://news.example.org/hidden/feed.xml"]);
    assert_eq!(found.list.as_ref().unwrap().item, "div.card");
    let block = block(&found, &Wanted::default());
    assert!(
        block.contains("[source.list]\nitem = \"div.card\"\n"),
        "{block}"
    );
    // The links share nothing.
    let bare = front(6).replace("class='card", "id='card");
    let found = look(None, "text/html; charset=utf-8", bare).await;
    assert_eq!(found.list, None);
    assert!(
        found.problems.join("").contains("[source.list]"),
        "{:?}",
        found.problems
    );
    // Nothing looks like an article: the reason is the poller's own.
    let none = look(None, "text/html", "<html><body><p>Welcome</body></html>").await;
    assert!(!none.is_collected());
    assert!(
        none.error
            .unwrap()
            .contains("no link looks like an article")
    );
}

#[tokio::test]
async fn a_kind_that_was_said_is_kept_to() {
    let found = look(Some(SourceKind::Feed), "text/html", front(6)).await;
    assert_eq!(found.kind, SourceKind::Feed);
    assert!(found.error.unwrap().contains("not a feed: HTML"));
}

#[test]
fn addresses_as_people_type_them() {
    for (typed, expected) in [
        ("news.example.org/rss", Some("https://news.example.org/rss")),
        (
            " https://news.example.org ",
            Some("https://news.example.org/"),
        ),
        ("ftp://news.example.org/", None),
        ("https://user:word@news.example.org/", None),
        ("", None),
        ("://", None),
    ] {
        assert_eq!(typed_address(typed).as_deref(), expected, "{typed}");
    }
}

/// Mutated documents: what is said of them holds, and no reader falls over. The number of a failure
/// is printed.
#[tokio::test]
async fn mutated_documents_are_judged_without_a_fault() {
    let dated = rss(&[item(1, "Fri, 20 Nov 2026 11:00:00 GMT"), item(2, "")]);
    let seeds = [front(5), dated];
    for number in 0..600_u64 {
        let mut chance = Chance::of(number);
        let mut body = seeds[usize::from(number % 2 == 0)].clone().into_bytes();
        for _ in 0..=chance.below(6) {
            let mut place = || usize::try_from(chance.below(body.len() as u64 + 1)).unwrap();
            let (a, b) = (place(), place());
            let (from, to) = (a.min(b), a.max(b).min(a.min(b) + 200));
            match chance.below(3) {
                0 => drop(body.drain(from..to)),
                1 => {
                    let part = body[from..to].to_vec();
                    body.splice(from..from, part);
                }
                _ => body[from..to].iter_mut().for_each(|byte| *byte ^= 0x15),
            }
        }
        let content_types = ["text/html", "text/xml; charset=gb2312", ""];
        let content_type = content_types[usize::try_from(number % 3).unwrap()];
        let found = look(None, content_type, body).await;
        let error = found.error.clone().unwrap_or_default();
        assert!(
            !error.contains("fault of this program"),
            "{number}: {error}"
        );
        assert_eq!(found.is_collected(), found.error.is_none(), "{number}");
        assert!(found.is_collected() || found.items.is_empty(), "{number}");
        assert!(found.every.as_secs() >= 300, "{number}");
    }
}
