//! Alerts and their deliveries.

use serde::{Deserialize, Serialize};

use crate::{
    AlertId, Burst, BurstId, CoverageReport, DeliveryKey, Label, Labels, ReceiverId, RuleId,
    Severity, SourceId, Summary, Timestamp,
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

/// What somebody who looked at an alert says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It told of something worth knowing.
    Useful,
    /// It told of nothing.
    Noise,
    /// It told of something that the team knew already: true, and no news.
    Known,
}

impl Verdict {
    /// All verdicts, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Useful, Self::Noise, Self::Known];

    /// The word used in stores, API and page.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Useful => "useful",
            Self::Noise => "noise",
            Self::Known => "known",
        }
    }

    /// The verdict that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|verdict| verdict.as_str() == word)
    }
}

/// How often alerts were judged in which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Verdicts {
    /// Alerts, judged or not.
    pub alerts: u64,
    /// Judged to be useful.
    pub useful: u64,
    /// Judged to be noise.
    pub noise: u64,
    /// Judged to be known already.
    pub known: u64,
}

/// How often what was judged was worth knowing, with the range that holds 95 %.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Precision {
    /// The share that was.
    pub share: f64,
    /// The lower end of the range.
    pub low: f64,
    /// The upper end of the range.
    pub high: f64,
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
    /// What they say of the alert, where they say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// What they added in their own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl AlertChange {
    /// What happens to an alert when somebody takes it.
    pub const ACKNOWLEDGED: &str = "acknowledged";

    /// Whether somebody acknowledged the alert here.
    #[must_use]
    pub fn is_acknowledgement(&self) -> bool {
        self.what == Self::ACKNOWLEDGED
    }
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
    /// A receiver does not take messages, and some were given up.
    Receiver {
        /// The receiver.
        receiver: ReceiverId,
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
            Self::Receiver { .. } => "receiver",
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
    /// The last verdict that was given on it: the one that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// By what it is routed and silenced.
    #[serde(default)]
    pub labels: Labels,
    /// What people were last told of its numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Told>,
    /// Its life, oldest first.
    pub history: Vec<AlertChange>,
}

/// The numbers that people were last told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// At which tick.
    pub at: Timestamp,
    /// The voices by then.
    pub voices: u32,
    /// The severity by then.
    pub severity: Severity,
}

impl Alert {
    /// How urgent it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        let word = self.labels.values(Label::Severity).next();
        word.and_then(Severity::from_word).unwrap_or_default()
    }

    /// The last time that somebody acknowledged it, also where it has fired again since.
    #[must_use]
    pub fn acknowledgement(&self) -> Option<&AlertChange> {
        self.history
            .iter()
            .rev()
            .find(|change| change.is_acknowledgement())
    }
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
    /// Several alerts in one message.
    Summary(Summary),
    /// A receiver that does not take messages.
    Receiver(ReceiverFault),
}

/// A receiver that does not take messages, or does so again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiverFault {
    /// The receiver.
    pub receiver: ReceiverId,
    /// When the first message was given up.
    pub since: Timestamp,
    /// How many were by then.
    pub given_up: u32,
    /// What went wrong last, without secrets.
    pub error: String,
    /// When it took a message again.
    pub until: Option<Timestamp>,
}

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryKind {
    /// The alert fires.
    Firing,
    /// The alert still fires, and its numbers have grown.
    Updated,
    /// The alert has resolved.
    Resolved,
    /// Several alerts in one message.
    Summary,
}

impl DeliveryKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Firing, Self::Updated, Self::Resolved, Self::Summary];

    /// The word used in keys, stores and API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Updated => "updated",
            Self::Resolved => "resolved",
            Self::Summary => "summary",
        }
    }

    /// The kind that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
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
    /// Told in another message: a summary, or the end of its alert.
    Summarised,
    /// Not sent, by what people have asked for.
    Suppressed,
}

impl DeliveryState {
    /// All states.
    pub const ALL: [Self; 6] = [
        Self::Pending,
        Self::Sending,
        Self::Delivered,
        Self::Dead,
        Self::Summarised,
        Self::Suppressed,
    ];

    /// The state that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// The word used in stores and API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sending => "sending",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
            Self::Summarised => "summarised",
            Self::Suppressed => "suppressed",
        }
    }
}

/// Why a message waits, or was not sent as it was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HoldReason {
    /// For others of its group.
    Group,
    /// For the next digest of the receiver.
    Digest,
    /// For the end of the quiet hours of the receiver.
    Quiet,
    /// For room under the limit of the receiver.
    Limit,
    /// Somebody has silenced its alert.
    Silence,
    /// A fault of collection could explain its burst.
    Inhibition,
    /// Its alert ended before it could be told, and the end is told.
    Ended,
    /// The receiver cannot change a message, and was told of the alert a short while ago.
    FollowUp,
}

impl HoldReason {
    /// All reasons.
    pub const ALL: [Self; 8] = [
        Self::Group,
        Self::Digest,
        Self::Quiet,
        Self::Limit,
        Self::Silence,
        Self::Inhibition,
        Self::Ended,
        Self::FollowUp,
    ];

    /// The word used in stores and API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Digest => "digest",
            Self::Quiet => "quiet hours",
            Self::Limit => "limit",
            Self::Silence => "silence",
            Self::Inhibition => "inhibition",
            Self::Ended => "ended",
            Self::FollowUp => "follow-up",
        }
    }

    /// The reason that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == word)
    }
}

/// Why a message waits, or was not sent as it was decided, and by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Why.
    pub why: HoldReason,
    /// The silence, the alert that inhibits it, the values of its group, or the key of the message that
    /// tells it; empty where there is nothing to name.
    pub by: String,
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
    /// What of it the receiver has confirmed.
    pub sent: Sent,
    /// Why it waits beyond its time, or was not sent as it was decided.
    pub hold: Option<Hold>,
}

impl Delivery {
    /// Where it stands, in the word used in API and page: what was given up after a part of it had
    /// arrived is told apart, and so is what waits because somebody wants it to.
    #[must_use]
    pub const fn state_word(&self) -> &'static str {
        match self.state {
            DeliveryState::Dead if self.sent.parts > 0 => "partly delivered",
            DeliveryState::Pending if self.hold.is_some() && self.attempts == 0 => "held",
            state => state.as_str(),
        }
    }
}

/// What a receiver has confirmed of a message. A long one may go out in parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sent {
    /// Parts that it has.
    pub parts: u32,
    /// What it calls the first of them, where it can be changed later.
    pub reference: Option<String>,
}
