//! What the schedule decides, and when.

use super::*;

const EVERY: Duration = Duration::from_secs(600);

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_132_800 + seconds).unwrap()
}

fn id(name: &str) -> SourceId {
    SourceId::new(name)
}

/// Seconds from a poll at 0 to the next one, the little more left out.
fn wait(standing: Standing, ending: Ending) -> i64 {
    let next = standing
        .after(&id("a"), EVERY, EVERY, at(0), ending)
        .next_at
        .unwrap();
    let more = i64::try_from(jitter(&id("a"), EVERY).as_secs()).unwrap();
    next.as_second() - at(0).as_second() - more
}

#[test]
fn never_sooner_than_the_interval() {
    let collected = |fresh| Ending::Collected { fresh_for: fresh };
    let failed = |after| Ending::Failed { retry_after: after };
    let fresh = Standing::default();
    let seconds = |s| Some(Duration::from_secs(s));
    assert_eq!(wait(fresh, collected(None)), 600);
    assert_eq!(wait(fresh, collected(seconds(10))), 600);
    assert_eq!(wait(fresh, collected(seconds(900))), 900);
    assert_eq!(wait(fresh, collected(seconds(86_400))), 1_800);
    assert_eq!(wait(fresh, failed(None)), 600);
    assert_eq!(wait(fresh, failed(seconds(5))), 600);
    assert_eq!(wait(fresh, failed(seconds(7_200))), 7_200);
    assert_eq!(wait(fresh, failed(seconds(315_360_000))), 86_400);
}

#[test]
fn failures_double_the_wait_up_to_an_hour() {
    let mut standing = Standing::default();
    let mut waits = Vec::new();
    for _ in 0..6 {
        waits.push(wait(standing, Ending::Failed { retry_after: None }));
        standing = standing.after(
            &id("a"),
            EVERY,
            EVERY,
            at(0),
            Ending::Failed { retry_after: None },
        );
    }
    assert_eq!(waits, [600, 1_200, 2_400, 3_600, 3_600, 3_600]);
    standing = standing.after(
        &id("a"),
        EVERY,
        EVERY,
        at(0),
        Ending::Collected { fresh_for: None },
    );
    assert_eq!(standing.failures, 0);
    let slow = Standing {
        next_at: None,
        failures: 9,
    };
    let next = slow.after(
        &id("a"),
        24 * 6 * EVERY,
        EVERY,
        at(0),
        Ending::Failed { retry_after: None },
    );
    assert!(next.next_at.unwrap() >= at(86_400), "a long interval stays");
}

#[test]
fn the_little_more_is_the_same_and_little() {
    for name in ["a", "b", "tw-cna"] {
        let more = jitter(&id(name), EVERY);
        assert_eq!(more, jitter(&id(name), EVERY));
        assert!(more <= EVERY / JITTER_SHARE);
    }
    assert_ne!(jitter(&id("a"), EVERY), jitter(&id("b"), EVERY));
    assert!(jitter(&id("a"), Duration::from_secs(1_000_000)) <= JITTER_MAX);
}

fn due_at(seconds: i64) -> Standing {
    Standing {
        next_at: Some(at(seconds)),
        failures: 0,
    }
}

#[test]
fn limits_in_all_and_per_host() {
    let mut schedule = Schedule::new(3, 1);
    for (number, (name, host)) in [("a1", "a"), ("a2", "a"), ("b", "b"), ("c", "c"), ("d", "d")]
        .into_iter()
        .enumerate()
    {
        let standing = due_at(-10 + i64::try_from(number).unwrap());
        schedule.insert(id(name), host.to_owned(), Some(EVERY), standing);
    }
    assert_eq!(schedule.start_all(at(0)), [id("a1"), id("b"), id("c")]);
    assert_eq!(schedule.start_all(at(0)), []);
    let next = due_at(600);
    schedule.finish(&id("b"), next);
    assert_eq!(
        schedule.start_all(at(0)),
        [id("d")],
        "a2 waits for its host"
    );
    schedule.finish(&id("a1"), next);
    assert_eq!(schedule.start_all(at(0)), [id("a2")]);
    for name in ["a2", "c", "d"] {
        schedule.finish(&id(name), next);
    }
    assert_eq!(schedule.start_all(at(599)), []);
    assert_eq!(schedule.next_due(), Some(at(600)));
    assert_eq!(schedule.start_all(at(600)).len(), 3);
}

fn fleet(sources: u32, hosts: u32, concurrency: usize) -> Schedule {
    let mut schedule = Schedule::new(concurrency, 2);
    for number in 0..sources {
        let host = format!("h{}", number % hosts);
        schedule.insert(
            id(&format!("s{number}")),
            host,
            Some(EVERY),
            Standing::default(),
        );
    }
    schedule
}

