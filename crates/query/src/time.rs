//! Times as people type them: moments, days, and "so long ago".

use std::fmt;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// One end of a stretch of time, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moment {
    /// A moment with its offset.
    At(Timestamp),
    /// A moment in the zone of whoever asks.
    Local(DateTime),
    /// A whole day in that zone.
    Day(Date),
    /// So long before now; `2h`, `30m`, `7d`, `1w`.
    Ago {
        /// How many.
        count: u32,
        /// Of what: `m`, `h`, `d` or `w`.
        unit: char,
    },
    /// Now.
    Now,
}

/// A stretch of time, as typed. Both ends are included, a day whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimeRange {
    /// `[a TO b]`; `None` is open.
    Between(Option<Moment>, Option<Moment>),
    /// `>a`: after it (after the whole day, where it is one).
    After(Moment),
    /// `>=a`.
    From(Moment),
    /// `<a`: before it.
    Before(Moment),
    /// `<=a`.
    Until(Moment),
}

impl Moment {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("now") {
            return Ok(Self::Now);
        }
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        if let (Ok(count), Some(unit @ ("m" | "h" | "d" | "w"))) =
            (text[..digits].parse(), text.get(digits..))
        {
            let unit = unit.chars().next().unwrap_or('h');
            return Ok(Self::Ago { count, unit });
        }
        if let Ok(at) = text.parse::<Timestamp>() {
            return Ok(Self::At(at));
        }
        if text.len() == 10
            && let Ok(day) = text.parse::<Date>()
        {
            return Ok(Self::Day(day));
        }
        text.parse::<DateTime>().map(Self::Local).map_err(|_| {
            format!("`{text}` is no time; expected 2026-11-28, 2026-11-28T08:00, 2026-11-28T00:00:00Z, 2h, 7d or now")
        })
    }

    /// The first moment of it.
    pub(crate) fn start(&self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::At(at) => Some(*at),
            Self::Local(local) => local
                .to_zoned_datetime(zone.clone())
                .ok()
                .map(|z| z.timestamp()),
            Self::Day(day) => day
                .to_zoned_datetime(zone.clone())
                .ok()
                .map(|z| z.timestamp()),
            Self::Ago { count, unit } => {
                let hours = i64::from(*count);
                let length = match unit {
                    'm' => SignedDuration::from_mins(hours),
                    'h' => SignedDuration::from_hours(hours),
                    'd' => SignedDuration::from_hours(24 * hours),
                    _ => SignedDuration::from_hours(7 * 24 * hours),
                };
                now.checked_sub(length).ok()
            }
            Self::Now => Some(now),
        }
    }

    /// The first moment after it: of a day its end, of a moment itself with the smallest step.
    pub(crate) fn end(&self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Day(day) => Self::Day(day.tomorrow().ok()?).start(now, zone),
            other => other
                .start(now, zone)?
                .checked_add(SignedDuration::from_nanos(1))
                .ok(),
        }
    }
}

impl TimeRange {
    pub(crate) fn parse_comparison(text: &str) -> Result<Self, String> {
        for (sign, make) in [
            (">=", Self::From as fn(Moment) -> Self),
            ("<=", Self::Until),
            (">", Self::After),
            ("<", Self::Before),
        ] {
            if let Some(rest) = text.strip_prefix(sign) {
                return Moment::parse(rest).map(make);
            }
        }
        let moment = Moment::parse(text)?;
        if matches!(moment, Moment::Day(_)) {
            return Ok(Self::Between(Some(moment.clone()), Some(moment)));
        }
        Err(format!(
            "`{text}` alone is no stretch of time; expected `>{text}`, `<{text}` or `[{text} TO now]`"
        ))
    }

    pub(crate) fn parse_brackets(inner: &str) -> Result<Self, String> {
        let mut parts = inner.split_whitespace();
        let (Some(from), Some("TO" | "to"), Some(to), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(format!(
                "`[{inner}]` is no stretch of time; expected `[from TO to]`"
            ));
        };
        let end = |text: &str| {
            if text == "*" {
                Ok(None)
            } else {
                Moment::parse(text).map(Some)
            }
        };
        Ok(Self::Between(end(from)?, end(to)?))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(at) => at.fmt(f),
            Self::Local(local) => local.fmt(f),
            Self::Day(day) => day.fmt(f),
            Self::Ago { count, unit } => write!(f, "{count}{unit}"),
            Self::Now => f.write_str("now"),
        }
    }
}

impl fmt::Display for TimeRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end =
            |moment: &Option<Moment>| moment.as_ref().map_or("*".to_owned(), Moment::to_string);
        match self {
            Self::Between(from, to) => write!(f, "[{} TO {}]", end(from), end(to)),
            Self::After(moment) => write!(f, ">{moment}"),
            Self::From(moment) => write!(f, ">={moment}"),
            Self::Before(moment) => write!(f, "<{moment}"),
            Self::Until(moment) => write!(f, "<={moment}"),
        }
    }
}
