//! How often each n-gram of up to five signs occurs, a sign being a letter or the edge of a word.
//!
//! A model of lingua holds, for every n-gram of letters within a word that its corpus has, the
//! logarithm of the share of the n-gram among those with the same letters before the last. So a
//! count is the share times the count of the letters before; that of a single letter is its share
//! over the smallest one, which belongs to letters seen once. What follows `the` in no n-gram of
//! four letters was the end of a word, what precedes it in none the beginning.

use std::collections::BTreeMap;

use fst::Streamer;
use include_dir::Dir;

/// The edge of a word.
pub(crate) const EDGE: char = ' ';

pub(crate) const LENGTH_MAX: usize = 5;

pub(crate) type Ngram = Vec<char>;

/// The counts of several languages, each as if its corpus had [`POOLED_LETTERS`].
const POOLED_LETTERS: f64 = 30e6;

pub(crate) fn pooled(sources: &[&Dir<'_>], is_letter: fn(char) -> bool) -> BTreeMap<Ngram, f64> {
    if let [only] = sources {
        return with_edges(&letters(only, is_letter));
    }
    let mut sum = BTreeMap::new();
    for source in sources {
        let counts = with_edges(&letters(source, is_letter));
        let total: f64 = counts
            .iter()
            .filter(|(ngram, _)| ngram.len() == 1)
            .map(|(_, n)| n)
            .sum();
        for (ngram, count) in counts {
            *sum.entry(ngram).or_insert(0.0) += count * POOLED_LETTERS / total;
        }
    }
    sum
}

fn letters(source: &Dir<'_>, is_letter: fn(char) -> bool) -> BTreeMap<Ngram, f64> {
    let file = source.get_file("ngrams.fst").expect("a model has n-grams");
    let map = fst::Map::new(file.contents()).expect("the n-grams are a map");
    let mut shares: Vec<(Ngram, f64)> = Vec::new();
    let mut stream = map.stream();
    while let Some((key, bits)) = stream.next() {
        let ngram: Ngram = std::str::from_utf8(key)
            .expect("n-grams are text")
            .chars()
            .collect();
        shares.push((ngram, f64::from_bits(bits).exp()));
    }
    shares.sort_by_key(|(ngram, _)| ngram.len());
    let smallest = shares
        .iter()
        .filter(|(ngram, _)| ngram.len() == 1)
        .map(|(_, share)| *share);
    let total = 1.0 / smallest.fold(1.0, f64::min);
    let mut counts: BTreeMap<Ngram, f64> = BTreeMap::new();
    for (ngram, share) in shares {
        let before = match ngram.len() {
            1 => total,
            length => counts[&ngram[..length - 1]],
        };
        counts.insert(ngram, share * before);
    }
    counts.retain(|ngram, _| ngram.iter().all(|c| is_letter(*c)));
    counts
}

/// Counts are whole numbers but for rounding.
const HALF: f64 = 0.5;

fn with_edges(letters: &BTreeMap<Ngram, f64>) -> BTreeMap<Ngram, f64> {
    let mut followed: BTreeMap<&[char], f64> = BTreeMap::new();
    let mut preceded: BTreeMap<&[char], f64> = BTreeMap::new();
    for (ngram, count) in letters {
        *followed.entry(&ngram[..ngram.len() - 1]).or_insert(0.0) += count;
        *preceded.entry(&ngram[1..]).or_insert(0.0) += count;
    }
    let mut all = letters.clone();
    let mut first: BTreeMap<&[char], f64> = BTreeMap::new();
    let mut words = 0.0;
    for (ngram, count) in letters.iter().filter(|(ngram, _)| ngram.len() < LENGTH_MAX) {
        let at_end = count - followed.get(ngram.as_slice()).unwrap_or(&0.0);
        if at_end > HALF {
            all.insert([ngram.as_slice(), &[EDGE]].concat(), at_end);
        }
        let at_start = count - preceded.get(ngram.as_slice()).unwrap_or(&0.0);
        if at_start > HALF {
            all.insert([&[EDGE], ngram.as_slice()].concat(), at_start);
            first.insert(ngram, at_start);
            if ngram.len() == 1 {
                words += at_start;
            }
        }
    }
    all.insert(vec![EDGE], words);
    let mut longer: BTreeMap<&[char], f64> = BTreeMap::new();
    for (ngram, count) in &first {
        *longer.entry(&ngram[..ngram.len() - 1]).or_insert(0.0) += count;
    }
    for (ngram, count) in first
        .iter()
        .filter(|(ngram, _)| ngram.len() <= LENGTH_MAX - 2)
    {
        let whole = count - longer.get(ngram).unwrap_or(&0.0);
        if whole > HALF {
            all.insert([&[EDGE], *ngram, &[EDGE]].concat(), whole);
        }
    }
    all
}
