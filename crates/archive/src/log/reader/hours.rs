//! What came of polling one source, hour by hour.

use bellwether_model::{Seq, SourceId, Timestamp};
use rusqlite::{OptionalExtension, params};

use super::{CollectedHour, LogReader, read};
use crate::ArchiveError;
use crate::sql::{self, int, ms};

impl LogReader {
    /// When the log took in the last success of a source, up to a place in it.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn last_success(
        &self,
        source: &SourceId,
        until: Seq,
    ) -> Result<Option<Timestamp>, ArchiveError> {
        self.connection
            .prepare_cached(
                "SELECT at FROM entry WHERE seq = (SELECT max(seq) FROM outcome WHERE source = ?1
                 AND seq <= ?2 AND kind IN ('fetched', 'not-modified'))",
            )
            .and_then(|mut statement| {
                statement
                    .query_row(params![source.as_str(), int(until.0)], |row| {
                        row.get(0).map(sql::time)
                    })
                    .optional()
            })
            .map_err(read)
    }

    /// What came of polling a source in each hour that has an attempt, from the hour of `from` up to
    /// `to`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn collected_hours_of(
        &self,
        source: &SourceId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<CollectedHour>, ArchiveError> {
        self.connection
            .prepare_cached(
                "SELECT hour, collected, failed, items_new, error FROM source_hour
                 WHERE source = ?1 AND hour >= ?2 AND hour * 3600000 < ?3 ORDER BY hour",
            )
            .and_then(|mut statement| {
                statement
                    .query_map(
                        params![source.as_str(), ms(from).div_euclid(3_600_000), ms(to)],
                        |row| {
                            Ok(CollectedHour {
                                source: source.clone(),
                                start: sql::time(row.get::<_, i64>(0)?.saturating_mul(3_600_000)),
                                collected: row.get(1)?,
                                failed: row.get(2)?,
                                items_new: row.get(3)?,
                                error: row.get(4)?,
                            })
                        },
                    )?
                    .collect()
            })
            .map_err(read)
    }
}
