//! Logging in, being refused, and what was done by whom.

use bellwether_access::{NAME_CHARS_MAX, PASSWORD_CHARS_MAX};
use bellwether_api::{AuditEntryBody, Problem};
use maud::{Markup, html};

use super::words::{Times, text};
use super::{Page, Reader, View, Visit, page, parts, problem_page, sheet, times};

/// The page to log in on. `then` is where it leads, `problem` why the last try failed.
pub(crate) fn log_in(reader: &Reader, then: &str, problem: Option<&Problem>) -> Page {
    let content = html! {
        h1 { "Log in" }
        @if let Some(problem) = problem { (parts::problem(problem)) }
        form.login action="/login" method="post" {
            input type="hidden" name="then" value=(then);
            label {
                "Name"
                input name="name" required maxlength=(NAME_CHARS_MAX) autocomplete="username" autocapitalize="none" spellcheck="false";
            }
            label {
                "Password"
                input name="password" type="password" required maxlength=(PASSWORD_CHARS_MAX) autocomplete="current-password";
            }
            button type="submit" { "Log in" }
        }
        p.note {
            "Whoever runs Bellwether makes accounts: " code { "bellwether user add NAME --role analyst" } "."
        }
    };
    Page {
        status: problem.map_or(200, |problem| problem.status),
        markup: bare(reader, "Log in", &content),
    }
}

/// What is told to somebody who may not see more.
pub(crate) fn refused(reader: &Reader, problem: &Problem) -> Page {
    let content = html! {
        h1 { (text(&problem.title)) }
        (parts::problem(problem))
        p { a href="/login" { "Log in" } }
    };
    Page {
        status: problem.status,
        markup: bare(reader, &problem.title, &content),
    }
}

/// A page without views: nothing of the data is on it.
fn bare(reader: &Reader, title: &str, content: &Markup) -> Markup {
    let body = html! {
        header { nav aria-label="Views" { a.brand href="/" { "Bellwether" } } }
        main id="content" tabindex="-1" { (content) }
    };
    sheet(reader, title, &body)
}

/// The page of what was done by whom.
pub(crate) fn audit(visit: &Visit<'_>, before: Option<i64>) -> Page {
    match visit.audit(before, None) {
        Ok(list) => {
            let content = content(&list.items, list.cursor.as_deref(), &times(visit));
            page(visit, View::Alerts, "Audit", &content)
        }
        Err(problem) => problem_page(visit, View::Alerts, &problem),
    }
}

fn content(entries: &[AuditEntryBody], next: Option<&str>, times: &Times) -> Markup {
    html! {
        h1 { "Audit" }
        p {
            "What was changed or tried by whom, the newest first: over HTTP, and by commands about accounts. What other "
            "commands do on this machine is not in it."
        }
        @if entries.is_empty() { p { "Nothing so far." } } @else {
            div.scroll tabindex="0" role="region" aria-label="Audit" {
                table {
                    caption { "The newest first" }
                    thead { tr {
                        th scope="col" { "When" }
                        th scope="col" { "Who" }
                        th scope="col" { "What" }
                        th scope="col" { "Outcome" }
                    } }
                    tbody {
                        @for entry in entries {
                            tr {
                                td { (times.element(entry.at)) }
                                td { (text(&entry.by)) }
                                td { code { (text(&entry.what)) } }
                                td { (text(&entry.outcome)) }
                            }
                        }
                    }
                }
            }
        }
        @if let Some(next) = next {
            p { a href={ "/audit?before=" (next) } { "Older" } }
        }
    }
}
