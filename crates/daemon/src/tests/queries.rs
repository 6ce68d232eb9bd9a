//! Saved queries over HTTP and on the page.

use axum::http::Method;
use serde_json::json;

use super::ask::Reply;
use super::world::World;

const HOST: (&str, &str) = ("host", "127.0.0.1:7878");
const ORIGIN: (&str, &str) = ("origin", "http://127.0.0.1:7878");
const JSON: (&str, &str) = ("content-type", "application/json");

async fn send(world: &World, method: Method, path: &str, body: serde_json::Value) -> Reply {
    world
        .send(method, path, &[HOST, ORIGIN, JSON], body.to_string())
        .await
}

#[tokio::test]
async fn a_query_is_saved_asked_changed_and_removed() {
    let world = World::new();
    let new = json!({"name": "作票 — daily", "query": "作票 OR \"a b\"", "from": "7d",
        "sort": "oldest", "zone": "Asia/Taipei", "author": "Lin"});
    let reply = send(&world, Method::POST, "/api/v1/queries", new.clone()).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    let saved = reply.json();
    let now = super::world::NOW;
    assert_eq!(
        saved,
        json!({"id": "作票-daily", "name": "作票 — daily", "query": "作票 OR \"a b\"",
            "from": "7d", "to": null, "sort": "oldest", "zone": "Asia/Taipei", "author": "Lin",
            "created": now, "updated": now, "permalink": saved["permalink"]})
    );
    let link = saved["permalink"].as_str().unwrap();
    assert!(
        link.contains("/search?q=%E4%BD%9C%E7%A5%A8%20OR%20%22a%20b%22&from=7d&to=&sort=oldest"),
        "{link}"
    );
    send(&world, Method::POST, "/api/v1/queries", new.clone())
        .await
        .is_problem(409, "name-taken");

    let path = "/api/v1/queries/%E4%BD%9C%E7%A5%A8-daily";
    assert_eq!(world.get(path).await.json(), saved);
    let changed = json!({"name": "作票", "query": "作票"});
    let reply = send(&world, Method::PUT, path, changed).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let list = world.get("/api/v1/queries").await.json();
    assert_eq!(list["items"][0]["name"], "作票");
    assert_eq!(list["items"][0]["from"], json!(null));
    let reply = send(&world, Method::DELETE, path, json!(null)).await;
    assert_eq!((reply.status.as_u16(), reply.body.as_str()), (204, ""));
    world.get(path).await.is_problem(404, "not-found");
    send(&world, Method::PUT, path, new)
        .await
        .is_problem(404, "not-found");
}

#[tokio::test]
async fn what_cannot_be_asked_is_not_saved() {
    let world = World::new();
    let path = "/api/v1/queries";
    for (body, kind, position) in [
        (
            json!({"name": "x", "query": "a AND (作票"}),
            "query",
            Some(6),
        ),
        (
            json!({"name": "x", "query": "source:nobody"}),
            "query",
            None,
        ),
        (json!({"name": " \n", "query": "a"}), "parameter", None),
        (
            json!({"name": "x".repeat(121), "query": "a"}),
            "parameter",
            None,
        ),
        (json!({"name": "x", "query": "a\0"}), "parameter", Some(1)),
        (
            json!({"name": "x", "query": "a", "from": "yesterday-ish"}),
            "parameter",
            None,
        ),
        (
            json!({"name": "x", "query": "a", "sort": "best"}),
            "parameter",
            None,
        ),
        (
            json!({"name": "x", "query": "a", "zone": "Mars/Base"}),
            "parameter",
            None,
        ),
        (
            json!({"name": "x", "query": "a", "limit": 3}),
            "parameter",
            None,
        ),
        (json!({"query": "a"}), "parameter", None),
        (json!(["a"]), "parameter", None),
    ] {
        let problem = send(&world, Method::POST, path, body.clone())
            .await
            .is_problem(400, kind);
        assert_eq!(problem["position"].as_u64(), position, "{body}: {problem}");
    }
    let headers = [HOST, ORIGIN, JSON];
    let torn = world
        .send(Method::POST, path, &headers, "{".to_owned())
        .await;
    torn.is_problem(400, "parameter");
    let large = world
        .send(Method::POST, path, &headers, "x".repeat(70_000))
        .await;
    large.is_problem(413, "body");
    assert_eq!(world.get(path).await.json()["items"], json!([]));
}

