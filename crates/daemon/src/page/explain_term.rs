//! Why a term that nobody listed was told of at a time, or was not: every window of every detector,
//! beside what is usual.

use bellwether_api::{ExplainTermBody, OpenBurstBody, TermPartBody, TermWindowBody};
use bellwether_model::{Directory, Timestamp};
use maud::{Markup, html};

use super::measured::gate_name;
use super::words::{self, Times};
use super::{Visit, burst, explain, parts};

/// What is asked: a term, a rule that may be left out, a time.
pub(super) fn form(visit: &Visit<'_>, term: &str, rule: &str, at: Option<Timestamp>) -> Markup {
    html! {
        form method="get" action="/explain" {
            @if !rule.is_empty() { input type="hidden" name="rule" value=(words::text(rule)); }
            label {
                (visit.say("term-asked")) " "
                input name="term" value=(words::text(term)) maxlength="400" required;
            }
            " "
            label {
                (visit.say("explain-at")) " "
                input name="at" value=[at.map(|at| at.to_string())] maxlength="80"
                    placeholder=(visit.say("term-last-minute"));
            }
            " " button { (visit.say("explain-ask")) }
        }
    }
}

pub(super) fn content(
    visit: &Visit<'_>,
    body: &ExplainTermBody,
    directory: &Directory,
    times: &Times,
) -> Markup {
    html! {
        (explain::crumbs(visit, &body.rule))
        h1 { (words::foreign(&body.term, None)) }
        p.summary {
            strong lang=[visit.foreign_tag()] { (words::text(&body.verdict)) } " "
            (visit.tell("term-at", &[("when", times.element(body.at).into())]))
        }
        @if !body.why.is_empty() {
            ul { @for line in &body.why { li lang=[visit.foreign_tag()] { (words::text(line)) } } }
        }
        @for burst in &body.bursts { p { (known(visit, burst, times)) } }
        (burst::election(visit, body.election.as_ref()))
        (form(visit, &body.term, &body.rule, Some(body.at)))
        section aria-labelledby="windows" {
            h2 id="windows" { (visit.say("term-windows")) }
            (windows(visit, body))
        }
        @if let Some(nearest) = body.nearest() {
            section aria-labelledby="nearest" {
                h2 id="nearest" {
                    (visit.tell("term-nearest", &[("window", name(visit, nearest).into())]))
                }
                (measured(visit, nearest, body))
            }
        }
        section aria-labelledby="bins" {
            h2 id="bins" { (visit.say("term-hours")) }
            (bins(visit, body, times))
        }
        section aria-labelledby="terms" {
            h2 id="terms" { (visit.say("term-parts")) }
            (parts_of(visit, body, times))
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
        }
        section aria-labelledby="items" {
            @let items = body.nearest().map_or(0, |nearest| nearest.observed.items);
            h2 id="items" { (visit.items(u64::from(items))) }
            p.note { (visit.say("term-items-then")) }
            @if items as usize > body.items.len() {
                p.note { (explain::items_cut(visit, body.items.len())) }
            }
            (parts::items(visit, &body.items, directory, times))
        }
    }
}

/// A burst that was known then.
fn known(visit: &Visit<'_>, burst: &OpenBurstBody, times: &Times) -> Markup {
    let link = html! {
        a href=(words::path("bursts", &burst.id)) { (visit.say("term-the-burst")) }
    };
    let found = times.element(burst.started);
    match burst.ended {
        Some(at) => visit.tell(
            "term-known-ended",
            &[
                ("burst", link.into()),
                ("found", found.into()),
                ("ended", times.element(at).into()),
            ],
        ),
        None => visit.tell(
            "term-known",
            &[("burst", link.into()), ("found", found.into())],
        ),
    }
}

/// A window in words.
fn name(visit: &Visit<'_>, window: &TermWindowBody) -> Markup {
    let hours = window.window_seconds / 3600;
    let length = match window.rise.as_str() {
        "slow" => visit.tell("length-days", &[("days", (hours / 24).into())]),
        _ => visit.tell("length-hours", &[("hours", hours.into())]),
    };
    let whose = match (window.whose.as_str(), &window.group) {
        ("group", Some(group)) => visit.tell("term-of-group", &[("group", group.as_str().into())]),
        ("outside", _) => html! { (visit.say("term-of-outside")) },
        _ => html! { (visit.say("term-of-all")) },
    };
    visit.tell(
        "term-window",
        &[("length", length.into()), ("whose", whose.into())],
    )
}

