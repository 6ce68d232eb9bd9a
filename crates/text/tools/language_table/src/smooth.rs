//! The probability of a sign after up to four others: interpolated absolute discounting, so that
//! what was never seen has the probability of its shorter contexts.

use std::collections::BTreeMap;

use crate::counts::Ngram;
use crate::table::{ByHash, hash};

/// Taken from each count and given to what was not seen. From 0.2 to 0.9 the verdicts are as good.
const DISCOUNT: f64 = 0.7;

/// The share of a letter that the corpus of a language does not have.
const UNSEEN: f64 = 1.0 / 3_000.0;

pub(crate) struct Model {
    /// Logarithms, by hash of the n-gram.
    shares: ByHash<f32>,
    /// Logarithms of what is left to shorter contexts, by hash of the context.
    left: ByHash<f32>,
    pub(crate) counts: BTreeMap<Ngram, f64>,
    pub(crate) words: f64,
}

impl Model {
    pub(crate) fn of(counts: BTreeMap<Ngram, f64>) -> Self {
        let mut contexts: ByHash<(f64, f64)> = ByHash::default();
        for (ngram, count) in &counts {
            let context = contexts.entry(hash(&ngram[..ngram.len() - 1])).or_default();
            context.0 += count;
            context.1 += 1.0;
        }
        let words = counts[&vec![crate::counts::EDGE]];
        let left_of = |(sum, kinds): (f64, f64)| (DISCOUNT * kinds / sum).min(0.999);
        let mut model = Self {
            shares: ByHash::default(),
            left: contexts
                .iter()
                .map(|(key, context)| (*key, left_of(*context).ln() as f32))
                .collect(),
            counts: BTreeMap::new(),
            words,
        };
        let mut ngrams: Vec<(&Ngram, &f64)> = counts.iter().collect();
        ngrams.sort_by_key(|(ngram, _)| ngram.len());
        for (ngram, count) in ngrams {
            let context = contexts[&hash(&ngram[..ngram.len() - 1])];
            let shorter = f64::from(model.share(&ngram[1..])).exp();
            let own = (count - DISCOUNT).max(0.0) / context.0;
            let share = own + left_of(context) * shorter;
            model.shares.insert(hash(ngram), share.ln() as f32);
        }
        model.counts = counts;
        model
    }

    /// The logarithm of the probability of the last sign after those before it.
    pub(crate) fn share(&self, ngram: &[char]) -> f32 {
        let Some((_, context)) = ngram.split_last() else {
            return UNSEEN.ln() as f32;
        };
        if let Some(share) = self.shares.get(&hash(ngram)) {
            return *share;
        }
        self.left.get(&hash(context)).unwrap_or(&0.0) + self.share(&ngram[1..])
    }
}
