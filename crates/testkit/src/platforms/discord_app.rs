//! The bot of an app of Discord: messages of a channel, and buttons by the gateway.
//!
//! Sources: discord-api-docs, reference (`Authorization: Bot`, a `User-Agent` of the form `DiscordBot (url,
//! version)`), resources/message ("Create Message" with `nonce` and `enforce_nonce`, "Edit Message"),
//! components/reference (action rows of at most five buttons, labels of 80 characters, `custom_id` of 100 and
//! unique), events/gateway (`Hello`, `Identify`, heartbeats, session start limit, close codes),
//! interactions/receiving-and-responding (answers by the token of the interaction, once),
//! topics/opcodes-and-status-codes (10003, 10008, 10062, 40060). What is pressed while nobody is connected is
//! lost, as it is there for who does not resume.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::discord::too_fast;
use super::discord_limits::{is_empty, pings, refusal, refused};
use super::front::{Door, Front, Platform, Rules};
use super::wire::{Link, Speaks, Wire};
use super::{markdown, parts};
use crate::server::{Answer, Request};

const TOKEN: &str = "MTE.FAKEsecretFAKEsecret";
const CHANNEL: &str = "1100000000000000001";

/// A message in the channel, as it is now.
#[derive(Debug, Clone)]
pub struct DiscordAppMessage {
    /// What edits name it by.
    pub id: String,
    /// All that was sent of it, each member as it was last sent.
    pub body: Value,
    /// How often it was edited.
    pub edits: usize,
}

impl DiscordAppMessage {
    /// The text.
    #[must_use]
    pub fn content(&self) -> &str {
        parts::text(&self.body, "content").unwrap_or_default()
    }

    /// Its buttons: what stands on each, and what it sends back.
    #[must_use]
    pub fn buttons(&self) -> Vec<(String, String)> {
        let rows = parts::elements(&self.body, "components").iter();
        let buttons = rows.flat_map(|row| parts::elements(row, "components"));
        let text =
            |button: &Value, name: &str| parts::text(button, name).unwrap_or_default().to_owned();
        buttons
            .map(|button| (text(button, "label"), text(button, "custom_id")))
            .collect()
    }

    fn answer(&self) -> Answer {
        let mut body = self.body.clone();
        body["id"] = json!(self.id);
        body["channel_id"] = json!(CHANNEL);
        Answer::json(200, &body)
    }
}

/// The platform, with one bot and one channel that it is in.
pub struct DiscordApp {
    front: Front<Api>,
    gateway: Arc<Wire<Gateway>>,
}

struct Api {
    gateway: Arc<Wire<Gateway>>,
    messages: Vec<DiscordAppMessage>,
    pings: Vec<String>,
    /// What was said to one person alone.
    told: Vec<String>,
}

impl DiscordApp {
    /// A channel without messages.
    #[must_use]
    pub fn open() -> Self {
        let gateway = Arc::new(Wire::open(Gateway {
            sessions_left: 1_000,
            beat: Duration::from_millis(41_250),
            ..Gateway::default()
        }));
        let front = Front::open(Api {
            gateway: Arc::clone(&gateway),
            messages: Vec::new(),
            pings: Vec::new(),
            told: Vec::new(),
        });
        Self { front, gateway }
    }

