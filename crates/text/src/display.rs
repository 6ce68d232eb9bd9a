//! Text of sources made fit to be shown: it may say anything, and must not act.

use unicode_segmentation::UnicodeSegmentation;

/// A text without what could act on a terminal or page: control characters but line break and tab,
/// bidirectional embeddings, overrides and isolates, and characters of no width. The joiners of
/// Persian and of emoji stay.
#[must_use]
pub fn display_safe(text: &str) -> String {
    text.chars().filter(|c| !is_unsafe(*c)).collect()
}

fn is_unsafe(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{206F}' => true,
        '\u{200B}' | '\u{2060}' | '\u{FEFF}' => true,
        _ => c.is_control(),
    }
}

/// The beginning of a text in at most `max_chars` characters, the closing `…` among them; cut
/// between what a reader sees as characters, never within one.
#[must_use]
pub fn excerpt(text: &str, max_chars: usize) -> String {
    let text = text.trim();
    if text.chars().nth(max_chars).is_none() {
        return text.to_owned();
    }
    let mut room = max_chars.saturating_sub(1);
    let mut end = 0;
    for (at, cluster) in text.grapheme_indices(true) {
        let chars = cluster.chars().count();
        if chars > room {
            break;
        }
        room -= chars;
        end = at + cluster.len();
    }
    let mut short = text[..end].trim_end().to_owned();
    if max_chars > 0 {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn safe() {
        for (text, expected) in [
            ("作\u{200B}票\u{2060}舊片\u{202E}gpj.exe", "作票舊片gpj.exe"),
            ("می\u{200C}خواهند", "می\u{200C}خواهند"),
            ("👨\u{200D}👩\u{200D}👧", "👨\u{200D}👩\u{200D}👧"),
            ("a\u{1B}[31mb\r\nc\td\u{9B}e", "a[31mb\nc\tde"),
            ("\u{2066}x\u{2069}", "x"),
        ] {
            assert_eq!(display_safe(text), expected);
        }
    }

    #[test]
    fn excerpts() {
        for (text, max, expected) in [
            ("選舉結果", 4, "選舉結果"),
            ("選舉結果公布", 4, "選舉結…"),
            ("one two three", 5, "one…"),
            ("  padded  ", 10, "padded"),
            ("e\u{301}e\u{301}e\u{301}", 4, "e\u{301}…"),
            ("👨\u{200D}👩\u{200D}👧 family", 4, "…"),
            ("abc", 0, ""),
            ("", 3, ""),
        ] {
            assert_eq!(excerpt(text, max), expected, "{text} {max}");
        }
    }
}
