//! By what an alert is routed and silenced, and how urgent it is: from its numbers alone.
//!
//! | severity | a burst is |
//! |---|---|
//! | critical | much more than usual, with 3 families of states or their proxies and 3 of the domestic press; or with 3 of the former in the last 3 days before polling day or on it |
//! | warning | much more than usual; or with 3 families of states or their proxies; or a text of a state or its proxies that others published too; or an object that accounts posted together |
//! | info | any other |
//!
//! *Much more than usual*: at least twice the upper end of what is usual, and 6 voices. Where nobody
//! knows what is usual, it is never much more. Most sources failing together is a warning, and so is a
//! receiver that takes no messages; trouble of one source is info.

use bellwether_model::{
    Alert, AlertState, Burst, Cause, Detector, Directory, ElectionId, Judgement, Label, Labels,
    NarrativeId, ReceiverId, Role, Severity, SourceId,
};

/// Families of one kind that make a difference: as many as a burst needs at all.
const FAMILIES_MANY: u32 = 3;

/// Voices below which nothing is much: twice what a burst needs at all.
const VOICES_MUCH: u32 = 6;

/// Times the upper end of what is usual.
const TIMES_MUCH: u32 = 2;

/// Days before polling day in which a false claim can hardly be answered any more.
const DAYS_LAST: std::ops::RangeInclusive<i32> = 0..=3;

/// What is known of the rule that found a burst.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleFacts {
    /// Its election.
    pub election: Option<ElectionId>,
    /// Its narrative.
    pub narrative: Option<NarrativeId>,
}

/// The labels of the alert that a burst raises. `languages` are those of its items.
#[must_use]
pub fn burst_labels(
    burst: &Burst,
    rule: &RuleFacts,
    languages: impl IntoIterator<Item = String>,
    directory: &Directory,
) -> Labels {
    let mut labels = Labels::default()
        .with(Label::Cause, "burst")
        .with(Label::Severity, severity(burst, directory).as_str())
        .with(Label::Rule, burst.rule.as_str())
        .with(Label::Detector, burst.detector.as_str());
    if let Some(election) = &rule.election {
        labels.add(Label::Election, election.as_str());
    }
    if let Some(narrative) = &rule.narrative {
        labels.add(Label::Narrative, narrative.as_str());
    }
    for group in &burst.groups {
        labels.add(Label::Group, group.id.as_str());
    }
    for language in languages {
        labels.add(Label::Language, language);
    }
    // Of one family: whoever mutes a source is not to be told of what is its alone.
    for family in (burst.families.iter()).filter(|share| 2 * share.items > burst.observed.items) {
        for source in directory
            .sources()
            .filter(|source| source.family == family.id)
        {
            labels.add(Label::Source, source.id.as_str());
        }
    }
    if let Detector::Term(term) = &burst.detector {
        labels.add(Label::Term, term.counted.as_str());
        for spelling in &term.spellings {
            labels.add(Label::Term, spelling.as_str());
        }
    }
    labels
}

/// The labels of an alert about one source.
#[must_use]
pub fn source_labels(source: &SourceId, directory: &Directory) -> Labels {
    let mut labels = Labels::default()
        .with(Label::Cause, "source")
        .with(Label::Severity, Severity::Info.as_str())
        .with(Label::Source, source.as_str());
    for group in directory.groups_of(source) {
        labels.add(Label::Group, group.as_str());
    }
    labels
}

/// The labels of the alert that most sources fail together.
#[must_use]
pub fn outage_labels() -> Labels {
    Labels::default()
        .with(Label::Cause, "outage")
        .with(Label::Severity, Severity::Warning.as_str())
}

/// The labels of the alert that a receiver takes no messages.
#[must_use]
pub fn receiver_labels(receiver: &ReceiverId) -> Labels {
    Labels::default()
        .with(Label::Cause, "receiver")
        .with(Label::Severity, Severity::Warning.as_str())
        .with(Label::Receiver, receiver.as_str())
}

/// How urgent a burst is; see the module.
#[must_use]
pub fn severity(burst: &Burst, directory: &Directory) -> Severity {
    let families = |of: &[Role]| {
        let groups = burst.groups.iter();
        let groups = groups.filter(|share| of.contains(&directory.role(&share.id)));
        // The largest group, not the sum: a family may be in several.
        groups.map(|share| share.families).max().unwrap_or(0)
    };
    let states = families(&[Role::State, Role::Proxy]);
    let domestic = families(&[Role::Domestic]);
    let is_much = match &burst.judgement {
        Judgement::Tested { expected, .. } => {
            let voices = burst.observed.voices();
            voices >= VOICES_MUCH && voices >= expected.high.saturating_mul(TIMES_MUCH)
        }
        Judgement::Gates | Judgement::Insufficient { .. } => false,
    };
    let days = (burst.election.as_ref()).and_then(|clock| clock.days_to_polling);
    let is_last = days.is_some_and(|days| DAYS_LAST.contains(&days));
    let has_states = states >= FAMILIES_MANY;
    if is_much && has_states && (domestic >= FAMILIES_MANY || is_last) {
        return Severity::Critical;
    }
    let is_together = matches!(
        burst.detector,
        Detector::Lineage { .. } | Detector::Coordination(_)
    );
    if is_much || has_states || is_together {
        Severity::Warning
    } else {
        Severity::Info
    }
}

/// The alert about collection that could explain a burst, among those that are open; while it holds the
/// burst is held back, as Alertmanager's inhibition does. It could where more than half of the sources
/// in question were not collected in the window, because most sources fail together or because of the
/// trouble of one of those: what is left is no measure of the whole.
#[must_use]
pub fn inhibitor<'a>(burst: &Burst, open: &'a [Alert]) -> Option<&'a Alert> {
    let missing = u32::try_from(burst.coverage.missing.len()).unwrap_or(u32::MAX);
    if missing.saturating_mul(2) <= burst.coverage.sources {
        return None;
    }
    let explains = |alert: &&Alert| {
        alert.state != AlertState::Resolved
            && match &alert.cause {
                Cause::Outage { .. } => true,
                Cause::Source { source } => {
                    let mut missing = burst.coverage.missing.iter();
                    missing.any(|one| one.source == *source)
                }
                Cause::Burst { .. } | Cause::Receiver { .. } => false,
            }
    };
    open.iter().find(explains)
}
