//! A real Prometheus Alertmanager shows our alerts, and has them back when it was started anew.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use bellwether_testkit::{Project, Service, free_port, get, installed, until};
use serde_json::Value;

use crate::stage;

/// A tick of the log's time, and the start of what is waited for, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(150);

const PROGRAM: &str = "prometheus-alertmanager";

/// One without a memory: of alerts it has none in any case.
fn start(program: &Path, project: &Project, listen: SocketAddr, number: u32) -> Service {
    let config = "route:\n  receiver: nobody\nreceivers:\n  - name: nobody\n";
    let config = project.write("alertmanager.yml", config);
    let storage = project.path().join(format!("alertmanager-{number}"));
    let service = Service::start(
        Command::new(program)
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--storage.path={}", storage.display()))
            .arg(format!("--web.listen-address={listen}"))
            .arg("--cluster.listen-address="),
    );
    until("the Alertmanager", PATIENCE, || {
        let ready = get(listen, "/-/ready", None).ok()?;
        (ready.status == 200).then_some(())
    });
    service
}

fn alerts(listen: SocketAddr) -> Vec<Value> {
    let shown = get(listen, "/api/v2/alerts", None).unwrap();
    assert_eq!(shown.status, 200, "{}", shown.text());
    shown.json().as_array().unwrap().clone()
}

#[test]
fn it_shows_our_alerts_and_has_them_back_after_it_forgot() {
    let Some(program) = installed(PROGRAM, "the test of a real Alertmanager") else {
        return;
    };
    let listen = free_port();
    let feeds = stage::topical_feeds();
    let project = stage::project(&feeds, "alertmanager", &format!("http://{listen}/"));
    let first = start(&program, &project, listen, 1);
    let _ = project.run(&["send-test", "chat"]).good();
    assert!(alerts(listen).is_empty(), "a test is over when it comes");

    stage::import_past(&project);
    let mut running = project.start(&["run"]);
    running.address();
    let shown = until("the alert", PATIENCE, || alerts(listen).into_iter().next());
    assert_eq!(shown["status"]["state"], "active");
    assert_eq!(shown["labels"]["alertname"], "BellwetherBurst");
    assert_eq!(shown["labels"]["rule"], stage::RULE);
    let summary = shown["annotations"]["summary"].as_str().unwrap();
    assert!(
        summary.starts_with("Burst: Lost ballot boxes") && summary.contains("12 items, 6 voices"),
        "{summary}"
    );
    let description = shown["annotations"]["description"].as_str().unwrap();
    assert!(
        description.contains("Coverage in the window"),
        "{description}"
    );
    let ours = running.get("/api/v1/alerts").json();
    let ours = &ours["items"][0];
    assert_eq!(shown["labels"]["alert"], ours["id"]);
    let moment = |value: &Value| -> jiff::Timestamp { value.as_str().unwrap().parse().unwrap() };
    assert_eq!(moment(&shown["startsAt"]), moment(&ours["started"]));

    drop(first);
    let _second = start(&program, &project, listen, 2);
    assert!(alerts(listen).is_empty(), "it keeps them in memory alone");
    running.hang_up();
    let again = until("the alert again", PATIENCE, || {
        alerts(listen).into_iter().next()
    });
    assert_eq!(again["labels"], shown["labels"]);
    assert_eq!(again["startsAt"], shown["startsAt"]);
    running.terminate();
}
