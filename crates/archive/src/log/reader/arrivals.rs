//! When items were received.

use bellwether_model::{ItemId, Seq, Timestamp};
use rusqlite::params;

use super::{LogReader, read};
use crate::ArchiveError;
use crate::sql::{self, int, uint};

impl LogReader {
    /// The items received after a place of the log and up to another, in order, at most `limit`, with
    /// the log's time.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn received(
        &self,
        after: Seq,
        until: Seq,
        limit: usize,
    ) -> Result<Vec<(ItemId, Timestamp)>, ArchiveError> {
        self.connection
            .prepare_cached(
                "SELECT item, at FROM entry
                 WHERE seq > ?1 AND seq <= ?2 AND kind = 'item' AND item IS NOT NULL
                 ORDER BY seq LIMIT ?3",
            )
            .and_then(|mut statement| {
                statement
                    .query_map(
                        params![int(after.0), int(until.0), int(limit as u64)],
                        |row| Ok((ItemId(uint(row.get(0)?)), sql::time(row.get(1)?))),
                    )?
                    .collect()
            })
            .map_err(read)
    }
}
