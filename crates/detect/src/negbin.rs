//! The Gamma-Poisson (negative binomial) distribution of a count, by mean and size.
//!
//! A Poisson count whose rate is known only as Gamma(`size`, `size / mean`). Variance
//! `mean + mean² / size`: the smaller the size, the heavier the tail.

use statrs::function::beta::checked_beta_reg;
use statrs::function::gamma::checked_gamma_ur;

/// Up to this count the tail is the regularised incomplete beta function, whose continued fraction
/// converges in about the square root of the count and is cut off at 140 terms.
const BETA_COUNT_MAX: u32 = 10_000;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct NegBin {
    pub(crate) mean: f64,
    pub(crate) size: f64,
}

impl NegBin {
    /// P(X >= `count`) = I_q(count, size) with q = mean / (mean + size).
    pub(crate) fn at_least(&self, count: u32) -> f64 {
        let usable = self.mean.is_finite() && self.size.is_finite() && self.size > 0.0;
        if count == 0 || !usable {
            return 1.0;
        }
        if self.mean <= 0.0 {
            return 0.0;
        }
        let within = f64::from(count.min(BETA_COUNT_MAX));
        let q = self.mean / (self.mean + self.size);
        let exact = probability(checked_beta_reg(within, self.size, q).ok());
        if count <= BETA_COUNT_MAX {
            return exact;
        }
        // Beyond, the noise of counting vanishes beside that of the rate: its Gamma remains. The
        // smaller of both keeps the tail falling where they meet.
        let scaled = (f64::from(count) - 0.5) * self.size / self.mean;
        exact.min(probability(checked_gamma_ur(self.size, scaled).ok()))
    }

    /// The smallest count that is exceeded with a probability of at most `tail`.
    pub(crate) fn exceeded_by(&self, tail: f64) -> u32 {
        let is_enough = |count: u32| {
            count
                .checked_add(1)
                .is_none_or(|beyond| self.at_least(beyond) <= tail)
        };
        let mut high = 1;
        while !is_enough(high) {
            high = high.saturating_mul(2);
        }
        let mut low = 0;
        while low < high {
            let middle = low + (high - low) / 2;
            if is_enough(middle) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    }
}

/// Where the function has no answer, nothing is unlikely.
fn probability(value: Option<f64>) -> f64 {
    match value {
        Some(value) if value.is_finite() => value.clamp(0.0, 1.0),
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tail by adding up the terms, one after the other.
    fn summed(distribution: NegBin, count: u32) -> f64 {
        let NegBin { mean, size } = distribution;
        let q = mean / (mean + size);
        let mut term = (size * (1.0 - q).ln()).exp();
        let mut below = 0.0;
        let mut at_and_beyond = 0.0;
        for k in 0..20_000_u32 {
            if k < count {
                below += term;
            } else {
                at_and_beyond += term;
            }
            term *= q * (f64::from(k) + size) / f64::from(k + 1);
        }
        assert!((below + at_and_beyond - 1.0).abs() < 1e-9);
        at_and_beyond
    }

    #[test]
    fn the_tail_is_the_sum_of_its_terms() {
        for mean in [0.0015, 0.1, 1.0, 8.0, 300.0] {
            for size in [0.5, 2.5, 6.0, 40.0] {
                let distribution = NegBin { mean, size };
                for count in [1, 2, 3, 7, 20, 100, 900] {
                    let (found, expected) =
                        (distribution.at_least(count), summed(distribution, count));
                    assert!(
                        (found - expected).abs() <= 1e-9 * expected + 1e-300,
                        "{mean} {size} {count}: {found} {expected}"
                    );
                }
            }
        }
    }

    #[test]
    fn quantiles() {
        let distribution = NegBin {
            mean: 8.0,
            size: 6.0,
        };
        for tail in [0.5, 0.1, 0.025, 0.01] {
            let count = distribution.exceeded_by(tail);
            assert!(distribution.at_least(count + 1) <= tail);
            assert!(distribution.at_least(count) > tail);
        }
        let tiny = NegBin {
            mean: 1e-6,
            size: 0.5,
        };
        assert_eq!(tiny.exceeded_by(0.025), 0);
    }

    #[test]
    fn the_two_ways_meet() {
        for mean in [2_000.0, 9_000.0, 40_000.0] {
            let distribution = NegBin { mean, size: 6.0 };
            let (last, next) = (
                distribution.at_least(BETA_COUNT_MAX),
                distribution.at_least(BETA_COUNT_MAX + 1),
            );
            assert!(next <= last && next > 0.95 * last, "{mean}: {last} {next}");
        }
    }
}
