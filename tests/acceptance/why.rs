//! Why a rule raised a burst or did not, and what it would have done: the same numbers as the message,
//! the record and the page.

use std::fs;
use std::path::Path;
use std::time::Duration;

use bellwether_demo::{PUSH_RULE, QUIET_RULE};
use bellwether_testkit::{Ended, Project, Running, until};
use serde_json::Value;

/// The demo is played within this; it takes seconds.
const PATIENCE: Duration = Duration::from_secs(60);

const FOLDERS: [&str; 4] = ["--config", "demo/config", "--data", "demo/data"];

/// A played demo, which still serves its page.
fn played() -> (Project, Running) {
    let project = Project::new().with("BELLWETHER_DEMO_CHAT", "http://127.0.0.1:9/x");
    let mut running = project.start(&["demo", "--data", "demo", "--listen", "127.0.0.1:0"]);
    until("the demo to be played", PATIENCE, || {
        running.out().contains("http://").then_some(())
    });
    running.address();
    (project, running)
}

fn said(project: &Project, arguments: &[&str]) -> Ended {
    project.run(&[arguments, &FOLDERS].concat())
}

fn ask(project: &Project, arguments: &[&str]) -> Value {
    said(project, &[arguments, &["--json"]].concat())
        .good()
        .json()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value}"))
}

