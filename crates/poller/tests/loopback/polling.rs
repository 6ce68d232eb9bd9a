//! Polling against a server on loopback, by a clock that stands still.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use bellwether_archive::EntryBody;
use bellwether_model::{Outcome, OutcomeKind, Seq, SourceId, TimeReason};
use bellwether_poller::{PollError, PollSettings, Poller};

use crate::world::{START, Says, World, rss};

const NINE: &str = "Fri, 20 Nov 2026 09:00:00 GMT";

fn counts(outcome: &Outcome) -> (u32, u32, u32) {
    (
        outcome.items_new,
        outcome.items_updated,
        outcome.items_unchanged,
    )
}

async fn poll(poller: &Poller, source: &str) -> Outcome {
    poller.poll(&SourceId::new(source)).await.unwrap().outcome
}

#[tokio::test]
async fn the_second_poll_adds_nothing() {
    let world = World::new().await;
    let feed = rss(&[
        ("1", "a", "Polls open", NINE),
        ("2", "b", "Ferry added", NINE),
    ]);
    world.says("/s", Says::new(200, feed.clone()).etag("\"v1\""));
    let poller = world.poller(vec![world.source("s")]);

    let reports = poller.poll_due().await.unwrap();
    assert_eq!(reports.len(), 1);
    assert_eq!(counts(&reports[0].outcome), (2, 0, 0));
    assert_eq!(reports[0].outcome.status, Some(200));
    assert_eq!(
        poller.poll_due().await.unwrap(),
        [],
        "not due before its interval"
    );

    world.clock.advance(Duration::from_secs(660));
    let reports = poller.poll_due().await.unwrap();
    assert_eq!(reports[0].outcome.kind, OutcomeKind::NotModified);
    assert_eq!(world.requests("/s")[1]["if-none-match"], "\"v1\"");

    world.says("/s", Says::new(200, feed.clone()).etag("\"v2\""));
    assert_eq!(counts(&poll(&poller, "s").await), (0, 0, 2));

    let items = world.items("s");
    assert_eq!(items.len(), 2);
    assert_eq!(items[0].title, "Polls open");
    assert_eq!(items[0].time_reason, TimeReason::Published);
    let capture = world.reader().capture(items[0].capture).unwrap().unwrap();
    assert_eq!(capture.body, feed.into_bytes(), "byte for byte as received");
}

#[tokio::test]
async fn a_changed_title_is_a_version() {
    let world = World::new().await;
    world.says(
        "/s",
        Says::new(200, rss(&[("es-77", "n/77", "sin cambios", NINE)])),
    );
    let poller = world.poller(vec![world.source("s")]);
    poll(&poller, "s").await;
    world.clock.advance(Duration::from_secs(9_000));
    world.says(
        "/s",
        Says::new(
            200,
            rss(&[(
                "es-77",
                "n/77",
                "niega cambios",
                "Fri, 20 Nov 2026 11:30:00 GMT",
            )]),
        ),
    );
    assert_eq!(counts(&poll(&poller, "s").await), (0, 1, 0));
    let items = world.items("s");
    assert_eq!(items.len(), 1);
    assert_eq!(items[0].versions, 2);
    assert_eq!(items[0].time.to_string(), "2026-11-20T09:00:00Z");
    let titles: Vec<String> = world
        .reader()
        .wordings(items[0].id, 0, 10)
        .unwrap()
        .into_iter()
        .map(|wording| wording.title)
        .collect();
    assert_eq!(titles, ["niega cambios", "sin cambios"]);
}

#[tokio::test]
async fn a_poller_goes_on_where_the_last_one_ended() {
    let world = World::new().await;
    world.says(
        "/s",
        Says::new(200, rss(&[("1", "a", "A", NINE)])).etag("\"v1\""),
    );
    let first = world.poller(vec![world.source("s")]);
    first.poll_due().await.unwrap();
    drop(first);
    let second = world.poller(vec![world.source("s")]);
    assert_eq!(second.poll_due().await.unwrap(), []);
    assert!(second.next_due().unwrap() > START.parse().unwrap());
    assert_eq!(poll(&second, "s").await.kind, OutcomeKind::NotModified);
}

