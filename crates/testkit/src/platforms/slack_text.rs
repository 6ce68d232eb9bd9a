//! What Slack makes of the text and blocks it is given: mentions, links, limits.
//!
//! Sources: Slack developer docs, "Formatting text for app surfaces" (what stands between `<` and the
//! next `>`; the three escapes), "Block kit reference" (50 blocks, section text 3000, header 150),
//! `chat.postMessage` (text 40000); slackapi/bolt-js issue 2509 (about 13200 characters over all
//! blocks, documented nowhere).

use serde_json::Value;

use super::parts::{elements, text};

/// Longer texts are cut off by Slack; here they are refused, so that it is noticed.
pub(super) const TEXT_MAX: usize = 40_000;
/// `chat.update` takes no longer ones.
pub(super) const EDITED_TEXT_MAX: usize = 4_000;

const BLOCKS_MAX: usize = 50;
const BLOCKS_TEXT_MAX: usize = 13_200;
const SECTION_MAX: usize = 3_000;
const HEADER_MAX: usize = 150;

/// What is wrong with a message, in Slack's word for it.
pub(super) fn fault(message: &Value, text_max: usize) -> Option<&'static str> {
    let shown = text(message, "text").unwrap_or_default();
    let blocks = elements(message, "blocks");
    if shown.is_empty() && blocks.is_empty() && elements(message, "attachments").is_empty() {
        return Some("no_text");
    }
    if chars(shown) > text_max {
        return Some("msg_too_long");
    }
    if blocks.len() > BLOCKS_MAX || blocks.iter().any(|block| !is_valid(block)) {
        return Some("invalid_blocks");
    }
    let mut texts = Vec::new();
    texts_in(message.get("blocks"), &mut texts);
    let total: usize = texts.iter().map(|text| chars(text.shown)).sum();
    (total > BLOCKS_TEXT_MAX).then_some("msg_blocks_too_long")
}

fn chars(text: &str) -> usize {
    text.chars().count()
}

fn is_valid(block: &Value) -> bool {
    let within = |value: &Value, max: usize| {
        text(value, "text").is_some_and(|text| (1..=max).contains(&chars(text)))
    };
    match text(block, "type") {
        None => false,
        Some("header") => block
            .get("text")
            .is_some_and(|t| text(t, "type") == Some("plain_text") && within(t, HEADER_MAX)),
        Some("section") => match block.get("text") {
            Some(text) => within(text, SECTION_MAX),
            None => !elements(block, "fields").is_empty(),
        },
        Some(_) => true,
    }
}

struct Found<'a> {
    shown: &'a str,
    is_mrkdwn: bool,
}

/// The text objects anywhere in blocks or attachments.
fn texts_in<'a>(value: Option<&'a Value>, texts: &mut Vec<Found<'a>>) {
    match value {
        Some(Value::Array(values)) => values.iter().for_each(|value| texts_in(Some(value), texts)),
        Some(Value::Object(members)) => {
            if let Some(shown) = members.get("text").and_then(Value::as_str) {
                // Attachments have text without a type, and it is marked up.
                let kind = members.get("type").and_then(Value::as_str);
                let is_mrkdwn = matches!(kind, Some("mrkdwn" | "markdown") | None);
                texts.push(Found { shown, is_mrkdwn });
            }
            members
                .values()
                .for_each(|value| texts_in(Some(value), texts));
        }
        _ => {}
    }
}

/// The texts of a message in which Slack looks for markup.
fn marked_up(message: &Value) -> Vec<&str> {
    let mut texts = Vec::new();
    texts_in(message.get("blocks"), &mut texts);
    texts_in(message.get("attachments"), &mut texts);
    let in_parts = texts.into_iter().filter(|text| text.is_mrkdwn);
    text(message, "text")
        .into_iter()
        .chain(in_parts.map(|text| text.shown))
        .collect()
}

/// What stands between each `<` and the next `>` of the same line.
fn sequences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        match rest.find(['>', '\n']) {
            Some(end) if rest[end..].starts_with('>') => {
                found.push(&rest[..end]);
                rest = &rest[end + 1..];
            }
            _ => {}
        }
    }
    found
}

