//! What the daemon asks of a search engine. Implemented by the local index, later by a cluster.

use std::fmt;
use std::ops::ControlFlow;
use std::str::FromStr;

use bellwether_model::{ItemId, SourceId, Timestamp};

use crate::bind::Bound;

/// Most items of one page of an answer.
pub const LIMIT_MAX: usize = 1_000;

/// In which order items come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Latest time first.
    #[default]
    Newest,
    /// Earliest time first.
    Oldest,
    /// Those with the most of what was asked for first, latest time first among equals: a word in
    /// the title counts more than one in the text. At most [`RELEVANT_MAX`] items come so.
    Relevance,
}

/// Most items that an answer by relevance has: nobody reads further, and an order that new items
/// do not disturb has to be made whole.
pub const RELEVANT_MAX: usize = 500;

/// Where the next page begins: after this item in the order asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// Its time in microseconds.
    pub micros: i64,
    /// Its id.
    pub item: ItemId,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}.{:x}", self.micros, self.item.0)
    }
}

impl FromStr for Cursor {
    type Err = SearchError;

    fn from_str(text: &str) -> Result<Self, SearchError> {
        let parse = || {
            let (micros, item) = text.split_once('.')?;
            // Negative times print as two's complement.
            let micros = u64::from_str_radix(micros, 16).ok()?.cast_signed();
            let item = u64::from_str_radix(item, 16).ok()?;
            Some(Self {
                micros,
                item: ItemId(item),
            })
        };
        parse().ok_or_else(|| SearchError::Cursor(text.chars().take(80).collect()))
    }
}

/// What is searched for.
#[derive(Debug, Clone)]
pub struct SearchRequest {
    /// The query.
    pub query: Bound,
    /// The order.
    pub sort: Sort,
    /// At most so many items; never more than [`LIMIT_MAX`].
    pub limit: usize,
    /// Where the page begins; at the first item, where `None`. Not with [`Sort::Relevance`].
    pub after: Option<Cursor>,
}

/// A fact of items that can be counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// The sources that showed it.
    Source,
    /// Who published it.
    Publisher,
    /// Its language, such as `zh-Hant`.
    Lang,
    /// The platform an imported line named, in lower case.
    Platform,
    /// The hosts of its addresses.
    Domain,
    /// Its hashtags, folded.
    Tag,
}

/// One matching item with the facts that were asked for.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// The item.
    pub item: ItemId,
    /// Its time in microseconds.
    pub micros: i64,
    /// For each column that was asked for the item's values, as places in `names`.
    pub values: &'a [Vec<u32>],
    /// For each column what its values are called. Grows while rows come; a place never changes.
    pub names: &'a [Vec<String>],
}

/// One item found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// The item.
    pub item: ItemId,
    /// Its time.
    pub time: Timestamp,
}

/// One page of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchAnswer {
    /// All that match, not only this page.
    pub total: u64,
    /// The items of this page in order.
    pub hits: Vec<Hit>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Cursor>,
}

/// One matching item with what is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The item.
    pub item: ItemId,
    /// Its time.
    pub time: Timestamp,
    /// The sources that showed it.
    pub sources: Vec<SourceId>,
}

/// Why a search gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// A cursor that no answer gave out.
    #[error("`{0}` is no cursor; take the one of the page before, or leave it out")]
    Cursor(String),
    /// More matches than can be counted one by one.
    #[error("more than {0} items match; narrow the query or the time")]
    TooMany(usize),
    /// A beginning of words that stands for more words than can be looked up.
    #[error("`{prefix}*` stands for more than {max} words; give it more letters")]
    TooBroad {
        /// The beginning.
        prefix: String,
        /// Most words.
        max: usize,
    },
    /// The engine failed.
    #[error("the index cannot be read: {0}")]
    Engine(String),
}

/// What is asked of a search engine. It sees all that was committed before the call.
pub trait SearchEngine: Send + Sync {
    /// Matching items, page by page, with their number.
    ///
    /// # Errors
    /// [`SearchError`] where the engine fails.
    fn search(&self, request: &SearchRequest) -> Result<SearchAnswer, SearchError>;

    /// How many items match.
    ///
    /// # Errors
    /// [`SearchError`] where the engine fails.
    fn count(&self, query: &Bound) -> Result<u64, SearchError>;

    /// Shows every matching item once, in no order, with some facts of it, until `each` breaks off.
    ///
    /// # Errors
    /// [`SearchError`] where the engine fails.
    fn scan(
        &self,
        query: &Bound,
        columns: &[Column],
        each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>,
    ) -> Result<(), SearchError>;

    /// Every matching item with its time and sources, in no order.
    ///
    /// # Errors
    /// [`SearchError::TooMany`] where there are more than `max`.
    fn collect(&self, query: &Bound, max: usize) -> Result<Vec<Match>, SearchError> {
        let mut found = Vec::new();
        let mut is_too_many = false;
        self.scan(query, &[Column::Source], &mut |row| {
            if found.len() == max {
                is_too_many = true;
                return ControlFlow::Break(());
            }
            let name = |at: &u32| row.names.first()?.get(*at as usize);
            let sources = row.values.first().into_iter().flatten();
            found.push(Match {
                item: row.item,
                time: Timestamp::from_microsecond(row.micros).unwrap_or_default(),
                sources: sources.filter_map(name).map(SourceId::new).collect(),
            });
            ControlFlow::Continue(())
        })?;
        if is_too_many {
            return Err(SearchError::TooMany(max));
        }
        Ok(found)
    }
}
