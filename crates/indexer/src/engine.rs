//! Answers queries from the local index.

use std::path::PathBuf;
use std::sync::Mutex;

use bellwether_archive::DataDir;
use bellwether_model::{ItemId, Seq};
use bellwether_query::{
    Bound, Cursor, Hit, LIMIT_MAX, Match, SearchAnswer, SearchEngine, SearchError, SearchRequest,
};
use tantivy::{IndexReader, ReloadPolicy, Searcher};

use crate::collect::{All, Page, time};
use crate::error::IndexError;
use crate::indexer::open_index;
use crate::payload::Payload;
use crate::plan::plan;
use crate::schema::Fields;

/// The local index, for asking. Any number may be open, also in other processes than the writer's.
/// Follows the writer: a call sees all that was committed before it, also a whole new index.
pub struct LocalEngine {
    path: PathBuf,
    fields: Fields,
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
        let state = open.insert(Open {
            meta,
            reader,
            payload,
        });
        Ok((state.reader.searcher(), payload))
    }

    fn page(&self, request: &SearchRequest) -> Result<SearchAnswer, IndexError> {
        let limit = request.limit.clamp(1, LIMIT_MAX);
        let (searcher, _) = self.searcher()?;
        let query = plan(&request.query, &self.fields)?;
        let page = Page {
            sort: request.sort,
            limit,
            after: request.after,
        };
        let mut fruit = searcher.search(&*query, &page)?;
        let has_more = fruit.hits.len() > limit;
        fruit.hits.truncate(limit);
        let next = fruit
            .hits
            .last()
            .filter(|_| has_more)
            .map(|&(micros, item)| Cursor {
                micros,
                item: ItemId(item),
            });
        let hits = fruit
            .hits
            .into_iter()
            .map(|(micros, item)| Hit {
                item: ItemId(item),
                time: time(micros),
            })
            .collect();
        Ok(SearchAnswer {
            total: fruit.total,
            hits,
            next,
        })
    }

    fn all(&self, query: &Bound, max: usize) -> Result<Vec<Match>, IndexError> {
        let (searcher, _) = self.searcher()?;
        let query = plan(query, &self.fields)?;
        Ok(searcher.search(&*query, &All { max })?)
    }
}

impl SearchEngine for LocalEngine {
    fn search(&self, request: &SearchRequest) -> Result<SearchAnswer, SearchError> {
        self.page(request)
            .map_err(|error| SearchError::Engine(error.to_string()))
    }

    fn collect(&self, query: &Bound, max: usize) -> Result<Vec<Match>, SearchError> {
        let matches = self
            .all(query, max)
            .map_err(|error| SearchError::Engine(error.to_string()))?;
        if matches.len() > max {
            return Err(SearchError::TooMany(max));
        }
        Ok(matches)
    }
}
