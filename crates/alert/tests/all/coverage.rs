//! When troubles of sources are told, and what becomes of their alerts.

use bellwether_alert::coverage::{
    forget, goes_on, messages, source_alert_id, take_change, take_outage,
};
use bellwether_alert::{Acknowledgement, OutageWatch, Standing, Tally, acknowledge, together};
use bellwether_model::{
    Alert, AlertState, CoverageReport, DeliveryKind, Labels, ReceiverId, SourceChange,
    SourceCondition, SourceId, SourceState, Timestamp,
};
use proptest::prelude::*;

use SourceState::{Blocked, Degraded, Failing, Moved, Ok as Well, Silent};

fn t(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_795_500_000 + 60 * minutes).unwrap()
}

fn source() -> SourceId {
    SourceId::new("river-daily")
}

/// One source, looked at after each poll.
#[derive(Default)]
struct World {
    standing: Standing,
    is_outage: bool,
    has_failed: bool,
}

impl World {
    fn look(
        &mut self,
        minute: i64,
        state: SourceState,
        since: Option<i64>,
    ) -> Option<SourceChange> {
        let has_failed = self.has_failed || matches!(state, Failing | Blocked);
        let condition = SourceCondition {
            state,
            since: since.map(t),
            why: state.needs_a_person().then(|| "because".to_owned()),
        };
        self.standing.look(
            &source(),
            condition,
            t(minute),
            t(minute + 1),
            self.is_outage,
            has_failed,
        )
    }
}

#[test]
fn failing_is_told_half_an_hour_after_the_first_failure() {
    let mut world = World::default();
    assert_eq!(world.look(0, Degraded, Some(0)), None);
    assert_eq!(world.look(10, Degraded, Some(0)), None);
    assert_eq!(world.look(20, Failing, Some(0)), None);
    let change = world.look(30, Failing, Some(0)).unwrap();
    assert_eq!((change.from, change.to), (Well, Failing));
    assert_eq!((change.since, change.at), (t(0), t(31)));
    assert_eq!(change.why.as_deref(), Some("because"));
    for minute in [40, 50, 600] {
        assert_eq!(world.look(minute, Failing, Some(0)), None, "once");
    }
    // Another trouble is another thing to do, and still the same incident.
    assert_eq!(world.look(610, Blocked, Some(0)), None);
    let worse = world.look(640, Blocked, Some(0)).unwrap();
    assert_eq!((worse.from, worse.to), (Failing, Blocked));
    assert_eq!(worse.begun, change.at);
}

#[test]
fn a_source_that_is_back_within_half_an_hour_is_not_told() {
    let mut world = World::default();
    assert_eq!(world.look(20, Failing, Some(0)), None);
    assert_eq!(world.look(28, Well, None), None);
    // The next row of failures counts anew.
    assert_eq!(world.look(58, Failing, Some(38)), None);
    assert!(world.look(68, Failing, Some(38)).is_some());
}

#[test]
fn recovery_holds_too_with_or_without_difficulties() {
    let mut world = World::default();
    let change = world.look(30, Failing, Some(0)).unwrap();
    assert_eq!(world.look(100, Well, None), None);
    assert_eq!(world.look(110, Failing, Some(110)), None, "a flap");
    assert_eq!(world.look(120, Well, None), None);
    assert_eq!(world.look(130, Degraded, None), None);
    let again = world.look(150, Well, None).unwrap();
    assert_eq!((again.from, again.to, again.since), (Failing, Well, t(120)));
    assert_eq!((again.begun, again.why), (change.begun, None));
    assert_eq!(world.look(160, Well, None), None);
}

#[test]
fn a_poll_that_failed_is_no_recovery() {
    let mut world = World::default();
    world.look(30, Failing, Some(0)).unwrap();
    assert_eq!(world.look(60, Well, None), None);
    world.has_failed = true;
    assert_eq!(
        world.look(90, Degraded, None),
        None,
        "one attempt has failed"
    );
    world.has_failed = false;
    assert_eq!(world.look(120, Well, None), None);
    let again = world.look(150, Well, None).unwrap();
    assert_eq!(again.since, t(120));
}

#[test]
fn what_answers_now_so_now_so_is_not_told_each_time() {
    let mut world = World::default();
    world.look(30, Failing, Some(0)).unwrap();
    for minute in (40..400).step_by(20) {
        assert_eq!(world.look(minute, Blocked, Some(0)), None);
        assert_eq!(world.look(minute + 10, Failing, Some(0)), None);
    }
}

#[test]
fn what_one_poll_shows_must_be_seen_at_two() {
    for state in [Silent, Moved] {
        let mut world = World::default();
        let since = (state == Silent).then_some(-6_000);
        assert_eq!(world.look(0, state, since), None, "{state:?}");
        assert_eq!(world.look(0, state, since), None, "the same poll");
        let change = world.look(40, state, since).unwrap();
        assert_eq!(change.since, t(since.unwrap_or(0)), "{state:?}");
    }
}

