//! What people see.

use super::world::World;

#[tokio::test]
async fn text_of_sources_is_text() {
    let world = World::new();
    let id = world.items[0];
    for path in [
        "/search?q=%E4%BD%9C%E7%A5%A8".to_owned(),
        format!("/items/{id}"),
        "/bursts/b1".to_owned(),
        "/bursts".to_owned(),
        "/explain?rule=b1".to_owned(),
        "/explain?rule=tw-ballot-fraud".to_owned(),
        "/explain?term=%E4%BD%9C%E7%A5%A8".to_owned(),
        "/backtest?rule=tw-ballot-fraud&query=%3Cb%3E".to_owned(),
        "/alerts".to_owned(),
        "/sources".to_owned(),
    ] {
        let reply = world.get(&path).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
        for bad in [
            "<script",
            "<b>",
            "<i>",
            "\u{202E}",
            " style=",
            "user:pw",
            "href=\"http://",
        ] {
            assert!(!reply.without_our_script().contains(bad), "{path}: {bad}");
        }
        for part in [
            "lang=\"en\"",
            "Skip to content",
            "<h1",
            "id=\"content\"",
            "UTC+08:00",
        ] {
            assert!(reply.body.contains(part), "{path}: {part}");
        }
        // Everything that leads elsewhere takes nothing along.
        for link in reply.body.split("href=\"https://").skip(1) {
            let tag = link.split('>').next().unwrap();
            assert!(
                tag.contains("noreferrer noopener nofollow"),
                "{path}: {tag}"
            );
        }
    }
}

#[tokio::test]
async fn a_search_shows_matches_coverage_and_both_times() {
    let world = World::new();
    let body = world
        .get("/search?q=%E4%BD%9C%E7%A5%A8&collapse=false")
        .await
        .body;
    for part in [
        "<mark>作票</mark>",
        "&lt;script&gt;",
        "read as <code dir=\"auto\">作票</code>",
        "2 items",
        "same text in <a href=\"/stories/1\">2 items</a>",
        "Tue 24 Nov 14:01",
        "2026-11-24 06:01:00 UTC; the time its source gives",
        "HTTP 403 (forbidden)",
        "state-controlled",
        "looked up 2 May 2026",
        "url(#hatch-wide)",
        "Not collected: ",
        "Data table",
    ] {
        assert!(body.contains(part), "{part}\n{body}");
    }
    assert!(!body.contains("Invented data"));
}

#[tokio::test]
async fn an_empty_answer_says_what_was_looked_at() {
    let world = World::new();
    let body = world
        .get("/search?q=%E4%BD%9C%E7%A5%A8&from=2026-11-24T08:00")
        .await
        .body;
    // Eight and sixteen o'clock in the zone of the election, not in UTC.
    assert!(body.contains("2 items"), "{body}");
    let body = world
        .get("/search?q=%E4%BD%9C%E7%A5%A8&from=2026-11-24T16:00")
        .await
        .body;
    assert!(
        body.contains("No items: the sources that were collected published nothing in this time; 2 of 3 sources"),
        "{body}"
    );
    assert!(body.contains("2 items at other times"), "{body}");
}

#[tokio::test]
async fn a_wrong_query_comes_back_with_what_was_typed() {
    let world = World::new();
    let reply = world.get("/search?q=source:alpa&from=2d").await;
    assert_eq!(reply.status, 400);
    for part in [
        "value=\"source:alpa\"",
        "value=\"2d\"",
        "role=\"alert\"",
        "<code>alpha</code>",
    ] {
        assert!(reply.body.contains(part), "{part}\n{}", reply.body);
    }
    let reply = world.get("/search?q=(x").await;
    assert!(reply.body.contains("▲"), "{}", reply.body);
    assert_eq!(world.get("/bursts/none").await.status, 404);
    assert_eq!(world.get("/items/none").await.status, 404);
}

#[tokio::test]
async fn the_page_of_a_burst_has_all_its_numbers() {
    let world = World::new();
    let body = world.get("/bursts/b1").await.body;
    for part in [
        "2 items",
        "2 families",
        "1 story",
        "under 0.1 (0 to 1)",
        "0.00028",
        "at most 0.0009",
        "families at least",
        "not met",
        "passed",
        "PRC state media",
        "First seen in our collection",
        "2 of 3 sources in scope",
        "the tested window",
        "Peak since it was found: 2 items, 1 voice",
        "/search?q=%E4%BD%9C%E7%A5%A8&amp;from=2026-11-24T06%3A00%3A00Z&amp;to=2026-11-24T08%3A00%3A00Z",
        "/api/v1/bursts/b1",
    ] {
        assert!(body.contains(part), "{part}\n{body}");
    }
    let body = world.get("/alerts").await.body;
    for part in [
        "1 alert is firing",
        "newsroom-chat",
        "HTTP 500",
        "may have arrived twice",
    ] {
        assert!(body.contains(part), "{part}\n{body}");
    }
}

