//! Silences: which are in force, who made them and why, and the forms to make and end one.

use bellwether_alert::{BY_CHARS_MAX, NOTE_CHARS_MAX, SILENCED_BY};
use bellwether_api::{AlertBody, EndSilenceBody, NewSilenceBody, Problem, SilenceBody};
use bellwether_model::Matcher;
use maud::{Markup, html};

use super::words::{self, Times, text};
use super::{Page, View, page, problem_page, times};
use crate::answers::Answers;
use crate::http::{Params, SILENCES};

/// The fields of the form.
const FIELDS: [&str; 4] = ["matchers", "by", "comment", "duration"];

/// How long one silences, as it is offered.
const LENGTHS: [(&str, &str); 5] = [
    ("1h", "1 hour"),
    ("4h", "4 hours"),
    ("24h", "1 day"),
    ("7d", "7 days"),
    ("30d", "30 days"),
];

/// The page of silences.
pub(crate) fn silences(answers: &Answers, query: Option<&str>) -> Page {
    let made = Params::read(query, &[&SILENCES])
        .and_then(|mut params| params.all_silences())
        .and_then(|all| Ok((all, answers.silences(all)?)));
    match made {
        Ok((all, list)) => page(
            answers,
            View::Alerts,
            "Silences",
            &content(&list.items, all, &times(answers)),
        ),
        Err(problem) => problem_page(answers, View::Alerts, &problem),
    }
}

/// Makes a silence of what a form holds: a matcher a line.
pub(crate) fn add_silence(answers: &Answers, form: &str) -> Result<(), Problem> {
    let mut fields = Params::read_names(Some(form), &FIELDS)?;
    let matchers = fields.take("matchers").unwrap_or_default();
    let matchers = matchers.lines().map(str::trim);
    let wanted = NewSilenceBody {
        matchers: matchers
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect(),
        by: fields.take("by").unwrap_or_default(),
        comment: fields.take("comment").unwrap_or_default(),
        duration: fields.take("duration").unwrap_or_default(),
        starts: None,
    };
    answers.add_silence(&wanted).map(drop)
}

/// Ends a silence before its time.
pub(crate) fn end_silence(answers: &Answers, id: &str, form: &str) -> Result<(), Problem> {
    let mut fields = Params::read_names(Some(form), &["by"])?;
    let said = EndSilenceBody {
        by: fields.take("by").unwrap_or_default(),
    };
    answers.end_silence(id, &said).map(drop)
}

fn content(silences: &[SilenceBody], all: bool, times: &Times) -> Markup {
    html! {
        p.crumbs { a href="/alerts" { "Alerts" } }
        h1 { "Silences" }
        p {
            "Of alerts that a silence is about no message is sent while it is in force. They stand on the page all the \
             same, and what still holds at its end is told then."
        }
        p {
            @if all { "all silences · " a href="/silences" { "in force" } }
            @else { a href="/silences?filter=all" { "all silences" } " · in force" }
        }
        @if silences.is_empty() {
            p { "No silence " @if all { "so far." } @else { "is in force." } }
        }
        @for silence in silences { (entry(silence, times)) }
        section aria-labelledby="new" {
            h2 id="new" { "Silence alerts" }
            (form(&Markup::default(), ""))
        }
    }
}

fn entry(silence: &SilenceBody, times: &Times) -> Markup {
    html! {
        section.alert {
            h2 {
                @for matcher in &silence.matchers { code { (text(matcher)) } " " }
            }
            p {
                span class={ "badge " (silence.state) } { (silence.state) }
                " from " (times.element(silence.starts)) " to " (times.element(silence.ends))
                ", by " (text(&silence.by)) ": " (text(&silence.comment))
                @if let Some(by) = &silence.ended_by { "; ended by " (text(by)) }
            }
            @if silence.state != "ended" {
                form.save action={ (words::path("silences", &silence.id)) "/end" } method="post" {
                    label {
                        "Your name"
                        input name="by" required maxlength=(BY_CHARS_MAX) autocomplete="name";
                    }
                    button { "End it now" }
                }
            }
        }
    }
}

/// The form to silence an alert and others like it, on its page.
pub(super) fn of_alert(alert: &AlertBody) -> Markup {
    let offered = SILENCED_BY.into_iter().flat_map(|label| {
        let values = alert.labels.get(label.as_str()).into_iter().flatten();
        values.map(move |value| Matcher::is(label, value.as_str()).to_string())
    });
    let offered: Vec<String> = offered.collect();
    if offered.is_empty() {
        return Markup::default();
    }
    let choice = html! {
        label {
            "Alerts with"
            select name="matchers" {
                @for matcher in &offered { option value=(matcher) { (text(matcher)) } }
            }
        }
    };
    html! {
        section aria-labelledby="silence" {
            h2 id="silence" { "Silence" }
            p { "Nobody is told of such alerts for that long; see " a href="/silences" { "silences" } "." }
            (form(&choice, "matchers"))
        }
    }
}

/// `given` stands in the place of the field for matchers.
fn form(given: &Markup, has: &str) -> Markup {
    html! {
        form.save action="/silences" method="post" {
            @if has.is_empty() {
                label {
                    "Matchers, one a line, all of which must be met"
                    textarea name="matchers" required rows="3" placeholder="term=\"…\"" {}
                }
            } @else { (given) }
            label {
                "For"
                select name="duration" {
                    @for (value, name) in LENGTHS { option value=(value) { (name) } }
                }
            }
            label {
                "Your name"
                input name="by" required maxlength=(BY_CHARS_MAX) autocomplete="name";
            }
            label {
                "Why"
                input name="comment" required maxlength=(NOTE_CHARS_MAX);
            }
            button { "Silence" }
        }
    }
}
