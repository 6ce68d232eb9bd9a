//! How often something is published, from the dates of one document, and how often that is worth
//! asking for.

use std::time::Duration;

use bellwether_model::Timestamp;

/// Fewer dates say nothing of a rhythm.
const DATES_MIN: usize = 3;

/// Dates that lie closer together are those of one moment, often that of the answer itself.
const SPAN_MIN: Duration = Duration::from_secs(600);

/// How often a source is asked of which no more is known.
pub(super) const EVERY_DEFAULT: Duration = Duration::from_secs(600);

/// What is proposed: as short as servers bear, and one poll in every hour, so that an hour without
/// one is a gap.
const STEPS: [u64; 5] = [300, 600, 900, 1_800, 3_600];

/// A document must not be full of new items before it is asked for again; four times the usual rhythm
/// is a busy day.
const BUSY_TIMES: u32 = 4;

/// How often a source publishes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rhythm {
    /// Items a day.
    pub per_day: f64,
    /// Between two items, on average.
    pub gap: Duration,
    /// From the oldest item of the document to the newest.
    pub span: Duration,
}

/// The rhythm of items with these dates; `None` where they do not tell.
pub(super) fn rhythm(dates: &[Timestamp]) -> Option<Rhythm> {
    let (oldest, newest) = (dates.iter().min()?, dates.iter().max()?);
    let span = Duration::try_from(newest.duration_since(*oldest)).ok()?;
    if dates.len() < DATES_MIN || span < SPAN_MIN {
        return None;
    }
    let gaps = u32::try_from(dates.len() - 1).ok()?;
    Some(Rhythm {
        per_day: f64::from(gaps) * 86_400.0 / span.as_secs_f64(),
        gap: span / gaps,
        span,
    })
}

/// How often a source of this rhythm is worth asking.
pub(super) fn every(rhythm: Option<Rhythm>) -> Duration {
    let Some(rhythm) = rhythm else {
        return EVERY_DEFAULT;
    };
    let wanted = rhythm.gap.min(rhythm.span / BUSY_TIMES);
    let steps = STEPS.map(Duration::from_secs);
    let fitting = steps.into_iter().rev().find(|step| *step <= wanted);
    fitting.unwrap_or(steps[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dates(count: i64, minutes_apart: i64) -> Vec<Timestamp> {
        (0..count)
            .map(|n| Timestamp::from_second(1_795_132_800 + n * minutes_apart * 60).unwrap())
            .collect()
    }

    #[test]
    fn busy_sources_are_asked_often_and_quiet_ones_once_an_hour() {
        for (count, apart, minutes) in [
            (20, 1, 5),
            (20, 7, 5),
            (20, 12, 10),
            (20, 24, 15),
            (20, 45, 30),
            (50, 90, 60),
            (20, 5_000, 60),
            // Three items in all: the document would be full soon.
            (3, 60, 30),
        ] {
            let rhythm = rhythm(&dates(count, apart)).unwrap();
            assert_eq!(rhythm.gap.as_secs(), u64::try_from(apart * 60).unwrap());
            assert_eq!(
                every(Some(rhythm)).as_secs() / 60,
                minutes,
                "{count}, {apart}"
            );
        }
        let daily = rhythm(&dates(10, 1_440)).unwrap();
        assert!((daily.per_day - 1.0).abs() < 1e-9);
    }

    #[test]
    fn few_dates_and_dates_of_one_moment_say_nothing() {
        assert_eq!(rhythm(&[]), None);
        assert_eq!(rhythm(&dates(2, 1_000)), None);
        assert_eq!(rhythm(&dates(30, 0)), None);
        assert_eq!(every(None), EVERY_DEFAULT);
    }
}
