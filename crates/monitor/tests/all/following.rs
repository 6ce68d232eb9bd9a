//! The monitor over a real log: what raises a burst, what does not, and that it is the same again.

#![expect(clippy::expect_used, reason = "a test fails by them")]

use crate::engine;

use std::collections::BTreeSet;
use std::time::Duration;

use bellwether_archive::{
    Batch, CaptureKind, DataDir, Derived, Desk, ImportedSource, LogReader, LogWriter, NewCapture,
    NewItem,
};
use bellwether_detect::DetectSettings;
use bellwether_model::{
    Affiliation, Burst, BurstState, DeliveryKind, FamilyId, Gate, Group, GroupId, Outcome,
    OutcomeKind, PublisherId, Reach, ReceiverId, Role, Rule, RuleId, Source, SourceId, SourceKind,
    TimeReason, Timestamp,
};
use bellwether_monitor::{HandOver, Monitor, MonitorSettings, Routing, RuleRoute, WatchedRule};
use bellwether_query::Query;
use engine::LogScan;
use jiff::tz::TimeZone;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// The beginning of the day that is watched live.
const LIVE: i64 = 1_795_000_000 / DAY * DAY;

/// Eight outlets, polled; the last two have one owner.
fn sources() -> Vec<Source> {
    (0..8)
        .map(|n| Source {
            id: SourceId::new(format!("outlet-{n}")),
            name: format!("Outlet {n}"),
            kind: SourceKind::Feed,
            reading: bellwether_model::Reading::default(),
            url: Some("https://outlet.example/feed".to_owned()),
            reach: Reach::default(),
            publisher: PublisherId::new(format!("outlet-{n}")),
            family: FamilyId::new(format!("family-{}", n.min(6))),
            groups: Vec::new(),
            country: None,
            languages: Vec::new(),
            every: Duration::from_secs(3600),
            enabled: true,
            affiliation: Affiliation::UNKNOWN,
            note: None,
        })
        .collect()
}

