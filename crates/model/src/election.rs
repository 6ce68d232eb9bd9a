//! Elections, their calendars, and where in them a moment lies.
//!
//! A phase is a stretch of moments, half-open as every [`Span`](crate::Span) here: it begins at its
//! start and is over at its end. Which days these moments bound in the election's zone has been settled
//! when the calendar was read. A bound that nobody has established is unknown, and so is then whether
//! the phase is in force: it is never taken for in force, nor for over.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::{ElectionId, Timestamp};

/// What may not be told outside while a phase is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withheld {
    /// Opinion polls on the election.
    Polls,
}

impl Withheld {
    /// The word used in configuration and API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Polls => "polls",
        }
    }
}

/// Whether a phase is in force at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InForce {
    /// It is.
    Yes,
    /// It is not yet, or no longer.
    No,
    /// The bound that would decide is unknown.
    Unknown,
}

/// A stretch of an election's calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// Its name, such as `campaign`.
    pub id: String,
    /// Its first moment; `None` is unknown.
    pub start: Option<Timestamp>,
    /// The first moment after it; `None` is unknown.
    pub end: Option<Timestamp>,
    /// What is withheld from messages while it is in force.
    pub withholds: Option<Withheld>,
    /// The rule of law that sets it.
    pub law: Option<String>,
}

impl Phase {
    /// Whether it is in force at a moment.
    #[must_use]
    pub fn in_force(&self, at: Timestamp) -> InForce {
        match (self.start, self.end) {
            (Some(start), _) if at < start => InForce::No,
            (_, Some(end)) if end <= at => InForce::No,
            (Some(_), Some(_)) => InForce::Yes,
            _ => InForce::Unknown,
        }
    }
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

impl Election {
    /// The zone in which its times are told; UTC where nobody knows the name, which the configuration
    /// has checked.
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.time_zone).unwrap_or(TimeZone::UTC)
    }

    /// The phases that are in force at a moment, in the order of the calendar.
    pub fn phases_at(&self, at: Timestamp) -> impl Iterator<Item = &Phase> {
        self.phases_that_are(InForce::Yes, at)
    }

    fn phases_that_are(&self, wanted: InForce, at: Timestamp) -> impl Iterator<Item = &Phase> {
        let phases = self.phases.iter();
        phases.filter(move |phase| phase.in_force(at) == wanted)
    }

    /// Days from the day of a moment to that of the vote, by the calendar of its zone: 0 on polling
    /// day, negative after it; `None` where the day is unknown.
    #[must_use]
    pub fn days_to_polling(&self, at: Timestamp) -> Option<i32> {
        let today = at.to_zoned_datetime(self.zone()).date();
        let days = today.until(self.polling_day?).ok()?;
        Some(days.get_days())
    }

    /// What the election's calendar says of a moment.
    #[must_use]
    pub fn clock(&self, at: Timestamp) -> ElectionClock {
        let ids = |wanted| {
            let phases = self.phases_that_are(wanted, at);
            phases.map(|phase| phase.id.clone()).collect()
        };
        ElectionClock {
            election: self.id.clone(),
            name: self.name.clone(),
            days_to_polling: self.days_to_polling(at),
            phases: ids(InForce::Yes),
            phases_unknown: ids(InForce::Unknown),
            applied: None,
        }
    }

    /// The phase in force that withholds something; of several the one that ends last.
    #[must_use]
    pub fn withholding(&self, what: Withheld, at: Timestamp) -> Option<&Phase> {
        self.phases_at(at)
            .filter(|phase| phase.withholds == Some(what))
            .max_by_key(|phase| phase.end)
    }
}

