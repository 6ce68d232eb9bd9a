//! A burst is in the team's chat within two ticks of the feed that completes it, and nothing of the
//! chat's address is anywhere else.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use bellwether_testkit::{Chat, Verdict, until};

use crate::stage;

/// Two ticks of 60 s of the log's time, and half a tick for a machine that is busy with other tests.
const TWO_TICKS: Duration = Duration::from_secs(150);

/// Part of the chat's address.
const SECRET: &str = "FAKEsecret";

#[test]
fn a_burst_is_in_the_chat_within_two_ticks() {
    let feeds = stage::topical_feeds();
    let chat = Chat::that(|before| match before {
        0 => Verdict::Fail(503),
        1 => Verdict::Cut,
        _ => Verdict::Take,
    });
    let project = stage::project(&feeds, "slack", &chat.url()).with("BELLWETHER_LOG", "trace");
    stage::import_past(&project);
    let mut running = project.start(&["run"]);
    running.address();
    until("the last feed to be asked for", TWO_TICKS, || {
        (feeds.requests().len() >= stage::PAPERS).then_some(())
    });
    let asked = Instant::now();
    let first = until("the message of the burst", TWO_TICKS, || {
        chat.received().first().cloned()
    });
    assert!(asked.elapsed() < TWO_TICKS);
    assert!(
        first.text().starts_with("Burst: Lost ballot boxes"),
        "{}",
        first.text()
    );

    // The papers hide the topic from plain searches and turn the line around; the message quotes no
    // item, and nothing of that is in it.
    let hidden = ['\u{200B}', '\u{2060}', '\u{202E}'];
    assert!(!first.text().contains(hidden), "{:?}", first.text());

    // Refused once and its answer lost once: the same key each time, and the reader is told.
    let received = until("the message to be taken", TWO_TICKS, || {
        let received = chat.received();
        (received.len() == 3).then_some(received)
    });
    assert!(received.iter().all(|message| message.key == first.key));
    let told: Vec<bool> = received
        .iter()
        .map(|message| message.text().contains("may repeat an earlier message"))
        .collect();
    assert_eq!(told, [false, false, true]);

    let alerts = until("the alert to be delivered", TWO_TICKS, || {
        let alerts = running.get("/api/v1/alerts").json();
        (alerts["items"][0]["deliveries"][0]["state"] == "delivered").then_some(alerts)
    });
    assert_eq!(alerts["items"].as_array().unwrap().len(), 1);
    let bursts = running.get("/api/v1/bursts").json();
    assert_eq!(bursts["items"].as_array().unwrap().len(), 1);
    assert_eq!(bursts["items"][0]["rule"], stage::RULE);
    assert_eq!(bursts["items"][0]["observed"]["items"], 12);
    let pages: String = ["/", "/alerts", "/bursts", "/sources", "/readyz"]
        .iter()
        .map(|path| running.get(path).text())
        .collect();
    let ended = running.terminate();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    for (where_from, text) in [
        ("the log", &ended.err),
        ("the pages", &pages),
        ("the alerts", &alerts.to_string()),
    ] {
        assert!(
            !text.contains(SECRET),
            "the chat's address is in {where_from}"
        );
    }
    assert_in_no_file(&project.path().join("data"));
}

fn assert_in_no_file(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            assert_in_no_file(&path);
        } else {
            let bytes = fs::read(&path).unwrap();
            let holds = bytes
                .windows(SECRET.len())
                .any(|part| part == SECRET.as_bytes());
            assert!(!holds, "the chat's address is in {}", path.display());
        }
    }
}
