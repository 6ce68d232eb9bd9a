//! Search: the first page.

use bellwether_api::{Problem, SearchBody};
use bellwether_model::{Directory, Timestamp};
use jiff::SignedDuration;
use maud::{Markup, html};

use super::words::{self, Times, count, search_link};
use super::{Page, View, chart, page, parts, problem_page, times};
use crate::answers::{Answers, SearchParams, TimelineParams, collected};
use crate::http::{Params, params};

/// What is looked through where nobody says.
const FROM_DEFAULT: &str = "7d";
/// Stretches of time offered beside the fields.
const STRETCHES: [(&str, &str); 4] = [
    ("24h", "24 hours"),
    ("7d", "7 days"),
    ("28d", "28 days"),
    ("", "all"),
];
/// A timeline of everything begins with the first item, where that is not longer ago.
const TIMELINE_MAX: SignedDuration = SignedDuration::from_hours(400 * 24);

/// The search page.
pub(crate) fn search(answers: &Answers, query: Option<&str>) -> Page {
    let params = match read(query) {
        Ok(params) => params,
        Err(problem) => return problem_page(answers, View::Search, &problem),
    };
    match answers.search(&params) {
        Ok(found) => {
            let times = times(answers);
            let content = answers.with_directory(|directory| {
                html! {
                    (form(&params, None))
                    (read_as(&found))
                    (over_time(answers, &params, directory, &times))
                    (results(answers, &params, &found, directory, &times))
                }
            });
            match content {
                Ok(content) => page(answers, View::Search, &title(&params), &content),
                Err(problem) => problem_page(answers, View::Search, &problem),
            }
        }
        Err(problem) => {
            let content = form(&params, Some(&problem));
            Page {
                status: problem.status,
                ..page(answers, View::Search, "Search", &content)
            }
        }
    }
}

fn read(query: Option<&str>) -> Result<SearchParams, Problem> {
    let mut params = Params::read(query, &[&params::SEARCH])?.search()?;
    // An empty field means "all"; a field that is not there, or a query with a time of its own, has
    // not been asked.
    let named = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .any(|(name, _)| name == "from" || name == "to");
    if !named && !params.q.contains("time:") {
        params.from = Some(FROM_DEFAULT.to_owned());
    }
    Ok(params)
}

fn title(params: &SearchParams) -> String {
    if params.q.is_empty() {
        "Search".to_owned()
    } else {
        format!("{} · Search", bellwether_text::excerpt(&params.q, 80))
    }
}

fn form(params: &SearchParams, problem: Option<&Problem>) -> Markup {
    let is_oldest = params.sort.as_deref() == Some("oldest");
    let is_wrong = problem.is_some_and(|problem| problem.kind == "/problems/query");
    html! {
        h1.visually-hidden { "Search" }
        form.search action="/" method="get" role="search" {
            div.query {
                label for="q" { "Query" }
                input id="q" name="q" type="search" value=(params.q) dir="auto" autocomplete="off"
                    spellcheck="false" maxlength="8192" aria-describedby="q-help"
                    aria-invalid=[is_wrong.then_some("true")];
                button type="submit" { "Search" }
            }
            @if let Some(problem) = problem { (fault(&params.q, problem)) }
            p.help id="q-help" {
                "Words are joined by AND. " code { "\"a phrase\"" } " " code { "OR" } " "
                code { "-not" } " " code { "title:" } " " code { "source:" } " " code { "group:" }
                " " code { "family:" } " " code { "lang:" } ". Either Han script finds the other."
            }
            div.fields {
                label { "From" input name="from" value=(params.from.as_deref().unwrap_or_default())
                    placeholder="7d or 2026-11-28"; }
                label { "To" input name="to" value=(params.to.as_deref().unwrap_or_default())
                    placeholder="now"; }
                label {
                    "Order"
                    select name="sort" {
                        option value="newest" selected[!is_oldest] { "newest first" }
                        option value="oldest" selected[is_oldest] { "oldest first" }
                    }
                }
                span.stretches {
                    "Time: "
                    @for (from, name) in STRETCHES {
                        a href=(search_link(&[("q", &params.q), ("from", from)])) { (name) }
                        " "
                    }
                }
            }
        }
    }
}

