//! Sources: who they are, and whether they are being collected.

use bellwether_api::{ListBody, OutcomeBody, SourceBody, SourceStatus};
use bellwether_model::Directory;
use maud::{Markup, html};

use super::words::{self, Times, count};
use super::{Page, View, page, parts, problem_page, times};
use crate::answers::Answers;

/// The page of sources.
pub(crate) fn sources(answers: &Answers) -> Page {
    let made = answers.sources().and_then(|list| {
        answers.with_directory(|directory| content(&list, directory, &times(answers)))
    });
    match made {
        Ok(content) => page(answers, View::Sources, "Sources", &content),
        Err(problem) => problem_page(answers, View::Sources, &problem),
    }
}

fn number(list: &ListBody<SourceBody>, status: SourceStatus) -> u64 {
    list.items
        .iter()
        .filter(|source| source.status == status)
        .count() as u64
}

fn content(list: &ListBody<SourceBody>, directory: &Directory, times: &Times) -> Markup {
    let collected = number(list, SourceStatus::Collected);
    let failing = number(list, SourceStatus::Failing);
    let waiting = number(list, SourceStatus::Waiting);
    let polled = collected + failing + waiting;
    let mut sources: Vec<&SourceBody> = list.items.iter().collect();
    sources.sort_by_key(|source| rank(source.status));
    html! {
        h1 {
            @if polled == 0 { "No source is polled" } @else {
                (collected) " of " (count(polled, "source", "sources")) " are being collected"
            }
        }
        p.summary {
            @if failing > 0 { (failing) " cannot be reached or read. " }
            @if waiting > 0 { (waiting) " not polled yet. " }
            (count(number(list, SourceStatus::Off), "is", "are")) " switched off, "
            (number(list, SourceStatus::Import)) " came by import."
        }
        @if list.items.is_empty() {
            p { "No sources are configured. `bellwether check` says what is read from where." }
        } @else {
            div.scroll.broad tabindex="0" role="region" aria-label="Sources" {
                table {
                    caption { "Those that fail first" }
                    thead {
                        tr {
                            th scope="col" { "Source" }
                            th scope="col" { "Affiliation, basis, date" }
                            th scope="col" { "Groups, family" }
                            th scope="col" { "Last attempt" }
                            th scope="col" { "Collection" }
                        }
                    }
                    tbody { @for source in sources { (row(source, directory, times)) } }
                }
            }
        }
    }
}

const fn rank(status: SourceStatus) -> u8 {
    match status {
        SourceStatus::Failing => 0,
        SourceStatus::Waiting => 1,
        SourceStatus::Collected => 2,
        SourceStatus::Import => 3,
        SourceStatus::Off => 4,
    }
}

fn row(source: &SourceBody, directory: &Directory, times: &Times) -> Markup {
    let lang = source
        .languages
        .first()
        .filter(|_| source.languages.len() == 1);
    html! {
        tr {
            th scope="row" {
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
            td { (collection(source)) }
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

fn collection(source: &SourceBody) -> Markup {
    html! {
        @match source.status {
            SourceStatus::Collected => "collecting",
            SourceStatus::Waiting => "not polled yet",
            SourceStatus::Off => "switched off",
            SourceStatus::Import => "by import",
            SourceStatus::Failing => {
                span.badge { (what_failed(source)) }
                @if let Some(error) = source.last.as_ref().and_then(|last| last.error.as_ref()) {
                    br;
                    small { (words::text(error)) }
                }
            },
        }
        @if let Some(note) = &source.note {
            br;
            small { (words::text(note)) }
        }
    }
}

fn what_failed(source: &SourceBody) -> &'static str {
    match source.last.as_ref().map(|last| last.outcome.as_str()) {
        Some("unreachable") => "cannot be reached",
        Some("status") => "refuses or fails",
        Some("not-a-feed") => "answers with no feed",
        Some("limit") => "exceeds a limit",
        Some("refused") => "refused by our own rules",
        _ => "failing",
    }
}
