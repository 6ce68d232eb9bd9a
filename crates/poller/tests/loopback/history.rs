//! The past of sources, read from a loopback server that pages as their platforms do.

use std::sync::Arc;
use std::time::Duration;

use bellwether_model::{Clock, Source, SourceKind, TimeReason, Timestamp};
use bellwether_outbound::{Outbound, OutboundSettings};
use bellwether_poller::history::{History, HistoryEnd, HistoryReport, HistorySettings};
use serde_json::json;

use crate::world::{Says, World};

const DAY: Duration = Duration::from_secs(24 * 3600);

fn settings() -> HistorySettings {
    HistorySettings {
        back: DAY * 10,
        recent: Duration::ZERO,
        pages_max: 100,
        body_bytes_max: 1 << 20,
        pause: Some(Duration::ZERO),
        again: false,
    }
}

async fn read(
    world: &World,
    sources: Vec<Source>,
    settings: HistorySettings,
) -> Vec<HistoryReport> {
    let outbound = Outbound::new(OutboundSettings {
        allow_networks: vec!["127.0.0.0/8".parse().unwrap()],
        ..OutboundSettings::default()
    })
    .unwrap();
    let appender = world.appender();
    let clock: Arc<dyn Clock> = world.clock.clone();
    let history = History::new(outbound, &appender, clock, settings);
    history
        .read(sources, &world.reader(), &|_| {})
        .await
        .unwrap()
}

fn source(world: &World, kind: SourceKind, path: &str) -> Source {
    Source {
        kind,
        url: Some(format!("http://{}{path}", world.address)),
        ..world.source(kind.as_str())
    }
}

/// A day of the past, counted back from the day of the tests.
fn days_ago(world: &World, days: u32) -> Timestamp {
    world.clock.now().checked_sub(DAY * days).unwrap()
}

/// A page of a board: an article a day, and the way to what is older.
fn board(world: &World, days: std::ops::Range<u32>, older: Option<u32>) -> Says {
    let rows: String = days
        .map(|day| {
            let second = days_ago(world, day).as_second();
            format!("<div class='r-ent'><div class='title'><a href='/bbs/X/M.{second}.A.1B2.html'>第 {day} 天</a></div></div>")
        })
        .collect();
    let older = older.map_or_else(String::new, |number| {
        format!(
            "<div class='btn-group-paging'><a href='/bbs/X/index{number}.html'>‹ 上頁</a></div>"
        )
    });
    Says::new(
        200,
        format!("<html><body><div class='r-list-container'>{rows}</div>{older}</body></html>"),
    )
}

fn two_boards(world: &World) {
    world.says("/bbs/X/index.html", board(world, 0..4, Some(9)));
    world.says("/bbs/X/index9.html", board(world, 4..8, Some(8)));
    world.says("/bbs/X/index8.html", board(world, 8..13, Some(7)));
    world.says("/bbs/X/index7.html", board(world, 13..17, None));
}

