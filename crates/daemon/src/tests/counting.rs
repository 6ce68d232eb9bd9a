//! Timelines, facets and characteristic words.

use bellwether_archive::{Batch, CaptureKind, LogWriter, NewCapture, NewItem};
use serde_json::{Value, json};

use super::world::{World, item, t};

/// Appends items as one answer of a source.
pub(super) fn append(writer: &mut LogWriter, items: Vec<NewItem>) {
    let mut batch = Batch::new(t("2026-11-24T08:00:00Z"));
    batch.capture = Some(NewCapture {
        uri: "https://beta.example.org/rss".to_owned(),
        at: batch.at,
        kind: CaptureKind::Response {
            status: 200,
            headers: Vec::new(),
        },
        body: format!("{items:?}").into_bytes(),
    });
    batch.items = items;
    writer.append(&[batch]).unwrap();
}

/// Items that talk of one thing, beside others that do not.
fn more(writer: &mut LogWriter) {
    let mut items = Vec::new();
    for (source, at, title, text) in [
        (
            "alpha",
            "2026-11-24T07:01:00Z",
            "選務 作票 #Taiwan",
            "開票所作票影片瘋傳",
        ),
        (
            "beta",
            "2026-11-24T07:02:00Z",
            "Ballot",
            "開票所 ballot stuffing 作票 #taiwan",
        ),
        (
            "delta",
            "2026-11-24T07:03:00Z",
            "開票所",
            "開票所的作票傳聞",
        ),
        ("stranger", "2026-11-24T07:04:00Z", "作票", "查核"),
        (
            "delta",
            "2026-11-24T07:05:00Z",
            "Weather",
            "Sunny in the whole country",
        ),
        (
            "delta",
            "2026-11-24T07:06:00Z",
            "Sport",
            "A win for the whole country",
        ),
        (
            "delta",
            "2026-11-24T07:07:00Z",
            "Markets",
            "Calm in the whole country",
        ),
    ] {
        items.push(item(source, at, title, text));
    }
    append(writer, items);
}

fn world() -> World {
    World::with(more, false, false)
}

async fn facets(world: &World, question: &str) -> Value {
    let reply = world.get(&format!("/api/v1/facets?{question}")).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()
}

fn of<'a>(body: &'a Value, field: &str) -> &'a Value {
    let facets = body["facets"].as_array().unwrap();
    facets.iter().find(|one| one["field"] == field).unwrap()
}

/// Values with their items.
fn items(facet: &Value) -> Vec<(String, u64)> {
    let values = facet["values"].as_array().unwrap();
    values
        .iter()
        .map(|value| {
            let items = value["items"].as_u64().unwrap();
            (value["value"].as_str().unwrap().to_owned(), items)
        })
        .collect()
}

fn expected(list: &[(&str, u64)]) -> Vec<(String, u64)> {
    list.iter()
        .map(|(name, n)| ((*name).to_owned(), *n))
        .collect()
}

#[tokio::test]
async fn facets_say_what_the_matches_are_made_of() {
    let world = world();
    let by = "by=group,source,family,affiliation,country,tag,lang,platform";
    let body = facets(&world, &format!("q=%E4%BD%9C%E7%A5%A8&{by}")).await;
    // Two of the world, four of these.
    assert_eq!(body["total"]["items"], 6);
    assert_eq!(body["total"]["families"], 4);
    assert_eq!(body["zone"], "Asia/Taipei");
    let group = of(&body, "group");
    assert_eq!(
        items(group),
        expected(&[("tw-domestic", 3), ("prc-state", 2)])
    );
    assert_eq!(group["values"][0]["name"], "Taiwanese media");
    assert_eq!(group["values"][0]["families"], 2);
    assert_eq!(group["unknown"]["items"], 1);
    assert_eq!(
        items(of(&body, "source")),
        expected(&[("alpha", 2), ("beta", 2), ("delta", 1), ("stranger", 1)])
    );
    assert_eq!(
        items(of(&body, "affiliation")),
        expected(&[("unknown", 4), ("state-controlled", 2)])
    );
    // No source has a country: all are unknown, none is nothing.
    let country = of(&body, "country");
    assert_eq!(
        (&country["values"], &country["unknown"]["items"]),
        (&json!([]), &json!(6))
    );
    assert_eq!(items(of(&body, "tag")), expected(&[("taiwan", 2)]));
    assert_eq!(of(&body, "tag")["unknown"]["items"], 4);
    let families = of(&body, "family");
    assert_eq!(families["values"][3]["value"], "publisher:stranger");
}

#[tokio::test]
async fn facets_beyond_the_limit_are_counted_together() {
    let world = world();
    let body = facets(&world, "q=%E4%BD%9C%E7%A5%A8&by=source&limit=1").await;
    let source = of(&body, "source");
    assert_eq!(items(source), expected(&[("alpha", 2)]));
    assert_eq!(source["others"], json!({"values": 3, "items": 4}));
}

#[tokio::test]
async fn the_largest_stories_come_with_a_title() {
    let world = world();
    let body = facets(&world, "q=&by=story&limit=1").await;
    let story = of(&body, "story");
    let value = &story["values"][0];
    assert_eq!(value["items"], 2);
    assert_eq!(value["value"], world.items[0].to_string());
    assert!(
        value["name"].as_str().unwrap().starts_with("作票"),
        "{value}"
    );
    assert_eq!(
        (&value["families"], &value["stories"]),
        (&json!(2), &json!(1))
    );
}

