//! Search: the first page.

use bellwether_api::{CoverageBody, Problem, SearchBody};
use bellwether_model::{Directory, Timestamp, Zero};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::words::{self, Times};
use super::{Page, View, Visit, ask, beside, chart, page, parts, problem_page, times};
use crate::answers::{SearchParams, TimelineParams, collected};
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
                    (ask::form(visit, &params, &times, None))
                    (read_as(visit, &found))
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
                Ok(content) => page(visit, View::Search, &title(visit, &params), &content),
                Err(problem) => problem_page(visit, View::Search, &problem),
            }
        }
        Err(problem) => {
            let content = ask::form(visit, &params, &times, Some(&problem));
            Page {
                status: problem.status,
                ..page(visit, View::Search, &visit.say("search-title"), &content)
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

fn title(visit: &Visit<'_>, params: &SearchParams) -> String {
    let title = visit.say("search-title");
    if params.q.is_empty() {
        title
    } else {
        format!("{} · {title}", bellwether_text::excerpt(&params.q, 80))
    }
}

fn read_as(visit: &Visit<'_>, found: &SearchBody) -> Markup {
    let query = html! { code dir="auto" { (words::text(&found.query)) } };
    let id = match found.query.as_str() {
        "*" => "search-read-as-all",
        _ => "search-read-as",
    };
    html! { p.canonical { (visit.tell(id, &[("query", query.into())])) } }
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
            h2 id="over-time" { (visit.say("search-over-time")) }
            @match &drawn {
                Ok(timeline) => (chart::timeline(visit, timeline, None, directory, times)),
                // A failed section fails alone.
                Err(problem) => {
                    @let why = html! { span lang=[visit.foreign_tag()] { (words::text(&problem.title)) } };
                    p { (visit.tell("burst-not-drawn", &[("why", why.into())])) }
                    (parts::problem(visit, problem))
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
            h2 id="results" { (visit.items(found.total)) }
            @if let Some(most) = found.items_max.filter(|most| found.total > u64::from(*most)) {
                p { (visit.tell("search-most-relevant", &[("most", most.into())])) }
            }
            @if found.items.iter().any(|item| item.copies.is_some_and(|copies| copies > 0)) {
                @let each = html! {
                    a href=(ask::link(params, &[("collapse", "false")])) { (visit.say("search-list-each")) }
                };
                p { (visit.tell("search-one-of-each", &[("link", each.into())])) }
            }
            @if found.items.is_empty() { (nothing(visit, params, found, times)) }
            (parts::coverage(visit, &found.coverage, directory, &visit.say("search-this")))
            @if !found.items.is_empty() { (parts::items(visit, &found.items, directory, times)) }
            @if let Some(cursor) = &found.cursor {
                @let next = ask::link(params, &[("cursor", cursor)]);
                p { a rel="next" href=(next) { (visit.say("search-next")) } }
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
        p { (looked_at(visit, &found.coverage)) }
        @if let Some((total, time)) = newest {
            @let others = visit.tell("search-other-times", &[("items", visit.items(total).into())]);
            @let link = html! { a href=(ask::link(params, &[("from", ""), ("to", "")])) { (others) } };
            p {
                (visit.tell("search-elsewhere", &[
                    ("link", link.into()),
                    ("when", times.element(time).into()),
                ]))
            }
        } @else if params.q.is_empty() {
            p { (visit.say("search-nothing-yet")) }
        } @else {
            p { (visit.say("search-no-match")) }
        }
    }
}

/// How much was looked at in vain.
fn looked_at(visit: &Visit<'_>, coverage: &CoverageBody) -> Markup {
    let collected = ("collected", collected(coverage).into());
    let sources = visit.sources_in_words(u64::from(coverage.sources));
    let sources = ("sources", sources.into());
    match zero(visit, coverage) {
        Some(zero) => visit.tell(
            "search-no-items-because",
            &[("zero", zero.into()), collected, sources],
        ),
        None => visit.tell("search-no-items", &[collected, sources]),
    }
}

/// Which zero an answer without results is, in words that end a sentence: those of
/// [`crate::answers::zero_in_words`] in the reader's language.
pub(super) fn zero(visit: &Visit<'_>, coverage: &CoverageBody) -> Option<String> {
    let zero = coverage.zero.as_deref().and_then(Zero::from_word)?;
    Some(visit.say(match zero {
        Zero::Off => "search-zero-off",
        Zero::Unreachable if coverage.sources == 0 => "search-zero-no-source",
        Zero::Unreachable => "search-zero-unreachable",
        Zero::NothingPublished => "search-zero-nothing-published",
        Zero::NothingMatched => "search-zero-nothing-matched",
    }))
}
