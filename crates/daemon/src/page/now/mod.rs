//! What is being pushed now, whether it is unusual, who said it first, and what is missing.
//!
//! Its first sentence is the answer; what follows proves it. A part that cannot be read fails alone.

mod elections;
mod since;
mod spark;

use std::collections::BTreeMap;

use bellwether_api::{
    AlertBody, BurstBody, ItemBody, JudgementBody, NarrativeBody, Problem, SourceBody,
};
use bellwether_model::{Directory, Severity, SourceId, SourceState};
use maud::{Markup, html};

use super::words::{self, Times, foreign, rounded, text};
use super::{Page, View, Visit, page, parts, problem_page, times};
use crate::answers::ListParams;

pub(in crate::page) use elections::polls;

/// Alerts that are looked at.
const ALERTS_MAX: usize = 200;
/// Of the last bursts, where none is open.
const LAST_SHOWN: usize = 5;
/// Bursts that are drawn; the list has all.
const BURSTS_SHOWN: usize = 12;
/// Items of open bursts.
const ITEMS_SHOWN: usize = 8;
/// Sources that are named as not collected.
const NAMED: usize = 4;
/// Narratives listed; their page has all.
const NARRATIVES_SHOWN: usize = 8;

/// An alert with the burst that raised it.
struct Raised {
    alert: AlertBody,
    burst: BurstBody,
}

/// The bursts that are shown.
struct Shown {
    /// Whether they are open; else they are the last that were.
    are_open: bool,
    bursts: Vec<Raised>,
}

/// The page.
pub(crate) fn now(visit: &Visit<'_>) -> Page {
    match content(visit) {
        Ok(content) => page(visit, View::Now, &visit.say("now-title"), &content),
        Err(problem) => problem_page(visit, View::Now, &problem),
    }
}

fn content(visit: &Visit<'_>) -> Result<Markup, Problem> {
    let times = times(visit);
    let shown = shown(visit)?;
    let directory = visit.with_directory(Directory::clone)?;
    let elections = visit.elections()?;
    let coverage = coverage(visit, &directory);
    Ok(html! {
        (head(visit, &shown, &directory, &times))
        (elections::clock(visit, &elections.items, &times))
        div.now {
            div {
                (bursts(visit, &shown, &directory, &times))
                div.halves {
                    (narratives(visit))
                    (latest(visit, &shown.bursts, &directory, &times))
                }
            }
            div.rail {
                section aria-labelledby="coverage" {
                    h2 id="coverage" { a href="/sources" { (visit.say("now-coverage")) } }
                    (coverage.unwrap_or_else(|problem| parts::problem(visit, &problem)))
                }
                (since::section(visit, &times))
            }
        }
    })
}

/// The open bursts, the one to look at first being the first: by severity, then by how unlikely it is, then by
/// its voices. Where none is open, the last ones, the newest first.
fn shown(visit: &Visit<'_>) -> Result<Shown, Problem> {
    let mut open = raised(visit, "open", ALERTS_MAX)?;
    if open.is_empty() {
        let mut last = raised(visit, "all", ALERTS_MAX)?;
        last.truncate(LAST_SHOWN);
        return Ok(Shown {
            are_open: false,
            bursts: last,
        });
    }
    let place = |raised: &Raised| {
        let severity = Severity::ALL
            .into_iter()
            .position(|severity| severity.as_str() == raised.alert.severity);
        let p = match &raised.burst.judgement {
            JudgementBody::Tested { p, .. } => *p,
            _ => 1.0,
        };
        (severity, p, raised.burst.observed.voices)
    };
    open.sort_by(|a, b| {
        let ((a_severity, a_p, a_voices), (b_severity, b_p, b_voices)) = (place(a), place(b));
        b_severity
            .cmp(&a_severity)
            .then(a_p.total_cmp(&b_p))
            .then(b_voices.cmp(&a_voices))
            .then_with(|| a.burst.id.cmp(&b.burst.id))
    });
    Ok(Shown {
        are_open: true,
        bursts: open,
    })
}

fn raised(visit: &Visit<'_>, filter: &str, limit: usize) -> Result<Vec<Raised>, Problem> {
    let alerts = visit.alerts(&ListParams {
        filter: Some(filter.to_owned()),
        limit: Some(limit),
        ..ListParams::default()
    })?;
    // A rebuild may have taken a burst away for a while.
    let raised = alerts.items.into_iter().filter_map(|alert| {
        let burst = visit.burst(alert.burst.as_deref()?).ok()?;
        Some(Raised { alert, burst })
    });
    Ok(raised.collect())
}

