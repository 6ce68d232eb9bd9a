//! What a rule would have done over past weeks, beside a changed version of it.

use bellwether_api::{BacktestBody, Problem, RulePhaseBody, RuleVersionBody, WouldBeBody};
use maud::{Markup, html};

use super::words::{self, Times, rounded};
use super::{Page, View, Visit, burst, page, problem_page, times};
use crate::http::why::{asked_test, in_time};

/// The page of a backtest.
pub(crate) fn backtest(visit: &Visit<'_>, query: Option<&str>) -> Page {
    let made = asked_test(query).and_then(|params| {
        let body = in_time(visit, &params)?;
        Ok::<_, Problem>((content(visit, &body, &times(visit)), body.name))
    });
    match made {
        Ok((content, name)) => page(
            visit,
            View::Bursts,
            &format!(
                "{} · {}",
                bellwether_text::excerpt(&name, 80),
                visit.say("backtest-title")
            ),
            &content,
        ),
        Err(problem) => problem_page(visit, View::Bursts, &problem),
    }
}

fn content(visit: &Visit<'_>, body: &BacktestBody, times: &Times) -> Markup {
    let bursts = html! { a href="/bursts" { (visit.say("view-bursts")) } };
    let rule = html! { bdi { (words::text(&body.rule)) } };
    html! {
        p.crumbs {
            (visit.tell("backtest-crumbs", &[("bursts", bursts.into()), ("rule", rule.into())]))
        }
        h1 { (words::foreign(&body.name, None)) }
        p {
            (visit.tell("backtest-span", &[
                ("from", times.element(body.span.from).into()),
                ("to", times.element(body.span.to).into()),
            ]))
        }
        @for note in &body.notes { p.note lang=[visit.foreign_tag()] { (words::text(note)) } }
        (form(visit, body))
        @for version in &body.versions { (of_version(visit, version, times)) }
    }
}

/// Asks for a changed version beside the one in force.
fn form(visit: &Visit<'_>, body: &BacktestBody) -> Markup {
    let shown = body.versions.last();
    let hours = |version: &RuleVersionBody| format!("{}m", version.window_seconds / 60);
    html! {
        form method="get" action="/backtest" {
            input type="hidden" name="rule" value=(body.rule);
            input type="hidden" name="at" value=(body.span.to.to_string());
            p { (visit.say("backtest-changed-beside")) }
            p {
                label { (visit.say("backtest-query")) " " input name="query" size="60" maxlength="8192"; }
            }
            p {
                label {
                    (visit.say("backtest-window")) " "
                    input name="window" size="6" placeholder=[shown.map(hours)];
                }
                " " label { (visit.say("backtest-families")) " " input name="min_families" size="4"; }
                " " label { (visit.say("backtest-stories")) " " input name="min_stories" size="4"; }
                " " label { (visit.say("backtest-days")) " " input name="days" size="4" placeholder="28"; }
                " " button { (visit.say("backtest-test")) }
            }
        }
    }
}

fn of_version(visit: &Visit<'_>, version: &RuleVersionBody, times: &Times) -> Markup {
    let alerts = visit.tell("backtest-alerts", &[("count", version.alerts.len().into())]);
    html! {
        section {
            h2 {
                (visit.tell("backtest-version", &[
                    ("version", version_name(visit, &version.version).into()),
                    ("alerts", alerts.into()),
                ]))
            }
            pre dir="auto" { (words::text(&version.query)) }
            p { (thresholds(visit, version)) " " (rate(visit, version)) }
            @for phase in &version.phases { p { (thresholds_in(visit, phase)) } }
            @if !version.alerts.is_empty() {
                div.scroll tabindex="0" role="region" aria-label=(visit.say("view-alerts")) {
                    table {
                        caption { (visit.say("backtest-note")) }
                        thead {
                            tr {
                                th scope="col" { (visit.say("backtest-column-found")) }
                                th scope="col" { (visit.say("backtest-column-ended")) }
                                th.number scope="col" { (visit.say("backtest-column-items")) }
                                th.number scope="col" { (visit.say("backtest-column-voices")) }
                                th.number scope="col" { (visit.say("backtest-column-peak")) }
                                th.number scope="col" { (visit.say("backtest-column-usual")) }
                                th scope="col" { (visit.say("backtest-column-other")) }
                                th scope="col" { (visit.say("backtest-column-first")) }
                            }
                        }
                        tbody { @for alert in &version.alerts { (row(visit, alert, times)) } }
                    }
                }
            }
        }
    }
}

