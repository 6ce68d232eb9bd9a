//! What becomes of the messages of one receiver, as a team would tell it.

use std::time::Duration;

use bellwether_alert::dispatch::{Bounds, Dispatched, Fate, Waiting, dispatch};
use bellwether_alert::summary::{Member, alerts, chosen, counts, summary_delivery};
use bellwether_model::{
    Alert, AlertId, AlertState, BurstId, Cause, Delivery, DeliveryKey, DeliveryKind, DeliveryState,
    Hold, HoldReason, Label, Labels, Limit, Matcher, Pacing, Quiet, ReceiverId, RuleId, Sent,
    Severity, Silence, SilenceId, SummaryReason, Timestamp,
};
use proptest::prelude::*;

/// 2026-11-28 at 00:00 in UTC.
fn t(minutes: i64) -> Timestamp {
    let midnight: Timestamp = "2026-11-28T00:00:00Z".parse().unwrap();
    midnight
        .checked_add(Duration::from_secs(minutes.unsigned_abs() * 60))
        .unwrap()
}

fn alert(id: &str, severity: Severity, state: AlertState) -> Alert {
    Alert {
        id: AlertId::new(id),
        cause: Cause::Burst {
            burst: BurstId::new(id),
            rule: RuleId::new("ballots"),
        },
        revision: 1,
        name: "作票".to_owned(),
        state,
        started: t(0),
        updated: t(0),
        resolved: None,
        verdict: None,
        labels: Labels::default()
            .with(Label::Rule, "ballots")
            .with(Label::Term, id)
            .with(Label::Severity, severity.as_str()),
        told: None,
        history: Vec::new(),
    }
}

fn delivery(alert: &str, kind: DeliveryKind, created: i64) -> Delivery {
    Delivery {
        key: DeliveryKey::new(format!("{}:{alert}", kind.as_str())),
        alert: AlertId::new(alert),
        receiver: ReceiverId::new("room"),
        kind,
        revision: 1,
        state: DeliveryState::Pending,
        attempts: 0,
        created: t(created),
        next_at: t(created),
        possible_repeat: false,
        error: None,
        delivered: None,
        sent: Sent::default(),
        hold: None,
    }
}

fn held(mut delivery: Delivery, why: HoldReason, by: &str) -> Delivery {
    delivery.hold = Some(Hold {
        why,
        by: by.to_owned(),
    });
    delivery
}

/// A receiver and what waits for it.
#[derive(Default)]
struct Room {
    pacing: Pacing,
    silences: Vec<Silence>,
    sent: Vec<Timestamp>,
    waiting: Vec<(Delivery, Vec<Alert>)>,
    inhibited_by: Option<AlertId>,
    replaces: bool,
    last_told: Option<Timestamp>,
}

impl Room {
    fn fires(mut self, id: &str, severity: Severity, created: i64) -> Self {
        let about = vec![alert(id, severity, AlertState::Firing)];
        self.waiting
            .push((delivery(id, DeliveryKind::Firing, created), about));
        self
    }

    fn with(mut self, delivery: Delivery, alert: Alert) -> Self {
        self.waiting.push((delivery, vec![alert]));
        self
    }

    fn at(&self, minute: i64) -> Dispatched {
        let waiting: Vec<Waiting<'_>> = (self.waiting.iter())
            .map(|(delivery, about)| Waiting {
                delivery,
                about,
                replaces: self.replaces,
                inhibited_by: self.inhibited_by.as_ref(),
                last_told: self.last_told,
            })
            .collect();
        let bounds = Bounds {
            pacing: &self.pacing,
            silences: &self.silences,
            sent: &self.sent,
        };
        dispatch(&waiting, bounds, t(minute))
    }
}

fn hold(why: HoldReason, by: &str, until: i64) -> Fate {
    Fate::Hold(
        Hold {
            why,
            by: by.to_owned(),
        },
        t(until),
    )
}

fn suppressed(why: HoldReason, by: &str) -> Fate {
    Fate::Suppress(Hold {
        why,
        by: by.to_owned(),
    })
}

/// From 23 to 7 o'clock.
fn night(except: Option<Severity>) -> Pacing {
    Pacing {
        quiet: Some(Quiet {
            from: jiff::civil::time(23, 0, 0, 0),
            to: jiff::civil::time(7, 0, 0, 0),
            except,
        }),
        ..Pacing::default()
    }
}

