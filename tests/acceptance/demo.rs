//! The demo: one push among look-alikes, one message about it, and nothing about the rest.

use bellwether_demo::{PUSH_RULE, Part, QUIET_RULE, World};
use bellwether_testkit::{Ended, Project};

/// What the demo says before each message.
const RECEIVES: &str = "the chat receives:";

/// Every item of its last day is found by this many.
const LIMIT: &str = "1000";

fn ask(project: &Project, arguments: &[&str]) -> Ended {
    let folder = ["--config", "demo/config", "--data", "demo/data", "--json"];
    project.run(&[arguments, &folder].concat()).good()
}

#[test]
fn the_push_is_one_burst_and_nothing_else_is() {
    // The demo's configuration names it; nobody listens there any more.
    let project = Project::new().with("BELLWETHER_DEMO_CHAT", "http://127.0.0.1:9/x");
    let said = project
        .run(&["demo", "--exit", "--data", "demo"])
        .good()
        .out;
    let world = World::new();

    let name = rule_name(&project, PUSH_RULE);
    let headlines: Vec<&str> = said
        .split(RECEIVES)
        .skip(1)
        .filter_map(|message| message.lines().find(|line| !line.trim().is_empty()))
        .map(str::trim)
        .collect();
    assert_eq!(headlines.len(), 2, "{said}");
    for (headline, state) in headlines.iter().zip(["Burst", "Resolved"]) {
        let start = format!("[DEMO, invented election] {state}: {name}");
        assert!(headline.starts_with(&start), "{said}");
    }
    assert!(!said.contains(&rule_name(&project, QUIET_RULE)), "{said}");

    let bursts = ask(&project, &["bursts"]).lines();
    assert_eq!(bursts.len(), 1, "{bursts:?}");
    assert_eq!(bursts[0]["rule"], PUSH_RULE);
    let started: jiff::Timestamp = bursts[0]["started"].as_str().unwrap().parse().unwrap();
    let push = world.push_span();
    assert!(push.from <= started && started < push.to, "{started}");
    let alerts = ask(&project, &["alerts", "--history"]).lines();
    assert_eq!(alerts.len(), 1, "{alerts:?}");

    // Eight outlets with one text are one story.
    let copies = world.wire_guids();
    let title = &world.part(Part::Wire).next().unwrap().title;
    let query = format!("title:\"{title}\"");
    let found = ask(&project, &["search", &query, "--all", "--limit", LIMIT]).json();
    let items = found["items"].as_array().unwrap();
    let stories: Vec<_> = items
        .iter()
        .filter(|item| copies.iter().any(|guid| item["guid"] == *guid))
        .map(|item| &item["story"])
        .collect();
    assert_eq!(stories.len(), 8, "{query}: {found}");
    assert!(
        stories.iter().all(|story| *story == stories[0]),
        "{stories:?}"
    );
    assert_eq!(stories[0]["size"], 8);
}

#[test]
fn a_folder_in_use_is_left_alone() {
    let project = Project::new();
    let ended = project.run(&["demo", "--exit", "--data", "."]);
    assert_eq!(ended.code, Some(2), "{}", ended.err);
    assert!(ended.err.contains("is not empty"), "{}", ended.err);
}

/// The name of a rule, as the demo's configuration has it.
fn rule_name(project: &Project, id: &str) -> String {
    let path = project.path().join("demo/config/rules/orsalle.toml");
    let rules: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
    let rule = rules["rule"]
        .as_array()
        .unwrap()
        .iter()
        .find(|rule| rule["id"].as_str() == Some(id));
    rule.unwrap()["name"].as_str().unwrap().to_owned()
}