fn version_name(visit: &Visit<'_>, version: &str) -> String {
    match version {
        "in force" => visit.say("backtest-in-force"),
        "changed" => visit.say("backtest-changed"),
        other => other.to_owned(),
    }
}

/// What a version asks for.
fn thresholds(visit: &Visit<'_>, version: &RuleVersionBody) -> Markup {
    let minutes = version.window_seconds / 60;
    let window = visit.tell("backtest-minutes", &[("count", minutes.into())]);
    visit.tell(
        "backtest-thresholds",
        &[
            ("window", window.into()),
            ("families", version.min_families.into()),
            ("stories", version.min_stories.into()),
            ("share", words::value(version.max_family_share).into()),
            ("p", words::probability(visit, version.p_max).into()),
        ],
    )
}

/// What it asks for in a phase of its election.
fn thresholds_in(visit: &Visit<'_>, phase: &RulePhaseBody) -> Markup {
    visit.tell(
        "backtest-phase",
        &[
            ("phase", phase.phase.as_str().into()),
            ("families", phase.min_families.into()),
            ("stories", phase.min_stories.into()),
            ("share", words::value(phase.max_family_share).into()),
            ("p", words::probability(visit, phase.p_max).into()),
        ],
    )
}

/// How often it would have told, over how many days of which something is known.
fn rate(visit: &Visit<'_>, version: &RuleVersionBody) -> Markup {
    let all = visit.tell("length-days", &[("days", version.days.into())]);
    let days = match version.days_insufficient {
        0 => all,
        insufficient => visit.tell(
            "backtest-days-insufficient",
            &[("days", all.into()), ("insufficient", insufficient.into())],
        ),
    };
    match version.alerts_per_week {
        Some(rate) => {
            let rate = rounded(visit, rate);
            let rate = visit.tell("backtest-a-week", &[("rate", rate.into())]);
            let rate = html! { strong { (rate) } };
            visit.tell(
                "backtest-rate",
                &[("rate", rate.into()), ("days", days.into())],
            )
        }
        None => {
            let few = html! { strong { (visit.say("backtest-few-days")) } };
            visit.tell(
                "backtest-no-rate",
                &[("few", few.into()), ("days", days.into())],
            )
        }
    }
}

fn row(visit: &Visit<'_>, alert: &WouldBeBody, times: &Times) -> Markup {
    html! {
        tr {
            th scope="row" {
                @match &alert.explain {
                    Some(path) => a href=(path) { (times.element(alert.started)) },
                    None => (times.element(alert.started)),
                }
                @if alert.held_before { " " (visit.say("backtest-held-before")) }
                @if alert.found_late { " " (visit.say("backtest-found-late")) }
            }
            td {
                @match alert.ended {
                    Some(at) => (times.element(at)),
                    None => (visit.say("backtest-open")),
                }
            }
            td.number { a href=(alert.search) { (alert.observed.items) } }
            td.number { (alert.observed.voices) }
            td.number { (alert.peak.voices) }
            td.number { (burst::usual(visit, &alert.judgement)) }
            td {
                @match alert.other_has_it {
                    Some(true) => (visit.say("backtest-has-it")),
                    Some(false) => (visit.say("backtest-has-it-not")),
                    None => (visit.say("backtest-no-other")),
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
