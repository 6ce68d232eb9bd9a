//! How many items a source brings in an hour, usually.
//!
//! The mean of an hour is learnt as the busy hours of [`crate::silence`] are: from all hours, shrunk
//! to it those of the same time of the day, and to these those of the same time of the week. An hour
//! teaches nothing about itself, so that a flood does not explain itself, and counts at most as five
//! times the fourth fullest (what comes each week comes four times), so that it does not explain next
//! week's either. Around the mean
//! the count is Gamma-Poisson; its dispersion is measured on the same hours.

use bellwether_model::ExpectedItems;

use crate::negbin::NegBin;
use crate::silence::{
    BUSY_HOURS_MIN, DAY_HOURS, FLOOD_TIMES, KNOWN_HOURS_MIN, PRIOR_DAY, PRIOR_WEEK, SourceHours,
    WEEK_HOURS, remainder,
};

/// The range told holds 95 %: so much lies beyond either end.
const TAIL: f64 = 0.025;

/// The dispersion lies between these, and what is measured is held against a prior of so many squared
/// items.
const DISPERSION_MIN: f64 = 0.05;
const DISPERSION_MAX: f64 = 2.0;
const DISPERSION_PRIOR: f64 = 4.0;
const DISPERSION_USUAL: f64 = 0.2;

/// What comes each week comes so many times in what is learnt from.
const WEEKS: usize = 4;

/// Up to this size the terms of the distribution are added up from the first: it is no smaller than
/// a float can be.
const SIZE_SUMMED_MAX: f64 = 50.0;

#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    items: f64,
    hours: f64,
}

impl Sum {
    fn add(&mut self, items: f64) {
        self.items += items;
        self.hours += 1.0;
    }

    /// The mean without `left_out`, shrunk to `prior` as if so many hours had told of it.
    fn mean(self, left_out: Option<f64>, prior: f64, weight: f64) -> f64 {
        let items = (self.items - left_out.unwrap_or(0.0)).max(0.0);
        let hours = self.hours - f64::from(u8::from(left_out.is_some()));
        if hours + weight <= 0.0 {
            return prior;
        }
        (items + weight * prior) / (hours + weight)
    }
}

/// How many items one source brings, by hour of the week.
#[derive(Debug)]
pub(crate) struct ItemRhythm {
    first: i64,
    /// What each hour taught; `None` where it taught nothing.
    taught: Vec<Option<f64>>,
    all: Sum,
    days: [Sum; DAY_HOURS as usize],
    weeks: Vec<Sum>,
    dispersion: f64,
}

impl ItemRhythm {
    /// Learns from hours, of which the last is the present one; `None` where they are too few. An hour
    /// after one that was not collected brings the items of both and teaches nothing, where a success
    /// stands for `reach` hours.
    pub(crate) fn learn(hours: SourceHours<'_>, reach: i64) -> Option<Self> {
        let mut taught = Vec::with_capacity(hours.hours.len());
        let mut last: Option<i64> = None;
        for (place, hour) in hours.hours.iter().enumerate() {
            let number = hours.number(place);
            let age = last.map(|last| number - last);
            let is_known = hour.is_collected || age.is_some_and(|age| age <= reach);
            let is_alone = age.is_some_and(|age| age <= reach.max(1));
            let is_over = place + 1 < hours.hours.len();
            taught.push((is_known && is_alone && is_over).then(|| f64::from(hour.items)));
            if hour.is_collected {
                last = Some(number);
            }
        }
        let known = taught.iter().flatten();
        let busy = known.clone().filter(|items| **items > 0.0).count();
        if known.clone().count() < KNOWN_HOURS_MIN as usize || busy < BUSY_HOURS_MIN as usize {
            return None;
        }
        let mut fullest: Vec<f64> = known.copied().collect();
        fullest.sort_by(|a, b| b.total_cmp(a));
        let most = f64::from(FLOOD_TIMES) * fullest.get(WEEKS - 1).copied().unwrap_or(0.0).max(1.0);
        let mut rhythm = Self {
            first: hours.first,
            taught,
            all: Sum::default(),
            days: [Sum::default(); DAY_HOURS as usize],
            weeks: vec![Sum::default(); WEEK_HOURS as usize],
            dispersion: 0.0,
        };
        for (number, items) in (hours.first..).zip(&mut rhythm.taught) {
            let Some(items) = items else { continue };
            *items = items.min(most);
            rhythm.all.add(*items);
            rhythm.days[remainder(number, DAY_HOURS)].add(*items);
            rhythm.weeks[remainder(number, WEEK_HOURS)].add(*items);
        }
        let (mut excess, mut squares) = (DISPERSION_PRIOR * DISPERSION_USUAL, DISPERSION_PRIOR);
        for (number, items) in (hours.first..).zip(&rhythm.taught) {
            let Some(items) = items else { continue };
            let mean = rhythm.mean(number);
            excess += (items - mean).powi(2) - mean;
            squares += mean.powi(2);
        }
        rhythm.dispersion = (excess / squares).clamp(DISPERSION_MIN, DISPERSION_MAX);
        Some(rhythm)
    }

