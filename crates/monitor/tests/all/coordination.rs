//! What accounts post together is found again by a monitor that was opened in the middle of it.

#![expect(clippy::expect_used, reason = "a test fails by them")]

use crate::engine;

use std::collections::BTreeSet;
use std::time::Duration;

use bellwether_archive::{Batch, CaptureKind, DataDir, LogWriter, NewCapture, NewItem};
use bellwether_detect::DetectSettings;
use bellwether_model::{
    Affiliation, FamilyId, Group, GroupId, PostFacts, PublisherId, Reach, Reading, Role, Source,
    SourceId, SourceKind, TimeReason, Timestamp,
};
use bellwether_monitor::{Finding, FindingKind, Monitor, MonitorSettings, Object};
use engine::NoEngine;

const START: i64 = 1_795_000_000;
const HOUR: i64 = 3_600;

/// An account, or an outlet, which posts.
fn source(name: &str) -> Source {
    Source {
        id: SourceId::new(name),
        name: name.to_owned(),
        kind: SourceKind::Feed,
        reading: Reading::default(),
        url: None,
        reach: Reach::default(),
        publisher: PublisherId::new(name),
        family: FamilyId::new(name),
        groups: vec![GroupId::new(name.split('-').next().unwrap_or(name))],
        country: None,
        languages: Vec::new(),
        every: Duration::from_secs(600),
        enabled: true,
        affiliation: Affiliation::UNKNOWN,
        note: None,
    }
}

fn post(writer: &mut LogWriter, name: &str, second: i64, text: &str, reason: TimeReason) {
    let at = Timestamp::from_second(START + second).expect("time");
    let mut batch = Batch::new(at);
    batch.capture = Some(NewCapture {
        uri: "https://posts.example/".to_owned(),
        at,
        kind: CaptureKind::Response {
            status: 200,
            headers: Vec::new(),
        },
        body: text.as_bytes().to_vec(),
    });
    let guid = format!("{name} {second}");
    batch.items.push(NewItem {
        source: SourceId::new(name),
        publisher: PublisherId::new(name),
        identities: vec![guid.clone()],
        guid: Some(guid),
        url: None,
        platform: None,
        lang_declared: None,
        title: String::new(),
        text: text.to_owned(),
        seen: at,
        published: Some(at),
        published_raw: None,
        time: at,
        time_reason: reason,
        locator: None,
        facts: PostFacts::default(),
    });
    writer.append(&[batch]).expect("appended");
}

fn monitor(dir: &DataDir) -> Monitor {
    let group = |id: &str, role| Group {
        id: GroupId::new(id),
        name: id.to_owned(),
        role,
    };
    let accounts = (0..20).map(|number| source(&format!("crowd-{number}")));
    let settings = MonitorSettings {
        term_rules: Vec::new(),
        elections: Vec::new(),
        groups: vec![group("crowd", Role::Social), group("press", Role::Domestic)],
        sources: accounts.chain([source("press-a")]).collect(),
        actors: Vec::new(),
        narratives: Vec::new(),
        rules: Vec::new(),
        detect: DetectSettings::default(),
        untold: BTreeSet::new(),
    };
    let mut monitor = Monitor::open(dir, settings, &NoEngine).expect("monitor");
    assert_eq!(monitor.findings().expect("nothing yet"), []);
    monitor
}

fn follow(monitor: &mut Monitor) -> Vec<Finding> {
    while monitor.advance().expect("advanced").entries > 0 {}
    monitor.findings().expect("findings")
}

fn told(findings: &[Finding]) -> Vec<(String, u32)> {
    let of = |finding: &Finding| match &finding.kind {
        FindingKind::Coordination { object, found } => (object.clone(), found.accounts),
        FindingKind::Emergent { .. } | FindingKind::Lineage { .. } => {
            (Object::Link(String::new()), 0)
        }
    };
    let told = findings.iter().map(of);
    told.map(|(object, accounts)| (format!("{object:?}"), accounts))
        .collect()
}

#[test]
fn a_monitor_that_is_opened_anew_finds_the_same() {
    let folder = tempfile::tempdir().expect("folder");
    let dir = DataDir::open(folder.path()).expect("data");
    let mut writer = LogWriter::open(&dir).expect("log");
    // A day of posts that share nothing.
    for number in 0..96 {
        let text = format!("post number {number} of nobody in particular");
        let name = format!("crowd-{}", number % 20);
        post(
            &mut writer,
            &name,
            number * HOUR / 4,
            &text,
            TimeReason::Published,
        );
    }
    let day = 24 * HOUR;
    for (place, link, reason) in [
        (0, "https://claims.example/1", TimeReason::Published),
        (1, "https://press.example/2", TimeReason::Published),
        (2, "https://claims.example/3", TimeReason::Missing),
    ] {
        if place == 1 {
            let text = format!("What our reporter saw: {link}?utm_source=own");
            post(
                &mut writer,
                "press-a",
                day + HOUR,
                &text,
                TimeReason::Published,
            );
        }
        for account in 0..7 {
            let text = format!("{account} {link}");
            let name = format!("crowd-{account}");
            post(
                &mut writer,
                &name,
                day + place * 2 * HOUR + 60 * account,
                &text,
                reason,
            );
        }
        if place == 0 {
            assert_eq!(told(&follow(&mut monitor(&dir))), [], "seven are too few");
        }
        let last = day + place * 2 * HOUR + 480;
        post(&mut writer, "crowd-9", last, &format!("9 {link}"), reason);
        let found = follow(&mut monitor(&dir));
        let expected = vec![("Link(\"claims.example/1\")".to_owned(), 8)];
        // What an outlet had before them, and what is timed by when it was received, is not told.
        assert_eq!(told(&found), if place == 0 { expected } else { Vec::new() });
        if let Some(found) = found.first() {
            assert_eq!(found.members.len(), 8);
            assert_eq!(found.name, "claims.example/1");
        }
    }
}
