//! What a rule would have done over past weeks, beside a changed version of it.

use bellwether_api::{BacktestBody, Problem, RuleVersionBody, WouldBeBody};
use maud::{Markup, html};

use super::words::{self, Times, count, rounded};
use super::{Page, View, Visit, burst, page, problem_page, times};
use crate::http::why::{asked_test, in_time};

/// The page of a backtest.
pub(crate) fn backtest(visit: &Visit<'_>, query: Option<&str>) -> Page {
    let made = asked_test(query).and_then(|params| {
        let body = in_time(visit, &params)?;
        Ok::<_, Problem>((content(&body, &times(visit)), body.name))
    });
    match made {
        Ok((content, name)) => page(
            visit,
            View::Bursts,
            &format!("{} · Backtest", bellwether_text::excerpt(&name, 80)),
            &content,
        ),
        Err(problem) => problem_page(visit, View::Bursts, &problem),
    }
}

fn content(body: &BacktestBody, times: &Times) -> Markup {
    html! {
        p.crumbs {
            a href="/bursts" { "Bursts" } " · rule " bdi { (words::text(&body.rule)) } " · backtest"
        }
        h1 { (words::foreign(&body.name, None)) }
        p {
            "What this rule would have done from " (times.element(body.span.from)) " to "
            (times.element(body.span.to)) "."
        }
        @for note in &body.notes { p.note { (words::text(note)) } }
        (form(body))
        @for version in &body.versions { (of_version(version, times)) }
    }
}

/// Asks for a changed version beside the one in force.
fn form(body: &BacktestBody) -> Markup {
    let shown = body.versions.last();
    let hours = |version: &RuleVersionBody| format!("{}m", version.window_seconds / 60);
    html! {
        form method="get" action="/backtest" {
            input type="hidden" name="rule" value=(body.rule);
            input type="hidden" name="at" value=(body.span.to.to_string());
            p { "Beside it, changed:" }
            p { label { "Query " input name="query" size="60" maxlength="8192"; } }
            p {
                label {
                    "Window " input name="window" size="6" placeholder=[shown.map(hours)];
                }
                " " label { "Families at least " input name="min_families" size="4"; }
                " " label { "Stories at least " input name="min_stories" size="4"; }
                " " label { "Days " input name="days" size="4" placeholder="28"; }
                " " button { "Test" }
            }
        }
    }
}

fn of_version(version: &RuleVersionBody, times: &Times) -> Markup {
    html! {
        section {
            h2 { "Version " (version.version) ": " (count(version.alerts.len() as u64, "alert", "alerts")) }
            pre dir="auto" { (words::text(&version.query)) }
            p {
                "Window " (count(version.window_seconds / 60, "minute", "minutes")) "; families at least "
                (version.min_families) ", stories at least " (version.min_stories)
                ", share of the largest family at most " (words::value(version.max_family_share))
                "; p at most " (words::probability(version.p_max)) ". "
                @match version.alerts_per_week {
                    Some(rate) => { strong { (rounded(rate)) " alerts a week" } " over " },
                    None => { strong { "Too few days for a rate" } ": " },
                }
                (count(version.days, "day", "days"))
                @if version.days_insufficient > 0 {
                    ", of which " (version.days_insufficient) " with insufficient data"
                }
                "."
            }
            @for phase in &version.phases {
                p {
                    "In phase " (words::text(&phase.phase)) ": families at least "
                    (phase.min_families) ", stories at least " (phase.min_stories)
                    ", share of the largest family at most " (words::value(phase.max_family_share))
                    "; p at most " (words::probability(phase.p_max)) "."
                }
            }
            @if !version.alerts.is_empty() {
                div.scroll tabindex="0" role="region" aria-label="Alerts" {
                    table {
                        caption { "Counts and usual are of the window in which it would have been found" }
                        thead {
                            tr {
                                th scope="col" { "Found" }
                                th scope="col" { "Ended" }
                                th.number scope="col" { "Items" }
                                th.number scope="col" { "Voices" }
                                th.number scope="col" { "Peak" }
                                th.number scope="col" { "Usual" }
                                th scope="col" { "Other version" }
                                th scope="col" { "First items" }
                            }
                        }
                        tbody { @for alert in &version.alerts { (row(alert, times)) } }
                    }
                }
            }
        }
    }
}

fn row(alert: &WouldBeBody, times: &Times) -> Markup {
    html! {
        tr {
            th scope="row" {
                @match &alert.explain {
                    Some(path) => a href=(path) { (times.element(alert.started)) },
                    None => (times.element(alert.started)),
                }
                @if alert.held_before { " (held before)" }
                @if alert.found_late { " (found late)" }
            }
            td {
                @match alert.ended {
                    Some(at) => (times.element(at)),
                    None => "open at the end",
                }
            }
            td.number { a href=(alert.search) { (alert.observed.items) } }
            td.number { (alert.observed.voices) }
            td.number { (alert.peak.voices) }
            td.number { (burst::usual(&alert.judgement)) }
            td {
                @match alert.other_has_it {
                    Some(true) => "has it too",
                    Some(false) => "has it not",
                    None => "none",
                }
            }
            td {
                @for item in &alert.items {
                    p {
                        a href=(words::path("items", &item.id)) {
                            (words::foreign(&bellwether_text::excerpt(title(item), 80), item.lang.as_deref()))
                        }
                    }
                }
            }
        }
    }
}

fn title(item: &bellwether_api::ItemBody) -> &str {
    if item.title.trim().is_empty() {
        &item.snippet
    } else {
        &item.title
    }
}
