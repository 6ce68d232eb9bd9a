//! Numbers and times in words.

use bellwether_model::{MessageLanguage, MissingReason, Timestamp};
use jiff::ZonedDateTime;
use jiff::tz::TimeZone;

use super::Facts;
use crate::catalogue::{Value, clauses, list, say};

/// What numbers and times are told in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words<'a> {
    language: MessageLanguage,
    zone: &'a TimeZone,
}

impl<'a> Words<'a> {
    pub(super) const fn new(language: MessageLanguage, zone: &'a TimeZone) -> Self {
        Self { language, zone }
    }

    pub(super) const fn of(facts: &Facts<'a>) -> Self {
        Self::new(facts.language, facts.zone)
    }

    pub(super) fn say<const N: usize>(
        self,
        id: &str,
        args: [(&'static str, Value<'_>); N],
    ) -> String {
        say(self.language, id, args)
    }

    /// Parts as a list.
    pub(super) fn list(self, parts: Vec<String>) -> String {
        list(self.language, parts)
    }

    /// Parts that could stand alone as one line.
    pub(super) fn clauses(self, parts: Vec<String>) -> String {
        clauses(self.language, parts)
    }

    /// A mean with at most one decimal; what is not nothing is not written as 0. A number, so that its
    /// noun can agree with it, unless it is told in words.
    pub(super) fn rounded(self, mean: f64) -> Value<'static> {
        if !mean.is_finite() {
            return self.say("number-unknown", []).into();
        }
        if mean > 0.0 && mean < 0.05 {
            return self.say("number-under", [("limit", "0.1".into())]).into();
        }
        let text = format!("{mean:.1}");
        text.parse::<f64>()
            .map_or_else(|_| text.into(), Value::from)
    }

    /// A probability with two significant digits.
    pub(super) fn probability(self, p: f64) -> String {
        if !p.is_finite() {
            self.say("number-unknown", [])
        } else if p == 0.0 {
            self.say("number-under", [("limit", "1e-300".into())])
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
    pub(super) fn length(self, from: Timestamp, to: Timestamp) -> String {
        let seconds = to.duration_since(from).as_secs().max(0);
        let minutes = (seconds + 30) / 60;
        let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
        match (days, hours, minutes) {
            (0, 0, 0) => self.say("length-under-minute", []),
            (0, 0, _) => self.say("length-minutes", [("minutes", minutes.into())]),
            (0, _, 0) => self.say("length-hours", [("hours", hours.into())]),
            (0, _, _) => self.say(
                "length-hours-minutes",
                [("hours", hours.into()), ("minutes", minutes.into())],
            ),
            (_, 0, _) => self.say("count-days", [("days", days.into())]),
            (_, _, _) => self.say(
                "length-days-hours",
                [("days", days.into()), ("hours", hours.into())],
            ),
        }
    }

    /// A length in seconds, below two minutes to the second.
    pub(super) fn seconds(self, seconds: i64) -> String {
        if seconds < 120 {
            return self.say("length-seconds", [("seconds", seconds.into())]);
        }
        let to = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
        self.length(Timestamp::UNIX_EPOCH, to)
    }

    /// A moment with its day.
    pub(super) fn moment(self, time: Timestamp) -> String {
        let at = time.to_zoned_datetime(self.zone.clone());
        self.say(
            "time-moment",
            [
                ("weekday", weekday(&at)),
                ("day", at.day().into()),
                ("month", at.month().into()),
                ("time", clock(&at).into()),
            ],
        )
    }

    /// Two moments; the day once where it is the same.
    pub(super) fn moments(self, from: Timestamp, to: Timestamp) -> String {
        let end = to.to_zoned_datetime(self.zone.clone());
        let is_one_day = from.to_zoned_datetime(self.zone.clone()).date() == end.date();
        let end = if is_one_day {
            clock(&end)
        } else {
            self.moment(to)
        };
        self.range(self.moment(from), end)
    }

    /// The hours of a window, as one says them: `Tue 14-16h`.
    pub(super) fn stretch(self, from: Timestamp, to: Timestamp) -> String {
        let (from, to) = (
            from.to_zoned_datetime(self.zone.clone()),
            to.to_zoned_datetime(self.zone.clone()),
        );
        let ends_at_midnight = to.hour() == 0 && to.minute() == 0;
        let is_one_day = from.date() == to.date()
            || (ends_at_midnight && from.date().tomorrow().is_ok_and(|next| next == to.date()));
        if !is_one_day {
            return self.range(self.bound(&from), self.bound(&to));
        }
        let end_hour = if ends_at_midnight { 24 } else { to.hour() };
        if from.minute() == 0 && to.minute() == 0 {
            self.say(
                "stretch-hours",
                [
                    ("weekday", weekday(&from)),
                    ("from", from.hour().into()),
                    ("to", end_hour.into()),
                ],
            )
        } else {
            let end = format!("{end_hour:02}:{:02}", to.minute());
            self.say(
                "stretch-times",
                [
                    ("weekday", weekday(&from)),
                    ("from", clock(&from).into()),
                    ("to", end.into()),
                ],
            )
        }
    }

    fn bound(self, at: &ZonedDateTime) -> String {
        self.say(
            "stretch-bound",
            [("weekday", weekday(at)), ("time", clock(at).into())],
        )
    }

    fn range(self, from: String, to: String) -> String {
        self.say("time-range", [("from", from.into()), ("to", to.into())])
    }

    /// The name of the zone. Those that are named by their offset turn its sign round (`Etc/GMT-8` is
    /// east of Greenwich), so the offset is told as people write it.
    pub(super) fn zone_name(self) -> String {
        match self.zone.iana_name() {
            Some(name) if !name.starts_with("Etc/") => name.to_owned(),
            // Neither these nor nameless ones ever change their offset.
            _ => {
                let offset = Timestamp::UNIX_EPOCH.to_zoned_datetime(self.zone.clone());
                format!("UTC{}", offset.strftime("%:z"))
            }
        }
    }

    /// Why a source was not collected.
    pub(super) fn reason(self, reason: MissingReason) -> String {
        let id = match reason {
            MissingReason::Failing => "missing-failing",
            MissingReason::NotPolled => "missing-not-polled",
        };
        self.say(id, [])
    }
}

/// The day of the week, Monday as 1.
fn weekday(at: &ZonedDateTime) -> Value<'static> {
    at.weekday().to_monday_one_offset().into()
}

