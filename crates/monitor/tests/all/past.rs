//! The past looked at again: it decides as the monitor decided then, whatever came after.

#![expect(clippy::expect_used, reason = "a test fails by them")]

use crate::engine;

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::time::Duration;

use bellwether_archive::{
    Batch, CaptureKind, DataDir, Derived, LogReader, LogWriter, NewCapture, NewItem,
};
use bellwether_detect::DetectSettings;
use bellwether_model::{
    Affiliation, Burst, Detector, Directory, Election, ElectionId, FamilyId, Gate, Group, GroupId,
    Judgement, Outcome, OutcomeKind, Phase, PublisherId, Reach, Role, Rule, RuleId, RulePhase, Seq,
    Source, SourceId, SourceKind, Span, Thresholds, TimeReason, Timestamp, Whose,
};
use bellwether_monitor::{
    Backtested, Explained, Monitor, MonitorSettings, PastStores, WatchedRule, backtest, explain,
};
use bellwether_query::Query;
use engine::LogScan;
use jiff::tz::TimeZone;

const HOUR: i64 = 3600;
const DAYS: i64 = 10;
const START: i64 = 1_795_046_400;
const LIVE: i64 = START + DAYS * 24 * HOUR;

fn time(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("in the calendar")
}

/// The first two outlets are the domestic press where there is one.
const PRESS: usize = 2;

fn groups(has_press: bool) -> Vec<Group> {
    let group = |id: &str, role| Group {
        id: GroupId::new(id),
        name: id.to_owned(),
        role,
    };
    if has_press {
        vec![group("press", Role::Domestic), group("abroad", Role::Other)]
    } else {
        Vec::new()
    }
}

/// Eight outlets; the last two are one publisher, so that both may show one item.
fn sources(has_press: bool) -> Vec<Source> {
    let source = |n: usize| Source {
        id: SourceId::new(format!("outlet-{n}")),
        name: format!("Outlet {n}"),
        kind: SourceKind::Feed,
        reading: bellwether_model::Reading::default(),
        url: None,
        reach: Reach::default(),
        publisher: PublisherId::new(format!("paper-{}", n.min(6))),
        family: FamilyId::new(format!("family-{}", n.min(6))),
        groups: match (has_press, n < PRESS) {
            (false, _) => Vec::new(),
            (true, true) => vec![GroupId::new("press")],
            (true, false) => vec![GroupId::new("abroad")],
        },
        country: None,
        languages: Vec::new(),
        every: Duration::from_secs(3600),
        enabled: true,
        affiliation: Affiliation::UNKNOWN,
        note: None,
    };
    (0..8).map(source).collect()
}

fn rule(query: &str) -> WatchedRule {
    WatchedRule {
        rule: Rule {
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
        },
        query: Query::parse(query).expect("query"),
        zone: TimeZone::UTC,
        election: None,
    }
}

/// The same rule, which would never raise a burst, but in the second half of the live day.
fn rule_of_a_phase(query: &str) -> WatchedRule {
    let noon = time(LIVE + 12 * HOUR);
    let mut rule = rule(query);
    rule.election = Some(Election {
        id: ElectionId::new("invented"),
        name: "Invented".to_owned(),
        name_native: None,
        country: "XO".to_owned(),
        time_zone: "UTC".to_owned(),
        polling_day: Some(noon.to_zoned_datetime(TimeZone::UTC).date()),
        phases: vec![Phase {
            id: "afternoon".to_owned(),
            start: Some(noon),
            end: Some(time(LIVE + 30 * HOUR)),
            withholds: None,
            law: None,
        }],
    });
    rule.rule.gate.min_families = 1000;
    rule.rule.phases = vec![RulePhase {
        phase: "afternoon".to_owned(),
        thresholds: Thresholds {
            gate: Gate {
                min_families: 2,
                ..Gate::default()
            },
            p_max: Some(0.003),
        },
    }];
    rule
}

/// A sequence that looks random and is always the same (SplitMix64, Steele et al. 2014).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % limit
    }
}

/// Eighty words from one place of an endless text on: two that overlap by half are two stories, and
/// one between them joins both.
fn passage(topic: &str, text: u64, from: u64) -> String {
    let words = (from..from + 80).map(|word| format!("w{text}x{}", word * 7919 % 1000));
    format!("{topic} {}", words.collect::<Vec<_>>().join(" "))
}

struct Shown {
    outlet: usize,
    guid: String,
    text: String,
    /// What its source claims, where that is not when it was received.
    time: Option<i64>,
}

