//! A search engine for tests in which nothing is to be looked up.

use std::ops::ControlFlow;

use bellwether_query::{
    Bound, Column, Row, SearchAnswer, SearchEngine, SearchError, SearchRequest,
};

/// Refuses each question: the log is read from its beginning.
pub(crate) struct NoEngine;

fn refused<T>() -> Result<T, SearchError> {
    Err(SearchError::Engine("not asked here".to_owned()))
}

impl SearchEngine for NoEngine {
    fn search(&self, _: &SearchRequest) -> Result<SearchAnswer, SearchError> {
        refused()
    }

    fn count(&self, _: &Bound) -> Result<u64, SearchError> {
        refused()
    }

    fn scan(
        &self,
        _: &Bound,
        _: &[Column],
        _: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>,
    ) -> Result<(), SearchError> {
        refused()
    }
}
