//! How servers are asked: where, how often, and with what left unsaid.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bellwether_model::{CaptureId, Contact, Outcome, OutcomeKind, SourceId};
use bellwether_outbound::{Method, Outbound, OutboundSettings, Request};
use bellwether_poller::Poller;
use bellwether_poller::fetch::Fetcher;

use crate::world::{Says, World, rss};

const NINE: &str = "Fri, 20 Nov 2026 09:00:00 GMT";

async fn poll(poller: &Poller, source: &str) -> Outcome {
    poller.poll(&SourceId::new(source)).await.unwrap().outcome
}

fn one(guid: &str) -> Says {
    Says::new(200, rss(&[(guid, guid, guid, NINE)]))
}

fn note(outcome: &Outcome) -> &str {
    outcome.repaired.as_deref().unwrap_or_default()
}

#[tokio::test]
async fn fallbacks_are_asked_in_order_and_the_first_one_again() {
    let world = World::new().await;
    let mut source = world.source("s");
    source.reach.fallbacks = ["/second", "/third"]
        .map(|path| format!("http://{}{path}?token=SECRET", world.address))
        .to_vec();
    let poller = world.poller(vec![source]);
    world.says("/third", one("1"));
    let outcome = poll(&poller, "s").await;
    assert_eq!(outcome.kind, OutcomeKind::Fetched);
    assert_eq!(outcome.items_new, 1);
    let said = note(&outcome);
    assert!(
        said.contains("from the fallback") && said.contains("/third?…"),
        "{said}"
    );
    assert!(said.contains("404") && !said.contains("SECRET"), "{said}");
    let fallback = outcome.fallback.as_deref().unwrap_or_default();
    assert!(fallback.ends_with("/third?…"), "{fallback}");
    let asked = || ["/s", "/second", "/third"].map(|path| world.requests(path).len());
    assert_eq!(asked(), [1, 1, 1]);

    // What answered is asked first for an hour.
    world.clock.advance(Duration::from_secs(600));
    world.says("/s", one("1"));
    assert!(note(&poll(&poller, "s").await).contains("failed within the hour"));
    assert_eq!(asked(), [1, 1, 2]);
    world.clock.advance(Duration::from_secs(3_600));
    assert_eq!(note(&poll(&poller, "s").await), "");
    assert_eq!(asked(), [2, 1, 2]);

    // All fail: that of the first one, and why the others did not help.
    world.says("/s", Says::new(503, ""));
    world.says("/third", Says::new(200, "<html>"));
    let outcome = poll(&poller, "s").await;
    assert_eq!(
        (outcome.kind, outcome.status),
        (OutcomeKind::Status, Some(503))
    );
    let error = outcome.error.unwrap();
    assert!(
        error.contains("503") && error.contains("404") && error.contains("HTML"),
        "{error}"
    );
    assert!(!error.contains("SECRET"), "{error}");
}

#[tokio::test]
async fn a_server_that_asks_for_patience_is_not_asked_by_its_other_address() {
    let world = World::new().await;
    let mut source = world.source("s");
    source.reach.fallbacks = vec![format!("http://{}/second", world.address)];
    let poller = world.poller(vec![source]);
    world.says("/s", Says::new(429, "").header("retry-after", "600"));
    world.says("/second", one("1"));
    assert_eq!(poll(&poller, "s").await.status, Some(429));
    assert_eq!(world.requests("/second").len(), 0);
}