fn batch(outlet: usize, second: i64, shown: &[Shown], is_down: bool) -> Batch {
    let at = time(second);
    let source = SourceId::new(format!("outlet-{outlet}"));
    let mut batch = Batch::new(at);
    if !shown.is_empty() {
        batch.capture = Some(NewCapture {
            uri: "https://outlet.example/feed".to_owned(),
            at,
            kind: CaptureKind::Response {
                status: 200,
                headers: Vec::new(),
            },
            body: format!("{outlet} at {second}").into_bytes(),
        });
    }
    batch.items = shown
        .iter()
        .map(|shown| NewItem {
            source: source.clone(),
            publisher: PublisherId::new(format!("paper-{}", outlet.min(6))),
            identities: vec![shown.guid.clone()],
            guid: Some(shown.guid.clone()),
            url: None,
            platform: None,
            lang_declared: None,
            title: String::new(),
            text: shown.text.clone(),
            seen: at,
            published: Some(shown.time.map_or(at, time)),
            published_raw: None,
            time: shown.time.map_or(at, time),
            time_reason: TimeReason::Published,
            locator: None,
            facts: bellwether_model::PostFacts::default(),
        })
        .collect();
    batch.outcome = Some(Outcome {
        source,
        at,
        kind: if is_down {
            OutcomeKind::Unreachable
        } else {
            OutcomeKind::Fetched
        },
        status: None,
        items_new: 0,
        items_updated: 0,
        items_unchanged: 0,
        repaired: None,
        error: is_down.then(|| "no route".to_owned()),
        body_bytes: 0,
        moved_to: None,
        fallback: None,
    });
    batch
}

struct World {
    _folder: tempfile::TempDir,
    dir: DataDir,
    has_press: bool,
}

impl World {
    /// Ten days and a busy one: mentions, a push with copies that join stories, items that come late,
    /// items that change their wording to or from the topic, further sightings, an outage.
    fn of(seed: u64) -> Self {
        Self::made(seed, false)
    }

    /// The same, where the domestic press mentions the topic all the time, and most when others push it.
    fn with_press(seed: u64) -> Self {
        Self::made(seed, true)
    }

    fn made(seed: u64, has_press: bool) -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let dir = DataDir::open(folder.path()).expect("data");
        let mut writer = LogWriter::open(&dir).expect("log");
        let mut chance = Chance(seed);
        let mut batches = Vec::new();
        let mut known: Vec<(usize, String)> = Vec::new();
        let down = LIVE - HOUR * (1 + i64::try_from(chance.below(30)).expect("small"));
        for step in 0..(DAYS + 1) * 24 * 2 {
            let second = START + step * HOUR / 2 + 7;
            let is_live = (LIVE + 8 * HOUR..LIVE + 16 * HOUR).contains(&second);
            for outlet in 0..8 {
                let is_down = outlet == 3 && (down..down + 6 * HOUR).contains(&second);
                let mut shown = Vec::new();
                let mentions = match (is_down, is_live) {
                    (true, _) => 0,
                    _ if has_press && outlet < PRESS => chance.below(3),
                    (_, true) => chance.below(3),
                    _ => u64::from(chance.below(if has_press { 200 } else { 60 }) == 0),
                };
                for number in 0..=mentions {
                    let guid = format!("{step}-{outlet}-{number}");
                    let topic = if number > 0 { "ballots" } else { "weather" };
                    let passage = passage(topic, chance.below(4), chance.below(5) * 20);
                    let text = match chance.below(3) {
                        0 => passage,
                        _ => format!("{topic} {guid} said today"),
                    };
                    let late = (chance.below(12) == 0)
                        .then(|| second - i64::try_from(chance.below(9 * 3600)).expect("small"));
                    if !is_down {
                        known.push((outlet, guid.clone()));
                        shown.push(Shown {
                            outlet,
                            guid,
                            text,
                            time: late,
                        });
                    }
                }
                if is_live && !is_down && chance.below(2) == 0 {
                    let last = u64::try_from(known.len().min(60)).expect("small");
                    let back = usize::try_from(chance.below(last)).expect("small");
                    let (of, guid) = known[known.len() - 1 - back].clone();
                    let topic = ["ballots", "weather"][usize::from(chance.below(2) == 0)];
                    if of.min(6) == outlet.min(6) && shown.iter().all(|s| s.guid != guid) {
                        shown.push(Shown {
                            outlet,
                            text: format!("{topic} {guid} said otherwise"),
                            guid,
                            time: None,
                        });
                    }
                }
                debug_assert!(shown.iter().all(|s| s.outlet == outlet));
                batches.push(batch(outlet, second + outlet as i64, &shown, is_down));
            }
            let mut beat = Batch::new(time(second + 600));
            beat.heartbeat = true;
            batches.push(beat);
        }
        writer.append(&batches).expect("appended");
        Self {
            _folder: folder,
            dir,
            has_press,
        }
    }

    /// Follows the log to its end, and returns each revision of a burst.
    fn watch(&self, rule: &WatchedRule) -> Vec<Burst> {
        let settings = MonitorSettings {
            groups: groups(self.has_press),
            sources: sources(self.has_press),
            actors: Vec::new(),
            narratives: Vec::new(),
            rules: vec![rule.clone()],
            detect: DetectSettings::default(),
            untold: BTreeSet::new(),
            elections: Vec::new(),
            term_rules: Vec::new(),
        };
        let engine = LogScan(self.dir.clone());
        let mut monitor = Monitor::open(&self.dir, settings, &engine).expect("monitor");
        while monitor.advance().expect("advanced").entries > 0 {}
        self.derived().changes_after(None).expect("changes")
    }

    fn derived(&self) -> Derived {
        Derived::open_readonly(&self.dir).expect("derived")
    }

    fn ask<R>(&self, ask: impl FnOnce(PastStores<'_>) -> R) -> R {
        ask(PastStores {
            log: &LogReader::open(&self.dir).expect("log"),
            derived: &self.derived(),
            engine: &LogScan(self.dir.clone()),
            directory: &Directory::new(groups(self.has_press), sources(self.has_press), []),
            detect: DetectSettings::default(),
        })
    }

    fn explain(&self, rule: &WatchedRule, tick: Timestamp) -> Explained {
        self.ask(|stores| explain(stores, rule, tick, None))
            .expect("read")
    }

    /// At the tick of its numbers: that at which it was found, of one that was found late.
    fn explain_burst(&self, rule: &WatchedRule, burst: &Burst) -> Explained {
        let end = burst.window.to;
        let tick = if burst.found_late { burst.started } else { end };
        self.ask(|stores| explain(stores, rule, tick, Some(end)))
            .expect("read")
    }

    fn backtest(&self, rule: &WatchedRule, from: i64, until: Timestamp) -> Backtested {
        let go_on = &mut |_| ControlFlow::Continue(());
        self.ask(|stores| backtest(stores, rule, time(from), until, go_on))
            .expect("read")
    }
}

