//! Sources: who they are, and whether they are being collected.

use std::collections::BTreeMap;

use bellwether_api::{CoverageRowBody, GroupBody, ListBody, OutcomeBody, Problem, SourceBody};
use bellwether_model::{Directory, SourceState};
use maud::{Markup, html};

use super::words::{self, Times};
use super::{Page, View, Visit, page, parts, problem_page, strip, times};
use crate::answers::{CoverageParams, ROWS_MAX, parameter};
use crate::http::Params;

/// Sources of one page: more would be more than a telephone loads at night.
const ROWS_SHOWN: usize = 60;

/// How the sources were collected of late, by id.
type Strips = BTreeMap<String, CoverageRowBody>;

/// The page of sources.
pub(crate) fn sources(visit: &Visit<'_>, query: Option<&str>) -> Page {
    let made = visit.sources().and_then(|list| {
        let number = page_number(query, &list)?;
        let strips = strips(visit)?;
        let groups = visit.groups()?;
        visit.with_directory(|directory| {
            let shortage = visit.shortage();
            maud::html! {
                (content(visit, (&list, number), &strips, directory, &times(visit), shortage))
                (baselines(visit, &groups))
            }
        })
    });
    match made {
        Ok(content) => page(visit, View::Sources, &visit.say("sources-title"), &content),
        Err(problem) => problem_page(visit, View::Sources, &problem),
    }
}

fn strips(visit: &Visit<'_>) -> Result<Strips, Problem> {
    let mut strips = Strips::new();
    let mut cursor = None;
    loop {
        let covered = visit.coverage(&CoverageParams {
            from: Some(format!("{}h", strip::HOURS - 1)),
            bin: Some("hour".to_owned()),
            limit: Some(ROWS_MAX),
            cursor,
            ..CoverageParams::default()
        })?;
        let rows = covered.items.into_iter();
        strips.extend(rows.map(|row| (row.id.clone(), row)));
        cursor = covered.cursor;
        if cursor.is_none() {
            return Ok(strips);
        }
    }
}

fn number(list: &ListBody<SourceBody>, state: SourceState) -> u64 {
    list.items
        .iter()
        .filter(|source| source.state == state.as_str())
        .count() as u64
}

fn content(
    visit: &Visit<'_>,
    (list, shown): (&ListBody<SourceBody>, usize),
    strips: &Strips,
    directory: &Directory,
    times: &Times,
    shortage: Option<String>,
) -> Markup {
    let sum = |is_in: fn(SourceState) -> bool| -> u64 {
        let states = SourceState::ALL.into_iter().filter(|state| is_in(*state));
        states.map(|state| number(list, state)).sum()
    };
    let collected = sum(SourceState::is_collected);
    let polled = sum(SourceState::is_polled);
    let sources = in_order(list);
    let pages = sources.len().div_ceil(ROWS_SHOWN);
    let rows = sources
        .into_iter()
        .skip((shown - 1) * ROWS_SHOWN)
        .take(ROWS_SHOWN);
    html! {
        h1 {
            @if polled == 0 { (visit.say("sources-none-polled")) } @else {
                (visit.tell("sources-collected", &[
                    ("collected", collected.into()),
                    ("polled", visit.sources_in_words(polled).into()),
                ]))
            }
        }
        @if let Some(shortage) = shortage {
            @let why = html! { span lang=[visit.foreign_tag()] { (words::text(&shortage)) } };
            div.problem role="alert" { p { (visit.tell("coverage-less", &[("why", why.into())])) } }
        }
        p.summary {
            @for state in SourceState::ALL.into_iter().filter(|state| state.is_polled()) {
                @let number = number(list, state);
                @if number > 0 && state != SourceState::Ok { (in_state(visit, number, state)) " " }
            }
            @for state in [SourceState::Off, SourceState::Import] {
                @let number = number(list, state);
                @if number > 0 { (in_state(visit, number, state)) " " }
            }
        }
        @if list.items.is_empty() {
            p { (visit.say("sources-none")) }
        } @else {
            (strip::hatch())
            p.note { (strip::key(visit)) }
            div.scroll.broad tabindex="0" role="region" aria-label=(visit.say("sources-title")) {
                table {
                    caption { (visit.say("sources-order")) }
                    thead {
                        tr {
                            th scope="col" { (visit.say("sources-source")) }
                            th scope="col" { (visit.say("sources-affiliation")) }
                            th scope="col" { (visit.say("sources-groups")) }
                            th scope="col" { (visit.say("sources-last")) }
                            th scope="col" { (visit.say("sources-collection")) }
                        }
                    }
                    tbody { @for source in rows { (row(visit, source, strips, directory, times)) } }
                }
            }
            @if pages > 1 { (pager(visit, shown, pages)) }
        }
    }
}