#[tokio::test]
async fn a_board_is_read_back_as_far_as_is_wanted() {
    let world = World::new().await;
    two_boards(&world);
    let board = source(&world, SourceKind::Ptt, "/bbs/X/index.html");
    let report = read(&world, vec![board.clone()], settings())
        .await
        .remove(0);
    assert_eq!(report.end, HistoryEnd::Reached);
    assert_eq!((report.pages, report.items_new), (3, 11));
    assert_eq!((report.recent, report.older), (2, 0));
    assert_eq!(
        world.asked("/bbs/X/index7.html"),
        0,
        "beyond what is wanted"
    );
    assert_eq!(
        world.requests("/bbs/X/index9.html")[0]["cookie"],
        "over18=1"
    );
    let now = world.clock.now();
    let items = world.items("ptt");
    assert_eq!(items.len(), 11);
    for item in &items {
        assert_eq!(item.time_reason, TimeReason::Published);
        assert_eq!(item.imported_at, Some(now));
        assert!(item.time < days_ago(&world, 0) && item.time <= days_ago(&world, 1));
        assert_eq!(item.platform.as_deref(), Some("ptt"));
    }
    // It counts as collected without a gap, from where the pages led to the last day.
    let mut spans = world
        .reader()
        .imports_between(bellwether_model::Seq(0), bellwether_model::Seq(u64::MAX))
        .unwrap();
    spans.sort_by_key(|span| span.first);
    assert_eq!(spans[0].first, days_ago(&world, 11));
    assert_eq!(spans[2].last, days_ago(&world, 1));
    assert!(
        spans.windows(2).all(|two| two[0].last == two[1].first),
        "{spans:?}"
    );
    assert!(spans.iter().all(|span| span.source.as_str() == "ptt"));
    // Again: there is nothing to ask.
    let again = read(&world, vec![board.clone()], settings())
        .await
        .remove(0);
    assert_eq!((again.pages, again.end), (0, HistoryEnd::Reached));
    // Further: it goes on where it was.
    let further = HistorySettings {
        back: DAY * 30,
        ..settings()
    };
    let report = read(&world, vec![board.clone()], further).await.remove(0);
    assert_eq!((report.pages, report.end), (1, HistoryEnd::Beginning));
    // From the beginning: nothing is doubled.
    let anew = HistorySettings {
        again: true,
        ..further
    };
    let report = read(&world, vec![board], anew).await.remove(0);
    assert_eq!(
        (report.pages, report.items_new, report.items_updated),
        (4, 0, 0)
    );
}

#[tokio::test]
async fn a_run_that_was_ended_goes_on_where_it_was() {
    let world = World::new().await;
    two_boards(&world);
    let board = source(&world, SourceKind::Ptt, "/bbs/X/index.html");
    let one_page = HistorySettings {
        pages_max: 1,
        ..settings()
    };
    let mut new = 0;
    for _ in 0..3 {
        let report = read(&world, vec![board.clone()], one_page).await.remove(0);
        new += report.items_new;
    }
    assert_eq!((new, world.items("ptt").len()), (11, 11));
    for path in [
        "/bbs/X/index.html",
        "/bbs/X/index9.html",
        "/bbs/X/index8.html",
    ] {
        assert_eq!(world.asked(path), 1, "{path}");
    }
}

#[tokio::test]
async fn what_polls_have_is_not_doubled_and_polls_go_on() {
    let world = World::new().await;
    two_boards(&world);
    let board = source(&world, SourceKind::Ptt, "/bbs/X/index.html");
    let poller = world.poller(vec![board.clone()]);
    assert_eq!(poller.poll(&board.id).await.unwrap().outcome.items_new, 4);
    let report = read(&world, vec![board.clone()], settings())
        .await
        .remove(0);
    assert_eq!((report.items_new, report.items_unchanged), (9, 2));
    assert!(
        world.items("ptt")[0].imported_at.is_none(),
        "polls were first"
    );
    let outcome = poller.poll(&board.id).await.unwrap().outcome;
    assert_eq!((outcome.items_new, outcome.items_unchanged), (0, 4));
}

#[tokio::test]
async fn statuses_by_their_links_and_a_limit() {
    let world = World::new().await;
    let status = |day: u32| {
        json!({"id": day.to_string(), "uri": format!("https://s.example/{day}"), "content": format!("<p>Day {day}</p>"),
               "created_at": days_ago(&world, day).to_string(), "account": {"acct": "a"}})
    };
    let older = |path: &str| format!("<http://{}{path}>; rel=\"next\"", world.address);
    let first = json!([status(2), status(3)]).to_string();
    world.says(
        "/api/v1/accounts/1/statuses",
        Says::new(200, first).header("link", older("/max_id/3")),
    );
    let second = json!([status(4), status(5)]).to_string();
    world.says(
        "/max_id/3",
        Says::new(200, second).header("link", older("/max_id/5")),
    );
    world.says(
        "/max_id/5",
        Says::new(429, "").header("retry-after", "7200"),
    );
    let account = source(&world, SourceKind::Mastodon, "/api/v1/accounts/1/statuses");
    let report = read(&world, vec![account.clone()], settings())
        .await
        .remove(0);
    assert_eq!((report.pages, report.items_new), (2, 4));
    assert!(
        matches!(&report.end, HistoryEnd::Waiting(why) if why.contains("7200")),
        "{report:?}"
    );
    assert_eq!(world.asked("/max_id/5"), 1, "left alone");
    // Later it goes on there; a short wait is waited for.
    world.clock.advance(Duration::from_secs(7_200));
    world.says("/max_id/5", Says::new(200, "[]"));
    let report = read(&world, vec![account], settings()).await.remove(0);
    assert_eq!((report.pages, report.end), (1, HistoryEnd::Beginning));
    assert_eq!(world.asked("/max_id/3"), 1);
}