#[tokio::test]
async fn a_clock_that_was_far_ahead_stops_nothing() {
    let world = World::new().await;
    let first = ("1", "a", "A", NINE);
    world.says("/s", Says::new(200, rss(&[first])));
    world.clock.set("2127-01-01T00:00:00Z");
    let ahead = world.poller(vec![world.source("s")]);
    assert_eq!(ahead.poll_due().await.unwrap().len(), 1);
    drop(ahead);

    world.clock.set(START);
    world.says("/s", Says::new(200, rss(&[first, ("2", "b", "B", NINE)])));
    let poller = world.poller(vec![world.source("s")]);
    let reports = poller.poll_due().await.unwrap();
    assert_eq!(counts(&reports[0].outcome), (1, 0, 1));
    assert_eq!(
        world.items("s")[1].time_reason,
        TimeReason::Published,
        "what a later poll had says nothing of now"
    );
    assert_eq!(poller.poll_due().await.unwrap(), [], "and then as ever");
}

#[tokio::test]
async fn a_log_that_is_ahead_hears_that_it_is_quiet() {
    let world = World::new().await;
    world.clock.set("2127-01-01T00:00:00Z");
    world.poller(Vec::new()).heartbeat().await.unwrap();
    world.clock.set(START);
    let poller = world.poller(Vec::new());
    let seq = || world.reader().head().unwrap().seq;
    let before = seq();
    let heard = async {
        while seq() == before {
            tokio::task::yield_now().await;
        }
    };
    let limit = tokio::time::timeout(Duration::from_secs(5), heard);
    poller.run(async { limit.await.unwrap() }).await.unwrap();
}

#[tokio::test]
async fn one_id_on_different_articles_loses_none() {
    let world = World::new().await;
    let same = "https://local.example.org/?p=1";
    world.says(
        "/s",
        Says::new(
            200,
            rss(&[
                (same, "101", "A", NINE),
                (same, "102", "B", NINE),
                (same, "103", "C", NINE),
            ]),
        ),
    );
    let poller = world.poller(vec![world.source("s")]);
    let outcome = poll(&poller, "s").await;
    assert_eq!(counts(&outcome), (3, 0, 0));
    assert!(outcome.repaired.unwrap().contains("guids are not unique"));
    assert_eq!(counts(&poll(&poller, "s").await), (0, 0, 3));
}

#[tokio::test]
async fn one_article_in_three_feeds_of_an_outlet_is_one_item() {
    let world = World::new().await;
    for (path, links) in [
        (
            "top",
            vec!["story?id=812&amp;utm_source=rss", "story?id=813"],
        ),
        ("politics", vec!["story?id=812&amp;fbclid=IwAbC123"]),
        ("local", vec!["story?utm_campaign=x&amp;id=812#top"]),
    ] {
        let entries: Vec<_> = links
            .iter()
            .map(|link| {
                (
                    "",
                    *link,
                    if link.contains("812") {
                        "選票印製流程"
                    } else {
                        "船班停航"
                    },
                    NINE,
                )
            })
            .collect();
        world.says(&format!("/{path}"), Says::new(200, rss(&entries)));
    }
    let poller = world.poller(
        ["top", "politics", "local"]
            .map(|id| world.source(id))
            .to_vec(),
    );
    poller.poll_due().await.unwrap();
    assert_eq!(world.reader().item_count().unwrap(), 2);
    let items = world.items("local");
    assert_eq!(items.len(), 1);
    assert_eq!(items[0].sources.len(), 3);
    assert_eq!(
        items[0].url.as_deref(),
        Some("https://news.example.org/story?id=812")
    );
}