fn head(visit: &Visit<'_>, shown: &Shown, directory: &Directory, times: &Times) -> Markup {
    html! {
        p.note {
            (times.day(times.now)) " "
            span.live role="status" data-live=(visit.say("now-live"))
                data-lost=(visit.say("now-not-live")) data-changed=(visit.say("now-changed")) {}
        }
        @match shown.bursts.first().filter(|_| shown.are_open) {
            None => (quiet(visit, &shown.bursts, times)),
            Some(first) => {
                @let burst = &first.burst;
                @let name = foreign(&burst.name, None);
                h1 {
                    (visit.tell("now-headline", &[
                        ("name", name.into()),
                        ("voices", visit.voices(burst.observed.voices).into()),
                        ("length", visit.length(burst.window.from, burst.window.to).into()),
                        ("usual", usual(visit, &burst.judgement).into()),
                    ]))
                }
                p.summary {
                    (lead(visit, burst, directory, times)) " "
                    a href=(words::path("bursts", &burst.id)) { (visit.say("now-open-burst")) }
                }
            },
        }
    }
}

fn quiet(visit: &Visit<'_>, last: &[Raised], times: &Times) -> Markup {
    let last = last.first().map(|raised| &raised.burst);
    html! {
        h1 { (visit.say("now-quiet")) }
        p.summary {
            @match last {
                Some(burst) => {
                    @let link = html! { a href=(words::path("bursts", &burst.id)) { (foreign(&burst.name, None)) } };
                    (visit.tell("now-quiet-since", &[
                        ("when", times.element(burst.ended.unwrap_or(burst.evaluated)).into()),
                        ("name", link.into()),
                    ]))
                },
                None => (visit.say("now-quiet-ever")),
            }
        }
    }
}

/// What is usual, in voices.
fn usual(visit: &Visit<'_>, judgement: &JudgementBody) -> Markup {
    match judgement {
        JudgementBody::Tested { expected, .. } => visit.tell(
            "now-usual",
            &[
                ("mean", rounded(visit, expected.mean).into()),
                ("low", expected.low.into()),
                ("high", expected.high.into()),
            ],
        ),
        JudgementBody::Gates => html! { (visit.say("now-usual-gates")) },
        JudgementBody::Insufficient { days, days_needed } => visit.tell(
            "now-usual-insufficient",
            &[("days", (*days).into()), ("needed", (*days_needed).into())],
        ),
    }
}

fn lead(visit: &Visit<'_>, burst: &BurstBody, directory: &Directory, times: &Times) -> Markup {
    let items = visit.items(u64::from(burst.observed.items));
    let stories = visit.stories(u64::from(burst.observed.stories));
    match &burst.first_seen {
        Some(first) => visit.tell(
            "now-lead",
            &[
                ("items", items.into()),
                ("stories", stories.into()),
                ("when", times.element(first.time).into()),
                (
                    "source",
                    words::source_name(directory, &first.source).into(),
                ),
            ],
        ),
        None => visit.tell(
            "now-lead-unseen",
            &[("items", items.into()), ("stories", stories.into())],
        ),
    }
}

fn bursts(visit: &Visit<'_>, shown: &Shown, directory: &Directory, times: &Times) -> Markup {
    let all_shown = &shown.bursts;
    let is_acknowledged = |raised: &&Raised| raised.alert.state == "acknowledged";
    let acknowledged = all_shown.iter().filter(is_acknowledged).count();
    let title = if shown.are_open {
        "now-bursts"
    } else {
        "now-bursts-last"
    };
    let all = html! { a href="/bursts" { (visit.say("now-bursts-all")) } };
    html! {
        section aria-labelledby="bursts" {
            h2 id="bursts" {
                (visit.say(title)) " "
                @if shown.are_open {
                    span.aside {
                        (visit.tell("now-bursts-note", &[
                            ("firing", (all_shown.len() - acknowledged).into()),
                            ("acknowledged", acknowledged.into()),
                        ]))
                    }
                }
            }
            @if !shown.are_open {
                p {
                    (visit.tell("now-bursts-none", &[
                        ("collected", visit.sources().map(|list| collected(visit, &list.items)).unwrap_or_default().into()),
                    ]))
                }
            }
            @if all_shown.is_empty() { p { (all) } } @else {
                (spark::hatch())
                div.scroll tabindex="0" role="region" aria-label=(visit.say(title)) {
                    table.bursts {
                        thead {
                            tr {
                                th scope="col" { (visit.say("now-column-what")) }
                                th scope="col" { (visit.say("now-column-hours")) }
                                th scope="col" { (visit.say("now-column-observed")) }
                                th scope="col" { (visit.say("now-column-voices")) }
                                th scope="col" { (visit.say("now-column-first")) }
                                th.state scope="col" { (visit.say("now-column-state")) }
                            }
                        }
                        tbody {
                            @for raised in all_shown.iter().take(BURSTS_SHOWN) {
                                (row(visit, raised, directory, times))
                            }
                        }
                    }
                }
                p.notes.key {
                    span { (visit.say("now-key-over")) }
                    span { (visit.say("now-key-band")) }
                    span { (visit.say("now-key-hatch")) }
                    span { (visit.say("now-key-window")) }
                }
                @if all_shown.len() > BURSTS_SHOWN {
                    p {
                        (visit.tell("now-bursts-more", &[
                            ("count", (all_shown.len() - BURSTS_SHOWN).into()),
                            ("link", all.into()),
                        ]))
                    }
                } @else { p { (all) } }
            }
        }
    }
}

