//! What is pressed in Slack, by its socket mode (docs.slack.dev, "Using Socket Mode": an address for a
//! WebSocket by `apps.connections.open` with the token of the app; envelopes, each acknowledged by its id;
//! `disconnect` before the connection is renewed).
//!
//! One loop for each app: of several connections each envelope goes to one. An envelope is acknowledged after
//! it was taken in; one that is not comes again.

use bellwether_model::{Receiver, Target};
use serde::Deserialize;
use serde_json::{Value, json};

use super::ear::{Deaf, Ear};
use super::{Said, Taken, by};
use crate::Notifier;
use crate::receivers::Post;

/// An envelope has what was pressed, and the message that it was pressed on.
const EVENT_BYTES_MAX: usize = 256 << 10;

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

impl Notifier {
    /// Hears one connection until it ends.
    pub(super) async fn hear_slack(&self, ear: &Ear<'_>, has_heard: &mut bool) -> Result<(), Deaf> {
        let mut socket = ear
            .outbound
            .websocket(&address(ear).await?, EVENT_BYTES_MAX)
            .await?;
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
            let Some(taken) = self.pressed_in_slack(ear, &pressed) else {
                // Not acknowledged: it comes again.
                continue;
            };
            socket.send(json!({"envelope_id": id}).to_string()).await?;
            if let Some((receiver, said, taken)) = taken {
                tell(ear, receiver, &pressed, &taken.told).await;
                self.refresh(receiver, &said).await;
            }
        }
        Ok(())
    }

    /// Takes in what was pressed; an inner `None` where it is none of ours, and an outer one where it could
    /// not be taken in.
    fn pressed_in_slack<'a, 'p>(
        &self,
        ear: &Ear<'a>,
        pressed: &'p Pressed,
    ) -> Option<Option<(&'a Receiver, Said<'p>, Taken)>> {
        let mut values = pressed.actions.iter();
        let code = values.find_map(|action| action.value.as_deref());
        let (Some(receiver), Some(code)) = (ear.receiver_at(&pressed.channel.id), code) else {
            return Some(None);
        };
        let user = &pressed.user;
        let name = user.name.as_ref().or(user.username.as_ref());
        let said = Said {
            code,
            by: by(name.map_or("", String::as_str), "slack", &user.id),
            message: format!("{} {}", pressed.channel.id, pressed.message.ts),
        };
        let taken = self.take(receiver, &said)?;
        Some(Some((receiver, said, taken)))
    }
}

/// The address of a new connection. It is a credential for a short time.
async fn address(ear: &Ear<'_>) -> Result<String, Deaf> {
    let url = format!("{}/api/apps.connections.open", ear.server);
    // A value of ours is always written.
    let post = Post::json(url, &json!({})).map_err(Deaf::Refused)?;
    let body = ear.ask(post.bearer(ear.token).request()).await?;
    let address = body.get("url").and_then(Value::as_str);
    match address.filter(|_| body.get("ok") == Some(&Value::Bool(true))) {
        Some(address) => ear.safe(address),
        None => {
            let error = crate::receivers::word(body.get("error"));
            let error = error.unwrap_or_else(|| "nothing that is understood".to_owned());
            Err(Deaf::Refused(format!("it says {error}")))
        }
    }
}

/// Says to the person alone what became of it; they see in the message too who has the alert.
async fn tell(ear: &Ear<'_>, receiver: &Receiver, pressed: &Pressed, told: &str) {
    let Target::Place { token, .. } = &receiver.target else {
        return;
    };
    let said = json!({
        "channel": pressed.channel.id,
        "user": pressed.user.id,
        "text": crate::neutral::slack(told),
    });
    let url = format!("{}/api/chat.postEphemeral", ear.server);
    if let Ok(post) = Post::json(url, &said) {
        ear.post(post.bearer(token.reveal())).await;
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
