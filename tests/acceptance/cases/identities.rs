//! Which items are one.

use bellwether_testkit::{Answer, Entry, Project, Server, Source, now, rss, rss_date};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::collecting::{items, poll, project};
use super::{Case, Outcome, holds, same};

const FEED: &str = "/feed.xml";

/// One guid on every item names none of them.
pub(super) fn one_guid(case: &Case) -> Outcome {
    let feed = case.input()["feed"].as_str().unwrap();
    let server = Server::scripted([(FEED, vec![Answer::feed(feed)])]);
    let project = project(&server, &[FEED]);
    poll(&project, FEED);
    let kept = items(&project, FEED);
    same("items", kept.len(), 3)?;
    let again = poll(&project, FEED);
    same(
        "new",
        (&again["items_new"], &again["items_updated"]),
        (&Value::from(0), &Value::from(0)),
    )?;
    same("items", items(&project, FEED).len(), 3)?;
    let told = again["repaired"].as_str().unwrap_or_default();
    holds(told.contains("guid"), || {
        format!("nothing says that guids are not unique: {again}")
    })
}

/// A rewritten article is one item with two wordings.
pub(super) fn rewritten(case: &Case) -> Outcome {
    let first = now() - SignedDuration::from_mins(30);
    let answer = |poll: &str, minutes: i64| {
        let item = &case.input()[poll]["item"];
        let text = |key: &str| item[key].as_str().unwrap().to_owned();
        let at = first + SignedDuration::from_mins(minutes);
        Answer::feed(rss(&[Entry {
            guid: text("guid"),
            link: text("link"),
            title: text("title"),
            date: rss_date(at),
            ..Entry::default()
        }]))
    };
    let server = Server::scripted([(FEED, vec![answer("poll_1", 0), answer("poll_2", 20)])]);
    let project = project(&server, &[FEED]);
    poll(&project, FEED);
    let before = items(&project, FEED).remove(0);
    poll(&project, FEED);
    let kept = items(&project, FEED);
    same("items", kept.len(), 1)?;
    let after = &kept[0];
    same("versions", after["versions"].as_u64(), Some(2))?;
    same("captures", after["captures"].as_array().unwrap().len(), 2)?;
    for field in ["id", "seen", "time"] {
        same(field, &after[field], &before[field])?;
    }
    for query in ["\"niega cambios\"", "\"registro de votantes\""] {
        let found = project.run(&["search", query, "--json"]).good().json();
        same(query, found["total"].as_u64(), Some(1))?;
    }
    let mut running = project.start(&["run"]);
    let detail = running
        .get(&format!("/api/v1/items/{}", after["id"].as_str().unwrap()))
        .json();
    let versions = detail["versions"].as_array().unwrap();
    let titles: Vec<&Value> = versions.iter().map(|version| &version["title"]).collect();
    let expected = ["poll_1", "poll_2"].map(|poll| &case.input()[poll]["item"]["title"]);
    same("wordings", titles, expected.to_vec())?;
    for (version, minutes) in versions.iter().zip([0, 20]) {
        let published = first + SignedDuration::from_mins(minutes);
        let claimed: Timestamp = version["published"].as_str().unwrap().parse().unwrap();
        same(
            "what each claims",
            claimed.as_second(),
            published.as_second(),
        )?;
        let capture = detail["captures"].as_array().unwrap().iter();
        let mut holding = capture.filter(|capture| capture["id"] == version["capture"]);
        holds(holding.next().is_some(), || {
            format!("no capture holds it: {detail}")
        })?;
    }
    same(
        "the first was received first",
        &versions[0]["seen"],
        &before["seen"],
    )?;
    holds(
        versions[1]["seen"].as_str() > versions[0]["seen"].as_str(),
        || format!("the second wording was received when: {detail}"),
    )?;
    let alerts = running.get("/api/v1/alerts").json();
    same("alerts", alerts["items"].as_array().unwrap().len(), 0)?;
    running.terminate();
    let query = case.input()["saved_query"].as_str().unwrap();
    let timeline = project
        .run(&["timeline", query, "--from", "2d", "--bin", "1d", "--json"])
        .good()
        .json();
    let bins = timeline["bins"].as_array().unwrap();
    let counted: u64 = bins.iter().filter_map(|bin| bin["items"].as_u64()).sum();
    same("counted", counted, 1)
}

/// One article in several feeds of an outlet, under several spellings of its address.
pub(super) fn many_feeds(case: &Case) -> Outcome {
    let rows = case.input()["items"].as_array().unwrap();
    let feeds = ["top", "politics", "local"];
    let server = Server::scripted(feeds.map(|feed| {
        let entries: Vec<Entry> = rows
            .iter()
            .filter(|row| row["feed"] == feed)
            .map(|row| Entry {
                link: row["link"].as_str().unwrap().to_owned(),
                title: row["text"].as_str().unwrap().to_owned(),
                ..Entry::default()
            })
            .collect();
        (format!("/{feed}.xml"), vec![Answer::feed(rss(&entries))])
    }));
    let project = Project::new();
    project.sources(&feeds.map(|feed| Source {
        country: String::new(),
        id: feed.to_owned(),
        url: server.url(&format!("/{feed}.xml")),
        publisher: "outlet".to_owned(),
    }));
    for feed in feeds {
        poll(&project, feed);
    }
    let kept = project.run(&["items", "--json"]).good().lines();
    same("items", kept.len(), 2)?;
    let article = kept
        .iter()
        .find(|item| item["url"].as_str().unwrap_or_default().contains("812"))
        .ok_or_else(|| format!("no item 812: {kept:?}"))?;
    same(
        "address",
        &article["url"],
        &Value::from("https://news.example.tw/story?id=812"),
    )?;
    same("seen in", article["sources"].as_array().unwrap().len(), 3)?;
    let timeline = project
        .run(&[
            "timeline",
            "選票印製流程",
            "--from",
            "2d",
            "--bin",
            "1d",
            "--json",
        ])
        .good()
        .json();
    let bins = timeline["bins"].as_array().unwrap();
    let families: u64 = bins.iter().filter_map(|bin| bin["families"].as_u64()).sum();
    same("families", families, 1)
}
