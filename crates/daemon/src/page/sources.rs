//! Sources: who they are, and whether they are being collected.

use std::collections::BTreeMap;

use bellwether_api::{CoverageRowBody, GroupBody, ListBody, OutcomeBody, Problem, SourceBody};
use bellwether_model::{Directory, SourceState};
use maud::{Markup, html};

use super::words::{self, Times, count};
use super::{Page, View, Visit, page, parts, problem_page, strip, times};
use crate::answers::{CoverageParams, ROWS_MAX};

/// How the sources were collected of late, by id.
type Strips = BTreeMap<String, CoverageRowBody>;

/// The page of sources.
pub(crate) fn sources(visit: &Visit<'_>) -> Page {
    let made = visit.sources().and_then(|list| {
        let strips = strips(visit)?;
        let groups = visit.groups()?;
        visit.with_directory(|directory| {
            let shortage = visit.shortage();
            maud::html! {
                (content(&list, &strips, directory, &times(visit), shortage))
                (baselines(&groups))
            }
        })
    });
    match made {
        Ok(content) => page(visit, View::Sources, "Sources", &content),
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
    list: &ListBody<SourceBody>,
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
    let mut sources: Vec<&SourceBody> = list.items.iter().collect();
    sources.sort_by_key(|source| SourceState::from_word(&source.state));
    html! {
        h1 {
            @if polled == 0 { "No source is polled" } @else {
                (collected) " of " (count(polled, "source", "sources")) " are being collected"
            }
        }
        @if let Some(shortage) = shortage {
            div.problem role="alert" { p { "Less is collected now: " (shortage) "." } }
        }
        p.summary {
            @for state in SourceState::ALL.into_iter().filter(|state| state.is_polled()) {
                @let number = number(list, state);
                @if number > 0 && state != SourceState::Ok { (number) " " (in_words(state)) ". " }
            }
            @for state in [SourceState::Off, SourceState::Import] {
                @let number = number(list, state);
                @if number > 0 { (number) " " (in_words(state)) ". " }
            }
        }
        @if list.items.is_empty() {
            p { "No sources are configured. `bellwether check` says what is read from where." }
        } @else {
            (strip::hatch())
            p.note { (strip::key()) }
            div.scroll.broad tabindex="0" role="region" aria-label="Sources" {
                table {
                    caption { "Those that need a person first" }
                    thead {
                        tr {
                            th scope="col" { "Source" }
                            th scope="col" { "Affiliation, basis, date" }
                            th scope="col" { "Groups, family" }
                            th scope="col" { "Last attempt" }
                            th scope="col" { "Collection" }
                        }
                    }
                    tbody { @for source in sources { (row(source, strips, directory, times)) } }
                }
            }
        }
    }
}

/// Since when what groups publish can be compared with what is usual.
fn baselines(list: &ListBody<GroupBody>) -> Markup {
    html! {
        section aria-labelledby="baselines" {
            h2 id="baselines" { "Baselines" }
            div.scroll tabindex="0" role="region" aria-label="Baselines" {
                table {
                    caption { "A day counts where enough families of a group were collected" }
                    thead {
                        tr {
                            th scope="col" { "Group" }
                            th scope="col" { "Days that count" }
                            th scope="col" { "Baseline" }
                        }
                    }
                    tbody {
                        @for group in list.items.iter().filter(|group| group.sources > 0) {
                            tr {
                                th scope="row" { (words::foreign(&group.name, None)) }
                                td {
                                    (group.baseline_days) " of " (group.baseline_days_needed)
                                    ", with " (group.families_needed) " of "
                                    (count(group.families, "family", "families"))
                                }
                                td { (group.baseline_in_words()) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A state in words that go with a number of sources.
const fn in_words(state: SourceState) -> &'static str {
    match state {
        SourceState::Ok => "as usual",
        SourceState::Degraded => "collected with difficulties",
        SourceState::Silent => "silent for longer than the rhythm explains",
        SourceState::Failing => "cannot be reached or read",
        SourceState::Blocked => "blocked by the server",
        SourceState::Moved => "moved for good",
        SourceState::Ended => "ended",
        SourceState::Waiting => "not polled yet or not lately",
        SourceState::Off => "switched off",
        SourceState::Import => "came by import",
    }
}

fn row(source: &SourceBody, strips: &Strips, directory: &Directory, times: &Times) -> Markup {
    let lang = source
        .languages
        .first()
        .filter(|_| source.languages.len() == 1);
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
            td { (parts::affiliation(&source.affiliation)) }
            td {
                (parts::groups(directory, &source.groups, &source.affiliation.grade))
                small { "family " (words::foreign(&source.family, None)) }
            }
            td { (last(source.last.as_ref(), times)) }
            td {
                @if let Some(row) = strips.get(&source.id) { (strip::strip(row)) }
                (collection(source, times))
            }
        }
    }
}

fn last(last: Option<&OutcomeBody>, times: &Times) -> Markup {
    html! {
        @match last {
            None => "none",
            Some(outcome) => {
                (times.element(outcome.at))
                br;
                small {
                    @if let Some(status) = outcome.status { "HTTP " (status) ", " }
                    (outcome.items_new) " new, " (outcome.items_updated) " changed"
                    @if let Some(repaired) = &outcome.repaired {
                        "; repaired: " (words::text(repaired))
                    }
                }
            },
        }
    }
}

fn collection(source: &SourceBody, times: &Times) -> Markup {
    let state = SourceState::from_word(&source.state);
    html! {
        @if state.is_some_and(SourceState::needs_a_person) {
            span.badge { (source.state) }
        } @else { (source.state) }
        @if let Some(since) = source.since { " since " (times.element(since)) }
        @if let Some(why) = &source.why {
            br;
            small { (words::text(why)) }
        }
        @if let Some(newest) = source.newest {
            br;
            small { "newest item " (times.element(newest)) }
        }
        @if let Some(note) = &source.note {
            br;
            small { (words::text(note)) }
        }
    }
}
