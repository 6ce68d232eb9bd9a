//! Desks that were written when alerts were about bursts only.

#![expect(clippy::expect_used, reason = "a test fails by them")]

use bellwether_archive::{AlertFilter, DataDir, Desk, Outgoing};
use bellwether_model::{
    Alert, AlertId, AlertState, BurstId, Cause, CoverageReport, Delivery, DeliveryKey,
    DeliveryKind, DeliveryState, ReceiverId, RuleId, SourceId, Subject, Timestamp,
};
use rusqlite::Connection;

/// As it was made then, with a message that waits.
const BEFORE: &str = r#"
CREATE TABLE state (one INTEGER PRIMARY KEY CHECK (one = 1), handed_over INTEGER) STRICT;
CREATE TABLE alert (id TEXT PRIMARY KEY, state TEXT NOT NULL, started INTEGER NOT NULL,
    updated INTEGER NOT NULL, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE delivery (key TEXT PRIMARY KEY, alert TEXT NOT NULL REFERENCES alert(id),
    receiver TEXT NOT NULL, kind TEXT NOT NULL, burst_revision INTEGER NOT NULL, burst TEXT NOT NULL,
    state TEXT NOT NULL, attempts INTEGER NOT NULL, created INTEGER NOT NULL,
    next_at INTEGER NOT NULL, possible_repeat INTEGER NOT NULL, error TEXT, delivered INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO state VALUES (1, 1795500060000);
INSERT INTO alert VALUES ('a-b-1', 'firing', 1795500060000, 1795500060000,
  '{"id":"a-b-1","burst":"b-1","burst_revision":3,"rule":"ballots","name":"作票","state":"firing",
    "started":"2026-11-24T06:01:00Z","updated":"2026-11-24T06:01:00Z","resolved":null,
    "history":[{"at":"2026-11-24T06:01:00Z","what":"fired","by":null}]}');
INSERT INTO delivery VALUES ('firing:1:ab', 'a-b-1', 'chat', 'firing', 3,
  '{"id":"b-1","revision":3,"rule":"ballots","name":"作票","query":"作票","state":"open",
    "started":"2026-11-24T06:01:00Z","evaluated":"2026-11-24T06:01:00Z","ended":null,
    "window":{"from":"2026-11-24T04:00:00Z","to":"2026-11-24T06:00:00Z"},
    "observed":{"items":31,"families":7,"stories":9},"peak":{"items":31,"families":7,"stories":9},
    "judgement":{"judgement":"insufficient","days":3,"days_needed":14},
    "gates":[],"families":[],"groups":[],"stories":[],"first_seen":null,"items":[],
    "coverage":{"sources":0,"missing":[]}}',
  'pending', 1, 1795500060000, 1795500065000, 0, 'HTTP 500', NULL);
"#;

fn opened() -> (tempfile::TempDir, Desk) {
    let folder = tempfile::tempdir().expect("folder");
    let dir = DataDir::open(folder.path()).expect("data");
    Connection::open(folder.path().join("desk.sqlite"))
        .and_then(|before| before.execute_batch(BEFORE))
        .expect("a desk of before");
    let desk = Desk::open(&dir).expect("desk");
    (folder, desk)
}

fn source_alert(id: &str) -> Alert {
    let at = Timestamp::from_second(1_795_500_100).expect("a time");
    Alert {
        id: AlertId::new(id),
        cause: Cause::Source {
            source: SourceId::new("river-daily"),
        },
        revision: 1,
        name: "河日報".to_owned(),
        state: AlertState::Firing,
        started: at,
        updated: at,
        resolved: None,
        verdict: None,
        labels: bellwether_model::Labels::default(),
        told: None,
        history: Vec::new(),
    }
}

fn message(key: &str, alert: &Alert, second: i64, also: &[&Alert]) -> Outgoing {
    let at = Timestamp::from_second(1_795_500_100 + second).expect("a time");
    Outgoing {
        delivery: Delivery {
            key: DeliveryKey::new(key),
            alert: alert.id.clone(),
            receiver: ReceiverId::new("chat"),
            kind: DeliveryKind::Firing,
            revision: 1,
            state: DeliveryState::Pending,
            attempts: 0,
            created: at,
            next_at: at,
            possible_repeat: false,
            error: None,
            delivered: None,
            sent: bellwether_model::Sent::default(),
            hold: None,
        },
        subject: Subject::Coverage(CoverageReport {
            reported: at,
            changes: Vec::new(),
            outage: None,
            states: Vec::new(),
        }),
        also: also.iter().map(|alert| alert.id.clone()).collect(),
    }
}

#[test]
fn what_waits_in_a_desk_of_before_is_still_sent() {
    let (_folder, mut desk) = opened();
    let alerts = desk.alerts(AlertFilter::Open, 10).expect("read");
    assert_eq!(alerts.len(), 1);
    assert_eq!(
        alerts[0].cause,
        Cause::Burst {
            burst: BurstId::new("b-1"),
            rule: RuleId::new("ballots"),
        }
    );
    assert_eq!(alerts[0].revision, 3);
    // Nobody could say anything of it then.
    assert_eq!(
        (alerts[0].verdict, alerts[0].acknowledgement()),
        (None, None)
    );
    let verdicts = desk.verdicts(Timestamp::UNIX_EPOCH).expect("read");
    assert_eq!(verdicts[&RuleId::new("ballots")].ever.alerts, 1);
    let due = desk.due(Timestamp::MAX, 10).expect("read");
    assert_eq!(due.len(), 1);
    assert_eq!((due[0].0.revision, due[0].0.attempts), (3, 1));
    assert!(matches!(&due[0].1, Subject::Burst(burst) if burst.observed.items == 31));

    // And goes on beside alerts of the other kind.
    let alert = source_alert("a-source-1");
    let tick = alert.updated;
    let outgoing = message("firing:1:cd", &alert, 0, &[]);
    desk.hand_over(tick, std::slice::from_ref(&alert), &[outgoing])
        .expect("handed over");
    assert_eq!(desk.alert(&alert.id).expect("read"), Some(alert.clone()));
    assert!(matches!(
        desk.last_subject(&alert.id).expect("read"),
        Some(Subject::Coverage(_))
    ));
    assert_eq!(desk.alerts(AlertFilter::All, 10).expect("read").len(), 2);
}

#[test]
fn a_message_about_several_alerts_is_found_from_each_and_waits_for_earlier_ones() {
    let (_folder, mut desk) = opened();
    let (one, two, three) = (
        source_alert("a-source-1"),
        source_alert("a-source-2"),
        source_alert("a-source-3"),
    );
    let first = message("firing:1:01", &one, 0, &[&two]);
    let second = message("firing:1:02", &two, 10, &[]);
    let other = message("firing:1:03", &three, 10, &[]);
    let (waits, goes) = (second.delivery.clone(), other.delivery.clone());
    let expected = first.delivery.next_at;
    desk.hand_over(
        one.updated,
        &[one.clone(), two.clone(), three.clone()],
        &[first, second, other],
    )
    .expect("handed over");
    let keys = |alert: &Alert| -> Vec<String> {
        let found = desk.deliveries(&alert.id).expect("read");
        found
            .iter()
            .map(|delivery| delivery.key.to_string())
            .collect()
    };
    assert_eq!(keys(&one), ["firing:1:01"]);
    assert_eq!(keys(&two), ["firing:1:01", "firing:1:02"]);
    assert_eq!(keys(&three), ["firing:1:03"]);
    assert_eq!(desk.earlier_due(&waits).expect("read"), Some(expected));
    assert_eq!(desk.earlier_due(&goes).expect("read"), None);
}
