//! A webhook of Discord.
//!
//! Sources: discord-api-docs, resources/webhook (`wait`, the message and its id, editing, threads),
//! topics/rate-limits (headers, the body of a 429 with seconds as a float),
//! topics/opcodes-and-status-codes (10015, 10008, 50027, 50109); for the body see
//! [`super::discord_limits`].

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::discord_limits::{is_empty, pings, refusal, refused};
use super::front::{Door, Front, Platform, Rules, whole_seconds};
use super::pace::Pace;
use super::{markdown, parts};
use crate::server::{Answer, Request};

const ID: &str = "1100000000000000000";
const TOKEN: &str = "FAKEsecretFAKEsecret";

/// A message in the channel of a webhook, as it is now.
#[derive(Debug, Clone)]
pub struct DiscordMessage {
    /// What edits name it by.
    pub id: String,
    /// The text.
    pub content: String,
    /// The embeds.
    pub embeds: Vec<Value>,
    /// The thread it was sent to.
    pub thread_id: Option<String>,
    /// All that was sent of it, each member as it was last sent.
    pub body: Value,
    /// How often it was edited.
    pub edits: usize,
}

impl DiscordMessage {
    /// Its links, of text and embeds: address and label.
    #[must_use]
    pub fn links(&self) -> Vec<(String, String)> {
        let mut links = markdown::links(&self.content);
        for embed in &self.embeds {
            if let Some(url) = parts::text(embed, "url") {
                let title = parts::text(embed, "title").unwrap_or_default();
                links.push((url.to_owned(), title.to_owned()));
            }
            let fields = parts::elements(embed, "fields").iter();
            let values = fields.filter_map(|field| parts::text(field, "value"));
            for text in parts::text(embed, "description").into_iter().chain(values) {
                links.extend(markdown::links(text));
            }
        }
        links
    }

    fn answer(&self) -> Answer {
        Answer::json(
            200,
            &json!({"id": self.id, "type": 0, "channel_id": "1", "webhook_id": ID,
                    "content": self.content, "embeds": self.embeds}),
        )
    }
}

/// The webhook.
pub struct DiscordHook(Front<Hook>);

struct Hook {
    pace: Pace,
    messages: Vec<DiscordMessage>,
    pings: Vec<String>,
}

impl DiscordHook {
    /// A webhook without messages, for as many a second as one likes.
    #[must_use]
    pub fn open() -> Self {
        Self(Front::open(Hook {
            pace: Pace::unlimited(),
            messages: Vec::new(),
            pings: Vec::new(),
        }))
    }

    /// From now on, takes `burst` requests at once and then one in each interval, and says in each
    /// answer how many are left.
    pub fn pace(&self, burst: u32, every: Duration) {
        self.0.rules().pace = Pace::new(burst, every);
    }

    /// The messages in the order of their sending, as they are now.
    #[must_use]
    pub fn messages(&self) -> Vec<DiscordMessage> {
        self.0.rules().messages.clone()
    }

    /// Whom all messages and edits mentioned with their own leave.
    #[must_use]
    pub fn pings(&self) -> Vec<String> {
        self.0.rules().pings.clone()
    }

    /// The links of all messages as they are now: address and label.
    #[must_use]
    pub fn links(&self) -> Vec<(String, String)> {
        let messages = self.messages();
        messages.iter().flat_map(DiscordMessage::links).collect()
    }
}

impl Platform for DiscordHook {
    fn door(&self) -> &Door {
        self.0.door()
    }

    fn url(&self) -> String {
        self.0.url(&format!("/api/webhooks/{ID}/{TOKEN}"))
    }
}

impl Hook {
    fn post(&mut self, request: &Request, body: Value) -> Answer {
        if is_empty(&body) {
            return refusal(400, 50006, "Cannot send an empty message");
        }
        self.pings.extend(pings(&body));
        let message = DiscordMessage {
            id: format!("11000000000000{:05}", self.messages.len() + 1),
            content: parts::text(&body, "content").unwrap_or_default().to_owned(),
            embeds: parts::elements(&body, "embeds").to_vec(),
            thread_id: parts::query(request, "thread_id"),
            body,
            edits: 0,
        };
        self.messages.push(message.clone());
        if parts::query(request, "wait").as_deref() == Some("true") {
            message.answer()
        } else {
            Answer::status(204)
        }
    }