#[tokio::test]
async fn what_cannot_be_counted_by_is_told() {
    let world = world();
    for path in [
        "/api/v1/facets?by=mood",
        "/api/v1/facets?by=,",
        "/api/v1/facets?limit=0",
        "/api/v1/facets?limit=1001",
        "/api/v1/facets?sort=newest",
        "/api/v1/facets?names=yes",
        "/api/v1/facets?zone=Mars/Olympus",
        "/api/v1/terms?by=lang",
        "/api/v1/terms?limit=101",
        "/api/v1/timeline?zone=Asia",
        "/api/v1/search?zone=..%2F..%2Fetc",
    ] {
        let problem = world.get(path).await.is_problem(400, "parameter");
        assert!(problem["detail"].is_string(), "{path}");
    }
}

#[tokio::test]
async fn words_that_set_the_matches_apart_come_first() {
    let world = world();
    let body = world.get("/api/v1/terms?q=%E4%BD%9C%E7%A5%A8").await.json();
    assert_eq!((&body["total"], &body["sampled"]), (&json!(6), &json!(6)));
    assert_eq!(body["outside"], 4);
    let terms: Vec<&str> = body["terms"]
        .as_array()
        .unwrap()
        .iter()
        .map(|term| term["term"].as_str().unwrap())
        .collect();
    assert!(!terms.contains(&"作票"), "{terms:?}");
    // Of so few items nothing is beyond chance.
    assert_eq!(terms, Vec::<&str>::new());

    let world = World::with(
        |writer| {
            let mut items = Vec::new();
            for number in 0..40 {
                let at = format!("2026-11-24T07:{:02}:00Z", number % 40);
                let text = match number % 4 {
                    0 => format!("作票影片在開票所拍到 number {number} of the day"),
                    _ => format!("other news number {number} of the day"),
                };
                items.push(item("beta", &at, &format!("t{number}"), &text));
            }
            append(writer, items);
        },
        false,
        false,
    );
    let reply = world
        .get("/api/v1/terms?q=%E4%BD%9C%E7%A5%A8%20source:beta&limit=5")
        .await;
    let body = reply.json();
    let first = &body["terms"][0];
    let term = first["term"].as_str().unwrap();
    assert!(
        ["開票所", "開票", "影片", "拍到"].contains(&term),
        "{}",
        reply.body
    );
    assert!(first["matching"].as_u64().unwrap() >= 10, "{}", reply.body);
    for term in body["terms"].as_array().unwrap() {
        let word = term["term"].as_str().unwrap();
        assert!(
            !["number", "of", "the", "day", "作票"].contains(&word),
            "{word}"
        );
    }
}

#[tokio::test]
async fn a_timeline_counts_by_any_field_in_any_zone() {
    let world = world();
    let day = "from=2026-11-24T07:00:00Z&to=2026-11-24T08:00:00Z&bin=1h";
    for (by, expected) in [
        (
            "source",
            json!({"alpha": 1, "beta": 2, "delta": 1, "stranger": 1}),
        ),
        ("affiliation", json!({"state-controlled": 1, "unknown": 4})),
        ("country", json!({"unknown": 5})),
        ("tag", json!({"taiwan": 2})),
        (
            "publisher",
            json!({"alpha": 1, "beta": 2, "delta": 1, "stranger": 1}),
        ),
    ] {
        let body = world
            .get(&format!(
                "/api/v1/timeline?q=%E4%BD%9C%E7%A5%A8&{day}&by={by}"
            ))
            .await
            .json();
        assert_eq!(body["by"], by);
        assert_eq!(body["bins"][0]["by"], expected, "{by}");
        assert_eq!(body["bins"][0]["items"], 5);
    }
    let body = world
        .get("/api/v1/timeline?q=&from=2026-11-24&to=2026-11-24&bin=1d&zone=America/New_York")
        .await
        .json();
    assert_eq!(body["zone"], "America/New_York");
    assert_eq!(body["bins"][0]["start"], "2026-11-24T05:00:00Z");
    assert_eq!(body["bins"][0]["offset"], "-05:00");
    assert_eq!(
        body["window"],
        json!({"from": "2026-11-24T05:00:00Z", "to": "2026-11-25T05:00:00Z"})
    );
}

#[tokio::test]
async fn bins_follow_clocks_that_change() {
    let events = [
        "2026-11-01T03:59:59Z",
        "2026-11-01T04:00:00Z",
        "2026-11-01T05:30:00Z",
        "2026-11-01T06:30:00Z",
        "2026-11-02T04:30:00Z",
        "2026-11-02T05:00:00Z",
    ];
    let world = World::with(
        |writer| {
            append(
                writer,
                events.map(|at| item("delta", at, "day", at)).to_vec(),
            );
        },
        false,
        false,
    );
    let ask = async |from: &str, to: &str, bin: &str| {
        let path =
            format!("/api/v1/timeline?q=day&from={from}&to={to}&bin={bin}&zone=America/New_York");
        world.get(&path).await.json()["bins"].clone()
    };
    let days = ask("2026-10-31", "2026-11-02", "1d").await;
    let starts: Vec<_> = days
        .as_array()
        .unwrap()
        .iter()
        .map(|bin| &bin["start"])
        .collect();
    assert_eq!(
        starts,
        [
            "2026-10-31T04:00:00Z",
            "2026-11-01T04:00:00Z",
            "2026-11-02T05:00:00Z"
        ]
    );
    let hours = ask("2026-11-01", "2026-11-01", "1h").await;
    assert_eq!(hours.as_array().unwrap().len(), 25);
    assert_eq!(
        (&hours[1]["offset"], &hours[2]["offset"]),
        (&json!("-04:00"), &json!("-05:00"))
    );
    assert_eq!(
        ask("2026-03-08", "2026-03-08", "1h")
            .await
            .as_array()
            .unwrap()
            .len(),
        23
    );
}
