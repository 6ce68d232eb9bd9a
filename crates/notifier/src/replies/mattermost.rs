//! Reactions to posts in Mattermost, by its WebSocket (its API reference, "WebSocket": the token is given in a
//! first message; events `posted` and `reaction_added`, whose data are JSON within a text).
//!
//! The bot reacts to its own posts first, so that people only have to press what stands there. Who reacted
//! and to what is what the server says; which alert a post is about stands in a property of the post, and
//! counts only where the bot has written it.

use bellwether_api::wording::ReplyOutcome;
use bellwether_model::AlertId;
use bellwether_outbound::{Method, WebSocket};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::ear::{Deaf, Ear, wait_after};
use super::{Said, by, code};
use crate::Notifier;
use crate::receivers::Post;
use crate::receivers::mattermost::{Properties, emojis, reply};

/// A post of somebody else may have properties of 800,000 characters, written as JSON within JSON.
const EVENT_BYTES_MAX: usize = 8 << 20;

/// How often it is asked who reacted, a few seconds in all.
const ASKED_MAX: u32 = 4;

#[derive(Deserialize)]
struct Event {
    event: Option<String>,
    /// Of an answer to what we sent.
    status: Option<String>,
    #[serde(default)]
    data: Value,
    #[serde(default)]
    broadcast: Broadcast,
}

/// Whom an event is for.
#[derive(Deserialize, Default)]
struct Broadcast {
    #[serde(default)]
    channel_id: String,
}

#[derive(Deserialize)]
struct Posted {
    id: String,
    user_id: String,
    channel_id: String,
    props: Option<Properties>,
}

#[derive(Deserialize)]
struct Reaction {
    user_id: String,
    post_id: String,
    emoji_name: String,
}

#[derive(Deserialize)]
struct Person {
    id: String,
    username: String,
}

