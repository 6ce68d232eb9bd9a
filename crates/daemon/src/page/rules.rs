//! How the alerts of each rule were judged.

use bellwether_api::{PrecisionBody, RECENT_DAYS, RuleBody};
use maud::{Markup, html};

use super::words::{count, foreign};

/// The rules that have raised alerts, with how these were judged.
pub(super) fn judged(rules: &[RuleBody]) -> Markup {
    let told: Vec<&RuleBody> = rules.iter().filter(|rule| rule.ever.alerts > 0).collect();
    let silent = rules.len() - told.len();
    html! {
        section aria-labelledby="rules" {
            h2 id="rules" { "How useful each rule has been" }
            @if told.is_empty() {
                p { "No rule has raised an alert so far." }
            } @else {
                div.scroll tabindex="0" role="region" aria-label="Rules" {
                    table {
                        caption {
                            "Precision: useful of useful and noise, with the range that holds 95 %. "
                            "Known ones count in neither"
                        }
                        thead {
                            tr {
                                th scope="col" { "Rule" }
                                th scope="col" { "Last " (RECENT_DAYS) " days" }
                                th.number scope="col" { "Useful" }
                                th.number scope="col" { "Noise" }
                                th.number scope="col" { "Known" }
                                th scope="col" { "Precision" }
                                th scope="col" { "Precision of all" }
                            }
                        }
                        tbody { @for rule in &told { (row(rule)) } }
                    }
                }
                p.note {
                    "Only alerts that somebody judged are in it. "
                    @if silent > 0 {
                        (count(silent as u64, "rule has", "rules have")) " raised none; "
                        a href="/api/v1/rules" { "all rules as JSON" } "."
                    }
                }
            }
        }
    }
}

fn row(rule: &RuleBody) -> Markup {
    let recent = &rule.recent;
    html! {
        tr {
            th scope="row" {
                (foreign(&rule.name, None))
                @if !rule.in_force { " (no longer in force)" }
            }
            td { (count(recent.alerts, "alert", "alerts")) }
            td.number { (recent.useful) }
            td.number { (recent.noise) }
            td.number { (recent.known) }
            td { (recent.in_words()) }
            td { (all(&rule.ever)) }
        }
    }
}

fn all(ever: &PrecisionBody) -> String {
    let alerts = count(ever.alerts, "alert", "alerts");
    format!("{}, {alerts}", ever.in_words())
}
