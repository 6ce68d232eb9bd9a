//! What people say of alerts, and what follows from it.
#![expect(clippy::unwrap_used, reason = "a test fails by them")]

use bellwether_alert::{
    ACKNOWLEDGEMENTS_MAX, AcknowledgeError, Acknowledgement, acknowledge, acknowledged_before,
    precision,
};
use bellwether_model::{
    Alert, AlertChange, AlertId, AlertState, BurstId, Cause, Precision, RuleId, Timestamp, Verdict,
    Verdicts,
};
use proptest::prelude::*;

fn t(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_795_500_000 + 60 * minutes).unwrap()
}

fn change(minutes: i64, what: &str) -> AlertChange {
    AlertChange {
        at: t(minutes),
        what: what.to_owned(),
        by: None,
        verdict: None,
        note: None,
    }
}

fn firing() -> Alert {
    Alert {
        id: AlertId::new("a-b1"),
        cause: Cause::Burst {
            burst: BurstId::new("b1"),
            rule: RuleId::new("ballots"),
        },
        revision: 1,
        name: "作票".to_owned(),
        state: AlertState::Firing,
        started: t(0),
        updated: t(0),
        resolved: None,
        verdict: None,
        labels: bellwether_model::Labels::default(),
        told: None,
        history: vec![change(0, "fired")],
    }
}

fn said(by: &str, verdict: Option<Verdict>) -> Acknowledgement {
    Acknowledgement::new(by, verdict, None).unwrap()
}

/// The alert after what was said at some minutes.
fn after(all: &[(&str, Option<Verdict>, i64)]) -> Alert {
    all.iter().fold(firing(), |alert, (by, verdict, minutes)| {
        acknowledge(alert, &said(by, *verdict), t(*minutes)).unwrap()
    })
}

#[test]
fn names_and_notes_are_bounded() {
    for nobody in ["", "  ", "a\nb", "a\u{7}", &"x".repeat(65)] {
        let refused = Acknowledgement::new(nobody, None, None);
        assert_eq!(refused, Err(AcknowledgeError::Name), "{nobody:?}");
    }
    for note in ["a\nb", &"選".repeat(501)] {
        let refused = Acknowledgement::new("Lin", None, Some(note));
        assert_eq!(refused, Err(AcknowledgeError::Note));
    }
    let longest = Acknowledgement::new(&"林".repeat(64), None, Some(&"選".repeat(500)));
    assert!(longest.is_ok());
    let trimmed = Acknowledgement::new(" Lin ", None, Some("  "));
    assert_eq!(trimmed, Acknowledgement::new("Lin", None, None));
}

#[test]
fn the_last_verdict_counts_and_all_stay_in_the_history() {
    let useful = Some(Verdict::Useful);
    let alert = after(&[
        ("Lin", None, 1),
        ("Lin", useful, 2),
        ("Wu", Some(Verdict::Noise), 3),
        ("Lin", None, 4),
    ]);
    assert_eq!(
        (alert.state, alert.verdict, alert.updated),
        (AlertState::Acknowledged, Some(Verdict::Noise), t(4)),
        "one without a verdict takes none back"
    );
    let told: Vec<_> = (alert.history.iter().skip(1))
        .map(|change| (change.by.as_deref().unwrap(), change.verdict, change.at))
        .collect();
    assert_eq!(
        told,
        [
            ("Lin", None, t(1)),
            ("Lin", useful, t(2)),
            ("Wu", Some(Verdict::Noise), t(3)),
            ("Lin", None, t(4)),
        ]
    );
}

#[test]
fn what_was_said_last_said_again_changes_nothing() {
    let noted = Acknowledgement::new("Lin", Some(Verdict::Known), Some("same as Monday")).unwrap();
    let once = acknowledge(firing(), &noted, t(1)).unwrap();
    assert_eq!(acknowledge(once.clone(), &noted, t(9)), Ok(once.clone()));
    let other = Acknowledgement::new("Lin", Some(Verdict::Known), Some("as on Monday")).unwrap();
    let twice = acknowledge(once.clone(), &other, t(9)).unwrap();
    assert_eq!(twice.history.len(), once.history.len() + 1);

    // Fired again, it wants a new look, and the same words are one.
    let mut again = once;
    again.state = AlertState::Firing;
    again.history.push(change(20, "fired again"));
    let taken = acknowledge(again, &noted, t(21)).unwrap();
    assert_eq!(taken.state, AlertState::Acknowledged);
    assert_eq!(taken.acknowledgement().unwrap().at, t(21));
}

#[test]
fn one_that_has_resolved_can_be_judged_and_stays_resolved() {
    let mut alert = firing();
    alert.state = AlertState::Resolved;
    alert.resolved = Some(t(5));
    alert.history.push(change(5, "ended"));
    let judged = acknowledge(alert, &said("Lin", Some(Verdict::Noise)), t(90)).unwrap();
    assert_eq!(
        (judged.state, judged.resolved, judged.verdict),
        (AlertState::Resolved, Some(t(5)), Some(Verdict::Noise))
    );
}

