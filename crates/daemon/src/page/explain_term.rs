//! Why a term that nobody listed was told of at a time, or was not: every window of every detector,
//! beside what is usual.

use bellwether_api::{ExplainTermBody, TermWindowBody};
use bellwether_model::{Directory, Timestamp};
use maud::{Markup, html};

use super::words::{self, Times, count};
use super::{burst, parts};

/// What is asked: a term, a rule that may be left out, a time.
pub(super) fn form(term: &str, rule: &str, at: Option<Timestamp>) -> Markup {
    html! {
        form method="get" action="/explain" {
            @if !rule.is_empty() { input type="hidden" name="rule" value=(words::text(rule)); }
            label {
                "Why was this term told of, or was not? "
                input name="term" value=(words::text(term)) maxlength="400" required;
            }
            " "
            label {
                "At "
                input name="at" value=[at.map(|at| at.to_string())] maxlength="80"
                    placeholder="the last minute";
            }
            " " button { "Explain" }
        }
    }
}

pub(super) fn content(body: &ExplainTermBody, directory: &Directory, times: &Times) -> Markup {
    html! {
        p.crumbs {
            a href="/bursts" { "Bursts" } " · rule " bdi { (words::text(&body.rule)) } " · why"
        }
        h1 { (words::foreign(&body.term, None)) }
        p.summary { strong { (words::text(&body.verdict)) } " At " (times.element(body.at)) "." }
        @if !body.why.is_empty() {
            ul { @for line in &body.why { li { (words::text(line)) } } }
        }
        @for burst in &body.bursts {
            p {
                a href=(words::path("bursts", &burst.id)) { "The burst" }
                " that was known then, found " (times.element(burst.started))
                @match burst.ended {
                    Some(at) => { ", ended " (times.element(at)) },
                    None => ", still open",
                }
                "."
            }
        }
        (burst::election(body.election.as_ref()))
        (form(&body.term, &body.rule, Some(body.at)))
        section aria-labelledby="windows" {
            h2 id="windows" { "Every window" }
            (windows(body))
        }
        @if let Some(nearest) = body.nearest() {
            section aria-labelledby="nearest" {
                h2 id="nearest" { "The nearest: " (name(nearest)) }
                (measured(nearest, body))
            }
        }
        section aria-labelledby="bins" {
            h2 id="bins" { "Hour by hour" }
            (bins(body, times))
        }
        section aria-labelledby="terms" {
            h2 id="terms" { "What was counted" }
            (parts_of(body, times))
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
        }
        section aria-labelledby="items" {
            @let items = body.nearest().map_or(0, |nearest| nearest.observed.items);
            h2 id="items" { (count(items, "item", "items")) }
            p.note { "Shown as they are now; counted as they were when they came." }
            @if items as usize > body.items.len() {
                p.note { "The first " (body.items.len()) " are shown; the search has all." }
            }
            (parts::items(&body.items, directory, times))
        }
    }
}

/// A window in words.
fn name(window: &TermWindowBody) -> String {
    let hours = window.window_seconds / 3600;
    let length = match window.rise.as_str() {
        "slow" => count(hours / 24, "day", "days"),
        _ => format!("{hours} h"),
    };
    let whose = match (window.whose.as_str(), &window.group) {
        ("group", Some(group)) => format!("the group {}", words::text(group)),
        ("outside", _) => "outside the domestic press".to_owned(),
        _ => "anybody".to_owned(),
    };
    format!("{length}, {whose}")
}

fn verdict(passed: bool) -> &'static str {
    if passed { "passed" } else { "not met" }
}

fn windows(body: &ExplainTermBody) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Every window" {
            table {
                caption {
                    "P is the chance of so many voices if nothing had changed, as its -log10"
                }
                thead {
                    tr {
                        th scope="col" { "Window, whose voices" }
                        th.number scope="col" { "Items" }
                        th.number scope="col" { "Families" }
                        th.number scope="col" { "Stories" }
                        th.number scope="col" { "Voices" }
                        th.number scope="col" { "Usual" }
                        th.number scope="col" { "P" }
                        th.number scope="col" { "At least" }
                        th scope="col" { "Not met" }
                    }
                }
                tbody {
                    @for window in &body.windows {
                        tr {
                            th scope="row" { (name(window)) }
                            td.number { (window.observed.items) }
                            td.number { (window.observed.families) }
                            td.number { (window.observed.stories) }
                            td.number { (window.observed.voices) }
                            td.number { (burst::usual(&window.judgement)) }
                            td.number { (decimal(window.strength)) }
                            td.number { (decimal(window.strength_needed)) }
                            td { (not_met(window)) }
                        }
                    }
                }
            }
        }
    }
}

fn decimal(value: Option<f64>) -> String {
    value.map_or_else(|| "unknown".to_owned(), |value| format!("{value:.1}"))
}