    fn mean(&self, number: i64) -> f64 {
        let own = usize::try_from(number - self.first).ok();
        let own = own.and_then(|place| self.taught.get(place).copied().flatten());
        let all = self.all.mean(own, 0.0, 0.0);
        let day = self.days[remainder(number, DAY_HOURS)].mean(own, all, PRIOR_DAY);
        self.weeks[remainder(number, WEEK_HOURS)].mean(own, day, PRIOR_WEEK)
    }

    /// What is expected in an hour, counted from 1970.
    pub(crate) fn at(&self, number: i64) -> ExpectedItems {
        ExpectedItems {
            mean: self.mean(number),
            dispersion: self.dispersion,
        }
    }
}

/// The range of a count with a mean and a variance of at least that: from the least to the most that is
/// usual.
pub(crate) fn range(mean: f64, variance: f64) -> (u32, u32) {
    let excess = variance - mean;
    if !mean.is_finite() || mean <= 0.0 {
        return (0, 0);
    }
    let size = if excess > 0.0 {
        (mean.powi(2) / excess).min(1e6)
    } else {
        1e6
    };
    let distribution = NegBin { mean, size };
    if size > SIZE_SUMMED_MAX {
        return (
            distribution.exceeded_by(1.0 - TAIL),
            distribution.exceeded_by(TAIL),
        );
    }
    summed(distribution)
}

fn summed(NegBin { mean, size }: NegBin) -> (u32, u32) {
    let q = mean / (mean + size);
    let mut term = (size * (1.0 - q).ln()).exp();
    let mut up_to = term;
    let mut low = None;
    let mut count = 0_u32;
    // Beyond, rounding decides: no source and no group brings so many items in a day.
    while count < 1_000_000 {
        if low.is_none() && up_to >= TAIL {
            low = Some(count);
        }
        if up_to >= 1.0 - TAIL {
            break;
        }
        term *= q * (f64::from(count) + size) / f64::from(count + 1);
        up_to += term;
        count += 1;
    }
    (low.unwrap_or(count), count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::silence::{RHYTHM_HOURS, SourceHour};

    fn learn(items: impl Fn(i64) -> u32) -> Option<ItemRhythm> {
        let hours: Vec<SourceHour> = (0..RHYTHM_HOURS as i64)
            .map(|hour| SourceHour {
                is_collected: true,
                has_failed: false,
                items: items(hour),
            })
            .collect();
        let hours = SourceHours {
            first: 0,
            hours: &hours,
        };
        ItemRhythm::learn(hours, 0)
    }

    #[test]
    fn the_range_is_that_of_the_distribution() {
        for mean in [0.1, 1.0, 7.5, 80.0, 2_000.0] {
            for size in [0.5, 4.0, 20.0, 300.0] {
                let distribution = NegBin { mean, size };
                let (low, high) = range(mean, mean + mean * mean / size);
                for (found, tail) in [(low, 1.0 - TAIL), (high, TAIL)] {
                    let exact = distribution.exceeded_by(tail);
                    // Rounding tells in the tails of thousands.
                    let off = found.abs_diff(exact);
                    assert!(off <= exact / 1_000, "{mean} {size}: {found} {exact}");
                }
            }
        }
        assert_eq!(range(0.0, 0.0), (0, 0));
        assert_eq!(range(f64::NAN, 1.0), (0, 0));
    }

    #[test]
    fn day_and_night_are_told_apart() {
        let rhythm = learn(|hour| if hour % 24 == 9 { 12 } else { 1 }).expect("enough");
        let at = |hour: i64| rhythm.at(27 * 24 + hour).mean;
        assert!((9.0..12.5).contains(&at(9)), "{}", at(9));
        assert!((0.9..1.7).contains(&at(3)), "{}", at(3));
    }

    #[test]
    fn a_flood_explains_neither_itself_nor_the_next() {
        let flood = 20 * 24 + 9;
        let rhythm = learn(|hour| if hour == flood { 900 } else { 4 }).expect("enough");
        let own = rhythm.at(flood);
        let (_, high) = range(own.mean, own.mean + own.dispersion * own.mean.powi(2));
        assert!(high < 12, "{own:?}");
        let next = rhythm.at(flood + WEEK_HOURS).mean;
        assert!(next < 10.0, "{next}");
    }

    #[test]
    fn little_is_no_rhythm() {
        assert!(learn(|hour| u32::from(hour < 5)).is_none());
        let few = [SourceHour {
            is_collected: true,
            has_failed: false,
            items: 3,
        }; 60];
        let hours = SourceHours {
            first: 0,
            hours: &few,
        };
        assert!(ItemRhythm::learn(hours, 0).is_none());
    }

    #[test]
    fn what_comes_after_a_gap_teaches_nothing() {
        let hours: Vec<SourceHour> = (0..RHYTHM_HOURS)
            .map(|hour| SourceHour {
                is_collected: hour % 50 != 49,
                has_failed: false,
                items: if hour % 50 == 0 { 40 } else { 2 },
            })
            .collect();
        let hours = SourceHours {
            first: 0,
            hours: &hours,
        };
        let rhythm = ItemRhythm::learn(hours, 0).expect("enough");
        assert!(rhythm.at(50).mean < 2.1, "{}", rhythm.at(50).mean);
    }
}