/// Whom a message would call: `<!channel>`, `<@U012>`, and bare `@channel` where names are linked.
pub(super) fn pings(message: &Value) -> Vec<String> {
    let links_names =
        message.get("link_names").is_some_and(is_true) || text(message, "parse") == Some("full");
    let mut pings = Vec::new();
    for shown in marked_up(message) {
        for sequence in sequences(shown) {
            let calls = ["!channel", "!here", "!everyone", "!group", "!subteam^"];
            if sequence.starts_with('@') || calls.iter().any(|call| sequence.starts_with(call)) {
                pings.push(format!("<{sequence}>"));
            }
        }
        let bare = ["@channel", "@here", "@everyone"];
        pings.extend(
            bare.iter()
                .filter(|call| links_names && shown.contains(*call))
                .map(|call| (*call).to_owned()),
        );
    }
    pings
}

fn is_true(value: &Value) -> bool {
    *value == Value::Bool(true) || *value == 1 || *value == "1" || *value == "true"
}

/// The links of a message as address and label, split at the first pipe; without one, the address
/// is the label.
pub(super) fn links(message: &Value) -> Vec<(String, String)> {
    marked_up(message)
        .into_iter()
        .flat_map(sequences)
        .filter(|sequence| !sequence.is_empty() && !sequence.starts_with(['@', '!', '#']))
        .map(|sequence| {
            let (url, label) = sequence.split_once('|').unwrap_or((sequence, sequence));
            (unescaped(url), unescaped(label))
        })
        .collect()
}

/// As a reader sees the three escapes that Slack knows.
fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn mentions_are_found_unless_escaped() {
        let pinged = |text: &str| pings(&json!({"text": text}));
        assert_eq!(
            pinged("now <!channel> and <@U012|ann>"),
            ["<!channel>", "<@U012|ann>"]
        );
        assert_eq!(
            pinged("<!subteam^S1> <!here>"),
            ["<!subteam^S1>", "<!here>"]
        );
        assert!(pinged("&lt;!channel&gt; @channel <!date^1^x|y> <#C012> <!chan\nnel>").is_empty());
        assert_eq!(
            pings(&json!({"text": "@channel", "link_names": true})),
            ["@channel"]
        );
        let blocks = json!({"blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": "<!here>"}},
            {"type": "context", "elements": [{"type": "plain_text", "text": "<!channel>"}]},
        ]});
        assert_eq!(pings(&blocks), ["<!here>"]);
        assert_eq!(
            pings(&json!({"attachments": [{"text": "<!here>"}]})),
            ["<!here>"]
        );
    }

    #[test]
    fn links_are_split_at_the_first_pipe() {
        let linked = |text: &str| links(&json!({"text": text}));
        let pair = |url: &str, label: &str| vec![(url.to_owned(), label.to_owned())];
        assert_eq!(
            linked("<https://a.example/?x=1&amp;y=2>")
                .first()
                .unwrap()
                .0,
            "https://a.example/?x=1&y=2"
        );
        assert_eq!(
            linked("<https://a.example|b|c &lt;d&gt;>"),
            pair("https://a.example", "b|c <d>")
        );
        assert_eq!(
            linked("<https://台灣.example|選舉 😀>"),
            pair("https://台灣.example", "選舉 😀")
        );
        assert_eq!(linked("&amp;lt; < a"), []);
        assert_eq!(
            linked("<!channel> <@U1> <> &lt;https://a.example|b&gt;"),
            []
        );
    }

    #[test]
    fn messages_are_measured() {
        let of = |message: &Value| fault(message, TEXT_MAX);
        let section = |length| json!({"type": "section", "text": {"type": "mrkdwn", "text": "台".repeat(length)}});
        assert_eq!(of(&json!({})), Some("no_text"));
        assert_eq!(of(&json!({"text": "", "blocks": []})), Some("no_text"));
        assert_eq!(of(&json!({"text": "台".repeat(40_000)})), None);
        assert_eq!(
            of(&json!({"text": "a".repeat(40_001)})),
            Some("msg_too_long")
        );
        assert_eq!(of(&json!({"blocks": [section(3000)]})), None);
        assert_eq!(
            of(&json!({"blocks": [section(3001)]})),
            Some("invalid_blocks")
        );
        assert_eq!(
            of(&json!({"blocks": vec![section(1); 51]})),
            Some("invalid_blocks")
        );
        assert_eq!(
            of(&json!({"blocks": vec![section(2700); 5]})),
            Some("msg_blocks_too_long")
        );
        assert_eq!(
            of(&json!({"blocks": [{"text": "untyped"}]})),
            Some("invalid_blocks")
        );
        let header = |length| json!({"type": "header", "text": {"type": "plain_text", "text": "a".repeat(length)}});
        assert_eq!(of(&json!({"blocks": [header(150)]})), None);
        assert_eq!(
            of(&json!({"blocks": [header(151)]})),
            Some("invalid_blocks")
        );
    }
}
