//! The one function that appends to the log.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use bellwether_model::{CaptureId, GroupId, Outcome, Seq, SourceId};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::absences;
use super::batch::{Batch, ImportedSource, Receipt};
use super::capturing::{keep_capture, note_capture};
use super::forget::forget_capture;
use super::gone::{has_forgotten, shows_forgotten};
use super::items::{append_item, append_wording};
use super::purpose::{Keeps, brings_nothing};
use super::reader::{GoneCause, ImportSpan};
use super::schema;
use crate::sql::{int, ms, uint};
use crate::warc::{self, WarcWriter};
use crate::{ArchiveError, DataDir};

/// Writes the log. There is one, held by the process that has the role `poll`.
pub struct LogWriter {
    pub(super) connection: Connection,
    pub(super) warc: WarcWriter,
    pub(super) folder: PathBuf,
    seq: u64,
    at: i64,
    /// Whether any item was forgotten: else nobody looks for one in what is appended.
    pub(super) has_forgotten: bool,
    keeps: Keeps,
}

impl LogWriter {
    /// Opens the log, making it if there is none, and cuts off what a crash left unfinished.
    ///
    /// # Errors
    /// Where files cannot be used or are damaged.
    pub fn open(dir: &DataDir) -> Result<Self, ArchiveError> {
        let connection = schema::open(&dir.sqlite("log"))?;
        let committed = connection
            .query_row(
                "SELECT number, length FROM warc_file ORDER BY number DESC LIMIT 1",
                [],
                |row| Ok((row.get::<_, u32>(0)?, uint(row.get(1)?))),
            )
            .optional()
            .map_err(read)?;
        let (seq, at) = connection
            .query_row("SELECT coalesce(max(seq), 0) FROM entry", [], |row| {
                row.get::<_, i64>(0)
            })
            .and_then(|seq| {
                let at = connection
                    .query_row("SELECT at FROM entry WHERE seq = ?1", [seq], |row| {
                        row.get(0)
                    })
                    .optional()?;
                Ok((uint(seq), at.unwrap_or(i64::MIN)))
            })
            .map_err(read)?;
        let folder = dir.warc();
        warc::sweep(&folder, &generations(&connection)?)?;
        let warc = WarcWriter::open(&folder, committed)?;
        Ok(Self {
            has_forgotten: has_forgotten(&connection)?,
            connection,
            warc,
            folder,
            seq,
            at,
            keeps: Keeps::All,
        })
    }

    /// Which captures keep their payloads from here on. Where the disk has no room for all, items still
    /// come into the log, with a capture that says why it has no payload.
    pub fn keep_captures(&mut self, keeps: Keeps) {
        self.keeps = keeps;
    }

    /// Appends batches: captures first and synced, then everything else in one transaction. When
    /// this returns, all of it is on disk; when it fails, none of it is visible.
    ///
    /// # Errors
    /// Where a file or the database refuses.
    pub fn append(&mut self, batches: &[Batch]) -> Result<Vec<Receipt>, ArchiveError> {
        let committed = self.warc.committed();
        let before = (self.seq, self.at);
        let result = self.try_append(batches);
        if result.is_err() {
            (self.seq, self.at) = before;
            self.warc.rewind(committed)?;
        }
        result
    }

    fn try_append(&mut self, batches: &[Batch]) -> Result<Vec<Receipt>, ArchiveError> {
        let transaction = self.connection.transaction().map_err(write)?;
        let mut head = LogEnd {
            seq: self.seq,
            at: self.at,
        };
        let mut receipts = Vec::with_capacity(batches.len());
        let mut firsts = BTreeMap::new();
        for batch in batches {
            let capture = match &batch.capture {
                Some(capture) => {
                    let has_room = match self.keeps {
                        Keeps::All => true,
                        Keeps::Originals => !brings_nothing(&transaction, batch, capture)?,
                        Keeps::None => false,
                    };
                    let gone = if self.has_forgotten && shows_forgotten(&transaction, batch)? {
                        Some(GoneCause::Forgotten)
                    } else {
                        (!has_room).then_some(GoneCause::NoRoom)
                    };
                    Some(match gone {
                        Some(cause) => note_capture(&transaction, batch, capture, cause)?,
                        None => {
                            let id = keep_capture(&transaction, &mut self.warc, batch, capture)?;
                            firsts.entry(self.warc.committed().0).or_insert(id);
                            id
                        }
                    })
                }
                None => batch.capture_before,
            };
            if self.has_forgotten
                && let Some(before) = batch.capture_before
                && shows_forgotten(&transaction, batch)?
            {
                forget_capture(&transaction, before, batch.at)?;
            }
            receipts.push(append_one(&transaction, &mut head, batch, capture)?);
        }
        if !firsts.is_empty() {
            self.warc.sync()?;
            for (number, length) in self.warc.take_lengths() {
                let first = firsts.get(&number).map(|id| int(id.0));
                put_length(&transaction, number, length, first)?;
            }
        }
        transaction.commit().map_err(write)?;
        (self.seq, self.at) = (head.seq, head.at);
        Ok(receipts)
    }

