//! From the first sight of a burst to its end: what the alert becomes, and whom to tell.

use bellwether_model::{
    Alert, AlertChange, AlertId, AlertState, Burst, BurstId, BurstState, Cause, Delivery,
    DeliveryKey, DeliveryKind, DeliveryState, ReceiverId, Sent, Timestamp,
};

use crate::key::delivery_key;

const FIRED: &str = "fired";
const FIRED_AGAIN: &str = "fired again";
const ENDED: &str = "ended";
const WITHDRAWN: &str = "no longer found when computed anew";
/// What a line of the history begins with that only tells of numbers.
const NUMBERS: &str = "numbers changed";

/// The id of the alert that a burst raises.
#[must_use]
pub fn alert_id(burst: &BurstId) -> AlertId {
    AlertId::new(format!("a-{burst}"))
}

/// How many times the alert has fired; part of the keys of its messages.
#[must_use]
pub fn occurrence(alert: &Alert) -> u32 {
    let fired = alert
        .history
        .iter()
        .filter(|change| has_fired(change))
        .count();
    u32::try_from(fired).unwrap_or(u32::MAX)
}

/// Whether an alert begins to fire with this change.
pub(crate) fn has_fired(change: &AlertChange) -> bool {
    change.what == FIRED || change.what == FIRED_AGAIN
}

/// Whether an alert ends with this change.
pub(crate) fn has_ended(change: &AlertChange) -> bool {
    change.what == ENDED || change.what == WITHDRAWN
}

/// The receivers that were told that an alert fires, given its deliveries: those to be told of its
/// end, also where the route of its rule has changed in between.
#[must_use]
pub fn told(deliveries: &[Delivery]) -> Vec<ReceiverId> {
    let mut receivers: Vec<ReceiverId> = deliveries
        .iter()
        .filter(|delivery| delivery.kind == DeliveryKind::Firing)
        .filter(|delivery| delivery.state != DeliveryState::Dead)
        .map(|delivery| delivery.receiver.clone())
        .collect();
    receivers.sort();
    receivers.dedup();
    receivers
}

/// Takes in one revision of a burst. `alert` is what earlier revisions of the same burst made of
/// it, `None` at first sight; `receivers` are those to be told, if there is something to tell: the
/// route of the rule while the burst is open, and [`told`] once it has ended.
///
/// A revision that was taken in already changes nothing. What the others do:
///
/// | alert \\ burst | open | ended |
/// |---|---|---|
/// | none | fires, and is told | fires and resolves, and is told once |
/// | firing | its numbers change | resolves, and is told |
/// | acknowledged | its numbers change; it stays acknowledged | resolves, and is told once as any other |
/// | resolved | fires again, and is told: a new look is due | nothing |
///
/// Verdicts stay, whatever becomes of the burst.
#[must_use]
pub fn step(
    alert: Option<Alert>,
    burst: &Burst,
    receivers: &[ReceiverId],
    now: Timestamp,
) -> (Alert, Vec<Delivery>) {
    let Some(mut alert) = alert else {
        return first_sight(burst, receivers, now);
    };
    if burst.revision <= alert.revision {
        return (alert, Vec::new());
    }
    alert.revision = burst.revision;
    alert.name.clone_from(&burst.name);
    // Who acknowledges acts on the time of the day, which may be ahead of the log's.
    alert.updated = alert.updated.max(now);
    let kind = match (alert.state, burst.state) {
        (AlertState::Firing | AlertState::Acknowledged, BurstState::Open) => {
            note_numbers(&mut alert, burst, now);
            return (alert, Vec::new());
        }
        // The last numbers of a burst may still be corrected by late items.
        (AlertState::Resolved, BurstState::Ended) => return (alert, Vec::new()),
        (AlertState::Resolved, BurstState::Open) => {
            alert.state = AlertState::Firing;
            alert.resolved = None;
            note(&mut alert, FIRED_AGAIN, now);
            DeliveryKind::Firing
        }
        (AlertState::Firing | AlertState::Acknowledged, BurstState::Ended) => {
            resolve(&mut alert, burst, now);
            DeliveryKind::Resolved
        }
    };
    let deliveries = deliveries(&alert, kind, receivers, now);
    (alert, deliveries)
}

