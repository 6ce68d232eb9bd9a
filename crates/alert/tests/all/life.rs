//! The life of alerts and deliveries, as a user would tell it.

use std::time::Duration;

use bellwether_alert::outbox::{self, Attempt};
use bellwether_alert::{
    Acknowledgement, Audience, acknowledge, acknowledged_before, occurrence, step, told,
};
use bellwether_model::{
    Alert, AlertState, Burst, BurstId, BurstState, Counts, Coverage, Delivery, DeliveryKind,
    DeliveryState, Judgement, Label, Labels, ReceiverId, RuleId, Severity, Span, Timestamp,
    Verdict,
};
use proptest::prelude::*;

fn t(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_795_500_000 + 60 * minutes).unwrap()
}

fn burst(revision: u32, state: BurstState) -> Burst {
    Burst {
        found_late: false,
        detector: bellwether_model::Detector::default(),
        id: BurstId::new("b1"),
        revision,
        rule: RuleId::new("ballots"),
        name: "作票".to_owned(),
        query: "作票".to_owned(),
        state,
        started: t(0),
        evaluated: t(i64::from(revision)),
        ended: (state == BurstState::Ended).then(|| t(i64::from(revision))),
        window: Span::ending(t(i64::from(revision)), Duration::from_secs(7200)),
        observed: Counts {
            items: revision,
            families: 3,
            stories: 3,
        },
        peak: Counts {
            items: 31,
            families: 7,
            stories: 9,
        },
        judgement: Judgement::Insufficient {
            days: 1,
            days_needed: 14,
        },
        gates: Vec::new(),
        families: Vec::new(),
        groups: Vec::new(),
        stories: Vec::new(),
        first_seen: None,
        items: Vec::new(),
        coverage: Coverage::default(),
        election: None,
    }
}

fn receivers() -> Vec<ReceiverId> {
    vec![
        ReceiverId::new("chat"),
        ReceiverId::new("desk"),
        ReceiverId::new("chat"),
    ]
}

struct World {
    alert: Option<Alert>,
    sent: Vec<Delivery>,
}

impl World {
    fn new() -> Self {
        Self {
            alert: None,
            sent: Vec::new(),
        }
    }

    fn take(&mut self, revision: u32, state: BurstState) -> usize {
        self.take_with(burst(revision, state), "info", &receivers())
    }

    fn take_with(&mut self, burst: Burst, severity: &str, route: &[ReceiverId]) -> usize {
        let labels = Labels::default().with(Label::Severity, severity);
        let told = told(&self.sent);
        let audience = Audience { route, told: &told };
        let (alert, new) = step(self.alert.take(), &burst, labels, audience, burst.evaluated);
        self.alert = Some(alert);
        let count = new.len();
        self.sent.extend(new);
        count
    }

    fn alert(&self) -> &Alert {
        self.alert.as_ref().unwrap()
    }

    fn state(&self) -> AlertState {
        self.alert().state
    }
}

#[test]
fn fires_grows_ends_and_fires_again() {
    let mut world = World::new();
    assert_eq!(
        world.take(1, BurstState::Open),
        2,
        "one message a receiver, named twice or not"
    );
    assert_eq!(
        world.take(1, BurstState::Open),
        0,
        "the same revision again"
    );
    for revision in 2..100 {
        assert_eq!(
            world.take(revision, BurstState::Open),
            0,
            "more items of as many voices are no news"
        );
    }
    assert_eq!(
        world.alert().history.len(),
        2,
        "{:?}",
        world.alert().history
    );
    assert_eq!(world.alert().started, t(0));
    assert_eq!(world.take(100, BurstState::Ended), 2);
    assert_eq!(
        (world.state(), world.alert().resolved),
        (AlertState::Resolved, Some(t(100)))
    );
    assert_eq!(world.take(101, BurstState::Ended), 0);
    assert_eq!(world.take(102, BurstState::Open), 2);
    assert_eq!(
        (world.state(), world.alert().resolved),
        (AlertState::Firing, None)
    );
    assert_eq!(world.take(103, BurstState::Ended), 2);
    assert_eq!(occurrence(world.alert()), 2);
    let mut keys: Vec<_> = world.sent.iter().map(|d| d.key.clone()).collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 8, "every message has a key of its own");
}

#[test]
fn what_still_holds_after_ten_days_is_not_told_again() {
    let mut world = World::new();
    assert_eq!(world.take(1, BurstState::Open), 2);
    for minute in (2..=10 * 24 * 60).step_by(7) {
        assert_eq!(world.take(minute, BurstState::Open), 0, "minute {minute}");
    }
    assert_eq!(
        (world.state(), world.alert().started),
        (AlertState::Firing, t(0))
    );
}

fn grown(revision: u32, voices: u32) -> Burst {
    Burst {
        observed: Counts {
            items: 40,
            families: voices,
            stories: voices + 1,
        },
        ..burst(revision, BurstState::Open)
    }
}