    /// The token it takes.
    #[must_use]
    pub const fn token(&self) -> &'static str {
        TOKEN
    }

    /// The channel that the bot is in.
    #[must_use]
    pub const fn channel(&self) -> &'static str {
        CHANNEL
    }

    /// So many sessions may still be begun.
    pub fn leave_sessions(&self, left: u64) {
        self.gateway.with(|gateway| gateway.sessions_left = left);
    }

    /// From the next session on, wants a heartbeat so often.
    pub fn beat_every(&self, beat: Duration) {
        self.gateway.with(|gateway| gateway.beat = beat);
    }

    /// No longer answers heartbeats.
    pub fn fall_silent(&self) {
        self.gateway.with(|gateway| gateway.is_silent = true);
    }

    /// Asks all connections to come again.
    pub fn renew(&self) {
        self.gateway.with(|gateway| gateway.renewals += 1);
    }

    /// Sessions that were begun so far.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.gateway.with(|gateway| gateway.sessions)
    }

    /// Heartbeats that came so far.
    #[must_use]
    pub fn beats(&self) -> usize {
        self.gateway.with(|gateway| gateway.beats)
    }

    /// The messages in the order of their sending, as they are now.
    #[must_use]
    pub fn messages(&self) -> Vec<DiscordAppMessage> {
        self.front.rules().messages.clone()
    }

    /// Whom all messages, edits and answers mentioned with their own leave.
    #[must_use]
    pub fn pings(&self) -> Vec<String> {
        self.front.rules().pings.clone()
    }

    /// The links of all messages as they are now: address and label.
    #[must_use]
    pub fn links(&self) -> Vec<(String, String)> {
        let messages = self.messages();
        let links = messages
            .iter()
            .map(|message| markdown::links(message.content()));
        links.flatten().collect()
    }

    /// What was said to one person alone.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        self.front.rules().told.clone()
    }

    /// Somebody presses the button of the last message on which this stands.
    ///
    /// # Panics
    /// Where there is none.
    pub fn press(&self, label: &str, person: (&str, &str)) {
        let messages = self.messages();
        let found = messages.iter().rev().find_map(|message| {
            let buttons = message.buttons();
            let (_, code) = buttons.into_iter().find(|(text, _)| text == label)?;
            Some((message.id.clone(), code))
        });
        let (message, code) = found.unwrap_or_else(|| panic!("no button says {label}"));
        self.forge(CHANNEL, &message, &code, person);
    }

    /// A press of a button that nobody has made.
    pub fn forge(&self, channel: &str, message: &str, code: &str, person: (&str, &str)) {
        self.gateway.with(|gateway| {
            let number = gateway.events.len() + 1;
            let (id, token) = (format!("12000{number}"), format!("FAKEsecret{number}"));
            gateway.open.insert((id.clone(), token.clone()));
            let event = json!({
                "id": id, "token": token, "type": 3, "version": 1, "application_id": "1",
                "channel_id": channel, "guild_id": "1", "message": {"id": message},
                "data": {"component_type": 2, "custom_id": code},
                "member": {"user": {"id": person.0, "username": "name", "global_name": person.1}},
            });
            gateway.events.push(event);
        });
    }
}

impl Platform for DiscordApp {
    fn door(&self) -> &Door {
        self.front.door()
    }
}

/// What is wrong with the buttons of a message.
fn buttons_fault(body: &Value) -> bool {
    let rows = parts::elements(body, "components");
    let mut codes = BTreeSet::new();
    let mut is_button = |button: &Value| {
        let (label, code) = (
            parts::text(button, "label"),
            parts::text(button, "custom_id"),
        );
        button["type"] == 2
            && matches!(button["style"].as_u64(), Some(1..=4))
            && label.is_some_and(|label| (1..=80).contains(&label.chars().count()))
            && code.is_some_and(|code| {
                (1..=100).contains(&code.chars().count()) && codes.insert(code.to_owned())
            })
    };
    let mut is_row = |row: &Value| {
        let buttons = parts::elements(row, "components");
        row["type"] == 1 && (1..=5).contains(&buttons.len()) && buttons.iter().all(&mut is_button)
    };
    rows.len() > 5 || !rows.iter().all(&mut is_row)
}

impl Api {
    fn post(&mut self, body: Value) -> Answer {
        if is_empty(&body) {
            return refusal(400, 50006, "Cannot send an empty message");
        }
        let nonce = body.get("nonce").and_then(Value::as_str);
        if nonce.is_some_and(|nonce| nonce.chars().count() > 25) {
            return refusal(400, 50035, "Invalid Form Body");
        }
        if body["enforce_nonce"] == true && nonce.is_some() {
            let same = |message: &&DiscordAppMessage| message.body["nonce"] == body["nonce"];
            if let Some(first) = self.messages.iter().find(same) {
                return first.answer();
            }
        }
        self.pings.extend(pings(&body));
        let message = DiscordAppMessage {
            id: format!("11000000000000{:05}", self.messages.len() + 1),
            body,
            edits: 0,
        };
        self.messages.push(message.clone());
        message.answer()
    }

