//! What people say of alerts, over HTTP and on the page, and what follows of the rules.

use axum::http::Method;
use bellwether_archive::Desk;
use bellwether_model::{
    Alert, AlertChange, AlertId, BurstId, Cause, RuleId, SourceId, Timestamp, Verdict,
};
use serde_json::{Value, json};

use super::ask::Reply;
use super::world::{NOW, World, t};

const HOST: (&str, &str) = ("host", "127.0.0.1:7878");
const ORIGIN: (&str, &str) = ("origin", "http://127.0.0.1:7878");
const JSON: (&str, &str) = ("content-type", "application/json");
const PATH: &str = "/api/v1/alerts/alert-1/acknowledge";

async fn say(world: &World, path: &str, said: Value) -> Reply {
    let headers = [HOST, ORIGIN, JSON];
    world
        .send(Method::POST, path, &headers, said.to_string())
        .await
}

async fn rule(world: &World, id: &str) -> Value {
    let rules = world.get("/api/v1/rules").await.json();
    let rules = rules["items"].as_array().unwrap().clone();
    rules.into_iter().find(|rule| rule["id"] == id).unwrap()
}

#[tokio::test]
async fn an_alert_is_acknowledged_and_judged_and_the_last_verdict_counts() {
    let world = World::new();
    let before = world.get("/api/v1/alerts/alert-1").await.json();
    assert_eq!(before["state"], "firing");
    assert_eq!(
        (&before["verdict"], &before["acknowledgement"]),
        (&Value::Null, &Value::Null)
    );
    let said = json!({"by": " 林\u{202E} Lin ", "verdict": "noise", "note": "a\nball game"});
    let reply = say(&world, PATH, said.clone()).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let alert = reply.json();
    let step = json!({"at": NOW, "what": "acknowledged", "by": "林 Lin", "verdict": "noise",
        "note": "a ball game"});
    assert_eq!(alert["state"], "acknowledged");
    assert_eq!(alert["verdict"], "noise");
    assert_eq!(alert["acknowledgement"], step);
    assert_eq!(alert["history"][1], step);
    // The same again changes nothing; the answer is the same.
    assert_eq!(say(&world, PATH, said).await.json(), alert);
    assert_eq!(world.get("/api/v1/alerts/alert-1").await.json(), alert);

    // Another person takes it as something else; that stays too.
    let other = json!({"by": "Wu", "verdict": "useful"});
    let alert = say(&world, PATH, other).await.json();
    assert_eq!(alert["verdict"], "useful");
    assert_eq!(alert["history"].as_array().unwrap().len(), 3);
    let alert = say(&world, PATH, json!({"by": "Lin"})).await.json();
    assert_eq!(alert["verdict"], "useful", "no verdict takes none back");
    let list = world.get("/api/v1/alerts?filter=open").await.json();
    assert_eq!(list["items"][0], alert);
    let csv = world.get("/api/v1/alerts?format=csv").await.body;
    assert!(csv.contains(",useful,Lin,2026-11-24T08:10:00Z,"), "{csv}");
    let figures = world.get("/metrics").await.body;
    assert!(figures.contains("bellwether_alerts{state=\"acknowledged\"} 1"));
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused_and_says_why() {
    let world = World::new();
    for (said, kind, part) in [
        (
            json!({"by": "Lin", "verdict": "bad"}),
            "parameter",
            "useful, noise, known",
        ),
        (json!({"by": " \u{202E}"}), "parameter", "1 to 64"),
        (
            json!({"by": "x".repeat(65)}),
            "parameter",
            "the limit is 64",
        ),
        (
            json!({"by": "Lin", "note": "選".repeat(501)}),
            "parameter",
            "the limit is 500",
        ),
        (
            json!({"verdict": "useful"}),
            "parameter",
            "it is not said who acknowledges",
        ),
        (
            json!({"by": "Lin", "rule": "x"}),
            "parameter",
            "unknown field",
        ),
        (json!("Lin"), "parameter", "not what is expected"),
    ] {
        let reply = say(&world, PATH, said.clone()).await;
        let problem = reply.is_problem(400, kind).to_string();
        assert!(problem.contains(part), "{said}: {problem}");
    }
    say(
        &world,
        "/api/v1/alerts/none/acknowledge",
        json!({"by": "Lin"}),
    )
    .await
    .is_problem(404, "not-found");
    for number in 0..100 {
        let reply = say(&world, PATH, json!({"by": format!("bot {number}")})).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
    }
    say(&world, PATH, json!({"by": "Lin"}))
        .await
        .is_problem(409, "too-many-acknowledgements");
}

#[tokio::test]
async fn only_our_own_page_acknowledges() {
    let world = World::new();
    let body = || json!({"by": "Lin", "verdict": "useful"}).to_string();
    for (headers, status, kind) in [
        (vec![HOST, JSON], 403, "origin"),
        (
            vec![HOST, JSON, ("origin", "https://evil.example")],
            403,
            "origin",
        ),
        (
            vec![HOST, JSON, ORIGIN, ("sec-fetch-site", "cross-site")],
            403,
            "origin",
        ),
        (vec![("host", "evil.example"), JSON, ORIGIN], 421, "host"),
        (
            vec![HOST, ORIGIN, ("content-type", "text/plain")],
            415,
            "media-type",
        ),
    ] {
        let reply = world.send(Method::POST, PATH, &headers, body()).await;
        reply.is_problem(status, kind);
    }
    let form = "by=Lin&verdict=useful&note=".to_owned();
    let elsewhere = [HOST, ("origin", "https://evil.example")];
    let path = "/alerts/alert-1/acknowledge";
    let refused = world.send(Method::POST, path, &elsewhere, form).await;
    refused.is_problem(403, "origin");
    let alert = world.get("/api/v1/alerts/alert-1").await.json();
    assert_eq!(alert["state"], "firing");
}

#[tokio::test]
async fn the_form_needs_no_script_and_names_are_text() {
    let world = World::new();
    let page = world.get("/alerts/alert-1").await.body;
    for part in [
        "action=\"/alerts/alert-1/acknowledge\" method=\"post\"",
        "name=\"by\" required maxlength=\"64\"",
        "<option value=\"known\">known: true, and known already</option>",
        "Nobody has acknowledged it. Verdict: none yet.",
        ">Acknowledge</button>",
        "href=\"/bursts/b1\"",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    // A browser names the origin of a page without referrer as `null`.
    let own = [HOST, ("origin", "null"), ("sec-fetch-site", "same-origin")];
    let form = "by=%3Cb%3ELin&verdict=useful&note=%E6%9E%97+%3Cscript%3E".to_owned();
    let path = "/alerts/alert-1/acknowledge";
    let reply = world.send(Method::POST, path, &own, form.clone()).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    assert_eq!(reply.header("location"), "/alerts/alert-1");
    // Sent twice by a hasty hand.
    let reply = world.send(Method::POST, path, &own, form).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let page = world.get("/alerts/alert-1").await.body;
    for part in [
        "badge acknowledged",
        "&lt;b&gt;Lin",
        "Verdict: <strong>useful</strong>",
        "林 &lt;script&gt;",
        ">Record</button>",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    assert_eq!(
        page.matches("verdict: <strong>").count(),
        1,
        "once in the history"
    );
    let ours = "<script src=\"/script.js\" defer></script>";
    assert!(!page.replace(ours, "").contains("<script"), "{page}");
    let list = world.get("/alerts").await.body;
    for part in [
        "href=\"/alerts/alert-1#acknowledge\"",
        "Verdict: <strong>useful</strong>",
        "How useful each rule has been",
        "100 % (21 to 100 %) of 1",
    ] {
        assert!(list.contains(part), "{part}\n{list}");
    }

    let wrong = "by=&verdict=useful&note=".to_owned();
    let reply = world.send(Method::POST, path, &own, wrong).await;
    assert_eq!(reply.status, 400);
    assert!(reply.body.contains("1 to 64 characters"), "{}", reply.body);
    let wrong = "by=Lin&verdict=fine".to_owned();
    let reply = world.send(Method::POST, path, &own, wrong).await;
    assert!(
        reply.body.contains("`fine` is no verdict"),
        "{}",
        reply.body
    );
    let none = "/alerts/none/acknowledge";
    let reply = world
        .send(Method::POST, none, &own, "by=Lin".to_owned())
        .await;
    assert_eq!(reply.status, 404);
    assert_eq!(world.get("/alerts/none").await.status, 404);
}

/// An alert of a burst, as it is kept.
fn kept(burst: &str, rule: &str, started: &str, verdict: Option<Verdict>) -> Alert {
    let started: Timestamp = t(started);
    Alert {
        id: AlertId::new(format!("a-{burst}")),
        cause: Cause::Burst {
            burst: BurstId::new(burst),
            rule: RuleId::new(rule),
        },
        revision: 1,
        name: "作票".to_owned(),
        state: bellwether_model::AlertState::Firing,
        started,
        updated: started,
        resolved: None,
        verdict,
        labels: bellwether_model::Labels::default(),
        told: None,
        history: Vec::new(),
    }
}

#[tokio::test]
async fn the_page_of_a_burst_has_the_form_of_its_alert() {
    let world = World::new();
    let page = world.get("/bursts/b1").await.body;
    assert!(
        !page.contains("/acknowledge\" method=\"post\""),
        "its alert has another id"
    );
    let alert = kept("b1", "tw-ballot-fraud", NOW, None);
    Desk::open(&world.dir)
        .unwrap()
        .hand_over(t(NOW), &[alert], &[])
        .unwrap();
    let page = world.get("/bursts/b1").await.body;
    assert!(
        page.contains("action=\"/alerts/a-b1/acknowledge\""),
        "{page}"
    );
}

#[tokio::test]
async fn an_alert_about_a_source_is_acknowledged_too_and_still_tells_its_trouble() {
    let world = World::new();
    let mut alert = kept("s", "", NOW, None);
    alert.cause = Cause::Source {
        source: SourceId::new("gamma"),
    };
    alert.history.push(AlertChange {
        at: t(NOW),
        what: "blocked: HTTP 403 (forbidden)".to_owned(),
        by: None,
        verdict: None,
        note: None,
    });
    Desk::open(&world.dir)
        .unwrap()
        .hand_over(t(NOW), &[alert], &[])
        .unwrap();
    let path = "/api/v1/alerts/a-s/acknowledge";
    let reply = say(&world, path, json!({"by": "Lin", "verdict": "known"})).await;
    assert_eq!(reply.json()["state"], "acknowledged", "{}", reply.body);
    let page = world.get("/alerts/a-s").await.body;
    assert!(
        page.contains("<p>blocked: HTTP 403 (forbidden)</p>"),
        "{page}"
    );
    // It is of no rule: there are those in force, one with a query and one for what nobody listed.
    let rules = world.get("/api/v1/rules").await.json();
    assert_eq!(rules["items"].as_array().unwrap().len(), 2, "{rules}");
}

#[tokio::test]
async fn the_precision_of_each_rule_is_told_with_its_range() {
    let world = World::new();
    let none = rule(&world, "tw-ballot-fraud").await;
    assert_eq!(none["in_force"], true);
    assert_eq!(none["query"], "作票");
    assert_eq!(none["recent"]["since"], "2026-08-26T08:10:00Z");
    for window in ["recent", "ever"] {
        let told = &none[window];
        assert_eq!(told["alerts"], 1, "{told}");
        for unknown in ["precision", "low", "high"] {
            assert_eq!(told[unknown], Value::Null, "{told}");
        }
    }
    let page = world.get("/alerts").await.body;
    assert!(page.contains("unknown: no verdicts yet"), "{page}");

    let (useful, noise, known) = (Verdict::Useful, Verdict::Noise, Verdict::Known);
    let day = "2026-11-20T00:00:00Z";
    let mut alerts: Vec<Alert> = [useful, useful, useful, noise, known, known]
        .into_iter()
        .enumerate()
        .map(|(at, verdict)| kept(&format!("x{at}"), "tw-ballot-fraud", day, Some(verdict)))
        .collect();
    alerts.push(kept(
        "y",
        "tw-ballot-fraud",
        "2026-08-26T08:09:59Z",
        Some(noise),
    ));
    alerts.push(kept("z", "a-rule-of-before", day, Some(noise)));
    Desk::open(&world.dir)
        .unwrap()
        .hand_over(t(NOW), &alerts, &[])
        .unwrap();
    let told = rule(&world, "tw-ballot-fraud").await;
    let counts = |window: &str| {
        ["alerts", "useful", "noise", "known", "judged"]
            .map(|field| told[window][field].as_u64().unwrap())
    };
    assert_eq!(counts("recent"), [7, 3, 1, 2, 4]);
    assert_eq!(counts("ever"), [8, 3, 2, 2, 5]);
    assert_eq!(told["recent"]["precision"], 0.75);
    let low = told["recent"]["low"].as_f64().unwrap();
    assert!((low - 0.3006).abs() < 0.0001, "{low}");
    let gone = rule(&world, "a-rule-of-before").await;
    assert_eq!(
        (&gone["in_force"], &gone["query"]),
        (&json!(false), &Value::Null)
    );
    assert_eq!(gone["ever"]["precision"], 0.0);
    let page = world.get("/alerts").await.body;
    for part in [
        "75 % (30 to 95 %) of 4",
        "60 % (23 to 88 %) of 5, 8 alerts",
        "a-rule-of-before",
        "(no longer in force)",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
}
