//! What is gathered from matching documents: a page of an answer, or every one with its facts.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::ops::ControlFlow;
use std::sync::Arc;

use bellwether_model::{ItemId, Timestamp};
use bellwether_query::{Column, Cursor, RELEVANT_MAX, Row, Sort};
use tantivy::query::{EnableScoring, Query, Scorer};
use tantivy::{COLLECT_BLOCK_BUFFER_LEN, DocId, DocSet, Searcher, SegmentReader, TERMINATED};

use crate::parts::{NameColumn, Part, Parts};

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

/// What a question is put to.
pub(crate) struct Asked<'a> {
    pub(crate) searcher: &'a Searcher,
    pub(crate) parts: &'a Parts,
}

/// What a page has.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) total: u64,
    /// Times and items in order; one more than asked for tells that there are more.
    pub(crate) hits: Vec<(i64, u64)>,
}

/// How many documents match.
pub(crate) fn count(asked: &Asked<'_>, query: &dyn Query) -> tantivy::Result<u64> {
    let weight = query.weight(EnableScoring::disabled_from_searcher(asked.searcher))?;
    asked
        .searcher
        .segment_readers()
        .iter()
        .map(|reader| weight.count(reader).map(u64::from))
        .sum()
}

/// The first `limit` matches by time after a cursor, and the number of all.
pub(crate) fn by_time(
    asked: &Asked<'_>,
    query: &dyn Query,
    sort: Sort,
    limit: usize,
    after: Option<Cursor>,
) -> tantivy::Result<Page> {
    let weight = query.weight(EnableScoring::disabled_from_searcher(asked.searcher))?;
    let after = after.map(|cursor| key(sort, cursor.micros, cursor.item.0));
    let mut first = Firsts {
        sort,
        keep: limit + 1,
        after,
        heap: BinaryHeap::new(),
    };
    let mut total = 0;
    for reader in asked.searcher.segment_readers() {
        let mut docs = weight.scorer(reader, 1.0)?;
        total += match first.of_segment(reader, &*asked.parts.of(reader)?, &mut *docs) {
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
        part: &Part,
        docs: &mut dyn Scorer,
    ) -> Option<u64> {
        let is_newest = self.sort == Sort::Newest;
        let mut count = Some(0);
        if let (true, Some(after)) = (is_newest, self.after) {
            // Documents of the cursor's own time still have to be told apart by their ids.
            let (micros, _) = unkey(self.sort, after);
            let start = part.first_before(micros.saturating_add(1));
            if docs.doc() < start {
                docs.seek(start);
            }
            count = None;
        }
        let mut doc = docs.doc();
        while doc != TERMINATED {
            let (place, _) = key(self.sort, part.times.get_val(doc), 0);
            let is_late = self.heap.len() == self.keep
                && self.heap.peek().is_some_and(|(last, _)| place > *last);
            // In a segment sorted by time all that follow are later in the order too.
            if is_late && is_newest {
                return count.map(|count| count + rest(reader, docs));
            }
            if is_alive(reader, doc) {
                count = count.map(|count| count + 1);
                if !is_late {
                    let micros = part.times.get_val(doc);
                    self.offer(key(self.sort, micros, part.items.get_val(doc)));
                }
            }
            doc = docs.advance();
        }
        count
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
pub(crate) fn by_relevance(asked: &Asked<'_>, query: &dyn Query) -> tantivy::Result<Page> {
    let weight = query.weight(EnableScoring::enabled_from_searcher(asked.searcher))?;
    let mut total = 0;
    // The worst on top. Scores are sums of whole numbers, so they compare exactly.
    let mut best: BinaryHeap<Reverse<(u32, i64, u64)>> = BinaryHeap::new();
    for reader in asked.searcher.segment_readers() {
        let part = asked.parts.of(reader)?;
        let mut docs = weight.scorer(reader, 1.0)?;
        let mut doc = docs.doc();
        while doc != TERMINATED {
            if is_alive(reader, doc) {
                total += 1;
                let score = docs.score() as u32;
                let is_worse = best.len() == RELEVANT_MAX
                    && best.peek().is_some_and(|Reverse(worst)| {
                        (score, part.times.get_val(doc)) < (worst.0, worst.1)
                    });
                if !is_worse {
                    let micros = part.times.get_val(doc);
                    best.push(Reverse((score, micros, part.items.get_val(doc))));
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
    asked: &Asked<'_>,
    query: &dyn Query,
    columns: &[Column],
    each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>,
) -> tantivy::Result<()> {
    let weight = query.weight(EnableScoring::disabled_from_searcher(asked.searcher))?;
    let mut names: Vec<Names> = columns.iter().map(|_| Names::default()).collect();
    let mut values: Vec<Vec<u32>> = vec![Vec::new(); columns.len()];
    let mut shown: Vec<Vec<String>> = vec![Vec::new(); columns.len()];
    let mut buffer = [0; COLLECT_BLOCK_BUFFER_LEN];
    for reader in asked.searcher.segment_readers() {
        let part = asked.parts.of(reader)?;
        let mut facts: Vec<Fact> = columns
            .iter()
            .map(|column| Fact::open(reader, &part, *column))
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
                    item: ItemId(part.items.get_val(*doc)),
                    micros: part.times.get_val(*doc),
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
    column: Option<Arc<NameColumn>>,
    /// The place of each of the segment's values; unknown until it is first met.
    places: Vec<Option<u32>>,
}

impl Fact {
    fn open(reader: &SegmentReader, part: &Part, column: Column) -> tantivy::Result<Self> {
        let column = part.names(reader, column)?;
        let places = column.as_ref().map_or(0, |column| column.count());
        Ok(Self {
            column,
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
        let Some(column) = &self.column else {
            return Ok(());
        };
        for number in column.numbers.values_for_doc(doc) {
            let Some(known) = usize::try_from(number)
                .ok()
                .and_then(|number| self.places.get_mut(number))
            else {
                continue;
            };
            let place = match known {
                Some(place) => *place,
                None => {
                    let place = column.with_name(number, |name| names.place(name, shown))?;
                    *known.insert(place)
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
