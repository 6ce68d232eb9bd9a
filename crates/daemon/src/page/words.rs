//! Numbers, times and texts as pages show them.
//!
//! Text of sources passes through [`text`] before it stands on a page: `maud` escapes markup, this
//! removes what has no shape and turns the direction of writing.

use bellwether_api::{HighlightBody, ItemBody, MissingBody};
use bellwether_model::{Directory, GroupId, MessageLanguage, Role, SourceId, Timestamp};
use bellwether_text::display_safe;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use url::Url;

use super::Visit;
use super::catalogue::say_with;
use crate::answers::reason_in_words;

/// A text of a source, fit to be shown.
pub(super) fn text(text: &str) -> String {
    display_safe(text)
}

/// A text of a source in its own direction and language.
pub(super) fn foreign(content: &str, lang: Option<&str>) -> Markup {
    html! { bdi dir="auto" lang=[tag(lang)] { (text(content)) } }
}

/// The language tag for a text; none where the language is not known.
pub(super) fn tag(lang: Option<&str>) -> Option<&str> {
    lang.filter(|lang| *lang != "und" && !lang.is_empty())
}

/// A text with what matched marked; offsets count characters.
pub(super) fn marked<'a>(
    content: &str,
    highlights: impl Iterator<Item = &'a HighlightBody>,
) -> Markup {
    let chars: Vec<char> = content.chars().collect();
    let mut parts: Vec<(bool, String)> = Vec::new();
    let mut at = 0;
    let mut push = |is_marked, from: usize, to: usize| {
        if let Some(part) = chars.get(from..to).filter(|part| !part.is_empty()) {
            parts.push((is_marked, text(&part.iter().collect::<String>())));
        }
    };
    for highlight in highlights {
        let start = highlight.start.clamp(at, chars.len());
        let end = highlight.end.clamp(start, chars.len());
        push(false, at, start);
        push(true, start, end);
        at = end;
    }
    push(false, at, chars.len());
    html! {
        @for (is_marked, part) in &parts {
            @if *is_marked { mark { (part) } } @else { (part) }
        }
    }
}

/// A mean with at most one decimal; what is not nothing is not written as 0.
pub(super) fn rounded(visit: &Visit<'_>, mean: f64) -> String {
    rounded_or(mean).unwrap_or_else(|said| visit.say(said))
}

/// A mean in digits, or the message that says what it is.
fn rounded_or(mean: f64) -> Result<String, &'static str> {
    if !mean.is_finite() {
        return Err("words-unknown");
    }
    if mean > 0.0 && mean < 0.05 {
        return Err("words-under-tenth");
    }
    let shown = format!("{mean:.1}");
    Ok(shown
        .strip_suffix(".0")
        .map_or(shown.clone(), str::to_owned))
}

/// A probability with about two significant digits.
pub(super) fn probability(visit: &Visit<'_>, p: f64) -> String {
    probability_or(p).unwrap_or_else(|said| visit.say(said))
}

/// A probability in digits, or the message that says what it is.
fn probability_or(p: f64) -> Result<String, &'static str> {
    if !p.is_finite() {
        Err("words-unknown")
    } else if p == 0.0 {
        Err("words-under-least")
    } else if p < 0.0001 {
        Ok(format!("{p:.1e}").replace(".0e", "e"))
    } else {
        let shown = format!("{p:.5}");
        Ok(shown.trim_end_matches('0').trim_end_matches('.').to_owned())
    }
}

/// A value or limit of a gate: whole where it is, else with two decimals.
pub(super) fn value(number: f64) -> String {
    let shown = format!("{number:.2}");
    shown
        .strip_suffix(".00")
        .map_or(shown.clone(), str::to_owned)
}

/// The day of a record, with its year.
pub(super) fn day_of_record(visit: &Visit<'_>, day: Date) -> String {
    let format = match visit.language() {
        MessageLanguage::English => "%-d %b %Y",
        MessageLanguage::TraditionalChinese => "%Y 年 %-m 月 %-d 日",
    };
    day.strftime(format).to_string()
}

/// How pages tell times: in one zone, without the year where it is the present one.
#[derive(Clone)]
pub(super) struct Times {
    pub(super) zone: TimeZone,
    pub(super) now: Timestamp,
    pub(super) language: MessageLanguage,
}

impl Times {
    fn with(&self, at: Timestamp, format: &str) -> String {
        at.to_zoned_datetime(self.zone.clone())
            .strftime(format)
            .to_string()
    }

    fn year(&self, at: Timestamp) -> i16 {
        at.to_zoned_datetime(self.zone.clone()).year()
    }

