//! An incoming webhook of Slack.
//!
//! Sources: Slack developer docs, "Sending messages using incoming webhooks" (200 with `ok`, plain-text
//! errors `invalid_payload`, `no_service`, `no_text`; no timestamp comes back, so nothing can be
//! edited), "Rate limits" (one message a second, 429 with `Retry-After`); for texts and blocks see
//! [`super::slack_text`]. A form field `payload` is refused here, though Slack takes it: we send JSON.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::front::{Door, Front, Platform, Rules};
use super::pace::Pace;
use super::{parts, slack_text};
use crate::server::{Answer, Request};

const PATH: &str = "/services/T000/B000/FAKEsecretFAKEsecret";

/// A message in the channel of a webhook.
#[derive(Debug, Clone)]
pub struct SlackMessage {
    /// The text, escaped as it came.
    pub text: String,
    /// All of it.
    pub body: Value,
}

impl SlackMessage {
    /// Whom it called, as `<!channel>` or `<@U012>`.
    #[must_use]
    pub fn pings(&self) -> Vec<String> {
        slack_text::pings(&self.body)
    }

    /// Its links: address and label.
    #[must_use]
    pub fn links(&self) -> Vec<(String, String)> {
        slack_text::links(&self.body)
    }
}

/// The webhook.
pub struct SlackHook(Front<Hook>);

struct Hook {
    pace: Pace,
    messages: Vec<SlackMessage>,
}

impl SlackHook {
    /// A webhook without messages, for as many a second as one likes.
    #[must_use]
    pub fn open() -> Self {
        Self(Front::open(Hook {
            pace: Pace::unlimited(),
            messages: Vec::new(),
        }))
    }

    /// From now on, takes `burst` messages at once and then one in each interval.
    pub fn pace(&self, burst: u32, every: Duration) {
        self.0.rules().pace = Pace::new(burst, every);
    }

    /// The messages taken so far, in order.
    #[must_use]
    pub fn messages(&self) -> Vec<SlackMessage> {
        self.0.rules().messages.clone()
    }

    /// Whom all messages called.
    #[must_use]
    pub fn pings(&self) -> Vec<String> {
        self.messages()
            .iter()
            .flat_map(SlackMessage::pings)
            .collect()
    }

    /// The links of all messages: address and label.
    #[must_use]
    pub fn links(&self) -> Vec<(String, String)> {
        self.messages()
            .iter()
            .flat_map(SlackMessage::links)
            .collect()
    }
}

impl Platform for SlackHook {
    fn door(&self) -> &Door {
        self.0.door()
    }

    fn url(&self) -> String {
        self.0.url(PATH)
    }
}

impl Rules for Hook {
    fn answer(&mut self, request: &Request) -> Answer {
        if parts::path(request) != PATH {
            return Answer::status(404).body("no_service");
        }
        if request.method != "POST" {
            return Answer::status(405);
        }
        let Some(body) = parts::object(request) else {
            return Answer::status(400).body("invalid_payload");
        };
        if let Err(wait) = self.pace.take("", Instant::now()) {
            return Self::too_fast(wait);
        }
        if let Some(fault) = slack_text::fault(&body, slack_text::TEXT_MAX) {
            return Answer::status(400).body(fault);
        }
        let text = parts::text(&body, "text").unwrap_or_default().to_owned();
        self.messages.push(SlackMessage { text, body });
        Answer::ok("ok")
    }

    fn too_fast(wait: Duration) -> Answer {
        Answer::status(429)
            .header(
                "Retry-After",
                &super::front::whole_seconds(wait).to_string(),
            )
            .body("rate_limited")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::client::{Reply, send};

    fn post(url: &str, body: &[u8]) -> Reply {
        send("POST", url, &[("Content-Type", "application/json")], body).unwrap()
    }

    fn refused(hook: &SlackHook, body: &str) -> (u16, String) {
        let reply = post(&hook.url(), body.as_bytes());
        (reply.status, reply.text())
    }

    #[test]
    fn a_message_is_taken_and_read() {
        let hook = SlackHook::open();
        let body = json!({"text": "台灣 <https://a.example|label> <!here>"}).to_string();
        assert_eq!(refused(&hook, &body), (200, "ok".to_owned()));
        assert_eq!(hook.messages().len(), 1);
        assert!(hook.messages()[0].text.starts_with("台灣"));
        assert_eq!(hook.pings(), ["<!here>"]);
        assert_eq!(
            hook.links(),
            [("https://a.example".to_owned(), "label".to_owned())]
        );
    }

    #[test]
    fn broken_rules_are_named() {
        let hook = SlackHook::open();
        let no = |status: u16, error: &str| (status, error.to_owned());
        assert_eq!(refused(&hook, "payload=%7B%7D"), no(400, "invalid_payload"));
        assert_eq!(refused(&hook, "[]"), no(400, "invalid_payload"));
        assert_eq!(refused(&hook, "{}"), no(400, "no_text"));
        let long = json!({"text": "a".repeat(40_001)}).to_string();
        assert_eq!(refused(&hook, &long), no(400, "msg_too_long"));
        let elsewhere = post(&format!("{}/services/T000/B000/other", hook.base()), b"{}");
        assert_eq!((elsewhere.status, elsewhere.text()), no(404, "no_service"));
        assert_eq!(send("GET", &hook.url(), &[], b"").unwrap().status, 405);
        assert!(hook.messages().is_empty());
        assert_eq!(hook.received().len(), 6);
    }

    #[test]
    fn who_is_too_fast_waits() {
        let hook = SlackHook::open();
        hook.pace(1, Duration::from_secs(3600));
        assert_eq!(refused(&hook, "{\"text\":\"a\"}").0, 200);
        let reply = post(&hook.url(), b"{\"text\":\"a\"}");
        assert_eq!(reply.status, 429);
        assert!(reply.header("retry-after").unwrap().parse::<u64>().unwrap() > 3000);
    }
}
