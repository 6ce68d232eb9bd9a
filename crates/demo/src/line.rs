//! Lines of an import (DESIGN 6).

use serde_json::json;

use crate::Published;
use crate::outlets::outlet;

/// An item as a line, without its end. It was received when it was published.
pub(crate) fn line(item: &Published) -> String {
    let id = item.source_id.as_str();
    let known = outlet(id);
    json!({
        "id": item.guid,
        "time": item.at.to_string(),
        "published": item.at.to_string(),
        "publisher": id,
        "family": known.map(|outlet| outlet.family),
        "group": known.map(|outlet| outlet.group),
        "platform": "web",
        "lang": item.lang,
        "url": item.url,
        "title": item.title,
        "text": item.text,
    })
    .to_string()
}