    /// Does something to the log in one transaction; the entries it adds are the log's end after it.
    pub(super) fn in_transaction<R>(
        &mut self,
        at: bellwether_model::Timestamp,
        work: impl FnOnce(&Transaction<'_>, &mut LogEnd) -> Result<R, ArchiveError>,
    ) -> Result<R, ArchiveError> {
        let transaction = self.connection.transaction().map_err(write)?;
        let mut head = LogEnd {
            seq: self.seq,
            at: self.at.max(ms(at)),
        };
        let before = head.seq;
        let done = work(&transaction, &mut head)?;
        transaction.commit().map_err(write)?;
        if head.seq > before {
            (self.seq, self.at) = (head.seq, head.at);
        }
        Ok(done)
    }

    /// What the poller remembered of a source.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn poll_state(&self, source: &SourceId) -> Result<Option<String>, ArchiveError> {
        super::reader::poll_state(&self.connection, source)
    }

    /// The digest of the configuration that was last put into force.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn configuration(&self) -> Result<Option<String>, ArchiveError> {
        self.connection
            .query_row(
                "SELECT digest FROM configuration ORDER BY seq DESC LIMIT 1",
                [],
                |row| row.get(0),
            )
            .optional()
            .map_err(read)
    }
}

/// How often each file was written anew, and its length.
fn generations(connection: &Connection) -> Result<BTreeMap<u32, (u32, u64)>, ArchiveError> {
    connection
        .prepare("SELECT number, generation, length FROM warc_file")
        .and_then(|mut s| {
            s.query_map([], |row| {
                Ok((row.get(0)?, (row.get(1)?, uint(row.get(2)?))))
            })?
            .collect()
        })
        .map_err(read)
}

/// Notes how long a file is.
pub(super) fn put_length(
    transaction: &Transaction<'_>,
    number: u32,
    length: u64,
    first: Option<i64>,
) -> Result<(), ArchiveError> {
    transaction
        .execute(
            "INSERT INTO warc_file (number, length, first) VALUES (?1, ?2, ?3)
             ON CONFLICT(number) DO UPDATE SET length = ?2,
               first = CASE length WHEN 0 THEN coalesce(first, ?3) ELSE first END",
            params![number, int(length), first],
        )
        .map(drop)
        .map_err(write)
}

pub(super) fn read(source: rusqlite::Error) -> ArchiveError {
    ArchiveError::Sql {
        file: "log",
        action: "read",
        source,
    }
}

pub(super) fn write(source: rusqlite::Error) -> ArchiveError {
    ArchiveError::Sql {
        file: "log",
        action: "written",
        source,
    }
}

/// The end of the log while a transaction is under way.
pub(super) struct LogEnd {
    pub(super) seq: u64,
    at: i64,
}

impl LogEnd {
    /// Adds an entry and returns its place.
    pub(super) fn entry(
        &mut self,
        transaction: &Transaction<'_>,
        kind: &str,
        item: Option<u64>,
        source: Option<&SourceId>,
    ) -> Result<u64, ArchiveError> {
        self.seq += 1;
        transaction
            .prepare_cached(
                "INSERT INTO entry (seq, at, kind, item, source) VALUES (?1, ?2, ?3, ?4, ?5)",
            )
            .and_then(|mut statement| {
                statement.execute(params![
                    int(self.seq),
                    self.at,
                    kind,
                    item.map(int),
                    source.map(SourceId::as_str)
                ])
            })
            .map_err(write)?;
        Ok(self.seq)
    }
}

