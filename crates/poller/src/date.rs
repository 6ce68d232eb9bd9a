//! Dates as feeds write them.
//!
//! A date without a zone, or with a name that means several zones (CST, IST, BST), is not read:
//! taken for UTC it would put an item hours before or after the others and falsify who was first
//! (field cases FC-004, FC-005). Neither is a date without a time of day. The item then stands at
//! the time at which it was seen, and what was written is kept.

use bellwether_model::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

/// Longer texts are no dates.
const BYTES_MAX: usize = 100;

/// Zone names with one meaning, in minutes east of Greenwich (RFC 822, 5.1, and common use).
const ZONES: [(&str, i32); 25] = [
    ("Z", 0),
    ("UT", 0),
    ("UTC", 0),
    ("GMT", 0),
    ("EST", -300),
    ("EDT", -240),
    ("CDT", -300),
    ("MST", -420),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
    ("AKST", -540),
    ("AKDT", -480),
    ("HST", -600),
    ("WET", 0),
    ("WEST", 60),
    ("CET", 60),
    ("CEST", 120),
    ("MEZ", 60),
    ("MESZ", 120),
    ("EET", 120),
    ("EEST", 180),
    ("MSK", 180),
    ("HKT", 480),
    ("JST", 540),
];

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Reads a date: RFC 3339, RFC 2822, and the usual departures from both. `None` where it cannot be
/// read or its zone is not known.
#[must_use]
pub fn parse(raw: &str) -> Option<Timestamp> {
    let raw = raw.trim();
    if raw.is_empty() || raw.len() > BYTES_MAX {
        return None;
    }
    if let Ok(time) = raw.parse() {
        return Some(time);
    }
    if raw.bytes().all(|b| b.is_ascii_digit()) {
        return epoch(raw);
    }
    let mut parts = Parts::default();
    for token in raw.split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')')) {
        parts.take(token.trim_end_matches('.'))?;
    }
    parts.timestamp()
}

/// Seconds or milliseconds since 1970: ten digits until 2286, thirteen likewise.
fn epoch(digits: &str) -> Option<Timestamp> {
    let number: i64 = digits.parse().ok()?;
    match digits.len() {
        10 => Timestamp::from_second(number).ok(),
        13 => Timestamp::from_millisecond(number).ok(),
        _ => None,
    }
}

#[derive(Default)]
struct Parts {
    date: Option<Date>,
    day: Option<i8>,
    month: Option<i8>,
    month_is_first_word: bool,
    year: Option<i16>,
    time: Option<(i8, i8, i8, i32)>,
    is_afternoon: Option<bool>,
    offset: Option<i32>,
    words: usize,
}

impl Parts {
    /// Takes in one token; `None` where it makes the whole unreadable.
    fn take(&mut self, token: &str) -> Option<()> {
        let first = match token.chars().next() {
            None => return Some(()),
            Some(_) if token == "-" => return Some(()),
            Some(first) => first,
        };
        if token.contains(':') && first.is_ascii_digit() {
            return self.take_time(token);
        }
        if matches!(first, '+' | '-') {
            self.offset = Some(offset(token)?);
            return Some(());
        }
        if first.is_ascii_digit() {
            return self.take_number(token);
        }
        self.take_word(token)
    }

    /// `10:11`, `10:11:12.5`, each with a zone behind it or not; a date before a `T`.
    fn take_time(&mut self, token: &str) -> Option<()> {
        if let Some((date, time)) = token
            .split_once(['T', 't'])
            .filter(|(date, _)| !date.contains(':'))
        {
            self.take_number(date)?;
            return self.take_time(time);
        }
        let end = token
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.')))
            .unwrap_or(token.len());
        let (clock, zone) = token.split_at(end);
        let mut numbers = clock.split(':');
        let hour = numbers.next()?.parse().ok()?;
        let minute = numbers.next()?.parse().ok()?;
        let (second, nanosecond) = match numbers.next() {
            None => (0, 0),
            Some(seconds) => {
                let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
                (whole.parse().ok()?, nanoseconds(fraction)?)
            }
        };
        if numbers.next().is_some() {
            return None;
        }
        self.time = Some((hour, minute, second, nanosecond));
        if zone.is_empty() {
            Some(())
        } else {
            self.take(zone)
        }
    }

