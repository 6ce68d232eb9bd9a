//! What people say of an alert, by command and over HTTP while the daemon runs, outlives it; each rule
//! is told by it.

use std::time::Duration;

use bellwether_demo::{PUSH_RULE, QUIET_RULE};
use bellwether_testkit::{Ended, Project, Running};
use serde_json::{Value, json};

/// The demo is played within this; it takes seconds.
const PATIENCE: Duration = Duration::from_secs(60);

const FOLDERS: [&str; 4] = ["--config", "demo/config", "--data", "demo/data"];

/// A played demo, which still serves its page.
fn played() -> (Project, Running) {
    let project = Project::new().with("BELLWETHER_DEMO_CHAT", "http://127.0.0.1:9/x");
    let mut running = project.start(&["demo", "--data", "demo", "--listen", "127.0.0.1:0"]);
    running.address_within(PATIENCE);
    (project, running)
}

fn said(project: &Project, arguments: &[&str]) -> Ended {
    project.run(&[arguments, &FOLDERS].concat())
}

fn rule(rules: &[Value], id: &str) -> Value {
    let found = rules.iter().find(|rule| rule["id"] == id);
    found.unwrap_or_else(|| panic!("{rules:?}")).clone()
}

#[test]
fn a_verdict_is_given_by_command_and_http_and_outlives_the_daemon() {
    let (project, mut running) = played();
    let alerts = running.get("/api/v1/alerts").json()["items"].clone();
    let is_of_burst = |alert: &&Value| alert["cause"] == "burst";
    let alert = alerts.as_array().unwrap().iter().find(is_of_burst).unwrap();
    let id = alert["id"].as_str().unwrap().to_owned();
    assert_eq!(
        (&alert["verdict"], &alert["rule"]),
        (&Value::Null, &json!(PUSH_RULE))
    );
    let state = alert["state"].as_str().unwrap().to_owned();
    let after = match state.as_str() {
        "firing" => "acknowledged",
        other => other,
    };

    // By command, beside the daemon.
    let ack = [
        "ack",
        &id,
        "--verdict",
        "noise",
        "--by",
        "林 Lin",
        "--note",
        "a drill",
    ];
    let out = said(&project, &ack).good().out;
    assert!(
        out.contains(&format!(
            "{after}, last acknowledged by 林 Lin; verdict: noise"
        )),
        "{out}"
    );
    let seen = running.get(&format!("/api/v1/alerts/{id}")).json();
    assert_eq!(
        (&seen["state"], &seen["verdict"]),
        (&json!(after), &json!("noise"))
    );
    assert_eq!(seen["acknowledgement"]["note"], "a drill");
    let rules = running.get("/api/v1/rules").json()["items"].clone();
    let told = rule(rules.as_array().unwrap(), PUSH_RULE);
    assert_eq!(told["ever"]["precision"], 0.0);
    assert_eq!(told["ever"]["low"], 0.0);
    assert!(told["ever"]["high"].as_f64().unwrap() > 0.7, "{told}");
    let quiet = rule(rules.as_array().unwrap(), QUIET_RULE);
    assert_eq!(
        (&quiet["ever"]["alerts"], &quiet["ever"]["precision"]),
        (&json!(0), &Value::Null)
    );

    // Over HTTP, and again, as by a caller who had no answer.
    let path = format!("/api/v1/alerts/{id}/acknowledge");
    let body = json!({"by": "Wu", "verdict": "useful"});
    let first = running.post(&path, &body);
    assert_eq!(first.status, 200, "{}", first.text());
    assert_eq!(running.post(&path, &body).json(), first.json());
    assert_eq!(
        running
            .post(&path, &json!({"by": "Wu", "verdict": "x"}))
            .status,
        400
    );
    let page = running.get("/alerts").text();
    assert!(page.contains("100 % (21 to 100 %) of 1"), "{page}");
    running.kill();

    let alerts = said(&project, &["alerts", "--history", "--json"])
        .good()
        .lines();
    let kept = alerts
        .iter()
        .find(|alert| alert["id"] == id.as_str())
        .unwrap();
    assert_eq!(kept, &first.json());
    let verdicts: Vec<(&str, &str)> = kept["history"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|step| Some((step["by"].as_str()?, step["verdict"].as_str()?)))
        .collect();
    assert_eq!(verdicts, [("林 Lin", "noise"), ("Wu", "useful")]);
    let table = said(&project, &["alerts", "--history"]).good().out;
    let line = table.lines().find(|line| line.contains(&id)).unwrap();
    assert!(line.contains("useful") && line.contains("Wu"), "{table}");
    let rules = said(&project, &["rules", "--json"]).good().lines();
    assert_eq!(rule(&rules, PUSH_RULE)["ever"]["precision"], 1.0);
    // The demo has a clock of its own, so what is recent there need not be so now.
    let table = said(&project, &["rules"]).good().out;
    let line = table
        .lines()
        .find(|line| line.starts_with(PUSH_RULE))
        .unwrap();
    assert!(line.contains("100 % (21 to 100 %) of 1"), "{table}");
    assert!(table.contains("unknown: no alerts"), "{table}");

    for (arguments, why) in [
        (
            &["ack", "a-none", "--by", "Lin"][..],
            "there is no alert `a-none`",
        ),
        (&["ack", &id, "--by", " "], "1 to 64 characters"),
        (&["ack", &id, "--verdict", "fine"], "useful, noise, known"),
    ] {
        let ended = said(&project, arguments);
        assert_eq!(ended.code, Some(2), "{}", ended.err);
        assert!(ended.err.contains(why), "{}", ended.err);
    }
}
