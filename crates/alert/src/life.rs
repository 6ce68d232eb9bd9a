//! From the first sight of a burst to its end: what the alert becomes, and whom to tell.

use std::time::Duration;

use bellwether_model::{
    Alert, AlertChange, AlertId, AlertState, Burst, BurstId, BurstState, Cause, Delivery,
    DeliveryKey, DeliveryKind, DeliveryState, Label, Labels, ReceiverId, Sent, Severity, Timestamp,
    Told,
};

use crate::key::delivery_key;

const FIRED: &str = "fired";
const FIRED_AGAIN: &str = "fired again";
const ENDED: &str = "ended";
const WITHDRAWN: &str = "no longer found when computed anew";
/// What a line of the history begins with that only tells of numbers.
const NUMBERS: &str = "numbers changed";

/// A burst has grown when it has so many times the voices that people were last told.
const GROWN_TIMES: u32 = 2;

/// People are told of growth at most so often.
const GROWN_AFTER: Duration = Duration::from_secs(600);

/// Who is told of an alert.
#[derive(Debug, Clone, Copy, Default)]
pub struct Audience<'a> {
    /// Who is to be told that it fires.
    pub route: &'a [ReceiverId],
    /// Who was told already, by [`told`]: they are told what becomes of it, also where the route has
    /// changed in between.
    pub told: &'a [ReceiverId],
}

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
        .filter(|delivery| {
            !matches!(
                delivery.state,
                DeliveryState::Dead | DeliveryState::Suppressed
            )
        })
        .map(|delivery| delivery.receiver.clone())
        .collect();
    receivers.sort();
    receivers.dedup();
    receivers
}

/// Takes in one revision of a burst. `alert` is what earlier revisions of the same burst made of
/// it, `None` at first sight; `labels` are those of this revision.
///
/// A revision that was taken in already changes nothing. What the others do:
///
/// | alert \\ burst | open | ended |
/// |---|---|---|
/// | none | fires, and is told | fires and resolves, and is told once |
/// | firing | its numbers change; growth is told | resolves, and is told |
/// | acknowledged | its numbers change; it stays acknowledged; growth is told | resolves, and is told once as any other |
/// | resolved | fires again, and is told: a new look is due | nothing |
///
/// Growth is told where the burst has twice the voices that were last told, or has become more urgent,
/// ten minutes after that at the earliest. Who was told that it fires is told that it has grown; who is
/// on the route only now, since it is more urgent, is told that it fires. The severity does not fall
/// while the alert fires.
///
/// Verdicts stay, whatever becomes of the burst.
#[must_use]
pub fn step(
    alert: Option<Alert>,
    burst: &Burst,
    labels: Labels,
    audience: Audience<'_>,
    now: Timestamp,
) -> (Alert, Vec<Delivery>) {
    let Some(mut alert) = alert else {
        return first_sight(burst, labels, audience.route, now);
    };
    if burst.revision <= alert.revision {
        return (alert, Vec::new());
    }
    alert.revision = burst.revision;
    alert.name.clone_from(&burst.name);
    // Who acknowledges acts on the time of the day, which may be ahead of the log's.
    alert.updated = alert.updated.max(now);
    match (alert.state, burst.state) {
        (AlertState::Firing | AlertState::Acknowledged, BurstState::Open) => {
            relabel(&mut alert, labels);
            note_numbers(&mut alert, burst, now);
            let deliveries = growth(&mut alert, burst, audience, now);
            (alert, deliveries)
        }
        // The last numbers of a burst may still be corrected by late items.
        (AlertState::Resolved, BurstState::Ended) => (alert, Vec::new()),
        (AlertState::Resolved, BurstState::Open) => {
            alert.state = AlertState::Firing;
            alert.resolved = None;
            alert.labels = labels;
            note(&mut alert, FIRED_AGAIN, now);
            remember(&mut alert, burst, now);
            let deliveries = deliveries(&alert, DeliveryKind::Firing, audience.route, now);
            (alert, deliveries)
        }
        (AlertState::Firing | AlertState::Acknowledged, BurstState::Ended) => {
            resolve(&mut alert, burst, now);
            let deliveries = deliveries(&alert, DeliveryKind::Resolved, audience.told, now);
            (alert, deliveries)
        }
    }
}

/// The labels of a new revision; the severity does not fall.
fn relabel(alert: &mut Alert, mut labels: Labels) {
    let before = alert.severity();
    let now = labels.values(Label::Severity).next();
    if now.and_then(Severity::from_word).unwrap_or_default() < before {
        labels.set(Label::Severity, before.as_str());
    }
    alert.labels = labels;
}

/// What people are told from now on to have been told.
fn remember(alert: &mut Alert, burst: &Burst, at: Timestamp) {
    alert.told = Some(Told {
        at,
        voices: burst.observed.voices(),
        severity: alert.severity(),
    });
}

fn growth(
    alert: &mut Alert,
    burst: &Burst,
    audience: Audience<'_>,
    now: Timestamp,
) -> Vec<Delivery> {
    // What was written before growth was told counts from now on.
    let Some(before) = alert.told else {
        remember(alert, burst, now);
        return Vec::new();
    };
    let is_more = burst.observed.voices() >= before.voices.saturating_mul(GROWN_TIMES).max(1);
    let is_due = now.duration_since(before.at).unsigned_abs() >= GROWN_AFTER;
    if !is_due || !(is_more || alert.severity() > before.severity) {
        return Vec::new();
    }
    remember(alert, burst, now);
    let is_new = |receiver: &&ReceiverId| !audience.told.contains(receiver);
    let new: Vec<ReceiverId> = audience.route.iter().filter(is_new).cloned().collect();
    let mut growth = deliveries(alert, DeliveryKind::Updated, audience.told, now);
    growth.extend(deliveries(alert, DeliveryKind::Firing, &new, now));
    growth
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
fn first_sight(
    burst: &Burst,
    labels: Labels,
    receivers: &[ReceiverId],
    now: Timestamp,
) -> (Alert, Vec<Delivery>) {
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
        labels,
        told: None,
        history: Vec::new(),
    };
    note(&mut alert, FIRED, burst.started);
    remember(&mut alert, burst, now);
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
    // Growth may be told several times while an alert fires, each with its own revision.
    let number = match kind {
        DeliveryKind::Updated => alert.revision,
        _ => occurrence(alert),
    };
    let mut deliveries: Vec<Delivery> = Vec::with_capacity(receivers.len());
    for receiver in receivers {
        let key = delivery_key(&alert.id, number, kind, receiver);
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
        hold: None,
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
