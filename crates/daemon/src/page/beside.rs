//! What stands beside and below the results of a search: what they are made of, files of them,
//! links to them, and the form that keeps the query.

use bellwether_api::{SearchBody, permalink};
use maud::{Markup, html};

use super::ask;
use super::words::{self, Times};
use crate::answers::SearchParams;

/// The same answer as a file.
fn file(params: &SearchParams, path: &str, format: &str) -> String {
    let mut pairs = vec![
        ("q", params.q.as_str()),
        ("from", params.from.as_deref().unwrap_or_default()),
        ("to", params.to.as_deref().unwrap_or_default()),
        ("zone", params.zone.as_deref().unwrap_or_default()),
        ("names", if params.names { "true" } else { "" }),
    ];
    match path {
        "search" => pairs.push(("sort", params.sort.as_deref().unwrap_or_default())),
        "timeline" => pairs.push(("by", "group")),
        _ => {}
    }
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
        query.append_pair(name, value);
    }
    if !format.is_empty() {
        query.append_pair("format", format);
    }
    if format == "csv" {
        // People open these in spreadsheets.
        query.append_pair("bom", "1");
    }
    format!("/api/v1/{path}?{}", query.finish())
}

/// The address of the same search at any later time: its window is written out.
fn fixed(params: &SearchParams, found: &SearchBody, times: &Times) -> String {
    let from = found.window.from.map(|from| from.to_string());
    let to = found.window.to.unwrap_or(times.now).to_string();
    let zone = params.zone.as_deref().or(Some(&found.zone));
    permalink(
        None,
        &params.q,
        from.as_deref(),
        Some(&to),
        &[
            ("sort", params.sort.as_deref()),
            ("zone", zone),
            ("names", params.names.then_some("true")),
        ],
    )
}

/// Files, links, and the form that keeps the query.
pub(super) fn keep(params: &SearchParams, found: &SearchBody, times: &Times) -> Markup {
    let hidden = [
        ("q", params.q.as_str()),
        ("from", params.from.as_deref().unwrap_or_default()),
        ("to", params.to.as_deref().unwrap_or_default()),
        ("sort", params.sort.as_deref().unwrap_or_default()),
        ("zone", params.zone.as_deref().unwrap_or_default()),
    ];
    html! {
        section.keep aria-labelledby="keep" {
            h2 id="keep" { "Take along" }
            p {
                "All items: " a href=(file(params, "search", "csv")) { "CSV" } " · "
                a href=(file(params, "search", "ndjson")) { "NDJSON" } ". Timeline: "
                a href=(file(params, "timeline", "csv")) { "CSV" } ". This page: "
                a href=(file(params, "search", "")) { "JSON" } "."
            }
            p {
                "Link to " a href=(ask::link(params, &[])) { "this search" }
                @if params.from.as_deref().is_some_and(is_relative) { ", its time moving on" }
                " · " a href=(fixed(params, found, times)) { "with its time written out" }
                ", the same tomorrow."
            }
            form.save action="/queries" method="post" {
                @for (name, value) in hidden { input type="hidden" name=(name) value=(value); }
                label { "Save under the name" input name="name" required maxlength="120" dir="auto"
                    autocomplete="off" value=(words::text(&bellwether_text::excerpt(&params.q, 60))); }
                label { "Your name" input name="author" maxlength="80" dir="auto"
                    placeholder="optional"; }
                button type="submit" { "Save" }
            }
        }
    }
}

/// Whether an end of a window moves on with the clock.
fn is_relative(typed: &str) -> bool {
    typed == "now" || typed.ends_with(|c: char| c.is_ascii_alphabetic() && c != 'Z')
}
