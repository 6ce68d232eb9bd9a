//! The rhythm of one source: in which hours of the week it shows something new, and how long it pauses.
//!
//! What is counted are busy hours (with at least one item), not items: an editor who posts twenty
//! items at nine has been at work once. With `B` busy hours of `N` that were collected,
//!
//! ```text
//! q            = B / N                          all hours
//! q(day hour)  = (B + 4 q)           / (N + 4)  hours at this time of the day
//! q(week hour) = (B + 2 q(day hour)) / (N + 2)  hours at this time of the week
//! ```
//!
//! each shrunk to the one before, so that four weeks suffice. The probability of a pause is the
//! product of `1 - q` over its hours, as if hours were independent. They are not: holidays and
//! night shifts come in stretches. So a pause must also be half as long again as the longest of
//! the four weeks before it. Hours are those of UTC: a change of the clocks moves a source by one
//! hour, which is less than what shrinkage allows for.

use std::ops::Range;

/// Hours that a rhythm is learnt from: four weeks.
pub const RHYTHM_HOURS: usize = 28 * 24;

pub(crate) const DAY_HOURS: i64 = 24;
pub(crate) const WEEK_HOURS: i64 = 7 * DAY_HOURS;

/// Hours that the shrinkage to all hours counts as much as what was seen.
pub(crate) const PRIOR_DAY: f64 = 4.0;
/// The same for the shrinkage of an hour of the week to its hour of the day.
pub(crate) const PRIOR_WEEK: f64 = 2.0;

/// No hour is more certain to be busy than this.
const BUSY_MAX: f64 = 0.98;

/// A pause that is less probable than this is a silence. A hundred sources looked at each hour of a
/// year are a million looks; the second condition, on the longest pause, does most of the work.
const PAUSE_P_MAX: f64 = 1e-4;

/// And is so many times as long as the longest pause before it.
const PAUSE_TIMES_MIN: f64 = 1.5;

/// With fewer busy hours nothing is said of a rhythm.
pub(crate) const BUSY_HOURS_MIN: u32 = 6;

/// With fewer collected hours neither: three days.
pub(crate) const KNOWN_HOURS_MIN: u32 = 72;

/// An hour with fewer items is no flood.
const FLOOD_ITEMS_MIN: u32 = 50;

/// An hour with so many times the items of the fullest hour before it is a flood.
pub(crate) const FLOOD_TIMES: u32 = 5;

/// A flood is told for so many hours.
const FLOOD_HOURS: usize = 6;

/// What came of one source in one hour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SourceHour {
    /// Whether an attempt succeeded.
    pub is_collected: bool,
    /// Whether an attempt failed.
    pub has_failed: bool,
    /// Items that were new to us in it.
    pub items: u32,
}

/// A stretch of hours of one source; the last is the present one.
#[derive(Debug, Clone, Copy)]
pub struct SourceHours<'a> {
    /// The number of the first hour, counted from 1970.
    pub first: i64,
    /// What came in each.
    pub hours: &'a [SourceHour],
}

impl SourceHours<'_> {
    /// How many places before the present hour the last busy one is.
    fn last_busy(&self) -> Option<usize> {
        self.hours.iter().rposition(|hour| hour.items > 0)
    }

    /// Whether it was collected for long enough, and nothing was published in all that time.
    pub(crate) fn is_idle(&self) -> bool {
        let known = self.hours.iter().filter(|hour| hour.is_collected).count();
        self.last_busy().is_none() && known >= KNOWN_HOURS_MIN as usize
    }

    pub(crate) fn number(&self, place: usize) -> i64 {
        self.first
            .saturating_add(i64::try_from(place).unwrap_or(i64::MAX))
    }
}

/// A pause that the rhythm of a source does not explain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Silence {
    /// Collected hours without an item since the last busy hour.
    pub hours: u32,
    /// The longest pause before it, in collected hours.
    pub longest: u32,
    /// How probable such a pause is if the rhythm has not changed.
    pub p: f64,
}

/// An hour with far more items than any before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flood {
    /// Its items.
    pub items: u32,
    /// The most in any hour before it.
    pub most: u32,
}

#[derive(Clone, Copy, Default)]
struct Sum {
    busy: u32,
    hours: u32,
}

