//! What stands beside and below the results of a search: what they are made of, files of them,
//! links to them, and the form that keeps the query.

use bellwether_api::{FacetBody, SearchBody, permalink};
use bellwether_model::Directory;
use maud::{Markup, html};

use super::words::{self, Times};
use super::{Visit, ask, parts};
use crate::answers::{FacetsParams, SearchParams};

/// The fields shown beside the results, and the messages that name their lists.
const FIELDS: [(&str, &str); 3] = [
    ("group", "beside-groups"),
    ("lang", "beside-languages"),
    ("source", "beside-sources"),
];
/// Values shown of each.
const VALUES_SHOWN: usize = 8;

/// What the results are made of; each value narrows the search to it.
pub(super) fn facets(
    visit: &Visit<'_>,
    params: &SearchParams,
    found: &SearchBody,
    directory: &Directory,
) -> Markup {
    let by: Vec<&str> = FIELDS.iter().map(|(field, _)| *field).collect();
    let asked = visit.facets(&FacetsParams {
        q: params.q.clone(),
        from: params.from.clone(),
        to: params.to.clone(),
        by: Some(by.join(",")),
        limit: Some(VALUES_SHOWN),
        names: params.names,
        zone: params.zone.clone(),
    });
    html! {
        section.facets aria-labelledby="made-of" {
            h2 id="made-of" { (visit.say("beside-made-of")) }
            @match &asked {
                Ok(body) => {
                    @for (facet, (_, name)) in body.facets.iter().zip(FIELDS) {
                        (one(visit, params, found, facet, name, directory))
                    }
                    @let csv = html! { a href=(file(params, "facets", "csv")) { "CSV" } };
                    p { (visit.tell("beside-file", &[("csv", csv.into())])) }
                },
                // A failed section fails alone.
                Err(problem) => (parts::problem(visit, problem)),
            }
        }
    }
}

fn one(
    visit: &Visit<'_>,
    params: &SearchParams,
    found: &SearchBody,
    facet: &FacetBody,
    name: &'static str,
    directory: &Directory,
) -> Markup {
    let unknown = facet.unknown.map_or(0, |unknown| unknown.items);
    html! {
        h3 { (visit.say(name)) }
        ol {
            @for value in &facet.values {
                @let query = narrowed(&found.query, &facet.field, &value.value);
                li {
                    span {
                        @if facet.field == "group" {
                            span class={ "mark " (words::mark_class(directory, &value.value)) }
                                aria-hidden="true" {}
                        }
                        a href=(ask::link(params, &[("q", &query)])) {
                            (words::foreign(value.name.as_deref().unwrap_or(&value.value), None))
                        }
                    }
                    span.number { (value.items) }
                }
            }
            @if facet.others.values > 0 {
                li {
                    span { (visit.tell("beside-others", &[("count", facet.others.values.into())])) }
                    span.number { (facet.others.items) }
                }
            }
            @if unknown > 0 {
                li { span { (visit.say("beside-unknown")) } span.number { (unknown) } }
            }
        }
    }
}

/// A query and one more condition.
fn narrowed(query: &str, field: &str, value: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let condition = if value.chars().all(is_plain) {
        format!("{field}:{value}")
    } else {
        format!("{field}:\"{value}\"")
    };
    match query {
        "*" => condition,
        query => format!("({query}) {condition}"),
    }
}

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
        "facets" => pairs.push(("by", "group,lang,source")),
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
pub(super) fn keep(
    visit: &Visit<'_>,
    params: &SearchParams,
    found: &SearchBody,
    times: &Times,
) -> Markup {
    let hidden = [
        ("q", params.q.as_str()),
        ("from", params.from.as_deref().unwrap_or_default()),
        ("to", params.to.as_deref().unwrap_or_default()),
        ("sort", params.sort.as_deref().unwrap_or_default()),
        ("zone", params.zone.as_deref().unwrap_or_default()),
    ];
    html! {
        section.keep aria-labelledby="keep" {
            h2 id="keep" { (visit.say("beside-take-along")) }
            p { (files(visit, params)) }
            p { (links(visit, params, found, times)) }
            @if visit.may_change("/queries") { form.save action="/queries" method="post" {
                @for (name, value) in hidden { input type="hidden" name=(name) value=(value); }
                label {
                    (visit.say("beside-save-under"))
                    input name="name" required maxlength="120" dir="auto" autocomplete="off"
                        value=(words::text(&bellwether_text::excerpt(&params.q, 60)));
                }
                @if let Some(name) = visit.reader.principal.name() {
                    @let name = html! { strong { (words::text(name)) } };
                    p.by { (visit.tell("frame-as", &[("name", name.into())])) }
                } @else {
                    label {
                        (visit.say("frame-your-name"))
                        input name="author" maxlength="80" dir="auto" placeholder=(visit.say("beside-optional"));
                    }
                }
                button type="submit" { (visit.say("beside-save")) }
            } }
        }
    }
}

/// The results as files.
fn files(visit: &Visit<'_>, params: &SearchParams) -> Markup {
    let link = |path: &str, format: &str, name: &str| {
        html! { a href=(file(params, path, format)) { (name) } }
    };
    visit.tell(
        "beside-files",
        &[
            ("csv", link("search", "csv", "CSV").into()),
            ("ndjson", link("search", "ndjson", "NDJSON").into()),
            ("timeline", link("timeline", "csv", "CSV").into()),
            ("json", link("search", "", "JSON").into()),
        ],
    )
}

/// The search as links: as it was asked for, and with its window written out.
fn links(visit: &Visit<'_>, params: &SearchParams, found: &SearchBody, times: &Times) -> Markup {
    let asked = html! { a href=(ask::link(params, &[])) { (visit.say("beside-this-search")) } };
    let fixed =
        html! { a href=(fixed(params, found, times)) { (visit.say("beside-written-out")) } };
    let id = if params.from.as_deref().is_some_and(is_relative) {
        "beside-links-moving"
    } else {
        "beside-links"
    };
    visit.tell(id, &[("asked", asked.into()), ("fixed", fixed.into())])
}

/// Whether an end of a window moves on with the clock.
fn is_relative(typed: &str) -> bool {
    typed == "now" || typed.ends_with(|c: char| c.is_ascii_alphabetic() && c != 'Z')
}
