//! The wording of messages to people.
//!
//! The first line can be read on a lock screen: what, how much, against how much is usual. Then the
//! voices, the first one, what was collected, how unlikely it is, and where the evidence lies. It
//! says *published* and *first seen in our collection*, never what somebody meant by it: the
//! numbers are an excess over a baseline, no verdict. Every number has its unit; what is usual is
//! counted in voices and says so. What is not known is written as not known.
//!
//! The result is plain text: a renderer for one chat still has to take its mark-up out of it.

mod coverage;
mod facts;
mod summary;
mod words;

pub use coverage::coverage_message;
pub use facts::{Facts, Names};
pub use summary::{limit_reached, summary_message};

use bellwether_model::{
    Alert, AlertState, Burst, BurstState, Counts, Coverage, DeliveryKind, Detector, Expected,
    Judgement, Rise, Whose,
};
use jiff::tz::TimeZone;

use crate::burst::{burst_path, page_link};
use crate::display::{NAME_CHARS_MAX, shown};
use crate::election::{election_in_words, phase_name};
use crate::guard::{Guard, WITHHELD};
use words::{count, length, probability, rounded, stretch};

/// What the messages of the demo begin with, so that nobody takes them for news.
pub const INVENTED: &str = "[DEMO, invented election]";

/// What stands before the link to a burst.
const LINK_BURST: &str = "Evidence and query";
/// What stands before the link to the page of sources.
const LINK_PAGE: &str = "Sources, with their last outcomes";

const REPEAT: &str = "may repeat an earlier message, whose answer was lost";

/// Groups named at most; the page shows all.
const GROUPS_MAX: usize = 6;
/// Sources named at most that were not collected; the page shows all.
const MISSING_MAX: usize = 5;
/// A rule of law is named with its article, not with its text.
const LAW_CHARS_MAX: usize = 240;

/// A message in parts, so that a chat with a limit can leave out lines and still keep what matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What, how much, against how much is usual.
    pub headline: String,
    /// The rest, the most important first.
    pub lines: Vec<String>,
    /// The page with the evidence; `None` without a configured base for links.
    pub link: Option<String>,
    /// What stands before the link.
    pub link_name: &'static str,
    /// What the reader must know about the message itself.
    pub notes: Vec<String>,
    /// Whether a text was kept out of it, which a note says.
    pub is_withheld: bool,
}

impl Message {
    /// The lines of the message in order.
    #[must_use]
    pub fn all_lines(&self) -> Vec<String> {
        let mut lines = vec![self.headline.clone()];
        lines.extend(self.lines.iter().cloned());
        lines.extend(
            self.link
                .iter()
                .map(|link| format!("{}: {link}", self.link_name)),
        );
        lines.extend(self.notes.iter().map(|note| format!("Note: {note}")));
        lines
    }

    /// The message as plain text.
    #[must_use]
    pub fn text(&self) -> String {
        self.all_lines().join("\n")
    }
}

/// Words a message about a burst: that its alert fires, or that it has resolved. `burst` is the record
/// as it was when the message was decided, `alert` as it is now.
#[must_use]
pub fn message(burst: &Burst, alert: &Alert, kind: DeliveryKind, facts: &Facts<'_>) -> Message {
    let mut writer = Writer {
        burst,
        facts,
        guard: (facts.withholding).and_then(|phase| Guard::new(phase, burst)),
        had_hidden: false,
        is_withheld: false,
    };
    let headline = match kind {
        DeliveryKind::Firing | DeliveryKind::Summary => writer.firing(""),
        DeliveryKind::Updated => writer.firing(", grown"),
        DeliveryKind::Resolved => writer.resolved(),
    };
    let headline = if facts.invented {
        format!("{INVENTED} {headline}")
    } else {
        headline
    };
    let lines = match kind {
        DeliveryKind::Firing | DeliveryKind::Updated | DeliveryKind::Summary => writer.evidence(),
        DeliveryKind::Resolved => writer.account(),
    };
    Message {
        headline,
        lines,
        link: page_link(facts.public_url, &burst.id),
        link_name: LINK_BURST,
        notes: notes(alert, kind, &writer),
        is_withheld: writer.is_withheld,
    }
}

