//! The last two days of a query hour by hour, beside the same hours of the four weeks before: what is drawn
//! small beside each burst.

use bellwether_api::Problem;
use bellwether_model::{Span, Timestamp};

use super::hours::{hour_of, start_of};
use super::{Answers, TimelineParams};

/// Hours that are told.
pub(crate) const HOURS: usize = 48;

/// The days before, whose same hours are the range of what is usual.
const DAYS: usize = 28;

/// Of fewer collected hours nobody knows what is usual.
const SAMPLES_MIN: usize = 14;

/// An hour: its items, `None` where it was not collected; and the fewest and the most of the same hour in the
/// days before, `None` where that is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LastHour {
    pub(crate) span: Span,
    pub(crate) items: Option<u32>,
    pub(crate) range: Option<(u32, u32)>,
}

impl Answers {
    /// The last [`HOURS`] hours of a query, the present one last.
    ///
    /// # Errors
    /// A [`Problem`] where the query cannot be read or the index cannot answer.
    pub(crate) fn last_hours(&self, query: &str) -> Result<Vec<LastHour>, Problem> {
        let end = hour_of(self.now()) + 1;
        let first = end - HOURS as i64;
        let begin = first - 24 * DAYS as i64;
        let before = self.settled_hours.of(end, query, self.is_whole(), || {
            self.hourly(query, begin, first)
        })?;
        let recent = self.hourly(query, first, end)?;
        let counts: Vec<Option<u32>> = before.into_iter().chain(recent).collect();
        Ok(told(&counts, begin))
    }

    /// The items of each hour, `None` for one that was not collected.
    fn hourly(&self, query: &str, from: i64, to: i64) -> Result<Vec<Option<u32>>, Problem> {
        let timeline = self.timeline(&TimelineParams {
            q: query.to_owned(),
            from: Some(start_of(from).to_string()),
            to: Some(start_of(to).to_string()),
            bin: Some("1h".to_owned()),
            // Hours of a zone that is half an hour beside would be others.
            zone: Some("UTC".to_owned()),
            ..TimelineParams::default()
        })?;
        Ok(timeline.bins.iter().map(|bin| bin.items).collect())
    }
}

/// The last hours of those that begin with `begin`, each beside the same hour of the days before.
fn told(counts: &[Option<u32>], begin: i64) -> Vec<LastHour> {
    let first = counts.len().saturating_sub(HOURS);
    (first..counts.len())
        .map(|at| {
            let same = (1..=DAYS).filter_map(|day| at.checked_sub(24 * day));
            let samples: Vec<u32> = same.filter_map(|then| counts[then]).collect();
            let range = samples.iter().min().zip(samples.iter().max());
            let is_known = samples.len() >= SAMPLES_MIN;
            LastHour {
                span: span(begin + i64::try_from(at).unwrap_or(0)),
                items: counts[at],
                range: range.map(|(low, high)| (*low, *high)).filter(|_| is_known),
            }
        })
        .collect()
}

fn span(hour: i64) -> Span {
    let (from, to): (Timestamp, Timestamp) = (start_of(hour), start_of(hour + 1));
    Span { from, to }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_stands_beside_the_same_hour_of_the_days_before() {
        let mut counts: Vec<Option<u32>> = vec![Some(1); 24 * DAYS + HOURS];
        // The same hour as the last one, in the four weeks before and one day earlier.
        let last = counts.len() - 1;
        counts[last] = Some(40);
        counts[last - 24] = Some(9);
        counts[last - 48] = Some(0);
        counts[last - 24 * DAYS] = Some(7);
        counts[last - 1] = None;
        let told = told(&counts, 100);
        assert_eq!(told.len(), HOURS);
        let end = told[HOURS - 1];
        assert_eq!((end.items, end.range), (Some(40), Some((0, 9))));
        assert_eq!(end.span.to, start_of(100 + 24 * 28 + 48));
        assert_eq!(told[HOURS - 2].items, None);
        assert_eq!(told[0].range, Some((1, 1)));
    }

    #[test]
    fn what_was_seldom_collected_has_no_range() {
        let mut counts: Vec<Option<u32>> = vec![None; 24 * DAYS];
        counts.extend(vec![Some(3); HOURS]);
        assert!(told(&counts, 0).iter().all(|hour| hour.range.is_none()));
        assert!(told(&[], 0).is_empty());
    }
}
