//! What was and was not collected, hour by hour, and which zero a zero is.

use bellwether_archive::{Derived, ItemChange, StoredItem};
use bellwether_model::{Seq, SourceId};
use serde_json::{Value, json};

use super::imports::import;
use super::world::{World, item, outcome, t};

fn rows(body: &Value) -> Vec<(String, String)> {
    let rows = body["items"].as_array().unwrap();
    rows.iter()
        .map(|row| {
            let cells = row["cells"].as_array().unwrap().iter().map(|cell| {
                let marks = cell["marks"].as_array().unwrap().iter();
                std::iter::once(&cell["state"])
                    .chain(marks)
                    .map(|word| word.as_str().unwrap())
                    .collect::<Vec<_>>()
                    .join("+")
            });
            let id = row["id"].as_str().unwrap().to_owned();
            (id, cells.collect::<Vec<_>>().join(" "))
        })
        .collect()
}

/// An item of alpha that was published before anything was collected, and came with a later poll.
fn late() -> World {
    let mut id = None;
    let world = World::with(
        |writer| {
            let mut batch = outcome("alpha", "2026-11-24T08:06:00Z", None);
            batch.capture = Some(bellwether_archive::NewCapture {
                uri: "https://alpha.example.org/rss".to_owned(),
                at: t("2026-11-24T08:06:00Z"),
                kind: bellwether_archive::CaptureKind::Response {
                    status: 200,
                    headers: Vec::new(),
                },
                body: b"late".to_vec(),
            });
            batch.items = vec![item("alpha", "2026-11-24T04:30:00Z", "作票 late", "text")];
            let receipts = writer.append(&[batch]).unwrap();
            id = match receipts[0].changes[0] {
                ItemChange::New(id) => Some(id),
                _ => None,
            };
        },
        false,
        false,
    );
    let mut derived = Derived::open(&world.dir).unwrap();
    let state = derived.state().unwrap();
    derived.begin().unwrap();
    derived
        .put_item(
            &StoredItem {
                item: id.unwrap(),
                time: t("2026-11-24T04:30:00Z"),
                source: SourceId::new("alpha"),
                story: None,
            },
            Seq(0),
        )
        .unwrap();
    derived.commit(&state).unwrap();
    world
}

#[tokio::test]
async fn the_worst_comes_first_with_each_hour_and_why() {
    let world = World::new();
    let reply = world
        .get("/api/v1/coverage?from=2026-11-24T05:00:00Z")
        .await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let body = reply.json();
    let expected = [
        ("gamma", "before not+gap not+gap+paused not+gap"),
        (
            "alpha",
            "before collected+new-source collected+new-source collected",
        ),
        (
            "beta",
            "before before collected+new-source collected+new-source",
        ),
    ];
    let expected = expected.map(|(id, cells)| (id.to_owned(), cells.to_owned()));
    assert_eq!(rows(&body), expected);
    let head = json!({
        "window": {"from": "2026-11-24T05:00:00Z", "to": "2026-11-24T09:00:00Z"},
        "zone": "Asia/Taipei",
        "bin": "hour",
        "by": "source",
        "total": 3,
        "complete": 2,
        "hours_due": 8,
        "hours_collected": 5,
        "off": 1,
        "cursor": null,
    });
    for (name, value) in head.as_object().unwrap() {
        assert_eq!(&body[name], value, "{name}");
    }
    assert_eq!(
        body["items"][0]["cells"][1],
        json!({
            "start": "2026-11-24T06:00:00Z",
            "end": "2026-11-24T07:00:00Z",
            "state": "not",
            "marks": ["gap"],
            "hours_due": 1,
            "hours_collected": 0,
            "polls_expected": 1,
            "polls_made": 1,
            "polls_failed": 1,
            "error": "HTTP 403 (forbidden)",
            "items_new": 0,
            "items_expected": null,
            "items_late": 0,
        })
    );
    assert_eq!(body["items"][1]["cells"][1]["items_new"], 2);
}

