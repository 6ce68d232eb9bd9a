//! The JSON that programs rely on (DESIGN 6).

use bellwether_archive::Derived;
use serde_json::json;

use super::imports::import;
use super::world::{CAPTURED, HOSTILE, World};
use crate::SearchParams;

#[tokio::test]
async fn a_search_has_the_shape_that_programs_rely_on() {
    let world = World::new();
    let reply = world
        .get("/api/v1/search?q=%E4%BD%9C%E7%A5%A8&from=2026-11-24T06:00:00Z&limit=1&sort=oldest")
        .await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(reply.header("content-type"), "application/json");
    let mut body = reply.json();
    let cursor = body["cursor"].take();
    let id = world.items[0].to_string();
    assert_eq!(
        body,
        json!({
            "query": "作票",
            "zone": "Asia/Taipei",
            "window": {"from": "2026-11-24T06:00:00Z", "to": null},
            "sort": "oldest",
            "total": 2,
            "items_max": null,
            "items": [{
                "id": id,
                "guid": "guid-2026-11-24T06:01:00Z",
                "time": "2026-11-24T06:01:00Z",
                "time_reason": "published",
                "published": "2026-11-24T06:01:00Z",
                "seen": "2026-11-24T06:01:00Z",
                "imported_at": null,
                "source": "alpha",
                "publisher": "alpha",
                "family": "alpha-family",
                "groups": ["prc-state"],
                "affiliation": {
                    "grade": "state-controlled",
                    "basis": "owned by the \u{202E}ministry",
                    "reference": "https://register.example.org/alpha",
                    "as_of": "2026-05-02",
                },
                "lang": body["items"][0]["lang"],
                "title": HOSTILE,
                "url": format!("https://alpha.example.org/{}", HOSTILE.len()),
                "snippet": "選務人員作票,影片流傳",
                "highlights": [
                    {"field": "title", "start": 0, "end": 2},
                    {"field": "snippet", "start": 4, "end": 6},
                ],
                "story": {"id": id, "size": 2},
                "copies": 1,
                "versions": 1,
                "hidden_characters": true,
                "post": null,
                "gone_at_source": null,
            }],
            "cursor": null,
            "coverage": {
                "complete": false,
                "sources": 3,
                "missing": [
                    {"source": "beta", "reason": "not-polled", "error": null},
                    {"source": "gamma", "reason": "failing", "error": "HTTP 403 (forbidden)"},
                ],
                "note": null,
                "zero": null,
            },
            "permalink": "/search?q=%E4%BD%9C%E7%A5%A8\
                &from=2026-11-24T06%3A00%3A00Z&to=&sort=oldest",
        })
    );
    assert_eq!(cursor, json!(null), "one story, one page");
    let each = "/api/v1/search?q=%E4%BD%9C%E7%A5%A8&from=2026-11-24T06:00:00Z&limit=1&sort=oldest&collapse=false";
    let first = world.get(each).await.json();
    let next = world
        .get(&format!(
            "{each}&cursor={}",
            first["cursor"].as_str().unwrap()
        ))
        .await
        .json();
    assert_eq!(next["items"][0]["id"], world.items[2].to_string());
    assert_eq!(next["cursor"], json!(null));
}

#[tokio::test]
async fn http_gives_what_the_command_line_prints() {
    let world = World::new();
    let printed = world
        .answers
        .search(&SearchParams {
            q: "天氣".to_owned(),
            ..SearchParams::default()
        })
        .unwrap();
    let reply = world.get("/api/v1/search?q=%E5%A4%A9%E6%B0%A3").await;
    assert_eq!(reply.body, serde_json::to_string(&printed).unwrap());
}

#[tokio::test]
async fn coverage_is_of_the_sources_and_the_time_asked_for() {
    let world = World::with(
        |writer| {
            import(
                writer,
                "paper",
                "2026-11-20T00:10:00Z",
                "2026-11-21T00:10:00Z",
            );
        },
        false,
        false,
    );
    for (query, sources, missing) in [
        ("q=source:alpha&from=2026-11-24T06:00:00Z", 1, vec![]),
        // Without a beginning, each source is asked from its own first hour.
        ("q=source:beta", 1, vec![]),
        ("q=", 4, vec!["gamma"]),
        ("q=group:tw-domestic", 1, vec![]),
        ("q=(source:alpha OR source:gamma) x", 2, vec!["gamma"]),
        (
            "q=family:alpha-family&from=2026-11-24T05:00:00Z",
            1,
            vec!["alpha"],
        ),
        (
            "q=publisher:paper&from=2026-11-20T00:00:00Z&to=2026-11-21T01:00:00Z",
            1,
            vec![],
        ),
        (
            "q=publisher:paper&from=2026-11-19T00:00:00Z&to=2026-11-21T01:00:00Z",
            1,
            vec!["import:paper"],
        ),
        (
            "q=source:alpha time:[2026-11-24T06:00:00Z TO 2026-11-24T07:00:00Z]",
            1,
            vec![],
        ),
        ("q=NOT source:alpha", 4, vec!["gamma"]),
    ] {
        let path = format!("/api/v1/search?{}", query.replace(' ', "%20"));
        let reply = world.get(&path).await;
        assert_eq!(reply.status, 200, "{query}: {}", reply.body);
        let coverage = &reply.json()["coverage"];
        let named: Vec<&str> = coverage["missing"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["source"].as_str().unwrap())
            .collect();
        assert_eq!(coverage["sources"], sources, "{query}");
        assert_eq!(named, missing, "{query}");
        assert_eq!(coverage["complete"], missing.is_empty(), "{query}");
    }
}