#[test]
fn nothing_is_told_of_what_is_no_trouble() {
    let mut world = World::default();
    for (minute, state) in (0..)
        .step_by(60)
        .zip([Degraded, Well, SourceState::Waiting, Well])
    {
        assert_eq!(world.look(minute, state, None), None);
    }
}

#[test]
fn no_failure_is_told_while_most_sources_fail() {
    let mut world = World {
        is_outage: true,
        ..World::default()
    };
    assert_eq!(world.look(30, Failing, Some(0)), None);
    assert_eq!(world.look(90, Failing, Some(0)), None);
    world.is_outage = false;
    let change = world.look(120, Failing, Some(0)).unwrap();
    assert_eq!(
        change.since,
        t(0),
        "what goes on failing afterwards is told"
    );
}

#[test]
fn a_source_that_is_not_to_be_told_is_told_as_new_once_it_is() {
    let mut world = World::default();
    assert!(world.look(30, Failing, Some(0)).is_some());
    world.standing.observe(SourceCondition::plain(Failing));
    assert!(world.look(60, Failing, Some(0)).is_some());
}

fn change(to: SourceState, from: SourceState, at: i64, begun: i64) -> SourceChange {
    SourceChange {
        source: source(),
        from,
        to,
        since: t(at - 30),
        why: Some("because".to_owned()),
        at: t(at),
        begun: t(begun),
        gap: None,
    }
}

#[test]
fn one_alert_for_one_trouble() {
    let first = change(Failing, Well, 30, 30);
    let alert = take_change(None, &first, "River Daily", Labels::default()).unwrap();
    assert_eq!(alert.state, AlertState::Firing);
    assert_eq!((alert.started, alert.updated), (t(0), t(30)));
    assert_eq!(alert.id, source_alert_id(&source(), t(30)));
    assert_eq!(
        take_change(Some(alert.clone()), &first, "", Labels::default()).unwrap(),
        alert
    );

    let second = change(Blocked, Failing, 90, 30);
    let alert = take_change(Some(alert), &second, "", Labels::default()).unwrap();
    let end = change(Well, Blocked, 150, 30);
    let alert = take_change(Some(alert), &end, "", Labels::default()).unwrap();
    assert_eq!(alert.state, AlertState::Resolved);
    assert_eq!(alert.resolved, Some(t(120)));
    let said: Vec<&str> = alert.history.iter().map(|c| c.what.as_str()).collect();
    assert_eq!(
        said,
        ["failing: because", "blocked: because", "collected again"]
    );
    assert_eq!(alert.revision, 3);
    assert_eq!(
        take_change(None, &end, "", Labels::default()),
        None,
        "nobody was told"
    );
}

/// People act on the time of the day, which may be ahead of the log's.
#[test]
fn an_acknowledgement_does_not_hide_what_is_found_of_earlier() {
    let alert = take_change(None, &change(Failing, Well, 30, 30), "", Labels::default()).unwrap();
    let said = Acknowledgement::new("Ana", None, None).unwrap();
    let alert = acknowledge(alert, &said, t(500)).unwrap();
    let alert = take_change(
        Some(alert),
        &change(Well, Failing, 150, 30),
        "",
        Labels::default(),
    )
    .unwrap();
    assert_eq!(alert.state, AlertState::Resolved);
    assert_eq!(alert.resolved, Some(t(120)));
    assert_eq!(alert.updated, t(500));
}

#[test]
fn an_alert_goes_on_though_its_trouble_is_found_to_have_begun_later() {
    let alert = take_change(None, &change(Failing, Well, 30, 30), "", Labels::default()).unwrap();
    let end = change(Well, Failing, 150, 60);
    assert!(goes_on(&alert, &end));
    let over = take_change(Some(alert), &end, "", Labels::default()).unwrap();
    assert!(goes_on(&over, &end), "the report of that end is about it");
    assert!(
        !goes_on(&over, &change(Failing, Well, 400, 400)),
        "another trouble"
    );
}

#[test]
fn an_alert_of_what_is_no_longer_watched_resolves() {
    let alert = take_change(None, &change(Failing, Well, 30, 30), "", Labels::default()).unwrap();
    let gone = forget(alert, t(99));
    assert_eq!(
        (gone.state, gone.resolved),
        (AlertState::Resolved, Some(t(99)))
    );
}

fn report(changes: Vec<SourceChange>) -> CoverageReport {
    CoverageReport {
        reported: t(36),
        changes,
        outage: None,
        states: Vec::new(),
    }
}