#[test]
fn message_record_explanation_and_page_have_the_same_numbers() {
    let (project, mut running) = played();
    let burst = &running.get("/api/v1/bursts").json()["items"][0];
    let same = [
        "rule",
        "name",
        "query",
        "window",
        "observed",
        "judgement",
        "gates",
        "families",
        "stories",
        "coverage",
    ];

    // By the burst: the rule at the tick of its numbers.
    let of_burst = ask(&project, &["explain", text(&burst["id"])]);
    for field in same {
        assert_eq!(of_burst[field], burst[field], "{field}");
    }
    assert_eq!(of_burst["at"], burst["window"]["to"]);
    assert_eq!(of_burst["holds"], true);
    assert_eq!(of_burst["burst"]["id"], burst["id"]);
    let path = format!("/api/v1/explain?rule={}", text(&burst["id"]));
    let mut of_daemon = running.get(&path).json();
    // It knows under which address it serves.
    let page = of_daemon["links"]["page"].take();
    assert!(text(&page).ends_with(text(&of_burst["links"]["api"]).trim_start_matches("/api/v1")));
    assert_eq!(of_daemon, of_burst);

    // When it was found: what the message says.
    let found = ask(
        &project,
        &["explain", PUSH_RULE, "--at", text(&burst["started"])],
    );
    let message = running.out();
    let counts = format!(
        "{} items, {} voices in 2 h; usual",
        found["observed"]["items"], found["observed"]["voices"]
    );
    assert!(message.contains(&counts), "{counts}: {message}");
    let p = found["judgement"]["p"].as_f64().unwrap();
    let p = format!("p = {p:.1e} for so many voices");
    assert!(message.contains(&p), "{p}: {message}");
    let windows = found["baseline"]["windows"].as_array().unwrap();
    let baseline = format!("Baseline: {} windows in", windows.len());
    assert!(message.contains(&baseline), "{baseline}: {message}");
    assert_eq!(found["first_seen"], burst["first_seen"]);
    let of_bins = |field: &str| -> u64 {
        let bins = found["bins"].as_array().unwrap();
        bins.iter().map(|bin| bin[field].as_u64().unwrap()).sum()
    };
    assert_eq!(of_bins("items"), found["observed"]["items"]);
    assert_eq!(
        found["items"].as_array().unwrap().len() as u64,
        of_bins("items")
    );

    // A minute before it was not there yet.
    let started: jiff::Timestamp = text(&burst["started"]).parse().unwrap();
    let before = (started - jiff::SignedDuration::from_secs(60)).to_string();
    let before = ask(&project, &["explain", PUSH_RULE, "--at", &before]);
    assert_eq!(before["holds"], false);
    assert_eq!(before["burst"], Value::Null);
    let why = before["why"].to_string();
    assert!(
        why.contains("not met") || why.contains("above the limit"),
        "{why}"
    );

    // A rule that told nothing says why not.
    let quiet = ask(
        &project,
        &["explain", QUIET_RULE, "--at", text(&burst["started"])],
    );
    assert_eq!(quiet["holds"], false);
    let gates = quiet["gates"].as_array().unwrap();
    assert!(gates.iter().any(|gate| gate["passed"] == false) || quiet["judgement"]["p"].is_f64());

    // The page of the burst leads to that of its explanation.
    let page = running
        .get(&format!("/bursts/{}", text(&burst["id"])))
        .text();
    let link = format!("/explain?rule={}", text(&burst["id"]));
    assert!(page.contains(&link), "{page}");
    let page = running.get(&link).text();
    for part in [
        "A burst is raised",
        "The window, bin by bin",
        "The baseline",
        "Gate: ",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let page = running
        .get(&format!("/backtest?rule={PUSH_RULE}&min_families=50"))
        .text();
    assert!(
        page.contains("1 alert<") && page.contains("0 alerts<"),
        "{page}"
    );
    assert!(page.contains("has it not"), "{page}");
}

#[test]
fn unknown_rules_and_times_are_told_with_what_is_missing() {
    let (project, mut running) = played();
    let slip = format!("{}x", PUSH_RULE);
    for command in ["explain", "backtest"] {
        let ended = said(&project, &[command, &slip]);
        assert_eq!(ended.code, Some(2), "{}", ended.err);
        let meant = format!("did you mean `{PUSH_RULE}`?");
        assert!(ended.err.contains(&meant), "{}", ended.err);
        let reply = running.get(&format!("/api/v1/{command}?rule={slip}"));
        assert_eq!(reply.status, 404);
        assert_eq!(reply.json()["suggestion"], PUSH_RULE);
    }
    let early = ask(
        &project,
        &["explain", PUSH_RULE, "--at", "2001-01-01T00:00:00Z"],
    );
    assert_eq!(early["judgement"]["result"], "insufficient");
    assert_eq!(early["judgement"]["days"], 0);
    assert!(
        early["why"]
            .to_string()
            .contains("Insufficient data: 0 of 7 days"),
        "{early}"
    );
    assert_eq!(early["baseline"]["windows"], Value::Array(Vec::new()));
    let late = said(
        &project,
        &["explain", PUSH_RULE, "--at", "2099-01-01T00:00:00Z"],
    );
    assert_eq!(late.code, Some(2), "{}", late.err);
    assert!(
        late.err.contains("the log is analysed up to"),
        "{}",
        late.err
    );
    let long = said(&project, &["backtest", PUSH_RULE, "--days", "4000"]);
    assert_eq!(long.code, Some(2), "{}", long.err);
    assert!(long.err.contains("not between 1 and 92"), "{}", long.err);
}

#[test]
fn a_backtest_gives_the_alerts_that_were_given_and_writes_nothing() {
    let project = Project::new().with("BELLWETHER_DEMO_CHAT", "http://127.0.0.1:9/x");
    let _ = project.run(&["demo", "--exit", "--data", "demo"]).good();
    let burst = &ask(&project, &["bursts"]);
    let files = || {
        ["derived.sqlite", "desk.sqlite", "log.sqlite"]
            .map(|name| fs::read(project.path().join("demo/data").join(name)).unwrap())
    };
    let before = files();

    let rules = project.path().join("demo/config/rules/orsalle.toml");
    let changed = fs::read_to_string(&rules)
        .unwrap()
        .replace("min_families = 3", "min_families = 40");
    let file = project.write("changed.toml", changed);
    let shown = file.display().to_string();
    let tested = ask(&project, &["backtest", PUSH_RULE, "--rules", &shown]);
    assert_eq!(tested["rule"], PUSH_RULE);
    let versions = tested["versions"].as_array().unwrap();
    assert_eq!(versions.len(), 2);
    let alerts = versions[0]["alerts"].as_array().unwrap();
    assert_eq!(alerts.len(), 1, "{tested}");
    for field in ["id", "started", "ended", "peak"] {
        assert_eq!(alerts[0][field], burst[field], "{field}");
    }
    assert_eq!(alerts[0]["other_has_it"], false);
    // What was imported at once was received on one day: that is no week.
    assert_eq!(
        (&versions[0]["days"], &versions[0]["alerts_per_week"]),
        (&1.into(), &Value::Null)
    );
    assert!(!alerts[0]["items"].as_array().unwrap().is_empty());
    assert_eq!(versions[1]["min_families"], 40);
    assert_eq!(versions[1]["alerts"], Value::Array(Vec::new()));

    // What it was decided by is the explanation of that minute.
    let found = ask(
        &project,
        &["explain", PUSH_RULE, "--at", text(&alerts[0]["started"])],
    );
    for field in ["window", "observed", "judgement", "gates"] {
        assert_eq!(found[field], alerts[0][field], "{field}");
    }

    // The same query in other words, for which the index is asked.
    let query = format!("({})", text(&versions[0]["query"]));
    let again = ask(
        &project,
        &["backtest", PUSH_RULE, "--query", &query, "--days", "7"],
    );
    let [of_rule, of_query] = [0, 1].map(|at| &again["versions"][at]["alerts"]);
    assert_eq!(of_rule[0]["started"], of_query[0]["started"]);
    assert_eq!(of_query[0]["other_has_it"], true);

    let quiet = ask(&project, &["backtest", QUIET_RULE]);
    assert_eq!(quiet["versions"][0]["alerts"], Value::Array(Vec::new()));
    assert!(
        files() == before,
        "a backtest wrote into {}",
        Path::new("demo/data").display()
    );
}