/// `p` of so many voices from what is shown, by the formulas of `bellwether_detect`'s baseline.
fn recomputed(of: &Explained) -> f64 {
    const SIZE_MAX: f64 = 20.0;
    let opportunities: Vec<f64> = (of.windows.iter())
        .map(|window| window.exposure * window.rhythm)
        .collect();
    let voices: Vec<f64> = (of.windows.iter())
        .map(|window| f64::from(window.voices))
        .collect();
    let all: f64 = opportunities.iter().sum();
    let rate_of = |capped: &[f64]| (capped.iter().sum::<f64>() + 0.5) / all;
    let cap = |rate: f64, size: f64| -> Vec<f64> {
        let limit = |voices: f64, opportunity: f64| {
            let mean = rate * opportunity;
            if voices <= mean.max(1.0) || tail(mean, size, voices) >= 0.01 {
                return voices;
            }
            let mut limit = 0.0;
            while tail(mean, size, limit + 1.0) > 0.01 {
                limit += 1.0;
            }
            voices.min(f64::max(limit, 1.0))
        };
        (voices.iter().zip(&opportunities))
            .map(|(voices, opportunity)| limit(*voices, *opportunity))
            .collect()
    };
    let size_of = |capped: &[f64], rate: f64| {
        let (mut excess, mut squares) = (20.0 / SIZE_MAX, 20.0);
        for (voices, opportunity) in capped.iter().zip(&opportunities) {
            let usual = rate * opportunity;
            excess += (voices - usual).powi(2) - usual;
            squares += usual.powi(2);
        }
        1.0 / f64::max(excess / squares, 1.0 / SIZE_MAX)
    };
    let mut capped = voices.clone();
    let mut rate = rate_of(&capped);
    for _ in 0..16 {
        capped = cap(rate, SIZE_MAX);
        rate = rate_of(&capped);
    }
    capped = cap(rate, size_of(&capped, rate));
    rate = rate_of(&capped);
    let size = size_of(&capped, rate).min(capped.iter().sum::<f64>() + 0.5);
    let counted = f64::from(of.evaluation.observed.voices());
    tail(rate * of.rhythm, size, counted)
}