#[test]
fn no_herd_at_a_start() {
    let mut schedule = fleet(2_000, 500, 64);
    let mut started = schedule.start(at(0)).len();
    assert_eq!(started, 64);
    for second in 1..=400 {
        // Each is done within a second.
        let ended: Vec<SourceId> = under_way(&schedule);
        for source in ended {
            schedule.finish(&source, due_at(80_000));
        }
        let now = schedule.start(at(second)).len();
        assert!(now <= 7, "{now} in second {second}");
        started += now;
    }
    assert_eq!(started, 2_000, "and all within less than an interval");
}

fn under_way(schedule: &Schedule) -> Vec<SourceId> {
    (schedule.slots.iter())
        .filter(|(_, slot)| slot.started_at.is_some())
        .map(|(source, _)| source.clone())
        .collect()
}

#[test]
fn few_sources_start_at_once() {
    assert_eq!(fleet(60, 30, 64).start(at(0)).len(), 60);
}

#[test]
fn a_clock_that_is_set_back_stops_nobody() {
    let mut schedule = fleet(2_000, 500, 64);
    schedule.start(at(1_000));
    for source in under_way(&schedule) {
        schedule.finish(&source, due_at(80_000));
    }
    assert_eq!(schedule.start(at(0)), []);
    let started = schedule.start(at(3)).len();
    assert!((19..=20).contains(&started), "{started}");
}

#[test]
fn those_that_hang_leave_half_the_room() {
    let mut schedule = Schedule::new(8, 2);
    for (name, host, failures) in [
        ("a1", "a", 3),
        ("a2", "a", 0),
        ("b1", "b", 1),
        ("b2", "b", 2),
        ("c1", "c", 1),
        ("c2", "c", 1),
        ("x", "x", 0),
        ("y", "y", 0),
        ("z", "z", 0),
    ] {
        let standing = Standing {
            failures,
            ..due_at(-1)
        };
        schedule.insert(id(name), host.to_owned(), Some(EVERY), standing);
    }
    let started = schedule.start_all(at(0));
    assert_eq!(started.len(), 7, "{started:?}");
    assert!(
        ["x", "y", "z"]
            .iter()
            .all(|name| started.contains(&id(name)))
    );
    // An honest host that does not answer is one of them after a while.
    schedule.insert(id("x2"), "x".to_owned(), Some(EVERY), due_at(0));
    schedule.insert(id("w"), "w".to_owned(), Some(EVERY), due_at(0));
    assert_eq!(schedule.start_all(at(4)), [id("w")]);
    for source in under_way(&schedule) {
        schedule.finish(&source, due_at(600));
    }
    assert!(schedule.start_all(at(5)).contains(&id("x2")));
}

#[test]
fn those_overdue_come_before_those_never_polled() {
    let mut schedule = Schedule::new(1, 2);
    schedule.insert(id("new"), "a".to_owned(), Some(EVERY), Standing::default());
    schedule.insert(id("known"), "b".to_owned(), Some(EVERY), due_at(-1));
    assert_eq!(schedule.start(at(0)), [id("known")]);
}

#[test]
fn one_that_is_asked_for_starts_at_once_and_once() {
    let mut schedule = Schedule::new(1, 1);
    schedule.insert(
        id("a"),
        "a".to_owned(),
        Some(EVERY),
        Standing {
            next_at: Some(at(900)),
            failures: 0,
        },
    );
    assert!(schedule.start_one(&id("a"), at(0)));
    assert!(!schedule.start_one(&id("a"), at(0)));
    assert!(!schedule.start_one(&id("x"), at(0)));
    schedule.abandon(&id("a"));
    assert_eq!(schedule.next_due(), Some(at(900)));
}

#[test]
fn the_longest_overdue_first() {
    let mut schedule = Schedule::new(2, 2);
    for (name, due) in [("a", 30), ("b", 10), ("c", 20)] {
        schedule.insert(
            id(name),
            name.to_owned(),
            Some(EVERY),
            Standing {
                next_at: Some(at(due)),
                failures: 0,
            },
        );
    }
    assert_eq!(schedule.start(at(60)), [id("b"), id("c")]);
}

#[test]
fn a_time_further_ahead_than_any_wait_is_none() {
    let ten_minutes = 86_400 + 60;
    let a_week = 7 * 86_400 + 60;
    for (every, longest) in [(EVERY, ten_minutes), (7 * 24 * 6 * EVERY, a_week)] {
        for (ahead, is_due) in [(longest, false), (longest + 1, true)] {
            let mut schedule = Schedule::new(1, 1);
            let standing = Standing {
                next_at: Some(at(ahead)),
                failures: 0,
            };
            schedule.insert(id("a"), "a".to_owned(), Some(every), standing);
            assert_eq!(!schedule.start(at(0)).is_empty(), is_due, "{ahead}");
        }
    }
}

#[test]
fn one_that_is_off_is_never_due_and_polled_when_asked_for() {
    let mut schedule = Schedule::new(1, 1);
    schedule.insert(id("a"), "a".to_owned(), None, Standing::default());
    assert_eq!(schedule.start(Timestamp::MAX), []);
    assert_eq!(schedule.next_due(), None);
    assert!(schedule.start_one(&id("a"), at(0)));
}
