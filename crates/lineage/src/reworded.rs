//! Whether a text is a rewording of an earlier one.
//!
//! Rewording changes words and their order; it leaves figures, names and quotations, and it *adds*
//! none. An independent report of the same event shares some of them too, and has others of its own:
//! other people are asked, other numbers given. So each figure and each name of the later text counts:
//! for a copy where the earlier text has it, exactly or in round numbers, or spelled a little
//! otherwise; against one where it has not. That is after naive Bayes (Maron, *Automatic Indexing*, 1961),
//! but by logarithms, as the tenth figure says less than the second. Long texts have more in common by
//! chance: the lengths count against.
//!
//! The weights were fitted (logistic, ridge, none below zero) to half of a set of news texts of ours
//! in English and Chinese, each with three rewordings and two independent reports of the same event,
//! and to pairs of real reports by different outlets; see `docs/method.md` for how often a score was
//! right in the other half.

use crate::compare::ratio;
use crate::{Details, Overlap};

/// From this on a text is shown as reworded from another.
pub const REWORDED_MIN: f64 = 0.75;

const BASE: f64 = 7.4;
/// Figures of the later text that the earlier has,
const FIGURES: f64 = 4.3;
/// against those that it has not: some are only said in another way.
const FIGURES_OWN: f64 = 0.6 * FIGURES;
/// The same of names.
const NAMES: f64 = 2.7;
/// The length of either.
const LENGTH: f64 = 1.1;
/// The share of the shorter text's wording that is in both, quotations aside, from what reports of one
/// event have in common to where more of it says no more: offices have set phrases. It was set on made
/// streams, as the set has too few copies without figures and names.
const WORDING: f64 = 8.5;
const WORDING_SHARES: [f64; 2] = [0.15, 0.5];
/// With less of it than the first there must be so much known that it is not chance, a figure counting
/// twice: short texts of any two events share a figure or two.
const KNOWN_LEAST: usize = 5;

/// Of pairs with a score from the first number on, the share that were copies, (k + ½) of (n + 1):
/// pairs of an original and another text on the same event, in the half the weights were fitted to,
/// each scored by weights that were fitted without its event.
const CALIBRATION: [(f64, f64); 5] = [
    (0.0, 0.01),  // 0 of 64
    (0.1, 0.31),  // 2 of 7
    (0.5, 0.50),  // 1 of 2
    (0.75, 0.94), // 7 of 7
    (0.95, 0.99), // 95 of 95
];

/// How many of a hundred pairs of texts on one event with such a score are copies, as a share. In
/// the set it comes from three of five pairs were; where copies are rarer it is less.
#[must_use]
pub fn calibration(score: f64) -> f64 {
    let steps = CALIBRATION.iter().take_while(|(from, _)| score >= *from);
    steps.last().map_or(0.0, |(_, share)| *share)
}

/// What speaks for a text being reworded from an earlier one.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Evidence {
    /// What the two texts share.
    pub overlap: Overlap,
    /// Figures of the later that the earlier has, and that it has not.
    pub figures: [usize; 2],
    /// The same of names.
    pub names: [usize; 2],
}

impl Evidence {
    /// Compares an earlier text with a later one; `overlap` in this order.
    #[must_use]
    pub fn of(overlap: Overlap, earlier: &Details, later: &Details) -> Self {
        let (figures, names) = (earlier.known_figures(later), earlier.known_names(later));
        Self {
            overlap,
            figures: [figures, later.figures.len() - figures],
            names: [names, later.names.len() - names],
        }
    }

    /// Between 0 and 1: how much speaks for it.
    #[must_use]
    pub fn score(&self) -> f64 {
        let ln = |number: usize| (number as f64).ln_1p();
        let overlap = &self.overlap;
        let unquoted = overlap.shared - overlap.shared_quoted;
        let wording = ratio(unquoted, overlap.first.min(overlap.second) + 5);
        let [least, most] = WORDING_SHARES;
        if wording < least && 2 * self.figures[0] + self.names[0] < KNOWN_LEAST {
            return 0.0;
        }
        let sum = BASE + FIGURES * ln(self.figures[0]) - FIGURES_OWN * ln(self.figures[1])
            + NAMES * (ln(self.names[0]) - ln(self.names[1]))
            + WORDING * (wording.clamp(least, most) - least)
            - LENGTH * (ln(overlap.first) + ln(overlap.second));
        1.0 / (1.0 + (-sum).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_figures_by_chance_are_no_rewording() {
        let score = |shared, names| {
            let overlap = Overlap {
                shared,
                first: 50,
                second: 60,
                ..Overlap::default()
            };
            let figures = [2, 0];
            Evidence {
                overlap,
                figures,
                names: [names, 0],
            }
            .score()
        };
        assert!(score(3, 0) < REWORDED_MIN);
        assert!(score(3, 1) >= REWORDED_MIN);
        assert!(score(30, 0) >= REWORDED_MIN);
    }
}
