//! A workflow of Microsoft Teams that posts a card when its webhook is called.
//!
//! A workflow answers before it does anything: 202 says that it was started. What makes it fail later
//! is therefore no refusal here, but counted in [`TeamsFlow::failed_flows`], as its owner would see it
//! in the list of runs.
//!
//! Sources: Microsoft Learn, "Create incoming webhooks with Workflows for Microsoft Teams" (the body),
//! "Connectors: known limits" (28 KB with all markup), "Adaptive Cards: schema" (version up to 1.5 in
//! Teams), "Mention support within Adaptive Cards" (`<at>` needs an entity of the same text);
//! prometheus/alertmanager issue 3920 and louislam/uptime-kuma issue 4922 (accepted, then failed).
//! The body of the 401 is not documented; only its status is meant here.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::front::{Door, Front, Platform, Rules};
use super::pace::Pace;
use super::{markdown, parts};
use crate::server::{Answer, Request};

const PATH: &str = "/workflows/bellwether/triggers/manual/paths/invoke";
const SIGNATURE: &str = "FAKEsecretFAKEsecret";
const CARD: &str = "application/vnd.microsoft.card.adaptive";
const BODY_MAX: usize = 28 * 1024;
const MINOR_MAX: u32 = 5;

/// The workflow.
pub struct TeamsFlow(Front<Flow>);

struct Flow {
    pace: Pace,
    cards: Vec<Value>,
    failures: Vec<String>,
}

impl TeamsFlow {
    /// A workflow that never ran, for as many calls a second as one likes.
    #[must_use]
    pub fn open() -> Self {
        Self(Front::open(Flow {
            pace: Pace::unlimited(),
            cards: Vec::new(),
            failures: Vec::new(),
        }))
    }

    /// From now on, takes `burst` calls at once and then one in each interval.
    pub fn pace(&self, burst: u32, every: Duration) {
        self.0.rules().pace = Pace::new(burst, every);
    }

    /// The cards shown, in order.
    #[must_use]
    pub fn cards(&self) -> Vec<Value> {
        self.0.rules().cards.clone()
    }

    /// How many runs were accepted, and then failed.
    #[must_use]
    pub fn failed_flows(&self) -> usize {
        self.0.rules().failures.len()
    }

    /// Why they failed.
    #[must_use]
    pub fn failures(&self) -> Vec<String> {
        self.0.rules().failures.clone()
    }

    /// The texts a reader sees, each block by itself.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        let mut texts = Vec::new();
        for card in &self.0.rules().cards {
            walk(card, &mut |part| {
                texts.extend(shown(part).map(str::to_owned))
            });
        }
        texts
    }

    /// Whom the cards mentioned.
    #[must_use]
    pub fn pings(&self) -> Vec<String> {
        let mut pings = Vec::new();
        for card in &self.0.rules().cards {
            let entities = card
                .get("msteams")
                .map_or(&[][..], |m| parts::elements(m, "entities"));
            let known = entities
                .iter()
                .filter_map(|entity| parts::text(entity, "text"));
            for mention in known.filter(|text| text.starts_with("<at>")) {
                walk(card, &mut |part| {
                    if shown(part).is_some_and(|text| text.contains(mention)) {
                        pings.push(mention.to_owned());
                    }
                });
            }
        }
        pings
    }

    /// The links of the cards, of text and buttons: address and label.
    #[must_use]
    pub fn links(&self) -> Vec<(String, String)> {
        let mut links = Vec::new();
        for card in &self.0.rules().cards {
            walk(card, &mut |part| {
                if parts::text(part, "type") == Some("Action.OpenUrl") {
                    let of = |name| parts::text(part, name).unwrap_or_default().to_owned();
                    links.push((of("url"), of("title")));
                }
                links.extend(shown(part).map(markdown::links).unwrap_or_default());
            });
        }
        links
    }
}

/// The text of a part that shows one; facts have a value in its place.
fn shown(part: &Value) -> Option<&str> {
    match parts::text(part, "type") {
        Some("TextBlock") => parts::text(part, "text"),
        None if part.get("title").is_some() => parts::text(part, "value"),
        _ => None,
    }
}

fn walk(value: &Value, visit: &mut dyn FnMut(&Value)) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| walk(value, visit)),
        Value::Object(members) => {
            visit(value);
            members.values().for_each(|value| walk(value, visit));
        }
        _ => {}
    }
}

impl Platform for TeamsFlow {
    fn door(&self) -> &Door {
        self.0.door()
    }

    fn url(&self) -> String {
        self.0.url(&format!(
            "{PATH}?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={SIGNATURE}"
        ))
    }
}

/// The cards of a body.
///
/// # Errors
/// Why a run fails over it.
fn cards(body: &[u8]) -> Result<Vec<Value>, String> {
    if body.len() > BODY_MAX {
        return Err(format!("Request Entity Too Large: {} bytes", body.len()));
    }
    let body: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    if parts::text(&body, "type") != Some("message") {
        return Err("the body's type is not 'message'".to_owned());
    }
    let attachments = parts::elements(&body, "attachments");
    if attachments.is_empty() {
        return Err("the result of the expression for 'attachments' is null".to_owned());
    }
    attachments.iter().map(card).collect()
}

