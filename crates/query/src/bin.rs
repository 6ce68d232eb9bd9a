//! The bins of a timeline, by the calendar of a zone.

use std::fmt;
use std::str::FromStr;

use bellwether_model::{Span, Timestamp};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan, Unit, ZonedDateTimeRound};

/// Most bins of one timeline.
pub const BINS_MAX: usize = 2_000;

/// The length of a bin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bin {
    /// Ten minutes.
    TenMinutes,
    /// One hour.
    Hour,
    /// Six hours.
    SixHours,
    /// One day by the calendar: 23 to 25 hours where clocks change.
    Day,
}

impl Bin {
    /// All of them, shortest first.
    pub const ALL: [Self; 4] = [Self::TenMinutes, Self::Hour, Self::SixHours, Self::Day];

    /// The word used in commands, API and page.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TenMinutes => "10m",
            Self::Hour => "1h",
            Self::SixHours => "6h",
            Self::Day => "1d",
        }
    }

    /// About how long it is.
    #[must_use]
    pub fn length(self) -> SignedDuration {
        match self {
            Self::TenMinutes => SignedDuration::from_mins(10),
            Self::Hour => SignedDuration::from_hours(1),
            Self::SixHours => SignedDuration::from_hours(6),
            Self::Day => SignedDuration::from_hours(24),
        }
    }

    /// The shortest bin that cuts a stretch into at most so many.
    #[must_use]
    pub fn fitting(span: Span, bins_max: usize) -> Self {
        let seconds = span.to.as_second() - span.from.as_second();
        Self::ALL
            .into_iter()
            .find(|bin| {
                seconds / bin.length().as_secs() < i64::try_from(bins_max).unwrap_or(i64::MAX)
            })
            .unwrap_or(Self::Day)
    }
}

impl fmt::Display for Bin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Bin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|bin| bin.as_str() == text)
            .ok_or_else(|| {
                let known: Vec<_> = Self::ALL.iter().map(|bin| bin.as_str()).collect();
                format!(
                    "`{text}` is no length of a bin; expected one of {}",
                    known.join(", ")
                )
            })
    }
}

/// The bins that cover a stretch of time, whole ones by the zone's clock: the first may begin
/// before the stretch and the last end after it.
///
/// # Errors
/// In words, where there would be more than [`BINS_MAX`].
pub fn bins(span: Span, bin: Bin, zone: &TimeZone) -> Result<Vec<Span>, String> {
    let too_many = || {
        format!(
            "{} to {} in bins of {bin} is more than {BINS_MAX} bins; take longer bins or a shorter time",
            span.from, span.to
        )
    };
    let mut start = floor(span.from, bin, zone).ok_or_else(too_many)?;
    let mut bins = Vec::new();
    while start < span.to {
        if bins.len() == BINS_MAX {
            return Err(too_many());
        }
        let end = next(start, bin, zone).ok_or_else(too_many)?;
        bins.push(Span {
            from: start,
            to: end,
        });
        start = end;
    }
    Ok(bins)
}

fn floor(at: Timestamp, bin: Bin, zone: &TimeZone) -> Option<Timestamp> {
    let zoned = at.to_zoned_datetime(zone.clone());
    let (unit, increment) = match bin {
        Bin::TenMinutes => (Unit::Minute, 10),
        Bin::Hour => (Unit::Hour, 1),
        Bin::SixHours => (Unit::Hour, 6),
        Bin::Day => (Unit::Day, 1),
    };
    let round = ZonedDateTimeRound::new()
        .smallest(unit)
        .increment(increment)
        .mode(jiff::RoundMode::Floor);
    zoned.round(round).ok().map(|z| z.timestamp())
}

/// Six-hour bins restart at midnight, so that a day of 23 or 25 hours moves none of the next.
fn next(start: Timestamp, bin: Bin, zone: &TimeZone) -> Option<Timestamp> {
    let zoned = start.to_zoned_datetime(zone.clone());
    let midnight = || {
        zoned
            .tomorrow()
            .ok()?
            .start_of_day()
            .ok()
            .map(|z| z.timestamp())
    };
    let later = |length| start.checked_add(length).ok();
    match bin {
        Bin::TenMinutes => later(SignedDuration::from_mins(10)),
        Bin::Hour => later(SignedDuration::from_hours(1)),
        Bin::SixHours => {
            let at = zoned
                .datetime()
                .date()
                .at(zoned.hour() / 6 * 6, 0, 0, 0)
                .to_zoned_datetime(zone.clone());
            let end = at.ok()?.datetime().checked_add(6.hours()).ok()?;
            let end = end.to_zoned_datetime(zone.clone()).ok()?.timestamp();
            Some(
                end.min(midnight()?)
                    .max(later(SignedDuration::from_mins(1))?),
            )
        }
        Bin::Day => midnight(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(from: &str, to: &str, bin: Bin, zone: &str) -> Vec<String> {
        let span = Span {
            from: from.parse().expect("time"),
            to: to.parse().expect("time"),
        };
        let zone = TimeZone::get(zone).expect("zone");
        let bins = bins(span, bin, &zone).expect("few enough");
        assert!(bins.windows(2).all(|pair| pair[0].to == pair[1].from));
        assert!(bins.first().is_some_and(|b| b.from <= span.from));
        assert!(bins.last().is_some_and(|b| b.to >= span.to));
        bins.iter().map(|b| b.from.to_string()).collect()
    }

    #[test]
    fn days_follow_the_clock_of_the_zone() {
        assert_eq!(
            check(
                "2026-11-27T17:00:00Z",
                "2026-11-28T17:00:00Z",
                Bin::Day,
                "Asia/Taipei"
            ),
            ["2026-11-27T16:00:00Z", "2026-11-28T16:00:00Z"]
        );
        // Clocks go back on 1 November: a day of 25 hours, and every six-hour bin ends at midnight.
        assert_eq!(
            check(
                "2026-11-01T04:00:00Z",
                "2026-11-02T06:00:00Z",
                Bin::Day,
                "America/New_York"
            ),
            ["2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"]
        );
        assert_eq!(
            check(
                "2026-11-01T04:00:00Z",
                "2026-11-02T05:00:00Z",
                Bin::SixHours,
                "America/New_York"
            ),
            [
                "2026-11-01T04:00:00Z",
                "2026-11-01T11:00:00Z",
                "2026-11-01T17:00:00Z",
                "2026-11-01T23:00:00Z"
            ]
        );
    }

    #[test]
    fn too_many_bins_are_refused() {
        let span = Span {
            from: "2021-01-01T00:00:00Z".parse().expect("time"),
            to: "2026-01-01T00:00:00Z".parse().expect("time"),
        };
        assert!(bins(span, Bin::TenMinutes, &TimeZone::UTC).is_err());
        assert!(
            bins(span, Bin::fitting(span, BINS_MAX), &TimeZone::UTC)
                .is_ok_and(|b| b.len() == 1_826)
        );
    }
}
