//! What must not come back: the identities of items that are no longer kept, as digests.
//!
//! A digest tells nobody what was forgotten, and yet the next poll of a feed that still shows it is
//! recognised. An answer that shows a forgotten item is noted without its payload: kept as it came,
//! it would bring the text back.

use bellwether_model::{PublisherId, SourceId};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use sha2::{Digest, Sha256};

use super::batch::Batch;
use super::capturing::is_whole;
use super::reader::GoneCause;
use super::writer::{read, write};
use crate::ArchiveError;
use crate::sql::{int, uint};

/// Whether any item was forgotten.
pub(super) fn has_forgotten(connection: &Connection) -> Result<bool, ArchiveError> {
    connection
        .prepare("SELECT 1 FROM tombstone WHERE cause = 'forgotten' LIMIT 1")
        .and_then(|mut s| s.exists([]))
        .map_err(read)
}

/// Whether a batch shows an item that was forgotten, or may: what cannot be read may hold what its source
/// showed when it could.
pub(super) fn shows_forgotten(
    transaction: &Transaction<'_>,
    batch: &Batch,
) -> Result<bool, ArchiveError> {
    if let Some(item) = batch.page_of
        && is_forgotten(transaction, item.0)?
    {
        return Ok(true);
    }
    for item in &batch.items {
        for key in &item.identities {
            if let Some(id) = find(transaction, &item.publisher, key)?
                && is_forgotten(transaction, id)?
            {
                return Ok(true);
            }
        }
    }
    match (&batch.capture, &batch.outcome) {
        (Some(capture), outcome) if !is_whole(batch, capture) => {
            let source = (outcome.as_ref().map(|outcome| &outcome.source))
                .or_else(|| batch.items.first().map(|item| &item.source));
            source.map_or(Ok(false), |source| showed_forgotten(transaction, source))
        }
        _ => Ok(false),
    }
}

/// Whether the last answer of a source that could be read showed an item that was forgotten.
fn showed_forgotten(
    transaction: &Transaction<'_>,
    source: &SourceId,
) -> Result<bool, ArchiveError> {
    transaction
        .prepare_cached(
            "SELECT gone FROM capture WHERE source = ?1 AND is_whole = 1 AND item IS NULL
             ORDER BY id DESC LIMIT 1",
        )
        .and_then(|mut s| {
            s.query_row([source.as_str()], |row| row.get::<_, Option<String>>(0))
                .optional()
        })
        .map(|gone| gone.flatten().as_deref() == Some(GoneCause::Forgotten.as_str()))
        .map_err(read)
}

fn is_forgotten(transaction: &Transaction<'_>, item: u64) -> Result<bool, ArchiveError> {
    transaction
        .prepare_cached("SELECT 1 FROM tombstone WHERE item = ?1 AND cause = 'forgotten'")
        .and_then(|mut s| s.exists([int(item)]))
        .map_err(read)
}

/// Whether an item is no longer kept.
pub(super) fn is_gone(transaction: &Transaction<'_>, item: u64) -> Result<bool, ArchiveError> {
    transaction
        .prepare_cached("SELECT 1 FROM tombstone WHERE item = ?1")
        .and_then(|mut s| s.exists([int(item)]))
        .map_err(read)
}

/// The item that is no longer kept and had an identity.
pub(super) fn find(
    transaction: &Transaction<'_>,
    publisher: &PublisherId,
    key: &str,
) -> Result<Option<u64>, ArchiveError> {
    transaction
        .prepare_cached("SELECT item FROM gone_identity WHERE digest = ?1")
        .and_then(|mut s| {
            s.query_row([&identity(publisher, key)[..]], |row| row.get::<_, i64>(0))
                .optional()
        })
        .map(|item| item.map(uint))
        .map_err(read)
}

/// Remembers an identity of an item that is no longer kept.
pub(super) fn put_identity(
    transaction: &Transaction<'_>,
    publisher: &PublisherId,
    key: &str,
    item: u64,
) -> Result<(), ArchiveError> {
    transaction
        .prepare_cached("INSERT OR IGNORE INTO gone_identity VALUES (?1, ?2)")
        .and_then(|mut s| s.execute(params![&identity(publisher, key)[..], int(item)]))
        .map(drop)
        .map_err(write)
}

fn identity(publisher: &PublisherId, key: &str) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update((publisher.as_str().len() as u64).to_be_bytes());
    hasher.update(publisher.as_str());
    hasher.update(key);
    hasher.finalize().into()
}
