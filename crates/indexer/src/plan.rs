//! From a bound query to a query of Tantivy.

use std::collections::HashSet;
use std::sync::Arc;

use bellwether_model::Span;
use bellwether_query::{Bound, Ending, Pattern, Phrase, PhraseUnit, TextField};
use bellwether_text::{UnitKind, stem_term};
use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, Occur, PhraseQuery, Query, RangeQuery,
    TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use crate::parts::Parts;
use crate::queries::{
    BeginningQuery, EitherQuery, PeriodQuery, Slot, SourcesQuery, SpanPlan, SpanQuery, TooBroad,
};
use crate::schema::{Fields, address_hash};

/// What a word in the title is worth beside one in the text, in order of relevance. A headline says
/// what an item is about, and is about as long as the lead that repeats it.
const TITLE_WORTH: f32 = 3.0;

/// Alternatives that are asked one by one about a document; more of them are prepared ahead.
const HERE_MAX: usize = 8;

/// How a part of a query will be read.
#[derive(Debug, Clone, Copy)]
enum Reading {
    /// From its first document to its last.
    Whole,
    /// Here and there, where the other parts of the query have documents.
    Here,
}

impl Reading {
    /// What any of some queries finds.
    fn any(self, parts: Vec<Box<dyn Query>>) -> Box<dyn Query> {
        match self {
            Self::Here if parts.len() <= HERE_MAX => Box::new(EitherQuery(parts)),
            _ => Box::new(BooleanQuery::union(parts)),
        }
    }
}

/// Makes queries of Tantivy.
pub(crate) struct Planner<'a> {
    pub(crate) fields: &'a Fields,
    pub(crate) parts: &'a Arc<Parts>,
    pub(crate) too_broad: TooBroad,
    /// Whether scores are asked for. Each is a layer around what finds, so there are none without.
    pub(crate) is_ranking: bool,
}

