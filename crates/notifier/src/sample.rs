//! A message that shows that a receiver works: sent at once, kept nowhere.

use bellwether_alert::outbox::Attempt;
use bellwether_api::wording::Message;
use bellwether_model::{
    Alert, AlertId, AlertState, Burst, BurstId, BurstState, Cause, Counts, Coverage, Delivery,
    DeliveryKey, DeliveryKind, DeliveryState, Detector, Expected, Judgement, Receiver, RuleId,
    Sent, Span, Subject, Timestamp,
};
use bellwether_outbound::Outbound;

use crate::error::NotifierError;
use crate::notifier::connector;
use crate::receivers::{self, Letter, Records};
use crate::verdict::Verdict;

/// The length of the invented window, in seconds.
const WINDOW_SECONDS: u64 = 7_200;

/// Sends a message to a receiver, which says that it is a test and shows how one about a burst begins. Its
/// records are of an invented burst that has ended, so that nothing stays open anywhere.
///
/// # Errors
/// Where a receiver's networks are none, or no connector can be made. What the receiver makes of it is
/// the inner result: why it did not arrive, without
/// secrets.
pub async fn send_test(
    receiver: &Receiver,
    outbound: &Outbound,
    public_url: Option<&str>,
    now: Timestamp,
) -> Result<Result<(), String>, NotifierError> {
    let outbound = connector(outbound, receiver)?;
    let burst = burst(now);
    let alert = alert(&burst, now);
    let delivery = delivery(&alert, receiver, now);
    let subject = Subject::Burst(Box::new(burst));
    let message = message(receiver, public_url);
    let records = || Records::of(&alert, &[], &subject, public_url);
    let letter = Letter {
        alert: &alert,
        delivery: &delivery,
        message: &message,
        records: &records,
        guard: None,
        replaces: None,
        told: &[],
        now,
    };
    let parts = match receivers::parts(receiver, &letter) {
        Ok(parts) => parts,
        Err(error) => return Ok(Err(error)),
    };
    for part in parts {
        match part.send(receiver.kind, &outbound, || now).await {
            Verdict::Ended(Attempt::Delivered { .. }) => {}
            Verdict::Ended(Attempt::Refused { error } | Attempt::Retry { error, .. }) => {
                return Ok(Err(error));
            }
            Verdict::Ended(Attempt::AnswerLost { error }) => {
                return Ok(Err(format!("{error}; it may have arrived")));
            }
            Verdict::CannotReplace => {
                return Ok(Err("it was taken for a change of a message".to_owned()));
            }
        }
    }
    Ok(Ok(()))
}

fn message(receiver: &Receiver, public_url: Option<&str>) -> Message {
    Message {
        language: bellwether_model::MessageLanguage::English,
        headline: format!(
            "Test from Bellwether to the receiver {} ({}): if you can read this, it works",
            receiver.id,
            receiver.kind.as_str()
        ),
        lines: vec![
            "Nothing has happened. A message about a burst begins like this:".to_owned(),
            "Burst: 作票 · 31 items, 7 voices in 2 h; usual Tue 14-16h: 2 voices (1 to 5)"
                .to_owned(),
        ],
        link: public_url.map(str::to_owned),
        link_name: "The page".to_owned(),
        notes: match public_url {
            Some(_) => Vec::new(),
            None => vec!["no public_url configured, so messages have no link".to_owned()],
        },
        is_withheld: false,
    }
}

fn burst(now: Timestamp) -> Burst {
    let counts = Counts {
        items: 31,
        families: 7,
        stories: 9,
    };
    Burst {
        id: BurstId::new("test"),
        revision: 1,
        rule: RuleId::new("test"),
        name: "test".to_owned(),
        query: "test".to_owned(),
        state: BurstState::Ended,
        started: now,
        evaluated: now,
        ended: Some(now),
        window: Span::ending(now, std::time::Duration::from_secs(WINDOW_SECONDS)),
        observed: counts,
        peak: counts,
        judgement: Judgement::Tested {
            expected: Expected {
                size: None,
                mean: 2.0,
                low: 1,
                high: 5,
                windows: 56,
                days: 28,
            },
            p: 1e-6,
            p_max: 1e-4,
        },
        detector: Detector::default(),
        found_late: false,
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

fn alert(burst: &Burst, now: Timestamp) -> Alert {
    Alert {
        id: AlertId::new("a-test"),
        cause: Cause::Burst {
            burst: burst.id.clone(),
            rule: burst.rule.clone(),
        },
        revision: 1,
        name: "test".to_owned(),
        state: AlertState::Resolved,
        started: now,
        updated: now,
        resolved: Some(now),
        verdict: None,
        labels: bellwether_model::Labels::default(),
        told: None,
        history: Vec::new(),
    }
}

/// Each test is a message of its own: a receiver that knows a key passes over a repeat.
fn delivery(alert: &Alert, receiver: &Receiver, now: Timestamp) -> Delivery {
    Delivery {
        key: DeliveryKey::new(format!("test:{}:{}", receiver.id, now.as_millisecond())),
        alert: alert.id.clone(),
        receiver: receiver.id.clone(),
        kind: DeliveryKind::Resolved,
        revision: 1,
        state: DeliveryState::Sending,
        attempts: 1,
        created: now,
        next_at: now,
        possible_repeat: false,
        error: None,
        delivered: None,
        sent: Sent::default(),
        hold: None,
    }
}
