//! Logging in, being refused, and what was done by whom.

use bellwether_access::{NAME_CHARS_MAX, PASSWORD_CHARS_MAX};
use bellwether_api::{AuditEntryBody, Problem};
use maud::{Markup, html};

use super::words::{Times, text};
use super::{Page, View, Visit, page, parts, problem_page, sheet, times};

/// The page to log in on. `then` is where it leads, `problem` why the last try failed.
pub(crate) fn log_in(visit: &Visit<'_>, then: &str, problem: Option<&Problem>) -> Page {
    let title = visit.say("frame-log-in");
    let command = html! { code { "bellwether user add NAME --role analyst" } };
    let content = html! {
        h1 { (title) }
        @if let Some(problem) = problem { (parts::problem(visit, problem)) }
        form.login action="/login" method="post" {
            input type="hidden" name="then" value=(then);
            label {
                (visit.say("accounts-name"))
                input name="name" required maxlength=(NAME_CHARS_MAX) autocomplete="username" autocapitalize="none" spellcheck="false";
            }
            label {
                (visit.say("accounts-password"))
                input name="password" type="password" required maxlength=(PASSWORD_CHARS_MAX) autocomplete="current-password";
            }
            button type="submit" { (title) }
        }
        p.note { (visit.tell("accounts-made", &[("command", command.into())])) }
    };
    Page {
        status: problem.map_or(200, |problem| problem.status),
        markup: bare(visit, &title, &content),
    }
}

/// What is told to somebody who may not see more.
pub(crate) fn refused(visit: &Visit<'_>, problem: &Problem) -> Page {
    let content = html! {
        h1 lang=[visit.foreign_tag()] { (text(&problem.title)) }
        (parts::problem(visit, problem))
        p { a href="/login" { (visit.say("frame-log-in")) } }
    };
    Page {
        status: problem.status,
        markup: bare(visit, &problem.title, &content),
    }
}

/// A page without views: nothing of the data is on it.
fn bare(visit: &Visit<'_>, title: &str, content: &Markup) -> Markup {
    let body = html! {
        header { nav aria-label=(visit.say("frame-views")) { a.brand href="/" { "Bellwether" } } }
        main id="content" tabindex="-1" { (content) }
    };
    sheet(visit.reader, title, &body)
}

/// The page of what was done by whom.
pub(crate) fn audit(visit: &Visit<'_>, before: Option<i64>) -> Page {
    match visit.audit(before, None) {
        Ok(list) => {
            let content = content(visit, &list.items, list.cursor.as_deref(), &times(visit));
            page(visit, View::Alerts, &visit.say("frame-audit"), &content)
        }
        Err(problem) => problem_page(visit, View::Alerts, &problem),
    }
}

fn content(
    visit: &Visit<'_>,
    entries: &[AuditEntryBody],
    next: Option<&str>,
    times: &Times,
) -> Markup {
    html! {
        h1 { (visit.say("frame-audit")) }
        p { (visit.say("accounts-audit-note")) }
        @if entries.is_empty() { p { (visit.say("accounts-audit-none")) } } @else {
            div.scroll tabindex="0" role="region" aria-label=(visit.say("frame-audit")) {
                table {
                    caption { (visit.say("accounts-newest-first")) }
                    thead { tr {
                        th scope="col" { (visit.say("accounts-when")) }
                        th scope="col" { (visit.say("accounts-who")) }
                        th scope="col" { (visit.say("accounts-what")) }
                        th scope="col" { (visit.say("accounts-outcome")) }
                    } }
                    tbody {
                        @for entry in entries {
                            tr {
                                td { (times.element(entry.at)) }
                                td { (who(visit, &entry.by)) }
                                td { code { (text(&entry.what)) } }
                                td { (outcome(visit, &entry.outcome)) }
                            }
                        }
                    }
                }
            }
        }
        @if let Some(next) = next {
            p { a href={ "/audit?before=" (next) } { (visit.say("accounts-older")) } }
        }
    }
}

/// Who did something: the name of a user as it is, which has no spaces, or the words of
/// [`bellwether_access::Principal`].
fn who(visit: &Visit<'_>, by: &str) -> Markup {
    if let Some(token) = by.strip_prefix("token ") {
        return visit.tell("accounts-by-token", &[("name", token.into())]);
    }
    if let Some(receiver) = by.strip_prefix("link to ") {
        return visit.tell("accounts-by-link", &[("receiver", receiver.into())]);
    }
    match by {
        "this machine" => visit.tell("accounts-this-machine", &[]),
        "nobody" => visit.tell("accounts-nobody", &[]),
        name => html! { (text(name)) },
    }
}

/// What came of something: a status of HTTP as it is, or a word.
fn outcome(visit: &Visit<'_>, outcome: &str) -> String {
    match outcome {
        "done" => visit.say("accounts-done"),
        status => text(status),
    }
}