#[tokio::test]
async fn robots_txt_is_obeyed_and_failures_are_said() {
    let world = World::new().await;
    two_boards(&world);
    world.says(
        "/robots.txt",
        Says::new(200, "User-agent: *\nDisallow: /bbs/X/index9.html\n"),
    );
    let board = source(&world, SourceKind::Ptt, "/bbs/X/index.html");
    let report = read(&world, vec![board], settings()).await.remove(0);
    assert!(matches!(&report.end, HistoryEnd::Refused(why) if why.contains("robots.txt")));
    assert_eq!((report.pages, world.asked("/bbs/X/index9.html")), (1, 0));
    world.says("/api/v1/accounts/1/statuses", Says::new(500, ""));
    let account = source(&world, SourceKind::Mastodon, "/api/v1/accounts/1/statuses");
    let report = read(&world, vec![account], settings()).await.remove(0);
    assert!(matches!(&report.end, HistoryEnd::Failed(why) if why.contains("500")));
    assert_eq!(world.asked("/api/v1/accounts/1/statuses"), 3, "and no more");
}

/// A feed with an entry of each of some days.
fn feed(world: &World, days: std::ops::Range<u32>, more: &str) -> Says {
    let items: String = days
        .map(|day| {
            let at = days_ago(world, day).strftime("%a, %d %b %Y %H:%M:%S +0000");
            format!("<item><title>Day {day}</title><link>https://news.example/{day}</link><guid>https://news.example/?p={day}</guid><pubDate>{at}</pubDate></item>")
        })
        .collect();
    Says::new(
        200,
        format!(
            "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>T</title>{more}{items}</channel></rss>"
        ),
    )
}

#[tokio::test]
async fn feeds_lead_back_only_where_they_say_so() {
    let world = World::new().await;
    let next = "<atom:link rel='next' href='/feed/2'/>";
    world.says("/feed", feed(&world, 1..4, next));
    world.says("/feed/2", feed(&world, 4..7, ""));
    let paged = source(&world, SourceKind::Feed, "/feed");
    let report = read(&world, vec![paged], settings()).await.remove(0);
    assert_eq!(
        (report.pages, report.items_new, report.end),
        (2, 5, HistoryEnd::Beginning)
    );

    // The server of the tests knows no queries: as a site that ignores the number of the page.
    let wordpress = "<generator>https://wordpress.org/?v=6.6</generator>";
    world.says("/wp", feed(&world, 1..4, wordpress));
    let ignores = Source {
        id: bellwether_model::SourceId::new("wp"),
        ..source(&world, SourceKind::Feed, "/wp")
    };
    let report = read(&world, vec![ignores], settings()).await.remove(0);
    assert_eq!(
        (report.pages, report.items_new),
        (2, 0),
        "known from the other feed"
    );
    assert!(matches!(report.end, HistoryEnd::NoWayBack(_)));

    world.says("/plain", feed(&world, 1..4, ""));
    let plain = Source {
        id: bellwether_model::SourceId::new("plain"),
        ..source(&world, SourceKind::Feed, "/plain")
    };
    let report = read(&world, vec![plain], settings()).await.remove(0);
    assert!(matches!(&report.end, HistoryEnd::NoWayBack(why) if why.contains("does not say")));
    let video = source(&world, SourceKind::Youtube, "/video");
    let report = read(&world, vec![video], settings()).await.remove(0);
    assert!(matches!(&report.end, HistoryEnd::NoWayBack(why) if why.contains("newest videos")));
    assert_eq!((report.pages, world.asked("/video")), (0, 0));
}