fn clock(at: &ZonedDateTime) -> String {
    at.strftime("%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn t(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn words(language: MessageLanguage, zone: &TimeZone) -> Words<'_> {
        Words { language, zone }
    }

    #[test]
    fn numbers() {
        let zone = TimeZone::UTC;
        let english = words(MessageLanguage::English, &zone);
        for (items, expected) in [
            (0_u32, "0 items"),
            (1, "1 item"),
            (1_234_567, "1234567 items"),
        ] {
            assert_eq!(
                english.say("count-items", [("items", items.into())]),
                expected
            );
        }
        for (mean, expected) in [
            (0.0, "0"),
            (0.01, "under 0.1"),
            (0.06, "0.1"),
            (1.96, "2"),
            (2.44, "2.4"),
            (f64::NAN, "unknown"),
        ] {
            let told = english.rounded(mean);
            assert_eq!(
                english.say("usual-accounts", [("mean", told)]),
                format!("expected together: {expected} accounts")
            );
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
            assert_eq!(english.probability(p), expected, "{p}");
        }
    }

    #[test]
    fn times() {
        let taipei = TimeZone::get("Asia/Taipei").unwrap();
        let english = words(MessageLanguage::English, &taipei);
        for (from, to, stretch, long) in [
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
            assert_eq!(english.stretch(t(from), t(to)), stretch, "{from}");
            assert_eq!(english.length(t(from), t(to)), long, "{from}");
        }
        assert_eq!(
            english.moment(t("2026-11-24T01:14:00Z")),
            "Tue 24 Nov 09:14"
        );
        assert_eq!(english.zone_name(), "Asia/Taipei");
        assert_eq!(
            words(MessageLanguage::English, &TimeZone::UTC).zone_name(),
            "UTC"
        );
    }

    #[test]
    fn a_noun_agrees_with_a_mean_as_it_is_told() {
        let zone = TimeZone::UTC;
        let english = words(MessageLanguage::English, &zone);
        for (mean, expected) in [
            (1.04, "usual x: 1 voice (0 to 1)"),
            (1.06, "usual x: 1.1 voices (0 to 1)"),
            (0.0, "usual x: 0 voices (0 to 1)"),
            (0.01, "usual x: under 0.1 voices (0 to 1)"),
        ] {
            let args = [
                ("stretch", "x".into()),
                ("mean", english.rounded(mean)),
                ("low", 0.into()),
                ("high", 1.into()),
            ];
            assert_eq!(english.say("usual-voices", args), expected, "{mean}");
        }
    }

    #[test]
    fn every_day_and_month_has_its_name() {
        let names = |language| {
            let mut days: Vec<String> = Vec::new();
            let start = t("2026-01-04T12:00:00Z");
            for number in 0..365 {
                let at = start + jiff::SignedDuration::from_hours(24 * number);
                days.push(words(language, &TimeZone::UTC).moment(at));
            }
            days
        };
        let english = names(MessageLanguage::English);
        let start = t("2026-01-04T12:00:00Z");
        for (number, told) in (0..).zip(&english) {
            let at = start + jiff::SignedDuration::from_hours(24 * number);
            assert_eq!(*told, at.strftime("%a %-d %b %H:%M").to_string());
        }
        let chinese = names(MessageLanguage::TraditionalChinese);
        assert_eq!(chinese[0], "1月4日(日) 12:00");
        assert_eq!(chinese[1], "1月5日(一) 12:00");
        assert_eq!(chinese[6], "1月10日(六) 12:00");
        assert_eq!(chinese[324], "11月24日(二) 12:00");
        assert_eq!(chinese[361], "12月31日(四) 12:00");
    }

    #[test]
    fn lengths_and_hours_in_chinese() {
        let taipei = TimeZone::get("Asia/Taipei").unwrap();
        let chinese = words(MessageLanguage::TraditionalChinese, &taipei);
        for (from, to, stretch, long) in [
            (
                "2026-11-24T06:00:00Z",
                "2026-11-24T08:00:00Z",
                "週二14至16時",
                "2小時",
            ),
            (
                "2026-11-24T06:07:00Z",
                "2026-11-24T07:37:00Z",
                "週二14:07至15:37",
                "1小時30分鐘",
            ),
            (
                "2026-11-22T06:00:00Z",
                "2026-11-24T10:00:00Z",
                "週日14:00至週二18:00",
                "2天4小時",
            ),
            (
                "2026-11-24T06:00:00Z",
                "2026-11-24T06:00:20Z",
                "週二14至14時",
                "不到1分鐘",
            ),
        ] {
            assert_eq!(chinese.stretch(t(from), t(to)), stretch, "{from}");
            assert_eq!(chinese.length(t(from), t(to)), long, "{from}");
        }
    }
}
