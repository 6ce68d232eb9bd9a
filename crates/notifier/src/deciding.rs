//! Before anything is sent: what becomes of the messages of a receiver, and the summaries that tell
//! several of them. Decided by `bellwether-alert`; here is looked up what that has to know, and noted
//! what it says, in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use bellwether_alert::dispatch::{Bounds, Dispatched, Fate, Waiting, dispatch};
use bellwether_alert::inhibitor;
use bellwether_alert::summary::{Member, alerts, chosen, counts, handover_key, summary_delivery};
use bellwether_archive::{AlertFilter, Desk, Outgoing};
use bellwether_model::{
    Alert, AlertId, AlertState, Delivery, DeliveryKind, DeliveryState, Hold, HoldReason, Receiver,
    ReceiverId, ReceiverKind, Subject, Summary, SummaryEntry, SummaryReason, Timestamp,
};
use jiff::SignedDuration;

use crate::Notifier;
use crate::error::NotifierError;
use crate::notifier::replaced;

/// Messages of one receiver that are decided over together. Nothing is lost beyond it: the rest is due in
/// the next pass.
const DUE_MAX: usize = 50_000;

/// A shift that was to be handed over longer ago than this was while nobody was running.
const SHIFT_LATE_MAX: SignedDuration = SignedDuration::from_hours(1);

/// Alerts that a hand-over looks at.
const SHIFT_ALERTS_MAX: usize = 5_000;

/// What is to be sent now.
#[derive(Default)]
pub(crate) struct Decided {
    /// In the order in which it was decided.
    pub(crate) send: Vec<Delivery>,
    /// Until when further messages are held back.
    pub(crate) full_until: Option<Timestamp>,
}

/// A message with all that is asked of it.
struct Case {
    delivery: Delivery,
    about: Vec<Alert>,
    replaces: bool,
    inhibited_by: Option<AlertId>,
    last_told: Option<Timestamp>,
}

impl Notifier {
    /// Decides over what is due for a receiver.
    pub(crate) fn decide(&self, id: &ReceiverId) -> Result<Decided, NotifierError> {
        let now = self.now();
        let mut desk = self.desk();
        let due = desk.due_of(id, now, DUE_MAX)?;
        // Nothing is held back for one that is not there, nor for one that groups and silences itself.
        let receiver = self.receivers.get(id).map(|(receiver, _)| receiver);
        let Some(receiver) =
            receiver.filter(|receiver| receiver.kind != ReceiverKind::Alertmanager)
        else {
            return Ok(Decided {
                send: due,
                full_until: None,
            });
        };
        let cases = cases(&desk, receiver, due)?;
        let silences = desk.silences(now)?;
        let limit = receiver.pacing.limit;
        let since = limit.map(|limit| now.checked_sub(limit.per).unwrap_or(Timestamp::MIN));
        let sent = match since {
            Some(since) => desk.sent_since(id, since, now, receiver.kind.can_change())?,
            None => Vec::new(),
        };
        let waiting: Vec<Waiting<'_>> = cases.iter().map(Case::waiting).collect();
        let bounds = Bounds {
            pacing: &receiver.pacing,
            silences: &silences,
            sent: &sent,
        };
        let dispatched = dispatch(&waiting, bounds, now);
        let noted = noted(&desk, &cases, &dispatched, now)?;
        desk.note_dispatch(&noted.decided, &[], &noted.summaries)?;
        let mut send: Vec<Delivery> = noted.send;
        let summaries = noted.summaries.into_iter();
        send.extend(summaries.map(|summary| summary.delivery));
        send.sort_by(|a, b| (a.created, &a.key).cmp(&(b.created, &b.key)));
        Ok(Decided {
            send,
            full_until: dispatched.full_until,
        })
    }