#[test]
fn growth_is_told_when_voices_have_doubled_and_not_every_minute() {
    let mut world = World::new();
    let route = receivers();
    world.take_with(grown(1, 3), "info", &route);
    for (revision, voices, expected) in [
        (5, 8, 0),   // too soon after the first message
        (11, 5, 0),  // not twice as many
        (12, 6, 2),  // twice as many, eleven minutes later
        (13, 40, 0), // too soon again
        (22, 40, 2),
        (60, 79, 0),
    ] {
        let told = world.take_with(grown(revision, voices), "info", &route);
        assert_eq!(told, expected, "revision {revision}, {voices} voices");
    }
    let updates: Vec<_> = (world.sent.iter())
        .filter(|delivery| delivery.kind == DeliveryKind::Updated)
        .collect();
    assert_eq!(updates.len(), 4);
    assert_eq!(
        updates
            .iter()
            .map(|d| &d.key)
            .collect::<std::collections::BTreeSet<_>>()
            .len(),
        4,
        "each growth is a message of its own"
    );
    assert_eq!(updates[0].revision, 12);
}

#[test]
fn who_is_on_the_route_only_since_it_is_more_urgent_is_told_that_it_fires() {
    let mut world = World::new();
    let room = [ReceiverId::new("room")];
    world.take_with(grown(1, 9), "info", &room);
    let both = [ReceiverId::new("pager"), ReceiverId::new("room")];
    assert_eq!(world.take_with(grown(20, 9), "critical", &both), 2);
    let told: Vec<_> = (world.sent[1..].iter())
        .map(|delivery| (delivery.receiver.as_str(), delivery.kind))
        .collect();
    assert_eq!(
        told,
        [
            ("room", DeliveryKind::Updated),
            ("pager", DeliveryKind::Firing)
        ]
    );
    // It stays as urgent as it was, and both are told of the end.
    assert_eq!(world.take_with(grown(40, 9), "info", &room), 0);
    assert_eq!(world.alert().severity(), Severity::Critical);
    let ended = burst(50, BurstState::Ended);
    assert_eq!(world.take_with(ended, "info", &room), 2);
}

#[test]
fn a_burst_that_is_over_at_first_sight_is_told_once() {
    let mut world = World::new();
    assert_eq!(world.take(4, BurstState::Ended), 2);
    assert_eq!(world.state(), AlertState::Resolved);
    assert!(
        world
            .sent
            .iter()
            .all(|delivery| delivery.kind == DeliveryKind::Resolved)
    );
}

#[test]
fn the_end_is_told_to_those_who_heard_of_the_beginning() {
    let mut world = World::new();
    world.take(1, BurstState::Open);
    let states = [
        (DeliveryState::Dead, false),
        // Nobody was to hear of it.
        (DeliveryState::Suppressed, false),
        (DeliveryState::Summarised, true),
        (DeliveryState::Pending, true),
    ];
    for (state, is_told) in states {
        world.sent[1].state = state;
        let told = told(&world.sent);
        assert_eq!(
            told.contains(&ReceiverId::new("desk")),
            is_told,
            "{state:?}"
        );
        assert!(told.contains(&ReceiverId::new("chat")));
    }
}

#[test]
fn growth_leaves_an_acknowledgement_and_a_new_occurrence_wants_a_new_look() {
    let mut world = World::new();
    world.take(1, BurstState::Open);
    let said = Acknowledgement::new("Lin", Some(Verdict::Noise), None).unwrap();
    // On the time of the day, which is ahead of the log's.
    world.alert = Some(acknowledge(world.alert().clone(), &said, t(50)).unwrap());
    assert_eq!(world.take(2, BurstState::Open), 0);
    assert_eq!(world.state(), AlertState::Acknowledged);
    assert_eq!(world.alert().updated, t(50), "time does not go back");
    assert_eq!(world.take(3, BurstState::Ended), 2, "it ends as any other");
    assert_eq!(world.take(4, BurstState::Ended), 0, "and once");
    let told = acknowledged_before(world.alert(), world.sent[3].created);
    assert_eq!(told, Some(("Lin", Some(Verdict::Noise))));
    world.take(5, BurstState::Open);
    assert_eq!(world.state(), AlertState::Firing);
    assert_eq!(world.alert().verdict, Some(Verdict::Noise), "verdicts stay");
    assert_eq!(occurrence(world.alert()), 2);
}

fn delivery() -> Delivery {
    let mut world = World::new();
    world.take(1, BurstState::Open);
    world.sent.remove(0)
}

