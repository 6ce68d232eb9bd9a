//! Follows the log.

use std::collections::BTreeSet;
use std::path::Path;

use bellwether_archive::{DataDir, EntryBody, LogReader};
use bellwether_model::{Item, ItemId, Seq};
use bellwether_query::AnalysedItem;
use bellwether_text::{Analysed, EntityKind, domains};
use tantivy::directory::MmapDirectory;
use tantivy::indexer::IndexWriterOptions;
use tantivy::{Index, IndexWriter, TantivyDocument, Term};

use crate::cleaning::Cleaning;
use crate::error::IndexError;
use crate::merges::Merges;
use crate::payload::{Payload, commit};
use crate::schema::{Fields, address_hash};
use crate::tokenizer::{NAME, UnitTokenizer, with_language};

/// Threads that analyse and write, one for each of the two cores we are built for.
const THREADS: usize = 2;

/// Memory of one writing thread. More gives larger first parts and fewer merges; this much keeps the
/// whole within the 200 MiB that DESIGN 5.3 gives the index.
const MEMORY_BYTES: usize = 32 << 20;

/// Threads that merge. A second one would double the memory of merging, and take its time from
/// searches.
const MERGE_THREADS: usize = 1;

/// Entries of the log in one commit, so that a crash during a rebuild costs seconds.
const ENTRIES_PER_COMMIT: usize = 20_000;

/// Entries of the log that are read at once.
const ENTRIES_PER_READ: usize = 2_000;

/// The one writer of the index. The caller holds the lock of the role `index`.
pub struct Indexer {
    fields: Fields,
    writer: IndexWriter<TantivyDocument>,
    seq: Seq,
    cleaning: Option<Cleaning>,
}

/// How far the index has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The last place of the log that is in the index.
    pub seq: Seq,
    /// Items written by this call.
    pub items: usize,
}

impl Indexer {
    /// Opens the index, and makes it anew where it is absent, unreadable, of another version, or
    /// further than the log.
    ///
    /// # Errors
    /// [`IndexError`] where the folder cannot be used.
    pub fn open(dir: &DataDir, log: &LogReader) -> Result<Self, IndexError> {
        let path = dir.index();
        let head = log.head()?.seq;
        let kept = open_index(&path).ok().and_then(|index| {
            let payload = Payload::of(&index)?;
            (payload.is_of_this_version() && payload.seq <= head.0).then_some((index, payload))
        });
        let (index, seq, has_traces) = match kept {
            Some((index, payload)) => (index, Seq(payload.seq), payload.has_traces),
            None => (create(&path)?, Seq(0), false),
        };
        let (_, fields) = Fields::schema();
        index.tokenizers().register(NAME, UnitTokenizer);
        let options = IndexWriterOptions::builder()
            .num_worker_threads(THREADS)
            .memory_budget_per_thread(MEMORY_BYTES)
            .num_merge_threads(MERGE_THREADS)
            .build();
        let mut writer: IndexWriter<TantivyDocument> = index.writer_with_options(options)?;
        writer.set_merge_policy(Box::new(Merges::new()));
        // Killed before a commit was complete, its files are left over, and the same work done again
        // wants to write files of the same names.
        writer.garbage_collect_files().wait()?;
        if seq == Seq(0) {
            // From its first moment an index says what it is.
            commit(&mut writer, seq, false)?;
        }
        let cleaning = has_traces
            .then(|| Cleaning::begin(writer.index()))
            .transpose()?;
        Ok(Self {
            fields,
            writer,
            seq,
            cleaning,
        })
    }

    /// Throws the index away, so that the next [`Self::open`] begins at the start of the log.
    ///
    /// # Errors
    /// [`IndexError`] where the folder cannot be emptied.
    pub fn discard(dir: &DataDir) -> Result<(), IndexError> {
        empty(&dir.index())
    }

    /// The last place of the log that is in the index.
    #[must_use]
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// Takes in what is new in the log, at most a bounded piece, and commits. Where
    /// nothing is new, nothing is done.
    ///
    /// # Errors
    /// [`IndexError`] where log or index fail; nothing of this call is kept then.
    pub fn advance(&mut self, log: &LogReader) -> Result<Progress, IndexError> {
        self.clean()?;
        let mut reached = self.seq;
        let mut read = 0;
        let mut items = 0;
        let mut has_forgotten = false;
        while read < ENTRIES_PER_COMMIT {
            let before = reached;
            let entries = log.entries_after(reached, ENTRIES_PER_READ)?;
            let Some(last) = entries.last() else { break };
            reached = last.seq;
            read += entries.len();
            let changed: BTreeSet<ItemId> = entries
                .iter()
                .filter_map(|entry| match entry.body {
                    EntryBody::Item(id)
                    | EntryBody::Version(id)
                    | EntryBody::Sighting(id)
                    | EntryBody::Gone(id) => Some(id),
                    EntryBody::Outcome { .. }
                    | EntryBody::Import(_)
                    | EntryBody::Configuration
                    | EntryBody::Heartbeat => None,
                })
                .collect();
            items += changed.len();
            for id in changed {
                let result = log
                    .item(id)
                    .map_err(IndexError::from)
                    .and_then(|item| match item {
                        Some(item) => self.put(&item, before),
                        None => {
                            self.remove(id, before);
                            let tombstone = log.tombstone(id)?;
                            has_forgotten |= tombstone.is_some_and(|found| found.is_forgotten);
                            Ok(())
                        }
                    });
                if let Err(error) = result {
                    self.writer.rollback()?;
                    return Err(error);
                }
            }
        }
        if read > 0 {
            let has_traces = has_forgotten || self.cleaning.is_some();
            commit(&mut self.writer, reached, has_traces)?;
            self.seq = reached;
        }
        if has_forgotten {
            self.cleaning = Some(Cleaning::begin(self.writer.index())?);
            self.clean()?;
        }
        Ok(Progress {
            seq: self.seq,
            items,
        })
    }

