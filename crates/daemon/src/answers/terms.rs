//! The words that set the matches of a query apart from everything else.
//!
//! Words are found in a sample, the newest matches, and counted in the index: how many matches have
//! one, and how many other items. How surprising the difference is, is told by the likelihood ratio
//! of Dunning, *Accurate Methods for the Statistics of Surprise and Coincidence* (Computational
//! Linguistics 19, 1993), which holds for rare words too. Words that are as frequent elsewhere say
//! nothing, so no list of such words is needed.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bellwether_api::{Problem, TermBody, TermsBody};
use bellwether_query::{
    Bound, Ending, LIMIT_MAX, Pattern, Phrase, SearchRequest, Sort, Stem, TextField,
};
use bellwether_text::{UnitKind, stem};

use super::asked::{self, Asked, TermsParams};
use super::known::KnownItem;
use super::who::Who;
use super::{Answers, problems};

/// Items whose text is read.
const SAMPLE_MAX: usize = LIMIT_MAX;
/// Bytes of a text in which words are looked for: what an item is about stands at its beginning.
const TEXT_BYTES_MAX: usize = 1_500;
/// Most words of an answer.
const TERMS_MAX: usize = 100;
/// Words whose frequency in the index is asked for. Each costs about as much as a search.
const CANDIDATES_MAX: usize = 300;
/// Of the words that seem best so many times the number asked for are counted exactly.
const EXACT_TIMES: usize = 2;
/// A word is told by that many items or more.
const ITEMS_MIN: u64 = 2;
/// What chance gives one word in a thousand: the 0.999 quantile of chi-square with one degree of
/// freedom.
const SIGNIFICANCE_MIN: f64 = 10.83;
/// Spellings of a word that are told apart.
const SPELLINGS_MAX: usize = 8;

impl Answers {
    /// The words that are more frequent among the matches than elsewhere, the most significant first.
    ///
    /// # Errors
    /// A [`Problem`] where the query cannot be read or the index cannot answer.
    pub fn terms(&self, params: &TermsParams) -> Result<TermsBody, Problem> {
        let now = self.now();
        let limit = asked::limit(params.limit, TERMS_MAX)?;
        self.log.with(|log| {
            let seen = self.look(log)?;
            let asked = Asked::read(params, self, &seen.who, now)?;
            let whole = asked.whole();
            let found = self
                .engine
                .search(&SearchRequest {
                    query: whole.clone(),
                    sort: Sort::Newest,
                    limit: SAMPLE_MAX,
                    after: None,
                })
                .map_err(|error| problems::search(&error))?;
            let sample = self
                .known
                .items(found.hits.iter().map(|hit| hit.item), log, seen.head)?;
            let everything = self.count_of(&Bound::All)?;
            let outside = everything.saturating_sub(found.total);
            let candidates = candidates(&sample, &asked, &seen.who);
            let terms = self.weighed(
                candidates,
                &whole,
                Sides {
                    matching: found.total,
                    outside,
                },
                sample.len() as u64,
                limit,
            )?;
            Ok(TermsBody {
                query: asked.canonical(),
                zone: asked.zone_name(),
                window: asked.window.body(),
                total: found.total,
                sampled: sample.len() as u64,
                outside,
                terms,
                coverage: self.note(&seen, &asked.bound, asked.window, found.total == 0)?,
                permalink: self.permalink(params, &[]),
            })
        })
    }

    fn count_of(&self, query: &Bound) -> Result<u64, Problem> {
        self.engine
            .count(query)
            .map_err(|error| problems::search(&error))
    }

