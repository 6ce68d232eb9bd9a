//! Which items are no longer as they were.

use bellwether_model::{ItemId, Seq};
use rusqlite::params;

use super::{LogReader, read};
use crate::ArchiveError;
use crate::sql::{int, uint};

impl LogReader {
    /// The items of which something was added after a place in the log, each once, with whether a
    /// wording was: else they were only shown by further sources.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn changes_after(&self, seq: Seq) -> Result<Vec<(ItemId, bool)>, ArchiveError> {
        self.connection
            .prepare_cached(
                "SELECT item, max(kind = 'version') FROM entry
                 WHERE seq > ?1 AND kind IN ('version', 'sighting') GROUP BY item",
            )
            .and_then(|mut statement| {
                statement
                    .query_map([int(seq.0)], |row| {
                        Ok((ItemId(uint(row.get(0)?)), row.get(1)?))
                    })?
                    .collect()
            })
            .map_err(read)
    }

    /// The items of which something was added after a place in the log, a wording or a sighting;
    /// `None` where that is more than `limit` entries of the log back.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn changed_after(
        &self,
        seq: Seq,
        until: Seq,
        limit: u64,
    ) -> Result<Option<Vec<ItemId>>, ArchiveError> {
        if until.0.saturating_sub(seq.0) > limit {
            return Ok(None);
        }
        self.connection
            .prepare_cached(
                "SELECT item FROM entry
                 WHERE seq > ?1 AND seq <= ?2 AND item IS NOT NULL AND item != seq",
            )
            .and_then(|mut statement| {
                statement
                    .query_map(params![int(seq.0), int(until.0)], |row| {
                        row.get(0).map(uint).map(ItemId)
                    })?
                    .collect()
            })
            .map(Some)
            .map_err(read)
    }
}
