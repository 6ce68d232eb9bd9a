//! LINE's Messaging API, as far as pushing messages goes.
//!
//! Sources: LINE Developers, Messaging API reference, "Send push message" and "Error responses"
//! (`message` and `details` with the property), "Retry failed API requests" (`X-Line-Retry-Key` is a
//! UUID; a repeat after acceptance is a 409 with `x-line-accepted-request-id`), "Character counting in
//! a text" (5000 UTF-16 units), "Get the target limit for sending messages this month" and its
//! consumption; line/line-openapi, `messaging-api.yml`. The retry key is optional there, and so it is
//! here: a message without one shows `None`. Only text and flex messages are known.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::front::{Door, Front, Platform, Rules};
use super::pace::Pace;
use super::parts;
use crate::server::{Answer, Request};

const TOKEN: &str = "FAKEsecretFAKEsecretFAKEsecret=";
const GROUP: &str = "C0123456789abcdef0123456789abcdef";
const MESSAGES_MAX: usize = 5;
const TEXT_MAX: usize = 5000;
const ALT_TEXT_MAX: usize = 1500;

/// A message that was accepted.
#[derive(Debug, Clone)]
pub struct LineMessage {
    /// The user, group or room.
    pub to: String,
    /// The text; of a flex message, what stands for it in notifications.
    pub text: String,
    /// What `X-Line-Retry-Key` said.
    pub retry_key: Option<String>,
    /// The message object.
    pub body: Value,
}

/// The API.
pub struct LineApi(Front<Api>);

struct Api {
    pace: Pace,
    quota: Option<usize>,
    members: usize,
    used: usize,
    requests: usize,
    messages: Vec<LineMessage>,
    /// By retry key, the request that was accepted and the ids of its messages.
    accepted: BTreeMap<String, (String, Value)>,
}

impl LineApi {
    /// A channel that may push as much as it likes.
    #[must_use]
    pub fn open() -> Self {
        Self(Front::open(Api {
            pace: Pace::unlimited(),
            quota: None,
            members: 1,
            used: 0,
            requests: 0,
            messages: Vec::new(),
            accepted: BTreeMap::new(),
        }))
    }

    /// The channel access token it takes.
    #[must_use]
    pub const fn token(&self) -> &'static str {
        TOKEN
    }

    /// A group to push to; every id of the right form is known.
    #[must_use]
    pub const fn group(&self) -> &'static str {
        GROUP
    }

    /// From now on, so many messages may be sent this month, those already sent included.
    pub fn quota(&self, messages: usize) {
        self.0.rules().quota = Some(messages);
    }

    /// From now on, a push counts once for each of so many members.
    pub fn members(&self, members: usize) {
        self.0.rules().members = members;
    }

    /// From now on, takes `burst` pushes at once and then one in each interval.
    pub fn pace(&self, burst: u32, every: Duration) {
        self.0.rules().pace = Pace::new(burst, every);
    }

    /// The messages accepted, in order.
    #[must_use]
    pub fn messages(&self) -> Vec<LineMessage> {
        self.0.rules().messages.clone()
    }

    /// How much of the quota is used.
    #[must_use]
    pub fn used(&self) -> usize {
        self.0.rules().used
    }
}

impl Platform for LineApi {
    fn door(&self) -> &Door {
        self.0.door()
    }
}

/// What is wrong with a push: where, and what.
fn faults(body: &Value) -> Vec<(String, String)> {
    let mut faults = Vec::new();
    let mut fault = |property: String, message: &str| faults.push((property, message.to_owned()));
    if parts::text(body, "to").is_none_or(str::is_empty) {
        fault("to".to_owned(), "May not be empty");
    }
    let messages = parts::elements(body, "messages");
    if !(1..=MESSAGES_MAX).contains(&messages.len()) {
        fault("messages".to_owned(), "Size must be between 1 and 5");
    }
    for (at, message) in messages.iter().enumerate() {
        let of = |name: &str| format!("messages[{at}].{name}");
        let (name, max) = match parts::text(message, "type") {
            Some("text") => ("text", TEXT_MAX),
            Some("flex") => ("altText", ALT_TEXT_MAX),
            _ => {
                fault(
                    of("type"),
                    "Must be one of the following values: [text, flex]",
                );
                continue;
            }
        };
        match parts::utf16_len(parts::text(message, name).unwrap_or_default()) {
            0 => fault(of(name), "May not be empty"),
            length if length > max => {
                fault(of(name), &format!("Length must be between 0 and {max}"));
            }
            _ => {}
        }
        if name == "altText" && !message.get("contents").is_some_and(Value::is_object) {
            fault(of("contents"), "May not be empty");
        }
    }
    faults
}

