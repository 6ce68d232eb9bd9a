//! One alert, and the form in which people say what they make of it.

use bellwether_alert::NOTE_CHARS_MAX;
use bellwether_api::{AcknowledgeBody, AlertBody, AlertChangeBody, Problem};
use bellwether_model::{SourceState, Verdict};
use maud::{Markup, html};

use super::words::{self, Times, foreign, text};
use super::{Page, View, Visit, alerts, page, problem_page, silences, sources, times};
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
        let name = alerts::name(visit, &alert);
        let content = html! {
            p.crumbs { a href="/alerts" { (visit.say("alerts-title")) } }
            h1 { (foreign(&name, None)) }
            (alerts::account(visit, &alert, burst.as_ref(), &times))
            p { a href=(alerts::evidence(&alert)) { (alerts::evidence_name(visit, &alert)) } }
            p { (standing(visit, &alert, &times)) }
            (form(visit, &alert))
            (silences::of_alert(visit, &alert))
            section aria-labelledby="history" {
                h2 id="history" { (visit.say("alerts-history")) }
                (history(visit, &alert, &times))
            }
        };
        (name, content)
    });
    match made {
        Ok((name, content)) => {
            let name = bellwether_text::excerpt(&name, 80);
            let title = format!("{name} · {}", visit.say("ack-title"));
            page(visit, View::Alerts, &title, &content)
        }
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
    let button = if alert.state == "firing" {
        "ack-acknowledge"
    } else {
        "ack-record"
    };
    let precision = html! { a href="/alerts#rules" { (visit.say("ack-precision")) } };
    html! {
        section aria-labelledby="acknowledge" {
            h2 id="acknowledge" { (visit.say("ack-acknowledge-and-judge")) }
            form.save action=(visit.action(&format!("{}/acknowledge", alert_path(&alert.id)))) method="post" {
                (visit.by_field("by"))
                label {
                    (visit.say("ack-verdict"))
                    select name="verdict" {
                        option value="" { (visit.say("ack-none-yet")) }
                        @for verdict in Verdict::ALL {
                            option value=(verdict.as_str()) { (visit.say(offered(verdict))) }
                        }
                    }
                }
                label { (visit.say("ack-note")) input name="note" maxlength=(NOTE_CHARS_MAX); }
                button type="submit" { (visit.say(button)) }
            }
            p.note {
                (visit.tell("ack-last-counts", &[("precision", precision.into())]))
                @if visit.reader.principal.name().is_none() { " " (visit.say("ack-name-typed")) }
            }
        }
    }
}

/// What is left to do with an alert.
pub(super) fn to_do(visit: &Visit<'_>, alert: &AlertBody) -> String {
    visit.say(if alert.state == "firing" {
        "ack-acknowledge-and-judge"
    } else {
        "ack-judge"
    })
}

/// What a verdict means, where it is chosen.
const fn offered(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Useful => "ack-offered-useful",
        Verdict::Noise => "ack-offered-noise",
        Verdict::Known => "ack-offered-known",
    }
}

/// A verdict as a word; one that is not known as it is.
fn verdict_word(visit: &Visit<'_>, word: &str) -> Markup {
    let told = match word {
        "useful" => visit.say("ack-useful"),
        "noise" => visit.say("ack-noise"),
        "known" => visit.say("ack-known"),
        _ => text(word),
    };
    html! { strong { (told) } }
}

/// Who has it, and the verdict that counts.
pub(super) fn standing(visit: &Visit<'_>, alert: &AlertBody, times: &Times) -> Markup {
    let verdict = match &alert.verdict {
        Some(verdict) => {
            let verdict = verdict_word(visit, verdict);
            visit.tell("ack-verdict-is", &[("verdict", verdict.into())])
        }
        None => visit.tell("ack-verdict-none", &[]),
    };
    html! { (taken(visit, alert, times)) " " (verdict) }
}

/// Who has acknowledged it last.
fn taken(visit: &Visit<'_>, alert: &AlertBody, times: &Times) -> Markup {
    let Some(last) = &alert.acknowledgement else {
        return visit.tell("ack-nobody", &[]);
    };
    let when = ("when", times.element(last.at).into());
    let is_firing = alert.state == "firing";
    match &last.by {
        Some(by) => {
            let by = ("by", foreign(by, None).into());
            visit.tell(
                if is_firing { "ack-last-by" } else { "ack-by" },
                &[by, when],
            )
        }
        None => visit.tell(if is_firing { "ack-last" } else { "ack-at" }, &[when]),
    }
}