    /// A moment with its day.
    pub(super) fn moment(&self, at: Timestamp) -> String {
        let is_this_year = self.year(at) == self.year(self.now);
        match (self.language, is_this_year) {
            (MessageLanguage::English, true) => self.with(at, "%a %-d %b %H:%M"),
            (MessageLanguage::English, false) => self.with(at, "%-d %b %Y %H:%M"),
            (MessageLanguage::TraditionalChinese, true) => {
                self.with(at, &format!("%-m 月 %-d 日（{}）%H:%M", self.weekday(at)))
            }
            (MessageLanguage::TraditionalChinese, false) => {
                self.with(at, "%Y 年 %-m 月 %-d 日 %H:%M")
            }
        }
    }

    /// The day of a moment, in full.
    pub(super) fn day(&self, at: Timestamp) -> String {
        match self.language {
            MessageLanguage::English => self.with(at, "%A %-d %B %Y, %H:%M"),
            MessageLanguage::TraditionalChinese => self.with(
                at,
                &format!("%Y 年 %-m 月 %-d 日（{}）%H:%M", self.weekday(at)),
            ),
        }
    }

    /// A date as a calendar has it, `2026-11-28`; as it is where it is none.
    pub(super) fn date(&self, date: &str) -> String {
        let Ok(day) = date.parse::<Date>() else {
            return text(date);
        };
        match self.language {
            MessageLanguage::English => day.strftime("%a %-d %b %Y").to_string(),
            MessageLanguage::TraditionalChinese => day.strftime("%Y 年 %-m 月 %-d 日").to_string(),
        }
    }

    fn weekday(&self, at: Timestamp) -> &'static str {
        let day = at.to_zoned_datetime(self.zone.clone()).weekday();
        let at = usize::try_from(day.to_sunday_zero_offset()).unwrap_or(0);
        ["日", "一", "二", "三", "四", "五", "六"][at % 7]
    }

    /// A moment, short: for axes.
    pub(super) fn tick(&self, at: Timestamp, with_hour: bool) -> String {
        let format = match (self.language, with_hour) {
            (MessageLanguage::English, true) => "%-d %b %H:%M",
            (MessageLanguage::English, false) => "%-d %b",
            (MessageLanguage::TraditionalChinese, true) => "%-m/%-d %H:%M",
            (MessageLanguage::TraditionalChinese, false) => "%-m/%-d",
        };
        self.with(at, format)
    }

    /// Two moments; the day once where it is the same.
    pub(super) fn stretch(&self, from: Timestamp, to: Timestamp) -> String {
        if self.with(from, "%F") == self.with(to, "%F") {
            format!(
                "{}{}{}",
                self.moment(from),
                self.to(),
                self.with(to, "%H:%M")
            )
        } else {
            format!("{}{}{}", self.moment(from), self.to(), self.moment(to))
        }
    }

    const fn to(&self) -> &'static str {
        match self.language {
            MessageLanguage::English => " to ",
            MessageLanguage::TraditionalChinese => " 至 ",
        }
    }

    /// A moment as an element, in UTC on demand.
    pub(super) fn element(&self, at: Timestamp) -> Markup {
        self.element_because(at, None)
    }

    /// A moment as an element, with the reason why it is the one that is used.
    pub(super) fn element_because(&self, at: Timestamp, why: Option<&str>) -> Markup {
        let utc = at.strftime("%F %T UTC").to_string();
        let title = match (why, self.language) {
            (Some(why), MessageLanguage::English) => format!("{utc}; {why}"),
            (Some(why), MessageLanguage::TraditionalChinese) => format!("{utc}；{why}"),
            (None, _) => utc,
        };
        html! { time datetime=(at) title=(title) { (self.moment(at)) } }
    }

    /// The name of the zone.
    pub(super) fn zone_name(&self) -> String {
        let offset = self.with(self.now, "%:z");
        match self.zone.iana_name() {
            Some(name) => format!("{name} (UTC{offset})"),
            None => format!("UTC{offset}"),
        }
    }
}

/// Why an item stands at its time.
pub(super) fn time_reason(visit: &Visit<'_>, item: &ItemBody) -> String {
    visit.say(match item.time_reason.as_str() {
        "published" => "time-published",
        "assumed" => "time-assumed",
        "day" => "time-day",
        "future" => "time-future",
        "backdated" => "time-backdated",
        "implausible" => "time-implausible",
        "missing" => "time-missing",
        "no-zone" => "time-no-zone",
        "unreadable" => "time-unreadable",
        _ => "time-unknown",
    })
}

