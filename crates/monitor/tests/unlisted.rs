//! What nobody listed is raised as a burst by a rule for it, goes on, ends, and is found again by a
//! monitor that was opened in the middle of it.

#![expect(clippy::expect_used, reason = "a test fails by them")]

mod engine;

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::time::Duration;

use bellwether_archive::{
    Batch, CaptureKind, DataDir, Derived, LogReader, LogWriter, NewCapture, NewItem,
};
use bellwether_detect::DetectSettings;
use bellwether_model::{
    Affiliation, Burst, BurstState, Detector, FamilyId, Gate, Group, GroupId, Judgement, PostFacts,
    PublisherId, Reach, Reading, Role, RuleId, Source, SourceId, SourceKind, TermRule, TimeReason,
    Timestamp,
};
use bellwether_monitor::{
    AskedTerm, ExplainedTerm, Monitor, MonitorSettings, PastStores, TypedTerm, explain_term,
};
use engine::{LogScan, NoEngine};

const START: i64 = 1_795_000_020;
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

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
        let mut batch = Batch::new(Timestamp::from_second(START + second).expect("time"));
        batch.heartbeat = true;
        batch
    };
    (from / 600..to / 600).map(|n| beat(n * 600)).collect()
}

fn monitor(dir: &DataDir, groups: &[&str]) -> Monitor {
    gated(dir, groups, Gate::default())
}

fn gated(dir: &DataDir, groups: &[&str], gate: Gate) -> Monitor {
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
        term_rules: vec![rule(groups, gate)],
        detect: DetectSettings::default(),
        untold: BTreeSet::new(),
    };
    Monitor::open(dir, settings, &NoEngine).expect("monitor")
}

