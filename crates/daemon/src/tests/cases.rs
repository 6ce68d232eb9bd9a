//! Cases over HTTP and on the page: what is put there, as it was, and taken along.

use axum::http::Method;
use serde_json::{Value, json};

use super::ask::Reply;
use super::world::{NOW, World};

const HOST: (&str, &str) = ("host", "127.0.0.1:7878");
const ORIGIN: (&str, &str) = ("origin", "http://127.0.0.1:7878");
const JSON: (&str, &str) = ("content-type", "application/json");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

async fn post(world: &World, path: &str, body: Value) -> Reply {
    let headers = [HOST, ORIGIN, JSON];
    world
        .send(Method::POST, path, &headers, body.to_string())
        .await
}

async fn send(world: &World, path: &str, form: &str) -> Reply {
    let headers = [HOST, ORIGIN, FORM];
    world
        .send(Method::POST, path, &headers, form.to_owned())
        .await
}

#[tokio::test]
async fn a_case_keeps_what_was_put_there_as_it_was() {
    let world = World::new();
    let item = world.items[0].to_string();
    let made = post(
        &world,
        "/api/v1/cases",
        json!({"title": " 作票  影片 ", "by": "Lin"}),
    )
    .await;
    assert_eq!(made.status, 201, "{}", made.body);
    let case = made.json();
    assert_eq!(
        (&case["id"], &case["title"], &case["opened"]),
        (&json!("c-1"), &json!("作票 影片"), &json!(NOW))
    );
    let entries = "/api/v1/cases/c-1/entries";
    for (kind, subject, note) in [
        ("burst", "b1", "the push"),
        ("item", item.as_str(), ""),
        ("story", item.as_str(), "one text"),
    ] {
        let body = json!({"kind": kind, "subject": subject, "note": note, "by": "Ana"});
        let reply = post(&world, entries, body).await;
        assert_eq!(reply.status, 201, "{kind}: {}", reply.body);
    }
    let note = json!({"kind": "note", "note": "line\n\u{202E}two", "by": "Lin"});
    let case = post(&world, entries, note).await.json();
    let numbers: Vec<&Value> = case["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["number"])
        .collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
    assert_eq!(case["entries"][0]["link"], "/bursts/b1");
    assert_eq!(case["entries"][1]["source"], "alpha");
    assert_eq!(case["entries"][3]["note"], "line\ntwo");

    let gone = post(
        &world,
        "/api/v1/cases/c-1/entries/2/remove",
        json!({"by": "Ana"}),
    )
    .await;
    assert_eq!(gone.json()["entries"].as_array().unwrap().len(), 3);
    let list = world.get("/api/v1/cases").await.json();
    assert_eq!(
        (&list["items"][0]["entries"], &list["items"][0]["by"]),
        (&json!(3), &json!("Lin"))
    );

    let file = world.get("/api/v1/cases/c-1?format=md").await;
    assert_eq!(
        file.header("content-disposition"),
        "attachment; filename=\"case-c-1.md\""
    );
    assert!(file.body.starts_with("# 作票 影片\n"), "{}", file.body);
    assert!(
        file.body.contains("- evidence: </bursts/b1>"),
        "{}",
        file.body
    );
    assert!(!file.body.contains("<script"), "{}", file.body);
    let file = world.get("/api/v1/cases/c-1?format=csv").await;
    assert_eq!(file.body.lines().count(), 4 + 1, "{}", file.body);
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused_and_leaves_nothing_behind() {
    let world = World::new();
    for (body, part) in [
        (json!({"title": " ", "by": "Lin"}), "a title is needed"),
        (json!({"title": "x"}), "it is not said who"),
        (
            json!({"title": "x".repeat(201), "by": "Lin"}),
            "the limit is 200",
        ),
    ] {
        let problem = post(&world, "/api/v1/cases", body).await;
        assert!(
            problem
                .is_problem(400, "parameter")
                .to_string()
                .contains(part)
        );
    }
    // A new case and its first entry: both or neither.
    let reply = send(
        &world,
        "/cases/add",
        "title=x&kind=burst&subject=none&by=Lin&case=&note=",
    )
    .await;
    assert_eq!(reply.status, 404, "{}", reply.body);
    assert_eq!(world.get("/api/v1/cases").await.json()["items"], json!([]));
    post(&world, "/api/v1/cases", json!({"title": "x", "by": "Lin"})).await;
    for (body, status) in [
        (json!({"kind": "note", "by": "Lin"}), 400),
        (
            json!({"kind": "note", "note": "x", "subject": "1", "by": "Lin"}),
            400,
        ),
        (json!({"kind": "burst", "by": "Lin"}), 400),
        (json!({"kind": "war", "subject": "1", "by": "Lin"}), 400),
        (
            json!({"kind": "note", "note": "x".repeat(4_001), "by": "Lin"}),
            400,
        ),
        (json!({"kind": "item", "subject": "999", "by": "Lin"}), 404),
    ] {
        let reply = post(&world, "/api/v1/cases/c-1/entries", body.clone()).await;
        assert_eq!(reply.status, status, "{body}: {}", reply.body);
    }
    for path in [
        "/api/v1/cases/c-2/entries",
        "/api/v1/cases/c-1/entries/9/remove",
    ] {
        let body = json!({"kind": "note", "note": "x", "by": "Lin"});
        let body = if path.ends_with("remove") {
            json!({"by": "Lin"})
        } else {
            body
        };
        assert_eq!(post(&world, path, body).await.status, 404, "{path}");
    }
    assert_eq!(world.get("/api/v1/cases/c-1?format=pdf").await.status, 400);
    assert_eq!(world.get("/cases/c-9").await.status, 404);
}

#[tokio::test]
async fn from_a_burst_to_a_case_and_its_file_without_script() {
    let world = World::new();
    let burst = world.get("/bursts/b1").await.body;
    assert!(burst.contains("action=\"/cases/add\""), "{burst}");
    let form = "title=%E4%BD%9C%E7%A5%A8&kind=burst&subject=b1&by=Lin&case=&note=%3Cb%3Ex";
    let reply = send(&world, "/cases/add", form).await;
    assert_eq!(
        (reply.status.as_u16(), reply.header("location")),
        (303, "/cases/c-1#entry-1")
    );
    // Now it is offered.
    let item = format!("/items/{}", world.items[0]);
    let page = world.get(&item).await.body;
    assert!(
        page.contains("<option value=\"c-1\">作票</option>"),
        "{page}"
    );
    let both = "case=c-1&title=other&kind=burst&subject=b1&by=Lin&note=";
    assert_eq!(send(&world, "/cases/add", both).await.status, 400);
    let form = format!(
        "case=c-1&title=&kind=item&subject={}&by=Ana&note=",
        world.items[0]
    );
    assert_eq!(send(&world, "/cases/add", &form).await.status, 303);
    assert_eq!(
        send(&world, "/cases/c-1/entries", "kind=note&note=seen&by=Ana")
            .await
            .status,
        303
    );
    let page = world.get("/cases/c-1").await;
    for part in [
        "&lt;b&gt;x",
        "href=\"/bursts/b1\"",
        "?format=md\"",
        "?format=csv\"",
        "id=\"entry-3\"",
    ] {
        assert!(page.body.contains(part), "{part}\n{}", page.body);
    }
    assert!(!page.without_our_script().contains("<script"));
    let reply = send(&world, "/cases/c-1/entries/2/remove", "by=Lin").await;
    assert_eq!(reply.status, 303);
    let page = world.get("/cases/c-1").await.body;
    assert!(!page.contains("id=\"entry-2\""), "{page}");
}
