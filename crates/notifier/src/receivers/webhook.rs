//! A JSON document by POST, for programs; signed where a key is configured.
//!
//! The signature is that of Standard Webhooks 1.0.0: HMAC-SHA256 of `id.timestamp.body`, the id being
//! that of the message and the same for every attempt, the time that of the attempt.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bellwether_api::{
    AlertBody, BurstBody, CoverageReportBody, Guard, ReceiverFaultBody, SummaryBody, WITHHELD,
    WithheldBody,
};
use bellwether_model::{Alert, Delivery, DeliveryKind, Subject, Timestamp};
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde_json::Value;
use sha2::Sha256;

use super::{Letter, Post, key};

/// The shape of our own webhook; counted up when a field changes its meaning.
const VERSION: u32 = 1;

pub(super) fn post(url: &str, letter: &Letter<'_>) -> Result<Post, String> {
    Post::json(url.to_owned(), &document(letter)?)
}

/// What is sent, which a signed message has in an envelope.
fn document<'a>(letter: &'a Letter<'_>) -> Result<Document<'a>, String> {
    let written =
        |error: serde_json::Error| format!("the message cannot be written as JSON: {error}");
    let (delivery, message) = (letter.delivery, letter.message);
    let mut records = serde_json::to_value((letter.records)()).map_err(written)?;
    let guard = letter.guard.as_ref();
    let is_withheld =
        guard.is_some_and(|guard| withhold(&mut records, guard) || message.is_withheld);
    Ok(Document {
        version: VERSION,
        key: delivery.key.as_str(),
        kind: delivery.kind.as_str(),
        possible_repeat: delivery.possible_repeat,
        records,
        message: message.text(),
        link: message.link.as_deref(),
        withheld: (guard.filter(|_| is_withheld)).and_then(|guard| WithheldBody::of(guard.phase)),
    })
}

/// The same as a value: what a template is given.
pub(crate) fn record(letter: &Letter<'_>) -> Result<Value, String> {
    let written =
        |error: serde_json::Error| format!("the message cannot be written as JSON: {error}");
    serde_json::to_value(document(letter)?).map_err(written)
}

pub(super) fn signed(url: &str, secret: &str, letter: &Letter<'_>) -> Result<Post, String> {
    let envelope = Envelope {
        r#type: match letter.delivery.kind {
            DeliveryKind::Firing => "alert.firing",
            DeliveryKind::Updated => "alert.updated",
            DeliveryKind::Resolved => "alert.resolved",
            DeliveryKind::Summary => "alert.summary",
        },
        timestamp: letter.delivery.created,
        data: document(letter)?,
    };
    let post = Post::json(url.to_owned(), &envelope)?;
    let id = format!("msg_{}", key::hex(&letter.delivery.key, 0));
    let timestamp = letter.now.as_second().to_string();
    let signature = signature(secret, &id, &timestamp, &post.body)
        .ok_or_else(|| "its signing key is none: it must be `whsec_` and Base64".to_owned())?;
    Ok(post
        .header("webhook-id", id)
        .header("webhook-timestamp", timestamp)
        .header("webhook-signature", signature))
}

/// `None` where the secret is none.
fn signature(secret: &str, id: &str, timestamp: &str, body: &[u8]) -> Option<String> {
    let key = STANDARD.decode(secret.strip_prefix("whsec_")?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    Some(format!(
        "v1,{}",
        STANDARD.encode(mac.finalize().into_bytes())
    ))
}

/// What a program is given beside the message: the alert, and one of the others.
#[derive(Serialize)]
pub(crate) struct Records {
    alert: AlertBody,
    #[serde(skip_serializing_if = "Option::is_none")]
    burst: Option<BurstBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<CoverageReportBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<SummaryBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receiver_fault: Option<ReceiverFaultBody>,
}

impl Records {
    pub(crate) fn of(
        alert: &Alert,
        deliveries: &[Delivery],
        subject: &Subject,
        public_url: Option<&str>,
    ) -> Self {
        let (mut burst, mut coverage, mut summary, mut receiver_fault) = (None, None, None, None);
        match subject {
            Subject::Burst(of) => burst = Some(BurstBody::from_model(of, public_url)),
            Subject::Coverage(of) => coverage = Some(CoverageReportBody::from_model(of)),
            Subject::Summary(of) => summary = Some(SummaryBody::from_model(of)),
            Subject::Receiver(of) => receiver_fault = Some(ReceiverFaultBody::from_model(of)),
        }
        Self {
            alert: AlertBody::from_model(alert, deliveries),
            burst,
            coverage,
            summary,
            receiver_fault,
        }
    }
}

/// What programs go by and no publisher has written: ids of rules and receivers, links, and what the
/// calendar of the election says, in which a phase may be named after polls.
const KEPT: [&str; 4] = ["election", "links", "receiver", "rule"];

/// Takes texts that are withheld out of a record; whether there was one.
fn withhold(value: &mut Value, guard: &Guard<'_>) -> bool {
    match value {
        Value::String(text) => {
            let is_withheld = guard.withholds(text);
            if is_withheld {
                *text = WITHHELD.to_owned();
            }
            is_withheld
        }
        // Each of them, not up to the first.
        Value::Array(values) => values
            .iter_mut()
            .fold(false, |any, value| withhold(value, guard) | any),
        Value::Object(fields) => fields
            .iter_mut()
            .filter(|(name, _)| !KEPT.contains(&name.as_str()))
            .fold(false, |any, (_, value)| withhold(value, guard) | any),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// As Standard Webhooks wants it: what happened, when, and all about it.
#[derive(Serialize)]
struct Envelope<'a> {
    r#type: &'static str,
    timestamp: Timestamp,
    data: Document<'a>,
}

/// What a program is told.
#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    key: &'a str,
    kind: &'a str,
    possible_repeat: bool,
    #[serde(flatten)]
    records: Value,
    message: String,
    link: Option<&'a str>,
    /// Why texts are missing, where some are.
    #[serde(skip_serializing_if = "Option::is_none")]
    withheld: Option<WithheldBody>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_specification() {
        // The example of the specification's text, "Signature scheme".
        let found = signature(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "1614265330",
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(
            found.as_deref(),
            Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        );
    }
}