    /// A day, a year, or a date of numbers.
    fn take_number(&mut self, token: &str) -> Option<()> {
        if let Some((first, rest)) = token.split_once(['-', '/', '.']) {
            let (second, third) = rest.split_once(['-', '/', '.'])?;
            // Of the other orders two are in use, and look the same.
            if first.len() == 4 {
                let date = Date::new(
                    first.parse().ok()?,
                    second.parse().ok()?,
                    third.parse().ok()?,
                );
                self.date = Some(date.ok()?);
                return Some(());
            }
            self.take_number(first)?;
            self.take_word(second)?;
            return self.take_number(third);
        }
        let digits = token.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let number: i16 = digits.parse().ok()?;
        match digits.len() {
            1 | 2 if self.day.is_none() => self.day = Some(i8::try_from(number).ok()?),
            // RFC 2822, 4.3.
            2 if self.year.is_none() => {
                self.year = Some(number + if number < 50 { 2000 } else { 1900 })
            }
            4 if self.year.is_none() => self.year = Some(number),
            _ => return None,
        }
        Some(())
    }

    fn take_word(&mut self, token: &str) -> Option<()> {
        self.words += 1;
        let lower = token.to_lowercase();
        if let Some(month) = MONTHS.iter().position(|month| lower.starts_with(month))
            // The first word may be a day that looks like a month: `mar` is Tuesday in Spanish.
            && (self.month.is_none() || self.month_is_first_word)
            && self.date.is_none()
        {
            self.month = i8::try_from(month + 1).ok();
            self.month_is_first_word = self.words == 1;
            return Some(());
        }
        match lower.as_str() {
            "am" => self.is_afternoon = Some(false),
            "pm" => self.is_afternoon = Some(true),
            "at" => {}
            _ => match zone(token) {
                Some(offset) => {
                    self.offset.get_or_insert(offset);
                }
                // The day of the week, in any language, well or badly.
                None if self.words == 1 => {}
                // A zone's name in words behind the zone itself.
                None if self.offset.is_some() => {}
                None => return None,
            },
        }
        Some(())
    }

    fn timestamp(&self) -> Option<Timestamp> {
        let date = match self.date {
            Some(date) => date,
            None => Date::new(self.year?, self.month?, self.day?).ok()?,
        };
        let (hour, minute, second, nanosecond) = self.time?;
        let hour = match self.is_afternoon {
            Some(is_afternoon) if (1..=12).contains(&hour) => {
                hour % 12 + if is_afternoon { 12 } else { 0 }
            }
            _ => hour,
        };
        let (date, hour) = if (hour, minute, second) == (24, 0, 0) {
            (date.tomorrow().ok()?, 0)
        } else {
            (date, hour)
        };
        let time = Time::new(hour, minute, second.min(59), nanosecond).ok()?;
        let offset = Offset::from_seconds(self.offset?.checked_mul(60)?).ok()?;
        offset.to_timestamp(DateTime::from_parts(date, time)).ok()
    }
}

fn nanoseconds(fraction: &str) -> Option<i32> {
    let digits: String = fraction.chars().take(9).collect();
    if digits.is_empty() {
        return Some(0);
    }
    let power = u32::try_from(9 - digits.len()).ok()?;
    digits
        .parse::<i32>()
        .ok()?
        .checked_mul(10_i32.checked_pow(power)?)
}

/// A zone by name, by name and distance (`GMT+8`), or by distance.
fn zone(token: &str) -> Option<i32> {
    let upper = token.to_ascii_uppercase();
    if let Some((_, offset)) = ZONES.iter().find(|(name, _)| *name == upper) {
        return Some(*offset);
    }
    let distance = upper
        .strip_prefix("GMT")
        .or_else(|| upper.strip_prefix("UTC"))?;
    offset(distance)
}

