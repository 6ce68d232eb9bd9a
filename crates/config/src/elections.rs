//! `elections/`: calendars, in the shape of the registry's file, so that its entries can be taken
//! over as they are. `unknown` is a value.

use bellwether_model::{Election, ElectionId, Phase};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::checks::{self, UNKNOWN, Use};
use crate::keys;
use crate::register::Register;
use crate::table::Table;
use crate::words::quoted;

/// How well a date is established.
const VERIFICATIONS: [(&str, ()); 4] = [
    ("verified", ()),
    ("derived", ()),
    ("recalled", ()),
    (UNKNOWN, ()),
];

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
    let polling_day = known_day(table, "polling_day", None);
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
    election
        .tables("phase", &keys::PHASE)
        .iter()
        .filter_map(|table| {
            let id = ids.enter(table);
            let start = known_day(table, "start", zone);
            let end = known_day(table, "end", zone);
            if let (Some(start), Some(end)) = (start, end)
                && end < start
            {
                table.sink.fault(
                    table.place_of_key("end"),
                    format!("the phase ends on {end}, before it starts on {start}"),
                    None,
                );
            }
            for key in ["rule", "note"] {
                table.prose(key);
            }
            if table.has("verification") {
                checks::one_of(table, "verification", "values", &VERIFICATIONS);
            }
            check_link(table, "source");
            Some(Phase {
                id: id?.to_owned(),
                start,
                end,
            })
        })
        .collect()
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

/// A day; none where it is absent or `unknown`. With a zone a moment is taken too, as the day it
/// falls on there.
fn known_day(table: &Table<'_>, key: &'static str, zone: Option<&TimeZone>) -> Option<Date> {
    let text = table.text_or_time(key)?;
    if text.value == UNKNOWN {
        return None;
    }
    let moment = || {
        let time: Timestamp = text.value.parse().ok()?;
        Some(time.to_zoned_datetime(zone?.clone()).date())
    };
    let day = checks::as_day(&text.value).or_else(moment);
    if day.is_none() {
        checks::report_day(table, key, &text, "such as 2026-11-28, or `unknown`");
    }
    day
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
