//! What an index keeps of a text, so that words, single characters and any run of characters are
//! found exactly, without a dictionary.

use std::ops::Range;

use crate::stem::{push_term, stem};
use crate::{Analysed, STEMMED, UnitKind};

/// One term of an index at one position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexToken<'a> {
    /// The term: a word, two neighbouring characters, a character with no neighbour after it, the
    /// key of an address, or [the stem](crate::stem_term) of the word before.
    pub text: &'a str,
    /// The position of the unit it begins with.
    pub position: u32,
    /// The bytes of the original it stands for.
    pub source: Range<usize>,
}

/// Gives the terms of a text in order: one for each unit, and after a word whose stem in `lang`
/// differs from it the stem at the same position.
///
/// A character followed by another at the next position gives the two of them, so a run of two or
/// more characters is a phrase of overlapping pairs, and one character is whatever begins with it.
///
/// `lang` is the tag of the text's language; other than [`STEMMED`] it gives no stems.
pub fn index_tokens(analysed: &Analysed, lang: &str, mut sink: impl FnMut(IndexToken<'_>)) {
    let units = analysed.units();
    let has_stems = STEMMED.contains(&lang);
    let mut term = String::new();
    for (at, unit) in units.iter().enumerate() {
        let neighbour = units.get(at + 1).filter(|next| {
            unit.kind == UnitKind::Char
                && next.kind == UnitKind::Char
                && next.position == unit.position + 1
        });
        let last = neighbour.unwrap_or(unit);
        // Folded forms lie one directly after the other, so a pair is a slice too.
        let folded = unit.folded.start as usize..last.folded.end as usize;
        let text = analysed.folded().get(folded).unwrap_or_default();
        let source = unit.source.start as usize..last.source.end as usize;
        sink(IndexToken {
            text,
            position: unit.position,
            source: source.clone(),
        });
        if has_stems
            && unit.kind == UnitKind::Word
            && let Some(stem) = stem(text, lang)
            && stem != text
        {
            term.clear();
            push_term(lang, &stem, &mut term);
            sink(IndexToken {
                text: &term,
                position: unit.position,
                source,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyse;

    fn check(text: &str, lang: &str, expected: &str) {
        let mut tokens = Vec::new();
        index_tokens(&analyse(text), lang, |token| {
            let shown = token.text.replace('\u{1}', "=");
            tokens.push(format!("{shown}@{}", token.position));
        });
        assert_eq!(tokens.join(" "), expected, "{text}");
    }

    #[test]
    fn tokens() {
        check("", "und", "");
        check("Ballot fraud", "und", "ballot@0 fraud@1");
        check("選票箱", "zh-Hant", "选票@0 票箱@1 箱@2");
        check("單", "zh-Hant", "单@0");
        check("ECFA爭議", "und", "ecfa@0 争议@1 议@2");
        check("工作。票價", "und", "工作@0 作@1 票价@3 价@4");
        check("11月28日投票", "und", "11@0 月@1 28@2 日投@3 投票@4 票@5");
        check("見https://t.co/aB。票", "und", "见@0 t.co/aB@1 票@2");
    }

    #[test]
    fn stems_stand_where_their_words_stand() {
        check(
            "Ballots 作票 fraud",
            "en",
            "ballots@0 =eballot@0 作票@1 票@2 fraud@3",
        );
        check("выборы 2026", "ru", "выборы@0 =rвыбор@0 2026@1");
        check("las elecciones", "es", "las@0 elecciones@1 =seleccion@1");
        check("Ballots", "fr", "ballots@0");
    }
}
