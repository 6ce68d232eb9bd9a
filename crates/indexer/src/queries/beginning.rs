//! Documents with any word that begins so.

use tantivy::query::{
    BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{BitSet, DocId, DocSet, Score, SegmentReader, TERMINATED};

use super::words::{TooBroad, beginning_with};
use super::{BEGINNING_TERMS_MAX, explain};

/// Documents with any word that begins so.
#[derive(Debug, Clone)]
pub(crate) struct BeginningQuery {
    pub(crate) field: Field,
    pub(crate) prefix: String,
    pub(crate) too_broad: TooBroad,
}

impl Query for BeginningQuery {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(BeginningWeight(self.clone())))
    }
}

struct BeginningWeight(BeginningQuery);

impl Weight for BeginningWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let Self(query) = self;
        let inverted = reader.inverted_index(query.field)?;
        let words = beginning_with(
            &inverted,
            &query.prefix,
            BEGINNING_TERMS_MAX,
            &query.too_broad,
        )?;
        let mut found = BitSet::with_max_value(reader.max_doc());
        for word in &words {
            let mut block =
                inverted.read_block_postings_from_terminfo(word, IndexRecordOption::Basic)?;
            loop {
                let docs = block.docs();
                if docs.is_empty() {
                    break;
                }
                for doc in docs {
                    found.insert(*doc);
                }
                block.advance();
            }
        }
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(found), boost)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        explain(doc, doc < TERMINATED && scorer.seek(doc) == doc)
    }
}
