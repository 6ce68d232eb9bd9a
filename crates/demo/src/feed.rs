//! Feed documents: RSS 2.0, Atom and JSON Feed, as the outlets' sites would serve them.

use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::Published;
use crate::outlets::{Format, Outlet};

/// Entries of a document, as many as a busy outlet's feed usually has.
pub(crate) const ENTRIES_MAX: usize = 40;

/// The path a feed is served under.
pub(crate) fn path(outlet: &Outlet) -> String {
    let ending = match outlet.format {
        Format::Rss | Format::Atom => "xml",
        Format::Json => "json",
    };
    format!("/feeds/{}.{ending}", outlet.id)
}

/// The value of the header `Content-Type`.
pub(crate) const fn content_type(format: Format) -> &'static str {
    match format {
        Format::Rss => "application/rss+xml; charset=utf-8",
        Format::Atom => "application/atom+xml; charset=utf-8",
        Format::Json => "application/feed+json",
    }
}

/// The document with these items, newest first.
pub(crate) fn document(outlet: &Outlet, items: &[&Published], zone: &TimeZone) -> String {
    match outlet.format {
        Format::Rss => rss(outlet, items, zone),
        Format::Atom => atom(outlet, items),
        Format::Json => json_feed(outlet, items),
    }
}

fn rss(outlet: &Outlet, items: &[&Published], zone: &TimeZone) -> String {
    let items: String = items
        .iter()
        .map(|item| {
            // The years of the demo can all be written so; a date that could not would be left out.
            let date =
                rfc2822::to_string(&item.at.to_zoned_datetime(zone.clone())).unwrap_or_default();
            format!(
                "<item><title>{}</title><link>{}</link><guid isPermaLink=\"false\">{}</guid>\
                 <pubDate>{date}</pubDate><dc:language>{}</dc:language>\
                 <description>{}</description></item>\n",
                escaped(&item.title),
                escaped(&item.url),
                escaped(&item.guid),
                item.lang,
                // A description holds markup, so plain text is escaped twice.
                escaped(&escaped(&item.text)),
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel>\
         <title>{name}</title><link>https://{id}.example/</link>\
         <description>{name} (invented)</description><language>{lang}</language>\n\
         {items}</channel></rss>\n",
        name = escaped(outlet.name),
        id = outlet.id,
        lang = outlet.lang.tag(),
    )
}

fn atom(outlet: &Outlet, items: &[&Published]) -> String {
    let updated = items.first().map_or_else(String::new, |item| {
        format!("<updated>{}</updated>", item.at)
    });
    let entries: String = items
        .iter()
        .map(|item| {
            format!(
                "<entry xml:lang=\"{}\"><title>{}</title><link href=\"{}\"/><id>{}</id>\
                 <published>{at}</published><updated>{at}</updated>\
                 <content type=\"text\">{}</content></entry>\n",
                item.lang,
                escaped(&item.title),
                escaped(&item.url),
                escaped(&item.guid),
                escaped(&item.text),
                at = item.at,
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{lang}\">\
         <title>{name}</title><id>https://{id}.example/</id>\
         <link href=\"https://{id}.example/\"/><author><name>{name}</name></author>{updated}\n\
         {entries}</feed>\n",
        name = escaped(outlet.name),
        id = outlet.id,
        lang = outlet.lang.tag(),
    )
}

fn json_feed(outlet: &Outlet, items: &[&Published]) -> String {
    let items: Vec<_> = items
        .iter()
        .map(|item| {
            json!({
                "id": item.guid,
                "url": item.url,
                "title": item.title,
                "content_text": item.text,
                "date_published": item.at.to_string(),
                "language": item.lang,
            })
        })
        .collect();
    json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": format!("https://{}.example/", outlet.id),
        "language": outlet.lang.tag(),
        "items": items,
    })
    .to_string()
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}
