//! The wording of messages about collection.
//!
//! One message tells of all sources that changed within an hour, those that need a person first; most
//! sources failing together are one line and no list. What was found afterwards of a gap is told as a
//! number, and that there may have been more: feeds show their last entries only.

use bellwether_model::{CoverageReport, Gap, Outage, SourceChange, SourceState, Timestamp};

use super::words::{count, length, moment, moments, zone_name};
use super::{Facts, INVENTED, LINK_PAGE, Message, REPEAT};
use crate::coverage_report::{SOURCES_PATH, source_path};
use crate::display::{NAME_CHARS_MAX, shown};

/// Sources named at most; the page lists all.
const CHANGES_MAX: usize = 10;

/// Characters of a reason at most: what servers answer can be long.
const WHY_CHARS_MAX: usize = 200;

/// Words a message about collection.
#[must_use]
pub fn coverage_message(report: &CoverageReport, facts: &Facts<'_>) -> Message {
    let mut writer = Writer {
        facts,
        had_hidden: false,
    };
    let headline = writer.headline(report);
    let mut lines = Vec::new();
    if let Some(outage) = &report.outage {
        lines.extend(writer.outage(outage));
    }
    match (&report.changes[..], &report.outage) {
        ([only], None) => lines.extend(writer.detail(only)),
        (changes, _) => {
            let named = changes.iter().take(CHANGES_MAX);
            lines.extend(named.map(|change| writer.change(change)));
        }
    }
    let left_out = report.changes.len().saturating_sub(CHANGES_MAX);
    if left_out > 0 {
        lines.push(format!("and {left_out} more; the page has all sources"));
    }
    lines.push(states(report));
    lines.push(format!(
        "As of {} ({})",
        writer.moment(report.reported),
        zone_name(facts.zone)
    ));
    let mut notes = Vec::new();
    if facts.possible_repeat {
        notes.push(REPEAT.to_owned());
    }
    let path = match (&report.changes[..], &report.outage) {
        ([only], None) => source_path(&only.source),
        _ => SOURCES_PATH.to_owned(),
    };
    let link = facts
        .public_url
        .map(|base| format!("{}{path}", base.trim_end_matches('/')));
    if link.is_none() {
        notes.push(format!(
            "no public_url configured, so no link: open the page at {path} on the machine itself"
        ));
    }
    if writer.had_hidden {
        notes.push("invisible characters were removed from names in this message".to_owned());
    }
    Message {
        headline: if facts.invented {
            format!("{INVENTED} {headline}")
        } else {
            headline
        },
        lines,
        link,
        link_name: LINK_PAGE,
        notes,
        is_withheld: false,
    }
}

struct Writer<'a> {
    facts: &'a Facts<'a>,
    had_hidden: bool,
}

