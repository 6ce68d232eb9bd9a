//! Documents of a stretch of time. The index is sorted by time, latest first, so they are a stretch
//! of documents, and finding its ends is all the work.

use std::sync::Arc;

use tantivy::query::{ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED};

use super::explain;
use crate::parts::Parts;

/// Documents with `from <= time < to`, in microseconds.
#[derive(Debug, Clone)]
pub(crate) struct PeriodQuery {
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) parts: Arc<Parts>,
}

impl PeriodQuery {
    fn docs(&self, reader: &SegmentReader) -> tantivy::Result<(DocId, DocId)> {
        let part = self.parts.of(reader)?;
        let first = part.first_before(self.to);
        Ok((first, part.first_before(self.from).max(first)))
    }
}

impl Query for PeriodQuery {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(PeriodWeight(self.clone())))
    }
}

struct PeriodWeight(PeriodQuery);

impl Weight for PeriodWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let (doc, end) = self.0.docs(reader)?;
        Ok(Box::new(ConstScorer::new(Stretch::new(doc, end), boost)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let (first, end) = self.0.docs(reader)?;
        explain(doc, (first..end).contains(&doc))
    }

    fn count(&self, reader: &SegmentReader) -> tantivy::Result<u32> {
        let (first, end) = self.0.docs(reader)?;
        Ok(match reader.alive_bitset() {
            None => end - first,
            Some(alive) => {
                let living = (first..end).filter(|doc| alive.is_alive(*doc)).count();
                u32::try_from(living).unwrap_or(u32::MAX)
            }
        })
    }
}

/// Documents in a row.
struct Stretch {
    doc: DocId,
    end: DocId,
}

impl Stretch {
    fn new(doc: DocId, end: DocId) -> Self {
        let doc = if doc < end { doc } else { TERMINATED };
        Self { doc, end }
    }
}

impl DocSet for Stretch {
    fn advance(&mut self) -> DocId {
        self.seek(self.doc.saturating_add(1))
    }

    fn seek(&mut self, target: DocId) -> DocId {
        let wanted = self.doc.max(target);
        self.doc = if wanted < self.end {
            wanted
        } else {
            TERMINATED
        };
        self.doc
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.end.saturating_sub(self.doc)
    }
}
