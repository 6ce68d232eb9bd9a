//! `elections/`: calendars, in the shape of the registry's file, so that its entries can be taken
//! over as they are. `unknown` is a value.

use bellwether_model::{Election, ElectionId, Phase, Withheld};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::checks::{self, UNKNOWN, Use};
use crate::keys;
use crate::register::Register;
use crate::table::{Placed, Table};
use crate::words::quoted;

/// How well a date is established.
const VERIFICATIONS: [(&str, ()); 4] = [
    ("verified", ()),
    ("derived", ()),
    ("recalled", ()),
    (UNKNOWN, ()),
];

/// What may be withheld from messages.
const WITHHELD: [(&str, Withheld); 1] = [(Withheld::Polls.as_str(), Withheld::Polls)];

/// Reads the elections of a file and enters their ids.
pub(crate) fn elections<'a>(top: &Table<'a>, ids: &mut Register<'a>) -> Vec<Election> {
    top.integer("schema", 1..=1);
    if top.has("as_of") {
        checks::day(top, "as_of");
    }
    top.tables("election", &keys::ELECTION)
        .iter()
        .filter_map(|table| election(table, ids))
        .collect()
}

fn election<'a>(table: &Table<'a>, ids: &mut Register<'a>) -> Option<Election> {
    let id = ids.enter(table);
    let name = table.required_text("name_en");
    let name_native = known_text(table, "name_native");
    let country = table
        .require("country", None)
        .then(|| checks::country(table))
        .flatten();
    let zone = table
        .required_text("time_zone")
        .filter(|zone| checks::is_time_zone(table, *zone));
    for other in table.texts("time_zones") {
        checks::is_time_zone(table, other);
    }
    let in_zone = zone.and_then(|zone| TimeZone::get(zone.value).ok());
    table.require("polling_day", Some("`unknown` is a value"));
    let polling_day = known_day(table, "polling_day");
    for key in ["polls_open", "polls_close"] {
        check_hour(table, key);
    }
    if table.has("hours_verification") {
        checks::one_of(table, "hours_verification", "values", &VERIFICATIONS);
    }
    for key in [
        "level",
        "utc_offset",
        "expected_window",
        "authority",
        "state",
    ] {
        table.text(key);
    }
    table.prose("hours_note");
    check_link(table, "authority_url");
    table.texts("offices");
    for document in table.tables("sources", &keys::DOCUMENT) {
        check_document(&document);
    }
    let phases = phases(table, in_zone.as_ref());
    Some(Election {
        id: ElectionId::parse(id?).ok()?,
        name: name?.value.to_owned(),
        name_native,
        country: country?,
        time_zone: zone?.value.to_owned(),
        polling_day,
        phases,
    })
}

fn phases(election: &Table<'_>, zone: Option<&TimeZone>) -> Vec<Phase> {
    let mut ids = Register::new("phase", "phases", false);
    // Where there is no zone that has been said, and the phases are only looked at for faults.
    let zone = zone.cloned().unwrap_or(TimeZone::UTC);
    election
        .tables("phase", &keys::PHASE)
        .iter()
        .filter_map(|table| phase(table, ids.enter(table), &zone))
        .collect()
}

fn phase(table: &Table<'_>, id: Option<&str>, zone: &TimeZone) -> Option<Phase> {
    let start = known_bound(table, "start");
    let end = known_bound(table, "end");
    let begins = start.as_ref().and_then(|start| start.begins(zone));
    let ends = end.as_ref().and_then(|end| end.ends(zone));
    if let (Some(begins), Some(ends)) = (begins, ends)
        && ends <= begins
    {
        let (start, end) = (table.text_or_time("start"), table.text_or_time("end"));
        let text = |bound: Option<Placed<'_, String>>| bound.map_or_else(String::new, |b| b.value);
        table.sink.fault(
            table.place_of_key("end"),
            if ends == begins {
                format!("the phase ends on {}, as it starts", text(end))
            } else {
                format!(
                    "the phase ends on {}, before it starts on {}",
                    text(end),
                    text(start)
                )
            },
            None,
        );
    }
    let law = table.prose("rule").map(|rule| rule.value.trim().to_owned());
    table.prose("note");
    if table.has("verification") {
        checks::one_of(table, "verification", "values", &VERIFICATIONS);
    }
    check_link(table, "source");
    let withholds = table
        .has("withholds")
        .then(|| checks::one_of(table, "withholds", "values", &WITHHELD))
        .flatten();
    for (key, bound) in [("start", &start), ("end", &end)] {
        if withholds.is_some() && bound.is_none() {
            table.sink.fault(
                table.place_of_key("withholds"),
                format!("a phase that withholds must have a known `{key}`"),
                Some("nobody could say whether a message may be sent in full".to_owned()),
            );
        }
    }
    Some(Phase {
        id: id?.to_owned(),
        start: begins,
        end: ends,
        withholds,
        law,
    })
}

