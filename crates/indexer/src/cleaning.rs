//! Takes the words of what was forgotten out of the parts of the index.
//!
//! An item that is deleted is found by nobody, and yet its words stay in its part until that one is
//! written anew. So each part that has something deleted is, one after another, beside the work. A
//! merge that was under way when the item was deleted may bring its words into another part; so once
//! the parts are gone, those that have something deleted then are written anew as well. A commit says
//! that this is not done yet, and whoever opens the index next goes on.

use std::collections::HashSet;

use tantivy::index::SegmentId;
use tantivy::{Index, IndexWriter, TantivyDocument};

/// The parts that there were, and those that came of them.
const ROUNDS: u32 = 2;

pub(crate) struct Cleaning {
    parts: HashSet<SegmentId>,
    asked: HashSet<SegmentId>,
    rounds_left: u32,
}

impl Cleaning {
    pub(crate) fn begin(index: &Index) -> tantivy::Result<Self> {
        Ok(Self {
            parts: with_deleted(index)?,
            asked: HashSet::new(),
            rounds_left: ROUNDS,
        })
    }

    /// Asks for what was not asked for yet. Whether all is done.
    pub(crate) fn go_on(
        &mut self,
        writer: &mut IndexWriter<TantivyDocument>,
    ) -> tantivy::Result<bool> {
        let there: HashSet<SegmentId> = writer
            .index()
            .searchable_segment_ids()?
            .into_iter()
            .collect();
        self.parts.retain(|part| there.contains(part));
        while self.parts.is_empty() {
            self.rounds_left = self.rounds_left.saturating_sub(1);
            if self.rounds_left == 0 {
                return Ok(true);
            }
            self.parts = with_deleted(writer.index())?;
        }
        for part in &self.parts {
            // One that is being merged already is gone when that is done.
            if self.asked.insert(*part) {
                drop(writer.merge(&[*part]));
            }
        }
        Ok(false)
    }
}

fn with_deleted(index: &Index) -> tantivy::Result<HashSet<SegmentId>> {
    let parts = index.searchable_segment_metas()?;
    let with_deleted = parts.iter().filter(|part| part.num_deleted_docs() > 0);
    Ok(with_deleted.map(|part| part.id()).collect())
}
