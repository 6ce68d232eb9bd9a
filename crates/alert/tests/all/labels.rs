//! What an alert is labelled with, how urgent it is, and what could explain it.

use std::time::Duration;

use bellwether_alert::{
    RuleFacts, burst_labels, inhibitor, outage_labels, severity, source_labels,
};
use bellwether_model::{
    Affiliation, Alert, AlertId, AlertState, Burst, BurstId, BurstState, Cause, Counts, Coverage,
    Detector, Directory, ElectionClock, ElectionId, Expected, FamilyId, FoundTerm, Group, GroupId,
    ItemId, Judgement, Label, Missing, MissingReason, NarrativeId, PublisherId, Reach, Reading,
    Rise, Role, RuleId, Severity, Share, Source, SourceId, SourceKind, Span, Timestamp, Whose,
};

fn t() -> Timestamp {
    Timestamp::from_second(1_795_500_000).unwrap()
}

fn directory() -> Directory {
    let group = |id: &str, role| Group {
        id: GroupId::new(id),
        name: id.to_owned(),
        role,
    };
    let groups = [
        group("states", Role::State),
        group("proxies", Role::Proxy),
        group("press", Role::Domestic),
        group("others", Role::Other),
    ];
    Directory::new(groups, [], [])
}

/// A burst of so many voices, of whose families so many are in each group; usual are 0 to 3.
fn burst(voices: u32, groups: &[(&str, u32)]) -> Burst {
    let counts = Counts {
        items: voices + 5,
        families: voices,
        stories: voices + 1,
    };
    let share = |(id, families): &(&str, u32)| Share {
        id: GroupId::new(*id),
        items: *families,
        families: *families,
    };
    Burst {
        id: BurstId::new("b1"),
        revision: 1,
        rule: RuleId::new("ballots"),
        detector: Detector::default(),
        name: "作票".to_owned(),
        query: "作票".to_owned(),
        found_late: false,
        state: BurstState::Open,
        started: t(),
        evaluated: t(),
        ended: None,
        window: Span::ending(t(), Duration::from_secs(7200)),
        observed: counts,
        peak: counts,
        judgement: Judgement::Tested {
            expected: Expected {
                mean: 1.0,
                low: 0,
                high: 3,
                size: None,
                windows: 56,
                days: 28,
            },
            p: 1e-6,
            p_max: 1e-4,
        },
        gates: Vec::new(),
        families: Vec::new(),
        groups: groups.iter().map(share).collect(),
        stories: Vec::new(),
        first_seen: None,
        items: Vec::new(),
        coverage: Coverage::default(),
        election: None,
    }
}

fn days_before(mut burst: Burst, days: i32) -> Burst {
    burst.election = Some(ElectionClock {
        election: ElectionId::new("tw-2026"),
        name: "Invented".to_owned(),
        days_to_polling: Some(days),
        phases: Vec::new(),
        phases_unknown: Vec::new(),
        applied: None,
    });
    burst
}

#[test]
fn severity_follows_from_the_numbers() {
    let of = |burst: &Burst| severity(burst, &directory());
    let (info, warning, critical) = (Severity::Info, Severity::Warning, Severity::Critical);
    for (voices, groups, expected) in [
        (5, &[("states", 2), ("press", 3)][..], info),
        // Many families of states, or twice the upper end.
        (5, &[("states", 3)], warning),
        (5, &[("proxies", 3)], warning),
        (6, &[("press", 6)], warning),
        // Both, with the press.
        (6, &[("states", 3), ("press", 2)], warning),
        (6, &[("states", 3), ("press", 3)], critical),
        // A family in two groups is not two.
        (6, &[("states", 2), ("proxies", 2), ("press", 3)], warning),
        (9, &[("others", 9), ("press", 3)], warning),
        (5, &[("states", 3), ("press", 3)], warning),
    ] {
        assert_eq!(of(&burst(voices, groups)), expected, "{voices} {groups:?}");
    }
    // In the last days nobody else need have taken it up.
    let states = || burst(6, &[("states", 3)]);
    for (days, expected) in [(4, warning), (3, critical), (0, critical), (-1, warning)] {
        assert_eq!(of(&days_before(states(), days)), expected, "{days}");
    }
}

#[test]
fn what_is_usual_being_unknown_nothing_is_much_more() {
    let mut unknown = burst(40, &[("press", 40)]);
    unknown.judgement = Judgement::Insufficient {
        days: 3,
        days_needed: 14,
    };
    assert_eq!(severity(&unknown, &directory()), Severity::Info);
    unknown.judgement = Judgement::Gates;
    unknown.detector = Detector::Lineage { first: ItemId(1) };
    assert_eq!(severity(&unknown, &directory()), Severity::Warning);
}

