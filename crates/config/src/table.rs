//! What was typed: tables whose keys and values know where they stand.
//!
//! A [`Table`] reports what is wrong with its own keys (unknown, missing, of the wrong type, out of
//! bounds) and hands out the rest; a getter that answers `None` for a key that stands there has
//! said why. No value is ever part of a message here, so that none can be a secret.

mod by_language;

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::PathBuf;

use toml::de::{DeTable, DeValue};
use toml::{Spanned, Value};

use crate::fault::{Fault, Sink};
use crate::keys::Section;
use crate::words::{did_you_mean, quoted};

/// No text of a configuration needs more; queries have a bound of their own within it.
pub(crate) const TEXT_CHARS_MAX: usize = 4_000;
/// No list of a configuration needs more.
pub(crate) const LIST_ENTRIES_MAX: usize = 1_000;

/// One file as read.
#[derive(Debug)]
pub(crate) struct File {
    /// Its path below the configuration folder, with `/` between the parts.
    pub(crate) name: String,
    /// Its path as messages show it.
    pub(crate) shown: PathBuf,
    /// Its content.
    pub(crate) text: String,
}

/// Where something stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    file: &'a File,
    start: usize,
    end: usize,
}

impl<'a> Place<'a> {
    pub(crate) fn new(file: &'a File, span: Range<usize>) -> Self {
        Self {
            file,
            start: span.start,
            end: span.end,
        }
    }

    /// Line and column, both from 1; the column counts characters.
    fn line_and_column(&self) -> (usize, usize) {
        let start = self.file.text.floor_char_boundary(self.start);
        let before = &self.file.text[..start];
        let line = before.matches('\n').count() + 1;
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (line, before[line_start..].chars().count() + 1)
    }

    /// The place in words, for a message about another place.
    pub(crate) fn shown(&self) -> String {
        let (line, column) = self.line_and_column();
        format!("{}:{line}:{column}", self.file.shown.display())
    }

    pub(crate) fn fault(&self, message: String, hint: Option<String>) -> Fault {
        let (line, column) = self.line_and_column();
        Fault {
            file: self.file.shown.clone(),
            line,
            column,
            message,
            hint,
        }
    }

    /// The place of one character of the text that stands here, where it stands literally; of the
    /// whole value where escapes lie between.
    pub(crate) fn of_character(&self, value: &str, character: usize) -> Self {
        let raw = self.file.text.get(self.start..self.end).unwrap_or_default();
        let offset = value
            .char_indices()
            .nth(character)
            .map_or(value.len(), |(offset, _)| offset);
        // A multi-line string may begin with a newline that is not part of its value.
        [
            "\"\"\"\n",
            "'''\n",
            "\"\"\"\r\n",
            "'''\r\n",
            "\"\"\"",
            "'''",
            "\"",
            "'",
        ]
        .iter()
        .find(|opening| {
            raw.strip_prefix(**opening).is_some_and(|rest| {
                rest.starts_with(value) && rest.len() - value.len() <= opening.trim_end().len()
            })
        })
        .map_or(*self, |opening| Self {
            start: self.start + opening.len() + offset,
            ..*self
        })
    }
}

/// A value and where it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placed<'a, T> {
    pub(crate) value: T,
    pub(crate) place: Place<'a>,
}

/// A parsed file. Reports its syntax errors; `None` where there are some, since what could be read
/// past an error would only be guessed at.
pub(crate) fn parse<'a>(file: &'a File, sink: &Sink) -> Option<DeTable<'a>> {
    let (table, errors) = DeTable::parse_recoverable(&file.text);
    if errors.is_empty() {
        return Some(table.into_inner());
    }
    let mut lines = BTreeSet::new();
    for error in errors {
        let place = Place::new(file, error.span().unwrap_or(0..0));
        // One slip often is several errors to a parser that goes on.
        if lines.insert(place.line_and_column().0) {
            let message = error.message().replace('\n', ", ");
            sink.fault(place, format!("this is no TOML: {message}"), None);
        }
    }
    None
}

/// A table of known keys.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table<'a> {
    section: &'static Section,
    table: &'a DeTable<'a>,
    pub(crate) place: Place<'a>,
    pub(crate) sink: &'a Sink,
}

impl<'a> Table<'a> {
    /// The top of a file.
    pub(crate) fn top(
        file: &'a File,
        table: &'a DeTable<'a>,
        section: &'static Section,
        sink: &'a Sink,
    ) -> Self {
        Self::new(table, section, Place::new(file, 0..0), sink)
    }

    fn new(
        table: &'a DeTable<'a>,
        section: &'static Section,
        place: Place<'a>,
        sink: &'a Sink,
    ) -> Self {
        let table = Self {
            section,
            table,
            place,
            sink,
        };
        table.report_unknown_keys();
        table
    }

