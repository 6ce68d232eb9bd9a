//! The first page, and how readers want pages shown.

use axum::http::Method;

use super::ask::Reply;
use super::world::World;

const HOST: (&str, &str) = ("host", "127.0.0.1:7878");
const ORIGIN: (&str, &str) = ("origin", "http://127.0.0.1:7878");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

async fn with_cookie(world: &World, path: &str, cookie: &str) -> Reply {
    world
        .ask(Method::GET, path, &[HOST, ("cookie", cookie)])
        .await
}

async fn prefer(world: &World, form: &str) -> Reply {
    world
        .send(
            Method::POST,
            "/prefer",
            &[HOST, ORIGIN, FORM],
            form.to_owned(),
        )
        .await
}

#[tokio::test]
async fn the_first_page_says_what_is_pushed_and_what_is_missing() {
    let world = World::new();
    let page = world.get("/").await.body;
    for part in [
        "<h1>",
        "href=\"/bursts/b1\"",
        "href=\"/alerts/alert-1\"",
        "1 voice",
        "usual under 0.1 (0 to 1)",
        "first look on this device",
        "are being collected",
        // One source fails, and is named.
        "href=\"/sources?source=gamma#source-gamma\"",
        // Hours before anything was collected are hatched, and said to be.
        "fill=\"url(#hatch-spark)\"",
        "not collected, so unknown and not zero",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    assert!(page.len() < 250_000);
}

#[tokio::test]
async fn without_a_burst_it_says_so_and_how_complete_that_is() {
    let world = World::new();
    // Of what has resolved nothing is open.
    let path = "/api/v1/alerts/alert-1/acknowledge";
    let reply = world
        .send(
            Method::POST,
            path,
            &[HOST, ORIGIN, ("content-type", "application/json")],
            r#"{"by": "Lin"}"#.to_owned(),
        )
        .await;
    assert_eq!(reply.status, 200);
    let page = world.get("/").await.body;
    assert!(
        page.contains("acknowledged") && page.contains("Lin"),
        "{page}"
    );
}

#[tokio::test]
async fn what_changed_is_told_from_the_last_look_on() {
    let world = World::new();
    let first = world.get("/").await;
    let looked = first.header("set-cookie").to_owned();
    assert!(
        looked.starts_with("bellwether_looked=1795507800; "),
        "{looked}"
    );
    // Hours ago: what happened since is told, and the present look kept.
    let old = "bellwether_looked=1795400000";
    let reply = with_cookie(&world, "/", old).await;
    assert!(reply.body.contains("Burst found: "), "{}", reply.body);
    let kept = reply
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(kept, "bellwether_looked=1795507800.1795400000");
    let page = with_cookie(&world, "/", &kept).await.body;
    assert!(page.contains("Burst found: "), "{page}");
    let page = with_cookie(&world, "/", "bellwether_looked=1795507800.1795507700")
        .await
        .body;
    assert!(page.contains("Nothing has changed since"), "{page}");
}

#[tokio::test]
async fn a_search_by_an_old_link_is_led_to_where_searches_are() {
    let world = World::new();
    let reply = world.get("/?q=%E4%BD%9C%E7%A5%A8&from=7d").await;
    assert_eq!(reply.status, 308);
    assert_eq!(
        reply.header("location"),
        "/search?q=%E4%BD%9C%E7%A5%A8&from=7d"
    );
}

#[tokio::test]
async fn a_reader_chooses_language_zone_and_theme() {
    let world = World::new();
    let reply = prefer(&world, "language=zh-Hant&then=%2Falerts").await;
    assert_eq!(
        (reply.status.as_u16(), reply.header("location")),
        (303, "/alerts")
    );
    assert!(
        reply
            .header("set-cookie")
            .starts_with("bellwether_language=zh-Hant; ")
    );
    for (form, cookie) in [
        (
            "zone=America%2FNew_York",
            "bellwether_zone=America/New_York; ",
        ),
        ("theme=dark", "bellwether_theme=dark; "),
        ("keys=off", "bellwether_keys=off; "),
    ] {
        let reply = prefer(&world, form).await;
        assert!(reply.header("set-cookie").starts_with(cookie), "{form}");
        assert_eq!(reply.header("location"), "/");
    }
    for bad in [
        "language=de",
        "zone=..%2Fetc",
        "theme=pink",
        "keys=maybe",
        "colour=x",
        "language=en%0D%0ASet-Cookie%3A+x",
    ] {
        let reply = prefer(&world, bad).await;
        assert_eq!(reply.status, 400, "{bad}");
        assert!(!reply.headers.contains_key("set-cookie"), "{bad}");
    }
    let away = prefer(&world, "theme=dark&then=%2F%2Fevil.example").await;
    assert_eq!(away.header("location"), "/");

    let cookies = "bellwether_language=zh-Hant; bellwether_zone=UTC; bellwether_theme=dark";
    let page = with_cookie(&world, "/", cookies).await.body;
    for part in [
        "<html lang=\"zh-Hant\" data-theme=\"dark\"",
        "進行中的突增",
        "1 個發聲單位",
        "11 月 24 日（二）08:10",
        "UTC (UTC+00:00)",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
}

#[tokio::test]
async fn elections_and_narratives_are_shown_with_what_is_not_known() {
    let world = World::new();
    let list = world.get("/api/v1/elections").await.json();
    let shown = world.get("/elections").await.body;
    for election in list["items"].as_array().unwrap() {
        let id = format!("id=\"election-{}\"", election["id"].as_str().unwrap());
        assert!(shown.contains(&id), "{shown}");
        for phase in election["phases"].as_array().unwrap() {
            assert!(phase["in_force"].is_boolean() || phase["in_force"].is_null());
        }
    }
    let list = world.get("/api/v1/narratives").await.json();
    for narrative in list["items"].as_array().unwrap() {
        let id = narrative["id"].as_str().unwrap();
        // So little history says nothing of a usual week.
        assert!(narrative["usual_7d"].is_null(), "{narrative}");
        let page = world.get(&format!("/narratives/{id}")).await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(
            page.body.contains("not that it makes the claim"),
            "{}",
            page.body
        );
        let one = world.get(&format!("/api/v1/narratives/{id}")).await.json();
        assert_eq!(&one, narrative);
    }
    assert_eq!(world.get("/narratives/none").await.status, 404);
    world
        .get("/api/v1/narratives/none")
        .await
        .is_problem(404, "not-found");
}

#[tokio::test]
async fn changes_are_told_as_they_are() {
    let world = World::new();
    let reply = world.get("/api/v1/stream").await;
    assert_eq!(reply.header("content-type"), "text/event-stream");
    let data = reply.body.split("data: ").nth(1).unwrap().trim();
    let state: serde_json::Value = serde_json::from_str(data).unwrap();
    assert_eq!(state["open"], 1);
    assert!(
        reply.body.starts_with("retry: 3000\nevent: state\n"),
        "{}",
        reply.body
    );
    assert_eq!(world.get("/api/v1/stream?x=1").await.status, 400);
}
