//! Bursts: each with all its numbers, and the query that gives them again.

use bellwether_api::{
    AlertBody, BurstBody, CountsBody, DetectorBody, ElectionBody, ExpectedBody, GateBody, ItemBody,
    JudgementBody, ListBody, Problem, ShareBody, StoryShareBody, TimelineBody,
};
use bellwether_model::{Directory, GroupId, Span, Timestamp};
use jiff::SignedDuration;
use maud::{Markup, html};

use super::words::{self, Times, count, rounded, search_link};
use super::{
    Page, View, Visit, acknowledge, cases, chart, explain_term, page, parts, problem_page,
    silences, times,
};
use crate::answers::{ListParams, TimelineParams};
use crate::http::{Params, params};

/// Items listed; the search has all.
const ITEMS_SHOWN: usize = 100;
/// How much of the time before a burst is drawn: two days show what a usual one looks like.
const BEFORE: SignedDuration = SignedDuration::from_hours(48);

/// The list of bursts.
pub(crate) fn bursts(visit: &Visit<'_>, query: Option<&str>) -> Page {
    let made = read(query).and_then(|params| {
        let list = visit.bursts(&params)?;
        Ok(list_content(&list, &params, &times(visit)))
    });
    match made {
        Ok(content) => page(visit, View::Bursts, "Bursts", &content),
        Err(problem) => problem_page(visit, View::Bursts, &problem),
    }
}

fn read(query: Option<&str>) -> Result<ListParams, Problem> {
    Params::read(query, &[&params::SPAN, &params::PAGING])?.list()
}

fn list_content(list: &ListBody<BurstBody>, params: &ListParams, times: &Times) -> Markup {
    html! {
        h1 { "Bursts" }
        @if list.items.is_empty() {
            p {
                "No bursts"
                @if params.from.is_some() || params.to.is_some() { " began in this time" }
                ". A rule raises one when voices exceed what is usual and its gates are passed; "
                "without enough history it says insufficient data and raises none."
            }
        } @else {
            div.scroll tabindex="0" role="region" aria-label="Bursts" {
                table {
                    caption { "Newest first; usual is counted in voices" }
                    thead {
                        tr {
                            th scope="col" { "Burst" }
                            th scope="col" { "Found" }
                            th scope="col" { "Window" }
                            th.number scope="col" { "Items" }
                            th.number scope="col" { "Voices" }
                            th.number scope="col" { "Usual" }
                            th scope="col" { "Holds" }
                        }
                    }
                    tbody {
                        @for burst in &list.items {
                            tr {
                                th scope="row" {
                                    a href=(words::path("bursts", &burst.id)) {
                                        (words::foreign(&burst.name, None))
                                    }
                                }
                                td { (times.element(burst.started)) }
                                td { (times.stretch(burst.window.from, burst.window.to)) }
                                td.number { (burst.observed.items) }
                                td.number { (burst.observed.voices) }
                                td.number { (usual(&burst.judgement)) }
                                td { (holds(burst, times)) }
                            }
                        }
                    }
                }
            }
        }
        @if let Some(cursor) = &list.cursor {
            p { a rel="next" href={ "/bursts?cursor=" (cursor) } { "Earlier bursts" } }
        }
        (explain_term::form("", "", None))
    }
}

/// What is usual, in voices.
pub(super) fn usual(judgement: &JudgementBody) -> String {
    match judgement {
        JudgementBody::Tested { expected, .. } => format!(
            "{} ({} to {})",
            rounded(expected.mean),
            expected.low,
            expected.high
        ),
        JudgementBody::Gates => "not tested; see its gate".to_owned(),
        JudgementBody::Insufficient { days, days_needed } => {
            format!("insufficient data; {days} of {days_needed} days")
        }
    }
}

fn holds(burst: &BurstBody, times: &Times) -> Markup {
    html! {
        @match burst.ended {
            Some(at) => {
                "ended " (times.element(at)) ", after " (words::length(burst.started, at))
            },
            None => { span.badge { "open" } " since " (times.element(burst.started)) },
        }
    }
}

