//! Whether a text is a rewording of an earlier one.
//!
//! Rewording changes words and their order; it leaves figures, names and quotations, and it *adds*
//! none. An independent report of the same event shares some of them too, and has others of its own:
//! other people are asked, other numbers given. So what counts is not how many figures and names two
//! texts share, but what share of the later text's own figures and names the earlier one has already.
//!
//! The score is the logistic function of a weighted sum. The weights were fitted (ridge, none below
//! zero) to half of a set of 64 news texts of ours in English and Chinese, each with three rewordings
//! and two independent reports of the same event; see `docs/method.md` for how often a score was
//! right in the other half.

use crate::compare::{ratio, shared};
use crate::{Details, Overlap};

/// From this on a text is shown as reworded from another.
pub const REWORDED_MIN: f64 = 0.75;

const BASE: f64 = -5.07;
const FIGURES_KNOWN: f64 = 9.22;
const NAMES_KNOWN: f64 = 2.83;
const QUOTED: f64 = 3.07;
/// A quotation alone never makes a rewording, however long.
const QUOTED_MAX: f64 = 1.5;
/// Shared wording begins to count above the share that reports of one event have in common.
const WORDING: f64 = 18.88;
const WORDING_MIN: f64 = 0.17;

/// With less than this in common there is nothing to judge.
const WORDS_MIN: f64 = 0.04;

/// Of pairs with a score from the first number on, the share that were copies, (k + ½) of (n + 1):
/// pairs of an original and another text on the same event, in the half the weights were fitted to.
const CALIBRATION: [(f64, f64); 5] = [
    (0.0, 0.05),  // 2 of 46
    (0.1, 0.28),  // 6 of 22
    (0.5, 0.50),  // 4 of 8
    (0.75, 0.95), // 10 of 10
    (0.95, 0.99), // 74 of 74
];

/// How many of a hundred pairs of texts on one event with such a score are copies, as a share. In
/// the set it comes from three of five pairs were; where copies are rarer it is less.
#[must_use]
pub fn calibration(score: f64) -> f64 {
    let steps = CALIBRATION.iter().take_while(|(from, _)| score >= *from);
    steps.last().map_or(0.0, |(_, share)| *share)
}

/// A copy that keeps half of the words of a text of about its length…
const KEPT_WORDS: f64 = 0.5;
const KEPT_SIZE: f64 = 0.6;
/// …and this share of figures and names, or
const KEPT_KNOWN: f64 = 0.4;
/// one that is put in other words: most of what it says of figures and names is known,
const TOLD_KNOWN: f64 = 0.45;
const TOLD_FIGURES: f64 = 0.2;
/// a good part of the other's is in it,
const TOLD_TAKEN: f64 = 0.2;
/// and that is more than chance, a figure being twice what a name is, and longer texts sharing more.
const TOLD_LEAST: usize = 7;
const GRAMS_PER_FIGURE: usize = 200;
/// In texts of so many grams chance gives more: they have people and phrases of the day in common.
const LONG: usize = 300;
const LONG_KEPT_KNOWN: f64 = 0.6;
const LONG_TOLD_KNOWN: f64 = 0.5;
const LONG_GRAMS_PER_FIGURE: usize = 100;

/// What a score is at most where a text is neither: reports in the set phrases of an office, or long
/// ones with the same people in them, share some of everything.
const NEITHER_MAX: f64 = 0.7;

/// What speaks for a text being reworded from an earlier one.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Evidence {
    /// What the two texts share.
    pub overlap: Overlap,
    /// Names in both, in the earlier, in the later.
    pub names: [usize; 3],
    /// Words in both, in the earlier, in the later.
    pub words: [usize; 3],
}

impl Evidence {
    /// Compares an earlier text with a later one; `overlap` in this order.
    #[must_use]
    pub fn of(overlap: Overlap, earlier: &Details, later: &Details) -> Self {
        Self {
            overlap,
            names: [
                shared(&earlier.names, &later.names),
                earlier.names.len(),
                later.names.len(),
            ],
            words: [
                shared(&earlier.words, &later.words),
                earlier.words.len(),
                later.words.len(),
            ],
        }
    }

    /// Between 0 and 1: how much speaks for it.
    #[must_use]
    pub fn score(&self) -> f64 {
        let overlap = &self.overlap;
        let words = ratio(self.words[0], self.words[1].min(self.words[2]));
        if words < WORDS_MIN {
            return 0.0;
        }
        // One or two without any beside them say little.
        let figures_known = ratio(
            overlap.figures[0] + overlap.figures_rounded,
            overlap.figures[2] + 1,
        );
        let names_known = ratio(self.names[0], self.names[2] + 2);
        let unquoted = overlap.shared - overlap.shared_quoted;
        let wording =
            (ratio(unquoted, overlap.first.min(overlap.second) + 5) - WORDING_MIN).max(0.0);
        let sum = BASE
            + FIGURES_KNOWN * figures_known
            + NAMES_KNOWN * names_known
            + QUOTED * (overlap.shared_quoted as f64).ln_1p().min(QUOTED_MAX)
            + WORDING * wording;
        let score = 1.0 / (1.0 + (-sum).exp());
        if self.is_kept(words) || self.is_told() {
            score
        } else {
            score.min(NEITHER_MAX)
        }
    }

    /// Whether much of the wording is kept.
    fn is_kept(&self, words: f64) -> bool {
        let (first, second) = (self.overlap.first, self.overlap.second);
        words >= KEPT_WORDS
            && ratio(first.min(second), first.max(second)) >= KEPT_SIZE
            && self.known()
                >= if self.is_long() {
                    LONG_KEPT_KNOWN
                } else {
                    KEPT_KNOWN
                }
    }

    /// Whether so much of what it says is known that it may be told in other words.
    fn is_told(&self) -> bool {
        let overlap = &self.overlap;
        let (known_min, grams_per_figure) = if self.is_long() {
            (LONG_TOLD_KNOWN, LONG_GRAMS_PER_FIGURE)
        } else {
            (TOLD_KNOWN, GRAMS_PER_FIGURE)
        };
        let [_, taken, own] = overlap.figures;
        let figures = overlap.figures[0] + overlap.figures_rounded;
        2 * figures + self.names[0] >= TOLD_LEAST
            && figures * grams_per_figure >= overlap.first.min(overlap.second)
            && ratio(figures, own + 1) >= TOLD_FIGURES
            && self.known() >= known_min
            && ratio(figures + self.names[0], taken + self.names[1] + 1) >= TOLD_TAKEN
    }

    fn is_long(&self) -> bool {
        self.overlap.first.min(self.overlap.second) >= LONG
    }

    /// The share of the later text's figures and names that the earlier one has.
    fn known(&self) -> f64 {
        let both = self.overlap.figures[0] + self.overlap.figures_rounded + self.names[0];
        ratio(both, self.overlap.figures[2] + self.names[2] + 1)
    }
}
