//! What an election's calendar says of a moment, in a shape and in one line.

use bellwether_model::{ElectionClock, MessageLanguage, Phase};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::catalogue::{clauses, list, say};
use crate::display::{NAME_CHARS_MAX, shown};

/// Phases named at most in the line; the record has all.
const PHASES_MAX: usize = 6;

/// What the calendar of a rule's election said of the end of a window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ElectionBody {
    /// The election.
    pub id: String,
    /// Its name in English.
    pub name: String,
    /// Days to polling day in the election's zone: 0 on it, negative after it; `null` where it is unknown.
    pub days_to_polling: Option<i32>,
    /// The phases that were in force.
    pub phases: Vec<String>,
    /// The phases of which nobody knows whether they were: their start or end is unknown.
    pub phases_unknown: Vec<String>,
    /// The phase whose thresholds of the rule were applied; `null`: the rule's own.
    pub applied: Option<String>,
    /// The same in one line.
    pub line: String,
}

impl ElectionBody {
    /// The shape of what a calendar said.
    #[must_use]
    pub fn from_model(clock: &ElectionClock) -> Self {
        Self {
            id: clock.election.to_string(),
            name: clock.name.clone(),
            days_to_polling: clock.days_to_polling,
            phases: clock.phases.clone(),
            phases_unknown: clock.phases_unknown.clone(),
            applied: clock.applied.clone(),
            line: election_in_words(clock, MessageLanguage::English),
        }
    }
}

/// The name of a phase as people read it.
pub(crate) fn phase_name(id: &str) -> String {
    shown(&id.replace('-', " "), NAME_CHARS_MAX).text
}

fn named(phases: &[String], language: MessageLanguage) -> String {
    let mut names: Vec<String> = phases
        .iter()
        .take(PHASES_MAX)
        .map(|id| phase_name(id))
        .collect();
    let left_out = phases.len().saturating_sub(PHASES_MAX);
    if left_out > 0 {
        names.push(say(language, "list-more", [("more", left_out.into())]));
    }
    list(language, names)
}

fn days_in_words(days: Option<i32>, language: MessageLanguage) -> String {
    match days {
        None => say(language, "polling-day-unknown", []),
        Some(0) => say(language, "polling-day-today", []),
        Some(days) if days > 0 => say(language, "polling-day-ahead", [("days", days.into())]),
        Some(days) => say(
            language,
            "polling-day-past",
            [("days", days.unsigned_abs().into())],
        ),
    }
}

/// What an election's calendar said of a moment, in one line.
#[must_use]
pub fn election_in_words(clock: &ElectionClock, language: MessageLanguage) -> String {
    let name = shown(&clock.name, NAME_CHARS_MAX).text;
    let days = days_in_words(clock.days_to_polling, language);
    let mut parts = vec![say(
        language,
        "election-named",
        [("name", name.into()), ("days", days.into())],
    )];
    let phases = named(&clock.phases, language);
    parts.push(match clock.phases.len() {
        0 => say(language, "phases-none", []),
        1 => say(language, "phases-one", [("phase", phases.into())]),
        _ => say(language, "phases-several", [("phases", phases.into())]),
    });
    if !clock.phases_unknown.is_empty() {
        let unknown = named(&clock.phases_unknown, language);
        parts.push(say(
            language,
            "phases-unknown",
            [("phases", unknown.into())],
        ));
    }
    if let Some(applied) = &clock.applied {
        let applied = phase_name(applied);
        parts.push(say(language, "phases-applied", [("phase", applied.into())]));
    }
    clauses(language, parts)
}

/// What is kept out of a message, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WithheldBody {
    /// What looks as if it were quoted: `polls`.
    pub what: String,
    /// The phase of the election that says so.
    pub phase: String,
    /// When it is over; `null` where nobody knows.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// The rule of law behind it, as the configuration has it.
    pub law: Option<String>,
}

impl WithheldBody {
    /// What a phase withholds; `None` where it withholds nothing.
    #[must_use]
    pub fn of(phase: &Phase) -> Option<Self> {
        Some(Self {
            what: phase.withholds?.as_str().to_owned(),
            phase: phase.id.clone(),
            until: phase.end,
            law: phase.law.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_model::ElectionId;

    #[test]
    fn the_line_says_days_and_phases_and_what_is_not_known() {
        let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        let many: Vec<String> = (0..9).map(|number| format!("p-{number}")).collect();
        for (days, phases, unknown, applied, expected) in [
            (
                Some(1),
                ids(&["campaign", "poll-blackout"]),
                Vec::new(),
                None,
                "Invented 2026, 1 day to polling day; phases: campaign, poll blackout",
            ),
            (
                Some(0),
                ids(&["polling"]),
                ids(&["count"]),
                Some("polling"),
                "Invented 2026, polling day; phase: polling; not known whether: count; thresholds \
                 of phase polling",
            ),
            (
                Some(-40),
                Vec::new(),
                Vec::new(),
                None,
                "Invented 2026, 40 days after polling day; no phase known to be in force",
            ),
            (
                None,
                many,
                Vec::new(),
                None,
                "Invented 2026, polling day unknown; phases: p 0, p 1, p 2, p 3, p 4, p 5, and 3 more",
            ),
        ] {
            let clock = ElectionClock {
                election: ElectionId::new("invented"),
                name: "Invented 2026".to_owned(),
                days_to_polling: days,
                phases,
                phases_unknown: unknown,
                applied: applied.map(str::to_owned),
            };
            assert_eq!(
                election_in_words(&clock, MessageLanguage::English),
                expected
            );
        }
    }
}