/// An address of a source as a link that takes nothing along; only web addresses are links.
pub(super) fn outward(address: &str) -> Markup {
    let url = Url::parse(address)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"));
    let Some(url) = url else {
        return html! { span { (text(address)) } };
    };
    let host = url.host_str().unwrap_or(url.as_str()).to_owned();
    html! { a href=(url.as_str()) rel="noreferrer noopener nofollow" { (host) } }
}

/// The name of a source with its mark-free id where it has no name.
pub(super) fn source_name(directory: &Directory, id: &str) -> Markup {
    match directory.source(&SourceId::new(id)) {
        Some(source) => {
            let lang = source
                .languages
                .first()
                .filter(|_| source.languages.len() == 1);
            foreign(&source.name, lang.map(String::as_str))
        }
        None => foreign(id, None),
    }
}

/// The groups of a source or item that may stand beside its grade: one that speaks of a state never
/// stands beside a source graded `unknown` or `independent` (DESIGN 2).
pub(super) fn groups_beside<'a>(
    directory: &Directory,
    groups: &'a [String],
    grade: &str,
) -> Vec<&'a str> {
    let is_open = matches!(grade, "unknown" | "independent");
    groups
        .iter()
        .map(String::as_str)
        .filter(|group| {
            let role = directory.role(&GroupId::new(*group));
            let speaks_of_state =
                matches!(role, Role::State | Role::Proxy) || group.to_lowercase().contains("state");
            !(is_open && speaks_of_state)
        })
        .collect()
}

/// A group's mark: which kind of group it is, by shape and colour.
pub(super) fn mark_class(directory: &Directory, group: &str) -> String {
    let id = GroupId::new(group);
    let role = directory.role(&id);
    let place = directory
        .groups()
        .filter(|other| other.role == role)
        .position(|other| other.id == id)
        .unwrap_or(0);
    format!("g-{} n{}", role.as_str(), place % 3)
}

/// Why a source was not collected, with its last error.
pub(super) fn why_missing(visit: &Visit<'_>, missing: &MissingBody) -> String {
    let reason = visit.say(match reason_in_words(missing) {
        "failing" => "coverage-failing",
        _ => "coverage-not-polled",
    });
    let Some(error) = &missing.error else {
        return reason;
    };
    let error = bellwether_text::excerpt(&text(error), 120);
    say_with(
        visit.language(),
        "coverage-why",
        &[("reason", reason), ("error", error)],
    )
}

/// The address of a search.
pub(super) fn search_link(pairs: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs {
        query.append_pair(name, value);
    }
    format!("/search?{}", query.finish())
}

/// The address of two items side by side.
pub(super) fn compare(item: &str, with: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("item", item).append_pair("with", with);
    format!("/compare?{}", query.finish())
}

/// The address of a thing by its id, whatever its id holds.
pub(super) fn path(kind: &str, id: &str) -> String {
    use std::fmt::Write as _;
    let mut path = format!("/{kind}/");
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~') {
            path.push(char::from(byte));
        } else {
            let _ = write!(path, "%{byte:02X}");
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_api::HighlightField;

    #[test]
    fn marks_and_markup_of_sources_are_inert() {
        let highlight = HighlightBody {
            field: HighlightField::Title,
            start: 8,
            end: 11,
        };
        let title = "<script>作票!</script>\u{202E}";
        let shown = marked(title, [highlight].iter()).into_string();
        assert_eq!(shown, "&lt;script&gt;<mark>作票!</mark>&lt;/script&gt;");
        let beyond = HighlightBody {
            end: 900,
            ..highlight
        };
        assert!(marked("short", [beyond].iter()).into_string() == "short");
        for (address, is_link) in [
            ("https://news.example.org/a", true),
            ("javascript:alert(1)", false),
            ("data:text/html,x", false),
            ("not an address", false),
        ] {
            let shown = outward(address).into_string();
            assert_eq!(shown.contains("<a "), is_link, "{address}");
        }
    }

    #[test]
    fn numbers_in_words() {
        let digits = |shown: &str| -> Result<String, &'static str> { Ok(shown.to_owned()) };
        assert_eq!(value(0.5), "0.50");
        assert_eq!(value(3.0), "3");
        assert_eq!(probability_or(0.00028), digits("0.00028"));
        assert_eq!(probability_or(0.000_003_24), digits("3.2e-6"));
        assert_eq!(probability_or(0.0), Err("words-under-least"));
        assert_eq!(rounded_or(0.9), digits("0.9"));
        assert_eq!(rounded_or(2.0), digits("2"));
        assert_eq!(rounded_or(0.01), Err("words-under-tenth"));
        assert_eq!(rounded_or(f64::NAN), Err("words-unknown"));
        assert_eq!(path("bursts", "a b/ü"), "/bursts/a%20b%2F%C3%BC");
    }
}
