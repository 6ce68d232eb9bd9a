//! The rhythm of a scope: how much of its usual hour each hour of the local week has.
//!
//! Learnt from all items of the sources in scope, not from the rule's matches, which are too few.
//! Hour-of-week factors are shrunk to hour-of-day factors, those to one:
//!
//! ```text
//! f(day hour)  = (T' + K)           / (n m + K)      T  items in these hours
//! f(week hour) = (T + K f(day hour)) / (n m + K)      n  how many such hours, by exposure
//! K = 20 items + what 2 usual hours have              m  items of a usual hour
//! T' as T, but of each weekday at most three times what the median weekday has at that hour, or
//!    ten items more
//! ```
//!
//! So a briefing each Monday at nine is no rhythm of Tuesdays, one loud Tuesday among four moves its hour by two thirds of the way at most, and a scope of
//! which little is known has no rhythm yet. Hours are local ones: a column at nine stays at nine
//! across a change of the clocks.

use bellwether_model::{Span, Timestamp};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

const DAY_HOURS: usize = 24;
const WEEK_HOURS: usize = 7 * DAY_HOURS;

/// Items that the shrinkage counts as much as what was seen.
const PRIOR_ITEMS: f64 = 20.0;

/// Usual hours that it counts as well: items of a loud hour are no independent evidence.
const PRIOR_HOURS: f64 = 2.0;

/// One weekday tells of the others at its hour no more than so many times the median one, or so many
/// items more.
const WEEKDAY_TIMES: f64 = 3.0;
const WEEKDAY_ITEMS: f64 = 10.0;

/// No hour is expected to have less than this part of the usual: an hour in which nothing was ever
/// seen would else make its first item a wonder.
const FACTOR_MIN: f64 = 0.05;

/// Fewer than one family in a hundred tells nothing of the others.
pub const EXPOSURE_MIN: f64 = 0.01;

/// All items of the sources in scope in one hour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HourVolume {
    /// The beginning of the hour.
    pub hour_start: Timestamp,
    /// Items of all sources in scope, by their own time.
    pub items: u32,
    /// Share (0 to 1) of the scope's families that were collected. An hour that was not collected
    /// teaches nothing; it is not an hour without items.
    pub exposure: f64,
}

/// Factors by hour of the local week, about one on average.
#[derive(Debug, Clone)]
pub(crate) struct Rhythm {
    factors: [f64; WEEK_HOURS],
}

#[derive(Clone, Copy, Default)]
struct Sum {
    items: f64,
    hours: f64,
}

impl Sum {
    fn add(&mut self, items: f64, hours: f64) {
        self.items += items;
        self.hours += hours;
    }

    fn factor(&self, usual: f64, prior: f64) -> f64 {
        let evidence = PRIOR_ITEMS + PRIOR_HOURS * usual;
        (self.items + evidence * prior) / (self.hours * usual + evidence)
    }
}

impl Rhythm {
    pub(crate) fn learn(volumes: impl Iterator<Item = HourVolume>, zone: &TimeZone) -> Self {
        let mut all = Sum::default();
        let mut weeks = [Sum::default(); WEEK_HOURS];
        for volume in volumes {
            let Some(hours) = share(volume.exposure) else {
                continue;
            };
            let items = f64::from(volume.items);
            let hour = week_hour(zone.to_datetime(volume.hour_start));
            all.add(items, hours);
            weeks[hour].add(items, hours);
        }
        let mut factors = [1.0; WEEK_HOURS];
        if all.hours > 0.0 && all.items > 0.0 {
            let usual = all.items / all.hours;
            for (hour, factor) in factors.iter_mut().enumerate() {
                let of_day = of_day(&weeks, hour % DAY_HOURS).factor(usual, 1.0);
                *factor = weeks[hour].factor(usual, of_day).max(FACTOR_MIN);
            }
        }
        Self { factors }
    }

    /// The mean factor over a stretch of time.
    pub(crate) fn over(&self, span: Span, zone: &TimeZone) -> f64 {
        let (mut sum, mut length) = (0.0, 0.0);
        let mut from = span.from.as_second();
        let to = span.to.as_second();
        while from < to {
            let next = ((from.div_euclid(3600) + 1) * 3600).min(to);
            let Ok(start) = Timestamp::from_second(from) else {
                break;
            };
            let seconds = (next - from) as f64;
            sum += seconds * self.factors[week_hour(zone.to_datetime(start))];
            length += seconds;
            from = next;
        }
        if length > 0.0 { sum / length } else { 1.0 }
    }
}

