//! Whether two texts are nearly the same, by what they share. It looks at nothing else.

use crate::Overlap;
use crate::compare::ratio;
use crate::fingerprint::SHORT;

/// Texts that share so much of their grams are one story, unless another rule says that they are from
/// one mould.
const RESEMBLANCE_MIN: f64 = 0.4;

/// Where the shorter is nearly all in the longer, and not much shorter, they are one story too.
const CONTAINMENT_MIN: f64 = 0.6;
const SIZE_MIN: f64 = 0.6;

/// Under another title more is asked: the reports of one publisher on one day share much.
const RETITLED_RESEMBLANCE_MIN: f64 = 0.5;
const RETITLED_CONTAINMENT_MIN: f64 = 0.75;

/// What shares this much is one text, though its title or a number was changed; or where the shorter
/// has hardly anything of its own.
const REFILLED_RESEMBLANCE: f64 = 0.66;
const RENUMBERED_RESEMBLANCE: f64 = 0.8;
const NOTHING_OWN_CONTAINMENT: f64 = 0.92;

/// From so many places on, more of which have another number than the same, no likeness helps.
const MOULD_PLACES: usize = 2;

/// With another number in one of so many places it is another day's or another part's.
const PLACES: usize = 4;

/// A text with more than as much again of its own is another, whatever it contains: a live page.
const LENGTH_MIN: f64 = 0.5;

/// In headlines one word makes another story.
const SHORT_RESEMBLANCE_MIN: f64 = 0.85;

/// Texts that both have figures and share none are two from one mould: the wind of two towns. From so
/// many figures in both on, they are also where they share less than half of them: a table of prices.
const MOULD_FIGURES: usize = 3;

/// What is rewritten has about the length it had; a digest of it keeps this part of its own wording.
const REWORDED_SIZE_MIN: f64 = 0.7;
const WORDING: usize = 6;

/// Titles that share a part of the shorter, but no more than this, are of one mould.
const TITLE_FRAME: usize = 4;
const TITLE_RESEMBLANCE_MAX: f64 = 0.45;

/// Whether two texts are nearly the same.
#[must_use]
pub fn is_near(overlap: &Overlap) -> bool {
    if overlap.is_renamed {
        return false;
    }
    let [figures, first, second] = overlap.figures;
    let least = first.min(second);
    let [same, other] = overlap.places;
    if has_other_figures(overlap)
        || least >= MOULD_FIGURES && 2 * figures < least
        || other >= MOULD_PLACES && other > same
    {
        return false;
    }
    let (short, long) = (
        overlap.first.min(overlap.second),
        overlap.first.max(overlap.second),
    );
    let (resemblance, containment) = (overlap.resemblance(), overlap.containment());
    let is_alike = |resemblance_min, containment_min| {
        resemblance >= resemblance_min
            || containment >= containment_min && short as f64 >= SIZE_MIN * long as f64
    };
    if short < SHORT {
        return resemblance >= SHORT_RESEMBLANCE_MIN && figures == first && figures == second
            || long >= SHORT / 2 && is_alike(1.0, 0.9) && figures == least;
    }
    let unquoted = overlap.shared - overlap.shared_quoted;
    // A quotation by itself makes no story.
    let is_own = 4 * unquoted >= overlap.shared;
    is_own
        && short as f64 >= LENGTH_MIN * long as f64
        && is_alike(RESEMBLANCE_MIN, CONTAINMENT_MIN)
        && (is_alike(1.0, NOTHING_OWN_CONTAINMENT) || !is_of_one_mould(overlap, is_alike))
}

/// Whether what differs is what a mould is filled with: the title, or the numbers in their places.
fn is_of_one_mould(overlap: &Overlap, is_alike: impl Fn(f64, f64) -> bool) -> bool {
    let [frame, first, second] = overlap.titles;
    let title = first.min(second);
    let is_refilled = TITLE_FRAME * frame >= title
        && ratio(frame, first + second - frame) < TITLE_RESEMBLANCE_MAX;
    let is_retitled = frame < title
        && (is_refilled && !is_alike(REFILLED_RESEMBLANCE, 1.0)
            || !is_alike(RETITLED_RESEMBLANCE_MIN, RETITLED_CONTAINMENT_MIN));
    let [same, other] = overlap.places;
    let is_renumbered = other > 0 && PLACES * other >= same;
    is_retitled || is_renumbered && !is_alike(RENUMBERED_RESEMBLANCE, 1.0)
}

/// Whether it is worth looking at names as well.
pub(crate) fn may_be_reworded(overlap: &Overlap) -> bool {
    let (short, long) = (
        overlap.first.min(overlap.second),
        overlap.first.max(overlap.second),
    );
    let is_of_a_size = short as f64 >= REWORDED_SIZE_MIN * long as f64;
    let unquoted = overlap.shared - overlap.shared_quoted;
    // Of a headline there is too little to tell a copy from another headline of the day.
    short >= SHORT
        && overlap.shared + 3 * overlap.figures[0] >= 6
        && !has_other_figures(overlap)
        && (is_of_a_size || WORDING * unquoted >= short)
}

/// Whether both texts have figures and share none: two from one mould.
fn has_other_figures(overlap: &Overlap) -> bool {
    let [both, first, second] = overlap.figures;
    first.min(second) >= 1 && both == 0 && overlap.figures_rounded == 0
}
