//! The commands of the README, as they stand there.
//!
//! `cargo run --release --` is the program that was built. Beside what is written stand only a free
//! port, a folder for the data, and every host of the world mapped to loopback. `tests/run` is what
//! runs this.

use std::process::Command;
use std::time::Duration;

use bellwether_testkit::{Answer, Project, Running, Server, repository, until};
use serde_json::Value;

/// The demo is played within this (it takes seconds), and a source has had its turn.
const PATIENCE: Duration = Duration::from_secs(60);

/// Of the sources that ship, so many have had their turn within that.
const FAILING_MIN: usize = 60;

/// The commands of the console blocks, without their prompt.
fn commands() -> Vec<String> {
    let readme = std::fs::read_to_string(repository().join("README.md")).unwrap();
    readme
        .split("```console\n")
        .skip(1)
        .filter_map(|block| block.split("```").next())
        .flat_map(str::lines)
        .filter_map(|line| line.strip_prefix("$ "))
        .map(str::to_owned)
        .collect()
}

/// Starts what `cargo run --release -- NAME` of the README runs.
fn start(project: &Project, name: &str, beside: &[&str]) -> Running {
    let written = format!("cargo run --release -- {name}");
    assert!(commands().contains(&written), "{:?}", commands());
    project.start(&[&[name], beside].concat())
}

#[test]
fn these_commands_are_shown() {
    let shown = commands();
    for command in [
        "cargo run --release -- demo",
        "cargo run --release -- run",
        "tests/run",
    ] {
        assert!(shown.iter().any(|known| known == command), "{shown:?}");
    }
    assert!(repository().join("tests/run").is_file());
}

#[test]
fn run_says_whom_it_contacts_and_what_it_cannot_reach() {
    // Neither TLS nor a feed: nobody of the shipped sources can be collected from this.
    let world = Server::answering(|_, _| Answer::status(404));
    let project = Project::new().with("BELLWETHER_RESOLVE_ALL", &world.address().to_string());
    let config = repository().join("config");
    let mut running = start(
        &project,
        "run",
        &[
            "--config",
            &config.display().to_string(),
            "--listen",
            "127.0.0.1:0",
        ],
    );
    running.address();
    let said = running.err();
    assert!(said.contains("about to contact"), "{said}");
    assert!(said.contains("www.factcheck.org"), "{said}");
    assert!(said.contains("no receiver is on"), "{said}");

    // All are asked within minutes, not at once: some show what there is to show.
    let sources = until("an outcome of many sources", PATIENCE, || {
        let sources = running.get("/api/v1/sources").json();
        let items = sources["items"].as_array().unwrap().clone();
        let has_failed = |source: &&Value| source["last"]["error"].is_string();
        (items.iter().filter(has_failed).count() >= FAILING_MIN).then_some(items)
    });
    let page = running.get("/sources");
    assert_eq!(page.status, 200);
    let page = page.text();
    for source in sources {
        let was_asked = source["last"]["error"].is_string();
        assert!(!was_asked || source["enabled"] == true, "{source}");
    }
    assert!(page.contains("cannot be reached"), "{page}");
    assert_eq!(running.get("/").status, 200);
    assert_eq!(running.get("/readyz").status, 200);
    let ended = running.terminate();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
}

#[test]
fn demo_shows_its_message_and_serves_its_page() {
    let project = Project::new();
    let mut running = start(&project, "demo", &["--listen", "127.0.0.1:0"]);
    running.address_within(PATIENCE);
    for path in ["/", "/bursts", "/alerts", "/sources"] {
        let page = running.get(path);
        assert_eq!(page.status, 200, "{path}");
        // Nobody may take an invented election for news.
        assert!(page.text().contains("invented"), "{path}");
    }
    let bursts = running.get("/api/v1/bursts").json();
    assert_eq!(bursts["items"].as_array().unwrap().len(), 1, "{bursts}");
    let ended = running.terminate();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(ended.out.matches("Burst: ").count(), 1, "{}", ended.out);
}

#[test]
fn every_command_has_help_with_two_examples() {
    let project = Project::new();
    let help = project.run(&["--help"]).good().out;
    let listed: Vec<&str> = help
        .split("Commands:\n")
        .nth(1)
        .and_then(|rest| rest.split("\n\n").next())
        .unwrap()
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(listed.len() >= 12, "{help}");
    for name in listed {
        let help = project.run(&[name, "--help"]).good().out;
        let examples = help.split("Examples:\n").nth(1).unwrap_or_default();
        assert!(
            examples.matches("bellwether ").count() >= 2,
            "{name}: {help}"
        );
    }
}

#[test]
fn the_shell_finds_the_test_command_sound() {
    let checked = Command::new("sh")
        .arg("-n")
        .arg(repository().join("tests/run"))
        .status();
    assert!(checked.unwrap().success());
}
