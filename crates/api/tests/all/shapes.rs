//! The JSON that programs rely on. `UPDATE_GOLDEN=1 cargo test -p bellwether-api` writes it anew:
//! a field that vanishes from a golden file breaks somebody's program.

use crate::world;

use std::collections::BTreeMap;

use bellwether_api::{
    AlertBody, BinBody, BinCounts, BinCoverageBody, BurstBody, ChangedVersionBody, CheckBody,
    CountBody, CoverageBody, CoverageCellBody, CoverageHoursBody, CoverageLineBody,
    CoverageRowBody, Excerpt, FacetBody, FacetCountsBody, FacetOthersBody, FacetValueBody,
    FacetsBody, HighlightBody, HighlightField, ItemBody, ItemContext, ItemDetailBody,
    ItemRangeBody, Line, ListBody, NarrativeMatchBody, OriginBody, OutcomeBody, PostBody,
    PrecisionBody, Problem, ReadyBody, RuleBody, SearchBody, SourceBody, StoryBody, TermBody,
    TermsBody, TimelineBody, WindowBody,
};
use bellwether_model::{
    Absence, AlertChange, AlertId, AlertState, CaptureAt, CaptureId, Delivery, DeliveryKey,
    DeliveryKind, DeliveryState, Failures, Gate, GroupId, Item, ItemId, ItemVersion, Judgement,
    Outcome, OutcomeKind, Precision, PublisherId, ReceiverId, Rule, RuleId, Seq, Source,
    SourceCondition, SourceCourse, SourceId, SourceKind, SourceState, Span, StoryId, TimeReason,
    Verdict, Verdicts, Wording,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use world::{alert, burst, directory, golden, source, t};

/// The body is as in the golden file, and a client of ours reads it back.
fn check<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(name: &str, body: &T) {
    let json = serde_json::to_string_pretty(body).unwrap();
    golden(name, &json);
    assert_eq!(&serde_json::from_str::<T>(&json).unwrap(), body);
}

fn window() -> WindowBody {
    WindowBody {
        from: Some(t("2026-11-24T06:00:00Z")),
        to: None,
    }
}

fn item() -> Item {
    Item {
        id: ItemId(9_007_199_254_740_993),
        seq: Seq(9_007_199_254_740_993),
        publisher: PublisherId::new("river-daily"),
        sources: vec![SourceId::new("river-daily"), SourceId::new("harbour-post")],
        guid: Some("rd-1".to_owned()),
        url: Some("https://river-daily.example.org/1".to_owned()),
        platform: None,
        lang_declared: Some("zh-TW".to_owned()),
        title: "作票？".to_owned(),
        text: "全文 👨‍👩‍👧".to_owned(),
        seen: t("2026-11-24T06:15:00Z"),
        published: Some(t("2026-11-24T06:14:00Z")),
        published_raw: Some("Tue, 24 Nov 2026 14:14:00 +0800".to_owned()),
        time: t("2026-11-24T06:14:00Z"),
        time_reason: TimeReason::Published,
        imported_at: None,
        facts: bellwether_model::PostFacts::default(),
        versions: 2,
        capture: CaptureId(4),
    }
}

fn context(directory: &bellwether_model::Directory) -> ItemContext<'_> {
    let highlight = |field, start, end| HighlightBody { field, start, end };
    ItemContext {
        directory,
        lang: Some("zh-Hant"),
        story: Some(StoryBody::from_model(StoryId(11), 22)),
        excerpt: Excerpt::new(
            "全文",
            vec![
                highlight(HighlightField::Title, 0, 2),
                highlight(HighlightField::Snippet, 1, 99),
                highlight(HighlightField::Snippet, 5, 9),
            ],
        ),
        has_hidden: false,
        post: None,
        absences: Vec::new(),
    }
}

/// As an account that is no configured source is shown.
fn post() -> PostBody {
    PostBody {
        forwarded_from: Some(OriginBody {
            source: None,
            account: "account-0123456789ab".to_owned(),
            pseudonym: true,
            url: None,
        }),
        quoted: None,
        edited: true,
        edited_at: Some(t("2026-11-24T06:20:00Z")),
        views: Some(CountBody {
            shown: "12.3K".to_owned(),
            about: 12_300,
            off_by_max: 50,
        }),
        boosts: Some(4),
        quotes: Some(1),
        score: Some(-3),
        counted_at: Some(t("2026-11-24T06:25:00Z")),
        pinned: false,
        media: true,
    }
}

