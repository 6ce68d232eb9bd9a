//! Messages as people see them. `UPDATE_GOLDEN=1 cargo test -p bellwether-api` writes them anew.

use crate::world;

use std::sync::LazyLock;

use bellwether_api::display::NAME_CHARS_MAX;
use bellwether_api::wording::{
    Facts, Message, Names, coverage_message, message, receiver_message, summary_message,
};
use bellwether_model::{
    Alert, AlertState, Burst, BurstState, CoverageReport, DeliveryKind, Detector, Directory,
    Expected, FoundTerm, Gap, GateResult, GroupId, ItemId, Judgement, MessageLanguage, Missing,
    MissingReason, Outage, Phase, PostedObject, ReceiverFault, Rise, Severity, SourceChange,
    SourceId, SourceState, Span, Subject, Summary, SummaryEntry, SummaryReason, Verdict, Whose,
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
        language: MessageLanguage::English,
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

/// Compares a message with its golden file in each language; the English one is returned.
fn golden_message(name: &str, told: impl Fn(MessageLanguage) -> Message) -> Message {
    for language in MessageLanguage::ALL {
        let file = match language {
            MessageLanguage::English => format!("{name}.txt"),
            other => format!("{name}.{}.txt", other.tag()),
        };
        golden(&file, &told(language).text());
    }
    told(MessageLanguage::English)
}

/// The same of a burst that fires, with nothing special about it.
fn golden_firing(name: &str, burst: &Burst) -> Message {
    golden_message(name, |language| {
        worded(burst, &alert(), DeliveryKind::Firing, |facts| {
            facts.language = language;
        })
    })
}

#[test]
fn firing() {
    let message = golden_firing("firing", &burst());
    let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/alerts.md");
    let docs = std::fs::read_to_string(docs).unwrap();
    assert!(
        docs.contains(&message.text()),
        "docs/alerts.md shows another message"
    );
}

/// What a lock screen shows: what, how much against how much is usual, who, and where first.
#[test]
fn a_lock_screen_says_what_how_much_who_and_where() {
    for (language, parts) in [
        (
            MessageLanguage::English,
            [
                "作票",
                "31 items, 7 voices",
                "2 voices (1 to 5)",
                "Aa state media 5, Bb domestic",
            ],
        ),
        (
            MessageLanguage::TraditionalChinese,
            [
                "作票",
                "31則、7個發聲單位",
                "2個發聲單位（1至5個）",
                "河日報",
            ],
        ),
    ] {
        let message = worded(&burst(), &alert(), DeliveryKind::Firing, |facts| {
            facts.language = language;
        });
        let shown: String = message.text().chars().take(160).collect();
        for part in parts {
            assert!(shown.contains(part), "{part}: {shown}");
        }
    }
}

#[test]
fn firing_in_the_demo_without_a_base_for_links_perhaps_again() {
    let mut alert = alert();
    alert.state = AlertState::Acknowledged;
    let message = golden_message("firing-demo-repeat", |language| {
        worded(&burst(), &alert, DeliveryKind::Firing, |facts| {
            facts.language = language;
            facts.public_url = None;
            facts.possible_repeat = true;
            facts.invented = true;
        })
    });
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
    golden_firing("firing-insufficient", &burst);
}

#[test]
fn a_mean_that_is_no_number_is_told_as_unknown() {
    let mut burst = burst();
    if let Judgement::Tested { expected, .. } = &mut burst.judgement {
        expected.mean = f64::NAN;
    }
    for (language, words) in [
        (
            MessageLanguage::English,
            "; usual Tue 14-16h: unknown voices (1 to 5)",
        ),
        (
            MessageLanguage::TraditionalChinese,
            "；平時週二14至16時：發聲單位數不明（1至5個）",
        ),
    ] {
        let message = worded(&burst, &alert(), DeliveryKind::Firing, |facts| {
            facts.language = language;
        });
        assert!(message.headline.ends_with(words), "{}", message.headline);
    }
}

#[test]
fn lines_of_links_and_notes_are_in_the_language_of_the_message() {
    for (language, note, shortened) in [
        (
            MessageLanguage::English,
            "Note: x",
            "Note: shortened; the page has the rest",
        ),
        (
            MessageLanguage::TraditionalChinese,
            "註：x",
            "註：內容已縮短，其餘見頁面",
        ),
    ] {
        let message = worded(&burst(), &alert(), DeliveryKind::Firing, |facts| {
            facts.language = language;
        });
        assert_eq!(message.language, language);
        assert_eq!(message.note_line("x"), note);
        assert_eq!(message.shortened_line(), shortened);
        let link = message.link.clone().unwrap();
        assert!(message.all_lines().contains(&message.link_line(&link)));
    }
}

#[test]
fn text_from_outside_is_never_read_as_the_syntax_of_a_catalogue() {
    let mut burst = burst();
    burst.name = "{ count-items } { $items } -x = { \"y\" }".to_owned();
    for language in MessageLanguage::ALL {
        let message = worded(&burst, &alert(), DeliveryKind::Firing, |facts| {
            facts.language = language;
        });
        assert!(
            message.headline.contains(&burst.name),
            "{}",
            message.headline
        );
    }
}

#[test]
fn a_rule_of_which_only_those_outside_the_press_are_counted() {
    let mut burst = burst();
    burst.detector = Detector::Query {
        whose: Whose::Outside,
    };
    burst.groups.truncate(1);
    golden_firing("firing-outside", &burst);
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
    golden_firing("firing-term", &of_term());
    let mut burst = of_term();
    let Detector::Term(term) = &mut burst.detector else {
        unreachable!();
    };
    term.rise = Rise::Slow;
    term.group = Some(GroupId::new("aa-state"));
    golden_firing("firing-term-slow", &burst);
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
    let held = golden_message("firing-withheld", |language| {
        worded(&burst, &alert(), DeliveryKind::Firing, |facts| {
            facts.language = language;
            facts.withholding = Some(&BLACKOUT);
        })
    });
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
    golden_firing("firing-lineage", &burst);
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
    golden_firing("firing-together", &burst);
}

#[test]
fn resolved() {
    let mut burst = burst();
    burst.state = BurstState::Ended;
    burst.ended = Some(t("2026-11-24T11:21:00Z"));
    burst.coverage.missing.clear();
    burst.observed.items = 2;
    golden_message("resolved", |language| {
        worded(&burst, &alert(), DeliveryKind::Resolved, |facts| {
            facts.language = language;
        })
    });

    // Who had it by then is told; a name is text, whatever it holds.
    let taken = |by, verdict, language| {
        worded(&burst, &alert(), DeliveryKind::Resolved, |facts| {
            facts.language = language;
            facts.acknowledged = Some((by, verdict));
        })
    };
    golden_message("resolved-acknowledged", |language| {
        taken("林 Lin", Some(Verdict::Useful), language)
    });
    let lines = taken("L\u{202E}in", None, MessageLanguage::English).all_lines();
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
    golden_firing("firing-hidden", &burst);
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
        language: MessageLanguage::English,
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

/// The same as [`golden_message`], of a report.
fn golden_told(name: &str, report: &CoverageReport) -> Message {
    golden_message(name, |language| {
        told(report, |facts| facts.language = language)
    })
}

use SourceState::{Blocked, Ended, Failing, Moved, Ok as Well, Silent};

#[test]
fn coverage_of_one_source() {
    let failing = report(vec![change("harbour-post", Well, Failing)]);
    golden_told("coverage-failing", &failing);
    let again = report(vec![change("harbour-post", Failing, Well)]);
    golden_told("coverage-again", &again);
    let silent = report(vec![change("harbour-post", Silent, Well)]);
    golden_message("coverage-publishes-again", |language| {
        told(&silent, |facts| {
            facts.language = language;
            facts.public_url = None;
            facts.possible_repeat = true;
            facts.invented = true;
        })
    });
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
    let message = golden_told(
        "coverage-several",
        &report(vec![
            change("river-daily", Failing, Blocked),
            change("harbour-post", Well, Failing),
            change("gone-gazette", Failing, Ended),
            change("hill-radio", Well, Silent),
            change("moved-mail", Well, Moved),
            change("back-bulletin", Failing, Well),
            change("followed-mail", Moved, Well),
        ]),
    );
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
    golden_told("coverage-outage", &report);
    outage.gap = Some(Gap {
        span: Span {
            from: outage.since,
            to: t("2026-11-25T01:00:00Z"),
        },
        found: Some(1),
    });
    report.outage = Some(outage);
    golden_told("coverage-outage-over", &report);
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
            "證明",
            "介入",
            "滲透",
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
        for language in MessageLanguage::ALL {
            let lines = told(&reported, |facts| facts.language = language).all_lines();
            let message = worded(&burst, &alert(), DeliveryKind::Firing, |facts| {
                facts.language = language;
            });
            for line in message.all_lines().into_iter().chain(lines) {
                prop_assert!(!line.chars().any(char::is_control), "{line:?}");
                prop_assert!(line.chars().count() < NAME_CHARS_MAX * 8, "{line}");
            }
        }
    }
}

fn entry(severity: Severity, kind: DeliveryKind, burst: &Burst) -> SummaryEntry {
    SummaryEntry {
        alert: alert().id,
        severity,
        kind,
        subject: Box::new(Subject::Burst(Box::new(burst.clone()))),
    }
}

/// A message about several alerts, with those that it tells one by one as they would be alone.
fn summarised(summary: &Summary, change: impl Fn(&mut Facts<'_>)) -> Message {
    let entries: Vec<(Severity, Message)> = (summary.entries.iter())
        .filter_map(|entry| {
            let Subject::Burst(burst) = &*entry.subject else {
                return None;
            };
            let message = worded(burst, &alert(), entry.kind, &change);
            Some((entry.severity, message))
        })
        .collect();
    assert_eq!(entries.len(), summary.entries.len());
    let names = Names::of(&directory());
    let zone = TimeZone::get("Asia/Taipei").unwrap();
    let mut facts = Facts {
        names: &names,
        language: MessageLanguage::English,
        zone: &zone,
        public_url: Some("https://bellwether.example.org/"),
        possible_repeat: false,
        invented: false,
        acknowledged: None,
        withholding: None,
    };
    change(&mut facts);
    summary_message(summary, &entries, &facts)
}

#[test]
fn several_alerts_in_one_message() {
    let ended = Burst {
        name: "灌票".to_owned(),
        state: BurstState::Ended,
        ended: Some(t("2026-11-24T08:00:00Z")),
        ..burst()
    };
    let reasons = [
        ("group", SummaryReason::Group),
        ("digest", SummaryReason::Digest),
        ("quiet", SummaryReason::Quiet),
        ("limit", SummaryReason::Limit),
        ("released", SummaryReason::Released),
        ("handover", SummaryReason::Handover),
    ];
    for (name, why) in reasons {
        let summary = Summary {
            why,
            from: t("2026-11-23T15:00:00Z"),
            to: t("2026-11-23T23:00:00Z"),
            entries: vec![
                entry(Severity::Critical, DeliveryKind::Firing, &burst()),
                entry(Severity::Warning, DeliveryKind::Updated, &burst()),
                entry(Severity::Info, DeliveryKind::Resolved, &ended),
            ],
            counts: vec![
                (Severity::Critical, 1),
                (Severity::Warning, 1),
                (Severity::Info, 7),
            ],
        };
        golden_message(&format!("summary-{name}"), |language| {
            summarised(&summary, |facts| facts.language = language)
        });
    }
}

#[test]
fn a_burst_that_has_grown() {
    golden_message("updated", |language| {
        worded(&burst(), &alert(), DeliveryKind::Updated, |facts| {
            facts.language = language;
        })
    });
}

#[test]
fn a_receiver_that_takes_no_messages() {
    let mut alert = alert();
    alert.id = bellwether_model::AlertId::new("a-receiver-1-newsroom-chat");
    let fault = |until: Option<&str>| ReceiverFault {
        receiver: bellwether_model::ReceiverId::new("newsroom-chat"),
        since: t("2026-11-24T07:00:00Z"),
        given_up: 3,
        error: "hooks.chat.example answered 404".to_owned(),
        until: until.map(t),
    };
    for (name, fault) in [
        ("receiver-gives-up", fault(None)),
        ("receiver-again", fault(Some("2026-11-24T08:10:00Z"))),
    ] {
        golden_message(name, |language| {
            let names = Names::of(&directory());
            let zone = TimeZone::get("Asia/Taipei").unwrap();
            let facts = Facts {
                names: &names,
                language,
                zone: &zone,
                public_url: Some("https://bellwether.example.org/"),
                possible_repeat: false,
                invented: false,
                acknowledged: None,
                withholding: None,
            };
            receiver_message(&fault, &alert, &facts)
        });
    }
}