fn silence(term: &str, from: i64, to: i64) -> Silence {
    Silence {
        id: SilenceId(format!("s-{term}")),
        matchers: vec![Matcher::is(Label::Term, term)],
        starts: t(from),
        ends: t(to),
        by: "Lin".to_owned(),
        comment: "known".to_owned(),
        ended_by: None,
    }
}

#[test]
fn without_bounds_each_is_sent() {
    let room = Room::default()
        .fires("a", Severity::Info, 0)
        .fires("b", Severity::Critical, 0);
    let sent = room.at(1);
    assert_eq!(sent.fates, [Fate::Send, Fate::Send]);
    assert_eq!((sent.summaries.len(), sent.full_until), (0, None));
}

#[test]
fn a_night_is_quiet_but_for_what_is_urgent_and_ends_with_one_message() {
    let mut room = Room {
        pacing: night(Some(Severity::Critical)),
        ..Room::default()
    }
    .fires("a", Severity::Info, 60)
    .fires("b", Severity::Critical, 60)
    .fires("c", Severity::Warning, 60);
    let quiet = || hold(HoldReason::Quiet, "", 420);
    assert_eq!(room.at(60).fates, [quiet(), Fate::Send, quiet()]);
    // In the morning.
    for (delivery, _) in &mut room.waiting {
        *delivery = held(delivery.clone(), HoldReason::Quiet, "");
    }
    let morning = room.at(420);
    assert_eq!(morning.fates, [Fate::Join(0), Fate::Join(0), Fate::Join(0)]);
    assert_eq!(morning.summaries, [(SummaryReason::Quiet, String::new())]);
}

#[test]
fn one_alert_of_the_night_is_a_message_of_its_own_and_its_end_says_it_all() {
    let over = || alert("a", Severity::Info, AlertState::Resolved);
    let room = Room {
        pacing: night(None),
        ..Room::default()
    }
    .with(
        held(
            delivery("a", DeliveryKind::Firing, 60),
            HoldReason::Quiet,
            "",
        ),
        over(),
    )
    // It came later and was never held: it goes with what was.
    .with(delivery("a", DeliveryKind::Resolved, 90), over());
    let morning = room.at(420);
    assert_eq!(
        morning.fates,
        [suppressed(HoldReason::Ended, "resolved:a"), Fate::Send]
    );
    assert!(morning.summaries.is_empty());
}

#[test]
fn what_is_silenced_waits_and_is_never_told_where_it_ended_meanwhile() {
    let mut room = Room {
        silences: vec![silence("a", 0, 100), silence("b", 0, 30)],
        ..Room::default()
    }
    .fires("a", Severity::Critical, 5)
    .fires("b", Severity::Info, 5)
    .fires("c", Severity::Info, 5);
    let silenced = |id: &str, until| hold(HoldReason::Silence, id, until);
    assert_eq!(
        room.at(5).fates,
        [silenced("s-a", 100), silenced("s-b", 30), Fate::Send]
    );
    room.waiting[0].1[0].state = AlertState::Resolved;
    assert_eq!(room.at(20).fates[0], suppressed(HoldReason::Silence, "s-a"));
    // After its end it is told like any other.
    room.waiting[1].0 = held(room.waiting[1].0.clone(), HoldReason::Silence, "s-b");
    assert_eq!(room.at(30).fates[1], Fate::Send);
}

#[test]
fn what_ended_while_it_was_silenced_is_never_told_nor_is_its_end() {
    let over = || alert("a", Severity::Info, AlertState::Resolved);
    let firing = delivery("a", DeliveryKind::Firing, 0);
    let room = Room::default()
        .with(held(firing, HoldReason::Silence, "s-1"), over())
        .with(delivery("a", DeliveryKind::Resolved, 20), over());
    // The silence is over; its end came in the same look.
    let missed = || suppressed(HoldReason::Silence, "s-1");
    assert_eq!(room.at(30).fates, [missed(), missed()]);
}

#[test]
fn a_message_about_several_alerts_is_silenced_only_where_all_are() {
    let mut room = Room {
        silences: vec![silence("a", 0, 100), silence("b", 0, 30)],
        ..Room::default()
    };
    let firing = |id| alert(id, Severity::Info, AlertState::Firing);
    let report = delivery("a", DeliveryKind::Firing, 0);
    room.waiting
        .push((report.clone(), vec![firing("a"), firing("b")]));
    room.waiting.push((report, vec![firing("a"), firing("c")]));
    assert_eq!(
        room.at(1).fates,
        [hold(HoldReason::Silence, "s-b", 30), Fate::Send]
    );
}

