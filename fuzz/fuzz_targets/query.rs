//! Any text as a query: read and printed so that it reads the same, or refused at a place within it.

#![no_main]

use bellwether_query::{QUERY_BYTES_MAX, Query};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| match Query::parse(text) {
    Ok(query) => {
        assert!(text.len() <= QUERY_BYTES_MAX);
        let printed = query.to_string();
        if printed.len() <= QUERY_BYTES_MAX {
            assert_eq!(Query::parse(&printed), Ok(query));
        }
    }
    Err(error) => assert!(error.position <= text.chars().count()),
});
