//! What is kept open of each part of the index.
//!
//! A part never changes but for which of its documents are deleted, and every question needs the same
//! few things of it: times and ids, the names of sources and languages, the documents of a group. So
//! they are opened once for each part and forgotten with it, or a question would spend more time on
//! opening than on looking.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use bellwether_model::SourceId;
use bellwether_query::Column;
use tantivy::columnar::{Column as FastColumn, ColumnValues, StrColumn};
use tantivy::index::SegmentId;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{BitSet, DocId, DocSet, Searcher, SegmentReader, TERMINATED, Term};

use crate::schema::{HOST, ITEM, LANGUAGE, PLATFORM, PUBLISHER, SOURCE, TAG, TIME};

/// Names of one column of a part that are kept: there are far fewer sources and languages than this;
/// hosts and hashtags beyond it are looked up one by one.
const NAMES_MAX: usize = 8_192;

/// Sets of sources kept for each part; a bit for each of its documents. A dozen groups with a million
/// items take about 2 MB.
const SETS_MAX: usize = 32;

/// All parts in use.
#[derive(Debug, Default)]
pub(crate) struct Parts(Mutex<HashMap<SegmentId, Arc<Part>>>);

impl Parts {
    /// What is kept of a part.
    pub(crate) fn of(&self, reader: &SegmentReader) -> tantivy::Result<Arc<Part>> {
        let id = reader.segment_id();
        if let Some(part) = self.lock().get(&id) {
            return Ok(Arc::clone(part));
        }
        let part = Arc::new(Part::open(reader)?);
        self.lock().insert(id, Arc::clone(&part));
        Ok(part)
    }

    /// Forgets the parts that are gone.
    pub(crate) fn keep_only(&self, searcher: &Searcher) {
        let readers = searcher.segment_readers();
        let there: HashSet<SegmentId> = readers.iter().map(SegmentReader::segment_id).collect();
        self.lock().retain(|id, _| there.contains(id));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SegmentId, Arc<Part>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is kept of one part.
pub(crate) struct Part {
    /// The times of its documents in microseconds, latest first.
    pub(crate) times: Arc<dyn ColumnValues<i64>>,
    /// Their items.
    pub(crate) items: Arc<dyn ColumnValues<u64>>,
    names: Mutex<HashMap<Column, Option<Arc<NameColumn>>>>,
    sets: Mutex<HashMap<Arc<BTreeSet<SourceId>>, Arc<BitSet>>>,
}

impl std::fmt::Debug for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Part").finish_non_exhaustive()
    }
}

impl Part {
    fn open(reader: &SegmentReader) -> tantivy::Result<Self> {
        let columns = reader.fast_fields();
        Ok(Self {
            times: values(columns.i64(TIME)?, 0),
            items: values(columns.u64(ITEM)?, 0),
            names: Mutex::default(),
            sets: Mutex::default(),
        })
    }

    /// The first document that is earlier than `micros`.
    pub(crate) fn first_before(&self, micros: i64) -> DocId {
        let (mut low, mut high) = (0, self.times.num_vals());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.times.get_val(middle) >= micros {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// A column of names; `None` where no document has any.
    pub(crate) fn names(
        &self,
        reader: &SegmentReader,
        column: Column,
    ) -> tantivy::Result<Option<Arc<NameColumn>>> {
        let lock = || self.names.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&column) {
            return Ok(known.clone());
        }
        let opened = reader
            .fast_fields()
            .str(field_name(column))?
            .map(|column| Arc::new(NameColumn::new(column)));
        lock().insert(column, opened.clone());
        Ok(opened)
    }

    /// The documents that any of some sources showed. A large group has a good part of the index in
    /// its lists, and the same few groups are asked for over and over.
    pub(crate) fn shown_by(
        &self,
        reader: &SegmentReader,
        field: Field,
        sources: &Arc<BTreeSet<SourceId>>,
    ) -> tantivy::Result<Arc<BitSet>> {
        let lock = || self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(sources) {
            return Ok(Arc::clone(known));
        }
        let found = Arc::new(documents(reader, field, sources)?);
        let mut known = lock();
        if known.len() >= SETS_MAX {
            known.clear();
        }
        known.insert(Arc::clone(sources), Arc::clone(&found));
        Ok(found)
    }
}

/// The values of a column that every document has; without the detour for those that do not.
fn values<T>(column: FastColumn<T>, default: T) -> Arc<dyn ColumnValues<T>>
where
    T: PartialOrd + Copy + std::fmt::Debug + Send + Sync + 'static,
{
    if column.get_cardinality().is_full() {
        column.values
    } else {
        column.first_or_default_col(default)
    }
}

fn field_name(column: Column) -> &'static str {
    match column {
        Column::Source => SOURCE,
        Column::Publisher => PUBLISHER,
        Column::Lang => LANGUAGE,
        Column::Platform => PLATFORM,
        Column::Domain => HOST,
        Column::Tag => TAG,
    }
}

/// The names of a field that a part's documents have.
pub(crate) struct NameColumn {
    column: StrColumn,
    /// For each document the numbers of its names.
    pub(crate) numbers: FastColumn<u64>,
    /// Names by number; none where they are too many to be kept.
    names: Vec<OnceLock<Box<str>>>,
}

impl NameColumn {
    fn new(column: StrColumn) -> Self {
        let count = column.num_terms();
        let kept = if count <= NAMES_MAX { count } else { 0 };
        Self {
            numbers: column.ords().clone(),
            names: (0..kept).map(|_| OnceLock::new()).collect(),
            column,
        }
    }

    /// How many different names there are: their numbers are below this.
    pub(crate) fn count(&self) -> usize {
        self.column.num_terms()
    }

    /// Shows the name of a number.
    pub(crate) fn with_name<R>(
        &self,
        number: u64,
        show: impl FnOnce(&str) -> R,
    ) -> tantivy::Result<R> {
        let kept = usize::try_from(number)
            .ok()
            .and_then(|at| self.names.get(at));
        if let Some(name) = kept.and_then(OnceLock::get) {
            return Ok(show(name));
        }
        let mut name = String::new();
        self.column.ord_to_str(number, &mut name)?;
        Ok(match kept {
            Some(kept) => show(kept.get_or_init(|| name.into_boxed_str())),
            None => show(&name),
        })
    }
}

fn documents(
    reader: &SegmentReader,
    field: Field,
    sources: &BTreeSet<SourceId>,
) -> tantivy::Result<BitSet> {
    let inverted = reader.inverted_index(field)?;
    let mut found = BitSet::with_max_value(reader.max_doc());
    for source in sources {
        let term = Term::from_field_text(field, source.as_str());
        let Some(mut list) = inverted.read_postings(&term, IndexRecordOption::Basic)? else {
            continue;
        };
        let mut doc = list.doc();
        while doc != TERMINATED {
            found.insert(doc);
            doc = list.advance();
        }
    }
    Ok(found)
}
