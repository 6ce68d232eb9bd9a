//! What is pressed in Slack, by its socket mode (docs.slack.dev, "Using Socket Mode": an address for a
//! WebSocket by `apps.connections.open` with the token of the app; envelopes, each acknowledged by its id;
//! `disconnect` before the connection is renewed).
//!
//! One loop for each app: of several connections each envelope goes to one. An envelope is acknowledged after
//! it was taken in; one that is not comes again.

use bellwether_model::{Receiver, ReceiverKind, Target};
use bellwether_outbound::{Outbound, OutboundError, host_of};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Said, by, wait_after};
use crate::Notifier;
use crate::receivers::Post;

/// An app, and the receivers that it posts to.
pub(super) struct App<'a> {
    server: &'a str,
    /// The token of the app, which opens connections; posting is by that of its bot.
    token: &'a str,
    receivers: Vec<&'a Receiver>,
    outbound: &'a Outbound,
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "type")]
    kind: String,
    envelope_id: Option<String>,
    #[serde(default)]
    payload: Value,
}

/// What was pressed (docs.slack.dev, "block_actions payload").
#[derive(Deserialize)]
struct Pressed {
    user: Person,
    channel: Channel,
    message: Shown,
    actions: Vec<Action>,
}

#[derive(Deserialize)]
struct Person {
    id: String,
    name: Option<String>,
    username: Option<String>,
}

#[derive(Deserialize)]
struct Channel {
    id: String,
}

#[derive(Deserialize)]
struct Shown {
    ts: String,
}

#[derive(Deserialize)]
struct Action {
    value: Option<String>,
}

/// Why nothing is heard.
enum Deaf {
    Unreachable(OutboundError),
    Refused(String),
}

impl From<OutboundError> for Deaf {
    fn from(error: OutboundError) -> Self {
        Self::Unreachable(error)
    }
}

impl Notifier {
    /// The apps whose receivers have buttons, each once.
    pub(super) fn slack_apps(&self) -> Vec<App<'_>> {
        let mut apps: Vec<App<'_>> = Vec::new();
        for (receiver, outbound) in self.receivers.values() {
            let (Target::Place { server, .. }, Some(token)) =
                (&receiver.target, &receiver.app_token)
            else {
                continue;
            };
            if receiver.kind != ReceiverKind::SlackApp || !receiver.buttons {
                continue;
            }
            let same = |app: &&mut App<'_>| app.server == server && app.token == token.reveal();
            match apps.iter_mut().find(same) {
                Some(app) => app.receivers.push(receiver),
                None => apps.push(App {
                    server,
                    token: token.reveal(),
                    receivers: vec![receiver],
                    outbound,
                }),
            }
        }
        apps
    }

    /// Hears an app for as long as it is polled.
    pub(super) async fn hear_slack(&self, app: App<'_>) {
        let mut failures: u32 = 0;
        // Once for each time that nothing is heard.
        let mut is_warned = false;
        loop {
            let mut has_heard = false;
            let ended = self.hear_connection(&app, &mut has_heard).await;
            if has_heard {
                failures = 0;
                is_warned = false;
            }
            // A connection that is renewed as announced is no failure, and yet none is opened without end.
            failures += 1;
            if let Err(deaf) = ended
                && !is_warned
            {
                app.warn(&deaf);
                is_warned = true;
            }
            tokio::time::sleep(wait_after(failures)).await;
        }
    }

    /// Hears one connection until it ends.
    async fn hear_connection(&self, app: &App<'_>, has_heard: &mut bool) -> Result<(), Deaf> {
        let mut socket = app.outbound.websocket(&app.address().await?).await?;
        while let Some(text) = socket.next().await? {
            *has_heard = true;
            let Ok(envelope) = serde_json::from_str::<Envelope>(&text) else {
                continue;
            };
            if envelope.kind == "disconnect" {
                return Ok(());
            }
            let Some(id) = envelope.envelope_id else {
                continue;
            };
            let pressed = serde_json::from_value::<Pressed>(envelope.payload).ok();
            let pressed = pressed.filter(|_| envelope.kind == "interactive");
            let Some(pressed) = pressed else {
                // None of ours, and not to come again.
                socket.send(json!({"envelope_id": id}).to_string()).await?;
                continue;
            };
            let Some(told) = self.pressed_in_slack(app, &pressed) else {
                // Not acknowledged: the person sees that nothing has happened, and presses again.
                continue;
            };
            socket.send(json!({"envelope_id": id}).to_string()).await?;
            if let Some((receiver, said, told)) = told {
                app.tell(receiver, &pressed, &told).await;
                if let Err(error) = self.refresh(receiver, &said).await {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(error, "a message that was replied to stands as it stood");
                }
            }
        }
        Ok(())
    }

    /// Takes in what was pressed: what the person is told, or nothing where it is none of ours; `None` where
    /// it could not be taken in.
    fn pressed_in_slack<'a, 'p>(
        &self,
        app: &App<'a>,
        pressed: &'p Pressed,
    ) -> Option<Option<(&'a Receiver, Said<'p>, String)>> {
        let is_of = |receiver: &&&Receiver| matches!(&receiver.target, Target::Place { to, .. } if *to == pressed.channel.id);
        let Some(receiver) = app.receivers.iter().find(is_of).copied() else {
            tracing::warn!(
                server = host_of(app.server),
                "a reply from a channel that no receiver names is passed over"
            );
            return Some(None);
        };
        let Some(code) = pressed
            .actions
            .iter()
            .find_map(|action| action.value.as_deref())
        else {
            return Some(None);
        };
        let user = &pressed.user;
        let name = user.name.as_ref().or(user.username.as_ref());
        let said = Said {
            code,
            by: by(name.map_or("", String::as_str), "slack", &user.id),
            message: format!("{} {}", pressed.channel.id, pressed.message.ts),
        };
        match self.take(receiver, &said) {
            Ok(told) => Some(Some((receiver, said, told))),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "a reply was not taken in");
                None
            }
        }
    }
}