/// The page of a burst, to which messages link.
pub(crate) fn burst(visit: &Visit<'_>, id: &str) -> Page {
    let made = visit.burst(id).and_then(|burst| {
        let shown = &burst.items[..burst.items.len().min(ITEMS_SHOWN)];
        let items = visit.items_by_id(shown)?;
        let times = times(visit);
        let timeline = visit.timeline(&around(&burst));
        let alert = visit.alert_of_burst(id)?;
        let form = alert.as_ref().map(|alert| {
            html! { (acknowledge::form(visit, alert)) (silences::of_alert(visit, alert)) }
        });
        let form = form.unwrap_or_default();
        let form = html! { (form) (cases::add_form(visit, "burst", id)) };
        let content = visit.with_directory(|directory| {
            content(
                &burst,
                &items,
                &timeline,
                (alert.as_ref(), &form),
                directory,
                &times,
            )
        })?;
        Ok((burst.name, content))
    });
    match made {
        Ok((name, content)) => page(
            visit,
            View::Bursts,
            &format!("{} · Burst", bellwether_text::excerpt(&name, 80)),
            &content,
        ),
        Err(problem) => problem_page(visit, View::Bursts, &problem),
    }
}

/// The timeline of the same query, from before the burst to the end of its window, in whole hours.
fn around(burst: &BurstBody) -> TimelineParams {
    let whole = |hour: i64| Timestamp::from_second(hour * 3600).unwrap_or(burst.window.to);
    let before = burst.window.from.min(burst.started).as_second() - BEFORE.as_secs();
    let from = whole(before.div_euclid(3600));
    let to = whole((burst.window.to.as_second() - 1).div_euclid(3600) + 1);
    TimelineParams {
        q: burst.query.clone(),
        from: Some(from.to_string()),
        to: Some(to.to_string()),
        bin: None,
        by: Some("group".to_owned()),
        ..TimelineParams::default()
    }
}

fn content(
    burst: &BurstBody,
    items: &[ItemBody],
    timeline: &Result<TimelineBody, Problem>,
    (alert, form): (Option<&AlertBody>, &Markup),
    directory: &Directory,
    times: &Times,
) -> Markup {
    html! {
        p.crumbs {
            a href="/bursts" { "Bursts" } " · rule " bdi { (words::text(&burst.rule)) }
            " · revision " (burst.revision)
        }
        h1 { (words::foreign(&burst.name, None)) }
        p.summary { (summary(burst)) }
        (found_by(burst, directory))
        @if burst.found_late {
            p.note { "Found late: its items were received after the window had passed." }
        }
        p {
            (holds(burst, times))
            ". Peak since it was found: " (count(burst.peak.items, "item", "items")) ", "
            (count(burst.peak.voices, "voice", "voices")) "."
        }
        @if let Some(alert) = alert {
            p {
                (acknowledge::standing(alert, times)) " "
                a href="#acknowledge" { (acknowledge::to_do(alert)) }
            }
        }
        section aria-labelledby="over-time" {
            h2 id="over-time" { "Over time" }
            @match timeline {
                Ok(timeline) => {
                    @let window = Span { from: burst.window.from, to: burst.window.to };
                    (chart::timeline(timeline, Some(window), directory, times))
                },
                Err(problem) => {
                    p { "The timeline cannot be drawn: " (words::text(&problem.title)) "." }
                    (parts::problem(problem))
                },
            }
        }
        section aria-labelledby="why" {
            h2 id="why" { "What was measured" }
            (election(burst.election.as_ref()))
            p.note {
                "Window " (times.element(burst.window.from)) " to "
                (times.element(burst.window.to)) "; these numbers are of "
                (times.element(burst.evaluated)) "."
            }
            (measured(&burst.judgement, &burst.observed, &burst.gates, &burst.detector))
            @match &burst.detector {
                DetectorBody::Query { whose } => {
                    p.note { "Counted: " (counted(whose)) "." }
                    p { a href=(explain_path(&burst.id)) { "Why: bin by bin, beside the baseline" } }
                },
                DetectorBody::Term { .. } => p {
                    a href=(explain_path(&burst.id)) { "Why: every window, beside what is usual" }
                },
                _ => {},
            }
        }
        section aria-labelledby="first" {
            h2 id="first" { "First seen in our collection" }
            @match &burst.first_seen {
                None => p { "unknown" },
                Some(first) => p {
                    (times.element(first.time)) ", published by "
                    (words::source_name(directory, &first.source))
                    ": " a href=(words::path("items", &first.item)) { "the item" }
                    ". It is the earliest item of this burst; others may have been first elsewhere."
                },
            }
        }
        section aria-labelledby="voices" {
            h2 id="voices" { "Voices" }
            div.voices {
                (voices(&burst.groups, &burst.families, &burst.stories, directory))
            }
        }
        section aria-labelledby="coverage" {
            h2 id="coverage" { "Coverage of the window" }
            (parts::coverage(&burst.coverage, directory, "this rule in the window"))
        }
        section aria-labelledby="query" {
            h2 id="query" { "Query" }
            pre dir="auto" { (words::text(&burst.query)) }
            p { a href=(reproduce(burst)) { "Search with this query in this window" } }
            p { a href=(burst.links.api) { "The record as JSON" } }
        }
        (form)
        section aria-labelledby="items" {
            h2 id="items" { (count(burst.observed.items, "item", "items")) }
            @if burst.items.len() > items.len() {
                p.note { "The first " (items.len()) " are shown; the search has all." }
            }
            (parts::items(items, directory, times))
        }
    }
}

