//! What is pressed in Telegram, by long polling (core.telegram.org/bots/api: getUpdates, CallbackQuery,
//! answerCallbackQuery).
//!
//! One loop for each bot, since whoever asks with an offset confirms all before it: two loops would take each
//! other's updates. An update is confirmed after it was taken in.

use std::time::Duration;

use bellwether_model::{Receiver, Target};
use serde::Deserialize;
use serde_json::{Value, json};

use super::ear::{Deaf, Ear, wait_after};
use super::{Said, by};
use crate::Notifier;
use crate::receivers::Post;

/// How long the server keeps a question that it has no answer to.
const PATIENCE: Duration = Duration::from_secs(25);

/// Between two questions, where the first had no answer.
const PAUSE: Duration = Duration::from_secs(1);

/// Updates taken at once.
const UPDATES_MAX: u64 = 50;

/// What a person is told at most (answerCallbackQuery), in characters.
const TOLD_CHARS_MAX: usize = 200;

#[derive(Deserialize)]
struct Update {
    update_id: i64,
    callback_query: Option<Pressed>,
}

#[derive(Deserialize)]
struct Pressed {
    id: String,
    from: Person,
    message: Option<Shown>,
    data: Option<String>,
}

#[derive(Deserialize)]
struct Person {
    id: i64,
    first_name: String,
    last_name: Option<String>,
}

#[derive(Deserialize)]
struct Shown {
    message_id: i64,
    chat: ChatOf,
}

#[derive(Deserialize)]
struct ChatOf {
    id: i64,
    username: Option<String>,
}

impl ChatOf {
    /// Whether a receiver names this chat; a topic of it stands behind a slash.
    fn is_of(&self, receiver: &Receiver) -> bool {
        let Target::Place { to, .. } = &receiver.target else {
            return false;
        };
        let named = to.split('/').next().unwrap_or(to);
        let name = self.username.as_deref().unwrap_or_default();
        named == self.id.to_string() || named.strip_prefix('@') == Some(name)
    }
}

impl Notifier {
    /// Hears a bot for as long as it is polled.
    pub(super) async fn hear_telegram(&self, bot: Ear<'_>) {
        let mut next = None;
        let mut failures: u32 = 0;
        loop {
            match updates(&bot, next).await {
                Ok(updates) => {
                    failures = 0;
                    if updates.is_empty() {
                        // A server that does not keep the question is not asked without end.
                        tokio::time::sleep(PAUSE).await;
                    }
                    for update in updates {
                        if let Some(pressed) = &update.callback_query {
                            self.pressed(&bot, pressed).await;
                        }
                        next = Some(update.update_id.saturating_add(1));
                    }
                }
                Err(deaf) => {
                    failures += 1;
                    if failures == 1 {
                        bot.warn(&deaf);
                    }
                    tokio::time::sleep(wait_after(failures)).await;
                }
            }
        }
    }

    async fn pressed(&self, bot: &Ear<'_>, pressed: &Pressed) {
        let (Some(shown), Some(code)) = (&pressed.message, &pressed.data) else {
            return;
        };
        let receiver = bot
            .receivers
            .iter()
            .find(|receiver| shown.chat.is_of(receiver));
        let Some(receiver) = receiver else {
            bot.passes_over();
            return;
        };
        let from = &pressed.from;
        let name = match &from.last_name {
            Some(last) => format!("{} {last}", from.first_name),
            None => from.first_name.clone(),
        };
        let said = Said {
            code,
            by: by(&name, "telegram", &from.id.to_string()),
            message: shown.message_id.to_string(),
        };
        let Some(taken) = self.take(receiver, &said) else {
            return;
        };
        tell(bot, &pressed.id, &taken.told).await;
        self.refresh(receiver, &said).await;
    }
}

/// What a method of the bot gives.
async fn ask(bot: &Ear<'_>, method: &str, body: &Value) -> Result<Value, Deaf> {
    let url = format!("{}/bot{}/{method}", bot.server, bot.token);
    // A value of ours is always written.
    let post = Post::json(url, body).map_err(Deaf::Refused)?;
    let patient = bot.outbound.within(PATIENCE + Duration::from_secs(10));
    let answer = patient.send(post.request()).await?;
    let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
    match body {
        Some(mut body) if body.get("ok") == Some(&Value::Bool(true)) => Ok(body["result"].take()),
        _ => Err(Deaf::Refused(match answer.status {
            409 => {
                "another program reads what this bot is told, or a webhook of it is set".to_owned()
            }
            401 | 404 => "the token is not valid".to_owned(),
            status => format!("it answered {status}"),
        })),
    }
}

/// What was pressed since the last one that was confirmed. An update of another kind or shape is none.
async fn updates(bot: &Ear<'_>, next: Option<i64>) -> Result<Vec<Update>, Deaf> {
    let mut question = json!({
        "timeout": PATIENCE.as_secs(),
        "limit": UPDATES_MAX,
        "allowed_updates": ["callback_query"],
    });
    if let Some(next) = next {
        question["offset"] = json!(next);
    }
    let answer = ask(bot, "getUpdates", &question).await?;
    let Value::Array(updates) = answer else {
        return Ok(Vec::new());
    };
    Ok(updates.into_iter().filter_map(read_update).collect())
}

/// Ends the turning of the button, and says what became of it.
async fn tell(bot: &Ear<'_>, id: &str, told: &str) {
    let text: String = told.chars().take(TOLD_CHARS_MAX).collect();
    let said = json!({"callback_query_id": id, "text": text});
    // Too late is usual after a start: it was taken in all the same.
    let _ = ask(bot, "answerCallbackQuery", &said).await;
}

/// One that cannot be read is confirmed with the rest, by its number.
fn read_update(value: Value) -> Option<Update> {
    let update_id = value.get("update_id")?.as_i64()?;
    let update = serde_json::from_value(value);
    Some(update.unwrap_or(Update {
        update_id,
        callback_query: None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_of_another_shape_is_passed_over_and_confirmed() {
        for value in [
            json!({"update_id": 7, "callback_query": {"id": 3}}),
            json!({"update_id": 7, "callback_query": []}),
            json!({"update_id": 7, "message": {"text": "hello"}}),
        ] {
            let update = read_update(value).unwrap();
            assert_eq!(update.update_id, 7);
            assert!(update.callback_query.is_none());
        }
        assert!(read_update(json!({"callback_query": {}})).is_none());
        assert!(read_update(json!(null)).is_none());
    }
}
