//! Characters that nobody sees. For matching all of them are dropped; those that are no spelling
//! are counted, because splitting a word with them evades keyword searches.

use crate::segment::is_han;

/// Whether a character is dropped before matching: it has no shape of its own.
pub(crate) fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
        | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Whether an ignorable character is suspicious where it stands. It is not where it is spelling: a
/// non-joiner in Persian, joiners in Indic scripts, joiners, tags and selectors within emoji, the
/// selectors of forms of Han characters in names.
pub(crate) fn is_hidden(previous: Option<char>, c: char) -> bool {
    if !is_ignorable(c) {
        return false;
    }
    let spelled_with_joiners = previous.is_some_and(|p| {
        matches!(p, '\u{0590}'..='\u{109F}' | '\u{1780}'..='\u{18AF}') && !is_ignorable(p)
    });
    let part_of_emoji = previous.is_some_and(|p| {
        (p > '\u{2000}' && !p.is_alphabetic() && !is_ignorable(p)) || p == '\u{FE0F}'
    });
    let part_of_flag =
        previous.is_some_and(|p| p == '\u{1F3F4}' || matches!(p, '\u{E0020}'..='\u{E007F}'));
    match c {
        '\u{200C}' | '\u{180B}'..='\u{180F}' | '\u{17B4}' | '\u{17B5}' => !spelled_with_joiners,
        '\u{200D}' => !spelled_with_joiners && !part_of_emoji,
        '\u{FE00}'..='\u{FE0F}' => previous.is_none_or(char::is_alphabetic),
        '\u{E0020}'..='\u{E007F}' => !part_of_flag,
        '\u{E0100}'..='\u{E01EF}' => !previous.is_some_and(is_han),
        '\u{115F}' | '\u{1160}' => false,
        _ => true,
    }
}

/// Whether a text has characters that are hidden and are no spelling. Readers should be told.
#[must_use]
pub fn has_hidden(text: &str) -> bool {
    let mut previous = None;
    text.chars().any(|c| {
        let hidden = !c.is_ascii() && is_hidden(previous, c);
        previous = Some(c);
        hidden
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_or_spelled() {
        for (text, expected) in [
            ("作\u{200B}票影片是\u{2060}舊片\u{202E}gpj.exe", true),
            ("می\u{200C}خواهند رأی بدهند", false),
            ("選務家庭 👨\u{200D}👩\u{200D}👧 參訪", false),
            ("❤\u{FE0F} 1\u{FE0F}\u{20E3}", false),
            ("क्\u{200D}ष", false),
            ("bal\u{00AD}lot", true),
            ("bal\u{200C}lot", true),
            ("bal\u{200D}lot", true),
            ("作\u{FE01}票", true),
            ("辻\u{E0100}", false),
            ("a\u{E0100}", true),
            (
                "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
                false,
            ),
            ("", false),
            ("plain 選舉", false),
        ] {
            assert_eq!(has_hidden(text), expected, "{}", text.escape_unicode());
        }
    }
}
