//! Alerts and their deliveries.

use serde::{Deserialize, Serialize};

use crate::{
    AlertId, Burst, BurstId, CoverageReport, DeliveryKey, ReceiverId, RuleId, SourceId, Timestamp,
};

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

/// What raises an alert. Told apart by their fields, so that what was written when there were only
/// bursts reads as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cause {
    /// More is published than usual.
    Burst {
        /// The burst.
        burst: BurstId,
        /// The rule that found it.
        rule: RuleId,
    },
    /// A source is not collected as it should be.
    Source {
        /// The source.
        source: SourceId,
    },
    /// Most sources fail together.
    Outage {
        /// Since when.
        outage: Timestamp,
    },
}

impl Cause {
    /// The word used in API and page.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Burst { .. } => "burst",
            Self::Source { .. } => "source",
            Self::Outage { .. } => "outage",
        }
    }
}

/// A burst or a coverage fault that a person should see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Its id.
    pub id: AlertId,
    /// What raised it.
    #[serde(flatten)]
    pub cause: Cause,
    /// The newest revision of its cause that it has taken in.
    #[serde(alias = "burst_revision")]
    pub revision: u32,
    /// The name of the rule or of the source.
    pub name: String,
    /// Where it stands.
    pub state: AlertState,
    /// When it began: the burst was found, the source failed.
    pub started: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
    /// When it resolved.
    pub resolved: Option<Timestamp>,
    /// Its life, oldest first.
    pub history: Vec<AlertChange>,
}

/// What a message speaks of, as it was when the message was decided: a late retry says the same. Told
/// apart by their fields, as [`Cause`] is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Subject {
    /// A burst.
    Burst(Box<Burst>),
    /// What became of collection.
    Coverage(CoverageReport),
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

/// One message to one receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The same for every attempt.
    pub key: DeliveryKey,
    /// The alert; a message about several sources has further ones in the desk.
    pub alert: AlertId,
    /// The receiver.
    pub receiver: ReceiverId,
    /// What it is about.
    pub kind: DeliveryKind,
    /// The revision of the alert's cause that it speaks of.
    pub revision: u32,
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
