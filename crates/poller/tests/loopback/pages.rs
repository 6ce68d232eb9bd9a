//! Pages of articles beside the polls, over loopback.

use std::sync::Arc;
use std::time::Duration;

use bellwether_model::{Reading, Source, SourceId};
use bellwether_poller::{Pages, PagesReport, Poller};
use tokio::sync::Semaphore;

use crate::world::{Says, World, rss};

const TODAY: &str = "Fri, 20 Nov 2026 11:00:00 GMT";

const SENTENCE: &str = "The works department said on Monday that the bridge over the river closes \
    each night from eleven until five while its joints are replaced, for two weeks in all.";

fn page(words: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><title>Bridge</title></head><body><nav>Home</nav><article><h1>Bridge</h1><p>{SENTENCE}</p><p>{SENTENCE} {words}</p></article><footer>©</footer></body></html>"
    )
}

fn feed(world: &World, title: &str, paths: &[&str]) -> String {
    let entries: Vec<(String, &str)> = paths
        .iter()
        .map(|path| (format!("g-{path}"), *path))
        .collect();
    let entries: Vec<(&str, &str, &str, &str)> = entries
        .iter()
        .map(|(guid, path)| (guid.as_str(), *path, title, TODAY))
        .collect();
    rss(&entries).replace(
        "https://news.example.org",
        &format!("http://{}", world.address),
    )
}

fn source(world: &World) -> Source {
    Source {
        reading: Reading {
            article: true,
            ..Reading::default()
        },
        ..world.source("feed")
    }
}

async fn pages<'p>(world: &World, poller: &'p Poller) -> Pages<'p> {
    Pages::new(poller, world.reader())
        .await
        .unwrap()
        .pausing(Duration::ZERO)
}

async fn poll(poller: &Poller) {
    poller.poll(&SourceId::new("feed")).await.unwrap();
}

#[tokio::test]
async fn the_text_of_the_page_is_a_wording_of_the_item_and_stays_it() {
    let world = World::new().await;
    world.says(
        "/feed",
        Says::new(200, feed(&world, "Bridge closes", &["a"])),
    );
    world.says(
        "/a",
        Says::new(200, page("Original.")).header("content-type", "text/html"),
    );
    let poller = world.poller(vec![source(&world)]);
    let mut pages = pages(&world, &poller).await;
    poll(&poller).await;
    assert_eq!(world.items("feed")[0].text, "");
    let report = pages.catch_up().await.unwrap();
    assert_eq!(
        report,
        PagesReport {
            read: 1,
            waiting: 0,
            given_up: Vec::new()
        }
    );
    let item = &world.items("feed")[0];
    assert_eq!((item.title.as_str(), item.versions), ("Bridge closes", 2));
    assert!(item.text.ends_with("Original.") && !item.text.contains("Home"));
    let capture = world.reader().capture(item.capture).unwrap().unwrap();
    assert_eq!(
        capture.body,
        page("Original.").into_bytes(),
        "the original is kept"
    );
    // The feed goes on showing its summary: that is no change, and no reason to fetch again.
    poll(&poller).await;
    assert_eq!(pages.catch_up().await.unwrap(), PagesReport::default());
    assert_eq!(world.items("feed")[0].versions, 2);
    assert_eq!(world.requests("/a").len(), 1);
    // A changed entry is.
    world.says(
        "/feed",
        Says::new(200, feed(&world, "Bridge opens", &["a"])),
    );
    world.says(
        "/a",
        Says::new(200, page("Corrected.")).header("content-type", "text/html"),
    );
    poll(&poller).await;
    assert_eq!(pages.catch_up().await.unwrap().read, 1);
    let item = &world.items("feed")[0];
    assert_eq!(item.title, "Bridge opens");
    assert!(item.text.ends_with("Corrected."));
    assert_eq!(pages.catch_up().await.unwrap(), PagesReport::default());
}

#[tokio::test]
async fn what_robots_txt_asks_is_done() {
    let world = World::new().await;
    world.says(
        "/robots.txt",
        Says::new(200, "User-agent: *\nDisallow: /private/\n"),
    );
    world.says(
        "/feed",
        Says::new(200, feed(&world, "Bridge", &["private/a", "b"])),
    );
    for path in ["/private/a", "/b"] {
        world.says(path, Says::new(200, page("")));
    }
    let poller = world.poller(vec![source(&world)]);
    let mut pages = pages(&world, &poller).await;
    poll(&poller).await;
    let report = pages.catch_up().await.unwrap();
    assert_eq!(report.read, 1);
    assert!(report.given_up[0].1.contains("robots.txt"));
    assert!(world.requests("/private/a").is_empty());
    assert_eq!(world.requests("/robots.txt").len(), 1);
}