    /// Puts a note into the outbox for each shift whose time has come: once, whatever happens.
    pub(crate) fn hand_over_shifts(&self) -> Result<(), NotifierError> {
        let now = self.now();
        let receivers = self.receivers.values().map(|(receiver, _)| receiver);
        // An alert platform has no shifts: a note would be an alert there.
        for receiver in receivers.filter(|it| it.kind != ReceiverKind::Alertmanager) {
            let Some(at) = receiver.pacing.last_handover(now) else {
                continue;
            };
            if now.duration_since(at) > SHIFT_LATE_MAX {
                continue;
            }
            let mut desk = self.desk();
            let key = handover_key(&receiver.id, at);
            if desk.delivery(&key)?.is_some() {
                continue;
            }
            if let Some(note) = shift(&desk, receiver, at)? {
                desk.note_dispatch(&[], &[], &[note])?;
            }
        }
        Ok(())
    }

    /// When the next shift is to be handed over.
    pub(crate) fn next_handover(&self) -> Option<Timestamp> {
        let now = self.now();
        let receivers = self.receivers.values();
        receivers
            .filter_map(|(receiver, _)| receiver.pacing.next_handover(now))
            .min()
    }
}

impl Case {
    fn waiting(&self) -> Waiting<'_> {
        Waiting {
            delivery: &self.delivery,
            about: &self.about,
            replaces: self.replaces,
            inhibited_by: self.inhibited_by.as_ref(),
            last_told: self.last_told,
        }
    }

    fn member(&self) -> Member<'_> {
        Member {
            delivery: &self.delivery,
            about: &self.about,
        }
    }
}

/// What is due with what is asked of it, and those that wait with it for others of their group.
fn cases(desk: &Desk, receiver: &Receiver, due: Vec<Delivery>) -> Result<Vec<Case>, NotifierError> {
    let mut deliveries: BTreeMap<_, Delivery> = BTreeMap::new();
    let mut groups: BTreeSet<String> = BTreeSet::new();
    for delivery in due {
        let hold = delivery.hold.as_ref().filter(|_| delivery.attempts == 0);
        if let Some(hold) = hold.filter(|hold| hold.why == HoldReason::Group) {
            groups.insert(hold.by.clone());
        }
        deliveries.insert((delivery.created, delivery.key.clone()), delivery);
    }
    for group in groups {
        for delivery in desk.waiting_in_group(&receiver.id, &group)? {
            deliveries.insert((delivery.created, delivery.key.clone()), delivery);
        }
    }
    let faults = desk.open_faults()?;
    let mut cases = Vec::with_capacity(deliveries.len());
    for delivery in deliveries.into_values() {
        let about = desk.alerts_of(&delivery.key)?;
        let replaces = receiver.kind.can_change() && replaced(desk, receiver, &delivery)?.is_some();
        let may_be_inhibited = !faults.is_empty()
            && matches!(delivery.kind, DeliveryKind::Firing | DeliveryKind::Updated);
        let inhibited_by = match may_be_inhibited {
            true => inhibited_by(desk, &delivery, &faults)?,
            false => None,
        };
        let last_told = match delivery.kind {
            DeliveryKind::Updated => desk.last_told(&receiver.id, &delivery.alert)?,
            _ => None,
        };
        cases.push(Case {
            delivery,
            about,
            replaces,
            inhibited_by,
            last_told,
        });
    }
    Ok(cases)
}

fn inhibited_by(
    desk: &Desk,
    delivery: &Delivery,
    faults: &[Alert],
) -> Result<Option<AlertId>, NotifierError> {
    let Some(Subject::Burst(burst)) = desk.subject(&delivery.key)? else {
        return Ok(None);
    };
    Ok(inhibitor(&burst, faults).map(|alert| alert.id.clone()))
}

/// What was decided, as it is written down.
#[derive(Default)]
struct Noted {
    decided: Vec<Delivery>,
    summaries: Vec<Outgoing>,
    send: Vec<Delivery>,
}