fn outcome() -> Outcome {
    Outcome {
        source: SourceId::new("river-daily"),
        at: t("2026-11-24T06:15:00Z"),
        kind: OutcomeKind::Status,
        status: Some(503),
        items_new: 0,
        items_updated: 0,
        items_unchanged: 0,
        repaired: None,
        error: Some("the answer has status 503".to_owned()),
        body_bytes: 12,
        moved_to: None,
        fallback: None,
    }
}

#[test]
fn a_search() {
    let directory = directory();
    check(
        "search.json",
        &SearchBody {
            query: "作票".to_owned(),
            zone: "Asia/Taipei".to_owned(),
            window: window(),
            sort: "newest".to_owned(),
            total: 31,
            items_max: None,
            items: vec![ItemBody::from_model(&item(), context(&directory))],
            cursor: Some("6435f.b".to_owned()),
            coverage: CoverageBody::from_model(&burst().coverage),
            permalink: "/search?q=%E4%BD%9C%E7%A5%A8&from=7d&to=".to_owned(),
        },
    );
}

#[test]
fn an_item_of_an_unlisted_source_in_full() {
    let directory = directory();
    let mut item = item();
    item.sources = vec![SourceId::new("import:Someone")];
    item.publisher = PublisherId::new("Someone");
    let wordings = wordings();
    let versions: Vec<_> = wordings
        .iter()
        .rev()
        .map(|wording| wording.version.clone())
        .collect();
    let context = ItemContext {
        directory: &directory,
        lang: None,
        story: None,
        excerpt: Excerpt::default(),
        has_hidden: true,
        post: Some(post()),
        absences: absences(),
    };
    check(
        "item.json",
        &ItemDetailBody::from_model(
            &item,
            &versions,
            &wordings[..2],
            vec![NarrativeMatchBody {
                narrative: "tw-vote-count-fraud".to_owned(),
                title: "Votes are not counted".to_owned(),
                lang: "zh-Hant".to_owned(),
                query: "作票".to_owned(),
            }],
            context,
        ),
    );
}

/// Gone, back, and gone.
fn absences() -> Vec<Absence> {
    let look = |minute: u8, capture| CaptureAt {
        at: t(&format!("2026-11-24T07:{minute}:00Z")),
        capture: CaptureId(capture),
    };
    let absence = |minute, capture, back| Absence {
        source: SourceId::new("import:Someone"),
        last_shown: look(minute, capture),
        first_missing: look(minute + 5, capture + 1),
        confirmed: look(minute + 10, capture + 2),
        back,
    };
    vec![absence(10, 6, Some(look(25, 9))), absence(30, 10, None)]
}

/// Newest first.
fn wordings() -> [Wording; 3] {
    let wording = |number, capture, title: &str| Wording {
        version: ItemVersion {
            number,
            seq: Seq(u64::from(number)),
            seen: t("2026-11-24T06:15:00Z"),
            published: None,
            capture: CaptureId(capture),
        },
        title: title.to_owned(),
        text: "投票率為三成。".to_owned(),
    };
    [
        Wording {
            text: "投票率為四成。".to_owned(),
            ..wording(3, 5, "Ballots were found")
        },
        wording(2, 4, "Ballots were not found"),
        wording(1, 4, "Ballots were found"),
    ]
}

#[test]
fn what_changed_in_each_wording() {
    let [third, second, first] = wordings();
    check(
        "versions.json",
        &ListBody {
            items: vec![
                ChangedVersionBody::from_model(&third, Some(&second), "zh-Hant"),
                ChangedVersionBody::from_model(&second, Some(&first), "zh-Hant"),
                ChangedVersionBody::from_model(&first, None, "zh-Hant"),
            ],
            cursor: None,
        },
    );
}

#[test]
fn an_excerpt_is_bounded() {
    let directory = directory();
    let excerpt = Excerpt::new(&"選".repeat(999), Vec::new());
    let context = ItemContext {
        excerpt,
        ..context(&directory)
    };
    assert_eq!(
        ItemBody::from_model(&item(), context)
            .snippet
            .chars()
            .count(),
        300
    );
}

#[test]
fn facets() {
    let counts = |items, families, stories| FacetCountsBody {
        items,
        families,
        stories,
    };
    check(
        "facets.json",
        &FacetsBody {
            query: "作票".to_owned(),
            zone: "Asia/Taipei".to_owned(),
            window: window(),
            total: counts(31, Some(7), Some(9)),
            facets: vec![FacetBody {
                field: "source".to_owned(),
                values: vec![FacetValueBody::new(
                    "river-daily".to_owned(),
                    Some("河日報".to_owned()),
                    counts(24, Some(1), None),
                )],
                others: FacetOthersBody {
                    values: 6,
                    items: 7,
                },
                unknown: Some(counts(0, Some(0), Some(0))),
            }],
            coverage: CoverageBody::from_model(&burst().coverage),
            permalink: "/search?q=%E4%BD%9C%E7%A5%A8&from=7d&to=".to_owned(),
        },
    );
}

