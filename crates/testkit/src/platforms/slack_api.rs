//! Slack's Web API, as far as messages of a bot go: `chat.postMessage`, `chat.update`, and the buttons of
//! messages by socket mode (`apps.connections.open`, `chat.postEphemeral`).
//!
//! Sources: Slack developer docs, `chat.postMessage` and `chat.update` (Bearer token; nearly every
//! failure is a 200 with `ok: false` and `error`; `ts` and `channel` name a message; `thread_ts`;
//! error words), "Rate limits" (one message a second and channel, short bursts tolerated without
//! promise; 429 with `Retry-After`). Editing takes at most 4000 characters: chainloop-dev/chainloop
//! issue 272. An unknown `thread_ts` is refused here as `thread_not_found`, the word of
//! `conversations.replies`; the reference of `chat.postMessage` does not say what becomes of it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::front::{Door, Front, Platform, Rules, whole_seconds};
use super::pace::Pace;
use super::slack_socket::Socket;
use super::{parts, slack_text};
use crate::server::{Answer, Request};

const TOKEN: &str = "xoxb-000-FAKEsecretFAKEsecret";
const APP_TOKEN: &str = "xapp-1-000-FAKEsecretFAKEsecret";
const CHANNEL: &str = "C0BELLWETHER";
/// Tolerated at once; the documents promise no number.
const BURST: u32 = 5;

/// A message in a channel, as it is now.
#[derive(Debug, Clone)]
pub struct SlackApiMessage {
    /// The channel.
    pub channel: String,
    /// What names it within the channel.
    pub ts: String,
    /// The message it replies to.
    pub thread_ts: Option<String>,
    /// The text, escaped as it came.
    pub text: String,
    /// What was last sent of it.
    pub body: Value,
    /// How often it was edited.
    pub edits: usize,
    is_ours: bool,
}

/// The API.
pub struct SlackApi {
    front: Front<Api>,
    socket: Arc<Socket>,
}

struct Api {
    pace: Pace,
    channels: BTreeSet<String>,
    messages: Vec<SlackApiMessage>,
    /// All that was ever shown, before edits too.
    shown: Vec<Value>,
    socket: Arc<Socket>,
    /// What was said to one person alone.
    told: Vec<String>,
}

impl SlackApi {
    /// A workspace with one channel, and one message a second and channel after five.
    #[must_use]
    pub fn open() -> Self {
        let socket = Arc::new(Socket::open());
        let front = Front::open(Api {
            pace: Pace::new(BURST, Duration::from_secs(1)),
            channels: BTreeSet::from([CHANNEL.to_owned()]),
            messages: Vec::new(),
            shown: Vec::new(),
            socket: Arc::clone(&socket),
            told: Vec::new(),
        });
        Self { front, socket }
    }

