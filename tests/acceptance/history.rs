//! The past of an account as it still shows it, read by the real program from a server on loopback.

use std::time::Duration;

use bellwether_testkit::{Answer, Project, Server, until};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

const PATH: &str = "/xrpc/app.bsky.feed.getAuthorFeed?actor=a.example";

/// A page of posts, one for each of some days before now, and the way to what is older.
fn page(days: std::ops::Range<i64>, cursor: Option<&str>) -> Answer {
    let now = Timestamp::now();
    let posts: Vec<_> = days
        .map(|day| {
            let at = now - SignedDuration::from_hours(24 * day + 1);
            json!({"post": {
                "uri": format!("at://did:plc:a/app.bsky.feed.post/{day}"),
                "author": {"did": "did:plc:a", "handle": "a.example"}, "repostCount": day,
                "record": {"text": format!("The count of day {day}"), "createdAt": at.to_string()},
            }})
        })
        .collect();
    let body = json!({"feed": posts, "cursor": cursor}).to_string();
    Answer::ok(body).header("Content-Type", "application/json")
}

#[test]
fn a_baseline_on_day_one() {
    let server = Server::scripted([
        (PATH.to_owned(), vec![page(0..15, Some("c1"))]),
        (format!("{PATH}&cursor=c1"), vec![page(15..36, None)]),
    ]);
    let project = Project::new();
    let source = |id: &str, kind: &str, path: &str| {
        format!(
            "[[source]]\nid = \"{id}\"\nkind = \"{kind}\"\nurl = \"{}\"\npublisher = \"{id}\"\n\
             groups = [\"press\"]\nevery = \"60s\"\n\n",
            server.url(path)
        )
    };
    let sources = source("account", "bluesky", PATH) + &source("front", "page", "/front");
    project.write("config/sources/all.toml", sources);

    // Nothing is known of the group yet.
    let first = ["import", "--history", "--pages", "1", "--json"];
    let lines = project.run(&first).good().lines();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert_eq!(
        (
            &lines[0]["source"],
            &lines[0]["end"],
            &lines[0]["items_new"]
        ),
        (&json!("account"), &json!("bounded"), &json!(14)),
        "what is younger than a day is left to polls"
    );
    assert_eq!(lines[0]["left_out_recent"], 1);
    assert_eq!(lines[1]["end"], "no-way-back");
    assert!(!lines[1]["why"].is_null());

    // The same command goes on where that one was.
    let more = project.run(&["import", "--history", "--source", "account", "--json"]);
    let line = more.good().json();
    assert_eq!(
        (&line["pages"], &line["items_new"]),
        (&json!(1), &json!(21))
    );
    assert_eq!(
        server.requests().iter().filter(|r| r.path == PATH).count(),
        1
    );

    let found = project
        .run(&["search", "count", "--json", "--limit", "50"])
        .good()
        .json();
    assert_eq!(found["total"], 35);
    let item = &found["items"][0];
    assert_eq!(
        (&item["source"], &item["time_reason"]),
        (&json!("account"), &json!("published"))
    );
    assert!(!item["imported_at"].is_null());
    assert_eq!(item["post"]["boosts"], 1);
    assert_eq!(project.run(&["bursts", "--json"]).good().lines().len(), 0);

    // Two families are needed and one was read: the other one has no way back.
    let shown = project.run(&["sources"]).good().out.clone();
    let row = shown
        .lines()
        .find(|line| line.starts_with("press"))
        .unwrap_or_default();
    assert!(
        row.contains("0 of 28") && row.contains("unknown"),
        "{shown}"
    );
    let sources = source("account", "bluesky", PATH);
    project.write("config/sources/all.toml", sources);
    let shown = project.run(&["sources"]).good().out.clone();
    assert!(
        shown.contains("28 of 28") || shown.contains("27 of 28"),
        "{shown}"
    );
    assert!(shown.contains("ready"), "{shown}");

    for (arguments, says) in [
        (
            vec!["import", "--history", "--source", "nobody"],
            "`nobody`",
        ),
        (vec!["import", "--history", "--group", "nobody"], "`nobody`"),
        (vec!["import", "--history", "file.ndjson"], "cannot be used"),
        (vec!["import"], "required"),
    ] {
        let ended = project.run(&arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.err);
        assert!(ended.err.contains(says), "{arguments:?}: {}", ended.err);
    }
}

/// Pages of three days each; a page holds its answer back when it is asked for the first time, so that
/// whoever asks is killed there.
#[test]
fn killed_while_it_pages_back_nothing_is_lost_or_there_twice() {
    const PAGES: usize = 4;
    let path = |page: usize| match page {
        0 => PATH.to_owned(),
        page => format!("{PATH}&cursor=c{page}"),
    };
    let server = Server::answering(move |request, before| {
        let Some(number) = (0..PAGES).find(|page| path(*page) == request.path) else {
            return Answer::status(404);
        };
        if before == 0 && number > 0 {
            std::thread::sleep(Duration::from_secs(60));
        }
        let day = i64::try_from(number).unwrap() * 3;
        let next = (number + 1 < PAGES).then(|| format!("c{}", number + 1));
        page(day..day + 3, next.as_deref())
    });
    let project = Project::new();
    project.write(
        "config/sources/all.toml",
        format!(
            "[[source]]\nid = \"account\"\nkind = \"bluesky\"\nurl = \"{}\"\npublisher = \"account\"\n",
            server.url(PATH)
        ),
    );
    let command = ["import", "--history", "--json"];
    for number in 1..PAGES {
        let running = project.start(&command);
        until("the next page", Duration::from_secs(30), || {
            (server.requests_for(&path(number)).len() == 1).then_some(())
        });
        running.kill();
    }
    let line = project.run(&command).good().json();
    assert_eq!(
        (&line["pages"], &line["end"]),
        (&json!(1), &json!("beginning"))
    );
    let asked: Vec<usize> = (0..PAGES)
        .map(|page| server.requests_for(&path(page)).len())
        .collect();
    assert_eq!(asked, [1, 2, 2, 2], "each goes on where the last one was");
    let found = project.run(&["search", "count", "--json", "--limit", "50"]);
    let found = found.good().json();
    // What is younger than a day is left to polls.
    assert_eq!(found["total"], 11);
    let days: std::collections::BTreeSet<String> = (found["items"].as_array().unwrap().iter())
        .map(|item| item["guid"].to_string())
        .collect();
    assert_eq!(days.len(), 11, "{days:?}");
    let verified = project.run(&["verify"]);
    assert_eq!(verified.code, Some(0), "{}{}", verified.out, verified.err);
}