/// `+0800`, `+08:00`, `+8`, `-5:30`, in minutes.
fn offset(token: &str) -> Option<i32> {
    let sign = match token.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let body = &token[1..];
    let (hours, minutes) = match body.split_once(':') {
        Some((hours, minutes)) => (hours, minutes),
        None if body.len() >= 3 && body.is_ascii() => body.split_at(body.len() - 2),
        None => (body, "0"),
    };
    let number = |text: &str| {
        Some(text)
            .filter(|t| (1..=2).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit()))?
            .parse()
            .ok()
    };
    let (hours, minutes): (i32, i32) = (number(hours)?, number(minutes)?);
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(raw: &str, expected: &str) {
        let found = parse(raw).map(|time| time.to_string());
        assert_eq!(
            found.as_deref(),
            (!expected.is_empty()).then_some(expected),
            "{raw}"
        );
    }

    #[test]
    fn standards() {
        check("2026-11-20T13:45:00Z", "2026-11-20T13:45:00Z");
        check("2026-11-20T21:45:00.25+08:00", "2026-11-20T13:45:00.25Z");
        check("Fri, 20 Nov 2026 21:45:00 +0800", "2026-11-20T13:45:00Z");
        check("20 Nov 26 13:45 GMT", "2026-11-20T13:45:00Z");
        check("Fri, 20 Nov 1998 13:45:00 GMT", "1998-11-20T13:45:00Z");
    }

    #[test]
    fn named_zones_and_odd_offsets() {
        check("Mon, 21 Apr 2025 06:00:00 EDT", "2025-04-21T10:00:00Z");
        check("Sun, 01 Nov 2026 01:30:00 EDT", "2026-11-01T05:30:00Z");
        check("Sun, 01 Nov 2026 01:30:00 EST", "2026-11-01T06:30:00Z");
        check("Fri, 11 Feb 2022 19:58:02 CET", "2022-02-11T18:58:02Z");
        check("Wed, 11 Sep 2019 22:52:30+5:30", "2019-09-11T17:22:30Z");
        check("Thu, 19 Jun 2014 17:00:00 Z", "2014-06-19T17:00:00Z");
        check("Tue, 08 Oct 2013 18:30:00 UT", "2013-10-08T18:30:00Z");
        check("Fri, 20 Nov 2026 21:45:00 GMT+0800", "2026-11-20T13:45:00Z");
        check("Fri, 20 Nov 2026 21:45:00 UTC+8", "2026-11-20T13:45:00Z");
        check(
            "Fri, 20 Nov 2026 21:45:00 GMT+0800 (China Standard Time)",
            "2026-11-20T13:45:00Z",
        );
    }

    #[test]
    fn sloppy_forms() {
        check("Thurs, 20 Nov 2026 13:45:00 GMT", "2026-11-20T13:45:00Z");
        check("пт, 20 Nov 2026 13:45:00 +0300", "2026-11-20T10:45:00Z");
        check("mar, 24 Nov 2026 13:45:00 GMT", "2026-11-24T13:45:00Z");
        check("Mar 24, 2026 13:45 GMT", "2026-03-24T13:45:00Z");
        check("Nov 20, 2026 01:45 PM GMT", "2026-11-20T13:45:00Z");
        check(
            "Friday, November 20, 2026 - 12:05am UTC",
            "2026-11-20T00:05:00Z",
        );
        check("Fri Nov 20 13:45:00 UTC 2026", "2026-11-20T13:45:00Z");
        check("2026-11-20 21:45:00 +0800", "2026-11-20T13:45:00Z");
        check("2026/11/20 13:45:00 GMT", "2026-11-20T13:45:00Z");
        check("20-Nov-2026 13:45:00 GMT", "2026-11-20T13:45:00Z");
        check("2026-11-20T13:45Z", "2026-11-20T13:45:00Z");
        check("2026-11-20T21:45:00+0800", "2026-11-20T13:45:00Z");
        check("Fri, 20 Nov 2026 24:00:00 GMT", "2026-11-21T00:00:00Z");
        check("Fri, 20 Nov 2026 23:59:60 GMT", "2026-11-20T23:59:59Z");
        check("1795176000", "2026-11-20T12:00:00Z");
        check("1795176000000", "2026-11-20T12:00:00Z");
    }

    #[test]
    fn unknown_zones_are_not_guessed() {
        for raw in [
            "2026-11-20 21:30:00",
            "Fri, 20 Nov 2026 21:30:00 CST",
            "Friday, February 27, 2026 - 12:38",
            "2026-11-20",
            "Fri, 20 Nov 2026",
            "yesterday",
            "20/11/2026 10:00 GMT",
            "Fri, 31 Feb 2026 10:00:00 GMT",
            "Fri, 20 Nov 2026 25:00:00 GMT",
            "Fri, 20 Nov 2026 10:00:00 +9999",
            "",
            "::",
            "+",
            "12",
        ] {
            check(raw, "");
        }
    }
}