    /// The token of the app, which opens connections and posts nothing.
    #[must_use]
    pub const fn app_token(&self) -> &'static str {
        APP_TOKEN
    }

    /// Somebody presses the button of the last message on which this stands.
    ///
    /// # Panics
    /// Where there is none.
    pub fn press(&self, label: &str, person: (&str, &str)) {
        let messages = self.messages();
        let found = messages.iter().rev().find_map(|message| {
            let buttons = buttons(&message.body);
            let (_, value) = buttons.into_iter().find(|(text, _)| text == label)?;
            Some((message.channel.clone(), message.ts.clone(), value))
        });
        let (channel, ts, value) = found.unwrap_or_else(|| panic!("no button says {label}"));
        self.forge(&channel, &ts, &value, person);
    }

    /// A press of a button that nobody has made.
    pub fn forge(&self, channel: &str, ts: &str, value: &str, person: (&str, &str)) {
        self.socket.push(
            "interactive",
            json!({
                "type": "block_actions",
                "user": {"id": person.0, "username": person.1, "name": person.1, "team_id": "T0"},
                "container": {"type": "message_attachment", "message_ts": ts, "channel_id": channel},
                "channel": {"id": channel, "name": "room"},
                "message": {"type": "message", "ts": ts},
                "response_url": format!("{}/actions/secret", self.base()),
                "trigger_id": "1.2.secret",
                "actions": [{"action_id": "reply-0", "block_id": "x", "type": "button", "value": value}],
            }),
        );
    }

    /// Something of another kind happens.
    pub fn event(&self, payload: Value) {
        self.socket.push("events_api", payload);
    }

    /// What the app has not acknowledged.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.socket.waiting()
    }

    /// Connections the app has opened so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.socket.connections()
    }

    /// The connection is renewed, as Slack does every few hours.
    pub fn renew(&self) {
        self.socket.renew();
    }

    /// What was said to one person alone.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        self.front.rules().told.clone()
    }

    /// The token it takes.
    #[must_use]
    pub const fn token(&self) -> &'static str {
        TOKEN
    }

    /// The channel there is from the start.
    #[must_use]
    pub const fn channel(&self) -> &'static str {
        CHANNEL
    }

    /// Adds a channel.
    pub fn add_channel(&self, channel: &str) {
        self.front.rules().channels.insert(channel.to_owned());
    }

    /// From now on, takes `burst` messages of a channel at once and then one in each interval.
    pub fn pace(&self, burst: u32, every: Duration) {
        self.front.rules().pace = Pace::new(burst, every);
    }

    /// A message of somebody else, which the bot may not edit; gives its `ts`.
    #[must_use]
    pub fn post_by_another(&self, channel: &str, text: &str) -> String {
        let body = json!({"channel": channel, "text": text});
        self.front.rules().store(&body, channel, false).ts
    }

    /// The messages of the bot in the order of their first sending, as they are now.
    #[must_use]
    pub fn messages(&self) -> Vec<SlackApiMessage> {
        let mut messages = self.front.rules().messages.clone();
        messages.retain(|message| message.is_ours);
        messages
    }

    /// Whom all messages called, before edits too.
    #[must_use]
    pub fn pings(&self) -> Vec<String> {
        self.front
            .rules()
            .shown
            .iter()
            .flat_map(slack_text::pings)
            .collect()
    }

    /// The links of all messages, before edits too: address and label.
    #[must_use]
    pub fn links(&self) -> Vec<(String, String)> {
        self.front
            .rules()
            .shown
            .iter()
            .flat_map(slack_text::links)
            .collect()
    }
}

