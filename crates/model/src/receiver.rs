//! Receivers: places messages are sent to.

use std::fmt;

use crate::{MessageLanguage, Pacing, ReceiverId};

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

/// What a receiver is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReceiverKind {
    /// The incoming webhook of Slack, which Mattermost and Rocket.Chat understand too.
    Slack,
    /// An app of Slack with a token: it can change what it has posted.
    SlackApp,
    /// A bot of Mattermost: it can change what it has posted.
    Mattermost,
    /// A webhook of a Discord channel.
    Discord,
    /// The bot of an app of Discord.
    DiscordApp,
    /// A Workflows webhook of Microsoft Teams.
    Teams,
    /// A bot of Telegram.
    Telegram,
    /// An official account of LINE.
    Line,
    /// A room of Matrix.
    Matrix,
    /// A mailbox.
    Email,
    /// A Prometheus Alertmanager.
    Alertmanager,
    /// A plain JSON document by POST.
    Webhook,
}

impl ReceiverKind {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 12] = [
        Self::Slack,
        Self::SlackApp,
        Self::Mattermost,
        Self::Discord,
        Self::DiscordApp,
        Self::Teams,
        Self::Telegram,
        Self::Line,
        Self::Matrix,
        Self::Email,
        Self::Alertmanager,
        Self::Webhook,
    ];

    /// The word used in configuration and API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::SlackApp => "slack-app",
            Self::Mattermost => "mattermost",
            Self::Discord => "discord",
            Self::DiscordApp => "discord-app",
            Self::Teams => "teams",
            Self::Telegram => "telegram",
            Self::Line => "line",
            Self::Matrix => "matrix",
            Self::Email => "email",
            Self::Alertmanager => "alertmanager",
            Self::Webhook => "webhook",
        }
    }
}

impl ReceiverKind {
    /// Whether people read there: what they get is bounded where they say nothing themselves.
    #[must_use]
    pub const fn is_chat(self) -> bool {
        !matches!(self, Self::Alertmanager | Self::Webhook)
    }

    /// Whether its messages can have buttons: what is said by them comes by a connection that we open.
    #[must_use]
    pub const fn has_buttons(self) -> bool {
        matches!(
            self,
            Self::Telegram | Self::SlackApp | Self::DiscordApp | Self::Mattermost
        )
    }

    /// Whether a message that stands there can be changed, without calling anybody again.
    #[must_use]
    pub const fn can_change(self) -> bool {
        matches!(
            self,
            Self::SlackApp
                | Self::Mattermost
                | Self::Discord
                | Self::DiscordApp
                | Self::Telegram
                | Self::Matrix
                | Self::Alertmanager
        )
    }
}

/// Where a receiver is, and what it wants to see before it takes a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// One address, which for the webhooks of chats is the whole credential.
    Address {
        /// The address.
        url: Secret,
    },
    /// An address, and a key with which what is sent there is signed.
    Signed {
        /// The address.
        url: Secret,
        /// The key: `whsec_` and Base64.
        key: Secret,
    },
    /// A place on a server that wants a token.
    Place {
        /// The base of the server's addresses, without a slash at its end.
        server: String,
        /// The token.
        token: Secret,
        /// The channel, chat, room or user there.
        to: String,
    },
    /// A mailbox, and the mail server that takes what is for it.
    Mailbox {
        /// The host of the mail server, a name or an address.
        server: String,
        /// Its port.
        port: u16,
        /// How the way to it is encrypted.
        tls: MailTls,
        /// The address that messages come from.
        from: String,
        /// The address that they go to.
        to: String,
        /// The user and the password, where the server wants them.
        login: Option<(String, Secret)>,
    },
}

/// How the way to a mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTls {
    /// From the first byte on (RFC 8314).
    Implicit,
    /// After `STARTTLS` (RFC 3207), and never without.
    StartTls,
    /// Not at all: for a server in a network of one's own.
    None,
}

/// How messages to a receiver are worded, where that is not ours to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// The file it stands in, below the configuration folder.
    pub name: String,
    /// What stands there.
    pub text: String,
}

/// A place messages are sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiver {
    /// Its id.
    pub id: ReceiverId,
    /// What it is.
    pub kind: ReceiverKind,
    /// Where it is.
    pub target: Target,
    /// Whether it is used.
    pub enabled: bool,
    /// Private address ranges it may be in, in CIDR notation.
    pub allow_networks: Vec<String>,
    /// How often, and at which hours, it wants to be told.
    pub pacing: Pacing,
    /// What its messages are told in.
    pub language: MessageLanguage,
    /// Whether its messages have buttons to reply by.
    pub buttons: bool,
    /// Of an app of Slack: the token of the app, by which its buttons are heard.
    pub app_token: Option<Secret>,
    /// How its messages are worded; `None`: in our words.
    pub template: Option<Template>,
}

impl Receiver {
    /// The texts of it that nobody may see.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        let secrets = match &self.target {
            Target::Address { url } => [Some(url), None],
            Target::Signed { url, key } => [Some(url), Some(key)],
            Target::Place { token, .. } => [Some(token), None],
            Target::Mailbox { login, .. } => [login.as_ref().map(|(_, password)| password), None],
        };
        secrets.into_iter().flatten().chain(&self.app_token)
    }
}