#[tokio::test]
async fn a_host_that_asked_for_patience_is_left_alone_though_a_fallback_answers() {
    let world = World::new().await;
    let other = world.at_host("127.0.0.2").await;
    let mut source = world.source("s");
    source.reach.fallbacks = vec![format!("http://{other}/second")];
    world.says("/s", Says::new(429, "").header("retry-after", "9000"));
    world.says("/second", one("1"));
    let asked = || ["/s", "/second"].map(|path| world.asked(path));
    let mut poller = world.poller(vec![source.clone()]);
    assert!(note(&poll(&poller, "s").await).contains("429"));
    for number in 2..=5 {
        world.clock.advance(Duration::from_secs(2_000));
        let outcome = poll(&poller, "s").await;
        assert_eq!(outcome.kind, OutcomeKind::Fetched);
        let said = note(&outcome);
        assert!(
            said.contains("left alone until 2026-11-20T14:30:00Z"),
            "{said}"
        );
        assert_eq!(asked(), [1, number]);
        // What was asked outlives a restart, and a fallback that fails too.
        poller = world.poller(vec![source.clone()]);
        if number == 3 {
            world.says("/second", Says::new(503, ""));
            let outcome = poll(&poller, "s").await;
            assert_eq!(outcome.status, Some(503));
            let error = outcome.error.unwrap();
            assert!(
                error.contains(
                    "left alone until 2026-11-20T14:30:00Z; then the server answered 503"
                ),
                "{error}"
            );
            let wait = poller.next_due().unwrap();
            assert!(wait < "2026-11-20T14:00:00Z".parse().unwrap(), "{wait}");
            world.says("/second", one("1"));
            poll(&poller, "s").await;
            world.says("/s", one("1"));
            break;
        }
    }
    world.clock.set("2026-11-20T14:31:00Z");
    assert_eq!(note(&poll(&poller, "s").await), "");
    assert_eq!(asked()[0], 2);
}

#[tokio::test]
async fn where_all_ask_for_patience_the_source_waits_for_the_shortest() {
    let world = World::new().await;
    let other = world.at_host("127.0.0.2").await;
    let mut source = world.source("s");
    source.reach.fallbacks = vec![format!("http://{other}/second")];
    world.says("/s", Says::new(429, "").header("retry-after", "9000"));
    world.says("/second", Says::new(503, "").header("retry-after", "5400"));
    let poller = world.poller(vec![source]);
    poll(&poller, "s").await;
    let due = poller.next_due().unwrap().to_string();
    assert!(due.starts_with("2026-11-20T13:30"), "{due}");
    // Whoever wants an answer now gets it from that one.
    poll(&poller, "s").await;
    assert_eq!(["/s", "/second"].map(|path| world.asked(path)), [1, 2]);
}

#[tokio::test]
async fn what_an_address_answered_is_kept_whoever_answers_in_the_end() {
    let world = World::new().await;
    let whole = rss(&[("1", "a", "A", NINE), ("2", "b", "B", NINE)]);
    let half = &whole[..whole.find("<guid isPermaLink=\"false\">2").unwrap()];
    let mut source = world.source("s");
    source.url = Some(raw(vec![raw_answer(whole.len(), half)]).await);
    source.reach.fallbacks = ["/wall", "/second"]
        .map(|path| format!("http://{}{path}", world.address))
        .to_vec();
    world.says("/wall", Says::new(200, "<html>a wall"));
    world.says(
        "/second",
        Says::new(200, rss(&[("2", "b", "B", NINE), ("3", "c", "C", NINE)])),
    );
    let poller = world.poller(vec![source]);
    let outcome = poll(&poller, "s").await;
    assert_eq!(
        (outcome.kind, outcome.items_new),
        (OutcomeKind::Fetched, 3),
        "{outcome:?}"
    );
    assert_eq!(
        world.reader().last_outcome(&SourceId::new("s")).unwrap(),
        Some(outcome)
    );
    assert_eq!(captured(&world, 1), half.as_bytes());
    assert_eq!(captured(&world, 2), b"<html>a wall");
    let items: Vec<_> = world
        .items("s")
        .iter()
        .map(|item| item.title.clone())
        .collect();
    assert_eq!(items, ["A", "B", "C"]);

    // And where nobody does: what the last one said too.
    world.clock.advance(Duration::from_secs(3_600));
    world.says("/second", Says::new(200, "<html>another"));
    let outcome = poll(&poller, "s").await;
    assert_eq!(outcome.kind, OutcomeKind::Unreachable, "{outcome:?}");
    assert_eq!(captured(&world, 5), b"<html>another");
}

