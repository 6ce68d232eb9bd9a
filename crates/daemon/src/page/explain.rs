//! Why a rule raised a burst at a tick, or did not: the window bin by bin, beside the baseline.

use bellwether_api::{DetectorBody, ExplainBody, ExplanationBody, JudgementBody, Problem};
use bellwether_model::{Directory, Timestamp};
use jiff::SignedDuration;
use maud::{Markup, html};

use super::words::{self, Times, rounded};
use super::{Page, View, Visit, burst, explain_term, page, parts, problem_page, times};
use crate::http::why::{asked_why, explained_in_time};

/// Windows of the baseline listed; the record has all.
const WINDOWS_SHOWN: usize = 400;

/// The page of an explanation.
pub(crate) fn explain(visit: &Visit<'_>, query: Option<&str>) -> Page {
    let made = asked_why(query)
        .and_then(|params| explained_in_time(visit, &params))
        .and_then(|body| {
            let times = times(visit);
            let (name, content) = match body {
                ExplanationBody::Term(body) => {
                    let content = visit.with_directory(|directory| {
                        explain_term::content(visit, &body, directory, &times)
                    })?;
                    (body.term, content)
                }
                ExplanationBody::Rule(body) => {
                    let content = visit
                        .with_directory(|directory| content(visit, &body, directory, &times))?;
                    (body.name, content)
                }
            };
            Ok::<_, Problem>((name, content))
        });
    match made {
        Ok((name, content)) => page(
            visit,
            View::Bursts,
            &format!(
                "{} · {}",
                bellwether_text::excerpt(&name, 80),
                visit.say("explain-title")
            ),
            &content,
        ),
        Err(problem) => problem_page(visit, View::Bursts, &problem),
    }
}

fn content(visit: &Visit<'_>, body: &ExplainBody, directory: &Directory, times: &Times) -> Markup {
    html! {
        (crumbs(visit, &body.rule))
        h1 { (words::foreign(&body.name, None)) }
        p.summary { (verdict(visit, body, times)) " " (counts(visit, body)) }
        ul { @for line in &body.why { li lang=[visit.foreign_tag()] { (words::text(line)) } } }
        p { (open_then(visit, body, times)) }
        @for note in &body.notes { p.note lang=[visit.foreign_tag()] { (words::text(note)) } }
        (steps(visit, body))
        section aria-labelledby="why" {
            h2 id="why" { (visit.say("burst-measured")) }
            (burst::election(visit, body.election.as_ref()))
            (measured(visit, body))
        }
        section aria-labelledby="bins" {
            h2 id="bins" { (visit.say("explain-bins")) }
            (bins(visit, body, times))
        }
        section aria-labelledby="baseline" {
            h2 id="baseline" { (visit.say("explain-baseline")) }
            (baseline(visit, body, times))
        }
        section aria-labelledby="voices" {
            h2 id="voices" { (visit.say("explain-voices")) }
            div.voices {
                (burst::voices(visit, &body.groups, &body.families, &body.stories, directory))
            }
        }
        section aria-labelledby="coverage" {
            h2 id="coverage" { (visit.say("burst-coverage")) }
            (parts::coverage(visit, &body.coverage, directory, &visit.say("burst-this-rule")))
        }
        section aria-labelledby="query" {
            h2 id="query" { (visit.say("explain-query")) }
            pre dir="auto" { (words::text(&body.query)) }
            p { a href=(body.links.search) { (visit.say("burst-search")) } }
            p { a href=(body.links.api) { (visit.say("burst-record")) } }
            p { a href=(backtest_path(&body.rule)) { (visit.say("explain-backtest")) } }
        }
        section aria-labelledby="items" {
            h2 id="items" { (visit.items(u64::from(body.observed.items))) }
            p.note { (visit.say("explain-items-then")) }
            @if body.observed.items as usize > body.items.len() {
                p.note { (items_cut(visit, body.items.len())) }
            }
            (parts::items(visit, &body.items, directory, times))
        }
    }
}

/// Where an explanation stands: of a rule, or of a term under it.
pub(super) fn crumbs(visit: &Visit<'_>, rule: &str) -> Markup {
    let bursts = html! { a href="/bursts" { (visit.say("view-bursts")) } };
    let rule = html! { bdi { (words::text(rule)) } };
    html! {
        p.crumbs {
            (visit.tell("explain-crumbs", &[("bursts", bursts.into()), ("rule", rule.into())]))
        }
    }
}

/// That the search has more items than are shown.
pub(super) fn items_cut(visit: &Visit<'_>, shown: usize) -> Markup {
    visit.tell("burst-items-cut", &[("count", shown.into())])
}

fn verdict(visit: &Visit<'_>, body: &ExplainBody, times: &Times) -> Markup {
    let verdict = if body.holds {
        "explain-raised"
    } else {
        "explain-not-raised"
    };
    let verdict = html! { strong { (visit.say(verdict)) } };
    visit.tell(
        "explain-verdict",
        &[
            ("verdict", verdict.into()),
            ("when", times.element(body.at).into()),
        ],
    )
}

/// What was counted in the window, beside what is usual.
fn counts(visit: &Visit<'_>, body: &ExplainBody) -> Markup {
    let observed = &body.observed;
    let families = visit.families(observed.families);
    let voices = html! { strong { (visit.voices(observed.voices)) } };
    let usual = html! { strong { (burst::usual(visit, &body.judgement)) } };
    visit.tell(
        "burst-summary",
        &[
            ("items", visit.items(u64::from(observed.items)).into()),
            (
                "length",
                visit.length(body.window.from, body.window.to).into(),
            ),
            ("families", families.into()),
            ("stories", visit.stories(u64::from(observed.stories)).into()),
            ("voices", voices.into()),
            ("usual", usual.into()),
        ],
    )
}

