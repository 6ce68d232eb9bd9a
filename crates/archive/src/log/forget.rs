//! Items that are no longer kept: the log says so, and everything else follows it.

use std::collections::BTreeSet;
use std::time::Duration;

use bellwether_model::{CaptureId, ItemId, PublisherId, Timestamp};
use rusqlite::{OptionalExtension, Transaction, params};

use super::gone::{is_gone, put_identity};
use super::reader::{GoneCause, Tombstone, tombstone_row};
use super::rewriting::mark_gone;
use super::writer::{LogEnd, LogWriter, read, write};
use crate::ArchiveError;
use crate::sql::{self, int, ms, uint};

/// How long emptying the journal waits for readers.
const JOURNAL_WAIT: Duration = Duration::from_millis(50);

/// Who wants an item forgotten, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forget {
    /// The item.
    pub item: ItemId,
    /// Who.
    pub by: String,
    /// Why, in their words.
    pub why: String,
}

impl LogWriter {
    /// Forgets an item: its wordings, its sightings, its identities and the payload of every capture
    /// that showed it, also to other items. When this returns, nothing that reads the log is shown it;
    /// its bytes leave the WARC files with the [rewriting](LogWriter::begin_rewriting) that is now
    /// due. An item that is forgotten already stays as it is; `None` where there is no such item.
    ///
    /// # Errors
    /// Where the database refuses; nothing has changed then.
    pub fn forget(
        &mut self,
        what: &Forget,
        at: Timestamp,
    ) -> Result<Option<Tombstone>, ArchiveError> {
        self.overwrite_deleted()?;
        let forgotten = self.in_transaction(at, |transaction, head| {
            if is_gone(transaction, what.item.0)? {
                return Ok(());
            }
            if !is_kept(transaction, what.item)? {
                return Ok(());
            }
            let captures = captures_that_show(transaction, what.item)?;
            mark_gone(transaction, &captures, GoneCause::Forgotten, at)?;
            let grave = Grave {
                item: what.item,
                cause: "forgotten",
                by: &what.by,
                why: &what.why,
                captures: captures.len(),
            };
            bury(transaction, head, &grave, at)
        });
        forgotten?;
        self.has_forgotten = true;
        let found = self
            .connection
            .query_row(
                "SELECT item, seq, at, cause, by, why, digest, captures FROM tombstone WHERE item = ?1",
                [int(what.item.0)],
                tombstone_row,
            )
            .optional()
            .map_err(read)?;
        Ok(found)
    }

    /// Lets go of items whose time lies before `before`, at most so many; returns how many. Their
    /// captures are a matter of their own.
    ///
    /// # Errors
    /// Where the database refuses; nothing has changed then.
    pub fn expire_items(
        &mut self,
        before: Timestamp,
        why: &str,
        limit: u32,
        at: Timestamp,
    ) -> Result<u32, ArchiveError> {
        self.in_transaction(at, |transaction, head| {
            let old: Vec<ItemId> = transaction
                .prepare_cached("SELECT id FROM item WHERE time < ?1 ORDER BY time LIMIT ?2")
                .and_then(|mut s| {
                    s.query_map(params![ms(before), limit], |row| {
                        row.get(0).map(uint).map(ItemId)
                    })?
                    .collect()
                })
                .map_err(read)?;
            for item in &old {
                let grave = Grave {
                    item: *item,
                    cause: "expired",
                    by: "[keep]",
                    why,
                    captures: 0,
                };
                bury(transaction, head, &grave, at)?;
            }
            Ok(u32::try_from(old.len()).unwrap_or(u32::MAX))
        })
    }

    /// What is deleted in the database is overwritten, also in the pages that become free.
    fn overwrite_deleted(&self) -> Result<(), ArchiveError> {
        self.connection
            .pragma_update(None, "secure_delete", true)
            .map_err(write)
    }

    /// Writes the database anew without what was deleted. Where a page was ever divided, copies of rows
    /// stay behind in it that nothing names and no deletion overwrites (measured: also where all that is
    /// deleted is overwritten from the start), so nothing less takes every byte out. Appending waits
    /// meanwhile; stopped at any moment, the old one counts.
    ///
    /// # Errors
    /// Where the database or the disk refuses; nothing has changed then.
    pub fn scrub(&self) -> Result<(), ArchiveError> {
        self.connection.execute_batch("VACUUM").map_err(write)
    }

    /// Bytes that the disk must have free for [`Self::scrub`]: the new database and its journal.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn scrub_bytes(&self) -> Result<u64, ArchiveError> {
        self.connection
            .query_row(
                "SELECT 2 * page_count * page_size FROM pragma_page_count(), pragma_page_size()",
                [],
                |row| row.get(0).map(uint),
            )
            .map_err(read)
    }

    /// Takes what was deleted out of the journal of the database as well. `false` where somebody reads
    /// in it at this moment: then it is to be tried again.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn empty_journal(&self) -> Result<bool, ArchiveError> {
        let wait = |time| self.connection.busy_timeout(time).map_err(write);
        // What is to be appended waits meanwhile.
        wait(JOURNAL_WAIT)?;
        let emptied = self
            .connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
                row.get::<_, i64>(0)
            });
        wait(sql::BUSY_TIMEOUT)?;
        emptied.map(|busy| busy == 0).map_err(write)
    }
}

