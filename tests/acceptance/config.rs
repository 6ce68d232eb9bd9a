//! A configuration is checked whole: every fault is named with its place, and nothing starts.

use bellwether_testkit::{Project, repository};
use serde_json::Value;

/// A folder with three faults in three files.
fn broken() -> Project {
    let project = Project::new();
    project.write(
        "config/groups.toml",
        "[[group]]\nid = \"press\"\nname = \"Press\"\nrole = \"domestc\"\n",
    );
    project.write(
        "config/sources/a.toml",
        "[[source]]\nid = \"a\"\nkind = \"feed\"\nurl = \"https://a.example/rss\"\n\
         groups = [\"press\"]\nevry = \"5m\"\n",
    );
    project.write(
        "config/rules/b.toml",
        "[[rule]]\nid = \"b\"\nquery = '作票 AND (開票'\ngroups = [\"press\"]\n",
    );
    project
}

/// File, line and column of each.
const PLACES: [&str; 3] = ["groups.toml:4:8", "rules/b.toml:3:17", "sources/a.toml:6:1"];

#[test]
fn check_names_every_fault_with_its_place() {
    let project = broken();
    let ended = project.run(&["check"]);
    assert_eq!(ended.code, Some(2), "{}", ended.out);
    for place in PLACES {
        assert!(
            ended.out.contains(&format!("{place}: ")),
            "{place}: {}",
            ended.out
        );
    }
    for hint in [
        "did you mean `every`?",
        "did you mean `domestic`?",
        "3 faults",
    ] {
        assert!(ended.out.contains(hint), "{hint}: {}", ended.out);
    }

    let ended = project.run(&["check", "--json"]);
    assert_eq!(ended.code, Some(2));
    let checked = ended.json();
    assert_eq!(checked["ok"], false);
    let mut places: Vec<String> = checked["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| {
            let file = fault["file"].as_str().unwrap();
            let file = file.strip_prefix("config/").unwrap_or(file);
            format!("{file}:{}:{}", fault["line"], fault["column"])
        })
        .collect();
    places.sort_unstable();
    assert_eq!(places, PLACES);
}

#[test]
fn nothing_starts_with_a_fault() {
    let project = broken();
    for arguments in [
        &["run"][..],
        &["poll", "--once"],
        &["import", "-"],
        &["search", "x"],
        &["rebuild"],
    ] {
        let ended = project.run(arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.err);
        for place in PLACES {
            assert!(ended.err.contains(place), "{arguments:?}: {}", ended.err);
        }
        assert!(ended.err.contains("3 faults"), "{}", ended.err);
    }
    assert!(!project.path().join("data").exists());
}

#[test]
fn what_ships_has_no_fault() {
    let project = Project::new();
    let config = repository().join("config").display().to_string();
    let ended = project.run(&["check", "--config", &config]).good();
    assert!(
        ended.out.contains("no faults: 2 elections"),
        "{}",
        ended.out
    );
    let checked = project
        .run(&["check", "--config", &config, "--json"])
        .good()
        .json();
    assert_eq!(checked["ok"], true);
    assert_eq!(checked["faults"], Value::Array(Vec::new()));
}
