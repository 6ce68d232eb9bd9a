//! The wording of messages about a burst: that its alert fires, or that it has resolved.
//!
//! Which lines there are, in which order, and what stands in them; how they are said is in the
//! catalogues. It may not judge: all numbers are those of the record.

use bellwether_model::{
    Alert, AlertState, Burst, BurstState, Counts, Coverage, DeliveryKind, Detector, Expected,
    FoundTerm, Judgement, Phase, Rise, Whose,
};

use super::replies::verdict_id;
use super::words::Words;
use super::{Facts, Message};
use crate::burst::{burst_path, page_link};
use crate::catalogue::Value;
use crate::display::{NAME_CHARS_MAX, shown};
use crate::election::{election_in_words, phase_name};
use crate::guard::Guard;

/// Groups named at most; the page shows all.
const GROUPS_MAX: usize = 6;
/// Sources named at most that were not collected; the page shows all.
const MISSING_MAX: usize = 5;
/// A rule of law is named with its article, not with its text.
const LAW_CHARS_MAX: usize = 240;

/// Words a message about a burst: that its alert fires, or that it has resolved. `burst` is the record
/// as it was when the message was decided, `alert` as it is now.
#[must_use]
pub fn message(burst: &Burst, alert: &Alert, kind: DeliveryKind, facts: &Facts<'_>) -> Message {
    let mut writer = Writer {
        burst,
        facts,
        words: Words::of(facts),
        guard: (facts.withholding).and_then(|phase| Guard::new(phase, burst)),
        had_hidden: false,
        is_withheld: false,
    };
    let headline = match kind {
        DeliveryKind::Firing | DeliveryKind::Updated | DeliveryKind::Summary => {
            writer.firing(kind == DeliveryKind::Updated)
        }
        DeliveryKind::Resolved => writer.resolved(),
    };
    let lines = match kind {
        DeliveryKind::Firing | DeliveryKind::Updated | DeliveryKind::Summary => writer.evidence(),
        DeliveryKind::Resolved => writer.account(),
    };
    Message {
        language: facts.language,
        headline: facts.headline(headline),
        lines,
        link: page_link(facts.public_url, &burst.id),
        link_name: writer.say("link-burst", []),
        notes: notes(alert, kind, &writer),
        is_withheld: writer.is_withheld,
    }
}

fn notes(alert: &Alert, kind: DeliveryKind, writer: &Writer<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if writer.facts.possible_repeat {
        notes.push(writer.say("note-repeat", []));
    }
    if kind != DeliveryKind::Resolved {
        match alert.state {
            AlertState::Firing => {}
            // Growth of what somebody has is told all the same, and no surprise.
            AlertState::Acknowledged if kind == DeliveryKind::Updated => {}
            // A line says by whom.
            AlertState::Acknowledged if writer.facts.acknowledged.is_some() => {}
            AlertState::Acknowledged => notes.push(writer.say("note-acknowledged", [])),
            AlertState::Resolved => notes.push(writer.say("note-resolved", [])),
        }
    }
    if writer.facts.public_url.is_none() {
        let path = burst_path(&writer.burst.id);
        notes.push(writer.say("note-no-link", [("path", path.into())]));
    }
    notes.extend(writer.withheld());
    if writer.had_hidden {
        notes.push(writer.say("note-hidden", []));
    }
    notes
}

/// That something was kept out, until when and why.
pub(super) fn withheld_note(phase: &Phase, words: Words<'_>) -> String {
    let until = match phase.end {
        Some(end) => words.say(
            "withheld-until",
            [
                ("moment", words.moment(end).into()),
                ("zone", words.zone_name().into()),
            ],
        ),
        None => words.say("withheld-until-unknown", []),
    };
    let mut why = vec![phase_name(&phase.id)];
    why.extend(phase.law.as_deref().map(|law| {
        let law = shown(law, LAW_CHARS_MAX).text;
        law.trim_end_matches('.').to_owned()
    }));
    words.say(
        "withheld-note",
        [("until", until.into()), ("why", words.clauses(why).into())],
    )
}

/// Writes the lines about one burst.
struct Writer<'a> {
    burst: &'a Burst,
    facts: &'a Facts<'a>,
    words: Words<'a>,
    guard: Option<Guard<'a>>,
    had_hidden: bool,
    is_withheld: bool,
}