/// Resolves an alert whose burst is no longer found: what was computed anew says otherwise. Those who
/// were told that it fires are told that it does not.
#[must_use]
pub fn withdraw(
    mut alert: Alert,
    receivers: &[ReceiverId],
    now: Timestamp,
) -> (Alert, Vec<Delivery>) {
    if alert.state == AlertState::Resolved {
        return (alert, Vec::new());
    }
    alert.state = AlertState::Resolved;
    alert.revision = alert.revision.saturating_add(1);
    alert.resolved = Some(now);
    alert.updated = alert.updated.max(now);
    note(&mut alert, WITHDRAWN, now);
    let deliveries = deliveries(&alert, DeliveryKind::Resolved, receivers, now);
    (alert, deliveries)
}

/// A burst that had ended before anybody could be told is told of once, as one that has resolved.
fn first_sight(burst: &Burst, receivers: &[ReceiverId], now: Timestamp) -> (Alert, Vec<Delivery>) {
    let mut alert = Alert {
        id: alert_id(&burst.id),
        cause: Cause::Burst {
            burst: burst.id.clone(),
            rule: burst.rule.clone(),
        },
        revision: burst.revision,
        name: burst.name.clone(),
        state: AlertState::Firing,
        started: burst.started,
        updated: now,
        resolved: None,
        verdict: None,
        history: Vec::new(),
    };
    note(&mut alert, FIRED, burst.started);
    let kind = match burst.state {
        BurstState::Open => DeliveryKind::Firing,
        BurstState::Ended => {
            resolve(&mut alert, burst, now);
            DeliveryKind::Resolved
        }
    };
    let deliveries = deliveries(&alert, kind, receivers, now);
    (alert, deliveries)
}

fn resolve(alert: &mut Alert, burst: &Burst, now: Timestamp) {
    alert.state = AlertState::Resolved;
    alert.resolved = Some(burst.ended.unwrap_or(burst.evaluated));
    note(alert, ENDED, now);
}

fn deliveries(
    alert: &Alert,
    kind: DeliveryKind,
    receivers: &[ReceiverId],
    now: Timestamp,
) -> Vec<Delivery> {
    let occurrence = occurrence(alert);
    let mut deliveries: Vec<Delivery> = Vec::with_capacity(receivers.len());
    for receiver in receivers {
        let key = delivery_key(&alert.id, occurrence, kind, receiver);
        if deliveries.iter().any(|known| known.key == key) {
            continue;
        }
        deliveries.push(decided(alert, kind, key, receiver, now));
    }
    deliveries
}

/// A message that is due at once.
pub(crate) fn decided(
    alert: &Alert,
    kind: DeliveryKind,
    key: DeliveryKey,
    receiver: &ReceiverId,
    now: Timestamp,
) -> Delivery {
    Delivery {
        key,
        alert: alert.id.clone(),
        receiver: receiver.clone(),
        kind,
        revision: alert.revision,
        state: DeliveryState::Pending,
        attempts: 0,
        created: now,
        next_at: now,
        possible_repeat: false,
        error: None,
        delivered: None,
        sent: Sent::default(),
    }
}

/// Growth replaces growth: every revision stands in the bursts already, and an alert that holds for
/// days must not grow by a line a minute.
fn note_numbers(alert: &mut Alert, burst: &Burst, now: Timestamp) {
    if alert
        .history
        .last()
        .is_some_and(|change| change.what.starts_with(NUMBERS))
    {
        alert.history.pop();
    }
    let what = format!(
        "{NUMBERS}: now {} items of {} families in {} stories",
        burst.observed.items, burst.observed.families, burst.observed.stories
    );
    note(alert, &what, now);
}

/// Notes what happened to an alert of itself; what people do is noted by [`crate::acknowledge`].
pub(crate) fn note(alert: &mut Alert, what: &str, at: Timestamp) {
    alert.history.push(AlertChange {
        at,
        what: what.to_owned(),
        by: None,
        verdict: None,
        note: None,
    });
}
