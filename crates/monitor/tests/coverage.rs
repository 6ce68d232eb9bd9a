//! Sources that stop being collected over a real log: what is told, once, and the same again.

#![expect(clippy::expect_used, reason = "a test fails by them")]

mod engine;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bellwether_archive::{
    AlertFilter, Batch, CaptureKind, DataDir, Derived, Desk, LogWriter, NewCapture, NewItem,
};
use bellwether_detect::DetectSettings;
use bellwether_model::{
    Affiliation, AlertState, CoverageReport, FamilyId, Outcome, OutcomeKind, PublisherId, Reach,
    ReceiverId, Source, SourceChange, SourceId, SourceKind, SourceState, Subject, TimeReason,
    Timestamp,
};
use bellwether_monitor::{CoverageRoute, HandOver, Monitor, MonitorSettings};
use engine::NoEngine;

const SOURCES: usize = 6;
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
/// The beginning of an hour.
const START: i64 = 1_795_500_000 / HOUR * HOUR;

fn time(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("in the calendar")
}

fn id(number: usize) -> SourceId {
    SourceId::new(format!("paper-{number}"))
}

fn sources() -> Vec<Source> {
    (0..SOURCES)
        .map(|number| Source {
            id: id(number),
            name: format!("Paper {number}"),
            kind: SourceKind::Feed,
            reading: bellwether_model::Reading::default(),
            url: Some(format!("https://paper-{number}.example/feed")),
            reach: Reach::default(),
            publisher: PublisherId::new(format!("paper-{number}")),
            family: FamilyId::new(format!("paper-{number}")),
            groups: Vec::new(),
            country: None,
            languages: Vec::new(),
            every: Duration::from_secs(600),
            enabled: true,
            affiliation: Affiliation::UNKNOWN,
            note: None,
        })
        .collect()
}

/// What one poll shows.
#[derive(Clone, Copy)]
enum Shows {
    /// An item, published so many seconds before.
    New(i64),
    Nothing,
    Fails(u16),
    Wall,
    /// An item, and that the address is another now.
    MovedOn,
}

