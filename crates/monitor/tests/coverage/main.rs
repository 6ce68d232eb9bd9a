//! Sources that stop being collected over a real log: what is told, once, and the same again.

#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by them")]

#[path = "../all/engine/mod.rs"]
mod engine;
mod world;

use bellwether_alert::Standing;
use bellwether_archive::{AlertFilter, Derived, Desk};
use bellwether_model::{AlertState, SourceState, Subject, Timestamp};
use world::{HOUR, START, Shows, World, id, time};

use SourceState::{Blocked, Ended, Failing, Moved, Ok as Well, Silent};

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

/// An update, or another configuration, may find that a trouble began at another time than was told: its
/// alert goes on, and its end is told.
#[test]
fn an_end_is_told_whenever_the_trouble_began_by_what_is_known_now() {
    let mut world = World::new();
    world.hours(0, 4, two_in_trouble);
    world.follow();
    let (_, desk) = world.hand_over();
    let open = |desk: &Desk| desk.alerts(AlertFilter::Open, 100).expect("read").len();
    assert_eq!((open(&desk), world.messages(&desk).len()), (2, 2));
    drop(desk);
    let mut derived = Derived::open(&world.dir).expect("derived");
    for (source, mut standing) in derived.standings::<Standing>().expect("read") {
        if let Some(told) = &mut standing.told {
            told.begun = time(told.begun.as_second() - 60);
            derived.put_standing(&source, &standing).expect("written");
        }
    }
    drop(derived);
    let (_, desk) = world.hand_over();
    assert_eq!((open(&desk), world.messages(&desk).len()), (2, 2));
    drop(desk);
    world.hours(4, 6, two_in_trouble);
    world.follow();
    let (_, desk) = world.hand_over();
    assert_eq!((open(&desk), world.messages(&desk).len()), (0, 4));
    let alerts = desk.alerts(AlertFilter::All, 100).expect("read");
    assert_eq!(alerts.len(), 2);
    for alert in &alerts {
        assert_eq!(desk.deliveries(&alert.id).expect("read").len(), 4);
    }
}

/// The route changes while sources are in trouble: who was told of it is told of its end, of nothing
/// else, and only where there is still such a receiver.
#[test]
fn whoever_was_told_of_a_trouble_is_told_of_its_end() {
    let mut world = World::new();
    world.receivers = vec!["chat", "desk", "gone"];
    world.enabled = world.receivers.clone();
    let shows = |number: usize, minute: i64| match number {
        2 if minute >= 240 => Shows::Fails(500),
        _ => two_in_trouble(number, minute),
    };
    world.hours(0, 4, shows);
    world.follow();
    drop(world.hand_over());
    world.receivers = vec!["night"];
    world.enabled = vec!["chat", "desk", "night"];
    world.hours(4, 6, shows);
    world.follow();
    let (_, desk) = world.hand_over();
    let messages = world.messages(&desk);
    let both = vec![(id(1), Blocked), (id(0), Failing)];
    let ends = vec![(id(0), Well), (id(1), Well)];
    let all = [vec![(id(2), Failing)], ends.clone()].concat();
    let expected = [
        ("chat", both.clone()),
        ("desk", both.clone()),
        ("gone", both),
        ("chat", ends.clone()),
        ("desk", ends),
        ("night", all),
    ];
    let expected = expected.map(|(to, changes)| (to.to_owned(), changes));
    assert_eq!(messages, expected);
}

/// One that answers 410 is asked on: what it publishes when it is back is looked for as after any gap.
#[test]
fn the_end_of_an_end_by_failures_tells_what_was_found() {
    let mut world = World::new();
    world.hours(0, 30, |number, minute| match number {
        0 if (120..28 * 60).contains(&minute) => Shows::Fails(410),
        0 if minute == 28 * 60 => Shows::New(2 * HOUR),
        _ => Shows::New(30),
    });
    world.follow();
    assert_eq!(
        world.told(),
        [(0, Well, Failing), (0, Failing, Ended), (0, Ended, Well)]
    );
    let changes = world.changes();
    let gap = changes[2].gap.as_ref().expect("the end of a gap");
    assert_eq!(gap.span.from, time(START + 2 * HOUR));
    assert_eq!(gap.found, Some(1));
}

/// Where the clock was set back, the log's time stands still until the clock has caught up.
#[test]
fn a_clock_that_is_set_back_and_restarts_change_nothing() {
    let run = |is_piecewise: bool| {
        let mut world = World::new();
        for hour in 0..12 {
            world.set_back = if hour >= 3 { 2 * HOUR } else { 0 };
            world.hours(hour, hour + 1, |number, minute| match number {
                0 if (170..500).contains(&minute) => Shows::Fails(503),
                1 if (350..600).contains(&minute) => Shows::Fails(503),
                _ => Shows::New(30),
            });
            if is_piecewise {
                world.follow();
            }
        }
        world.follow();
        (world.changes(), world.reports())
    };
    let at_once = run(false);
    assert!(!at_once.0.is_empty());
    assert_eq!(run(true), at_once);
}