fn append_one(
    transaction: &Transaction<'_>,
    head: &mut LogEnd,
    batch: &Batch,
    capture: Option<CaptureId>,
) -> Result<Receipt, ArchiveError> {
    head.at = head.at.max(ms(batch.at));
    let before = head.seq;
    let mut changes = Vec::with_capacity(batch.items.len());
    if !batch.items.is_empty() {
        let capture = capture.ok_or_else(|| {
            ArchiveError::damaged("a batch", "items without the capture that holds them")
        })?;
        let imported_at = batch.imported.first().map(|_| batch.at);
        let mut done = HashSet::new();
        for item in &batch.items {
            if let Some(known) = batch.page_of {
                changes.push(append_wording(transaction, head, known, item, capture)?);
                continue;
            }
            changes.push(append_item(
                transaction,
                head,
                item,
                capture,
                imported_at,
                &mut done,
            )?);
        }
    }
    if let Some(capture) = capture {
        for absence in &batch.absences {
            absences::put(transaction, absence, capture)?;
        }
    }
    let rests = head.seq > before || !batch.absences.is_empty();
    if let (Some(capture), true) = (capture, rests) {
        super::purpose::rests_on(transaction, capture)?;
    }
    for source in &batch.imported {
        put_imported(transaction, source)?;
    }
    for span in &batch.covered {
        put_covered(transaction, head, span)?;
    }
    let mut receipt = Receipt {
        seq: Seq(0),
        capture,
        changes,
    };
    if let Some(outcome) = &batch.outcome {
        let (items_new, items_updated, items_unchanged) = receipt.counts();
        let outcome = Outcome {
            items_new: outcome.items_new + items_new,
            items_updated: outcome.items_updated + items_updated,
            items_unchanged: outcome.items_unchanged + items_unchanged,
            ..outcome.clone()
        };
        put_outcome(transaction, head, &outcome)?;
    }
    if let Some((source, state)) = &batch.poll_state {
        transaction
            .prepare_cached("INSERT INTO poll_state VALUES (?1, ?2) ON CONFLICT(source) DO UPDATE SET state = ?2")
            .and_then(|mut statement| statement.execute(params![source.as_str(), state]))
            .map_err(write)?;
    }
    if let Some((digest, text)) = &batch.configuration {
        let seq = head.entry(transaction, "configuration", None, None)?;
        transaction
            .execute(
                "INSERT INTO configuration VALUES (?1, ?2, ?3)",
                params![int(seq), digest, text],
            )
            .map_err(write)?;
    }
    if batch.heartbeat {
        head.entry(transaction, "heartbeat", None, None)?;
    }
    receipt.seq = Seq(head.seq);
    Ok(receipt)
}

fn put_outcome(
    transaction: &Transaction<'_>,
    head: &mut LogEnd,
    outcome: &Outcome,
) -> Result<(), ArchiveError> {
    let seq = head.entry(transaction, "outcome", None, Some(&outcome.source))?;
    let source = outcome.source.as_str();
    transaction
        .prepare_cached(
            "INSERT INTO outcome VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                int(seq),
                source,
                ms(outcome.at),
                outcome.kind.as_str(),
                outcome.status,
                outcome.items_new,
                outcome.items_updated,
                outcome.items_unchanged,
                outcome.repaired,
                outcome.error,
                int(outcome.body_bytes),
                outcome.moved_to,
                outcome.fallback,
            ])
        })
        .map_err(write)?;
    let collected = outcome.kind.is_collected();
    transaction
        .prepare_cached(
            "INSERT INTO source_hour VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT(source, hour) DO UPDATE
             SET collected = collected + ?3, failed = failed + ?4, items_new = items_new + ?5,
                 error = coalesce(?6, error)",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                source,
                // The log's time, as whoever reads the entries sees it.
                head.at.div_euclid(3_600_000),
                i64::from(collected),
                i64::from(!collected),
                outcome.items_new,
                outcome.error,
            ])
        })
        .map(drop)
        .map_err(write)
}

fn put_covered(
    transaction: &Transaction<'_>,
    head: &mut LogEnd,
    span: &ImportSpan,
) -> Result<(), ArchiveError> {
    let seq = head.entry(transaction, "import", None, Some(&span.source))?;
    transaction
        .prepare_cached("INSERT INTO import VALUES (?1, ?2, ?3, ?4)")
        .and_then(|mut statement| {
            let (first, last) = (ms(span.first), ms(span.last));
            statement.execute(params![int(seq), span.source.as_str(), first, last])
        })
        .map(drop)
        .map_err(write)
}

fn put_imported(
    transaction: &Transaction<'_>,
    source: &ImportedSource,
) -> Result<(), ArchiveError> {
    let groups: Vec<&str> = source.groups.iter().map(GroupId::as_str).collect();
    let groups = serde_json::to_string(&groups)
        .map_err(|error| ArchiveError::damaged("an import", error.to_string()))?;
    transaction
        .prepare_cached(
            "INSERT INTO imported_source VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(id) DO UPDATE
             SET family = ?3, groups = ?4, platform = coalesce(?5, platform),
                 first = min(first, ?6), last = max(last, ?7)",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                source.id.as_str(),
                source.publisher.as_str(),
                source.family.as_str(),
                groups,
                source.platform,
                ms(source.first),
                ms(source.last),
            ])
        })
        .map(drop)
        .map_err(write)
}