/// An hour of the day, of all weekdays together.
fn of_day(weeks: &[Sum; WEEK_HOURS], hour: usize) -> Sum {
    let weekdays = weeks.iter().skip(hour).step_by(DAY_HOURS);
    let known = weekdays.filter(|sum| sum.hours > 0.0);
    let mut rates: Vec<f64> = known.clone().map(|sum| sum.items / sum.hours).collect();
    rates.sort_by(f64::total_cmp);
    let median = rates.get(rates.len() / 2).copied().unwrap_or(0.0);
    let mut day = Sum::default();
    for sum in known {
        let usual = median * sum.hours;
        let most = (WEEKDAY_TIMES * usual).max(usual + WEEKDAY_ITEMS);
        day.add(sum.items.min(most), sum.hours);
    }
    day
}

/// A share of up to 1; `None` where there was none worth the name.
pub(crate) fn share(exposure: f64) -> Option<f64> {
    // Written so that it refuses what is no number too.
    (exposure >= EXPOSURE_MIN).then(|| exposure.min(1.0))
}

fn week_hour(local: DateTime) -> usize {
    let day = local.weekday().to_monday_zero_offset().unsigned_abs();
    let hour = local.hour().unsigned_abs();
    (usize::from(day) * DAY_HOURS + usize::from(hour)) % WEEK_HOURS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taipei() -> TimeZone {
        TimeZone::get("Asia/Taipei").expect("test zone")
    }

    fn volumes(days: i64, items: impl Fn(usize) -> u32) -> Vec<HourVolume> {
        let zone = taipei();
        let start: Timestamp = "2026-11-01T16:00:00Z".parse().expect("test time");
        (0..days * 24)
            .map(|hour| {
                let hour_start =
                    Timestamp::from_second(start.as_second() + hour * 3600).expect("test time");
                HourVolume {
                    hour_start,
                    items: items(week_hour(zone.to_datetime(hour_start))),
                    exposure: 1.0,
                }
            })
            .collect()
    }

    #[test]
    fn a_night_is_quiet_and_a_day_is_loud() {
        let loud_at_nine = |hour: usize| if hour % 24 == 9 { 240 } else { 20 };
        let rhythm = Rhythm::learn(volumes(28, loud_at_nine).into_iter(), &taipei());
        let monday_nine = rhythm.factors[9];
        assert!((7.5..8.2).contains(&monday_nine), "{monday_nine}");
        assert!((0.6..0.8).contains(&rhythm.factors[3]));
    }

    #[test]
    fn one_loud_day_is_not_a_rhythm_and_little_is_none() {
        let monday_nine = |hour: usize| if hour == 9 { 200 } else { 20 };
        let rhythm = Rhythm::learn(volumes(7, monday_nine).into_iter(), &taipei());
        assert!(rhythm.factors[9] < 6.0, "{}", rhythm.factors[9]);
        let few = Rhythm::learn(volumes(2, |_| 0).into_iter(), &taipei());
        assert!(few.factors.iter().all(|factor| *factor == 1.0));
        let nothing = Rhythm::learn(std::iter::empty(), &taipei());
        assert!(nothing.factors.iter().all(|factor| *factor == 1.0));
    }

    #[test]
    fn a_briefing_each_monday_is_no_rhythm_of_tuesdays() {
        let monday_nine = |hour: usize| if hour == 9 { 50 } else { 2 };
        let rhythm = Rhythm::learn(volumes(28, monday_nine).into_iter(), &taipei());
        let (monday, tuesday) = (rhythm.factors[9], rhythm.factors[24 + 9]);
        assert!(monday > 5.0, "{monday}");
        assert!((0.8..1.3).contains(&tuesday), "{tuesday}");
    }

    #[test]
    fn the_factor_of_a_window_is_the_mean_of_its_hours() {
        let mut rhythm = Rhythm {
            factors: [1.0; WEEK_HOURS],
        };
        rhythm.factors[9] = 3.0;
        // Monday 08:30 to 10:00 in Taipei.
        let span = Span {
            from: "2026-11-02T00:30:00Z".parse().expect("test time"),
            to: "2026-11-02T02:00:00Z".parse().expect("test time"),
        };
        let factor = rhythm.over(span, &taipei());
        assert!((factor - (0.5 + 3.0) / 1.5).abs() < 1e-12);
    }
}
