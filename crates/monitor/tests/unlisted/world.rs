//! Two weeks of invented posts of four groups, with a push or without, and a monitor that watches them.

use std::collections::BTreeSet;
use std::time::Duration;

use bellwether_archive::{Batch, CaptureKind, DataDir, Derived, LogWriter, NewCapture, NewItem};
use bellwether_detect::DetectSettings;
use bellwether_model::{
    Affiliation, Burst, Election, ElectionId, FamilyId, Gate, Group, GroupId, Phase, PostFacts,
    PublisherId, Reach, Reading, Role, RuleId, RulePhase, Source, SourceId, SourceKind, TermRule,
    Thresholds, TimeReason, Timestamp,
};
use bellwether_monitor::{Monitor, MonitorSettings};

use crate::engine::NoEngine;

pub(crate) const START: i64 = 1_795_000_020;
pub(crate) const HOUR: i64 = 3_600;
pub(crate) const DAY: i64 = 24 * HOUR;

pub(crate) fn time(second: i64) -> Timestamp {
    Timestamp::from_second(START + second).expect("time")
}

pub(crate) const GROUPS: [(&str, Role); 4] = [
    ("state", Role::State),
    ("proxy", Role::Proxy),
    ("press", Role::Domestic),
    ("crowd", Role::Social),
];

/// What is published: when, by whom, and the text.
pub(crate) type Post = (i64, String, String);

pub(crate) fn source(name: &str) -> Source {
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

/// Chooses as a die would, the same each time.
pub(crate) struct Die(pub(crate) u64);

impl Die {
    pub(crate) fn below(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    /// Invented words, frequent and rare ones.
    pub(crate) fn words(&mut self, count: usize) -> String {
        const SYLLABLES: [&str; 12] = [
            "ba", "ke", "lo", "mi", "nu", "ra", "se", "ti", "vo", "wen", "gar", "dol",
        ];
        let words = (0..count).map(|_| {
            let word = self.below(900) * self.below(900) / 900;
            let syllable = |n: usize| SYLLABLES[n % SYLLABLES.len()];
            [syllable(word), syllable(word / 12), syllable(word / 7 + 3)].concat()
        });
        words.collect::<Vec<_>>().join(" ")
    }
}

/// Eleven days of an item every twelve minutes.
pub(crate) fn background() -> Vec<Post> {
    let mut die = Die(11);
    (0..11 * 120)
        .map(|n| {
            let outlet = die.below(24);
            let name = format!("{}-{outlet}", GROUPS[outlet % 4].0);
            (n * 720, name, die.words(40))
        })
        .collect()
}

/// Eight families outside the press write of a thing that nobody wrote of before.
pub(crate) fn pushed(from: i64) -> Vec<Post> {
    let mut die = Die(5);
    let post = |n: i64| {
        let group = if n % 2 == 0 { "state" } else { "proxy" };
        let outlet = if n % 2 == 0 { 4 * n } else { 4 * n + 1 } % 24;
        let (before, after) = (die.words(15), die.words(15));
        let text = format!("{before} the Harbour Ledger {after}");
        (from + 61 + n * 400, format!("{group}-{outlet}"), text)
    };
    (0..8).map(post).collect()
}

pub(crate) fn write(dir: &DataDir, mut posts: Vec<Post>) {
    posts.sort();
    let mut writer = LogWriter::open(dir).expect("log");
    let batches: Vec<Batch> = posts.into_iter().map(batch).collect();
    for batches in batches.chunks(200) {
        writer.append(batches).expect("appended");
    }
}

pub(crate) fn batch((second, name, text): Post) -> Batch {
    let at = time(second);
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
        source: SourceId::new(name.as_str()),
        publisher: PublisherId::new(name.as_str()),
        identities: vec![guid.clone()],
        guid: Some(guid),
        url: None,
        platform: None,
        lang_declared: None,
        title: String::new(),
        text,
        seen: at,
        published: Some(at),
        published_raw: None,
        time: at,
        time_reason: TimeReason::Published,
        locator: None,
        facts: PostFacts::default(),
    });
    batch
}

