//! Saved queries: the list, and what their forms do.

use bellwether_api::{NewQueryBody, Problem, SavedQueryBody};
use maud::{Markup, html};

use super::words::{self, Times, foreign};
use super::{Page, View, Visit, page, problem_page, times};
use crate::http::Params;

/// The fields of the form that saves a query.
const FIELDS: [&str; 7] = ["name", "q", "from", "to", "sort", "zone", "author"];

/// The page of saved queries.
pub(crate) fn queries(visit: &Visit<'_>) -> Page {
    match visit.saved_queries() {
        Ok(list) => {
            let content = content(visit, &list.items, &times(visit));
            page(visit, View::Queries, &visit.say("saved-title"), &content)
        }
        Err(problem) => problem_page(visit, View::Queries, &problem),
    }
}

/// Keeps what a form holds.
pub(crate) fn save_query(visit: &Visit<'_>, form: &str) -> Result<(), Problem> {
    let mut fields = Params::read_names(Some(form), &FIELDS)?;
    let new = NewQueryBody {
        name: fields.take("name").unwrap_or_default(),
        query: fields.take("q").unwrap_or_default(),
        from: fields.take("from"),
        to: fields.take("to"),
        sort: fields.take("sort"),
        zone: fields.take("zone"),
        author: Some(
            visit
                .reader
                .sign(&fields.take("author").unwrap_or_default())?,
        ),
    };
    visit.save_query(&new).map(drop)
}

/// What a form could not do.
pub(crate) fn query_problem(visit: &Visit<'_>, problem: &Problem) -> Page {
    problem_page(visit, View::Queries, problem)
}

fn content(visit: &Visit<'_>, queries: &[SavedQueryBody], times: &Times) -> Markup {
    html! {
        h1 {
            @if queries.is_empty() { (visit.say("saved-none")) } @else {
                (visit.tell("saved-count", &[("count", queries.len().into())]))
            }
        }
        p { (note(visit)) }
        @if !queries.is_empty() {
            div.scroll.broad tabindex="0" role="region" aria-label=(visit.say("saved-title")) {
                table {
                    caption { (visit.say("saved-by-name")) }
                    thead {
                        tr {
                            th scope="col" { (visit.say("saved-name")) }
                            th scope="col" { (visit.say("saved-query")) }
                            th scope="col" { (visit.say("saved-time")) }
                            th scope="col" { (visit.say("saved-saved")) }
                            th scope="col" { span.visually-hidden { (visit.say("saved-remove")) } }
                        }
                    }
                    tbody { @for query in queries { (row(visit, query, times)) } }
                }
            }
        }
    }
}

/// How a query is saved, and how the list is taken along.
fn note(visit: &Visit<'_>) -> Markup {
    let csv = html! { a href="/api/v1/queries?format=csv" { "CSV" } };
    let ndjson = html! { a href="/api/v1/queries?format=ndjson" { "NDJSON" } };
    let toml = html! { code { "bellwether queries list --toml" } };
    visit.tell(
        "saved-note",
        &[
            ("csv", csv.into()),
            ("ndjson", ndjson.into()),
            ("toml", toml.into()),
        ],
    )
}

/// The time that a query is about, as it was typed.
fn stretch(visit: &Visit<'_>, query: &SavedQueryBody) -> Markup {
    let stretch = match (query.from.as_deref(), query.to.as_deref()) {
        (None, None) => visit.tell("saved-all", &[]),
        (Some(from), None) => visit.tell("saved-from", &[("from", from.into())]),
        (None, Some(to)) => visit.tell("saved-to", &[("to", to.into())]),
        (Some(from), Some(to)) => {
            visit.tell("saved-from-to", &[("from", from.into()), ("to", to.into())])
        }
    };
    match query.zone.as_deref() {
        None => stretch,
        Some(zone) => visit.tell(
            "saved-in-zone",
            &[("stretch", stretch.into()), ("zone", zone.into())],
        ),
    }
}

fn row(visit: &Visit<'_>, query: &SavedQueryBody, times: &Times) -> Markup {
    let link = words::search_link(&[
        ("q", &query.query),
        ("from", query.from.as_deref().unwrap_or_default()),
        ("to", query.to.as_deref().unwrap_or_default()),
        ("sort", query.sort.as_deref().unwrap_or_default()),
        ("zone", query.zone.as_deref().unwrap_or_default()),
    ]);
    let remove = format!("{}/remove", words::path("queries", &query.id));
    let updated = times.element(query.updated);
    html! {
        tr {
            th scope="row" { a href=(link) { (foreign(&query.name, None)) } }
            td { code dir="auto" { (words::text(&query.query)) } }
            td { (stretch(visit, query)) }
            td {
                @match &query.author {
                    None => (updated),
                    Some(author) => (visit.tell("saved-by", &[
                        ("when", updated.into()),
                        ("author", foreign(author, None).into()),
                    ])),
                }
            }
            td {
                @if visit.may_change("/queries/{id}/remove") {
                    form action=(remove) method="post" {
                        button.small type="submit" { (visit.say("saved-remove")) }
                    }
                }
            }
        }
    }
}
