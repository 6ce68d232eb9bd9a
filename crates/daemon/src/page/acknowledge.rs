//! One alert, and the form in which people say what they make of it.

use bellwether_alert::NOTE_CHARS_MAX;
use bellwether_api::{AcknowledgeBody, AlertBody, AlertChangeBody, Problem};
use bellwether_model::Verdict;
use maud::{Markup, html};

use super::words::{self, Times, foreign};
use super::{Page, View, Visit, alerts, page, problem_page, silences, times};
use crate::http::Params;

/// The fields of the form.
const FIELDS: [&str; 3] = ["by", "verdict", "note"];

/// The address of an alert's page.
pub(crate) fn alert_path(id: &str) -> String {
    words::path("alerts", id)
}

/// The page of one alert.
pub(crate) fn alert(visit: &Visit<'_>, id: &str) -> Page {
    let made = visit.alert(id).map(|alert| {
        let burst = alert.burst.as_deref();
        let burst = burst.and_then(|burst| visit.burst(burst).ok());
        let times = times(visit);
        let content = html! {
            p.crumbs { a href="/alerts" { "Alerts" } }
            h1 { (foreign(&alert.name, None)) }
            (alerts::account(&alert, burst.as_ref(), &times))
            p { a href=(alerts::evidence(&alert)) { (alerts::evidence_name(&alert)) } }
            p { (standing(&alert, &times)) }
            (form(visit, &alert))
            (silences::of_alert(visit, &alert))
            section aria-labelledby="history" {
                h2 id="history" { "History" }
                (history(&alert.history, &times))
            }
        };
        (alert.name, content)
    });
    match made {
        Ok((name, content)) => page(
            visit,
            View::Alerts,
            &format!("{} · Alert", bellwether_text::excerpt(&name, 80)),
            &content,
        ),
        Err(problem) => problem_page(visit, View::Alerts, &problem),
    }
}

/// Takes in what a form holds.
pub(crate) fn acknowledge(visit: &Visit<'_>, id: &str, form: &str) -> Result<(), Problem> {
    let mut fields = Params::read_names(Some(form), &FIELDS)?;
    let said = AcknowledgeBody {
        by: visit.reader.sign(&fields.take("by").unwrap_or_default())?,
        verdict: fields.take("verdict"),
        note: fields.take("note"),
    };
    visit.acknowledge(id, &said).map(drop)
}

/// Silences alerts like this one by what a form holds: something it is about, and how long.
pub(crate) fn silence(visit: &Visit<'_>, id: &str, form: &str) -> Result<(), Problem> {
    let alert = visit.alert(id)?;
    silences::silence_alert(visit, &alert, form)
}

/// What a form could not do.
pub(crate) fn alert_problem(visit: &Visit<'_>, problem: &Problem) -> Page {
    problem_page(visit, View::Alerts, problem)
}

/// The form in which something is said of an alert.
pub(super) fn form(visit: &Visit<'_>, alert: &AlertBody) -> Markup {
    if !visit.may_change("/alerts/{id}/acknowledge") {
        return Markup::default();
    }
    html! {
        section aria-labelledby="acknowledge" {
            h2 id="acknowledge" { "Acknowledge and judge" }
            form.save action=(visit.action(&format!("{}/acknowledge", alert_path(&alert.id)))) method="post" {
                (visit.by_field("by"))
                label {
                    "Verdict"
                    select name="verdict" {
                        option value="" { "none yet" }
                        @for verdict in Verdict::ALL {
                            option value=(verdict.as_str()) { (offered(verdict)) }
                        }
                    }
                }
                label { "Note" input name="note" maxlength=(NOTE_CHARS_MAX); }
                button type="submit" {
                    @if alert.state == "firing" { "Acknowledge" } @else { "Record" }
                }
            }
            p.note {
                "The last verdict counts, all stay in the history. Verdicts of all alerts of a rule make "
                a href="/alerts#rules" { "its precision" } "."
                @if visit.reader.principal.name().is_none() { " A name is what somebody typed." }
            }
        }
    }
}

/// What is left to do with an alert.
pub(super) fn to_do(alert: &AlertBody) -> &'static str {
    if alert.state == "firing" {
        "Acknowledge and judge"
    } else {
        "Judge"
    }
}

/// What a verdict means, where it is chosen.
const fn offered(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Useful => "useful: worth knowing",
        Verdict::Noise => "noise: nothing was there",
        Verdict::Known => "known: true, and known already",
    }
}

/// Who has it, and the verdict that counts.
pub(super) fn standing(alert: &AlertBody, times: &Times) -> Markup {
    html! {
        @match &alert.acknowledgement {
            None => "Nobody has acknowledged it.",
            Some(last) => {
                @if alert.state == "firing" { "It fires again. Last acknowledged" }
                @else { "Acknowledged" }
                @if let Some(by) = &last.by { " by " (foreign(by, None)) }
                " " (times.element(last.at)) "."
            },
        }
        " Verdict: "
        @match &alert.verdict {
            Some(verdict) => { strong { (verdict) } "." },
            None => "none yet.",
        }
    }
}

/// The life of an alert, oldest first.
pub(super) fn history(history: &[AlertChangeBody], times: &Times) -> Markup {
    html! {
        ol {
            @for change in history {
                li {
                    (times.element(change.at)) ": " (words::text(&change.what))
                    @if let Some(by) = &change.by { ", by " (foreign(by, None)) }
                    @if let Some(verdict) = &change.verdict { "; verdict: " strong { (verdict) } }
                    @if let Some(note) = &change.note { "; " (foreign(note, None)) }
                }
            }
        }
    }
}