    fn edit(&mut self, request: &Request, id: &str, body: &Value) -> Answer {
        let thread = parts::query(request, "thread_id");
        let found = self
            .messages
            .iter_mut()
            .find(|message| message.id == id && message.thread_id == thread);
        let Some(message) = found else {
            return refusal(404, 10008, "Unknown Message");
        };
        let mut edited = message.body.clone();
        if let (Some(edited), Some(body)) = (edited.as_object_mut(), body.as_object()) {
            edited.extend(body.clone());
        }
        if is_empty(&edited) {
            return refusal(400, 50006, "Cannot send an empty message");
        }
        self.pings.extend(pings(body));
        message.content = parts::text(&edited, "content")
            .unwrap_or_default()
            .to_owned();
        message.embeds = parts::elements(&edited, "embeds").to_vec();
        message.body = edited;
        message.edits += 1;
        message.answer()
    }

    fn asked(&mut self, request: &Request) -> Answer {
        let Some(body) = parts::object(request).filter(|_| parts::is_json(request)) else {
            return refusal(400, 50109, "The request body contains invalid JSON.");
        };
        if let Some(answer) = refused(&body) {
            return answer;
        }
        let path: Vec<&str> = parts::path(request).split('/').skip(5).collect();
        match (&*request.method, &*path) {
            ("POST", []) => self.post(request, body),
            ("PATCH", ["messages", id]) => self.edit(request, id, &body),
            _ => refusal(405, 0, "405: Method Not Allowed"),
        }
    }

    fn with_headers(&self, answer: Answer) -> Answer {
        if !self.pace.is_limited() {
            return answer;
        }
        let (left, reset) = self.pace.left("", Instant::now());
        answer
            .header("X-RateLimit-Limit", &self.pace.burst().to_string())
            .header("X-RateLimit-Remaining", &left.to_string())
            .header(
                "X-RateLimit-Reset-After",
                &format!("{:.3}", reset.as_secs_f64()),
            )
            .header("X-RateLimit-Bucket", "FAKEbucket")
    }
}

impl Rules for Hook {
    fn answer(&mut self, request: &Request) -> Answer {
        let path: Vec<&str> = parts::path(request).split('/').take(5).collect();
        match *path {
            ["", "api", "webhooks", ID, TOKEN] => {}
            ["", "api", "webhooks", ID, _] => {
                return refusal(401, 50027, "Invalid Webhook Token");
            }
            ["", "api", "webhooks", ..] => return refusal(404, 10015, "Unknown Webhook"),
            _ => return refusal(404, 0, "404: Not Found"),
        }
        if let Err(wait) = self.pace.take("", Instant::now()) {
            return self.with_headers(too_fast(wait));
        }
        let answer = self.asked(request);
        self.with_headers(answer)
    }

    fn too_fast(wait: Duration) -> Answer {
        too_fast(wait)
    }
}