    fn report_unknown_keys(&self) {
        for key in self.table.keys() {
            let word = key.get_ref();
            if self.section.keys.contains(&word.as_ref()) {
                continue;
            }
            let refused = self.section.refused.iter().find(|(key, _)| key == word);
            let (message, hint) = match refused {
                Some((_, instead)) => (
                    format!("{} must not stand{}", quoted(word), self.within()),
                    (*instead).to_owned(),
                ),
                None => (
                    format!("unknown key {}{}", quoted(word), self.within()),
                    did_you_mean(word, self.section.keys.iter().copied(), "keys"),
                ),
            };
            self.sink.fault(self.place_of(key), message, Some(hint));
        }
    }

    /// `in [rule.gate]`, with a leading space; nothing at the top of a file.
    fn within(&self) -> String {
        if self.section.header.is_empty() {
            String::new()
        } else {
            format!(" in {}", self.section.header)
        }
    }

    fn place_of<T>(&self, spanned: &Spanned<T>) -> Place<'a> {
        Place::new(self.place.file, spanned.span())
    }

    fn get(&self, key: &'static str) -> Option<(&'a DeValue<'a>, Place<'a>)> {
        debug_assert!(self.section.keys.contains(&key), "{key} is not in keys.rs");
        let value = self.table.get(key)?;
        Some((value.get_ref(), self.place_of(value)))
    }

    /// Where the value of a key stands; the table where the key does not.
    pub(crate) fn place_of_key(&self, key: &'static str) -> Place<'a> {
        self.table
            .get_key_value(key)
            .map_or(self.place, |(key, _)| self.place_of(key))
    }

    /// Whether a key stands here, be it right or wrong.
    pub(crate) fn has(&self, key: &'static str) -> bool {
        self.table.contains_key(key)
    }

    /// Whether a list stands here that has nothing in it.
    pub(crate) fn is_empty_list(&self, key: &'static str) -> bool {
        matches!(self.get(key), Some((DeValue::Array(array), _)) if array.is_empty())
    }

    /// Whether a key that is refused stands here; it has been reported.
    pub(crate) fn has_refused(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Reports a key that must be there and is not; true where it stands.
    pub(crate) fn require(&self, key: &'static str, hint: Option<&str>) -> bool {
        let stands = self.has(key);
        if !stands {
            self.sink.fault(
                self.place,
                format!("`{key}` is missing{}", self.within()),
                hint.map(str::to_owned),
            );
        }
        stands
    }

    fn wrong_type(&self, key: &str, place: Place<'a>, found: &DeValue<'_>, wanted: &str) {
        self.sink.fault(
            place,
            format!("`{key}` is {}, not {wanted}", kind_of(found)),
            None,
        );
    }

    /// A text without its outer blanks. It is neither empty nor too long, and on one line unless
    /// `lines` is set.
    fn checked_text(
        &self,
        key: &str,
        value: &'a DeValue<'a>,
        place: Place<'a>,
        lines: bool,
    ) -> Option<Placed<'a, &'a str>> {
        let DeValue::String(text) = value else {
            self.wrong_type(key, place, value, "a text in quotes");
            return None;
        };
        let text: &str = text;
        let problem = if text.trim().is_empty() {
            "is empty".to_owned()
        } else if text.chars().nth(TEXT_CHARS_MAX).is_some() {
            format!("is longer than {TEXT_CHARS_MAX} characters")
        } else if text
            .chars()
            .any(|c| c.is_control() && !(lines && matches!(c, '\n' | '\r' | '\t')))
        {
            "contains a control character".to_owned()
        } else {
            return Some(Placed { value: text, place });
        };
        self.sink.fault(place, format!("`{key}` {problem}"), None);
        None
    }

    /// A text on one line.
    pub(crate) fn text(&self, key: &'static str) -> Option<Placed<'a, &'a str>> {
        let (value, place) = self.get(key)?;
        self.checked_text(key, value, place, false)
    }

    /// A text that may have several lines.
    pub(crate) fn prose(&self, key: &'static str) -> Option<Placed<'a, &'a str>> {
        let (value, place) = self.get(key)?;
        self.checked_text(key, value, place, true)
    }

    /// A text that may be empty, where empty means the same as absent.
    pub(crate) fn text_or_empty(&self, key: &'static str) -> Option<Placed<'a, &'a str>> {
        match self.get(key)? {
            (DeValue::String(text), _) if text.is_empty() => None,
            _ => self.text(key),
        }
    }

    /// A text that must stand there.
    pub(crate) fn required_text(&self, key: &'static str) -> Option<Placed<'a, &'a str>> {
        self.require(key, None).then(|| self.text(key)).flatten()
    }

    /// A date or time, which TOML writes without quotes and the registry with them.
    pub(crate) fn text_or_time(&self, key: &'static str) -> Option<Placed<'a, String>> {
        let (value, place) = self.get(key)?;
        match value {
            DeValue::Datetime(time) => Some(Placed {
                value: time.to_string(),
                place,
            }),
            DeValue::String(_) => self.text(key).map(|text| Placed {
                value: text.value.to_owned(),
                place,
            }),
            other => {
                self.wrong_type(key, place, other, "a date");
                None
            }
        }
    }

    /// Texts, each with its place; a text that stands twice is a fault.
    pub(crate) fn texts(&self, key: &'static str) -> Vec<Placed<'a, &'a str>> {
        self.get(key)
            .map_or_else(Vec::new, |(value, place)| self.texts_of(key, value, place))
    }

    fn texts_of(
        &self,
        key: &str,
        value: &'a DeValue<'a>,
        place: Place<'a>,
    ) -> Vec<Placed<'a, &'a str>> {
        let DeValue::Array(array) = value else {
            self.wrong_type(key, place, value, "a list");
            return Vec::new();
        };
        if array.len() > LIST_ENTRIES_MAX {
            self.sink.fault(
                place,
                format!("`{key}` has more than {LIST_ENTRIES_MAX} entries"),
                None,
            );
            return Vec::new();
        }
        let mut seen = BTreeSet::new();
        array
            .iter()
            .filter_map(|entry| {
                self.checked_text(key, entry.get_ref(), self.place_of(entry), false)
            })
            .filter(|text| {
                let first = seen.insert(text.value);
                if !first {
                    let word = quoted(text.value);
                    self.sink
                        .fault(text.place, format!("{word} stands twice in `{key}`"), None);
                }
                first
            })
            .collect()
    }

    /// `true` or `false`.
    pub(crate) fn boolean(&self, key: &'static str) -> Option<bool> {
        let (value, place) = self.get(key)?;
        if let DeValue::Boolean(value) = value {
            return Some(*value);
        }
        self.wrong_type(key, place, value, "`true` or `false`");
        None
    }

    /// A whole number within bounds.
    pub(crate) fn integer(
        &self,
        key: &'static str,
        bounds: std::ops::RangeInclusive<u64>,
    ) -> Option<u64> {
        let (value, place) = self.get(key)?;
        let DeValue::Integer(number) = value else {
            self.wrong_type(key, place, value, "a whole number");
            return None;
        };
        let number = u64::from_str_radix(number.as_str(), number.radix()).ok();
        let within = number.filter(|number| bounds.contains(number));
        if within.is_none() {
            self.sink.fault(
                place,
                format!(
                    "`{key}` must be from {} to {}",
                    bounds.start(),
                    bounds.end()
                ),
                None,
            );
        }
        within
    }

    /// A share: more than 0, at most 1.
    pub(crate) fn share(&self, key: &'static str) -> Option<f64> {
        let (number, place) = self.number(key)?;
        let within = number.filter(|number| *number > 0.0 && *number <= 1.0);
        if within.is_none() {
            self.sink.fault(
                place,
                format!("`{key}` is a share: it must be more than 0 and at most 1"),
                None,
            );
        }
        within
    }

    /// A probability within bounds.
    pub(crate) fn probability(
        &self,
        key: &'static str,
        bounds: std::ops::RangeInclusive<f64>,
    ) -> Option<f64> {
        let (number, place) = self.number(key)?;
        let within = number.filter(|number| bounds.contains(number));
        if within.is_none() {
            self.sink.fault(
                place,
                format!(
                    "`{key}` is a probability: it must be from {:e} to {}",
                    bounds.start(),
                    bounds.end()
                ),
                None,
            );
        }
        within
    }

    /// A number with or without fraction; the inner one is none where it cannot be read.
    fn number(&self, key: &'static str) -> Option<(Option<f64>, Place<'a>)> {
        let (value, place) = self.get(key)?;
        let number = match value {
            DeValue::Float(number) => number.as_str().parse::<f64>().ok(),
            DeValue::Integer(number) => number.as_str().parse::<f64>().ok(),
            other => {
                self.wrong_type(key, place, other, "a number");
                return None;
            }
        };
        Some((number, place))
    }

    /// A table below this one.
    pub(crate) fn table(&self, key: &'static str, section: &'static Section) -> Option<Self> {
        let (value, place) = self.get(key)?;
        if let DeValue::Table(table) = value {
            return Some(Self::new(table, section, place, self.sink));
        }
        self.wrong_type(key, place, value, &format!("a table {}", section.header));
        None
    }

    /// The tables of a list of tables; none where the key is absent.
    pub(crate) fn tables(&self, key: &'static str, section: &'static Section) -> Vec<Self> {
        let (value, place) = match self.get(key) {
            Some((DeValue::Array(array), _)) => (Some(array), None),
            Some((other, place)) => (None, Some((other, place))),
            None => (None, None),
        };
        if let Some((other, place)) = place {
            let wanted = format!("a list of tables {}", section.header);
            self.wrong_type(key, place, other, &wanted);
        }
        value
            .into_iter()
            .flat_map(|array| array.iter())
            .filter_map(|entry| {
                let place = self.place_of(entry);
                if let DeValue::Table(table) = entry.get_ref() {
                    return Some(Self::new(table, section, place, self.sink));
                }
                let wanted = format!("a table {}", section.header);
                self.wrong_type(key, place, entry.get_ref(), &wanted);
                None
            })
            .collect()
    }
}

fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a fraction",
        DeValue::Boolean(_) => "`true` or `false`",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// A file without its comments and in one form; empty where it is no TOML.
pub(crate) fn without_comments(file: &File) -> String {
    file.text
        .parse::<toml::Table>()
        .ok()
        .and_then(|table| toml::to_string(&Value::Table(table)).ok())
        .unwrap_or_default()
}
