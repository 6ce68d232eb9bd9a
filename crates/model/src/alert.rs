//! Alerts and their deliveries.

use serde::{Deserialize, Serialize};

use crate::{AlertId, BurstId, DeliveryKey, ReceiverId, RuleId, Timestamp};

/// Where an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlertState {
    /// It holds and nobody has taken it.
    Firing,
    /// It holds and somebody has taken it.
    Acknowledged,
    /// It no longer holds.
    Resolved,
}

impl AlertState {
    /// The word used in stores, API and page.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Acknowledged => "acknowledged",
            Self::Resolved => "resolved",
        }
    }
}

/// One step in the life of an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertChange {
    /// When.
    pub at: Timestamp,
    /// What happened, in a few words of ours.
    pub what: String,
    /// Who did it, where it was a person.
    pub by: Option<String>,
}

/// A burst that a person should see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Its id.
    pub id: AlertId,
    /// The burst that raised it.
    pub burst: BurstId,
    /// The newest revision of the burst that it has taken in.
    pub burst_revision: u32,
    /// The rule.
    pub rule: RuleId,
    /// The rule's name.
    pub name: String,
    /// Where it stands.
    pub state: AlertState,
    /// When the burst was first found.
    pub started: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
    /// When it resolved.
    pub resolved: Option<Timestamp>,
    /// Its life, oldest first.
    pub history: Vec<AlertChange>,
}

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryKind {
    /// The alert fires.
    Firing,
    /// The alert has resolved.
    Resolved,
}

impl DeliveryKind {
    /// The word used in keys, stores and API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Resolved => "resolved",
        }
    }
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// Waits for its time.
    Pending,
    /// Handed to the network, no answer recorded yet.
    Sending,
    /// The receiver has confirmed it.
    Delivered,
    /// Given up; a person must look.
    Dead,
}

impl DeliveryState {
    /// The word used in stores and API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sending => "sending",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }
}

/// One message of one alert to one receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The same for every attempt.
    pub key: DeliveryKey,
    /// The alert.
    pub alert: AlertId,
    /// The receiver.
    pub receiver: ReceiverId,
    /// What it is about.
    pub kind: DeliveryKind,
    /// The burst as it was when the message was decided, so that a late retry says the same.
    pub burst_revision: u32,
    /// Where it stands.
    pub state: DeliveryState,
    /// Attempts so far.
    pub attempts: u32,
    /// When it was decided.
    pub created: Timestamp,
    /// Not to be tried before.
    pub next_at: Timestamp,
    /// An earlier attempt may have arrived: its answer was lost.
    pub possible_repeat: bool,
    /// What went wrong last, without secrets.
    pub error: Option<String>,
    /// When the receiver confirmed it.
    pub delivered: Option<Timestamp>,
}
