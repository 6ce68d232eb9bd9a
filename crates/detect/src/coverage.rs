//! What was and was not collected of a source, hour by hour, and what detection must know of it.
//!
//! An hour is `collected` where an attempt in it succeeded, or where the source is polled too seldom
//! to be polled in every hour and one at most an interval before did; `partly`, where at least as many
//! attempts failed. Where neither is so, an import may reach over it (`import`), the source may not have
//! been followed (`before`), or it was `not` collected. Linear in the hours.

use std::time::Duration;

use bellwether_model::{CoverageHour, HourMark, HourMarks, HourState, Timestamp, interval_max};

use crate::expected::ItemRhythm;
use crate::silence::SourceHours;

/// So many hours from its first success on a source is new: reading back takes a while.
pub const NEW_SOURCE_HOURS: i64 = 2;

const HOUR: Duration = Duration::from_secs(3600);

/// Polls lie further apart than their interval by up to this share of it.
const DRIFT_SHARE: u32 = 20;

/// For how many hours after its own a success still stands. With two attempts an hour no hour is
/// without one, however they drift.
#[must_use]
pub fn reach(every: Duration) -> i64 {
    if every <= HOUR / 2 {
        0
    } else {
        i64::try_from(every.as_secs().div_ceil(3600)).unwrap_or(i64::MAX >> 1)
    }
}

/// What came of one source in one hour.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HourFacts {
    /// Attempts that succeeded.
    pub collected: u32,
    /// Attempts that failed.
    pub failed: u32,
    /// Why the last of these did.
    pub error: Option<String>,
    /// Items that were new to us in it.
    pub items_new: u32,
    /// Items whose own time lies in it, whenever they came.
    pub items_dated: u32,
}

/// What must be known of a source beside its hours. Hours are counted from 1970.
#[derive(Debug, Clone, Copy)]
pub struct SourceFacts<'a> {
    /// How often it is polled.
    pub every: Duration,
    /// Whether it is meant to be polled now.
    pub is_on: bool,
    /// The hours of its first and its last attempt.
    pub attempts: Option<(i64, i64)>,
    /// The hour of its first success.
    pub first_success: Option<i64>,
    /// The hour of the last success before the hours asked for.
    pub success_before: Option<i64>,
    /// The first and the last hour of each stretch that imports cover, in order and apart.
    pub imported: &'a [(i64, i64)],
    /// The last four weeks, from which its rhythm is learnt.
    pub rhythm: SourceHours<'a>,
}

/// Hours of one source from `start` on. None may lie ahead of `now`.
#[must_use]
pub fn coverage_hours(
    source: &SourceFacts<'_>,
    start: i64,
    hours: Vec<HourFacts>,
    now: Timestamp,
) -> Vec<CoverageHour> {
    let reach = reach(source.every);
    let rhythm = ItemRhythm::learn(source.rhythm, reach);
    let mut success = source.success_before;
    let mut covered = Vec::with_capacity(hours.len());
    for (hour, facts) in (start..).zip(hours) {
        let place = Place::of(source, hour, success, reach, now);
        if facts.collected > 0 {
            success = Some(hour);
        }
        covered.push(one(source, &place, facts, rhythm.as_ref()));
    }
    covered
}

/// What an item that has no time of its own counts as, if it came in an hour: where the source has only
/// begun, or was not collected just before, it may have been published at any time.
/// `first` and `last` are the hours of the first success and of the last one before that hour.
#[must_use]
pub fn arrival(
    first: Option<i64>,
    last: Option<i64>,
    hour: i64,
    every: Duration,
) -> Option<HourMark> {
    match (first, last) {
        (Some(first), Some(last)) if hour >= first.saturating_add(NEW_SOURCE_HOURS) => {
            (hour - last > reach(every).max(1)).then_some(HourMark::Backlog)
        }
        _ => Some(HourMark::NewSource),
    }
}

/// An hour among those of its source.
struct Place {
    hour: i64,
    /// Whether a success before it still stands.
    stands: bool,
    /// Whether it is not over: then a failure says more than a success in the hour before.
    is_present: bool,
    /// How much of it is over.
    share: f64,
    reach: i64,
    age: Option<i64>,
}

