//! What a text may mean: durations, dates, addresses, networks, zones, words from a list.
//!
//! Addresses are never shown in a message: one with a password in it is among the mistakes.

use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use bellwether_model::parse_length;
use ipnet::IpNet;
use jiff::civil::Date;
use url::Url;

use crate::table::{Placed, Table};
use crate::words::{did_you_mean, quoted};

/// The value that says: not established.
pub(crate) const UNKNOWN: &str = "unknown";

/// A length of time such as `10m`, within bounds.
pub(crate) fn duration(
    table: &Table<'_>,
    key: &'static str,
    bounds: RangeInclusive<Duration>,
) -> Option<Duration> {
    duration_or(table, key, bounds, "")
}

/// The same where a word may stand instead, which is looked for before; empty where none may.
pub(crate) fn duration_or(
    table: &Table<'_>,
    key: &'static str,
    bounds: RangeInclusive<Duration>,
    word: &str,
) -> Option<Duration> {
    let or_word = match word {
        "" => String::new(),
        word => format!(", or \"{word}\""),
    };
    let text = table.text(key)?;
    let Some(found) = parse_length(text.value) else {
        table.sink.fault(
            text.place,
            format!("`{key}` is no length of time: {}", quoted(text.value)),
            Some(format!(
                "write a whole number and one of s, m, h, d, such as \"10m\" or \"7d\"{or_word}"
            )),
        );
        return None;
    };
    if bounds.contains(&found) {
        return Some(found);
    }
    table.sink.fault(
        text.place,
        format!(
            "`{key}` must be from {} to {}{or_word}",
            show_duration(*bounds.start()),
            show_duration(*bounds.end())
        ),
        None,
    );
    None
}

/// A length of time as one would write it in a file.
fn show_duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    [(86_400, 'd'), (3600, 'h'), (60, 'm')]
        .into_iter()
        .find(|(unit, _)| seconds > 0 && seconds.is_multiple_of(*unit))
        .map_or_else(
            || format!("{seconds}s"),
            |(unit, letter)| format!("{}{letter}", seconds / unit),
        )
}

/// A day, as `2026-11-28`.
pub(crate) fn day(table: &Table<'_>, key: &'static str) -> Option<Date> {
    let text = table.text_or_time(key)?;
    let day = as_day(&text.value);
    if day.is_none() {
        report_day(table, key, &text, "such as 2026-11-28");
    }
    day
}

/// A text that is a day and nothing more: a time in it would be dropped unseen.
pub(crate) fn as_day(text: &str) -> Option<Date> {
    (text.len() == "2026-11-28".len())
        .then(|| text.parse().ok())
        .flatten()
}

pub(crate) fn report_day(table: &Table<'_>, key: &str, text: &Placed<'_, String>, wanted: &str) {
    table.sink.fault(
        text.place,
        format!("`{key}` is no date: {}", quoted(&text.value)),
        Some(format!("write one {wanted}")),
    );
}

/// An IANA time zone.
pub(crate) fn is_time_zone(table: &Table<'_>, zone: Placed<'_, &str>) -> bool {
    // The lookup takes any case; what is kept is shown, and should be the zone's name.
    let good = jiff::tz::TimeZone::get(zone.value)
        .is_ok_and(|found| found.iana_name() == Some(zone.value));
    if !good {
        table.sink.fault(
            zone.place,
            format!("{} is no time zone", quoted(zone.value)),
            Some("use a name of the IANA list, such as `Asia/Taipei`".to_owned()),
        );
    }
    good
}

/// What an address is for decides what it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// It is shown in pages, logs and answers.
    Shown,
    /// It is the base that paths are appended to.
    Base,
    /// It is a secret itself.
    Secret,
}

/// Why a text is no address that can be used; `None` where it is one. Says nothing of the text.
pub(crate) fn address_problem(text: &str, used: Use) -> Option<&'static str> {
    if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Some("contains a blank or a control character");
    }
    let Ok(url) = Url::parse(text) else {
        return Some("is no address: it must begin with https:// or http:// and name a host");
    };
    if !matches!(url.scheme(), "http" | "https") {
        return Some("is neither http nor https");
    }
    if !url.has_host() {
        return Some("names no host");
    }
    let has_password = !url.username().is_empty() || url.password().is_some();
    if used != Use::Secret && has_password {
        return Some("has a user name or password in it, which pages and logs would show");
    }
    if used == Use::Base && (url.query().is_some() || url.fragment().is_some()) {
        return Some("has a `?` or `#` part, and links are made by appending to it");
    }
    None
}

/// An address under a key.
pub(crate) fn address<'a>(
    table: &Table<'a>,
    key: &'static str,
    used: Use,
) -> Option<Placed<'a, &'a str>> {
    let text = table.text(key)?;
    let problem = address_problem(text.value, used);
    if let Some(problem) = problem {
        table
            .sink
            .fault(text.place, format!("`{key}` {problem}"), None);
    }
    problem.is_none().then_some(text)
}

/// Address ranges such as `10.0.0.0/8`, or single addresses.
pub(crate) fn networks(table: &Table<'_>, key: &'static str) -> Vec<IpNet> {
    table
        .texts(key)
        .into_iter()
        .filter_map(|text| {
            let address = || text.value.parse::<IpAddr>().ok().map(IpNet::from);
            let network = text.value.parse().ok().or_else(address);
            if network.is_none() {
                table.sink.fault(
                    text.place,
                    format!("{} is no address range", quoted(text.value)),
                    Some("write one such as \"127.0.0.0/8\" or \"10.1.2.3\"".to_owned()),
                );
            }
            network
        })
        .collect()
}

