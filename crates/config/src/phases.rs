//! The phases of a rule: other thresholds while a phase of its election is in force.

use std::collections::BTreeSet;

use bellwether_model::{Election, ElectionId, Phase, RulePhase, Thresholds};

use crate::keys;
use crate::rules::{Named, P_MAX, gate};
use crate::table::{Placed, Table};
use crate::words::{did_you_mean, quoted};

/// Why a rule for what nobody listed has no threshold of its own.
pub(crate) const ONE_BUDGET: &str = "all terms of a day share one budget of false alarms, which no single rule can spend: set its `gate`";

/// Reads the phases of a rule, in their order: the first that is in force counts.
pub(crate) fn of_rule<'a>(
    rule: &Table<'a>,
    election: Option<&ElectionId>,
    own: Thresholds,
    named: &Named<'_, 'a>,
) -> Vec<RulePhase> {
    if !rule.has("phase") {
        return Vec::new();
    }
    if !rule.has("election") {
        rule.sink.fault(
            rule.place_of_key("phase"),
            "a rule with phases needs an `election`",
            Some("name the one whose calendar has them".to_owned()),
        );
    }
    let calendar =
        election.and_then(|id| named.calendars.iter().find(|election| election.id == *id));
    let is_of_terms = rule.has("terms");
    let mut known = BTreeSet::new();
    let tables = rule.tables("phase", &keys::RULE_PHASE);
    let phases = tables.iter().filter_map(|table| {
        let id = table.required_text("phase");
        let thresholds = thresholds(table, own, is_of_terms);
        let id = id?;
        if !known.insert(id.value) {
            table.sink.fault(
                id.place,
                format!("phase {} stands twice in this rule", quoted(id.value)),
                Some("keep one: the first that is in force counts".to_owned()),
            );
        }
        if let Some(calendar) = calendar {
            check(table, id, calendar);
        }
        Some(RulePhase {
            phase: id.value.to_owned(),
            thresholds,
        })
    });
    phases.collect()
}

fn thresholds(table: &Table<'_>, own: Thresholds, is_of_terms: bool) -> Thresholds {
    if is_of_terms && table.has("p_max") {
        table.sink.fault(
            table.place_of_key("p_max"),
            "a rule with `terms` has no `p_max`",
            Some(ONE_BUDGET.to_owned()),
        );
    }
    if !table.has("p_max") && !table.has("gate") {
        table.sink.fault(
            table.place,
            "this phase changes nothing",
            Some("set its `p_max` or a `gate`, or take it out".to_owned()),
        );
    }
    let p_max = if is_of_terms {
        None
    } else {
        table.probability("p_max", P_MAX)
    };
    Thresholds {
        gate: table
            .table("gate", &keys::RULE_PHASE_GATE)
            .map_or(own.gate, |changed| gate(&changed, own.gate)),
        p_max: p_max.or(own.p_max),
    }
}

/// Whether the election has such a phase, and whether anybody can say when it is in force.
fn check(table: &Table<'_>, id: Placed<'_, &str>, calendar: &Election) {
    let is_named = |phase: &&Phase| phase.id == id.value;
    let Some(phase) = calendar.phases.iter().find(is_named) else {
        let known = calendar.phases.iter().map(|phase| phase.id.as_str());
        table.sink.fault(
            id.place,
            format!(
                "election {} has no phase {}",
                quoted(calendar.id.as_str()),
                quoted(id.value)
            ),
            Some(did_you_mean(id.value, known, "phases")),
        );
        return;
    };
    let unknown = match (phase.start, phase.end) {
        (Some(_), Some(_)) => return,
        (None, Some(_)) => "start is",
        (Some(_), None) => "end is",
        (None, None) => "start and end are",
    };
    table.sink.fault(
        id.place,
        format!(
            "phase {} can never be known to be in force: its {unknown} unknown",
            quoted(id.value)
        ),
        Some("give it both in the election, or take it out of the rule".to_owned()),
    );
}
