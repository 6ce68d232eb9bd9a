//! Queries that Tantivy does not have: words by where they stand, whatever begins alike, a stretch
//! of time in an index sorted by time, and a set of sources.

mod beginning;
mod either;
mod period;
mod sources;
mod spans;
mod words;

pub(crate) use beginning::BeginningQuery;
pub(crate) use either::EitherQuery;
pub(crate) use period::PeriodQuery;
pub(crate) use sources::SourcesQuery;
pub(crate) use spans::{Slot, SpanPlan, SpanQuery};
pub(crate) use words::TooBroad;

use tantivy::query::Explanation;
use tantivy::{DocId, TantivyError};

/// A beginning that stands for more words of one part of the index than this is refused.
pub(crate) const BEGINNING_TERMS_MAX: usize = 50_000;

/// The same where every word's positions have to be read.
pub(crate) const POSITIONS_TERMS_MAX: usize = 20_000;

/// Nobody asks why: the matcher explains, not the index.
fn explain(doc: DocId, is_match: bool) -> tantivy::Result<Explanation> {
    if is_match {
        Ok(Explanation::new("matches", 1.0))
    } else {
        Err(TantivyError::InvalidArgument(format!(
            "document {doc} does not match"
        )))
    }
}
