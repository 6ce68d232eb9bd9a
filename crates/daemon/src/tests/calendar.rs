//! An election with its phases, the rule that belongs to it, and what stands of them on the page and in
//! the record.

use bellwether_model::{
    Election, ElectionClock, ElectionId, Gate, Phase, Rule, RuleId, RulePhase, Thresholds,
};
use bellwether_monitor::WatchedRule;
use bellwether_query::Query;

use super::world::{World, t};

pub(super) fn election() -> Election {
    let phase = |id: &str, start: &str, end: Option<&str>| Phase {
        id: id.to_owned(),
        start: Some(t(start)),
        end: end.map(t),
        withholds: None,
        law: None,
    };
    Election {
        id: ElectionId::new("invented-2026"),
        name: "Invented <b> 2026".to_owned(),
        name_native: None,
        country: "XO".to_owned(),
        time_zone: "UTC".to_owned(),
        polling_day: "2026-11-28".parse().ok(),
        phases: vec![
            phase("notice", "2026-01-01T00:00:00Z", None),
            phase("year", "2026-01-01T00:00:00Z", Some("2027-01-01T00:00:00Z")),
        ],
    }
}

pub(super) fn rule() -> WatchedRule {
    let thresholds = Thresholds {
        gate: Gate {
            min_families: 2,
            ..Gate::default()
        },
        p_max: Some(0.002),
    };
    WatchedRule {
        rule: Rule {
            id: RuleId::new("tw-ballot-fraud"),
            name: "作票 <b>".to_owned(),
            query: "作票".to_owned(),
            groups: Vec::new(),
            window: std::time::Duration::from_secs(7200),
            gate: Gate::default(),
            p_max: None,
            receivers: Vec::new(),
            election: Some(ElectionId::new("invented-2026")),
            phases: vec![RulePhase {
                phase: "year".to_owned(),
                thresholds,
            }],
        },
        query: Query::parse("作票").unwrap(),
        zone: jiff::tz::TimeZone::UTC,
        election: Some(election()),
    }
}

/// What the calendar said of the burst.
pub(super) fn clock() -> ElectionClock {
    ElectionClock {
        applied: Some("year".to_owned()),
        ..election().clock(t("2026-11-24T09:00:00Z"))
    }
}

#[tokio::test]
async fn page_record_and_explanation_say_the_phase() {
    let world = World::new();
    let line = "Invented <b> 2026, 4 days to polling day; phase: year; not known whether: notice; \
                thresholds of phase year";
    let record = world.get("/api/v1/bursts/b1").await.json();
    assert_eq!(record["election"]["line"], line);
    assert_eq!(record["election"]["days_to_polling"], 4);
    assert_eq!(record["election"]["applied"], "year");
    let shown = line.replace('<', "&lt;").replace('>', "&gt;");
    for path in ["/bursts/b1", "/explain?rule=tw-ballot-fraud"] {
        let body = world.get(path).await.body;
        assert!(body.contains(&shown), "{path}: {body}");
    }
    let explained = world
        .get("/api/v1/explain?rule=tw-ballot-fraud")
        .await
        .json();
    assert_eq!(explained["election"]["line"], line);
    assert_eq!(explained["baseline"]["p_max"], 0.002);
    assert_eq!(explained["gates"][0]["limit"], 2.0);
    let tested = world
        .get("/api/v1/backtest?rule=tw-ballot-fraud&min_stories=7")
        .await
        .json();
    let [in_force, changed] = [0, 1].map(|at| &tested["versions"][at]["phases"][0]);
    assert_eq!(in_force["phase"], "year");
    assert_eq!(in_force["min_families"], 2);
    assert_eq!(in_force["min_stories"], 3);
    // A gate that is asked for counts in every phase.
    assert_eq!(changed["min_stories"], 7);
    assert_eq!(changed["min_families"], 2);
}
