//! Buttons under a message of Telegram: their rules, who presses one, and what the bot says to it.
//!
//! Sources: Telegram Bot API, `InlineKeyboardButton` (1 to 64 bytes of `callback_data`), `getUpdates` (an
//! offset confirms all before it; `allowed_updates`), `CallbackQuery`, `answerCallbackQuery` (0 to 200
//! characters; each once); tdlib/telegram-bot-api, `Client.cpp`, for the descriptions of errors. A real
//! server keeps `getUpdates` until there is something; this one answers at once.

use serde_json::{Value, json};

use super::parts;

const DATA_BYTES_MAX: usize = 64;
const TOLD_CHARS_MAX: usize = 200;

/// What was pressed, and what the bot has said to it.
#[derive(Default)]
pub(super) struct Pressings {
    /// Those that were not confirmed yet.
    waiting: Vec<Value>,
    made: i64,
    open: Vec<String>,
    told: Vec<String>,
}

/// The buttons of a message: what stands on each, and what it sends back.
pub(super) fn buttons(body: &Value) -> Vec<(String, String)> {
    let rows = body.pointer("/reply_markup/inline_keyboard");
    let rows = rows.and_then(Value::as_array).into_iter().flatten();
    let buttons = rows.filter_map(Value::as_array).flatten();
    let text =
        |button: &Value, name: &str| parts::text(button, name).unwrap_or_default().to_owned();
    buttons
        .map(|button| (text(button, "text"), text(button, "callback_data")))
        .collect()
}

/// What is wrong with the buttons of a message.
pub(super) fn problem(body: &Value) -> Option<&'static str> {
    body.get("reply_markup")?;
    let is_list = body
        .pointer("/reply_markup/inline_keyboard")
        .and_then(Value::as_array)
        .is_some_and(|rows| rows.iter().all(Value::is_array));
    if !is_list {
        return Some("object expected as reply markup");
    }
    buttons(body)
        .iter()
        .find_map(|(text, data)| match data.len() {
            _ if text.is_empty() => Some("text buttons are unallowed in the inline keyboard"),
            1..=DATA_BYTES_MAX => None,
            _ => Some("BUTTON_DATA_INVALID"),
        })
}

impl Pressings {
    /// Somebody presses a button.
    pub(super) fn press(&mut self, chat: &str, message: i64, data: &str, person: (i64, &str)) {
        self.made += 1;
        let query = format!("query-{}", self.made);
        let chat: Value = chat.parse().unwrap_or(Value::Null);
        self.waiting.push(json!({
            "update_id": 1000 + self.made,
            "callback_query": {
                "id": query,
                "from": {"id": person.0, "is_bot": false, "first_name": person.1},
                "message": {"message_id": message, "chat": {"id": chat, "type": "supergroup"}, "date": 1_700_000_000},
                "chat_instance": "1",
                "data": data,
            },
        }));
        self.open.push(query);
    }

    /// What the bot has said to those who pressed.
    pub(super) fn told(&self) -> Vec<String> {
        self.told.clone()
    }

    /// Those that a question with this body is answered with.
    pub(super) fn updates(&mut self, body: &Value) -> Value {
        let number = |name: &str| body.get(name).and_then(Value::as_i64);
        if let Some(offset) = number("offset") {
            let is_later = |update: &Value| update["update_id"].as_i64() >= Some(offset);
            self.waiting.retain(is_later);
        }
        let limit = usize::try_from(number("limit").unwrap_or(100)).unwrap_or(100);
        Value::Array(self.waiting.iter().take(limit).cloned().collect())
    }

    /// Takes what the bot says to one who pressed; else why not.
    pub(super) fn answer(&mut self, body: &Value) -> Result<(), &'static str> {
        let id = parts::text(body, "callback_query_id").unwrap_or_default();
        let place = self.open.iter().position(|open| open == id);
        let place =
            place.ok_or("query is too old and response timeout expired or query ID is invalid")?;
        let text = parts::text(body, "text").unwrap_or_default();
        if text.chars().count() > TOLD_CHARS_MAX {
            return Err("MESSAGE_TOO_LONG");
        }
        self.open.remove(place);
        self.told.push(text.to_owned());
        Ok(())
    }
}