fn verdict(visit: &Visit<'_>, passed: bool) -> String {
    let verdict = if passed {
        "term-passed"
    } else {
        "term-not-met"
    };
    visit.say(verdict)
}

fn windows(visit: &Visit<'_>, body: &ExplainTermBody) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(visit.say("term-windows")) {
            table {
                caption { (visit.say("term-windows-note")) }
                thead {
                    tr {
                        th scope="col" { (visit.say("term-column-window")) }
                        th.number scope="col" { (visit.say("explain-column-items")) }
                        th.number scope="col" { (visit.say("explain-column-families")) }
                        th.number scope="col" { (visit.say("explain-column-stories")) }
                        th.number scope="col" { (visit.say("explain-column-voices")) }
                        th.number scope="col" { (visit.say("term-column-usual")) }
                        th.number scope="col" { (visit.say("term-column-p")) }
                        th.number scope="col" { (visit.say("term-column-least")) }
                        th scope="col" { (visit.say("term-column-not-met")) }
                    }
                }
                tbody {
                    @for window in &body.windows {
                        tr {
                            th scope="row" { (name(visit, window)) }
                            td.number { (window.observed.items) }
                            td.number { (window.observed.families) }
                            td.number { (window.observed.stories) }
                            td.number { (window.observed.voices) }
                            td.number { (burst::usual(visit, &window.judgement)) }
                            td.number { (decimal(visit, window.strength)) }
                            td.number { (decimal(visit, window.strength_needed)) }
                            td { (not_met(visit, window)) }
                        }
                    }
                }
            }
        }
    }
}

fn decimal(visit: &Visit<'_>, value: Option<f64>) -> String {
    value.map_or_else(|| visit.say("term-unknown"), |value| format!("{value:.1}"))
}

fn not_met(visit: &Visit<'_>, window: &TermWindowBody) -> Markup {
    let failed: Vec<String> = window
        .gates
        .iter()
        .filter(|gate| !gate.passed)
        .map(|gate| words::text(&gate.name))
        .collect();
    html! {
        @match (window.strength, failed.is_empty()) {
            (None, _) => (visit.say("term-insufficient")),
            (Some(_), true) => (visit.say("term-nothing-not-met")),
            (Some(_), false) => span lang=[visit.foreign_tag()] { (failed.join("; ")) },
        }
    }
}

/// What the nearest window is asked for, and what the rule asks of its items.
fn measured(visit: &Visit<'_>, nearest: &TermWindowBody, body: &ExplainTermBody) -> Markup {
    let usual = &nearest.usual;
    html! {
        p {
            (visit.tell("term-usual", &[
                ("mentions", words::value(usual.mentions).into()),
                ("items", words::value(usual.items).into()),
                ("published", words::value(usual.published).into()),
                ("days", visit.tell("length-days", &[("days", usual.days.into())]).into()),
            ]))
        }
        div.scroll tabindex="0" role="region" aria-label=(visit.say("burst-measured")) {
            table {
                caption { (visit.say("burst-measured-note")) }
                thead {
                    tr {
                        th scope="col" { (visit.say("term-column-measure")) }
                        th.number scope="col" { (visit.say("term-column-measured")) }
                        th.number scope="col" { (visit.say("term-column-limit")) }
                        th scope="col" { (visit.say("term-column-result")) }
                    }
                }
                tbody {
                    @if nearest.strength.is_none() {
                        tr {
                            th scope="row" { (visit.say("term-history-days")) }
                            td.number { (usual.days) }
                            td.number { (usual.days_needed) }
                            td { (verdict(visit, usual.days >= usual.days_needed)) }
                        }
                        tr {
                            th scope="row" { (visit.say("term-history-items")) }
                            td.number { (words::value(usual.items)) }
                            td.number { (words::value(usual.items_needed)) }
                            td { (verdict(visit, usual.items >= usual.items_needed)) }
                        }
                    }
                    @for gate in &nearest.gates {
                        tr {
                            th scope="row" lang=[visit.foreign_tag()] { (words::text(&gate.name)) }
                            td.number { (words::value(gate.value)) }
                            td.number { (words::value(gate.limit)) }
                            td { (verdict(visit, gate.passed)) }
                        }
                    }
                    tr {
                        th scope="row" { (visit.say("term-name")) }
                        td { (spelled(visit, body.spellings.as_deref())) }
                        td { (visit.say("term-name-needed")) }
                        td { (verdict(visit, body.spellings.is_some())) }
                    }
                    @for gate in &body.gates {
                        tr {
                            th scope="row" {
                                (visit.tell("term-rule-gate", &[("gate", gate_name(visit, &gate.name).into())]))
                            }
                            td.number { (words::value(gate.value)) }
                            td.number { (words::value(gate.limit)) }
                            td { (verdict(visit, gate.passed)) }
                        }
                    }
                }
            }
        }
    }
}

