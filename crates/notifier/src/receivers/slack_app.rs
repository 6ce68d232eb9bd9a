//! Slack by an app with a token: `chat.postMessage`, and `chat.update` for what stands there.
//!
//! Failures come with status 200 and `ok: false` (docs.slack.dev, chat.postMessage). What is over 4,000
//! characters cannot be changed later (the limit of chat.update), and attachments that a change does not
//! name stay. Buttons stand in one (docs.slack.dev, "actions block", "button element").

use bellwether_api::wording::Message;
use serde::Serialize;
use serde_json::Value;

use super::slack::DIALECT;
use super::{Letter, Post, Said, word};

#[derive(Serialize)]
struct Body<'a> {
    channel: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ts: Option<&'a str>,
    text: String,
    mrkdwn: bool,
    unfurl_links: bool,
    unfurl_media: bool,
    /// Always there: what is left out of a change stays as it was.
    attachments: Vec<Attachment>,
}

/// Buttons below the text, which stays the message.
#[derive(Serialize)]
struct Attachment {
    blocks: Vec<Actions>,
}

#[derive(Serialize)]
struct Actions {
    #[serde(rename = "type")]
    kind: &'static str,
    elements: Vec<Button>,
}

#[derive(Serialize)]
struct Button {
    #[serde(rename = "type")]
    kind: &'static str,
    text: Plain,
    action_id: String,
    value: String,
}

#[derive(Serialize)]
struct Plain {
    #[serde(rename = "type")]
    kind: &'static str,
    text: String,
}

fn attachments(letter: &Letter<'_>) -> Vec<Attachment> {
    let button = |(number, (text, value)): (usize, (String, String))| Button {
        kind: "button",
        text: Plain {
            kind: "plain_text",
            text,
        },
        // Within a message no two may be the same.
        action_id: format!("reply-{number}"),
        value,
    };
    let elements: Vec<Button> = letter
        .buttons()
        .into_iter()
        .enumerate()
        .map(button)
        .collect();
    if elements.is_empty() {
        return Vec::new();
    }
    vec![Attachment {
        blocks: vec![Actions {
            kind: "actions",
            elements,
        }],
    }]
}

pub(super) fn posts(
    server: &str,
    token: &str,
    to: &str,
    letter: &Letter<'_>,
) -> Result<Vec<Post>, String> {
    let replaces = letter
        .replaces
        .and_then(|reference| reference.split_once(' '));
    let (method, channel, ts) = match replaces {
        Some((channel, ts)) => ("chat.update", channel, Some(ts)),
        None => ("chat.postMessage", to, None),
    };
    let body = Body {
        channel,
        ts,
        text: text(letter.message),
        mrkdwn: false,
        unfurl_links: false,
        unfurl_media: false,
        attachments: attachments(letter),
    };
    Ok(vec![
        Post::json(format!("{server}/api/{method}"), &body)?.bearer(token),
    ])
}

fn text(message: &Message) -> String {
    DIALECT.texts(message).concat()
}

pub(super) fn said(status: u16, body: Option<&Value>) -> Option<Said> {
    if !(200..300).contains(&status) {
        return None;
    }
    let Some(body) = body else {
        return Some(Said::No(None));
    };
    if body.get("ok") == Some(&Value::Bool(true)) {
        let text = |key: &str| body.get(key).and_then(Value::as_str);
        let reference = text("channel").zip(text("ts"));
        return Some(Said::Has(
            reference.map(|(channel, ts)| format!("{channel} {ts}")),
        ));
    }
    let error = word(body.get("error"));
    Some(match error.as_deref() {
        Some(
            "ratelimited"
            | "rate_limited"
            | "internal_error"
            | "fatal_error"
            | "service_unavailable"
            | "request_timeout",
        ) => Said::Later(None),
        Some("message_not_found" | "cant_update_message" | "edit_window_closed") => {
            Said::CannotReplace
        }
        _ => Said::No(error),
    })
}
