//! Sitemap indexes polled from a loopback server: which sitemaps are read, when, and what is dated how.

use std::time::Duration;

use bellwether_model::{Outcome, OutcomeKind, Source, SourceId, SourceKind, TimeReason};
use bellwether_poller::{PollSettings, Poller};

use crate::world::{Says, World};

fn source(world: &World) -> Source {
    Source {
        kind: SourceKind::Sitemap,
        url: Some(format!("http://{}/index.xml", world.address)),
        ..world.source("outlet")
    }
}

async fn poll(poller: &Poller) -> Outcome {
    poller.poll(&SourceId::new("outlet")).await.unwrap().outcome
}

/// An index of sitemaps with the days of their last change.
fn index(sitemaps: &[(&str, &str)]) -> String {
    let named: String = sitemaps
        .iter()
        .map(|(path, changed)| {
            format!("<sitemap><loc>{path}</loc><lastmod>{changed}</lastmod></sitemap>")
        })
        .collect();
    format!(
        "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{named}</sitemapindex>"
    )
}

fn sitemap(articles: &[(&str, &str)]) -> String {
    let named: String = articles
        .iter()
        .map(|(name, at)| {
            format!("<url><loc>https://news.example/{name}</loc><lastmod>{at}</lastmod></url>")
        })
        .collect();
    format!("<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{named}</urlset>")
}

#[tokio::test]
async fn the_sitemaps_that_changed_are_read() {
    let world = World::new().await;
    let poller = world.poller(vec![source(&world)]);
    let changed = |news: &str| {
        index(&[
            ("/old.xml", "2026-10-31"),
            ("/news.xml", news),
            ("https://elsewhere.example/theirs.xml", "2026-11-20"),
        ])
    };
    world.says(
        "/index.xml",
        Says::new(200, changed("2026-11-20T11:00:00Z")),
    );
    world.says(
        "/news.xml",
        Says::new(200, sitemap(&[("1", "2026-11-20T11:00:00Z")])).etag("\"v1\""),
    );
    world.says(
        "/old.xml",
        Says::new(200, sitemap(&[("2", "2026-10-30T09:00:00Z")])),
    );
    let outcome = poll(&poller).await;
    assert_eq!((outcome.kind, outcome.items_new), (OutcomeKind::Fetched, 2));
    assert!(
        outcome
            .repaired
            .unwrap()
            .contains("1 sitemaps of other hosts")
    );
    let items = world.items("outlet");
    assert_eq!(items[1].time.to_string(), "2026-10-30T09:00:00Z");
    assert_eq!(items[0].time_reason, TimeReason::Published);

    // What has not changed is not asked for.
    world.clock.advance(Duration::from_secs(600));
    let outcome = poll(&poller).await;
    assert_eq!(
        (outcome.kind, outcome.items_unchanged),
        (OutcomeKind::Fetched, 0)
    );
    assert_eq!((world.asked("/news.xml"), world.asked("/old.xml")), (1, 1));

    // What has is, under its own conditions.
    world.clock.advance(Duration::from_secs(600));
    world.says(
        "/index.xml",
        Says::new(200, changed("2026-11-20T12:15:00Z")),
    );
    assert_eq!(poll(&poller).await.kind, OutcomeKind::Fetched);
    assert_eq!(world.requests("/news.xml")[1]["if-none-match"], "\"v1\"");
    world.says(
        "/index.xml",
        Says::new(200, changed("2026-11-20T12:19:00Z")),
    );
    let both = [("1", "2026-11-20T11:00:00Z"), ("3", "2026-11-20T12:18:00Z")];
    world.says("/news.xml", Says::new(200, sitemap(&both)));
    let outcome = poll(&poller).await;
    assert_eq!((outcome.items_new, outcome.items_unchanged), (1, 1));
    assert_eq!(world.asked("/old.xml"), 1);

    // And twice a day whatever the index says.
    world.clock.advance(Duration::from_secs(13 * 3600));
    poll(&poller).await;
    assert_eq!(world.asked("/old.xml"), 2);
}

