//! What comes late is no burst of the hour in which it came, and is one of its own.

#![expect(clippy::expect_used, reason = "a test fails by them")]

use crate::engine;

use std::time::Duration;

use bellwether_archive::{
    Batch, CaptureKind, DataDir, Derived, ImportedSource, LogReader, LogWriter, NewCapture, NewItem,
};
use bellwether_detect::DetectSettings;
use bellwether_model::{
    Affiliation, FamilyId, Gate, ItemId, Outcome, OutcomeKind, PublisherId, Reach, Rule, RuleId,
    Source, SourceId, SourceKind, TimeReason, Timestamp,
};
use bellwether_monitor::{Monitor, MonitorSettings, WatchedRule};
use bellwether_query::{Query, SearchEngine};
use engine::{LogScan, NoEngine};
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
            // A number at the end would be one that an account adds.
            text: format!("in paper {} of the town: {text}", self.count),
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

    /// Puts all into the log, which ends so.
    fn flush(&mut self, last: i64) {
        let mut batch = Batch::new(time(last));
        batch.heartbeat = true;
        self.waiting.push(batch);
        self.writer.append(&self.waiting).expect("appended");
        self.waiting.clear();
    }

    /// How many bursts a monitor finds that reads all of it, and looks an hour longer.
    fn bursts(mut self, last: i64) -> usize {
        self.flush(last + HOUR / 2);
        follow(&mut self.monitor("ballots", &NoEngine));
        let derived = Derived::open_readonly(&self.dir).expect("derived");
        let bursts = derived.bursts(Timestamp::MIN, Timestamp::MAX, 100);
        bursts.expect("bursts").len()
    }

    /// What the rule counts in the four weeks that a baseline looks at.
    fn hits(&self, last: i64) -> Vec<ItemId> {
        let derived = Derived::open_readonly(&self.dir).expect("derived");
        let four_weeks = time(last - 28 * DAY);
        let hits = derived.hits(&RuleId::new("ballots"), four_weeks, Timestamp::MAX);
        (hits.expect("hits").iter()).map(|hit| hit.item).collect()
    }

    fn monitor(&self, query: &str, engine: &dyn SearchEngine) -> Monitor {
        let rule = Rule {
            id: RuleId::new("ballots"),
            name: "Ballots".to_owned(),
            query: query.to_owned(),
            groups: Vec::new(),
            window: Duration::from_secs(2 * 3600),
            gate: Gate::default(),
            receivers: Vec::new(),
            election: None,
            p_max: None,
            phases: Vec::new(),
        };
        let settings = MonitorSettings {
            elections: Vec::new(),
            term_rules: Vec::new(),
            groups: Vec::new(),
            sources: (0..OUTLETS).map(source).collect(),
            actors: Vec::new(),
            narratives: Vec::new(),
            rules: vec![WatchedRule {
                rule,
                query: Query::parse(query).expect("query"),
                zone: TimeZone::UTC,
                election: None,
            }],
            detect: DetectSettings::default(),
            untold: std::collections::BTreeSet::new(),
        };
        Monitor::open(&self.dir, settings, engine).expect("monitor")
    }
}

