//! A message as the body of a request, in the dialect of its receiver.

use bellwether_api::wording::Message;
use bellwether_api::{AlertBody, BurstBody, CoverageReportBody, Guard, WITHHELD, WithheldBody};
use bellwether_model::{Alert, Delivery, ReceiverKind, Subject};
use serde::Serialize;
use serde_json::Value;

use crate::line::neutral;

/// The longest text for a chat, in characters: Slack advises 4,000, Rocket.Chat refuses 5,000 by
/// default, Mattermost cuts at 16,383.
const TEXT_CHARS_MAX: usize = 4_000;

/// The shape of our own webhook; counted up when a field changes its meaning.
const VERSION: u32 = 1;

const SHORTENED: &str = "Note: shortened; the page has the rest";

/// The body of a request, as JSON.
pub(crate) fn body(
    kind: ReceiverKind,
    delivery: &Delivery,
    message: &Message,
    records: impl FnOnce() -> Records,
    guard: Option<Guard<'_>>,
) -> Result<Vec<u8>, serde_json::Error> {
    match kind {
        ReceiverKind::Slack => serde_json::to_vec(&Slack {
            text: slack_text(message, TEXT_CHARS_MAX),
            mrkdwn: false,
            unfurl_links: false,
            unfurl_media: false,
        }),
        ReceiverKind::Webhook => {
            let mut records = serde_json::to_value(records())?;
            let is_withheld = (guard.as_ref())
                .is_some_and(|guard| withhold(&mut records, guard) || message.is_withheld);
            serde_json::to_vec(&Webhook {
                version: VERSION,
                key: delivery.key.as_str(),
                kind: delivery.kind.as_str(),
                possible_repeat: delivery.possible_repeat,
                records,
                message: message.text(),
                link: message.link.as_deref(),
                withheld: (guard.filter(|_| is_withheld))
                    .and_then(|guard| WithheldBody::of(guard.phase)),
            })
        }
    }
}

/// An incoming webhook of Slack; Mattermost and Rocket.Chat take `text` and pass over the rest.
#[derive(Serialize)]
struct Slack {
    text: String,
    /// Off: a name with asterisks is to be read with its asterisks.
    mrkdwn: bool,
    /// Off: Slack would fetch what is linked, and show a preview of it.
    unfurl_links: bool,
    unfurl_media: bool,
}

/// What a program is given beside the message: the alert, and one of the others.
#[derive(Serialize)]
pub(crate) struct Records {
    alert: AlertBody,
    #[serde(skip_serializing_if = "Option::is_none")]
    burst: Option<BurstBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<CoverageReportBody>,
}

impl Records {
    pub(crate) fn of(
        alert: &Alert,
        deliveries: &[Delivery],
        subject: &Subject,
        public_url: Option<&str>,
    ) -> Self {
        let (burst, coverage) = match subject {
            Subject::Burst(burst) => (Some(BurstBody::from_model(burst, public_url)), None),
            Subject::Coverage(report) => (None, Some(CoverageReportBody::from_model(report))),
        };
        Self {
            alert: AlertBody::from_model(alert, deliveries),
            burst,
            coverage,
        }
    }
}

/// What programs go by and no publisher has written: ids of rules and receivers, links, and what the
/// calendar of the election says, in which a phase may be named after polls.
const KEPT: [&str; 4] = ["election", "links", "receiver", "rule"];

/// Takes texts that are withheld out of a record; whether there was one.
fn withhold(value: &mut Value, guard: &Guard<'_>) -> bool {
    match value {
        Value::String(text) => {
            let is_withheld = guard.withholds(text);
            if is_withheld {
                *text = WITHHELD.to_owned();
            }
            is_withheld
        }
        // Each of them, not up to the first.
        Value::Array(values) => values
            .iter_mut()
            .fold(false, |any, value| withhold(value, guard) | any),
        Value::Object(fields) => fields
            .iter_mut()
            .filter(|(name, _)| !KEPT.contains(&name.as_str()))
            .fold(false, |any, (_, value)| withhold(value, guard) | any),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Our own webhook.
#[derive(Serialize)]
struct Webhook<'a> {
    version: u32,
    key: &'a str,
    kind: &'a str,
    possible_repeat: bool,
    #[serde(flatten)]
    records: Value,
    message: String,
    link: Option<&'a str>,
    /// Why texts are missing, where some are.
    #[serde(skip_serializing_if = "Option::is_none")]
    withheld: Option<WithheldBody>,
}

/// The text for a chat. Where it is too long, lines are left out from the end of the account;
/// headline, link and notes stay.
fn slack_text(message: &Message, chars_max: usize) -> String {
    let headline = neutral(&message.headline);
    let link = message
        .link
        .as_ref()
        .map(|link| format!("{}: {}", message.link_name, escaped(link)));
    let notes = message
        .notes
        .iter()
        .map(|note| neutral(&format!("Note: {note}")));
    let tail: Vec<String> = link.into_iter().chain(notes).collect();
    let length = |text: &str| text.chars().count() + 1;
    let mut left = chars_max
        .saturating_sub(length(&headline) + tail.iter().map(|line| length(line)).sum::<usize>())
        .saturating_sub(length(SHORTENED));
    let mut lines = vec![headline];
    let mut is_shortened = false;
    for line in &message.lines {
        let line = neutral(line);
        if length(&line) > left {
            is_shortened = true;
            break;
        }
        left -= length(&line);
        lines.push(line);
    }
    lines.extend(tail);
    if is_shortened {
        lines.push(SHORTENED.to_owned());
    }
    lines.join("\n")
}

/// Our own link, which must work as one.
fn escaped(link: &str) -> String {
    link.replace('&', "&amp;")
        .replace('<', "%3C")
        .replace('>', "%3E")
        .replace('|', "%7C")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        Message {
            headline: "Burst: <!channel> 作票".to_owned(),
            lines: (0..9).map(|n| format!("{n}{}", "選".repeat(99))).collect(),
            link: Some("https://b.example.org/bursts/b-1".to_owned()),
            link_name: "Evidence and query",
            notes: vec!["may repeat an earlier message".to_owned()],
            is_withheld: false,
        }
    }

    #[test]
    fn what_matters_stays_where_a_text_is_too_long() {
        let whole = slack_text(&message(), TEXT_CHARS_MAX);
        assert_eq!(whole.lines().count(), 12);
        let short = slack_text(&message(), 500);
        assert!(short.chars().count() <= 500, "{}", short.chars().count());
        let lines: Vec<&str> = short.lines().collect();
        assert_eq!(lines.first(), Some(&"Burst: &lt;!channel&gt; 作票"));
        assert!(lines.contains(&"Evidence and query: https://b.example.org/bursts/b-1"));
        assert!(lines.contains(&"Note: may repeat an earlier message"));
        assert_eq!(lines.last(), Some(&SHORTENED));
        assert!(lines.len() > 5);
    }
}
