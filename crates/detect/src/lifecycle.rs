//! The life of a burst: it opens, grows and ends, without flapping.
//!
//! [`step`] is a function of the open burst and one evaluation. It keeps nothing beside the burst's
//! own record, so a rebuild that sees the same evaluations makes the same bursts.
//!
//! - While it holds, each tick brings its numbers up to date; [`Burst::evaluated`] is therefore the
//!   last tick at which it held, and its numbers are those of that tick.
//! - While it does not hold it stays as it was. It ends once it has not held for
//!   [`LifeSettings::hold`], so a count that wavers about its limit makes one burst.
//! - A person should look again when the tested count reaches the next rung of a ladder whose rungs
//!   are half as high again (…, 3, 5, 8, 12, 18, 27, …), when a group joins that had no part before,
//!   and when it ends. Each of these is a new revision.

use std::time::Duration;

use bellwether_model::{
    Burst, BurstId, BurstState, Counts, Coverage, Detector, ElectionClock, FamilyId, FirstSeen,
    GateResult, GroupId, ItemId, Judgement, RuleId, Share, Span, StoryShare, Timestamp,
};
use sha2::{Digest, Sha256};

/// A burst keeps its earliest items up to this many: enough to see who began, and a record that
/// fits a message queue and a page.
pub const ITEMS_MAX: usize = 500;

/// A burst keeps its largest families, groups and stories up to this many of each.
pub const SHARES_MAX: usize = 100;

/// No burst ends before it has not held for this long: its id has the hour in it, and a rule's next
/// burst must have another.
pub const HOLD_MIN: Duration = Duration::from_secs(3600);

/// How patient the life cycle is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LifeSettings {
    /// How long a burst that no longer holds stays open; at least [`HOLD_MIN`] is used.
    pub hold: Duration,
}

impl LifeSettings {
    /// The default for a rule: as long as its window, in which what raised the burst has left it.
    #[must_use]
    pub const fn for_window(window: Duration) -> Self {
        Self { hold: window }
    }
}

/// What a rule's window shows at one tick.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// The rule.
    pub rule: RuleId,
    /// What finds it.
    pub detector: Detector,
    /// The rule's name, or what is found.
    pub name: String,
    /// The query that reproduces it.
    pub query: String,
    /// The tick.
    pub at: Timestamp,
    /// The window.
    pub window: Span,
    /// What was counted in it.
    pub observed: Counts,
    /// What is usual, and how unlikely the count is.
    pub judgement: Judgement,
    /// The gates, each with value and limit.
    pub gates: Vec<GateResult>,
    /// By family, most items first.
    pub families: Vec<Share<FamilyId>>,
    /// By group, most items first.
    pub groups: Vec<Share<GroupId>>,
    /// By story, most items first.
    pub stories: Vec<StoryShare>,
    /// The earliest item of the window in our collection.
    pub first_seen: Option<FirstSeen>,
    /// The items of the window, in order of time.
    pub items: Vec<ItemId>,
    /// What was collected in the window, of the sources in scope.
    pub coverage: Coverage,
    /// What the calendar of the rule's election said of the end of the window.
    pub election: Option<ElectionClock>,
}

impl Evaluation {
    /// Whether statistics and gates together raise a burst.
    #[must_use]
    pub fn holds(&self) -> bool {
        Burst::holds(&self.judgement, &self.gates)
    }
}

/// What an evaluation changes. The burst in it replaces the one that was open.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Nothing.
    None,
    /// A burst has opened.
    Opened(Burst),
    /// New numbers, nothing that a person should look at again.
    Updated(Burst),
    /// It has grown or a group has joined: a new revision.
    Revised(Burst),
    /// It has ended: a new revision with the numbers of the last tick at which it held.
    Ended(Burst),
}

impl Change {
    /// The burst as it is now, where something changed.
    #[must_use]
    pub fn burst(&self) -> Option<&Burst> {
        match self {
            Self::None => None,
            Self::Opened(burst)
            | Self::Updated(burst)
            | Self::Revised(burst)
            | Self::Ended(burst) => Some(burst),
        }
    }

