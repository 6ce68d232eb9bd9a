//! How the alerts of each rule were judged.

use bellwether_api::{PrecisionBody, RECENT_DAYS, RuleBody};
use maud::{Markup, html};

use super::Visit;
use super::words::foreign;

/// The rules that have raised alerts, with how these were judged.
pub(super) fn judged(visit: &Visit<'_>, rules: &[RuleBody]) -> Markup {
    let told: Vec<&RuleBody> = rules.iter().filter(|rule| rule.ever.alerts > 0).collect();
    let silent = rules.len() - told.len();
    let all = html! { a href="/api/v1/rules" { (visit.say("rules-json")) } };
    html! {
        section aria-labelledby="rules" {
            h2 id="rules" { (visit.say("rules-title")) }
            @if told.is_empty() {
                p { (visit.say("rules-none")) }
            } @else {
                div.scroll tabindex="0" role="region" aria-label=(visit.say("rules-rules")) {
                    table {
                        caption { (visit.say("rules-precision-is")) }
                        thead {
                            tr {
                                th scope="col" { (visit.say("rules-rule")) }
                                th scope="col" { (visit.tell("rules-last-days", &[("days", RECENT_DAYS.into())])) }
                                th.number scope="col" { (visit.say("rules-useful")) }
                                th.number scope="col" { (visit.say("rules-noise")) }
                                th.number scope="col" { (visit.say("rules-known")) }
                                th scope="col" { (visit.say("rules-precision")) }
                                th scope="col" { (visit.say("rules-precision-all")) }
                            }
                        }
                        tbody { @for rule in &told { (row(visit, rule)) } }
                    }
                }
                p.note {
                    (visit.say("rules-judged-only")) " "
                    @if silent > 0 {
                        (visit.tell("rules-silent", &[("count", silent.into()), ("link", all.into())]))
                    }
                }
            }
        }
    }
}

fn row(visit: &Visit<'_>, rule: &RuleBody) -> Markup {
    let recent = &rule.recent;
    html! {
        tr {
            th scope="row" {
                (foreign(&rule.name, None))
                @if !rule.in_force { " " (visit.say("rules-gone")) }
            }
            td { (alerts(visit, recent.alerts)) }
            td.number { (recent.useful) }
            td.number { (recent.noise) }
            td.number { (recent.known) }
            td { (precision(visit, recent)) }
            td { (all(visit, &rule.ever)) }
        }
    }
}

fn alerts(visit: &Visit<'_>, count: u64) -> Markup {
    visit.tell("backtest-alerts", &[("count", count.into())])
}

fn all(visit: &Visit<'_>, ever: &PrecisionBody) -> Markup {
    visit.tell(
        "rules-all",
        &[
            ("precision", precision(visit, ever).into()),
            ("alerts", alerts(visit, ever.alerts).into()),
        ],
    )
}

/// The precision with its range: the words of [`PrecisionBody::in_words`] in the reader's language.
fn precision(visit: &Visit<'_>, told: &PrecisionBody) -> Markup {
    let (Some(share), Some(low), Some(high)) = (told.precision, told.low, told.high) else {
        let why = match (told.alerts, told.known) {
            (0, _) => "rules-no-alerts",
            (_, 0) => "rules-no-verdicts",
            _ => "rules-known-only",
        };
        return visit.tell(why, &[]);
    };
    // Whole per cent: verdicts are too few for more.
    let percent = |share: f64| format!("{:.0}", share * 100.0);
    visit.tell(
        "rules-share",
        &[
            ("share", percent(share).into()),
            ("low", percent(low).into()),
            ("high", percent(high).into()),
            ("judged", told.judged.into()),
        ],
    )
}