    fn edit(&mut self, id: &str, body: &Value) -> Answer {
        let Some(message) = self.messages.iter_mut().find(|message| message.id == id) else {
            return refusal(404, 10008, "Unknown Message");
        };
        if let (Some(edited), Some(body)) = (message.body.as_object_mut(), body.as_object()) {
            edited.extend(body.clone());
        }
        self.pings.extend(pings(body));
        message.edits += 1;
        message.answer()
    }

    fn respond(&mut self, id: &str, token: &str, body: &Value) -> Answer {
        let key = (id.to_owned(), token.to_owned());
        if !self.gateway.with(|gateway| gateway.open.remove(&key)) {
            return refusal(404, 10062, "Unknown interaction");
        }
        let data = &body["data"];
        let is_private = data["flags"]
            .as_u64()
            .is_some_and(|flags| flags & (1 << 6) != 0);
        if body["type"] != 4 || !is_private {
            return refusal(400, 50035, "Invalid Form Body");
        }
        self.pings.extend(pings(data));
        let text = parts::text(data, "content").unwrap_or_default();
        self.told.push(text.to_owned());
        Answer::status(204)
    }

    fn gateway(&self) -> Answer {
        let left = self.gateway.with(|gateway| gateway.sessions_left);
        Answer::json(
            200,
            &json!({"url": self.gateway.url(), "shards": 1, "session_start_limit":
                {"total": 1_000, "remaining": left, "reset_after": 3_600_000, "max_concurrency": 1}}),
        )
    }
}

impl Rules for Api {
    fn answer(&mut self, request: &Request) -> Answer {
        let agent = request.header("user-agent").unwrap_or_default();
        if !agent.starts_with("DiscordBot (") {
            return Answer::status(403);
        }
        let path = parts::path(request).to_owned();
        let steps: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let body = parts::object(request).filter(|_| parts::is_json(request));
        // An interaction is answered by its own token.
        if let (["api", "v10", "interactions", id, token, "callback"], Some(body)) =
            (steps.as_slice(), &body)
        {
            return self.respond(id, token, body);
        }
        if request.header("authorization") != Some(&format!("Bot {TOKEN}")) {
            return refusal(401, 0, "401: Unauthorized");
        }
        let body = match (request.method.as_str(), steps.as_slice()) {
            ("GET", ["api", "v10", "gateway", "bot"]) => return self.gateway(),
            (_, ["api", "v10", "channels", CHANNEL, "messages", ..]) => body,
            (_, ["api", "v10", "channels", ..]) => return refusal(404, 10003, "Unknown Channel"),
            _ => return refusal(404, 0, "404: Not Found"),
        };
        let Some(body) = body else {
            return refusal(400, 50109, "The request body contains invalid JSON.");
        };
        if let Some(answer) = refused(&body) {
            return answer;
        }
        if buttons_fault(&body) {
            return refusal(400, 50035, "Invalid Form Body");
        }
        match (request.method.as_str(), steps.last()) {
            ("POST", Some(&"messages")) => self.post(body),
            ("PATCH", Some(id)) => self.edit(id, &body),
            _ => refusal(405, 0, "405: Method Not Allowed"),
        }
    }

    fn too_fast(wait: Duration) -> Answer {
        too_fast(wait)
    }
}

/// The gateway.
#[derive(Default)]
struct Gateway {
    beat: Duration,
    sessions_left: u64,
    sessions: usize,
    beats: usize,
    renewals: usize,
    is_silent: bool,
    events: Vec<Value>,
    /// Interactions that may be answered: id and token.
    open: BTreeSet<(String, String)>,
}

impl Speaks for Gateway {
    fn lets_in(&mut self, target: &str) -> bool {
        target == "/?v=10&encoding=json"
    }

