//! Rules: a saved query with a detector and a route.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Election, ElectionId, GroupId, ReceiverId, RuleId, Timestamp};

/// What a burst must have beside being unlikely.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// Distinct publisher families in the window, at least.
    pub min_families: u32,
    /// Distinct stories in the window, at least.
    pub min_stories: u32,
    /// The largest share of the stories that one family may have.
    pub max_family_share: f64,
}

impl Default for Gate {
    /// Three families, three stories, no family over half (DESIGN 5.2).
    fn default() -> Self {
        Self {
            min_families: 3,
            min_stories: 3,
            max_family_share: 0.5,
        }
    }
}

/// What a rule asks for before it raises a burst.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Thresholds {
    /// Its gate.
    pub gate: Gate,
    /// The largest `p` that raises a burst; `None` is that of all rules. A rule for what nobody listed
    /// has none of its own.
    pub p_max: Option<f64>,
}

/// Other thresholds of a rule while a phase of its election is in force.
#[derive(Debug, Clone, PartialEq)]
pub struct RulePhase {
    /// The id of the phase.
    pub phase: String,
    /// What is asked for then, in whole: what the phase does not set is the rule's own.
    pub thresholds: Thresholds,
}

/// The thresholds that count at a moment, and the phase whose they are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Applied<'a> {
    /// What is asked for.
    pub thresholds: Thresholds,
    /// The phase that says so; `None`: the rule itself.
    pub phase: Option<&'a str>,
}

/// The thresholds that count at a moment: those of the first of a rule's phases, in the order of the
/// rule, that is in force then, else its own. The one place that decides this, for monitor and past.
fn applied<'a>(
    own: Thresholds,
    phases: &'a [RulePhase],
    election: Option<&Election>,
    at: Timestamp,
) -> Applied<'a> {
    let is_in_force = |of_rule: &&RulePhase| {
        election.is_some_and(|election| {
            let mut phases = election.phases_at(at);
            phases.any(|phase| phase.id == of_rule.phase)
        })
    };
    match phases.iter().find(is_in_force) {
        Some(found) => Applied {
            thresholds: found.thresholds,
            phase: Some(&found.phase),
        },
        None => Applied {
            thresholds: own,
            phase: None,
        },
    }
}

/// Looks for what nobody listed: terms that rise, texts that spread, objects posted together.
#[derive(Debug, Clone, PartialEq)]
pub struct TermRule {
    /// Its id.
    pub id: RuleId,
    /// Its name for people.
    pub name: String,
    /// At least half of the items must be of these groups, these languages and these platforms; empty
    /// means all.
    pub groups: Vec<GroupId>,
    /// See [`groups`](Self::groups).
    pub languages: Vec<String>,
    /// See [`groups`](Self::groups).
    pub platforms: Vec<String>,
    /// Its gate, for terms.
    pub gate: Gate,
    /// Where its alerts go.
    pub receivers: Vec<ReceiverId>,
    /// The election it belongs to: its messages give times in that election's zone.
    pub election: Option<ElectionId>,
    /// Other gates in phases of that election; the first that is in force counts.
    pub phases: Vec<RulePhase>,
}

impl TermRule {
    /// The thresholds that count at a moment, by the calendar of its election.
    #[must_use]
    pub fn applied(&self, election: Option<&Election>, at: Timestamp) -> Applied<'_> {
        let own = Thresholds {
            gate: self.gate,
            p_max: None,
        };
        applied(own, &self.phases, election, at)
    }
}

/// A saved query with a detector and a route.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// Its name for people: what a message calls it.
    pub name: String,
    /// The query in canonical form.
    pub query: String,
    /// Only items of these groups count; empty means all.
    pub groups: Vec<GroupId>,
    /// The length of the window that is tested.
    pub window: Duration,
    /// Its gate.
    pub gate: Gate,
    /// The largest `p` that raises a burst; `None` is that of all rules.
    pub p_max: Option<f64>,
    /// Where its alerts go.
    pub receivers: Vec<ReceiverId>,
    /// The election it belongs to: its messages give times in that election's zone.
    pub election: Option<ElectionId>,
    /// Other thresholds in phases of that election; the first that is in force counts.
    pub phases: Vec<RulePhase>,
}

impl Rule {
    /// The narrative that it counts, where its query is that of one.
    #[must_use]
    pub fn narrative(&self) -> Option<&str> {
        let named = self.query.strip_prefix("narrative:")?;
        crate::is_slug(named).then_some(named)
    }

    /// The thresholds that count at a moment, by the calendar of its election.
    #[must_use]
    pub fn applied(&self, election: Option<&Election>, at: Timestamp) -> Applied<'_> {
        let own = Thresholds {
            gate: self.gate,
            p_max: self.p_max,
        };
        applied(own, &self.phases, election, at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Phase;

    fn t(text: &str) -> Timestamp {
        text.parse().expect("test time")
    }

    fn families(min_families: u32) -> Thresholds {
        let gate = Gate {
            min_families,
            ..Gate::default()
        };
        Thresholds { gate, p_max: None }
    }

    #[test]
    fn the_first_listed_of_the_phases_in_force_counts() {
        let phase = |id: &str, start: Option<&str>, end: Option<&str>| Phase {
            id: id.to_owned(),
            start: start.map(t),
            end: end.map(t),
            withholds: None,
            law: None,
        };
        let election = Election {
            id: ElectionId::new("invented"),
            name: "Invented".to_owned(),
            name_native: None,
            country: "XO".to_owned(),
            time_zone: "UTC".to_owned(),
            polling_day: None,
            phases: vec![
                phase("open", Some("2026-01-01T00:00:00Z"), None),
                phase(
                    "campaign",
                    Some("2026-02-01T00:00:00Z"),
                    Some("2026-03-01T00:00:00Z"),
                ),
                phase(
                    "blackout",
                    Some("2026-02-20T00:00:00Z"),
                    Some("2026-03-02T00:00:00Z"),
                ),
            ],
        };
        let of = |phase: &str, min| RulePhase {
            phase: phase.to_owned(),
            thresholds: families(min),
        };
        // Not in the order of the calendar.
        let phases = [of("open", 7), of("blackout", 4), of("campaign", 2)];
        for (at, expected, of_phase) in [
            ("2026-01-31T23:59:59Z", 3, None),
            ("2026-02-01T00:00:00Z", 2, Some("campaign")),
            ("2026-02-20T00:00:00Z", 4, Some("blackout")),
            ("2026-03-01T00:00:00Z", 4, Some("blackout")),
            ("2026-03-02T00:00:00Z", 3, None),
        ] {
            let found = applied(families(3), &phases, Some(&election), t(at));
            assert_eq!(found.thresholds, families(expected), "{at}");
            assert_eq!(found.phase, of_phase, "{at}");
        }
        let without = applied(families(3), &phases, None, t("2026-02-20T00:00:00Z"));
        assert_eq!(without.phase, None);
    }
}
