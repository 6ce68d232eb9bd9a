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
pub const REWORDED_MIN: f64 = 0.65;

const BASE: f64 = -4.35;
const FIGURES_KNOWN: f64 = 6.84;
const NAMES_KNOWN: f64 = 4.59;
const QUOTED: f64 = 2.3;
/// Shared wording begins to count above the share that reports of one event have in common.
const WORDING: f64 = 18.0;
const WORDING_MIN: f64 = 0.17;

/// With less than this in common there is nothing to judge.
const WORDS_MIN: f64 = 0.04;

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
        let figures_known = ratio(overlap.figures[0], overlap.figures[2] + 1);
        let names_known = ratio(self.names[0], self.names[2] + 2);
        let unquoted = overlap.shared - overlap.shared_quoted;
        let wording =
            (ratio(unquoted, overlap.first.min(overlap.second) + 5) - WORDING_MIN).max(0.0);
        let sum = BASE
            + FIGURES_KNOWN * figures_known
            + NAMES_KNOWN * names_known
            + QUOTED * (overlap.shared_quoted as f64).ln_1p().min(2.0)
            + WORDING * wording;
        1.0 / (1.0 + (-sum).exp())
    }
}