#[tokio::test]
async fn a_sitemap_named_late_puts_nothing_into_the_past() {
    let world = World::new().await;
    let poller = world.poller(vec![source(&world)]);
    world.says(
        "/index.xml",
        Says::new(200, index(&[("/a.xml", "2026-11-20")])),
    );
    world.says(
        "/a.xml",
        Says::new(200, sitemap(&[("1", "2026-11-20T11:00:00Z")])),
    );
    world.says(
        "/b.xml",
        Says::new(
            200,
            sitemap(&[("2", "2026-11-03T11:00:00Z"), ("3", "2026-11-21T11:00:00Z")]),
        ),
    );
    poll(&poller).await;
    world.clock.advance(Duration::from_secs(24 * 3600));
    world.says(
        "/index.xml",
        Says::new(
            200,
            index(&[("/a.xml", "2026-11-20"), ("/b.xml", "2026-11-20")]),
        ),
    );
    assert_eq!(poll(&poller).await.items_new, 2);
    let time = |at: usize| {
        let item = world.items("outlet").swap_remove(at);
        (item.time.to_string(), item.time_reason)
    };
    let seen = |text: &str| (text.to_owned(), TimeReason::Backdated);
    assert_eq!(time(1), seen("2026-11-21T12:00:00Z"));
    // What was published since the index was read without it is dated by it.
    let believed = ("2026-11-21T11:00:00Z".to_owned(), TimeReason::Published);
    assert_eq!(time(2), believed);
    // One that the index named from the beginning has its own dates, however late it is read.
    world.says("/late.xml", Says::new(500, ""));
    let poller = world.poller(vec![Source {
        id: SourceId::new("late"),
        url: Some(format!("http://{}/second.xml", world.address)),
        ..source(&world)
    }]);
    let late = || async { poller.poll(&SourceId::new("late")).await.unwrap().outcome };
    let named = index(&[("/a.xml", "2026-11-20"), ("/late.xml", "2026-11-20")]);
    world.says("/second.xml", Says::new(200, named));
    late().await;
    world.clock.advance(Duration::from_secs(24 * 3600));
    let archive = sitemap(&[("4", "2026-11-04T11:00:00Z")]);
    world.says("/late.xml", Says::new(200, archive));
    assert_eq!(late().await.items_new, 1);
    let item = world.items("late").pop().unwrap();
    assert_eq!(item.time.to_string(), "2026-11-04T11:00:00Z");
}

#[tokio::test]
async fn sitemaps_that_cannot_be_read_are_said() {
    let world = World::new().await;
    let poller = world.poller(vec![source(&world)]);
    let both = index(&[("/a.xml", "2026-11-18"), ("/b.xml", "2026-11-17")]);
    world.says("/index.xml", Says::new(200, both));
    world.says("/a.xml", Says::new(200, sitemap(&[("1", "2026-11-20")])));
    world.says("/b.xml", Says::new(500, ""));
    let outcome = poll(&poller).await;
    assert_eq!((outcome.kind, outcome.items_new), (OutcomeKind::Fetched, 1));
    let said = outcome.repaired.unwrap();
    assert!(
        said.contains("1 of 2 sitemaps") && said.contains("500"),
        "{said}"
    );

    // Alone, since nothing else has changed, it does not make the source fail.
    world.clock.advance(Duration::from_secs(1800));
    let outcome = poll(&poller).await;
    assert_eq!((outcome.kind, outcome.items_new), (OutcomeKind::Fetched, 0));
    assert!(outcome.repaired.unwrap().contains("1 of 1 sitemaps"));

    // One that asks to be left alone is, and so are the others of its host.
    world.clock.advance(Duration::from_secs(13 * 3600));
    world.says("/a.xml", Says::new(429, "").header("retry-after", "1200"));
    let outcome = poll(&poller).await;
    assert_eq!(
        (outcome.kind, outcome.status),
        (OutcomeKind::Status, Some(429))
    );
    assert_eq!(world.asked("/b.xml"), 2);
    assert!(poller.poll_due().await.unwrap().is_empty());
    world.clock.advance(Duration::from_secs(1100));
    assert!(
        poller.poll_due().await.unwrap().is_empty(),
        "not before it asks for"
    );

    // None can be read: the source fails.
    world.clock.advance(Duration::from_secs(600));
    world.says("/a.xml", Says::new(200, "<html><body>moved</body></html>"));
    let outcome = poll(&poller).await;
    assert_eq!(outcome.kind, OutcomeKind::NotAFeed);
    assert!(outcome.error.unwrap().contains("2 of 2"));
    assert_eq!(world.items("outlet").len(), 1);
}

