//! Several alerts in one message.

use serde::{Deserialize, Serialize};

use crate::{AlertId, DeliveryKind, Severity, Subject, Timestamp};

/// Why several alerts are told in one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SummaryReason {
    /// They belong together.
    Group,
    /// It is the time of the receiver's digest.
    Digest,
    /// The quiet hours of the receiver have ended.
    Quiet,
    /// They were more than the receiver's limit.
    Limit,
    /// What held them back has ended: a silence, a fault of collection.
    Released,
    /// A shift ends.
    Handover,
}

/// Several alerts in one message: as they were when it was decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Why they are told together.
    pub why: SummaryReason,
    /// When the first of them was to be told; of a shift, when it began.
    pub from: Timestamp,
    /// When the message was decided.
    pub to: Timestamp,
    /// The alerts that are told one by one, the most urgent first.
    pub entries: Vec<SummaryEntry>,
    /// How many there are of each severity, the told ones among them.
    pub counts: Vec<(Severity, u32)>,
}

impl Summary {
    /// How many alerts it speaks of.
    #[must_use]
    pub fn total(&self) -> u32 {
        let counts = self.counts.iter().map(|(_, count)| *count);
        counts.fold(0, u32::saturating_add)
    }
}

/// One of several alerts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SummaryEntry {
    /// The alert.
    pub alert: AlertId,
    /// How urgent it is.
    pub severity: Severity,
    /// What there is to tell of it.
    pub kind: DeliveryKind,
    /// What a message of its own would speak of.
    pub subject: Box<Subject>,
}
