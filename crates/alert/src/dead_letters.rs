//! Messages that were given up raise an alert of their own, about their receiver, which others are told
//! of: a room that hears nothing must not be taken for a quiet one.
//!
//! One alert for each receiver at a time. It fires with the first message that is given up, counts the
//! later ones, and resolves with the first message that arrives again. Nobody is told of each message.

use bellwether_model::{
    Alert, AlertId, AlertState, Cause, Delivery, DeliveryKind, ReceiverFault, ReceiverId, Timestamp,
};

use crate::key::delivery_key;
use crate::labels::receiver_labels;
use crate::life::{decided, note};

/// What the history says of each message.
const GIVEN_UP: &str = "a message was given up";
const AGAIN: &str = "takes messages again";

/// The id of the alert about a receiver that has taken no messages since a time.
#[must_use]
pub fn receiver_alert_id(receiver: &ReceiverId, since: Timestamp) -> AlertId {
    AlertId::new(format!("a-receiver-{}-{receiver}", since.as_second()))
}

/// Takes in that a message was given up. `alert` is the last one about the receiver. Returns the alert,
/// and what others are told of it: only that it fires.
#[must_use]
pub fn given_up(
    alert: Option<Alert>,
    dead: &Delivery,
    now: Timestamp,
) -> (Alert, Option<ReceiverFault>) {
    let error = dead.error.clone().unwrap_or_default();
    let open = alert.filter(|alert| alert.state != AlertState::Resolved);
    let is_new = open.is_none();
    let mut alert = open.unwrap_or_else(|| Alert {
        id: receiver_alert_id(&dead.receiver, now),
        cause: Cause::Receiver {
            receiver: dead.receiver.clone(),
        },
        revision: 0,
        name: dead.receiver.to_string(),
        state: AlertState::Firing,
        started: now,
        updated: now,
        resolved: None,
        verdict: None,
        labels: receiver_labels(&dead.receiver),
        told: None,
        history: Vec::new(),
    });
    alert.revision = alert.revision.saturating_add(1);
    alert.updated = alert.updated.max(now);
    // A chat that is gone for weeks must not make its alert grow by a line a message.
    let is_counted = |what: &str| what.starts_with(GIVEN_UP);
    if alert.history.len() > 1
        && alert
            .history
            .last()
            .is_some_and(|last| is_counted(&last.what))
    {
        alert.history.pop();
    }
    let what = format!("{GIVEN_UP} (number {}): {error}", alert.revision);
    note(&mut alert, &what, now);
    let fault = is_new.then(|| ReceiverFault {
        receiver: dead.receiver.clone(),
        since: now,
        given_up: 1,
        error,
        until: None,
    });
    (alert, fault)
}

/// Takes in that a receiver has taken a message; nothing comes of it where no alert about it is open.
#[must_use]
pub fn taken_again(alert: Option<Alert>, now: Timestamp) -> Option<(Alert, ReceiverFault)> {
    let mut alert = alert.filter(|alert| alert.state != AlertState::Resolved)?;
    let Cause::Receiver { receiver } = alert.cause.clone() else {
        return None;
    };
    let given_up = alert.revision;
    alert.state = AlertState::Resolved;
    alert.revision = alert.revision.saturating_add(1);
    alert.resolved = Some(now);
    alert.updated = alert.updated.max(now);
    note(&mut alert, AGAIN, now);
    let fault = ReceiverFault {
        receiver,
        since: alert.started,
        given_up,
        error: String::new(),
        until: Some(now),
    };
    Some((alert, fault))
}

/// The messages to others about a receiver.
#[must_use]
pub fn fault_messages(
    fault: &ReceiverFault,
    alert: &Alert,
    others: &[ReceiverId],
    now: Timestamp,
) -> Vec<Delivery> {
    let kind = match fault.until {
        None => DeliveryKind::Firing,
        Some(_) => DeliveryKind::Resolved,
    };
    let others = others.iter().filter(|other| **other != fault.receiver);
    others
        .map(|other| {
            let key = delivery_key(&alert.id, 1, kind, other);
            decided(alert, kind, key, other, now)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use bellwether_model::{DeliveryKey, DeliveryState, Sent};

    use super::*;

    fn t(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_795_500_000 + 60 * minutes).unwrap()
    }

    fn dead(error: &str) -> Delivery {
        Delivery {
            key: DeliveryKey::new("k"),
            alert: AlertId::new("a-1"),
            receiver: ReceiverId::new("room"),
            kind: DeliveryKind::Firing,
            revision: 1,
            state: DeliveryState::Dead,
            attempts: 33,
            created: t(0),
            next_at: t(0),
            possible_repeat: false,
            error: Some(error.to_owned()),
            delivered: None,
            sent: Sent::default(),
            hold: None,
        }
    }

    #[test]
    fn others_are_told_once_that_a_receiver_takes_nothing_and_once_that_it_does() {
        let (alert, fault) = given_up(None, &dead("HTTP 404"), t(0));
        let fault = fault.unwrap();
        assert_eq!((alert.state, fault.given_up), (AlertState::Firing, 1));
        let others = ["desk", "room", "pager"].map(ReceiverId::new);
        let told = fault_messages(&fault, &alert, &others, t(0));
        let to: Vec<&str> = told.iter().map(|told| told.receiver.as_str()).collect();
        assert_eq!(to, ["desk", "pager"], "never the one that takes nothing");
        let mut alert = alert;
        for number in 1..50 {
            let (next, fault) = given_up(Some(alert), &dead("HTTP 410"), t(number));
            assert_eq!(fault, None);
            alert = next;
        }
        assert_eq!(alert.revision, 50);
        let said: Vec<&str> = alert
            .history
            .iter()
            .map(|step| step.what.as_str())
            .collect();
        assert_eq!(
            said,
            [
                "a message was given up (number 1): HTTP 404",
                "a message was given up (number 50): HTTP 410"
            ]
        );
        let (over, fault) = taken_again(Some(alert), t(99)).unwrap();
        assert_eq!(
            (over.state, over.resolved),
            (AlertState::Resolved, Some(t(99)))
        );
        assert_eq!((fault.given_up, fault.until), (50, Some(t(99))));
        let ends = fault_messages(&fault, &over, &others, t(99));
        assert!(ends.iter().all(|end| end.kind == DeliveryKind::Resolved));
        assert_ne!(ends[0].key, told[0].key);
        assert_eq!(taken_again(Some(over.clone()), t(100)), None);
        // The next time is another alert.
        let (again, fault) = given_up(Some(over.clone()), &dead("HTTP 404"), t(200));
        assert_ne!(again.id, over.id);
        assert!(fault.is_some());
    }
}
