//! Slack by an incoming webhook, and Mattermost and Rocket.Chat, which read the same.
//!
//! No id of the message comes back, so nothing that stands there can be changed (docs.slack.dev,
//! "Sending messages using incoming webhooks"). Text is advised to stay under 4,000 characters;
//! Rocket.Chat refuses 5,000 by default, Mattermost cuts at 16,383.

use serde::Serialize;
use serde_json::Value;

use super::{Letter, Post, Said};
use crate::neutral;
use crate::texts::{Dialect, Unit};

pub(super) const DIALECT: Dialect = Dialect {
    longest: 4_000,
    unit: Unit::Chars,
    texts: 1,
    neutral: neutral::slack,
    link,
};

#[derive(Serialize)]
struct Body {
    text: String,
    /// Off: a name with asterisks is to be read with its asterisks.
    mrkdwn: bool,
    /// Off: Slack would fetch what is linked, and show a preview of it.
    unfurl_links: bool,
    unfurl_media: bool,
}

pub(super) fn post(url: &str, letter: &Letter<'_>) -> Result<Post, String> {
    let body = Body {
        text: DIALECT.texts(letter.message).concat(),
        mrkdwn: false,
        unfurl_links: false,
        unfurl_media: false,
    };
    Post::json(url.to_owned(), &body)
}

/// Rocket.Chat and proxies in front of chats report failures under a status of success.
pub(super) fn said(status: u16, body: &Value) -> Option<Said> {
    let is_no = ["ok", "success"]
        .iter()
        .any(|key| body.get(*key) == Some(&Value::Bool(false)));
    (is_no && (200..300).contains(&status)).then(|| Said::No(super::word(body.get("error"))))
}

/// The link as one in which nothing ends early: `|` would begin a label.
fn link(link: &str) -> String {
    link.replace('&', "&amp;")
        .replace('<', "%3C")
        .replace('>', "%3E")
        .replace('|', "%7C")
}
