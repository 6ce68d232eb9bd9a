//! Dates as feeds write them: RFC 822, RFC 3339, and the usual departures from both, in the
//! languages, calendars and digits of the sources that are followed.
//!
//! A date is never completed by guessing. Its zone is the one it states; where it states none, or one
//! that means several (CST, IST, BST), that of the country the source speaks from, if that country
//! has one; else the date is not read ([`Unread::NoZone`]): taken for UTC it would put an item hours
//! before or after the others and falsify who was first (field cases FC-004, FC-005). The order of
//! day and month in numbers that allow both is the country's, too. A date without a time of day says
//! so ([`Precision::Day`]). What was written is kept beside what was read by whoever asks.
//!
//! Pure and bounded; nothing is read of a text longer than 100 bytes.

mod calendar;
mod names;
mod place;
#[cfg(test)]
mod tests;
mod tokens;

use bellwether_model::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};

pub use place::Place;

/// Longer texts are no dates.
const BYTES_MAX: usize = 100;

/// A date that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// The moment; of a date without a time of day the beginning of that day.
    pub at: Timestamp,
    /// How exactly.
    pub precision: Precision,
    /// What it rests on.
    pub basis: Basis,
}

/// How exact a date is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// It has a time of day.
    Moment,
    /// It names a day.
    Day,
}

/// What the reading of a date rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The date alone.
    Stated,
    /// The country of its source, too: the zone or the order of day and month is taken from there.
    Country,
}

/// Why a date was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// It is understood but for its zone.
    NoZone,
    /// It is not understood.
    Unreadable,
}

/// Reads a date that states all of itself, its zone included. `None` for any other.
#[must_use]
pub fn parse(raw: &str) -> Option<Timestamp> {
    read(raw, &Place::default())
        .ok()
        .filter(|claim| claim.precision == Precision::Moment)
        .map(|claim| claim.at)
}

/// Reads a date; what it leaves open is taken from the place.
///
/// # Errors
/// Where it cannot be read, or its zone is not known.
pub fn read(raw: &str, place: &Place) -> Result<Claim, Unread> {
    let raw = raw.trim();
    if raw.is_empty() || raw.len() > BYTES_MAX {
        return Err(Unread::Unreadable);
    }
    if let Ok(at) = raw.parse() {
        return Ok(Claim {
            at,
            precision: Precision::Moment,
            basis: Basis::Stated,
        });
    }
    let text = tokens::normalised(raw);
    if let Some(at) = epoch(&text) {
        return Ok(Claim {
            at,
            precision: Precision::Moment,
            basis: Basis::Stated,
        });
    }
    let mut parts = Parts::new(place);
    for token in text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '|')) {
        parts
            .take(token.trim_end_matches('.'))
            .ok_or(Unread::Unreadable)?;
    }
    parts.claim()
}

/// Seconds or milliseconds since 1970: ten digits until 2286, thirteen likewise.
fn epoch(digits: &str) -> Option<Timestamp> {
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = digits.parse().ok()?;
    match digits.len() {
        10 => Timestamp::from_second(number).ok(),
        13 => Timestamp::from_millisecond(number).ok(),
        _ => None,
    }
}

/// The zone of a date, as far as it was found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Zone {
    /// Nothing is said.
    Silent,
    /// Minutes east of Greenwich, by what is written or by the country.
    Offset(i32, Basis),
    /// A name that means several, and the country does not tell which.
    Unknown,
}

struct Parts<'a> {
    place: &'a Place,
    date: Option<Date>,
    day: Option<i8>,
    month: Option<i8>,
    is_persian: bool,
    month_is_first_word: bool,
    year: Option<i16>,
    time: Option<(i8, i8, i8, i32)>,
    is_afternoon: Option<bool>,
    zone: Zone,
    zone_named: Option<TimeZone>,
    order_by_country: bool,
    is_roc: bool,
    words: usize,
}

impl<'a> Parts<'a> {
    fn new(place: &'a Place) -> Self {
        Self {
            place,
            date: None,
            day: None,
            month: None,
            is_persian: false,
            month_is_first_word: false,
            year: None,
            time: None,
            is_afternoon: None,
            zone: Zone::Silent,
            zone_named: None,
            order_by_country: false,
            is_roc: false,
            words: 0,
        }
    }

