//! Printing for people and for programs.

use std::io::{ErrorKind, Write, stdout};

use anyhow::Result;
use bellwether_text::display_safe;
use serde::Serialize;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Between two columns.
const GAP: &str = "  ";

/// One JSON object on a line.
pub(crate) fn json(value: &impl Serialize) -> Result<()> {
    let mut out = stdout().lock();
    serde_json::to_writer(&mut out, value).map_err(std::io::Error::from)?;
    writeln!(out)?;
    Ok(())
}

/// A line for people; what comes from outside in it is made safe for a terminal.
pub(crate) fn line(text: &str) -> Result<()> {
    writeln!(stdout().lock(), "{}", display_safe(text))?;
    Ok(())
}

/// A text that is ready: lines of JSON, or a report whose parts are safe.
pub(crate) fn raw(text: &str) -> Result<()> {
    stdout().lock().write_all(text.as_bytes())?;
    Ok(())
}

/// A table for people: columns as wide as their widest cell, in cells of a terminal, so that Han
/// stands in line; none wider than its limit, except the last.
pub(crate) fn table(headings: &[&str], limits: &[usize], rows: &[Vec<String>]) -> Result<()> {
    let rows: Vec<Vec<String>> =
        std::iter::once(headings.iter().map(ToString::to_string).collect())
            .chain(rows.iter().map(|row| {
                row.iter()
                    .zip(limits)
                    .map(|(cell, limit)| cut(&display_safe(cell).replace('\n', " "), *limit))
                    .collect()
            }))
            .collect();
    let widths: Vec<usize> = (0..headings.len())
        .map(|at| {
            rows.iter()
                .filter_map(|row: &Vec<String>| row.get(at))
                .map(|c| c.width())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut out = stdout().lock();
    for row in &rows {
        let mut text = String::new();
        for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
            if at > 0 {
                text.push_str(GAP);
            }
            text.push_str(cell);
            text.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.width())));
        }
        writeln!(out, "{}", text.trim_end())?;
    }
    Ok(())
}

/// Cuts a text to so many cells, with an ellipsis where something is left out.
fn cut(text: &str, cells: usize) -> String {
    if text.width() <= cells {
        return text.to_owned();
    }
    let mut width = 0;
    let mut end = 0;
    for (at, c) in text.char_indices() {
        width += c.width().unwrap_or(0);
        if width >= cells {
            break;
        }
        end = at + c.len_utf8();
    }
    format!("{}…", &text[..end])
}

/// Whether somebody stopped reading, as `head` does: no failure.
pub(crate) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|cause| cause.kind() == ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_by_cells() {
        assert_eq!(cut("選舉委員會", 10), "選舉委員會");
        assert_eq!(cut("選舉委員會", 9), "選舉委員…");
        assert_eq!(cut("election", 4), "ele…");
    }
}
