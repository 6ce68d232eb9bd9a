//! Documents are imported and asked for.

use std::collections::BTreeSet;

use bellwether_testkit::Project;
use serde_json::{Value, json};

use super::{Case, Outcome, holds, same};

type Ids = BTreeSet<String>;

/// A project in which the documents of a case are kept, each under its id.
fn imported(case: &Case) -> Project {
    let project = Project::new();
    let mut lines = String::new();
    for (id, text) in case.input()["docs"].as_object().unwrap() {
        let line = json!({
            "id": id, "time": "2026-11-20T08:00:00Z", "publisher": "example", "text": text,
        });
        lines.push_str(&format!("{line}\n"));
    }
    let _ = project.run_with(&["import", "-"], lines.as_bytes()).good();
    project
}

/// A query may begin with a minus, which is no flag.
fn search(project: &Project, query: &str) -> Value {
    project
        .run(&["search", "--all", "--json", "--limit", "100", "--", query])
        .good()
        .json()
}

fn ids(body: &Value) -> Ids {
    body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["guid"].as_str().unwrap().to_owned())
        .collect()
}

fn list(value: &Value) -> Ids {
    let ids = value.as_array().unwrap().iter();
    ids.map(|id| id.as_str().unwrap().to_owned()).collect()
}

fn each_query(case: &Case, check: impl Fn(&Project, &str, &Value, &Ids) -> Outcome) -> Outcome {
    let project = imported(case);
    for (query, expected) in case.expected()["results"].as_object().unwrap() {
        check(&project, query, &search(&project, query), &list(expected))?;
    }
    Ok(())
}

/// Each query finds exactly the listed documents, and counts them.
pub(super) fn sets(case: &Case) -> Outcome {
    each_query(case, |_, query, found, expected| {
        same(query, &ids(found), expected)?;
        same(query, found["total"].as_u64(), Some(expected.len() as u64))
    })
}

/// Each query finds the listed documents; where more, only the one the case allows.
pub(super) fn supersets(case: &Case) -> Outcome {
    each_query(case, |_, query, found, expected| {
        let found = ids(found);
        let beyond: Vec<&String> = found.difference(expected).collect();
        let is_allowed = query == "王后" && beyond.iter().all(|id| *id == "d");
        holds(
            found.is_superset(expected) && (beyond.is_empty() || is_allowed),
            || format!("{query}: {found:?}, expected {expected:?}"),
        )
    })
}

/// As [`sets`], and what is marked is marked in the original text.
pub(super) fn width(case: &Case) -> Outcome {
    sets(case)?;
    let project = imported(case);
    let found = search(&project, "選票箱");
    let item = &found["items"][0];
    let snippet: Vec<char> = item["snippet"].as_str().unwrap().chars().collect();
    let original = case.input()["docs"]["e"].as_str().unwrap();
    same(
        "snippet",
        snippet.iter().collect::<String>(),
        original.to_owned(),
    )?;
    let at = |key: &str| item["highlights"][0][key].as_u64().unwrap() as usize;
    let marked: String = snippet[at("start")..at("end")].iter().collect();
    same("marked", marked, "選票箱".to_owned())
}

/// A query of all aliases finds each document once, and counts it once.
pub(super) fn aliases(case: &Case) -> Outcome {
    let project = imported(case);
    let quoted: Vec<String> = list(&case.input()["alias_group"])
        .iter()
        .map(|alias| format!("\"{alias}\""))
        .collect();
    let query = quoted.join(" OR ");
    let expected = list(&case.expected()["results"]["alias_group"]);
    same(&query, ids(&search(&project, &query)), expected.clone())?;
    let timeline = project
        .run(&[
            "timeline",
            &query,
            "--from",
            "2026-11-20",
            "--to",
            "2026-11-21",
            "--bin",
            "1d",
            "--json",
        ])
        .good()
        .json();
    let counted: u64 = timeline["bins"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|bin| bin["items"].as_u64())
        .sum();
    same("count", counted, expected.len() as u64)
}

/// Queries typed on any keyboard are one; an unclosed sign is named with its place.
pub(super) fn keyboards(case: &Case) -> Outcome {
    let project = imported(case);
    let expected: Ids = ["a", "b"].map(str::to_owned).into();
    for query in list(&case.input()["queries"]) {
        same(&query, ids(&search(&project, &query)), expected.clone())?;
    }
    for (query, sign) in [("“作票 AND 開票", "“"), ("(作票 OR 開票", "(")] {
        holds(list(&case.input()["bad"]).contains(query), || {
            format!("{query} is not in the case")
        })?;
        let ended = project.run(&["search", "--json", "--", query]);
        same(query, ended.code, Some(2))?;
        holds(
            ended.err.contains(sign) && ended.err.contains("character 1"),
            || format!("{query}: {}", ended.err),
        )?;
    }
    Ok(())
}

/// Characters that hide words from searches are ignored by them, shown nowhere, and told of; those
/// that are spelling stay.
pub(super) fn hidden(case: &Case) -> Outcome {
    let project = imported(case);
    for (query, expected) in case.expected()["results"].as_object().unwrap() {
        same(query, ids(&search(&project, query)), list(expected))?;
    }
    let docs = &case.input()["docs"];
    let doc = |id: &str| docs[id].as_str().unwrap();
    let acting = |text: &str| {
        text.contains(|c| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'))
    };
    let told = "contains hidden characters";
    let queries = [("a", "作票"), ("b", "رأی"), ("c", "參訪")];
    for (id, query) in queries {
        let item = search(&project, query)["items"][0].clone();
        same(id, item["hidden_characters"].as_bool(), Some(id == "a"))?;
        let kept = project.run(&["search", "--", query]).good().out;
        check_shown("the terminal", id, doc(id), &kept, told, acting)?;
    }
    let raw = {
        let item = search(&project, "作票")["items"][0]["id"].clone();
        let mut running = project.start(&["run"]);
        for (id, query) in queries {
            let page = running
                .get(&format!("/search?q={}&from=2026-11-01", encoded(query)))
                .text();
            check_shown("the page", id, doc(id), &page, told, acting)?;
        }
        let id = item.as_str().unwrap();
        let page = running.get(&format!("/items/{id}")).text();
        check_shown("the page of the item", "a", doc("a"), &page, told, acting)?;
        let raw = running.get(&format!("/api/v1/items/{id}/raw")).text();
        running.terminate();
        raw
    };
    let line: Value = raw
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find(|line| line["id"] == "a")
        .unwrap_or_default();
    same("kept", line["text"].as_str(), Some(doc("a")))
}

fn check_shown(
    place: &str,
    id: &str,
    doc: &str,
    shown: &str,
    told: &str,
    acting: impl Fn(&str) -> bool,
) -> Outcome {
    holds(!acting(shown), || format!("{place} of {id}: {shown:?}"))?;
    holds(shown.contains(told) == (id == "a"), || {
        format!("{place} of {id}: {shown}")
    })?;
    if id == "a" {
        return holds(!shown.contains(['\u{200B}', '\u{2060}']), || {
            format!("{place}: {shown:?}")
        });
    }
    holds(
        shown
            .replace("</mark>", "")
            .replace("<mark>", "")
            .contains(doc),
        || format!("{place} changed {id}: {shown}"),
    )
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