fn card(attachment: &Value) -> Result<Value, String> {
    if parts::text(attachment, "contentType") != Some(CARD) {
        return Err(format!("an attachment's contentType is not '{CARD}'"));
    }
    let card = attachment.get("content").unwrap_or(&Value::Null);
    if parts::text(card, "type") != Some("AdaptiveCard") {
        return Err("Property 'type' must be 'AdaptiveCard'".to_owned());
    }
    let version = parts::text(card, "version").unwrap_or_default();
    let minor = version
        .strip_prefix("1.")
        .and_then(|minor| minor.parse::<u32>().ok());
    if minor.is_none_or(|minor| minor > MINOR_MAX) {
        return Err(format!("version '{version}' is not supported"));
    }
    Ok(card.clone())
}

impl Rules for Flow {
    fn answer(&mut self, request: &Request) -> Answer {
        if parts::query(request, "sig").as_deref() != Some(SIGNATURE) {
            let error = json!({"code": "Unauthorized", "message": "the signature is not valid"});
            return Answer::json(401, &json!({"error": error}));
        }
        if request.method != "POST" {
            return Answer::status(405);
        }
        if let Err(wait) = self.pace.take("", Instant::now()) {
            return Self::too_fast(wait);
        }
        match cards(&request.body) {
            Ok(cards) => self.cards.extend(cards),
            Err(failure) => self.failures.push(failure),
        }
        Answer::status(202)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{Reply, send};

    fn post(url: &str, body: &Value) -> Reply {
        let headers = [("Content-Type", "application/json")];
        send("POST", url, &headers, body.to_string().as_bytes()).unwrap()
    }

    fn message(content: &Value) -> Value {
        json!({"type": "message", "attachments": [{"contentType": CARD, "content": content}]})
    }

    #[test]
    fn a_card_is_shown() {
        let flow = TeamsFlow::open();
        let card = json!({"type": "AdaptiveCard", "version": "1.5",
            "body": [
                {"type": "TextBlock", "text": "台灣 [a](https://a.example) <at>Ann</at> <at>Bo</at>"},
                {"type": "FactSet", "facts": [{"title": "t", "value": "[b](https://b.example)"}]},
            ],
            "actions": [{"type": "Action.OpenUrl", "title": "c", "url": "https://c.example"}],
            "msteams": {"entities": [{"type": "mention", "text": "<at>Ann</at>"}]}});
        assert_eq!(post(&flow.url(), &message(&card)).status, 202);
        assert_eq!(flow.cards(), [card]);
        assert_eq!(flow.failed_flows(), 0);
        assert_eq!(flow.pings(), ["<at>Ann</at>"], "one was never declared");
        let mut urls: Vec<String> = flow.links().into_iter().map(|(url, _)| url).collect();
        urls.sort();
        assert_eq!(
            urls,
            [
                "https://a.example",
                "https://b.example",
                "https://c.example"
            ]
        );
        assert_eq!(flow.texts().len(), 2);
    }

    #[test]
    fn what_is_accepted_may_fail_later() {
        let flow = TeamsFlow::open();
        let card = |version: &str| json!({"type": "AdaptiveCard", "version": version});
        let big = json!({"type": "AdaptiveCard", "version": "1.4", "x": "a".repeat(BODY_MAX)});
        let other = json!({"type": "message", "attachments": [{"contentType": "text/html"}]});
        for (body, reason) in [
            (json!({"text": "a"}), "'message'"),
            (card("1.4"), "'message'"),
            (json!({"type": "message"}), "'attachments' is null"),
            (other, "contentType"),
            (
                message(&json!({"type": "MessageCard"})),
                "must be 'AdaptiveCard'",
            ),
            (message(&card("1.6")), "version '1.6'"),
            (message(&card("2.0")), "version '2.0'"),
            (message(&big), "Request Entity Too Large"),
        ] {
            assert_eq!(post(&flow.url(), &body).status, 202);
            assert!(flow.failures().last().unwrap().contains(reason), "{reason}");
        }
        assert_eq!(send("POST", &flow.url(), &[], b"{").unwrap().status, 202);
        assert_eq!(flow.failed_flows(), 9);
        assert!(flow.cards().is_empty());
    }

    #[test]
    fn the_signature_is_the_key() {
        let flow = TeamsFlow::open();
        let good = message(&json!({"type": "AdaptiveCard", "version": "1.2"}));
        let wrong = flow.url().replace("FAKEsecret", "other");
        assert_eq!(post(&wrong, &good).status, 401);
        let none = flow.url().replace("sig=", "x=");
        assert_eq!(post(&none, &good).status, 401);
        assert_eq!(send("GET", &flow.url(), &[], b"").unwrap().status, 405);
        flow.pace(1, Duration::from_secs(3600));
        assert_eq!(post(&flow.url(), &good).status, 202);
        assert_eq!(post(&flow.url(), &good).status, 429);
        assert_eq!(flow.cards().len(), 1);
    }
}
