//! Which n-grams are worth a place.
//!
//! An n-gram that is left out is read as its longest kept ending. What that costs is how far the
//! differences between languages move, times how often the n-gram is met in a language. Shorter ones
//! are decided first, since the longer ones are compared with what is left of them.

use std::collections::BTreeSet;

use crate::counts::{LENGTH_MAX, Ngram};
use crate::smooth::Model;
use crate::table::{ByHash, hash};

pub(crate) struct Entry {
    pub(crate) ngram: Ngram,
    /// The logarithm of the probability in each language.
    pub(crate) row: Vec<f32>,
}

/// Frequency counts less than in proportion: a rare word alone must be told as well. Between 0.5 and
/// 0.75 the verdicts are as good.
const EXPONENT: f64 = 0.6;

struct Candidate {
    ngram: Ngram,
    row: Vec<f32>,
    weights: Vec<f64>,
}

pub(crate) fn keep(models: &[Model], entries: usize) -> Vec<Entry> {
    let candidates = candidates(models);
    let total: usize = candidates.iter().map(Vec::len).sum();
    eprintln!("{total} candidates");
    // The least gain worth a place, by halving.
    let (mut low, mut high) = (-24.0f64, 0.0f64);
    for _ in 0..12 {
        let middle = f64::midpoint(low, high);
        if select(&candidates, middle.exp2()).len() > entries {
            low = middle;
        } else {
            high = middle;
        }
    }
    let kept = select(&candidates, high.exp2());
    kept.into_iter()
        .map(|candidate| Entry {
            ngram: candidate.ngram.clone(),
            row: candidate.row.clone(),
        })
        .collect()
}

/// By length of the n-gram.
fn candidates(models: &[Model]) -> Vec<Vec<Candidate>> {
    let ngrams: BTreeSet<&Ngram> = models
        .iter()
        .flat_map(|model| model.counts.keys())
        .collect();
    let mut candidates: Vec<Vec<Candidate>> = (0..=LENGTH_MAX).map(|_| Vec::new()).collect();
    for ngram in ngrams {
        candidates[ngram.len()].push(Candidate {
            ngram: ngram.clone(),
            row: models.iter().map(|model| model.share(ngram)).collect(),
            weights: models
                .iter()
                .map(|model| {
                    model
                        .counts
                        .get(ngram)
                        .map_or(0.0, |n| (n / model.words).powf(EXPONENT))
                })
                .collect(),
        });
    }
    candidates
}

fn select(candidates: &[Vec<Candidate>], gain_min: f64) -> Vec<&Candidate> {
    let mut kept: ByHash<&Candidate> = ByHash::default();
    let mut order = Vec::new();
    for (length, same) in candidates.iter().enumerate() {
        for candidate in same {
            let ending = (1..length).find_map(|from| kept.get(&hash(&candidate.ngram[from..])));
            let is_kept = match ending {
                None => true,
                Some(ending) => gain(candidate, &ending.row) >= gain_min,
            };
            if is_kept {
                kept.insert(hash(&candidate.ngram), candidate);
                order.push(candidate);
            }
        }
    }
    order
}

fn gain(candidate: &Candidate, without: &[f32]) -> f64 {
    let moves: Vec<f64> = candidate
        .row
        .iter()
        .zip(without)
        .map(|(with, without)| f64::from(with - without))
        .collect();
    let mean = moves.iter().sum::<f64>() / moves.len() as f64;
    let square = moves.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / moves.len() as f64;
    candidate
        .weights
        .iter()
        .zip(&moves)
        .map(|(weight, m)| weight * ((m - mean).powi(2) + square).sqrt())
        .sum()
}