#[tokio::test]
async fn imported_history_of_a_polled_publisher_stands_for_polls() {
    let world = World::with(
        |writer| {
            import(
                writer,
                "alpha",
                "2026-11-24T03:10:00Z",
                "2026-11-24T05:50:00Z",
            );
        },
        false,
        false,
    );
    let body = world
        .get("/api/v1/timeline?q=publisher:alpha&from=2026-11-24T02:00:00Z&to=2026-11-24T08:00:00Z&bin=1h")
        .await
        .json();
    assert_eq!(body["coverage"]["sources"], 1);
    let items: Vec<_> = body["bins"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bin| bin["items"].clone())
        .collect();
    assert_eq!(
        items,
        [
            json!(null),
            json!(1),
            json!(0),
            json!(0),
            json!(2),
            json!(0)
        ]
    );
    for (q, to) in [
        ("publisher:alpha", ""),
        ("source:import:alpha", "2026-11-24T05:00:00Z"),
    ] {
        let search = format!("/api/v1/search?q={q}&from=2026-11-24T03:00:00Z&to={to}");
        let coverage = world.get(&search).await.json()["coverage"].clone();
        assert_eq!(
            coverage,
            json!({"complete": true, "sources": 1, "missing": [], "note": null, "zero": null}),
            "{q}"
        );
    }
}

#[tokio::test]
async fn what_was_not_collected_is_null_in_a_timeline() {
    let world = World::new();
    let reply = world
        .get("/api/v1/timeline?q=%E4%BD%9C%E7%A5%A8&from=2026-11-24T05:00:00Z&to=2026-11-24T08:00:00Z&bin=1h&by=group")
        .await;
    let mut body = reply.json();
    body["coverage"].take();
    assert_eq!(
        body,
        json!({
            "query": "作票",
            "bin": "1h",
            "zone": "Asia/Taipei",
            "window": {"from": "2026-11-24T05:00:00Z", "to": "2026-11-24T08:00:00Z"},
            "by": "group",
            "bins": [
                {
                    "start": "2026-11-24T05:00:00Z", "end": "2026-11-24T06:00:00Z", "offset": "+08:00",
                    "items": null, "families": null, "stories": null, "by": null, "others": null, "late": false,
                    "coverage": {"complete": false, "sources": 3, "collected": 0},
                },
                {
                    "start": "2026-11-24T06:00:00Z", "end": "2026-11-24T07:00:00Z", "offset": "+08:00",
                    "items": 1, "families": 1, "stories": 1, "by": {"prc-state": 1}, "others": 0, "late": false,
                    "coverage": {"complete": false, "sources": 3, "collected": 1},
                },
                {
                    "start": "2026-11-24T07:00:00Z", "end": "2026-11-24T08:00:00Z", "offset": "+08:00",
                    "items": 1, "families": 1, "stories": 1, "by": {"tw-domestic": 1}, "others": 0, "late": false,
                    "coverage": {"complete": false, "sources": 3, "collected": 2},
                },
            ],
            "coverage": null,
            "permalink": "/search?q=%E4%BD%9C%E7%A5%A8&from=2026-11-24T05%3A00%3A00Z\
                &to=2026-11-24T08%3A00%3A00Z",
        })
    );
}

#[tokio::test]
async fn the_bins_of_a_stretch_add_up_to_its_total() {
    let world = World::new();
    let day = "from=2026-11-24T06:01:30Z&to=2026-11-24T08:10:00Z";
    let total = world.get(&format!("/api/v1/search?{day}")).await.json()["total"].clone();
    let body = world
        .get(&format!("/api/v1/timeline?{day}&bin=1h&by=family"))
        .await
        .json();
    let bins = body["bins"].as_array().unwrap();
    let sum: u64 = bins.iter().filter_map(|bin| bin["items"].as_u64()).sum();
    assert_eq!(total, 2);
    assert_eq!(sum, 2);
    assert_eq!(bins[0]["start"], "2026-11-24T06:01:30Z");
    assert_eq!(bins[1]["by"], json!({"beta-family": 1}));
}

#[tokio::test]
async fn a_query_that_cannot_be_read_is_pointed_at() {
    let world = World::new();
    let problem = world
        .get("/api/v1/search?q=%E4%BD%9C%E7%A5%A8%20AND%20(x")
        .await
        .is_problem(400, "query");
    assert!(problem["position"].is_u64(), "{problem}");
    assert_eq!(problem["instance"], "/api/v1/search");
    let problem = world
        .get("/api/v1/search?q=source:alpa")
        .await
        .is_problem(400, "query");
    assert_eq!(problem["suggestion"], "alpha");
}

