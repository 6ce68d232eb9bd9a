//! Numbers and times in words.

use bellwether_model::{MissingReason, Timestamp};
use jiff::tz::TimeZone;

/// A number with its noun.
pub(super) fn count(number: u32, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// A mean with at most one decimal; what is not nothing is not written as 0.
pub(super) fn rounded(mean: f64) -> String {
    if !mean.is_finite() {
        return "unknown".to_owned();
    }
    if mean > 0.0 && mean < 0.05 {
        return "under 0.1".to_owned();
    }
    let text = format!("{mean:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// A probability with two significant digits.
pub(super) fn probability(p: f64) -> String {
    if !p.is_finite() {
        "unknown".to_owned()
    } else if p == 0.0 {
        "under 1e-300".to_owned()
    } else if p < 0.0001 {
        let text = format!("{p:.1e}");
        text.replace(".0e", "e")
    } else {
        let decimals = if p < 0.001 { 5 } else { 4 };
        let text = format!("{p:.decimals$}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

/// The length between two times, in its two largest units.
pub(super) fn length(from: Timestamp, to: Timestamp) -> String {
    let seconds = to.duration_since(from).as_secs().max(0);
    let minutes = (seconds + 30) / 60;
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let day = if days == 1 { "day" } else { "days" };
    match (days, hours, minutes) {
        (0, 0, 0) => "under a minute".to_owned(),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, 0, _) => format!("{days} {day}"),
        (days, hours, _) => format!("{days} {day} {hours} h"),
    }
}

/// A length in seconds, below two minutes to the second.
pub(super) fn seconds(seconds: i64) -> String {
    if seconds < 120 {
        return format!("{seconds} s");
    }
    let to = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    length(Timestamp::UNIX_EPOCH, to)
}

/// A moment with its day.
pub(super) fn moment(time: Timestamp, zone: &TimeZone) -> String {
    time.to_zoned_datetime(zone.clone())
        .strftime("%a %-d %b %H:%M")
        .to_string()
}

/// Two moments; the day once where it is the same.
pub(super) fn moments(from: Timestamp, to: Timestamp, zone: &TimeZone) -> String {
    let end = to.to_zoned_datetime(zone.clone());
    if from.to_zoned_datetime(zone.clone()).date() == end.date() {
        format!("{} to {}", moment(from, zone), end.strftime("%H:%M"))
    } else {
        format!("{} to {}", moment(from, zone), moment(to, zone))
    }
}

/// The hours of a window, as one says them: `Tue 14-16h`.
pub(super) fn stretch(from: Timestamp, to: Timestamp, zone: &TimeZone) -> String {
    let (from, to) = (
        from.to_zoned_datetime(zone.clone()),
        to.to_zoned_datetime(zone.clone()),
    );
    let ends_at_midnight = to.hour() == 0 && to.minute() == 0;
    let is_one_day = from.date() == to.date()
        || (ends_at_midnight && from.date().tomorrow().is_ok_and(|next| next == to.date()));
    if !is_one_day {
        return format!(
            "{} to {}",
            from.strftime("%a %H:%M"),
            to.strftime("%a %H:%M")
        );
    }
    let day = from.strftime("%a");
    let end_hour = if ends_at_midnight { 24 } else { to.hour() };
    if from.minute() == 0 && to.minute() == 0 {
        format!("{day} {}-{end_hour}h", from.hour())
    } else {
        format!(
            "{day} {}-{end_hour:02}:{:02}",
            from.strftime("%H:%M"),
            to.minute()
        )
    }
}

/// The name of a zone. Those that are named by their offset turn its sign round (`Etc/GMT-8` is east
/// of Greenwich), so the offset is told as people write it.
pub(super) fn zone_name(zone: &TimeZone) -> String {
    match zone.iana_name() {
        Some(name) if !name.starts_with("Etc/") => name.to_owned(),
        // Neither these nor nameless ones ever change their offset.
        _ => {
            let offset = Timestamp::UNIX_EPOCH.to_zoned_datetime(zone.clone());
            format!("UTC{}", offset.strftime("%:z"))
        }
    }
}

/// Why a source was not collected.
pub(super) const fn reason(reason: MissingReason) -> &'static str {
    match reason {
        MissingReason::Failing => "failing",
        MissingReason::NotPolled => "not polled",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn t(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn numbers() {
        assert_eq!(count(1, "story", "stories"), "1 story");
        assert_eq!(count(0, "story", "stories"), "0 stories");
        for (mean, expected) in [
            (0.0, "0"),
            (0.01, "under 0.1"),
            (0.06, "0.1"),
            (1.96, "2"),
            (2.44, "2.4"),
            (f64::NAN, "unknown"),
        ] {
            assert_eq!(rounded(mean), expected, "{mean}");
        }
        for (p, expected) in [
            (0.05, "0.05"),
            (0.001, "0.001"),
            (0.00012, "0.00012"),
            (0.000_003_24, "3.2e-6"),
            (1e-9, "1e-9"),
            (0.0, "under 1e-300"),
            (1.0, "1"),
        ] {
            assert_eq!(probability(p), expected, "{p}");
        }
    }

    #[test]
    fn times() {
        let taipei = TimeZone::get("Asia/Taipei").unwrap();
        for (from, to, words, long) in [
            (
                "2026-11-24T06:00:00Z",
                "2026-11-24T08:00:00Z",
                "Tue 14-16h",
                "2 h",
            ),
            (
                "2026-11-24T06:07:00Z",
                "2026-11-24T07:37:00Z",
                "Tue 14:07-15:37",
                "1 h 30 min",
            ),
            (
                "2026-11-24T14:00:00Z",
                "2026-11-24T16:00:00Z",
                "Tue 22-24h",
                "2 h",
            ),
            (
                "2026-11-24T13:30:00Z",
                "2026-11-24T16:00:00Z",
                "Tue 21:30-24:00",
                "2 h 30 min",
            ),
            (
                "2026-11-24T15:00:00Z",
                "2026-11-24T17:00:00Z",
                "Tue 23:00 to Wed 01:00",
                "2 h",
            ),
            (
                "2026-11-22T06:00:00Z",
                "2026-11-24T10:00:00Z",
                "Sun 14:00 to Tue 18:00",
                "2 days 4 h",
            ),
            (
                "2026-11-24T06:00:00Z",
                "2026-11-24T06:00:20Z",
                "Tue 14-14h",
                "under a minute",
            ),
        ] {
            assert_eq!(stretch(t(from), t(to), &taipei), words, "{from}");
            assert_eq!(length(t(from), t(to)), long, "{from}");
        }
        assert_eq!(
            moment(t("2026-11-24T01:14:00Z"), &taipei),
            "Tue 24 Nov 09:14"
        );
        assert_eq!(zone_name(&taipei), "Asia/Taipei");
        assert_eq!(zone_name(&TimeZone::UTC), "UTC");
    }
}
