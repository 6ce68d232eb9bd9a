//! Documents that any of some sources showed.

use std::collections::BTreeSet;
use std::sync::Arc;

use bellwether_model::SourceId;
use tantivy::query::{
    BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight,
};
use tantivy::schema::Field;
use tantivy::{BitSet, DocId, DocSet, Score, SegmentReader, TERMINATED};

use super::explain;
use crate::parts::Parts;

/// Documents that any of these sources showed.
#[derive(Debug, Clone)]
pub(crate) struct SourcesQuery {
    pub(crate) field: Field,
    pub(crate) sources: Arc<BTreeSet<SourceId>>,
    pub(crate) parts: Arc<Parts>,
}

impl Query for SourcesQuery {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(SourcesWeight(self.clone())))
    }
}

struct SourcesWeight(SourcesQuery);

impl Weight for SourcesWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let Self(query) = self;
        let part = query.parts.of(reader)?;
        let set = part.shown_by(reader, query.field, &query.sources)?;
        let documents = BitSetDocSet::from(BitSet::clone(&set));
        Ok(Box::new(ConstScorer::new(documents, boost)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        explain(
            doc,
            doc < TERMINATED && scorer.doc() <= doc && scorer.seek(doc) == doc,
        )
    }
}