impl Writer<'_> {
    fn say<const N: usize>(&self, id: &str, args: [(&'static str, Value<'_>); N]) -> String {
        self.words.say(id, args)
    }

    /// A text from outside, fit to be shown. All that a message quotes comes by here, so that nothing
    /// that is withheld can pass.
    fn name(&mut self, text: &str) -> String {
        if (self.guard.as_ref()).is_some_and(|guard| guard.withholds(text)) {
            self.is_withheld = true;
            return self.say("withheld-text", []);
        }
        let shown = shown(text, NAME_CHARS_MAX);
        self.had_hidden |= shown.had_hidden;
        if shown.text.is_empty() {
            self.say("name-missing", [])
        } else {
            shown.text
        }
    }

    fn withheld(&self) -> Option<String> {
        let phase = self.guard.as_ref().filter(|_| self.is_withheld)?.phase;
        Some(withheld_note(phase, self.words))
    }

    /// What the calendar of the rule's election said of the end of the window.
    fn election(&self) -> Option<String> {
        let clock = self.burst.election.as_ref()?;
        let election = election_in_words(clock, self.facts.language);
        Some(self.say("election-line", [("election", election.into())]))
    }

    fn window_length(&self) -> String {
        let window = &self.burst.window;
        self.words.length(window.from, window.to)
    }

    fn firing(&mut self, has_grown: bool) -> String {
        let name = self.name(&self.burst.name);
        let observed = &self.burst.observed;
        let mut kind = self.kind();
        if self.burst.found_late {
            kind = self.say("burst-kind-late", [("kind", kind.into())]);
        }
        if has_grown {
            kind = self.say("burst-kind-grown", [("kind", kind.into())]);
        }
        let headline = self.say(
            "firing-headline",
            [
                ("kind", kind.into()),
                ("name", name.into()),
                ("items", observed.items.into()),
                ("measure", self.measure(observed).into()),
                ("length", self.window_length().into()),
            ],
        );
        self.with_usual(headline)
    }

    fn resolved(&mut self) -> String {
        let name = self.name(&self.burst.name);
        let (burst, peak) = (self.burst, &self.burst.peak);
        let ended = burst.ended.unwrap_or(burst.evaluated);
        self.say(
            "resolved-headline",
            [
                ("name", name.into()),
                ("lasted", self.words.length(burst.started, ended).into()),
                ("items", peak.items.into()),
                ("measure", self.measure(peak).into()),
                ("length", self.window_length().into()),
            ],
        )
    }

    /// What a message calls the burst.
    fn kind(&self) -> String {
        let id = match &self.burst.detector {
            Detector::Query { .. } => "burst-kind-rule",
            Detector::Term(term) if term.rise == Rise::Slow => "burst-kind-term-slow",
            Detector::Term(_) => "burst-kind-term",
            Detector::Lineage { .. } => "burst-kind-text",
            Detector::Coordination(_) => "burst-kind-together",
        };
        self.say(id, [])
    }

    /// What counts of a burst: voices, or who carries one text or posts one object.
    fn measure(&self, counts: &Counts) -> String {
        match &self.burst.detector {
            Detector::Query { .. } | Detector::Term(_) => {
                self.say("count-voices", [("voices", counts.voices().into())])
            }
            Detector::Lineage { .. } => {
                self.say("count-families", [("families", counts.families.into())])
            }
            Detector::Coordination(_) => {
                self.say("count-accounts", [("accounts", counts.families.into())])
            }
        }
    }

    fn with_usual(&self, line: String) -> String {
        let parts = std::iter::once(line).chain(self.usual());
        self.words.clauses(parts.collect())
    }

    fn usual(&self) -> Option<String> {
        Some(match &self.burst.judgement {
            Judgement::Gates => return None,
            Judgement::Tested { expected, .. }
                if matches!(self.burst.detector, Detector::Coordination(_)) =>
            {
                self.say(
                    "usual-accounts",
                    [("mean", self.words.rounded(expected.mean))],
                )
            }
            Judgement::Tested { expected, .. } => self.usual_voices(expected),
            Judgement::Insufficient { days, days_needed } => self.say(
                "usual-insufficient",
                [("days", (*days).into()), ("needed", (*days_needed).into())],
            ),
        })
    }

    fn usual_voices(&self, expected: &Expected) -> String {
        let window = &self.burst.window;
        let stretch = self.words.stretch(window.from, window.to);
        if expected.mean.is_finite() {
            self.say(
                "usual-voices",
                [
                    ("stretch", stretch.into()),
                    ("mean", self.words.rounded(expected.mean)),
                    ("low", expected.low.into()),
                    ("high", expected.high.into()),
                ],
            )
        } else {
            self.say(
                "usual-voices-unknown",
                [
                    ("stretch", stretch.into()),
                    ("low", expected.low.into()),
                    ("high", expected.high.into()),
                ],
            )
        }
    }

    fn evidence(&mut self) -> Vec<String> {
        // Who and where before the rest: a lock screen shows some 160 characters.
        let mut lines: Vec<String> = self.by_group().into_iter().collect();
        lines.push(self.first_seen());
        lines.extend(self.acknowledged());
        lines.push(self.counted());
        if self.burst.found_late {
            lines.push(self.say("found-late-line", []));
        }
        lines.extend(self.detected());
        lines.push(self.coverage());
        lines.push(self.likelihood());
        lines.extend(self.election());
        lines.push(self.window());
        lines
    }

    fn account(&mut self) -> Vec<String> {
        let burst = self.burst;
        let ended = self.words.moment(burst.ended.unwrap_or(burst.evaluated));
        let until = match burst.state {
            BurstState::Ended => self.say("found-ended", [("moment", ended.into())]),
            BurstState::Open => self.say("found-last-seen", [("moment", ended.into())]),
        };
        let mut lines = vec![self.say(
            "found-line",
            [
                ("began", self.words.moment(burst.started).into()),
                ("until", until.into()),
                ("zone", self.words.zone_name().into()),
            ],
        )];
        lines.extend(self.acknowledged());
        let observed = &burst.observed;
        let last = self.say(
            "last-window",
            [
                ("items", observed.items.into()),
                ("measure", self.measure(observed).into()),
            ],
        );
        lines.extend([self.with_usual(last), self.coverage()]);
        lines.extend(self.election());
        lines
    }

    fn acknowledged(&mut self) -> Option<String> {
        let (by, verdict) = self.facts.acknowledged?;
        let by = self.name(by);
        let verdict = self.say(verdict_id(verdict), []);
        Some(self.say(
            "acknowledged-line",
            [("by", by.into()), ("verdict", verdict.into())],
        ))
    }

    fn counted(&self) -> String {
        let observed = &self.burst.observed;
        let mut parts = vec![self.say(
            "counted-voices",
            [
                ("voices", observed.voices().into()),
                ("families", observed.families.into()),
                ("stories", observed.stories.into()),
            ],
        )];
        if let Some(largest) = self.burst.stories.first().filter(|story| story.items > 1) {
            parts.push(self.say(
                "counted-one-text",
                [
                    ("same", largest.items.into()),
                    ("all", observed.items.into()),
                    ("families", largest.families.into()),
                ],
            ));
        }
        self.words.clauses(parts)
    }

    fn by_group(&mut self) -> Option<String> {
        let burst = self.burst;
        let mut parts = Vec::new();
        for group in burst.groups.iter().take(GROUPS_MAX) {
            let name = self.name(self.facts.names.group(&group.id));
            parts.push(self.say(
                "groups-one",
                [("name", name.into()), ("families", group.families.into())],
            ));
        }
        let left_out = burst.groups.len().saturating_sub(GROUPS_MAX);
        if left_out > 0 {
            parts.push(self.say("groups-more", [("more", left_out.into())]));
        }
        if parts.is_empty() {
            return None;
        }
        let groups = self.words.list(parts);
        Some(self.say("groups-line", [("groups", groups.into())]))
    }

    fn first_seen(&mut self) -> String {
        let Some(first) = &self.burst.first_seen else {
            return self.say("first-seen-unknown", []);
        };
        let names = self.facts.names;
        let publisher = self.name(names.publisher(&first.publisher));
        let source = self.name(names.source(&first.source));
        let by = if publisher == source {
            publisher
        } else {
            self.say(
                "name-with-id",
                [("name", publisher.into()), ("id", source.into())],
            )
        };
        self.say(
            "first-seen-line",
            [
                ("moment", self.words.moment(first.time).into()),
                ("by", by.into()),
            ],
        )
    }

    fn coverage(&mut self) -> String {
        let Coverage { sources, missing } = &self.burst.coverage;
        if *sources == 0 {
            return self.say("collected-unknown", []);
        }
        if missing.is_empty() {
            return self.say("collected-complete", [("sources", (*sources).into())]);
        }
        let missed = u32::try_from(missing.len()).unwrap_or(u32::MAX);
        let mut parts = Vec::new();
        for one in missing.iter().take(MISSING_MAX) {
            let name = self.name(self.facts.names.source(&one.source));
            let reason = self.words.reason(one.reason);
            parts.push(self.say(
                "name-with-id",
                [("name", name.into()), ("id", reason.into())],
            ));
        }
        let left_out = missing.len().saturating_sub(MISSING_MAX);
        if left_out > 0 {
            parts.push(self.say("list-more", [("more", left_out.into())]));
        }
        self.say(
            "collected-partly",
            [
                ("collected", sources.saturating_sub(missed).into()),
                ("sources", (*sources).into()),
                ("missing", self.words.list(parts).into()),
            ],
        )
    }

    fn likelihood(&self) -> String {
        match &self.burst.judgement {
            Judgement::Gates => self.gates(),
            Judgement::Tested { expected, p, p_max } if expected.windows == 0 => {
                let baseline = match &self.burst.detector {
                    Detector::Coordination(_) => self.say("baseline-accounts", []),
                    _ => self.say("baseline-term", [("days", expected.days.into())]),
                };
                self.say(
                    "likelihood-other",
                    [
                        ("p", self.words.probability(*p).into()),
                        ("limit", self.words.probability(*p_max).into()),
                        ("baseline", baseline.into()),
                    ],
                )
            }
            Judgement::Tested { expected, p, p_max } => self.say(
                "likelihood-rule",
                [
                    ("p", self.words.probability(*p).into()),
                    ("limit", self.words.probability(*p_max).into()),
                    ("windows", expected.windows.into()),
                    ("days", expected.days.into()),
                ],
            ),
            Judgement::Insufficient { .. } => self.say("insufficient-line", []),
        }
    }

    /// What there was beside what was asked for, where nothing is tested.
    fn gates(&self) -> String {
        let gates = self.burst.gates.iter().map(|gate| {
            self.say(
                "gate-one",
                [
                    ("name", self.gate_name(&gate.name).into()),
                    ("limit", gate.limit.into()),
                    ("value", gate.value.into()),
                ],
            )
        });
        let gates = self.words.clauses(gates.collect());
        self.say("gates-line", [("gates", gates.into())])
    }

    /// What a gate asks for. Records have it in English; what none of ours asks stays as it is.
    fn gate_name(&self, name: &str) -> String {
        let id = match name {
            "domestic families at least" => "gate-domestic",
            "proxies' families with texts of their own at least" => "gate-retelling",
            "share of the rule's groups, languages and platforms at least" => "gate-rule-share",
            other => return other.to_owned(),
        };
        self.say(id, [])
    }

    /// What found it, where the numbers alone do not say so.
    fn detected(&mut self) -> Option<String> {
        let burst = self.burst;
        match &burst.detector {
            Detector::Query { whose } => {
                (*whose == Whose::Outside).then(|| self.say("detected-outside", []))
            }
            Detector::Term(term) => Some(self.term(term)),
            Detector::Lineage { .. } => Some(self.say("detected-text", [])),
            Detector::Coordination(posted) => Some(self.say(
                "detected-together",
                [
                    ("accounts", posted.accounts.into()),
                    ("length", self.words.seconds(posted.window_seconds).into()),
                    ("silent", posted.silent_before.into()),
                ],
            )),
        }
    }

    fn term(&mut self, term: &FoundTerm) -> String {
        let mut parts = vec![self.say("detected-term", [])];
        let others: Vec<String> = term
            .spellings
            .iter()
            .filter(|spelling| **spelling != self.burst.name)
            .map(|spelling| self.name(spelling))
            .collect();
        if !others.is_empty() {
            let spellings = self.words.list(others);
            parts.push(self.say("detected-spellings", [("spellings", spellings.into())]));
        }
        if let Some(group) = &term.group {
            let group = self.name(self.facts.names.group(group));
            parts.push(self.say("detected-group", [("group", group.into())]));
        }
        self.words.clauses(parts)
    }

    fn window(&self) -> String {
        let (from, to) = (self.burst.window.from, self.burst.window.to);
        self.say(
            "window-line",
            [
                ("window", self.words.moments(from, to).into()),
                ("zone", self.words.zone_name().into()),
            ],
        )
    }
}
