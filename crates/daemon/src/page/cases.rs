//! Cases: the list, one case with what is in it, and the form that puts something there.

use bellwether_api::{
    CaseBody, CaseEntryBody, CaseSummaryBody, NewCaseBody, NewEntryBody, Problem,
};
use maud::{Markup, html};

use super::words::{self, Times, foreign, text};
use super::{Page, View, Visit, page, problem_page, times};
use crate::answers::parameter;
use crate::http::Params;

const TITLE_CHARS_MAX: usize = 200;
const NOTE_CHARS_MAX: usize = 4_000;

/// What a form that adds may hold.
const FIELDS: [&str; 6] = ["case", "title", "kind", "subject", "note", "by"];

/// The list.
pub(crate) fn cases(visit: &Visit<'_>) -> Page {
    match visit.cases() {
        Ok(list) => {
            let content = list_content(visit, &list.items, &times(visit));
            page(visit, View::Cases, &visit.say("cases-title"), &content)
        }
        Err(problem) => problem_page(visit, View::Cases, &problem),
    }
}

fn list_content(visit: &Visit<'_>, cases: &[CaseSummaryBody], times: &Times) -> Markup {
    html! {
        h1 { (visit.say("cases-title")) }
        p { (visit.say("cases-note")) }
        @if cases.is_empty() { p { (visit.say("cases-none")) } } @else {
            div.scroll tabindex="0" role="region" aria-label=(visit.say("cases-title")) {
                table {
                    thead {
                        tr {
                            th scope="col" { (visit.say("cases-case")) }
                            th.number scope="col" { (visit.say("cases-entries")) }
                            th scope="col" { (visit.say("cases-opened")) }
                            th scope="col" { (visit.say("cases-updated")) }
                        }
                    }
                    tbody {
                        @for case in cases {
                            tr {
                                th scope="row" {
                                    a href=(words::path("cases", &case.id)) { (foreign(&case.title, None)) }
                                }
                                td.number { (case.entries) }
                                td { (times.element(case.opened)) ", " (foreign(&case.by, None)) }
                                td { (times.element(case.updated)) }
                            }
                        }
                    }
                }
            }
        }
        @if visit.may_change("/cases") {
            section aria-labelledby="open" {
                h2 id="open" { (visit.say("cases-open")) }
                form.save action="/cases" method="post" {
                    label {
                        (visit.say("cases-name"))
                        input name="title" required maxlength=(TITLE_CHARS_MAX) dir="auto" autocomplete="off";
                    }
                    (visit.by_field("by"))
                    button type="submit" { (visit.say("cases-open-it")) }
                }
            }
        }
    }
}

/// One case.
pub(crate) fn case(visit: &Visit<'_>, id: &str) -> Page {
    match visit.case(id) {
        Ok(case) => {
            let content = content(visit, &case, &times(visit));
            page(visit, View::Cases, &case.title, &content)
        }
        Err(problem) => problem_page(visit, View::Cases, &problem),
    }
}

fn content(visit: &Visit<'_>, case: &CaseBody, times: &Times) -> Markup {
    let path = words::path("cases", &case.id);
    let file = format!("/api/v1{path}?format=");
    html! {
        p.crumbs { a href="/cases" { (visit.say("cases-title")) } " · " (text(&case.id)) }
        h1 { (foreign(&case.title, None)) }
        p.note {
            (visit.tell("cases-opened-by", &[
                ("when", times.element(case.opened).into()),
                ("by", foreign(&case.by, None).into()),
            ]))
            " " (visit.say("cases-take-along")) " "
            a href={ (file) "md" } { "Markdown" } " · " a href={ (file) "csv" } { "CSV" }
        }
        @if case.entries.is_empty() { p { (visit.say("cases-empty")) } }
        ol.items {
            @for entry in &case.entries { li id={ "entry-" (entry.number) } { (one(visit, case, entry, times)) } }
        }
        @if visit.may_change("/cases/{id}/entries") {
            section aria-labelledby="note" {
                h2 id="note" { (visit.say("cases-note-add")) }
                form.save action={ (path) "/entries" } method="post" {
                    input type="hidden" name="kind" value="note";
                    label.wide {
                        (visit.say("cases-note-text"))
                        textarea name="note" required rows="4" maxlength=(NOTE_CHARS_MAX) dir="auto" {}
                    }
                    (visit.by_field("by"))
                    button type="submit" { (visit.say("cases-note-save")) }
                }
            }
        }
    }
}

