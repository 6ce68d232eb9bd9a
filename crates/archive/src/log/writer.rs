//! The one function that appends to the log.

use std::collections::HashSet;

use bellwether_model::{CaptureId, GroupId, ItemId, Outcome, Seq, SourceId, Timestamp};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use sha2::{Digest, Sha256};

use super::batch::{Batch, ImportedSource, ItemChange, NewCapture, NewItem, Receipt};
use super::schema::SCHEMA;
use crate::sql::{self, int, ms, pack, uint};
use crate::warc::{self, CaptureKind, Place, Record, Refers, WarcWriter};
use crate::{ArchiveError, DataDir};

/// Writes the log. There is one, held by the process that has the role `poll`.
pub struct LogWriter {
    connection: Connection,
    warc: WarcWriter,
    seq: u64,
    at: i64,
}

impl LogWriter {
    /// Opens the log, making it if there is none, and cuts off what a crash left unfinished.
    ///
    /// # Errors
    /// Where files cannot be used or are damaged.
    pub fn open(dir: &DataDir) -> Result<Self, ArchiveError> {
        let connection = sql::open(&dir.sqlite("log"), "log", SCHEMA, sql::Survives::PowerCut)?;
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
        let warc = WarcWriter::open(&dir.warc(), committed)?;
        Ok(Self {
            connection,
            warc,
            seq,
            at,
        })
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
        let mut wrote = false;
        for batch in batches {
            let capture = match &batch.capture {
                Some(capture) => {
                    wrote = true;
                    Some(keep_capture(&transaction, &mut self.warc, capture)?)
                }
                None => batch.capture_before,
            };
            receipts.push(append_one(&transaction, &mut head, batch, capture)?);
        }
        if wrote {
            self.warc.sync()?;
            let (number, length) = self.warc.committed();
            transaction
                .execute(
                    "INSERT INTO warc_file VALUES (?1, ?2) ON CONFLICT(number) DO UPDATE SET length = ?2",
                    params![number, int(length)],
                )
                .map_err(write)?;
        }
        transaction.commit().map_err(write)?;
        (self.seq, self.at) = (head.seq, head.at);
        Ok(receipts)
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

fn read(source: rusqlite::Error) -> ArchiveError {
    ArchiveError::Sql {
        file: "log",
        action: "read",
        source,
    }
}

fn write(source: rusqlite::Error) -> ArchiveError {
    ArchiveError::Sql {
        file: "log",
        action: "written",
        source,
    }
}

/// The end of the log while a transaction is under way.
struct LogEnd {
    seq: u64,
    at: i64,
}

impl LogEnd {
    /// Adds an entry and returns its place.
    fn entry(
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

fn keep_capture(
    transaction: &Transaction<'_>,
    warc: &mut WarcWriter,
    capture: &NewCapture,
) -> Result<CaptureId, ArchiveError> {
    let digest = warc::digest(&capture.body);
    let same = transaction
        .prepare_cached("SELECT id, record_id, uri, at FROM capture WHERE digest = ?1 AND same_as IS NULL LIMIT 1")
        .and_then(|mut statement| {
            statement
                .query_row([&digest[..]], |row| {
                    let refers = Refers {
                        record_id: row.get(1)?,
                        uri: row.get(2)?,
                        at: sql::time(row.get(3)?),
                    };
                    Ok((row.get::<_, i64>(0)?, refers))
                })
                .optional()
        })
        .map_err(read)?;
    let id: i64 = transaction
        .query_row("SELECT coalesce(max(id), 0) + 1 FROM capture", [], |row| {
            row.get(0)
        })
        .map_err(read)?;
    let (same_as, refers) = same.map_or((None, None), |(id, refers)| (Some(id), Some(refers)));
    let record_id = warc::record_id(&capture.uri, capture.at, &digest, uint(id));
    let place: Place = warc.write(&Record {
        id: &record_id,
        uri: &capture.uri,
        at: capture.at,
        kind: &capture.kind,
        body: &capture.body,
        digest: &digest,
        refers,
    })?;
    transaction
        .prepare_cached("INSERT INTO capture VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")
        .and_then(|mut statement| {
            statement.execute(params![
                id,
                record_id,
                capture.uri,
                ms(capture.at),
                content_type(&capture.kind),
                &digest[..],
                int(capture.body.len() as u64),
                place.file,
                int(place.offset),
                int(place.length),
                same_as,
            ])
        })
        .map_err(write)?;
    Ok(CaptureId(uint(id)))
}

fn content_type(kind: &CaptureKind) -> Option<&str> {
    match kind {
        CaptureKind::Resource { content_type } => Some(content_type),
        CaptureKind::Response { headers, .. } => headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("content-type"))
            .map(|(_, value)| value.as_str()),
    }
}

fn append_one(
    transaction: &Transaction<'_>,
    head: &mut LogEnd,
    batch: &Batch,
    capture: Option<CaptureId>,
) -> Result<Receipt, ArchiveError> {
    head.at = head.at.max(ms(batch.at));
    let mut changes = Vec::with_capacity(batch.items.len());
    if !batch.items.is_empty() {
        let capture = capture.ok_or_else(|| {
            ArchiveError::damaged("a batch", "items without the capture that holds them")
        })?;
        let imported_at = batch.imported.first().map(|_| batch.at);
        let mut done = HashSet::new();
        for item in &batch.items {
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
    for source in &batch.imported {
        put_imported(transaction, head, source)?;
    }
    let mut receipt = Receipt {
        seq: Seq(0),
        capture,
        changes,
    };
    if let Some(outcome) = &batch.outcome {
        let (items_new, items_updated, items_unchanged) = receipt.counts();
        let outcome = Outcome {
            items_new,
            items_updated,
            items_unchanged,
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

fn append_item(
    transaction: &Transaction<'_>,
    head: &mut LogEnd,
    item: &NewItem,
    capture: CaptureId,
    imported_at: Option<Timestamp>,
    done: &mut HashSet<u64>,
) -> Result<ItemChange, ArchiveError> {
    let digest = wording(&item.title, &item.text);
    let known = find_identity(transaction, item)?;
    let change = match known {
        None => {
            let id = head.entry(transaction, "item", Some(head.seq + 1), Some(&item.source))?;
            put_item(transaction, id, item, imported_at)?;
            put_version(transaction, id, 1, id, item, &digest, capture)?;
            ItemChange::New(ItemId(id))
        }
        // A document that names one item twice says it once: else two wordings in one feed would
        // be two new versions at every poll.
        Some(id) if done.contains(&id) => ItemChange::Unchanged(ItemId(id)),
        Some(id) => {
            let (number, newest) = newest_version(transaction, id)?;
            if newest == digest
                || shown_last(transaction, id, &item.source)? == Some(digest)
                || (imported_at.is_some() && is_known_wording(transaction, id, &digest)?)
            {
                ItemChange::Unchanged(ItemId(id))
            } else {
                let seq = head.entry(transaction, "version", Some(id), Some(&item.source))?;
                put_version(transaction, id, number + 1, seq, item, &digest, capture)?;
                ItemChange::Updated(ItemId(id))
            }
        }
    };
    let (ItemChange::New(ItemId(id))
    | ItemChange::Updated(ItemId(id))
    | ItemChange::Unchanged(ItemId(id))) = change;
    let is_said_twice = !done.insert(id);
    for key in &item.identities {
        transaction
            .prepare_cached("INSERT OR IGNORE INTO identity VALUES (?1, ?2, ?3)")
            .and_then(|mut s| s.execute(params![item.publisher.as_str(), key, int(id)]))
            .map_err(write)?;
    }
    if !is_said_twice {
        see(
            transaction,
            head,
            item,
            id,
            capture,
            known.is_none(),
            &digest,
        )?;
    }
    Ok(change)
}

/// The wording that a source showed last. Two feeds of one publisher may carry one article in two
/// wordings, each the same at every poll: neither is a change.
fn shown_last(
    transaction: &Transaction<'_>,
    id: u64,
    source: &SourceId,
) -> Result<Option<[u8; 32]>, ArchiveError> {
    transaction
        .prepare_cached("SELECT digest FROM sighting WHERE item = ?1 AND source = ?2")
        .and_then(|mut s| {
            s.query_row(params![int(id), source.as_str()], |row| row.get(0))
                .optional()
        })
        .map_err(read)
}

/// Whether an item ever had a wording: an import of an older file brings nothing back.
fn is_known_wording(
    transaction: &Transaction<'_>,
    id: u64,
    digest: &[u8; 32],
) -> Result<bool, ArchiveError> {
    transaction
        .prepare_cached("SELECT 1 FROM version WHERE item = ?1 AND digest = ?2")
        .and_then(|mut s| s.exists(params![int(id), &digest[..]]))
        .map_err(read)
}

/// Notes that a source showed an item; the first source needs no entry of its own.
fn see(
    transaction: &Transaction<'_>,
    head: &mut LogEnd,
    item: &NewItem,
    id: u64,
    capture: CaptureId,
    is_first: bool,
    digest: &[u8; 32],
) -> Result<(), ArchiveError> {
    let seen_before = transaction
        .prepare_cached("UPDATE sighting SET digest = ?3 WHERE item = ?1 AND source = ?2")
        .and_then(|mut s| s.execute(params![int(id), item.source.as_str(), &digest[..]]))
        .map_err(write)?;
    if seen_before > 0 {
        return Ok(());
    }
    let seq = if is_first {
        id
    } else {
        head.entry(transaction, "sighting", Some(id), Some(&item.source))?
    };
    transaction
        .prepare_cached("INSERT INTO sighting VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
        .and_then(|mut s| {
            s.execute(params![
                int(id),
                item.source.as_str(),
                int(seq),
                ms(item.seen),
                int(capture.0),
                &digest[..],
            ])
        })
        .map_err(write)?;
    Ok(())
}

fn find_identity(
    transaction: &Transaction<'_>,
    item: &NewItem,
) -> Result<Option<u64>, ArchiveError> {
    for key in &item.identities {
        let found = transaction
            .prepare_cached("SELECT item FROM identity WHERE publisher = ?1 AND key = ?2")
            .and_then(|mut s| {
                s.query_row(params![item.publisher.as_str(), key], |row| {
                    row.get::<_, i64>(0)
                })
                .optional()
            })
            .map_err(read)?;
        if let Some(id) = found {
            return Ok(Some(uint(id)));
        }
    }
    Ok(None)
}

fn newest_version(transaction: &Transaction<'_>, id: u64) -> Result<(u32, [u8; 32]), ArchiveError> {
    transaction
        .prepare_cached(
            "SELECT number, digest FROM version WHERE item = ?1 ORDER BY number DESC LIMIT 1",
        )
        .and_then(|mut s| s.query_row([int(id)], |row| Ok((row.get(0)?, row.get(1)?))))
        .map_err(read)
}

fn put_item(
    transaction: &Transaction<'_>,
    id: u64,
    item: &NewItem,
    imported_at: Option<Timestamp>,
) -> Result<(), ArchiveError> {
    transaction
        .prepare_cached(
            "INSERT INTO item VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                int(id),
                item.publisher.as_str(),
                item.guid,
                item.url,
                item.platform,
                item.lang_declared,
                ms(item.seen),
                item.published.map(ms),
                item.published_raw,
                ms(item.time),
                item.time_reason.as_str(),
                imported_at.map(ms),
            ])
        })
        .map(drop)
        .map_err(write)
}

fn put_version(
    transaction: &Transaction<'_>,
    id: u64,
    number: u32,
    seq: u64,
    item: &NewItem,
    digest: &[u8; 32],
    capture: CaptureId,
) -> Result<(), ArchiveError> {
    transaction
        .prepare_cached("INSERT INTO version VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")
        .and_then(|mut statement| {
            statement.execute(params![
                int(id),
                number,
                int(seq),
                ms(item.seen),
                item.published.map(ms),
                item.published_raw,
                pack(&item.title),
                pack(&item.text),
                &digest[..],
                int(capture.0),
                item.locator,
            ])
        })
        .map(drop)
        .map_err(write)
}

fn put_outcome(
    transaction: &Transaction<'_>,
    head: &mut LogEnd,
    outcome: &Outcome,
) -> Result<(), ArchiveError> {
    let seq = head.entry(transaction, "outcome", None, Some(&outcome.source))?;
    let source = outcome.source.as_str();
    transaction
        .prepare_cached("INSERT INTO outcome VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")
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

fn put_imported(
    transaction: &Transaction<'_>,
    head: &mut LogEnd,
    source: &ImportedSource,
) -> Result<(), ArchiveError> {
    let seq = head.entry(transaction, "import", None, Some(&source.id))?;
    transaction
        .prepare_cached("INSERT INTO import VALUES (?1, ?2, ?3, ?4)")
        .and_then(|mut statement| {
            let (first, last) = (ms(source.first), ms(source.last));
            statement.execute(params![int(seq), source.id.as_str(), first, last])
        })
        .map_err(write)?;
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

/// What a wording is known by: title and text, exactly.
fn wording(title: &str, text: &str) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update((title.len() as u64).to_be_bytes());
    hasher.update(title.as_bytes());
    hasher.update(text.as_bytes());
    hasher.finalize().into()
}
