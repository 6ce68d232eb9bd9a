//! A team that shares one Bellwether: accounts by command, logging in, a program's token, and who did what.

use bellwether_testkit::{Project, Reply, Running, encoded, send};

const PASSWORD: &str = "vier Wörter, 一把鑰匙";

fn asked(
    running: &mut Running,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Reply {
    let address = running.address();
    let url = format!("http://{address}{path}");
    send(method, &url, headers, body.as_bytes()).unwrap()
}

#[test]
fn a_daemon_that_others_could_reach_wants_accounts() {
    let project = Project::new();
    let ended = project.run(&["run", "--listen", "0.0.0.0:0"]);
    assert_ne!(ended.code, Some(0));
    assert!(
        ended.err.contains("bellwether user add NAME --role admin"),
        "{}",
        ended.err
    );
}

#[test]
fn people_log_in_programs_show_tokens_and_both_are_named() {
    let project = Project::new();
    let mut running = project.start(&["run"]);
    assert_eq!(
        running.get("/alerts").status,
        200,
        "alone there is no log-in"
    );

    // Made beside the running daemon, and in force at once.
    let short = project.run_with(&["user", "add", "lin", "--role", "analyst"], b"short\n");
    assert_ne!(short.code, Some(0));
    assert!(
        short.err.contains("at least 15 characters"),
        "{}",
        short.err
    );
    let password = format!("{PASSWORD}\n");
    let added = project
        .run_with(
            &["user", "add", "lin", "--role", "analyst"],
            password.as_bytes(),
        )
        .good();
    assert!(added.out.contains("lin is analyst now"), "{}", added.out);
    let wants = running.get("/alerts");
    assert_eq!(
        (wants.status, wants.header("location")),
        (303, Some("/login?then=%2Falerts"))
    );
    assert_eq!(running.get("/api/v1/alerts").status, 401);
    assert_eq!(running.get("/healthz").status, 200);

    let origin = format!("http://{}", running.address());
    let form = [
        ("Origin", origin.as_str()),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ];
    let said = format!("name=lin&password={}&then=%2Falerts", encoded(PASSWORD));
    let entered = asked(&mut running, "POST", "/login", &form, &said);
    assert_eq!(
        (entered.status, entered.header("location")),
        (303, Some("/alerts"))
    );
    let cookie = entered.header("set-cookie").unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let page = asked(
        &mut running,
        "GET",
        "/alerts",
        &[("Cookie", cookie.as_str())],
        "",
    );
    assert!(
        page.status == 200 && page.text().contains("Log out"),
        "{}",
        page.text()
    );

    // A program.
    let made = project.run(&[
        "token", "add", "bridge", "--role", "analyst", "--for", "90d", "--json",
    ]);
    let made: serde_json::Value = serde_json::from_str(&made.good().out).unwrap();
    let bearer = format!("Bearer {}", made["secret"].as_str().unwrap());
    let json = [
        ("Authorization", bearer.as_str()),
        ("Content-Type", "application/json"),
    ];
    let silence =
        r#"{"matchers": ["rule=\"x\""], "by": "Ana", "comment": "known", "duration": "1h"}"#;
    let kept = asked(&mut running, "POST", "/api/v1/silences", &json, silence);
    assert_eq!(kept.json()["by"], "Ana (token bridge)", "{}", kept.text());
    let listed = project.run(&["token", "list", "--json"]).good().out;
    assert!(
        listed.contains("\"bridge\"") && !listed.contains("bellwether_"),
        "{listed}"
    );

    let audit = project.run(&["audit", "--json"]).good().out;
    let lines: Vec<serde_json::Value> = audit
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let whats: Vec<&str> = lines
        .iter()
        .map(|line| line["what"].as_str().unwrap())
        .collect();
    assert_eq!(
        whats,
        [
            "POST /api/v1/silences",
            "bellwether token add bridge analyst",
            "POST /login",
            "bellwether user add lin analyst",
        ]
    );
    assert_eq!(lines[0]["by"], "token bridge");

    // What was taken away opens nothing.
    let _ = project.run(&["token", "revoke", "bridge"]).good();
    assert_eq!(
        asked(&mut running, "POST", "/api/v1/silences", &json, silence).status,
        401
    );
    let _ = project
        .run_with(&["user", "password", "lin"], b"another good pass phrase\n")
        .good();
    let out = asked(
        &mut running,
        "GET",
        "/alerts",
        &[("Cookie", cookie.as_str())],
        "",
    );
    assert_eq!(out.status, 303);
    let _ = project.run(&["user", "remove", "lin"]).good();
    assert_eq!(running.get("/alerts").status, 200);
    // No word of a secret was written.
    let said = running.err() + &running.out();
    assert!(
        !said.contains("bellwether_") && !said.contains("W%C3%B6rter"),
        "{said}"
    );
}
