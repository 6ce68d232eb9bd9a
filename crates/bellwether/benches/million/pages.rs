//! The pages that people look at first, with twelve open bursts and the shipped narratives, and how large they
//! are. The goals (DESIGN 11, at the 95th percentile): *Now* 200 ms, a search 150 ms, a story of 500
//! members 200 ms, and no page above 250 kB.

use bellwether_archive::{DataDir, Derived, Desk, Outgoing};
use bellwether_model::{
    Alert, AlertChange, AlertId, AlertState, Burst, BurstId, BurstState, Cause, Counts, Coverage,
    Detector, Expected, Gate, GateResult, GroupId, ItemId, Judgement, Labels, RuleId, Share, Span,
    Timestamp,
};
use bellwether_testkit::encoded;
use serde_json::Value;

use crate::corpus::{END, STORY_TITLE};
use crate::http::Server;
use crate::stopwatch::Times;
use crate::support::fail;

/// What the open bursts are on: names and catchwords in four scripts, common and rare.
const BURSTS: [&str; 12] = [
    "台灣",
    "選舉",
    "罷免",
    "总统",
    "特朗普",
    "Trump",
    "election",
    "vaccine",
    "Ukraine",
    "Украина",
    "США",
    "police",
];

/// Searches as people type them.
const SEARCHES: [&str; 8] = [
    "台灣",
    "選舉 OR 罷免",
    "Trump AND election",
    "\"white house\"",
    "Украина",
    "vaccine",
    "特朗普 AND 关税",
    "",
];

/// How often each page is asked for.
const ROUNDS: usize = 40;

const HOUR: i64 = 3_600;

/// Puts the bursts and their alerts into a data folder.
pub(crate) fn open_bursts(dir: &DataDir, server: &Server) {
    let mut derived = Derived::open(dir).unwrap_or_else(|error| fail(&error));
    let mut desk = Desk::open(dir).unwrap_or_else(|error| fail(&error));
    let mut alerts = Vec::new();
    for query in BURSTS {
        let burst = burst(query, server);
        derived
            .put_burst(&burst, true)
            .unwrap_or_else(|error| fail(&error));
        alerts.push(alert(&burst));
    }
    let messages: [Outgoing; 0] = [];
    desk.hand_over(second(END), &alerts, &messages)
        .unwrap_or_else(|error| fail(&error));
}

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or_default()
}

/// A burst of the last two hours on what a query finds.
fn burst(query: &str, server: &Server) -> Burst {
    let window = Span {
        from: second(END - 2 * HOUR),
        to: second(END),
    };
    let found: Value = server.json(&format!("/api/v1/search?q={}&limit=100", encoded(query)));
    let hits = found["items"].as_array().cloned().unwrap_or_default();
    let items: Vec<ItemId> = hits
        .iter()
        .filter_map(|hit| hit["id"].as_str()?.parse().ok())
        .map(ItemId)
        .collect();
    let items_found = u32::try_from(items.len()).unwrap_or_default();
    let counts = Counts {
        items: items_found,
        families: 5,
        stories: items_found,
    };
    Burst {
        found_late: false,
        detector: Detector::default(),
        id: BurstId::new(format!("bench-{query}")),
        revision: 1,
        rule: RuleId::new("bench"),
        name: query.to_owned(),
        query: query.to_owned(),
        state: BurstState::Open,
        started: second(END - HOUR),
        evaluated: second(END),
        ended: None,
        window,
        observed: counts,
        peak: counts,
        judgement: Judgement::Tested {
            expected: Expected {
                size: None,
                mean: 2.0,
                low: 1,
                high: 4,
                windows: 28,
                days: 28,
            },
            p: 0.000_28,
            p_max: 0.0009,
        },
        gates: GateResult::all(&Gate::default(), &counts, 1),
        families: Vec::new(),
        groups: vec![Share {
            id: GroupId::new("china"),
            items: items_found,
            families: 5,
        }],
        stories: Vec::new(),
        first_seen: None,
        items,
        coverage: Coverage {
            sources: 3,
            missing: Vec::new(),
        },
        election: None,
    }
}

fn alert(burst: &Burst) -> Alert {
    Alert {
        id: AlertId::new(format!("a-{}", burst.id)),
        cause: Cause::Burst {
            burst: burst.id.clone(),
            rule: burst.rule.clone(),
        },
        revision: 1,
        name: burst.name.clone(),
        state: AlertState::Firing,
        started: burst.started,
        updated: burst.started,
        resolved: None,
        verdict: None,
        labels: Labels::default(),
        told: None,
        history: vec![AlertChange {
            at: burst.started,
            what: "fired".to_owned(),
            by: None,
            verdict: None,
            note: None,
        }],
    }
}

/// The times of the pages; what is found is their size in bytes.
pub(crate) fn measure(server: &Server, kind: &str) -> Vec<Times> {
    let searches: Vec<String> = SEARCHES
        .iter()
        .map(|query| format!("/search?q={}&from=2026-10-29&to=2026-11-27", encoded(query)))
        .collect();
    let one = |path: &str| vec![path.to_owned()];
    let mut pages = vec![
        ("now", one("/")),
        ("search", searches),
        ("bursts", one("/bursts")),
        ("burst", vec![format!("/bursts/{}", encoded("bench-台灣"))]),
        ("narratives", one("/narratives")),
        ("sources", one("/sources")),
        ("echo", one("/echo")),
        ("alerts", one("/alerts")),
    ];
    match story(server) {
        Some((id, members)) => {
            println!("\nthe story has {members} members");
            pages.push(("story", vec![format!("/stories/{id}")]));
        }
        None => println!("\nno story was found"),
    }
    pages
        .into_iter()
        .filter(|(name, _)| name.contains(kind))
        .map(|(name, paths)| server.pages(name, &paths, ROUNDS))
        .collect()
}

/// The story of many members that the corpus has.
fn story(server: &Server) -> Option<(String, u64)> {
    let title = encoded(&format!("\"{STORY_TITLE}\""));
    let found = server.json(&format!("/api/v1/search?q={title}&limit=1"));
    let story = &found["items"][0]["story"];
    Some((story["id"].as_str()?.to_owned(), story["size"].as_u64()?))
}
