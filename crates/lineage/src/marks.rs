//! What tells texts of one mould apart, and what does not: numbers and names, and the numbers that
//! accounts add to a post so that it is not the same as another's.

use std::borrow::Cow;
use std::ops::{Range, RangeInclusive};

use bellwether_text::{EntityKind, Unit, UnitKind};

use crate::Part;
use crate::compare::{in_place, shared};
use crate::fingerprint::run_of_chars;
use crate::hash;

/// A text of more units than this is no headline.
const UNITS_MAX: usize = 400;

/// Of each kind so many are kept.
const MARKS_MAX: usize = 100;

/// The place of names between characters, beside their own: they are few, and stand out.
const ANYWHERE: u32 = 0;

/// The place of the addresses of a list.
const IN_LIST: u32 = 1;

/// Numbers kept with their place.
const PLACES_MAX: usize = 100;

/// A whole number behind a post is an added one from so many digits on: "May 3" is none.
const ADDED_DIGITS: usize = 3;

/// Letters and digits in one word are an added one from so many on: "G20" is none.
const ADDED_CHARS: usize = 5;

/// Between signs so few characters of a headline are a word: 「中台灣」 is no 「南台灣」, though it is
/// one gram of twenty.
const RUN_CHARS: RangeInclusive<usize> = 2..=3;

/// A post is a list from so many addresses on, where it has no more words than addresses.
const LIST_ADDRESSES: usize = 3;

/// What a section, a label and a publisher stand behind or before.
const SECTION_SIGNS: [char; 3] = ['|', '｜', '丨'];
const LABEL_SIGNS: [char; 19] = [
    ':', '：', '/', '／', '|', '｜', '丨', '(', '（', ')', '）', ']', '］', '】', '〕', '》', '〉',
    '」', '』',
];

/// The units of a part that are compared: without the names of accounts, and of a post without the
/// numbers added before or behind it. A title is no post: its numbers are days and parts.
pub(crate) fn compared<'a>(part: &'a Part<'a>, is_post: bool) -> Cow<'a, [Unit]> {
    let units = part.units.units();
    let entities = part.units.entities();
    let names = account_names(part.raw);
    let has_names = !names.is_empty();
    if !has_names && !is_post {
        return Cow::Borrowed(units);
    }
    let within = |unit: &Unit, kinds: &[EntityKind]| {
        let next = entities.partition_point(|it| it.source.end <= unit.source.start);
        entities
            .get(next)
            .is_some_and(|it| kinds.contains(&it.kind) && it.source.start <= unit.source.start)
    };
    let is_name = |unit: &Unit| {
        let at = unit.source_bytes().start;
        let next = names.partition_point(|name| name.end <= at);
        names.get(next).is_some_and(|name| name.contains(&at))
    };
    // Addresses, tags and names stand around a post, and so does what is added to it.
    let is_around = |unit: &&Unit| {
        unit.kind != UnitKind::Address
            && !is_name(unit)
            && !within(unit, &[EntityKind::Tag, EntityKind::Url])
    };
    let added = |unit: Option<&Unit>, is_behind| {
        unit.filter(|unit| is_post && is_added(part, unit, is_behind))
            .map(|unit| unit.position)
    };
    let first = added(units.iter().find(is_around), false);
    let last = added(units.iter().rfind(is_around), true);
    if !has_names && first.is_none() && last.is_none() {
        return Cow::Borrowed(units);
    }
    let kept = units
        .iter()
        .filter(|unit| ![first, last].contains(&Some(unit.position)) && !is_name(unit));
    Cow::Owned(kept.cloned().collect())
}

/// Where names of accounts stand, also glued to what is before them.
fn account_names(raw: &str) -> Vec<Range<usize>> {
    raw.match_indices('@')
        .map(|(start, _)| {
            let rest = &raw[start + 1..];
            let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
            start..start + 1 + rest.find(|c| !is_name(c)).unwrap_or(rest.len())
        })
        .collect()
}