#[test]
fn terms() {
    check(
        "terms.json",
        &TermsBody {
            query: "作票".to_owned(),
            zone: "Asia/Taipei".to_owned(),
            window: window(),
            total: 31,
            sampled: 31,
            outside: 4_000,
            terms: vec![TermBody {
                term: "開票所".to_owned(),
                matching: 12,
                outside: 3,
                significance: 71.5,
            }],
            coverage: CoverageBody::from_model(&burst().coverage),
            permalink: "/search?q=%E4%BD%9C%E7%A5%A8&from=7d&to=".to_owned(),
        },
    );
}

#[test]
fn a_timeline_with_an_hour_that_was_not_collected() {
    let span = |from: &str, to: &str| Span {
        from: t(from),
        to: t(to),
    };
    let counts = BinCounts {
        items: 31,
        families: 7,
        stories: 9,
        by: BTreeMap::from([("aa-state".to_owned(), 24), ("bb-domestic".to_owned(), 7)]),
        others: 0,
    };
    check(
        "timeline.json",
        &TimelineBody {
            query: "作票".to_owned(),
            bin: "1h".to_owned(),
            zone: "Asia/Taipei".to_owned(),
            window: window(),
            by: Some("group".to_owned()),
            bins: vec![
                BinBody::from_model(
                    span("2026-11-24T06:00:00Z", "2026-11-24T07:00:00Z"),
                    "+08:00".to_owned(),
                    Some(counts),
                    BinCoverageBody::new(3, 2),
                    false,
                ),
                BinBody::from_model(
                    span("2026-11-24T07:00:00Z", "2026-11-24T08:00:00Z"),
                    "+08:00".to_owned(),
                    None,
                    BinCoverageBody::new(3, 0),
                    false,
                ),
            ],
            coverage: CoverageBody::from_model(&burst().coverage),
            permalink: "/search?q=%E4%BD%9C%E7%A5%A8&from=7d&to=".to_owned(),
        },
    );
}

#[test]
fn coverage_by_the_hour() {
    let cell = |state: &str, marks: &[&str]| CoverageCellBody {
        start: t("2026-11-24T06:00:00Z"),
        end: t("2026-11-24T07:00:00Z"),
        state: state.to_owned(),
        marks: marks.iter().map(ToString::to_string).collect(),
        hours_due: 1,
        hours_collected: u32::from(state == "collected"),
        polls_expected: 1,
        polls_made: 2,
        polls_failed: if state == "collected" { 0 } else { 2 },
        error: (state == "not").then(|| "HTTP 503".to_owned()),
        items_new: 4,
        items_expected: (state == "collected").then_some(ItemRangeBody { low: 1, high: 9 }),
        items_late: 0,
    };
    let body = CoverageHoursBody {
        window: WindowBody {
            to: Some(t("2026-11-24T08:00:00Z")),
            ..window()
        },
        zone: "Asia/Taipei".to_owned(),
        bin: "hour".to_owned(),
        by: "source".to_owned(),
        total: 31,
        complete: 30,
        hours_due: 62,
        hours_collected: 61,
        off: 7,
        items: vec![CoverageRowBody {
            id: "river-daily".to_owned(),
            name: "河日報".to_owned(),
            sources: 1,
            hours_due: 2,
            hours_collected: 1,
            items_new: 8,
            items_late: 0,
            error: Some("HTTP 503".to_owned()),
            cells: vec![
                cell("collected", &["new-source"]),
                cell("not", &["backlog", "gap"]),
            ],
        }],
        cursor: Some("p1".to_owned()),
    };
    check("coverage.json", &body);
    let lines = CoverageLineBody::all(&body);
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1].cells().len(), CoverageLineBody::COLUMNS.len());
}

#[test]
fn a_source_and_its_last_attempt() {
    let mut river = source("river-daily", "河日報", &["aa-state"]);
    check("outcome.json", &OutcomeBody::from_model(&outcome()));
    let since = t("2026-11-24T05:45:00Z");
    let course = SourceCourse {
        last: Some(outcome()),
        failures: Some(Failures { since, count: 4 }),
        newest: Some(t("2026-11-24T05:31:00Z")),
    };
    let failing = SourceCondition {
        state: SourceState::Failing,
        since: Some(since),
        why: Some("the last 4 attempts failed: the answer has status 503".to_owned()),
    };
    check(
        "source.json",
        &SourceBody::from_model(&river, &course, &failing),
    );
    let state = |source: &Source| SourceBody::from_model(source, &course, &failing).state;
    river.enabled = false;
    assert_eq!(state(&river), "off");
    river.kind = SourceKind::Import;
    assert_eq!(state(&river), "import");
}