fn row(visit: &Visit<'_>, raised: &Raised, directory: &Directory, times: &Times) -> Markup {
    let burst = &raised.burst;
    let largest = burst
        .stories
        .iter()
        .map(|story| story.items)
        .max()
        .unwrap_or(0);
    html! {
        tr {
            th.term scope="row" {
                a href=(words::path("bursts", &burst.id)) { (foreign(&burst.name, None)) }
                div.note { bdi { (text(&burst.rule)) } }
            }
            td { (spark::spark(visit, burst)) }
            td {
                @let key = html! { strong.key { (burst.observed.voices) } };
                (visit.tell("now-voices", &[("voices", key.into())])) br;
                (visit.tell("now-observed", &[
                    ("items", visit.items(u64::from(burst.observed.items)).into()),
                    ("length", visit.length(burst.window.from, burst.window.to).into()),
                ]))
                div.note { (usual(visit, &burst.judgement)) }
            }
            td {
                ul.marks {
                    @for share in &burst.groups {
                        li {
                            span class={ "mark " (words::mark_class(directory, &share.id)) } aria-hidden="true" {}
                            (text(&share.id)) " " strong { (share.families) }
                        }
                    }
                }
                div.note {
                    (visit.stories(u64::from(burst.observed.stories)))
                    @if largest > 1 {
                        "; "
                        (visit.tell("now-one-text", &[
                            ("items", largest.into()),
                            ("all", burst.observed.items.into()),
                        ]))
                    }
                }
            }
            td {
                @match &burst.first_seen {
                    Some(first) => {
                        a href=(words::path("items", &first.item)) { (times.element(first.time)) } " "
                        (words::source_name(directory, &first.source))
                    },
                    None => (visit.say("now-first-unknown")),
                }
            }
            td.state { (state(visit, &raised.alert, burst, times)) }
        }
    }
}

fn state(visit: &Visit<'_>, alert: &AlertBody, burst: &BurstBody, times: &Times) -> Markup {
    let by = alert
        .acknowledgement
        .as_ref()
        .and_then(|last| last.by.as_deref());
    html! {
        a href=(super::alert_path(&alert.id)) {
            @match alert.state.as_str() {
                "acknowledged" => span.badge.acknowledged { (visit.say("now-state-acknowledged")) },
                "resolved" => (visit.say("now-state-resolved")),
                _ => span.badge.firing { (visit.say("now-state-firing")) },
            }
        }
        @if let Some(by) = by {
            div.note { (visit.tell("now-state-by", &[("by", foreign(by, None).into())])) }
        }
        @if let Some(ended) = burst.ended { div.note { (times.element(ended)) } }
        @if let JudgementBody::Insufficient { .. } = burst.judgement {
            div.note { (usual(visit, &burst.judgement)) }
        }
    }
}

/// How many sources are collected, in a sentence.
fn collected(visit: &Visit<'_>, sources: &[SourceBody]) -> Markup {
    let states = sources
        .iter()
        .filter_map(|source| SourceState::from_word(&source.state));
    let polled: Vec<SourceState> = states.filter(|state| state.is_polled()).collect();
    if polled.is_empty() {
        return html! { (visit.say("now-coverage-none")) };
    }
    let collected = polled.iter().filter(|state| state.is_collected()).count();
    let strong = html! { strong { (collected) } };
    visit.tell(
        "now-coverage-line",
        &[
            ("collected", strong.into()),
            ("polled", visit.sources_in_words(polled.len() as u64).into()),
        ],
    )
}