fn not_met(window: &TermWindowBody) -> String {
    let failed: Vec<String> = window
        .gates
        .iter()
        .filter(|gate| !gate.passed)
        .map(|gate| words::text(&gate.name))
        .collect();
    match (window.strength, failed.is_empty()) {
        (None, _) => "insufficient data".to_owned(),
        (Some(_), true) => "nothing: it rises".to_owned(),
        (Some(_), false) => failed.join("; "),
    }
}

/// What the nearest window is asked for, and what the rule asks of its items.
fn measured(nearest: &TermWindowBody, body: &ExplainTermBody) -> Markup {
    let usual = &nearest.usual;
    html! {
        p {
            "Usual is a share: " (words::value(usual.mentions)) " mentions in "
            (words::value(usual.items)) " items, those longer ago weighing less, of the "
            (words::value(usual.published)) " items published in the window, from "
            (count(usual.days, "day", "days")) " of history."
        }
        div.scroll tabindex="0" role="region" aria-label="What was measured" {
            table {
                caption { "Voices are the smaller of families and stories" }
                thead {
                    tr {
                        th scope="col" { "Measure" }
                        th.number scope="col" { "Measured" }
                        th.number scope="col" { "Limit" }
                        th scope="col" { "Result" }
                    }
                }
                tbody {
                    @if nearest.strength.is_none() {
                        tr {
                            th scope="row" { "Days of history" }
                            td.number { (usual.days) }
                            td.number { (usual.days_needed) }
                            td { (verdict(usual.days >= usual.days_needed)) }
                        }
                        tr {
                            th scope="row" { "Items of which it is a share" }
                            td.number { (words::value(usual.items)) }
                            td.number { (words::value(usual.items_needed)) }
                            td { (verdict(usual.items >= usual.items_needed)) }
                        }
                    }
                    @for gate in &nearest.gates {
                        tr {
                            th scope="row" { (words::text(&gate.name)) }
                            td.number { (words::value(gate.value)) }
                            td.number { (words::value(gate.limit)) }
                            td { (verdict(gate.passed)) }
                        }
                    }
                    tr {
                        th scope="row" { "Has a name" }
                        td {
                            @match &body.spellings {
                                None => "none",
                                Some(spellings) => {
                                    @for (at, spelling) in spellings.iter().enumerate() {
                                        @if at > 0 { ", " }
                                        "“" bdi { (words::text(spelling)) } "”"
                                    }
                                },
                            }
                        }
                        td { "a run of whole words in most of its items" }
                        td { (verdict(body.spellings.is_some())) }
                    }
                    @for gate in &body.gates {
                        tr {
                            th scope="row" { "Gate of the rule: " (words::text(&gate.name)) }
                            td.number { (words::value(gate.value)) }
                            td.number { (words::value(gate.limit)) }
                            td { (verdict(gate.passed)) }
                        }
                    }
                }
            }
        }
    }
}

fn bins(body: &ExplainTermBody, times: &Times) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Hour by hour" {
            table {
                caption { "By the items' own time; usual are voices, of as much as was published" }
                thead {
                    tr {
                        th scope="col" { "From" }
                        th.number scope="col" { "Items" }
                        th.number scope="col" { "Families" }
                        th.number scope="col" { "Stories" }
                        th.number scope="col" { "Usual" }
                        th.number scope="col" { "All that was published" }
                    }
                }
                tbody {
                    @for bin in &body.bins {
                        tr {
                            th scope="row" { (times.element(bin.start)) }
                            td.number { (bin.items) }
                            td.number { (bin.families) }
                            td.number { (bin.stories) }
                            td.number {
                                @match bin.usual {
                                    Some(usual) => (words::rounded(usual)),
                                    None => "unknown",
                                }
                            }
                            td.number { (bin.published) }
                        }
                    }
                }
            }
        }
    }
}

fn parts_of(body: &ExplainTermBody, times: &Times) -> Markup {
    html! {
        p {
            "All above is of “" bdi { (words::text(&body.counted)) } "”. "
            (count(body.past.items, "item was", "items were")) " counted again"
            @if let Some(from) = body.past.from { ", from " (times.element(from)) }
            "."
        }
        @for note in &body.notes { p.note { (words::text(note)) } }
        div.scroll tabindex="0" role="region" aria-label="What was counted" {
            table {
                thead {
                    tr {
                        th scope="col" { "Term" }
                        th.number scope="col" { "Items" }
                        th scope="col" { "First" }
                        th scope="col" { "Last" }
                        th scope="col" { "Rises" }
                    }
                }
                tbody {
                    @for part in &body.parts {
                        tr {
                            th scope="row" { (words::foreign(&part.counted, None)) }
                            td.number { (part.items) }
                            td { (seen(part.first, times)) }
                            td { (seen(part.last, times)) }
                            td {
                                @if part.too_frequent { "too frequent to be judged" }
                                @else if part.rises { "yes" } @else { "no" }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn seen(at: Option<Timestamp>, times: &Times) -> Markup {
    html! { @match at { Some(at) => (times.element(at)), None => "never" } }
}
