//! Terms: what of a text is counted when nobody has listed anything. Each word of a script with
//! spaces, each two such words side by side, and each two characters of a script without. The name of an account is none.
//!
//! Two characters are no word, often enough; whoever shows a term makes it longer first, as far as
//! the texts that have it agree.

use crate::analyse::{Analysed, Unit, UnitKind};
use crate::entity::EntityKind;

/// A term of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// The same for the same term in any text and in any spelling that folds to it.
    pub key: u64,
    /// Its first unit.
    pub first: usize,
    /// How many units it has, one or two.
    pub len: usize,
}

/// The key of one unit's folded form. Keys are kept by nobody and may change from version to version.
#[must_use]
pub fn unit_key(analysed: &Analysed, unit: &Unit) -> u64 {
    // FNV-1a, with its high bits made as good as the low ones.
    let mut key: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in analysed.text(unit).bytes() {
        key = (key ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    scatter(key)
}

/// The terms of a text, in order; one that occurs twice is there twice.
pub fn terms(analysed: &Analysed) -> impl Iterator<Item = Term> {
    let units = analysed.units();
    let mut names = analysed
        .entities()
        .iter()
        .filter(|entity| entity.kind == EntityKind::Name)
        .map(|entity| entity.source.clone())
        .peekable();
    let mut before: Option<(&Unit, u64)> = None;
    units.iter().enumerate().flat_map(move |(at, unit)| {
        while names
            .next_if(|name| name.end <= unit.source.start)
            .is_some()
        {}
        if names
            .peek()
            .is_some_and(|name| name.start <= unit.source.start)
        {
            before = None;
            return [None, None].into_iter().flatten();
        }
        let key = unit_key(analysed, unit);
        let is_word = unit.kind == UnitKind::Word && analysed.text(unit).chars().nth(1).is_some();
        let alone = is_word.then_some(Term {
            key,
            first: at,
            len: 1,
        });
        let pair = before
            .filter(|(last, _)| last.kind == unit.kind && unit.kind != UnitKind::Address)
            .filter(|(last, _)| last.position + 1 == unit.position)
            .map(|(_, last)| Term {
                key: scatter(last.rotate_left(23) ^ key),
                first: at - 1,
                len: 2,
            });
        before = Some((unit, key));
        [pair, alone].into_iter().flatten()
    })
}

/// The finisher of SplitMix64 (Steele, Lea and Flood 2014).
fn scatter(mut key: u64) -> u64 {
    key = (key ^ key >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    key = (key ^ key >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    key ^ key >> 31
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyse;

    fn of(text: &str) -> Vec<String> {
        let analysed = analyse(text);
        let name = |term: Term| {
            let units = &analysed.units()[term.first..term.first + term.len];
            let texts: Vec<&str> = units.iter().map(|unit| analysed.text(unit)).collect();
            texts.join("·")
        };
        terms(&analysed).map(name).collect()
    }

    #[test]
    fn words_alone_and_in_pairs_and_characters_in_pairs() {
        assert_eq!(
            of("Ballots vanish: a"),
            ["ballots", "ballots·vanish", "vanish", "vanish·a"]
        );
        assert_eq!(of("作票,開票"), ["作·票", "开·票"]);
        assert!(of("https://example.org/a").is_empty());
        assert_eq!(of("hear @some_body speak"), ["hear", "speak"]);
    }

    #[test]
    fn a_term_is_the_same_in_both_scripts_and_in_any_text() {
        let key = |text: &str| terms(&analyse(text)).next().map(|term| term.key);
        assert_eq!(key("開票"), key("开票"));
        assert_eq!(key("ＢＡＬＬＯＴ"), key("ballot"));
        assert_ne!(key("開票"), key("票開"));
    }
}
