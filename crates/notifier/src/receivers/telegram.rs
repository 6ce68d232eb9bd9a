//! Telegram by a bot (core.telegram.org/bots/api: sendMessage, editMessageText).
//!
//! Text without mark-up: nothing of it can be read as a tag, and nothing has to be escaped. The limit is
//! 4,096 characters after entities are parsed; counted in UTF-16 units it is never overstepped. The token
//! is part of the address. What a button sends back is at most 64 bytes (InlineKeyboardButton).

use serde::Serialize;
use serde_json::Value;

use super::{Letter, Post, Said, seconds};
use crate::neutral;
use crate::texts::{Dialect, Unit};

const DIALECT: Dialect = Dialect {
    longest: 4_096,
    unit: Unit::Utf16,
    texts: 8,
    neutral: neutral::plain,
    link: str::to_owned,
};

#[derive(Serialize)]
struct Body<'a> {
    chat_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_thread_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<u64>,
    text: String,
    link_preview_options: Previews,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_markup: Option<Keyboard>,
}

#[derive(Serialize)]
struct Keyboard {
    inline_keyboard: Vec<Vec<Button>>,
}

#[derive(Serialize)]
struct Button {
    text: String,
    callback_data: String,
}

/// Buttons of a row: more are cut on a telephone.
const ROW: usize = 3;

fn keyboard(letter: &Letter<'_>) -> Option<Keyboard> {
    let buttons = letter.buttons();
    let row = |buttons: &[(String, String)]| {
        let button = |(text, said): &(String, String)| Button {
            text: text.clone(),
            callback_data: said.clone(),
        };
        buttons.iter().map(button).collect()
    };
    (!buttons.is_empty()).then(|| Keyboard {
        inline_keyboard: buttons.chunks(ROW).map(row).collect(),
    })
}

#[derive(Serialize)]
struct Previews {
    is_disabled: bool,
}

pub(super) fn posts(
    server: &str,
    token: &str,
    to: &str,
    letter: &Letter<'_>,
) -> Result<Vec<Post>, String> {
    // A topic of a group stands behind the group.
    let topic = to.split_once('/').and_then(|(_, topic)| topic.parse().ok());
    let chat = to.split('/').next().unwrap_or(to);
    let replaces = letter.replaces.and_then(|id| id.parse().ok());
    let texts = DIALECT.texts(letter.message).into_iter().enumerate();
    texts
        .map(|(number, text)| {
            let message = replaces.filter(|_| number == 0);
            let method = match message {
                Some(_) => "editMessageText",
                None => "sendMessage",
            };
            let body = Body {
                chat_id: chat,
                message_thread_id: topic.filter(|_| message.is_none()),
                message_id: message,
                text,
                link_preview_options: Previews { is_disabled: true },
                reply_markup: (number == 0).then(|| keyboard(letter)).flatten(),
            };
            Post::json(format!("{server}/bot{token}/{method}"), &body)
        })
        .collect()
}

pub(super) fn said(status: u16, body: Option<&Value>) -> Option<Said> {
    let Some(body) = body else {
        return (200..300).contains(&status).then_some(Said::No(None));
    };
    if body.get("ok") == Some(&Value::Bool(true)) {
        let id = body.pointer("/result/message_id").and_then(Value::as_u64);
        return Some(Said::Has(id.map(|id| id.to_string())));
    }
    let says = |part: &str| {
        let description = body.get("description").and_then(Value::as_str);
        description.is_some_and(|description| description.contains(part))
    };
    match status {
        429 => Some(Said::Later(seconds(
            body.pointer("/parameters/retry_after"),
        ))),
        400 if says("message is not modified") => Some(Said::Has(None)),
        // We send none, so what it could not parse was not ours: once more.
        400 if says("can't parse entities") => Some(Said::Later(None)),
        400 if says("message to edit not found") || says("message can't be edited") => {
            Some(Said::CannotReplace)
        }
        400 if body.pointer("/parameters/migrate_to_chat_id").is_some() => {
            Some(Said::No(Some("the_group_has_a_new_id".to_owned())))
        }
        400 if says("chat not found") => Some(Said::No(Some("chat_not_found".to_owned()))),
        200..=299 => Some(Said::No(None)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_api::wording::Message;

    /// FC-030: what is longer than one message goes out in several, and nothing of it is lost.
    #[test]
    fn a_long_text_goes_out_whole_in_parts() {
        let Some(folder) = bellwether_testkit::cases_folder("the long text of FC-030") else {
            return;
        };
        let long = std::fs::read_to_string(folder.join("files/telegram-long.txt")).unwrap();
        let message = Message {
            language: bellwether_model::MessageLanguage::English,
            headline: "Digest".to_owned(),
            lines: long.lines().map(str::to_owned).collect(),
            link: None,
            link_name: String::new(),
            notes: Vec::new(),
            is_withheld: false,
        };
        let texts = DIALECT.texts(&message);
        assert!(texts.len() >= 3, "{}", texts.len());
        for text in &texts {
            let units: usize = text.chars().map(char::len_utf16).sum();
            assert!(units <= 4_096, "{units}");
            assert!(!text.starts_with('\u{FE0F}'), "an emoji was cut");
        }
        let shown = texts.join("\n").replace(neutral::BREAK, "");
        assert_eq!(shown, format!("Digest\n{}", long.trim_end()));
    }
}
