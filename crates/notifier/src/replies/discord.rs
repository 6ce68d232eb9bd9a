//! What is pressed in Discord, by its gateway (discord-api-docs, events/gateway: a WebSocket whose address is
//! asked for, `Hello` with the time between heartbeats, `Identify`, events; interactions/receiving-and-responding:
//! an answer within three seconds, else the person is told that it failed).
//!
//! A session is begun anew each time and never resumed: what was pressed meanwhile has failed for who pressed
//! it, and an answer would come too late. Sessions of a day are limited, and a bot that begins more gets its
//! token withdrawn, so none is begun when few are left.

use std::time::Duration;

use bellwether_outbound::{Method, WebSocket};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{MissedTickBehavior, interval};

use super::ear::{Deaf, Ear};
use super::{Said, by};
use crate::Notifier;
use crate::receivers::Post;
use crate::receivers::discord_app::{API, by_bot};

/// Sessions that are left for others of the same bot, and for the person who looks for a fault.
const SESSIONS_KEPT: u64 = 50;

/// What a server may call the time between heartbeats, in milliseconds: the usual is 41,250.
const BEAT_MILLIS: std::ops::RangeInclusive<u64> = 100..=100_000;

/// What comes of buttons is small, and so is what comes first.
const EVENT_BYTES_MAX: usize = 256 << 10;

/// What the gateway sends and is sent (events/gateway-events, "Payload Structure").
mod op {
    pub(super) const DISPATCH: u64 = 0;
    pub(super) const HEARTBEAT: u64 = 1;
    pub(super) const IDENTIFY: u64 = 2;
    pub(super) const RECONNECT: u64 = 7;
    pub(super) const INVALID_SESSION: u64 = 9;
    pub(super) const HELLO: u64 = 10;
    pub(super) const HEARTBEAT_ACK: u64 = 11;
}

#[derive(Deserialize)]
struct Frame {
    op: u64,
    #[serde(default)]
    d: Value,
    s: Option<u64>,
    t: Option<String>,
}

#[derive(Deserialize)]
struct Gateway {
    url: String,
    session_start_limit: Sessions,
}

#[derive(Deserialize)]
struct Sessions {
    remaining: u64,
    /// Milliseconds.
    reset_after: u64,
}

/// A button that was pressed.
#[derive(Deserialize)]
struct Pressed {
    id: String,
    /// With it the press is answered, by whoever has it.
    token: String,
    channel_id: String,
    message: Shown,
    data: Data,
    /// Who, in a server.
    member: Option<Member>,
    /// Who, in a message to the bot alone.
    user: Option<Person>,
}

#[derive(Deserialize)]
struct Shown {
    id: String,
}

#[derive(Deserialize)]
struct Data {
    custom_id: String,
}

#[derive(Deserialize)]
struct Member {
    user: Person,
}

#[derive(Deserialize)]
struct Person {
    id: String,
    username: String,
    global_name: Option<String>,
}

impl Notifier {
    /// Hears one connection until it ends.
    pub(super) async fn hear_discord(
        &self,
        ear: &Ear<'_>,
        has_heard: &mut bool,
    ) -> Result<(), Deaf> {
        let mut socket = ear
            .outbound
            .websocket(&address(ear).await?, EVENT_BYTES_MAX)
            .await?;
        let every = hello(&mut socket).await?;
        send(&mut socket, op::IDENTIFY, &identity(ear)).await?;
        // The first one at once.
        let mut beats = interval(every);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut last: Option<u64> = None;
        let mut is_alive = true;
        loop {
            let text = tokio::select! {
                // What has come already is read first: an answer to the last heartbeat among it.
                biased;
                text = socket.next() => text?,
                _ = beats.tick() => {
                    if !is_alive {
                        return Err(Deaf::Refused("it does not answer heartbeats".to_owned()));
                    }
                    is_alive = false;
                    send(&mut socket, op::HEARTBEAT, &json!(last)).await?;
                    continue;
                }
            };
            let Some(text) = text else {
                return Ok(());
            };
            let Ok(frame) = serde_json::from_str::<Frame>(&text) else {
                continue;
            };
            last = frame.s.or(last);
            match frame.op {
                op::HEARTBEAT => send(&mut socket, op::HEARTBEAT, &json!(last)).await?,
                op::HEARTBEAT_ACK => is_alive = true,
                op::RECONNECT => return Ok(()),
                op::INVALID_SESSION => {
                    return Err(Deaf::Refused("it takes no session".to_owned()));
                }
                op::DISPATCH => match frame.t.as_deref() {
                    Some("READY") => *has_heard = true,
                    Some("INTERACTION_CREATE") => self.pressed_in_discord(ear, frame.d).await,
                    _ => {}
                },
                _ => {}
            }
        }
    }