/// The life of an alert, oldest first.
pub(super) fn history(visit: &Visit<'_>, alert: &AlertBody, times: &Times) -> Markup {
    html! {
        ol { @for change in &alert.history { li { (happened(visit, alert, change, times)) } } }
    }
}

fn happened(
    visit: &Visit<'_>,
    alert: &AlertBody,
    change: &AlertChangeBody,
    times: &Times,
) -> Markup {
    let when = ("when", times.element(change.at).into());
    let what = ("what", event(visit, alert, change).into());
    let told = match &change.by {
        Some(by) => {
            let by = ("by", foreign(by, None).into());
            visit.tell("ack-happened-by", &[when, what, by])
        }
        None => visit.tell("ack-happened", &[when, what]),
    };
    let verdict = change.verdict.as_deref().map(|verdict| {
        let verdict = verdict_word(visit, verdict);
        visit.tell("ack-verdict-was", &[("verdict", verdict.into())])
    });
    let note = change.note.as_deref().map(|note| foreign(note, None));
    alerts::clauses(visit, [Some(told), verdict, note])
}

/// What happened to an alert. The API tells it in a few English words, those of `bellwether_alert`; what is
/// none of them stands as it is.
pub(super) fn event(visit: &Visit<'_>, alert: &AlertBody, change: &AlertChangeBody) -> Markup {
    let what = change.what.as_str();
    let id = match (alert.cause.as_str(), what) {
        (_, "acknowledged") => "event-acknowledged",
        ("burst", "fired") => "event-fired",
        ("burst", "fired again") => "event-fired-again",
        // Of a source it is a state.
        ("burst", "ended") => "event-ended",
        ("burst", "no longer found when computed anew") => "event-withdrawn",
        ("receiver", "takes messages again") => "event-taken-again",
        (_, "collected again") => "event-collected-again",
        (_, "no longer watched") => "event-not-watched",
        (cause, what) => {
            let told = measured(visit, cause, what);
            return told.unwrap_or_else(|| in_state(visit, what));
        }
    };
    visit.tell(id, &[])
}

/// What happened, where its words have numbers between them.
fn measured(visit: &Visit<'_>, cause: &str, what: &str) -> Option<Markup> {
    let ours: &[&str] = match cause {
        "burst" => &[
            "numbers changed: now ",
            " items of ",
            " families in ",
            " stories",
        ],
        "outage" => &["", " of ", " sources fail, on ", " hosts"],
        "receiver" => &["a message was given up (number ", "): "],
        _ => return None,
    };
    match (cause, between(what, ours)?.as_slice()) {
        ("burst", [items, families, stories, ""]) => Some(visit.tell(
            "event-numbers",
            &[
                ("items", (*items).into()),
                ("families", (*families).into()),
                ("stories", (*stories).into()),
            ],
        )),
        ("outage", [failed, tried, hosts, ""]) => Some(visit.tell(
            "event-outage",
            &[
                ("failed", (*failed).into()),
                ("tried", (*tried).into()),
                ("hosts", (*hosts).into()),
            ],
        )),
        ("receiver", [number, error]) => {
            let error = visit.english(error);
            Some(visit.tell(
                "event-given-up",
                &[("number", (*number).into()), ("error", error.into())],
            ))
        }
        _ => None,
    }
}

/// What stands between words, the last part behind them; `None` where they are not there in their order.
fn between<'w>(what: &'w str, words: &[&str]) -> Option<Vec<&'w str>> {
    let (first, others) = words.split_first()?;
    let mut rest = what.strip_prefix(*first)?;
    let mut parts = Vec::with_capacity(words.len());
    for word in others {
        let (part, behind) = rest.split_once(*word)?;
        parts.push(part);
        rest = behind;
    }
    parts.push(rest);
    Some(parts)
}

/// A state of a source, often with why it is in it.
fn in_state(visit: &Visit<'_>, what: &str) -> Markup {
    let (word, why) = match what.split_once(": ") {
        Some((word, why)) => (word, Some(why)),
        None => (what, None),
    };
    if SourceState::from_word(word).is_none() {
        return visit.english(what);
    }
    let state = sources::state_word(visit, word);
    match why {
        None => html! { (state) },
        Some(why) => {
            let why = visit.english(why);
            visit.tell("event-why", &[("state", state.into()), ("why", why.into())])
        }
    }
}