    fn weighed(
        &self,
        candidates: Vec<Candidate>,
        whole: &Bound,
        sides: Sides,
        sampled: u64,
        limit: usize,
    ) -> Result<Vec<TermBody>, Problem> {
        // First with what the sample says of the matches, which needs one short question for each.
        let mut seeming = Vec::new();
        for candidate in candidates {
            let Some(word) = word(&candidate.term) else {
                continue;
            };
            let everywhere = self.count_of(&word)?;
            let matching = (candidate.items * sides.matching)
                .checked_div(sampled)
                .unwrap_or(0)
                .min(everywhere);
            if let Some(significance) = sides.significance(matching, everywhere - matching) {
                seeming.push((significance, candidate.term, word, everywhere));
            }
        }
        let by_weight = |a: (f64, &str), b: (f64, &str)| b.0.total_cmp(&a.0).then(a.1.cmp(b.1));
        seeming.sort_by(|a, b| by_weight((a.0, &a.1), (b.0, &b.1)));
        seeming.truncate(limit * EXACT_TIMES);
        let mut terms = Vec::new();
        for (_, term, word, everywhere) in seeming {
            let matching = self.count_of(&whole.clone().and(word))?;
            let outside = everywhere.saturating_sub(matching);
            let Some(significance) = sides.significance(matching, outside) else {
                continue;
            };
            if matching >= ITEMS_MIN && significance >= SIGNIFICANCE_MIN {
                terms.push(TermBody {
                    term,
                    matching,
                    outside,
                    significance: (significance * 10.0).round() / 10.0,
                });
            }
        }
        terms.sort_by(|a, b| by_weight((a.significance, &a.term), (b.significance, &b.term)));
        terms.truncate(limit);
        Ok(terms)
    }
}

fn word(term: &str) -> Option<Bound> {
    Some(Bound::Text {
        field: TextField::Any,
        pattern: Pattern::Phrase(Phrase::of(term)?),
    })
}

/// How many items match and how many do not.
#[derive(Debug, Clone, Copy)]
struct Sides {
    matching: u64,
    outside: u64,
}

impl Sides {
    /// Twice the logarithm of the likelihood ratio of a word's being equally frequent on both sides,
    /// given how many items of each have it; `None` where it is not more frequent among the matches.
    fn significance(self, matching: u64, outside: u64) -> Option<f64> {
        let (a, b) = (matching as f64, outside as f64);
        let (all_a, all_b) = (self.matching as f64, self.outside as f64);
        // Counts that were taken one after the other may not add up while items arrive.
        let (c, d) = ((all_a - a).max(0.0), (all_b - b).max(0.0));
        if a <= 0.0 || a * all_b <= b * all_a {
            return None;
        }
        let all = a + b + c + d;
        let part = |k: f64, row: f64, column: f64| {
            if k > 0.0 {
                k * (k * all / (row * column)).ln()
            } else {
                0.0
            }
        };
        let sum = part(a, a + b, a + c)
            + part(b, a + b, b + d)
            + part(c, c + d, a + c)
            + part(d, c + d, b + d);
        Some(2.0 * sum)
    }
}

/// A word of the sample.
struct Candidate {
    /// In the spelling that most items have.
    term: String,
    /// Items of the sample that have it.
    items: u64,
}

/// The words of a sample that most of its items have, without those of the query.
fn candidates(sample: &[Arc<KnownItem>], asked: &Asked, who: &Who) -> Vec<Candidate> {
    let own = Own::new(&asked.bound);
    let segmenter = who.segmenter();
    let mut words: HashMap<String, Met> = HashMap::new();
    let mut of_item: HashSet<String> = HashSet::new();
    for known in sample {
        of_item.clear();
        let (title, text) = known.analysed();
        let item = &known.item;
        let cut = item.text.floor_char_boundary(TEXT_BYTES_MAX);
        let in_title = segmenter.words_of(&item.title, title, known.lang);
        let in_text = if cut == item.text.len() {
            segmenter.words_of(&item.text, text, known.lang)
        } else {
            segmenter.words(&item.text[..cut], known.lang)
        };
        let places = in_title
            .into_iter()
            .map(|word| (&item.title, word))
            .chain(in_text.into_iter().map(|word| (&item.text, word)));
        for (text, word) in places {
            if !is_word(&word.key) || of_item.contains(&word.key) {
                continue;
            }
            let place = word.source.start as usize..word.source.end as usize;
            let spelling = text.get(place).unwrap_or_default();
            words.entry(word.key.clone()).or_default().meet(spelling);
            of_item.insert(word.key);
        }
    }
    let items_min = if sample.len() < 2 { 1 } else { ITEMS_MIN };
    let mut found: Vec<(String, Met)> = words
        .into_iter()
        .filter(|(key, met)| met.items >= items_min && !own.has(key))
        .collect();
    found.sort_unstable_by(|a, b| b.1.items.cmp(&a.1.items).then_with(|| a.0.cmp(&b.0)));
    found.truncate(CANDIDATES_MAX);
    found
        .into_iter()
        .map(|(key, met)| Candidate {
            items: met.items,
            term: met.spelling().unwrap_or(key),
        })
        .collect()
}