struct World {
    _folder: tempfile::TempDir,
    dir: DataDir,
    writer: LogWriter,
    /// Batches that go to the log together: each append is synced.
    waiting: Vec<Batch>,
    count: usize,
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
            waiting: Vec::new(),
            count: 0,
        }
    }

    /// One poll of an outlet at a time, with what it brought.
    fn poll(&mut self, outlet: usize, second: i64, texts: &[&str]) {
        let at = time(second);
        let source = SourceId::new(format!("outlet-{outlet}"));
        let mut batch = Batch::new(at);
        if !texts.is_empty() {
            batch.capture = Some(NewCapture {
                uri: "https://outlet.example/feed".to_owned(),
                at,
                kind: CaptureKind::Response {
                    status: 200,
                    headers: Vec::new(),
                },
                body: texts.concat().into_bytes(),
            });
        }
        for text in texts {
            self.count += 1;
            let guid = format!("guid-{}", self.count);
            batch.items.push(NewItem {
                source: source.clone(),
                publisher: PublisherId::new(source.as_str()),
                identities: vec![guid.clone()],
                guid: Some(guid),
                url: None,
                platform: None,
                lang_declared: None,
                title: String::new(),
                text: (*text).to_owned(),
                seen: at,
                published: Some(at),
                published_raw: None,
                time: at,
                time_reason: TimeReason::Published,
                locator: None,
                facts: bellwether_model::PostFacts::default(),
            });
        }
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

    fn flush(&mut self) {
        self.writer.append(&self.waiting).expect("appended");
        self.waiting.clear();
    }

    fn heartbeat(&mut self, second: i64) {
        let mut batch = Batch::new(time(second));
        batch.heartbeat = true;
        self.waiting.push(batch);
        self.flush();
    }

    /// So many days in which everybody is polled each hour, and one mentions the topic each day.
    fn history(&mut self, days: i64) {
        for hour in 0..days * 24 {
            let second = LIVE - days * DAY + hour * HOUR;
            for outlet in 0..8 {
                let everyday = format!("weather {hour} of outlet {outlet}");
                let mention = format!("a usual word on ballots, number {hour}");
                let is_mention = hour % 24 == 9 && outlet == usize::try_from(hour).unwrap_or(0) % 6;
                if is_mention {
                    self.poll(outlet, second, &[&everyday, &mention]);
                } else {
                    self.poll(outlet, second, &[&everyday]);
                }
            }
        }
        self.flush();
    }

    /// An outlet shows an item in another wording.
    fn edit(&mut self, guid: &str, outlet: usize, second: i64, text: &str) {
        self.poll(outlet, second, &[text]);
        self.count -= 1;
        let batch = self.waiting.last_mut().expect("a poll");
        batch.items[0].identities = vec![guid.to_owned()];
    }

    fn monitor(&self, query: &str) -> Monitor {
        self.watch(query, Vec::new(), sources())
    }

    /// A rule on a group, and who is in it.
    fn monitor_of(&self, query: &str, members: &[usize]) -> Monitor {
        let group = GroupId::new("g");
        let mut sources = sources();
        for member in members {
            sources[*member].groups = vec![group.clone()];
        }
        self.watch(query, vec![group], sources)
    }

    fn watch(&self, query: &str, groups: Vec<GroupId>, sources: Vec<Source>) -> Monitor {
        let rule = Rule {
            id: RuleId::new("ballots"),
            name: "Ballots".to_owned(),
            query: query.to_owned(),
            groups,
            window: Duration::from_secs(2 * 3600),
            gate: Gate::default(),
            receivers: vec![ReceiverId::new("chat"), ReceiverId::new("off")],
            election: None,
            p_max: None,
            phases: Vec::new(),
        };
        let query = Query::parse(query).expect("query");
        let g = Group {
            id: GroupId::new("g"),
            name: "G".to_owned(),
            role: Role::Other,
        };
        let settings = MonitorSettings {
            term_rules: Vec::new(),
            elections: Vec::new(),
            groups: vec![g],
            sources,
            actors: Vec::new(),
            narratives: Vec::new(),
            rules: vec![WatchedRule {
                rule,
                query,
                zone: TimeZone::UTC,
                election: None,
            }],
            detect: DetectSettings::default(),
            untold: BTreeSet::new(),
        };
        Monitor::open(&self.dir, settings, &LogScan(self.dir.clone())).expect("monitor")
    }

    fn bursts(&self) -> Vec<Burst> {
        let derived = Derived::open_readonly(&self.dir).expect("derived");
        derived
            .bursts(Timestamp::MIN, Timestamp::MAX, 100)
            .expect("bursts")
    }

    fn hand_over(&self) -> Vec<(DeliveryKind, String)> {
        let route = RuleRoute {
            receivers: vec![ReceiverId::new("chat"), ReceiverId::new("off")],
            ..RuleRoute::default()
        };
        let routing = Routing {
            rules: [(RuleId::new("ballots"), route)].into(),
            enabled: BTreeSet::from([ReceiverId::new("chat")]),
            ..Routing::default()
        };
        let mut desk = Desk::open(&self.dir).expect("desk");
        HandOver::open(&self.dir, routing)
            .expect("hand-over")
            .advance(&mut desk)
            .expect("handed over");
        desk.due(Timestamp::MAX, 100)
            .expect("due")
            .into_iter()
            .map(|(delivery, _)| (delivery.kind, delivery.key.to_string()))
            .collect()
    }
}

fn time(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("in the calendar")
}

fn follow(monitor: &mut Monitor) {
    while monitor.advance().expect("advanced").entries > 0 {}
}

fn push(world: &mut World, outlets: &[usize], same_text: bool) {
    for (n, outlet) in outlets.iter().enumerate() {
        let text = if same_text {
            "ballots: one text".to_owned()
        } else {
            format!("ballots: wording {n}")
        };
        world.poll(
            *outlet,
            LIVE + 10 * HOUR + 60 * i64::try_from(n).unwrap_or(0),
            &[&text],
        );
    }
    world.heartbeat(LIVE + 10 * HOUR + 30 * 60);
}

