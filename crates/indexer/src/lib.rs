//! The local search engine: a Tantivy index that follows the log and answers queries.
//!
//! | question | type |
//! |---|---|
//! | how does the log get into the index? | [`Indexer`], one per data folder |
//! | how is the index asked? | [`LocalEngine`], a [`SearchEngine`](bellwether_query::SearchEngine) |
//!
//! The index can always be rebuilt from the log. Each commit says how far in the log it goes and
//! with which schema and analyser it was written; whatever does not fit is thrown away and built
//! anew, never mended. It holds only what an item and the analyser fix: what configuration says of
//! a source is resolved when a query is bound (DESIGN 5.1). It stores no text: what is shown comes
//! from the log.
//!
//! Never decides what matches: its answers are those of [`matches`](bellwether_query::matches()),
//! which a property test holds.

mod cleaning;
mod collect;
mod engine;
mod error;
mod indexer;
mod merges;
mod parts;
mod payload;
mod plan;
mod queries;
mod schema;
mod tokenizer;

pub use engine::LocalEngine;
pub use error::IndexError;
pub use indexer::{Indexer, Progress};
