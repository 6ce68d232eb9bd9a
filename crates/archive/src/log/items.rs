//! How an item gets into the log: which item it is, whether it changed, who showed it.

use std::collections::HashSet;

use bellwether_model::{CaptureId, ItemId, PublisherId, SourceId, Timestamp};
use rusqlite::{OptionalExtension, Transaction, params};
use sha2::{Digest, Sha256};

use super::batch::{ItemChange, NewItem};
use super::writer::{LogEnd, read, write};
use super::{absences, gone};
use crate::ArchiveError;
use crate::sql::{int, ms, pack, uint};

pub(super) fn append_item(
    transaction: &Transaction<'_>,
    head: &mut LogEnd,
    item: &NewItem,
    capture: CaptureId,
    imported_at: Option<Timestamp>,
    done: &mut HashSet<u64>,
) -> Result<ItemChange, ArchiveError> {
    let digest = wording(&item.title, &item.text);
    let known = match find_identity(transaction, item)? {
        Some(Known::Kept(id)) => Some(id),
        Some(Known::Gone(id)) => {
            for key in &item.identities {
                gone::put_identity(transaction, &item.publisher, key, id)?;
            }
            return Ok(ItemChange::Gone(ItemId(id)));
        }
        None => None,
    };
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
            put_facts(transaction, id, item)?;
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
    | ItemChange::Unchanged(ItemId(id))
    | ItemChange::Gone(ItemId(id))) = change;
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

/// Whether an item is in the log as it is shown here, or is no longer kept.
pub(super) fn is_known(
    transaction: &Transaction<'_>,
    item: &NewItem,
) -> Result<bool, ArchiveError> {
    let id = match find_identity(transaction, item)? {
        None => return Ok(false),
        Some(Known::Gone(_)) => return Ok(true),
        Some(Known::Kept(id)) => id,
    };
    let digest = wording(&item.title, &item.text);
    Ok(match shown_last(transaction, id, &item.source)? {
        None => false,
        Some(shown) => shown == digest || newest_version(transaction, id)?.1 == digest,
    })
}

/// Gives a known item another wording, which no source shows in its lists.
pub(super) fn append_wording(
    transaction: &Transaction<'_>,
    head: &mut LogEnd,
    id: ItemId,
    item: &NewItem,
    capture: CaptureId,
) -> Result<ItemChange, ArchiveError> {
    if gone::is_gone(transaction, id.0)? {
        return Ok(ItemChange::Gone(id));
    }
    let digest = wording(&item.title, &item.text);
    let (number, newest) = newest_version(transaction, id.0)?;
    if newest == digest {
        return Ok(ItemChange::Unchanged(id));
    }
    let seq = head.entry(transaction, "version", Some(id.0), Some(&item.source))?;
    put_version(transaction, id.0, number + 1, seq, item, &digest, capture)?;
    Ok(ItemChange::Updated(id))
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
        .prepare_cached(
            "UPDATE sighting SET digest = ?3, last = ?4 WHERE item = ?1 AND source = ?2",
        )
        .and_then(|mut s| {
            s.execute(params![
                int(id),
                item.source.as_str(),
                &digest[..],
                int(capture.0)
            ])
        })
        .map_err(write)?;
    if seen_before > 0 {
        return absences::end(transaction, id, &item.source, capture);
    }
    let seq = if is_first {
        id
    } else {
        head.entry(transaction, "sighting", Some(id), Some(&item.source))?
    };
    transaction
        .prepare_cached("INSERT INTO sighting VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL)")
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

/// An item that one of the identities leads to.
enum Known {
    Kept(u64),
    Gone(u64),
}

fn find_identity(
    transaction: &Transaction<'_>,
    item: &NewItem,
) -> Result<Option<Known>, ArchiveError> {
    for key in &item.identities {
        if let Some(id) = find_kept(transaction, &item.publisher, key)? {
            return Ok(Some(Known::Kept(id)));
        }
        if let Some(id) = gone::find(transaction, &item.publisher, key)? {
            return Ok(Some(Known::Gone(id)));
        }
    }
    Ok(None)
}

/// The item that is kept and has an identity.
pub(super) fn find_kept(
    transaction: &Transaction<'_>,
    publisher: &PublisherId,
    key: &str,
) -> Result<Option<u64>, ArchiveError> {
    transaction
        .prepare_cached("SELECT item FROM identity WHERE publisher = ?1 AND key = ?2")
        .and_then(|mut s| {
            s.query_row(params![publisher.as_str(), key], |row| row.get(0))
                .optional()
        })
        .map(|id: Option<i64>| id.map(uint))
        .map_err(read)
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
    let facts = facts(item)?;
    transaction
        .prepare_cached(
            "INSERT INTO item VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
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
                facts,
            ])
        })
        .map(drop)
        .map_err(write)
}

/// Notes what its platform says of a known item now. Counts change at every look: no entry of the log
/// says so, and no wording is new for it.
fn put_facts(transaction: &Transaction<'_>, id: u64, item: &NewItem) -> Result<(), ArchiveError> {
    let Some(facts) = facts(item)? else {
        return Ok(());
    };
    transaction
        .prepare_cached("UPDATE item SET facts = ?2 WHERE id = ?1 AND facts IS NOT ?2")
        .and_then(|mut statement| statement.execute(params![int(id), facts]))
        .map(drop)
        .map_err(write)
}

fn facts(item: &NewItem) -> Result<Option<String>, ArchiveError> {
    if item.facts.is_empty() {
        return Ok(None);
    }
    serde_json::to_string(&item.facts)
        .map(Some)
        .map_err(|error| ArchiveError::damaged("an item", error.to_string()))
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

/// What a wording is known by: title and text, exactly.
pub(crate) fn wording(title: &str, text: &str) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update((title.len() as u64).to_be_bytes());
    hasher.update(title.as_bytes());
    hasher.update(text.as_bytes());
    hasher.finalize().into()
}
