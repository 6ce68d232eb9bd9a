//! Pages of articles beside the polls, over loopback.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot set up its world must fail"
)]

mod world;

use std::time::Duration;

use bellwether_model::{Reading, Source, SourceId};
use bellwether_poller::{Pages, PagesReport, Poller};
use world::{Says, World, rss};

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
            list: None,
        },
        ..world.source("feed")
    }
}

fn pages<'p>(world: &World, poller: &'p Poller) -> Pages<'p> {
    Pages::new(poller, world.reader())
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
    let mut pages = pages(&world, &poller);
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
    let mut pages = pages(&world, &poller);
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
    let mut pages = pages(&world, &poller);
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
    let mut first = pages(&world, &poller);
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
    let report = pages(&world, &poller).catch_up().await.unwrap();
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
    let mut pages = pages(&world, &poller);
    poll(&poller).await;
    assert_eq!(pages.catch_up().await.unwrap(), PagesReport::default());
    assert!(world.requests("/a").is_empty());
}