impl Planner<'_> {
    /// The same question in Tantivy's terms. Scores say how many of the words an item has.
    pub(crate) fn plan(&self, bound: &Bound) -> tantivy::Result<Box<dyn Query>> {
        self.plan_read(bound, Reading::Whole)
    }

    fn plan_read(&self, bound: &Bound, reading: Reading) -> tantivy::Result<Box<dyn Query>> {
        let fields = self.fields;
        Ok(match bound {
            Bound::All => self.silent(AllQuery),
            Bound::Text { field, pattern } => self.text(*field, pattern, reading),
            Bound::Sources(sources) if sources.is_empty() => Box::new(EmptyQuery),
            Bound::Sources(sources) => self.silent(SourcesQuery {
                field: fields.source,
                sources: Arc::new(sources.clone()),
                parts: Arc::clone(self.parts),
            }),
            Bound::Publisher(publisher) => self.fact(fields.publisher, publisher.as_str()),
            Bound::Lang(lang) => self.fact(fields.lang, lang),
            Bound::Platform(platform) => self.fact(fields.platform, platform),
            Bound::Tag(tag) => self.fact(fields.tag, tag),
            Bound::Domain(domain) => self.fact(fields.domain, domain),
            Bound::Url(key) => self.silent(TermQuery::new(
                Term::from_field_u64(fields.url, address_hash(key)),
                IndexRecordOption::Basic,
            )),
            Bound::Items(items) => self.silent(BooleanQuery::union(
                items
                    .iter()
                    .map(|item| {
                        let term = Term::from_field_u64(fields.item, item.0);
                        Box::new(TermQuery::new(term, IndexRecordOption::Basic)) as Box<dyn Query>
                    })
                    .collect(),
            )),
            Bound::Time(span) => self.silent(self.in_time(*span)),
            Bound::Until(last) => self.silent(RangeQuery::new(
                std::ops::Bound::Unbounded,
                std::ops::Bound::Included(Term::from_field_u64(fields.item, last.0)),
            )),
            Bound::And(parts) => self.all(parts)?,
            Bound::Or(parts) => {
                let parts: tantivy::Result<Vec<_>> = parts
                    .iter()
                    .map(|part| self.plan_read(part, reading))
                    .collect();
                reading.any(parts?)
            }
            Bound::Not(part) => self.silent(BooleanQuery::new(vec![
                (Occur::Must, Box::new(AllQuery) as Box<dyn Query>),
                (Occur::MustNot, self.plan(part)?),
            ])),
        })
    }

    fn all(&self, parts: &[Bound]) -> tantivy::Result<Box<dyn Query>> {
        let mut clauses = Vec::with_capacity(parts.len() + 1);
        for part in parts {
            clauses.push(match part {
                Bound::Not(inner) => (Occur::MustNot, self.plan_read(inner, Reading::Here)?),
                part => (Occur::Must, self.plan_read(part, Reading::Here)?),
            });
        }
        // What is only excluded is excluded from everything.
        if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
            clauses.push((Occur::Must, self.silent(AllQuery)));
        }
        Ok(Box::new(BooleanQuery::new(clauses)))
    }

    fn text(&self, field: TextField, pattern: &Pattern, reading: Reading) -> Box<dyn Query> {
        let title = || {
            self.worth(
                self.pattern(pattern, self.fields.title, reading),
                TITLE_WORTH,
            )
        };
        let text = || self.worth(self.pattern(pattern, self.fields.text, reading), 1.0);
        match field {
            TextField::Title => title(),
            TextField::Text => text(),
            TextField::Any => Box::new(EitherQuery(vec![title(), text()])),
        }
    }

    fn pattern(&self, pattern: &Pattern, field: Field, reading: Reading) -> Box<dyn Query> {
        match pattern {
            Pattern::Phrase(phrase) => self.phrase(phrase, field),
            Pattern::Any(parts) => {
                let parts = parts.iter();
                reading.any(
                    parts
                        .map(|part| self.pattern(part, field, reading))
                        .collect(),
                )
            }
            Pattern::Near { .. } => self.spans(span_plan(pattern), field),
        }
    }

    fn phrase(&self, phrase: &Phrase, field: Field) -> Box<dyn Query> {
        let SpanPlan::Row {
            slots,
            length,
            slop,
        } = row(phrase)
        else {
            return Box::new(EmptyQuery);
        };
        let word = |text: &str, option| -> Box<dyn Query> {
            Box::new(TermQuery::new(Term::from_field_text(field, text), option))
        };
        match &slots[..] {
            [] => return Box::new(EmptyQuery),
            [(_, Slot::Terms(terms))] => {
                let mut words: Vec<Box<dyn Query>> = terms
                    .iter()
                    .map(|term| word(term, IndexRecordOption::Basic))
                    .collect();
                return match words.len() {
                    1 => words.swap_remove(0),
                    _ => Box::new(EitherQuery(words)),
                };
            }
            [(_, Slot::Begins(prefix))] => {
                return Box::new(BeginningQuery {
                    field,
                    prefix: prefix.clone(),
                    too_broad: Arc::clone(&self.too_broad),
                });
            }
            _ => {}
        }
        let exact: Option<Vec<(usize, Term)>> = slots
            .iter()
            .map(|(offset, slot)| match slot {
                Slot::Terms(terms) if slop == 0 => match &terms[..] {
                    [term] => Some((*offset as usize, Term::from_field_text(field, term))),
                    _ => None,
                },
                _ => None,
            })
            .collect();
        match exact {
            Some(terms) => Box::new(PhraseQuery::new_with_offset(terms)),
            None => self.spans(
                SpanPlan::Row {
                    slots,
                    length,
                    slop,
                },
                field,
            ),
        }
    }

    /// Times are kept in microseconds, rounded down; a span's ends are rounded up, so that `from <= t`
    /// and `t < to` keep their meaning.
    fn in_time(&self, span: Span) -> PeriodQuery {
        let ceiling = |time: bellwether_model::Timestamp| {
            let micros = time.as_microsecond();
            let is_whole = time.subsec_nanosecond() % 1_000 == 0;
            if is_whole { micros } else { micros + 1 }
        };
        PeriodQuery {
            from: ceiling(span.from),
            to: ceiling(span.to),
            parts: Arc::clone(self.parts),
        }
    }

    /// A condition that finds and does not rank.
    fn silent(&self, query: impl Query) -> Box<dyn Query> {
        self.worth(Box::new(query), 0.0)
    }

    fn worth(&self, query: Box<dyn Query>, score: f32) -> Box<dyn Query> {
        if self.is_ranking {
            Box::new(ConstScoreQuery::new(query, score))
        } else {
            query
        }
    }

    fn fact(&self, field: Field, value: &str) -> Box<dyn Query> {
        self.silent(TermQuery::new(
            Term::from_field_text(field, value),
            IndexRecordOption::Basic,
        ))
    }

    fn spans(&self, plan: SpanPlan, field: Field) -> Box<dyn Query> {
        Box::new(SpanQuery {
            field,
            plan: Arc::new(plan),
            too_broad: Arc::clone(&self.too_broad),
        })
    }
}

