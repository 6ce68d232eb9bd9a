//! Alerts: where each stands, its numbers, and what became of its messages.

use bellwether_api::{
    AlertBody, BurstBody, DeliveryBody, ListBody, Problem, RuleBody, SOURCES_PATH, source_path,
};
use bellwether_model::SourceId;
use maud::{Markup, html};

use super::words::{self, Times, text};
use super::{Page, View, Visit, acknowledge, burst, page, problem_page, rules, times};
use crate::http::{Params, params};

/// The page of alerts.
pub(crate) fn alerts(visit: &Visit<'_>, query: Option<&str>) -> Page {
    let made = read(visit, query);
    match made {
        Ok(content) => page(visit, View::Alerts, &visit.say("alerts-title"), &content),
        Err(problem) => problem_page(visit, View::Alerts, &problem),
    }
}

fn read(visit: &Visit<'_>, query: Option<&str>) -> Result<Markup, Problem> {
    let params = Params::read(query, &[&params::FILTER, &params::PAGING])?.list()?;
    let is_open_only = params.filter.as_deref() == Some("open");
    let list = visit.alerts(&params)?;
    // A rebuild may have taken the burst away for a while; the alert stands without its numbers.
    let bursts: Vec<Option<BurstBody>> = list
        .items
        .iter()
        .map(|alert| visit.burst(alert.burst.as_deref()?).ok())
        .collect();
    let rules = visit.rules()?;
    Ok(content(
        visit,
        &list,
        &bursts,
        &rules.items,
        is_open_only,
        &times(visit),
    ))
}

fn content(
    visit: &Visit<'_>,
    list: &ListBody<AlertBody>,
    bursts: &[Option<BurstBody>],
    rules: &[RuleBody],
    is_open_only: bool,
    times: &Times,
) -> Markup {
    let firing = list
        .items
        .iter()
        .filter(|alert| alert.state == "firing")
        .count();
    html! {
        h1 {
            @if firing == 0 { (visit.say("alerts-none-firing")) } @else {
                (visit.tell("alerts-firing", &[("count", firing.into())]))
            }
        }
        p {
            @if is_open_only {
                a href="/alerts" { (visit.say("alerts-all")) } " · " (visit.say("alerts-open"))
            } @else {
                (visit.say("alerts-all")) " · " a href="/alerts?filter=open" { (visit.say("alerts-open")) }
            }
            " · " a href="/silences" { (visit.say("alerts-silences")) }
            " · " a href="/alerts.atom" type="application/atom+xml" { (visit.say("alerts-feed")) }
            " · " a href="#rules" { (visit.say("alerts-rules")) }
        }
        @if list.items.is_empty() { p { (nothing(visit, is_open_only)) } }
        @for (alert, burst) in list.items.iter().zip(bursts) {
            (entry(visit, alert, burst.as_ref(), times))
        }
        @if let Some(cursor) = &list.cursor {
            @let filter = if is_open_only { "&filter=open" } else { "" };
            p {
                a rel="next" href={ "/alerts?cursor=" (cursor) (filter) } { (visit.say("alerts-earlier")) }
            }
        }
        (rules::judged(visit, rules))
    }
}

/// That there are no alerts, and what raises one.
fn nothing(visit: &Visit<'_>, is_open_only: bool) -> Markup {
    let none = if is_open_only {
        "alerts-none-open"
    } else {
        "alerts-none"
    };
    let bursts = html! { a href="/bursts" { (visit.say("alerts-bursts")) } };
    let sources = html! { a href="/sources" { (visit.say("alerts-sources")) } };
    html! {
        (visit.say(none)) " "
        (visit.tell("alerts-raised", &[("bursts", bursts.into()), ("sources", sources.into())]))
    }
}

fn entry(visit: &Visit<'_>, alert: &AlertBody, burst: Option<&BurstBody>, times: &Times) -> Markup {
    html! {
        section.alert {
            h2 {
                a href=(evidence(alert)) { (words::foreign(&name(visit, alert), None)) }
            }
            (account(visit, alert, burst, times))
            p {
                (acknowledge::standing(visit, alert, times)) " "
                a href={ (acknowledge::alert_path(&alert.id)) "#acknowledge" } {
                    (acknowledge::to_do(visit, alert))
                }
            }
            details {
                summary { (visit.say("alerts-history")) }
                (acknowledge::history(visit, alert, times))
            }
        }
    }
}