struct World {
    _folder: tempfile::TempDir,
    dir: DataDir,
    writer: LogWriter,
    items: usize,
    untold: BTreeSet<SourceId>,
    off: BTreeSet<SourceId>,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let dir = DataDir::open(folder.path()).expect("data");
        let writer = LogWriter::open(&dir).expect("log");
        Self {
            _folder: folder,
            dir,
            writer,
            items: 0,
            untold: BTreeSet::new(),
            off: BTreeSet::new(),
        }
    }

    /// Polls all sources each ten minutes for some hours after the start.
    fn hours(&mut self, from: i64, to: i64, shows: impl Fn(usize, i64) -> Shows) {
        let mut batches = Vec::new();
        for minute in (from * 60..to * 60).step_by(10) {
            for number in 0..SOURCES {
                let second = START + minute * MINUTE + i64::try_from(number).expect("few") * 7;
                batches.push(self.poll(number, second, shows(number, minute)));
            }
        }
        self.writer.append(&batches).expect("appended");
    }

    fn poll(&mut self, number: usize, second: i64, shows: Shows) -> Batch {
        let at = time(second);
        let mut batch = Batch::new(at);
        let (kind, status) = match shows {
            Shows::New(_) | Shows::MovedOn => (OutcomeKind::Fetched, 200),
            Shows::Nothing => (OutcomeKind::NotModified, 304),
            Shows::Fails(status) => (OutcomeKind::Status, status),
            Shows::Wall => (OutcomeKind::Blocked, 200),
        };
        let before = match shows {
            Shows::New(before) => Some(before),
            Shows::MovedOn => Some(30),
            _ => None,
        };
        if let Some(before) = before {
            self.items += 1;
            let guid = format!("guid-{}", self.items);
            batch.capture = Some(NewCapture {
                uri: format!("https://paper-{number}.example/feed"),
                at,
                kind: CaptureKind::Response {
                    status,
                    headers: Vec::new(),
                },
                body: guid.clone().into_bytes(),
            });
            batch.items.push(NewItem {
                source: id(number),
                publisher: PublisherId::new(id(number).as_str()),
                identities: vec![guid.clone()],
                guid: Some(guid.clone()),
                url: None,
                platform: None,
                lang_declared: None,
                title: guid,
                text: String::new(),
                seen: at,
                published: Some(at),
                published_raw: None,
                time: time(second - before),
                time_reason: TimeReason::Published,
                locator: None,
                facts: bellwether_model::PostFacts::default(),
            });
        }
        batch.outcome = Some(Outcome {
            source: id(number),
            at,
            kind,
            status: Some(status),
            items_new: u32::from(before.is_some()),
            items_updated: 0,
            items_unchanged: 0,
            repaired: None,
            error: (!kind.is_collected()).then(|| format!("the answer has status {status}")),
            body_bytes: 0,
            moved_to: matches!(shows, Shows::MovedOn)
                .then(|| "https://new.example/feed".to_owned()),
            fallback: None,
        });
        batch
    }

    fn monitor(&self) -> Monitor {
        let settings = MonitorSettings {
            groups: Vec::new(),
            sources: sources()
                .into_iter()
                .map(|mut source| {
                    source.enabled = !self.off.contains(&source.id);
                    source
                })
                .collect(),
            actors: Vec::new(),
            narratives: Vec::new(),
            rules: Vec::new(),
            detect: DetectSettings::default(),
            untold: self.untold.clone(),
        };
        Monitor::open(&self.dir, settings, &NoEngine).expect("monitor")
    }

    fn follow(&self) {
        let mut monitor = self.monitor();
        while monitor.advance().expect("advanced").entries > 0 {}
    }

    fn derived(&self) -> Derived {
        Derived::open_readonly(&self.dir).expect("derived")
    }

    fn reports(&self) -> Vec<CoverageReport> {
        self.derived().coverage_reports_after(None).expect("read")
    }

    fn changes(&self) -> Vec<SourceChange> {
        self.derived().source_changes_after(None).expect("read")
    }

    fn told(&self) -> Vec<(usize, SourceState, SourceState)> {
        let changes = self.changes();
        let told = changes.iter().map(|change| {
            let number = (0..SOURCES).find(|number| id(*number) == change.source);
            (number.expect("one of ours"), change.from, change.to)
        });
        told.collect()
    }

    fn route(&self) -> CoverageRoute {
        let told = sources()
            .into_iter()
            .filter(|source| !self.untold.contains(&source.id) && !self.off.contains(&source.id));
        CoverageRoute {
            receivers: vec![ReceiverId::new("chat"), ReceiverId::new("desk")],
            sources: told
                .map(|source| (source.id, source.name))
                .collect::<BTreeMap<_, _>>(),
        }
    }

    fn hand_over(&self) -> (HandOver, Desk) {
        let hand_over = HandOver::open(&self.dir, [], &BTreeSet::new())
            .expect("hand-over")
            .with_coverage(self.route());
        let mut desk = Desk::open(&self.dir).expect("desk");
        hand_over.settle(&mut desk).expect("settled");
        hand_over.advance(&mut desk).expect("handed over");
        (hand_over, desk)
    }
}

use SourceState::{Blocked, Failing, Moved, Ok as Well, Silent};

/// Two sources fail for two hours of six, one in another way; the others go on.
fn two_in_trouble(number: usize, minute: i64) -> Shows {
    let is_in = (120..240).contains(&minute);
    match number {
        0 if is_in => Shows::Fails(503),
        1 if is_in => Shows::Wall,
        // The first answer after the gap shows an item of its middle.
        0 if minute == 240 => Shows::New(HOUR),
        _ => Shows::New(30),
    }
}