fn follow(monitor: &mut Monitor) {
    while monitor.advance().expect("advanced").entries > 0 {}
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

#[test]
fn what_comes_after_the_first_poll_of_a_recovery_has_its_hour() {
    let mut world = World::new();
    let second = LIVE + 35 * HOUR;
    for outlet in 0..OLD {
        world.poll(outlet, second, "weather", None);
    }
    for outlet in 0..OLD {
        world.poll(outlet, second + 900, "ballots", None);
    }
    assert_eq!(world.bursts(second + 900), 1);
}

#[test]
fn a_saved_feed_without_dates_is_no_burst_of_its_import() {
    // Lines say when they were received.
    for (seen, bursts) in [(0, 0), (-60, 1)] {
        let mut world = World::new();
        let second = LIVE;
        for outlet in 0..OLD {
            world.poll(outlet, second, "ballots", None);
            let batch = world.waiting.last_mut().expect("a file");
            batch.outcome = None;
            let item = &mut batch.items[0];
            (item.seen, item.time) = (time(second + seen), time(second + seen));
            batch.imported = vec![ImportedSource {
                id: item.source.clone(),
                publisher: item.publisher.clone(),
                family: FamilyId::new(format!("family-{outlet}")),
                groups: Vec::new(),
                platform: None,
                first: item.time,
                last: item.time,
            }];
        }
        assert_eq!(world.bursts(second), bursts, "{seen}");
    }
}

/// An outage of 36 hours, and what is brought after it of an hour within it.
fn backlog(outlets: usize) -> (World, i64) {
    let mut world = World::new();
    let second = LIVE + 35 * HOUR;
    for outlet in 0..OLD {
        let text = if outlet < outlets {
            "ballots"
        } else {
            "weather"
        };
        world.poll(outlet, second, text, Some(LIVE + 20 * HOUR + 60));
    }
    (world, second)
}

#[test]
fn a_burst_of_hours_that_have_passed_is_found_late_and_once() {
    let (world, second) = backlog(2);
    assert_eq!(world.bursts(second), 0, "two voices are none");
    for is_reopened in [false, true] {
        let (mut world, second) = backlog(OLD);
        world.flush(second + 1);
        let mut monitor = world.monitor("ballots", &NoEngine);
        follow(&mut monitor);
        if is_reopened {
            // The items are read, and no tick has passed since.
            monitor = world.monitor("ballots", &NoEngine);
        }
        for hours in 1..6 {
            world.flush(second + hours * HOUR);
            follow(&mut monitor);
        }
        let derived = Derived::open_readonly(&world.dir).expect("derived");
        let told = derived.changes_after(None).expect("changes");
        let [found, ended] = &told[..] else {
            panic!("{} changes", told.len());
        };
        assert!(found.found_late && ended.found_late);
        assert_eq!(found.id, ended.id);
        assert!(
            found.window.from >= time(LIVE + 19 * HOUR),
            "{}",
            found.window.from
        );
        assert!(found.window.to <= time(LIVE + 22 * HOUR));
        assert!(found.started >= time(second));
        assert!(ended.ended.is_some());
    }
}

/// Thirty days of outages, recoveries, items with and without times of their own, and corrections.
fn any_month(seed: u64) -> (World, i64) {
    let mut world = World::new();
    let mut state = seed;
    let mut below = |limit: u64| {
        state =
            (state.wrapping_mul(6_364_136_223_846_793_005)).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % limit
    };
    let mut down_until = [0; OUTLETS];
    let mut last = LIVE;
    for poll in 0..1_200_i64 {
        let outlet = usize::try_from(below(OUTLETS as u64)).expect("few");
        last = LIVE + poll * 36 * 60;
        if last < down_until[outlet] {
            continue;
        }
        if below(20) == 0 {
            down_until[outlet] = last + i64::try_from(below(60)).expect("few") * HOUR;
        }
        let text = ["ballots", "weather"][usize::try_from(below(2)).expect("few")];
        let published = (below(2) == 0).then(|| last - 60);
        world.poll(outlet, last, text, published);
        if below(10) == 0 {
            // A correction, long after or at once.
            let before = usize::try_from(below(200))
                .expect("few")
                .min(world.waiting.len() - 1);
            let before = world.waiting.len() - 1 - before;
            let first = world.waiting[before].items[0].clone();
            let batch = world.waiting.last_mut().expect("a poll");
            (batch.items[0].identities, batch.items[0].publisher) =
                (first.identities, first.publisher);
        }
    }
    (world, last)
}

#[test]
fn a_new_rule_counts_of_its_past_what_it_would_have_counted() {
    for seed in 1..=4 {
        // The rule was there from the beginning, or comes before the last of it is read.
        let [live, new] = ["ballots", "sunshine"].map(|query| {
            let (mut world, last) = any_month(seed);
            let later = world.waiting.split_off(world.waiting.len() - 50);
            world.flush(later[0].at.as_second());
            follow(&mut world.monitor(query, &NoEngine));
            world.waiting = later;
            world.flush(last + 60);
            (world, last)
        });
        let (world, last) = live;
        follow(&mut world.monitor("ballots", &NoEngine));
        let live = world.hits(last);
        let all = LogReader::open(&world.dir).expect("log");
        let all = all.item_count().expect("count");
        assert!(live.len() > 100 && (live.len() as u64) < all / 2, "{seed}");
        let (world, last) = new;
        // The engine knows all, the monitor not yet.
        let mut monitor = world.monitor("ballots", &LogScan(world.dir.clone()));
        follow(&mut monitor);
        assert_eq!(world.hits(last), live, "{seed}");
        drop(monitor);
        Derived::open(&world.dir)
            .expect("derived")
            .clear()
            .expect("cleared");
        follow(&mut world.monitor("ballots", &NoEngine));
        assert_eq!(world.hits(last), live, "{seed}: rebuilt");
    }
}

#[test]
fn what_came_of_hours_that_were_not_collected_raises_no_baseline() {
    let mut world = World::new();
    let history = std::mem::take(&mut world.waiting);
    // One of the others was followed for longer; what came of the six from that time, as titles of
    // their past do, covers no hour of it.
    for hour in 0..12 * 24 {
        world.poll(
            OLD,
            LIVE - 27 * DAY + hour * HOUR,
            "weather",
            Some(LIVE - 27 * DAY + hour * HOUR),
        );
    }
    for hour in (16 * 24..27 * 24).step_by(2) {
        for outlet in 0..OLD {
            let published = LIVE - hour * HOUR;
            world.poll(outlet, LIVE - 15 * DAY - 60, "ballots", Some(published));
            let batch = world.waiting.last_mut().expect("a page");
            batch.outcome = None;
            let item = &batch.items[0];
            batch.imported = vec![ImportedSource {
                id: item.source.clone(),
                publisher: item.publisher.clone(),
                family: FamilyId::new(format!("family-{outlet}")),
                groups: Vec::new(),
                platform: None,
                first: item.time,
                last: item.time,
            }];
        }
    }
    world.waiting.extend(history);
    world.poll(OLD, LIVE, "weather", Some(LIVE));
    assert_eq!(push(world, 0..OLD, HOUR, true), 1);
}
