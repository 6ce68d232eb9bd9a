//! Alerts with their messages.

use bellwether_model::{Alert, Delivery, DeliveryState, Timestamp};
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
    /// Who did it, where it was a person.
    pub by: Option<String>,
}

/// One message of an alert to one receiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryBody {
    /// The same for every attempt.
    pub key: String,
    /// The receiver.
    pub receiver: String,
    /// `firing` or `resolved`.
    pub kind: String,
    /// `pending`, `sending`, `delivered`, or `dead`: given up.
    pub state: String,
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
            state: delivery.state.as_str().to_owned(),
            attempts: delivery.attempts,
            created: delivery.created,
            next_at: waits.then_some(delivery.next_at),
            possible_repeat: delivery.possible_repeat,
            error: delivery.error.clone(),
            delivered: delivery.delivered,
        }
    }
}

/// An alert with its life and its messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AlertBody {
    /// Its id.
    pub id: String,
    /// The burst that raised it.
    pub burst: String,
    /// The newest revision of the burst that it has taken in.
    pub burst_revision: u32,
    /// The rule.
    pub rule: String,
    /// The rule's name.
    pub name: String,
    /// `firing`, `acknowledged` or `resolved`.
    pub state: String,
    /// When the burst was first found.
    #[schema(value_type = String, format = DateTime)]
    pub started: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated: Timestamp,
    /// When it resolved.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub resolved: Option<Timestamp>,
    /// Its life, oldest first.
    pub history: Vec<AlertChangeBody>,
    /// Its messages, oldest first.
    pub deliveries: Vec<DeliveryBody>,
}

impl AlertBody {
    /// The shape of an alert and its deliveries.
    #[must_use]
    pub fn from_model(alert: &Alert, deliveries: &[Delivery]) -> Self {
        Self {
            id: alert.id.to_string(),
            burst: alert.burst.to_string(),
            burst_revision: alert.burst_revision,
            rule: alert.rule.to_string(),
            name: alert.name.clone(),
            state: alert.state.as_str().to_owned(),
            started: alert.started,
            updated: alert.updated,
            resolved: alert.resolved,
            history: alert
                .history
                .iter()
                .map(|change| AlertChangeBody {
                    at: change.at,
                    what: change.what.clone(),
                    by: change.by.clone(),
                })
                .collect(),
            deliveries: deliveries.iter().map(DeliveryBody::from_model).collect(),
        }
    }
}
