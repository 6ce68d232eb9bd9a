//! Items that a source's list does not show any more: gone at their source, and kept here.
//!
//! One look that misses an item is a question, a second one the answer; both captures are named. An
//! item that is shown again was not gone for good, and that it was away stays known.

use bellwether_model::{CaptureId, SourceId};
use rusqlite::{Transaction, params};

use super::batch::NewAbsence;
use super::items::find_kept;
use super::writer::write;
use crate::ArchiveError;
use crate::sql::int;

/// Notes that a capture does not show an item. One that nothing is kept of has nothing to be noted at.
pub(super) fn put(
    transaction: &Transaction<'_>,
    absence: &NewAbsence,
    capture: CaptureId,
) -> Result<(), ArchiveError> {
    let Some(item) = find_kept(transaction, &absence.publisher, &absence.identity)? else {
        return Ok(());
    };
    let (item, source, capture) = (int(item), absence.source.as_str(), int(capture.0));
    if absence.is_confirmed {
        return transaction
            .prepare_cached(
                "UPDATE absence SET confirmed = ?3
                 WHERE item = ?1 AND source = ?2 AND confirmed IS NULL AND missing < ?3",
            )
            .and_then(|mut s| s.execute(params![item, source, capture]))
            .map(drop)
            .map_err(write);
    }
    withdraw(transaction, item, source)?;
    transaction
        .prepare_cached(
            "INSERT INTO absence (item, source, shown, missing)
             SELECT item, source, coalesce(last, capture), ?3 FROM sighting s
             WHERE item = ?1 AND source = ?2 AND NOT EXISTS (SELECT 1 FROM absence a
               WHERE a.item = s.item AND a.source = s.source AND a.back IS NULL)",
        )
        .and_then(|mut s| s.execute(params![item, source, capture]))
        .map(drop)
        .map_err(write)
}

/// A capture shows an item that may have been missing.
pub(super) fn end(
    transaction: &Transaction<'_>,
    item: u64,
    source: &SourceId,
    capture: CaptureId,
) -> Result<(), ArchiveError> {
    let (item, source) = (int(item), source.as_str());
    withdraw(transaction, item, source)?;
    transaction
        .prepare_cached(
            "UPDATE absence SET back = ?3 WHERE item = ?1 AND source = ?2 AND back IS NULL",
        )
        .and_then(|mut s| s.execute(params![item, source, int(capture.0)]))
        .map(drop)
        .map_err(write)
}

/// A question that found no second look is none.
fn withdraw(transaction: &Transaction<'_>, item: i64, source: &str) -> Result<(), ArchiveError> {
    transaction
        .prepare_cached("DELETE FROM absence WHERE item = ?1 AND source = ?2 AND confirmed IS NULL")
        .and_then(|mut s| s.execute(params![item, source]))
        .map(drop)
        .map_err(write)
}