    /// Whether it is a new revision, which a person should see.
    #[must_use]
    pub fn is_revision(&self) -> bool {
        matches!(self, Self::Opened(_) | Self::Revised(_) | Self::Ended(_))
    }
}

/// The id of a rule's burst: a digest of the rule, of what was found where nobody listed it, and of the
/// first hour of the window that raised it, so that a rebuild gives the same.
#[must_use]
pub fn burst_id(rule: &RuleId, detector: &Detector, window: Span) -> BurstId {
    let hour = window.from.as_second().div_euclid(3600);
    let mut hash = Sha256::new();
    hash.update(rule.as_str().as_bytes());
    // No id of a rule contains it.
    hash.update([0]);
    hash.update(hour.to_be_bytes());
    hash.update(detector.subject().as_bytes());
    let digest = hash.finalize();
    let text: String = digest
        .iter()
        .take(12)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    BurstId::new(text)
}

/// Decides what an evaluation makes of a rule's open burst, if there is one.
///
/// Evaluations of a rule come in order of their ticks; one that is not newer changes nothing.
#[must_use]
pub fn step(open: Option<&Burst>, evaluation: Evaluation, settings: LifeSettings) -> Change {
    let holds = evaluation.holds();
    match open.filter(|burst| burst.state == BurstState::Open) {
        None if holds => Change::Opened(opened(evaluation)),
        None => Change::None,
        Some(burst) if evaluation.at <= burst.evaluated => Change::None,
        Some(burst) if holds => continued(burst, evaluation),
        Some(burst) if quiet_for(burst, evaluation.at) >= settings.hold.max(HOLD_MIN) => {
            Change::Ended(Burst {
                revision: burst.revision.saturating_add(1),
                state: BurstState::Ended,
                evaluated: evaluation.at,
                ended: Some(evaluation.at),
                ..burst.clone()
            })
        }
        Some(_) => Change::None,
    }
}

fn quiet_for(burst: &Burst, now: Timestamp) -> Duration {
    let seconds = now.as_second() - burst.evaluated.as_second();
    Duration::from_secs(seconds.unsigned_abs())
}

fn opened(evaluation: Evaluation) -> Burst {
    let mut burst = Burst {
        id: burst_id(&evaluation.rule, &evaluation.detector, evaluation.window),
        revision: 1,
        found_late: false,
        state: BurstState::Open,
        started: evaluation.at,
        evaluated: evaluation.at,
        ended: None,
        peak: evaluation.observed,
        rule: evaluation.rule,
        detector: evaluation.detector,
        name: evaluation.name,
        query: evaluation.query,
        window: evaluation.window,
        observed: evaluation.observed,
        judgement: evaluation.judgement,
        gates: evaluation.gates,
        families: evaluation.families,
        groups: evaluation.groups,
        stories: evaluation.stories,
        first_seen: evaluation.first_seen,
        items: evaluation.items,
        coverage: evaluation.coverage,
        election: evaluation.election,
    };
    bound(&mut burst);
    burst
}

fn continued(burst: &Burst, evaluation: Evaluation) -> Change {
    let measure = |counts: &Counts| measure(&burst.detector, counts);
    let has_grown = rung(measure(&evaluation.observed)) > rung(measure(&burst.peak));
    let mut next = Burst {
        id: burst.id.clone(),
        name: burst.name.clone(),
        started: burst.started,
        revision: burst.revision,
        peak: higher(&burst.detector, burst.peak, evaluation.observed),
        first_seen: earlier(burst.first_seen.as_ref(), evaluation.first_seen.as_ref()),
        ..opened(evaluation)
    };
    let has_joined = next
        .groups
        .iter()
        .any(|group| burst.groups.iter().all(|known| known.id != group.id));
    // Groups whose items have left the window stay listed without items: they took part, and their
    // return is no news.
    let gone = burst
        .groups
        .iter()
        .filter(|known| next.groups.iter().all(|group| group.id != known.id))
        .map(|known| Share {
            id: known.id.clone(),
            items: 0,
            families: 0,
        });
    let gone: Vec<Share<GroupId>> = gone.collect();
    next.groups.extend(gone);
    bound(&mut next);
    if has_grown || has_joined {
        next.revision = next.revision.saturating_add(1);
        Change::Revised(next)
    } else {
        Change::Updated(next)
    }
}