impl Notifier {
    /// Hears one connection until it ends.
    pub(super) async fn hear_mattermost(
        &self,
        ear: &Ear<'_>,
        has_heard: &mut bool,
    ) -> Result<(), Deaf> {
        let bot: Person = get(ear, "users/me").await?;
        let mut socket = ear
            .outbound
            .websocket(&address(ear), EVENT_BYTES_MAX)
            .await?;
        identify(&mut socket, ear.token).await?;
        while let Some(text) = socket.next().await? {
            let Ok(event) = serde_json::from_str::<Event>(&text) else {
                continue;
            };
            if event.status.as_deref() == Some("FAIL") {
                return Err(Deaf::Refused("it does not take the token".to_owned()));
            }
            match event.event.as_deref() {
                Some("hello") => *has_heard = true,
                Some("posted") => {
                    if let Some(post) = inner::<Posted>(&event.data, "post")
                        && post.user_id == bot.id
                        && post.props.is_some_and(|props| props.alert.is_some())
                    {
                        offer(ear, &bot, &post.id).await;
                    }
                }
                // Reactions are common: of a channel that no receiver names nothing is asked.
                Some("reaction_added") if ear.names(&event.broadcast.channel_id) => {
                    if let Some(reaction) = inner::<Reaction>(&event.data, "reaction")
                        && reaction.user_id != bot.id
                    {
                        self.reacted(ear, &bot, &reaction).await;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    async fn reacted(&self, ear: &Ear<'_>, bot: &Person, reaction: &Reaction) {
        let Some(reply) = reply(&reaction.emoji_name) else {
            return;
        };
        let Some((post, person)) = asked_about(ear, reaction).await else {
            return;
        };
        let Some(alert) = about(&post, bot) else {
            return;
        };
        let Some(receiver) = ear.receiver_at(&post.channel_id) else {
            return;
        };
        let code = code(reply, &alert);
        let said = Said {
            code: &code,
            by: by(&person.username, "mattermost", &person.id),
            message: post.id.clone(),
        };
        let Some(taken) = self.take(receiver, &said) else {
            return;
        };
        let stands = self.refresh(receiver, &said).await;
        // Who has it stands in the post; what does not stand there is said below it.
        if !stands || !matches!(taken.outcome, ReplyOutcome::Taken | ReplyOutcome::Judged(_)) {
            tell(ear, &post, &taken.told).await;
        }
    }
}

/// The alert that a post of the bot is about.
fn about(post: &Posted, bot: &Person) -> Option<AlertId> {
    let props = post.props.as_ref().filter(|_| post.user_id == bot.id);
    props?.alert.clone()
}

/// The post that was reacted to, and who it was. The reaction does not come again, so it is asked a few times.
async fn asked_about(ear: &Ear<'_>, reaction: &Reaction) -> Option<(Posted, Person)> {
    let mut failures = 0;
    loop {
        let asked = async {
            let post = get(ear, &format!("posts/{}", reaction.post_id)).await?;
            let person = get(ear, &format!("users/{}", reaction.user_id)).await?;
            Ok::<_, Deaf>((post, person))
        };
        let deaf = match asked.await {
            Ok(found) => return Some(found),
            Err(deaf) => deaf,
        };
        failures += 1;
        if failures == ASKED_MAX {
            ear.lost(&deaf);
            return None;
        }
        tokio::time::sleep(wait_after(failures)).await;
    }
}

fn address(ear: &Ear<'_>) -> String {
    // `https` becomes `wss`.
    let rest = ear.server.strip_prefix("http").unwrap_or(ear.server);
    format!("ws{rest}/api/v4/websocket")
}

async fn identify(socket: &mut WebSocket, token: &str) -> Result<(), Deaf> {
    let challenge = json!({
        "seq": 1,
        "action": "authentication_challenge",
        "data": {"token": token},
    });
    Ok(socket.send(challenge.to_string()).await?)
}

async fn get<T: DeserializeOwned>(ear: &Ear<'_>, what: &str) -> Result<T, Deaf> {
    let url = format!("{}/api/v4/{what}", ear.server);
    let question = Post::empty(Method::Get, url).bearer(ear.token);
    let answer = ear.ask(question.request()).await?;
    serde_json::from_value(answer)
        .map_err(|_| Deaf::Refused("it answered something of another shape".to_owned()))
}

/// What stands in a text within the data of an event.
fn inner<T: DeserializeOwned>(data: &Value, name: &str) -> Option<T> {
    serde_json::from_str(data.get(name)?.as_str()?).ok()
}

/// Reacts with each emoji that means something, so that it can be pressed.
async fn offer(ear: &Ear<'_>, bot: &Person, post: &str) {
    let url = format!("{}/api/v4/reactions", ear.server);
    for emoji in emojis() {
        let reaction = json!({"user_id": bot.id, "post_id": post, "emoji_name": emoji});
        if let Ok(post) = Post::json(url.clone(), &reaction) {
            ear.post(post.bearer(ear.token)).await;
        }
    }
}

/// Says below the post what became of it.
async fn tell(ear: &Ear<'_>, post: &Posted, told: &str) {
    let said = json!({
        "channel_id": post.channel_id,
        "root_id": post.id,
        "message": crate::neutral::mattermost(told),
    });
    let url = format!("{}/api/v4/posts", ear.server);
    if let Ok(post) = Post::json(url, &said) {
        ear.post(post.bearer(ear.token)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_counts_where_the_bot_has_written_it() {
        let bot = Person {
            id: "bot".to_owned(),
            username: "bellwether".to_owned(),
        };
        let post = |user: &str, props: Value| -> Option<Posted> {
            let text = json!({"id": "p", "user_id": user, "channel_id": "c", "props": props});
            inner(&json!({"post": text.to_string()}), "post")
        };
        let props = json!({"bellwether_alert": "a-1", "remove_link_preview": "true", "other": [1]});
        let alert = |post: Option<Posted>| post.and_then(|post| about(&post, &bot));
        assert_eq!(alert(post("bot", props.clone())), Some(AlertId::new("a-1")));
        assert_eq!(alert(post("lin", props)), None);
        assert_eq!(alert(post("bot", json!({}))), None);
        assert_eq!(alert(post("bot", json!(null))), None);
        assert!(post("bot", json!({"bellwether_alert": 7})).is_none());
    }
}