#[test]
fn what_a_fault_of_collection_explains_waits_for_its_end() {
    let mut room = Room {
        inhibited_by: Some(AlertId::new("a-outage-1")),
        ..Room::default()
    }
    .fires("a", Severity::Critical, 5);
    assert_eq!(
        room.at(5).fates,
        [hold(HoldReason::Inhibition, "a-outage-1", 10)]
    );
    room.waiting[0].1[0].state = AlertState::Resolved;
    assert_eq!(
        room.at(10).fates,
        [suppressed(HoldReason::Inhibition, "a-outage-1")]
    );
}

#[test]
fn the_limit_lets_the_most_urgent_through_and_tells_the_rest_together() {
    let mut room = Room {
        pacing: Pacing {
            limit: Some(Limit {
                messages: 3,
                per: Duration::from_secs(3600),
            }),
            ..Pacing::default()
        },
        // The first has left the hour.
        sent: vec![t(0), t(61)],
        ..Room::default()
    }
    .fires("a", Severity::Info, 70)
    .fires("b", Severity::Info, 71)
    .fires("c", Severity::Warning, 72)
    .fires("d", Severity::Info, 73);
    let full = || hold(HoldReason::Limit, "", 121);
    let first = room.at(75);
    assert_eq!(first.fates, [Fate::Send, full(), Fate::Send, full()]);
    assert_eq!(first.full_until, Some(t(121)));
    // When there is room again, those that were held come as one.
    room.waiting.remove(2);
    room.waiting.remove(0);
    for (delivery, _) in &mut room.waiting {
        *delivery = held(delivery.clone(), HoldReason::Limit, "");
    }
    room.sent = vec![t(61), t(75), t(75)];
    let later = room.at(121);
    assert_eq!(later.fates, [Fate::Join(0), Fate::Join(0)]);
    assert_eq!(later.summaries, [(SummaryReason::Limit, String::new())]);
}

#[test]
fn digests_come_at_their_times_and_what_is_critical_does_not_wait() {
    let mut room = Room {
        pacing: Pacing {
            digest_at: vec![
                jiff::civil::time(8, 0, 0, 0),
                jiff::civil::time(16, 0, 0, 0),
            ],
            ..Pacing::default()
        },
        ..Room::default()
    }
    .fires("a", Severity::Warning, 60)
    .fires("b", Severity::Critical, 60)
    .fires("c", Severity::Info, 60);
    let digest = || hold(HoldReason::Digest, "", 480);
    assert_eq!(room.at(60).fates, [digest(), Fate::Send, digest()]);
    room.waiting.remove(1);
    for (delivery, _) in &mut room.waiting {
        *delivery = held(delivery.clone(), HoldReason::Digest, "");
    }
    assert_eq!(
        room.at(480).summaries,
        [(SummaryReason::Digest, String::new())]
    );
}

#[test]
fn groups_are_told_apart() {
    let room = |ids: &[(&str, &str)]| {
        ids.iter().fold(Room::default(), |room, (id, group)| {
            let waits = held(
                delivery(id, DeliveryKind::Firing, 0),
                HoldReason::Group,
                group,
            );
            room.with(waits, alert(id, Severity::Info, AlertState::Firing))
        })
    };
    let told = room(&[
        ("a", "tw"),
        ("b", "us"),
        ("c", "tw"),
        ("d", "us"),
        ("e", "fr"),
    ])
    .at(1);
    assert_eq!(
        told.fates,
        [
            Fate::Join(0),
            Fate::Join(1),
            Fate::Join(0),
            Fate::Join(1),
            Fate::Send
        ]
    );
    let group = |name: &str| (SummaryReason::Group, name.to_owned());
    assert_eq!(told.summaries, [group("tw"), group("us")]);
}

#[test]
fn what_was_tried_or_takes_the_place_of_another_is_never_held() {
    let mut tried = delivery("a", DeliveryKind::Firing, 0);
    tried.attempts = 1;
    let firing = || alert("a", Severity::Info, AlertState::Firing);
    let mut room = Room {
        pacing: night(None),
        silences: vec![silence("a", 0, 1000)],
        ..Room::default()
    }
    .with(tried, firing());
    assert_eq!(room.at(60).fates, [Fate::Send]);
    room.waiting[0].0 = delivery("a", DeliveryKind::Resolved, 0);
    room.replaces = true;
    assert_eq!(room.at(60).fates, [Fate::Send]);
}

