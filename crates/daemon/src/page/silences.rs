//! Silences: which are in force, who made them and why, and the forms to make and end one.

use bellwether_access::Principal;
use bellwether_alert::{NOTE_CHARS_MAX, SILENCED_BY};
use bellwether_api::{AlertBody, EndSilenceBody, NewSilenceBody, Problem, SilenceBody};
use bellwether_model::Matcher;
use maud::{Markup, html};

use super::words::{self, Times, text};
use super::{Page, View, Visit, page, problem_page, times};
use crate::answers::parameter;
use crate::http::{Params, SILENCES};

/// The fields of the form.
const FIELDS: [&str; 4] = ["matchers", "by", "comment", "duration"];

/// How long one silences, as it is offered, and what says it.
const LENGTHS: [(&str, &str); 5] = [
    ("1h", "silences-1-hour"),
    ("4h", "silences-4-hours"),
    ("24h", "silences-1-day"),
    ("7d", "silences-7-days"),
    ("30d", "silences-30-days"),
];

/// Of them, those offered to who came by the link of a message.
const LENGTHS_OF_PASS: usize = 3;

/// The page of silences.
pub(crate) fn silences(visit: &Visit<'_>, query: Option<&str>) -> Page {
    let made = Params::read(query, &[&SILENCES])
        .and_then(|mut params| params.all_silences())
        .and_then(|all| Ok((all, visit.silences(all)?)));
    match made {
        Ok((all, list)) => page(
            visit,
            View::Alerts,
            &visit.say("silences-title"),
            &content(visit, &list.items, all, &times(visit)),
        ),
        Err(problem) => problem_page(visit, View::Alerts, &problem),
    }
}

/// Makes a silence of what a form holds: a matcher a line.
pub(crate) fn add_silence(visit: &Visit<'_>, form: &str) -> Result<(), Problem> {
    let mut fields = Params::read_names(Some(form), &FIELDS)?;
    let matchers = fields.take("matchers").unwrap_or_default();
    let matchers = matchers.lines().map(str::trim);
    let by = visit.reader.sign(&fields.take("by").unwrap_or_default())?;
    let wanted = NewSilenceBody {
        matchers: matchers
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect(),
        by,
        comment: fields.take("comment").unwrap_or_default(),
        duration: fields.take("duration").unwrap_or_default(),
        starts: None,
    };
    visit.add_silence(&wanted).map(drop)
}

/// Ends a silence before its time.
pub(crate) fn end_silence(visit: &Visit<'_>, id: &str, form: &str) -> Result<(), Problem> {
    let mut fields = Params::read_names(Some(form), &["by"])?;
    let said = EndSilenceBody {
        by: visit.reader.sign(&fields.take("by").unwrap_or_default())?,
    };
    visit.end_silence(id, &said).map(drop)
}

fn content(visit: &Visit<'_>, silences: &[SilenceBody], all: bool, times: &Times) -> Markup {
    html! {
        p.crumbs { a href="/alerts" { (visit.say("alerts-title")) } }
        h1 { (visit.say("silences-title")) }
        p { (visit.say("silences-note")) }
        p {
            @if all {
                (visit.say("silences-all")) " · " a href="/silences" { (visit.say("silences-in-force")) }
            } @else {
                a href="/silences?filter=all" { (visit.say("silences-all")) } " · " (visit.say("silences-in-force"))
            }
        }
        @if silences.is_empty() {
            p { (visit.say(if all { "silences-none" } else { "silences-none-in-force" })) }
        }
        @for silence in silences { (entry(visit, silence, times)) }
        @if visit.may_change("/silences") {
            section aria-labelledby="new" {
                h2 id="new" { (visit.say("silences-new")) }
                (form(visit, "/silences", None, LENGTHS.as_slice()))
            }
        }
    }
}

fn entry(visit: &Visit<'_>, silence: &SilenceBody, times: &Times) -> Markup {
    html! {
        section.alert {
            h2 {
                @for matcher in &silence.matchers { code { (text(matcher)) } " " }
            }
            p {
                span class={ "badge " (silence.state) } { (state(visit, &silence.state)) }
                " " (made(visit, silence, times))
            }
            @if silence.state != "ended" && visit.may_change("/silences/{id}/end") {
                form.save action={ (words::path("silences", &silence.id)) "/end" } method="post" {
                    (visit.by_field("by"))
                    button { (visit.say("silences-end")) }
                }
            }
        }
    }
}

