//! What is pressed in Telegram, by long polling (core.telegram.org/bots/api: getUpdates, CallbackQuery,
//! answerCallbackQuery).
//!
//! One loop for each bot, since whoever asks with an offset confirms all before it: two loops would take each
//! other's updates. An update is confirmed after it was taken in.

use std::time::Duration;

use bellwether_model::{Receiver, ReceiverKind, Target};
use bellwether_outbound::{Outbound, OutboundError, host_of};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Said, by, wait_after};
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

/// A bot, and the receivers that it posts to.
pub(super) struct Bot<'a> {
    server: &'a str,
    token: &'a str,
    receivers: Vec<&'a Receiver>,
    outbound: &'a Outbound,
}

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

/// Why nothing was heard.
enum Deaf {
    Unreachable(OutboundError),
    Refused(u16),
}

impl Notifier {
    /// The bots whose receivers have buttons, each once.
    pub(super) fn telegram_bots(&self) -> Vec<Bot<'_>> {
        let mut bots: Vec<Bot<'_>> = Vec::new();
        for (receiver, outbound) in self.receivers.values() {
            let Target::Place { server, token, .. } = &receiver.target else {
                continue;
            };
            if receiver.kind != ReceiverKind::Telegram || !receiver.buttons {
                continue;
            }
            let same = |bot: &&mut Bot<'_>| bot.server == server && bot.token == token.reveal();
            match bots.iter_mut().find(same) {
                Some(bot) => bot.receivers.push(receiver),
                None => bots.push(Bot {
                    server,
                    token: token.reveal(),
                    receivers: vec![receiver],
                    outbound,
                }),
            }
        }
        bots
    }

    /// Hears a bot for as long as it is polled.
    pub(super) async fn hear_telegram(&self, bot: Bot<'_>) {
        let mut next = None;
        let mut failures: u32 = 0;
        loop {
            match bot.updates(next).await {
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

    async fn pressed(&self, bot: &Bot<'_>, pressed: &Pressed) {
        let (Some(shown), Some(code)) = (&pressed.message, &pressed.data) else {
            return;
        };
        let receiver = bot
            .receivers
            .iter()
            .find(|receiver| shown.chat.is_of(receiver));
        let Some(receiver) = receiver else {
            tracing::warn!(
                server = bot.host(),
                "a reply from a chat that no receiver names is passed over"
            );
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
        let told = match self.take(receiver, &said) {
            Ok(told) => told,
            Err(error) => {
                // Not told as taken: the person sees that nothing has happened, and presses again.
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "a reply was not taken in");
                return;
            }
        };
        bot.tell(&pressed.id, &told).await;
        if let Err(error) = self.refresh(receiver, &said).await {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "a message that was replied to stands as it stood");
        }
    }
}

impl Bot<'_> {
    fn host(&self) -> String {
        host_of(self.server)
    }

    async fn ask(&self, method: &str, body: &Value) -> Result<Value, Deaf> {
        let url = format!("{}/bot{}/{method}", self.server, self.token);
        // A value of ours is always written.
        let post = Post::json(url, body).map_err(|_| Deaf::Refused(0))?;
        let patient = self.outbound.within(PATIENCE + Duration::from_secs(10));
        let answer = patient
            .send(post.request())
            .await
            .map_err(Deaf::Unreachable)?;
        let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
        match body {
            Some(mut body) if body.get("ok") == Some(&Value::Bool(true)) => {
                Ok(body["result"].take())
            }
            _ => Err(Deaf::Refused(answer.status)),
        }
    }

    /// What was pressed since the last one that was confirmed. An update of another kind or shape is none.
    async fn updates(&self, next: Option<i64>) -> Result<Vec<Update>, Deaf> {
        let mut question = json!({
            "timeout": PATIENCE.as_secs(),
            "limit": UPDATES_MAX,
            "allowed_updates": ["callback_query"],
        });
        if let Some(next) = next {
            question["offset"] = json!(next);
        }
        let answer = self.ask("getUpdates", &question).await?;
        let Value::Array(updates) = answer else {
            return Ok(Vec::new());
        };
        Ok(updates.into_iter().filter_map(read_update).collect())
    }

    /// Ends the turning of the button, and says what became of it.
    async fn tell(&self, id: &str, told: &str) {
        let text: String = told.chars().take(TOLD_CHARS_MAX).collect();
        let said = json!({"callback_query_id": id, "text": text});
        // Too late is usual after a start: it was taken in all the same.
        let _ = self.ask("answerCallbackQuery", &said).await;
    }

    fn warn(&self, deaf: &Deaf) {
        let (server, why) = (
            self.host(),
            match deaf {
                Deaf::Unreachable(error) => error.to_string(),
                Deaf::Refused(409) => {
                    "another program reads what this bot is told, or a webhook of it is set"
                        .to_owned()
                }
                Deaf::Refused(401 | 404) => "the token is not valid".to_owned(),
                Deaf::Refused(status) => format!("it answered {status}"),
            },
        );
        tracing::warn!(
            server,
            why,
            "buttons of Telegram are not heard; it is tried again"
        );
    }
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
