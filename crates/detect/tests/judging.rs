//! What the test promises, as properties, and its level on series in which nothing happens.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of these tests fail as the tests do"
)]

use bellwether_detect::{Baseline, DetectSettings, HourVolume, PastWindow, judge, past_spans};
use bellwether_model::{Counts, Judgement, Span, Timestamp};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const WINDOW_SECONDS: i64 = 7200;

fn window() -> Span {
    let to: Timestamp = "2026-11-20T12:00:00Z".parse().expect("test time");
    Span {
        from: Timestamp::from_second(to.as_second() - WINDOW_SECONDS).expect("test time"),
        to,
    }
}

fn taipei() -> TimeZone {
    TimeZone::get("Asia/Taipei").expect("test zone")
}

fn counts(voices: u32) -> Counts {
    Counts {
        items: voices,
        families: voices,
        stories: voices,
    }
}

fn past(voices: impl Fn(usize, Span) -> (u32, f64)) -> Vec<PastWindow> {
    past_spans(window())
        .enumerate()
        .map(|(at, span)| {
            let (voices, exposure) = voices(at, span);
            PastWindow {
                start: span.from,
                voices,
                exposure,
            }
        })
        .collect()
}

fn p_of(judgement: &Judgement) -> f64 {
    match judgement {
        Judgement::Tested { p, .. } => *p,
        Judgement::Insufficient { .. } | Judgement::Gates => {
            panic!("there is history: {judgement:?}")
        }
    }
}

fn mean_of(judgement: &Judgement) -> f64 {
    match judgement {
        Judgement::Tested { expected, .. } => expected.mean,
        Judgement::Insufficient { .. } | Judgement::Gates => {
            panic!("there is history: {judgement:?}")
        }
    }
}

fn judged(voices: u32, past: &[PastWindow], volumes: &[HourVolume]) -> Judgement {
    let settings = DetectSettings::default();
    judge(
        &counts(voices),
        window(),
        past,
        volumes,
        &taipei(),
        settings,
    )
}

#[test]
fn a_push_is_found_and_a_usual_hour_is_not() {
    let steady = past(|at, _| (u32::from(at % 2 == 0), 1.0));
    assert!(p_of(&judged(2, &steady, &[])) > 0.01);
    assert!(p_of(&judged(8, &steady, &[])) < DetectSettings::P_MAX);
    let Judgement::Tested { expected, .. } = judged(2, &steady, &[]) else {
        panic!("there is history");
    };
    assert!((0.45..0.55).contains(&expected.mean), "{expected:?}");
    assert_eq!((expected.low, expected.high), (0, 2));
    assert_eq!((expected.windows, expected.days), (324, 27));
}

#[test]
fn too_little_history_says_how_much_there_is() {
    for (days, expected) in [(0_usize, 0), (3, 3), (6, 6)] {
        let short: Vec<PastWindow> = past(|_, _| (1, 1.0)).into_iter().take(12 * days).collect();
        let Judgement::Insufficient { days, days_needed } = judged(50, &short, &[]) else {
            panic!("{days} days are too few");
        };
        assert_eq!(days_needed, 7);
        assert_eq!(days, expected);
    }
    let enough: Vec<PastWindow> = past(|_, _| (1, 1.0)).into_iter().take(12 * 7).collect();
    assert!(matches!(judged(50, &enough, &[]), Judgement::Tested { .. }));
}

#[test]
fn the_last_day_and_what_is_older_than_the_history_are_left_out() {
    let mut series = past(|_, _| (1, 1.0));
    let before = judged(6, &series, &[]);
    for hours_ago in [2, 8, 24, 25, 28 * 24 + 2, 9000] {
        series.push(PastWindow {
            start: Timestamp::from_second(window().to.as_second() - hours_ago * 3600)
                .expect("test time"),
            voices: 500,
            exposure: 1.0,
        });
    }
    assert_eq!(judged(6, &series, &[]), before);
}

#[test]
fn half_of_the_families_show_half() {
    let all = past(|_, _| (4, 1.0));
    let half = past(|_, _| (2, 0.5));
    let difference = mean_of(&judged(0, &all, &[])) - mean_of(&judged(0, &half, &[]));
    assert!(difference.abs() < 0.01, "{difference}");
}

