//! What is gathered from matching documents: a page of the newest, or all of them for counting.

use std::collections::BinaryHeap;

use bellwether_model::{ItemId, SourceId, Timestamp};
use bellwether_query::{Cursor, Match, Sort};
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader, TantivyError};

use crate::schema::{ITEM, SOURCE, TIME};

/// The place of an item in the order of an answer: first the smallest. `Newest` counts times
/// downwards; ids always break ties, so that pages neither repeat nor leave out.
type Key = (i64, u64);

fn key(sort: Sort, micros: i64, item: u64) -> Key {
    match sort {
        Sort::Oldest => (micros, item),
        // Complements, as the negative of the smallest number does not exist.
        Sort::Newest => (!micros, !item),
    }
}

fn unkey(sort: Sort, (micros, item): Key) -> Key {
    key(sort, micros, item)
}

/// Counts all matches and keeps the first `limit` after a cursor.
pub(crate) struct Page {
    pub(crate) sort: Sort,
    pub(crate) limit: usize,
    pub(crate) after: Option<Cursor>,
}

/// What [`Page`] gathers.
#[derive(Debug, Default)]
pub(crate) struct PageFruit {
    pub(crate) total: u64,
    /// In order; one more than asked for tells that there are more.
    pub(crate) hits: Vec<(i64, u64)>,
}

pub(crate) struct PageSegment {
    sort: Sort,
    keep: usize,
    after: Option<Key>,
    time: Column<i64>,
    item: Column<u64>,
    total: u64,
    /// The first `keep` keys seen, the last of them on top.
    heap: BinaryHeap<Key>,
}

impl Collector for Page {
    type Fruit = PageFruit;
    type Child = PageSegment;

    fn for_segment(
        &self,
        _: SegmentOrdinal,
        segment: &SegmentReader,
    ) -> tantivy::Result<PageSegment> {
        Ok(PageSegment {
            sort: self.sort,
            keep: self.limit + 1,
            after: self
                .after
                .map(|cursor| key(self.sort, cursor.micros, cursor.item.0)),
            time: segment.fast_fields().i64(TIME)?,
            item: segment.fast_fields().u64(ITEM)?,
            total: 0,
            heap: BinaryHeap::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<(u64, Vec<Key>)>) -> tantivy::Result<PageFruit> {
        let total = segments.iter().map(|(total, _)| total).sum();
        let mut keys: Vec<Key> = segments.into_iter().flat_map(|(_, keys)| keys).collect();
        keys.sort_unstable();
        keys.truncate(self.limit + 1);
        let hits = keys.into_iter().map(|key| unkey(self.sort, key)).collect();
        Ok(PageFruit { total, hits })
    }
}

impl SegmentCollector for PageSegment {
    type Fruit = (u64, Vec<Key>);

    fn collect(&mut self, doc: DocId, _: Score) {
        self.total += 1;
        let Some(micros) = self.time.first(doc) else {
            return;
        };
        // The item's id is read only where the time alone does not decide.
        let earliest = key(
            self.sort,
            micros,
            if self.sort == Sort::Newest {
                u64::MAX
            } else {
                0
            },
        );
        if self.heap.len() == self.keep && self.heap.peek().is_some_and(|last| earliest > *last) {
            return;
        }
        let key = key(self.sort, micros, self.item.first(doc).unwrap_or_default());
        if self.after.is_some_and(|after| key <= after) {
            return;
        }
        self.heap.push(key);
        if self.heap.len() > self.keep {
            self.heap.pop();
        }
    }

    fn harvest(self) -> Self::Fruit {
        (self.total, self.heap.into_vec())
    }
}

/// Every match with its time and sources.
pub(crate) struct All {
    pub(crate) max: usize,
}

pub(crate) struct AllSegment {
    time: Column<i64>,
    item: Column<u64>,
    sources: Option<StrColumn>,
    rows: Vec<(u64, i64, Vec<u64>)>,
    max: usize,
}

impl Collector for All {
    type Fruit = Vec<Match>;
    type Child = AllSegment;

    fn for_segment(
        &self,
        _: SegmentOrdinal,
        segment: &SegmentReader,
    ) -> tantivy::Result<Self::Child> {
        Ok(AllSegment {
            time: segment.fast_fields().i64(TIME)?,
            item: segment.fast_fields().u64(ITEM)?,
            sources: segment.fast_fields().str(SOURCE)?,
            rows: Vec::new(),
            max: self.max,
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(
        &self,
        segments: Vec<tantivy::Result<Vec<Match>>>,
    ) -> tantivy::Result<Vec<Match>> {
        let mut matches = Vec::new();
        for segment in segments {
            matches.extend(segment?);
        }
        Ok(matches)
    }
}

impl SegmentCollector for AllSegment {
    type Fruit = tantivy::Result<Vec<Match>>;

    fn collect(&mut self, doc: DocId, _: Score) {
        // One more than allowed is enough to know that there are too many.
        if self.rows.len() > self.max {
            return;
        }
        if let (Some(item), Some(micros)) = (self.item.first(doc), self.time.first(doc)) {
            let sources = self
                .sources
                .as_ref()
                .map(|column| column.term_ords(doc).collect());
            self.rows.push((item, micros, sources.unwrap_or_default()));
        }
    }

    fn harvest(self) -> Self::Fruit {
        let names = match &self.sources {
            Some(column) => names(column)?,
            None => Vec::new(),
        };
        self.rows
            .into_iter()
            .map(|(item, micros, sources)| {
                Ok(Match {
                    item: ItemId(item),
                    time: time(micros),
                    sources: sources
                        .into_iter()
                        .filter_map(|ord| names.get(usize::try_from(ord).ok()?).cloned())
                        .collect(),
                })
            })
            .collect()
    }
}

/// All sources of a segment by their ordinal: a few thousand at most.
fn names(column: &StrColumn) -> tantivy::Result<Vec<SourceId>> {
    let mut names = Vec::with_capacity(column.num_terms());
    let mut stream = column.dictionary().stream()?;
    while stream.advance() {
        let name = std::str::from_utf8(stream.key())
            .map_err(|error| TantivyError::InternalError(error.to_string()))?;
        names.push(SourceId::new(name));
    }
    Ok(names)
}

/// The time of so many microseconds.
pub(crate) fn time(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or_default()
}