#[tokio::test]
async fn a_wall_is_no_feed_and_changes_no_validator() {
    let world = World::new().await;
    world.says(
        "/s",
        Says::new(200, rss(&[("1", "1", "i1", NINE), ("2", "2", "i2", NINE)])).etag("\"feed-v1\""),
    );
    let poller = world.poller(vec![world.source("s")]);
    poll(&poller, "s").await;
    let wall = "<!doctype html><html><head><title>Just a moment...</title></head></html>";
    world.says(
        "/s",
        Says::new(200, wall)
            .etag("\"wall\"")
            .header("content-type", "text/html"),
    );
    let outcome = poll(&poller, "s").await;
    assert_eq!(outcome.kind, OutcomeKind::Blocked);
    assert!(outcome.error.unwrap().contains("HTML"));
    assert_eq!(world.items("s").len(), 2);
    world.says(
        "/s",
        Says::new(200, rss(&[("2", "2", "i2", NINE), ("3", "3", "i3", NINE)])).etag("\"feed-v2\""),
    );
    assert_eq!(counts(&poll(&poller, "s").await), (1, 0, 1));
    assert_eq!(world.requests("/s")[2]["if-none-match"], "\"feed-v1\"");
}

#[tokio::test]
async fn a_server_that_always_says_not_modified_is_asked_anew() {
    let world = World::new().await;
    let says = |status: u16, body: String| {
        Says::new(status, body).header("last-modified", "Fri, 20 Nov 2026 11:00:00 GMT")
    };
    world.says("/s", says(200, rss(&[("1", "1", "i1", NINE)])));
    let poller = world.poller(vec![world.source("s")]);
    poll(&poller, "s").await;
    world.says("/s", says(304, String::new()));
    assert_eq!(poll(&poller, "s").await.kind, OutcomeKind::NotModified);
    world.clock.advance(bellwether_poller::UNCONDITIONAL_EVERY);
    world.says(
        "/s",
        says(200, rss(&[("1", "1", "i1", NINE), ("2", "2", "i2", NINE)])),
    );
    assert_eq!(counts(&poll(&poller, "s").await), (1, 0, 1));
    assert!(world.requests("/s")[1].contains_key("if-modified-since"));
    assert!(!world.requests("/s")[2].contains_key("if-modified-since"));
}

#[tokio::test]
async fn the_time_that_is_believed() {
    let world = World::new().await;
    let old = "Wed, 18 Nov 2026 09:00:00 GMT";
    world.says(
        "/s",
        Says::new(200, rss(&[("1", "1", "first poll: any past", old)])),
    );
    let poller = world.poller(vec![world.source("s")]);
    poll(&poller, "s").await;
    world.clock.advance(Duration::from_secs(600));
    world.says(
        "/s",
        Says::new(
            200,
            rss(&[
                ("2", "2", "backdated", old),
                ("3", "3", "future", "Sat, 15 Nov 2031 08:00:00 GMT"),
                ("4", "4", "no zone", "2026-11-20 21:30:00"),
                ("5", "5", "epoch", "Wed, 21 Jan 1970 18:39:36 GMT"),
                ("6", "6", "fair", "Fri, 20 Nov 2026 12:05:00 GMT"),
                ("7", "7", "none", ""),
            ]),
        ),
    );
    poll(&poller, "s").await;
    let reasons: Vec<(String, TimeReason)> = world
        .items("s")
        .into_iter()
        .map(|item| (item.title, item.time_reason))
        .collect();
    let expected = [
        ("first poll: any past", TimeReason::Published),
        ("backdated", TimeReason::Backdated),
        ("future", TimeReason::Future),
        ("no zone", TimeReason::NoZone),
        ("epoch", TimeReason::Implausible),
        ("fair", TimeReason::Published),
        ("none", TimeReason::Missing),
    ];
    assert_eq!(
        reasons,
        expected.map(|(title, reason)| (title.to_owned(), reason))
    );
    let items = world.items("s");
    assert_eq!(
        items[3].published_raw.as_deref(),
        Some("2026-11-20 21:30:00")
    );
    assert!(items[1..5].iter().all(|item| item.time == item.seen));
}