/// Whether a word at the end of a post is a number that says nothing: no sum, share, hour or year, and
/// not what the post leads up to with a colon. Before a post it must be set off by a sign, or it counts
/// what follows it.
fn is_added(part: &Part<'_>, unit: &Unit, is_behind: bool) -> bool {
    let word = part.units.text(unit);
    let (mut digits, mut chars) = (0, 0);
    for c in word.chars() {
        chars += 1;
        digits += usize::from(c.is_numeric());
    }
    if digits == 0 || unit.kind != UnitKind::Word {
        return false;
    }
    let is_plain = digits == chars;
    let is_year = chars == 4 && (word.starts_with("19") || word.starts_with("20"));
    if is_plain && (digits < ADDED_DIGITS || is_year) || !is_plain && chars < ADDED_CHARS {
        return false;
    }
    let source = unit.source_bytes();
    let before = part.raw.get(..source.start).unwrap_or_default();
    let after = part.raw.get(source.end..).unwrap_or_default();
    let touches = |c: Option<char>| {
        c.is_some_and(|c| c.is_alphanumeric() || "$€£¥￥₽₹₩%％‰°:/-–—+=*".contains(c))
    };
    let has_more_digits = |c: Option<char>, next: Option<char>| {
        c.is_some_and(|c| ".,，٫٬".contains(c)) && next.is_some_and(char::is_numeric)
    };
    let (mut back, mut on) = (before.chars().rev(), after.chars());
    let (previous, next) = (back.next(), on.next());
    // 80 000 is one number.
    let spaces = [' ', '\u{A0}', '\u{202F}'];
    if before.trim_end_matches(spaces).ends_with(char::is_numeric)
        || after
            .trim_start_matches(spaces)
            .starts_with(char::is_numeric)
        || touches(previous)
        || touches(next)
        || has_more_digits(previous, back.next())
        || has_more_digits(next, on.next())
    {
        return false;
    }
    if is_behind {
        !before
            .trim_end()
            .ends_with([':', '：', '=', '≈', '~', '～'])
    } else {
        let set_off = after.trim_start_matches(' ');
        !is_plain || set_off.starts_with(|c: char| !c.is_alphanumeric() && c != ',')
    }
}

/// Gives each number of some units: its first unit, the unit behind it, its hash. 五 is 5.
fn numbers(part: &Part<'_>, units: &[Unit], mut sink: impl FnMut(usize, usize, u64)) {
    let mut at = 0;
    while let Some(unit) = units.get(at) {
        let text = part.units.text(unit);
        let mut end = at + 1;
        match unit.kind {
            UnitKind::Word if text.contains(char::is_numeric) => sink(at, end, hash::of(text)),
            UnitKind::Char if han_digit(text).is_some() => {
                let mut value = 0;
                let (mut last, mut section) = (None, 0_u64);
                for (behind, next) in units[at..].iter().enumerate() {
                    let is_joined = next.position == unit.position + behind as u32;
                    let Some(digit) = han_digit(part.units.text(next)).filter(|_| is_joined) else {
                        break;
                    };
                    if digit < 10 {
                        // 二〇二六 reads digit by digit.
                        let before = last.map_or(0, |last: u64| last.saturating_mul(10));
                        last = Some(before.saturating_add(digit));
                    } else {
                        section =
                            section.saturating_add(last.take().unwrap_or(1).saturating_mul(digit));
                    }
                    value = section.saturating_add(last.unwrap_or(0));
                    end = at + behind + 1;
                }
                sink(at, end, hash::of(&value.to_string()));
            }
            _ => {}
        }
        at = end;
    }
}

fn han_digit(text: &str) -> Option<u64> {
    let mut chars = text.chars();
    let value = match (chars.next()?, chars.next()) {
        ('〇' | '零', None) => 0,
        ('十', None) => 10,
        ('百', None) => 100,
        ('千', None) => 1_000,
        (c, None) => 1 + "一二三四五六七八九".chars().position(|it| it == c)? as u64,
        _ => return None,
    };
    Some(value)
}

/// Numbers with the unit before and the one behind: of two texts with one frame, the day and the part
/// stand in the same place.
pub(crate) fn places(part: &Part<'_>, units: &[Unit]) -> Vec<(u32, u32)> {
    let mut found = Vec::new();
    numbers(part, units, |start, end, value| {
        let before = start.checked_sub(1).and_then(|at| units.get(at));
        if let (Some(before), Some(after)) = (before, units.get(end)) {
            let frame = [before, after].map(|unit| hash::of(part.units.text(unit)));
            found.push((
                hash::short(hash::then(frame[0], frame[1])),
                hash::short(value),
            ));
        }
    });
    found.truncate(PLACES_MAX);
    found
}