#[tokio::test]
async fn sitemaps_of_months_and_a_site_that_dates_all_by_today() {
    let world = World::new().await;
    let article = |name: &str, at: Timestamp| {
        format!("<url><loc>https://news.example/{name}</loc><lastmod>{at}</lastmod></url>")
    };
    let named = |path: &str| {
        format!(
            "<sitemap><loc>http://{}{path}</loc></sitemap>",
            world.address
        )
    };
    world.says(
        "/index.xml",
        Says::new(
            200,
            format!(
                "<sitemapindex>{}{}{}</sitemapindex>",
                named("/2026-09.xml"),
                named("/2026-11.xml"),
                named("/today.xml")
            ),
        ),
    );
    world.says(
        "/2026-11.xml",
        Says::new(
            200,
            format!(
                "<urlset>{}{}</urlset>",
                article("a", days_ago(&world, 2)),
                article("b", days_ago(&world, 9))
            ),
        ),
    );
    world.says(
        "/today.xml",
        Says::new(
            200,
            format!(
                "<urlset>{}<url><loc>https://news.example/undated</loc></url></urlset>",
                article("c", world.clock.now())
            ),
        ),
    );
    let index = source(&world, SourceKind::Sitemap, "/index.xml");
    let report = read(&world, vec![index], settings()).await.remove(0);
    assert_eq!((report.pages, report.items_new), (3, 2), "{report:?}");
    assert_eq!((report.recent, report.undated), (1, 1));
    assert_eq!(world.asked("/2026-09.xml"), 0);
    assert_eq!(world.asked("/today.xml"), 1);
    assert!(
        world
            .items("sitemap")
            .iter()
            .all(|item| item.time <= days_ago(&world, 2))
    );
}

#[tokio::test]
async fn a_sitemap_that_cannot_be_read_keeps_nothing_older_out() {
    let world = World::new().await;
    let named = |path: &str| {
        let address = &world.address;
        format!("<sitemap><loc>http://{address}{path}</loc></sitemap>")
    };
    let sitemap = |name: &str, days: u32| {
        let at = days_ago(&world, days);
        format!(
            "<urlset><url><loc>https://news.example/{name}</loc><lastmod>{at}</lastmod></url></urlset>"
        )
    };
    let paths = ["/forbidden.xml", "/wall.xml", "/good.xml"]
        .map(named)
        .concat();
    world.says(
        "/index.xml",
        Says::new(200, format!("<sitemapindex>{paths}</sitemapindex>")),
    );
    world.says(
        "/robots.txt",
        Says::new(200, "User-agent: *\nDisallow: /forbidden"),
    );
    world.says("/forbidden.xml", Says::new(200, sitemap("no", 3)));
    world.says(
        "/wall.xml",
        Says::new(200, "<html><body>moved</body></html>"),
    );
    world.says("/good.xml", Says::new(200, sitemap("a", 5)));
    let index = source(&world, SourceKind::Sitemap, "/index.xml");
    let report = read(&world, vec![index], settings()).await.remove(0);
    assert_eq!(report.items_new, 1, "{report:?}");
    assert_eq!(world.asked("/forbidden.xml"), 0);
    assert!(
        matches!(report.end, HistoryEnd::Refused(_) | HistoryEnd::Failed(_)),
        "what is missing is said: {report:?}"
    );
}

