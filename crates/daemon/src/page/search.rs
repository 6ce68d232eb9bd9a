//! Search: the first page.

use bellwether_api::{Problem, SearchBody};
use bellwether_model::{Directory, Timestamp};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::words::{self, Times, count};
use super::{Page, View, Visit, ask, beside, chart, page, parts, problem_page, times};
use crate::answers::{SearchParams, TimelineParams, collected, zero_in_words};
use crate::http::{Params, params};

/// What is looked through where nobody says.
const FROM_DEFAULT: &str = "7d";
/// A timeline of everything begins with the first item, where that is not longer ago.
const TIMELINE_MAX: SignedDuration = SignedDuration::from_hours(400 * 24);

/// The search page.
pub(crate) fn search(visit: &Visit<'_>, query: Option<&str>) -> Page {
    let params = match read(query) {
        // Days are meant as they are shown.
        Ok(params) if params.zone.is_none() => SearchParams {
            zone: visit.zone_name(),
            ..params
        },
        Ok(params) => params,
        Err(problem) => return problem_page(visit, View::Search, &problem),
    };
    let times = times(visit);
    match visit.search(&params) {
        Ok(found) => {
            // Days are shown in the zone in which they were asked for.
            let times = Times {
                zone: TimeZone::get(&found.zone).unwrap_or(times.zone),
                ..times
            };
            let content = visit.with_directory(|directory| {
                html! {
                    (ask::form(&params, &times, None))
                    (read_as(&found))
                    (over_time(visit, &params, directory, &times))
                    @if found.items.is_empty() {
                        (results(visit, &params, &found, directory, &times))
                    } @else {
                        div.found {
                            (results(visit, &params, &found, directory, &times))
                            (beside::facets(visit, &params, &found, directory))
                        }
                    }
                    (beside::keep(visit, &params, &found, &times))
                }
            });
            match content {
                Ok(content) => page(visit, View::Search, &title(&params), &content),
                Err(problem) => problem_page(visit, View::Search, &problem),
            }
        }
        Err(problem) => {
            let content = ask::form(&params, &times, Some(&problem));
            Page {
                status: problem.status,
                ..page(visit, View::Search, "Search", &content)
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

fn read_as(found: &SearchBody) -> Markup {
    html! {
        p.canonical {
            "read as " code dir="auto" { (words::text(&found.query)) }
            @if found.query == "*" { ", every item" }
        }
    }
}

fn over_time(
    visit: &Visit<'_>,
    params: &SearchParams,
    directory: &Directory,
    times: &Times,
) -> Markup {
    let from = params
        .from
        .clone()
        .or_else(|| first(visit, params, times.now).map(|at| at.to_string()));
    let drawn = visit.timeline(&TimelineParams {
        q: params.q.clone(),
        from,
        to: params.to.clone(),
        bin: None,
        by: Some("group".to_owned()),
        names: params.names,
        zone: params.zone.clone(),
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
fn first(visit: &Visit<'_>, params: &SearchParams, now: Timestamp) -> Option<Timestamp> {
    let found = visit
        .search(&SearchParams {
            sort: Some("oldest".to_owned()),
            limit: Some(1),
            cursor: None,
            each: true,
            ..params.clone()
        })
        .ok()?;
    let time = found.items.first()?.time;
    (now.duration_since(time) < TIMELINE_MAX).then_some(time)
}

fn results(
    visit: &Visit<'_>,
    params: &SearchParams,
    found: &SearchBody,
    directory: &Directory,
    times: &Times,
) -> Markup {
    html! {
        section aria-labelledby="results" {
            h2 id="results" { (count(found.total, "item", "items")) }
            @if let Some(most) = found.items_max.filter(|most| found.total > u64::from(*most)) {
                p { "By relevance the first " (most) " are listed; by time all are." }
            }
            @if found.items.iter().any(|item| item.copies.is_some_and(|copies| copies > 0)) {
                p {
                    "One item of each story is listed, with the number of the others. "
                    a href=(ask::link(params, &[("collapse", "false")])) { "List each" }
                }
            }
            @if found.items.is_empty() { (nothing(visit, params, found, times)) }
            (parts::coverage(&found.coverage, directory, "this search"))
            @if !found.items.is_empty() { (parts::items(&found.items, directory, times)) }
            @if let Some(cursor) = &found.cursor {
                @let next = ask::link(params, &[("cursor", cursor)]);
                p { a rel="next" href=(next) { "Next page" } }
            }
        }
    }
}

/// Says what was looked at, and where something would be found.
fn nothing(visit: &Visit<'_>, params: &SearchParams, found: &SearchBody, times: &Times) -> Markup {
    let everywhere = visit.search(&SearchParams {
        q: params.q.clone(),
        names: params.names,
        zone: params.zone.clone(),
        limit: Some(1),
        ..SearchParams::default()
    });
    let newest = everywhere.ok().and_then(|all| {
        let item = all.items.into_iter().next()?;
        Some((all.total, item.time))
    });
    html! {
        p {
            @match zero_in_words(&found.coverage) {
                Some(zero) => { "No items: " (zero) "; " },
                None => { "No items in this time; " },
            }
            (collected(&found.coverage)) " of "
            (count(found.coverage.sources, "source", "sources")) " were collected throughout."
        }
        @if let Some((total, time)) = newest {
            p {
                a href=(ask::link(params, &[("from", ""), ("to", "")])) {
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
