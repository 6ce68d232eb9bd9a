//! The public benchmark's own measure of article text: shingles of four tokens `\w+`, counted per
//! page, each page of the same weight.

use std::collections::HashMap;

/// What was found right, wrongly and not at all, summed over pages.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Score {
    right: f64,
    wrong: f64,
    missed: f64,
}

impl Score {
    /// Adds a page.
    pub(crate) fn add(&mut self, gold: &str, found: &str) {
        let (gold, found) = (shingles(gold), shingles(found));
        let both: f64 = gold
            .iter()
            .map(|(key, n)| n.min(*found.get(key).unwrap_or(&0.0)))
            .sum();
        let (gold, found): (f64, f64) = (gold.values().sum(), found.values().sum());
        let all = gold + found - both;
        self.right += both / all;
        self.wrong += (found - both) / all;
        self.missed += (gold - both) / all;
    }

    /// F1, precision, recall.
    #[must_use]
    pub(crate) fn f1(self) -> (f64, f64, f64) {
        let precision = self.right / (self.right + self.wrong);
        let recall = self.right / (self.right + self.missed);
        (
            2.0 * precision * recall / (precision + recall),
            precision,
            recall,
        )
    }
}

/// Whether markup is left in a text.
#[must_use]
pub(crate) fn has_markup(text: &str) -> bool {
    ["</", "<p", "<div", "<br", "&nbsp;", "&amp;lt;"]
        .iter()
        .any(|tag| text.contains(tag))
}

fn shingles(text: &str) -> HashMap<Vec<&str>, f64> {
    let tokens: Vec<&str> = text
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|token| !token.is_empty())
        .collect();
    let mut counts = HashMap::new();
    if tokens.len() < 4 {
        counts.insert(tokens, 1.0);
    } else {
        for run in tokens.windows(4) {
            *counts.entry(run.to_vec()).or_default() += 1.0;
        }
    }
    counts
}
