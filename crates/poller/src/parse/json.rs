//! JSON Feed as any JSON: what has a list of `items` is read as far as it goes.

use serde_json::Value;

use super::{Read, Reading};
use crate::html;

/// `None` where the text is no JSON with items.
pub(super) fn read(text: &str) -> Option<Reading> {
    let feed: Value = serde_json::from_str(text).ok()?;
    let items = feed.get("items")?.as_array()?;
    let language = string(&feed, "language");
    Some(Reading {
        title: string(&feed, "title").map(|title| html::one_line(&title)),
        description: string(&feed, "description").map(|text| html::plain(&text)),
        link: string(&feed, "home_page_url"),
        lang: language.clone(),
        older: string(&feed, "next_url"),
        is_wordpress: false,
        entries: items
            .iter()
            .map(|item| entry(item, language.as_deref()))
            .collect(),
    })
}

fn entry(item: &Value, language: Option<&str>) -> Read {
    let text = string(item, "content_html")
        .map(|text| html::to_text(&text))
        .or_else(|| string(item, "content_text").map(|text| html::squeeze(&text)))
        .or_else(|| string(item, "summary").map(|text| html::plain(&text)));
    Read {
        guid: string(item, "id"),
        link: string(item, "url").or_else(|| string(item, "external_url")),
        link_behind: None,
        title: string(item, "title")
            .map(|title| html::one_line(&html::plain(&title)))
            .unwrap_or_default(),
        text: text.unwrap_or_default(),
        dates: ["date_published", "date_modified"]
            .iter()
            .filter_map(|key| string(item, key))
            .collect(),
        lang: string(item, "language").or_else(|| language.map(str::to_owned)),
    }
}

/// A text, or a number where a text should be; not an empty one.
fn string(value: &Value, key: &str) -> Option<String> {
    match value.get(key)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
