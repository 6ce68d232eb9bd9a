//! Feeds to be served.

use jiff::Timestamp;

/// An entry of a feed.
#[derive(Debug, Clone, Default)]
pub struct Entry {
    /// The feed's own id; left out where empty.
    pub guid: String,
    /// Its address; left out where empty.
    pub link: String,
    /// Title.
    pub title: String,
    /// Text.
    pub text: String,
    /// Its date as written in the feed; left out where empty.
    pub date: String,
}

/// An RSS document.
#[must_use]
pub fn rss(entries: &[Entry]) -> String {
    let mut document = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\"><channel>\
         <title>Example</title><link>https://news.example.org/</link><description>d</description>\n",
    );
    for entry in entries {
        document.push_str("<item>");
        for (element, text) in [
            ("title", &entry.title),
            ("link", &entry.link),
            ("guid isPermaLink=\"false\"", &entry.guid),
            ("pubDate", &entry.date),
            ("description", &entry.text),
        ] {
            if !text.is_empty() {
                let name = element.split(' ').next().unwrap_or(element);
                document.push_str(&format!("<{element}>{}</{name}>", escaped(text)));
            }
        }
        document.push_str("</item>\n");
    }
    document.push_str("</channel></rss>\n");
    document
}

/// A time as feeds write it.
#[must_use]
pub fn rss_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