/// The query with the place at which reading stopped.
fn fault(q: &str, problem: &Problem) -> Markup {
    let at = problem.position.unwrap_or(usize::MAX);
    let before: String = q.chars().take(at).collect();
    let after: String = q.chars().skip(at).collect();
    html! {
        div.problem role="alert" {
            p { strong { (words::text(&problem.title)) } }
            @if problem.position.is_some() {
                p { code dir="auto" { (words::text(&before)) span.here { "▲" } (words::text(&after)) } }
            }
        }
        (parts::problem(problem))
    }
}

fn read_as(found: &SearchBody) -> Markup {
    html! {
        p.canonical {
            "read as " code dir="auto" { (words::text(&found.query)) }
            @if found.query == "*" { ", every item" }
        }
    }
}

fn over_time(
    answers: &Answers,
    params: &SearchParams,
    directory: &Directory,
    times: &Times,
) -> Markup {
    let from = params
        .from
        .clone()
        .or_else(|| first(answers, params, times.now).map(|at| at.to_string()));
    let drawn = answers.timeline(&TimelineParams {
        q: params.q.clone(),
        from,
        to: params.to.clone(),
        bin: None,
        by: Some("group".to_owned()),
        ..TimelineParams::default()
    });
    html! {
        section aria-labelledby="over-time" {
            h2 id="over-time" { "Over time" }
            @match &drawn {
                Ok(timeline) => (chart::timeline(timeline, None, directory, times)),
                // A failed section fails alone.
                Err(problem) => {
                    p { "The timeline cannot be drawn: " (words::text(&problem.title)) "." }
                    (parts::problem(problem))
                },
            }
        }
    }
}

/// The time of the first item that matches, where it lies not too long ago.
fn first(answers: &Answers, params: &SearchParams, now: Timestamp) -> Option<Timestamp> {
    let found = answers
        .search(&SearchParams {
            sort: Some("oldest".to_owned()),
            limit: Some(1),
            cursor: None,
            ..params.clone()
        })
        .ok()?;
    let time = found.items.first()?.time;
    (now.duration_since(time) < TIMELINE_MAX).then_some(time)
}

fn results(
    answers: &Answers,
    params: &SearchParams,
    found: &SearchBody,
    directory: &Directory,
    times: &Times,
) -> Markup {
    html! {
        section aria-labelledby="results" {
            h2 id="results" { (count(found.total, "item", "items")) }
            @if found.items.is_empty() { (nothing(answers, params, found, times)) }
            (parts::coverage(&found.coverage, directory, "this search"))
            @if !found.items.is_empty() { (parts::items(&found.items, directory, times)) }
            @if let Some(cursor) = &found.cursor {
                @let sort = params.sort.as_deref().unwrap_or("newest");
                @let next = search_link(&[
                    ("q", &params.q),
                    ("from", params.from.as_deref().unwrap_or_default()),
                    ("to", params.to.as_deref().unwrap_or_default()),
                    ("sort", sort),
                    ("cursor", cursor),
                ]);
                p { a rel="next" href=(next) { "Next page" } }
            }
        }
    }
}

/// Says what was looked at, and where something would be found.
fn nothing(answers: &Answers, params: &SearchParams, found: &SearchBody, times: &Times) -> Markup {
    let everywhere = answers.search(&SearchParams {
        q: params.q.clone(),
        limit: Some(1),
        ..SearchParams::default()
    });
    let newest = everywhere.ok().and_then(|all| {
        let item = all.items.into_iter().next()?;
        Some((all.total, item.time))
    });
    html! {
        p {
            "No items in this time; " (collected(&found.coverage)) " of "
            (count(found.coverage.sources, "source", "sources")) " were collected throughout."
        }
        @if let Some((total, time)) = newest {
            p {
                a href=(search_link(&[("q", &params.q), ("from", "")])) {
                    (count(total, "item", "items")) " at other times"
                }
                ", the newest of " (times.element(time)) "."
            }
        } @else if params.q.is_empty() {
            p { "Nothing has been collected yet." }
        } @else {
            p { "Nothing in the whole collection matches. Try fewer words, or another spelling." }
        }
    }
}
