//! Answers queries from the local index.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use bellwether_archive::DataDir;
use bellwether_model::{ItemId, Seq};
use bellwether_query::{
    Bound, Column, Cursor, Hit, LIMIT_MAX, RELEVANT_MAX, Row, SearchAnswer, SearchEngine,
    SearchError, SearchRequest, Sort,
};
use tantivy::query::Query;
use tantivy::{IndexReader, ReloadPolicy, Searcher};

use crate::collect::{self, Asked, time};
use crate::error::IndexError;
use crate::indexer::open_index;
use crate::parts::Parts;
use crate::payload::Payload;
use crate::plan::Planner;
use crate::queries::TooBroad;
use crate::schema::Fields;

/// The local index, for asking. Any number may be open, also in other processes than the writer's.
/// Follows the writer: a call sees all that was committed before it, also a whole new index.
pub struct LocalEngine {
    path: PathBuf,
    fields: Fields,
    parts: Arc<Parts>,
    open: Mutex<Option<Open>>,
}

/// One state of the index.
struct Open {
    /// The index's own list of its parts, as it was when this state was opened.
    meta: Vec<u8>,
    reader: IndexReader,
    payload: Payload,
}

impl LocalEngine {
    /// The engine of a data folder; the index may come to be later.
    #[must_use]
    pub fn new(dir: &DataDir) -> Self {
        let (_, fields) = Fields::schema();
        Self {
            path: dir.index(),
            fields,
            parts: Arc::default(),
            open: Mutex::new(None),
        }
    }

    /// The last place of the log that can be found.
    ///
    /// # Errors
    /// [`IndexError`] where there is no index of this version.
    pub fn seq(&self) -> Result<Seq, IndexError> {
        self.searcher().map(|(_, payload)| Seq(payload.seq))
    }

    /// Whether the index may still hold words of what was forgotten, though nobody finds them.
    ///
    /// # Errors
    /// [`IndexError`] where there is no index of this version.
    pub fn has_traces(&self) -> Result<bool, IndexError> {
        self.searcher().map(|(_, payload)| payload.has_traces)
    }

    fn searcher(&self) -> Result<(Searcher, Payload), IndexError> {
        // The list of parts is replaced as a whole at each commit and is a few kilobytes: reading it
        // is surer than a time stamp and needs no watcher.
        let meta = match std::fs::read(self.path.join("meta.json")) {
            Ok(meta) => meta,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(IndexError::Absent(self.path.clone()));
            }
            Err(source) => {
                return Err(IndexError::Io {
                    path: self.path.clone(),
                    source,
                });
            }
        };
        let mut open = self
            .open
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(open) = open.as_ref().filter(|open| open.meta == meta) {
            return Ok((open.reader.searcher(), open.payload));
        }
        let index = open_index(&self.path)?;
        let payload = Payload::of(&index)
            .filter(Payload::is_of_this_version)
            .ok_or_else(|| IndexError::OtherVersion(self.path.clone()))?;
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        let searcher = reader.searcher();
        self.parts.keep_only(&searcher);
        *open = Some(Open {
            meta,
            reader,
            payload,
        });
        Ok((searcher, payload))
    }

    /// Asks the index; what a query is too broad for is told as such.
    fn ask<T>(
        &self,
        bound: &Bound,
        is_ranking: bool,
        ask: impl FnOnce(&Asked<'_>, &dyn Query) -> tantivy::Result<T>,
    ) -> Result<T, SearchError> {
        let too_broad = TooBroad::default();
        let planner = Planner {
            fields: &self.fields,
            parts: &self.parts,
            too_broad: Arc::clone(&too_broad),
            is_ranking,
        };
        let answer = self.searcher().and_then(|(searcher, _)| {
            let query = planner.plan(bound)?;
            let asked = Asked {
                searcher: &searcher,
                parts: &self.parts,
            };
            Ok(ask(&asked, &*query)?)
        });
        answer.map_err(|error| match too_broad.get() {
            Some((prefix, max)) => SearchError::TooBroad {
                prefix: prefix.clone(),
                max: *max,
            },
            None => SearchError::Engine(error.to_string()),
        })
    }
}

impl SearchEngine for LocalEngine {
    fn search(&self, request: &SearchRequest) -> Result<SearchAnswer, SearchError> {
        let most = match request.sort {
            Sort::Relevance => RELEVANT_MAX,
            Sort::Newest | Sort::Oldest => LIMIT_MAX,
        };
        let limit = request.limit.clamp(1, most);
        let is_ranking = request.sort == Sort::Relevance;
        let mut page = self.ask(&request.query, is_ranking, |asked, query| {
            match request.sort {
                Sort::Relevance => collect::by_relevance(asked, query),
                sort => collect::by_time(asked, query, sort, limit, request.after),
            }
        })?;
        let has_more = page.hits.len() > limit;
        page.hits.truncate(limit);
        let next = page
            .hits
            .last()
            .filter(|_| has_more && request.sort != Sort::Relevance)
            .map(|&(micros, item)| Cursor {
                micros,
                item: ItemId(item),
            });
        let hits = page
            .hits
            .into_iter()
            .map(|(micros, item)| Hit {
                item: ItemId(item),
                time: time(micros),
            })
            .collect();
        Ok(SearchAnswer {
            total: page.total,
            hits,
            next,
        })
    }

    fn count(&self, query: &Bound) -> Result<u64, SearchError> {
        self.ask(query, false, collect::count)
    }

    fn scan(
        &self,
        query: &Bound,
        columns: &[Column],
        each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>,
    ) -> Result<(), SearchError> {
        self.ask(query, false, |asked, query| {
            collect::scan(asked, query, columns, each)
        })
    }
}