    fn says(&mut self, link: &mut Link) -> Vec<Value> {
        let mut says = Vec::new();
        if !link.is_greeted {
            link.is_greeted = true;
            link.renewals = self.renewals;
            let beat = u64::try_from(self.beat.as_millis()).unwrap_or(u64::MAX);
            says.push(json!({"op": 10, "d": {"heartbeat_interval": beat}}));
        }
        says.append(&mut link.owed);
        if self.renewals > link.renewals {
            link.renewals = self.renewals;
            says.push(json!({"op": 7, "d": null}));
        }
        if link.is_known {
            for (number, event) in self.events.iter().enumerate().skip(link.told) {
                says.push(json!({"op": 0, "t": "INTERACTION_CREATE", "s": number + 2, "d": event}));
            }
            link.told = self.events.len();
        }
        says
    }

    fn hears(&mut self, link: &mut Link, said: &Value) {
        match said["op"].as_u64() {
            Some(1) => {
                self.beats += 1;
                if !self.is_silent {
                    link.owed.push(json!({"op": 11}));
                }
            }
            Some(2) if link.is_known => link.closes = Some(4005),
            Some(2) if said["d"]["token"] != TOKEN => link.closes = Some(4004),
            Some(2) if self.sessions_left == 0 => link.closes = Some(4008),
            Some(2) => {
                link.is_known = true;
                // What happened before is told to nobody.
                link.told = self.events.len();
                self.sessions_left -= 1;
                self.sessions += 1;
                let ready = json!({"v": 10, "session_id": "s", "user": {"id": "1", "bot": true}});
                link.owed
                    .push(json!({"op": 0, "t": "READY", "s": 1, "d": ready}));
            }
            _ if !link.is_known => link.closes = Some(4003),
            _ => link.closes = Some(4001),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{Reply, send};

    fn ask(app: &DiscordApp, method: &str, path: &str, body: &Value) -> Reply {
        let url = format!("{}/api/v10/{path}", app.base());
        let headers = [
            ("Content-Type", "application/json"),
            ("Authorization", &format!("Bot {TOKEN}")),
            ("User-Agent", "DiscordBot (test, 1)"),
        ];
        send(method, &url, &headers, body.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn a_nonce_makes_two_requests_one_message_and_rules_hold() {
        let app = DiscordApp::open();
        let messages = format!("channels/{CHANNEL}/messages");
        let good = json!({"content": "a", "nonce": "n", "enforce_nonce": true});
        let first = ask(&app, "POST", &messages, &good).json();
        let again = ask(&app, "POST", &messages, &good).json();
        assert_eq!(first["id"], again["id"]);
        assert_eq!(app.messages().len(), 1);
        let code = |reply: &Reply| (reply.status, reply.json()["code"].as_u64().unwrap());
        let button = json!({"type": 2, "style": 2, "label": "a", "custom_id": "x"});
        for bad in [
            json!({"content": "a", "nonce": "n".repeat(26)}),
            json!({"content": "a".repeat(2_001)}),
            json!({"content": "a", "components": [{"type": 1, "components": [button, button]}]}),
            json!({"content": "a", "components": [{"type": 1, "components": []}]}),
            json!({"content": "a", "components": [button]}),
        ] {
            assert_eq!(
                code(&ask(&app, "POST", &messages, &bad)),
                (400, 50035),
                "{bad}"
            );
        }
        let elsewhere = ask(&app, "POST", "channels/1/messages", &good);
        assert_eq!(code(&elsewhere), (404, 10003));
        let gone = ask(&app, "PATCH", &format!("{messages}/1"), &good);
        assert_eq!(code(&gone), (404, 10008));
        let late = ask(
            &app,
            "POST",
            "interactions/1/x/callback",
            &json!({"type": 4}),
        );
        assert_eq!(code(&late), (404, 10062));
        let url = format!("{}/api/v10/{messages}", app.base());
        assert_eq!(send("POST", &url, &[], b"{}").unwrap().status, 403);
    }
}