fn notes(alert: &Alert, kind: DeliveryKind, writer: &Writer<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if writer.facts.possible_repeat {
        notes.push(REPEAT.to_owned());
    }
    if kind != DeliveryKind::Resolved {
        match alert.state {
            AlertState::Firing => {}
            // Growth of what somebody has is told all the same, and no surprise.
            AlertState::Acknowledged if kind == DeliveryKind::Updated => {}
            AlertState::Acknowledged => notes.push("acknowledged in the meantime".to_owned()),
            AlertState::Resolved => notes.push("resolved in the meantime".to_owned()),
        }
    }
    if writer.facts.public_url.is_none() {
        notes.push(format!(
            "no public_url configured, so no link: open the page at {} on the machine itself",
            burst_path(&writer.burst.id)
        ));
    }
    notes.extend(writer.withheld());
    if writer.had_hidden {
        notes.push("invisible characters were removed from names in this message".to_owned());
    }
    notes
}

/// Writes the lines about one burst.
struct Writer<'a> {
    burst: &'a Burst,
    facts: &'a Facts<'a>,
    guard: Option<Guard<'a>>,
    had_hidden: bool,
    is_withheld: bool,
}

impl Writer<'_> {
    fn zone(&self) -> &TimeZone {
        self.facts.zone
    }

    /// A text from outside, fit to be shown. All that a message quotes comes by here, so that nothing
    /// that is withheld can pass.
    fn name(&mut self, text: &str) -> String {
        if (self.guard.as_ref()).is_some_and(|guard| guard.withholds(text)) {
            self.is_withheld = true;
            return WITHHELD.to_owned();
        }
        let shown = shown(text, NAME_CHARS_MAX);
        self.had_hidden |= shown.had_hidden;
        if shown.text.is_empty() {
            "(no name)".to_owned()
        } else {
            shown.text
        }
    }

    /// That something was kept out, until when and why.
    fn withheld(&self) -> Option<String> {
        let phase = self.guard.as_ref().filter(|_| self.is_withheld)?.phase;
        let until = match phase.end {
            Some(end) => format!(
                "until {} {}",
                words::moment(end, self.zone()),
                words::zone_name(self.zone())
            ),
            None => "until an unknown time".to_owned(),
        };
        let law = phase.law.as_deref().map_or_else(String::new, |law| {
            format!("; {}", shown(law, LAW_CHARS_MAX).text.trim_end_matches('.'))
        });
        Some(format!(
            "withheld: text that looks like an opinion poll, {until} ({}{law}). It stands on the page",
            phase_name(&phase.id)
        ))
    }

    /// What the calendar of the rule's election said of the end of the window.
    fn election(&self) -> Option<String> {
        let clock = self.burst.election.as_ref()?;
        Some(format!("Election: {}", election_in_words(clock)))
    }

    fn window_length(&self) -> String {
        length(self.burst.window.from, self.burst.window.to)
    }

    fn firing(&mut self, course: &str) -> String {
        let name = self.name(&self.burst.name);
        let observed = &self.burst.observed;
        format!(
            "{}{}{course}: {name} · {}, {} in {}{}",
            kind(&self.burst.detector),
            if self.burst.found_late {
                ", found late"
            } else {
                ""
            },
            count(observed.items, "item", "items"),
            self.measure(observed),
            self.window_length(),
            self.usual()
                .map_or(String::new(), |usual| format!("; {usual}")),
        )
    }

    fn resolved(&mut self) -> String {
        let name = self.name(&self.burst.name);
        let (burst, peak) = (self.burst, &self.burst.peak);
        format!(
            "Resolved: {name} · lasted {}; peak {}, {} in {}",
            length(burst.started, burst.ended.unwrap_or(burst.evaluated)),
            count(peak.items, "item", "items"),
            self.measure(peak),
            self.window_length(),
        )
    }

    /// What counts of a burst: voices, or who carries one text or posts one object.
    fn measure(&self, counts: &Counts) -> String {
        match &self.burst.detector {
            Detector::Query { .. } | Detector::Term(_) => count(counts.voices(), "voice", "voices"),
            Detector::Lineage { .. } => count(counts.families, "family", "families"),
            Detector::Coordination(_) => count(counts.families, "account", "accounts"),
        }
    }

    fn usual(&self) -> Option<String> {
        Some(match &self.burst.judgement {
            Judgement::Gates => return None,
            Judgement::Tested { expected, .. }
                if matches!(self.burst.detector, Detector::Coordination(_)) =>
            {
                format!("expected together: {} accounts", rounded(expected.mean))
            }
            Judgement::Tested { expected, .. } => format!(
                "usual {}: {} ({} to {})",
                stretch(self.burst.window.from, self.burst.window.to, self.zone()),
                voices(expected),
                expected.low,
                expected.high
            ),
            Judgement::Insufficient { days, days_needed } => {
                format!("usual: insufficient data ({days} of {days_needed} days of history)")
            }
        })
    }

    fn evidence(&mut self) -> Vec<String> {
        let mut lines = vec![self.counted()];
        lines.extend(self.by_group());
        if self.burst.found_late {
            lines
                .push("Found late: its items were received after the window had passed".to_owned());
        }
        lines.extend(self.detected());
        lines.push(self.first_seen());
        lines.push(self.coverage());
        lines.push(self.likelihood());
        lines.extend(self.election());
        lines.push(self.window());
        lines
    }

    fn account(&mut self) -> Vec<String> {
        let burst = self.burst;
        let began = words::moment(burst.started, self.zone());
        let ended = words::moment(burst.ended.unwrap_or(burst.evaluated), self.zone());
        let observed = &burst.observed;
        let until = match burst.state {
            BurstState::Ended => format!("ended {ended}"),
            BurstState::Open => format!("last seen {ended}"),
        };
        let mut lines = vec![format!(
            "Found {began}, {until} ({})",
            words::zone_name(self.zone())
        )];
        lines.extend(self.acknowledged());
        lines.extend([
            format!(
                "Last window: {}, {}{}",
                count(observed.items, "item", "items"),
                self.measure(observed),
                self.usual()
                    .map_or(String::new(), |usual| format!("; {usual}")),
            ),
            self.coverage(),
        ]);
        lines.extend(self.election());
        lines
    }

    fn acknowledged(&mut self) -> Option<String> {
        let (by, verdict) = self.facts.acknowledged?;
        let verdict = verdict.map_or_else(
            || "no verdict yet".to_owned(),
            |verdict| format!("verdict: {}", verdict.as_str()),
        );
        Some(format!("Acknowledged by {}; {verdict}", self.name(by)))
    }

    fn counted(&self) -> String {
        let observed = &self.burst.observed;
        let mut line = format!(
            "{}: the smaller of {} and {}",
            count(observed.voices(), "voice", "voices"),
            count(observed.families, "publisher family", "publisher families"),
            count(observed.stories, "distinct story", "distinct stories"),
        );
        if let Some(largest) = self.burst.stories.first().filter(|story| story.items > 1) {
            line.push_str(&format!(
                "; {} of the {} items carry one text ({})",
                largest.items,
                observed.items,
                count(largest.families, "family", "families")
            ));
        }
        line
    }

    fn by_group(&mut self) -> Option<String> {
        let burst = self.burst;
        let mut parts = Vec::new();
        for group in burst.groups.iter().take(GROUPS_MAX) {
            let name = self.name(self.facts.names.group(&group.id));
            parts.push(format!("{name} {}", group.families));
        }
        let left_out = burst.groups.len().saturating_sub(GROUPS_MAX);
        if left_out > 0 {
            parts.push(format!("and {left_out} more groups"));
        }
        (!parts.is_empty()).then(|| format!("Families by group: {}", parts.join(", ")))
    }

    fn first_seen(&mut self) -> String {
        let Some(first) = &self.burst.first_seen else {
            return "First seen in our collection: unknown".to_owned();
        };
        let names = self.facts.names;
        let publisher = self.name(names.publisher(&first.publisher));
        let source = self.name(names.source(&first.source));
        let by = if publisher == source {
            publisher
        } else {
            format!("{publisher} ({source})")
        };
        format!(
            "First seen in our collection: {}, published by {by} (earliest item of this burst)",
            words::moment(first.time, self.zone())
        )
    }

    fn coverage(&mut self) -> String {
        let Coverage { sources, missing } = &self.burst.coverage;
        if *sources == 0 {
            return "Coverage in the window: unknown".to_owned();
        }
        if missing.is_empty() {
            return format!("Coverage in the window: complete ({sources} of {sources} sources)");
        }
        let missed = u32::try_from(missing.len()).unwrap_or(u32::MAX);
        let mut parts = Vec::new();
        for one in missing.iter().take(MISSING_MAX) {
            let name = self.name(self.facts.names.source(&one.source));
            parts.push(format!("{name} ({})", words::reason(one.reason)));
        }
        let left_out = missing.len().saturating_sub(MISSING_MAX);
        if left_out > 0 {
            parts.push(format!("and {left_out} more"));
        }
        format!(
            "Coverage in the window: {} of {sources} sources; not collected in whole or part: {}",
            sources.saturating_sub(missed),
            parts.join(", ")
        )
    }

    fn likelihood(&self) -> String {
        match &self.burst.judgement {
            Judgement::Gates => self.gates(),
            Judgement::Tested { expected, p, p_max } if expected.windows == 0 => format!(
                "If nothing had changed: p = {} for so many; this fires at {} or less. Baseline: {}",
                probability(*p),
                probability(*p_max),
                match &self.burst.detector {
                    Detector::Coordination(_) =>
                        "how often each of these accounts posts".to_owned(),
                    _ => format!(
                        "the term's share of all that was published in {}",
                        count(expected.days, "day", "days")
                    ),
                },
            ),
            Judgement::Tested { expected, p, p_max } => format!(
                "If nothing had changed: p = {} for so many voices; this rule fires at {} or less. \
                 Baseline: {} in {}",
                probability(*p),
                probability(*p_max),
                count(expected.windows, "window", "windows"),
                count(expected.days, "day", "days"),
            ),
            Judgement::Insufficient { .. } => {
                "Insufficient data: there is too little history to say what is usual".to_owned()
            }
        }
    }

    /// What there was beside what was asked for, where nothing is tested.
    fn gates(&self) -> String {
        let gates = self.burst.gates.iter();
        let gates = gates.map(|gate| format!("{} {}: {}", gate.name, gate.limit, gate.value));
        format!("No test, a gate: {}", gates.collect::<Vec<_>>().join("; "))
    }

    /// What found it, where the numbers alone do not say so.
    fn detected(&mut self) -> Option<String> {
        let burst = self.burst;
        match &burst.detector {
            Detector::Query { whose } => (*whose == Whose::Outside).then(|| {
                "Counted: families outside the domestic press only; items of the press are left out"
                    .to_owned()
            }),
            Detector::Term(term) => {
                let mut line = "Nobody listed this term".to_owned();
                let others: Vec<String> = term
                    .spellings
                    .iter()
                    .filter(|spelling| **spelling != burst.name)
                    .map(|spelling| self.name(spelling))
                    .collect();
                if !others.is_empty() {
                    line.push_str(&format!("; also spelled {}", others.join(", ")));
                }
                if let Some(group) = &term.group {
                    let group = self.name(self.facts.names.group(group));
                    line.push_str(&format!("; the voices are those of {group} only"));
                }
                Some(line)
            }
            Detector::Lineage { .. } => Some(
                "The text, or one that is possibly reworded from it, was also published by these \
                 families; a common source that is not collected explains the same"
                    .to_owned(),
            ),
            Detector::Coordination(posted) => Some(format!(
                "{} posted it within {}; {} had been silent before. An event that all heard of \
                 explains the same",
                count(posted.accounts, "account", "accounts"),
                words::seconds(posted.window_seconds),
                posted.silent_before,
            )),
        }
    }

    fn window(&self) -> String {
        let (from, to) = (self.burst.window.from, self.burst.window.to);
        format!(
            "Window: {} ({})",
            words::moments(from, to, self.zone()),
            words::zone_name(self.zone())
        )
    }
}

/// What a message calls a burst.
fn kind(detector: &Detector) -> &'static str {
    match detector {
        Detector::Query { .. } => "Burst",
        Detector::Term(term) if term.rise == Rise::Slow => "Term rising over days",
        Detector::Term(_) => "Term rising",
        Detector::Lineage { .. } => "Text also published by others",
        Detector::Coordination(_) => "Same object posted together",
    }
}

fn voices(expected: &Expected) -> String {
    let mean = rounded(expected.mean);
    let unit = if mean == "1" { "voice" } else { "voices" };
    format!("{mean} {unit}")
}
