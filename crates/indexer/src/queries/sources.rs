//! Documents that any of some sources showed.
//!
//! A large group has a good part of the index in its lists, and the same few groups are asked for
//! over and over: so its documents are written down once for each part of the index, which never
//! changes, and kept.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use bellwether_model::SourceId;
use tantivy::index::SegmentId;
use tantivy::query::{
    BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{BitSet, DocId, DocSet, Score, SegmentReader, TERMINATED, Term};

use super::explain;

/// Sets kept; a bit for each document of a part of the index. With a million items in twenty parts
/// and a dozen groups this many take about 2 MB.
const SETS_MAX: usize = 512;

/// The documents of sets of sources that were asked for.
#[derive(Debug, Default)]
pub(crate) struct KnownSets(Mutex<HashMap<Asked, Arc<BitSet>>>);

/// Which part of the index was asked for which sources.
type Asked = (SegmentId, Arc<BTreeSet<SourceId>>);

impl KnownSets {
    fn of(
        &self,
        reader: &SegmentReader,
        field: Field,
        sources: &Arc<BTreeSet<SourceId>>,
    ) -> tantivy::Result<Arc<BitSet>> {
        let key = (reader.segment_id(), Arc::clone(sources));
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&key) {
            return Ok(Arc::clone(known));
        }
        let found = Arc::new(documents(reader, field, sources)?);
        let mut known = lock();
        if known.len() >= SETS_MAX {
            known.clear();
        }
        known.insert(key, Arc::clone(&found));
        Ok(found)
    }
}

fn documents(
    reader: &SegmentReader,
    field: Field,
    sources: &BTreeSet<SourceId>,
) -> tantivy::Result<BitSet> {
    let inverted = reader.inverted_index(field)?;
    let mut found = BitSet::with_max_value(reader.max_doc());
    for source in sources {
        let term = Term::from_field_text(field, source.as_str());
        let Some(mut list) = inverted.read_postings(&term, IndexRecordOption::Basic)? else {
            continue;
        };
        let mut doc = list.doc();
        while doc != TERMINATED {
            found.insert(doc);
            doc = list.advance();
        }
    }
    Ok(found)
}

/// Documents that any of these sources showed.
#[derive(Debug, Clone)]
pub(crate) struct SourcesQuery {
    pub(crate) field: Field,
    pub(crate) sources: Arc<BTreeSet<SourceId>>,
    pub(crate) known: Arc<KnownSets>,
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
        let set = query.known.of(reader, query.field, &query.sources)?;
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