#[tokio::test]
async fn the_word_state_never_stands_beside_an_open_grade() {
    let world = World::new();
    let body = world.get("/sources").await.body;
    let rows: Vec<&str> = body.split("<tr>").collect();
    let of = |name: &str| *rows.iter().find(|row| row.contains(name)).unwrap();
    let gamma = of("Gamma &lt;b&gt;");
    assert!(
        gamma.contains("unknown") && !gamma.contains("state"),
        "{gamma}"
    );
    assert!(gamma.contains("HTTP 403 (forbidden)") && gamma.contains("blocked"));
    assert!(of("奥维日报").contains("prc-state"));
    assert!(body.contains("2 of 3 sources are being collected"));
}

#[tokio::test]
async fn the_demo_says_that_it_is_invented() {
    let world = World::with(|_| {}, false, true);
    for path in ["/", "/sources", "/bursts/none"] {
        assert!(
            world.get(path).await.body.contains("Invented data: demo"),
            "{path}"
        );
    }
}

/// The address behind the words of a link.
fn href(body: &str, words: &str) -> String {
    let before = body.split(&format!("\">{words}</a>")).next().unwrap();
    let href = before.rsplit("href=\"").next().unwrap();
    href.replace("&amp;", "&")
}

#[tokio::test]
async fn a_permalink_asks_the_same_again() {
    let world = World::new();
    let asked = "q=%E4%BD%9C%E7%A5%A8+-%22x+y%22&from=3h&sort=oldest&zone=Europe/Kyiv&names=true";
    let page = world.get(&format!("/search?{asked}")).await.body;
    assert!(page.contains("Europe/Kyiv (UTC+02:00)") || page.contains("Tue 24 Nov 08:01"));
    let answer = world.get(&format!("/api/v1/search?{asked}")).await.json();
    let permalink = answer["permalink"].as_str().unwrap().to_owned();
    let fixed = href(&page, "with its time written out");
    for link in [permalink.clone(), href(&page, "this search"), fixed.clone()] {
        let again = world.get(&link).await;
        assert_eq!(again.status, 200, "{link}");
        let of_api = world
            .get(&link.replacen("/search?", "/api/v1/search?", 1))
            .await
            .json();
        for part in ["query", "total", "items", "sort", "zone"] {
            assert_eq!(of_api[part], answer[part], "{link}: {part}");
        }
        for part in ["query", "sort", "zone"] {
            let shown = answer[part].as_str().unwrap().replace('"', "&quot;");
            assert!(again.body.contains(&shown), "{link}: {part}");
        }
    }
    // One moves on with the clock, the other stands.
    assert!(permalink.contains("from=3h&to=&"), "{permalink}");
    assert!(
        fixed.contains("from=2026-11-24T05%3A10%3A00Z&to=2026-11-24T08%3A10%3A00Z"),
        "{fixed}"
    );
    // Without a stretch of time the page takes one of its own, and its link says which.
    let page = world.get("/search?q=%E4%BD%9C%E7%A5%A8").await.body;
    assert!(href(&page, "this search").contains("from=7d&to="));
    let page = world.get("/search?q=%E4%BD%9C%E7%A5%A8&from=").await.body;
    assert!(href(&page, "this search").contains("&from=&to="));
}

#[tokio::test]
async fn the_search_page_helps_and_lets_take_along() {
    let world = World::new();
    let page = world
        .get("/search?q=%E4%BD%9C%E7%A5%A8&zone=UTC")
        .await
        .body;
    for part in [
        "How to write a query",
        "most relevant first",
        "/api/v1/search?q=%E4%BD%9C%E7%A5%A8&amp;from=7d&amp;zone=UTC&amp;format=csv&amp;bom=1",
        "action=\"/queries\" method=\"post\"",
        "name=\"zone\" value=\"UTC\"",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    // Every link of the page to ourselves leads somewhere.
    for link in page.split("href=\"/").skip(1) {
        let path = link.split('"').next().unwrap().replace("&amp;", "&");
        let reply = world.get(&format!("/{path}")).await;
        let is_example = path.contains("prc-state") || path.contains("NEAR");
        assert!(reply.status == 200 || is_example, "/{path}: {}", reply.body);
    }
}

#[tokio::test]
async fn the_caret_stands_under_the_character_at_fault() {
    let world = World::new();
    for (query, here) in [
        ("(作票", "("),
        ("作票)", ")"),
        ("選舉 選)x", ")"),
        ("انتخابات )", ")"),
        ("作票 OR", "\u{A0}"),
    ] {
        let escaped: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let page = world.get(&format!("/search?q={escaped}")).await;
        assert_eq!(page.status, 400, "{query}");
        let marked = page.body.split("class=\"here\">").nth(1).unwrap();
        let marked = marked.split("<span class=\"caret\"").next().unwrap();
        assert_eq!(marked, here, "{query}");
    }
}
