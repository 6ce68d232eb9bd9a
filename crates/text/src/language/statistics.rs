//! Languages of one alphabet, told apart by n-grams of up to five signs, edges of words included.
//!
//! Each language has a model of its words: the probability of each letter, and of the end, after up
//! to four signs before it. A text is of the language in which it is the most probable. The last
//! column may pool languages of which only is known that they are none of ours.
//!
//! Costs are negative logarithms of probabilities, in 1/14 of a natural one, as the table has them.
//! An n-gram that is not in the table costs what its longest ending there does. Why these n-grams
//! are there, and how their costs came about: `tools/language_table`.

use super::table::{Group, Trail};

/// Stands at both ends of a word.
const EDGE: char = ' ';

/// More letters than this change no verdict: of the sentences in the test data, those of 100 letters
/// or more are told without an error.
const LETTERS_MAX: usize = 500;

const COLUMNS_MAX: usize = 13;

type Costs = [u32; COLUMNS_MAX];

/// Languages that share an alphabet.
pub(super) struct Alphabet {
    /// Place of the group in the table.
    pub(super) group: usize,
    /// In the order of the table.
    pub(super) columns: &'static [Column],
    /// A letter of the alphabet as the table has it: small.
    pub(super) letter: fn(char) -> Option<char>,
    pub(super) respellings: &'static [Respelling],
    /// Letters that none of the languages writes.
    pub(super) foreign: &'static str,
}

/// A language, by its tag, and the cost that every text has in it.
pub(super) struct Column(pub(super) &'static str, pub(super) u32);

/// How a language looks that went through the keyboard or the character set of another.
pub(super) struct Respelling {
    /// The languages it happens to.
    pub(super) tags: &'static [&'static str],
    /// Letters as found, and as they were meant.
    pub(super) letters: &'static [(char, char)],
}

/// The cost of a text being respelled: it happens to one in about fifty.
const RESPELLED: u32 = 56;

/// What the statistics say of a text.
pub(super) struct Verdict {
    pub(super) tag: &'static str,
    /// How much more it would cost in the next language.
    pub(super) lead: u32,
}

static TABLE: &[u8] = include_bytes!("table.bin");

pub(super) fn verdict(sample: &[char], alphabet: &Alphabet) -> Option<Verdict> {
    let group = Group::at(alphabet.group, TABLE)?;
    let mut costs = costs(sample, &group, alphabet.letter);
    for respelling in alphabet.respellings {
        respelling.apply(&mut costs, sample, &group, alphabet);
    }
    let mut ranked: Vec<(u32, &'static str)> = costs
        .iter()
        .zip(alphabet.columns)
        .map(|(cost, Column(tag, base))| (cost + base, *tag))
        .collect();
    ranked.sort_unstable();
    match ranked.as_slice() {
        [(cost, tag), (next, _), ..] => Some(Verdict {
            tag,
            lead: next - cost,
        }),
        _ => None,
    }
}

impl Respelling {
    /// Lowers the costs of its languages to those of the text as it was meant.
    fn apply(&self, costs: &mut Costs, sample: &[char], group: &Group<'_>, alphabet: &Alphabet) {
        let meant = |c: char| {
            let mut letters = self.letters.iter();
            letters
                .find(|(found, _)| *found == c)
                .map(|(_, meant)| *meant)
        };
        let letter = |c: &char| (alphabet.letter)(*c);
        if !sample.iter().filter_map(letter).any(|c| meant(c).is_some()) {
            return;
        }
        let respelled: Vec<char> = sample
            .iter()
            .map(|c| letter(c).and_then(meant).unwrap_or(*c))
            .collect();
        let respelled = self::costs(&respelled, group, alphabet.letter);
        for ((cost, respelled), Column(tag, _)) in
            costs.iter_mut().zip(respelled).zip(alphabet.columns)
        {
            if self.tags.contains(tag) {
                *cost = (*cost).min(respelled + RESPELLED);
            }
        }
    }
}

fn costs(sample: &[char], group: &Group<'_>, letter: fn(char) -> Option<char>) -> Costs {
    let mut costs = [0; COLUMNS_MAX];
    let mut word = None;
    let mut room = LETTERS_MAX;
    for c in sample.iter().chain(&[EDGE]) {
        match letter(*c) {
            Some(letter) if room > 0 => {
                room -= 1;
                let trail = word.get_or_insert_with(|| Trail::at_edge(EDGE));
                trail.push(letter);
                add(&mut costs, group, trail);
            }
            // The dot of İ made small, vowel signs of Arabic: within a word and nothing to it.
            None if is_mark(*c) => {}
            _ => {
                if let Some(mut trail) = word.take() {
                    trail.push(EDGE);
                    add(&mut costs, group, &trail);
                }
            }
        }
    }
    costs
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{640}' | '\u{64B}'..='\u{65F}' | '\u{670}')
}

fn add(costs: &mut Costs, group: &Group<'_>, trail: &Trail) {
    if let Some(row) = trail.hashes().find_map(|hash| group.row(hash)) {
        for (cost, share) in costs.iter_mut().zip(row) {
            *cost += u32::from(*share);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::{ARABIC, CYRILLIC, LATIN};

    #[test]
    fn the_table_has_a_column_for_each_language() {
        for alphabet in [LATIN, CYRILLIC, ARABIC] {
            let group = Group::at(alphabet.group, TABLE).unwrap();
            let mut trail = Trail::at_edge(EDGE);
            trail.push(alphabet.columns[0].0.chars().next().unwrap());
            assert_eq!(group.columns(), alphabet.columns.len());
        }
        assert!(Group::at(3, TABLE).is_none());
    }

    #[test]
    fn what_ends_a_word_counts() {
        // `the` is a whole word in English; in other languages it begins one.
        let group = Group::at(LATIN.group, TABLE).unwrap();
        let costs = costs(&['t', 'h', 'e'], &group, LATIN.letter);
        assert!(
            costs[1..LATIN.columns.len()]
                .iter()
                .all(|cost| *cost > costs[0])
        );
    }
}
