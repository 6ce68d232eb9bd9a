//! Alerts: where each stands, its numbers, and what became of its messages.

use bellwether_api::{
    AlertBody, BurstBody, DeliveryBody, ListBody, Problem, RuleBody, SOURCES_PATH, source_path,
};
use bellwether_model::SourceId;
use maud::{Markup, html};

use super::words::{self, Times, count};
use super::{Page, View, Visit, acknowledge, burst, page, problem_page, rules, times};
use crate::http::{Params, params};

/// The page of alerts.
pub(crate) fn alerts(visit: &Visit<'_>, query: Option<&str>) -> Page {
    let made = read(visit, query);
    match made {
        Ok(content) => page(visit, View::Alerts, "Alerts", &content),
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
        &list,
        &bursts,
        &rules.items,
        is_open_only,
        &times(visit),
    ))
}

fn content(
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
        .count() as u64;
    html! {
        h1 {
            @if firing == 0 { "No alert shown is firing" } @else {
                (count(firing, "alert is", "alerts are")) " firing"
            }
        }
        p {
            @if is_open_only { a href="/alerts" { "all alerts" } " · open ones" } @else {
                "all alerts · " a href="/alerts?filter=open" { "open ones" }
            }
            " · " a href="/silences" { "silences" }
            " · " a href="/alerts.atom" type="application/atom+xml" { "as a feed" }
            " · " a href="#rules" { "how useful each rule has been" }
        }
        @if list.items.is_empty() {
            p {
                "No alerts" @if is_open_only { " are open" } @else { " so far" }
                ". An alert is raised by a burst of a rule, or by a source that is no longer collected; see "
                a href="/bursts" { "bursts" } " and " a href="/sources" { "sources" } "."
            }
        }
        @for (alert, burst) in list.items.iter().zip(bursts) {
            (entry(alert, burst.as_ref(), times))
        }
        @if let Some(cursor) = &list.cursor {
            @let filter = if is_open_only { "&filter=open" } else { "" };
            p { a rel="next" href={ "/alerts?cursor=" (cursor) (filter) } { "Earlier alerts" } }
        }
        (rules::judged(rules))
    }
}

fn entry(alert: &AlertBody, burst: Option<&BurstBody>, times: &Times) -> Markup {
    html! {
        section.alert {
            h2 {
                a href=(evidence(alert)) { (words::foreign(&alert.name, None)) }
            }
            (account(alert, burst, times))
            p {
                (acknowledge::standing(alert, times)) " "
                a href={ (acknowledge::alert_path(&alert.id)) "#acknowledge" } {
                    (acknowledge::to_do(alert))
                }
            }
            details {
                summary { "History" }
                (acknowledge::history(&alert.history, times))
            }
        }
    }
}

/// Where an alert stands, its numbers, and what became of its messages.
pub(super) fn account(alert: &AlertBody, burst: Option<&BurstBody>, times: &Times) -> Markup {
    html! {
        p {
            span class={ "badge " (alert.state) } { (alert.state) }
            " " span class={ "badge " (alert.severity) } { (alert.severity) }
            @match alert.resolved {
                Some(at) => {
                    " " (times.element(at)) ", after " (words::length(alert.started, at))
                    "; " (began(alert)) " " (times.element(alert.started))
                },
                None => { " since " (times.element(alert.started)) },
            }
        }
        @match burst {
            _ if alert.burst.is_none() => p { (told_last(alert)) },
            Some(burst) => p {
                "Peak " (count(burst.peak.items, "item", "items")) ", "
                (count(burst.peak.voices, "voice", "voices")) " in "
                (words::length(burst.window.from, burst.window.to)) "; last window "
                (count(burst.observed.items, "item", "items")) ", "
                (count(burst.observed.voices, "voice", "voices")) "; usual, in voices: "
                (burst::usual(&burst.judgement)) "."
            },
            None => p { "Its numbers are unknown: the burst is not there, or being computed again." },
        }
        (deliveries(alert, times))
    }
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
pub(super) const fn evidence_name(alert: &AlertBody) -> &'static str {
    if alert.burst.is_some() {
        "Evidence and query: the burst"
    } else if alert.receiver.is_some() {
        "What was given up, with its errors"
    } else {
        "Sources, with their last outcomes"
    }
}

fn began(alert: &AlertBody) -> &'static str {
    if alert.burst.is_some() {
        "found"
    } else {
        "since"
    }
}

/// What the life of an alert about collection says last of the trouble.
fn told_last(alert: &AlertBody) -> String {
    // What people said of it tells nothing of the trouble.
    let found = || alert.history.iter().filter(|change| change.by.is_none());
    // The last line of one that has resolved tells of the end.
    let skipped = usize::from(alert.resolved.is_some() && found().count() > 1);
    let said = found().rev().nth(skipped);
    words::text(said.map_or("nothing is known of it", |change| change.what.as_str()))
}

fn deliveries(alert: &AlertBody, times: &Times) -> Markup {
    let deliveries = &alert.deliveries;
    html! {
        @if deliveries.is_empty() {
            p {
                @if alert.burst.is_some() { "No message: its rule names no receiver that is in use." }
                @else if alert.receiver.is_some() { "No message: there is no other receiver to tell." }
                @else { "No message so far: they are gathered up to an hour, and go to the receivers of `[coverage]` that are in use." }
            }
        } @else {
            div.scroll tabindex="0" role="region" aria-label="Messages" {
                table {
                    caption { "Messages" }
                    thead {
                        tr {
                            th scope="col" { "Receiver" }
                            th scope="col" { "About" }
                            th scope="col" { "Decided" }
                            th.number scope="col" { "Attempts" }
                            th scope="col" { "Outcome" }
                        }
                    }
                    tbody {
                        @for delivery in deliveries {
                            tr {
                                th scope="row" { (words::text(&delivery.receiver)) }
                                td { (delivery.kind) }
                                td { (times.element(delivery.created)) }
                                td.number { (delivery.attempts) }
                                td { (outcome(delivery, times)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Why a message was held back, in words.
fn held_by(why: &str) -> &'static str {
    match why {
        "group" => "waited for others of its group",
        "digest" => "for the digest of the receiver",
        "quiet hours" => "quiet hours of the receiver",
        "limit" => "the receiver's limit was reached",
        "silence" => "silenced",
        "inhibition" => "a fault of collection could explain it",
        "ended" => "it ended before it could be told",
        "follow-up" => "the receiver was told a short while before",
        _ => "for a reason that is not known",
    }
}

fn outcome(delivery: &DeliveryBody, times: &Times) -> Markup {
    html! {
        @match delivery.state.as_str() {
            "delivered" => {
                "delivered" @if let Some(at) = delivery.delivered { " " (times.element(at)) }
            },
            "dead" => "given up",
            "sending" => "being sent",
            "summarised" => "told in another message",
            "suppressed" => "not sent",
            "partly delivered" => "given up after a part had arrived",
            "held" => {
                "held back" @if let Some(at) = delivery.next_at { " until " (times.element(at)) }
            },
            _ => {
                "waiting" @if let Some(at) = delivery.next_at { ", next try " (times.element(at)) }
            },
        }
        @if let Some(hold) = &delivery.hold { "; " (held_by(&hold.why)) }
        @if delivery.possible_repeat { "; may have arrived twice" }
        @if let Some(error) = &delivery.error { "; " (words::text(error)) }
    }
}