#[tokio::test]
async fn indexes_are_followed_two_deep_and_bounded() {
    let world = World::new().await;
    let poller = world.poller(vec![source(&world)]);
    world.says(
        "/index.xml",
        Says::new(200, index(&[("/2026.xml", "2026-11-20")])),
    );
    world.says(
        "/2026.xml",
        Says::new(
            200,
            index(&[("/11.xml", "2026-11-20"), ("/deep.xml", "2026-11-20")]),
        ),
    );
    world.says("/11.xml", Says::new(200, sitemap(&[("1", "2026-11-20")])));
    world.says(
        "/deep.xml",
        Says::new(200, index(&[("/deeper.xml", "2026-11-20")])),
    );
    let outcome = poll(&poller).await;
    assert_eq!(outcome.items_new, 1);
    assert!(outcome.repaired.unwrap().contains("too deep"));
    assert_eq!(world.asked("/deeper.xml"), 0);

    // Of very many, those that changed last.
    let many: Vec<(String, String)> = (0..60)
        .map(|n| {
            (
                format!("/many-{n}.xml"),
                format!("2026-11-20T10:{n:02}:00Z"),
            )
        })
        .collect();
    for (path, at) in &many {
        world.says(
            path,
            Says::new(200, sitemap(&[(path.trim_matches('/'), at)])),
        );
    }
    let named: Vec<(&str, &str)> = many.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    world.says("/index.xml", Says::new(200, index(&named)));
    let outcome = poll(&poller).await;
    assert_eq!(outcome.items_new, 10);
    let said = outcome.repaired.unwrap();
    assert!(
        said.contains("50 sitemaps that changed earlier are not followed"),
        "{said}"
    );
    assert_eq!(
        (world.asked("/many-59.xml"), world.asked("/many-49.xml")),
        (1, 0)
    );
    // One of an archive that changes is no new name: what it shows has its own dates.
    let archive = sitemap(&[("of-old", "2026-05-01T11:00:00Z")]);
    world.says("/many-0.xml", Says::new(200, archive));
    let mut touched = named.clone();
    touched[0].1 = "2026-11-20T11:00:00Z";
    let second = world.poller(vec![Source {
        id: SourceId::new("second"),
        url: Some(format!("http://{}/second.xml", world.address)),
        ..source(&world)
    }]);
    for listed in [&named, &touched] {
        world.clock.advance(Duration::from_secs(24 * 3600));
        world.says("/second.xml", Says::new(200, index(listed)));
        second.poll(&SourceId::new("second")).await.unwrap();
    }
    let item = world.items("second").pop().unwrap();
    assert_eq!(item.time.to_string(), "2026-05-01T11:00:00Z");
}

#[tokio::test]
async fn the_sitemaps_of_an_index_are_asked_for_with_pauses() {
    let world = World::new().await;
    let pause = Duration::from_millis(120);
    let settings = PollSettings {
        pause,
        ..PollSettings::default()
    };
    let poller = world.poller_with(vec![source(&world)], settings, &["127.0.0.0/8"]);
    let named = index(&[("/a.xml", "2026-11-20"), ("/b.xml", "2026-11-19")]);
    world.says("/index.xml", Says::new(200, named));
    for path in ["/a.xml", "/b.xml"] {
        world.says(path, Says::new(200, sitemap(&[(path, "2026-11-20")])));
    }
    assert_eq!(poll(&poller).await.items_new, 2);
    let times: Vec<_> = ["index", "a", "b"]
        .iter()
        .flat_map(|name| world.times(&format!("//127.0.0.1/{name}.xml")))
        .collect();
    assert_eq!(times.len(), 3);
    assert!(times.windows(2).all(|two| two[1] - two[0] >= pause));
}
