//! Sources that stop being collected, told to the chat by the real program: once each, with the right
//! numbers. The hours before are written to the log as a poller would have; the last poll is real.

use std::time::Duration;

use bellwether_archive::Batch;
use bellwether_model::OutcomeKind;
use bellwether_testkit::{Answer, Chat, Project, Server, Source, now, rss, until};
use jiff::{SignedDuration, Timestamp};

use crate::stage::CHAT_URL;
use crate::written;

const PAPERS: usize = 6;
const PATIENCE: Duration = Duration::from_secs(60);

fn paper(number: usize) -> String {
    format!("paper-{number}")
}

/// How polling went: `minutes` before now, each ten minutes from the first to the last.
#[derive(Clone, Copy, PartialEq)]
enum Went {
    Well,
    Failed,
    Wall,
}

fn batch(number: usize, at: Timestamp, went: Went, item_of: Option<Timestamp>) -> Batch {
    let paper = paper(number);
    let brought: Vec<(String, Timestamp)> = item_of
        .map(|time| (format!("Of the gap, {time}"), time))
        .into_iter()
        .collect();
    match went {
        Went::Well => written::polled(&paper, at, &brought),
        Went::Failed => {
            let why = "the answer has status 503";
            written::failed(&paper, at, OutcomeKind::Status, why)
        }
        Went::Wall => written::failed(&paper, at, OutcomeKind::Blocked, "a check for robots"),
    }
}

/// Five hours of polling that ended ten minutes ago; papers `down` still fail when they are asked now.
fn world(went: impl Fn(usize, i64) -> Went, down: &'static [usize]) -> (Project, Server, Chat) {
    let server = Server::answering(move |request, _| {
        let host = request.header("host").unwrap_or_default().to_owned();
        if down.iter().any(|number| host.starts_with(&paper(*number))) {
            Answer::status(503)
        } else {
            Answer::feed(rss(&[]))
        }
    });
    let chat = Chat::open();
    let project = Project::new()
        .with(CHAT_URL, &chat.url())
        .with("BELLWETHER_RESOLVE_ALL", &server.address().to_string());
    let sources: Vec<Source> = (0..PAPERS)
        .map(|number| Source {
            id: paper(number),
            url: format!("http://{}.example/feed.xml", paper(number)),
            ..Source::default()
        })
        .collect();
    project.sources(&sources);
    project.write(
        "config/receivers.toml",
        format!(
            "[[receiver]]\nid = \"chat\"\nkind = \"slack\"\nurl_env = \"{CHAT_URL}\"\n\
             allow_networks = [\"127.0.0.0/8\"]\n"
        ),
    );
    let settings = std::fs::read_to_string(project.path().join("config/bellwether.toml")).unwrap();
    project.write(
        "config/bellwether.toml",
        format!("{settings}[coverage]\nreceivers = [\"chat\"]\n"),
    );
    let end = now();
    let mut batches = Vec::new();
    for before in (10..=300).rev().step_by(10) {
        let at = end - SignedDuration::from_mins(before);
        for number in 0..PAPERS {
            let is_back = number == 0 && before == 120;
            let of_gap = is_back.then(|| at - SignedDuration::from_mins(60));
            batches.push(batch(number, at, went(number, before), of_gap));
        }
    }
    written::append(&project, &batches);
    (project, server, chat)
}

#[test]
fn each_trouble_is_told_once_and_its_end_with_the_gap() {
    let (project, _server, chat) = world(
        |number, before| match number {
            0 if (130..=240).contains(&before) => Went::Failed,
            1 if before <= 80 => Went::Wall,
            2 if before <= 80 => Went::Failed,
            _ => Went::Well,
        },
        &[1, 2],
    );
    let mut running = project.start(&["run"]);
    running.address();
    let told = until("three messages", PATIENCE, || {
        let received = chat.received();
        (received.len() >= 3).then_some(received)
    });
    let texts: Vec<&str> = told.iter().map(|message| message.text()).collect();
    assert!(
        texts[0].starts_with("Coverage: paper-0 is failing since"),
        "{texts:#?}"
    );
    assert!(texts[0].contains("503"), "{texts:#?}");
    assert!(
        texts[1].starts_with("Coverage: paper-0 is collected again, after 2 h"),
        "{texts:#?}"
    );
    assert!(
        texts[1].contains("1 item of that time found afterwards"),
        "{texts:#?}"
    );
    assert!(
        texts[2].starts_with("Coverage: 1 blocked, 1 failing"),
        "{texts:#?}"
    );
    assert!(
        texts[2].contains("Of 6 polled sources: 1 blocked, 1 failing, "),
        "{texts:#?}"
    );
    let alerts = until("the alerts to be delivered", PATIENCE, || {
        let alerts = running.get("/api/v1/alerts").json();
        let items = alerts["items"].as_array().unwrap().clone();
        let is_done = items.iter().all(|alert| {
            let deliveries = alert["deliveries"].as_array().unwrap();
            !deliveries.is_empty() && deliveries.iter().all(|d| d["state"] == "delivered")
        });
        (is_done && items.len() == 3).then_some(items)
    });
    for alert in alerts {
        assert_eq!(alert["cause"], "source");
        let state = if alert["source"] == "paper-0" {
            "resolved"
        } else {
            "firing"
        };
        assert_eq!(alert["state"], state, "{alert}");
    }
    assert!(
        running
            .get("/alerts")
            .text()
            .contains("/sources?source=paper-1#source-paper-1")
    );
    assert_eq!(running.terminate().code, Some(0));

    let mut again = project.start(&["run"]);
    again.address();
    again.get("/api/v1/alerts");
    assert_eq!(again.terminate().code, Some(0));
    assert_eq!(chat.received().len(), 3, "nothing is told again");
}

#[test]
fn most_sources_failing_is_one_message() {
    let (project, _server, chat) = world(
        |number, before| match number {
            0 => Went::Well,
            _ if before <= 100 => Went::Failed,
            _ => Went::Well,
        },
        &[1, 2, 3, 4, 5],
    );
    let mut running = project.start(&["run"]);
    running.address();
    let told = until("the message", PATIENCE, || chat.received().first().cloned());
    let text = told.text();
    assert!(
        text.starts_with("Coverage: most sources fail, 5 of 6 on 5 hosts, since"),
        "{text}"
    );
    assert!(
        text.contains("consistent with a fault of this machine's network"),
        "{text}"
    );
    assert!(!text.contains("paper-"), "none is listed: {text}");
    let alerts = running.get("/api/v1/alerts").json();
    assert_eq!(alerts["items"].as_array().unwrap().len(), 1);
    assert_eq!(alerts["items"][0]["cause"], "outage");
    assert_eq!(running.terminate().code, Some(0));
    assert_eq!(chat.received().len(), 1);
}
