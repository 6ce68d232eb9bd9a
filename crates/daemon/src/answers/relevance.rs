//! The order of a page by relevance: what an item literally has of what was typed.
//!
//! A pure function of query and item, without statistics of all items, so that nothing that comes
//! later changes it. First come items with more of the words as they were typed (王后 before
//! 親王|後來, which only folds together with it), then those with more words in the title, with more
//! different words, with more occurrences, and last the newer ones.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use bellwether_model::ItemId;
use bellwether_query::spans::Span;
use bellwether_query::{Bound, Expr, Pattern, TextField, Words};
use bellwether_text::Analysed;

use super::asked::Asked;
use super::known::KnownItem;

/// Words that are looked at. A narrative has hundreds: after these the newer item comes first.
const WORDS_MAX: usize = 64;

/// More occurrences than this make an item no more relevant, only longer.
const OCCURRENCES_MAX: usize = 8;

/// One of the words of a query.
struct Word {
    field: TextField,
    pattern: Pattern,
}

/// What a query looks for.
pub(super) struct Ranking {
    words: Vec<Word>,
    /// The words as typed, in lower case: whether a letter is a capital is no other spelling.
    typed: BTreeSet<String>,
}

/// How much of a query an item has; the more, the larger.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Worth {
    literal: usize,
    in_title: usize,
    words: usize,
    occurrences: usize,
}

impl Ranking {
    pub(super) fn new(asked: &Asked) -> Self {
        let mut words = Vec::new();
        gather(&asked.bound, &mut words);
        let mut typed = BTreeSet::new();
        gather_typed(asked.query.expr(), &mut typed);
        Self { words, typed }
    }

    /// The items, the most relevant first.
    pub(super) fn ordered(&self, items: Vec<Arc<KnownItem>>) -> Vec<ItemId> {
        let mut ranked: Vec<_> = items
            .iter()
            .map(|known| {
                let item = &known.item;
                Reverse((self.worth(known), item.time, item.id))
            })
            .collect();
        ranked.sort_unstable();
        ranked
            .into_iter()
            .map(|Reverse((_, _, item))| item)
            .collect()
    }

    fn worth(&self, known: &KnownItem) -> Worth {
        let (title, text) = known.analysed();
        let mut worth = Worth::default();
        for word in &self.words {
            let spans = |analysed: &Analysed, is_asked: bool| {
                if is_asked {
                    word.pattern.spans(analysed, known.lang)
                } else {
                    Vec::new()
                }
            };
            let in_title = spans(title, word.field != TextField::Text);
            let in_text = spans(text, word.field != TextField::Title);
            let occurrences = in_title.len() + in_text.len();
            if occurrences == 0 {
                continue;
            }
            let is_literal = self.is_literal(&known.item.title, title, &in_title)
                || self.is_literal(&known.item.text, text, &in_text);
            worth.literal += usize::from(is_literal);
            worth.in_title += usize::from(!in_title.is_empty());
            worth.words += 1;
            worth.occurrences += occurrences.min(OCCURRENCES_MAX);
        }
        worth
    }

    /// Whether one of some places has what was typed.
    fn is_literal(&self, text: &str, analysed: &Analysed, spans: &[Span]) -> bool {
        let units = analysed.units();
        spans.iter().any(|span| {
            let first = units.partition_point(|unit| unit.position < span.start);
            let end = units.partition_point(|unit| unit.position < span.end);
            let Some((first, last)) = units
                .get(first..end)
                .and_then(|units| units.first().zip(units.last()))
            else {
                return false;
            };
            text.get(first.source_bytes().start..last.source_bytes().end)
                .is_some_and(|found| self.typed.contains(&found.to_lowercase()))
        })
    }
}

/// The words that are looked for, not those that must not be there.
fn gather(bound: &Bound, words: &mut Vec<Word>) {
    match bound {
        Bound::Text { field, pattern } => gather_words(*field, pattern, words),
        Bound::And(parts) | Bound::Or(parts) => {
            for part in parts {
                gather(part, words);
            }
        }
        _ => {}
    }
}

/// A pattern with thousands of names is looked at name by name, as far as there is room.
fn gather_words(field: TextField, pattern: &Pattern, words: &mut Vec<Word>) {
    if words.len() >= WORDS_MAX {
        return;
    }
    match pattern {
        Pattern::Any(parts) if parts.len() > WORDS_MAX => {
            for part in parts {
                gather_words(field, part, words);
            }
        }
        _ => words.push(Word {
            field,
            pattern: pattern.clone(),
        }),
    }
}

fn gather_typed(expr: &Expr, typed: &mut BTreeSet<String>) {
    match expr {
        Expr::Text { words, .. } => gather_rows(words, typed),
        Expr::And(parts) | Expr::Or(parts) => {
            for part in parts {
                gather_typed(part, typed);
            }
        }
        _ => {}
    }
}

fn gather_rows(words: &Words, typed: &mut BTreeSet<String>) {
    match words {
        Words::Row { words, .. } => {
            typed.insert(words.to_lowercase());
        }
        Words::Any(parts) => {
            for part in parts {
                gather_rows(part, typed);
            }
        }
        Words::Near { left, right, .. } => {
            gather_rows(left, typed);
            gather_rows(right, typed);
        }
    }
}
