//! Search engines for tests.
#![allow(dead_code, reason = "not every test uses both")]

use std::ops::ControlFlow;

use bellwether_archive::{DataDir, LogReader};
use bellwether_query::{
    AnalysedItem, Bound, Column, Row, SearchAnswer, SearchEngine, SearchError, SearchRequest,
    matches,
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

/// Asks the log itself, by the matcher.
pub(crate) struct LogScan(pub(crate) DataDir);

impl SearchEngine for LogScan {
    fn search(&self, _: &SearchRequest) -> Result<SearchAnswer, SearchError> {
        refused()
    }

    fn count(&self, _: &Bound) -> Result<u64, SearchError> {
        refused()
    }

    fn scan(
        &self,
        query: &Bound,
        _: &[Column],
        each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>,
    ) -> Result<(), SearchError> {
        let log = LogReader::open(&self.0).expect("log");
        for id in log.items_of(None, 100_000).expect("items") {
            let item = log.item(id).expect("read").expect("there");
            let row = Row {
                item: id,
                micros: item.time.as_microsecond(),
                values: &[],
                names: &[],
            };
            let is_found = matches(query, &AnalysedItem::of(&item).document(&item));
            if is_found && each(row).is_break() {
                break;
            }
        }
        Ok(())
    }
}
