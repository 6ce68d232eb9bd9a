//! Dates as feeds have them, and the time at which an item is placed.

use std::collections::BTreeMap;

use bellwether_testkit::{Answer, Entry, Server, now, rss, rss_date};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::collecting::{items, poll, project, project_from};
use super::{Case, Outcome, holds, same};

const FEED: &str = "/feed.xml";

fn entry(title: &str, date: &str) -> Entry {
    Entry {
        guid: title.to_owned(),
        title: title.to_owned(),
        date: date.to_owned(),
        ..Entry::default()
    }
}

fn feed(entries: &[Entry]) -> Vec<Answer> {
    vec![Answer::feed(rss(entries))]
}

fn time(item: &Value, field: &str) -> Timestamp {
    item[field].as_str().unwrap().parse().unwrap()
}

/// Every zone is read as what it is.
pub(super) fn zones(case: &Case) -> Outcome {
    let expected = case.expected()["results"].as_object().unwrap();
    let entries: Vec<Entry> = expected.keys().map(|date| entry(date, date)).collect();
    let server = Server::scripted([(FEED, feed(&entries))]);
    let project = project(&server, &[FEED]);
    poll(&project, FEED);
    let found: BTreeMap<String, Value> = items(&project, FEED)
        .into_iter()
        .map(|item| {
            (
                item["title"].as_str().unwrap().to_owned(),
                item["published"].clone(),
            )
        })
        .collect();
    for (date, expected) in expected {
        same(date, found.get(date), Some(expected))?;
    }
    Ok(())
}

/// A wall clock without a zone, or with a name of several zones, is read by the clocks of the country
/// the source speaks from; where that is not known, it puts nothing into the future and says why. The
/// original is shown.
pub(super) fn without_zone(_: &Case) -> Outcome {
    // A quarter of an hour ago in Asia/Shanghai, as in the case.
    let published = now() - SignedDuration::from_mins(15);
    let local = published + SignedDuration::from_hours(8);
    let dates = [
        local.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        local.strftime("%a, %d %b %Y %H:%M:%S CST").to_string(),
    ];
    let entries: Vec<Entry> = dates.iter().map(|date| entry(date, date)).collect();
    let server = Server::scripted([(FEED, feed(&entries))]);
    for country in [Some("CN"), None] {
        let project = project_from(&server, &[FEED], country);
        poll(&project, FEED);
        let kept = items(&project, FEED);
        same("items", kept.len(), 2)?;
        for item in kept {
            same("original", &item["published_raw"], &item["title"])?;
            let reason = item["time_reason"].as_str().unwrap();
            if country.is_some() {
                same(
                    "time",
                    time(&item, "time").as_second(),
                    published.as_second(),
                )?;
                same("published", time(&item, "published"), time(&item, "time"))?;
                same("reason", reason, "assumed")?;
            } else {
                same("time", time(&item, "time"), time(&item, "seen"))?;
                same("reason", reason, "no-zone")?;
            }
        }
    }
    Ok(())
}

/// An item without a readable date stays where it was first seen, and is no news at each poll.
pub(super) fn unreadable(case: &Case) -> Outcome {
    let row = &case.input()["items"][0];
    let text = |key: &str| row[key].as_str().unwrap().to_owned();
    let entry = Entry {
        guid: text("guid"),
        link: text("link"),
        title: text("title"),
        date: text("pubDate"),
        ..Entry::default()
    };
    let server = Server::scripted([(FEED, feed(&[entry]))]);
    let project = project(&server, &[FEED]);
    let query = case.input()["saved_query"].as_str().unwrap();
    project.write(
        "config/rules/saved.toml",
        format!(
            "[[rule]]\nid = \"saved\"\nname = \"Saved\"\nquery = '{query}'\ngroups = [\"press\"]\n\
             window = \"30m\"\n[rule.gate]\nmin_families = 1\nmin_stories = 1\n"
        ),
    );
    let mut seen = None;
    for _ in case.input()["polls"].as_array().unwrap() {
        poll(&project, FEED);
        let kept = items(&project, FEED);
        same("items", kept.len(), 1)?;
        let item = &kept[0];
        same(
            "first seen",
            *seen.get_or_insert(time(item, "seen")),
            time(item, "seen"),
        )?;
        let published = item["published"].as_str().unwrap_or_default();
        let is_right = published.is_empty() || published.starts_with("2026-02-27T12:38");
        holds(is_right, || format!("published: {published}"))?;
        same("versions", item["versions"].as_u64(), Some(1))?;
    }
    let alerts = project
        .run(&["alerts", "--history", "--json"])
        .good()
        .lines();
    holds(alerts.len() <= 1, || format!("alerts: {alerts:?}"))?;
    let bursts = project.run(&["bursts", "--json"]).good().lines();
    holds(bursts.len() <= 1, || format!("bursts: {bursts:?}"))
}