#[test]
fn an_attempt_ends_in_one_of_four_ways() {
    let error = || "the receiver answered 503".to_owned();
    let sending = outbox::started(delivery());
    assert_eq!(
        (sending.state, sending.attempts),
        (DeliveryState::Sending, 1)
    );

    let delivered = outbox::ended(
        sending.clone(),
        Attempt::Delivered { reference: None },
        t(9),
    );
    assert_eq!(
        (delivered.state, delivered.delivered),
        (DeliveryState::Delivered, Some(t(9)))
    );
    assert_eq!(
        outbox::started(delivered.clone()),
        delivered,
        "what was confirmed stays so"
    );

    let dead = outbox::ended(sending.clone(), Attempt::Refused { error: error() }, t(9));
    assert_eq!(dead.state, DeliveryState::Dead);

    let after = Some(Duration::from_secs(600));
    let retry = outbox::ended(
        sending.clone(),
        Attempt::Retry {
            error: error(),
            after,
        },
        t(9),
    );
    assert_eq!(
        (retry.state, retry.next_at),
        (DeliveryState::Pending, t(19))
    );
    assert!(!retry.possible_repeat);
    let after = Some(Duration::from_secs(10_000_000));
    let bounded = outbox::ended(
        sending.clone(),
        Attempt::Retry {
            error: error(),
            after,
        },
        t(9),
    );
    assert_eq!(bounded.next_at, t(9 + 360));

    let lost = outbox::ended(
        sending.clone(),
        Attempt::AnswerLost {
            error: "選".repeat(999),
        },
        t(9),
    );
    assert!(lost.possible_repeat && lost.state == DeliveryState::Pending);
    assert_eq!(
        lost.error.map(|e| e.chars().count()),
        Some(outbox::ERROR_CHARS_MAX)
    );

    let found = outbox::found_after_restart(sending.clone(), t(5));
    assert_eq!((found.state, found.next_at), (DeliveryState::Pending, t(5)));
    assert!(found.possible_repeat && found.key == sending.key);
    let waiting = delivery();
    assert_eq!(outbox::found_after_restart(waiting.clone(), t(5)), waiting);
    assert_eq!(outbox::postponed(waiting, t(7)).next_at, t(7));
}

#[test]
fn a_message_is_given_up_after_about_a_day() {
    let mut delivery = delivery();
    let first = delivery.created;
    let mut last = first;
    while delivery.state != DeliveryState::Dead {
        last = delivery.next_at;
        let attempt = Attempt::Retry {
            error: "connection refused".to_owned(),
            after: None,
        };
        delivery = outbox::ended(outbox::started(delivery), attempt, last);
    }
    assert_eq!(delivery.attempts, outbox::ATTEMPTS_MAX);
    let hours = last.duration_since(first).as_secs() / 3600;
    assert!((23..=28).contains(&hours), "{hours}");
    assert!(
        delivery
            .error
            .is_some_and(|e| e.contains("33 attempts: connection refused"))
    );
}

fn states() -> impl Strategy<Value = Vec<BurstState>> {
    proptest::collection::vec(
        prop_oneof![Just(BurstState::Open), Just(BurstState::Ended)],
        1..40,
    )
}

proptest! {
    /// However often and late a revision is handed over again, nothing changes.
    #[test]
    fn repeats_change_nothing(states in states(), repeats in proptest::collection::vec(0_usize..40, 0..40)) {
        let mut once = World::new();
        let mut often = World::new();
        for (index, state) in states.iter().enumerate() {
            once.take(index as u32 + 1, *state);
            often.take(index as u32 + 1, *state);
            for repeat in repeats.iter().filter(|repeat| **repeat <= index) {
                prop_assert_eq!(often.take(*repeat as u32 + 1, states[*repeat]), 0);
            }
        }
        prop_assert_eq!(once.alert(), often.alert());
        prop_assert_eq!(once.sent, often.sent);
    }

    /// To each receiver messages alternate: it fires, it has resolved, it fires again.
    #[test]
    fn messages_alternate(states in states()) {
        let mut world = World::new();
        for (index, state) in states.iter().enumerate() {
            world.take(index as u32 + 1, *state);
        }
        let kinds: Vec<_> = world.sent.iter().filter(|d| d.receiver.as_str() == "chat").map(|d| d.kind).collect();
        prop_assert!(kinds.windows(2).all(|pair| pair[0] != pair[1]), "{:?}", kinds);
        prop_assert_eq!(world.alert().state == AlertState::Resolved, kinds.last() == Some(&DeliveryKind::Resolved));
    }

    /// Waits never shrink below the bare doubling, and never pass the cap by more than a fifth.
    #[test]
    fn waits_are_bounded(attempts in 1_u32..10_000) {
        let delivery = Delivery { attempts, ..delivery() };
        let wait = outbox::wait(&delivery);
        prop_assert!(wait >= outbox::WAIT_FIRST && wait <= outbox::WAIT_MAX.mul_f64(1.2001));
        prop_assert_eq!(wait, outbox::wait(&delivery));
    }
}