fn rule(groups: &[&str], gate: Gate) -> TermRule {
    TermRule {
        id: RuleId::new("unlisted"),
        name: "What nobody listed".to_owned(),
        groups: groups.iter().map(|id| GroupId::new(*id)).collect(),
        languages: Vec::new(),
        platforms: Vec::new(),
        gate,
        receivers: Vec::new(),
        election: None,
    }
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

/// Why a term was told of, or was not: at a time, or at the numbers of a burst.
fn why(
    dir: &DataDir,
    rule: &TermRule,
    term: &str,
    at: Timestamp,
    burst: Option<&Burst>,
) -> ExplainedTerm {
    let (log, derived) = (
        LogReader::open(dir).expect("log"),
        Derived::open_readonly(dir).expect("derived"),
    );
    let monitor = monitor(dir, &[]);
    let stores = PastStores {
        log: &log,
        derived: &derived,
        engine: &LogScan(dir.clone()),
        directory: monitor.directory(),
        detect: DetectSettings::default(),
    };
    let asked = AskedTerm {
        rule,
        term: &TypedTerm::read(term).expect("a term"),
        at,
        burst,
    };
    let explained = explain_term(stores, &asked, &mut |_, _| ControlFlow::Continue(()));
    explained.expect("explained").expect("to its end")
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(START + second).expect("time")
}

fn failed(explained: &ExplainedTerm) -> Vec<&str> {
    let gates = explained.nearest().weighed.gates.iter();
    let failed = gates.filter(|gate| !gate.passed);
    failed.map(|gate| gate.name.as_str()).collect()
}

#[test]
fn the_explanation_of_a_term_that_was_told_has_the_numbers_of_its_record() {
    let (_folder, dir) = new_data();
    write(&dir, with_push());
    follow(&mut monitor(&dir, &[]));
    let told = changes(&dir);
    assert!(told.len() > 1, "it grew");
    let rule = rule(&[], Gate::default());
    for burst in &told {
        let Detector::Term(term) = &burst.detector else {
            panic!("{:?}", burst.detector);
        };
        let Judgement::Tested { expected, p, p_max } = burst.judgement else {
            panic!("{:?}", burst.judgement);
        };
        let explained = why(&dir, &rule, &term.counted, burst.window.to, Some(burst));
        let nearest = explained.nearest();
        let tested = nearest.weighed.tested.expect("tested");
        assert_eq!(nearest.span, burst.window);
        assert_eq!(nearest.weighed.voices, burst.observed.voices());
        assert_eq!(explained.observed, burst.observed);
        assert_eq!((tested.p, tested.p_max), (p, p_max));
        assert_eq!(tested.expected, expected.mean);
        assert_eq!(Some(tested.size), expected.size);
        assert_eq!(nearest.weighed.judgement(), burst.judgement);
        assert_eq!(explained.gates, burst.gates);
        assert_eq!(explained.query, burst.query);
        assert_eq!(explained.coverage, burst.coverage);
        let items: Vec<_> = explained.facts.iter().map(|fact| fact.item).collect();
        assert_eq!(items, burst.items);
        assert!(explained.holds(), "{:?}", failed(&explained));
        assert_eq!(
            explained.spellings.as_deref(),
            Some(&["the Harbour Ledger".to_owned()][..])
        );
        assert_eq!(explained.bursts[0].id, burst.id);
        let of_bins = explained.bins.iter().map(|bin| bin.counts.items);
        assert!(of_bins.sum::<u32>() >= burst.observed.items);
    }

    // By its name, at the tick at which it was found: it is one of the phrase's terms.
    let explained = why(&dir, &rule, "the Harbour Ledger", told[0].started, None);
    assert!(explained.holds());
    assert_eq!(explained.bursts[0].id, told[0].id);
    assert_eq!(explained.parts.len(), 5, "{:?}", explained.parts);
    let rose = explained.rises.first().expect("it rose");
    assert!(rose.at <= told[0].started && rose.p <= rose.p_max);

    // What nobody was told of before it came is not told of by what came later.
    let before = why(&dir, &rule, "Harbour Ledger", at(10 * DAY), None);
    assert!(!before.holds() && before.rises.is_empty() && before.bursts.is_empty());
    assert_eq!(before.part().items, 0);
}

#[test]
fn a_term_that_was_not_told_says_which_gate_it_did_not_pass() {
    let (_folder, dir) = new_data();
    let mut posts = background();
    // Three of the eight, and one outlet that says another thing again and again.
    posts.extend(pushed(10 * DAY).into_iter().take(3));
    let mut die = Die(23);
    posts.extend((0..8).map(|n| {
        let text = format!("{} Copper Lantern {}", die.words(15), die.words(15));
        (10 * DAY + 70 + n * 400, "state-0".to_owned(), text)
    }));
    write(&dir, posts);
    follow(&mut monitor(&dir, &[]));
    assert!(changes(&dir).is_empty());
    let free = rule(&[], Gate::default());
    let then = at(10 * DAY + 3000);

    let few = why(&dir, &free, "Harbour Ledger", then, None);
    assert!(!few.holds());
    assert_eq!(failed(&few), ["-log10 of P at least"]);
    let nearest = &few.nearest().weighed;
    assert_eq!((nearest.voices, few.part().items), (3, 3));
    let gate = nearest.gates.iter().find(|gate| !gate.passed);
    let gate = gate.expect("the one");
    assert!(gate.value < gate.limit && gate.value > 3.0, "{gate:?}");
    // An item is received, and it is never nearer than at such a moment.
    let (moment, closest) = few.closest.as_ref().expect("a moment");
    assert!(*moment <= then);
    assert!(closest.weighed.distance() <= nearest.distance());

    let one = why(&dir, &free, "Copper Lantern", then, None);
    assert!(
        failed(&one).contains(&"share of the largest family at most"),
        "{:?}",
        failed(&one)
    );

    let never = why(&dir, &free, "Zebra Crossing", then, None);
    assert!(
        never
            .parts
            .iter()
            .all(|part| part.items == 0 && part.seen.is_none())
    );
    assert!(!never.holds());

    let early = why(&dir, &free, "Harbour Ledger", at(3 * DAY), None);
    assert!(
        early
            .windows
            .iter()
            .all(|window| window.weighed.tested.is_none())
    );
    assert_eq!(early.nearest().weighed.usual.days, 3);
}

#[test]
fn a_term_that_rises_and_is_no_business_of_the_rule_says_so() {
    let (_folder, dir) = new_data();
    write(&dir, with_push());
    follow(&mut monitor(&dir, &["press"]));
    assert!(changes(&dir).is_empty());
    let then = at(10 * DAY + 3000);
    let other = why(
        &dir,
        &rule(&["press"], Gate::default()),
        "Harbour Ledger",
        then,
        None,
    );
    assert!(other.nearest().weighed.holds() && !other.holds());
    assert!(!other.gates[0].passed && other.gates[1..].iter().all(|gate| gate.passed));
    let strict = Gate {
        min_families: 20,
        ..Gate::default()
    };
    let strict = why(&dir, &rule(&[], strict), "Harbour Ledger", then, None);
    assert!(strict.nearest().weighed.holds() && !strict.holds());
    assert!(!strict.gates[0].passed);
}

#[test]
fn an_explanation_can_be_broken_off() {
    let (_folder, dir) = new_data();
    write(&dir, with_push());
    let mut monitor = monitor(&dir, &[]);
    follow(&mut monitor);
    let (log, derived) = (
        LogReader::open(&dir).expect("log"),
        Derived::open_readonly(&dir).expect("derived"),
    );
    let stores = PastStores {
        log: &log,
        derived: &derived,
        engine: &LogScan(dir.clone()),
        directory: monitor.directory(),
        detect: DetectSettings::default(),
    };
    let asked = AskedTerm {
        rule: &rule(&[], Gate::default()),
        term: &TypedTerm::read("Harbour Ledger").expect("a term"),
        at: at(10 * DAY + 3000),
        burst: None,
    };
    let told = explain_term(stores, &asked, &mut |_, _| ControlFlow::Break(()));
    assert!(told.expect("no fault").is_none());
}