impl Sum {
    fn add(&mut self, hour: SourceHour) {
        self.busy += u32::from(hour.items > 0);
        self.hours += 1;
    }

    /// The share of busy hours, shrunk to `prior` as if so many hours had told of it.
    fn share(&self, prior: f64, weight: f64) -> f64 {
        (f64::from(self.busy) + weight * prior) / (f64::from(self.hours) + weight)
    }
}

/// The rhythm of one source.
struct SourceRhythm {
    /// The probability that an hour is busy, by hour of the week.
    weeks: Vec<f64>,
    longest_pause: u32,
}

impl SourceRhythm {
    /// Learns from hours; `None` where they are too few to say anything.
    fn learn(hours: SourceHours<'_>) -> Option<Self> {
        let mut all = Sum::default();
        let mut days = [Sum::default(); DAY_HOURS as usize];
        let mut weeks = [Sum::default(); WEEK_HOURS as usize];
        let (mut pause, mut longest_pause) = (0, 0);
        for (place, hour) in hours.hours.iter().enumerate() {
            if hour.items > 0 {
                pause = 0;
            }
            // What was not collected teaches nothing, and is no pause.
            if !hour.is_collected {
                continue;
            }
            if hour.items == 0 {
                pause += 1;
                longest_pause = longest_pause.max(pause);
            }
            let number = hours.number(place);
            all.add(*hour);
            days[remainder(number, DAY_HOURS)].add(*hour);
            weeks[remainder(number, WEEK_HOURS)].add(*hour);
        }
        if all.hours < KNOWN_HOURS_MIN || all.busy < BUSY_HOURS_MIN {
            return None;
        }
        let overall = f64::from(all.busy) / f64::from(all.hours);
        let weeks = (0_i64..)
            .zip(&weeks)
            .map(|(hour, week)| {
                let of_day = days[remainder(hour, DAY_HOURS)].share(overall, PRIOR_DAY);
                week.share(of_day, PRIOR_WEEK).min(BUSY_MAX)
            })
            .collect();
        Some(Self {
            weeks,
            longest_pause,
        })
    }

    /// The probability that an hour (counted from 1970) has no item.
    fn empty(&self, hour: i64) -> f64 {
        1.0 - self.weeks[remainder(hour, WEEK_HOURS)]
    }
}

/// The pause that a source is in, where its rhythm before does not explain it. The present hour is
/// not over and counts for nothing.
#[must_use]
pub(crate) fn silence(hours: SourceHours<'_>) -> Option<Silence> {
    let last = hours.last_busy()?;
    let rhythm = SourceRhythm::learn(SourceHours {
        first: hours.first,
        hours: &hours.hours[..=last],
    })?;
    let pause: Range<usize> = last + 1..hours.hours.len().saturating_sub(1);
    let mut silent = 0;
    let mut p = 1.0;
    for place in pause.filter(|place| hours.hours[*place].is_collected) {
        silent += 1;
        p *= rhythm.empty(hours.number(place));
    }
    let is_long = f64::from(silent) >= PAUSE_TIMES_MIN * f64::from(rhythm.longest_pause);
    (is_long && p <= PAUSE_P_MAX).then_some(Silence {
        hours: silent,
        longest: rhythm.longest_pause,
        p,
    })
}

/// The fullest of the last hours, where it is a flood.
#[must_use]
pub(crate) fn flood(hours: SourceHours<'_>) -> Option<Flood> {
    let start = hours.hours.len().saturating_sub(FLOOD_HOURS);
    let before = &hours.hours[..start];
    // What comes after hours without collection is what they had to show.
    let items = (start.max(1)..hours.hours.len())
        .filter(|place| hours.hours[place - 1].is_collected)
        .map(|place| hours.hours[place].items)
        .max()?;
    let known = before.iter().filter(|hour| hour.is_collected).count();
    if u32::try_from(known).unwrap_or(u32::MAX) < KNOWN_HOURS_MIN {
        return None;
    }
    let most = before.iter().map(|hour| hour.items).max().unwrap_or(0);
    let is_flood = items >= FLOOD_ITEMS_MIN && items > most.saturating_mul(FLOOD_TIMES);
    is_flood.then_some(Flood { items, most })
}