#[tokio::test]
async fn slips_in_parameters_are_told() {
    let world = World::new();
    for path in [
        "/api/v1/search?query=x",
        "/api/v1/search?q=x&q=y",
        "/api/v1/search?limit=0",
        "/api/v1/search?limit=1001",
        "/api/v1/search?limit=many",
        "/api/v1/search?sort=best",
        "/api/v1/search?cursor=zzz",
        "/api/v1/search?from=yesterday",
        "/api/v1/search?from=now%20TO%20now%5D%20OR%20x%20time:%5Bnow",
        "/api/v1/search?from=2026-11-24&to=2026-11-23",
        "/api/v1/timeline?bin=5m",
        "/api/v1/timeline?by=mood",
        "/api/v1/timeline?from=2000-01-01&bin=10m",
        "/api/v1/bursts?cursor=1",
        "/api/v1/alerts?filter=closed",
        "/api/v1/sources?x=1",
    ] {
        let problem = world.get(path).await.is_problem(400, "parameter");
        assert!(problem["detail"].is_string(), "{path}");
    }
}

#[tokio::test]
async fn an_item_is_given_in_full_and_raw_as_a_file() {
    let world = World::new();
    let id = world.items[0];
    let body = world.get(&format!("/api/v1/items/{id}")).await.json();
    assert_eq!(body["text"], "選務人員作票,影片流傳");
    assert_eq!(body["versions"][0]["number"], 1);
    let capture = body["captures"][0]["id"].as_str().unwrap().to_owned();
    for path in [
        format!("/api/v1/items/{id}/raw"),
        format!("/api/v1/items/{id}/raw?capture={capture}"),
    ] {
        let raw = world.get(&path).await;
        assert_eq!(raw.status, 200);
        assert_eq!(raw.body.as_bytes(), CAPTURED);
        assert_eq!(raw.header("content-type"), "application/octet-stream");
        assert_eq!(raw.header("x-content-type-options"), "nosniff");
        assert!(raw.header("content-disposition").starts_with("attachment;"));
        assert!(raw.header("content-security-policy").starts_with("sandbox"));
    }
    for path in [
        format!("/api/v1/items/{id}/raw?capture=999"),
        "/api/v1/items/999".to_owned(),
        "/api/v1/items/%FF".to_owned(),
        "/api/v1/items/abc/raw".to_owned(),
        "/api/v1/bursts/none".to_owned(),
        "/api/v1/nothing".to_owned(),
        "/nothing".to_owned(),
    ] {
        world.get(&path).await.is_problem(404, "not-found");
    }
}

#[tokio::test]
async fn sources_bursts_and_alerts_are_listed() {
    let world = World::new();
    let sources = world.get("/api/v1/sources").await.json();
    let of: Vec<_> = sources["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|source| {
            (
                source["id"].as_str().unwrap(),
                source["state"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        of,
        [
            ("alpha", "ok"),
            ("beta", "ok"),
            ("delta", "off"),
            ("gamma", "blocked")
        ]
    );
    let gamma = &sources["items"][3];
    assert!(gamma["since"].is_string(), "{gamma}");
    assert!(gamma["why"].as_str().unwrap().contains("403"), "{gamma}");
    assert_eq!(sources["items"][0]["url"], "https://alpha.example.org/rss");

    let bursts = world
        .get("/api/v1/bursts?from=2026-11-24T00:00:00Z&limit=1")
        .await
        .json();
    assert_eq!(bursts["items"][0]["id"], "b1");
    assert_eq!(bursts["cursor"], json!(null));
    assert_eq!(
        world.get("/api/v1/bursts/b1").await.json(),
        bursts["items"][0]
    );
    assert_eq!(
        world
            .get("/api/v1/bursts?to=2026-11-24T00:00:00Z")
            .await
            .json()["items"],
        json!([])
    );

    let alerts = world.get("/api/v1/alerts?filter=open").await.json();
    assert_eq!(alerts["items"][0]["state"], "firing");
    assert_eq!(alerts["items"][0]["deliveries"][0]["attempts"], 2);
}

#[tokio::test]
async fn readiness_says_what_is_awaited() {
    let world = World::new();
    assert_eq!(world.get("/healthz").await.status, 200);
    assert_eq!(world.get("/readyz").await.json()["ready"], true);

    // Its first entries do not make a young daemon unready.
    let young = World::with(|_| {}, false, false);
    Derived::open(&young.dir).unwrap().clear().unwrap();
    assert_eq!(young.get("/readyz").await.json()["ready"], true);

    let broken = World::with(|_| {}, true, false);
    assert_eq!(broken.get("/healthz").await.status, 200);
    let problem = broken.get("/readyz").await.is_problem(503, "not-ready");
    assert!(problem["detail"].as_str().unwrap().contains("rebuilt"));
    let reply = broken.get("/api/v1/search?q=x").await;
    reply.is_problem(503, "index");
    assert_eq!(reply.header("retry-after"), "5");
}
