//! The query language (DESIGN 8), what it means, and what is asked of a search engine.
//!
//! ```text
//! text --parse--> Query --bind(sources in force, now)--> Bound --matches--> yes or no, on one item
//!                   |                                      |
//!                 printed again, canonical               SearchEngine: all items at once
//! ```
//!
//! [`Query`] is what was typed; [`Bound`] is what it means now: groups and families have become sets
//! of sources, relative times have become moments. Rules, tests and explanations decide by
//! [`matches()`]; an index implements [`SearchEngine`] and must give the same answer (held by a
//! property test beside each engine).
//!
//! Bounded: [`QUERY_BYTES_MAX`], [`DEPTH_MAX`], [`CLAUSES_MAX`]. Never reads a clock, a disk or a
//! network; knows no index.

mod ast;
mod bin;
mod bind;
mod engine;
mod error;
mod lex;
mod matching;
mod names;
mod parse;
mod pattern;
pub mod spans;
mod time;

pub use ast::{Expr, Filter, Query, Reading, TextField, Words};
pub use bin::{BINS_MAX, Bin, bins};
pub use bind::{Binding, Bound, PHRASES_MAX, Stories};
pub use engine::{
    Column, Cursor, Hit, LIMIT_MAX, Match, RELEVANT_MAX, Row, SearchAnswer, SearchEngine,
    SearchError, SearchRequest, Sort,
};
pub use error::{BindError, ParseError, nearest};
pub use matching::{
    AnalysedItem, Document, Field, Highlight, ShownMax, highlights, item_language, matches,
};
pub use names::Names;
pub use parse::{CLAUSES_MAX, DEPTH_MAX, PHRASE_UNITS_MAX, QUERY_BYTES_MAX};
pub use pattern::{Ending, Pattern, Phrase, PhraseUnit, Stem};
pub use time::{Moment, TimeRange};
