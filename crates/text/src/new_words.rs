//! Words that no dictionary has yet, found by how they are used.
//!
//! A run of two to six Han characters is a word where its parts hold together more than chance would
//! have them (the least pointwise mutual information over all ways to cut it in two), and where
//! either side is free (the entropy of the characters before and of those after it). The two
//! measures are those of Sproat and Shih (1990) and of the accessor-variety and branching-entropy
//! work that followed (Feng et al. 2004, Jin and Tanaka-Ishii 2006).
//!
//! Counts are kept in bounded memory by lossy counting (Manku and Motwani 2002): when the table is
//! full, the rarest runs are forgotten. What is forgotten of a run's neighbours counts as so many
//! different ones, which they nearly always are, as does the edge of a sentence.

use std::collections::{HashMap, HashSet};

use crate::fold;
use crate::segment::{dictionary, each_run, is_grammar};

/// The longest word that is found.
const CHARS_MAX: usize = 6;

/// A word has to be met so often.
const COUNT_MIN: u32 = 5;

/// Bits by which the weakest cut must hold more than chance; frequent pairs of words stay below.
const COHESION_MIN: f64 = 5.0;

/// Bits of the less free side: two neighbours as good as each other.
const FREEDOM_MIN: f64 = 1.0;

/// A run of up to seven characters: a word and one neighbour. The rest is zero.
type Gram = [char; CHARS_MAX + 1];

/// A word found.
#[derive(Debug, Clone, PartialEq)]
pub struct NewWord {
    /// The word in Simplified characters, for a person to read.
    pub text: String,
    /// Its folded form, as [`fold`] gives it for any spelling.
    pub key: String,
    /// How often it was met, at least.
    pub count: u32,
    /// In bits, by its weakest cut.
    pub cohesion: f64,
    /// In bits, of the less free side.
    pub freedom: f64,
}

/// Counts runs of Han characters and finds the words among them.
///
/// Every text counts, so texts that copy each other should be given once.
#[derive(Debug, Clone)]
pub struct NewWords {
    counts: HashMap<Gram, u32>,
    /// Runs that are counted at the same time, at most.
    runs_max: usize,
    /// Runs met no more often than this were forgotten.
    forgotten: u32,
    chars: u64,
}

impl NewWords {
    /// Keeps count of at most `runs_max` runs, at about 40 bytes each. One that is met `n` times is
    /// found among `c` characters where `runs_max` is well above `6 c / n`.
    #[must_use]
    pub fn new(runs_max: usize) -> Self {
        Self {
            counts: HashMap::new(),
            runs_max: runs_max.max(1),
            forgotten: 0,
            chars: 0,
        }
    }

    /// Counts a text.
    pub fn feed(&mut self, text: &str) {
        each_run(text, |run| {
            let chars: Vec<char> = run.chars().collect();
            self.chars += chars.len() as u64;
            for start in 0..chars.len() {
                let mut gram = Gram::default();
                for (at, c) in chars[start..].iter().take(gram.len()).enumerate() {
                    gram[at] = *c;
                    let count = self.counts.entry(gram).or_default();
                    *count = count.saturating_add(1);
                }
            }
            while self.counts.len() > self.runs_max {
                self.forgotten += 1;
                let forgotten = self.forgotten;
                self.counts.retain(|_, count| *count > forgotten);
            }
        });
    }

    /// The words found, the surest first.
    #[must_use]
    pub fn finish(&self) -> Vec<NewWord> {
        let mut sides: HashMap<Gram, [Side; 2]> = self
            .counts
            .iter()
            .filter(|(gram, count)| **count >= COUNT_MIN && self.is_candidate(gram, **count))
            .map(|(gram, _)| (*gram, Default::default()))
            .collect();
        for (gram, count) in &self.counts {
            let len = len(gram);
            for (part, side) in [(1..len, 0), (0..len - 1, 1)] {
                if let Some(sides) = sides.get_mut(&part_of(gram, part)) {
                    sides[side].add(*count);
                }
            }
        }
        let mut words: Vec<NewWord> = sides
            .iter()
            .filter_map(|(gram, sides)| {
                let count = self.count(gram);
                let freedom = sides[0].entropy(count).min(sides[1].entropy(count));
                let text: String = gram[..len(gram)].iter().collect();
                (freedom >= FREEDOM_MIN && is_new(&text)).then(|| NewWord {
                    key: fold(&text),
                    text,
                    count,
                    cohesion: self.cohesion(gram, count),
                    freedom,
                })
            })
            .collect();
        words.sort_by(|a, b| (a.text.len(), &a.text).cmp(&(b.text.len(), &b.text)));
        let mut kept: Vec<NewWord> = Vec::with_capacity(words.len());
        let mut texts = HashSet::new();
        for word in words {
            if !is_put_together(&word.text, &texts) {
                texts.insert(word.text.clone());
                kept.push(word);
            }
        }
        let mut words = kept;
        words.sort_by(|a, b| {
            let score = |word: &NewWord| word.cohesion * word.freedom;
            score(b)
                .total_cmp(&score(a))
                .then_with(|| a.text.cmp(&b.text))
        });
        words
    }