/// P(X >= count) of a Gamma-Poisson count.
fn tail(mean: f64, size: f64, count: f64) -> f64 {
    let q = mean / (mean + size);
    let mut term = (1.0 - q).powf(size);
    let mut below = 0.0;
    let mut k = 0.0;
    while k < count {
        below += term;
        term *= q * (size + k) / (k + 1.0);
        k += 1.0;
    }
    1.0 - below
}

fn same_numbers(burst: &Burst, of: &Explained) {
    let shown = &of.evaluation;
    assert_eq!(burst.window, shown.window);
    assert_eq!(burst.observed, shown.observed);
    assert_eq!(burst.judgement, shown.judgement);
    assert_eq!(burst.gates, shown.gates);
    assert_eq!(burst.families, shown.families);
    assert_eq!(burst.stories, shown.stories);
    assert_eq!(burst.items, shown.items);
    assert_eq!(burst.coverage, shown.coverage);
    assert_eq!(burst.query, shown.query);
    assert_eq!(burst.election, shown.election);
    assert!(shown.holds());
}

fn by_start(a: &Burst, b: &Burst) -> std::cmp::Ordering {
    (a.started, &a.id).cmp(&(b.started, &b.id))
}

const QUERIES: [&str; 2] = ["ballots", "ballots -source:outlet-7"];

#[test]
fn an_explanation_has_the_numbers_of_the_burst_and_p_comes_of_what_it_shows() {
    let (mut changes, mut differs, mut moved) = (0, 0, 0);
    for seed in 0..6 {
        let world = World::of(seed);
        let rule = rule(QUERIES[seed as usize % 2]);
        for burst in world.watch(&rule) {
            changes += 1;
            // The numbers of one that has ended are of the last tick at which it held.
            let explained = world.explain_burst(&rule, &burst);
            same_numbers(&burst, &explained);
            let derived = world.derived();
            let Span { from, to } = burst.window;
            let hits = derived.hits(&rule.rule.id, from, to).expect("read");
            differs += usize::from(hits.len() != burst.items.len());
            let stories = burst
                .items
                .iter()
                .map(|item| derived.earlier_stories(*item));
            let later = |(until, _): &(Seq, _)| *until > explained.seq;
            moved += stories
                .filter(|stories| stories.as_ref().expect("read").iter().any(later))
                .count();
            let Judgement::Tested { p, expected, .. } = &explained.evaluation.judgement else {
                panic!("a burst has a baseline");
            };
            assert_eq!(explained.windows.len(), expected.windows as usize);
            let again = recomputed(&explained);
            assert!((again - p).abs() <= 1e-6 * p + 1e-12, "{again} and {p}");
        }
        // Whatever the minute: it fired or not, and p can be had from what is shown.
        let mut chance = Chance(seed);
        for _ in 0..10 {
            let second = LIVE + 60 * i64::try_from(chance.below(24 * 60)).expect("small");
            let explained = world.explain(&rule, time(second));
            if let Judgement::Tested { p, .. } = &explained.evaluation.judgement {
                let again = recomputed(&explained);
                assert!((again - p).abs() <= 1e-6 * p + 1e-12, "{again} and {p}");
            }
        }
    }
    assert!(changes > 11, "{changes}");
    // What came after would have made others of them.
    assert!(differs > 2 && moved > 1, "{differs} {moved}");
}

#[test]
fn what_the_press_drowns_is_found_outside_it() {
    let mut outside = 0;
    for seed in 0..2 {
        let world = World::with_press(seed);
        let rule = rule("ballots");
        let changes = world.watch(&rule);
        for burst in &changes {
            let explained = world.explain_burst(&rule, burst);
            same_numbers(burst, &explained);
            assert_eq!(burst.detector, explained.evaluation.detector);
            let Judgement::Tested { p, .. } = &explained.evaluation.judgement else {
                panic!("a burst has a baseline");
            };
            let again = recomputed(&explained);
            assert!((again - p).abs() <= 1e-6 * p + 1e-12, "{again} and {p}");
            let [other] = explained.others.as_slice() else {
                panic!("both tests are shown: {explained:?}");
            };
            let Detector::Query { whose } = burst.detector else {
                panic!("a rule with a query");
            };
            if whose == Whose::Outside {
                outside += 1;
                assert!(!other.holds(), "everybody's voices come first");
                assert_eq!(burst.query, "ballots AND NOT group:press");
                let press = |id: &str| (0..PRESS).any(|n| id == format!("family-{n}"));
                assert!(burst.families.iter().all(|share| !press(share.id.as_str())));
                assert!(
                    burst
                        .groups
                        .iter()
                        .all(|share| share.id.as_str() == "abroad")
                );
            }
        }
    }
    assert!(outside > 2, "{outside}");
}

