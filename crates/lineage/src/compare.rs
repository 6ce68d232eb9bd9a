//! Two texts side by side.

use crate::Fingerprint;
use crate::figures::is_rounded;

/// How many of two sorted lists are in both.
pub(crate) fn shared<T: Ord>(a: &[T], b: &[T]) -> usize {
    let (mut i, mut j, mut both) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                (i, j, both) = (i + 1, j + 1, both + 1);
            }
        }
    }
    both
}

/// How much two texts share.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Overlap {
    /// Grams of both.
    pub shared: usize,
    /// Of these, in quotations of either.
    pub shared_quoted: usize,
    /// Grams of the first.
    pub first: usize,
    /// Grams of the second.
    pub second: usize,
    /// Figures of both, of the first, of the second.
    pub figures: [usize; 3],
    /// Other figures of the second that are figures of the first in round numbers.
    pub figures_rounded: usize,
    /// Whether both are headlines and each has a number that the other has not: another day's.
    pub is_renumbered: bool,
    /// Addresses of both.
    pub links: usize,
}

impl Overlap {
    /// Compares.
    #[must_use]
    pub fn of(a: &Fingerprint, b: &Fingerprint) -> Self {
        let both: Vec<u32> = a
            .grams
            .iter()
            .filter(|gram| b.grams.binary_search(gram).is_ok())
            .copied()
            .collect();
        Self {
            shared: both.len(),
            shared_quoted: both
                .iter()
                .filter(|gram| {
                    a.quoted.binary_search(gram).is_ok() || b.quoted.binary_search(gram).is_ok()
                })
                .count(),
            first: a.len(),
            second: b.len(),
            figures: [
                shared(&a.figures, &b.figures),
                a.figures.len(),
                b.figures.len(),
            ],
            figures_rounded: b
                .figures
                .iter()
                .filter(|figure| is_rounded_of(**figure, &a.figures))
                .count(),
            is_renumbered: shared(&a.numbers, &b.numbers) < a.numbers.len().min(b.numbers.len()),
            links: shared(&a.links, &b.links),
        }
    }

    /// Shared grams among those of either.
    #[must_use]
    pub fn resemblance(&self) -> f64 {
        ratio(self.shared, self.first + self.second - self.shared)
    }

    /// Shared grams among those of the shorter.
    #[must_use]
    pub fn containment(&self) -> f64 {
        ratio(self.shared, self.first.min(self.second))
    }
}

/// Whether a figure is another, that is not itself there, in round numbers.
fn is_rounded_of(figure: u64, others: &[u64]) -> bool {
    let near = |share: f64| others.partition_point(|other| (*other as f64) < figure as f64 * share);
    others.binary_search(&figure).is_err()
        && others[near(0.9)..near(1.1)]
            .iter()
            .any(|other| is_rounded(figure, *other))
}

pub(crate) fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}
