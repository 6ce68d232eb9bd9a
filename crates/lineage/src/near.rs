//! Whether two texts are nearly the same, by what they share. It looks at nothing else.

use crate::Overlap;
use crate::fingerprint::SHORT;

/// Texts that share so much of their grams are one story.
const RESEMBLANCE_MIN: f64 = 0.4;

/// Where the shorter is nearly all in the longer, and not much shorter, they are one story too.
const CONTAINMENT_MIN: f64 = 0.6;
const SIZE_MIN: f64 = 0.6;

/// A text with more than as much again of its own is another, whatever it contains: a live page.
const LENGTH_MIN: f64 = 0.5;

/// In headlines one word makes another story.
const SHORT_RESEMBLANCE_MIN: f64 = 0.85;

/// Texts that both have figures and share none are two from one mould: the wind of two towns. From so
/// many figures in both on, they are also where they share less than half of them: a table of prices.
const MOULD_FIGURES: usize = 3;

/// Whether two texts are nearly the same.
#[must_use]
pub fn is_near(overlap: &Overlap) -> bool {
    if overlap.is_renumbered {
        return false;
    }
    let [figures, first, second] = overlap.figures;
    let least = first.min(second);
    if has_other_figures(overlap) || least >= MOULD_FIGURES && 2 * figures < least {
        return false;
    }
    let (short, long) = (
        overlap.first.min(overlap.second),
        overlap.first.max(overlap.second),
    );
    if short < SHORT {
        return overlap.resemblance() >= SHORT_RESEMBLANCE_MIN
            && figures == first
            && figures == second
            || (long >= SHORT / 2
                && overlap.containment() >= 0.9
                && short as f64 >= SIZE_MIN * long as f64
                && figures == first.min(second));
    }
    let unquoted = overlap.shared - overlap.shared_quoted;
    // A quotation by itself makes no story.
    let is_own = 4 * unquoted >= overlap.shared;
    is_own
        && short as f64 >= LENGTH_MIN * long as f64
        && (overlap.resemblance() >= RESEMBLANCE_MIN
            || (overlap.containment() >= CONTAINMENT_MIN && short as f64 >= SIZE_MIN * long as f64))
}

/// Whether it is worth looking at names as well.
pub(crate) fn may_be_reworded(overlap: &Overlap) -> bool {
    // Of a headline there is too little to tell a copy from another headline of the day.
    overlap.first.min(overlap.second) >= SHORT
        && overlap.shared + 3 * overlap.figures[0] >= 6
        && !has_other_figures(overlap)
}

/// Whether both texts have figures and share none: two from one mould.
fn has_other_figures(overlap: &Overlap) -> bool {
    let [both, first, second] = overlap.figures;
    first.min(second) >= 1 && both == 0 && overlap.figures_rounded == 0
}