#[test]
fn a_push_is_one_burst_that_ends_and_is_the_same_again() {
    let mut world = World::new();
    world.history(15);
    push(&mut world, &[0, 1, 2, 3, 4, 5], false);
    let mut monitor = world.monitor("ballots");
    follow(&mut monitor);
    let bursts = world.bursts();
    assert_eq!(bursts.len(), 1, "{bursts:?}");
    let burst = &bursts[0];
    assert_eq!(burst.state, BurstState::Open);
    assert!(burst.observed.voices() >= 6, "{burst:?}");
    assert_eq!(
        burst.first_seen.as_ref().map(|first| first.source.as_str()),
        Some("outlet-0")
    );
    assert_eq!(world.hand_over().len(), 1, "only the receiver that is on");
    assert_eq!(world.hand_over().len(), 1, "and once");

    for quiet in 1..=30 {
        world.heartbeat(LIVE + 10 * HOUR + 30 * 60 + quiet * 600);
    }
    follow(&mut monitor);
    let ended = world.bursts();
    assert_eq!(ended.len(), 1);
    assert_eq!(ended[0].state, BurstState::Ended);
    let kinds: Vec<DeliveryKind> = world
        .hand_over()
        .into_iter()
        .map(|(kind, _)| kind)
        .collect();
    assert_eq!(kinds.len(), 2);
    assert!(kinds.contains(&DeliveryKind::Resolved));
    drop(monitor);

    // All of it again, from the log alone, and in other steps: a restart in the middle.
    Derived::open(&world.dir)
        .expect("derived")
        .clear()
        .expect("cleared");
    let mut monitor = world.monitor("ballots");
    monitor.advance().expect("advanced");
    drop(monitor);
    follow(&mut world.monitor("ballots"));
    assert_eq!(world.bursts(), ended);
    assert_eq!(
        world.hand_over().len(),
        2,
        "a rebuild tells nobody anything"
    );
}

#[test]
fn copies_and_one_owner_are_one_voice() {
    for (outlets, same_text) in [
        (&[0, 1, 2, 3, 4, 5][..], true),
        (&[6, 7, 6, 7, 6, 7, 6, 7][..], false),
    ] {
        let mut world = World::new();
        world.history(9);
        push(&mut world, outlets, same_text);
        follow(&mut world.monitor("ballots"));
        assert_eq!(world.bursts(), [], "{outlets:?}");
    }
}

#[test]
fn too_little_history_is_no_burst() {
    let mut world = World::new();
    world.history(6);
    push(&mut world, &[0, 1, 2, 3, 4, 5], false);
    follow(&mut world.monitor("ballots"));
    assert_eq!(world.bursts(), []);
}

#[test]
fn a_new_rule_learns_its_past_from_the_index() {
    let mut world = World::new();
    world.history(15);
    let mut monitor = world.monitor("sunshine");
    follow(&mut monitor);
    drop(monitor);
    push(&mut world, &[0, 1, 2, 3, 4, 5], false);
    follow(&mut world.monitor("ballots"));
    let found = world.bursts();
    assert_eq!(found.len(), 1);
    let mut fresh = World::new();
    fresh.history(15);
    push(&mut fresh, &[0, 1, 2, 3, 4, 5], false);
    follow(&mut fresh.monitor("ballots"));
    assert_eq!(
        found,
        fresh.bursts(),
        "as if the rule had been there from the beginning"
    );
}

#[test]
fn a_rule_that_is_gone_ends_its_burst() {
    let mut world = World::new();
    world.history(15);
    push(&mut world, &[0, 1, 2, 3, 4, 5], false);
    follow(&mut world.monitor("ballots"));
    assert_eq!(world.hand_over().len(), 1);
    let settings = MonitorSettings {
        term_rules: Vec::new(),
        elections: Vec::new(),
        groups: Vec::new(),
        sources: sources(),
        actors: Vec::new(),
        narratives: Vec::new(),
        rules: Vec::new(),
        detect: DetectSettings::default(),
        untold: BTreeSet::new(),
    };
    let mut monitor =
        Monitor::open(&world.dir, settings, &LogScan(world.dir.clone())).expect("monitor");
    world.heartbeat(LIVE + 11 * HOUR);
    follow(&mut monitor);
    assert_eq!(world.bursts()[0].state, BurstState::Ended);
    assert_eq!(world.hand_over().len(), 2);
}