fn check_document(document: &Table<'_>) {
    document.required_text("title");
    document.text("publisher");
    if document.require("url", Some("`unknown` is a value")) {
        check_link(document, "url");
    }
    // The day, month or year of a document, as far as it is known.
    document.text_or_time("date");
}

/// An address or `unknown`.
fn check_link(table: &Table<'_>, key: &'static str) {
    if known_text(table, key).is_some() {
        checks::address(table, key, Use::Shown);
    }
}

/// A text; none where it is absent or `unknown`.
fn known_text(table: &Table<'_>, key: &'static str) -> Option<String> {
    table
        .text(key)
        .filter(|text| text.value != UNKNOWN)
        .map(|text| text.value.to_owned())
}

/// A day; none where it is absent or `unknown`.
fn known_day(table: &Table<'_>, key: &'static str) -> Option<Date> {
    let text = table.text_or_time(key)?;
    if text.value == UNKNOWN {
        return None;
    }
    let day = checks::as_day(&text.value);
    if day.is_none() {
        checks::report_day(table, key, &text, "such as 2026-11-28, or `unknown`");
    }
    day
}

/// What bounds a phase.
#[derive(Debug, Clone, Copy)]
enum Bound {
    /// A whole day in the election's zone.
    Day(Date),
    /// A moment.
    Moment(Timestamp),
}

impl Bound {
    /// The first moment of a phase that it begins: of a day its first, whatever the clocks do then.
    fn begins(self, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Moment(moment) => Some(moment),
            Self::Day(day) => {
                let somewhere = day.at(12, 0, 0, 0).to_zoned_datetime(zone.clone()).ok()?;
                Some(somewhere.start_of_day().ok()?.timestamp())
            }
        }
    }

    /// The first moment after a phase that it ends: a day is in it to its end.
    fn ends(self, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Moment(moment) => Some(moment),
            Self::Day(day) => Self::Day(day.tomorrow().ok()?).begins(zone),
        }
    }
}

/// A day or a moment; none where it is absent or `unknown`.
fn known_bound(table: &Table<'_>, key: &'static str) -> Option<Bound> {
    let text = table.text_or_time(key)?;
    if text.value == UNKNOWN {
        return None;
    }
    let day = checks::as_day(&text.value).map(Bound::Day);
    let bound = day.or_else(|| text.value.parse().ok().map(Bound::Moment));
    if bound.is_none() {
        let wanted = "such as 2026-11-28 or 2026-11-28T16:00:00+08:00, or `unknown`";
        checks::report_day(table, key, &text, wanted);
    }
    bound
}

/// A time of day on a polling day, or `unknown`.
fn check_hour(table: &Table<'_>, key: &'static str) {
    let Some(text) = table.text(key) else { return };
    let is_hour =
        text.value.len() == "08:00".len() && text.value.parse::<jiff::civil::Time>().is_ok();
    if text.value != UNKNOWN && !is_hour {
        table.sink.fault(
            text.place,
            format!("`{key}` is no time of day: {}", quoted(text.value)),
            Some("write one such as \"08:00\", or \"unknown\"".to_owned()),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn t(text: &str) -> Timestamp {
        text.parse().expect("test time")
    }

    #[test]
    fn a_day_bounds_a_phase_by_its_own_midnights() {
        for (zone, day, begins, ends) in [
            (
                "Asia/Taipei",
                "2026-11-28",
                "2026-11-27T16:00:00Z",
                "2026-11-28T16:00:00Z",
            ),
            // The clocks go back, the day has 25 hours; and go forward, it has 23.
            (
                "America/New_York",
                "2026-11-01",
                "2026-11-01T04:00:00Z",
                "2026-11-02T05:00:00Z",
            ),
            (
                "America/Los_Angeles",
                "2026-03-08",
                "2026-03-08T08:00:00Z",
                "2026-03-09T07:00:00Z",
            ),
            (
                "Pacific/Honolulu",
                "2026-11-01",
                "2026-11-01T10:00:00Z",
                "2026-11-02T10:00:00Z",
            ),
            // No midnight: the day begins at one.
            (
                "America/Havana",
                "2026-03-08",
                "2026-03-08T05:00:00Z",
                "2026-03-09T04:00:00Z",
            ),
        ] {
            let zone = TimeZone::get(zone).expect("a zone");
            let day = Bound::Day(day.parse().expect("a day"));
            assert_eq!(day.begins(&zone), Some(t(begins)), "{day:?} {zone:?}");
            assert_eq!(day.ends(&zone), Some(t(ends)), "{day:?} {zone:?}");
            let moment = Bound::Moment(t(begins));
            assert_eq!(moment.begins(&zone), Some(t(begins)));
            assert_eq!(moment.ends(&zone), Some(t(begins)));
        }
    }
}
