//! Whether reworded texts are told from independent reports of the same event: on the set in
//! `testdata/rewordings`, whose even groups no weight was fitted to.

mod support;

use bellwether_lineage::{REWORDED_MIN, calibration};
use bellwether_model::Timestamp;
use support::{Dice, Half, Pair, Sample, Teller};

/// Recall and precision of pairs of an original and another text on its event.
fn pairwise(half: Half) -> (f64, f64) {
    let samples = support::gold(half);
    let (mut hits, mut copies, mut wrong) = (0_usize, 0_usize, 0_usize);
    let mut by_kind = std::collections::BTreeMap::<(&str, &str), [usize; 2]>::new();
    let mut calibrated = std::collections::BTreeMap::<u32, [usize; 2]>::new();
    for Pair {
        earlier,
        later,
        is_copy,
    } in support::pairs(&samples)
    {
        let score = score(earlier, later);
        let is_found = score >= REWORDED_MIN;
        hits += usize::from(is_found && is_copy);
        copies += usize::from(is_copy);
        wrong += usize::from(is_found && !is_copy);
        let count = by_kind.entry((&later.group[..2], &later.kind)).or_default();
        count[0] += usize::from(is_found);
        count[1] += 1;
        let count = calibrated
            .entry((100.0 * calibration(score)) as u32)
            .or_default();
        count[0] += usize::from(is_copy);
        count[1] += 1;
    }
    let (recall, precision) = (
        hits as f64 / copies as f64,
        hits as f64 / (hits + wrong) as f64,
    );
    println!("{half:?}: recall {recall:.3} precision {precision:.3}");
    println!("found, of: {by_kind:?}; copies, of, by calibration: {calibrated:?}");
    (recall, precision)
}

fn score(earlier: &Sample, later: &Sample) -> f64 {
    support::evidence(earlier, later).score()
}

#[test]
fn in_the_half_it_was_tuned_on() {
    let (recall, precision) = pairwise(Half::Development);
    assert!(recall >= 0.95 && precision >= 0.99);
}

#[test]
fn in_the_half_nobody_tuned_on() {
    let (recall, precision) = pairwise(Half::Test);
    assert!(recall >= 0.9 && precision >= 0.97);
}

#[test]
fn in_a_stream_of_the_half_nobody_tuned_on() {
    let (recall, precision) = streamed(Half::Test);
    assert!(recall >= 0.85 && precision >= 0.94);
}

#[test]
fn texts_of_other_events_score_low() {
    let samples = support::gold(Half::Development);
    let taken: Vec<_> = samples
        .iter()
        .map(|s| {
            (
                support::print(&s.title, &s.text),
                support::details(&s.title, &s.text),
            )
        })
        .collect();
    let mut high = Vec::new();
    let mut pairs = 0;
    for (a, (print, details)) in samples.iter().zip(&taken) {
        for (b, (other_print, other_details)) in samples.iter().zip(&taken) {
            if a.group != b.group && a.kind == "original" {
                let overlap = bellwether_lineage::Overlap::of(print, other_print);
                let score =
                    bellwether_lineage::Evidence::of(overlap, details, other_details).score();
                pairs += 1;
                if score >= 0.5 {
                    high.push((a.group.clone(), b.group.clone(), b.kind.clone(), score));
                }
            }
        }
    }
    println!(
        "{} of {pairs} pairs of other events from .5 on: {high:?}",
        high.len()
    );
    assert!(high.iter().all(|(.., score)| *score < REWORDED_MIN) && high.len() <= 3);
}

/// The share of copies that are found in a stream of all texts, and the shown pairs that are right.
fn streamed(half: Half) -> (f64, f64) {
    let mut samples = support::gold(half);
    Dice(1).shuffle(&mut samples);
    // Originals come first: what comes before cannot be copied from what comes after.
    samples.sort_by_key(|sample| sample.kind != "original");
    let mut teller = Teller::new(|at| (samples[at].title.clone(), samples[at].text.clone()));
    for at in 0..samples.len() {
        teller.take(at, Timestamp::UNIX_EPOCH);
    }
    let shown: Vec<(usize, usize)> = teller
        .near
        .iter()
        .copied()
        .chain(
            teller
                .reworded
                .iter()
                .map(|(later, earlier, _)| (*later, *earlier)),
        )
        .collect();
    let is_original = |at: usize| samples[at].kind == "original";
    let copies: Vec<usize> = (0..samples.len())
        .filter(|at| !is_original(*at) && samples[*at].kind != "topic")
        .collect();
    let found = copies.iter().filter(|later| {
        shown.iter().any(|(a, b)| {
            a == *later && is_original(*b) && samples[*b].group == samples[**later].group
        })
    });
    let right = shown.iter().filter(|(later, earlier)| {
        samples[*later].group == samples[*earlier].group
            && samples[*later].kind != "topic"
            && samples[*earlier].kind != "topic"
    });
    let recall = found.count() as f64 / copies.len() as f64;
    let precision = right.count() as f64 / shown.len() as f64;
    println!(
        "{half:?} as a stream: recall {recall:.3}, of {} shown pairs {precision:.3} right",
        shown.len()
    );
    (recall, precision)
}

#[test]
fn in_a_stream_of_the_half_it_was_tuned_on() {
    let (recall, precision) = streamed(Half::Development);
    assert!(recall >= 0.85 && precision >= 0.97);
}
