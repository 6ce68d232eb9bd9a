//! Documents that any of a few queries finds.
//!
//! Tantivy's own union prepares thousands of documents ahead: right for lists that are read to their
//! end, and wasteful for the two fields of a phrase of which another word asks for a few documents.
//! This one goes from document to document.

use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, Term};

use super::explain;

/// Documents that any of a few queries finds; their scores add up.
#[derive(Debug)]
pub(crate) struct EitherQuery(pub(crate) Vec<Box<dyn Query>>);

impl Clone for EitherQuery {
    fn clone(&self) -> Self {
        Self(self.0.iter().map(|query| query.box_clone()).collect())
    }
}

impl Query for EitherQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let weights: tantivy::Result<Vec<_>> =
            self.0.iter().map(|query| query.weight(scoring)).collect();
        Ok(Box::new(EitherWeight(weights?)))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        for query in &self.0 {
            query.query_terms(visitor);
        }
    }
}

struct EitherWeight(Vec<Box<dyn Weight>>);

impl Weight for EitherWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut parts = Vec::with_capacity(self.0.len());
        for weight in &self.0 {
            let part = weight.scorer(reader, boost)?;
            if part.doc() != TERMINATED {
                parts.push(part);
            }
        }
        Ok(match parts.len() {
            0 => Box::new(EmptyScorer),
            1 => parts.swap_remove(0),
            _ => Box::new(Either::new(parts)),
        })
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        explain(
            doc,
            doc < TERMINATED && scorer.doc() <= doc && scorer.seek(doc) == doc,
        )
    }
}

struct Either {
    parts: Vec<Box<dyn Scorer>>,
    doc: DocId,
}

impl Either {
    fn new(parts: Vec<Box<dyn Scorer>>) -> Self {
        let doc = first(&parts);
        Self { parts, doc }
    }
}

fn first(parts: &[Box<dyn Scorer>]) -> DocId {
    parts
        .iter()
        .map(|part| part.doc())
        .min()
        .unwrap_or(TERMINATED)
}

impl DocSet for Either {
    fn advance(&mut self) -> DocId {
        for part in &mut self.parts {
            if part.doc() == self.doc {
                part.advance();
            }
        }
        self.doc = first(&self.parts);
        self.doc
    }

    fn seek(&mut self, target: DocId) -> DocId {
        for part in &mut self.parts {
            if part.doc() < target {
                part.seek(target);
            }
        }
        self.doc = first(&self.parts);
        self.doc
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.parts
            .iter()
            .fold(0, |sum, part| sum.saturating_add(part.size_hint()))
    }

    fn cost(&self) -> u64 {
        self.parts.iter().map(|part| part.cost()).sum()
    }
}

impl Scorer for Either {
    fn score(&mut self) -> Score {
        let doc = self.doc;
        self.parts
            .iter_mut()
            .filter(|part| part.doc() == doc)
            .map(|part| part.score())
            .sum()
    }
}