/// What tells a headline from another of one mould.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    /// Numbers as written, days and parts too, in rising order, as often as they stand.
    pub numbers: Vec<u32>,
    /// Those of them that number a part: 第四號, 之五, （下）, "part 3", or one that ends the headline;
    /// and whether it is denied: non-manufacturing.
    pub parts: Vec<u32>,
    /// Words with a capital letter, and in a headline in characters all other words and the
    /// characters between two signs where they are few, each with its place; and the addresses of a
    /// post that is a list of them; in rising order.
    pub names: Vec<(u32, u32)>,
}

impl Marks {
    /// Adds those of some units of a part; of so many there is no headline.
    pub(crate) fn add(&mut self, part: &Part<'_>, units: &[Unit]) {
        if units.len() > UNITS_MAX {
            return;
        }
        let text = |at: Option<usize>| {
            let unit = at.and_then(|at| units.get(at));
            unit.map_or("", |unit| part.units.text(unit))
        };
        numbers(part, units, |start, end, value| {
            let value = hash::short(value);
            self.numbers.push(value);
            let ends = units[start].kind == UnitKind::Char
                && (end == units.len() || is_section(behind(part, &units[end - 1])));
            let before = text(start.checked_sub(1));
            if ends
                || matches!(
                    before,
                    "第" | "之" | "part" | "episode" | "chapter" | "часть"
                )
            {
                self.parts.push(value);
            }
        });
        let chars = units.iter().filter(|unit| unit.kind == UnitKind::Char);
        let in_characters = 2 * chars.count() > units.len();
        let headline = between_bars(part.raw);
        let tags = part.units.entities().iter();
        let tags: Vec<_> = tags.filter(|it| it.kind == EntityKind::Tag).collect();
        let is_word = |at: usize| {
            units.get(at).is_some_and(|unit| {
                unit.kind == UnitKind::Word && !part.units.text(unit).contains(char::is_numeric)
            })
        };
        let place = |start: usize, end: usize| {
            let frame = [text(start.checked_sub(1)), text(Some(end))].map(hash::of);
            hash::short(hash::then(frame[0], frame[1]))
        };
        let list = addresses_of_a_list(part, units).into_iter();
        self.names.extend(list.map(|address| (IN_LIST, address)));
        let mut at = 0;
        while let Some(unit) = units.get(at) {
            let start = at;
            at += 1;
            if unit.kind == UnitKind::Char {
                at = start + run_of_chars(&units[start..]);
                let run = &units[start..at];
                if let Some(number) = number_in_brackets(part, run) {
                    self.parts.push(number);
                }
                if in_characters
                    && RUN_CHARS.contains(&run.len())
                    && at < units.len()
                    && headline.contains(&unit.source_bytes().start)
                    && !is_label(part, run, start == 0)
                {
                    let name = run.iter().map(|unit| hash::of(part.units.text(unit)));
                    let name = name.reduce(hash::then).unwrap_or_default();
                    self.names.push((place(start, at), hash::short(name)));
                }
                continue;
            }
            if !is_word(start) {
                continue;
            }
            let mut name = hash::of(part.units.text(unit));
            // Between characters all words in a row are one name.
            while in_characters && is_word(at) {
                name = hash::then(name, hash::of(text(Some(at))));
                at += 1;
            }
            let source = unit.source_bytes();
            let written = part.raw.get(source.clone()).unwrap_or_default();
            let is_roman = !in_characters
                && written.chars().all(|c| matches!(c, 'I' | 'V' | 'X'))
                && (written.len() > 1 || at == units.len());
            // "Update:" is a label, a word before an ellipsis may be half a word.
            let rest = part.raw.get(source.end..).unwrap_or_default();
            let is_label = rest.starts_with([':', '：', '…']) || !headline.contains(&source.start);
            let is_name = in_characters
                || written.starts_with(char::is_uppercase) && written.chars().nth(1).is_some();
            if matches!(text(Some(start)), "non" | "not") {
                self.parts.push(hash::short(name));
            } else if is_roman {
                self.numbers.push(hash::short(name));
                self.parts.push(hash::short(name));
            } else if is_name
                && !is_label
                && !tags.iter().any(|it| it.source.contains(&unit.source.start))
            {
                self.names.push((place(start, at), hash::short(name)));
                if in_characters {
                    self.names.push((ANYWHERE, hash::short(name)));
                }
            }
        }
    }

