//! What a folded character is to the analysis.

use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script, UnicodeScript};

/// What a folded character is to the analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// A letter or digit of a script that puts spaces between words.
    Word,
    /// A character of a script that puts none.
    Char,
    /// Belongs to the character before it.
    Mark,
    /// Separates words and nothing more.
    Space,
    /// A line break; two of them are a blank line.
    Newline,
    /// A dot as it stands between the parts of a name written in Han or Kana.
    MiddleDot,
    /// Any other visible sign: punctuation, symbols, emoji.
    Sign,
}

impl Class {
    pub(crate) fn of(c: char) -> Self {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' => Self::Word,
            '\n' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' => Self::Newline,
            // U+0F0B stands between all syllables of Tibetan: it separates no clauses.
            '\u{0F0B}' => Self::Space,
            '·' | '•' | '‧' | '∙' | '⋅' | '・' => Self::MiddleDot,
            // Apostrophe-like letters (Ukrainian, Hawaiian, Uzbek) are also written as quotation
            // marks; as signs they fall together.
            '\u{02B9}'..='\u{02DF}' => Self::Sign,
            // Marks of length and iteration belong to no script of their own.
            'ー' | '々' => Self::Char,
            _ if is_combining_mark(c) => Self::Mark,
            _ if c.is_alphanumeric() => {
                if is_unspaced(c) {
                    Self::Char
                } else {
                    Self::Word
                }
            }
            _ if c.is_whitespace() || c.is_control() => Self::Space,
            _ => Self::Sign,
        }
    }
}

fn is_unspaced(c: char) -> bool {
    if c < '\u{0E00}' {
        return false;
    }
    matches!(
        c.script(),
        Script::Han
            | Script::Hiragana
            | Script::Katakana
            | Script::Hangul
            | Script::Bopomofo
            | Script::Thai
            | Script::Lao
            | Script::Khmer
            | Script::Myanmar
            | Script::Tibetan
            | Script::Yi
            | Script::Tai_Le
            | Script::New_Tai_Lue
            | Script::Tai_Tham
            | Script::Tai_Viet
            | Script::Javanese
            | Script::Balinese
            | Script::Tangut
            | Script::Nushu
            | Script::Khitan_Small_Script
    )
}

/// Whether a Hangul letter that joins the letter before it into one syllable.
pub(crate) fn is_joining_jamo(c: char) -> bool {
    matches!(c, '\u{1160}'..='\u{11FF}' | '\u{D7B0}'..='\u{D7FB}')
}

/// Whether a letter of the Arabic script, be the language Arabic, Persian or another.
pub(crate) fn is_arabic(c: char) -> bool {
    matches!(c,
        '\u{0600}'..='\u{06FF}' | '\u{0750}'..='\u{077F}' | '\u{0870}'..='\u{08FF}'
        | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}')
}