#[tokio::test]
async fn what_came_later_is_counted_in_its_own_hour_and_said_to_be_late() {
    let world = late();
    let stretch = "from=2026-11-24T04:00:00Z&to=2026-11-24T06:00:00Z";
    let body = world
        .get(&format!("/api/v1/coverage?source=alpha&{stretch}"))
        .await
        .json();
    assert_eq!(rows(&body)[0].1, "before+backlog before");
    assert_eq!(body["items"][0]["cells"][0]["items_late"], 1);
    let body = world
        .get(&format!("/api/v1/timeline?q=source:alpha&bin=1h&{stretch}"))
        .await
        .json();
    let bin = |at: usize, name: &str| body["bins"][at][name].clone();
    assert_eq!((bin(0, "items"), bin(0, "late")), (json!(1), json!(true)));
    assert_eq!(bin(0, "coverage")["collected"], 0);
    assert_eq!(
        (bin(1, "items"), bin(1, "late")),
        (json!(null), json!(false))
    );
    let page = world
        .get("/search?q=source:alpha&from=2026-11-24T04:00:00Z")
        .await;
    assert!(page.body.contains("came later"), "{}", page.body);
}

#[tokio::test]
async fn rows_by_group_days_pages_and_lines() {
    let world = World::new();
    let by_group = world
        .get("/api/v1/coverage?by=group&from=2026-11-24T06:00:00Z&to=2026-11-24T08:00:00Z")
        .await
        .json();
    assert_eq!(
        rows(&by_group),
        [
            (
                "prc-state".to_owned(),
                "partly+new-source+gap partly+new-source+gap+paused".to_owned()
            ),
            (
                "tw-domestic".to_owned(),
                "before collected+new-source".to_owned()
            )
        ]
    );
    assert_eq!(by_group["items"][0]["sources"], 2);
    let days = world
        .get("/api/v1/coverage?bin=day&from=2026-11-23&source=alpha,delta")
        .await
        .json();
    // A day of Taipei begins at four in the afternoon (UTC).
    assert_eq!(days["window"]["from"], "2026-11-22T16:00:00Z");
    assert_eq!(
        rows(&days),
        [
            ("alpha".to_owned(), "before collected+new-source".to_owned()),
            ("delta".to_owned(), "before before".to_owned())
        ]
    );
    assert_eq!(days["items"][0]["hours_due"], 3);
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let body = world
            .get(&format!("/api/v1/coverage?limit=1&cursor={cursor}"))
            .await
            .json();
        found.extend(rows(&body).into_iter().map(|(id, _)| id));
        match body["cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(found, ["gamma", "alpha", "beta"]);
    let csv = world
        .get("/api/v1/coverage?from=2026-11-24T06:00:00Z&format=csv")
        .await
        .body;
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 1 + 3 * 3);
    assert_eq!(
        lines[1],
        "gamma,2026-11-24T06:00:00Z,2026-11-24T07:00:00Z,not,gap,1,0,1,1,1,HTTP 403 (forbidden),0,,,0"
    );
    let ndjson = world.get("/api/v1/coverage?format=ndjson&limit=2").await;
    assert_eq!(ndjson.body.lines().count(), 2);
}

#[tokio::test]
async fn what_cannot_be_shown_is_refused() {
    let world = World::new();
    for (query, part) in [
        ("bin=week", "`week` is not known; expected `hour` or `day`"),
        ("by=lang", "expected `source` or `group`"),
        ("source=nobody", "there is no source `nobody`"),
        ("group=nobody", "there is no group `nobody`"),
        ("from=2026-01-01", "more than 35 days"),
        ("from=2026-11-25", "lies ahead"),
        ("from=30d&bin=hour&limit=500", "more than 100000"),
        ("limit=501", "not between 1 and 500"),
    ] {
        let reply = world.get(&format!("/api/v1/coverage?{query}")).await;
        assert_eq!(reply.status, 400, "{query}: {}", reply.body);
        let detail = reply.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(part), "{query}: {detail}");
    }
}

/// Notes beside answers look at hours as bits, coverage by the hour looks at the log: both must say the same.
#[tokio::test]
async fn a_note_and_the_hours_say_the_same() {
    let world = World::with(
        |writer| {
            let (first, last) = ("2026-11-24T02:10:00Z", "2026-11-24T04:50:00Z");
            import(writer, "paper", first, last);
            import(writer, "gamma", first, last);
        },
        false,
        false,
    );
    let stretch = "from=2026-11-24T00:00:00Z&to=2026-11-24T08:10:00Z";
    let hours = world
        .get(&format!("/api/v1/coverage?{stretch}"))
        .await
        .json();
    let bins = world
        .get(&format!("/api/v1/timeline?bin=1h&{stretch}"))
        .await
        .json();
    let bins = bins["bins"].as_array().unwrap();
    assert_eq!(bins.len(), 9);
    for (at, bin) in bins.iter().enumerate() {
        let rows = hours["items"].as_array().unwrap().iter();
        let collected = rows.filter(|row| {
            let state = row["cells"][at]["state"].as_str().unwrap();
            ["collected", "partly", "import"].contains(&state)
        });
        assert_eq!(bin["coverage"]["collected"], collected.count(), "{bin}");
    }
}

