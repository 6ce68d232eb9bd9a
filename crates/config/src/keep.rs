//! `[keep]`: how long things are kept, and how much of the disk stays free.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::checks;
use crate::config::KeepSettings;
use crate::table::Table;
use crate::words::quoted;

const DAY: Duration = Duration::from_secs(86_400);

/// Baselines look back 28 days and stories 30; with a slack for what comes late.
const ITEMS: RangeInclusive<Duration> = days(60)..=days(36_500);
/// Long enough to see what went wrong, and longer than a page may wait to be fetched.
const ORIGINALS: RangeInclusive<Duration> = days(7)..=days(36_500);
const PAGES: RangeInclusive<Duration> = days(7)..=days(36_500);
const CAPTURES: RangeInclusive<Duration> = days(1)..=days(36_500);

/// Under this much nothing useful fits; over it no disk has so much to spare.
const FLOOR: RangeInclusive<u64> = 64 << 20..=1 << 40;

const UNITS: [(&str, u64); 4] = [
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];

const fn days(number: u64) -> Duration {
    Duration::from_secs(number * DAY.as_secs())
}

pub(crate) fn keep_settings(keep: &Table<'_>) -> KeepSettings {
    let defaults = KeepSettings::default();
    KeepSettings {
        items: age(keep, "items", ITEMS).unwrap_or(defaults.items),
        originals: age(keep, "originals", ORIGINALS).unwrap_or(defaults.originals),
        pages: age(keep, "pages", PAGES).unwrap_or(defaults.pages),
        captures: age(keep, "captures", CAPTURES).unwrap_or(defaults.captures),
        disk_floor: floor(keep).unwrap_or(defaults.disk_floor),
    }
}

/// A length of time, or for ever, which is the inner `None`.
fn age(
    keep: &Table<'_>,
    key: &'static str,
    bounds: RangeInclusive<Duration>,
) -> Option<Option<Duration>> {
    if keep.text(key)?.value == "forever" {
        return Some(None);
    }
    checks::duration_or(keep, key, bounds, "forever").map(Some)
}

fn floor(keep: &Table<'_>) -> Option<u64> {
    let text = keep.text("disk_floor")?;
    if text.value == "none" {
        return Some(0);
    }
    let Some(bytes) = parse_bytes(text.value) else {
        keep.sink.fault(
            text.place,
            format!("`disk_floor` is no size: {}", quoted(text.value)),
            Some(
                "write a whole number and one of KiB, MiB, GiB, TiB, such as \"2GiB\", or \"none\""
                    .to_owned(),
            ),
        );
        return None;
    };
    if !FLOOR.contains(&bytes) {
        keep.sink.fault(
            text.place,
            "`disk_floor` must be from 64MiB to 1TiB, or \"none\"".to_owned(),
            None,
        );
        return None;
    }
    Some(bytes)
}

fn parse_bytes(text: &str) -> Option<u64> {
    let (number, unit) = UNITS
        .iter()
        .find_map(|(name, unit)| Some((text.strip_suffix(name)?, unit)))?;
    let number = number.trim_end();
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    number.parse::<u64>().ok()?.checked_mul(*unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(parse_bytes("2GiB"), Some(2 << 30));
        assert_eq!(parse_bytes("512 MiB"), Some(512 << 20));
        for wrong in ["2GB", "GiB", "-1GiB", "1.5GiB", "99999999999999999TiB", ""] {
            assert_eq!(parse_bytes(wrong), None, "{wrong}");
        }
    }
}
