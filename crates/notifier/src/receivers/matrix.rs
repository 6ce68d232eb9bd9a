//! Matrix by an account in a room (Client-Server API: sending events, event replacements).
//!
//! The key of a message is the transaction id, with which a server gives its first answer again. An event
//! may take 65,536 bytes with what servers add to it. Nobody is mentioned, whatever the text says.

use bellwether_outbound::Method;
use serde_json::{Value, json};
use url::Url;

use super::{Letter, Post, Said, key, seconds};
use crate::neutral;
use crate::texts::{Dialect, Unit};

const DIALECT: Dialect = Dialect {
    longest: 24_000,
    unit: Unit::Bytes,
    texts: 1,
    neutral: neutral::plain,
    link: str::to_owned,
};

pub(super) fn posts(
    server: &str,
    token: &str,
    to: &str,
    letter: &Letter<'_>,
) -> Result<Vec<Post>, String> {
    let mut url = Url::parse(server).map_err(|_| "its server has no address".to_owned())?;
    let transaction = key::hex(&letter.delivery.key, 0);
    url.path_segments_mut()
        .map_err(|()| "the address of its server has no path".to_owned())?
        .pop_if_empty()
        .extend([
            "_matrix",
            "client",
            "v3",
            "rooms",
            to,
            "send",
            "m.room.message",
        ])
        .push(&transaction);
    let text = DIALECT.texts(letter.message).concat();
    let content = match letter.replaces {
        None => content(&text),
        Some(event) => {
            let mut replacement = content(&format!("* {text}"));
            replacement["m.new_content"] = content(&text);
            replacement["m.relates_to"] = json!({"rel_type": "m.replace", "event_id": event});
            replacement
        }
    };
    let post = Post::json(url.into(), &content)?;
    Ok(vec![post.by(Method::Put).bearer(token)])
}

fn content(text: &str) -> Value {
    json!({"msgtype": "m.text", "body": text, "m.mentions": {}})
}

pub(super) fn said(status: u16, body: &Value) -> Option<Said> {
    match status {
        200..=299 => {
            let event = body.get("event_id").and_then(Value::as_str);
            Some(Said::Has(event.map(str::to_owned)))
        }
        // Servers of before version 1.10 say it here and not in a header.
        429 => {
            let wait = seconds(body.get("retry_after_ms")).map(|wait| wait / 1000);
            wait.map(|wait| Said::Later(Some(wait)))
        }
        _ => None,
    }
}