/// What an alert is called: after its rule, source or receiver, or in words of ours.
pub(super) fn name(visit: &Visit<'_>, alert: &AlertBody) -> String {
    match (alert.cause.as_str(), alert.name.as_str()) {
        ("outage", "Most sources fail") => visit.say("alerts-outage"),
        (_, name) => name.to_owned(),
    }
}

/// What is known of one thing, joined to a sentence.
pub(super) fn clauses(
    visit: &Visit<'_>,
    clauses: impl IntoIterator<Item = Option<Markup>>,
) -> Markup {
    let known = clauses.into_iter().flatten();
    let joined = known.reduce(|first, then| {
        visit.tell(
            "alerts-and",
            &[("first", first.into()), ("then", then.into())],
        )
    });
    joined.unwrap_or_default()
}

/// The state of an alert as a word; one that is not known as it is.
fn state(visit: &Visit<'_>, word: &str) -> String {
    visit.say(match word {
        "firing" => "now-state-firing",
        "acknowledged" => "now-state-acknowledged",
        "resolved" => "now-state-resolved",
        _ => return text(word),
    })
}

/// How urgent something is, as a word; one that is not known as it is.
pub(super) fn severity(visit: &Visit<'_>, word: &str) -> String {
    visit.say(match word {
        "info" => "state-info",
        "warning" => "state-warning",
        "critical" => "state-critical",
        _ => return text(word),
    })
}

/// Where an alert stands, its numbers, and what became of its messages.
pub(super) fn account(
    visit: &Visit<'_>,
    alert: &AlertBody,
    burst: Option<&BurstBody>,
    times: &Times,
) -> Markup {
    html! {
        p {
            span class={ "badge " (alert.state) } { (state(visit, &alert.state)) }
            " " span class={ "badge " (alert.severity) } { (severity(visit, &alert.severity)) }
            " " (lasted(visit, alert, times))
        }
        @match burst {
            _ if alert.burst.is_none() => p { (told_last(visit, alert)) },
            Some(burst) => p { (numbers(visit, burst)) },
            None => p { (visit.say("alerts-numbers-unknown")) },
        }
        (deliveries(visit, alert, times))
    }
}

/// When an alert began, and when it was over.
fn lasted(visit: &Visit<'_>, alert: &AlertBody, times: &Times) -> Markup {
    let began = ("began", times.element(alert.started).into());
    let Some(ended) = alert.resolved else {
        return visit.tell("alerts-since", &[began]);
    };
    let over = if alert.burst.is_some() {
        "alerts-over-found"
    } else {
        "alerts-over-since"
    };
    visit.tell(
        over,
        &[
            ("ended", times.element(ended).into()),
            ("length", visit.length(alert.started, ended).into()),
            began,
        ],
    )
}

fn numbers(visit: &Visit<'_>, burst: &BurstBody) -> Markup {
    let items = |items: u32| visit.items(u64::from(items));
    visit.tell(
        "alerts-numbers",
        &[
            ("peakItems", items(burst.peak.items).into()),
            ("peakVoices", visit.voices(burst.peak.voices).into()),
            (
                "length",
                visit.length(burst.window.from, burst.window.to).into(),
            ),
            ("items", items(burst.observed.items).into()),
            ("voices", visit.voices(burst.observed.voices).into()),
            ("usual", burst::usual(visit, &burst.judgement).into()),
        ],
    )
}

/// The page with the evidence.
pub(super) fn evidence(alert: &AlertBody) -> String {
    match (&alert.burst, &alert.source) {
        (Some(burst), _) => words::path("bursts", burst),
        (None, Some(source)) => source_path(&SourceId::new(source)),
        (None, None) if alert.receiver.is_some() => acknowledge::alert_path(&alert.id),
        (None, None) => SOURCES_PATH.to_owned(),
    }
}

/// What that page is called.
pub(super) fn evidence_name(visit: &Visit<'_>, alert: &AlertBody) -> String {
    visit.say(if alert.burst.is_some() {
        "alerts-evidence-burst"
    } else if alert.receiver.is_some() {
        "alerts-evidence-receiver"
    } else {
        "alerts-evidence-sources"
    })
}

