//! Documents of a stretch of time. The index is sorted by time, latest first, so they are a stretch
//! of documents, and finding its ends is all the work.

use std::sync::Arc;

use tantivy::columnar::ColumnValues;
use tantivy::query::{ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED};

use super::explain;
use crate::schema::TIME;

/// Documents with `from <= time < to`, in microseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PeriodQuery {
    pub(crate) from: i64,
    pub(crate) to: i64,
}

impl PeriodQuery {
    fn docs(self, reader: &SegmentReader) -> tantivy::Result<(DocId, DocId)> {
        let times = times(reader)?;
        let first = first_before(&*times, self.to);
        Ok((first, first_before(&*times, self.from).max(first)))
    }
}

/// The times of a segment's documents.
pub(crate) fn times(reader: &SegmentReader) -> tantivy::Result<Arc<dyn ColumnValues<i64>>> {
    Ok(reader.fast_fields().i64(TIME)?.first_or_default_col(0))
}

/// The first document that is earlier than `micros`.
pub(crate) fn first_before(times: &dyn ColumnValues<i64>, micros: i64) -> DocId {
    let (mut low, mut high) = (0, times.num_vals());
    while low < high {
        let middle = low + (high - low) / 2;
        if times.get_val(middle) >= micros {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

impl Query for PeriodQuery {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(PeriodWeight(*self)))
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