#[tokio::test]
async fn failures_are_named_and_only_some_tried_again() {
    let world = World::new().await;
    world.says(
        "/feed",
        Says::new(200, feed(&world, "Bridge", &["gone", "wall"])),
    );
    let wall = "<html><head><title>Just a moment...</title></head></html>";
    world.says("/wall", Says::new(200, wall));
    let poller = world.poller(vec![source(&world)]);
    let mut pages = pages(&world, &poller).await;
    poll(&poller).await;
    let report = pages.catch_up().await.unwrap();
    let mut reasons: Vec<_> = report
        .given_up
        .iter()
        .map(|(_, reason)| reason.as_str())
        .collect();
    reasons.sort_unstable();
    assert!(reasons[0].contains("check for robots"), "{reasons:?}");
    assert!(reasons[1].contains("404"), "{reasons:?}");
    assert_eq!(report.waiting, 0);

    world.says("/busy", Says::new(503, "").header("retry-after", "1200"));
    world.says("/next", Says::new(200, page("")));
    world.says(
        "/feed",
        Says::new(200, feed(&world, "More", &["busy", "next"])),
    );
    poll(&poller).await;
    let report = pages.catch_up().await.unwrap();
    assert_eq!(
        (report.read, report.waiting),
        (0, 2),
        "the whole host is left alone"
    );
    world.says("/busy", Says::new(200, page("")));
    world.clock.advance(Duration::from_secs(1_100));
    assert_eq!(pages.catch_up().await.unwrap().read, 0);
    world.clock.advance(Duration::from_secs(101));
    assert_eq!(pages.catch_up().await.unwrap().read, 2);
}

#[tokio::test]
async fn what_waited_waits_again_after_a_restart() {
    let world = World::new().await;
    world.says(
        "/feed",
        Says::new(200, feed(&world, "Bridge", &["a", "b", "c"])),
    );
    let poller = world.poller(vec![source(&world)]);
    let mut first = pages(&world, &poller).await;
    for path in ["/a", "/b", "/c"] {
        world.says(path, Says::new(503, ""));
    }
    world.says("/a", Says::new(200, page("")));
    poll(&poller).await;
    let report = first.catch_up().await.unwrap();
    assert_eq!((report.read, report.waiting), (1, 2));
    drop(first);
    for path in ["/b", "/c"] {
        world.says(path, Says::new(200, page("")));
    }
    let report = pages(&world, &poller).await.catch_up().await.unwrap();
    assert_eq!((report.read, report.waiting), (2, 0));
    assert!(world.items("feed").iter().all(|item| item.versions == 2));
    assert_eq!(
        world.requests("/a").len(),
        1,
        "what is done is not done again"
    );
}

#[tokio::test]
async fn sources_that_do_not_ask_for_it_are_left_alone() {
    let world = World::new().await;
    world.says("/feed", Says::new(200, feed(&world, "Bridge", &["a"])));
    let poller = world.poller(vec![world.source("feed")]);
    let mut pages = pages(&world, &poller).await;
    poll(&poller).await;
    assert_eq!(pages.catch_up().await.unwrap(), PagesReport::default());
    assert!(world.requests("/a").is_empty());
}

/// Waits for what happens beside, and fails where it does not.
async fn until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..20_000 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("never: {what}");
}

/// A feed of articles at several hosts: their whole addresses.
fn feed_of(addresses: &[String]) -> String {
    let entries: Vec<(&str, &str, &str, &str)> = addresses
        .iter()
        .map(|address| (address.as_str(), address.as_str(), "Bridge", TODAY))
        .collect();
    rss(&entries).replace("https://news.example.org/http", "http")
}

