//! What an index keeps of a text, so that words, single characters and any run of characters are
//! found exactly, without a dictionary.

use std::ops::Range;

use crate::{Analysed, UnitKind};

/// One term of an index at one position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexToken<'a> {
    /// The term: a word, two neighbouring characters, or a character with no neighbour after it.
    pub text: &'a str,
    /// The position of the unit it begins with.
    pub position: u32,
    /// The bytes of the original it stands for.
    pub source: Range<usize>,
}

/// The terms of a text in order, one for each unit.
///
/// A character followed by another at the next position gives the two of them, so a run of two or
/// more characters is a phrase of overlapping pairs, and one character is whatever begins with it.
pub fn index_tokens(analysed: &Analysed) -> impl Iterator<Item = IndexToken<'_>> {
    let units = analysed.units();
    units.iter().enumerate().map(move |(at, unit)| {
        let neighbour = units.get(at + 1).filter(|next| {
            unit.kind == UnitKind::Char
                && next.kind == UnitKind::Char
                && next.position == unit.position + 1
        });
        let last = neighbour.unwrap_or(unit);
        // Folded forms lie one directly after the other, so a pair is a slice too.
        let folded = unit.folded.start as usize..last.folded.end as usize;
        IndexToken {
            text: analysed.folded().get(folded).unwrap_or_default(),
            position: unit.position,
            source: unit.source.start as usize..last.source.end as usize,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyse;

    fn check(text: &str, expected: &str) {
        let tokens: Vec<String> = index_tokens(&analyse(text))
            .map(|token| format!("{}@{}", token.text, token.position))
            .collect();
        assert_eq!(tokens.join(" "), expected, "{text}");
    }

    #[test]
    fn tokens() {
        check("", "");
        check("Ballot fraud", "ballot@0 fraud@1");
        check("選票箱", "选票@0 票箱@1 箱@2");
        check("單", "单@0");
        check("ECFA爭議", "ecfa@0 争议@1 议@2");
        check("工作。票價", "工作@0 作@1 票价@3 价@4");
        check("11月28日投票", "11@0 月@1 28@2 日投@3 投票@4 票@5");
    }
}
