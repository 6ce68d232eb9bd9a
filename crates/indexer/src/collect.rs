//! What is gathered from matching documents: a page of an answer, or every one with its facts.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::ops::ControlFlow;

use bellwether_model::{ItemId, Timestamp};
use bellwether_query::{Column, Cursor, RELEVANT_MAX, Row, Sort};
use tantivy::columnar::{Column as FastColumn, StrColumn};
use tantivy::query::{EnableScoring, Query, Scorer};
use tantivy::{COLLECT_BLOCK_BUFFER_LEN, DocId, DocSet, Searcher, SegmentReader, TERMINATED};

use crate::queries::{first_before, times};
use crate::schema::{HOST, ITEM, LANGUAGE, PLATFORM, PUBLISHER, SOURCE, TAG};

/// The place of an item in the order of an answer: first the smallest. `Newest` counts times
/// downwards; ids always break ties, so that pages neither repeat nor leave out.
type Key = (i64, u64);

fn key(sort: Sort, micros: i64, item: u64) -> Key {
    match sort {
        Sort::Oldest => (micros, item),
        // Complements, as the negative of the smallest number does not exist.
        Sort::Newest | Sort::Relevance => (!micros, !item),
    }
}

fn unkey(sort: Sort, (micros, item): Key) -> Key {
    key(sort, micros, item)
}

/// What a page has.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) total: u64,
    /// Times and items in order; one more than asked for tells that there are more.
    pub(crate) hits: Vec<(i64, u64)>,
}

/// How many documents match.
pub(crate) fn count(searcher: &Searcher, query: &dyn Query) -> tantivy::Result<u64> {
    let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
    searcher
        .segment_readers()
        .iter()
        .map(|reader| weight.count(reader).map(u64::from))
        .sum()
}

/// The first `limit` matches by time after a cursor, and the number of all.
pub(crate) fn by_time(
    searcher: &Searcher,
    query: &dyn Query,
    sort: Sort,
    limit: usize,
    after: Option<Cursor>,
) -> tantivy::Result<Page> {
    let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
    let after = after.map(|cursor| key(sort, cursor.micros, cursor.item.0));
    let mut first = Firsts {
        sort,
        keep: limit + 1,
        after,
        heap: BinaryHeap::new(),
    };
    let mut total = 0;
    for reader in searcher.segment_readers() {
        let mut docs = weight.scorer(reader, 1.0)?;
        total += match first.of_segment(reader, &mut *docs)? {
            Some(count) => count,
            None => u64::from(weight.count(reader)?),
        };
    }
    let hits = first.heap.into_sorted_vec();
    Ok(Page {
        total,
        hits: hits.into_iter().map(|key| unkey(sort, key)).collect(),
    })
}

/// The first keys seen.
struct Firsts {
    sort: Sort,
    keep: usize,
    after: Option<Key>,
    /// The first `keep` keys, the last of them on top.
    heap: BinaryHeap<Key>,
}

impl Firsts {
    /// Takes in the matches of a segment, and counts them; `None` where it went straight to the
    /// cursor's place.
    fn of_segment(
        &mut self,
        reader: &SegmentReader,
        docs: &mut dyn Scorer,
    ) -> tantivy::Result<Option<u64>> {
        let times = times(reader)?;
        let items = reader.fast_fields().u64(ITEM)?;
        let is_newest = self.sort == Sort::Newest;
        let mut count = Some(0);
        if let (true, Some(after)) = (is_newest, self.after) {
            // Documents of the cursor's own time still have to be told apart by their ids.
            let (micros, _) = unkey(self.sort, after);
            let start = first_before(&*times, micros.saturating_add(1));
            if docs.doc() < start {
                docs.seek(start);
            }
            count = None;
        }
        let mut doc = docs.doc();
        while doc != TERMINATED {
            let (place, _) = key(self.sort, times.get_val(doc), 0);
            let is_late = self.heap.len() == self.keep
                && self.heap.peek().is_some_and(|(last, _)| place > *last);
            // In a segment sorted by time all that follow are later in the order too.
            if is_late && is_newest {
                return Ok(count.map(|count| count + rest(reader, docs)));
            }
            if is_alive(reader, doc) {
                count = count.map(|count| count + 1);
                if !is_late {
                    let micros = times.get_val(doc);
                    self.offer(key(self.sort, micros, items.first(doc).unwrap_or_default()));
                }
            }
            doc = docs.advance();
        }
        Ok(count)
    }

    fn offer(&mut self, key: Key) {
        if self.after.is_some_and(|after| key <= after) {
            return;
        }
        self.heap.push(key);
        if self.heap.len() > self.keep {
            self.heap.pop();
        }
    }
}

fn is_alive(reader: &SegmentReader, doc: DocId) -> bool {
    reader
        .alive_bitset()
        .is_none_or(|alive| alive.is_alive(doc))
}

/// The number of matches from where `docs` stands.
fn rest(reader: &SegmentReader, docs: &mut dyn Scorer) -> u64 {
    u64::from(match reader.alive_bitset() {
        Some(alive) => docs.count(alive),
        None => docs.count_including_deleted(),
    })
}

