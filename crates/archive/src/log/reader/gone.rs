//! Items that are no longer kept.

use bellwether_model::{ItemId, Seq, Timestamp};
use rusqlite::{OptionalExtension, Row};

use super::{LogReader, read};
use crate::ArchiveError;
use crate::sql::{self, int, uint};

/// What is left of an item that is no longer kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstone {
    /// The item.
    pub item: ItemId,
    /// The entry of the log that says so.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// Whether a person wanted it gone; else it was older than is kept.
    pub is_forgotten: bool,
    /// Who wanted it gone.
    pub by: String,
    /// Why.
    pub why: String,
    /// SHA-256 over its last wording, in hexadecimal: whoever has the text can show that it was this.
    pub digest: String,
    /// How many captures lost their payload with it.
    pub captures: u32,
}

impl LogReader {
    /// What is left of an item that is no longer kept; `None` where it is kept or never was.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn tombstone(&self, item: ItemId) -> Result<Option<Tombstone>, ArchiveError> {
        self.connection
            .prepare_cached(
                "SELECT item, seq, at, cause, by, why, digest, captures FROM tombstone WHERE item = ?1",
            )
            .and_then(|mut s| s.query_row([int(item.0)], tombstone_row).optional())
            .map_err(read)
    }

    /// Whether bytes that were to be forgotten are still on the disk.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn is_rewriting_due(&self) -> Result<bool, ArchiveError> {
        self.connection
            .prepare_cached("SELECT 1 FROM warc_file WHERE is_due = 1")
            .and_then(|mut s| s.exists([]))
            .map_err(read)
    }
}

pub(in crate::log) fn tombstone_row(row: &Row<'_>) -> rusqlite::Result<Tombstone> {
    Ok(Tombstone {
        item: ItemId(uint(row.get(0)?)),
        seq: Seq(uint(row.get(1)?)),
        at: sql::time(row.get(2)?),
        is_forgotten: row.get::<_, String>(3)? == "forgotten",
        by: row.get(4)?,
        why: row.get(5)?,
        digest: crate::warc::hex(&row.get::<_, Vec<u8>>(6)?),
        captures: row.get(7)?,
    })
}
