//! Messages as people see them. `UPDATE_GOLDEN=1 cargo test -p bellwether-api` writes them anew.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot set up its world must fail"
)]

mod world;

use std::sync::LazyLock;

use bellwether_api::display::NAME_CHARS_MAX;
use bellwether_api::wording::{Facts, Message, Names, coverage_message, message};
use bellwether_model::{
    Alert, AlertState, Burst, BurstState, CoverageReport, DeliveryKind, Detector, Directory,
    Expected, FoundTerm, Gap, GateResult, GroupId, ItemId, Judgement, Missing, MissingReason,
    Outage, Phase, PostedObject, Rise, SourceChange, SourceId, SourceState, Span, Verdict, Whose,
    Withheld,
};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use world::{alert, burst, directory, golden, t};

fn worded(
    burst: &Burst,
    alert: &Alert,
    kind: DeliveryKind,
    change: impl FnOnce(&mut Facts<'_>),
) -> Message {
    let names = Names::of(&directory());
    let zone = TimeZone::get("Asia/Taipei").unwrap();
    let mut facts = Facts {
        names: &names,
        zone: &zone,
        public_url: Some("https://bellwether.example.org/"),
        possible_repeat: false,
        invented: false,
        acknowledged: None,
        withholding: None,
    };
    change(&mut facts);
    message(burst, alert, kind, &facts)
}

#[test]
fn firing() {
    let message = worded(&burst(), &alert(), DeliveryKind::Firing, |_| {});
    golden("firing.txt", &message.text());
    let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/alerts.md");
    let docs = std::fs::read_to_string(docs).unwrap();
    assert!(
        docs.contains(&message.text()),
        "docs/alerts.md shows another message"
    );
}

#[test]
fn firing_in_the_demo_without_a_base_for_links_perhaps_again() {
    let mut alert = alert();
    alert.state = AlertState::Acknowledged;
    let message = worded(&burst(), &alert, DeliveryKind::Firing, |facts| {
        facts.public_url = None;
        facts.possible_repeat = true;
        facts.invented = true;
    });
    golden("firing-demo-repeat.txt", &message.text());
    assert!(message.link.is_none());
}

#[test]
fn firing_on_insufficient_data() {
    let mut burst = burst();
    burst.judgement = Judgement::Insufficient {
        days: 3,
        days_needed: 14,
    };
    burst.first_seen = None;
    burst.coverage.sources = 0;
    burst.coverage.missing.clear();
    burst.observed.items = 1;
    burst.observed.families = 1;
    burst.stories.truncate(1);
    burst.stories[0].items = 1;
    let message = worded(&burst, &alert(), DeliveryKind::Firing, |_| {});
    golden("firing-insufficient.txt", &message.text());
}

#[test]
fn a_rule_of_which_only_those_outside_the_press_are_counted() {
    let mut burst = burst();
    burst.detector = Detector::Query {
        whose: Whose::Outside,
    };
    burst.groups.truncate(1);
    let message = worded(&burst, &alert(), DeliveryKind::Firing, |_| {});
    golden("firing-outside.txt", &message.text());
}

/// A burst of a term that nobody listed.
fn of_term() -> Burst {
    let mut burst = burst();
    burst.name = "幽靈選票".to_owned();
    burst.detector = Detector::Term(FoundTerm {
        counted: "幽靈".to_owned(),
        spellings: vec!["幽靈選票".to_owned(), "幽灵选票".to_owned()],
        rise: Rise::Sharp,
        whose: Whose::Outside,
        group: None,
        key: 7,
        script: 0,
    });
    burst.judgement = Judgement::Tested {
        expected: Expected {
            mean: 0.12,
            low: 0,
            high: 1,
            size: Some(0.5),
            windows: 0,
            days: 28,
        },
        p: 2.1e-9,
        p_max: 6.3e-8,
    };
    burst
}

#[test]
fn a_term_that_nobody_listed() {
    let message = worded(&of_term(), &alert(), DeliveryKind::Firing, |_| {});
    golden("firing-term.txt", &message.text());
    let mut burst = of_term();
    let Detector::Term(term) = &mut burst.detector else {
        unreachable!();
    };
    term.rise = Rise::Slow;
    term.group = Some(GroupId::new("aa-state"));
    let message = worded(&burst, &alert(), DeliveryKind::Firing, |_| {});
    golden("firing-term-slow.txt", &message.text());
}

/// The phase in which no poll may be quoted.
static BLACKOUT: LazyLock<Phase> = LazyLock::new(|| Phase {
    id: "poll-blackout".to_owned(),
    start: Some(t("2026-11-17T16:00:00Z")),
    end: Some(t("2026-11-28T08:00:00Z")),
    withholds: Some(Withheld::Polls),
    law: Some("Invented Election Act,\narticle 53".to_owned()),
});

#[test]
fn what_looks_like_a_poll_is_withheld_with_its_spellings_and_nothing_else() {
    let mut burst = of_term();
    let Detector::Term(term) = &mut burst.detector else {
        unreachable!();
    };
    // Neither alone looks like a poll.
    burst.name = "陳虛構支持".to_owned();
    term.spellings = vec!["陳虛構支持".to_owned(), "陈虚构 52%".to_owned()];
    let full = worded(&burst, &alert(), DeliveryKind::Firing, |_| {});
    let held = worded(&burst, &alert(), DeliveryKind::Firing, |facts| {
        facts.withholding = Some(&BLACKOUT);
    });
    golden("firing-withheld.txt", &held.text());
    assert!(held.is_withheld && !full.is_withheld);
    assert!(full.text().contains("陳虛構支持"), "{}", full.text());
    assert!(
        !held.text().contains("構") && !held.text().contains("52"),
        "{}",
        held.text()
    );
    assert_eq!(held.link, full.link);
    // Numbers stay.
    assert_eq!(
        held.headline,
        full.headline.replace("陳虛構支持", "(withheld)")
    );
    let kept = |message: &Message| {
        let lines = message.lines.iter();
        lines
            .filter(|line| !line.contains("Nobody listed"))
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(kept(&held), kept(&full));

    let resolved = worded(&burst, &alert(), DeliveryKind::Resolved, |facts| {
        facts.withholding = Some(&BLACKOUT);
    });
    assert!(
        resolved.headline.contains("(withheld)"),
        "{}",
        resolved.headline
    );
    assert!(resolved.is_withheld);

    // What is no poll is told in full, blackout or not.
    let other = worded(&of_term(), &alert(), DeliveryKind::Firing, |facts| {
        facts.withholding = Some(&BLACKOUT);
    });
    assert_eq!(
        other,
        worded(&of_term(), &alert(), DeliveryKind::Firing, |_| {})
    );
}

#[test]
fn a_text_that_others_also_publish() {
    let mut burst = burst();
    burst.detector = Detector::Lineage { first: ItemId(11) };
    burst.judgement = Judgement::Gates;
    burst.gates = vec![GateResult {
        name: "domestic families at least".to_owned(),
        value: 4.0,
        limit: 3.0,
        passed: true,
    }];
    let message = worded(&burst, &alert(), DeliveryKind::Firing, |_| {});
    golden("firing-lineage.txt", &message.text());
}

#[test]
fn an_object_posted_together() {
    let mut burst = burst();
    burst.name = "claims.example/1".to_owned();
    burst.detector = Detector::Coordination(PostedObject {
        object: "link".to_owned(),
        key: 7,
        window_seconds: 60,
        accounts: 12,
        silent_before: 9,
    });
    burst.gates.clear();
    burst.judgement = Judgement::Tested {
        expected: Expected {
            mean: 0.008,
            low: 0,
            high: 0,
            size: None,
            windows: 0,
            days: 0,
        },
        p: 3.9e-22,
        p_max: 3.2e-5,
    };
    let message = worded(&burst, &alert(), DeliveryKind::Firing, |_| {});
    golden("firing-together.txt", &message.text());
}

#[test]
fn resolved() {
    let mut burst = burst();
    burst.state = BurstState::Ended;
    burst.ended = Some(t("2026-11-24T11:21:00Z"));
    burst.coverage.missing.clear();
    burst.observed.items = 2;
    let message = worded(&burst, &alert(), DeliveryKind::Resolved, |_| {});
    golden("resolved.txt", &message.text());

    // Who had it by then is told; a name is text, whatever it holds.
    let taken = |by, verdict| {
        worded(&burst, &alert(), DeliveryKind::Resolved, |facts| {
            facts.acknowledged = Some((by, verdict));
        })
    };
    golden(
        "resolved-acknowledged.txt",
        &taken("林 Lin", Some(Verdict::Useful)).text(),
    );
    let lines = taken("L\u{202E}in", None).all_lines();
    assert!(
        lines.contains(&"Acknowledged by Lin; no verdict yet".to_owned()),
        "{lines:?}"
    );
}

#[test]
fn hidden_characters_and_foreign_directions() {
    let mut burst = burst();
    burst.name = "作\u{200B}票\u{202E} @everyone <!channel>\nhttps://evil.example/".to_owned();
    burst.coverage.missing = (0..9)
        .map(|n| Missing {
            source: SourceId::new(format!("import:انتخابات {n}")),
            reason: MissingReason::NotPolled,
            error: None,
        })
        .collect();
    let message = worded(&burst, &alert(), DeliveryKind::Firing, |_| {});
    golden("firing-hidden.txt", &message.text());
}

fn change(source: &str, from: SourceState, to: SourceState) -> SourceChange {
    let trouble = to.needs_a_person();
    SourceChange {
        source: SourceId::new(source),
        from,
        to,
        since: t("2026-11-24T06:02:00Z"),
        why: trouble.then(|| why(to).to_owned()),
        at: t("2026-11-24T06:33:00Z"),
        begun: t("2026-11-24T06:33:00Z"),
        gap: (!trouble).then(|| Gap {
            span: Span {
                from: t("2026-11-24T03:54:00Z"),
                to: t("2026-11-24T06:02:00Z"),
            },
            found: (from == SourceState::Failing).then_some(12),
        }),
    }
}

fn why(state: SourceState) -> &'static str {
    match state {
        SourceState::Blocked => {
            "the last 3 attempts failed: a check for robots in place of the feed"
        }
        SourceState::Failing => "the last 4 attempts failed: the answer has status 503",
        SourceState::Ended => "the last 150 attempts failed: the answer has status 410",
        SourceState::Silent => {
            "nothing new in 31 collected hours; no pause of the four weeks before was longer than 9"
        }
        _ => {
            "moved for good to https://new.example/rss: put the new address into the configuration"
        }
    }
}

fn report(changes: Vec<SourceChange>) -> CoverageReport {
    CoverageReport {
        reported: t("2026-11-24T06:38:00Z"),
        changes,
        outage: None,
        states: vec![
            (SourceState::Blocked, 1),
            (SourceState::Failing, 2),
            (SourceState::Degraded, 4),
            (SourceState::Ok, 196),
        ],
    }
}

fn told(report: &CoverageReport, change: impl FnOnce(&mut Facts<'_>)) -> Message {
    let names = Names::of(&directory());
    let zone = TimeZone::get("Asia/Taipei").unwrap();
    let mut facts = Facts {
        names: &names,
        zone: &zone,
        public_url: Some("https://bellwether.example.org/"),
        possible_repeat: false,
        invented: false,
        acknowledged: None,
        withholding: None,
    };
    change(&mut facts);
    coverage_message(report, &facts)
}

use SourceState::{Blocked, Ended, Failing, Moved, Ok as Well, Silent};

#[test]
fn coverage_of_one_source() {
    let failing = report(vec![change("harbour-post", Well, Failing)]);
    golden("coverage-failing.txt", &told(&failing, |_| {}).text());
    let again = report(vec![change("harbour-post", Failing, Well)]);
    golden("coverage-again.txt", &told(&again, |_| {}).text());
    let silent = report(vec![change("harbour-post", Silent, Well)]);
    let message = told(&silent, |facts| {
        facts.public_url = None;
        facts.possible_repeat = true;
        facts.invented = true;
    });
    golden("coverage-publishes-again.txt", &message.text());
    // One that had ended was collected all the while, or was not: then something was found afterwards.
    for (found, words) in [(None, "publishes again"), (Some(0), "is collected again")] {
        let mut ended = change("harbour-post", Ended, Well);
        ended.gap.as_mut().unwrap().found = found;
        let message = told(&report(vec![ended]), |_| {});
        assert!(message.headline.contains(words), "{}", message.headline);
    }
}

#[test]
fn coverage_of_several_sources() {
    let message = told(
        &report(vec![
            change("river-daily", Failing, Blocked),
            change("harbour-post", Well, Failing),
            change("gone-gazette", Failing, Ended),
            change("hill-radio", Well, Silent),
            change("moved-mail", Well, Moved),
            change("back-bulletin", Failing, Well),
            change("followed-mail", Moved, Well),
        ]),
        |_| {},
    );
    golden("coverage-several.txt", &message.text());
    let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/coverage.md");
    let docs = std::fs::read_to_string(docs).unwrap();
    assert!(
        docs.contains(&message.text()),
        "docs/coverage.md shows another message"
    );
}

#[test]
fn coverage_of_many_sources_names_ten() {
    let changes = (0..250)
        .map(|n| change(&format!("source-{n:03}"), Well, Failing))
        .collect();
    let message = told(&report(changes), |_| {});
    assert_eq!(message.headline, "Coverage: 250 failing");
    assert_eq!(message.lines.len(), 10 + 1 + 2);
    assert_eq!(message.lines[10], "and 240 more; the page has all sources");
    assert!(message.text().chars().count() < 4_000);
}

#[test]
fn coverage_where_most_sources_fail() {
    let mut outage = Outage {
        since: t("2026-11-24T06:02:00Z"),
        failed: 180,
        tried: 200,
        hosts: 95,
        why: Some("the name harbour-post.example.org cannot be looked up".to_owned()),
        gap: None,
    };
    let mut report = report(Vec::new());
    report.outage = Some(outage.clone());
    golden("coverage-outage.txt", &told(&report, |_| {}).text());
    outage.gap = Some(Gap {
        span: Span {
            from: outage.since,
            to: t("2026-11-25T01:00:00Z"),
        },
        found: Some(1),
    });
    report.outage = Some(outage);
    golden("coverage-outage-over.txt", &told(&report, |_| {}).text());
}

#[test]
fn a_message_never_accuses() {
    for file in std::fs::read_dir(world::golden_dir()).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path())
            .unwrap()
            .to_lowercase();
        for word in [
            "campaign",
            "coordinat",
            "propaganda",
            "proof",
            "prove",
            "attack",
        ] {
            assert!(!text.contains(word), "{word} in {text}");
        }
    }
}

#[test]
fn what_has_no_name_is_called_by_its_id() {
    let names = Names::of(&Directory::default());
    assert_eq!(names.source(&SourceId::new("x")), "x");
}

proptest! {
    /// Whatever a name holds, each part of a message is one bounded line.
    #[test]
    fn names_cannot_break_lines(name in any::<String>()) {
        let mut burst = burst();
        burst.name = name;
        let mut reported = report(vec![change("river-daily", Failing, Blocked)]);
        reported.changes[0].why = Some(burst.name.clone());
        let lines = told(&reported, |_| {}).all_lines();
        let message = worded(&burst, &alert(), DeliveryKind::Firing, |_| {});
        for line in message.all_lines().into_iter().chain(lines) {
            prop_assert!(!line.chars().any(char::is_control), "{line:?}");
            prop_assert!(line.chars().count() < NAME_CHARS_MAX * 8, "{line}");
        }
    }
}