fn captured(world: &World, number: u64) -> Vec<u8> {
    let capture = world.reader().capture(CaptureId(number)).unwrap();
    capture.unwrap().body
}

#[tokio::test]
async fn a_source_that_moved_is_asked_at_its_new_home_and_says_so() {
    let world = World::new().await;
    let to = format!("http://{}/new?token=SECRET", world.address);
    world.says("/s", Says::new(301, "").header("location", to));
    world.says("/new", one("1").etag("\"v1\""));
    let poller = world.poller(vec![world.source("s")]);
    for _ in 0..4 {
        let outcome = poll(&poller, "s").await;
        let said = note(&outcome);
        assert!(
            said.contains("moved for good") && said.contains("/new?…"),
            "{said}"
        );
        assert!(!said.contains("SECRET"), "{said}");
        let moved_to = outcome.moved_to.as_deref().unwrap_or_default();
        assert!(moved_to.ends_with("/new?…"), "{moved_to}");
        assert_eq!(outcome.fallback, None);
        world.clock.advance(Duration::from_secs(600));
    }
    assert_eq!(world.requests("/s").len(), 2, "believed when seen twice");
    assert_eq!(world.requests("/new").len(), 4);
    assert!(world.requests("/new")[3].contains_key("if-none-match"));

    // The new home fails: the configured one is asked again at once.
    world.says("/new", Says::new(500, ""));
    world.says("/s", one("2"));
    let outcome = poll(&poller, "s").await;
    assert_eq!(
        (outcome.items_new, note(&outcome)),
        (1, ""),
        "and the redirect is forgotten"
    );
    poll(&poller, "s").await;
    assert_eq!(world.requests("/new").len(), 5);
}

#[tokio::test]
async fn an_old_home_is_asked_again_after_a_day() {
    let world = World::new().await;
    world.says("/s", Says::new(308, "").header("location", "/new"));
    world.says("/new", one("1"));
    let poller = world.poller(vec![world.source("s")]);
    for _ in 0..3 {
        poll(&poller, "s").await;
    }
    assert_eq!(world.requests("/s").len(), 2);
    world.clock.advance(Duration::from_secs(24 * 3600));
    world.says("/s", one("1"));
    assert_eq!(note(&poll(&poller, "s").await), "");
    assert_eq!(world.requests("/s").len(), 3);
}

#[tokio::test]
async fn one_tag_for_two_documents_is_not_sent_back() {
    let world = World::new().await;
    let poller = world.poller(vec![world.source("s")]);
    world.says("/s", one("1").header("etag", "\"same\""));
    poll(&poller, "s").await;
    world.says("/s", one("2").header("etag", "\"same\""));
    let outcome = poll(&poller, "s").await;
    assert!(note(&outcome).contains("without conditions"), "{outcome:?}");
    world.says("/s", one("3").etag("\"same\""));
    assert_eq!(
        poll(&poller, "s").await.items_new,
        1,
        "it would have said 304"
    );
    assert!(world.requests("/s")[1].contains_key("if-none-match"));
    assert!(!world.requests("/s")[2].contains_key("if-none-match"));
}

#[tokio::test]
async fn a_tag_of_packed_answers_is_sent_in_both_forms() {
    let world = World::new().await;
    world.says("/s", one("1").header("etag", "\"abc-gzip\""));
    let poller = world.poller(vec![world.source("s")]);
    poll(&poller, "s").await;
    poll(&poller, "s").await;
    assert_eq!(
        world.requests("/s")[1]["if-none-match"],
        "\"abc-gzip\", \"abc\""
    );
}

