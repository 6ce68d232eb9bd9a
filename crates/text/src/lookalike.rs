//! Letters of another script that look like those of the word they stand in.
//!
//! "Вallot" with a Cyrillic В reads as "ballot" and is found by no search for it. Within one word
//! that mixes Latin, Cyrillic, Greek or Armenian letters, those of the rarer scripts become the
//! letters of the most frequent one that they look like; Latin where two are as frequent. Words of
//! one script are never touched (война), nor is a word of which one foreign letter looks like
//! nothing in that script: it is two languages in one word, and no disguise.
//!
//! The pairs are those of confusables.txt of Unicode Technical Standard 39 between letters in use
//! today, in either case, written by their folded forms; a test holds every pair to that file. The
//! case matters for two Greek letters only: Ν looks like N and ν like v, Υ like Y and υ like u.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A set of scripts, one bit each.
pub(crate) type Scripts = u8;

const LATIN: Scripts = 1;
const CYRILLIC: Scripts = 2;
const GREEK: Scripts = 4;
const ARMENIAN: Scripts = 8;

/// From one script to another: each letter is followed by the one that it looks like.
const PAIRS: [(Scripts, Scripts, &str); 7] = [
    (
        CYRILLIC,
        LATIN,
        "аaвbгrеeкkмmнhоoрpсcтtуyхxшwьbѕsіiјjѵvүyһhҽeӏlԁdԍgԛqԝw",
    ),
    (GREEK, LATIN, "αaβbγyεeζzηhιiκkμmνvοoρpσoτtυuχxϝf"),
    (ARMENIAN, LATIN, "աwգqզqհhյjոnռnսuտsցgքfօo"),
    (LATIN, CYRILLIC, "aаbвcсeеhнiіjјkкmмoоpрrгsѕtтwшxхyу"),
    (GREEK, CYRILLIC, "αаβвγгεеηнιіκкλлμмοоπпρрσоτтυуφфχх"),
    (LATIN, GREEK, "aαbβeεhηiιkκmμnνoοpρtτuυvνxχyυzζ"),
    (CYRILLIC, GREEK, "аαвβгγеεкκлλмμнηоοпπрρтτуυфφхχєεіι"),
];

/// The script of a folded letter as a set of one; empty for all that is no letter of the four.
#[inline]
pub(crate) fn script(c: char) -> Scripts {
    match c {
        'a'..='z' => LATIN,
        '\0'..='\u{BF}' => 0,
        '\u{C0}'..='\u{24F}'
        | '\u{1E00}'..='\u{1EFF}'
        | '\u{2C60}'..='\u{2C7F}'
        | '\u{A720}'..='\u{A7FF}' => LATIN,
        '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => GREEK,
        '\u{400}'..='\u{52F}' | '\u{1C80}'..='\u{1C8F}' | '\u{A640}'..='\u{A69F}' => CYRILLIC,
        '\u{531}'..='\u{58F}' => ARMENIAN,
        _ => 0,
    }
}

/// Whether a word of these scripts may hold a disguise.
#[inline]
pub(crate) fn is_mixed(scripts: Scripts) -> bool {
    scripts.count_ones() > 1
}

/// A word without its disguise, and how many letters were one; `None` where it has none.
///
/// `word` is the folded form of `source`, which says which letters were capitals.
pub(crate) fn unmask(word: &str, source: &str) -> Option<(String, u32)> {
    let target = most_frequent(word);
    let mut capitals = source.nfkd().filter_map(|c| match c {
        'Ν' | 'Υ' => Some(true),
        'ν' | 'υ' => Some(false),
        _ => None,
    });
    let mut count = 0;
    let mut after_replaced = false;
    let mut out = String::with_capacity(word.len());
    for c in word.nfd() {
        if is_combining_mark(c) {
            // The letter it belonged to is gone; ї in a Latin word is an ï, which folds to i.
            if !after_replaced {
                out.push(c);
            }
            continue;
        }
        let is_capital = matches!(c, 'ν' | 'υ') && capitals.next().unwrap_or(false);
        let own = script(c);
        after_replaced = own != 0 && own != target;
        out.push(if after_replaced {
            count += 1;
            replacement(c, own, target, is_capital)?
        } else {
            c
        });
    }
    (count > 0).then(|| (out.nfc().collect(), count))
}

/// The script with the most letters; where several have, the first by the order of the bits.
fn most_frequent(word: &str) -> Scripts {
    let mut best = (0, LATIN);
    for candidate in [LATIN, CYRILLIC, GREEK, ARMENIAN] {
        let letters = word.chars().filter(|c| script(*c) == candidate).count();
        if letters > best.0 {
            best = (letters, candidate);
        }
    }
    best.1
}

fn replacement(c: char, from: Scripts, to: Scripts, is_capital: bool) -> Option<char> {
    match (c, is_capital, to) {
        ('ν', true, LATIN) => return Some('n'),
        ('υ', true, LATIN) => return Some('y'),
        _ => {}
    }
    let (_, _, pairs) = PAIRS.iter().find(|pair| (pair.0, pair.1) == (from, to))?;
    let mut letters = pairs.chars();
    while let (Some(letter), Some(twin)) = (letters.next(), letters.next()) {
        if letter == c {
            return Some(twin);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use unicode_security::skeleton;

    use super::*;

    /// Whether the two look alike in some case each, by the standard.
    fn are_confusable(one: char, other: char) -> bool {
        let forms = |c: char| [c.to_string(), c.to_uppercase().to_string()];
        forms(one).iter().any(|one| {
            forms(other)
                .iter()
                .any(|other| skeleton(one).eq(skeleton(other)))
        })
    }

    #[test]
    fn every_pair_is_one_of_the_standard() {
        for (from, to, pairs) in PAIRS {
            let letters: Vec<char> = pairs.chars().collect();
            assert_eq!(letters.len() % 2, 0, "{pairs}");
            for pair in letters.chunks(2) {
                assert_eq!((script(pair[0]), script(pair[1])), (from, to), "{pair:?}");
                assert!(are_confusable(pair[0], pair[1]), "{pair:?}");
            }
        }
    }
}