struct Grave<'a> {
    item: ItemId,
    cause: &'a str,
    by: &'a str,
    why: &'a str,
    captures: usize,
}

/// Deletes what is kept of an item and writes down that it was there.
fn bury(
    transaction: &Transaction<'_>,
    head: &mut LogEnd,
    grave: &Grave<'_>,
    at: Timestamp,
) -> Result<(), ArchiveError> {
    let id = int(grave.item.0);
    let seq = head.entry(transaction, "gone", Some(grave.item.0), None)?;
    let digest: Vec<u8> = transaction
        .prepare_cached("SELECT digest FROM version WHERE item = ?1 ORDER BY number DESC LIMIT 1")
        .and_then(|mut s| s.query_row([id], |row| row.get(0)).optional())
        .map_err(read)?
        .unwrap_or_default();
    transaction
        .prepare_cached("INSERT INTO tombstone VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
        .and_then(|mut s| {
            s.execute(params![
                id,
                int(seq),
                ms(at),
                grave.cause,
                grave.by,
                grave.why,
                digest,
                int(grave.captures as u64),
            ])
        })
        .map_err(write)?;
    let identities: Vec<(String, String)> = transaction
        .prepare_cached("SELECT publisher, key FROM identity WHERE item = ?1")
        .and_then(|mut s| {
            s.query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
        .map_err(read)?;
    for (publisher, key) in identities {
        put_identity(
            transaction,
            &PublisherId::new(publisher),
            &key,
            grave.item.0,
        )?;
    }
    for table in ["identity", "version", "sighting", "absence"] {
        transaction
            .prepare_cached(&format!("DELETE FROM {table} WHERE item = ?1"))
            .and_then(|mut s| s.execute([id]))
            .map_err(write)?;
    }
    transaction
        .prepare_cached("DELETE FROM item WHERE id = ?1")
        .and_then(|mut s| s.execute([id]))
        .map(drop)
        .map_err(write)
}

fn is_kept(transaction: &Transaction<'_>, item: ItemId) -> Result<bool, ArchiveError> {
    transaction
        .prepare_cached("SELECT 1 FROM item WHERE id = ?1")
        .and_then(|mut s| s.exists([int(item.0)]))
        .map_err(read)
}

/// The captures that hold an item's bytes: those that a wording or a sighting names, all that a source
/// gave while it went on showing the item or that could not be read to its end, the item's page, and
/// whatever has one of these payloads.
fn captures_that_show(
    transaction: &Transaction<'_>,
    item: ItemId,
) -> Result<BTreeSet<i64>, ArchiveError> {
    let ids = |query: &str| -> rusqlite::Result<Vec<i64>> {
        transaction
            .prepare_cached(query)?
            .query_map([int(item.0)], |row| row.get(0))?
            .collect()
    };
    let shown = ids("SELECT c.id FROM sighting s JOIN capture c
           ON c.id BETWEEN s.capture AND coalesce(s.last, s.capture) AND c.source = s.source
         WHERE s.item = ?1 AND c.item IS NULL");
    // Captures of an earlier version do not say whose they are, but where from, and nothing says until
    // when they showed the item.
    let of_earlier_version = ids(
        "SELECT c.id FROM sighting s JOIN capture c ON c.source IS NULL AND c.id >= s.capture
          AND c.uri IN (SELECT first.uri FROM sighting other JOIN capture first
                          ON first.id = other.capture WHERE other.source = s.source)
         WHERE s.item = ?1
         UNION SELECT c.id FROM item i JOIN capture c ON c.source IS NULL AND c.uri = i.url
         WHERE i.id = ?1",
    );
    let unread = ids(
        "SELECT c.id FROM sighting s JOIN capture c ON c.source = s.source AND c.is_whole = 0
         WHERE s.item = ?1",
    );
    let named = ids("SELECT capture FROM version WHERE item = ?1");
    let pages = ids("SELECT id FROM capture WHERE item = ?1");
    let mut captures: BTreeSet<i64> = [shown, of_earlier_version, unread, named, pages]
        .into_iter()
        .collect::<rusqlite::Result<Vec<_>>>()
        .map_err(read)?
        .into_iter()
        .flatten()
        .collect();
    add_same(transaction, &mut captures)?;
    Ok(captures)
}

/// Adds the captures that have the payload of one of these.
fn add_same(
    transaction: &Transaction<'_>,
    captures: &mut BTreeSet<i64>,
) -> Result<(), ArchiveError> {
    for capture in captures.clone() {
        let same: Vec<i64> = transaction
            .prepare_cached(
                "WITH holder AS (SELECT coalesce(same_as, id) AS id FROM capture WHERE id = ?1)
                 SELECT id FROM holder UNION SELECT id FROM capture WHERE same_as IN (SELECT id FROM holder)",
            )
            .and_then(|mut s| s.query_map([capture], |row| row.get(0))?.collect())
            .map_err(read)?;
        captures.extend(same);
    }
    Ok(())
}

/// Forgets the payload of a capture that turned out to show a forgotten item only after it was kept: of
/// a large import the items come in many batches after the document.
pub(super) fn forget_capture(
    transaction: &Transaction<'_>,
    capture: CaptureId,
    at: Timestamp,
) -> Result<(), ArchiveError> {
    let mut captures = BTreeSet::from([int(capture.0)]);
    add_same(transaction, &mut captures)?;
    mark_gone(transaction, &captures, GoneCause::Forgotten, at)
}