fn one(visit: &Visit<'_>, case: &CaseBody, entry: &CaseEntryBody, times: &Times) -> Markup {
    let kind = match entry.kind.as_str() {
        "item" => "cases-kind-item",
        "story" => "cases-kind-story",
        "burst" => "cases-kind-burst",
        _ => "cases-kind-note",
    };
    // The page itself needs no base of links.
    let place = entry
        .subject
        .as_deref()
        .map(|subject| match entry.kind.as_str() {
            "item" => words::path("items", subject),
            "story" => words::path("stories", subject),
            _ => words::path("bursts", subject),
        });
    html! {
        p.note { (visit.say(kind)) " " (entry.number) }
        @if let Some(place) = place {
            h3 { a href=(place) { (foreign(&entry.title, None)) } }
            p.notes {
                @if let Some(time) = entry.time { span { (times.element(time)) } }
                @if let Some(source) = &entry.source { span { (foreign(source, None)) } }
                @if let Some(address) = &entry.address { span { (words::outward(address)) } }
            }
        }
        @if !entry.note.is_empty() { p.lines dir="auto" { (text_lines(&entry.note)) } }
        p.note {
            (visit.tell("cases-added-by", &[
                ("when", times.element(entry.added).into()),
                ("by", foreign(&entry.by, None).into()),
            ]))
        }
        @if visit.may_change("/cases/{id}/entries/{number}/remove") {
            form.save action={ (words::path("cases", &case.id)) "/entries/" (entry.number) "/remove" } method="post" {
                (visit.by_field("by"))
                button.small type="submit" { (visit.say("cases-remove")) }
            }
        }
    }
}

fn text_lines(note: &str) -> Markup {
    html! { @for line in note.lines() { (text(line)) "\n" } }
}

/// The form that puts what a page is about into a case.
pub(super) fn add_form(visit: &Visit<'_>, kind: &str, subject: &str) -> Markup {
    if !visit.may_change("/cases/add") {
        return Markup::default();
    }
    let Ok(cases) = visit.cases() else {
        return Markup::default();
    };
    html! {
        section aria-labelledby="case" {
            h2 id="case" { (visit.say("cases-add")) }
            form.save action="/cases/add" method="post" {
                input type="hidden" name="kind" value=(kind);
                input type="hidden" name="subject" value=(subject);
                label {
                    (visit.say("cases-case"))
                    select name="case" {
                        option value="" { (visit.say("cases-new")) }
                        @for case in &cases.items { option value=(case.id) { (text(&case.title)) } }
                    }
                }
                label {
                    (visit.say("cases-new-name"))
                    input name="title" maxlength=(TITLE_CHARS_MAX) dir="auto" autocomplete="off";
                }
                label { (visit.say("cases-note-text")) input name="note" maxlength=(NOTE_CHARS_MAX) dir="auto"; }
                (visit.by_field("by"))
                button type="submit" { (visit.say("cases-add-it")) }
            }
        }
    }
}

/// Opens a case by what a form holds; returns where it is.
pub(crate) fn open_case(visit: &Visit<'_>, form: &str) -> Result<String, Problem> {
    let mut fields = Params::read_names(Some(form), &FIELDS)?;
    let wanted = NewCaseBody {
        title: fields.take("title").unwrap_or_default(),
        by: visit.reader.sign(&fields.take("by").unwrap_or_default())?,
    };
    Ok(words::path("cases", &visit.open_case(&wanted, None)?.id))
}

/// Puts something into a case by what a form holds, which may name a new one; returns where it is.
pub(crate) fn add_to_case(
    visit: &Visit<'_>,
    case: Option<&str>,
    form: &str,
) -> Result<String, Problem> {
    let mut fields = Params::read_names(Some(form), &FIELDS)?;
    let mut field = |name| fields.take(name).unwrap_or_default();
    let (chosen, title) = (field("case"), field("title"));
    let subject = field("subject");
    let wanted = NewEntryBody {
        kind: field("kind"),
        subject: (!subject.is_empty()).then_some(subject),
        note: field("note"),
        by: visit.reader.sign(&field("by"))?,
    };
    // Which of the two is meant nobody knows, and what is put somewhere stays on its record.
    if case.is_none() && !chosen.is_empty() && !title.trim().is_empty() {
        return Err(parameter(
            "title",
            "a case is chosen too; choose one, or name a new one",
        ));
    }
    let case = match case {
        Some(case) => visit.add_to_case(case, &wanted)?,
        None if chosen.is_empty() => {
            let new = NewCaseBody {
                title,
                by: wanted.by.clone(),
            };
            visit.open_case(&new, Some(&wanted))?
        }
        None => visit.add_to_case(&chosen, &wanted)?,
    };
    let last = case.entries.last().map_or(0, |entry| entry.number);
    Ok(format!("{}#entry-{last}", words::path("cases", &case.id)))
}

/// Takes something out of a case by what a form holds; returns where it was.
pub(crate) fn take_from_case(
    visit: &Visit<'_>,
    id: &str,
    number: u32,
    form: &str,
) -> Result<String, Problem> {
    let mut fields = Params::read_names(Some(form), &["by"])?;
    let by = visit.reader.sign(&fields.take("by").unwrap_or_default())?;
    visit.take_from_case(id, number, &by)?;
    Ok(words::path("cases", id))
}

/// What a form could not do.
pub(crate) fn case_problem(visit: &Visit<'_>, problem: &Problem) -> Page {
    problem_page(visit, View::Cases, problem)
}
