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
        .run(&["search", "--json", "--limit", "100", "--", query])
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