/// The way to the other parts of the list.
fn pager(visit: &Visit<'_>, shown: usize, pages: usize) -> Markup {
    let href = |number: usize| format!("/sources?page={number}");
    html! {
        p.note {
            (visit.tell("sources-page", &[("page", shown.into()), ("pages", pages.into())])) " "
            @if shown > 1 { a rel="prev" href=(href(shown - 1)) { (visit.say("sources-before")) } " " }
            @if shown < pages { a rel="next" href=(href(shown + 1)) { (visit.say("sources-next")) } }
        }
    }
}

/// The sources as they are listed: those that need a person first.
fn in_order(list: &ListBody<SourceBody>) -> Vec<&SourceBody> {
    let mut sources: Vec<&SourceBody> = list.items.iter().collect();
    sources.sort_by_key(|source| SourceState::from_word(&source.state));
    sources
}

/// Which part of the list is asked for, from 1 on: by its number, or by a source that is in it.
fn page_number(query: Option<&str>, list: &ListBody<SourceBody>) -> Result<usize, Problem> {
    let mut params = Params::read_names(query, &["page", "source"])?;
    if let Some(id) = params.take("source") {
        let place = in_order(list).iter().position(|source| source.id == id);
        return Ok(place.map_or(1, |place| place / ROWS_SHOWN + 1));
    }
    match params.take("page") {
        None => Ok(1),
        Some(text) => match text.parse::<u16>() {
            Ok(number) if number > 0 => Ok(usize::from(number)),
            _ => Err(parameter("page", "it is no number from 1 on")),
        },
    }
}