impl Place {
    fn of(
        source: &SourceFacts<'_>,
        hour: i64,
        success: Option<i64>,
        reach: i64,
        now: Timestamp,
    ) -> Self {
        let age = success.map(|success| hour - success);
        let over = now.as_second() - hour.saturating_mul(3600);
        Self {
            hour,
            // What is switched off now was polled until its last attempt.
            stands: (source.is_on || source.attempts.is_some_and(|(_, last)| hour <= last))
                && age.is_some_and(|age| age <= reach),
            is_present: over < 3600,
            share: (over as f64 / 3600.0).clamp(0.0, 1.0),
            reach,
            age,
        }
    }
}

fn one(
    source: &SourceFacts<'_>,
    place: &Place,
    facts: HourFacts,
    rhythm: Option<&ItemRhythm>,
) -> CoverageHour {
    let hour = place.hour;
    let imported = source.imported.partition_point(|(_, to)| *to < hour);
    let is_imported = (source.imported.get(imported)).is_some_and(|(from, _)| *from <= hour);
    let is_young = place.is_present && facts.failed == 0 && place.age == Some(1);
    let state = if facts.collected > facts.failed {
        HourState::Collected
    } else if facts.collected > 0 {
        HourState::Partly
    } else if place.stands || is_young && source.is_on {
        HourState::Collected
    } else if is_imported {
        HourState::Import
    } else if source.attempts.is_none_or(|(first, _)| hour < first) {
        HourState::Before
    } else {
        HourState::Not
    };
    let made = facts.collected + facts.failed;
    let mut marks = HourMarks::default();
    let first = source.first_success;
    if first.is_some_and(|first| (first..first + NEW_SOURCE_HOURS).contains(&hour)) {
        marks.put(HourMark::NewSource);
    }
    let items_late = if state.is_collected() {
        0
    } else {
        facts.items_dated
    };
    if items_late > 0 {
        marks.put(HourMark::Backlog);
    }
    let is_off = !source.is_on && source.attempts.is_some_and(|(_, last)| hour > last);
    match state {
        HourState::Not if is_off => marks.put(HourMark::Off),
        HourState::Not => {
            marks.put(HourMark::Gap);
            if made == 0 {
                marks.put(HourMark::Paused);
            }
        }
        HourState::Partly => marks.put(HourMark::Gap),
        _ => {}
    }
    let is_due = state != HourState::Before && !is_off && source.attempts.is_some();
    CoverageHour {
        state,
        marks,
        polls_expected: match source.attempts {
            Some((first, _)) if is_due => polls(source.every, place, hour - first),
            _ => 0,
        },
        polls_made: made,
        polls_failed: facts.failed,
        error: facts.error.filter(|_| facts.failed > 0),
        items_new: facts.items_new,
        items_expected: rhythm.filter(|_| is_due).map(|rhythm| {
            let mut expected = rhythm.at(hour);
            expected.mean *= place.share;
            expected
        }),
        items_late,
    }
}