fn noted(
    desk: &Desk,
    cases: &[Case],
    dispatched: &Dispatched,
    now: Timestamp,
) -> Result<Noted, NotifierError> {
    let mut noted = Noted::default();
    let mut members: Vec<Vec<&Case>> = vec![Vec::new(); dispatched.summaries.len()];
    for (case, fate) in cases.iter().zip(&dispatched.fates) {
        let mut delivery = case.delivery.clone();
        match fate {
            Fate::Send => {
                noted.send.push(delivery);
                continue;
            }
            Fate::Hold(hold, until) => {
                delivery.hold = Some(hold.clone());
                delivery.next_at = *until;
            }
            Fate::Suppress(hold) => {
                delivery.hold = Some(hold.clone());
                delivery.state = DeliveryState::Suppressed;
            }
            Fate::Join(number) => {
                if let Some(members) = members.get_mut(*number) {
                    members.push(case);
                }
                continue;
            }
        }
        noted.decided.push(delivery);
    }
    for ((why, group), cases) in dispatched.summaries.iter().zip(members) {
        let members: Vec<Member<'_>> = cases.iter().map(|case| case.member()).collect();
        let Some(delivery) = summary_delivery(&members, *why, group, now) else {
            continue;
        };
        for case in &cases {
            let why = case.delivery.hold.as_ref().map(|hold| hold.why);
            noted.decided.push(Delivery {
                state: DeliveryState::Summarised,
                hold: Some(Hold {
                    why: why.unwrap_or(HoldReason::Limit),
                    by: delivery.key.to_string(),
                }),
                ..case.delivery.clone()
            });
        }
        let summary = summary(desk, *why, &members, now)?;
        noted.summaries.push(outgoing(delivery, summary, &members));
    }
    Ok(noted)
}

fn outgoing(delivery: Delivery, summary: Summary, members: &[Member<'_>]) -> Outgoing {
    let also = alerts(members).into_iter();
    Outgoing {
        also: also
            .filter(|alert| **alert != delivery.alert)
            .cloned()
            .collect(),
        subject: Subject::Summary(summary),
        delivery,
    }
}

fn summary(
    desk: &Desk,
    why: SummaryReason,
    members: &[Member<'_>],
    now: Timestamp,
) -> Result<Summary, NotifierError> {
    let mut entries = Vec::new();
    for member in chosen(members).into_iter().filter_map(|at| members.get(at)) {
        if let Some(subject) = desk.subject(&member.delivery.key)? {
            entries.push(SummaryEntry {
                alert: member.delivery.alert.clone(),
                severity: member.severity(),
                kind: member.delivery.kind,
                subject: Box::new(subject),
            });
        }
    }
    let first = members.iter().map(|member| member.delivery.created).min();
    Ok(Summary {
        why,
        from: first.unwrap_or(now),
        to: now,
        entries,
        counts: counts(members),
    })
}

/// The note with which a shift is handed over: what holds, and what was raised or ended in it. `None`
/// where there is nothing.
fn shift(
    desk: &Desk,
    receiver: &Receiver,
    at: Timestamp,
) -> Result<Option<Outgoing>, NotifierError> {
    let before = at.checked_sub(SignedDuration::from_secs(1));
    let begun = before
        .ok()
        .and_then(|before| receiver.pacing.last_handover(before))
        .unwrap_or(at);
    let mut told: Vec<(Alert, Delivery)> = Vec::new();
    for alert in desk.alerts(AlertFilter::All, SHIFT_ALERTS_MAX)? {
        let holds = alert.state != AlertState::Resolved;
        let has_ended = alert.resolved.is_some_and(|resolved| resolved > begun);
        // What comes after the shift is of the next one, however late this is looked at.
        if alert.started > at || !(holds || has_ended) {
            continue;
        }
        let deliveries = desk.deliveries(&alert.id)?.into_iter();
        let to_it = deliveries.filter(|delivery| {
            delivery.receiver == receiver.id
                && delivery.kind != DeliveryKind::Summary
                && delivery.created <= at
        });
        // A shift is told of what its room was told of.
        if let Some(last) = to_it.max_by_key(|delivery| (delivery.created, delivery.revision)) {
            told.push((alert, last));
        }
    }
    let members: Vec<Member<'_>> = told
        .iter()
        .map(|(alert, delivery)| Member {
            delivery,
            about: std::slice::from_ref(alert),
        })
        .collect();
    let Some(delivery) = summary_delivery(&members, SummaryReason::Handover, "", at) else {
        return Ok(None);
    };
    let delivery = Delivery {
        key: handover_key(&receiver.id, at),
        ..delivery
    };
    let mut summary = summary(desk, SummaryReason::Handover, &members, at)?;
    summary.from = begun;
    Ok(Some(outgoing(delivery, summary, &members)))
}
