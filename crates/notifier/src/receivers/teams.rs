//! Microsoft Teams by a workflow with a webhook: an Adaptive Card (adaptivecards.io, version 1.4).
//!
//! Texts are runs of a rich text block, in which Teams reads no mark-up; a text block would read
//! Markdown. The workflow answers before anything is shown, and gives no id. A message over 28 KB fails
//! within the workflow, where nobody sees it, so a card is kept well below.

use bellwether_api::wording::Message;
use serde_json::{Value, json};

use super::{Letter, Post};
use crate::texts::{Dialect, Unit};

/// Bytes of text. Each line adds some hundred bytes of JSON.
const DIALECT: Dialect = Dialect {
    longest: 12_000,
    unit: Unit::Bytes,
    texts: 1,
    neutral: str::to_owned,
    link: str::to_owned,
};

pub(super) fn post(url: &str, letter: &Letter<'_>) -> Result<Post, String> {
    let message = letter.message;
    // The link is a button of the card.
    let without_link = Message {
        link: None,
        ..message.clone()
    };
    let text = DIALECT.texts(&without_link).concat();
    let block = |(number, line): (usize, &str)| {
        let weight = if number == 0 { "Bolder" } else { "Default" };
        json!({
            "type": "RichTextBlock",
            "spacing": "Small",
            "inlines": [{"type": "TextRun", "text": line, "weight": weight}],
        })
    };
    let actions: Vec<Value> = (message.link.iter())
        .map(|link| json!({"type": "Action.OpenUrl", "title": message.link_name, "url": link}))
        .collect();
    let card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": message.headline,
        "msteams": {"width": "Full"},
        "body": text.lines().enumerate().map(block).collect::<Vec<_>>(),
        "actions": actions,
    });
    let body = json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": card,
        }],
    });
    Post::json(url.to_owned(), &body)
}