/// How many rungs a count has reached. Rungs, because they need no memory of what was last told.
fn rung(voices: u32) -> u32 {
    let (mut rung, mut height) = (0, 1.0_f64);
    while f64::from(voices) >= height {
        rung += 1;
        height = (height * 1.5).ceil();
    }
    rung
}

/// What a person looks for in a burst: voices, or who carries one text.
fn measure(detector: &Detector, counts: &Counts) -> u32 {
    match detector {
        Detector::Query { .. } | Detector::Term(_) => counts.voices(),
        Detector::Lineage { .. } | Detector::Coordination(_) => counts.families,
    }
}

fn higher(detector: &Detector, peak: Counts, observed: Counts) -> Counts {
    let key = |counts: Counts| (measure(detector, &counts), counts.items);
    if key(observed) > key(peak) {
        observed
    } else {
        peak
    }
}

/// The window moves on; what was seen first stays so.
fn earlier(known: Option<&FirstSeen>, found: Option<&FirstSeen>) -> Option<FirstSeen> {
    [known, found]
        .into_iter()
        .flatten()
        .min_by_key(|first| (first.time, first.item))
        .cloned()
}

fn bound(burst: &mut Burst) {
    burst.items.truncate(ITEMS_MAX);
    burst.families.truncate(SHARES_MAX);
    burst.groups.truncate(SHARES_MAX);
    burst.stories.truncate(SHARES_MAX);
}

#[cfg(test)]
mod tests {
    use bellwether_model::{Expected, Gate, PublisherId, SourceId};

    use super::*;