#[test]
fn a_report_is_one_message_to_each_receiver() {
    let trouble = change(Failing, Well, 30, 30);
    let alert: Alert = take_change(None, &trouble, "", Labels::default()).unwrap();
    let receivers = ["chat", "desk", "chat"].map(ReceiverId::new);
    let report_ = report(vec![trouble]);
    let sent = messages(&report_, &alert, &receivers, t(36));
    assert_eq!(sent.len(), 2);
    assert!(sent.iter().all(|m| m.kind == DeliveryKind::Firing));
    assert_ne!(sent[0].key, sent[1].key);
    assert_eq!(
        messages(&report_, &alert, &receivers, t(99))[0].key,
        sent[0].key
    );
    let end = report(vec![change(Well, Failing, 30, 30)]);
    let sent = messages(&end, &alert, &receivers, t(36));
    assert!(sent.iter().all(|m| m.kind == DeliveryKind::Resolved));
}

#[test]
fn changes_of_an_hour_become_the_last_of_each_source() {
    let other = SourceChange {
        source: SourceId::new("a-hill-radio"),
        ..change(Silent, Well, 31, 31)
    };
    let failed = change(Failing, Well, 30, 30);
    let blocked = change(Blocked, Failing, 40, 30);
    let found = together(&[failed.clone(), other.clone(), blocked.clone()]);
    assert_eq!(found.len(), 2);
    assert_eq!(
        (found[0].from, found[0].to, found[0].at),
        (Well, Blocked, t(40)),
        "what needs a person most stands first"
    );
    assert_eq!(found[1], other);
    assert!(together(&[failed, change(Well, Failing, 80, 30)]).is_empty());
}

fn tally(tried: u32, failed: u32, since: i64) -> Tally {
    Tally {
        tried,
        failed,
        hosts: failed,
        since: Some(t(since)),
        why: Some("no route".to_owned()),
    }
}

#[test]
fn most_sources_failing_is_one_thing_from_beginning_to_end() {
    let mut watch = OutageWatch::default();
    watch.look(tally(10, 5, 0), t(10));
    assert!(!watch.is_suspected(), "half is not most");
    watch.look(tally(3, 2, 0), t(11));
    assert!(!watch.is_suspected(), "two hosts may be one operator's");
    watch.look(tally(10, 9, 5), t(15));
    assert!(watch.is_suspected() && !watch.has_news());
    watch.look(tally(10, 9, 5), t(36));
    let told = watch.take_news().unwrap();
    assert_eq!((told.failed, told.tried, told.since), (9, 10, t(5)));
    let alert = take_outage(None, &told, t(36)).unwrap();
    assert_eq!(alert.state, AlertState::Firing);

    assert_eq!(
        watch.tried_since(t(300)),
        t(5),
        "backed off, and still failing"
    );
    watch.look(tally(10, 5, 5), t(120));
    watch.look(tally(10, 6, 5), t(130));
    watch.look(tally(10, 0, 5), t(140));
    assert!(
        watch.is_suspected() && !watch.has_news(),
        "not yet for half an hour"
    );
    watch.look(tally(10, 0, 5), t(171));
    let span = watch.ended().unwrap();
    assert_eq!((span.from, span.to), (t(5), t(140)));
    watch.found(12);
    assert_eq!(watch.ended(), None);
    let over = watch.take_news().unwrap();
    assert_eq!(over.gap.as_ref().and_then(|gap| gap.found), Some(12));
    assert!(!watch.is_suspected());
    let alert = take_outage(Some(alert), &over, t(171)).unwrap();
    assert_eq!(
        (alert.state, alert.resolved),
        (AlertState::Resolved, Some(t(140)))
    );
}

#[test]
fn an_outage_that_nobody_was_told_of_ends_untold() {
    let mut watch = OutageWatch::default();
    watch.look(tally(10, 9, 0), t(40));
    assert!(watch.has_news());
    watch.look(tally(10, 0, 0), t(50));
    watch.look(tally(10, 0, 0), t(90));
    assert!(!watch.has_news() && !watch.is_suspected());
}

proptest! {
    /// However a source flaps, a receiver reads trouble and recovery in turn, and never the same
    /// state twice.
    #[test]
    fn told_states_alternate(
        looks in proptest::collection::vec((0_usize..5, 1_i64..90), 1..200),
    ) {
        let mut world = World::default();
        let mut minute = 0;
        let mut since = 0;
        let mut last = Well;
        for (which, wait) in looks {
            minute += wait;
            let state = [Well, Degraded, Failing, Blocked, Silent][which];
            if !matches!(state, Failing | Blocked) {
                since = minute;
            }
            let told = world.look(minute, state, state.needs_a_person().then_some(since));
            if let Some(change) = told {
                prop_assert_eq!(change.from, last);
                prop_assert_ne!(change.to, last);
                prop_assert!(change.since <= change.at);
                prop_assert!(change.at.duration_since(change.since).as_secs() >= 1800);
                last = change.to;
            }
        }
    }
}