#[test]
fn a_burst() {
    check(
        "burst.json",
        &BurstBody::from_model(&burst(), Some("https://bellwether.example.org")),
    );
    let mut unknown = burst();
    unknown.id = bellwether_model::BurstId::new("b/../選");
    unknown.judgement = Judgement::Insufficient {
        days: 3,
        days_needed: 14,
    };
    let body = BurstBody::from_model(&unknown, None);
    assert_eq!(body.links.api, "/api/v1/bursts/b%2F%2E%2E%2F%E9%81%B8");
    assert_eq!(body.links.page, None);
    assert_eq!(
        serde_json::to_value(body.judgement).unwrap(),
        serde_json::json!({"result": "insufficient", "days": 3, "days_needed": 14})
    );
}

#[test]
fn a_rule_with_its_precision() {
    let rule = Rule {
        id: RuleId::new("aa-ballots"),
        name: "作票".to_owned(),
        query: "title:作票 OR text:作票".to_owned(),
        groups: vec![GroupId::new("aa-state")],
        window: std::time::Duration::from_secs(7200),
        gate: Gate::default(),
        receivers: vec![ReceiverId::new("newsroom-chat")],
        election: None,
        p_max: None,
        phases: Vec::new(),
    };
    let verdicts = Verdicts {
        alerts: 9,
        useful: 3,
        noise: 1,
        known: 2,
    };
    let precision = Precision {
        share: 0.75,
        low: 0.3006,
        high: 0.9544,
    };
    let since = Some(t("2026-08-26T08:01:00Z"));
    let recent = PrecisionBody::from_model(since, &Verdicts::default(), None);
    let ever = PrecisionBody::from_model(None, &verdicts, Some(precision));
    check("rule.json", &RuleBody::of_query(&rule, recent, ever));
}

#[test]
fn an_alert_with_its_messages() {
    let delivery = Delivery {
        key: DeliveryKey::new("firing:1:9aaa"),
        alert: AlertId::new("a-b-7f3a"),
        receiver: ReceiverId::new("newsroom-chat"),
        kind: DeliveryKind::Firing,
        revision: 1,
        state: DeliveryState::Pending,
        attempts: 1,
        created: t("2026-11-24T08:01:00Z"),
        next_at: t("2026-11-24T08:02:00Z"),
        possible_repeat: true,
        error: Some("the connection to hooks.example.org broke: reset".to_owned()),
        delivered: None,
        sent: bellwether_model::Sent::default(),
        hold: None,
    };
    let settled = Delivery {
        state: DeliveryState::Delivered,
        error: None,
        delivered: Some(t("2026-11-24T08:01:01Z")),
        ..delivery.clone()
    };
    let mut alert = alert();
    alert.state = AlertState::Acknowledged;
    alert.verdict = Some(Verdict::Known);
    alert.history.push(AlertChange {
        at: t("2026-11-24T08:20:00Z"),
        what: AlertChange::ACKNOWLEDGED.to_owned(),
        by: Some("林 Lin".to_owned()),
        verdict: Some(Verdict::Known),
        note: Some("the same film as on Monday".to_owned()),
    });
    let body = AlertBody::from_model(&alert, &[delivery, settled]);
    check(
        "alerts.json",
        &ListBody {
            items: vec![body],
            cursor: None,
        },
    );
}

#[test]
fn a_problem_says_what_where_why_and_what_to_do() {
    let problem = Problem::new(400, "unknown-field", "unknown field `publsher`")
        .detail("at character 14; known fields near it: publisher, platform")
        .instance("/api/v1/search")
        .position(14)
        .suggestion("publisher:rt ballots")
        .hint("see the fields in docs/query.md");
    check("problem.json", &problem);
    let bare = serde_json::to_value(Problem::new(404, "not-found", "no such burst")).unwrap();
    assert_eq!(
        bare,
        serde_json::json!({"type": "/problems/not-found", "title": "no such burst", "status": 404})
    );
}

#[test]
fn ready_where_all_is() {
    let check_of = |name: &str, ready| CheckBody {
        name: name.to_owned(),
        ready,
        detail: None,
    };
    assert!(ReadyBody::new(vec![check_of("index", true)]).ready);
    check(
        "ready.json",
        &ReadyBody::new(vec![check_of("log", true), check_of("index", false)]),
    );
}
