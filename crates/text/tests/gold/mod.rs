//! Segmentation as people did it, and how much of it the segmenter finds.

use std::collections::BTreeSet;
use std::path::Path;

use bellwether_testkit::rows;
use bellwether_text::words;

/// The sets, and the F1 of jieba with its own model over text converted by phrase before it:
/// what ours is held to.
pub(crate) const SETS: [(&str, &str, f64); 3] = [
    ("ud-zh-gsd-hans", "zh-Hans", 0.796),
    ("ud-zh-gsd-hant", "zh-Hant", 0.796),
    ("ud-zh-hk-hant", "zh-Hant", 0.847),
];

/// A sentence with its words.
pub(crate) struct Sentence {
    pub(crate) text: String,
    pub(crate) words: Vec<String>,
}

pub(crate) fn sentences(data: &Path, set: &str) -> Vec<Sentence> {
    rows(&data.join(format!("gold/segmentation/{set}.ndjson.gz")))
        .iter()
        .map(|row| Sentence {
            text: row["text"].as_str().unwrap_or_default().to_owned(),
            words: row["words"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|word| word.as_str().map(str::to_owned))
                .collect(),
        })
        .collect()
}

/// Twice the spans in common by the spans of both: of words, and of each sign that is in none.
pub(crate) fn f1(sentences: &[Sentence], lang: &str) -> f64 {
    let (mut common, mut all) = (0, 0);
    for sentence in sentences {
        let mut gold = BTreeSet::new();
        let mut at = 0;
        for word in &sentence.words {
            let Some(offset) = sentence.text[at..].find(word.as_str()) else {
                continue;
            };
            gold.insert((at + offset, at + offset + word.len()));
            at += offset + word.len();
        }
        let mut found = BTreeSet::new();
        let mut end = 0;
        for word in words(&sentence.text, lang) {
            let source = word.source.start as usize..word.source.end as usize;
            signs(&sentence.text, end, source.start, &mut found);
            found.insert((source.start, source.end));
            end = source.end;
        }
        signs(&sentence.text, end, sentence.text.len(), &mut found);
        common += gold.intersection(&found).count();
        all += gold.len() + found.len();
    }
    2.0 * common as f64 / all as f64
}

fn signs(text: &str, start: usize, end: usize, found: &mut BTreeSet<(usize, usize)>) {
    for (offset, c) in text[start..end.max(start)].char_indices() {
        if !c.is_whitespace() {
            found.insert((start + offset, start + offset + c.len_utf8()));
        }
    }
}
