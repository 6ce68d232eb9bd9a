//! What each commit says of itself.

use bellwether_model::Seq;
use bellwether_text::ANALYSER;
use serde::{Deserialize, Serialize};
use tantivy::{Index, IndexWriter, TantivyDocument};

use crate::error::IndexError;
use crate::schema::SCHEMA;

/// How far in the log an index goes, and what it was written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Payload {
    pub(crate) seq: u64,
    pub(crate) schema: u32,
    pub(crate) analyser: u32,
    /// Whether parts may still hold words of what was forgotten.
    #[serde(default)]
    pub(crate) has_traces: bool,
}

impl Payload {
    pub(crate) fn at(seq: Seq, has_traces: bool) -> Self {
        Self {
            seq: seq.0,
            schema: SCHEMA,
            analyser: ANALYSER,
            has_traces,
        }
    }

    /// Whether this version can read and go on with the index.
    pub(crate) fn is_of_this_version(&self) -> bool {
        self.schema == SCHEMA && self.analyser == ANALYSER
    }

    /// What the newest commit of an index says; `None` where it says nothing readable.
    pub(crate) fn of(index: &Index) -> Option<Self> {
        let metas = index.load_metas().ok()?;
        serde_json::from_str(&metas.payload?).ok()
    }
}

/// The one way to commit: a commit without its payload would make the index useless.
pub(crate) fn commit(
    writer: &mut IndexWriter<TantivyDocument>,
    seq: Seq,
    has_traces: bool,
) -> Result<(), IndexError> {
    let payload = serde_json::to_string(&Payload::at(seq, has_traces))
        .map_err(|error| tantivy::TantivyError::InternalError(error.to_string()))?;
    let mut prepared = writer.prepare_commit()?;
    prepared.set_payload(&payload);
    prepared.commit()?;
    Ok(())
}