/// What who is too fast is told.
pub(super) fn too_fast(wait: Duration) -> Answer {
    let body = json!({"message": "You are being rate limited.",
                      "retry_after": wait.as_secs_f64(), "global": false});
    Answer::json(429, &body)
        .header("Retry-After", &whole_seconds(wait).to_string())
        .header("X-RateLimit-Scope", "user")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{Reply, send};
    use crate::platforms::Fault;

    fn ask(method: &str, url: &str, body: &Value) -> Reply {
        let headers = [("Content-Type", "application/json")];
        send(method, url, &headers, body.to_string().as_bytes()).unwrap()
    }

    fn post(hook: &DiscordHook, body: &Value) -> Reply {
        ask("POST", &format!("{}?wait=true", hook.url()), body)
    }

    #[test]
    fn a_message_is_posted_and_edited() {
        let hook = DiscordHook::open();
        let content = "台灣 [label](https://a.example) @everyone <@1>";
        let first = post(&hook, &json!({"content": content})).json();
        assert_eq!(first["content"], content);
        let id = first["id"].as_str().unwrap();
        let place = format!("{}/messages/{id}", hook.url());
        let edit = json!({"content": "b", "embeds": [{"title": "t", "url": "https://b.example",
            "description": "[c](https://c.example)"}]});
        assert_eq!(
            hook.links(),
            [("https://a.example".to_owned(), "label".to_owned())]
        );
        assert_eq!(ask("PATCH", &place, &edit).json()["id"], id);
        let messages = hook.messages();
        assert_eq!((messages.len(), messages[0].edits), (1, 1));
        assert_eq!(messages[0].content, "b");
        let link = |url: &str, label: &str| (url.to_owned(), label.to_owned());
        assert_eq!(
            hook.links(),
            [
                link("https://b.example", "t"),
                link("https://c.example", "c")
            ]
        );
        assert_eq!(
            hook.pings(),
            ["<@1>"],
            "users are mentioned where nothing forbids it"
        );
        let quiet = json!({"content": "<@1> @here", "allowed_mentions": {"parse": []}});
        assert_eq!(ask("POST", &hook.url(), &quiet).status, 204, "nobody waits");
        assert_eq!(hook.pings().len(), 1);
        assert_eq!(hook.messages().len(), 2);
    }

    #[test]
    fn broken_rules_get_codes() {
        let hook = DiscordHook::open();
        let code = |reply: &Reply| (reply.status, reply.json()["code"].as_u64().unwrap());
        assert_eq!(code(&post(&hook, &json!({"content": " "}))), (400, 50006));
        let long = post(&hook, &json!({"content": "a".repeat(2001)}));
        assert_eq!(code(&long), (400, 50035));
        let errors = &long.json()["errors"]["content"]["_errors"];
        assert_eq!(errors[0]["code"], "BASE_TYPE_MAX_LENGTH");
        assert_eq!(
            code(&send("POST", &hook.url(), &[], b"{}").unwrap()),
            (400, 50109)
        );
        let good = json!({"content": "a"});
        let at = |path: &str| ask("POST", &format!("{}{path}", hook.base()), &good);
        assert_eq!(
            code(&at(&format!("/api/webhooks/{ID}/other"))),
            (401, 50027)
        );
        assert_eq!(code(&at("/api/webhooks/1/other")), (404, 10015));
        assert_eq!(code(&at("/webhooks")), (404, 0));
        let unknown = format!("{}/messages/1", hook.url());
        assert_eq!(code(&ask("PATCH", &unknown, &good)), (404, 10008));
        assert_eq!(ask("GET", &hook.url(), &good).status, 405);
        assert!(hook.messages().is_empty());
    }

    #[test]
    fn an_edit_names_the_thread_and_leaves_something() {
        let hook = DiscordHook::open();
        let url = format!("{}?wait=true&thread_id=7", hook.url());
        let id = ask("POST", &url, &json!({"content": "a"})).json()["id"].clone();
        let place = format!("{}/messages/{}", hook.url(), id.as_str().unwrap());
        assert_eq!(ask("PATCH", &place, &json!({"content": "b"})).status, 404);
        let place = format!("{place}?thread_id=7");
        assert_eq!(
            ask("PATCH", &place, &json!({"content": ""})).json()["code"],
            50006
        );
        assert_eq!(ask("PATCH", &place, &json!({"content": "b"})).status, 200);
        assert_eq!(hook.messages()[0].thread_id.as_deref(), Some("7"));
    }

    #[test]
    fn waits_are_told_to_the_fraction() {
        let hook = DiscordHook::open();
        hook.pace(2, Duration::from_secs(3600));
        let good = json!({"content": "a"});
        let first = post(&hook, &good);
        assert_eq!(first.header("x-ratelimit-limit"), Some("2"));
        assert_eq!(first.header("x-ratelimit-remaining"), Some("1"));
        assert_eq!(
            post(&hook, &good).header("x-ratelimit-remaining"),
            Some("0")
        );
        let third = post(&hook, &good);
        assert_eq!(third.status, 429);
        assert!(third.json()["retry_after"].as_f64().unwrap() > 3000.0);
        assert!(third.header("x-ratelimit-reset-after").is_some());
        hook.fault(Fault::RetryAfter(Duration::from_millis(650)));
        let ordered = post(&hook, &good);
        assert_eq!(ordered.json()["retry_after"], 0.65);
        assert_eq!(ordered.header("retry-after"), Some("1"));
    }
}
