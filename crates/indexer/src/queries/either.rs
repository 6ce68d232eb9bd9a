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
    /// Each with the document it stands at: asking it costs more than remembering.
    parts: Vec<(DocId, Box<dyn Scorer>)>,
    doc: DocId,
}

impl Either {
    fn new(parts: Vec<Box<dyn Scorer>>) -> Self {
        let parts = parts.into_iter().map(|part| (part.doc(), part)).collect();
        let mut either = Self { parts, doc: 0 };
        either.stand();
        either
    }

    /// Stands at the first document of any part.
    fn stand(&mut self) -> DocId {
        let docs = self.parts.iter().map(|(doc, _)| *doc);
        self.doc = docs.min().unwrap_or(TERMINATED);
        self.doc
    }
}

impl DocSet for Either {
    fn advance(&mut self) -> DocId {
        for (doc, part) in &mut self.parts {
            if *doc == self.doc {
                *doc = part.advance();
            }
        }
        self.stand()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        for (doc, part) in &mut self.parts {
            if *doc < target {
                *doc = part.seek(target);
            }
        }
        self.stand()
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.parts
            .iter()
            .fold(0, |sum, (_, part)| sum.saturating_add(part.size_hint()))
    }

    fn cost(&self) -> u64 {
        self.parts.iter().map(|(_, part)| part.cost()).sum()
    }
}

impl Scorer for Either {
    fn score(&mut self) -> Score {
        let here = self.doc;
        self.parts
            .iter_mut()
            .filter(|(doc, _)| *doc == here)
            .map(|(_, part)| part.score())
            .sum()
    }
}
