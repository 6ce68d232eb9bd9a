//! Calendars other than the common one.

use jiff::civil::Date;
use jiff::{ToSpan, civil};

/// The year before the first of the Republic of China.
const ROC_BEFORE: i16 = 1911;

/// 1 Farvardin 1400.
const NOWRUZ_1400: Date = civil::date(2021, 3, 21);

/// Years of the Republic of China that have three digits: 2011 to 2061.
pub(super) fn is_roc_year(year: i16) -> bool {
    (100..=150).contains(&year)
}

/// Years of the Persian calendar (2001 to 2051) that are no plausible ones of another.
pub(super) fn is_persian_year(year: i16) -> bool {
    (1380..=1430).contains(&year)
}

pub(super) fn common(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// The calendar of Taiwan's offices: the common one with other years.
pub(super) fn roc(year: i16, month: i16, day: i16) -> Option<Date> {
    if !(1..=150).contains(&year) {
        return None;
    }
    common(year + ROC_BEFORE, month, day)
}

/// The solar Hijri calendar. Its leap years follow the sun; the rule of 33 years agrees with it from
/// 1178 to 1633 (K. M. Borkowski, The Persian calendar for 3000 years, 1996).
pub(super) fn persian(year: i16, month: i16, day: i16) -> Option<Date> {
    if !is_persian_year(year) || !(1..=12).contains(&month) {
        return None;
    }
    let days = match month {
        1..=6 => 31,
        7..=11 => 30,
        _ => 29 + i16::from(is_persian_leap(year)),
    };
    if !(1..=days).contains(&day) {
        return None;
    }
    let leaps = |from: i16, to: i16| {
        i32::try_from((from..to).filter(|year| is_persian_leap(*year)).count()).unwrap_or(0)
    };
    let years = i32::from(year - 1400) * 365 + leaps(1400, year) - leaps(year, 1400);
    let months = 31 * (month - 1).min(6) + 30 * (month - 7).max(0);
    let ordinal = years + i32::from(months + day - 1);
    NOWRUZ_1400.checked_add(ordinal.days()).ok()
}

fn is_persian_leap(year: i16) -> bool {
    (25 * i32::from(year) + 11) % 33 < 8
}
