//! A message that shows that a receiver works: sent at once, kept nowhere.

use bellwether_alert::outbox::Attempt;
use bellwether_api::wording::Message;
use bellwether_model::{Delivery, DeliveryKey, Receiver, Subject, Template, Timestamp};
use bellwether_outbound::Outbound;

use crate::error::NotifierError;
use crate::notifier::connector;
use crate::receivers::{self, Letter, Records};
use crate::samples::{self, Sample};
use crate::template::{self, Told};
use crate::verdict::Verdict;

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
    let burst = samples::burst(now);
    let alert = samples::alert(&burst, now);
    let delivery = delivery(samples::delivery(&alert, now), receiver, now);
    let subject = Subject::Burst(Box::new(burst));
    let message = message(receiver, public_url, now);
    let records = || Records::of(&alert, &[], &subject, public_url);
    let letter = Letter {
        alert: &alert,
        delivery: &delivery,
        message: &message,
        records: &records,
        guard: None,
        replaces: None,
        has_buttons: false,
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

fn message(receiver: &Receiver, public_url: Option<&str>, now: Timestamp) -> Message {
    let template = receiver.template.as_ref();
    let lines = template.map_or_else(standard, |template| by_template(template, receiver, now));
    Message {
        language: bellwether_model::MessageLanguage::English,
        headline: format!(
            "Test from Bellwether to the receiver {} ({}): if you can read this, it works",
            receiver.id,
            receiver.kind.as_str()
        ),
        lines,
        link: public_url.map(str::to_owned),
        link_name: "The page".to_owned(),
        notes: match public_url {
            Some(_) => Vec::new(),
            None => vec!["no public_url configured, so messages have no link".to_owned()],
        },
        is_withheld: false,
    }
}

fn standard() -> Vec<String> {
    vec![
        "Nothing has happened. A message about a burst begins like this:".to_owned(),
        "Burst: 作票 · 31 items, 7 voices in 2 h; usual Tue 14-16h: 2 voices (1 to 5)".to_owned(),
    ]
}

/// What the template of the receiver makes of an invented burst.
fn by_template(template: &Template, receiver: &Receiver, now: Timestamp) -> Vec<String> {
    let name = &template.name;
    let told = Sample::plain(now).told(receiver.language, |letter, subject, facts| {
        template::told(template, letter, subject, facts)
    });
    match told {
        Ok(Some(Told { account, .. })) => {
            let by = format!("Nothing has happened. A message about a burst, worded by {name}:");
            let account = std::iter::once(account.headline).chain(account.lines);
            std::iter::once(by).chain(account).collect()
        }
        Ok(None) => {
            let left = format!("{name} leaves messages about bursts as they are.");
            standard().into_iter().chain([left]).collect()
        }
        Err(fault) => {
            let failed = format!("{name} failed at line {}: {}", fault.line, fault.message);
            standard().into_iter().chain([failed]).collect()
        }
    }
}

/// Each test is a message of its own: a receiver that knows a key passes over a repeat.
fn delivery(of_sample: Delivery, receiver: &Receiver, now: Timestamp) -> Delivery {
    Delivery {
        key: DeliveryKey::new(format!("test:{}:{}", receiver.id, now.as_millisecond())),
        receiver: receiver.id.clone(),
        ..of_sample
    }
}
