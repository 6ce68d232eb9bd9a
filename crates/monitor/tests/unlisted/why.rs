//! Why a term was told of, or was not, counted again from the log.

use std::ops::ControlFlow;

use bellwether_archive::{DataDir, Derived, LogReader};
use bellwether_detect::DetectSettings;
use bellwether_model::{Burst, Detector, Election, Gate, Judgement, TermRule, Timestamp};
use bellwether_monitor::{AskedTerm, ExplainedTerm, PastStores, TypedTerm, explain_term};

use crate::engine::LogScan;
use crate::world::{
    DAY, Die, START, background, changes, election, follow, late, monitor, new_data, phased,
    pushed, rule, with_push, write,
};

/// Why a term was told of, or was not: at a time, or at the numbers of a burst.
fn why(
    dir: &DataDir,
    rule: &TermRule,
    term: &str,
    at: Timestamp,
    burst: Option<&Burst>,
) -> ExplainedTerm {
    why_in(dir, rule, &[], term, at, burst)
}

/// The same for a rule of an election.
fn why_in(
    dir: &DataDir,
    rule: &TermRule,
    elections: &[Election],
    term: &str,
    at: Timestamp,
    burst: Option<&Burst>,
) -> ExplainedTerm {
    let (log, derived) = (
        LogReader::open(dir).expect("log"),
        Derived::open_readonly(dir).expect("derived"),
    );
    let monitor = monitor(dir, &[]);
    let stores = PastStores {
        log: &log,
        derived: &derived,
        engine: &LogScan(dir.clone()),
        directory: monitor.directory(),
        detect: DetectSettings::default(),
    };
    let asked = AskedTerm {
        rule,
        elections,
        term: &TypedTerm::read(term).expect("a term"),
        at,
        burst,
    };
    let explained = explain_term(stores, &asked, &mut |_, _| ControlFlow::Continue(()));
    explained.expect("explained").expect("to its end")
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(START + second).expect("time")
}

fn failed(explained: &ExplainedTerm) -> Vec<&str> {
    let gates = explained.nearest().weighed.gates.iter();
    let failed = gates.filter(|gate| !gate.passed);
    failed.map(|gate| gate.name.as_str()).collect()
}

#[test]
fn the_explanation_of_a_term_that_was_told_has_the_numbers_of_its_record() {
    let (_folder, dir) = new_data();
    write(&dir, with_push());
    follow(&mut monitor(&dir, &[]));
    let told = changes(&dir);
    assert!(told.len() > 1, "it grew");
    let rule = rule(&[], Gate::default());
    for burst in &told {
        let Detector::Term(term) = &burst.detector else {
            panic!("{:?}", burst.detector);
        };
        let Judgement::Tested { expected, p, p_max } = burst.judgement else {
            panic!("{:?}", burst.judgement);
        };
        let explained = why(&dir, &rule, &term.counted, burst.window.to, Some(burst));
        let nearest = explained.nearest();
        let tested = nearest.weighed.tested.expect("tested");
        assert_eq!(nearest.span, burst.window);
        assert_eq!(nearest.weighed.voices, burst.observed.voices());
        assert_eq!(explained.observed, burst.observed);
        assert_eq!((tested.p, tested.p_max), (p, p_max));
        assert_eq!(tested.expected, expected.mean);
        assert_eq!(Some(tested.size), expected.size);
        assert_eq!(nearest.weighed.judgement(), burst.judgement);
        assert_eq!(explained.gates, burst.gates);
        assert_eq!(explained.query, burst.query);
        assert_eq!(explained.coverage, burst.coverage);
        let items: Vec<_> = explained.facts.iter().map(|fact| fact.item).collect();
        assert_eq!(items, burst.items);
        assert!(explained.holds(), "{:?}", failed(&explained));
        assert_eq!(
            explained.spellings.as_deref(),
            Some(&["the Harbour Ledger".to_owned()][..])
        );
        assert_eq!(explained.bursts[0].id, burst.id);
        let of_bins = explained.bins.iter().map(|bin| bin.counts.items);
        assert!(of_bins.sum::<u32>() >= burst.observed.items);
    }

    // By its name, at the tick at which it was found: it is one of the phrase's terms.
    let explained = why(&dir, &rule, "the Harbour Ledger", told[0].started, None);
    assert!(explained.holds());
    assert_eq!(explained.bursts[0].id, told[0].id);
    assert_eq!(explained.parts.len(), 5, "{:?}", explained.parts);
    let rose = explained.rises.first().expect("it rose");
    assert!(rose.at <= told[0].started && rose.p <= rose.p_max);

    // What nobody was told of before it came is not told of by what came later.
    let before = why(&dir, &rule, "Harbour Ledger", at(10 * DAY), None);
    assert!(!before.holds() && before.rises.is_empty() && before.bursts.is_empty());
    assert_eq!(before.part().items, 0);
}