#[tokio::test]
async fn little_is_said_where_little_is_to_be_said() {
    let world = World::new().await;
    let mut quiet = world.source("quiet");
    quiet.reach.contact = Contact::Minimal;
    world.says("/quiet", one("1"));
    world.says("/open", one("1"));
    let poller = world.poller(vec![quiet, world.source("open")]);
    poller.poll_due().await.unwrap();
    assert_eq!(world.requests("/open")[0]["user-agent"], "bellwether");
    let said = &world.requests("/quiet")[0]["user-agent"];
    assert!(
        said.contains("feed reader") && !said.to_lowercase().contains("bellwether"),
        "{said}"
    );
}

/// A server that answers each connection with the next of these bytes, then closes.
async fn raw(answers: Vec<Vec<u8>>) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = vec![0; 4_096];
            let length = stream.read(&mut head).await.unwrap();
            let is_plain = String::from_utf8_lossy(&head[..length]).contains("identity");
            let body = String::from_utf8_lossy(&answer).replace("ASKED", &is_plain.to_string());
            stream.write_all(body.as_bytes()).await.unwrap();
        }
    });
    url
}

fn raw_answer(length: usize, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

#[tokio::test]
async fn of_a_document_that_is_cut_the_whole_entries_are_kept() {
    let world = World::new().await;
    let whole = rss(&[("1", "a", "A", NINE), ("2", "b", "B", NINE)]);
    let half = &whole[..whole.find("<guid isPermaLink=\"false\">2").unwrap()];
    let mut source = world.source("s");
    source.url = Some(
        raw(vec![
            raw_answer(whole.len(), half),
            raw_answer(whole.len() + 100, &whole),
            raw_answer(whole.len(), "<ht"),
        ])
        .await,
    );
    let poller = world.poller(vec![source]);
    let cut = poll(&poller, "s").await;
    assert_eq!(
        (cut.kind, cut.items_new),
        (OutcomeKind::Unreachable, 1),
        "{cut:?}"
    );
    assert!(cut.error.unwrap().contains("the whole entries are kept"));
    // A length that is wrong each time loses nothing.
    let wrong = poll(&poller, "s").await;
    assert_eq!(
        (wrong.kind, wrong.items_new),
        (OutcomeKind::Fetched, 1),
        "{wrong:?}"
    );
    assert!(wrong.repaired.unwrap().contains("the connection broke"));
    let nothing = poll(&poller, "s").await;
    assert_eq!(nothing.kind, OutcomeKind::Unreachable);
    assert_eq!(world.items("s").len(), 2);
}

#[tokio::test]
async fn a_server_that_packs_badly_is_asked_for_unpacked() {
    let world = World::new().await;
    let bad =
        b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: 9\r\n\r\nnot packed"
            .to_vec();
    let good = rss(&[("1", "a", "identity: ASKED", NINE)]);
    let mut source = world.source("s");
    let good = format!("HTTP/1.1 200 OK\r\n\r\n{good}").into_bytes();
    source.url = Some(raw(vec![bad, good]).await);
    let poller = world.poller(vec![source]);
    assert_eq!(poll(&poller, "s").await.kind, OutcomeKind::NotAFeed);
    let outcome = poll(&poller, "s").await;
    assert_eq!(outcome.kind, OutcomeKind::Fetched, "{outcome:?}");
    assert!(note(&outcome).contains("asked for unpacked"));
    assert_eq!(world.items("s")[0].title, "identity: true");
}

/// Seconds from now until the only source is due, without the little more.
async fn wait_after(world: &World, poller: &Poller, says: Says) -> u64 {
    world.says("/s", says);
    poll(poller, "s").await;
    let next = poller.next_due().unwrap();
    let now = bellwether_model::Clock::now(&*world.clock);
    let wait = Duration::try_from(next.duration_since(now))
        .unwrap()
        .as_secs();
    wait / 60 * 60
}

#[tokio::test]
async fn the_interval_follows_the_source_and_its_server_within_bounds() {
    let world = World::new().await;
    let poller = world.poller(vec![world.source("s")]);
    assert_eq!(wait_after(&world, &poller, one("1")).await, 600);
    world.clock.advance(Duration::from_secs(3 * 3600));
    assert_eq!(
        wait_after(&world, &poller, one("1")).await,
        1_800,
        "quiet for hours"
    );
    assert_eq!(
        wait_after(&world, &poller, one("2")).await,
        1_800,
        "three hours are its pace"
    );
    for number in 3..9 {
        world.clock.advance(Duration::from_secs(600));
        wait_after(&world, &poller, one(&number.to_string())).await;
    }
    assert_eq!(
        wait_after(&world, &poller, one("9")).await,
        600,
        "busy again"
    );
    let cached = |value: &str| one("9").header("cache-control", value);
    assert_eq!(
        wait_after(&world, &poller, cached("max-age=1200")).await,
        1_200
    );
    let aged = cached("max-age=1200").header("age", "600");
    assert_eq!(wait_after(&world, &poller, aged).await, 600);
    assert_eq!(
        wait_after(&world, &poller, cached("max-age=1, no-cache")).await,
        600
    );
    assert_eq!(
        wait_after(&world, &poller, cached("max-age=86400")).await,
        1_800,
        "capped"
    );
    let failing = Says::new(503, "").header("retry-after", "Fri, 20 Nov 2026 20:00:00 GMT");
    assert_eq!(wait_after(&world, &poller, failing).await, 4 * 3600);
}

/// A server that counts how many requests are under way at once, and its address on one host.
async fn counting(host: &str) -> (String, Arc<AtomicUsize>) {
    let now = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let highest = Arc::clone(&most);
    let router = axum::Router::new().fallback(move || {
        let (counted, highest) = (Arc::clone(&now), Arc::clone(&highest));
        async move {
            highest.fetch_max(counted.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(5)).await;
            counted.fetch_sub(1, Ordering::SeqCst);
        }
    });
    let listener = tokio::net::TcpListener::bind((host, 0)).await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, most)
}

