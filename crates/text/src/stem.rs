//! The stems of words in English, Spanish and Russian, so that "ballots" finds "ballot".
//!
//! The rules are those of the Snowball project, by the library `frostem`. They expect accents, and
//! folded words have none: for Spanish, where they decide which ending a word has, they are put back
//! first.
//!
//! A stem is never an answer of its own: the exact form stays a term beside it.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};

use crate::WORD_BYTES_MAX;
use crate::spanish;

/// The languages that have stems.
pub const STEMMED: [&str; 3] = ["en", "ru", "es"];

/// Genitives of nouns in -ай: the rules take them for feminine adjectives, and Китая for whales.
const RUSSIAN_GENITIVES: [(&str, &str); 9] = [
    ("китая", "китай"),
    ("случая", "случай"),
    ("урожая", "урожай"),
    ("обычая", "обычай"),
    ("николая", "николай"),
    ("шанхая", "шанхай"),
    ("уругвая", "уругвай"),
    ("парагвая", "парагвай"),
    ("трамвая", "трамвай"),
];

/// Begins each term of a stem; no unit holds it.
const STEM_SIGN: char = '\u{1}';

/// The stem of a folded word; `None` where `lang` is none of [`STEMMED`] or the word is not of its
/// alphabet: digits, Han and foreign letters have no stem.
#[must_use]
pub fn stem<'a>(word: &'a str, lang: &str) -> Option<Cow<'a, str>> {
    if word.is_empty() || word.len() > WORD_BYTES_MAX {
        return None;
    }
    let is_latin = || word.bytes().all(|b| b.is_ascii_lowercase());
    let found = match lang {
        "en" if is_latin() => Stemmer::new(Algorithm::English).stem(word),
        "es" if is_latin() => {
            let stemmer = Stemmer::new(Algorithm::Spanish);
            match spanish::for_rules(word) {
                Some(accented) => Cow::Owned(stemmer.stem(&accented).into_owned()),
                None => stemmer.stem(word),
            }
        }
        "ru" if word.chars().all(|c| matches!(c, 'а'..='я')) => {
            let stemmer = Stemmer::new(Algorithm::Russian);
            match RUSSIAN_GENITIVES.iter().find(|(from, _)| *from == word) {
                Some((_, nominative)) => stemmer.stem(nominative),
                None => stemmer.stem(word),
            }
        }
        _ => return None,
    };
    Some(match found {
        // What is changed and changed back is no change.
        Cow::Owned(stem) if stem == word => Cow::Borrowed(word),
        found => found,
    })
}

/// What every word begins with that has a stem, in any language: a look instead of the rules, for the
/// many words that begin otherwise. The rules cut endings off and change at most the last letter of
/// what is left ("happi" of "happy"); only where they say so word by word ("die" of "dying") is less
/// left.
#[must_use]
pub fn stem_lead(stem: &str) -> &str {
    let mut letters = stem.char_indices();
    let second = letters.nth(1).map_or(stem.len(), |(at, _)| at);
    let last = letters.next_back().map_or(0, |(at, _)| at);
    let is_long = letters.count() > 0;
    &stem[..if is_long { last } else { second }]
}

/// The term of an index for the stem of a folded word, whether the stem differs from the word or
/// not; `None` as for [`stem`].
#[must_use]
pub fn stem_term(word: &str, lang: &str) -> Option<String> {
    let stem = stem(word, lang)?;
    let mut term = String::with_capacity(stem.len() + 2);
    push_term(lang, &stem, &mut term);
    Some(term)
}

/// Appends the term of a stem.
pub(crate) fn push_term(lang: &str, stem: &str, out: &mut String) {
    out.push(STEM_SIGN);
    // The languages differ in their first letter but for es and en.
    out.push(match lang {
        "en" => 'e',
        "ru" => 'r',
        _ => 's',
    });
    out.push_str(stem);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_word_could_have_its_own_stem() {
        for (word, lang) in [
            ("dying", "en"),
            ("lying", "en"),
            ("skies", "en"),
            ("idly", "en"),
            ("hopefulness", "en"),
            ("sensibility", "en"),
            ("relational", "en"),
            ("conflated", "en"),
            ("hoping", "en"),
            ("китая", "ru"),
            ("выборами", "ru"),
            ("averigüe", "es"),
            ("siguiendo", "es"),
            ("elecciones", "es"),
        ] {
            if let Some(stem) = stem(word, lang) {
                assert!(word.starts_with(stem_lead(&stem)), "{word} {stem}");
            }
        }
        let leads = ["elect", "вы", "дела", "die", "x", ""].map(stem_lead);
        assert_eq!(leads, ["elec", "в", "дел", "d", "x", ""]);
    }

    proptest! {
        #[test]
        fn any_word_could_have_its_own_stem(
            word in "[a-z]{1,9}(s|es|ies|ied|ed|ing|ly|ful|ness|ational|ization|bility|logi|y|eed|que|mente|iendo|aciones|ar|ir|)",
            russian in "[а-я]{1,9}(ами|ость|ейше|ивши|ющий|ся|ть|)",
        ) {
            for (word, lang) in [(&word, "en"), (&word, "es"), (&russian, "ru")] {
                if let Some(stem) = stem(word, lang) {
                    prop_assert!(word.starts_with(stem_lead(&stem)), "{} {}", word, stem);
                }
            }
        }
    }
}