/// The attempts that are due in an hour at least, at the longest interval. Of a source that is polled
/// less than twice an hour they are those of its interval, counted from its first attempt, `since`
/// hours ago: one may fall into the hour beside, and over a day the sum is right.
fn polls(every: Duration, place: &Place, since: i64) -> u32 {
    if place.reach > 0 {
        if place.is_present {
            return 0;
        }
        let every = i64::try_from(every.as_secs()).unwrap_or(i64::MAX).max(1);
        let until = |hour: i64| hour.saturating_mul(3600).div_euclid(every);
        return u32::try_from(until(since) - until(since - 1)).unwrap_or(u32::MAX);
    }
    let every = every.max(Duration::from_secs(1));
    let apart = interval_max(every) + every / DRIFT_SHARE;
    // At least one: the longest interval is half an hour.
    let whole = HOUR.as_secs_f64() / apart.as_secs_f64();
    (whole * place.share) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coverage_sum::CoverageSum;
    use crate::silence::{RHYTHM_HOURS, SourceHour};

    const MINUTES: Duration = Duration::from_secs(600);

    fn ok(items: u32) -> HourFacts {
        HourFacts {
            collected: 6,
            items_new: items,
            items_dated: items,
            ..HourFacts::default()
        }
    }

    fn failed() -> HourFacts {
        HourFacts {
            failed: 2,
            error: Some("HTTP 503".to_owned()),
            ..HourFacts::default()
        }
    }

    const NONE: HourFacts = HourFacts {
        collected: 0,
        failed: 0,
        error: None,
        items_new: 0,
        items_dated: 0,
    };

    fn source(every: Duration, first: i64) -> SourceFacts<'static> {
        SourceFacts {
            every,
            is_on: true,
            attempts: Some((first, 1_000)),
            first_success: Some(first),
            success_before: None,
            imported: &[],
            rhythm: SourceHours {
                first: 0,
                hours: &[],
            },
        }
    }

    fn at(hour: i64, minute: i64) -> Timestamp {
        Timestamp::from_second(hour * 3600 + minute * 60).expect("test time")
    }

    fn told(source: &SourceFacts<'_>, hours: Vec<HourFacts>, now: Timestamp) -> Vec<String> {
        coverage_hours(source, 100, hours, now)
            .iter()
            .map(|hour| {
                let marks = hour.marks.iter().map(HourMark::as_str);
                std::iter::once(hour.state.as_str())
                    .chain(marks)
                    .collect::<Vec<_>>()
                    .join(" ")
            })
            .collect()
    }

    #[test]
    fn an_outage_is_a_gap_and_what_comes_after_it_is_a_backlog() {
        let late = HourFacts {
            items_dated: 5,
            ..failed()
        };
        let hours = vec![NONE, ok(9), ok(1), ok(1), late, NONE, ok(12), ok(1)];
        let found = coverage_hours(&source(MINUTES, 101), 100, hours.clone(), at(108, 0));
        assert_eq!(
            told(&source(MINUTES, 101), hours, at(108, 0)),
            [
                "before",
                "collected new-source",
                "collected new-source",
                "collected",
                "not backlog gap",
                "not gap paused",
                "collected",
                "collected"
            ]
        );
        assert_eq!(
            (found[4].items_late, found[4].error.as_deref()),
            (5, Some("HTTP 503"))
        );
        assert_eq!(
            (
                found[4].polls_expected,
                found[4].polls_made,
                found[4].polls_failed
            ),
            (1, 2, 2)
        );
        assert_eq!((found[0].polls_expected, found[3].polls_made), (0, 6));
    }

    #[test]
    fn half_of_the_attempts_failing_is_collected_in_part() {
        let mixed = |collected, failed| HourFacts {
            collected,
            failed,
            ..NONE
        };
        let hours = vec![mixed(3, 1), mixed(2, 2), mixed(1, 4)];
        assert_eq!(
            told(&source(MINUTES, 1), hours, at(103, 0)),
            ["collected", "partly gap", "partly gap"]
        );
    }

    #[test]
    fn a_success_of_a_source_that_is_seldom_polled_stands_for_an_interval() {
        let slow = SourceFacts {
            success_before: Some(98),
            ..source(Duration::from_secs(3 * 3600), 1)
        };
        let hours = vec![NONE, NONE, NONE, failed(), ok(1), NONE];
        assert_eq!(
            told(&slow, hours, at(106, 0)),
            [
                "collected",
                "collected",
                "not gap paused",
                "not gap",
                "collected",
                "collected"
            ]
        );
    }

    #[test]
    fn polls_that_are_due_add_up_over_hours() {
        let due = |minutes: u64, hours: usize| {
            let source = source(Duration::from_secs(60 * minutes), 100);
            let found = coverage_hours(&source, 100, vec![ok(1); hours], at(200, 0));
            let polls = found.iter().map(|hour| hour.polls_expected);
            polls.collect::<Vec<_>>()
        };
        assert_eq!(due(60, 5), [1; 5], "also where no poll fell into an hour");
        assert_eq!(due(180, 7), [1, 0, 0, 1, 0, 0, 1]);
        assert_eq!(due(45, 24).iter().sum::<u32>(), 32);
        assert_eq!(due(24 * 60, 49).iter().sum::<u32>(), 3);
    }

    #[test]
    fn the_present_hour_has_time() {
        let young = |last: HourFacts| told(&source(MINUTES, 1), vec![ok(0), last], at(101, 4));
        assert_eq!(young(NONE)[1], "collected");
        assert_eq!(young(failed())[1], "not gap");
        let found = coverage_hours(&source(MINUTES, 1), 100, vec![ok(0), NONE], at(101, 4));
        assert_eq!(found[1].polls_expected, 0);
    }

    #[test]
    fn off_imported_and_never_polled() {
        let off = SourceFacts {
            is_on: false,
            attempts: Some((1, 101)),
            ..source(MINUTES, 1)
        };
        assert_eq!(
            told(&off, vec![ok(0), failed(), NONE], at(103, 0)),
            ["collected", "not gap", "not off"]
        );
        let brought = SourceFacts {
            attempts: None,
            first_success: None,
            imported: &[(90, 92), (101, 102), (104, 104)],
            ..source(MINUTES, 1)
        };
        assert_eq!(
            told(&brought, vec![NONE, ok(0), NONE, NONE, NONE], at(105, 0))[2..],
            ["import", "before", "import"]
        );
        let never = SourceFacts {
            attempts: None,
            first_success: None,
            ..source(MINUTES, 1)
        };
        assert_eq!(told(&never, vec![NONE], at(101, 0)), ["before"]);
    }

    #[test]
    fn an_item_without_a_time_of_its_own_counts_as_late_after_a_gap() {
        let of = |first, last, every| arrival(first, last, 100, every);
        assert_eq!(of(None, None, MINUTES), Some(HourMark::NewSource));
        assert_eq!(of(Some(99), Some(99), MINUTES), Some(HourMark::NewSource));
        assert_eq!(of(Some(98), Some(99), MINUTES), None);
        assert_eq!(of(Some(9), Some(98), MINUTES), Some(HourMark::Backlog));
        let slow = Duration::from_secs(6 * 3600);
        assert_eq!(of(Some(9), Some(94), slow), None);
        assert_eq!(of(Some(9), Some(93), slow), Some(HourMark::Backlog));
    }

    #[test]
    fn what_is_expected_comes_from_the_rhythm() {
        let weeks: Vec<SourceHour> = (0..RHYTHM_HOURS as i64)
            .map(|hour| SourceHour {
                is_collected: true,
                has_failed: false,
                items: if hour % 24 < 12 { 2 } else { 20 },
            })
            .collect();
        let rhythm = SourceHours {
            first: 0,
            hours: &weeks,
        };
        let known = SourceFacts {
            rhythm,
            ..source(MINUTES, 1)
        };
        let start = 600;
        let hours = coverage_hours(&known, start, vec![ok(1); 24], at(624, 0));
        let mut day = CoverageSum::default();
        let mut one = CoverageSum::default();
        hours.iter().for_each(|hour| day.add(hour));
        one.add(&hours[0]);
        let (low, high) = one.items_expected().expect("known");
        assert!(low == 0 && (4..=8).contains(&high), "{low} {high}");
        let (low, high) = day.items_expected().expect("known");
        assert!(
            (100..250).contains(&low) && (290..500).contains(&high),
            "{low} {high}"
        );
        assert_eq!(
            (day.due, day.collected, day.state()),
            (24, 24, HourState::Collected)
        );
        // A group is as known as its least known source.
        let mut other = CoverageSum::default();
        other.add(&coverage_hours(&source(MINUTES, 1), 100, vec![failed()], at(101, 0))[0]);
        let mut group = CoverageSum::default();
        group.join(&one);
        assert_eq!(group.items_expected(), one.items_expected());
        group.join(&other);
        assert_eq!(
            (group.items_expected(), group.state()),
            (None, HourState::Partly)
        );
        assert_eq!(group.error.as_deref(), Some("HTTP 503"));
    }
}