#[test]
fn a_program_that_repeats_itself_does_not_grow_the_record() {
    let mut alert = firing();
    for minute in 0..ACKNOWLEDGEMENTS_MAX {
        let by = format!("bot-{minute}");
        alert = acknowledge(alert, &said(&by, None), t(1)).unwrap();
    }
    let one_more = acknowledge(alert.clone(), &said("Lin", None), t(2));
    assert_eq!(one_more, Err(AcknowledgeError::Full));
    let last = format!("bot-{}", ACKNOWLEDGEMENTS_MAX - 1);
    let repeat = acknowledge(alert.clone(), &said(&last, None), t(2));
    assert_eq!(repeat, Ok(alert));
}

#[test]
fn the_end_tells_who_had_it_by_then() {
    let mut alert = after(&[("Wu", Some(Verdict::Useful), 1), ("Lin \u{5d0}", None, 2)]);
    alert.history.push(change(5, "ended"));
    alert.state = AlertState::Resolved;
    let late = acknowledge(alert, &said("Chen", Some(Verdict::Noise)), t(6)).unwrap();
    let by_then = Some(("Lin \u{5d0}", Some(Verdict::Useful)));
    assert_eq!(acknowledged_before(&late, t(5)), by_then);
    assert_eq!(acknowledged_before(&late, t(4)), None, "no end of then");

    // The next time it fired nobody took it; what is said of the first end stays.
    let mut again = late;
    again.history.push(change(8, "fired again"));
    again.history.push(change(9, "ended"));
    assert_eq!(acknowledged_before(&again, t(9)), None);
    assert_eq!(acknowledged_before(&again, t(5)), by_then);
}

fn of(useful: u64, noise: u64) -> Option<Precision> {
    precision(&Verdicts {
        alerts: useful + noise + 40,
        useful,
        noise,
        known: 7,
    })
}

#[test]
fn no_verdict_is_unknown_and_known_ones_do_not_count() {
    assert_eq!(of(0, 0), None);
    assert_eq!(of(3, 1).unwrap().share, 0.75);
}

/// Table I of Newcombe, Two-sided confidence intervals for the single proportion, Statistics in
/// Medicine 17 (1998), its method 3 (score, without continuity correction).
#[test]
fn the_range_is_that_of_the_literature() {
    for (useful, n, low, high) in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ] {
        let found = of(useful, n - useful).unwrap();
        let is_near = |a: f64, b: f64| (a - b).abs() < 0.000_06;
        assert!(
            is_near(found.low, low) && is_near(found.high, high),
            "{useful} of {n}: {found:?}"
        );
    }
}

proptest! {
    /// The range holds the share, lies between 0 and 1, mirrors itself, and narrows as verdicts of the
    /// same kind come in.
    #[test]
    fn the_range_behaves(useful in 0_u64..100_000, noise in 0_u64..100_000) {
        prop_assume!(useful + noise > 0);
        let found = of(useful, noise).unwrap();
        prop_assert!(0.0 <= found.low && found.low <= found.share);
        prop_assert!(found.share <= found.high && found.high <= 1.0);
        prop_assert!(found.high - found.low > 0.0, "never certain");
        let mirrored = of(noise, useful).unwrap();
        prop_assert!((mirrored.low - (1.0 - found.high)).abs() < 1e-9);
        prop_assert!((mirrored.high - (1.0 - found.low)).abs() < 1e-9);
        let more = of(useful * 4, noise * 4).unwrap();
        prop_assert!(more.high - more.low < found.high - found.low);
        let better = of(useful + 1, noise).unwrap();
        prop_assert!(better.low >= found.low && better.high >= found.high);
    }

    /// However acknowledgements and repeats mix, the verdict is the last that was given, and only what
    /// is new is kept.
    #[test]
    fn any_order_of_words(all in proptest::collection::vec((0_usize..3, 0_usize..4, any::<bool>()), 1..40)) {
        let mut alert = firing();
        let mut last = None;
        for (minute, (who, verdict, repeats)) in all.iter().enumerate() {
            let verdict = Verdict::ALL.get(*verdict).copied();
            let said = said(["Lin", "Wu", "Chen"][*who], verdict);
            let minute = i64::try_from(minute).unwrap();
            alert = acknowledge(alert, &said, t(minute)).unwrap();
            last = verdict.or(last);
            if *repeats {
                let again = acknowledge(alert.clone(), &said, t(minute + 1)).unwrap();
                prop_assert_eq!(&again, &alert);
            }
            prop_assert_eq!(alert.verdict, last);
            prop_assert_eq!(alert.state, AlertState::Acknowledged);
        }
        let kept = alert.history.windows(2).skip(1);
        for pair in kept {
            prop_assert!(pair[0].by != pair[1].by || pair[0].verdict != pair[1].verdict);
        }
    }
}