/// One of a list of words; reports another one with the nearest.
pub(crate) fn one_of<T: Copy>(
    table: &Table<'_>,
    key: &'static str,
    plural: &str,
    choices: &[(&str, T)],
) -> Option<T> {
    let text = table.text(key)?;
    let chosen = choices
        .iter()
        .find(|(word, _)| *word == text.value)
        .map(|(_, choice)| *choice);
    if chosen.is_none() {
        table.sink.fault(
            text.place,
            format!("unknown `{key}` {}", quoted(text.value)),
            Some(did_you_mean(
                text.value,
                choices.iter().map(|(word, _)| *word),
                plural,
            )),
        );
    }
    chosen
}

/// An ISO 3166 code of two capitals.
pub(crate) fn country(table: &Table<'_>) -> Option<String> {
    let text = table.text("country")?;
    let good = text.value.len() == 2 && text.value.bytes().all(|b| b.is_ascii_uppercase());
    if !good {
        table.sink.fault(
            text.place,
            format!("{} is no country code", quoted(text.value)),
            Some("use the two capitals of ISO 3166, such as `TW`".to_owned()),
        );
    }
    good.then(|| text.value.to_owned())
}

/// Language tags in the form of BCP 47.
pub(crate) fn languages(table: &Table<'_>) -> Vec<String> {
    table
        .texts("languages")
        .into_iter()
        .filter(|text| is_language(table, *text))
        .map(|text| text.value.to_owned())
        .collect()
}

/// A language tag; reports what has not its form.
pub(crate) fn is_language(table: &Table<'_>, tag: Placed<'_, &str>) -> bool {
    let good = is_tag(tag.value);
    if !good {
        table.sink.fault(
            tag.place,
            format!("{} is no language tag", quoted(tag.value)),
            Some("use a tag of BCP 47, such as `en` or `zh-Hant`".to_owned()),
        );
    }
    good
}

/// The form of a tag, with scripts written as is usual: tags are compared as they are written.
fn is_tag(text: &str) -> bool {
    let mut parts = text.split('-');
    let primary = parts.next().unwrap_or_default();
    (2..=3).contains(&primary.len())
        && primary.bytes().all(|b| b.is_ascii_lowercase())
        && parts.all(|part| {
            let is_script = part.len() == 4 && part.bytes().all(|b| b.is_ascii_alphabetic());
            let is_usual = part.bytes().enumerate().all(|(at, b)| {
                if at == 0 {
                    b.is_ascii_uppercase()
                } else {
                    b.is_ascii_lowercase()
                }
            });
            (1..=8).contains(&part.len())
                && part.bytes().all(|b| b.is_ascii_alphanumeric())
                && (!is_script || is_usual)
        })
}

/// What stands at the top of a registry's file beside its list.
pub(crate) fn registry_top(top: &Table<'_>) {
    top.integer("schema", 1..=1);
    if top.has("as_of") {
        day(top, "as_of");
    }
    top.boolean("complete");
}

/// The day, month or year of a document as far as it is known, or `unknown`.
pub(crate) fn partial_day(table: &Table<'_>, key: &'static str) -> Option<String> {
    let text = table.text_or_time(key)?;
    if text.value == UNKNOWN {
        return None;
    }
    let whole = match text.value.len() {
        4 => format!("{}-01-01", text.value),
        7 => format!("{}-01", text.value),
        _ => text.value.clone(),
    };
    if as_day(&whole).is_none() {
        report_day(table, key, &text, "such as 2026-11-28, `2026-11` or `2026`");
        return None;
    }
    Some(text.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, seconds) in [("10m", 600), ("2h", 7200), ("7d", 604_800), ("45s", 45)] {
            let found = parse_length(text);
            assert_eq!(found, Some(Duration::from_secs(seconds)), "{text}");
            assert_eq!(found.map(show_duration).as_deref(), Some(text));
        }
        for text in [
            "",
            "m",
            "10",
            "-1m",
            "1.5h",
            "10 m",
            "1w",
            "十m",
            "99999999999999999999d",
        ] {
            assert_eq!(parse_length(text), None, "{text}");
        }
        assert_eq!(parse_length(&format!("{}d", u64::MAX)), None);
    }

    #[test]
    fn language_tags() {
        for good in ["en", "zh-Hant", "zh-Hant-TW", "pt-BR", "es-419", "fil"] {
            assert!(is_tag(good), "{good}");
        }
        for bad in [
            "", "e", "EN", "english", "zh_Hant", "zh-hant", "zh-HANT", "zh-", "en-ü",
        ] {
            assert!(!is_tag(bad), "{bad}");
        }
    }

    #[test]
    fn addresses() {
        for good in [
            "https://news.example.org/rss.xml?a=1#b",
            "http://127.0.0.1:8080/",
        ] {
            assert_eq!(address_problem(good, Use::Shown), None, "{good}");
        }
        for bad in [
            "news.example.org/rss.xml",
            "ftp://example.org/",
            "file:///etc/passwd",
            "https://",
            "https://user@example.org/",
            "https://user:word@example.org/",
            "https://example.org/a b",
            "https://example.org/\u{7}",
            "javascript:alert(1)",
        ] {
            assert!(address_problem(bad, Use::Shown).is_some(), "{bad}");
        }
        assert_eq!(
            address_problem("https://u:p@h.example/x", Use::Secret),
            None
        );
        assert!(address_problem("https://h.example/?a", Use::Base).is_some());
    }
}