/// The search that gives the same items.
fn reproduce(burst: &BurstBody) -> String {
    search_link(&[
        ("q", &burst.query),
        ("from", &burst.window.from.to_string()),
        ("to", &burst.window.to.to_string()),
    ])
}

fn summary(burst: &BurstBody) -> Markup {
    let observed = &burst.observed;
    html! {
        strong { (count(observed.items, "item", "items")) }
        " in " (words::length(burst.window.from, burst.window.to)) ", by "
        strong { (count(observed.families, "family", "families")) }
        " in " strong { (count(observed.stories, "story", "stories")) } ": "
        strong { (count(observed.voices, "voice", "voices")) }
        ", usual: " strong { (usual(&burst.judgement)) } "."
        @if let Some(largest) = burst.stories.first().filter(|story| story.items > 1) {
            " " strong { (largest.items) } " of " (observed.items) " carry one text."
        }
    }
}

/// Whose voices a query counts, in words.
pub(super) fn counted(whose: &str) -> &'static str {
    match whose {
        "outside" => "voices outside the domestic press only",
        _ => "everybody's voices",
    }
}

/// What the calendar of the rule's election said of the end of the window.
pub(super) fn election(election: Option<&ElectionBody>) -> Markup {
    html! {
        @if let Some(election) = election {
            p { "Election: " (words::text(&election.line)) "." }
        }
    }
}

fn verdict(passed: bool) -> &'static str {
    if passed { "passed" } else { "not met" }
}

/// The address of a burst's explanation.
fn explain_path(burst: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("rule", burst);
    format!("/explain?{}", query.finish())
}