/// What an election's calendar said of the moment at which something was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ElectionClock {
    /// The election.
    pub election: ElectionId,
    /// Its name in English.
    pub name: String,
    /// Days to polling day: 0 on it, negative after it; `None` is unknown.
    pub days_to_polling: Option<i32>,
    /// The phases that were in force.
    pub phases: Vec<String>,
    /// The phases of which nobody knows whether they were: their start or end is unknown.
    pub phases_unknown: Vec<String>,
    /// The phase whose thresholds of the rule were applied; `None`: the rule's own.
    pub applied: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn t(text: &str) -> Timestamp {
        text.parse().expect("test time")
    }

    fn phase(id: &str, start: Option<&str>, end: Option<&str>) -> Phase {
        Phase {
            id: id.to_owned(),
            start: start.map(t),
            end: end.map(t),
            withholds: None,
            law: None,
        }
    }

    fn election(zone: &str, day: &str, phases: Vec<Phase>) -> Election {
        Election {
            id: ElectionId::new("invented"),
            name: "Invented".to_owned(),
            name_native: None,
            country: "XO".to_owned(),
            time_zone: zone.to_owned(),
            polling_day: day.parse().ok(),
            phases,
        }
    }

    #[test]
    fn a_phase_holds_from_its_first_moment_until_its_end() {
        let start = Some("2026-11-17T16:00:00Z");
        let end = Some("2026-11-28T08:00:00Z");
        for (start, end, at, expected) in [
            (start, end, "2026-11-17T15:59:59.999999999Z", InForce::No),
            (start, end, "2026-11-17T16:00:00Z", InForce::Yes),
            (start, end, "2026-11-28T07:59:59Z", InForce::Yes),
            (start, end, "2026-11-28T08:00:00Z", InForce::No),
            (start, None, "2026-11-17T15:00:00Z", InForce::No),
            (start, None, "2026-11-17T16:00:00Z", InForce::Unknown),
            (None, end, "1999-01-01T00:00:00Z", InForce::Unknown),
            (None, end, "2026-11-28T08:00:00Z", InForce::No),
            (None, None, "2026-11-28T08:00:00Z", InForce::Unknown),
        ] {
            let found = phase("p", start, end).in_force(t(at));
            assert_eq!(found, expected, "{start:?} {end:?} {at}");
        }
    }

    #[test]
    fn the_day_turns_at_midnight_in_taipei() {
        let election = election("Asia/Taipei", "2026-11-28", Vec::new());
        for (at, days) in [
            ("2026-11-27T15:59:59Z", 1),
            ("2026-11-27T16:00:00Z", 0),
            ("2026-11-28T15:59:59Z", 0),
            ("2026-11-28T16:00:00Z", -1),
            ("2026-08-19T16:00:00Z", 100),
        ] {
            assert_eq!(election.days_to_polling(t(at)), Some(days), "{at}");
        }
    }

    #[test]
    fn days_are_of_the_calendar_across_the_end_of_summer_time() {
        // The clocks of the mainland go back on 1 November 2026 at two, two days before the vote.
        for (zone, at, days) in [
            ("America/New_York", "2026-11-01T03:59:59Z", 3),
            ("America/New_York", "2026-11-01T04:00:00Z", 2),
            ("America/New_York", "2026-11-02T04:59:59Z", 2),
            ("America/New_York", "2026-11-02T05:00:00Z", 1),
            ("America/Los_Angeles", "2026-11-01T06:59:59Z", 3),
            ("America/Los_Angeles", "2026-11-01T07:00:00Z", 2),
            ("America/Los_Angeles", "2026-11-02T07:59:59Z", 2),
            ("America/Los_Angeles", "2026-11-02T08:00:00Z", 1),
            // No summer time there.
            ("America/Phoenix", "2026-11-02T06:59:59Z", 2),
            ("Pacific/Honolulu", "2026-11-03T09:59:59Z", 1),
            ("Pacific/Guam", "2026-11-02T14:00:00Z", 0),
        ] {
            let election = election(zone, "2026-11-03", Vec::new());
            assert_eq!(election.days_to_polling(t(at)), Some(days), "{zone} {at}");
        }
        let unknown = election("America/New_York", "unknown", Vec::new());
        assert_eq!(unknown.days_to_polling(t("2026-11-03T00:00:00Z")), None);
    }

    #[test]
    fn the_clock_tells_unknown_from_over() {
        let election = election(
            "Asia/Taipei",
            "2026-11-28",
            vec![
                phase("notice", Some("2026-08-19T16:00:00Z"), None),
                phase(
                    "campaign",
                    Some("2026-11-12T16:00:00Z"),
                    Some("2026-11-27T16:00:00Z"),
                ),
                phase(
                    "blackout",
                    Some("2026-11-17T16:00:00Z"),
                    Some("2026-11-28T08:00:00Z"),
                ),
                phase("certificates", None, Some("2026-12-18T16:00:00Z")),
            ],
        );
        let clock = election.clock(t("2026-11-27T12:00:00Z"));
        assert_eq!(clock.days_to_polling, Some(1));
        assert_eq!(clock.phases, ["campaign", "blackout"]);
        assert_eq!(clock.phases_unknown, ["notice", "certificates"]);
        let clock = election.clock(t("2026-12-19T00:00:00Z"));
        assert_eq!(clock.phases, [""; 0]);
        assert_eq!(clock.phases_unknown, ["notice"]);
    }

    #[test]
    fn of_two_phases_that_withhold_the_last_to_end_counts() {
        let withholds = |id, end| Phase {
            withholds: Some(Withheld::Polls),
            ..phase(id, Some("2026-11-17T16:00:00Z"), Some(end))
        };
        let election = election(
            "Asia/Taipei",
            "2026-11-28",
            vec![
                withholds("long", "2026-11-28T08:00:00Z"),
                withholds("short", "2026-11-20T00:00:00Z"),
                phase(
                    "campaign",
                    Some("2026-11-12T16:00:00Z"),
                    Some("2026-11-30T16:00:00Z"),
                ),
            ],
        );
        let at = |at| {
            let phase = election.withholding(Withheld::Polls, t(at));
            phase.map(|phase| phase.id.as_str())
        };
        assert_eq!(at("2026-11-19T00:00:00Z"), Some("long"));
        assert_eq!(at("2026-11-28T08:00:00Z"), None);
        assert_eq!(at("2026-11-17T15:59:59Z"), None);
    }
}