#[tokio::test]
async fn after_an_outage_the_backlog_keeps_its_times() {
    let world = World::new().await;
    world.says("/s", Says::new(200, rss(&[("1", "1", "before", NINE)])));
    let poller = world.poller(vec![world.source("s")]);
    poll(&poller, "s").await;
    world.says("/s", Says::new(503, ""));
    for _ in 0..3 {
        world.clock.advance(Duration::from_secs(6 * 3600));
        assert_eq!(poll(&poller, "s").await.kind, OutcomeKind::Status);
    }
    world.says(
        "/s",
        Says::new(
            200,
            rss(&[("2", "2", "in the gap", "Fri, 20 Nov 2026 15:00:00 GMT")]),
        ),
    );
    poll(&poller, "s").await;
    assert_eq!(world.items("s")[1].time.to_string(), "2026-11-20T15:00:00Z");
}

#[tokio::test]
async fn failures_are_outcomes_without_the_secrets_of_an_address() {
    let world = World::new().await;
    let mut secret = world.source("private-token");
    secret.id = SourceId::new("s");
    let settings = PollSettings {
        body_bytes_max: 1_000,
        ..PollSettings::default()
    };
    let poller = world.poller_with(vec![secret], settings, &["127.0.0.0/8"]);
    let path = "/private-token";
    for (says, kind, status) in [
        (Says::new(404, "gone"), OutcomeKind::Status, Some(404)),
        (
            Says::new(429, "").header("retry-after", "7200"),
            OutcomeKind::Status,
            Some(429),
        ),
        (Says::new(304, ""), OutcomeKind::Status, Some(304)),
        (Says::new(200, vec![b'<'; 1_001]), OutcomeKind::Limit, None),
        (Says::new(200, ""), OutcomeKind::NotAFeed, Some(200)),
        (
            Says::new(302, "").header("location", "http://10.0.0.1/x"),
            OutcomeKind::Refused,
            None,
        ),
        (
            Says::new(302, "").header("location", "http://169.254.169.254/x"),
            OutcomeKind::Refused,
            None,
        ),
        (
            Says::new(302, "").header("location", "file:///etc/passwd"),
            OutcomeKind::Refused,
            None,
        ),
        (
            Says::new(302, "").header("location", path),
            OutcomeKind::Limit,
            None,
        ),
    ] {
        world.says(path, says);
        let outcome = poll(&poller, "s").await;
        assert_eq!(
            (outcome.kind, outcome.status),
            (kind, status),
            "{outcome:?}"
        );
        let error = outcome.error.unwrap();
        assert!(!error.contains("token"), "{error}");
        assert_eq!(
            world
                .reader()
                .last_outcome(&SourceId::new("s"))
                .unwrap()
                .unwrap()
                .error,
            Some(error)
        );
    }
    assert!(poller.next_due().unwrap() > START.parse().unwrap());
    assert_eq!(world.reader().item_count().unwrap(), 0);
}

#[tokio::test]
async fn a_private_address_is_refused_where_it_is_not_allowed() {
    let world = World::new().await;
    world.says("/s", Says::new(200, rss(&[])));
    let poller = world.poller_with(vec![world.source("s")], PollSettings::default(), &[]);
    let outcome = poll(&poller, "s").await;
    assert_eq!(outcome.kind, OutcomeKind::Refused);
    assert!(world.requests("/s").is_empty());
}

#[tokio::test]
async fn a_bomb_is_stopped_at_the_limit() {
    let world = World::new().await;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..64 {
        encoder.write_all(&[b' '; 1 << 20]).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 100_000);
    world.says(
        "/bomb",
        Says::new(200, bomb).header("content-encoding", "gzip"),
    );
    world.says("/fine", Says::new(200, rss(&[("1", "1", "A", NINE)])));
    let poller = world.poller(vec![world.source("bomb"), world.source("fine")]);
    let reports = poller.poll_due().await.unwrap();
    assert_eq!(reports[0].outcome.kind, OutcomeKind::Limit);
    assert_eq!(reports[1].outcome.kind, OutcomeKind::Fetched);
}

