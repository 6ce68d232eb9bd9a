//! What nobody listed is raised as a burst by a rule for it, goes on, ends, and is found again by a
//! monitor that was opened in the middle of it.

#![expect(clippy::expect_used, reason = "a test fails by them")]

#[path = "../all/engine/mod.rs"]
mod engine;
mod why;
mod world;

use std::collections::BTreeSet;

use bellwether_archive::LogWriter;
use bellwether_model::{BurstState, Detector, Gate, Judgement};
use world::{
    DAY, HOUR, changes, follow, gated, late, monitor, new_data, phased, quiet, time, with_push,
    write,
};

#[test]
fn a_term_that_rises_is_a_burst_with_its_numbers_and_ends() {
    let (_folder, dir) = new_data();
    write(&dir, with_push());
    let mut monitor = monitor(&dir, &[]);
    follow(&mut monitor);
    let told = changes(&dir);
    let burst = told.first().expect("a burst");
    let Detector::Term(term) = &burst.detector else {
        panic!("{:?}", burst.detector);
    };
    assert_eq!(burst.state, BurstState::Open);
    assert_eq!(burst.name, "the Harbour Ledger");
    assert_eq!(term.spellings, ["the Harbour Ledger"]);
    assert!(
        burst.query.contains("arbour") || burst.query.contains("edger"),
        "{}",
        burst.query
    );
    assert!(
        burst.query.contains("NOT") && burst.query.contains("group:press"),
        "{}",
        burst.query
    );
    assert_eq!(burst.items.len(), burst.observed.items as usize);
    assert!(burst.gates.iter().all(|gate| gate.passed));
    let Judgement::Tested { expected, p, p_max } = burst.judgement else {
        panic!("{:?}", burst.judgement);
    };
    // P(X >= n) of a Gamma-Poisson, from what is shown and nothing else.
    let size = expected.size.expect("a size");
    let (mean, n) = (expected.mean, burst.observed.voices());
    let q = mean / (mean + size);
    let mut below = (1.0 - q).powf(size);
    let mut sum = below;
    for count in 1..n {
        below *= (size + f64::from(count) - 1.0) / f64::from(count) * q;
        sum += below;
    }
    assert!((1.0 - sum - p).abs() < 1e-9, "{p} and {}", 1.0 - sum);
    assert!(p <= p_max);
    assert_eq!(expected.days, 10);

    // It grows, and a person is told; a day after it was last found it ends.
    assert!(told.iter().all(|later| later.id == burst.id));
    assert!(told.len() > 1, "it grew");
    let mut writer = LogWriter::open(&dir).expect("log");
    for batches in quiet(11 * DAY, 12 * DAY + 4 * HOUR).chunks(50) {
        writer.append(batches).expect("appended");
    }
    follow(&mut monitor);
    let told = changes(&dir);
    let last = told.last().expect("an end");
    assert_eq!(last.state, BurstState::Ended);
    assert_eq!(last.id, burst.id);
    let ends = told.iter().filter(|burst| burst.state == BurstState::Ended);
    assert_eq!(ends.count(), 1);
    assert!(last.peak.voices() >= 6);
}

#[test]
fn a_rule_is_told_of_what_its_groups_publish_only() {
    for (groups, expected) in [
        (&["press"][..], 0),
        (&["state"][..], 1),
        (&["state", "proxy"][..], 1),
    ] {
        let (_folder, dir) = new_data();
        write(&dir, with_push());
        follow(&mut monitor(&dir, groups));
        let told: BTreeSet<_> = changes(&dir).iter().map(|burst| burst.id.clone()).collect();
        assert_eq!(told.len(), expected, "{groups:?}");
    }
}

#[test]
fn a_term_that_passes_the_gate_of_a_rule_only_later_is_told_then() {
    let (_folder, dir) = new_data();
    write(&dir, with_push());
    let gate = Gate {
        min_families: 6,
        ..Gate::default()
    };
    follow(&mut gated(&dir, &[], gate));
    let told = changes(&dir);
    let first = told.first().expect("told");
    assert!(first.observed.families >= 6, "{:?}", first.observed);
}

#[test]
fn a_term_that_passes_the_gate_of_a_phase_is_told_when_the_phase_has_begun() {
    let never = Gate {
        min_families: 1000,
        ..Gate::default()
    };
    let (_folder, dir) = new_data();
    write(&dir, with_push());
    follow(&mut gated(&dir, &[], never));
    assert_eq!(changes(&dir), []);
    let (_folder, dir) = new_data();
    write(&dir, with_push());
    // An hour after the push begins.
    let begins = 10 * DAY + 3600;
    follow(&mut phased(&dir, &late(never, Gate::default()), begins));
    let told = changes(&dir);
    let first = told.first().expect("told");
    assert!(first.window.to >= time(begins), "{:?}", first.window);
    let clock = first.election.as_ref().expect("of an election");
    assert_eq!(clock.applied.as_deref(), Some("late"));
    assert_eq!(first.gates[0].limit, 3.0);
}

#[test]
fn what_is_found_and_not_yet_told_outlives_a_snapshot() {
    let mut posts = with_push();
    posts.sort();
    for behind in 3..6 {
        let (_folder, dir) = new_data();
        let until = posts.partition_point(|post| post.0 < 10 * DAY + 62 + behind * 400);
        write(&dir, posts[..until].to_vec());
        // Opened on an empty log, it keeps a snapshot as soon as it has read all.
        follow(&mut monitor(&dir, &[]));
        write(&dir, posts[until..].to_vec());
        follow(&mut monitor(&dir, &[]));
        let told: BTreeSet<_> = changes(&dir).iter().map(|burst| burst.id.clone()).collect();
        assert_eq!(told.len(), 1, "behind item {behind}");
    }
}

#[test]
fn a_monitor_that_is_opened_anew_at_any_place_tells_the_same_once() {
    let (_folder, dir) = new_data();
    write(&dir, with_push());
    follow(&mut monitor(&dir, &[]));
    let whole = changes(&dir);
    assert!(!whole.is_empty());

    let (_folder, dir) = new_data();
    let mut posts = with_push();
    posts.sort();
    // Right behind each item of the push: one of them is found, and no tick has passed since.
    let behind = (0..8).map(|n| 10 * DAY + 62 + n * 400);
    let opened_at = [3 * DAY].into_iter().chain(behind).chain([20 * DAY]);
    let mut from = 0;
    for (number, until) in opened_at.enumerate() {
        let until = posts.partition_point(|post| post.0 < until);
        write(&dir, posts[from..until].to_vec());
        from = until;
        // Once with the snapshot, once without one.
        if number % 2 == 0 {
            let _ = std::fs::remove_file(dir.root().join("derived.snapshot"));
        }
        follow(&mut monitor(&dir, &[]));
    }
    let told = changes(&dir);
    assert_eq!(told.len(), whole.len());
    for (told, whole) in told.iter().zip(&whole) {
        assert_eq!(told, whole);
    }
}
