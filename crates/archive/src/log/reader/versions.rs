//! The wordings of an item.

use bellwether_model::{CaptureId, ItemId, ItemVersion, Seq, Wording};
use rusqlite::{Row, params};

use super::{LogReader, read, texts, unpack_texts};
use crate::ArchiveError;
use crate::sql::{self, int, uint};

impl LogReader {
    /// What is known of the wordings of an item, oldest first.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn versions(&self, id: ItemId) -> Result<Vec<ItemVersion>, ArchiveError> {
        self.connection
            .prepare_cached(
                "SELECT number, seq, seen, published, capture FROM version
                 WHERE item = ?1 ORDER BY number",
            )
            .and_then(|mut statement| statement.query_map([int(id.0)], version)?.collect())
            .map_err(read)
    }

    /// Some of the wordings of an item, newest first: at most `limit`, after the `skip` newest.
    ///
    /// # Errors
    /// Where the database refuses or a text is damaged.
    pub fn wordings(
        &self,
        id: ItemId,
        skip: usize,
        limit: usize,
    ) -> Result<Vec<Wording>, ArchiveError> {
        let rows: Vec<_> = self
            .connection
            .prepare_cached(
                "SELECT number, seq, seen, published, capture, title, text FROM version
                 WHERE item = ?1 ORDER BY number DESC LIMIT ?2 OFFSET ?3",
            )
            .and_then(|mut statement| {
                statement
                    .query_map(
                        params![int(id.0), int(limit as u64), int(skip as u64)],
                        |row| Ok((version(row)?, texts(row, 5)?)),
                    )?
                    .collect::<Result<_, _>>()
            })
            .map_err(read)?;
        rows.into_iter()
            .map(|(version, packed)| {
                let (title, text) = unpack_texts(id, &packed)?;
                Ok(Wording {
                    version,
                    title,
                    text,
                })
            })
            .collect()
    }
}

fn version(row: &Row<'_>) -> rusqlite::Result<ItemVersion> {
    Ok(ItemVersion {
        number: row.get(0)?,
        seq: Seq(uint(row.get(1)?)),
        seen: sql::time(row.get(2)?),
        published: row.get::<_, Option<i64>>(3)?.map(sql::time),
        capture: CaptureId(uint(row.get(4)?)),
    })
}