    const WINDOW: Duration = Duration::from_secs(7200);
    const LIFE: LifeSettings = LifeSettings::for_window(WINDOW);

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + 60 * minute).expect("test time")
    }

    /// An evaluation with so many voices, by so many groups; it holds from 5 voices on.
    fn evaluation(minute: i64, voices: u32, groups: &[&str]) -> Evaluation {
        let observed = Counts {
            items: 2 * voices,
            families: voices,
            stories: voices,
        };
        let window = Span::ending(at(minute), WINDOW);
        Evaluation {
            rule: RuleId::new("tw-ballots"),
            detector: Detector::default(),
            name: "Ballots".to_owned(),
            query: "作票".to_owned(),
            at: at(minute),
            window,
            observed,
            judgement: Judgement::Tested {
                expected: Expected {
                    mean: 0.5,
                    low: 0,
                    high: 2,
                    size: None,
                    windows: 300,
                    days: 27,
                },
                p: if voices >= 5 { 1e-6 } else { 0.1 },
                p_max: 1e-4,
            },
            gates: GateResult::all(&Gate::default(), &observed, 1),
            families: Vec::new(),
            groups: groups
                .iter()
                .map(|id| Share {
                    id: GroupId::new(*id),
                    items: 1,
                    families: 1,
                })
                .collect(),
            stories: Vec::new(),
            first_seen: Some(FirstSeen {
                item: ItemId(u64::from(minute.unsigned_abs() as u32)),
                source: SourceId::new("s"),
                publisher: PublisherId::new("p"),
                time: window.from,
            }),
            items: (0..u64::from(2 * voices)).map(ItemId).collect(),
            coverage: Coverage::default(),
            election: None,
        }
    }

    /// What each of the evaluations changes, in a word each, and the burst at the end.
    fn life(evaluations: impl IntoIterator<Item = Evaluation>) -> (Vec<&'static str>, Vec<Burst>) {
        let mut open: Option<Burst> = None;
        let mut told = Vec::new();
        let mut bursts = Vec::new();
        for evaluation in evaluations {
            let change = step(open.as_ref(), evaluation, LIFE);
            told.push(match &change {
                Change::None => "-",
                Change::Opened(_) => "opened",
                Change::Updated(_) => "updated",
                Change::Revised(_) => "revised",
                Change::Ended(_) => "ended",
            });
            assert_eq!(
                change.is_revision(),
                matches!(told.last(), Some(&"opened" | &"revised" | &"ended"))
            );
            if let Some(burst) = change.burst() {
                bursts.push(burst.clone());
                open = (burst.state == BurstState::Open).then(|| burst.clone());
            }
        }
        (told, bursts)
    }

    #[test]
    fn it_opens_grows_and_ends_once() {
        let (told, bursts) = life([
            evaluation(0, 3, &["a"]),
            evaluation(1, 5, &["a"]),
            evaluation(2, 7, &["a"]),
            evaluation(3, 8, &["a"]),
            evaluation(4, 9, &["a", "b"]),
            evaluation(5, 9, &["b"]),
            evaluation(6, 9, &["a", "b"]),
            evaluation(7, 4, &["a"]),
            evaluation(125, 4, &["a"]),
            evaluation(126, 0, &[]),
            evaluation(127, 0, &[]),
        ]);
        assert_eq!(
            told,
            [
                "-", "opened", "updated", "revised", "revised", "updated", "updated", "-", "-",
                "ended", "-"
            ]
        );
        let last = bursts.last().expect("it ended");
        assert_eq!((last.revision, last.peak.voices()), (4, 9));
        assert_eq!((last.started, last.ended), (at(1), Some(at(126))));
        assert_eq!((last.evaluated, last.observed.voices()), (at(126), 9));
        assert_eq!(
            last.first_seen.as_ref().map(|first| first.item),
            Some(ItemId(1))
        );
        assert!(bursts.iter().all(|burst| burst.id == last.id));
    }

    #[test]
    fn a_count_that_wavers_makes_one_burst() {
        let (told, _) = life((0..600).map(|n| evaluation(n, 4 + u32::from(n % 7 == 0), &["a"])));
        let count = |word: &str| told.iter().filter(|told| **told == word).count();
        assert_eq!(
            (count("opened"), count("revised"), count("ended")),
            (1, 0, 0)
        );
    }

    #[test]
    fn the_next_burst_has_another_id() {
        let minutes =
            (0..400).map(|n| evaluation(n, if (1..200).contains(&n) { 0 } else { 6 }, &[]));
        let (told, bursts) = life(minutes);
        let opened: Vec<&Burst> = bursts.iter().filter(|burst| burst.revision == 1).collect();
        assert_eq!(told.iter().filter(|told| **told == "opened").count(), 2);
        assert_ne!(opened.first().map(|b| &b.id), opened.last().map(|b| &b.id));
        let id = burst_id(
            &RuleId::new("tw-ballots"),
            &Detector::default(),
            Span::ending(at(0), WINDOW),
        );
        assert_eq!(opened.first().map(|b| &b.id), Some(&id));
        assert_eq!(id.as_str().len(), 24);
    }

    #[test]
    fn an_evaluation_that_is_not_newer_changes_nothing() {
        let Change::Opened(burst) = step(None, evaluation(5, 6, &[]), LIFE) else {
            panic!("it holds");
        };
        for minute in [4, 5] {
            assert_eq!(
                step(Some(&burst), evaluation(minute, 99, &["x"]), LIFE),
                Change::None
            );
        }
    }

    #[test]
    fn records_are_bounded() {
        let Change::Opened(burst) = step(None, evaluation(0, 100_000, &[]), LIFE) else {
            panic!("it holds");
        };
        assert_eq!(burst.items.len(), ITEMS_MAX);
        assert_eq!(burst.items[0], ItemId(0));
        assert_eq!(burst.observed.items, 200_000);
    }

    #[test]
    fn rungs_are_half_as_high_again() {
        let first_on_rung: Vec<u32> = (1..100_u32).filter(|n| rung(*n) > rung(n - 1)).collect();
        assert_eq!(first_on_rung, [1, 2, 3, 5, 8, 12, 18, 27, 41, 62, 93]);
        assert!(rung(u32::MAX) < 60);
    }
}