/// What a term would be called.
fn spelled(visit: &Visit<'_>, spellings: Option<&[String]>) -> Markup {
    let Some(spellings) = spellings else {
        return html! { (visit.say("term-no-name")) };
    };
    let mut quoted = spellings.iter().map(|spelling| quoted(visit, spelling));
    let first = quoted.next().unwrap_or_default();
    quoted.fold(first, |list, next| {
        visit.tell("term-list", &[("list", list.into()), ("next", next.into())])
    })
}

fn quoted(visit: &Visit<'_>, term: &str) -> Markup {
    let term = html! { bdi { (words::text(term)) } };
    visit.tell("burst-quoted", &[("term", term.into())])
}

fn bins(visit: &Visit<'_>, body: &ExplainTermBody, times: &Times) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(visit.say("term-hours")) {
            table {
                caption { (visit.say("term-hours-note")) }
                thead {
                    tr {
                        th scope="col" { (visit.say("explain-column-from")) }
                        th.number scope="col" { (visit.say("explain-column-items")) }
                        th.number scope="col" { (visit.say("explain-column-families")) }
                        th.number scope="col" { (visit.say("explain-column-stories")) }
                        th.number scope="col" { (visit.say("term-column-usual")) }
                        th.number scope="col" { (visit.say("term-column-published")) }
                    }
                }
                tbody {
                    @for bin in &body.bins {
                        tr {
                            th scope="row" { (times.element(bin.start)) }
                            td.number { (bin.items) }
                            td.number { (bin.families) }
                            td.number { (bin.stories) }
                            td.number {
                                @match bin.usual {
                                    Some(usual) => (words::rounded(visit, usual)),
                                    None => (visit.say("term-unknown")),
                                }
                            }
                            td.number { (bin.published) }
                        }
                    }
                }
            }
        }
    }
}

fn parts_of(visit: &Visit<'_>, body: &ExplainTermBody, times: &Times) -> Markup {
    let all_above = quoted(visit, &body.counted);
    let items = body.past.items;
    html! {
        p {
            (visit.tell("term-all-above", &[("term", all_above.into())])) " "
            @match body.past.from {
                Some(from) => (visit.tell("term-again-from", &[
                    ("count", items.into()),
                    ("from", times.element(from).into()),
                ])),
                None => (visit.tell("term-again", &[("count", items.into())])),
            }
        }
        @for note in &body.notes { p.note lang=[visit.foreign_tag()] { (words::text(note)) } }
        div.scroll tabindex="0" role="region" aria-label=(visit.say("term-parts")) {
            table {
                thead {
                    tr {
                        th scope="col" { (visit.say("term-column-term")) }
                        th.number scope="col" { (visit.say("explain-column-items")) }
                        th scope="col" { (visit.say("term-column-first")) }
                        th scope="col" { (visit.say("term-column-last")) }
                        th scope="col" { (visit.say("term-column-rises")) }
                    }
                }
                tbody {
                    @for part in &body.parts {
                        tr {
                            th scope="row" { (words::foreign(&part.counted, None)) }
                            td.number { (part.items) }
                            td { (seen(visit, part.first, times)) }
                            td { (seen(visit, part.last, times)) }
                            td { (rises(visit, part)) }
                        }
                    }
                }
            }
        }
    }
}

fn rises(visit: &Visit<'_>, part: &TermPartBody) -> String {
    if part.too_frequent {
        visit.say("term-too-frequent")
    } else if part.rises {
        visit.say("term-rises")
    } else {
        visit.say("term-rises-not")
    }
}

fn seen(visit: &Visit<'_>, at: Option<Timestamp>, times: &Times) -> Markup {
    html! {
        @match at {
            Some(at) => (times.element(at)),
            None => (visit.say("term-never")),
        }
    }
}
