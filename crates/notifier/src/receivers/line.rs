//! LINE by an official account (line-openapi, messaging-api: push message).
//!
//! One request has up to five texts. A repeat with the key of a request that was accepted is answered
//! with 409, which is a success. Nothing that was sent can be changed.

use bellwether_outbound::Response;
use serde::Serialize;

use super::{Letter, Post, Said, key};
use crate::neutral;
use crate::texts::{Dialect, Unit};

const DIALECT: Dialect = Dialect {
    longest: 5_000,
    unit: Unit::Utf16,
    texts: 5,
    neutral: neutral::plain,
    link: str::to_owned,
};

#[derive(Serialize)]
struct Body<'a> {
    to: &'a str,
    messages: Vec<Text>,
}

#[derive(Serialize)]
struct Text {
    r#type: &'static str,
    text: String,
}

pub(super) fn post(
    server: &str,
    token: &str,
    to: &str,
    letter: &Letter<'_>,
) -> Result<Post, String> {
    let texts = DIALECT.texts(letter.message).into_iter();
    let body = Body {
        to,
        messages: texts
            .map(|text| Text {
                r#type: "text",
                text,
            })
            .collect(),
    };
    Ok(Post::json(format!("{server}/v2/bot/message/push"), &body)?
        .bearer(token)
        .header("X-Line-Retry-Key", key::uuid(&letter.delivery.key)))
}

pub(super) fn said(response: &Response) -> Option<Said> {
    let is_accepted = response.header("x-line-accepted-request-id").is_some();
    (response.status == 409 && is_accepted).then_some(Said::Has(None))
}