/// The [`RELEVANT_MAX`] matches with the most of what was asked for, best first and latest first among
/// equals, and the number of all.
pub(crate) fn by_relevance(searcher: &Searcher, query: &dyn Query) -> tantivy::Result<Page> {
    let weight = query.weight(EnableScoring::enabled_from_searcher(searcher))?;
    let mut total = 0;
    // The worst on top. Scores are sums of whole numbers, so they compare exactly.
    let mut best: BinaryHeap<Reverse<(u32, i64, u64)>> = BinaryHeap::new();
    for reader in searcher.segment_readers() {
        let times = times(reader)?;
        let items = reader.fast_fields().u64(ITEM)?;
        let mut docs = weight.scorer(reader, 1.0)?;
        let mut doc = docs.doc();
        while doc != TERMINATED {
            if is_alive(reader, doc) {
                total += 1;
                let score = docs.score() as u32;
                let is_worse = best.len() == RELEVANT_MAX
                    && best.peek().is_some_and(|Reverse(worst)| {
                        (score, times.get_val(doc)) < (worst.0, worst.1)
                    });
                if !is_worse {
                    let item = items.first(doc).unwrap_or_default();
                    best.push(Reverse((score, times.get_val(doc), item)));
                    if best.len() > RELEVANT_MAX {
                        best.pop();
                    }
                }
            }
            doc = docs.advance();
        }
    }
    let hits = best.into_sorted_vec();
    Ok(Page {
        total,
        hits: hits
            .into_iter()
            .map(|Reverse((_, micros, item))| (micros, item))
            .collect(),
    })
}

/// Shows every match with the values of some columns.
pub(crate) fn scan(
    searcher: &Searcher,
    query: &dyn Query,
    columns: &[Column],
    each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>,
) -> tantivy::Result<()> {
    let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
    let mut names: Vec<Names> = columns.iter().map(|_| Names::default()).collect();
    let mut values: Vec<Vec<u32>> = vec![Vec::new(); columns.len()];
    let mut shown: Vec<Vec<String>> = vec![Vec::new(); columns.len()];
    let mut buffer = [0; COLLECT_BLOCK_BUFFER_LEN];
    for reader in searcher.segment_readers() {
        let times = times(reader)?;
        let items = reader.fast_fields().u64(ITEM)?;
        let mut facts: Vec<Fact> = columns
            .iter()
            .map(|column| Fact::open(reader, *column))
            .collect::<tantivy::Result<_>>()?;
        let mut docs = weight.scorer(reader, 1.0)?;
        loop {
            let count = docs.fill_buffer(&mut buffer);
            for doc in &buffer[..count] {
                if !is_alive(reader, *doc) {
                    continue;
                }
                for (at, fact) in facts.iter_mut().enumerate() {
                    fact.read(*doc, &mut names[at], &mut shown[at], &mut values[at])?;
                }
                let row = Row {
                    item: ItemId(items.first(*doc).unwrap_or_default()),
                    micros: times.get_val(*doc),
                    values: &values,
                    names: &shown,
                };
                if each(row).is_break() {
                    return Ok(());
                }
            }
            if count < buffer.len() {
                break;
            }
        }
    }
    Ok(())
}

/// The places of names over all segments.
#[derive(Default)]
struct Names(HashMap<String, u32>);

impl Names {
    fn place(&mut self, name: &str, shown: &mut Vec<String>) -> u32 {
        if let Some(place) = self.0.get(name) {
            return *place;
        }
        let place = u32::try_from(shown.len()).unwrap_or(u32::MAX);
        shown.push(name.to_owned());
        self.0.insert(name.to_owned(), place);
        place
    }
}

/// One column of a segment.
struct Fact {
    column: Option<(StrColumn, FastColumn<u64>)>,
    /// The place of each of the segment's values; unknown until it is first met.
    places: Vec<Option<u32>>,
}

impl Fact {
    fn open(reader: &SegmentReader, column: Column) -> tantivy::Result<Self> {
        let name = match column {
            Column::Source => SOURCE,
            Column::Publisher => PUBLISHER,
            Column::Lang => LANGUAGE,
            Column::Platform => PLATFORM,
            Column::Domain => HOST,
            Column::Tag => TAG,
        };
        let column = reader.fast_fields().str(name)?;
        let places = column.as_ref().map_or(0, |column| column.num_terms());
        Ok(Self {
            column: column.map(|column| {
                let ords = column.ords().clone();
                (column, ords)
            }),
            places: vec![None; places],
        })
    }

    fn read(
        &mut self,
        doc: DocId,
        names: &mut Names,
        shown: &mut Vec<String>,
        values: &mut Vec<u32>,
    ) -> tantivy::Result<()> {
        values.clear();
        let Some((column, ords)) = &self.column else {
            return Ok(());
        };
        for ord in ords.values_for_doc(doc) {
            let Some(known) = usize::try_from(ord)
                .ok()
                .and_then(|ord| self.places.get_mut(ord))
            else {
                continue;
            };
            let place = match known {
                Some(place) => *place,
                None => {
                    let mut name = String::new();
                    column.ord_to_str(ord, &mut name)?;
                    *known.insert(names.place(&name, shown))
                }
            };
            values.push(place);
        }
        Ok(())
    }
}

/// The time of so many microseconds.
pub(crate) fn time(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or_default()
}
