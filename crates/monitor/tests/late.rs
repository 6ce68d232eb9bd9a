//! What comes late is no burst of the hour in which it came.

#![expect(clippy::expect_used, reason = "a test fails by them")]

mod engine;

use std::time::Duration;

use bellwether_archive::{Batch, CaptureKind, DataDir, Derived, LogWriter, NewCapture, NewItem};
use bellwether_detect::DetectSettings;
use bellwether_model::{
    Affiliation, FamilyId, Gate, Outcome, OutcomeKind, PublisherId, Reach, Rule, RuleId, Source,
    SourceId, SourceKind, TimeReason, Timestamp,
};
use bellwether_monitor::{Monitor, MonitorSettings, WatchedRule};
use bellwether_query::Query;
use engine::NoEngine;
use jiff::tz::TimeZone;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
const LIVE: i64 = 1_795_000_000 / DAY * DAY;
const OUTLETS: usize = 12;
/// Half of the outlets have been followed for long.
const OLD: usize = 6;

fn source(n: usize) -> Source {
    Source {
        id: SourceId::new(format!("outlet-{n}")),
        name: format!("Outlet {n}"),
        kind: SourceKind::Feed,
        reading: bellwether_model::Reading::default(),
        url: Some("https://outlet.example/feed".to_owned()),
        reach: Reach::default(),
        publisher: PublisherId::new(format!("outlet-{n}")),
        family: FamilyId::new(format!("family-{n}")),
        groups: Vec::new(),
        country: None,
        languages: Vec::new(),
        every: Duration::from_secs(1800),
        enabled: true,
        affiliation: Affiliation::UNKNOWN,
        note: None,
    }
}

fn time(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("test time")
}

struct World {
    _folder: tempfile::TempDir,
    dir: DataDir,
    writer: LogWriter,
    waiting: Vec<Batch>,
    count: usize,
}

impl World {
    /// Fifteen days in which the old outlets are polled each hour, and one mentions the topic each day.
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let dir = DataDir::open(folder.path()).expect("data");
        let writer = LogWriter::open(&dir).expect("log");
        let mut world = Self {
            _folder: folder,
            dir,
            writer,
            waiting: Vec::new(),
            count: 0,
        };
        for hour in 0..15 * 24 {
            let second = LIVE - 15 * DAY + hour * HOUR;
            for outlet in 0..OLD {
                let is_mention = hour % 24 == 9 && outlet == usize::try_from(hour).unwrap_or(0) % 5;
                let text = if is_mention {
                    "ballots, as usual"
                } else {
                    "weather"
                };
                world.poll(outlet, second, text, Some(second));
            }
        }
        world
    }

    /// One poll that brings an item, with or without a time of its own.
    fn poll(&mut self, outlet: usize, second: i64, text: &str, published: Option<i64>) {
        let at = time(second);
        let source = SourceId::new(format!("outlet-{outlet}"));
        self.count += 1;
        let guid = format!("guid-{}", self.count);
        let mut batch = Batch::new(at);
        batch.capture = Some(NewCapture {
            uri: "https://outlet.example/feed".to_owned(),
            at,
            kind: CaptureKind::Response {
                status: 200,
                headers: Vec::new(),
            },
            body: guid.clone().into_bytes(),
        });
        batch.items.push(NewItem {
            source: source.clone(),
            publisher: PublisherId::new(source.as_str()),
            identities: vec![guid.clone()],
            guid: Some(guid),
            url: None,
            platform: None,
            lang_declared: None,
            title: String::new(),
            text: format!("{text}, number {}", self.count),
            seen: at,
            published: published.map(time),
            published_raw: None,
            time: published.map_or(at, time),
            time_reason: match published {
                Some(_) => TimeReason::Published,
                None => TimeReason::Missing,
            },
            locator: None,
            facts: bellwether_model::PostFacts::default(),
        });
        batch.outcome = Some(Outcome {
            source,
            at,
            kind: OutcomeKind::Fetched,
            status: Some(200),
            items_new: 0,
            items_updated: 0,
            items_unchanged: 0,
            repaired: None,
            error: None,
            body_bytes: 0,
            moved_to: None,
            fallback: None,
        });
        self.waiting.push(batch);
    }

    /// How many bursts a monitor finds that reads all of it, and looks an hour longer.
    fn bursts(mut self, last: i64) -> usize {
        let mut batch = Batch::new(time(last + HOUR / 2));
        batch.heartbeat = true;
        self.waiting.push(batch);
        self.writer.append(&self.waiting).expect("appended");
        let rule = Rule {
            id: RuleId::new("ballots"),
            name: "Ballots".to_owned(),
            query: "ballots".to_owned(),
            groups: Vec::new(),
            window: Duration::from_secs(2 * 3600),
            gate: Gate::default(),
            receivers: Vec::new(),
            election: None,
        };
        let settings = MonitorSettings {
            groups: Vec::new(),
            sources: (0..OUTLETS).map(source).collect(),
            actors: Vec::new(),
            narratives: Vec::new(),
            rules: vec![WatchedRule {
                rule,
                query: Query::parse("ballots").expect("query"),
                zone: TimeZone::UTC,
            }],
            detect: DetectSettings::default(),
            untold: std::collections::BTreeSet::new(),
        };
        let mut monitor = Monitor::open(&self.dir, settings, &NoEngine).expect("monitor");
        while monitor.advance().expect("advanced").entries > 0 {}
        let derived = Derived::open_readonly(&self.dir).expect("derived");
        let bursts = derived.bursts(Timestamp::MIN, Timestamp::MAX, 100);
        bursts.expect("bursts").len()
    }
}

/// Six outlets mention the topic within minutes, so long after the last hour of their history.
fn push(mut world: World, outlets: std::ops::Range<usize>, pause: i64, is_dated: bool) -> usize {
    let second = LIVE - HOUR + pause;
    for outlet in outlets {
        world.poll(outlet, second, "ballots", is_dated.then_some(second - 60));
    }
    world.bursts(second)
}

#[test]
fn items_without_a_time_of_their_own_are_no_burst_after_an_outage() {
    let outage = 36 * HOUR;
    assert_eq!(push(World::new(), 0..OLD, outage, false), 0);
    // What says when it was published is one in its own hour, and so is what came without an outage.
    assert_eq!(push(World::new(), 0..OLD, outage, true), 1);
    assert_eq!(push(World::new(), 0..OLD, HOUR, false), 1);
}

#[test]
fn what_a_new_source_shows_first_is_no_burst() {
    assert_eq!(push(World::new(), OLD..OUTLETS, HOUR, false), 0);
    // Unless it says that it was published just now.
    assert_eq!(push(World::new(), OLD..OUTLETS, HOUR, true), 1);
}

#[test]
fn a_new_wording_does_not_make_a_late_item_a_burst() {
    let mut world = World::new();
    let second = LIVE + 35 * HOUR;
    for outlet in 0..OLD {
        world.poll(outlet, second, "ballots", None);
    }
    // The page of each is read a minute later: the same item with more text.
    for outlet in 0..OLD {
        world.poll(outlet, second + 60, "ballots, the whole text", None);
        let batches = world.waiting.len();
        let first = world.waiting[batches - 1 - OLD].items[0].identities.clone();
        world.waiting[batches - 1].items[0].identities = first;
    }
    assert_eq!(world.bursts(second + 60), 0);
}
