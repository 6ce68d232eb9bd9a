//! Two texts side by side.

use crate::Fingerprint;

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

pub(crate) fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}