pub(crate) fn remainder(hour: i64, by: i64) -> usize {
    // A remainder of a positive number is none of more than a week.
    usize::try_from(hour.rem_euclid(by)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Four weeks of a source that is collected each hour.
    fn weeks(items: impl Fn(i64) -> u32) -> Vec<SourceHour> {
        (0..28 * 24)
            .map(|hour| SourceHour {
                is_collected: true,
                has_failed: false,
                items: items(hour),
            })
            .collect()
    }

    fn silent_after(mut hours: Vec<SourceHour>, pause: usize) -> Option<Silence> {
        let quiet = SourceHour {
            is_collected: true,
            ..SourceHour::default()
        };
        hours.extend(std::iter::repeat_n(quiet, pause));
        silence(SourceHours {
            first: 0,
            hours: &hours,
        })
    }

    /// How long a source of this rhythm pauses, in whole hours, before it counts as silent.
    fn patience(items: impl Fn(i64) -> u32) -> usize {
        let hours = weeks(items);
        let begun = hours.iter().rev().take_while(|hour| hour.items == 0);
        let begun = begun.count();
        let more = (1..1_000).find(|pause| silent_after(hours.clone(), *pause).is_some());
        // The present hour is not over.
        begun + more.expect("every pause becomes a silence") - 1
    }

    #[test]
    fn a_pause_is_judged_by_the_rhythm_of_the_source() {
        assert_eq!(patience(|_| 3), 3, "an agency");
        let day = |hour: i64| (8..20).contains(&(hour % 24));
        let desk = patience(|hour| u32::from(day(hour)));
        assert!((18..30).contains(&desk), "a day desk: {desk}");
        let office = patience(|hour| u32::from(hour / 24 % 7 < 5 && day(hour)));
        assert!((90..120).contains(&office), "an office: {office}");
        let column = patience(|hour| u32::from(hour % 84 == 9));
        assert!((300..900).contains(&column), "twice a week: {column}");
    }

    #[test]
    fn what_was_not_collected_is_no_pause() {
        let mut hours = weeks(|_| 2);
        hours.extend(std::iter::repeat_n(SourceHour::default(), 300));
        let stretch = SourceHours {
            first: 0,
            hours: &hours,
        };
        assert_eq!(silence(stretch), None);
    }

    #[test]
    fn too_little_is_not_judged() {
        assert_eq!(silent_after(Vec::new(), 300), None);
        let young: Vec<_> = weeks(|_| 2).into_iter().take(60).collect();
        assert_eq!(silent_after(young, 300), None);
        let rare = weeks(|hour| u32::from(hour % 200 == 0));
        assert_eq!(silent_after(rare, 300), None);
    }

    #[test]
    fn floods_stand_out_from_all_that_came_before() {
        let told = |last: u32, gap: usize| {
            let mut hours = weeks(|hour| u32::try_from(hour % 20).unwrap_or(0));
            hours.extend(std::iter::repeat_n(SourceHour::default(), gap));
            hours.push(SourceHour {
                is_collected: true,
                has_failed: false,
                items: last,
            });
            flood(SourceHours {
                first: 0,
                hours: &hours,
            })
        };
        assert_eq!(told(95, 0), None);
        assert_eq!(
            told(96, 0),
            Some(Flood {
                items: 96,
                most: 19
            })
        );
        // A backlog.
        assert_eq!(told(96, 2), None);
    }

    proptest! {
        #[test]
        fn a_longer_pause_is_never_less_of_a_silence(
            items in proptest::collection::vec(0_u32..4, 100..700),
            pause in 1_usize..200,
        ) {
            let hours: Vec<_> = items
                .iter()
                .map(|items| SourceHour { is_collected: true, has_failed: false, items: *items })
                .collect();
            let short = silent_after(hours.clone(), pause);
            let long = silent_after(hours, pause + 1);
            if let Some(short) = short {
                let long = long.expect("still silent");
                prop_assert!(long.p <= short.p && long.hours == short.hours + 1);
                prop_assert!((0.0..=PAUSE_P_MAX).contains(&short.p));
            }
        }
    }
}
