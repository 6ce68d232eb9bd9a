//! Alerts with their messages.

use std::collections::BTreeMap;

use bellwether_model::{
    Alert, AlertChange, Cause, Delivery, DeliveryState, Hold, Timestamp, Verdict,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One step in the life of an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AlertChangeBody {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What happened.
    pub what: String,
    /// Who did it, where it was a person: an account, or a name that somebody typed.
    pub by: Option<String>,
    /// What they say of the alert, where they say it: `useful`, `noise` or `known`.
    pub verdict: Option<String>,
    /// What they added in their own words.
    pub note: Option<String>,
}

impl AlertChangeBody {
    fn from_model(change: &AlertChange) -> Self {
        Self {
            at: change.at,
            what: change.what.clone(),
            by: change.by.clone(),
            verdict: word(change.verdict),
            note: change.note.clone(),
        }
    }
}

fn word(verdict: Option<Verdict>) -> Option<String> {
    verdict.map(|verdict| verdict.as_str().to_owned())
}

/// What somebody says of an alert.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcknowledgeBody {
    /// Who: a name of 1 to 64 characters. With an account it is the account's, and may be left out; a token
    /// speaks for whom it names.
    #[serde(default)]
    #[schema(max_length = 64, example = "Lin")]
    pub by: String,
    /// `useful` (worth knowing), `noise` (nothing was there) or `known` (true, and known already); left
    /// out, the alert is taken and not judged, and a verdict given before stays.
    #[serde(default)]
    #[schema(example = "useful")]
    pub verdict: Option<String>,
    /// A note of one line, at most 500 characters.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// Why a message waits, or was not sent as it was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HoldBody {
    /// `group`, `digest`, `quiet hours`, `limit`, `silence`, `inhibition`, `ended` (the alert ended
    /// before it could be told, and the end was told), or `follow-up` (the receiver cannot change a
    /// message and was told a short while ago).
    pub why: String,
    /// The silence, the alert that inhibits it, the values of its group, or the key of the message that
    /// tells it; `null` where there is nothing to name.
    pub by: Option<String>,
}

impl HoldBody {
    fn from_model(hold: &Hold) -> Self {
        Self {
            why: hold.why.as_str().to_owned(),
            by: (!hold.by.is_empty()).then(|| hold.by.clone()),
        }
    }
}

/// One message about an alert to one receiver; it may be about further alerts too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryBody {
    /// The same for every attempt.
    pub key: String,
    /// The receiver.
    pub receiver: String,
    /// `firing`, `updated`, `resolved`, or `summary`: several alerts in one message.
    pub kind: String,
    /// `pending`, `held`, `sending`, `delivered`, `dead`: given up, `partly delivered`: given up after a
    /// part of it had arrived, `summarised`: told in another message, or `suppressed`: not sent.
    pub state: String,
    /// Why it was held, told in another message or not sent, where it was.
    pub hold: Option<HoldBody>,
    /// Attempts so far.
    pub attempts: u32,
    /// When it was decided.
    #[schema(value_type = String, format = DateTime)]
    pub created: Timestamp,
    /// When it is tried next; `null` once it is settled.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_at: Option<Timestamp>,
    /// An earlier attempt may have arrived: its answer was lost.
    pub possible_repeat: bool,
    /// What went wrong last.
    pub error: Option<String>,
    /// When the receiver confirmed it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub delivered: Option<Timestamp>,
    /// Milliseconds from when it was decided to when the receiver confirmed it.
    pub latency_ms: Option<i64>,
}

impl DeliveryBody {
    /// The shape of a delivery.
    #[must_use]
    pub fn from_model(delivery: &Delivery) -> Self {
        let waits = matches!(
            delivery.state,
            DeliveryState::Pending | DeliveryState::Sending
        );
        Self {
            key: delivery.key.to_string(),
            receiver: delivery.receiver.to_string(),
            kind: delivery.kind.as_str().to_owned(),
            state: delivery.state_word().to_owned(),
            hold: delivery.hold.as_ref().map(HoldBody::from_model),
            attempts: delivery.attempts,
            created: delivery.created,
            next_at: waits.then_some(delivery.next_at),
            possible_repeat: delivery.possible_repeat,
            error: delivery.error.clone(),
            delivered: delivery.delivered,
            latency_ms: (delivery.delivered)
                .map(|delivered| delivered.as_millisecond() - delivery.created.as_millisecond()),
        }
    }
}

/// An alert with its life and its messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AlertBody {
    /// Its id.
    pub id: String,
    /// What raised it: `burst`, `source` (one is not collected as it should be), `outage` (most sources
    /// fail together), or `receiver` (one takes no messages).
    pub cause: String,
    /// The burst that raised it, where it was one.
    pub burst: Option<String>,
    /// The newest revision of the burst that it has taken in; of another cause, how many changes.
    pub burst_revision: u32,
    /// The rule, where it was a burst.
    pub rule: Option<String>,
    /// The source, where it was one.
    pub source: Option<String>,
    /// The receiver, where it was one.
    pub receiver: Option<String>,
    /// The name of the rule, of the source or of the receiver.
    pub name: String,
    /// `firing`, `acknowledged` or `resolved`.
    pub state: String,
    /// `info`, `warning` or `critical`, by its numbers.
    pub severity: String,
    /// By what it is routed and silenced: each label with its values.
    pub labels: BTreeMap<String, Vec<String>>,
    /// When it began: the burst was found, the source failed.
    #[schema(value_type = String, format = DateTime)]
    pub started: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated: Timestamp,
    /// When it resolved.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub resolved: Option<Timestamp>,
    /// The last verdict that was given on it, which is the one that counts: `useful`, `noise` or
    /// `known`; `null` where nobody gave one.
    pub verdict: Option<String>,
    /// The last time that somebody acknowledged it, also where it has fired again since; `null` where
    /// nobody did.
    pub acknowledgement: Option<AlertChangeBody>,
    /// Its life, oldest first.
    pub history: Vec<AlertChangeBody>,
    /// Its messages, oldest first.
    pub deliveries: Vec<DeliveryBody>,
}

impl AlertBody {
    /// The shape of an alert and its deliveries.
    #[must_use]
    pub fn from_model(alert: &Alert, deliveries: &[Delivery]) -> Self {
        let (mut burst, mut rule, mut source, mut receiver) = (None, None, None, None);
        match &alert.cause {
            Cause::Burst {
                burst: id,
                rule: of,
            } => {
                burst = Some(id.to_string());
                rule = Some(of.to_string());
            }
            Cause::Source { source: id } => source = Some(id.to_string()),
            Cause::Receiver { receiver: id } => receiver = Some(id.to_string()),
            Cause::Outage { .. } => {}
        }
        Self {
            id: alert.id.to_string(),
            cause: alert.cause.as_str().to_owned(),
            burst,
            burst_revision: alert.revision,
            rule,
            source,
            receiver,
            name: alert.name.clone(),
            state: alert.state.as_str().to_owned(),
            severity: alert.severity().as_str().to_owned(),
            labels: alert
                .labels
                .iter()
                .map(|(label, values)| {
                    (label.as_str().to_owned(), values.iter().cloned().collect())
                })
                .collect(),
            started: alert.started,
            updated: alert.updated,
            resolved: alert.resolved,
            verdict: word(alert.verdict),
            acknowledgement: alert.acknowledgement().map(AlertChangeBody::from_model),
            history: alert
                .history
                .iter()
                .map(AlertChangeBody::from_model)
                .collect(),
            deliveries: deliveries.iter().map(DeliveryBody::from_model).collect(),
        }
    }
}
