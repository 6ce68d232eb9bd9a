//! Folding of one grapheme cluster: what a searcher does not distinguish becomes the same.
//!
//! The order matters. Compatibility forms first (full width, ligatures, presentation forms), then
//! case, then diacritics where they are no letters of their own (Latin and Greek; not й or ї), then
//! composition again, so that the last tables see one code point a letter.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::{han, hidden};

/// The zeros of all decimal digits in Unicode 15.0 beyond ASCII that NFKC leaves alone; each is
/// followed by the other nine.
const ZEROS: [u32; 57] = [
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90,
    0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0,
    0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650,
    0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x11F50, 0x16A60, 0x16AC0,
    0x16B50, 0x1E950,
];

/// Appends the folded form of one grapheme cluster; nothing where it has none.
pub(crate) fn fold_cluster(cluster: &str, out: &mut String) {
    // Before normalisation they would be torn off as letters (™ is TM, a separate word at best).
    if cluster.starts_with(['™', '℠']) {
        out.push('™');
        return;
    }
    let mut base = '\0';
    let letters = cluster
        .chars()
        .filter(|c| !hidden::is_ignorable(*c))
        .nfkc()
        .flat_map(case_fold)
        .nfd()
        // Before marks are weighed: which of them a digit keeps must not hang on its script.
        .map(digit)
        .filter(move |c| {
            if is_combining_mark(*c) {
                return !only_modifies(base, *c) && !is_optional(*c);
            }
            base = *c;
            true
        })
        .nfc();
    for c in letters {
        push_letter(c, out);
    }
}

/// Full case folding by way of the capital: ß becomes ss, ς and σ the same, ı an i; ẞ first
/// needs its small form.
fn case_fold(c: char) -> impl Iterator<Item = char> {
    c.to_lowercase()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
}

/// Whether a mark leaves a letter what it is. Marks make letters of their own in Cyrillic (й, ї),
/// Indic scripts (vowels), Kana (が) and others; there only ё and the sign of stress fold.
fn only_modifies(base: char, mark: char) -> bool {
    match base {
        '0'..='9'
        | 'a'..='z'
        | '\u{00C0}'..='\u{02AF}'
        | '\u{1D00}'..='\u{1DBF}'
        | '\u{1E00}'..='\u{1EFF}'
        | '\u{2C60}'..='\u{2C7F}'
        | '\u{A720}'..='\u{A7FF}'
        | '\u{AB30}'..='\u{AB6F}'
        | '\u{0370}'..='\u{03FF}'
        | '\u{1F00}'..='\u{1FFF}' => true,
        'е' if mark == '\u{0308}' => true,
        'а' | 'е' | 'и' | 'о' | 'у' | 'ы' | 'э' | 'ю' | 'я' | 'і' | 'є' => {
            matches!(mark, '\u{0300}' | '\u{0301}')
        }
        _ => false,
    }
}

/// Vowel signs and signs of recitation are optional in Hebrew and Arabic script, and so is the hamza
/// on or under a letter in what people type: رئیس and رییس, مسؤول and مسوول.
fn is_optional(mark: char) -> bool {
    matches!(mark,
        '\u{0591}'..='\u{05BD}' | '\u{05BF}' | '\u{05C1}' | '\u{05C2}' | '\u{05C4}' | '\u{05C5}' | '\u{05C7}' |
        '\u{0610}'..='\u{061A}' | '\u{064B}'..='\u{065F}' | '\u{0670}'
        | '\u{06D6}'..='\u{06DC}' | '\u{06DF}'..='\u{06E8}' | '\u{06EA}'..='\u{06ED}'
        | '\u{08CA}'..='\u{08E1}' | '\u{08E3}'..='\u{08FF}')
}

fn push_letter(c: char, out: &mut String) {
    match c {
        '\0'..='\u{7F}' => out.push(c),
        // Letters with a stroke or tied together have no decomposition, yet are typed without.
        'ø' => out.push('o'),
        'đ' => out.push('d'),
        'ł' => out.push('l'),
        'ħ' => out.push('h'),
        'ŧ' => out.push('t'),
        'æ' => out.push_str("ae"),
        'œ' => out.push_str("oe"),
        'ي' | 'ى' => out.push('ی'),
        'ك' => out.push('ک'),
        // The letter of U+06C0 without its hamza, and the form of Urdu.
        'ة' | '\u{06D5}' | '\u{06C1}' => out.push('ه'),
        'ٱ' => out.push('ا'),
        // The stretching tatweel is a letter to Unicode.
        '\u{0640}' => {}
        _ => out.push(han::fold(c)),
    }
}

/// The ASCII digit of the same value; any other character as it is.
fn digit(c: char) -> char {
    let code = u32::from(c);
    let following = ZEROS.partition_point(|zero| *zero <= code);
    match following.checked_sub(1).map(|at| code - ZEROS[at]) {
        Some(value @ 0..=9) => char::from_digit(value, 10).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_are_sorted() {
        assert!(ZEROS.is_sorted());
    }

    #[test]
    fn folding_is_idempotent_for_every_character() {
        for c in '\0'..=char::MAX {
            let (mut once, mut twice) = (String::new(), String::new());
            fold_cluster(c.encode_utf8(&mut [0; 4]), &mut once);
            fold_cluster(&once, &mut twice);
            assert_eq!(once, twice, "{}", c.escape_unicode());
        }
    }
}