#[tokio::test]
async fn only_our_own_page_changes_anything() {
    let world = World::new();
    let body = || json!({"name": "x", "query": "a"}).to_string();
    let path = "/api/v1/queries";
    for (headers, status, kind) in [
        (vec![HOST, JSON], 403, "origin"),
        (
            vec![HOST, JSON, ("origin", "https://evil.example")],
            403,
            "origin",
        ),
        (vec![HOST, JSON, ("origin", "null")], 403, "origin"),
        (
            vec![
                HOST,
                JSON,
                ("origin", "null"),
                ("sec-fetch-site", "cross-site"),
            ],
            403,
            "origin",
        ),
        (
            vec![HOST, JSON, ("origin", "null"), ("sec-fetch-site", "none")],
            403,
            "origin",
        ),
        (
            vec![HOST, JSON, ORIGIN, ("sec-fetch-site", "same-site")],
            403,
            "origin",
        ),
        // What a form of another page could send even where it may.
        (
            vec![HOST, ORIGIN, ("content-type", "text/plain")],
            415,
            "media-type",
        ),
    ] {
        let reply = world.send(Method::POST, path, &headers, body()).await;
        reply.is_problem(status, kind);
    }
    let form = "name=%E4%BD%9C%E7%A5%A8&q=%E4%BD%9C%E7%A5%A8&from=7d&to=&author=".to_owned();
    // A browser names the origin of a page without referrer as `null`.
    let own = [HOST, ("origin", "null"), ("sec-fetch-site", "same-origin")];
    let elsewhere = [HOST, ("origin", "https://evil.example")];
    let refused = world
        .send(Method::POST, "/queries", &elsewhere, form.clone())
        .await;
    refused.is_problem(403, "origin");
    let reply = world
        .send(Method::POST, "/queries", &own, form.clone())
        .await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    assert_eq!(reply.header("location"), "/queries");
    let page = world.get("/queries").await.body;
    for part in [
        "1 saved query",
        "作票",
        "from 7d",
        "/queries/%E4%BD%9C%E7%A5%A8/remove",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    let again = world.send(Method::POST, "/queries", &own, form).await;
    assert_eq!(again.status, 409);
    assert!(
        again.body.contains("another saved query has this name"),
        "{}",
        again.body
    );
    let remove = "/queries/%E4%BD%9C%E7%A5%A8/remove";
    let reply = world.send(Method::POST, remove, &own, String::new()).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    assert!(
        world
            .get("/queries")
            .await
            .body
            .contains("No saved queries")
    );
}

#[tokio::test]
async fn figures_tell_how_far_each_part_is() {
    let world = World::new();
    world.get("/api/v1/search?q=secret-word").await;
    world.get("/api/v1/items/17171717").await;
    world.get("/no/such/path").await;
    let reply = world.get("/metrics").await;
    assert_eq!(
        reply.header("content-type"),
        "text/plain; version=0.0.4; charset=utf-8"
    );
    for line in [
        "bellwether_log_items 3",
        "bellwether_index_items 3",
        "bellwether_index_lag_items 0",
        "bellwether_derived_lag_entries 0",
        "bellwether_sources{state=\"blocked\"} 1",
        "bellwether_sources{state=\"ok\"} 2",
        "bellwether_alerts{state=\"firing\"} 1",
        "bellwether_alerts{state=\"acknowledged\"} 0",
        "bellwether_deliveries{state=\"pending\"} 1",
        "bellwether_deliveries{state=\"dead\"} 0",
        "bellwether_http_requests_total{route=\"/api/v1/search\",status=\"2xx\"} 1",
        "bellwether_http_requests_total{route=\"/api/v1/items/{id}\",status=\"4xx\"} 1",
        "bellwether_http_requests_total{route=\"unmatched\",status=\"4xx\"} 1",
        "bellwether_searches_total 1",
        "bellwether_uptime_seconds 0",
    ] {
        assert!(
            reply.body.lines().any(|one| one == line),
            "{line}\n{}",
            reply.body
        );
    }
    for secret in ["secret-word", "17171717", "作票", "newsroom-chat", "alpha"] {
        assert!(!reply.body.contains(secret), "{secret}\n{}", reply.body);
    }
    // Every sample belongs to a family that is described before it.
    let mut described = "";
    for line in reply.body.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            described = rest.split(' ').next().unwrap();
        } else if !line.starts_with('#') {
            assert!(line.starts_with(described), "{line} after {described}");
            let value = line.rsplit(' ').next().unwrap();
            assert!(value.parse::<f64>().is_ok(), "{line}");
        }
    }
}