/// Each measure with its limit.
pub(super) fn measured(
    judgement: &JudgementBody,
    observed: &CountsBody,
    gates: &[GateBody],
    detector: &DetectorBody,
) -> Markup {
    html! {
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
                    @match judgement {
                        JudgementBody::Tested { expected, p, p_max } => {
                            tr {
                                th scope="row" {
                                    "Chance of so many voices if nothing had changed (p)"
                                }
                                td.number { (words::probability(*p)) }
                                td.number { "at most " (words::probability(*p_max)) }
                                td { (verdict(p <= p_max)) }
                            }
                            tr {
                                th scope="row" { "Voices against usual" }
                                td.number { (observed.voices) }
                                td.number {
                                    "expected " (rounded(expected.mean)) "; 19 windows in 20: "
                                    (expected.low) " to " (expected.high)
                                }
                                td {
                                    (baseline(detector, expected))
                                }
                            }
                        },
                        JudgementBody::Gates => {},
                        JudgementBody::Insufficient { days, days_needed } => {
                            tr {
                                th scope="row" { "History" }
                                td.number { (count(*days, "day", "days")) }
                                td.number { "at least " (days_needed) }
                                td { "insufficient data" }
                            }
                        },
                    }
                    @for gate in gates {
                        tr {
                            th scope="row" { "Gate: " (words::text(&gate.name)) }
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

/// What is usual rests on.
fn baseline(detector: &DetectorBody, expected: &ExpectedBody) -> String {
    match detector {
        DetectorBody::Coordination { .. } => "from how often these accounts post".to_owned(),
        DetectorBody::Term { .. } => format!(
            "its share of all that was published in {}",
            count(expected.days, "day", "days")
        ),
        _ => format!(
            "from {} in {}",
            count(expected.windows, "window", "windows"),
            count(expected.days, "day", "days")
        ),
    }
}

/// What found it, where the rule does not say.
fn found_by(burst: &BurstBody, directory: &Directory) -> Markup {
    html! {
        @match &burst.detector {
            DetectorBody::Query { .. } => {},
            DetectorBody::Term { counted, spellings, rise, group, .. } => p {
                "Nobody listed this term. It rises within "
                @if rise == "slow" { "days" } @else { "hours" }
                @if let Some(group) = group {
                    " in what " (words::foreign(group_name(directory, group), None)) " publishes"
                }
                ". Counted is “" bdi { (words::text(counted)) } "”; spelled "
                @for (at, spelling) in spellings.iter().enumerate() {
                    @if at > 0 { ", " }
                    "“" bdi { (words::text(spelling)) } "”"
                }
                "."
            },
            DetectorBody::Lineage { first } => p {
                "A text that was first published, in our collection, as "
                a href=(words::path("items", first)) { "this item" }
                " was also published by the families below, the same or possibly reworded. A common "
                "source that is not collected explains the same."
            },
            DetectorBody::Coordination { object, window_seconds, accounts, silent_before } => p {
                "Same object posted together: a " (object) ", by "
                (count(*accounts, "account", "accounts")) " within " (window_seconds) " s; "
                (silent_before) " had been silent before. An event that all heard of explains the same."
            },
        }
    }
}

fn group_name<'a>(directory: &'a Directory, id: &'a str) -> &'a str {
    let group = directory.group(&GroupId::new(id));
    group.map_or(id, |group| group.name.as_str())
}

/// Who has how much of a window.
pub(super) fn voices(
    groups: &[ShareBody],
    families: &[ShareBody],
    stories: &[StoryShareBody],
    directory: &Directory,
) -> Markup {
    html! {
        div {
            h3 { "By group" }
            @if groups.is_empty() { p { "No item is of a source in a group." } } @else {
                table {
                    (share_head("Group"))
                    tbody {
                        @for share in groups {
                            @let name = group_name(directory, &share.id);
                            (share_row(html! {
                                span class={ "mark " (words::mark_class(directory, &share.id)) }
                                    aria-hidden="true" {}
                                (words::foreign(name, None))
                            }, share.families, share.items))
                        }
                    }
                }
            }
        }
        div {
            h3 { "By family" }
            table {
                (share_head("Family"))
                tbody {
                    @for share in families {
                        (share_row(words::foreign(&share.id, None), share.families, share.items))
                    }
                }
            }
        }
        div {
            h3 { "By story" }
            table {
                (share_head("Story, by its first item"))
                tbody {
                    @for story in stories {
                        (share_row(
                            html! { a href=(words::path("stories", &story.id)) { "s-" (story.id) } },
                            story.families,
                            story.items,
                        ))
                    }
                }
            }
        }
    }
}

fn share_head(name: &str) -> Markup {
    html! {
        thead {
            tr {
                th scope="col" { (name) }
                th.number scope="col" { "Families" }
                th.number scope="col" { "Items" }
            }
        }
    }
}

fn share_row(name: Markup, families: u32, items: u32) -> Markup {
    html! {
        tr {
            th scope="row" { (name) }
            td.number { (families) }
            td.number { (items) }
        }
    }
}