#[tokio::test]
async fn all_that_a_long_sitemap_names_is_taken() {
    let world = World::new().await;
    let newest = days_ago(&world, 2).as_second();
    let urls: String = (0..2_500)
        .map(|number| {
            let at = Timestamp::from_second(newest - number * 60).unwrap();
            format!("<url><loc>https://news.example/{number}</loc><lastmod>{at}</lastmod></url>")
        })
        .collect();
    // Cut off in its last tag.
    world.says(
        "/long.xml",
        Says::new(200, format!("<urlset>{urls}</urlse")),
    );
    let long = source(&world, SourceKind::Sitemap, "/long.xml");
    let report = read(&world, vec![long], settings()).await.remove(0);
    assert_eq!((report.items_new, report.in_part), (2_500, 1), "{report:?}");
}

#[tokio::test]
async fn where_a_redirect_leads_its_own_robots_txt_is_asked() {
    let world = World::new().await;
    let other = world.at_host("127.0.0.2").await;
    world.says(
        "/moved",
        Says::new(302, "").header("location", format!("http://{other}/here")),
    );
    world.says("//127.0.0.2/here", feed(&world, 1..5, ""));
    let moved = source(&world, SourceKind::Feed, "/moved");
    let report = read(&world, vec![moved.clone()], settings())
        .await
        .remove(0);
    assert_eq!((report.pages, report.items_new), (1, 3), "{report:?}");

    world.says(
        "//127.0.0.2/robots.txt",
        Says::new(200, "User-agent: *\nDisallow: /"),
    );
    let asked = world.asked("/here");
    let again = HistorySettings {
        again: true,
        ..settings()
    };
    let report = read(&world, vec![moved], again).await.remove(0);
    assert!(
        matches!(&report.end, HistoryEnd::Refused(why) if why.contains("127.0.0.2")),
        "{report:?}"
    );
    assert_eq!((report.pages, world.asked("/here")), (0, asked));
    // A circle comes to an end.
    world.says("/moved", Says::new(301, "").header("location", "/moved"));
    let circle = source(&world, SourceKind::Feed, "/moved");
    let report = read(&world, vec![circle], again).await.remove(0);
    assert!(
        matches!(&report.end, HistoryEnd::Failed(why) if why.contains("redirects")),
        "{report:?}"
    );
}

#[tokio::test]
async fn a_server_that_asks_to_be_left_alone_is_by_later_runs() {
    let world = World::new().await;
    world.says("/feed", Says::new(503, "").header("retry-after", "7200"));
    let first = source(&world, SourceKind::Feed, "/feed");
    let report = read(&world, vec![first.clone()], settings())
        .await
        .remove(0);
    assert!(matches!(report.end, HistoryEnd::Waiting(_)), "{report:?}");
    world.says("/feed", feed(&world, 1..5, ""));
    let second = source(&world, SourceKind::Sitemap, "/other.xml");
    let again = HistorySettings {
        again: true,
        ..settings()
    };
    let both = vec![first.clone(), second];
    for report in read(&world, both, again).await {
        assert!(
            matches!(&report.end, HistoryEnd::Waiting(why) if why.contains("2026-11-20T14:00:00Z")),
            "{report:?}"
        );
    }
    assert_eq!((world.asked("/feed"), world.asked("/other.xml")), (1, 0));
    world.clock.advance(Duration::from_secs(7_200));
    let report = read(&world, vec![first], settings()).await.remove(0);
    assert_eq!(report.items_new, 4, "{report:?}");
}

#[tokio::test]
async fn titles_of_a_source_whose_pages_polls_read_are_kept_and_cover_nothing() {
    let world = World::new().await;
    world.says("/feed", feed(&world, 1..8, ""));
    let mut outlet = source(&world, SourceKind::Feed, "/feed");
    outlet.reading.article = true;
    let report = read(&world, vec![outlet], settings()).await.remove(0);
    assert_eq!(report.items_new, 6);
    assert!(
        world
            .items("feed")
            .iter()
            .all(|item| item.imported_at.is_some())
    );
    let seq = bellwether_model::Seq;
    let covered = world.reader().imports_between(seq(0), seq(u64::MAX));
    assert_eq!(covered.unwrap(), []);
}
