//! Whether two texts are nearly the same, by what they share. It looks at nothing else.

use crate::Overlap;
use crate::fingerprint::SHORT;

/// Texts that share so much of their grams are one story, unless another rule says that they are from
/// one mould.
const RESEMBLANCE_MIN: f64 = 0.4;

/// Where the shorter is nearly all in the longer, and not much shorter, they are one story too.
const CONTAINMENT_MIN: f64 = 0.66;
const SIZE_MIN: f64 = 0.6;

/// Under another title more is asked: the reports of one publisher on one day share much.
const RETITLED_RESEMBLANCE_MIN: f64 = 0.66;
const RETITLED_CONTAINMENT_MIN: f64 = 0.85;

/// What shares this much is one text, though a number was changed; or where the shorter has hardly
/// anything of its own.
const RENUMBERED_RESEMBLANCE_MIN: f64 = 0.8;
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
        let is_same = resemblance >= SHORT_RESEMBLANCE_MIN && figures == first && figures == second;
        let is_within = long >= SHORT / 2 && is_alike(1.0, 0.9) && figures == least;
        // What is said of a law is not the law.
        let is_own = 4 * (overlap.shared - overlap.shared_named) >= overlap.shared;
        return is_own && (is_same || is_within);
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
    let [title, first, second] = overlap.titles;
    let [same, other] = overlap.places;
    let is_retitled = title < first.min(second);
    let is_renumbered = other > 0 && PLACES * other >= same;
    is_retitled && !is_alike(RETITLED_RESEMBLANCE_MIN, RETITLED_CONTAINMENT_MIN)
        || is_renumbered && !is_alike(RENUMBERED_RESEMBLANCE_MIN, 1.0)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::tests::print;

    #[test]
    fn a_digest_keeps_wording_and_a_report_of_the_same_day_does_not() {
        let overlap = |shared, second| Overlap {
            shared,
            first: 800,
            second,
            figures: [3, 9, 4],
            ..Overlap::default()
        };
        assert!(!may_be_reworded(&overlap(30, 217)));
        assert!(may_be_reworded(&overlap(40, 217)));
        assert!(may_be_reworded(&overlap(30, 600)));
    }

    #[test]
    fn numbers_are_compared_in_their_places() {
        let text = |day: &str, part: &str| {
            let words = "and then the readers of the harbour gazette will find the remaining instalments \
                printed beside the tide tables which the pilots' guild compiles every winter for captains who \
                enter through the northern channel without local knowledge, together with drawings by its \
                oldest member, letters from abroad, corrections, prices of rope and tar, and whatever else \
                the editors deem useful during long evenings ashore";
            print(
                "",
                &format!("On November {day} instalment {part} appears {words}."),
            )
        };
        let places =
            |a: (&str, &str), b: (&str, &str)| Overlap::of(&text(a.0, a.1), &text(b.0, b.1)).places;
        assert_eq!(places(("12", "3"), ("12", "3")), [2, 0]);
        assert_eq!(places(("12", "3"), ("13", "3")), [1, 1]);
        assert_eq!(places(("12", "3"), ("13", "4")), [0, 2]);
        assert!(is_near(&Overlap::of(&text("12", "3"), &text("13", "3"))));
        assert!(!is_near(&Overlap::of(&text("12", "3"), &text("13", "4"))));
    }
}