/// The burst of the rule that was open then.
fn open_then(visit: &Visit<'_>, body: &ExplainBody, times: &Times) -> Markup {
    let Some(burst) = &body.burst else {
        return html! { (visit.say("explain-none-open")) };
    };
    let link = html! {
        a href=(words::path("bursts", &burst.id)) { (visit.say("explain-the-burst")) }
    };
    let found = times.element(burst.started);
    match burst.ended {
        Some(at) => visit.tell(
            "explain-open-ended",
            &[
                ("burst", link.into()),
                ("found", found.into()),
                ("ended", times.element(at).into()),
            ],
        ),
        None => visit.tell(
            "explain-open",
            &[("burst", link.into()), ("found", found.into())],
        ),
    }
}

/// What was measured, by each of the tests.
fn measured(visit: &Visit<'_>, body: &ExplainBody) -> Markup {
    let query = |whose: &str| DetectorBody::Query {
        whose: whose.to_owned(),
    };
    html! {
        p.note {
            (visit.tell("burst-counted", &[("whose", burst::counted(visit, &body.whose).into())]))
        }
        (burst::measured(visit, &body.judgement, &body.observed, &body.gates, &query(&body.whose)))
        @for other in &body.others {
            p.note {
                (visit.tell("explain-tested-too", &[
                    ("whose", burst::counted(visit, &other.whose).into()),
                    ("items", visit.items(u64::from(other.observed.items)).into()),
                ]))
            }
            (burst::measured(visit, &other.judgement, &other.observed, &other.gates, &query(&other.whose)))
        }
    }
}

/// The same rule a window earlier and later, and at another time.
fn steps(visit: &Visit<'_>, body: &ExplainBody) -> Markup {
    let length = SignedDuration::from_secs(i64::try_from(body.window_seconds).unwrap_or(0));
    let at =
        |time: Option<Timestamp>| time.map(|time| bellwether_api::explain_path(&body.rule, time));
    html! {
        form method="get" action="/explain" {
            input type="hidden" name="rule" value=(body.rule);
            label {
                (visit.say("explain-at")) " "
                input name="at" value=(body.at.to_string()) maxlength="80";
            }
            " " button { (visit.say("explain-ask")) }
            @if let Some(path) = at(body.at.checked_sub(length).ok()) {
                " " a rel="prev" href=(path) { (visit.say("explain-earlier")) }
            }
            @if let Some(path) = at(body.at.checked_add(length).ok()) {
                " " a rel="next" href=(path) { (visit.say("explain-later")) }
            }
        }
    }
}

fn backtest_path(rule: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("rule", rule);
    format!("/backtest?{}", query.finish())
}

fn bins(visit: &Visit<'_>, body: &ExplainBody, times: &Times) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(visit.say("explain-bins")) {
            table {
                caption { (visit.say("explain-bins-note")) }
                thead {
                    tr {
                        th scope="col" { (visit.say("explain-column-from")) }
                        th.number scope="col" { (visit.say("explain-column-items")) }
                        th.number scope="col" { (visit.say("explain-column-families")) }
                        th.number scope="col" { (visit.say("explain-column-stories")) }
                    }
                }
                tbody {
                    @for bin in &body.bins {
                        tr {
                            th scope="row" { (times.element(bin.start)) }
                            td.number { (bin.items) }
                            td.number { (bin.families) }
                            td.number { (bin.stories) }
                        }
                    }
                }
            }
        }
    }
}

fn baseline(visit: &Visit<'_>, body: &ExplainBody, times: &Times) -> Markup {
    let windows = &body.baseline.windows;
    html! {
        p {
            (history(visit, body, times))
            @if let JudgementBody::Insufficient { days, days_needed } = &body.judgement {
                " "
                (visit.tell("explain-days-missing", &[
                    ("missing", days_needed.saturating_sub(*days).into()),
                    ("needed", (*days_needed).into()),
                ]))
            }
        }
        @if !windows.is_empty() {
            div.scroll tabindex="0" role="region" aria-label=(visit.say("explain-baseline")) {
                table {
                    caption {
                        @if windows.len() > WINDOWS_SHOWN {
                            (visit.tell("explain-newest-cut", &[("count", WINDOWS_SHOWN.into())]))
                        } @else { (visit.say("explain-newest")) }
                    }
                    thead {
                        tr {
                            th scope="col" { (visit.say("explain-column-from")) }
                            th.number scope="col" { (visit.say("explain-column-voices")) }
                            th.number scope="col" { (visit.say("explain-column-collected")) }
                            th.number scope="col" { (visit.say("explain-column-rhythm")) }
                        }
                    }
                    tbody {
                        @for window in windows.iter().take(WINDOWS_SHOWN) {
                            tr {
                                th scope="row" { (times.element(window.start)) }
                                td.number { (window.voices) }
                                td.number { (format!("{:.0} %", 100.0 * window.exposure)) }
                                td.number { (format!("{:.2}", window.rhythm)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What the baseline is made of, and how the explained window stands to it by its hours.
fn history(visit: &Visit<'_>, body: &ExplainBody, times: &Times) -> Markup {
    let span = &body.baseline.history;
    let windows = body.baseline.windows.len();
    visit.tell(
        "explain-history",
        &[
            (
                "windows",
                visit
                    .tell("explain-past-windows", &[("count", windows.into())])
                    .into(),
            ),
            (
                "length",
                visit.length(body.window.from, body.window.to).into(),
            ),
            ("from", times.element(span.from).into()),
            ("to", times.element(span.to).into()),
            ("rhythm", rounded(visit, body.baseline.rhythm).into()),
        ],
    )
}
