//! What nobody listed is raised as a burst by a rule for it, goes on, ends, and is found again by a
//! monitor that was opened in the middle of it.

#![expect(clippy::expect_used, reason = "a test fails by them")]

mod engine;

use std::collections::BTreeSet;
use std::time::Duration;

use bellwether_archive::{Batch, CaptureKind, DataDir, Derived, LogWriter, NewCapture, NewItem};
use bellwether_detect::DetectSettings;
use bellwether_model::{
    Affiliation, Burst, BurstState, Detector, Election, ElectionId, FamilyId, Gate, Group, GroupId,
    Judgement, Phase, PostFacts, PublisherId, Reach, Reading, Role, RuleId, RulePhase, Source,
    SourceId, SourceKind, TermRule, Thresholds, TimeReason, Timestamp,
};
use bellwether_monitor::{Monitor, MonitorSettings};
use engine::NoEngine;

const START: i64 = 1_795_000_020;
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

fn time(second: i64) -> Timestamp {
    Timestamp::from_second(START + second).expect("time")
}

const GROUPS: [(&str, Role); 4] = [
    ("state", Role::State),
    ("proxy", Role::Proxy),
    ("press", Role::Domestic),
    ("crowd", Role::Social),
];

/// What is published: when, by whom, and the text.
type Post = (i64, String, String);

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

/// Chooses as a die would, the same each time.
struct Die(u64);