/// What the life of an alert about collection says last of the trouble.
fn told_last(visit: &Visit<'_>, alert: &AlertBody) -> Markup {
    // What people said of it tells nothing of the trouble.
    let found = || alert.history.iter().filter(|change| change.by.is_none());
    // The last line of one that has resolved tells of the end.
    let skipped = usize::from(alert.resolved.is_some() && found().count() > 1);
    match found().rev().nth(skipped) {
        Some(change) => acknowledge::event(visit, alert, change),
        None => html! { (visit.say("alerts-nothing-known")) },
    }
}

fn deliveries(visit: &Visit<'_>, alert: &AlertBody, times: &Times) -> Markup {
    let deliveries = &alert.deliveries;
    let none = if alert.burst.is_some() {
        "alerts-no-message-rule"
    } else if alert.receiver.is_some() {
        "alerts-no-message-receiver"
    } else {
        "alerts-no-message-yet"
    };
    html! {
        @if deliveries.is_empty() { p { (visit.say(none)) } } @else {
            div.scroll tabindex="0" role="region" aria-label=(visit.say("alerts-messages")) {
                table {
                    caption { (visit.say("alerts-messages")) }
                    thead {
                        tr {
                            th scope="col" { (visit.say("alerts-receiver")) }
                            th scope="col" { (visit.say("alerts-about")) }
                            th scope="col" { (visit.say("alerts-decided")) }
                            th.number scope="col" { (visit.say("alerts-attempts")) }
                            th scope="col" { (visit.say("alerts-outcome")) }
                        }
                    }
                    tbody {
                        @for delivery in deliveries {
                            tr {
                                th scope="row" { (text(&delivery.receiver)) }
                                td { (kind(visit, &delivery.kind)) }
                                td { (times.element(delivery.created)) }
                                td.number { (delivery.attempts) }
                                td { (outcome(visit, delivery, times)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What a message is about, as a word; one that is not known as it is.
fn kind(visit: &Visit<'_>, word: &str) -> String {
    visit.say(match word {
        "firing" => "now-state-firing",
        "resolved" => "now-state-resolved",
        "updated" => "alerts-kind-updated",
        "summary" => "alerts-kind-summary",
        _ => return text(word),
    })
}

/// Why a message was held back, in words.
fn held_by(visit: &Visit<'_>, why: &str) -> Markup {
    let why = match why {
        "group" => "alerts-held-group",
        "digest" => "alerts-held-digest",
        "quiet hours" => "alerts-held-quiet",
        "limit" => "alerts-held-limit",
        "silence" => "alerts-held-silence",
        "inhibition" => "alerts-held-inhibition",
        "ended" => "alerts-held-ended",
        "follow-up" => "alerts-held-follow-up",
        _ => "alerts-held-unknown",
    };
    html! { (visit.say(why)) }
}

fn outcome(visit: &Visit<'_>, delivery: &DeliveryBody, times: &Times) -> Markup {
    let repeat = delivery
        .possible_repeat
        .then(|| visit.tell("alerts-repeat", &[]));
    let hold = delivery.hold.as_ref();
    let error = delivery.error.as_deref();
    clauses(
        visit,
        [
            Some(became(visit, delivery, times)),
            hold.map(|hold| held_by(visit, &hold.why)),
            repeat,
            error.map(|error| visit.english(error)),
        ],
    )
}

/// What became of a message.
fn became(visit: &Visit<'_>, delivery: &DeliveryBody, times: &Times) -> Markup {
    let at = |when, id, id_without| match when {
        Some(at) => visit.tell(id, &[("when", times.element(at).into())]),
        None => visit.tell(id_without, &[]),
    };
    let id = match delivery.state.as_str() {
        "delivered" => {
            return at(
                delivery.delivered,
                "alerts-delivered-at",
                "alerts-delivered",
            );
        }
        "held" => return at(delivery.next_at, "alerts-held-until", "alerts-held-back"),
        "dead" => "alerts-given-up",
        "sending" => "alerts-sending",
        "summarised" => "alerts-told-in-other",
        "suppressed" => "alerts-not-sent",
        "partly delivered" => "alerts-partly",
        _ => return at(delivery.next_at, "alerts-waiting-until", "alerts-waiting"),
    };
    visit.tell(id, &[])
}