#[test]
fn the_rhythm_of_the_scope_moves_the_expectation() {
    // The window lies from 18 to 20 h in Taipei: loud in one scope, quiet in the other.
    let volumes = |loud: std::ops::Range<i8>| -> Vec<HourVolume> {
        let zone = taipei();
        (0..28 * 24)
            .map(|hours| {
                let hour_start =
                    Timestamp::from_second(window().to.as_second() - hours * 3600).expect("time");
                let is_loud = loud.contains(&zone.to_datetime(hour_start).hour());
                HourVolume {
                    hour_start,
                    items: if is_loud { 300 } else { 60 },
                    exposure: 1.0,
                }
            })
            .collect()
    };
    let series = past(|_, _| (1, 1.0));
    let loud = mean_of(&judged(0, &series, &volumes(17..21)));
    let quiet = mean_of(&judged(0, &series, &volumes(3..7)));
    assert!(loud > 1.8 && quiet < 0.8, "{loud} {quiet}");
}

/// A count with this mean; overdispersed with `size`.
fn draw(rng: &mut StdRng, mean: f64, size: Option<f64>) -> u32 {
    let mut rate = mean;
    if let Some(size) = size {
        // Gamma of integral shape: a sum of exponentials.
        let shape = size as u32;
        let sum: f64 = (0..shape).map(|_| -(1.0 - rng.random::<f64>()).ln()).sum();
        rate = mean * sum / size;
    }
    let (mut count, mut left) = (0, rate);
    loop {
        left += (1.0 - rng.random::<f64>()).ln();
        if left < 0.0 {
            return count;
        }
        count += 1;
    }
}

/// Series in which nothing happens fire at about the level of the test. Three times the level are
/// allowed: capping past windows costs a little of the mean, by intent.
#[test]
fn nothing_happens_and_hardly_anything_fires() {
    let mut rng = StdRng::seed_from_u64(20_261_128);
    for (mean, size) in [
        (0.02, None),
        (0.3, None),
        (1.0, None),
        (4.0, None),
        (4.0, Some(6.0)),
        (1.0, Some(2.0)),
        (6.0, Some(2.0)),
        (12.0, Some(4.0)),
    ] {
        let (mut at_1, mut at_01, mut tests) = (0, 0, 0);
        for _ in 0..60 {
            let drawn: Vec<u32> = (0..400).map(|_| draw(&mut rng, mean, size)).collect();
            let series = past(|at, _| (drawn.get(at).copied().unwrap_or(0), 1.0));
            let settings = DetectSettings::default();
            let baseline = Baseline::learn(window(), &series, &[], &taipei(), settings);
            for _ in 0..200 {
                let p = p_of(&baseline.judge(&counts(draw(&mut rng, mean, size))));
                tests += 1;
                at_1 += u32::from(p <= 0.01);
                at_01 += u32::from(p <= 0.001);
            }
        }
        let (at_1, at_01) = (
            f64::from(at_1) / f64::from(tests),
            f64::from(at_01) / f64::from(tests),
        );
        println!("mean {mean} size {size:?}: {at_1:.4} at .01, {at_01:.5} at .001");
        assert!(at_1 <= 0.03, "{mean} {size:?}: {at_1}");
        assert!(at_01 <= 0.004, "{mean} {size:?}: {at_01}");
    }
}

/// The same numbers in another order are the same baseline, where there is no rhythm.
#[test]
fn a_shuffled_baseline_judges_alike() {
    let mut rng = StdRng::seed_from_u64(7);
    let mut voices: Vec<u32> = (0..400).map(|_| draw(&mut rng, 1.5, Some(3.0))).collect();
    let series = |voices: &[u32]| past(|at, _| (voices.get(at).copied().unwrap_or(0), 1.0));
    let before = p_of(&judged(9, &series(&voices[..324]), &[]));
    voices.truncate(324);
    for at in (1..voices.len()).rev() {
        voices.swap(at, rng.random_range(0..=at));
    }
    let after = p_of(&judged(9, &series(&voices), &[]));
    assert!((before - after).abs() <= 1e-9 * before, "{before} {after}");
}

