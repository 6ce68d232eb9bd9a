//! Discord by the webhook of a channel (discord-api-docs, resources/webhook and resources/message).
//!
//! `wait=true`, or a message that was not saved would be no error; with it comes the id, by which the
//! message can be changed. Mentions are switched off whatever the text says, and so are previews of links.

use bellwether_outbound::Method;
use serde::Serialize;
use serde_json::Value;
use url::Url;

use super::{Letter, Post, Said, seconds};
use crate::neutral;
use crate::texts::{Dialect, Unit};

pub(super) const DIALECT: Dialect = Dialect {
    longest: 2_000,
    unit: Unit::Chars,
    texts: 5,
    neutral: neutral::discord,
    link: str::to_owned,
};

/// `SUPPRESS_EMBEDS`.
pub(super) const NO_PREVIEWS: u32 = 1 << 2;

#[derive(Serialize)]
struct Body {
    content: String,
    allowed_mentions: Mentions,
    flags: u32,
}

#[derive(Serialize)]
pub(super) struct Mentions {
    parse: [&'static str; 0],
}

impl Mentions {
    /// Nobody is called, whatever the text says.
    pub(super) const NONE: Self = Self { parse: [] };
}

pub(super) fn posts(url: &str, letter: &Letter<'_>) -> Result<Vec<Post>, String> {
    let base = Url::parse(url).map_err(|_| "its address is none".to_owned())?;
    let texts = DIALECT.texts(letter.message);
    let posts = texts.into_iter().enumerate().map(|(number, content)| {
        let body = Body {
            content,
            allowed_mentions: Mentions::NONE,
            flags: NO_PREVIEWS,
        };
        let mut url = base.clone();
        match letter.replaces.filter(|_| number == 0) {
            Some(message) => {
                url.path_segments_mut()
                    .map_err(|()| "its address has no path".to_owned())?
                    .pop_if_empty()
                    .extend(["messages", message]);
                Ok(Post::json(url.into(), &body)?.by(Method::Patch))
            }
            None => {
                url.query_pairs_mut().append_pair("wait", "true");
                Post::json(url.into(), &body)
            }
        }
    });
    posts.collect()
}

pub(super) fn said(status: u16, body: &Value) -> Option<Said> {
    /// "Unknown Message" (topics/opcodes-and-status-codes).
    const UNKNOWN_MESSAGE: u64 = 10_008;
    match status {
        200..=299 => {
            let id = body.get("id").and_then(Value::as_str);
            Some(Said::Has(id.map(str::to_owned)))
        }
        429 => Some(Said::Later(seconds(body.get("retry_after")))),
        404 if body.get("code").and_then(Value::as_u64) == Some(UNKNOWN_MESSAGE) => {
            Some(Said::CannotReplace)
        }
        _ => None,
    }
}