impl App<'_> {
    /// The address of a new connection. It is a credential for a short time.
    async fn address(&self) -> Result<String, Deaf> {
        let url = format!("{}/api/apps.connections.open", self.server);
        // A value of ours is always written.
        let post = Post::json(url, &json!({})).map_err(Deaf::Refused)?;
        let answer = self
            .outbound
            .send(post.bearer(self.token).request())
            .await?;
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let address = body.get("url").and_then(Value::as_str);
        match address.filter(|_| body.get("ok") == Some(&Value::Bool(true))) {
            // Where Slack is reached over TLS, so is what it names.
            Some(address) if address.starts_with("wss:") || self.server.starts_with("http:") => {
                Ok(address.to_owned())
            }
            Some(_) => Err(Deaf::Refused("its connection is not encrypted".to_owned())),
            None => {
                let error = crate::receivers::word(body.get("error"));
                Err(Deaf::Refused(match error {
                    Some(error) => format!("it says {error}"),
                    None => format!("it answered {}", answer.status),
                }))
            }
        }
    }

    /// Says to the person alone what became of it.
    async fn tell(&self, receiver: &Receiver, pressed: &Pressed, told: &str) {
        let Target::Place { token, .. } = &receiver.target else {
            return;
        };
        let said = json!({
            "channel": pressed.channel.id,
            "user": pressed.user.id,
            "text": crate::neutral::slack(told),
        });
        let url = format!("{}/api/chat.postEphemeral", self.server);
        if let Ok(post) = Post::json(url, &said) {
            // They see in the message too who has the alert.
            let _ = self
                .outbound
                .send(post.bearer(token.reveal()).request())
                .await;
        }
    }

    fn warn(&self, deaf: &Deaf) {
        let (server, why) = (
            host_of(self.server),
            match deaf {
                Deaf::Unreachable(error) => error.to_string(),
                Deaf::Refused(why) => why.clone(),
            },
        );
        tracing::warn!(
            server,
            why,
            "buttons of Slack are not heard; it is tried again"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_another_shape_is_none_of_ours() {
        let good = json!({"type": "block_actions", "user": {"id": "U1", "username": "lin"},
            "channel": {"id": "C1", "name": "x"}, "message": {"ts": "1.2"},
            "actions": [{"action_id": "0", "value": "taken:a-1"}]});
        assert!(serde_json::from_value::<Pressed>(good.clone()).is_ok());
        for missing in ["user", "channel", "message", "actions"] {
            let mut other = good.clone();
            other.as_object_mut().unwrap().remove(missing);
            assert!(
                serde_json::from_value::<Pressed>(other).is_err(),
                "{missing}"
            );
        }
    }
}
