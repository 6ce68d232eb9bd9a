//! A small invented world, and golden files.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::path::PathBuf;
use std::time::Duration;

use bellwether_model::{
    Affiliation, Alert, AlertChange, AlertId, AlertState, Burst, BurstId, BurstState, Cause,
    Counts, Coverage, Directory, ElectionClock, ElectionId, Expected, FamilyId, FirstSeen,
    GateResult, Grade, Group, GroupId, ItemId, Judgement, Missing, MissingReason, PublisherId,
    Reach, Role, RuleId, Share, Source, SourceId, SourceKind, Span, StoryId, StoryShare, Timestamp,
};

pub(crate) fn t(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn golden_dir() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

pub(crate) fn golden(name: &str, found: &str) {
    let path = golden_dir().join(name);
    let found = format!("{found}\n");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        found, expected,
        "{name} differs; `UPDATE_GOLDEN=1 cargo test -p bellwether-api` writes it anew"
    );
}

pub(crate) fn source(id: &str, name: &str, groups: &[&str]) -> Source {
    Source {
        id: SourceId::new(id),
        name: name.to_owned(),
        kind: SourceKind::Feed,
        reading: bellwether_model::Reading::default(),
        url: Some(format!("https://reader:pw@{id}.example.org/rss.xml")),
        reach: Reach::default(),
        publisher: PublisherId::new(id),
        family: FamilyId::new(format!("{id}-house")),
        groups: groups.iter().map(|id| GroupId::new(*id)).collect(),
        country: None,
        languages: vec!["zh-Hant".to_owned()],
        every: Duration::from_secs(600),
        enabled: true,
        affiliation: Affiliation {
            grade: Grade::StateControlled,
            basis: Some("owned by a ministry".to_owned()),
            reference: Some("https://register.example.org/1".to_owned()),
            as_of: Some("2026-11-01".parse().unwrap()),
        },
        note: None,
    }
}

pub(crate) fn directory() -> Directory {
    let group = |id: &str, name: &str, role| Group {
        id: GroupId::new(id),
        name: name.to_owned(),
        role,
    };
    Directory::new(
        [
            group("aa-state", "Aa state media", Role::State),
            group("bb-domestic", "Bb domestic outlets", Role::Domestic),
        ],
        [
            source("river-daily", "河日報", &["aa-state"]),
            source("harbour-post", "Harbour Post", &["bb-domestic"]),
            source("hill-radio", "山電台", &["bb-domestic"]),
        ],
        [],
    )
}

pub(crate) fn burst() -> Burst {
    let share = |id: &str, items, families| (id.to_owned(), items, families);
    Burst {
        found_late: false,
        detector: bellwether_model::Detector::default(),
        id: BurstId::new("b-7f3a"),
        revision: 1,
        rule: RuleId::new("aa-ballots"),
        name: "作票".to_owned(),
        query: "title:作票 OR text:作票".to_owned(),
        state: BurstState::Open,
        started: t("2026-11-24T08:01:00Z"),
        evaluated: t("2026-11-24T08:01:00Z"),
        ended: None,
        window: Span {
            from: t("2026-11-24T06:00:00Z"),
            to: t("2026-11-24T08:00:00Z"),
        },
        observed: Counts {
            items: 31,
            families: 7,
            stories: 9,
        },
        peak: Counts {
            items: 41,
            families: 11,
            stories: 9,
        },
        judgement: Judgement::Tested {
            expected: Expected {
                size: None,
                mean: 1.96,
                low: 1,
                high: 5,
                windows: 56,
                days: 28,
            },
            p: 0.000_003_24,
            p_max: 0.0001,
        },
        gates: vec![GateResult {
            name: "families at least".to_owned(),
            value: 7.0,
            limit: 3.0,
            passed: true,
        }],
        families: [
            share("river-daily-house", 9, 1),
            share("harbour-post-house", 5, 1),
        ]
        .map(|(id, items, families)| Share {
            id: FamilyId::new(id),
            items,
            families,
        })
        .to_vec(),
        groups: [share("aa-state", 24, 5), share("bb-domestic", 7, 2)]
            .map(|(id, items, families)| Share {
                id: GroupId::new(id),
                items,
                families,
            })
            .to_vec(),
        stories: vec![
            StoryShare {
                story: StoryId(11),
                items: 22,
                families: 6,
            },
            StoryShare {
                story: StoryId(14),
                items: 1,
                families: 1,
            },
        ],
        first_seen: Some(FirstSeen {
            item: ItemId(11),
            source: SourceId::new("river-daily"),
            publisher: PublisherId::new("river-daily"),
            time: t("2026-11-24T06:14:00Z"),
        }),
        items: vec![ItemId(11), ItemId(14)],
        coverage: Coverage {
            sources: 48,
            missing: vec![
                Missing {
                    source: SourceId::new("harbour-post"),
                    reason: MissingReason::Failing,
                    error: Some("the answer has status 503".to_owned()),
                },
                Missing {
                    source: SourceId::new("hill-radio"),
                    reason: MissingReason::NotPolled,
                    error: None,
                },
            ],
        },
        election: Some(ElectionClock {
            election: ElectionId::new("tw-2026-local"),
            name: "Taiwan local elections 2026".to_owned(),
            days_to_polling: Some(4),
            phases: vec!["poll-blackout".to_owned()],
            phases_unknown: Vec::new(),
            applied: None,
        }),
    }
}

pub(crate) fn alert() -> Alert {
    Alert {
        id: AlertId::new("a-b-7f3a"),
        cause: Cause::Burst {
            burst: BurstId::new("b-7f3a"),
            rule: RuleId::new("aa-ballots"),
        },
        revision: 1,
        name: "作票".to_owned(),
        state: AlertState::Firing,
        started: t("2026-11-24T08:01:00Z"),
        updated: t("2026-11-24T08:01:00Z"),
        resolved: None,
        verdict: None,
        labels: bellwether_model::Labels::default(),
        told: None,
        history: vec![AlertChange {
            at: t("2026-11-24T08:01:00Z"),
            what: "fired".to_owned(),
            by: None,
            verdict: None,
            note: None,
        }],
    }
}
