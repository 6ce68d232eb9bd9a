//! Relevance, and pages while items arrive.

use std::collections::BTreeSet;

use bellwether_archive::LogWriter;
use serde_json::json;

use super::counting::append;
use super::world::{World, item};

fn add(writer: &mut LogWriter, items: &[(&str, &str, &str)]) {
    let items = items
        .iter()
        .map(|(at, title, text)| item("beta", at, title, text));
    append(writer, items.collect());
}

async fn titles(world: &World, question: &str) -> Vec<String> {
    let reply = world.get(&format!("/api/v1/search?{question}")).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let body = reply.json();
    let items = body["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["title"].as_str().unwrap().to_owned())
        .collect()
}

/// FC-017: what is there as typed comes before what only folds together with it.
#[tokio::test]
async fn what_was_typed_comes_before_what_folds_together_with_it() {
    let world = World::with(
        |writer| {
            add(
                writer,
                &[
                    ("2026-11-24T07:00:00Z", "text only", "昨日王后出席典禮"),
                    ("2026-11-24T07:01:00Z", "王后出席典禮", "昨日"),
                    (
                        "2026-11-24T07:02:00Z",
                        "親王後來道歉",
                        "親王後來道歉,親王後來",
                    ),
                    ("2026-11-24T07:03:00Z", "王后", "王后與王后"),
                ],
            );
        },
        false,
        false,
    );
    let query = "q=%E7%8E%8B%E5%90%8E&sort=relevance";
    assert_eq!(
        titles(&world, query).await,
        ["王后", "王后出席典禮", "text only", "親王後來道歉"]
    );
    let body = world.get(&format!("/api/v1/search?{query}")).await.json();
    assert_eq!(
        (&body["sort"], &body["items_max"]),
        (&json!("relevance"), &json!(500))
    );
}

#[tokio::test]
async fn more_of_the_words_come_first() {
    let world = World::with(
        |writer| {
            add(
                writer,
                &[
                    ("2026-11-24T07:00:00Z", "a", "Ballot fraud"),
                    ("2026-11-24T07:01:00Z", "b", "ballot"),
                    ("2026-11-24T07:02:00Z", "c", "fraud"),
                    ("2026-11-24T07:03:00Z", "ballot d", "nothing else"),
                    ("2026-11-24T07:04:00Z", "e", "ballots"),
                ],
            );
        },
        false,
        false,
    );
    assert_eq!(
        titles(&world, "q=ballot%20OR%20fraud&sort=relevance").await,
        ["a", "ballot d", "c", "b", "e"]
    );
}

#[tokio::test]
async fn pages_neither_repeat_nor_leave_out_while_items_arrive() {
    for sort in ["newest", "oldest", "relevance"] {
        let numbered = |from: usize, minute: usize| -> Vec<(String, String)> {
            (from..from + 5)
                .map(|number| {
                    let at = format!("2026-11-24T07:{:02}:{:02}Z", minute, number % 60);
                    (at, format!("ballot {number}"))
                })
                .collect()
        };
        let put = |writer: &mut LogWriter, rows: &[(String, String)]| {
            let rows: Vec<_> = rows
                .iter()
                .map(|(at, title)| (at.as_str(), title.as_str(), title.as_str()))
                .collect();
            add(writer, &rows);
        };
        let world = World::with(
            |writer| {
                for round in 0..4 {
                    put(writer, &numbered(5 * round, 20 + round));
                }
            },
            false,
            false,
        );
        let mut seen = Vec::new();
        let mut cursor = String::new();
        for page in 0.. {
            let path = format!("/api/v1/search?q=ballot&limit=3&sort={sort}&cursor={cursor}");
            let body = world.get(&path).await.json();
            for item in body["items"].as_array().unwrap() {
                seen.push(item["title"].as_str().unwrap().to_owned());
            }
            match body["cursor"].as_str() {
                Some(next) => next.clone_into(&mut cursor),
                None => break,
            }
            if page < 4 {
                // Some are newer than all, some older.
                let mut writer = LogWriter::open(&world.dir).unwrap();
                put(&mut writer, &numbered(100 + 10 * page, 50));
                put(&mut writer, &numbered(105 + 10 * page, 5));
            }
        }
        let distinct: BTreeSet<&String> = seen.iter().collect();
        assert_eq!(distinct.len(), seen.len(), "{sort}: {seen:?}");
        for number in 0..20 {
            assert!(
                distinct.contains(&format!("ballot {number}")),
                "{sort} {number}"
            );
        }
        if sort == "relevance" {
            assert_eq!(seen.len(), 20);
        }
    }
}

#[tokio::test]
async fn a_cursor_is_of_its_order() {
    let world = World::new();
    for cursor in ["r1", "rzz.1", "r5.ffff", "5.5"] {
        let path = format!("/api/v1/search?sort=relevance&cursor={cursor}");
        world.get(&path).await.is_problem(400, "parameter");
    }
    let path = "/api/v1/search?cursor=r5.5";
    world.get(path).await.is_problem(400, "parameter");
}

#[tokio::test]
async fn an_item_read_before_is_shown_in_its_new_wording() {
    let world = World::with(
        |writer| add(writer, &[("2026-11-24T07:00:00Z", "first wording", "text")]),
        false,
        false,
    );
    assert_eq!(titles(&world, "q=wording").await, ["first wording"]);
    let mut writer = LogWriter::open(&world.dir).unwrap();
    let mut changed = item("beta", "2026-11-24T07:00:00Z", "first wording", "text");
    changed.title = "second wording".to_owned();
    append(&mut writer, vec![changed]);
    assert_eq!(titles(&world, "q=wording").await, ["second wording"]);
}
