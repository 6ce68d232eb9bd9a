//! The words of an index that begin alike.

use std::sync::{Arc, OnceLock};

use tantivy::postings::TermInfo;
use tantivy::{InvertedIndexReader, TantivyError};

/// Set by a query that met a beginning with too many words, so that whoever asked can be told.
pub(crate) type TooBroad = Arc<OnceLock<(String, usize)>>;

/// Where the postings of all words lie that begin with `prefix`.
pub(crate) fn beginning_with(
    inverted: &InvertedIndexReader,
    prefix: &str,
    max: usize,
    too_broad: &TooBroad,
) -> tantivy::Result<Vec<TermInfo>> {
    let mut range = inverted.terms().range().ge(prefix);
    let after = after(prefix);
    if let Some(after) = &after {
        range = range.lt(after);
    }
    let mut stream = range.into_stream()?;
    let mut found = Vec::new();
    while stream.advance() {
        if found.len() == max {
            too_broad.get_or_init(|| (prefix.to_owned(), max));
            return Err(TantivyError::InvalidArgument("too many words".to_owned()));
        }
        found.push(stream.value().clone());
    }
    Ok(found)
}

/// The first key after all that begin with `prefix`; `None` where there is none.
fn after(prefix: &str) -> Option<Vec<u8>> {
    let mut key = prefix.as_bytes().to_vec();
    while let Some(last) = key.pop() {
        // Bytes of UTF-8 stay below 0xF8.
        if last < u8::MAX {
            key.push(last + 1);
            return Some(key);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_after_a_prefix() {
        assert_eq!(after("ab").as_deref(), Some(&b"ac"[..]));
        assert_eq!(after("票").as_deref(), Some(&[0xE7, 0xA5, 0xA9][..]));
        assert_eq!(after(""), None);
    }
}