    fn count(&self, gram: &Gram) -> u32 {
        self.counts.get(gram).copied().unwrap_or_default()
    }

    fn is_candidate(&self, gram: &Gram, count: u32) -> bool {
        let len = len(gram);
        (2..=CHARS_MAX).contains(&len)
            && !is_grammar(gram[0])
            && !is_grammar(gram[len - 1])
            && self.cohesion(gram, count) >= COHESION_MIN
    }

    /// The least mutual information over all ways to cut a run in two.
    fn cohesion(&self, gram: &Gram, count: u32) -> f64 {
        let len = len(gram);
        (1..len)
            .map(|cut| {
                // A part is met at least as often as the whole, also where it was forgotten.
                let parts = [part_of(gram, 0..cut), part_of(gram, cut..len)]
                    .map(|part| f64::from(self.count(&part).max(count)));
                (f64::from(count) * self.chars as f64 / (parts[0] * parts[1])).log2()
            })
            .fold(f64::INFINITY, f64::min)
    }
}

fn len(gram: &Gram) -> usize {
    gram.iter().position(|c| *c == '\0').unwrap_or(gram.len())
}

fn part_of(gram: &Gram, part: std::ops::Range<usize>) -> Gram {
    let mut out = Gram::default();
    for (to, from) in out.iter_mut().zip(&gram[part]) {
        *to = *from;
    }
    out
}

/// Whether the dictionary has neither the word nor all its parts: two words in a row are no word.
fn is_new(text: &str) -> bool {
    !dictionary().has_word(text)
        && dictionary()
            .cut(text, false)
            .iter()
            .any(|token| token.word.chars().nth(1).is_none())
}

/// Whether a run is a word that was found already and words of the dictionary before or after it.
fn is_put_together(text: &str, found: &HashSet<String>) -> bool {
    let is_known = |part: &str| part.is_empty() || dictionary().has_word(part);
    let ends = || text.char_indices().map(|(at, _)| at).chain([text.len()]);
    ends().any(|start| {
        ends().filter(|end| *end > start).any(|end| {
            found.contains(&text[start..end]) && is_known(&text[..start]) && is_known(&text[end..])
        })
    })
}

/// The neighbours on one side.
#[derive(Debug, Clone, Copy, Default)]
struct Side {
    count: f64,
    /// The sum of count times its logarithm, in bits.
    weighted: f64,
}

impl Side {
    fn add(&mut self, count: u32) {
        let count = f64::from(count);
        self.count += count;
        self.weighted += count * count.log2();
    }

    /// In bits; what is not accounted for is so many different neighbours, each of which adds
    /// nothing to the weighted sum.
    fn entropy(&self, total: u32) -> f64 {
        let total = f64::from(total).max(self.count);
        total.log2() - self.weighted / total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: [&str; 8] = [
        "報導", "昨天", "所謂", "爆發", "質疑", "回應", "針對", "關於",
    ];
    const AFTER: [&str; 8] = [
        "案件", "真相", "影片", "風波", "调查", "謠言", "背後", "傳聞",
    ];

    /// Two of these in a row are no word, however often.
    const COMMON: [&str; 16] = [
        "總統", "選舉", "經濟", "發展", "政府", "社會", "國際", "合作", "教育", "文化", "企業",
        "市場", "環境", "保護", "交通", "醫療",
    ];

    fn found(runs_max: usize) -> Vec<String> {
        let mut words = NewWords::new(runs_max);
        for number in 0..800 {
            let word = |step: usize| COMMON[(number * step + number / 16) % COMMON.len()];
            words.feed(&format!("{}{}{}，總統選舉", word(1), word(3), word(7)));
        }
        for (at, before) in BEFORE.iter().enumerate() {
            for after in &AFTER[..4 + at % 4] {
                words.feed(&format!(
                    "民眾{before}灌票門{after}，中央選舉委員會公布選舉結果。"
                ));
                words.feed(&format!("選舉{before}結果{after}"));
            }
        }
        words.finish().into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn an_invented_word_is_found_and_common_pairs_are_not() {
        assert_eq!(found(100_000), ["灌票门"]);
    }

    #[test]
    fn memory_is_bounded() {
        let mut words = NewWords::new(500);
        for number in 0..2_000_u32 {
            let c = |n: u32| char::from_u32(0x4E00 + (number * 7 + n * n * 131) % 20_000);
            words.feed(&(0..40).filter_map(c).collect::<String>());
            assert!(words.counts.len() <= 500);
        }
        // What repeats outlives what does not.
        assert!(found(2_000).contains(&"灌票门".to_owned()));
    }

    #[test]
    fn nothing_of_nothing() {
        let mut words = NewWords::new(0);
        words.feed("");
        words.feed("ballot 票");
        assert!(words.finish().is_empty());
    }
}
