//! What the kinds of source have in common.

pub mod wall;