fn any_time() -> impl Strategy<Value = Timestamp> {
    let (least, most) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    prop_oneof![
        (least..=most),
        (1_790_000_000_i64..1_800_000_000),
        Just(least),
        Just(most)
    ]
    .prop_map(|second| Timestamp::from_second(second).expect("within bounds"))
}

fn any_exposure() -> impl Strategy<Value = f64> {
    prop_oneof![
        0.0..=1.0_f64,
        Just(0.0),
        Just(1e-300),
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(-1.0)
    ]
}

fn any_voices() -> impl Strategy<Value = u32> {
    prop_oneof![4 => 0..6_u32, 1 => any::<u32>(), 1 => Just(u32::MAX)]
}

/// Past windows near the tested one, with anything in them.
fn any_past() -> impl Strategy<Value = Vec<PastWindow>> {
    let one = (-800_i64..50, any_voices(), any_exposure()).prop_map(|(hours, voices, exposure)| {
        PastWindow {
            start: Timestamp::from_second(window().to.as_second() + hours * 3600).expect("time"),
            voices,
            exposure,
        }
    });
    prop::collection::vec(one, 0..120)
}

fn any_volumes() -> impl Strategy<Value = Vec<HourVolume>> {
    let one = (-800_i64..50, any_voices(), any_exposure()).prop_map(|(hours, items, exposure)| {
        HourVolume {
            hour_start: Timestamp::from_second(window().to.as_second() + hours * 3600)
                .expect("time"),
            items,
            exposure,
        }
    });
    prop::collection::vec(one, 0..120)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_answer_is_a_number(
        past in any_past(),
        volumes in any_volumes(),
        from in any_time(),
        to in any_time(),
        is_near in any::<bool>(),
        voices in any_voices(),
        p_max in prop_oneof![Just(1e-4), Just(f64::NAN), Just(0.0)],
        days_needed in 0..10_u32,
        size_max in prop_oneof![Just(6.0), Just(f64::NAN), Just(0.0), Just(-3.0), Just(1e300)],
    ) {
        let span = if is_near { window() } else { Span { from, to } };
        let settings = DetectSettings { p_max, days_needed, size_max };
        match judge(&counts(voices), span, &past, &volumes, &taipei(), settings) {
            Judgement::Tested { expected, p, p_max } => {
                prop_assert!((0.0..=1.0).contains(&p));
                prop_assert!(p_max.is_finite());
                prop_assert!(expected.mean.is_finite() && expected.mean >= 0.0);
                prop_assert!(expected.low <= expected.high);
            }
            Judgement::Gates => prop_assert!(false, "something is tested"),
            Judgement::Insufficient { days, days_needed } => prop_assert!(days < days_needed),
        }
        prop_assert!(past_spans(span).take(3).all(|past| past.to <= span.to));
    }

    #[test]
    fn what_was_not_collected_changes_nothing(
        past in any_past(),
        silent in prop::collection::vec((-800_i64..50, any_voices()), 1..40),
        volumes in any_volumes(),
        voices in any_voices(),
    ) {
        let before = judged(voices, &past, &volumes);
        let (mut more, mut hours) = (past, volumes);
        for (ago, voices) in silent {
            let start = Timestamp::from_second(window().to.as_second() + ago * 3600).expect("time");
            more.push(PastWindow { start, voices, exposure: 0.0 });
            hours.push(HourVolume { hour_start: start, items: voices, exposure: 0.0 });
        }
        prop_assert_eq!(judged(voices, &more, &hours), before);
    }

    #[test]
    fn more_voices_are_never_more_likely(past in any_past(), voices in any_voices(), more in any_voices()) {
        let settings = DetectSettings { days_needed: 0, ..DetectSettings::default() };
        let baseline = Baseline::learn(window(), &past, &[], &taipei(), settings);
        let (low, high) = (voices.min(more), voices.max(more));
        if let (Judgement::Tested { p: of_low, .. }, Judgement::Tested { p: of_high, .. }) =
            (baseline.judge(&counts(low)), baseline.judge(&counts(high)))
        {
            prop_assert!(of_high <= of_low * (1.0 + 1e-9) + 1e-12, "{} {}", of_low, of_high);
        }
    }
}
