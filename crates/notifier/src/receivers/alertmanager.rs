//! Prometheus Alertmanager, which then routes, groups and silences by its own configuration
//! (its alerts API, version 2).
//!
//! The labels are what an alert is: ids of ours and nothing that changes. Names and numbers are
//! annotations. It keeps alerts in memory alone and takes for resolved what nobody repeats ("clients are
//! expected to re-send", its alerts API): so one that fires says that it holds for an hour, and is told
//! again while it does (`sustain`).

use bellwether_model::{Cause, DeliveryKind};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Letter, Post};

/// How long an alert holds of whose end nothing is heard.
const HOLDS: SignedDuration = SignedDuration::from_hours(1);

pub(super) fn post(url: &str, letter: &Letter<'_>) -> Result<Post, String> {
    let alert = letter.alert;
    let mut labels = json!({
        "alertname": match alert.cause {
            Cause::Burst { .. } => "BellwetherBurst",
            Cause::Source { .. } => "BellwetherSource",
            Cause::Outage { .. } => "BellwetherOutage",
            Cause::Receiver { .. } => "BellwetherReceiver",
        },
        "alert": alert.id,
    });
    match &alert.cause {
        Cause::Burst { burst, rule } => {
            labels["burst"] = json!(burst);
            labels["rule"] = json!(rule);
        }
        Cause::Source { source } => labels["source"] = json!(source),
        Cause::Receiver { receiver } => labels["receiver"] = json!(receiver),
        Cause::Outage { .. } => {}
    }
    let ends = match letter.delivery.kind {
        DeliveryKind::Firing | DeliveryKind::Updated | DeliveryKind::Summary => {
            letter.now.checked_add(HOLDS).unwrap_or(letter.now)
        }
        DeliveryKind::Resolved => alert.resolved.unwrap_or(letter.now),
    };
    let message = letter.message;
    let mut sent = json!({
        "labels": labels,
        "annotations": {"summary": message.headline, "description": message.text()},
        "startsAt": alert.started,
        "endsAt": ends,
    });
    if let Some(link) = &message.link {
        sent["generatorURL"] = Value::String(link.clone());
    }
    let url = format!("{}/api/v2/alerts", url.trim_end_matches('/'));
    Post::json(url, &[sent])
}