#[test]
fn growth_is_told_once_an_hour_where_it_cannot_be_shown_in_place() {
    let mut room = Room {
        last_told: Some(t(30)),
        ..Room::default()
    }
    .with(
        delivery("a", DeliveryKind::Updated, 60),
        alert("a", Severity::Info, AlertState::Firing),
    );
    assert_eq!(room.at(60).fates, [suppressed(HoldReason::FollowUp, "")]);
    assert_eq!(room.at(90).fates, [Fate::Send]);
    room.replaces = true;
    assert_eq!(room.at(60).fates, [Fate::Send]);
}

#[test]
fn a_summary_tells_the_most_urgent_and_counts_all() {
    let room = (0..30).fold(Room::default(), |room, number| {
        let severity = match number {
            7 => Severity::Critical,
            20..30 => Severity::Warning,
            _ => Severity::Info,
        };
        room.fires(&format!("a{number:02}"), severity, number)
    });
    let over = alert("a00", Severity::Info, AlertState::Resolved);
    let room = room.with(delivery("a00", DeliveryKind::Resolved, 40), over);
    let members: Vec<Member<'_>> = (room.waiting.iter())
        .map(|(delivery, about)| Member { delivery, about })
        .collect();
    let chosen = chosen(&members);
    assert_eq!(chosen.len(), 20);
    assert_eq!(chosen[..3], [7, 29, 28]);
    // Of the alert that has ended its end is told, and it is the newest of the least urgent.
    assert_eq!(chosen[11], 30);
    assert_eq!(
        counts(&members),
        [
            (Severity::Critical, 1),
            (Severity::Warning, 10),
            (Severity::Info, 19)
        ]
    );
    assert_eq!(alerts(&members).len(), 30);
    let made = |members: &[Member<'_>]| {
        summary_delivery(members, SummaryReason::Limit, "", t(50)).unwrap()
    };
    let summary = made(&members);
    let mut reversed = members.clone();
    reversed.reverse();
    assert_eq!(summary.key, made(&reversed).key, "whatever their order");
    assert_ne!(summary.key, made(&members[1..]).key);
    assert_eq!(
        (summary.kind, summary.receiver.as_str()),
        (DeliveryKind::Summary, "room")
    );
}

proptest! {
    /// Nothing is lost: each message has a fate, each summary two alerts at least, and no more is sent
    /// than the limit and one summary.
    #[test]
    fn each_message_has_one_fate(
        kinds in proptest::collection::vec((0_usize..6, 0_usize..3, 0_usize..4), 0..60),
        limit in 0_u32..8,
        minute in 0_i64..1_440,
    ) {
        let mut room = Room {
            pacing: Pacing {
                limit: Some(Limit { messages: limit, per: Duration::from_secs(3600) }),
                ..night(Some(Severity::Critical))
            },
            silences: vec![silence("a3", 0, 700)],
            ..Room::default()
        };
        for (number, (id, severity, why)) in kinds.iter().enumerate() {
            let id = format!("a{id}");
            let mut one = delivery(&id, DeliveryKind::Firing, 0);
            one.key = DeliveryKey::new(format!("{number}"));
            if let Some(why) = [HoldReason::Quiet, HoldReason::Limit, HoldReason::Silence].get(*why) {
                one = held(one, *why, "");
            }
            room = room.with(one, alert(&id, Severity::ALL[*severity], AlertState::Firing));
        }
        let told = room.at(minute);
        prop_assert_eq!(told.fates.len(), kinds.len());
        let sent = told.fates.iter().filter(|fate| **fate == Fate::Send).count();
        prop_assert!(sent <= limit as usize, "{} sent", sent);
        for number in 0..told.summaries.len() {
            let members: std::collections::BTreeSet<usize> = (told.fates.iter().zip(&kinds))
                .filter(|(fate, _)| **fate == Fate::Join(number))
                .map(|(_, (id, _, _))| *id)
                .collect();
            prop_assert!(members.len() > 1);
        }
        for fate in &told.fates {
            if let Fate::Hold(_, until) = fate {
                prop_assert!(*until > t(minute));
            }
        }
    }
}