#[test]
fn an_edited_article_joins_no_two_texts_into_one_story() {
    let mut world = World::new();
    world.poll(0, LIVE, &["alpha ballots"]);
    world.poll(1, LIVE + 60, &["alpha ballots"]);
    world.edit("guid-1", 0, LIVE + 120, "beta ballots");
    world.poll(2, LIVE + 180, &["beta ballots"]);
    world.heartbeat(LIVE + 240);
    follow(&mut world.monitor("ballots"));
    let derived = Derived::open_readonly(&world.dir).expect("derived");
    let log = LogReader::open(&world.dir).expect("log");
    let mut sizes: Vec<(String, u32)> = log
        .items_of(None, 10)
        .expect("items")
        .into_iter()
        .map(|id| {
            let stored = derived.stored(id).expect("read").expect("there");
            let guid = log
                .item(id)
                .expect("read")
                .expect("there")
                .guid
                .expect("a guid");
            (
                guid,
                derived
                    .story_size(stored.story.expect("a story"))
                    .expect("size"),
            )
        })
        .collect();
    sizes.sort();
    let expected = [("guid-1", 2), ("guid-2", 1), ("guid-3", 2)];
    assert_eq!(sizes, expected.map(|(guid, size)| (guid.to_owned(), size)));
}

/// A report of an event in the words of one voice: others keep its figures only.
fn report(event: usize, voice: &str) -> String {
    let word = |n: usize| match n % 15 {
        7 => (1_000 + 7_919 * (4 * event + n / 15) % 80_000).to_string(),
        _ => format!("{voice}{event}x{n}"),
    };
    (0..60).map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn links_of_rewordings_are_the_same_after_a_rebuild() {
    for order in [1, 5, 7] {
        let mut world = World::new();
        for n in 0..16 {
            let at = n * order % 16;
            let text = report(at / 2, ["first", "second"][at % 2]);
            let minute = i64::try_from(n).unwrap_or(0);
            world.poll(n % 6, LIVE + 60 * minute, &[&text]);
        }
        world.heartbeat(LIVE + HOUR);
        follow(&mut world.monitor("ballots"));
        let links = || {
            let derived = Derived::open_readonly(&world.dir).expect("derived");
            let log = LogReader::open(&world.dir).expect("log");
            let items = log.items_of(None, 20).expect("items").into_iter();
            let links = items.map(|id| {
                let stored = derived.stored(id).expect("read").expect("there");
                let story = stored.story.expect("a story");
                derived.rewordings(story).expect("rewordings")
            });
            links.collect::<Vec<_>>()
        };
        let found = links();
        assert_eq!(found.iter().map(Vec::len).sum::<usize>(), 16, "{found:?}");
        let mut derived = Derived::open(&world.dir).expect("derived");
        derived.clear().expect("cleared");
        drop(derived);
        world.monitor("ballots").advance().expect("advanced");
        follow(&mut world.monitor("ballots"));
        assert_eq!(links(), found, "order {order}");
    }
}

#[test]
fn what_happened_long_ago_is_found_again_by_a_rebuild() {
    let mut world = World::new();
    world.history(9);
    push(&mut world, &[0, 1, 2, 3, 4, 5], false);
    for day in 1..=44 {
        world.poll(
            0,
            LIVE + 10 * HOUR + day * DAY,
            &[&format!("weather of day {day}")],
        );
    }
    world.heartbeat(LIVE + 45 * DAY);
    follow(&mut world.monitor("ballots"));
    let found = world.bursts();
    assert_eq!(found.len(), 1);
    Derived::open(&world.dir)
        .expect("derived")
        .clear()
        .expect("cleared");
    follow(&mut world.monitor("ballots"));
    assert_eq!(world.bursts(), found);
}

#[test]
fn a_clock_that_jumps_by_a_century_costs_no_century_of_ticks() {
    let mut world = World::new();
    world.history(9);
    push(&mut world, &[0, 1, 2, 3, 4, 5], false);
    world.heartbeat(LIVE + 100 * 365 * DAY);
    let mut monitor = world.monitor("ballots");
    follow(&mut monitor);
    let bursts = world.bursts();
    assert_eq!(bursts.len(), 1);
    let ended = bursts[0].ended.expect("it has ended");
    assert!(ended < time(LIVE + DAY), "at its own time: {ended}");
}

#[test]
fn a_source_that_joins_a_group_brings_its_past() {
    let mut world = World::new();
    world.history(15);
    push(&mut world, &[0, 1, 2, 3, 4, 5], false);
    follow(&mut world.monitor_of("ballots", &[]));
    assert_eq!(world.bursts(), [], "nobody is in the group");
    let everybody: Vec<usize> = (0..8).collect();
    drop(world.monitor_of("ballots", &everybody));
    let derived = Derived::open_readonly(&world.dir).expect("derived");
    let hits = derived
        .hits(&RuleId::new("ballots"), time(LIVE - 20 * DAY), time(LIVE))
        .expect("hits");
    assert_eq!(hits.len(), 15, "one mention a day");
}

#[test]
fn an_alert_without_a_burst_is_withdrawn() {
    let mut world = World::new();
    world.history(15);
    push(&mut world, &[0, 1, 2, 3, 4, 5], false);
    follow(&mut world.monitor("ballots"));
    assert_eq!(world.hand_over().len(), 1);
    Derived::open(&world.dir)
        .expect("derived")
        .clear()
        .expect("cleared");
    follow(&mut world.monitor("another topic"));
    let routing = Routing {
        enabled: BTreeSet::from([ReceiverId::new("chat")]),
        ..Routing::default()
    };
    let mut desk = Desk::open(&world.dir).expect("desk");
    let hand_over = HandOver::open(&world.dir, routing).expect("hand-over");
    assert_eq!(hand_over.settle(&mut desk).expect("settled"), 1);
    assert_eq!(hand_over.settle(&mut desk).expect("settled"), 0);
    let due = desk.due(Timestamp::MAX, 100).expect("due");
    let kinds: BTreeSet<&str> = due
        .iter()
        .map(|(delivery, _)| delivery.kind.as_str())
        .collect();
    assert_eq!(
        kinds,
        BTreeSet::from(["firing", "resolved"]),
        "whoever was told is told"
    );
}

/// What a source still shows of its past is an import: the past of many sources, all at once, is no
/// burst now, whatever it is full of.
#[test]
fn history_that_comes_at_once_is_no_burst() {
    let mut world = World::new();
    world.history(15);
    let now = LIVE + 10 * HOUR;
    for outlet in 0..6 {
        for page in 1..=5_i64 {
            let texts: Vec<String> = (0..40)
                .map(|n| format!("ballots, archive {outlet} {page} {n}"))
                .collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            world.poll(outlet, now, &texts);
            let batch = world.waiting.last_mut().expect("a page");
            batch.outcome = None;
            let past = time(LIVE - page * 3 * DAY + 9 * HOUR);
            for item in &mut batch.items {
                (item.time, item.published) = (past, Some(past));
            }
            let source = SourceId::new(format!("outlet-{outlet}"));
            batch.imported = vec![ImportedSource {
                id: source.clone(),
                publisher: PublisherId::new(source.as_str()),
                family: FamilyId::new(format!("family-{outlet}")),
                groups: Vec::new(),
                platform: None,
                first: past,
                last: time(LIVE - DAY),
            }];
            batch.covered = batch.imported.iter().map(ImportedSource::span).collect();
        }
    }
    for quiet in 0..=12 {
        world.heartbeat(now + quiet * 600);
    }
    let mut monitor = world.monitor("ballots");
    follow(&mut monitor);
    assert_eq!(world.bursts(), []);
    let log = LogReader::open(&world.dir).expect("log");
    let imported = log.items_of(None, 10_000).expect("items");
    assert!(imported.len() > 6 * 5 * 40);
}