#[tokio::test]
async fn a_correction_that_comes_while_the_page_is_asked_for_stays() {
    let world = World::new().await;
    let feed = |title: &str| Says::new(200, feed(&world, title, &["a"]));
    let gate = Arc::new(Semaphore::new(0));
    world.says("/feed", feed("Bridge closes"));
    world.says("/a", Says::new(200, page("Before.")).held(&gate));
    let poller = world.poller(vec![source(&world)]);
    let mut pages = pages(&world, &poller).await;
    poll(&poller).await;
    let correction = async {
        until("the page is asked for", || world.asked("/a") == 1).await;
        world.clock.advance(Duration::from_secs(600));
        world.says("/feed", feed("Bridge opens"));
        poll(&poller).await;
        world.says("/a", Says::new(200, page("After.")));
        gate.add_permits(1);
    };
    let (report, ()) = tokio::join!(pages.catch_up(), correction);
    assert_eq!(
        report.unwrap().read,
        2,
        "and once more, since it is older than the correction"
    );
    let item = world.items("feed")[0].id;
    let wordings = world.reader().wordings(item, 0, 10).unwrap();
    let wordings: Vec<_> = wordings
        .iter()
        .rev()
        .map(|wording| {
            (
                wording.title.as_str(),
                wording.text.rsplit(' ').next().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        wordings,
        [
            ("Bridge closes", ""),
            ("Bridge opens", ""),
            ("Bridge opens", "Before."),
            ("Bridge opens", "After."),
        ]
    );
}

#[tokio::test]
async fn what_was_polled_before_a_kill_has_its_pages_fetched_after_it() {
    let world = World::new().await;
    world.says("/feed", Says::new(200, feed(&world, "Bridge", &["a"])));
    world.says("/a", Says::new(200, page("")));
    let poller = world.poller(vec![source(&world)]);
    let killed = pages(&world, &poller).await;
    poll(&poller).await;
    drop(killed);
    let report = pages(&world, &poller).await.catch_up().await.unwrap();
    assert_eq!(report.read, 1);
}

#[tokio::test]
async fn what_was_given_up_hides_nothing_that_is_due_and_is_not_asked_again() {
    let world = World::new().await;
    let paths: Vec<String> = (0..30).map(|number| format!("p{number}")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    world.says("/feed", Says::new(200, feed(&world, "Bridge", &paths)));
    world.says("/p29", Says::new(200, page("")));
    let poller = world.poller(vec![source(&world)]);
    let mut first = pages(&world, &poller).await;
    poll(&poller).await;
    let report = first.catch_up().await.unwrap();
    assert_eq!(
        (report.read, report.given_up.len(), report.waiting),
        (1, 29, 0)
    );

    world.says("/feed", Says::new(200, feed(&world, "Bridge", &["gone"])));
    poll(&poller).await;
    assert_eq!(first.catch_up().await.unwrap().given_up.len(), 1);
    drop(first);
    let report = pages(&world, &poller).await.catch_up().await.unwrap();
    assert_eq!(report, PagesReport::default());
    assert_eq!(world.asked("/gone"), 1);
}

#[tokio::test]
async fn a_slow_host_delays_only_its_own_pages() {
    let world = World::new().await;
    let slow = world.at_host("127.0.0.2").await;
    let gate = Arc::new(Semaphore::new(0));
    world.says("/slow", Says::new(200, page("")).held(&gate));
    let quick = |name: &str| format!("http://{}/{name}", world.address);
    let addresses = [format!("http://{slow}/slow"), quick("a"), quick("b")];
    for path in ["/a", "/b", "/c"] {
        world.says(path, Says::new(200, page("")));
    }
    world.says("/feed", Says::new(200, feed_of(&addresses)));
    let poller = world.poller(vec![source(&world)]);
    let mut pages = pages(&world, &poller).await;
    poll(&poller).await;
    let is_read = |path: &str| {
        let items = world.items("feed");
        let item = items
            .iter()
            .find(|item| item.url.as_ref().unwrap().ends_with(path));
        item.is_some_and(|item| item.versions == 2)
    };
    let beside = async {
        until("the others are read", || is_read("/a") && is_read("/b")).await;
        // And what comes only now.
        world.says("/feed", Says::new(200, feed_of(&[quick("c")])));
        poll(&poller).await;
        until("what came later is read", || is_read("/c")).await;
        assert!(!is_read("/slow"));
        gate.add_permits(1);
    };
    let (report, ()) = tokio::join!(pages.catch_up(), beside);
    assert_eq!(report.unwrap().read, 4);
    assert!(is_read("/slow"));
}

#[tokio::test]
async fn where_a_redirect_leads_the_rules_and_the_pace_of_that_host_hold() {
    let world = World::new().await;
    let target = world.at_host("127.0.0.2").await;
    let other = world.at_host("127.0.0.3").await;
    let to = |path: &str| {
        let location = format!("http://{target}{path}");
        Says::new(301, "").header("location", location)
    };
    world.says("/1", to("/one"));
    world.says("/2", to("/two"));
    world.says("/3", to("/private/three"));
    world.says("/4", Says::new(302, "").header("location", "/4"));
    world.says(
        "//127.0.0.2/robots.txt",
        Says::new(
            200,
            "User-agent: *\nDisallow: /private/\nCrawl-delay: 0.2\n",
        ),
    );
    for path in ["/one", "/two", "/private/three"] {
        world.says(path, Says::new(200, page("")));
    }
    let addresses = [
        format!("http://{}/1", world.address),
        format!("http://{other}/2"),
        format!("http://{}/3", world.address),
        format!("http://{other}/4"),
    ];
    world.says("/feed", Says::new(200, feed_of(&addresses)));
    let poller = world.poller(vec![source(&world)]);
    let mut pages = pages(&world, &poller).await;
    poll(&poller).await;
    let report = pages.catch_up().await.unwrap();
    assert_eq!(report.read, 2);
    let mut reasons: Vec<_> = report
        .given_up
        .iter()
        .map(|(_, why)| why.as_str())
        .collect();
    reasons.sort_unstable();
    assert!(
        reasons[0].starts_with("127.0.0.2: robots.txt"),
        "{reasons:?}"
    );
    assert!(
        reasons[1].starts_with("127.0.0.3: more than 5 redirects"),
        "{reasons:?}"
    );
    assert_eq!(world.asked("/private/three"), 0);
    let mut times = world.times("//127.0.0.2/one");
    times.extend(world.times("//127.0.0.2/two"));
    times.sort_unstable();
    assert_eq!(times.len(), 2);
    assert!(times[1] - times[0] >= Duration::from_millis(200));
}