/// Whether a text is a user, group or room.
fn is_target(to: &str) -> bool {
    let hex = to.strip_prefix(['U', 'C', 'R']).unwrap_or_default();
    hex.len() == 32 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_uuid(text: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let groups: Vec<&str> = text.split('-').collect();
    let is_hex = |group: &str| group.bytes().all(|byte| byte.is_ascii_hexdigit());
    groups.len() == lengths.len()
        && groups
            .iter()
            .zip(lengths)
            .all(|(group, length)| group.len() == length && is_hex(group))
}

fn refusal(status: u16, message: &str) -> Answer {
    Answer::json(status, &json!({ "message": message }))
}

impl Api {
    fn push(&mut self, request: &Request, id: &str) -> Answer {
        let Some(body) = parts::object(request).filter(|_| parts::is_json(request)) else {
            return refusal(400, "The request body could not be parsed as JSON");
        };
        let key = request.header("x-line-retry-key");
        if key.is_some_and(|key| !is_uuid(key)) {
            return refusal(400, "Invalid retry key");
        }
        if let Some((request_id, sent)) = key.and_then(|key| self.accepted.get(key)) {
            let message = "The retry key is already accepted";
            return Answer::json(409, &json!({"message": message, "sentMessages": sent}))
                .header("x-line-accepted-request-id", request_id);
        }
        let faults = faults(&body);
        if !faults.is_empty() {
            let details: Vec<Value> = faults
                .iter()
                .map(|(property, message)| json!({"message": message, "property": property}))
                .collect();
            let message = format!("The request body has {} error(s)", details.len());
            return Answer::json(400, &json!({"message": message, "details": details}));
        }
        let to = parts::text(&body, "to").unwrap_or_default();
        if !is_target(to) {
            return refusal(
                400,
                "The property, 'to', in the request body is invalid (line: -, column: -)",
            );
        }
        if let Err(wait) = self.pace.take("", Instant::now()) {
            return Self::too_fast(wait);
        }
        if self
            .quota
            .is_some_and(|quota| self.used + self.members > quota)
        {
            return refusal(429, "You have reached your monthly limit.");
        }
        // However many objects, a push is one message for each who gets it.
        self.used += self.members;
        let mut sent = Vec::new();
        for message in parts::elements(&body, "messages") {
            sent.push(json!({"id": format!("46123096684206{:04}", self.messages.len() + 1)}));
            let text = parts::text(message, "text").or(parts::text(message, "altText"));
            self.messages.push(LineMessage {
                to: to.to_owned(),
                text: text.unwrap_or_default().to_owned(),
                retry_key: key.map(str::to_owned),
                body: message.clone(),
            });
        }
        if let Some(key) = key {
            self.accepted
                .insert(key.to_owned(), (id.to_owned(), json!(sent)));
        }
        Answer::json(200, &json!({ "sentMessages": sent }))
    }

    fn asked(&mut self, request: &Request, id: &str) -> Answer {
        if parts::bearer(request) != Some(TOKEN) {
            return refusal(
                401,
                "Authentication failed. Confirm that the access token in the authorization header \
                 is valid.",
            );
        }
        match (&*request.method, parts::path(request)) {
            ("POST", "/v2/bot/message/push") => self.push(request, id),
            ("GET", "/v2/bot/message/quota") => match self.quota {
                Some(quota) => Answer::json(200, &json!({"type": "limited", "value": quota})),
                None => Answer::json(200, &json!({"type": "none"})),
            },
            ("GET", "/v2/bot/message/quota/consumption") => {
                Answer::json(200, &json!({ "totalUsage": self.used }))
            }
            _ => refusal(404, "Not found"),
        }
    }
}

impl Rules for Api {
    fn answer(&mut self, request: &Request) -> Answer {
        self.requests += 1;
        let id = format!("123e4567-e89b-12d3-a456-{:012}", self.requests);
        self.asked(request, &id).header("x-line-request-id", &id)
    }

    /// There is no `Retry-After`.
    fn too_fast(_: Duration) -> Answer {
        refusal(
            429,
            "The API rate limit has been exceeded. Try again later.",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{Reply, send};
    use crate::platforms::Fault;

    const KEY: &str = "123e4567-e89b-12d3-a456-426614174000";

    fn push_as(
        api: &LineApi,
        token: &str,
        key: Option<&str>,
        body: &Value,
    ) -> std::io::Result<Reply> {
        let token = format!("Bearer {token}");
        let mut headers = vec![
            ("Authorization", &*token),
            ("Content-Type", "application/json"),
        ];
        headers.extend(key.map(|key| ("X-Line-Retry-Key", key)));
        let url = format!("{}/v2/bot/message/push", api.url());
        send("POST", &url, &headers, body.to_string().as_bytes())
    }

    fn push(api: &LineApi, body: &Value) -> Reply {
        push_as(api, TOKEN, None, body).unwrap()
    }

    fn text(text: &str) -> Value {
        json!({"to": GROUP, "messages": [{"type": "text", "text": text}]})
    }

    #[test]
    fn a_retry_after_acceptance_is_a_409() {
        let api = LineApi::open();
        let push = || push_as(&api, TOKEN, Some(KEY), &text("台灣"));
        api.fault(Fault::Status(500));
        assert_eq!(push().unwrap().status, 500);
        api.fault(Fault::Cut);
        assert!(push().is_err());
        let again = push().unwrap();
        assert_eq!(again.status, 409);
        assert!(again.header("x-line-accepted-request-id").is_some());
        assert_ne!(
            again.header("x-line-accepted-request-id"),
            again.header("x-line-request-id")
        );
        assert_eq!(again.json()["sentMessages"].as_array().unwrap().len(), 1);
        assert_eq!(api.messages().len(), 1);
        assert_eq!(api.messages()[0].text, "台灣");
        assert_eq!(api.messages()[0].retry_key.as_deref(), Some(KEY));
        let bad = push_as(&api, TOKEN, Some("not-a-uuid"), &text("a")).unwrap();
        assert_eq!(bad.status, 400);
    }

    #[test]
    fn broken_rules_name_the_property() {
        let api = LineApi::open();
        let flex = |alt: usize| json!({"to": GROUP, "messages": [{"type": "flex", "altText": "a".repeat(alt), "contents": {}}]});
        assert_eq!(
            push(&api, &text(&"😀".repeat(2500))).json()["sentMessages"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
        assert_eq!(push(&api, &flex(1500)).status, 200);
        for (body, property) in [
            (text(&"😀".repeat(2501)), "messages[0].text"),
            (text(""), "messages[0].text"),
            (flex(1501), "messages[0].altText"),
            (json!({"messages": [{"type": "text", "text": "a"}]}), "to"),
            (json!({"to": GROUP}), "messages"),
            (
                json!({"to": GROUP, "messages": vec![json!({"type": "text", "text": "a"}); 6]}),
                "messages",
            ),
            (
                json!({"to": GROUP, "messages": [{"text": "a"}]}),
                "messages[0].type",
            ),
            (
                json!({"to": GROUP, "messages": [{"type": "flex", "altText": "a"}]}),
                "messages[0].contents",
            ),
        ] {
            let reply = push(&api, &body);
            assert_eq!(reply.status, 400);
            assert_eq!(reply.json()["message"], "The request body has 1 error(s)");
            assert_eq!(reply.json()["details"][0]["property"], property);
        }
        let nobody = json!({"to": "nobody", "messages": [{"type": "text", "text": "a"}]});
        assert_eq!(push(&api, &nobody).status, 400);
        assert_eq!(push_as(&api, "x", None, &text("a")).unwrap().status, 401);
        assert_eq!(push(&api, &json!([])).status, 400);
        assert_eq!(api.messages().len(), 2);
    }

    #[test]
    fn the_quota_runs_out() {
        let api = LineApi::open();
        api.quota(5);
        api.members(2);
        assert_eq!(push(&api, &text("a")).status, 200);
        assert_eq!(
            push_as(&api, TOKEN, Some(KEY), &text("b")).unwrap().status,
            200
        );
        assert_eq!(
            push_as(&api, TOKEN, Some(KEY), &text("b")).unwrap().status,
            409,
            "free"
        );
        let over = push(&api, &text("c"));
        assert_eq!(over.status, 429);
        assert_eq!(
            over.json()["message"],
            "You have reached your monthly limit."
        );
        assert_eq!(api.used(), 4);
        let ask = |path: &str| {
            let token = format!("Bearer {TOKEN}");
            let url = format!("{}/v2/bot/message/{path}", api.url());
            send("GET", &url, &[("Authorization", &token)], b"").unwrap()
        };
        assert_eq!(ask("quota").json(), json!({"type": "limited", "value": 5}));
        assert_eq!(ask("quota/consumption").json()["totalUsage"], 4);
        assert_eq!(ask("other").status, 404);
        api.quota(100);
        api.pace(1, Duration::from_secs(3600));
        assert_eq!(push(&api, &text("d")).status, 200);
        assert!(push(&api, &text("e")).text().contains("rate limit"));
    }
}
