//! Saved queries: the list, and what their forms do.

use bellwether_api::{NewQueryBody, Problem, SavedQueryBody};
use maud::{Markup, html};

use super::words::{self, Times, count, foreign};
use super::{Page, View, Visit, page, problem_page, times};
use crate::http::Params;

/// The fields of the form that saves a query.
const FIELDS: [&str; 7] = ["name", "q", "from", "to", "sort", "zone", "author"];

/// The page of saved queries.
pub(crate) fn queries(visit: &Visit<'_>) -> Page {
    match visit.saved_queries() {
        Ok(list) => {
            let content = content(visit, &list.items, &times(visit));
            page(visit, View::Queries, "Saved queries", &content)
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
            @if queries.is_empty() { "No saved queries" } @else {
                (count(queries.len() as u64, "saved query", "saved queries"))
            }
        }
        p {
            "A search is saved under a name at the foot of its page. As a file: "
            a href="/api/v1/queries?format=csv" { "CSV" } " · "
            a href="/api/v1/queries?format=ndjson" { "NDJSON" } ". As TOML: "
            code { "bellwether queries list --toml" } "."
        }
        @if !queries.is_empty() {
            div.scroll.broad tabindex="0" role="region" aria-label="Saved queries" {
                table {
                    caption { "By name" }
                    thead {
                        tr {
                            th scope="col" { "Name" }
                            th scope="col" { "Query" }
                            th scope="col" { "Time" }
                            th scope="col" { "Saved" }
                            th scope="col" { span.visually-hidden { "Remove" } }
                        }
                    }
                    tbody { @for query in queries { (row(visit, query, times)) } }
                }
            }
        }
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
    let ends = (query.from.as_deref(), query.to.as_deref());
    html! {
        tr {
            th scope="row" { a href=(link) { (foreign(&query.name, None)) } }
            td { code dir="auto" { (words::text(&query.query)) } }
            td {
                @match ends {
                    (None, None) => "all",
                    (Some(from), None) => { "from " (words::text(from)) },
                    (None, Some(to)) => { "to " (words::text(to)) },
                    (Some(from), Some(to)) => { (words::text(from)) " to " (words::text(to)) },
                }
                @if let Some(zone) = &query.zone { ", " (words::text(zone)) }
            }
            td {
                (times.element(query.updated))
                @if let Some(author) = &query.author { " by " (foreign(author, None)) }
            }
            td {
                @if visit.may_change("/queries/{id}/remove") { form action=(remove) method="post" { button.small type="submit" { "Remove" } } }
            }
        }
    }
}
