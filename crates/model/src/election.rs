//! Elections and their calendars.

use jiff::civil::Date;

use crate::ElectionId;

/// A stretch of an election's calendar, by local dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// Its name, such as `campaign`.
    pub id: String,
    /// First day; `None` is unknown.
    pub start: Option<Date>,
    /// Last day; `None` is unknown.
    pub end: Option<Date>,
}

/// A polling day with its calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Election {
    /// Its id.
    pub id: ElectionId,
    /// Its name in English.
    pub name: String,
    /// Its name where it is held.
    pub name_native: Option<String>,
    /// ISO 3166 code of the country.
    pub country: String,
    /// IANA time zone in which its times are told.
    pub time_zone: String,
    /// The day of the vote; `None` is unknown.
    pub polling_day: Option<Date>,
    /// Its calendar.
    pub phases: Vec<Phase>,
}
