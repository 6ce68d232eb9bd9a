//! How often, and at which hours, a receiver wants to be told.

use std::time::Duration;

use bellwether_model::{Limit, Pacing, Quiet, ReceiverKind, Severity};
use jiff::civil::Time;
use jiff::tz::TimeZone;

use crate::checks;
use crate::keys;
use crate::table::{Placed, Table};
use crate::words::quoted;

/// What a chat gets at most where nothing is said: more in an hour nobody reads one by one.
const CHAT_LIMIT: Limit = Limit {
    messages: 30,
    per: Duration::from_secs(3600),
};

const MESSAGES: std::ops::RangeInclusive<u64> = 1..=10_000;
const PER: std::ops::RangeInclusive<Duration> =
    Duration::from_secs(60)..=Duration::from_secs(7 * 86_400);

/// Reads it from the table of a receiver.
pub(crate) fn pacing(table: &Table<'_>, kind: Option<ReceiverKind>) -> Pacing {
    let zone = table
        .text("zone")
        .filter(|zone| checks::is_time_zone(table, *zone))
        .and_then(|zone| TimeZone::get(zone.value).ok());
    Pacing {
        zone,
        quiet: table
            .table("quiet", &keys::QUIET)
            .and_then(|table| quiet(&table)),
        limit: match table.table("limit", &keys::LIMIT) {
            Some(table) => limit(&table),
            None => kind
                .is_some_and(ReceiverKind::is_chat)
                .then_some(CHAT_LIMIT),
        },
        digest_at: times(table, "digest_at"),
        handover_at: times(table, "handover_at"),
    }
}

fn quiet(table: &Table<'_>) -> Option<Quiet> {
    let severities = Severity::ALL.map(|severity| (severity.as_str(), severity));
    let except = checks::one_of(table, "except", "severities", &severities);
    let of = |key| {
        table
            .required_text(key)
            .and_then(|text| time(table, key, &text))
    };
    let (from, to) = (of("from"), of("to"));
    let (from, to) = (from?, to?);
    if from == to {
        table.sink.fault(
            table.place,
            "quiet hours that begin when they end are none".to_owned(),
            Some("give another time, or take `quiet` out".to_owned()),
        );
        return None;
    }
    Some(Quiet { from, to, except })
}

fn limit(table: &Table<'_>) -> Option<Limit> {
    table.require("messages", None);
    table.require("per", None);
    let messages = table.integer("messages", MESSAGES);
    let per = checks::duration(table, "per", PER);
    Some(Limit {
        messages: u32::try_from(messages?).ok()?,
        per: per?,
    })
}

fn times(table: &Table<'_>, key: &'static str) -> Vec<Time> {
    if !table.has(key) {
        return Vec::new();
    }
    let texts = table.texts(key).into_iter();
    let mut times: Vec<Time> = texts.filter_map(|text| time(table, key, &text)).collect();
    times.sort();
    times
}

fn time(table: &Table<'_>, key: &str, text: &Placed<'_, &str>) -> Option<Time> {
    let is_clock = text.value.len() == 5 && text.value.as_bytes().get(2) == Some(&b':');
    let time = text.value.parse::<Time>().ok().filter(|_| is_clock);
    if time.is_none() {
        table.sink.fault(
            text.place,
            format!("`{key}` is no time of day: {}", quoted(text.value)),
            Some("write hours and minutes, such as \"07:30\"".to_owned()),
        );
    }
    time
}
