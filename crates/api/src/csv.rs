//! Tables as CSV (RFC 4180), safe to open in a spreadsheet.
//!
//! Lines end with CR LF; a cell with a comma, a quotation mark or a line end stands in quotation
//! marks, and a quotation mark in it is doubled. One rule is added: a text that a spreadsheet would
//! take for a formula gets an apostrophe in front. That is a text which begins, after any number of
//! apostrophes, with `=`, `+`, `-`, `@`, their full-width forms, a tab, CR or LF. A reader who wants
//! the text as it was takes one apostrophe off where what follows is such a beginning; see
//! [`restored`]. Numbers are written by us and never begin so, except that a minus is a minus.

use std::borrow::Cow;

/// The byte order mark with which some spreadsheets know UTF-8.
pub const BYTE_ORDER_MARK: &str = "\u{FEFF}";

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Anything that came from outside or is text.
    Text(Cow<'a, str>),
    /// A number of ours.
    Number(String),
    /// Not known, or not counted.
    Empty,
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Cell<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<bellwether_model::Timestamp> for Cell<'_> {
    fn from(at: bellwether_model::Timestamp) -> Self {
        Self::Text(Cow::Owned(at.to_string()))
    }
}

impl From<bool> for Cell<'_> {
    fn from(value: bool) -> Self {
        Self::Text(Cow::Borrowed(if value { "true" } else { "false" }))
    }
}

macro_rules! numbers {
    ($($kind:ty),*) => {$(
        impl From<$kind> for Cell<'_> {
            fn from(number: $kind) -> Self {
                Self::Number(number.to_string())
            }
        }
    )*};
}
numbers!(i32, u16, u32, u64, usize, i64, f64);

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

/// Appends one line.
pub fn line<'a>(out: &mut String, cells: impl IntoIterator<Item = Cell<'a>>) {
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        match cell {
            Cell::Text(text) => push_text(out, &text),
            Cell::Number(number) => out.push_str(&number),
            Cell::Empty => {}
        }
    }
    out.push_str("\r\n");
}

fn push_text(out: &mut String, text: &str) {
    let is_quoted = text.contains(['"', ',', '\r', '\n']);
    if is_quoted {
        out.push('"');
    }
    if acts(text) {
        out.push('\'');
    }
    for c in text.chars() {
        match c {
            '"' => out.push_str("\"\""),
            // Most readers of CSV end a text here.
            '\0' => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    if is_quoted {
        out.push('"');
    }
}

/// Whether a spreadsheet would take a text for a formula, or would once an apostrophe is gone.
fn acts(text: &str) -> bool {
    text.trim_start_matches('\'')
        .starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// The text that a cell was made of, given its text without the quotation marks.
#[must_use]
pub fn restored(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if acts(rest) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads what RFC 4180 describes.
    fn parse(text: &str) -> Vec<Vec<String>> {
        let (mut lines, mut cells, mut cell) = (Vec::new(), Vec::new(), String::new());
        let mut chars = text.chars().peekable();
        let mut is_open = false;
        while let Some(c) = chars.next() {
            match (is_open, c) {
                (true, '"') if chars.peek() == Some(&'"') => {
                    chars.next();
                    cell.push('"');
                }
                (_, '"') => is_open = !is_open,
                (false, ',') => cells.push(std::mem::take(&mut cell)),
                (false, '\r') if chars.peek() == Some(&'\n') => {
                    chars.next();
                    cells.push(std::mem::take(&mut cell));
                    lines.push(std::mem::take(&mut cells));
                }
                (_, c) => cell.push(c),
            }
        }
        lines
    }

    fn check(text: &str, expected: &str) {
        let mut out = String::new();
        line(&mut out, [Cell::from(text)]);
        assert_eq!(out, format!("{expected}\r\n"), "{text:?}");
    }

    #[test]
    fn nothing_acts_in_a_spreadsheet() {
        for (text, expected) in [
            ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r\n=1", "\"'\r\n=1\""),
            ("＝1", "'＝1"),
            ("'=1", "''=1"),
            ("'Fraud' claims", "'Fraud' claims"),
            ("作票, \"again\"", "\"作票, \"\"again\"\"\""),
            ("a\0b", "a\u{FFFD}b"),
            ("", ""),
        ] {
            check(text, expected);
        }
        let mut out = String::new();
        line(&mut out, [Cell::from(7_u32), Cell::Empty, Cell::from(true)]);
        assert_eq!(out, "7,,true\r\n");
    }

    proptest! {
        #[test]
        fn what_is_written_can_be_read(
            rows in prop::collection::vec(prop::collection::vec("[\\PC\r\n\t\"',=+@-]{0,8}", 2), 1..5)
        ) {
            let mut out = String::new();
            for row in &rows {
                line(&mut out, row.iter().map(Cell::from));
            }
            let read: Vec<Vec<String>> = parse(&out)
                .iter()
                .map(|row| row.iter().map(|cell| restored(cell).to_owned()).collect())
                .collect();
            prop_assert_eq!(read, rows);
            for cell in parse(&out).iter().flatten() {
                prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']));
            }
        }
    }
}