#[tokio::test]
async fn no_more_at_a_host_than_allowed_whoever_asks_and_however() {
    let (url, most) = counting("127.0.0.77").await;
    let fetcher = Fetcher::new(outbound(), 64, 2);
    let asked = (0..20).map(|_| fetcher.send(get(&url)));
    for answer in futures_util::future::join_all(asked).await {
        answer.unwrap();
    }
    assert_eq!(most.load(Ordering::SeqCst), 2);

    // Twenty hosts that all lead to one.
    let (url, most) = counting("127.0.0.77").await;
    let mut hosts = Vec::new();
    for number in 0..20 {
        let listener = tokio::net::TcpListener::bind((format!("127.0.1.{number}"), 0))
            .await
            .unwrap();
        hosts.push(format!("http://{}/", listener.local_addr().unwrap()));
        let to = url.clone();
        let router = axum::Router::new().fallback(move || {
            let to = to.clone();
            async move { axum::response::Redirect::temporary(&to) }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
    }
    let asked = hosts.iter().map(|host| {
        fetcher.send(Request {
            redirects_max: 1,
            ..get(host)
        })
    });
    for answer in futures_util::future::join_all(asked).await {
        assert_eq!(answer.unwrap().hops.len(), 1);
    }
    assert_eq!(most.load(Ordering::SeqCst), 2);
}

fn outbound() -> Outbound {
    Outbound::new(OutboundSettings {
        allow_networks: vec!["127.0.0.0/8".parse().unwrap()],
        ..OutboundSettings::default()
    })
    .unwrap()
}

fn get(url: &str) -> Request<'_> {
    Request {
        method: Method::Get,
        url,
        headers: Vec::new(),
        body: None,
        body_bytes_max: 1_000,
        redirects_max: 0,
    }
}