fn coverage(visit: &Visit<'_>, directory: &Directory) -> Result<Markup, Problem> {
    let sources = visit.sources()?;
    let line = collected(visit, &sources.items);
    let down: Vec<&str> = sources
        .items
        .iter()
        .filter(|source| {
            SourceState::from_word(&source.state)
                .is_some_and(|state| state.is_polled() && !state.is_collected())
        })
        .map(|source| source.id.as_str())
        .collect();
    let links = down.iter().take(NAMED).map(|id| {
        html! { a href=(bellwether_api::source_path(&SourceId::new(*id))) { (words::source_name(directory, id)) } }
    });
    let named = visit.list(links);
    let mut by_group: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for source in &sources.items {
        let Some(state) = SourceState::from_word(&source.state).filter(|state| state.is_polled())
        else {
            continue;
        };
        for group in &source.groups {
            let (collected, all) = by_group.entry(group).or_default();
            *all += 1;
            *collected += usize::from(state.is_collected());
        }
    }
    let behind = visit.entries_behind();
    Ok(html! {
        p { (line) }
        @if down.len() > NAMED {
            p {
                (visit.tell("now-coverage-down-more", &[
                    ("names", named.into()),
                    ("count", (down.len() - NAMED).into()),
                ]))
            }
        } @else if !down.is_empty() {
            p { (visit.tell("now-coverage-down", &[("names", named.into())])) }
        }
        @if behind > 0 {
            p { (visit.tell("now-coverage-behind", &[("entries", behind.into())])) }
        }
        @if let Some(shortage) = visit.shortage() { p.problem lang=[visit.foreign_tag()] { (text(&shortage)) } }
        ul.collected {
            @for (group, (collected, all)) in by_group {
                li {
                    span {
                        span class={ "mark " (words::mark_class(directory, group)) } aria-hidden="true" {}
                        (text(group))
                    }
                    span.number { (collected) "/" (all) }
                }
            }
        }
    })
}

fn narratives(visit: &Visit<'_>) -> Markup {
    let list = match visit.narratives() {
        Ok(list) => list.items,
        Err(problem) => return parts::problem(visit, &problem),
    };
    html! {
        section aria-labelledby="narratives" {
            h2 id="narratives" {
                a href="/narratives" { (visit.say("now-narratives")) } " "
                span.aside { (visit.say("now-narratives-note")) }
            }
            @if list.is_empty() { p { (visit.say("now-narratives-none")) } } @else {
                table {
                    thead {
                        tr {
                            th scope="col" { (visit.say("now-narrative-column")) }
                            th.number scope="col" { (visit.say("now-narrative-week")) }
                            th.number scope="col" { (visit.say("now-narrative-usual")) }
                        }
                    }
                    tbody {
                        @for narrative in list.iter().take(NARRATIVES_SHOWN) { (claim(visit, narrative)) }
                    }
                }
            }
        }
    }
}

/// A narrative as a row: its claim, its last week, and a usual one.
pub(in crate::page) fn claim(visit: &Visit<'_>, narrative: &NarrativeBody) -> Markup {
    html! {
        tr {
            th scope="row" {
                a href=(words::path("narratives", &narrative.id)) { (foreign(&narrative.title, Some("en"))) }
            }
            td.number {
                a href=(words::search_link(&[("q", &narrative.query), ("from", "7d")])) { (narrative.items_7d) }
            }
            td.number {
                @match narrative.usual_7d {
                    Some(usual) => (rounded(visit, usual)),
                    None => (visit.say("now-narrative-unknown")),
                }
            }
        }
    }
}

fn latest(visit: &Visit<'_>, raised: &[Raised], directory: &Directory, times: &Times) -> Markup {
    html! {
        section aria-labelledby="latest" {
            h2 id="latest" { (visit.say("now-latest")) }
            @match newest(visit, raised) {
                Err(problem) => (parts::problem(visit, &problem)),
                Ok(items) if items.is_empty() => p { (visit.say("now-latest-none")) },
                Ok(items) => ol.latest {
                    @for item in items {
                        @let group = words::groups_beside(directory, &item.groups, &item.affiliation.grade);
                        li {
                            (times.element(item.time)) " "
                            @if let Some(group) = group.first() {
                                span class={ "mark " (words::mark_class(directory, group)) } aria-hidden="true" {}
                            }
                            (words::source_name(directory, &item.source)) " "
                            a href=(words::path("items", &item.id)) {
                                (foreign(&title(&item), item.lang.as_deref()))
                            }
                        }
                    }
                },
            }
        }
    }
}

fn title(item: &ItemBody) -> String {
    let shown = if item.title.trim().is_empty() {
        &item.snippet
    } else {
        &item.title
    };
    bellwether_text::excerpt(shown, 120)
}

/// The newest items of the bursts, each once.
fn newest(visit: &Visit<'_>, raised: &[Raised]) -> Result<Vec<ItemBody>, Problem> {
    let mut ids: Vec<String> = Vec::new();
    for raised in raised.iter().take(BURSTS_SHOWN) {
        // A burst names its items in order of time.
        let last = raised.burst.items.iter().rev().take(ITEMS_SHOWN);
        ids.extend(last.cloned());
    }
    ids.sort();
    ids.dedup();
    let mut items = visit.items_by_id(&ids)?;
    items.sort_by(|a, b| b.time.cmp(&a.time).then_with(|| b.id.cmp(&a.id)));
    items.truncate(ITEMS_SHOWN);
    Ok(items)
}
