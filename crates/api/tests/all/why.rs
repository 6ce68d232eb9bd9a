//! The JSON of explanations and backtests, and the sentences in them. `UPDATE_GOLDEN=1` writes the
//! files anew, as with the other shapes.

use crate::world;

use bellwether_api::{
    BacktestBody, BaselineBody, BaselineWindowBody, BurstBody, ExplainBody, ExplainLinks,
    JudgementBody, OpenBurstBody, RulePhaseBody, RuleVersionBody, WindowBinBody, WouldBeBody,
    explain_path, why_in_words,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use world::{burst, golden, t};

fn check<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(name: &str, body: &T) {
    let json = serde_json::to_string_pretty(body).unwrap();
    golden(name, &json);
    assert_eq!(&serde_json::from_str::<T>(&json).unwrap(), body);
}

#[test]
fn an_explanation() {
    let burst = BurstBody::from_model(&burst(), None);
    let path = explain_path(&burst.rule, burst.window.to);
    let body = ExplainBody {
        whose: "all".to_owned(),
        others: Vec::new(),
        at: burst.window.to,
        holds: true,
        why: why_in_words(
            &burst.observed,
            &burst.judgement,
            &burst.gates,
            &burst.coverage,
        ),
        window_seconds: 7200,
        bin_seconds: 600,
        bins: vec![WindowBinBody {
            start: burst.window.from,
            items: 31,
            families: 7,
            stories: 9,
        }],
        baseline: BaselineBody {
            history: burst.window,
            rhythm: 1.25,
            size_max: 6.0,
            days_needed: 7,
            p_max: 0.0001,
            windows: vec![BaselineWindowBody {
                start: t("2026-11-23T04:00:00Z"),
                voices: 2,
                exposure: 0.875,
                rhythm: 1.125,
            }],
        },
        items: Vec::new(),
        burst: Some(OpenBurstBody {
            id: burst.id.clone(),
            started: burst.started,
            ended: None,
        }),
        notes: Vec::new(),
        links: ExplainLinks {
            search: "/search?q=x".to_owned(),
            page: None,
            api: format!("/api/v1{path}"),
        },
        rule: burst.rule,
        name: burst.name,
        query: burst.query,
        window: burst.window,
        observed: burst.observed,
        judgement: burst.judgement,
        gates: burst.gates,
        families: burst.families,
        groups: burst.groups,
        stories: burst.stories,
        first_seen: burst.first_seen,
        coverage: burst.coverage,
        election: burst.election,
    };
    check("explain.json", &body);
}

#[test]
fn too_little_history_says_what_is_missing() {
    let burst = BurstBody::from_model(&burst(), None);
    let judgement = JudgementBody::Insufficient {
        days: 3,
        days_needed: 7,
    };
    let why = why_in_words(&burst.observed, &judgement, &burst.gates, &burst.coverage);
    assert!(
        why[0].starts_with("Insufficient data: 3 of 7 days of history"),
        "{why:?}"
    );
    assert!(why[0].contains("4 more"), "{why:?}");
    assert_eq!(why.len(), 2 + burst.gates.len());
}

#[test]
fn a_backtest() {
    let burst = BurstBody::from_model(&burst(), None);
    let body = BacktestBody {
        rule: burst.rule.clone(),
        name: burst.name.clone(),
        span: burst.window,
        versions: vec![RuleVersionBody {
            version: "in force".to_owned(),
            query: burst.query.clone(),
            window_seconds: 7200,
            p_max: 0.0001,
            min_families: 3,
            min_stories: 3,
            max_family_share: 0.5,
            phases: vec![RulePhaseBody {
                phase: "poll-blackout".to_owned(),
                p_max: 0.001,
                min_families: 2,
                min_stories: 3,
                max_family_share: 0.5,
            }],
            alerts: vec![WouldBeBody {
                explain: Some(explain_path(&burst.rule, burst.started)),
                id: burst.id,
                started: burst.started,
                ended: burst.ended,
                held_before: false,
                found_late: false,
                window: burst.window,
                observed: burst.observed,
                peak: burst.peak,
                judgement: burst.judgement,
                gates: burst.gates,
                groups: burst.groups,
                items: Vec::new(),
                coverage: burst.coverage,
                election: burst.election,
                search: "/search?q=x".to_owned(),
                other_has_it: None,
            }],
            alerts_per_week: Some(0.25),
            days: 28,
            days_insufficient: 0,
        }],
        notes: vec!["Nothing was sent or kept.".to_owned()],
    };
    check("backtest.json", &body);
}
