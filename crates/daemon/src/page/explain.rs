//! Why a rule raised a burst at a tick, or did not: the window bin by bin, beside the baseline.

use bellwether_api::{DetectorBody, ExplainBody, ExplanationBody, JudgementBody, Problem};
use bellwether_model::{Directory, Timestamp};
use jiff::SignedDuration;
use maud::{Markup, html};

use super::words::{self, Times, count, rounded};
use super::{Page, View, Visit, burst, explain_term, page, parts, problem_page, times};
use crate::http::why::{asked_why, explained_in_time};

/// Windows of the baseline listed; the record has all.
const WINDOWS_SHOWN: usize = 400;

/// The page of an explanation.
pub(crate) fn explain(visit: &Visit<'_>, query: Option<&str>) -> Page {
    let made = asked_why(query)
        .and_then(|params| explained_in_time(visit, &params))
        .and_then(|body| {
            let times = times(visit);
            let (name, content) = match body {
                ExplanationBody::Term(body) => {
                    let content = visit.with_directory(|directory| {
                        explain_term::content(&body, directory, &times)
                    })?;
                    (body.term, content)
                }
                ExplanationBody::Rule(body) => {
                    let content =
                        visit.with_directory(|directory| content(&body, directory, &times))?;
                    (body.name, content)
                }
            };
            Ok::<_, Problem>((name, content))
        });
    match made {
        Ok((name, content)) => page(
            visit,
            View::Bursts,
            &format!("{} · Why", bellwether_text::excerpt(&name, 80)),
            &content,
        ),
        Err(problem) => problem_page(visit, View::Bursts, &problem),
    }
}

fn content(body: &ExplainBody, directory: &Directory, times: &Times) -> Markup {
    html! {
        p.crumbs {
            a href="/bursts" { "Bursts" } " · rule " bdi { (words::text(&body.rule)) } " · why"
        }
        h1 { (words::foreign(&body.name, None)) }
        p.summary {
            @if body.holds { strong { "A burst is raised" } } @else { strong { "No burst is raised" } }
            " at " (times.element(body.at)) ". "
            (count(body.observed.items, "item", "items")) " in "
            (words::length(body.window.from, body.window.to)) ", by "
            (count(body.observed.families, "family", "families")) " in "
            (count(body.observed.stories, "story", "stories")) ": "
            strong { (count(body.observed.voices, "voice", "voices")) } ", usual: "
            strong { (burst::usual(&body.judgement)) } "."
        }
        ul { @for line in &body.why { li { (words::text(line)) } } }
        p {
            @match &body.burst {
                Some(burst) => {
                    "Open then: " a href=(words::path("bursts", &burst.id)) { "the burst" }
                    " found " (times.element(burst.started))
                    @match burst.ended {
                        Some(at) => { ", ended " (times.element(at)) },
                        None => ", still open",
                    }
                    "."
                },
                None => "No burst of this rule was open then.",
            }
        }
        @for note in &body.notes { p.note { (words::text(note)) } }
        (steps(body))
        section aria-labelledby="why" {
            h2 id="why" { "What was measured" }
            (burst::election(body.election.as_ref()))
            (measured(body))
        }
        section aria-labelledby="bins" {
            h2 id="bins" { "The window, bin by bin" }
            (bins(body, times))
        }
        section aria-labelledby="baseline" {
            h2 id="baseline" { "The baseline" }
            (baseline(body, times))
        }
        section aria-labelledby="voices" {
            h2 id="voices" { "Voices" }
            div.voices {
                (burst::voices(&body.groups, &body.families, &body.stories, directory))
            }
        }
        section aria-labelledby="coverage" {
            h2 id="coverage" { "Coverage of the window" }
            (parts::coverage(&body.coverage, directory, "this rule in the window"))
        }
        section aria-labelledby="query" {
            h2 id="query" { "Query" }
            pre dir="auto" { (words::text(&body.query)) }
            p { a href=(body.links.search) { "Search with this query in this window" } }
            p { a href=(body.links.api) { "The record as JSON" } }
            p {
                a href=(backtest_path(&body.rule)) { "What this rule would have done over 28 days" }
            }
        }
        section aria-labelledby="items" {
            h2 id="items" { (count(body.observed.items, "item", "items")) }
            p.note { "Shown as they are now; counted as they were known at this tick." }
            @if body.observed.items as usize > body.items.len() {
                p.note { "The first " (body.items.len()) " are shown; the search has all." }
            }
            (parts::items(&body.items, directory, times))
        }
    }
}