    async fn pressed_in_discord(&self, ear: &Ear<'_>, pressed: Value) {
        // Of another kind or shape: none of ours.
        let Ok(pressed) = serde_json::from_value::<Pressed>(pressed) else {
            return;
        };
        let user = pressed.member.as_ref().map(|member| &member.user);
        let (Some(receiver), Some(user)) = (
            ear.receiver_at(&pressed.channel_id),
            user.or(pressed.user.as_ref()),
        ) else {
            return;
        };
        let name = user.global_name.as_ref().unwrap_or(&user.username);
        let said = Said {
            code: &pressed.data.custom_id,
            by: by(name, "discord", &user.id),
            message: pressed.message.id.clone(),
        };
        let Some(taken) = self.take(receiver, &said) else {
            return;
        };
        tell(ear, &pressed, &taken.told).await;
        self.refresh(receiver, &said).await;
    }
}

/// The address of the gateway, where a session may be begun.
async fn address(ear: &Ear<'_>) -> Result<String, Deaf> {
    let url = format!("{}/{API}/gateway/bot", ear.server);
    let question = by_bot(Post::empty(Method::Get, url), ear.token);
    let gateway = ear.ask(question.request()).await?;
    let Ok(gateway) = serde_json::from_value::<Gateway>(gateway) else {
        return Err(Deaf::Refused("it names no gateway".to_owned()));
    };
    let sessions = gateway.session_start_limit;
    if sessions.remaining <= SESSIONS_KEPT {
        return Err(Deaf::Later(Duration::from_millis(sessions.reset_after)));
    }
    let address = gateway.url.trim_end_matches('/');
    ear.safe(&format!("{address}/?v=10&encoding=json"))
}

/// What comes first: how long to wait between heartbeats.
async fn hello(socket: &mut WebSocket) -> Result<Duration, Deaf> {
    let text = socket.next().await?.unwrap_or_default();
    let every = match serde_json::from_str::<Frame>(&text) {
        Ok(frame) if frame.op == op::HELLO => frame.d["heartbeat_interval"].as_u64(),
        _ => None,
    };
    let every = every.ok_or_else(|| Deaf::Refused("it does not say hello".to_owned()))?;
    Ok(Duration::from_millis(
        every.clamp(*BEAT_MILLIS.start(), *BEAT_MILLIS.end()),
    ))
}

/// Who we are. No events are asked for: buttons come without.
fn identity(ear: &Ear<'_>) -> Value {
    let name = "bellwether";
    json!({
        "token": ear.token,
        "intents": 0,
        "properties": {"os": std::env::consts::OS, "browser": name, "device": name},
    })
}

async fn send(socket: &mut WebSocket, op: u64, d: &Value) -> Result<(), Deaf> {
    let frame = json!({"op": op, "d": d});
    Ok(socket.send(frame.to_string()).await?)
}

/// Says to the person alone what became of it ("Create Interaction Response": a message of type 4, with the
/// flag that only they see it).
async fn tell(ear: &Ear<'_>, pressed: &Pressed, told: &str) {
    let said = json!({
        "type": 4,
        "data": {
            "content": crate::neutral::discord(told),
            "flags": 1 << 6,
            "allowed_mentions": {"parse": []},
        },
    });
    let (id, token) = (&pressed.id, &pressed.token);
    let url = format!("{}/{API}/interactions/{id}/{token}/callback", ear.server);
    if let Ok(post) = Post::json(url, &said) {
        ear.post(by_bot(post, ear.token)).await;
    }
}
