//! The real program routes an alert, holds it back while it is silenced, and says of a room that takes
//! nothing so in another.

use std::time::Duration;

use bellwether_testkit::{Chat, Project, Running, Verdict, until};
use serde_json::{Value, json};

use crate::stage;

/// Two ticks of the log's time, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(150);

/// The address of the second room.
const OTHER_URL: &str = "TEST_OTHER_URL";

/// The papers and their rule, which names no receiver: what is routed is decided by the tree.
fn routed(project: &Project, rooms: &str) {
    let rule = std::fs::read_to_string(project.path().join("config/rules/ballot-boxes.toml"));
    let rule = rule.expect("the rule of the stage");
    let (rule, _) = rule.split_once("[rule.route]").expect("its route");
    project.write("config/rules/ballot-boxes.toml", rule);
    project.write("config/receivers.toml", rooms);
}

fn room(id: &str, variable: &str) -> String {
    format!(
        "[[receiver]]\nid = \"{id}\"\nkind = \"slack\"\nurl_env = \"{variable}\"\n\
         allow_networks = [\"127.0.0.0/8\"]\n"
    )
}

fn deliveries(running: &mut Running) -> Vec<Value> {
    let list = running.get("/api/v1/deliveries").json();
    list["items"].as_array().expect("a list").clone()
}

#[test]
fn an_alert_goes_to_the_room_of_its_route_once_its_silence_has_ended() {
    let feeds = stage::topical_feeds();
    let (everyone, ours) = (Chat::open(), Chat::open());
    let project = stage::project(&feeds, "slack", &everyone.url()).with(OTHER_URL, &ours.url());
    routed(
        &project,
        &format!(
            "[route]\nreceivers = [\"everyone\"]\n[[route.routes]]\nmatchers = ['rule=\"{}\"']\n\
             receivers = [\"ours\"]\n{}{}language = \"zh-Hant\"\n",
            stage::RULE,
            room("everyone", stage::CHAT_URL),
            room("ours", OTHER_URL),
        ),
    );
    let label = format!("rule={}", stage::RULE);
    let told = |arguments: &[&str]| -> Vec<Value> {
        let routes = project.run(arguments).good().json();
        routes["receivers"].as_array().expect("a list").clone()
    };
    let of_rule = told(&["route-test", &label, "cause=burst", "--json"]);
    assert_eq!(
        (of_rule.len(), &of_rule[0]["receiver"]),
        (1, &json!("ours"))
    );
    let of_others = told(&["route-test", "rule=another", "--json"]);
    assert_eq!(of_others[0]["receiver"], "everyone");
    let mistyped = project.run(&["route-test", "severety=critical"]);
    assert_eq!(mistyped.code, Some(2), "{}", mistyped.err);

    stage::import_past(&project);
    let silence = [
        "silence",
        "add",
        &label,
        "--for",
        "2h",
        "--comment",
        "a drill",
        "--by",
        "Lin",
        "--json",
    ];
    let silence = project.run(&silence).good().json();
    assert_eq!(silence["state"], "active");
    let mut running = project.start(&["run"]);
    running.address();
    let held = until("the alert to be held", PATIENCE, || {
        let deliveries = deliveries(&mut running);
        (deliveries.first()?["state"] == "held").then_some(deliveries)
    });
    assert_eq!(held.len(), 1);
    assert_eq!(
        held[0]["hold"],
        json!({"why": "silence", "by": silence["id"]})
    );
    let page = running.get("/alerts").text();
    assert!(
        page.contains("held back until") && page.contains("silenced"),
        "{page}"
    );
    assert!(running.get("/silences").text().contains("a drill"));

    // Ended over HTTP, beside the notifier, which looks again within half a minute.
    let path = format!(
        "/api/v1/silences/{}/end",
        silence["id"].as_str().expect("an id")
    );
    let ended = running.post(&path, &json!({"by": "Ana"}));
    assert_eq!(ended.status, 200, "{}", ended.text());
    assert_eq!(ended.json()["ended_by"], "Ana");
    let received = until("the message", PATIENCE, || ours.received().first().cloned());
    assert!(
        received.text().starts_with("突增：Lost ballot boxes"),
        "{}",
        received.text()
    );
    until("its delivery to be noted", PATIENCE, || {
        (deliveries(&mut running)[0]["state"] == "delivered").then_some(())
    });
    assert!(deliveries(&mut running)[0]["latency_ms"].as_i64() > Some(0));
    assert!(everyone.received().is_empty());
    let listed = project.run(&["silence", "list"]).good().out;
    assert!(listed.contains("no silence is in force"), "{listed}");
    assert_eq!(running.terminate().code, Some(0));
}

#[test]
fn a_room_that_takes_nothing_is_told_of_in_another() {
    let feeds = stage::topical_feeds();
    let gone = Chat::that(|_| Verdict::Fail(404));
    let other = Chat::open();
    let project = stage::project(&feeds, "slack", &gone.url()).with(OTHER_URL, &other.url());
    routed(
        &project,
        &format!(
            "[route]\nreceivers = [\"gone\"]\n{}{}",
            room("gone", stage::CHAT_URL),
            room("other", OTHER_URL),
        ),
    );
    stage::import_past(&project);
    let mut running = project.start(&["run"]);
    running.address();
    let received = until("the other room to be told", PATIENCE, || {
        other.received().first().cloned()
    });
    let text = received.text();
    assert!(text.starts_with("Messages to gone do not arrive"), "{text}");
    assert!(text.contains("404"), "{text}");
    assert!(!text.contains("FAKEsecret"), "{text}");
    let alerts = running.get("/api/v1/alerts").json();
    let alerts = alerts["items"].as_array().expect("a list").clone();
    let fault = alerts.iter().find(|alert| alert["cause"] == "receiver");
    let fault = fault.expect("an alert about the receiver");
    assert_eq!(
        (&fault["receiver"], &fault["state"], &fault["severity"]),
        (&json!("gone"), &json!("firing"), &json!("warning"))
    );
    let burst = alerts.iter().find(|alert| alert["cause"] == "burst");
    assert_eq!(burst.expect("the burst")["deliveries"][0]["state"], "dead");
    let id = fault["id"].as_str().expect("an id");
    let page = running.get(&format!("/alerts/{id}")).text();
    assert!(page.contains("a message was given up"), "{page}");
    assert_eq!(running.terminate().code, Some(0));
}