/// What was measured, by each of the tests.
fn measured(body: &ExplainBody) -> Markup {
    let query = |whose: &str| DetectorBody::Query {
        whose: whose.to_owned(),
    };
    html! {
        p.note { "Counted: " (burst::counted(&body.whose)) "." }
        (burst::measured(&body.judgement, &body.observed, &body.gates, &query(&body.whose)))
        @for other in &body.others {
            p.note {
                "Tested too: " (burst::counted(&other.whose)) ", "
                (count(other.observed.items, "item", "items")) ". A burst is raised where one of the "
                "tests holds."
            }
            (burst::measured(&other.judgement, &other.observed, &other.gates, &query(&other.whose)))
        }
    }
}

/// The same rule a window earlier and later, and at another time.
fn steps(body: &ExplainBody) -> Markup {
    let length = SignedDuration::from_secs(i64::try_from(body.window_seconds).unwrap_or(0));
    let at =
        |time: Option<Timestamp>| time.map(|time| bellwether_api::explain_path(&body.rule, time));
    html! {
        form method="get" action="/explain" {
            input type="hidden" name="rule" value=(body.rule);
            label { "At " input name="at" value=(body.at.to_string()) maxlength="80"; }
            " " button { "Explain" }
            @if let Some(path) = at(body.at.checked_sub(length).ok()) {
                " " a rel="prev" href=(path) { "A window earlier" }
            }
            @if let Some(path) = at(body.at.checked_add(length).ok()) {
                " " a rel="next" href=(path) { "A window later" }
            }
        }
    }
}

fn backtest_path(rule: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("rule", rule);
    format!("/backtest?{}", query.finish())
}

fn bins(body: &ExplainBody, times: &Times) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="The window, bin by bin" {
            table {
                caption { "Families and stories that are in several bins count in each" }
                thead {
                    tr {
                        th scope="col" { "From" }
                        th.number scope="col" { "Items" }
                        th.number scope="col" { "Families" }
                        th.number scope="col" { "Stories" }
                    }
                }
                tbody {
                    @for bin in &body.bins {
                        tr {
                            th scope="row" { (times.element(bin.start)) }
                            td.number { (bin.items) }
                            td.number { (bin.families) }
                            td.number { (bin.stories) }
                        }
                    }
                }
            }
        }
    }
}

fn baseline(body: &ExplainBody, times: &Times) -> Markup {
    let windows = &body.baseline.windows;
    let history = &body.baseline.history;
    html! {
        p {
            (count(windows.len() as u64, "past window", "past windows")) " of "
            (words::length(body.window.from, body.window.to)) " between "
            (times.element(history.from)) " and " (times.element(history.to))
            ". What is not listed was not collected: it is no window of silence. "
            "By the rhythm of its hours the explained window has "
            (rounded(body.baseline.rhythm)) " times what a usual one has."
            @if let JudgementBody::Insufficient { days, days_needed } = &body.judgement {
                " Missing: " (days_needed.saturating_sub(*days)) " of " (days_needed)
                " days of history."
            }
        }
        @if !windows.is_empty() {
            div.scroll tabindex="0" role="region" aria-label="The baseline" {
                table {
                    caption {
                        "Newest first"
                        @if windows.len() > WINDOWS_SHOWN {
                            "; " (WINDOWS_SHOWN) " are shown, the record has all"
                        }
                    }
                    thead {
                        tr {
                            th scope="col" { "From" }
                            th.number scope="col" { "Voices" }
                            th.number scope="col" { "Collected" }
                            th.number scope="col" { "Rhythm" }
                        }
                    }
                    tbody {
                        @for window in windows.iter().take(WINDOWS_SHOWN) {
                            tr {
                                th scope="row" { (times.element(window.start)) }
                                td.number { (window.voices) }
                                td.number { (format!("{:.0} %", 100.0 * window.exposure)) }
                                td.number { (format!("{:.2}", window.rhythm)) }
                            }
                        }
                    }
                }
            }
        }
    }
}
