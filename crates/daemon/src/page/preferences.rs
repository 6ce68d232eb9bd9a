//! How a reader wants pages shown: language, zone and theme, and when they looked last. Kept in cookies of
//! theirs; nothing of it is known here afterwards.

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE};
use bellwether_model::{MessageLanguage, Timestamp};
use jiff::SignedDuration;
use jiff::tz::TimeZone;

/// The cookies. None of them lets anybody in.
pub(crate) const LANGUAGE: &str = "bellwether_language";
pub(crate) const ZONE: &str = "bellwether_zone";
pub(crate) const THEME: &str = "bellwether_theme";
pub(crate) const LOOKED: &str = "bellwether_looked";
pub(crate) const KEYS: &str = "bellwether_keys";

/// Looks that are closer together than this are one.
const LOOK: SignedDuration = SignedDuration::from_mins(30);

/// The longest name of a zone: `America/Argentina/ComodRivadavia` has 32 characters.
const ZONE_CHARS_MAX: usize = 64;

/// Light or dark, whatever the system has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Theme {
    Light,
    Dark,
}

impl Theme {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        [Self::Light, Self::Dark]
            .into_iter()
            .find(|theme| theme.as_str() == word)
    }
}

/// When somebody looked: the present look, and the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Looked {
    pub(crate) last: Timestamp,
    pub(crate) before: Option<Timestamp>,
}

impl Looked {
    /// What is kept after a look at a time.
    pub(crate) fn after(known: Option<Self>, now: Timestamp) -> Self {
        match known {
            None => Self {
                last: now,
                before: None,
            },
            Some(known) if now.duration_since(known.last) < LOOK => Self {
                last: now.max(known.last),
                before: known.before,
            },
            Some(known) => Self {
                last: now,
                before: Some(known.last),
            },
        }
    }

    /// As a cookie: seconds since 1970, and those of the look before.
    pub(crate) fn cookie(self) -> String {
        match self.before {
            Some(before) => format!("{}.{}", self.last.as_second(), before.as_second()),
            None => self.last.as_second().to_string(),
        }
    }

    fn read(cookie: &str) -> Option<Self> {
        let time = |text: &str| Timestamp::from_second(text.parse().ok()?).ok();
        let (last, before) = match cookie.split_once('.') {
            Some((last, before)) => (last, Some(time(before)?)),
            None => (cookie, None),
        };
        Some(Self {
            last: time(last)?,
            before,
        })
    }
}

/// How a reader wants pages shown.
#[derive(Debug, Clone, Default)]
pub(crate) struct Preferences {
    pub(crate) language: MessageLanguage,
    /// `None`: that of the election.
    pub(crate) zone: Option<TimeZone>,
    /// `None`: that of the system.
    pub(crate) theme: Option<Theme>,
    pub(crate) looked: Option<Looked>,
    /// Whether single keys do nothing.
    pub(crate) keys_off: bool,
}

impl Preferences {
    /// What a request says; what cannot be read is as if it were not said.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let cookie = |name| cookie(headers, name);
        let accepted = headers
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        Self {
            language: cookie(LANGUAGE)
                .and_then(|tag| MessageLanguage::from_tag(&tag))
                .or_else(|| accepted.map(negotiated))
                .unwrap_or_default(),
            zone: cookie(ZONE).and_then(|name| zone(&name)),
            theme: cookie(THEME).and_then(|word| Theme::from_word(&word)),
            looked: cookie(LOOKED).and_then(|text| Looked::read(&text)),
            keys_off: cookie(KEYS).is_some_and(|word| word == "off"),
        }
    }
}

/// A zone by its name in the database of zones.
pub(crate) fn zone(name: &str) -> Option<TimeZone> {
    let is_name = name.len() <= ZONE_CHARS_MAX
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'+'));
    is_name.then(|| TimeZone::get(name).ok()).flatten()
}

/// The language of a browser's list that comes first (RFC 9110, 12.5.4): Chinese of any script is answered
/// in ours.
fn negotiated(accepted: &str) -> MessageLanguage {
    let mut best: Option<(f32, MessageLanguage)> = None;
    for range in accepted.split(',').take(20) {
        let mut parts = range.split(';').map(str::trim);
        let tag = parts.next().unwrap_or_default().to_ascii_lowercase();
        let quality = parts
            .find_map(|part| part.strip_prefix("q="))
            .map_or(Some(1.0), |q| q.trim().parse().ok());
        let language = match tag.split('-').next() {
            Some("zh") => MessageLanguage::TraditionalChinese,
            Some("en") => MessageLanguage::English,
            _ => continue,
        };
        let Some(quality) = quality.filter(|quality: &f32| *quality > 0.0) else {
            continue;
        };
        if best.is_none_or(|(known, _)| quality > known) {
            best = Some((quality, language));
        }
    }
    best.map_or(MessageLanguage::English, |(_, language)| language)
}

/// The value of a cookie.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter();
    let mut pairs = cookies
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(known, _)| *known == name)?;
    Some(value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn t(minute: i64) -> Timestamp {
        Timestamp::from_second(1_795_500_000 + 60 * minute).unwrap()
    }

    fn of(pairs: &[(&'static str, &str)]) -> Preferences {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        Preferences::of(&headers)
    }

    #[test]
    fn the_browser_says_the_language_and_the_reader_has_the_last_word() {
        use MessageLanguage::{English, TraditionalChinese};
        for (accepted, expected) in [
            ("zh-TW,zh;q=0.9,en;q=0.8", TraditionalChinese),
            ("en-GB, zh-TW;q=0.5", English),
            ("de, zh;q=0.3, en;q=0.2", TraditionalChinese),
            ("zh;q=0, en;q=0.1", English),
            ("zh;q=x", English),
            ("*", English),
            ("", English),
        ] {
            assert_eq!(
                of(&[("accept-language", accepted)]).language,
                expected,
                "{accepted}"
            );
        }
        let said = of(&[
            ("accept-language", "zh-TW"),
            ("cookie", "a=b; bellwether_language=en"),
        ]);
        assert_eq!(said.language, English);
    }

    #[test]
    fn what_cannot_be_read_is_not_said() {
        let said = of(&[(
            "cookie",
            "bellwether_zone=../../etc/passwd; bellwether_theme=pink; bellwether_looked=1.x; bellwether_language=de",
        )]);
        assert!(said.zone.is_none() && said.theme.is_none() && said.looked.is_none());
        let good = of(&[(
            "cookie",
            "bellwether_zone=America/New_York; bellwether_theme=dark; bellwether_looked=1795500060.1795500000",
        )]);
        assert_eq!(good.zone.unwrap().iana_name(), Some("America/New_York"));
        assert_eq!(good.theme, Some(Theme::Dark));
        assert_eq!(good.looked.unwrap().before, Some(t(0)));
    }

    #[test]
    fn looks_that_are_close_together_are_one() {
        let first = Looked::after(None, t(0));
        assert_eq!(first.before, None);
        let same = Looked::after(Some(first), t(10));
        assert_eq!((same.last, same.before), (t(10), None));
        let later = Looked::after(Some(same), t(100));
        assert_eq!((later.last, later.before), (t(100), Some(t(10))));
        let again = Looked::after(Some(later), t(105));
        assert_eq!(again.before, Some(t(10)));
        assert_eq!(Looked::read(&again.cookie()), Some(again));
    }
}