impl Die {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    /// Invented words, frequent and rare ones.
    fn words(&mut self, count: usize) -> String {
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
fn background() -> Vec<Post> {
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
fn pushed(from: i64) -> Vec<Post> {
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

fn write(dir: &DataDir, mut posts: Vec<Post>) {
    posts.sort();
    let mut writer = LogWriter::open(dir).expect("log");
    let batches: Vec<Batch> = posts.into_iter().map(batch).collect();
    for batches in batches.chunks(200) {
        writer.append(batches).expect("appended");
    }
}

fn batch((second, name, text): Post) -> Batch {
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
fn quiet(from: i64, to: i64) -> Vec<Batch> {
    let beat = |second: i64| {
        let mut batch = Batch::new(time(second));
        batch.heartbeat = true;
        batch
    };
    (from / 600..to / 600).map(|n| beat(n * 600)).collect()
}

fn monitor(dir: &DataDir, groups: &[&str]) -> Monitor {
    gated(dir, groups, Gate::default())
}

fn gated(dir: &DataDir, groups: &[&str], gate: Gate) -> Monitor {
    phased(dir, groups, gate, None)
}

/// The same, with another gate in a phase that lasts from a second of the stream on.
fn phased(dir: &DataDir, groups: &[&str], gate: Gate, phase: Option<(i64, Gate)>) -> Monitor {
    let election = phase.map(|(from, _)| Election {
        id: ElectionId::new("invented"),
        name: "Invented".to_owned(),
        name_native: None,
        country: "XO".to_owned(),
        time_zone: "Asia/Taipei".to_owned(),
        polling_day: None,
        phases: vec![Phase {
            id: "late".to_owned(),
            start: Some(time(from)),
            end: Some(Timestamp::MAX),
            withholds: None,
            law: None,
        }],
    });
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
        elections: election.iter().cloned().collect(),
        term_rules: vec![TermRule {
            id: RuleId::new("unlisted"),
            name: "What nobody listed".to_owned(),
            groups: groups.iter().map(|id| GroupId::new(*id)).collect(),
            languages: Vec::new(),
            platforms: Vec::new(),
            gate,
            receivers: Vec::new(),
            election: election.map(|election| election.id),
            phases: phase
                .map(|(_, gate)| RulePhase {
                    phase: "late".to_owned(),
                    thresholds: Thresholds { gate, p_max: None },
                })
                .into_iter()
                .collect(),
        }],
        detect: DetectSettings::default(),
        untold: BTreeSet::new(),
    };
    Monitor::open(dir, settings, &NoEngine).expect("monitor")
}

fn follow(monitor: &mut Monitor) {
    while monitor.advance().expect("advanced").entries > 0 {}
}

/// All that a person should have seen, in order.
fn changes(dir: &DataDir) -> Vec<Burst> {
    let derived = Derived::open_readonly(dir).expect("derived");
    derived.changes_after(None).expect("changes")
}

fn new_data() -> (tempfile::TempDir, DataDir) {
    let folder = tempfile::tempdir().expect("folder");
    let dir = DataDir::open(folder.path()).expect("data");
    (folder, dir)
}

fn with_push() -> Vec<Post> {
    let mut posts = background();
    posts.extend(pushed(10 * DAY));
    posts
}

#[test]
fn a_term_that_rises_is_a_burst_with_its_numbers_and_ends() {
    let (_folder, dir) = new_data();
    write(&dir, with_push());
    let mut monitor = monitor(&dir, &[]);
    follow(&mut monitor);
    let told = changes(&dir);
    let burst = told.first().expect("a burst");
    let Detector::Term(term) = &burst.detector else {
        panic!("{:?}", burst.detector);
    };
    assert_eq!(burst.state, BurstState::Open);
    assert_eq!(burst.name, "the Harbour Ledger");
    assert_eq!(term.spellings, ["the Harbour Ledger"]);
    assert!(
        burst.query.contains("arbour") || burst.query.contains("edger"),
        "{}",
        burst.query
    );
    assert!(
        burst.query.contains("NOT") && burst.query.contains("group:press"),
        "{}",
        burst.query
    );
    assert_eq!(burst.items.len(), burst.observed.items as usize);
    assert!(burst.gates.iter().all(|gate| gate.passed));
    let Judgement::Tested { expected, p, p_max } = burst.judgement else {
        panic!("{:?}", burst.judgement);
    };
    // P(X >= n) of a Gamma-Poisson, from what is shown and nothing else.
    let size = expected.size.expect("a size");
    let (mean, n) = (expected.mean, burst.observed.voices());
    let q = mean / (mean + size);
    let mut below = (1.0 - q).powf(size);
    let mut sum = below;
    for count in 1..n {
        below *= (size + f64::from(count) - 1.0) / f64::from(count) * q;
        sum += below;
    }
    assert!((1.0 - sum - p).abs() < 1e-9, "{p} and {}", 1.0 - sum);
    assert!(p <= p_max);
    assert_eq!(expected.days, 10);

    // It grows, and a person is told; a day after it was last found it ends.
    assert!(told.iter().all(|later| later.id == burst.id));
    assert!(told.len() > 1, "it grew");
    let mut writer = LogWriter::open(&dir).expect("log");
    for batches in quiet(11 * DAY, 12 * DAY + 4 * HOUR).chunks(50) {
        writer.append(batches).expect("appended");
    }
    follow(&mut monitor);
    let told = changes(&dir);
    let last = told.last().expect("an end");
    assert_eq!(last.state, BurstState::Ended);
    assert_eq!(last.id, burst.id);
    let ends = told.iter().filter(|burst| burst.state == BurstState::Ended);
    assert_eq!(ends.count(), 1);
    assert!(last.peak.voices() >= 6);
}

#[test]
fn a_rule_is_told_of_what_its_groups_publish_only() {
    for (groups, expected) in [
        (&["press"][..], 0),
        (&["state"][..], 1),
        (&["state", "proxy"][..], 1),
    ] {
        let (_folder, dir) = new_data();
        write(&dir, with_push());
        follow(&mut monitor(&dir, groups));
        let told: BTreeSet<_> = changes(&dir).iter().map(|burst| burst.id.clone()).collect();
        assert_eq!(told.len(), expected, "{groups:?}");
    }
}

#[test]
fn a_term_that_passes_the_gate_of_a_rule_only_later_is_told_then() {
    let (_folder, dir) = new_data();
    write(&dir, with_push());
    let gate = Gate {
        min_families: 6,
        ..Gate::default()
    };
    follow(&mut gated(&dir, &[], gate));
    let told = changes(&dir);
    let first = told.first().expect("told");
    assert!(first.observed.families >= 6, "{:?}", first.observed);
}

#[test]
fn a_term_that_passes_the_gate_of_a_phase_is_told_when_the_phase_has_begun() {
    let never = Gate {
        min_families: 1000,
        ..Gate::default()
    };
    let (_folder, dir) = new_data();
    write(&dir, with_push());
    follow(&mut gated(&dir, &[], never));
    assert_eq!(changes(&dir), []);
    let (_folder, dir) = new_data();
    write(&dir, with_push());
    // An hour after the push begins.
    let begins = 10 * DAY + 3600;
    follow(&mut phased(
        &dir,
        &[],
        never,
        Some((begins, Gate::default())),
    ));
    let told = changes(&dir);
    let first = told.first().expect("told");
    assert!(first.window.to >= time(begins), "{:?}", first.window);
    let clock = first.election.as_ref().expect("of an election");
    assert_eq!(clock.applied.as_deref(), Some("late"));
    assert_eq!(first.gates[0].limit, 3.0);
}

#[test]
fn what_is_found_and_not_yet_told_outlives_a_snapshot() {
    let mut posts = with_push();
    posts.sort();
    for behind in 3..6 {
        let (_folder, dir) = new_data();
        let until = posts.partition_point(|post| post.0 < 10 * DAY + 62 + behind * 400);
        write(&dir, posts[..until].to_vec());
        // Opened on an empty log, it keeps a snapshot as soon as it has read all.
        follow(&mut monitor(&dir, &[]));
        write(&dir, posts[until..].to_vec());
        follow(&mut monitor(&dir, &[]));
        let told: BTreeSet<_> = changes(&dir).iter().map(|burst| burst.id.clone()).collect();
        assert_eq!(told.len(), 1, "behind item {behind}");
    }
}

#[test]
fn a_monitor_that_is_opened_anew_at_any_place_tells_the_same_once() {
    let (_folder, dir) = new_data();
    write(&dir, with_push());
    follow(&mut monitor(&dir, &[]));
    let whole = changes(&dir);
    assert!(!whole.is_empty());

    let (_folder, dir) = new_data();
    let mut posts = with_push();
    posts.sort();
    // Right behind each item of the push: one of them is found, and no tick has passed since.
    let behind = (0..8).map(|n| 10 * DAY + 62 + n * 400);
    let opened_at = [3 * DAY].into_iter().chain(behind).chain([20 * DAY]);
    let mut from = 0;
    for (number, until) in opened_at.enumerate() {
        let until = posts.partition_point(|post| post.0 < until);
        write(&dir, posts[from..until].to_vec());
        from = until;
        // Once with the snapshot, once without one.
        if number % 2 == 0 {
            let _ = std::fs::remove_file(dir.root().join("derived.snapshot"));
        }
        follow(&mut monitor(&dir, &[]));
    }
    let told = changes(&dir);
    assert_eq!(told.len(), whole.len());
    for (told, whole) in told.iter().zip(&whole) {
        assert_eq!(told, whole);
    }
}
