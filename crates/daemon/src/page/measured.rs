//! What a burst was judged by: each measure with its limit, and what is usual rests on.

use bellwether_api::{CountsBody, DetectorBody, ExpectedBody, GateBody, JudgementBody};
use maud::{Markup, html};

use super::Visit;
use super::words::{self, rounded};

/// Each measure with its limit.
pub(super) fn measured(
    visit: &Visit<'_>,
    judgement: &JudgementBody,
    observed: &CountsBody,
    gates: &[GateBody],
    detector: &DetectorBody,
) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(visit.say("burst-measured")) {
            table {
                caption { (visit.say("burst-measured-note")) }
                thead {
                    tr {
                        th scope="col" { (visit.say("burst-column-measure")) }
                        th.number scope="col" { (visit.say("burst-column-measured")) }
                        th.number scope="col" { (visit.say("burst-column-limit")) }
                        th scope="col" { (visit.say("burst-column-result")) }
                    }
                }
                tbody {
                    (judged(visit, judgement, observed, detector))
                    @for gate in gates {
                        tr {
                            th scope="row" {
                                (visit.tell("burst-gate", &[("name", gate_name(visit, &gate.name).into())]))
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

/// What a gate asks for, in words.
pub(super) fn gate_name(visit: &Visit<'_>, name: &str) -> Markup {
    let id = match name {
        "families at least" => "burst-gate-families",
        "stories at least" => "burst-gate-stories",
        "share of the largest family at most" => "burst-gate-share",
        other => return visit.english(other),
    };
    html! { (visit.say(id)) }
}

/// The measures of a test; none where the gates alone decide.
fn judged(
    visit: &Visit<'_>,
    judgement: &JudgementBody,
    observed: &CountsBody,
    detector: &DetectorBody,
) -> Markup {
    html! {
        @match judgement {
            JudgementBody::Tested { expected, p, p_max } => {
                tr {
                    th scope="row" { (visit.say("burst-chance")) }
                    td.number { (words::probability(visit, *p)) }
                    td.number {
                        @let limit = words::probability(visit, *p_max);
                        (visit.tell("burst-at-most", &[("limit", limit.into())]))
                    }
                    td { (verdict(visit, p <= p_max)) }
                }
                tr {
                    th scope="row" { (visit.say("burst-against-usual")) }
                    td.number { (observed.voices) }
                    td.number {
                        (visit.tell("burst-expected", &[
                            ("mean", rounded(visit, expected.mean).into()),
                            ("low", expected.low.into()),
                            ("high", expected.high.into()),
                        ]))
                    }
                    td { (baseline(visit, detector, expected)) }
                }
            },
            JudgementBody::Gates => {},
            JudgementBody::Insufficient { days, days_needed } => {
                tr {
                    th scope="row" { (visit.say("burst-history")) }
                    td.number { (visit.days(*days)) }
                    td.number { (visit.tell("burst-at-least", &[("limit", (*days_needed).into())])) }
                    td { (visit.say("burst-insufficient")) }
                }
            },
        }
    }
}

/// What is usual rests on.
fn baseline(visit: &Visit<'_>, detector: &DetectorBody, expected: &ExpectedBody) -> Markup {
    let days = visit.days(expected.days);
    match detector {
        DetectorBody::Coordination { .. } => visit.tell("burst-baseline-accounts", &[]),
        DetectorBody::Term { .. } => visit.tell("burst-baseline-term", &[("days", days.into())]),
        _ => visit.tell(
            "burst-baseline-windows",
            &[("windows", expected.windows.into()), ("days", days.into())],
        ),
    }
}

fn verdict(visit: &Visit<'_>, passed: bool) -> String {
    visit.say(if passed {
        "burst-passed"
    } else {
        "burst-not-met"
    })
}