/// The buttons of a message: what stands on each, and what it sends back.
fn buttons(body: &Value) -> Vec<(String, String)> {
    let list = |value: &Value, key: &str| value[key].as_array().cloned().unwrap_or_default();
    let blocks = list(body, "attachments");
    let blocks = blocks
        .iter()
        .flat_map(|attachment| list(attachment, "blocks"));
    let elements = blocks.flat_map(|block| list(&block, "elements"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    elements
        .map(|button| (text(&button["text"]["text"]), text(&button["value"])))
        .collect()
}

/// What is wrong with the buttons of a message ("button element": 75 characters on it, a value of 2,000;
/// "actions block": 25 elements).
fn buttons_fault(body: &Value) -> Option<&'static str> {
    let buttons = buttons(body);
    let is_good = |(text, value): &(String, String)| {
        !text.is_empty() && text.chars().count() <= 75 && value.chars().count() <= 2_000
    };
    (buttons.len() > 25 || !buttons.iter().all(is_good)).then_some("invalid_attachments")
}

impl Platform for SlackApi {
    fn door(&self) -> &Door {
        self.front.door()
    }
}

impl Api {
    fn store(&mut self, body: &Value, channel: &str, is_ours: bool) -> SlackApiMessage {
        let message = SlackApiMessage {
            channel: channel.to_owned(),
            ts: format!("1700000000.{:06}", self.messages.len() + 1),
            thread_ts: parts::text(body, "thread_ts").map(str::to_owned),
            text: parts::text(body, "text").unwrap_or_default().to_owned(),
            body: body.clone(),
            edits: 0,
            is_ours,
        };
        self.messages.push(message.clone());
        if is_ours {
            self.shown.push(body.clone());
        }
        message
    }

    fn place(&self, channel: &str, ts: &str) -> Option<usize> {
        self.messages
            .iter()
            .position(|message| message.channel == channel && message.ts == ts)
    }

    fn post(&mut self, body: &Value, channel: &str) -> Result<SlackApiMessage, &'static str> {
        if let Some(fault) = slack_text::fault(body, slack_text::TEXT_MAX) {
            return Err(fault);
        }
        if let Some(thread) = parts::text(body, "thread_ts") {
            self.place(channel, thread).ok_or("thread_not_found")?;
        }
        Ok(self.store(body, channel, true))
    }

    fn update(&mut self, body: &Value, channel: &str) -> Result<SlackApiMessage, &'static str> {
        let ts = parts::text(body, "ts").unwrap_or_default();
        let place = self.place(channel, ts).ok_or("message_not_found")?;
        if !self.messages[place].is_ours {
            return Err("cant_update_message");
        }
        if let Some(fault) = slack_text::fault(body, slack_text::EDITED_TEXT_MAX) {
            return Err(fault);
        }
        let message = &mut self.messages[place];
        message.text = parts::text(body, "text").unwrap_or_default().to_owned();
        let kept = message.body["attachments"].clone();
        message.body = body.clone();
        if body.get("attachments").is_none() {
            message.body["attachments"] = kept;
        }
        message.edits += 1;
        self.shown.push(body.clone());
        Ok(message.clone())
    }

    fn asked(&mut self, request: &Request) -> Result<Answer, &'static str> {
        if parts::path(request) == "/api/apps.connections.open" {
            return match parts::bearer(request) {
                Some(APP_TOKEN) => Ok(Answer::json(
                    200,
                    &json!({"ok": true, "url": self.socket.ticket()}),
                )),
                Some(TOKEN) => Err("not_allowed_token_type"),
                _ => Err("invalid_auth"),
            };
        }
        match request.header("authorization") {
            None => return Err("not_authed"),
            Some(_) if parts::bearer(request) != Some(TOKEN) => return Err("invalid_auth"),
            Some(_) => {}
        }
        if !parts::is_json(request) {
            return Err("invalid_post_type");
        }
        let body = parts::object(request).ok_or("invalid_json")?;
        let channel = parts::text(&body, "channel").unwrap_or_default();
        if !self.channels.contains(channel) {
            return Err("channel_not_found");
        }
        if parts::path(request) == "/api/chat.postEphemeral" {
            parts::text(&body, "user").ok_or("user_not_in_channel")?;
            let text = parts::text(&body, "text").ok_or("no_text")?;
            self.told.push(text.to_owned());
            return Ok(Answer::json(200, &json!({"ok": true, "message_ts": "1.1"})));
        }
        if let Some(fault) = buttons_fault(&body) {
            return Err(fault);
        }
        let is_post = match parts::path(request) {
            "/api/chat.postMessage" => true,
            "/api/chat.update" => false,
            _ => return Err("unknown_method"),
        };
        // Editing has a limit of its own, far above ours.
        if is_post && let Err(wait) = self.pace.take(channel, Instant::now()) {
            return Ok(Self::too_fast(wait));
        }
        let message = if is_post {
            self.post(&body, channel)
        } else {
            self.update(&body, channel)
        }?;
        Ok(Answer::json(
            200,
            &json!({
                "ok": true,
                "channel": message.channel,
                "ts": message.ts,
                "message": {"type": "message", "text": message.text, "ts": message.ts,
                            "thread_ts": message.thread_ts},
            }),
        ))
    }
}

impl Rules for Api {
    fn answer(&mut self, request: &Request) -> Answer {
        self.asked(request)
            .unwrap_or_else(|error| Answer::json(200, &json!({"ok": false, "error": error})))
    }

