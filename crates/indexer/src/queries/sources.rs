//! Documents that any of some sources showed, checked one by one: for use beside words, which say
//! which documents are worth checking. A large group has most of the index in its lists.

use std::collections::BTreeSet;
use std::sync::Arc;

use bellwether_model::SourceId;
use tantivy::columnar::Column;
use tantivy::query::{ConstScorer, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED};

use super::explain;
use crate::schema::SOURCE;

/// Documents that any of these sources showed.
#[derive(Debug, Clone)]
pub(crate) struct SourcesQuery(pub(crate) Arc<BTreeSet<SourceId>>);

impl Query for SourcesQuery {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(SourcesWeight(Arc::clone(&self.0))))
    }
}

struct SourcesWeight(Arc<BTreeSet<SourceId>>);

impl Weight for SourcesWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let Some(column) = reader.fast_fields().str(SOURCE)? else {
            return Ok(Box::new(EmptyScorer));
        };
        let mut wanted = vec![false; column.num_terms()];
        for source in &*self.0 {
            let ord = column.dictionary().term_ord(source.as_str())?;
            if let Some(slot) = ord
                .and_then(|ord| usize::try_from(ord).ok())
                .and_then(|ord| wanted.get_mut(ord))
            {
                *slot = true;
            }
        }
        if !wanted.contains(&true) {
            return Ok(Box::new(EmptyScorer));
        }
        let mut checked = Checked {
            ords: column.ords().clone(),
            wanted,
            doc: 0,
            end: reader.max_doc(),
        };
        if checked.end == 0 || !checked.is_wanted(0) {
            checked.advance();
        }
        Ok(Box::new(ConstScorer::new(checked, boost)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        explain(
            doc,
            doc < TERMINATED && scorer.doc() <= doc && scorer.seek(doc) == doc,
        )
    }
}

struct Checked {
    ords: Column<u64>,
    wanted: Vec<bool>,
    doc: DocId,
    end: DocId,
}

impl Checked {
    fn is_wanted(&self, doc: DocId) -> bool {
        self.ords.values_for_doc(doc).any(|ord| {
            usize::try_from(ord).is_ok_and(|ord| self.wanted.get(ord).copied().unwrap_or_default())
        })
    }
}

impl DocSet for Checked {
    fn advance(&mut self) -> DocId {
        self.seek(self.doc.saturating_add(1))
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc == TERMINATED {
            return TERMINATED;
        }
        let from = self.doc.max(target);
        self.doc = (from..self.end)
            .find(|doc| self.is_wanted(*doc))
            .unwrap_or(TERMINATED);
        self.doc
    }

    fn seek_danger(&mut self, target: DocId) -> tantivy::SeekDangerResult {
        use tantivy::SeekDangerResult::{Found, SeekLowerBound};
        if target >= self.end {
            return SeekLowerBound(TERMINATED);
        }
        // Not further than asked: the words decide what is worth a look.
        if self.is_wanted(target) {
            self.doc = target;
            Found
        } else {
            SeekLowerBound(target + 1)
        }
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    /// All documents: whatever stands beside it goes first.
    fn size_hint(&self) -> u32 {
        self.end
    }
}