/// Where a word was met.
#[derive(Debug, Default)]
struct Met {
    items: u64,
    spellings: Vec<(String, u64)>,
}

impl Met {
    fn meet(&mut self, spelling: &str) {
        self.items += 1;
        match self
            .spellings
            .iter()
            .position(|(known, _)| known == spelling)
        {
            Some(at) => self.spellings[at].1 += 1,
            None if self.spellings.len() < SPELLINGS_MAX => {
                self.spellings.push((spelling.to_owned(), 1));
            }
            None => {}
        }
    }

    /// The one of most items.
    fn spelling(self) -> Option<String> {
        let order =
            |a: &(String, u64), b: &(String, u64)| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0));
        let best = self.spellings.into_iter().max_by(order);
        best.map(|(spelling, _)| spelling)
    }
}

/// Neither an address, nor a number, nor a single letter or character.
fn is_word(key: &str) -> bool {
    key.chars().nth(1).is_some()
        && !key.starts_with("https://")
        && key.chars().any(char::is_alphabetic)
}

/// The words of a query.
#[derive(Default)]
struct Own {
    /// Its phrases, their words with a space between them.
    phrases: Vec<String>,
    words: HashSet<String>,
    stems: Vec<Stem>,
}

impl Own {
    fn new(bound: &Bound) -> Self {
        let mut own = Self::default();
        own.gather(bound);
        own
    }

    fn gather(&mut self, bound: &Bound) {
        match bound {
            Bound::Text { pattern, .. } => self.gather_pattern(pattern),
            Bound::And(parts) | Bound::Or(parts) => {
                for part in parts {
                    self.gather(part);
                }
            }
            Bound::Tag(tag) => {
                self.words.insert(tag.clone());
            }
            _ => {}
        }
    }

    fn gather_pattern(&mut self, pattern: &Pattern) {
        match pattern {
            Pattern::Any(parts) => {
                for part in parts {
                    self.gather_pattern(part);
                }
            }
            Pattern::Near { left, right, .. } => {
                self.gather_pattern(left);
                self.gather_pattern(right);
            }
            Pattern::Phrase(phrase) => {
                let mut text = String::new();
                for unit in phrase.units() {
                    if unit.kind != UnitKind::Char {
                        text.push(' ');
                        self.words.insert(unit.text.clone());
                    }
                    text.push_str(&unit.text);
                }
                self.phrases.push(text.trim_start().to_owned());
                if let Ending::Stems(stems) = phrase.ending() {
                    self.stems.extend(stems.iter().cloned());
                }
            }
        }
    }

    /// Whether a word is one of the query, a part of one of its phrases, or an inflection of one.
    fn has(&self, key: &str) -> bool {
        self.words.contains(key)
            || self
                .phrases
                .iter()
                .any(|phrase| phrase == key || (!key.is_ascii() && phrase.contains(key)))
            || self
                .stems
                .iter()
                .any(|own| stem(key, own.lang).is_some_and(|stem| stem == own.stem))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn significance_is_that_of_dunning() {
        // Table 1 of the paper counts bigrams; these are its formula worked out by hand.
        let sides = Sides {
            matching: 100,
            outside: 900,
        };
        let value = sides.significance(20, 20).unwrap();
        assert!((value - 43.989).abs() < 0.001, "{value}");
        assert_eq!(sides.significance(10, 90), None);
        assert_eq!(sides.significance(0, 10), None);
        assert!(sides.significance(100, 0).unwrap() > 600.0);
        // Counts that do not add up are no fault.
        assert!(sides.significance(200, 0).is_some());
    }

    #[test]
    fn words() {
        for (key, expected) in [
            ("ballot", true),
            ("作票", true),
            ("票", false),
            ("2026", false),
            ("11月", true),
            ("https://t.co/ab", false),
            ("a", false),
        ] {
            assert_eq!(is_word(key), expected, "{key}");
        }
    }
}