#[test]
fn a_term_that_was_not_told_says_which_gate_it_did_not_pass() {
    let (_folder, dir) = new_data();
    let mut posts = background();
    // Three of the eight, and one outlet that says another thing again and again.
    posts.extend(pushed(10 * DAY).into_iter().take(3));
    let mut die = Die(23);
    posts.extend((0..8).map(|n| {
        let text = format!("{} Copper Lantern {}", die.words(15), die.words(15));
        (10 * DAY + 70 + n * 400, "state-0".to_owned(), text)
    }));
    write(&dir, posts);
    follow(&mut monitor(&dir, &[]));
    assert!(changes(&dir).is_empty());
    let free = rule(&[], Gate::default());
    let then = at(10 * DAY + 3000);

    let few = why(&dir, &free, "Harbour Ledger", then, None);
    assert!(!few.holds());
    assert_eq!(failed(&few), ["-log10 of P at least"]);
    let nearest = &few.nearest().weighed;
    assert_eq!((nearest.voices, few.part().items), (3, 3));
    let gate = nearest.gates.iter().find(|gate| !gate.passed);
    let gate = gate.expect("the one");
    assert!(gate.value < gate.limit && gate.value > 3.0, "{gate:?}");
    // An item is received, and it is never nearer than at such a moment.
    let (moment, closest) = few.closest.as_ref().expect("a moment");
    assert!(*moment <= then);
    assert!(closest.weighed.distance() <= nearest.distance());

    let one = why(&dir, &free, "Copper Lantern", then, None);
    assert!(
        failed(&one).contains(&"share of the largest family at most"),
        "{:?}",
        failed(&one)
    );

    let never = why(&dir, &free, "Zebra Crossing", then, None);
    assert!(
        never
            .parts
            .iter()
            .all(|part| part.items == 0 && part.seen.is_none())
    );
    assert!(!never.holds());

    let early = why(&dir, &free, "Harbour Ledger", at(3 * DAY), None);
    assert!(
        early
            .windows
            .iter()
            .all(|window| window.weighed.tested.is_none())
    );
    assert_eq!(early.nearest().weighed.usual.days, 3);
}

#[test]
fn a_term_that_rises_and_is_no_business_of_the_rule_says_so() {
    let (_folder, dir) = new_data();
    write(&dir, with_push());
    follow(&mut monitor(&dir, &["press"]));
    assert!(changes(&dir).is_empty());
    let then = at(10 * DAY + 3000);
    let other = why(
        &dir,
        &rule(&["press"], Gate::default()),
        "Harbour Ledger",
        then,
        None,
    );
    assert!(other.nearest().weighed.holds() && !other.holds());
    assert!(!other.gates[0].passed && other.gates[1..].iter().all(|gate| gate.passed));
    let strict = Gate {
        min_families: 20,
        ..Gate::default()
    };
    let strict = why(&dir, &rule(&[], strict), "Harbour Ledger", then, None);
    assert!(strict.nearest().weighed.holds() && !strict.holds());
    assert!(!strict.gates[0].passed);
}

#[test]
fn a_term_is_explained_by_the_gate_of_the_phase_of_its_window() {
    let never = Gate {
        min_families: 1000,
        ..Gate::default()
    };
    let begins = 10 * DAY + 3600;
    let (_folder, dir) = new_data();
    write(&dir, with_push());
    let rule = late(never, Gate::default());
    follow(&mut phased(&dir, &rule, begins));
    let told = changes(&dir);
    let burst = told.first().expect("told");
    let term = burst.name.as_str();
    let in_force = [election(begins)];
    let explained = why_in(&dir, &rule, &in_force, term, burst.window.to, Some(burst));
    assert!(explained.holds());
    assert_eq!(explained.gates, burst.gates);
    assert_eq!(explained.election, burst.election);
    let before = why_in(&dir, &rule, &in_force, term, at(10 * DAY + 3000), None);
    assert!(!before.holds());
    let families = before.gates.iter().find(|gate| gate.limit == 1000.0);
    assert!(
        families.is_some_and(|gate| !gate.passed),
        "{:?}",
        before.gates
    );
    let clock = before.election.expect("of an election");
    assert_eq!(clock.applied, None);
}

#[test]
fn an_explanation_can_be_broken_off() {
    let (_folder, dir) = new_data();
    write(&dir, with_push());
    let mut monitor = monitor(&dir, &[]);
    follow(&mut monitor);
    let (log, derived) = (
        LogReader::open(&dir).expect("log"),
        Derived::open_readonly(&dir).expect("derived"),
    );
    let stores = PastStores {
        log: &log,
        derived: &derived,
        engine: &LogScan(dir.clone()),
        directory: monitor.directory(),
        detect: DetectSettings::default(),
    };
    let asked = AskedTerm {
        rule: &rule(&[], Gate::default()),
        elections: &[],
        term: &TypedTerm::read("Harbour Ledger").expect("a term"),
        at: at(10 * DAY + 3000),
        burst: None,
    };
    let told = explain_term(stores, &asked, &mut |_, _| ControlFlow::Break(()));
    assert!(told.expect("no fault").is_none());
}
