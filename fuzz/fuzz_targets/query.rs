//! Any text as a query: read or refused, with a place within it.

#![no_main]

use bellwether_query::{QUERY_BYTES_MAX, Query};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| match Query::parse(text) {
    Ok(query) => {
        assert!(text.len() <= QUERY_BYTES_MAX);
        let _ = query.to_string();
    }
    Err(error) => assert!(error.position <= text.chars().count()),
});
