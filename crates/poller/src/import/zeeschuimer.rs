//! What an analyst captured in the browser with Zeeschuimer: one object a line, the platform's own
//! object in `data`.
//!
//! `data` is whatever the site sent that week, so words, account and time are looked for where the
//! known platforms have put them, and a line without words is a bad line. Lines of other navigation
//! repeat an item: they are the same item. What names the analyst (`user_agent`) is read by nobody,
//! and stays in the file that is kept.

use serde_json::{Map, Value, json};

use super::line::{ImportLine, LineFault};
use bellwether_model::Timestamp;

/// Where platforms put the words of a post, the more telling first.
const WORDS: [&[&str]; 12] = [
    // A long post stands here, and shortened in `legacy`.
    &["note_tweet", "note_tweet_results", "result", "text"],
    &["legacy", "full_text"],
    &["desc"],
    &["caption", "text"],
    &["edge_media_to_caption", "edges", "0", "node", "text"],
    &["text_post_app_info", "text"],
    &["content"],
    &["body"],
    &["text"],
    &["description"],
    &["title"],
    &["note_card", "desc"],
];

/// Where they put the account.
const ACCOUNTS: [&[&str]; 11] = [
    &["core", "user_results", "result", "legacy", "screen_name"],
    &["core", "user_results", "result", "core", "screen_name"],
    &["author", "uniqueId"],
    &["author", "unique_id"],
    &["author", "username"],
    &["author"],
    &["user", "username"],
    &["owner", "username"],
    &["account", "acct"],
    &["creator", "username"],
    &["note_card", "user", "nickname"],
];

/// Where they put the time.
const TIMES: [&[&str]; 9] = [
    &["legacy", "created_at"],
    &["createTime"],
    &["create_time"],
    &["taken_at"],
    &["taken_at_timestamp"],
    &["created_at"],
    &["creationTs"],
    &["time"],
    &["timestamp"],
];

/// A number of seconds is no later than this (the year 2100), one of milliseconds is.
const SECONDS_MAX: i64 = 4_102_444_800;

/// Reads a line.
pub(super) fn line(text: &str) -> Result<ImportLine, LineFault> {
    let value: Value =
        serde_json::from_str(text).map_err(|error| LineFault::NoJson(error.to_string()))?;
    let Value::Object(envelope) = value else {
        return Err(LineFault::NoObject);
    };
    let collected = envelope
        .get("timestamp_collected")
        .and_then(moment)
        .ok_or(LineFault::NoTime)?;
    let data = envelope.get("data").unwrap_or(&Value::Null);
    let platform = envelope
        .get("source_platform")
        .and_then(Value::as_str)
        .unwrap_or("unknown platform")
        .trim_start_matches("www.");
    let id = match envelope.get("item_id") {
        Some(Value::String(id)) => Some(id.clone()),
        Some(Value::Number(id)) => Some(id.to_string()),
        _ => None,
    };
    let account = first(data, &ACCOUNTS, words).map(|name| name.trim_start_matches('@').to_owned());
    let mut fields = Map::new();
    fields.insert("time".to_owned(), json!(collected.to_string()));
    if let Some(published) = first(data, &TIMES, moment) {
        fields.insert("published".to_owned(), json!(published.to_string()));
    }
    // Without an account it is the platform that is known to speak.
    let publisher =
        account.map_or_else(|| platform.to_owned(), |name| format!("{platform}:{name}"));
    fields.insert("publisher".to_owned(), json!(publisher));
    fields.insert("platform".to_owned(), json!(platform));
    if let Some(id) = id {
        fields.insert("id".to_owned(), json!(format!("{platform}/{id}")));
    }
    if let Some(text) = first(data, &WORDS, words) {
        fields.insert("text".to_owned(), json!(text));
    }
    ImportLine::of(&fields)
}

/// The first place that has something.
fn first<T>(data: &Value, places: &[&[&str]], read: fn(&Value) -> Option<T>) -> Option<T> {
    places.iter().find_map(|place| {
        let found = place.iter().try_fold(data, |value, key| match value {
            Value::Array(values) => values.get(key.parse::<usize>().ok()?),
            _ => value.get(key),
        })?;
        read(found)
    })
}

fn words(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Seconds, milliseconds, or a date in words.
fn moment(value: &Value) -> Option<Timestamp> {
    let number = match value {
        Value::Number(number) => number
            .as_i64()
            .or_else(|| number.as_f64().map(|n| n as i64))?,
        Value::String(text) => match text.trim().parse::<i64>() {
            Ok(number) => number,
            Err(_) => return crate::date::parse(text),
        },
        _ => return None,
    };
    if number <= 0 {
        return None;
    }
    if number > SECONDS_MAX {
        Timestamp::from_millisecond(number).ok()
    } else {
        Timestamp::from_second(number).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(platform: &str, data: &Value) -> Result<ImportLine, LineFault> {
        line(
            &json!({"nav_index": "1:2:3", "item_id": 7, "timestamp_collected": 1_795_165_200_123_i64,
                "source_platform": platform, "user_agent": "x", "data": data})
            .to_string(),
        )
    }

    #[test]
    fn platforms() {
        for (platform, data, publisher, text, published) in [
            (
                "tiktok.com",
                json!({"desc": "看影片", "createTime": "1795160000", "author": {"uniqueId": "name"}}),
                "tiktok.com:name",
                "看影片",
                "2026-11-20T07:33:20Z",
            ),
            (
                "twitter.com",
                json!({"rest_id": "7", "legacy": {"full_text": "Ballots", "created_at": "Fri Nov 20 07:00:00 +0000 2026"}, "core": {"user_results": {"result": {"legacy": {"screen_name": "n"}}}}}),
                "twitter.com:n",
                "Ballots",
                "2026-11-20T07:00:00Z",
            ),
            (
                "www.instagram.com",
                json!({"caption": {"text": "Count"}, "user": {"username": "n"}, "taken_at": 1_795_160_000}),
                "instagram.com:n",
                "Count",
                "2026-11-20T07:33:20Z",
            ),
        ] {
            let line = read(platform, &data).unwrap();
            assert_eq!(line.publisher.as_str(), publisher);
            assert_eq!(line.text, text);
            assert_eq!(
                line.published.map(|t| t.to_string()).as_deref(),
                Some(published),
                "{platform}"
            );
            assert_eq!(line.time.to_string(), "2026-11-20T09:00:00.123Z");
            assert!(line.id.unwrap().ends_with("/7"));
        }
    }

    #[test]
    fn what_is_missing() {
        let line = read("pinterest.com", &json!({"title": "A title"})).unwrap();
        assert_eq!(
            (line.publisher.as_str(), line.text.as_str()),
            ("pinterest.com", "A title")
        );
        assert_eq!(read("x.com", &json!({"desc": ""})), Err(LineFault::NoWords));
        assert_eq!(read("x.com", &Value::Null), Err(LineFault::NoWords));
        assert_eq!(line_of("{}"), Err(LineFault::NoTime));
        assert_eq!(line_of("[]"), Err(LineFault::NoObject));
        assert!(matches!(line_of("{"), Err(LineFault::NoJson(_))));
    }

    fn line_of(text: &str) -> Result<ImportLine, LineFault> {
        line(text)
    }
}
