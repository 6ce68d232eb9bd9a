//! The wording of messages about collection.
//!
//! One message tells of all sources that changed within an hour, those that need a person first; most
//! sources failing together are one line and no list. What was found afterwards of a gap is told as a
//! number, and that there may have been more: feeds show their last entries only.

use bellwether_model::{CoverageReport, Gap, Outage, SourceChange, SourceState};

use super::words::Words;
use super::{Facts, Message};
use crate::catalogue::Value;
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
        words: Words::of(facts),
        had_hidden: false,
    };
    let headline = writer.headline(report);
    let lines = writer.lines(report);
    let path = match (&report.changes[..], &report.outage) {
        ([only], None) => source_path(&only.source),
        _ => SOURCES_PATH.to_owned(),
    };
    let link = facts
        .public_url
        .map(|base| format!("{}{path}", base.trim_end_matches('/')));
    let mut notes = Vec::new();
    if facts.possible_repeat {
        notes.push(writer.say("note-repeat", []));
    }
    if link.is_none() {
        notes.push(writer.say("note-no-link", [("path", path.into())]));
    }
    if writer.had_hidden {
        notes.push(writer.say("note-hidden", []));
    }
    Message {
        language: facts.language,
        headline: facts.headline(headline),
        lines,
        link,
        link_name: writer.say("link-sources", []),
        notes,
        is_withheld: false,
    }
}

struct Writer<'a> {
    facts: &'a Facts<'a>,
    words: Words<'a>,
    had_hidden: bool,
}