#[test]
fn each_trouble_and_each_end_is_told_once_with_its_gap() {
    let mut world = World::new();
    world.hours(0, 6, two_in_trouble);
    world.follow();
    assert_eq!(
        world.told(),
        [
            (0, Well, Failing),
            (1, Well, Blocked),
            (0, Failing, Well),
            (1, Blocked, Well)
        ]
    );
    let changes = world.changes();
    let failing = &changes[0];
    assert_eq!(failing.since, time(START + 2 * HOUR));
    assert_eq!(
        failing.why.as_deref(),
        Some("the last 4 attempts failed: the answer has status 503")
    );
    let gap = changes[2].gap.as_ref().expect("the end of a gap");
    assert_eq!(gap.span.from, time(START + 2 * HOUR));
    assert_eq!(gap.span.to, time(START + 4 * HOUR));
    assert_eq!(gap.found, Some(1));
    let gap = changes[3].gap.as_ref().expect("the end of a gap");
    assert_eq!(gap.found, Some(1), "published just before it was back");

    // Two reports: what came together is told together.
    let reports = world.reports();
    assert_eq!(reports.len(), 2, "{reports:#?}");
    assert_eq!(reports[0].changes.len(), 2);
    assert_eq!(reports[0].changes[0].to, Blocked, "the worse first");
    assert_eq!(
        reports[0].states,
        [(Blocked, 1), (Failing, 1), (Well, 4)],
        "all that is polled"
    );
    assert!(reports[0].is_trouble() && !reports[1].is_trouble());

    let (hand_over, mut desk) = world.hand_over();
    let due = desk.due(Timestamp::MAX, 100).expect("read");
    assert_eq!(due.len(), 4, "two reports, two receivers");
    assert!(
        due.iter()
            .all(|(_, subject)| matches!(subject, Subject::Coverage(_)))
    );
    let alerts = desk.alerts(AlertFilter::All, 100).expect("read");
    assert_eq!(alerts.len(), 2);
    for alert in &alerts {
        assert_eq!(alert.state, AlertState::Resolved);
        assert_eq!(desk.deliveries(&alert.id).expect("read").len(), 4);
    }
    assert_eq!(hand_over.advance(&mut desk).expect("handed over"), 0);
}

#[test]
fn a_rebuild_and_restarts_find_the_same_and_send_nothing_again() {
    let mut world = World::new();
    world.hours(0, 6, two_in_trouble);
    world.follow();
    let at_once = (world.changes(), world.reports());
    let (_, desk) = world.hand_over();
    let sent = desk.due(Timestamp::MAX, 100).expect("read").len();
    drop(desk);
    Derived::open(&world.dir)
        .expect("derived")
        .clear()
        .expect("cleared");
    world.follow();
    assert_eq!((world.changes(), world.reports()), at_once);
    let (_, desk) = world.hand_over();
    assert_eq!(desk.due(Timestamp::MAX, 100).expect("read").len(), sent);

    let mut piecewise = World::new();
    for hour in 0..6 {
        piecewise.hours(hour, hour + 1, two_in_trouble);
        piecewise.follow();
    }
    assert_eq!((piecewise.changes(), piecewise.reports()), at_once);
}

#[test]
fn flaps_and_first_polls_are_not_told() {
    let mut world = World::new();
    world.hours(0, 8, |number, minute| match number {
        // Twenty minutes of each hour.
        0 if minute % 60 < 20 => Shows::Fails(500),
        _ => Shows::New(30),
    });
    world.follow();
    assert_eq!(world.told(), []);
    assert!(world.reports().is_empty());
}

#[test]
fn most_sources_failing_is_one_message_and_one_at_the_end() {
    let mut world = World::new();
    world.hours(0, 8, |number, minute| match number {
        0 => Shows::New(30),
        _ if (120..300).contains(&minute) => Shows::Fails(502),
        _ if minute == 300 => Shows::New(2 * HOUR),
        _ => Shows::New(30),
    });
    world.follow();
    assert_eq!(world.told(), [], "no source by itself");
    let reports = world.reports();
    assert_eq!(reports.len(), 2, "{reports:#?}");
    let begun = reports[0].outage.as_ref().expect("an outage");
    assert_eq!((begun.failed, begun.tried, begun.hosts), (5, 6, 5));
    assert!(reports.iter().all(|report| report.changes.is_empty()));
    let ended = reports[1].outage.as_ref().expect("an outage");
    let gap = ended.gap.as_ref().expect("its end");
    assert_eq!(gap.found, Some(5));
    let (_, desk) = world.hand_over();
    assert_eq!(desk.due(Timestamp::MAX, 100).expect("read").len(), 4);
    let alerts = desk.alerts(AlertFilter::All, 100).expect("read");
    assert_eq!(alerts.len(), 1);
    assert_eq!(alerts[0].state, AlertState::Resolved);
}

