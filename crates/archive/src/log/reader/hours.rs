//! What came of polling one source, hour by hour.

use bellwether_model::{SourceId, Timestamp};
use rusqlite::params;

use super::{CollectedHour, LogReader, read};
use crate::ArchiveError;
use crate::sql::{self, ms};

impl LogReader {
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
