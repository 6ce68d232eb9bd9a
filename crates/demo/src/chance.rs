//! Chance that is the same on every machine and in every version.
//!
//! Generators of libraries may change their streams between versions, and then the demo would show
//! other numbers than its documentation. This one is SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).

/// A stream of numbers that its seed fixes.
#[derive(Debug, Clone)]
pub(crate) struct Chance {
    state: u64,
}

impl Chance {
    /// The stream for a thing that is named by a few numbers, such as an outlet and a day.
    pub(crate) fn of(parts: &[u64]) -> Self {
        let mut chance = Self { state: 0 };
        for part in parts {
            chance.state ^= part.wrapping_add(1);
            chance.state = chance.next();
        }
        chance
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 where there is none.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let bound = bound.max(1) as u64;
        (self.next() % bound) as usize
    }

    /// A whole number whose mean is `mean`: the number below it or the one above.
    pub(crate) fn around(&mut self, mean: f64) -> usize {
        // 53 bits are what a double holds exactly.
        let part = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        (mean.max(0.0) + part).floor() as usize
    }

    /// One of a list; `None` where it is empty.
    pub(crate) fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        list.get(self.below(list.len()))
    }

    /// A text of a list; empty where the list is.
    pub(crate) fn text<'a>(&mut self, list: &[&'a str]) -> &'a str {
        self.pick(list).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_by_every_part_and_repeat() {
        let first = |parts: &[u64]| Chance::of(parts).next();
        assert_eq!(first(&[1, 2]), first(&[1, 2]));
        assert_ne!(first(&[1, 2]), first(&[2, 1]));
        assert_ne!(first(&[1]), first(&[1, 0]));
    }

    #[test]
    fn around_keeps_the_mean() {
        let mut chance = Chance::of(&[7]);
        let sum: usize = (0..10_000).map(|_| chance.around(1.3)).sum();
        assert!((12_700..=13_300).contains(&sum), "{sum}");
        assert_eq!(chance.around(-1.0), 0);
        assert_eq!(chance.below(0), 0);
    }
}
