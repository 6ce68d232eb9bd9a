//! Silences over HTTP and on the page, the log of messages, and the feed of alerts.

use axum::http::Method;
use serde_json::{Value, json};

use super::ask::Reply;
use super::world::{NOW, World};

const HOST: (&str, &str) = ("host", "127.0.0.1:7878");
const ORIGIN: (&str, &str) = ("origin", "http://127.0.0.1:7878");
const JSON: (&str, &str) = ("content-type", "application/json");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const PATH: &str = "/api/v1/silences";

async fn post(world: &World, path: &str, body: Value) -> Reply {
    let headers = [HOST, ORIGIN, JSON];
    world
        .send(Method::POST, path, &headers, body.to_string())
        .await
}

fn wanted() -> Value {
    json!({"matchers": ["term = 作票", "severity!=\"critical\""], "by": "Lin", "comment": "known", "duration": "2h"})
}

#[tokio::test]
async fn a_silence_is_made_listed_and_ended_once() {
    let world = World::new();
    let made = post(&world, PATH, wanted()).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let silence = made.json();
    let expected = json!({"id": "s-1", "state": "active",
        "matchers": ["term=\"作票\"", "severity!=\"critical\""],
        "starts": NOW, "ends": "2026-11-24T10:10:00Z", "by": "Lin", "comment": "known",
        "ended_by": null});
    assert_eq!(silence, expected);
    let listed = world.get(PATH).await.json();
    assert_eq!(listed["items"], json!([expected]));
    let page = world.get("/silences").await.body;
    assert!(page.contains("known") && page.contains("作票"), "{page}");

    let path = "/api/v1/silences/s-1/end";
    assert_eq!(post(&world, path, json!({"by": " "})).await.status, 400);
    let ended = post(&world, path, json!({"by": "Ana"})).await.json();
    assert_eq!(
        (&ended["state"], &ended["ends"], &ended["ended_by"]),
        (&json!("ended"), &json!(NOW), &json!("Ana"))
    );
    assert_eq!(post(&world, path, json!({"by": "Eve"})).await.json(), ended);
    assert_eq!(world.get(PATH).await.json()["items"], json!([]));
    let all = world.get("/api/v1/silences?filter=all").await.json();
    assert_eq!(all["items"], json!([ended]));
    let unknown = post(&world, "/api/v1/silences/s-9/end", json!({"by": "Ana"})).await;
    assert_eq!(unknown.status, 404);
    assert_eq!(world.get("/api/v1/silences?filter=x").await.status, 400);
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused_and_says_why() {
    let world = World::new();
    for (field, value, part) in [
        ("matchers", json!([]), "matchers"),
        ("matchers", json!(["trem=x"]), "trem"),
        ("matchers", json!(["term!=x"]), "everything"),
        ("by", json!(""), "who"),
        ("comment", json!(""), "why"),
        ("duration", json!("soon"), "length of time"),
        ("duration", json!("9999d"), "a year"),
        ("starts", json!("2020-01-01T00:00:00Z"), "over already"),
    ] {
        let mut body = wanted();
        body[field] = value;
        let reply = post(&world, PATH, body.clone()).await;
        assert_eq!(reply.status, 400, "{body}");
        assert!(reply.body.contains(part), "{part}: {}", reply.body);
    }
    assert_eq!(world.get(PATH).await.json()["items"], json!([]));
    // From another page, or by a form that nobody of ours has sent.
    let elsewhere = [HOST, ("origin", "https://evil.example"), JSON];
    let reply = world.send(Method::POST, PATH, &elsewhere, wanted().to_string());
    assert_eq!(reply.await.status, 403);
}

#[tokio::test]
async fn forms_make_and_end_a_silence() {
    let world = World::new();
    let alert = world.get("/alerts/alert-1").await.body;
    assert!(alert.contains("id=\"acknowledge\""), "{alert}");
    let form = "matchers=rule%3D%22tw-ballot-fraud%22&duration=4h&by=Lin&comment=a+drill";
    let made = world
        .send(
            Method::POST,
            "/silences",
            &[HOST, ORIGIN, FORM],
            form.to_owned(),
        )
        .await;
    assert_eq!(
        (made.status.as_u16(), made.header("location")),
        (303, "/silences")
    );
    let page = world.get("/silences").await.body;
    assert!(
        page.contains("a drill") && page.contains("End it now"),
        "{page}"
    );
    let ended = world
        .send(
            Method::POST,
            "/silences/s-1/end",
            &[HOST, ORIGIN, FORM],
            "by=Ana".to_owned(),
        )
        .await;
    assert_eq!(ended.status, 303);
    let page = world.get("/silences").await.body;
    assert!(page.contains("No silence is in force."), "{page}");
    assert!(
        world
            .get("/silences?filter=all")
            .await
            .body
            .contains("ended by Ana")
    );
}

#[tokio::test]
async fn the_log_of_messages_says_what_became_of_each() {
    let world = World::new();
    let list = world.get("/api/v1/deliveries?limit=5").await.json();
    let delivery = &list["items"][0];
    assert_eq!(
        (
            &delivery["receiver"],
            &delivery["state"],
            &delivery["latency_ms"]
        ),
        (&json!("newsroom-chat"), &json!("pending"), &Value::Null)
    );
    let none = world
        .get("/api/v1/deliveries?receiver=another")
        .await
        .json();
    assert_eq!(none["items"], json!([]));
    assert_eq!(world.get("/api/v1/deliveries?limit=x").await.status, 400);
}

#[tokio::test]
async fn the_feed_tells_what_a_chat_is_told() {
    let world = World::new();
    let reply = world.get("/alerts.atom").await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(
        reply.header("content-type"),
        "application/atom+xml; charset=utf-8"
    );
    let feed = reply.body;
    for part in [
        "<feed xmlns=\"http://www.w3.org/2005/Atom\">",
        "<id>tag:bellwether.invalid,2026-11-28:alert-1</id>",
        "<title>[info] Burst: ",
        "<category term=\"firing\"/>",
        "First seen in our collection",
    ] {
        assert!(feed.contains(part), "{part}\n{feed}");
    }
    assert_eq!(feed.matches("<entry>").count(), 1);
}