#[test]
fn a_backtest_finds_what_the_monitor_found() {
    let mut found = 0;
    for seed in 0..6 {
        let world = World::of(seed);
        let rule = rule(QUERIES[seed as usize % 2]);
        world.watch(&rule);
        let mut bursts = (world.derived())
            .bursts(Timestamp::MIN, Timestamp::MAX, 100)
            .expect("bursts");
        bursts.sort_by(by_start);
        found += bursts.len();
        let until = world
            .derived()
            .state()
            .expect("state")
            .tick
            .expect("a tick");
        // From the first day on, and from the middle of an hour of the busy one before the push.
        for from in [START, LIVE + 6 * HOUR + 1500] {
            let again = world.backtest(&rule, from, until);
            let last = again.bursts.into_iter().map(|would| would.last);
            let mut last: Vec<Burst> = last.collect();
            last.sort_by(by_start);
            let since = bursts.iter().filter(|burst| burst.started >= time(from));
            let since: Vec<Burst> = since.cloned().collect();
            assert_eq!(last, since, "seed {seed} from {from}");
        }
        // A week of history and the guard of a day must be there before anything can be judged.
        let again = world.backtest(&rule, START, until);
        assert_eq!((again.days, again.insufficient), (11, 8));
        // The same by the index, for a rule that was never in force.
        let derived = world.derived();
        let mut unknown = rule.clone();
        unknown.rule.id = RuleId::new("another");
        assert!(
            derived
                .rule_query(&unknown.rule.id)
                .expect("read")
                .is_none()
        );
        let again = world.backtest(&unknown, START, until);
        let mut starts: Vec<_> = again
            .bursts
            .iter()
            .map(|would| would.last.started)
            .collect();
        starts.sort();
        let known: Vec<_> = bursts.iter().map(|burst| burst.started).collect();
        assert_eq!(starts, known);
    }
    assert!(found > 5, "{found}");
}

#[test]
fn before_the_history_nothing_can_be_judged() {
    let world = World::of(1);
    let rule = rule("ballots");
    world.watch(&rule);
    for (second, known) in [(START - 90 * 24 * HOUR, 0), (START + 50 * HOUR, 2)] {
        let explained = world.explain(&rule, time(second));
        let Judgement::Insufficient { days, days_needed } = explained.evaluation.judgement else {
            panic!("{explained:?}");
        };
        assert_eq!(days_needed, 7);
        assert!(days <= known, "{days}");
        assert!(!explained.evaluation.holds());
        assert_eq!(explained.windows.is_empty(), known == 0);
    }
}

#[test]
fn the_thresholds_of_a_phase_count_by_the_time_of_the_windows_end_for_monitor_and_past() {
    let (mut found, mut late) = (0, 0);
    for seed in 0..6 {
        let world = World::of(seed);
        let rule = rule_of_a_phase(QUERIES[seed as usize % 2]);
        let changes = world.watch(&rule);
        for burst in &changes {
            found += 1;
            late += usize::from(burst.found_late);
            let clock = burst.election.as_ref().expect("of an election");
            assert_eq!(clock.applied.as_deref(), Some("afternoon"));
            assert_eq!(clock.phases, ["afternoon"]);
            assert!(burst.window.to >= time(LIVE + 12 * HOUR), "{burst:?}");
            assert_eq!(burst.gates[0].limit, 2.0);
            let Judgement::Tested { p_max, .. } = burst.judgement else {
                panic!("a burst has a baseline");
            };
            assert_eq!(p_max, 0.003);
            same_numbers(burst, &world.explain_burst(&rule, burst));
        }
        let tested = world.backtest(&rule, LIVE, time(LIVE + 24 * HOUR));
        let mut would: Vec<_> = tested.bursts.iter().map(|would| &would.found.id).collect();
        let mut told: Vec<_> = changes
            .iter()
            .filter(|burst| burst.started <= time(LIVE + 24 * HOUR))
            .map(|burst| &burst.id)
            .collect();
        would.sort();
        told.sort();
        told.dedup();
        assert_eq!(would, told, "seed {seed}");
        // A minute before the phase the rule's own gate counts.
        let before = world.explain(&rule, time(LIVE + 12 * HOUR - 60));
        assert_eq!(before.evaluation.gates[0].limit, 1000.0);
        let clock = before.evaluation.election.expect("of an election");
        assert_eq!((clock.applied, clock.phases), (None, Vec::new()));
        let at = world.explain(&rule, time(LIVE + 12 * HOUR));
        assert_eq!(at.evaluation.gates[0].limit, 2.0);
    }
    assert!(found > 3, "{found} {late}");
}