    /// Takes in one token; `None` where it makes the whole unreadable.
    fn take(&mut self, token: &str) -> Option<()> {
        let first = match token.chars().next() {
            None => return Some(()),
            Some(_) if matches!(token, "-" | "/") => return Some(()),
            Some(first) => first,
        };
        if token.contains(':') && first.is_ascii_digit() {
            return self.take_time(token);
        }
        if matches!(first, '+' | '-') {
            self.zone = Zone::Offset(tokens::offset(token)?, Basis::Stated);
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
        self.time = Some(tokens::clock(clock.trim_end_matches(':'))?);
        self.take(zone)
    }

    /// A day, a year, or a date of numbers.
    fn take_number(&mut self, token: &str) -> Option<()> {
        if let Some((date, time)) = token.split_once(['T', 't']).filter(|(date, time)| {
            date.len() >= 8 && time.starts_with(|c: char| c.is_ascii_digit())
        }) {
            self.take_number(date)?;
            return self.take_packed_time(time);
        }
        if let Some((first, rest)) = token.split_once(['-', '/', '.']) {
            let separator = token.as_bytes()[first.len()];
            let (second, third) = rest.split_once(['-', '/', '.'])?;
            let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
            if is_number(second) {
                // Behind the date a zone may stand without a space: `2026-11-20+08:00`.
                let end = third
                    .find(|c: char| !c.is_ascii_digit())
                    .unwrap_or(third.len());
                let (third, zone) = third.split_at(end);
                self.take_numbers([first, second, third], separator)?;
                return self.take(zone);
            }
            self.take_number(first)?;
            self.take_word(second)?;
            return self.take_number(third);
        }
        let digits = token.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        if digits.len() == 14 || digits.len() == 8 {
            if self.date.is_some() || !digits.is_ascii() {
                return None;
            }
            let (date, time) = digits.split_at(8);
            self.take_numbers([&date[..4], &date[4..6], &date[6..]], b'-')?;
            if !time.is_empty() {
                self.take_packed_time(time)?;
            }
            return Some(());
        }
        let number: i16 = digits.parse().ok()?;
        match digits.len() {
            1 | 2 if self.day.is_none() => self.day = Some(i8::try_from(number).ok()?),
            // RFC 2822, 4.3.
            2 if self.year.is_none() => {
                self.year = Some(number + if number < 50 { 2000 } else { 1900 });
            }
            4 if self.year.is_none() => self.year = Some(number),
            _ => return None,
        }
        Some(())
    }

    /// `213000`, with a zone behind it or not.
    fn take_packed_time(&mut self, text: &str) -> Option<()> {
        let end = text
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len());
        let (digits, zone) = text.split_at(end);
        let two = |at: usize| digits.get(at..at + 2)?.parse::<i8>().ok();
        let second = if digits.len() == 6 { two(4)? } else { 0 };
        if !matches!(digits.len(), 4 | 6) {
            return None;
        }
        self.time = Some((two(0)?, two(2)?, second, 0));
        self.take(zone)
    }

    /// A date of three numbers, in whatever order and calendar.
    fn take_numbers(&mut self, parts: [&str; 3], separator: u8) -> Option<()> {
        let mut numbers = [0_i16; 3];
        for (number, part) in numbers.iter_mut().zip(parts) {
            *number = part.parse().ok()?;
        }
        let [first, second, third] = numbers;
        if self.is_roc || (parts[0].len() == 3 && calendar::is_roc_year(first)) {
            self.date = calendar::roc(first, second, third);
        } else if parts[0].len() == 4 {
            self.date = if calendar::is_persian_year(first) {
                calendar::persian(first, second, third)
            } else {
                calendar::common(first, second, third)
            };
        } else if parts[2].len() == 4 && calendar::is_persian_year(third) {
            self.date = calendar::persian(third, second, first);
        } else if parts[2].len() == 4 || (parts[2].len() == 2 && separator == b'.') {
            let year = if parts[2].len() == 4 {
                third
            } else {
                third + 2000
            };
            let is_month_first = if separator == b'.' || first > 12 {
                false
            } else if second > 12 {
                true
            } else if first == second {
                false
            } else {
                self.order_by_country = true;
                self.place.is_month_first()?
            };
            self.date = if is_month_first {
                calendar::common(year, first, second)
            } else {
                calendar::common(year, second, first)
            };
        }
        self.date.map(|_| ())
    }