    /// Puts them in order.
    pub(crate) fn in_order(mut self) -> Self {
        self.numbers.truncate(MARKS_MAX);
        self.numbers.sort_unstable();
        self.parts.truncate(MARKS_MAX);
        self.parts.sort_unstable();
        self.names.truncate(MARKS_MAX);
        self.names.sort_unstable();
        self.names.dedup();
        self
    }

    /// Of what tells titles apart, what does so though texts follow them.
    pub(crate) fn of_title(self) -> Self {
        Self {
            parts: self.in_order().parts,
            ..Self::default()
        }
    }

    /// Whether both number a part, and none the same.
    pub(crate) fn are_other_parts(&self, other: &Self) -> bool {
        let both = self.parts.len().min(other.parts.len());
        both > 0 && shared(&self.parts, &other.parts) == 0
    }

    /// Whether each has a number that the other has not, or one the number of a part, or another name
    /// stands in the same place.
    pub(crate) fn differ(&self, other: &Self) -> bool {
        self.parts != other.parts
            || shared(&self.numbers, &other.numbers) < self.numbers.len().min(other.numbers.len())
            || in_place(&self.names, &other.names)[1] > 0
    }
}

/// What is written behind a unit.
fn behind<'a>(part: &Part<'a>, unit: &Unit) -> &'a str {
    part.raw.get(unit.source_bytes().end..).unwrap_or_default()
}

/// Whether what is behind a headline is its section or its publisher.
fn is_section(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.starts_with(SECTION_SIGNS) || rest.starts_with("- ")
}

/// Whether some characters are no word of what is told, but its label: 快訊／, 【專訪】; or who says it.
fn is_label(part: &Part<'_>, run: &[Unit], is_first: bool) -> bool {
    let rest = run
        .last()
        .map_or("", |last| behind(part, last))
        .trim_start();
    rest.starts_with([':', '：', '…']) || is_first && rest.starts_with(LABEL_SIGNS)
}

/// Of three parts in brackets the number of one: 上, 中, 下.
fn number_in_brackets(part: &Part<'_>, run: &[Unit]) -> Option<u32> {
    let [unit] = run else { return None };
    let text = part.units.text(unit);
    let before = part
        .raw
        .get(..unit.source_bytes().start)
        .unwrap_or_default();
    let is_in_brackets =
        before.ends_with(['(', '（']) && behind(part, unit).starts_with([')', '）']);
    (is_in_brackets && matches!(text, "上" | "中" | "下")).then(|| hash::short(hash::of(text)))
}

/// The addresses of a post with no more words than addresses: it says where it points.
fn addresses_of_a_list(part: &Part<'_>, units: &[Unit]) -> Vec<u32> {
    let entities = part.units.entities();
    let addresses = || entities.iter().filter(|it| it.kind == EntityKind::Url);
    let count = addresses().count();
    let is_beside = |unit: &&Unit| {
        unit.kind != UnitKind::Address
            && !entities
                .iter()
                .any(|it| it.source.contains(&unit.source.start))
    };
    if count < LIST_ADDRESSES || units.iter().filter(is_beside).nth(count).is_some() {
        return Vec::new();
    }
    addresses()
        .map(|it| hash::short(hash::of(part.units.key(it))))
        .collect()
}

/// The longest stretch between bars: beside it stand the section and who publishes it.
fn between_bars(raw: &str) -> Range<usize> {
    let mut start = 0;
    raw.split(SECTION_SIGNS)
        .map(|stretch| {
            let end = start + stretch.len();
            let range = start..end;
            start = end
                + raw
                    .get(end..)
                    .and_then(|it| it.chars().next())
                    .map_or(0, char::len_utf8);
            range
        })
        .max_by_key(Range::len)
        .unwrap_or_default()
}