#[tokio::test]
async fn charsets_and_faults_are_repaired_and_noted() {
    let world = World::new().await;
    let gbk = b"<?xml version=\"1.0\" encoding=\"gb2312\"?><rss version=\"2.0\"><channel><title>t</title><link>http://e.org/</link><description>d</description><item><title>\xd7\xf7\xc6\xb1</title></item></channel></rss>";
    world.says(
        "/gbk",
        Says::new(200, gbk.to_vec()).header("content-type", "text/xml"),
    );
    world.says(
        "/amp",
        Says::new(
            200,
            rss(&[("1", "1", "R&D \u{3}of ballots &mdash; no change", NINE)]),
        ),
    );
    let poller = world.poller(vec![world.source("gbk"), world.source("amp")]);
    let reports = poller.poll_due().await.unwrap();
    assert!(
        reports[0]
            .outcome
            .repaired
            .as_deref()
            .unwrap()
            .contains("bare `&`")
    );
    assert_eq!(reports[1].outcome.repaired, None);
    assert_eq!(world.items("amp")[0].title, "R&D of ballots — no change");
    assert_eq!(world.items("gbk")[0].title, "作票");
}

#[tokio::test]
async fn sources_that_are_off_are_polled_by_name_only() {
    let world = World::new().await;
    world.says("/s", Says::new(200, rss(&[("1", "1", "A", NINE)])));
    let mut source = world.source("s");
    source.enabled = false;
    let poller = world.poller(vec![source]);
    assert_eq!(poller.poll_due().await.unwrap(), []);
    assert_eq!(counts(&poll(&poller, "s").await), (1, 0, 0));
    world.clock.advance(Duration::from_secs(86_400));
    assert_eq!(poller.poll_due().await.unwrap(), []);
    let unknown = poller.poll(&SourceId::new("x")).await;
    assert!(matches!(unknown, Err(PollError::UnknownSource(_))));
}

#[tokio::test]
async fn the_daemon_polls_tells_that_it_is_quiet_and_ends() {
    let world = World::new().await;
    world.says("/s", Says::new(200, rss(&[("1", "1", "A", NINE)])));
    let poller = Arc::new(world.poller(vec![world.source("s")]));
    poll(&poller, "s").await;
    world.clock.advance(std::time::Duration::from_secs(
        bellwether_poller::HEARTBEAT_SECONDS.unsigned_abs(),
    ));
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let running = Arc::clone(&poller);
    let task = tokio::spawn(async move { running.run(async { drop(ended.await) }).await });
    let heartbeats = || {
        let entries = world.reader().entries_after(Seq(0), 100).unwrap();
        entries
            .iter()
            .filter(|entry| entry.body == EntryBody::Heartbeat)
            .count()
    };
    while heartbeats() == 0 {
        tokio::task::yield_now().await;
    }
    end.send(()).unwrap();
    task.await.unwrap().unwrap();
    assert_eq!(heartbeats(), 1);
    poller.heartbeat().await.unwrap();
    assert_eq!(heartbeats(), 2);
}

#[tokio::test]
async fn a_log_that_refuses_stops_the_poller() {
    let world = World::new().await;
    world.says("/s", Says::new(200, rss(&[("1", "1", "A", NINE)])));
    let poller = world.poller(vec![world.source("s")]);
    world.break_log();
    assert!(matches!(poller.poll_due().await, Err(PollError::Log(_))));
    assert!(matches!(
        poller.run(std::future::pending()).await,
        Err(PollError::Log(_))
    ));
    assert_eq!(
        poller.next_due(),
        Some(bellwether_model::Timestamp::MIN),
        "still due"
    );
    assert_eq!(
        world.reader().item_count().unwrap(),
        0,
        "nothing is half kept"
    );
}
