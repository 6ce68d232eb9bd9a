//! The one analysis of text in Bellwether: what an analyst searches for is what was indexed, counted
//! and compared.
//!
//! [`analyse`] turns any text into [`Unit`]s: words of scripts that put spaces between them, single
//! characters of scripts that do not, addresses of the web. Units are folded (case, width, diacritics, Han variants,
//! Arabic letters, digits) and remember which bytes of the original they stand for, so that what is
//! shown is always the text as published. Index, queries, counts and fingerprints all begin here;
//! nobody else may fold or split.
//!
//! Never reads a clock, a disk or a network, never fails, never changes a text that is displayed
//! other than by [`display_safe`] and [`excerpt`].
//!
//! Invariants, each held by a property test: folding twice is folding once; composed and decomposed
//! forms of one text give the same units; source spans lie in order, within the text and on
//! character boundaries.

mod address;
mod analyse;
mod changes;
mod class;
mod digest;
mod display;
mod entity;
mod fold;
mod han;
mod hidden;
mod language;
mod lookalike;
mod new_words;
mod polls;
mod segment;
mod simple;
mod spanish;
mod stem;
mod terms;
mod tokens;

pub use address::{ADDRESS_BYTES_MAX, address_key, domains, is_tracking};
pub use analyse::{Analysed, TEXT_BYTES_MAX, Unit, UnitKind, WORD_BYTES_MAX, analyse, fold};
pub use changes::{Change, Piece, changes};
pub use digest::digest;
pub use display::{display_safe, excerpt, is_display_safe};
pub use entity::{Entity, EntityKind};
pub use hidden::has_hidden;
pub use language::language;
pub use new_words::{NewWord, NewWords};
pub use polls::may_quote_poll;
pub use segment::{Segmenter, Word, is_grammar, words};
pub use stem::{STEMMED, stem, stem_lead, stem_term};
pub use terms::{Term, terms, unit_key};
pub use tokens::{IndexToken, index_tokens};

/// Version of the analysis. It is part of the index's payload: an index written by another version
/// is rebuilt, because its tokens would not be those of a query.
pub const ANALYSER: u32 = 2;