/// Dates that cannot be are not believed: such an item is where it was seen.
pub(super) fn implausible(case: &Case) -> Outcome {
    let rows = case.input()["items"].as_array().unwrap();
    let believable = now() - SignedDuration::from_mins(10);
    let entry_of = |id: &str| {
        let row = rows.iter().find(|row| row["id"] == id).unwrap();
        let date = match id {
            // The only true date is moved to today.
            "C" => rss_date(believable),
            _ => row["pubDate"].as_str().unwrap().to_owned(),
        };
        entry(row["text"].as_str().unwrap(), &date)
    };
    let paths = ["/s1.xml", "/s2.xml", "/s3.xml", "/s4.xml"];
    let later = entry(
        "Ferry timetable changes",
        &rss_date(now() + SignedDuration::from_secs(60)),
    );
    let server = Server::scripted([
        (paths[0], feed(&[entry_of("A")])),
        (paths[1], feed(&[entry_of("B")])),
        (paths[2], feed(&[entry_of("C")])),
        (paths[3], feed(&[later])),
    ]);
    let project = project(&server, &paths);
    for path in paths {
        poll(&project, path);
    }
    let of = |path: &str| items(&project, path).remove(0);
    let (a, b, c) = (of(paths[0]), of(paths[1]), of(paths[2]));
    for (item, reasons) in [
        (&a, ["implausible", "backdated"]),
        (&b, ["implausible", "future"]),
    ] {
        same("placed", time(item, "time"), time(item, "seen"))?;
        let reason = item["time_reason"].as_str().unwrap();
        holds(reasons.contains(&reason), || {
            format!("{reason}, expected one of {reasons:?}")
        })?;
        holds(!item["published_raw"].is_null(), || {
            "the original date is lost".to_owned()
        })?;
    }
    same("C", time(&c, "time").as_second(), believable.as_second())?;
    let latest = project
        .run(&[
            "search",
            "ballots OR workshop OR ferry",
            "--sort",
            "newest",
            "--json",
        ])
        .good()
        .json();
    same(
        "the latest of all",
        (&latest["items"][0]["source"], &latest["total"]),
        (&Value::from("s4"), &Value::from(4)),
    )?;
    let found = project
        .run(&["search", "ballots", "--sort", "oldest", "--json"])
        .good()
        .json();
    same(
        "the first of two",
        (&found["items"][0]["source"], &found["total"]),
        (&Value::from("s3"), &Value::from(2)),
    )?;
    let id = c["id"].as_str().unwrap();
    let story = project.run(&["story", id, "--json"]).good().json();
    same("who was first", &story["first"]["item"], &c["id"])?;
    same("of both", &story["items"], &Value::from(2))?;
    // Of as many days as a timeline may have: five years and more.
    let timeline = project
        .run(&[
            "timeline", "ballots", "--from", "1990d", "--bin", "1d", "--json",
        ])
        .good()
        .json();
    let counted: Vec<&Value> = timeline["bins"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|bin| bin["items"].as_u64().is_some_and(|items| items > 0))
        .collect();
    let total: u64 = counted.iter().filter_map(|bin| bin["items"].as_u64()).sum();
    same("counted", total, 2)?;
    // One day, or two where the test runs at midnight.
    let day = believable - SignedDuration::from_hours(24);
    holds(counted.iter().all(|bin| time(bin, "start") > day), || {
        format!("counted before its day: {counted:?}")
    })
}
