//! Which of a text's grams are looked up and kept: the same few for texts that share them.
//!
//! The smallest numbers of a text are a fair sample of it (bottom-k sketch: Broder, "On the
//! resemblance and containment of documents", 1997; Cohen and Kaplan 2007): of two texts of one
//! length that share a third of their grams, a third of the samples agree. Numbers are spread, so the
//! smallest are any.

use crate::Fingerprint;
use crate::hash;

/// Grams of a sample.
const GRAMS: usize = 28;

/// Figures of a sample; they are fewer and rarer than grams.
const FIGURES: usize = 8;

/// Addresses of a sample.
const LINKS: usize = 4;

/// The most that a sample holds.
pub(crate) const SAMPLE_MAX: usize = GRAMS + FIGURES + LINKS;

/// What is looked up of a text.
pub(crate) fn sample(print: &Fingerprint) -> Vec<u32> {
    let mut sample = Vec::with_capacity(SAMPLE_MAX);
    // Grams are in rising order.
    sample.extend(print.grams.iter().take(GRAMS));
    let mut figures: Vec<u32> = print
        .figures
        .iter()
        .map(|figure| salted(*figure, 1))
        .collect();
    figures.sort_unstable();
    sample.extend(figures.iter().take(FIGURES));
    let mut links: Vec<u32> = print
        .links
        .iter()
        .map(|link| salted(u64::from(*link), 2))
        .collect();
    links.sort_unstable();
    sample.extend(links.iter().take(LINKS));
    sample.sort_unstable();
    sample.dedup();
    sample
}

fn salted(value: u64, salt: u64) -> u32 {
    hash::short(hash::then(salt, hash::mix(value)))
}
