//! Documents in JSON.

use serde_json::Value;

use super::{Document, NotRead, wall};
use crate::article::bounds;
use crate::parse::charset;

/// Characters of a platform's own error that are repeated.
const ERROR_CHARS_MAX: usize = 200;

/// The value of a document, unless it is a page that stands in the way or an error of the platform.
pub(super) fn read(document: &Document<'_>, expected: &'static str) -> Result<Value, NotRead> {
    let (text, _) = charset::decode(document.body, document.content_type, None);
    let start = text.trim_start();
    if start.starts_with('<') {
        let page = bounds::page(document.body, document.content_type)?;
        let found = "a page for people";
        return Err(wall::of_page(&page, document.url)
            .map_or(NotRead::Other { expected, found }, NotRead::Wall));
    }
    // The depth of nesting is bounded by the parser.
    let value: Value = serde_json::from_str(start).map_err(|_| NotRead::Other {
        expected,
        found: "not JSON, or cut off",
    })?;
    match platform_error(&value) {
        Some(error) => Err(NotRead::Platform(error)),
        None => Ok(value),
    }
}

/// What the platform says is wrong: `error` alone (Mastodon), or with `message` (AT Protocol).
fn platform_error(value: &Value) -> Option<String> {
    let error = value.get("error")?.as_str()?;
    let message = value.get("message").and_then(Value::as_str);
    let text = match message {
        Some(message) => format!("{error}: {message}"),
        None => error.to_owned(),
    };
    Some(
        crate::html::one_line(&text)
            .chars()
            .take(ERROR_CHARS_MAX)
            .collect(),
    )
}

/// A text that is there and not empty.
pub(super) fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value
        .get(key)?
        .as_str()
        .filter(|text| !text.trim().is_empty())
}
