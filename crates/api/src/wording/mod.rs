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
mod words;

pub use coverage::coverage_message;
pub use facts::{Facts, Names};

use bellwether_model::{
    Alert, AlertState, Burst, BurstState, Coverage, DeliveryKind, Expected, Judgement,
};
use jiff::tz::TimeZone;

use crate::burst::{burst_path, page_link};
use crate::display::{NAME_CHARS_MAX, shown};
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
        had_hidden: false,
    };
    let headline = match kind {
        DeliveryKind::Firing => writer.firing(),
        DeliveryKind::Resolved => writer.resolved(),
    };
    let headline = if facts.invented {
        format!("{INVENTED} {headline}")
    } else {
        headline
    };
    let lines = match kind {
        DeliveryKind::Firing => writer.evidence(),
        DeliveryKind::Resolved => writer.account(),
    };
    Message {
        headline,
        lines,
        link: page_link(facts.public_url, &burst.id),
        link_name: LINK_BURST,
        notes: notes(alert, kind, &writer),
    }
}

fn notes(alert: &Alert, kind: DeliveryKind, writer: &Writer<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if writer.facts.possible_repeat {
        notes.push(REPEAT.to_owned());
    }
    if kind == DeliveryKind::Firing {
        match alert.state {
            AlertState::Firing => {}
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
    if writer.had_hidden {
        notes.push("invisible characters were removed from names in this message".to_owned());
    }
    notes
}

/// Writes the lines about one burst.
struct Writer<'a> {
    burst: &'a Burst,
    facts: &'a Facts<'a>,
    had_hidden: bool,
}

impl Writer<'_> {
    fn zone(&self) -> &TimeZone {
        self.facts.zone
    }

    /// A text from outside, fit to be shown.
    fn name(&mut self, text: &str) -> String {
        let shown = shown(text, NAME_CHARS_MAX);
        self.had_hidden |= shown.had_hidden;
        if shown.text.is_empty() {
            "(no name)".to_owned()
        } else {
            shown.text
        }
    }

    fn window_length(&self) -> String {
        length(self.burst.window.from, self.burst.window.to)
    }

    fn firing(&mut self) -> String {
        let name = self.name(&self.burst.name);
        let observed = &self.burst.observed;
        format!(
            "Burst: {name} · {}, {} in {}; {}",
            count(observed.items, "item", "items"),
            count(observed.voices(), "voice", "voices"),
            self.window_length(),
            self.usual()
        )
    }

    fn resolved(&mut self) -> String {
        let name = self.name(&self.burst.name);
        let (burst, peak) = (self.burst, &self.burst.peak);
        format!(
            "Resolved: {name} · lasted {}; peak {}, {} in {}",
            length(burst.started, burst.ended.unwrap_or(burst.evaluated)),
            count(peak.items, "item", "items"),
            count(peak.voices(), "voice", "voices"),
            self.window_length(),
        )
    }

    fn usual(&self) -> String {
        match &self.burst.judgement {
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
        }
    }

    fn evidence(&mut self) -> Vec<String> {
        let mut lines = vec![self.counted()];
        lines.extend(self.by_group());
        lines.push(self.first_seen());
        lines.push(self.coverage());
        lines.push(self.likelihood());
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
        vec![
            format!("Found {began}, {until} ({})", words::zone_name(self.zone())),
            format!(
                "Last window: {}, {}; {}",
                count(observed.items, "item", "items"),
                count(observed.voices(), "voice", "voices"),
                self.usual()
            ),
            self.coverage(),
        ]
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

    fn window(&self) -> String {
        let (from, to) = (self.burst.window.from, self.burst.window.to);
        format!(
            "Window: {} ({})",
            words::moments(from, to, self.zone()),
            words::zone_name(self.zone())
        )
    }
}

fn voices(expected: &Expected) -> String {
    let mean = rounded(expected.mean);
    let unit = if mean == "1" { "voice" } else { "voices" };
    format!("{mean} {unit}")
}