/// The state of a silence as a word; one that is not known as it is.
fn state(visit: &Visit<'_>, word: &str) -> String {
    visit.say(match word {
        "active" => "state-active",
        "pending" => "state-pending",
        "ended" => "state-ended",
        _ => return text(word),
    })
}

/// How long a silence holds, who made it, and who ended it before its time.
fn made(visit: &Visit<'_>, silence: &SilenceBody, times: &Times) -> Markup {
    let from = ("from", times.element(silence.starts).into());
    let to = ("to", times.element(silence.ends).into());
    let by = ("by", silence.by.as_str().into());
    let comment = ("comment", silence.comment.as_str().into());
    match &silence.ended_by {
        Some(ended_by) => {
            let ended_by = ("endedBy", ended_by.as_str().into());
            visit.tell("silences-made-ended", &[from, to, by, comment, ended_by])
        }
        None => visit.tell("silences-made", &[from, to, by, comment]),
    }
}

/// What alerts like this one have in common, as one may silence them.
fn offered(alert: &AlertBody) -> Vec<String> {
    let offered = SILENCED_BY.into_iter().flat_map(|label| {
        let values = alert.labels.get(label.as_str()).into_iter().flatten();
        values.map(move |value| Matcher::is(label, value.as_str()).to_string())
    });
    offered.collect()
}

/// How long one may silence: who came by the link of a message, not beyond the next day.
fn lengths(visit: &Visit<'_>) -> &'static [(&'static str, &'static str)] {
    match visit.reader.principal {
        Principal::Pass(_) => &LENGTHS[..LENGTHS_OF_PASS],
        _ => &LENGTHS,
    }
}

/// Silences an alert and others like it: only by what it is about.
pub(super) fn silence_alert(
    visit: &Visit<'_>,
    alert: &AlertBody,
    form: &str,
) -> Result<(), Problem> {
    let mut fields = Params::read_names(Some(form), &FIELDS)?;
    let mut field = |name| fields.take(name).unwrap_or_default();
    let (matcher, duration) = (field("matchers"), field("duration"));
    if !offered(alert).contains(&matcher) {
        return Err(parameter("matchers", "the alert is not about this"));
    }
    if !lengths(visit).iter().any(|(length, _)| *length == duration) {
        return Err(parameter(
            "duration",
            "expected one of those that are offered",
        ));
    }
    let wanted = NewSilenceBody {
        matchers: vec![matcher],
        by: visit.reader.sign(&field("by"))?,
        comment: field("comment"),
        duration,
        starts: None,
    };
    visit.add_silence(&wanted).map(drop)
}

/// The form to silence an alert and others like it, on its page.
pub(super) fn of_alert(visit: &Visit<'_>, alert: &AlertBody) -> Markup {
    let offered = offered(alert);
    if offered.is_empty() || !visit.may_change("/alerts/{id}/silence") {
        return Markup::default();
    }
    let choice = html! {
        label {
            (visit.say("silences-with"))
            select name="matchers" {
                @for matcher in &offered { option value=(matcher) { (text(matcher)) } }
            }
        }
    };
    let path = format!("{}/silence", words::path("alerts", &alert.id));
    let all = html! { a href="/silences" { (visit.say("alerts-silences")) } };
    html! {
        section aria-labelledby="silence" {
            h2 id="silence" { (visit.say("silences-silence")) }
            p { (visit.tell("silences-such", &[("silences", all.into())])) }
            (form(visit, &path, Some(&choice), lengths(visit)))
        }
    }
}

/// `given` stands in the place of the field for matchers.
fn form(visit: &Visit<'_>, path: &str, given: Option<&Markup>, lengths: &[(&str, &str)]) -> Markup {
    html! {
        form.save action=(visit.action(path)) method="post" {
            @if let Some(given) = given { (given) } @else {
                label {
                    (visit.say("silences-matchers"))
                    textarea name="matchers" required rows="3" placeholder="term=\"…\"" {}
                }
            }
            label {
                (visit.say("silences-for"))
                select name="duration" {
                    @for (value, name) in lengths { option value=(value) { (visit.say(name)) } }
                }
            }
            (visit.by_field("by"))
            label {
                (visit.say("silences-why"))
                input name="comment" required maxlength=(NOTE_CHARS_MAX);
            }
            button { (visit.say("silences-silence")) }
        }
    }
}
