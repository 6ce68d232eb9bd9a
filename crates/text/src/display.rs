//! Text of sources made fit to be shown: it may say anything, and must not act.

use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

use crate::hidden;

/// Marks upon one character: Tibetan and cantillated Hebrew write up to six.
const MARKS_MAX: usize = 8;

/// A text without what could act on a terminal, page or message, or make it say something else than
/// it holds: control characters but line break and tab, and characters of no shape that are no
/// spelling, among them those that turn the direction of writing. The joiners of Persian and of
/// emoji stay. All kinds of line break become one. Of marks upon one character no more are kept than any
/// script writes: piled up, they cover what stands around them.
#[must_use]
pub fn display_safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut marks = 0;
    // What counts is what stands before in what is shown: so all is said by one look.
    let mut shown_before = None;
    let mut before = None;
    for c in text.chars() {
        let shown = match c {
            '\n' if before == Some('\r') => None,
            '\r' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
            _ => is_display_safe(shown_before, c).then_some(c),
        };
        let shown = shown.filter(|c| {
            // A joiner between them begins no other character.
            match *c {
                c if is_combining_mark(c) => marks += 1,
                '\u{200C}' | '\u{200D}' => {}
                _ => marks = 0,
            }
            marks <= MARKS_MAX
        });
        out.extend(shown);
        shown_before = shown.or(shown_before);
        before = Some(c);
    }
    out
}

/// Whether [`display_safe`] keeps a character where `previous` is the last one that it kept, but for marks that
/// are too many upon one character.
#[must_use]
pub fn is_display_safe(previous: Option<char>, c: char) -> bool {
    matches!(c, '\n' | '\t') || !(c.is_control() || hidden::is_hidden(previous, c))
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
            ("a\rb\u{2028}c\u{85}d", "a\nb\nc\nd"),
            ("bal\u{AD}lot b\u{200D}ox \u{3164}", "ballot box "),
            (
                "क्\u{200D}ष ❤\u{FE0F} 1\u{FE0F}\u{20E3}",
                "क्\u{200D}ष ❤\u{FE0F} 1\u{FE0F}\u{20E3}",
            ),
            ("\u{61C}\u{200D}x", "x"),
        ] {
            assert_eq!(display_safe(text), expected, "{}", text.escape_unicode());
            assert_eq!(
                display_safe(expected),
                expected,
                "{}",
                text.escape_unicode()
            );
        }
    }

    #[test]
    fn marks_do_not_pile_up() {
        let piled = |count: usize| format!("Z{}a\u{301}", "\u{301}\u{489}".repeat(count));
        assert_eq!(display_safe(&piled(500)), piled(4));
        let joined = format!("א{}", "\u{5B0}\u{200D}".repeat(100));
        let marks = display_safe(&joined).matches('\u{5B0}').count();
        assert_eq!(marks, 8);
        // Tibetan and Hebrew as they are written.
        for text in ["རྒྱུད་", "בְּרֵאשִׁ֖ית", "ที่นี่", "ǭ̂́"]
        {
            assert_eq!(display_safe(text), text);
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