    /// Whether parts may still hold words of what was forgotten. That ends in the background, and is
    /// noticed by [`Self::advance`].
    #[must_use]
    pub fn has_traces(&self) -> bool {
        self.cleaning.is_some()
    }

    fn clean(&mut self) -> Result<(), IndexError> {
        if let Some(cleaning) = &mut self.cleaning
            && cleaning.go_on(&mut self.writer)?
        {
            self.cleaning = None;
            commit(&mut self.writer, self.seq, false)?;
        }
        Ok(())
    }

    /// An item replaces its earlier self. One that began after the place reached `before` has none:
    /// an id is the place at which it began, and each looking for one costs as much as a short text.
    fn put(&mut self, item: &Item, before: Seq) -> Result<(), IndexError> {
        self.remove(item.id, before);
        self.writer.add_document(document(item, &self.fields))?;
        Ok(())
    }

    fn remove(&mut self, id: ItemId, before: Seq) {
        if id.0 <= before.0 {
            self.writer
                .delete_term(Term::from_field_u64(self.fields.item, id.0));
        }
    }
}

/// What the index holds of an item.
fn document(item: &Item, fields: &Fields) -> TantivyDocument {
    let analysed = AnalysedItem::of(item);
    let lang = analysed.lang;
    let mut document = TantivyDocument::new();
    document.add_u64(fields.item, item.id.0);
    document.add_i64(fields.time, item.time.as_microsecond());
    document.add_text(fields.title, with_language(lang, &item.title));
    document.add_text(fields.text, with_language(lang, &item.text));
    for source in &item.sources {
        document.add_text(fields.source, source.as_str());
    }
    document.add_text(fields.publisher, item.publisher.as_str());
    document.add_text(fields.language, lang);
    let lower = lang.to_lowercase();
    if let Some((primary, _)) = lower.split_once('-') {
        document.add_text(fields.lang, primary);
    }
    document.add_text(fields.lang, &lower);
    if let Some(platform) = &item.platform {
        document.add_text(fields.platform, platform.to_lowercase());
    }
    let linked = [&analysed.title, &analysed.text]
        .into_iter()
        .flat_map(|text| keys(text, EntityKind::Url));
    let addresses: BTreeSet<&str> = analysed
        .address
        .as_deref()
        .into_iter()
        .chain(linked)
        .collect();
    let hosts: BTreeSet<&str> = addresses
        .iter()
        .filter_map(|key| domains(key).next())
        .collect();
    let above: BTreeSet<&str> = hosts.iter().flat_map(|host| domains(host)).collect();
    for address in addresses {
        document.add_u64(fields.url, address_hash(address));
    }
    for host in hosts {
        document.add_text(fields.host, host);
    }
    for domain in above {
        document.add_text(fields.domain, domain);
    }
    let tags: BTreeSet<&str> = [&analysed.title, &analysed.text]
        .into_iter()
        .flat_map(|text| keys(text, EntityKind::Tag))
        .collect();
    for tag in tags {
        document.add_text(fields.tag, tag);
    }
    document
}

fn keys(text: &Analysed, wanted: EntityKind) -> impl Iterator<Item = &str> {
    text.entities()
        .iter()
        .filter(move |entity| entity.kind == wanted)
        .map(|entity| text.key(entity))
}

/// Opens what is there, of whatever version.
pub(crate) fn open_index(path: &Path) -> tantivy::Result<Index> {
    let index = Index::open(MmapDirectory::open(path)?)?;
    index.tokenizers().register(NAME, UnitTokenizer);
    Ok(index)
}

fn create(path: &Path) -> Result<Index, IndexError> {
    tracing::info!("the index is built from the log");
    empty(path)?;
    let (schema, _) = Fields::schema();
    let directory = MmapDirectory::open(path).map_err(tantivy::TantivyError::from)?;
    Ok(Index::create(directory, schema, Fields::settings())?)
}

fn empty(path: &Path) -> Result<(), IndexError> {
    let io = |source| IndexError::Io {
        path: path.to_owned(),
        source,
    };
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(io(error)),
        _ => {}
    }
    std::fs::create_dir_all(path).map_err(io)
}