impl Writer<'_> {
    fn text(&mut self, text: &str, chars_max: usize) -> String {
        let shown = shown(text, chars_max);
        self.had_hidden |= shown.had_hidden;
        shown.text
    }

    fn name(&mut self, change: &SourceChange) -> String {
        let name = self.facts.names.source(&change.source);
        let name = self.text(name, NAME_CHARS_MAX);
        if name.is_empty() || name == change.source.as_str() {
            change.source.to_string()
        } else {
            format!("{name} ({})", change.source)
        }
    }

    fn moment(&self, time: Timestamp) -> String {
        moment(time, self.facts.zone)
    }

    fn headline(&mut self, report: &CoverageReport) -> String {
        if let Some(outage) = &report.outage {
            return match &outage.gap {
                None => format!(
                    "Coverage: most sources fail, {} of {} on {}, since {}",
                    outage.failed,
                    outage.tried,
                    count(outage.hosts, "host", "hosts"),
                    self.moment(outage.since)
                ),
                Some(gap) => format!(
                    "Coverage: most sources are collected again, after {}",
                    length(gap.span.from, gap.span.to)
                ),
            };
        }
        if let [change] = &report.changes[..] {
            let name = self.name(change);
            return match &change.gap {
                Some(gap) => format!(
                    "Coverage: {name} {}, after {}",
                    again(change),
                    length(gap.span.from, gap.span.to)
                ),
                None => format!(
                    "Coverage: {name} {} since {}",
                    is(change.to),
                    self.moment(change.since)
                ),
            };
        }
        let number = |is_in: &dyn Fn(&SourceChange) -> bool| {
            let number = report.changes.iter().filter(|change| is_in(change)).count();
            u32::try_from(number).unwrap_or(u32::MAX)
        };
        let mut parts = Vec::new();
        for state in SourceState::ALL {
            let of_state = number(&|change| change.to == state && !change.is_recovery());
            if of_state > 0 {
                parts.push(format!("{of_state} {}", state.as_str()));
            }
        }
        let recovered = number(&SourceChange::is_recovery);
        if recovered > 0 {
            parts.push(format!("{recovered} as before again"));
        }
        format!("Coverage: {}", parts.join(", "))
    }

    fn outage(&mut self, outage: &Outage) -> Vec<String> {
        if let Some(gap) = &outage.gap {
            return vec![format!("Not collected: {}", self.gap(gap))];
        }
        let mut lines = vec![
            "Most sources fail together: consistent with a fault of this machine's network. They are not \
             listed, and nothing is known of what they publish meanwhile"
                .to_owned(),
        ];
        if let Some(why) = &outage.why {
            let why = self.text(why, WHY_CHARS_MAX);
            lines.push(format!("One of them: {why}"));
        }
        lines
    }

    /// What the headline does not say of the only change.
    fn detail(&mut self, change: &SourceChange) -> Option<String> {
        let from = change.from.as_str();
        if let Some(gap) = &change.gap {
            return Some(format!("Was {from} {}", self.gap(gap)));
        }
        let why = change.why.as_ref()?;
        let why = self.text(why, WHY_CHARS_MAX);
        Some(if change.from.needs_a_person() {
            format!("Was {from} before. Why: {why}")
        } else {
            format!("Why: {why}")
        })
    }

    fn change(&mut self, change: &SourceChange) -> String {
        let name = self.name(change);
        if change.is_recovery() {
            let mut line = format!("{name} {}", again(change));
            if let Some(gap) = &change.gap {
                let gap = self.gap(gap);
                line.push_str(&format!("; was {} {gap}", change.from.as_str()));
            }
            return line;
        }
        let was = if change.from.needs_a_person() {
            format!(" (was {})", change.from.as_str())
        } else {
            String::new()
        };
        let mut line = format!(
            "{name} {}{was} since {}",
            is(change.to),
            self.moment(change.since)
        );
        if let Some(why) = &change.why {
            let why = self.text(why, WHY_CHARS_MAX);
            line.push_str(&format!(": {why}"));
        }
        line
    }

    fn gap(&self, gap: &Gap) -> String {
        let (from, to) = (gap.span.from, gap.span.to);
        let mut text = format!(
            "{} ({})",
            moments(from, to, self.facts.zone),
            length(from, to)
        );
        if let Some(found) = gap.found {
            text.push_str(&format!(
                "; {} of that time found afterwards, there may have been more",
                count(found, "item", "items")
            ));
        }
        text
    }
}

const fn is(state: SourceState) -> &'static str {
    match state {
        SourceState::Failing => "is failing",
        SourceState::Blocked => "is blocked",
        SourceState::Silent => "is silent",
        SourceState::Ended => "seems to have ended",
        SourceState::Moved => "has moved for good",
        // No others are told.
        other => other.as_str(),
    }
}

/// What an end is depends on whether it was collected meanwhile: then nothing is found afterwards.
fn again(change: &SourceChange) -> &'static str {
    let was_collected = change.gap.as_ref().is_some_and(|gap| gap.found.is_none());
    match change.from {
        SourceState::Silent => "publishes again",
        SourceState::Ended if was_collected => "publishes again",
        SourceState::Moved => "is collected at its configured address again",
        _ => "is collected again",
    }
}

fn states(report: &CoverageReport) -> String {
    let polled = report.states.iter().map(|(_, sources)| sources).sum();
    let parts: Vec<String> = report
        .states
        .iter()
        .map(|(state, sources)| format!("{sources} {}", state.as_str()))
        .collect();
    format!(
        "Of {}: {}",
        count(polled, "polled source", "polled sources"),
        parts.join(", ")
    )
}