#[test]
fn labels_say_what_found_it_and_who_took_part() {
    let mut found = burst(5, &[("press", 3), ("states", 2)]);
    found.detector = Detector::Term(FoundTerm {
        counted: "作票".to_owned(),
        spellings: vec!["作票影片".to_owned(), "作票影片".to_owned()],
        rise: Rise::Sharp,
        whose: Whose::All,
        group: None,
        key: 1,
        script: 1,
    });
    let facts = RuleFacts {
        election: Some(ElectionId::new("tw-2026")),
        narrative: Some(NarrativeId::new("tw-vote-count-fraud")),
    };
    let languages = ["zh-Hant", "en", "en"].map(str::to_owned);
    let labels = burst_labels(&found, &facts, languages, &directory());
    for (label, expected) in [
        (Label::Cause, &["burst"][..]),
        (Label::Severity, &["info"]),
        (Label::Rule, &["ballots"]),
        (Label::Detector, &["term"]),
        (Label::Election, &["tw-2026"]),
        (Label::Narrative, &["tw-vote-count-fraud"]),
        (Label::Group, &["press", "states"]),
        (Label::Language, &["en", "zh-Hant"]),
        (Label::Term, &["作票", "作票影片"]),
        (Label::Source, &[]),
    ] {
        let values: Vec<&str> = labels.values(label).collect();
        assert_eq!(values, expected, "{label:?}");
    }
}

#[test]
fn a_burst_that_is_mostly_one_family_has_its_sources() {
    let source = |id: &str, family: &str| Source {
        id: SourceId::new(id),
        name: id.to_owned(),
        kind: SourceKind::Feed,
        url: None,
        publisher: PublisherId::new(id),
        family: FamilyId::new(family),
        groups: Vec::new(),
        country: None,
        languages: Vec::new(),
        every: Duration::from_secs(600),
        reach: Reach::default(),
        affiliation: Affiliation::UNKNOWN,
        enabled: true,
        reading: Reading::default(),
        note: None,
    };
    let sources = [
        source("one", "house"),
        source("two", "house"),
        source("three", "other"),
    ];
    let directory = Directory::new([], sources, []);
    let labelled = |items: u32| {
        let mut found = burst(5, &[]);
        found.families = vec![Share {
            id: FamilyId::new("house"),
            items,
            families: 1,
        }];
        let facts = RuleFacts {
            election: None,
            narrative: None,
        };
        let labels = burst_labels(&found, &facts, [], &directory);
        let values = labels.values(Label::Source);
        values.map(str::to_owned).collect::<Vec<String>>()
    };
    // Of ten items.
    assert_eq!(labelled(6), ["one", "two"]);
    assert_eq!(labelled(5), [""; 0]);
}

fn fault(cause: Cause, state: AlertState) -> Alert {
    Alert {
        id: AlertId::new("a-fault"),
        labels: match &cause {
            Cause::Source { source } => source_labels(source, &directory()),
            _ => outage_labels(),
        },
        cause,
        revision: 1,
        name: "fault".to_owned(),
        state,
        started: t(),
        updated: t(),
        resolved: None,
        verdict: None,
        told: None,
        history: Vec::new(),
    }
}

#[test]
fn a_fault_explains_a_burst_only_where_most_of_its_sources_were_not_collected() {
    let missing = |count: usize| {
        let mut burst = burst(5, &[]);
        burst.coverage.sources = 4;
        burst.coverage.missing = (0..count)
            .map(|number| Missing {
                source: SourceId::new(format!("s-{number}")),
                reason: MissingReason::Failing,
                error: None,
            })
            .collect();
        burst
    };
    let outage = || Cause::Outage { outage: t() };
    let source = |id: &str| Cause::Source {
        source: SourceId::new(id),
    };
    let (firing, taken, over) = (
        AlertState::Firing,
        AlertState::Acknowledged,
        AlertState::Resolved,
    );
    for (count, cause, state, explains) in [
        (2, outage(), firing, false),
        (3, outage(), firing, true),
        (3, outage(), taken, true),
        (3, outage(), over, false),
        (3, source("s-2"), firing, true),
        (3, source("s-3"), firing, false),
        (0, outage(), firing, false),
    ] {
        let open = [fault(cause.clone(), state)];
        let found = inhibitor(&missing(count), &open).is_some();
        assert_eq!(found, explains, "{count} {cause:?} {state:?}");
    }
}