    fn too_fast(wait: Duration) -> Answer {
        Answer::json(429, &json!({"ok": false, "error": "ratelimited"}))
            .header("Retry-After", &whole_seconds(wait).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{Reply, send};

    fn call(api: &SlackApi, method: &str, token: &str, body: &Value) -> Reply {
        let headers = [
            ("Authorization", &*format!("Bearer {token}")),
            ("Content-Type", "application/json; charset=utf-8"),
        ];
        let url = format!("{}/api/{method}", api.url());
        send("POST", &url, &headers, body.to_string().as_bytes()).unwrap()
    }

    fn post(api: &SlackApi, body: &Value) -> Value {
        call(api, "chat.postMessage", TOKEN, body).json()
    }

    fn update(api: &SlackApi, body: &Value) -> Value {
        call(api, "chat.update", TOKEN, body).json()
    }

    #[test]
    fn a_message_is_posted_answered_and_edited() {
        let api = SlackApi::open();
        let first = post(&api, &json!({"channel": CHANNEL, "text": "one <!here>"}));
        assert_eq!(first["ok"], true);
        assert_eq!(first["channel"], CHANNEL);
        let ts = &first["ts"];
        let reply = json!({"channel": CHANNEL, "text": "two", "thread_ts": ts});
        assert_eq!(post(&api, &reply)["message"]["thread_ts"], *ts);
        let edit = json!({"channel": CHANNEL, "ts": ts, "text": "<https://a.example|three>"});
        assert_eq!(update(&api, &edit)["ts"], *ts);
        let messages = api.messages();
        assert_eq!(messages.len(), 2);
        assert_eq!(messages[0].edits, 1);
        assert_eq!(messages[1].thread_ts.as_deref(), ts.as_str());
        assert_eq!(api.pings(), ["<!here>"], "an edit takes no ping back");
        assert_eq!(
            api.links(),
            [("https://a.example".to_owned(), "three".to_owned())]
        );
    }

    #[test]
    fn broken_rules_are_a_200_that_names_them() {
        let api = SlackApi::open();
        api.pace(1000, Duration::from_millis(1));
        let good = json!({"channel": CHANNEL, "text": "a"});
        let wrong = call(&api, "chat.postMessage", "xoxb-other", &good);
        assert_eq!(
            (wrong.status, &wrong.json()["error"]),
            (200, &json!("invalid_auth"))
        );
        let bare = send(
            "POST",
            &format!("{}/api/chat.update", api.url()),
            &[],
            b"{}",
        )
        .unwrap();
        assert_eq!(bare.json()["error"], "not_authed");
        let token = format!("Bearer {TOKEN}");
        let typed = |kind: &str, body: &[u8]| {
            let headers = [("Authorization", &*token), ("Content-Type", kind)];
            send(
                "POST",
                &format!("{}/api/chat.postMessage", api.url()),
                &headers,
                body,
            )
            .unwrap()
        };
        assert_eq!(
            typed("text/csv", b"{}").json()["error"],
            "invalid_post_type"
        );
        assert_eq!(
            typed("application/json", b"{").json()["error"],
            "invalid_json"
        );
        for (body, error) in [
            (
                json!({"channel": "C0OTHER", "text": "a"}),
                "channel_not_found",
            ),
            (json!({"text": "a"}), "channel_not_found"),
            (json!({"channel": CHANNEL}), "no_text"),
            (
                json!({"channel": CHANNEL, "text": "a".repeat(40_001)}),
                "msg_too_long",
            ),
            (
                json!({"channel": CHANNEL, "text": "a", "thread_ts": "1.2"}),
                "thread_not_found",
            ),
        ] {
            assert_eq!(post(&api, &body)["error"], error);
        }
        assert_eq!(
            call(&api, "chat.shout", TOKEN, &good).json()["error"],
            "unknown_method"
        );
        assert!(api.messages().is_empty());
    }

    #[test]
    fn only_own_messages_are_edited_and_only_shortly() {
        let api = SlackApi::open();
        let ts = post(&api, &json!({"channel": CHANNEL, "text": "a"}))["ts"].clone();
        let theirs = api.post_by_another(CHANNEL, "b");
        api.add_channel("C0OTHER");
        for (body, error) in [
            (
                json!({"channel": CHANNEL, "ts": "1.2", "text": "c"}),
                "message_not_found",
            ),
            (
                json!({"channel": "C0OTHER", "ts": ts, "text": "c"}),
                "message_not_found",
            ),
            (
                json!({"channel": CHANNEL, "ts": theirs, "text": "c"}),
                "cant_update_message",
            ),
            (json!({"channel": CHANNEL, "ts": ts}), "no_text"),
            (
                json!({"channel": CHANNEL, "ts": ts, "text": "c".repeat(4001)}),
                "msg_too_long",
            ),
        ] {
            assert_eq!(update(&api, &body)["error"], error);
        }
        assert_eq!(api.messages().len(), 1);
        assert_eq!(api.messages()[0].text, "a");
    }

    #[test]
    fn a_channel_takes_a_burst_and_then_one_at_a_time() {
        let api = SlackApi::open();
        api.add_channel("C0OTHER");
        api.pace(5, Duration::from_secs(3600));
        let body = json!({"channel": CHANNEL, "text": "a"});
        let statuses: Vec<u16> = (0..6)
            .map(|_| call(&api, "chat.postMessage", TOKEN, &body).status)
            .collect();
        assert_eq!(statuses, [200, 200, 200, 200, 200, 429]);
        let last = call(&api, "chat.postMessage", TOKEN, &body);
        assert_eq!(last.json()["error"], "ratelimited");
        assert!(last.header("retry-after").is_some());
        assert_eq!(api.messages().len(), 5);
        let elsewhere = json!({"channel": "C0OTHER", "text": "a"});
        assert_eq!(
            post(&api, &elsewhere)["ok"],
            true,
            "each channel has its own pace"
        );
    }
}