/// Heartbeats, so that ticks pass.
pub(crate) fn quiet(from: i64, to: i64) -> Vec<Batch> {
    let beat = |second: i64| {
        let mut batch = Batch::new(time(second));
        batch.heartbeat = true;
        batch
    };
    (from / 600..to / 600).map(|n| beat(n * 600)).collect()
}

pub(crate) fn monitor(dir: &DataDir, groups: &[&str]) -> Monitor {
    gated(dir, groups, Gate::default())
}

pub(crate) fn gated(dir: &DataDir, groups: &[&str], gate: Gate) -> Monitor {
    opened(dir, rule(groups, gate), Vec::new())
}

/// The same with a rule of an election whose phase "late" begins at a second of the stream.
pub(crate) fn phased(dir: &DataDir, rule: &TermRule, begins: i64) -> Monitor {
    opened(dir, rule.clone(), vec![election(begins)])
}

fn opened(dir: &DataDir, rule: TermRule, elections: Vec<Election>) -> Monitor {
    let outlets = (0..24).map(|n| source(&format!("{}-{n}", GROUPS[n % 4].0)));
    let settings = MonitorSettings {
        groups: GROUPS
            .map(|(id, role)| Group {
                id: GroupId::new(id),
                name: id.to_owned(),
                role,
            })
            .to_vec(),
        sources: outlets.collect(),
        actors: Vec::new(),
        narratives: Vec::new(),
        rules: Vec::new(),
        elections,
        term_rules: vec![rule],
        detect: DetectSettings::default(),
        untold: BTreeSet::new(),
    };
    Monitor::open(dir, settings, &NoEngine).expect("monitor")
}

/// An election whose phase "late" begins at a second of the stream and does not end.
pub(crate) fn election(begins: i64) -> Election {
    Election {
        id: ElectionId::new("invented"),
        name: "Invented".to_owned(),
        name_native: None,
        country: "XO".to_owned(),
        time_zone: "Asia/Taipei".to_owned(),
        polling_day: None,
        phases: vec![Phase {
            id: "late".to_owned(),
            start: Some(time(begins)),
            end: Some(Timestamp::MAX),
            withholds: None,
            law: None,
        }],
    }
}

/// A rule with another gate in the phase "late".
pub(crate) fn late(before: Gate, gate: Gate) -> TermRule {
    TermRule {
        election: Some(ElectionId::new("invented")),
        phases: vec![RulePhase {
            phase: "late".to_owned(),
            thresholds: Thresholds { gate, p_max: None },
        }],
        ..rule(&[], before)
    }
}

pub(crate) fn rule(groups: &[&str], gate: Gate) -> TermRule {
    TermRule {
        id: RuleId::new("unlisted"),
        name: "What nobody listed".to_owned(),
        groups: groups.iter().map(|id| GroupId::new(*id)).collect(),
        languages: Vec::new(),
        platforms: Vec::new(),
        gate,
        receivers: Vec::new(),
        election: None,
        phases: Vec::new(),
    }
}

pub(crate) fn follow(monitor: &mut Monitor) {
    while monitor.advance().expect("advanced").entries > 0 {}
}

/// All that a person should have seen, in order.
pub(crate) fn changes(dir: &DataDir) -> Vec<Burst> {
    let derived = Derived::open_readonly(dir).expect("derived");
    derived.changes_after(None).expect("changes")
}

pub(crate) fn new_data() -> (tempfile::TempDir, DataDir) {
    let folder = tempfile::tempdir().expect("folder");
    let dir = DataDir::open(folder.path()).expect("data");
    (folder, dir)
}

pub(crate) fn with_push() -> Vec<Post> {
    let mut posts = background();
    posts.extend(pushed(10 * DAY));
    posts
}
