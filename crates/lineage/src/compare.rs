//! Two texts side by side.

use crate::Fingerprint;
use crate::figures::is_rounded;
use crate::fingerprint::SHORT;

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

/// What is in both of two sorted lists. Which of the two goes on is not branched on: nobody can guess it.
fn in_both(a: &[u32], b: &[u32]) -> Vec<u32> {
    let (mut i, mut j, mut both) = (0, 0, Vec::new());
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        if x == y {
            both.push(*x);
        }
        i += usize::from(x <= y);
        j += usize::from(y <= x);
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
    /// Of these, in the name of a work or a law of either, where both are headlines.
    pub shared_named: usize,
    /// Grams of the first.
    pub first: usize,
    /// Grams of the second.
    pub second: usize,
    /// Figures of both, of the first, of the second.
    pub figures: [usize; 3],
    /// Other figures of the second that are figures of the first in round numbers.
    pub figures_rounded: usize,
    /// Grams of the titles of both, of the first, of the second, where both have a text besides.
    pub titles: [usize; 3],
    /// Places of both in which the same number stands, and in which another does.
    pub places: [usize; 2],
    /// Whether both are headlines, or have titles, of other parts, or headlines with other numbers, or with another name in the same place: those of
    /// another day, another part, another speaker.
    pub is_renamed: bool,
    /// Addresses of both.
    pub links: usize,
}

impl Overlap {
    /// Compares.
    #[must_use]
    pub fn of(a: &Fingerprint, b: &Fingerprint) -> Self {
        let both = in_both(&a.grams, &b.grams);
        Self {
            shared: both.len(),
            shared_quoted: both
                .iter()
                .filter(|gram| {
                    a.quoted.binary_search(gram).is_ok() || b.quoted.binary_search(gram).is_ok()
                })
                .count(),
            shared_named: both
                .iter()
                .filter(|gram| {
                    a.named.binary_search(gram).is_ok() || b.named.binary_search(gram).is_ok()
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
            titles: [shared(&a.title, &b.title), a.title.len(), b.title.len()],
            places: in_place(&a.places, &b.places),
            is_renamed: a.marks.are_other_parts(&b.marks)
                || a.len().max(b.len()) < SHORT && a.marks.differ(&b.marks),
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

/// In how many places of both texts the same stands, and in how many something else. A place that
/// comes again has all that stands in it.
pub(crate) fn in_place(a: &[(u32, u32)], b: &[(u32, u32)]) -> [usize; 2] {
    let (mut same, mut other) = (0, 0);
    let mut rest = b;
    for of_a in a.chunk_by(|x, y| x.0 == y.0) {
        let place = of_a[0].0;
        rest = &rest[rest.partition_point(|(of_b, _)| *of_b < place)..];
        let of_b = &rest[..rest.partition_point(|(of_b, _)| *of_b == place)];
        if shared(of_a, of_b) > 0 {
            same += 1;
        } else if !of_b.is_empty() {
            other += 1;
        }
    }
    [same, other]
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