/// Since when what groups publish can be compared with what is usual.
fn baselines(visit: &Visit<'_>, list: &ListBody<GroupBody>) -> Markup {
    html! {
        section aria-labelledby="baselines" {
            h2 id="baselines" { (visit.say("sources-baselines")) }
            div.scroll tabindex="0" role="region" aria-label=(visit.say("sources-baselines")) {
                table {
                    caption { (visit.say("sources-baselines-note")) }
                    thead {
                        tr {
                            th scope="col" { (visit.say("sources-group")) }
                            th scope="col" { (visit.say("sources-days")) }
                            th scope="col" { (visit.say("sources-baseline")) }
                        }
                    }
                    tbody {
                        @for group in list.items.iter().filter(|group| group.sources > 0) {
                            tr {
                                th scope="row" { (words::foreign(&group.name, None)) }
                                td { (days(visit, group)) }
                                td { (baseline(visit, group)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// How many days count, and what a day needs for it.
fn days(visit: &Visit<'_>, group: &GroupBody) -> Markup {
    let families = visit.tell("words-families", &[("count", group.families.into())]);
    visit.tell(
        "sources-days-of",
        &[
            ("days", group.baseline_days.into()),
            ("daysNeeded", group.baseline_days_needed.into()),
            ("familiesNeeded", group.families_needed.into()),
            ("families", families.into()),
        ],
    )
}

/// Since when a baseline is ready: the words of [`GroupBody::baseline_in_words`] in the reader's language.
fn baseline(visit: &Visit<'_>, group: &GroupBody) -> Markup {
    let Some(day) = group.baseline_ready else {
        return visit.tell("sources-baseline-unknown", &[]);
    };
    let id = match group.baseline.as_str() {
        "ready" => "sources-baseline-ready",
        _ => "sources-baseline-expected",
    };
    visit.tell(id, &[("day", day.to_string().into())])
}

/// So many sources in a state, as a sentence.
fn in_state(visit: &Visit<'_>, number: u64, state: SourceState) -> Markup {
    let state = visit.say(match state {
        SourceState::Ok => "sources-are-ok",
        SourceState::Degraded => "sources-are-degraded",
        SourceState::Silent => "sources-are-silent",
        SourceState::Failing => "sources-are-failing",
        SourceState::Blocked => "sources-are-blocked",
        SourceState::Moved => "sources-are-moved",
        SourceState::Ended => "sources-are-ended",
        SourceState::Waiting => "sources-are-waiting",
        SourceState::Off => "sources-are-off",
        SourceState::Import => "sources-are-import",
    });
    visit.tell(
        "sources-in-state",
        &[("count", number.into()), ("state", state.into())],
    )
}

/// The state of a source as a word; one that is not known as it is.
pub(super) fn state_word(visit: &Visit<'_>, word: &str) -> String {
    visit.say(match SourceState::from_word(word) {
        Some(SourceState::Ok) => "sources-state-ok",
        Some(SourceState::Degraded) => "sources-state-degraded",
        Some(SourceState::Silent) => "sources-state-silent",
        Some(SourceState::Failing) => "sources-state-failing",
        Some(SourceState::Blocked) => "sources-state-blocked",
        Some(SourceState::Moved) => "sources-state-moved",
        Some(SourceState::Ended) => "sources-state-ended",
        Some(SourceState::Waiting) => "sources-state-waiting",
        Some(SourceState::Off) => "sources-state-off",
        Some(SourceState::Import) => "sources-state-import",
        None => return words::text(word),
    })
}

fn row(
    visit: &Visit<'_>,
    source: &SourceBody,
    strips: &Strips,
    directory: &Directory,
    times: &Times,
) -> Markup {
    let lang = source
        .languages
        .first()
        .filter(|_| source.languages.len() == 1);
    let family = words::foreign(&source.family, None);
    let family = visit.tell("sources-family", &[("name", family.into())]);
    html! {
        tr {
            th scope="row" id={ "source-" (source.id) } {
                (words::foreign(&source.name, lang.map(String::as_str)))
                br;
                small {
                    (words::text(&source.id))
                    @if let Some(url) = &source.url { ", " (words::outward(url)) }
                }
            }
            td { (parts::affiliation(visit, &source.affiliation)) }
            td {
                (parts::groups(directory, &source.groups, &source.affiliation.grade))
                small { (family) }
            }
            td { (last(visit, source.last.as_ref(), times)) }
            td {
                @if let Some(row) = strips.get(&source.id) { (strip::strip(visit, row)) }
                (collection(visit, source, times))
            }
        }
    }
}

fn last(visit: &Visit<'_>, last: Option<&OutcomeBody>, times: &Times) -> Markup {
    html! {
        @match last {
            None => (visit.say("sources-last-none")),
            Some(outcome) => {
                (times.element(outcome.at))
                br;
                small { (brought(visit, outcome)) }
            },
        }
    }
}

/// What an attempt brought.
fn brought(visit: &Visit<'_>, outcome: &OutcomeBody) -> Markup {
    let new = ("new", outcome.items_new.into());
    let changed = ("changed", outcome.items_updated.into());
    let brought = match outcome.status {
        None => visit.tell("sources-brought", &[new, changed]),
        Some(status) => {
            let status = ("status", u32::from(status).into());
            visit.tell("sources-brought-http", &[status, new, changed])
        }
    };
    let Some(repaired) = &outcome.repaired else {
        return brought;
    };
    let repaired = html! { span lang=[visit.foreign_tag()] { (words::text(repaired)) } };
    visit.tell(
        "sources-repaired",
        &[("brought", brought.into()), ("repaired", repaired.into())],
    )
}

fn collection(visit: &Visit<'_>, source: &SourceBody, times: &Times) -> Markup {
    let state = SourceState::from_word(&source.state);
    let word = state_word(visit, &source.state);
    let word = html! {
        @if state.is_some_and(SourceState::needs_a_person) {
            span.badge { (word) }
        } @else { (word) }
    };
    html! {
        @match source.since {
            None => (word),
            Some(since) => (visit.tell("sources-since", &[
                ("state", word.into()),
                ("when", times.element(since).into()),
            ])),
        }
        @if let Some(why) = &source.why {
            br;
            small lang=[visit.foreign_tag()] { (words::text(why)) }
        }
        @if let Some(newest) = source.newest {
            br;
            small { (visit.tell("sources-newest", &[("when", times.element(newest).into())])) }
        }
        @if let Some(note) = &source.note {
            br;
            small { (words::text(note)) }
        }
    }
}