impl Writer<'_> {
    fn say<const N: usize>(&self, id: &str, args: [(&'static str, Value<'_>); N]) -> String {
        self.words.say(id, args)
    }

    fn text(&mut self, text: &str, chars_max: usize) -> String {
        let shown = shown(text, chars_max);
        self.had_hidden |= shown.had_hidden;
        shown.text
    }

    fn name(&mut self, change: &SourceChange) -> String {
        let id = change.source.as_str();
        let name = self.facts.names.source(&change.source);
        let name = self.text(name, NAME_CHARS_MAX);
        if name.is_empty() || name == id {
            id.to_owned()
        } else {
            self.say("name-with-id", [("name", name.into()), ("id", id.into())])
        }
    }

    fn state(&self, state: SourceState) -> String {
        let id = match state {
            SourceState::Blocked => "state-blocked",
            SourceState::Failing => "state-failing",
            SourceState::Ended => "state-ended",
            SourceState::Silent => "state-silent",
            SourceState::Moved => "state-moved",
            SourceState::Degraded => "state-degraded",
            SourceState::Waiting => "state-waiting",
            SourceState::Ok => "state-ok",
            SourceState::Import => "state-import",
            SourceState::Off => "state-off",
        };
        self.say(id, [])
    }

    fn is(&self, state: SourceState) -> String {
        let id = match state {
            SourceState::Failing => "is-failing",
            SourceState::Blocked => "is-blocked",
            SourceState::Silent => "is-silent",
            SourceState::Ended => "is-ended",
            SourceState::Moved => "is-moved",
            // No others are told.
            other => return self.state(other),
        };
        self.say(id, [])
    }

    /// What an end is depends on whether it was collected meanwhile: then nothing is found afterwards.
    fn again(&self, change: &SourceChange) -> String {
        let was_collected = change.gap.as_ref().is_some_and(|gap| gap.found.is_none());
        let id = match change.from {
            SourceState::Silent => "again-publishes",
            SourceState::Ended if was_collected => "again-publishes",
            SourceState::Moved => "again-configured",
            _ => "again-collected",
        };
        self.say(id, [])
    }

    fn headline(&mut self, report: &CoverageReport) -> String {
        if let Some(outage) = &report.outage {
            return self.outage_headline(outage);
        }
        if let [change] = &report.changes[..] {
            let name = self.name(change);
            return match &change.gap {
                Some(gap) => self.say(
                    "coverage-again",
                    [
                        ("name", name.into()),
                        ("again", self.again(change).into()),
                        ("length", self.length(gap).into()),
                    ],
                ),
                None => self.say(
                    "coverage-since",
                    [
                        ("name", name.into()),
                        ("is", self.is(change.to).into()),
                        ("moment", self.words.moment(change.since).into()),
                    ],
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
                parts.push(self.in_state(of_state, state));
            }
        }
        let recovered = number(&SourceChange::is_recovery);
        if recovered > 0 {
            parts.push(self.say("coverage-recovered", [("sources", recovered.into())]));
        }
        let counts = self.words.list(parts);
        self.say("coverage-several", [("counts", counts.into())])
    }

    fn outage_headline(&self, outage: &Outage) -> String {
        match &outage.gap {
            None => self.say(
                "coverage-outage",
                [
                    ("failed", outage.failed.into()),
                    ("tried", outage.tried.into()),
                    ("hosts", outage.hosts.into()),
                    ("moment", self.words.moment(outage.since).into()),
                ],
            ),
            Some(gap) => self.say(
                "coverage-outage-over",
                [("length", self.length(gap).into())],
            ),
        }
    }

    fn in_state(&self, sources: u32, state: SourceState) -> String {
        self.say(
            "coverage-count",
            [
                ("sources", sources.into()),
                ("state", self.state(state).into()),
            ],
        )
    }

    fn lines(&mut self, report: &CoverageReport) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(outage) = &report.outage {
            lines.extend(self.outage(outage));
        }
        match (&report.changes[..], &report.outage) {
            ([only], None) => lines.extend(self.detail(only)),
            (changes, _) => {
                let named = changes.iter().take(CHANGES_MAX);
                lines.extend(named.map(|change| self.change(change)));
            }
        }
        let left_out = report.changes.len().saturating_sub(CHANGES_MAX);
        if left_out > 0 {
            lines.push(self.say("changes-more", [("more", left_out.into())]));
        }
        lines.push(self.states(report));
        lines.push(self.say(
            "as-of-line",
            [
                ("moment", self.words.moment(report.reported).into()),
                ("zone", self.words.zone_name().into()),
            ],
        ));
        lines
    }

    fn outage(&mut self, outage: &Outage) -> Vec<String> {
        if let Some(gap) = &outage.gap {
            return vec![self.say("outage-gap", [("gap", self.gap(gap).into())])];
        }
        let mut lines = vec![self.say("outage-line", [])];
        if let Some(why) = &outage.why {
            let why = self.text(why, WHY_CHARS_MAX);
            lines.push(self.say("outage-why", [("why", why.into())]));
        }
        lines
    }

    /// What the headline does not say of the only change.
    fn detail(&mut self, change: &SourceChange) -> Option<String> {
        let from = self.state(change.from);
        if let Some(gap) = &change.gap {
            return Some(self.say(
                "detail-gap",
                [("from", from.into()), ("gap", self.gap(gap).into())],
            ));
        }
        let why = change.why.as_ref()?;
        let why = self.text(why, WHY_CHARS_MAX);
        Some(if change.from.needs_a_person() {
            self.say(
                "detail-was-why",
                [("from", from.into()), ("why", why.into())],
            )
        } else {
            self.say("detail-why", [("why", why.into())])
        })
    }

    fn change(&mut self, change: &SourceChange) -> String {
        let name = self.name(change);
        if change.is_recovery() {
            return self.recovery(name, change);
        }
        let is = self.is(change.to);
        let moment = self.words.moment(change.since);
        let line = if change.from.needs_a_person() {
            self.say(
                "change-was-since",
                [
                    ("name", name.into()),
                    ("is", is.into()),
                    ("from", self.state(change.from).into()),
                    ("moment", moment.into()),
                ],
            )
        } else {
            self.say(
                "change-since",
                [
                    ("name", name.into()),
                    ("is", is.into()),
                    ("moment", moment.into()),
                ],
            )
        };
        let Some(why) = &change.why else {
            return line;
        };
        let why = self.text(why, WHY_CHARS_MAX);
        self.say("change-why", [("change", line.into()), ("why", why.into())])
    }

    fn recovery(&self, name: String, change: &SourceChange) -> String {
        let again = self.again(change);
        match &change.gap {
            Some(gap) => self.say(
                "change-again-gap",
                [
                    ("name", name.into()),
                    ("again", again.into()),
                    ("from", self.state(change.from).into()),
                    ("gap", self.gap(gap).into()),
                ],
            ),
            None => self.say(
                "change-again",
                [("name", name.into()), ("again", again.into())],
            ),
        }
    }

    fn length(&self, gap: &Gap) -> String {
        self.words.length(gap.span.from, gap.span.to)
    }

    fn gap(&self, gap: &Gap) -> String {
        let span = self.words.moments(gap.span.from, gap.span.to);
        let mut parts = vec![self.say(
            "gap-span",
            [("span", span.into()), ("length", self.length(gap).into())],
        )];
        if let Some(found) = gap.found {
            parts.push(self.say("gap-found", [("items", found.into())]));
        }
        self.words.clauses(parts)
    }

    fn states(&self, report: &CoverageReport) -> String {
        let polled: u32 = report.states.iter().map(|(_, sources)| sources).sum();
        let states = report.states.iter();
        let parts = states.map(|(state, sources)| self.in_state(*sources, *state));
        let counts = self.words.list(parts.collect());
        self.say(
            "states-line",
            [("polled", polled.into()), ("counts", counts.into())],
        )
    }
}