    fn take_word(&mut self, token: &str) -> Option<()> {
        self.words += 1;
        let lower = token.to_lowercase();
        if lower == names::ROC {
            self.is_roc = true;
            return Some(());
        }
        if let Some(month) = names::persian_month(&lower) {
            self.month = Some(month);
            self.is_persian = true;
            return Some(());
        }
        if let Some(month) = names::month(&lower)
            // The first word may be a day that looks like a month: `mar` is Tuesday in Spanish.
            && (self.month.is_none() || self.month_is_first_word)
            && self.date.is_none()
        {
            self.month = Some(month);
            self.month_is_first_word = self.words == 1;
            return Some(());
        }
        if let Some(is_afternoon) = names::half_of_day(&lower) {
            self.is_afternoon = is_afternoon;
            return Some(());
        }
        if names::says_nothing(&lower) {
            return Some(());
        }
        let zone = self.zone(token);
        match zone {
            Zone::Silent => {
                // The day of the week, in any language, well or badly; a zone's name in words
                // behind the zone itself.
                let is_harmless =
                    self.words == 1 || names::is_weekday(&lower) || self.zone != Zone::Silent;
                is_harmless.then_some(())
            }
            zone => {
                if self.zone == Zone::Silent {
                    self.zone = zone;
                }
                Some(())
            }
        }
    }

    /// A zone by name, by name and distance (`GMT+8`), or by its name in the zone database.
    fn zone(&mut self, token: &str) -> Zone {
        let upper = token.to_uppercase();
        if let Some(offset) = names::zone(&upper, self.place.country()) {
            return match offset {
                Some((offset, true)) => Zone::Offset(offset, Basis::Stated),
                Some((offset, false)) => Zone::Offset(offset, Basis::Country),
                None => Zone::Unknown,
            };
        }
        let distance = upper
            .strip_prefix("GMT")
            .or_else(|| upper.strip_prefix("UTC"));
        if let Some(offset) = distance.and_then(tokens::offset) {
            return Zone::Offset(offset, Basis::Stated);
        }
        if token.contains('/') && self.zone_named.is_none() {
            self.zone_named = TimeZone::get(token).ok();
        }
        Zone::Silent
    }

    fn claim(&self) -> Result<Claim, Unread> {
        let local = self.local().ok_or(Unread::Unreadable)?;
        let of_zone = |zone: &TimeZone| zone.to_timestamp(local).map_err(|_| Unread::Unreadable);
        let (at, basis) = match (self.zone, &self.zone_named, self.place.zone()) {
            (Zone::Offset(minutes, basis), _, _) => {
                let offset = Offset::from_seconds(minutes * 60).map_err(|_| Unread::Unreadable)?;
                let at = offset.to_timestamp(local).map_err(|_| Unread::Unreadable)?;
                (at, basis)
            }
            (_, Some(zone), _) => (of_zone(zone)?, Basis::Stated),
            (Zone::Silent, None, Some(zone)) => (of_zone(zone)?, Basis::Country),
            _ => return Err(Unread::NoZone),
        };
        Ok(Claim {
            at,
            precision: match self.time {
                Some(_) => Precision::Moment,
                None => Precision::Day,
            },
            basis: if self.order_by_country {
                Basis::Country
            } else {
                basis
            },
        })
    }

    /// The wall clock.
    fn local(&self) -> Option<DateTime> {
        let date = match self.date {
            Some(date) => date,
            None if self.is_persian => {
                calendar::persian(self.year?, self.month?.into(), self.day?.into())?
            }
            None => Date::new(self.year?, self.month?, self.day?).ok()?,
        };
        let Some((hour, minute, second, nanosecond)) = self.time else {
            return Some(DateTime::from_parts(date, Time::midnight()));
        };
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
        Some(DateTime::from_parts(date, time))
    }
}
