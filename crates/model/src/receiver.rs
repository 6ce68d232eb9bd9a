//! Receivers: places messages are sent to.

use std::fmt;

use crate::ReceiverId;

/// A text that must not be shown: its `Debug` and `Display` hide it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the one place that must send it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// The dialect a receiver speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReceiverKind {
    /// The incoming webhook of Slack, which Mattermost and Rocket.Chat understand too.
    Slack,
    /// A plain JSON document by POST.
    Webhook,
}

impl ReceiverKind {
    /// The word used in configuration and API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Webhook => "webhook",
        }
    }
}

/// A place messages are sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiver {
    /// Its id.
    pub id: ReceiverId,
    /// Its dialect.
    pub kind: ReceiverKind,
    /// The address, which for chat webhooks is the whole credential.
    pub url: Secret,
    /// Whether it is used.
    pub enabled: bool,
    /// Private address ranges it may be in, in CIDR notation.
    pub allow_networks: Vec<String>,
}