#[tokio::test]
async fn a_zero_says_which_zero_it_is() {
    let world = World::new();
    for (query, zero, missing) in [
        ("q=source:alpha&from=2026-11-24T06:00:00Z", json!(null), 0),
        // Before the first poll of anybody.
        (
            "q=x&to=2026-11-24T05:00:00Z&from=2026-11-24T01:00:00Z",
            json!("unreachable"),
            3,
        ),
        ("q=source:gamma", json!("unreachable"), 1),
        ("q=source:delta", json!("off"), 0),
        (
            "q=source:beta&from=2026-11-24T08:00:00Z",
            json!("nothing-published"),
            0,
        ),
        (
            "q=nirgends&from=2026-11-24T06:00:00Z",
            json!("nothing-matched"),
            2,
        ),
        (
            "q=nirgends source:alpha&from=2026-11-24T06:00:00Z",
            json!("nothing-matched"),
            0,
        ),
        // In part: one was collected and silent, the other was not.
        (
            "q=(source:beta OR source:gamma)&from=2026-11-24T08:00:00Z",
            json!("nothing-published"),
            1,
        ),
    ] {
        let query = query.replace(' ', "%20");
        for what in ["search", "timeline", "facets", "terms"] {
            let reply = world.get(&format!("/api/v1/{what}?{query}")).await;
            assert_eq!(reply.status, 200, "{query}: {}", reply.body);
            let coverage = reply.json()["coverage"].clone();
            let is_asked_whole = what != "timeline" || query.contains("from=");
            if is_asked_whole {
                assert_eq!(coverage["zero"], zero, "{what} {query}");
                let named = coverage["missing"].as_array().unwrap().len();
                assert_eq!(named, missing, "{what} {query}");
            }
        }
    }
    for (q, words) in [
        ("source:gamma", "the number is unknown"),
        ("nirgends", "none matches"),
    ] {
        let page = world
            .get(&format!("/search?q={q}&from=2026-11-24T06:00:00Z"))
            .await;
        assert!(page.body.contains(words), "{q}: {}", page.body);
    }
}

#[tokio::test]
async fn the_page_of_sources_draws_the_hours() {
    let body = World::new().get("/sources").await.body;
    for part in [
        "url(#hatch-strip)",
        "collected in 0 of the last 3 hours",
        "collected in 3 of the last 3 hours",
        "hatched not collected, empty",
    ] {
        assert!(body.contains(part), "{part}\n{body}");
    }
    assert_eq!(body.matches("svg class=\"strip\"").count(), 3);
}

#[tokio::test]
async fn an_outage_between_two_imports_is_seen() {
    let world = World::with(
        |writer| {
            let last = "2026-11-23T23:00:00Z";
            import(writer, "gamma", "2026-10-26T00:00:00Z", last);
            import(writer, "alpha", "2026-11-12T00:10:00Z", last);
            import(
                writer,
                "alpha",
                "2026-10-26T00:00:00Z",
                "2026-11-10T23:10:00Z",
            );
        },
        false,
        false,
    );
    let window = "from=2026-11-10T22:00:00Z&to=2026-11-12T02:00:00Z";
    let body = world
        .get(&format!("/api/v1/coverage?source=alpha&{window}&bin=hour"))
        .await
        .json();
    let found = rows(&body).remove(0).1;
    let found: Vec<&str> = found.split(' ').collect();
    assert_eq!(found.len(), 28, "{body}");
    assert_eq!(found[..3], ["import", "import", "before"]);
    assert_eq!(found[25..], ["before", "import", "import"]);
    let search = format!("/api/v1/search?q=publisher:alpha&{window}");
    let coverage = world.get(&search).await.json()["coverage"].clone();
    assert_eq!(coverage["complete"], false, "{coverage}");
    let groups = world.get("/api/v1/groups").await.json();
    let state = &groups["items"][0];
    assert_eq!(
        (&state["baseline_days"], &state["baseline_ready"]),
        (&json!(27), &json!("2026-12-10")),
        "four weeks after it"
    );
}
