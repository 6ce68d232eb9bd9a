//! From a bound query to a query of Tantivy.

use std::ops::Bound::{Excluded, Included};

use bellwether_model::Span;
use bellwether_query::{Bound, Phrase, PhraseUnit, TextField};
use bellwether_text::UnitKind;
use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, EmptyQuery, Occur, PhraseQuery, Query, RangeQuery, RegexPhraseQuery,
    RegexQuery, TermQuery, TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use crate::schema::Fields;

/// Most terms that one character at the edge of a phrase may stand for. There are fewer characters
/// than this, and a term for each pair.
const EXPANSIONS_MAX: u32 = 1 << 20;

/// The same question in Tantivy's terms.
pub(crate) fn plan(bound: &Bound, fields: &Fields) -> tantivy::Result<Box<dyn Query>> {
    Ok(match bound {
        Bound::All => Box::new(AllQuery),
        Bound::Phrase { field, phrase } => match field {
            TextField::Title => in_field(phrase, fields.title)?,
            TextField::Text => in_field(phrase, fields.text)?,
            TextField::Any => Box::new(BooleanQuery::union(vec![
                in_field(phrase, fields.title)?,
                in_field(phrase, fields.text)?,
            ])),
        },
        Bound::Sources(sources) if sources.is_empty() => Box::new(EmptyQuery),
        Bound::Sources(sources) => {
            Box::new(TermSetQuery::new(sources.iter().map(|source| {
                Term::from_field_text(fields.source, source.as_str())
            })))
        }
        Bound::Publisher(publisher) => fact(fields.publisher, publisher.as_str()),
        Bound::Lang(lang) => fact(fields.lang, lang),
        Bound::Platform(platform) => fact(fields.platform, platform),
        Bound::Time(span) => in_time(*span, fields),
        Bound::And(parts) => {
            let mut clauses = Vec::with_capacity(parts.len() + 1);
            for part in parts {
                clauses.push(match part {
                    Bound::Not(inner) => (Occur::MustNot, plan(inner, fields)?),
                    part => (Occur::Must, plan(part, fields)?),
                });
            }
            // What is only excluded is excluded from everything.
            if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
                clauses.push((Occur::Must, Box::new(AllQuery)));
            }
            Box::new(BooleanQuery::new(clauses))
        }
        Bound::Or(parts) => {
            let parts: tantivy::Result<Vec<_>> =
                parts.iter().map(|part| plan(part, fields)).collect();
            Box::new(BooleanQuery::union(parts?))
        }
        Bound::Not(part) => Box::new(BooleanQuery::new(vec![
            (Occur::Must, Box::new(AllQuery) as Box<dyn Query>),
            (Occur::MustNot, plan(part, fields)?),
        ])),
    })
}

fn fact(field: Field, value: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(
        Term::from_field_text(field, value),
        IndexRecordOption::Basic,
    ))
}

/// Times are kept in microseconds, rounded down; a span's ends are rounded up, so that `from <= t`
/// and `t < to` keep their meaning.
fn in_time(span: Span, fields: &Fields) -> Box<dyn Query> {
    let ceiling = |time: bellwether_model::Timestamp| {
        let micros = time.as_microsecond();
        let is_whole = time.subsec_nanosecond() % 1_000 == 0;
        Term::from_field_i64(fields.time, if is_whole { micros } else { micros + 1 })
    };
    Box::new(RangeQuery::new(
        Included(ceiling(span.from)),
        Excluded(ceiling(span.to)),
    ))
}

/// What the index must hold at one place of a phrase.
enum Wanted<'a> {
    /// This term.
    Term(&'a str),
    /// Two neighbouring characters, one term.
    Pair(&'a str, &'a str),
    /// Any term that begins with this character.
    Begins(&'a str),
}

/// The terms of a phrase with their distances. A character whose pair with the one before it is
/// there already needs no term of its own.
fn wanted(units: &[PhraseUnit]) -> Vec<(usize, Wanted<'_>)> {
    let neighbours = |left: &PhraseUnit, right: &PhraseUnit| {
        left.kind == UnitKind::Char
            && right.kind == UnitKind::Char
            && right.offset == left.offset + 1
    };
    let mut terms = Vec::with_capacity(units.len());
    for (at, unit) in units.iter().enumerate() {
        let next = units.get(at + 1);
        let is_covered = at > 0 && neighbours(&units[at - 1], unit);
        let term = match next {
            _ if unit.kind != UnitKind::Char => Wanted::Term(&unit.text),
            Some(next) if neighbours(unit, next) => Wanted::Pair(&unit.text, &next.text),
            _ if is_covered => continue,
            // Before a word a character stands alone in the index too.
            Some(next) if next.offset == unit.offset + 1 => Wanted::Term(&unit.text),
            _ => Wanted::Begins(&unit.text),
        };
        terms.push((unit.offset as usize, term));
    }
    terms
}

fn in_field(phrase: &Phrase, field: Field) -> tantivy::Result<Box<dyn Query>> {
    let wanted = wanted(phrase.units());
    let term = |wanted: &Wanted<'_>| match wanted {
        Wanted::Term(text) | Wanted::Begins(text) => Term::from_field_text(field, text),
        Wanted::Pair(left, right) => Term::from_field_text(field, &format!("{left}{right}")),
    };
    // Units hold letters, digits and marks only, so they mean themselves in a pattern.
    let pattern = |wanted: &Wanted<'_>| match wanted {
        Wanted::Term(text) => (*text).to_owned(),
        Wanted::Pair(left, right) => format!("{left}{right}"),
        Wanted::Begins(text) => format!("{text}.*"),
    };
    let is_exact = !wanted
        .iter()
        .any(|(_, wanted)| matches!(wanted, Wanted::Begins(_)));
    Ok(match &wanted[..] {
        [] => Box::new(EmptyQuery),
        [(_, one)] if is_exact => Box::new(TermQuery::new(term(one), IndexRecordOption::Basic)),
        [(_, one)] => Box::new(RegexQuery::from_pattern(&pattern(one), field)?),
        several if is_exact => Box::new(PhraseQuery::new_with_offset(
            several
                .iter()
                .map(|(offset, wanted)| (*offset, term(wanted)))
                .collect(),
        )),
        several => {
            let mut query = RegexPhraseQuery::new_with_offset(
                field,
                several
                    .iter()
                    .map(|(offset, wanted)| (*offset, pattern(wanted)))
                    .collect(),
            );
            query.set_max_expansions(EXPANSIONS_MAX);
            Box::new(query)
        }
    })
}