fn span_plan(pattern: &Pattern) -> SpanPlan {
    match pattern {
        Pattern::Phrase(phrase) => row(phrase),
        Pattern::Any(parts) => SpanPlan::Any(parts.iter().map(span_plan).collect()),
        Pattern::Near {
            left,
            right,
            within,
        } => SpanPlan::Near {
            left: Box::new(span_plan(left)),
            right: Box::new(span_plan(right)),
            within: *within,
        },
    }
}

/// The terms of a phrase at their distances.
///
/// Two neighbouring characters are one term. A character whose pair with the one before it is there
/// already needs no term of its own; one at the end is whatever begins with it.
fn row(phrase: &Phrase) -> SpanPlan {
    let units = phrase.units();
    let last = units.len() - 1;
    let one = |text: &str| Slot::Terms(vec![text.to_owned()]);
    let mut slots = Vec::with_capacity(units.len());
    for (at, unit) in units.iter().enumerate() {
        let next = units.get(at + 1);
        let slot = match unit.kind {
            UnitKind::Char if phrase.slop() > 0 => Slot::Begins(unit.text.clone()),
            UnitKind::Char => match next {
                Some(next) if are_neighbours(unit, next) => {
                    Slot::Terms(vec![format!("{}{}", unit.text, next.text)])
                }
                _ if at > 0 && are_neighbours(&units[at - 1], unit) => continue,
                // Before a word a character stands alone in the index too.
                Some(next) if next.offset == unit.offset + 1 => one(&unit.text),
                _ => Slot::Begins(unit.text.clone()),
            },
            UnitKind::Word | UnitKind::Address if at < last => one(&unit.text),
            UnitKind::Word | UnitKind::Address => match phrase.ending() {
                Ending::Whole => one(&unit.text),
                Ending::Prefix => Slot::Begins(unit.text.clone()),
                Ending::Stems(stems) => {
                    let mut seen = HashSet::new();
                    let mut terms = vec![unit.text.clone()];
                    for stem in stems {
                        terms.push(stem.stem.clone());
                        terms.extend(stem_term(&unit.text, stem.lang));
                    }
                    terms.retain(|term| seen.insert(term.clone()));
                    Slot::Terms(terms)
                }
            },
        };
        slots.push((unit.offset, slot));
    }
    SpanPlan::Row {
        slots,
        length: phrase.length(),
        slop: phrase.slop(),
    }
}

fn are_neighbours(left: &PhraseUnit, right: &PhraseUnit) -> bool {
    left.kind == UnitKind::Char && right.kind == UnitKind::Char && right.offset == left.offset + 1
}