#[test]
fn one_that_goes_on_failing_after_an_outage_is_told() {
    let mut world = World::new();
    world.hours(0, 8, |number, minute| match number {
        1 if minute >= 120 => Shows::Fails(502),
        _ if (120..300).contains(&minute) => Shows::Fails(502),
        _ => Shows::New(30),
    });
    world.follow();
    assert_eq!(world.told(), [(1, Well, Failing)]);
    assert_eq!(world.changes()[0].since, time(START + 2 * HOUR + 7));
}

#[test]
fn a_silence_and_a_move_are_told() {
    let mut world = World::new();
    // Five days of something new each hour, so that there is a rhythm.
    world.hours(0, 126, |number, minute| match number {
        0 if minute >= 120 * 60 => Shows::Nothing,
        1 if minute >= 120 * 60 => Shows::MovedOn,
        _ if minute % 60 == 0 => Shows::New(30),
        _ => Shows::Nothing,
    });
    world.follow();
    assert_eq!(world.told(), [(1, Well, Moved), (0, Well, Silent)]);
    let silent = &world.changes()[1];
    assert_eq!(silent.since, time(START + 119 * HOUR - 30));
    world.hours(126, 129, |_, _| Shows::New(30));
    world.follow();
    assert_eq!(world.told()[2..], [(0, Silent, Well), (1, Moved, Well)]);
    let gap = world.changes()[2].gap.clone().expect("the end of a pause");
    assert_eq!((gap.span.from, gap.found), (silent.since, None));
}

#[test]
fn nobody_is_told_of_a_source_that_says_so() {
    let mut world = World::new();
    world.untold.insert(id(0));
    world.hours(0, 6, two_in_trouble);
    world.follow();
    assert!(world.told().iter().all(|(number, ..)| *number == 1));
    // In the numbers it is counted all the same.
    assert_eq!(
        world.reports()[0].states,
        [(Blocked, 1), (Failing, 1), (Well, 4)]
    );
}

#[test]
fn the_alert_of_a_source_that_is_switched_off_resolves_without_a_message() {
    let mut world = World::new();
    world.hours(0, 4, two_in_trouble);
    world.follow();
    let (_, desk) = world.hand_over();
    let open = desk.alerts(AlertFilter::Open, 100).expect("read");
    assert_eq!(open.len(), 2);
    let sent = desk.due(Timestamp::MAX, 100).expect("read").len();
    drop(desk);
    world.off.insert(id(0));
    world.hours(4, 5, |number, _| match number {
        1 => Shows::Wall,
        _ => Shows::New(30),
    });
    world.follow();
    let (_, desk) = world.hand_over();
    let open = desk.alerts(AlertFilter::Open, 100).expect("read");
    assert!(open.iter().all(|alert| alert.name != "Paper 0"), "{open:?}");
    assert!(!open.is_empty());
    assert_eq!(desk.due(Timestamp::MAX, 100).expect("read").len(), sent);
}

/// Only polls were running, for two days: what still holds is told when somebody can be told, as one
/// message; what was over by then is no news.
#[test]
fn a_trouble_that_lasts_is_told_however_late() {
    let mut world = World::new();
    world.hours(0, 40, |number, minute| match number {
        0 if minute >= 120 => Shows::Fails(503),
        1 if minute >= 300 => Shows::Wall,
        2 if (120..240).contains(&minute) => Shows::Fails(500),
        _ => Shows::New(30),
    });
    world.follow();
    let (hand_over, mut desk) = world.hand_over();
    let due = desk.due(Timestamp::MAX, 100).expect("read");
    assert_eq!(due.len(), 2, "one message, two receivers: {due:#?}");
    let Subject::Coverage(report) = &due[0].1 else {
        panic!("{due:#?}");
    };
    let told: Vec<_> = (report.changes.iter())
        .map(|change| (change.source.clone(), change.to))
        .collect();
    assert_eq!(told, [(id(0), Failing), (id(1), Blocked)]);
    assert_eq!(hand_over.advance(&mut desk).expect("handed over"), 0);
}
