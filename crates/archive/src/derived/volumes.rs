//! How many items one source has, by the hour of their own time.

use bellwether_model::{Seq, SourceId, Timestamp};
use rusqlite::params;

use super::{Derived, VolumeHour, read};
use crate::ArchiveError;
use crate::sql::{self, int, ms};

/// Items by source and hour of their time, without those that came after a place in the log.
const VOLUMES_AT: &str = "SELECT source, hour, sum(items) FROM (
       SELECT source, hour, items FROM volume WHERE hour >= ?1 AND hour < ?2
       UNION ALL
       SELECT source, (time - (time % 3600000 + 3600000) % 3600000) / 3600000 AS hour, -1 AS items
       FROM item WHERE item > ?3 AND time >= ?1 * 3600000 AND time < ?2 * 3600000)
     GROUP BY source, hour HAVING sum(items) > 0";

impl Derived {
    /// Items per source and hour, from the hour of `from` up to that of `to`, as they were known at a
    /// place in the log.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn volumes_at(
        &self,
        from: Timestamp,
        to: Timestamp,
        at: Seq,
    ) -> Result<Vec<VolumeHour>, ArchiveError> {
        // An item bears the number of its first entry.
        let values = params![
            ms(from).div_euclid(3_600_000),
            ms(to).div_euclid(3_600_000),
            int(at.0)
        ];
        self.connection
            .prepare_cached(VOLUMES_AT)
            .and_then(|mut s| {
                s.query_map(values, |row| {
                    Ok(VolumeHour {
                        source: SourceId::new(row.get::<_, String>(0)?),
                        start: sql::time(row.get::<_, i64>(1)?.saturating_mul(3_600_000)),
                        items: row.get(2)?,
                    })
                })?
                .collect()
            })
            .map_err(read)
    }

    /// Items of a source by hour, in order, from the hour of `from` up to `to`. An item is one of the
    /// source that showed it first.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn volumes_of(
        &self,
        source: &SourceId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<VolumeHour>, ArchiveError> {
        self.connection
            .prepare_cached(
                "SELECT hour, items FROM volume
                 WHERE source = ?1 AND hour >= ?2 AND hour * 3600000 < ?3 ORDER BY hour",
            )
            .and_then(|mut s| {
                s.query_map(
                    params![source.as_str(), ms(from).div_euclid(3_600_000), ms(to)],
                    |row| {
                        Ok(VolumeHour {
                            source: source.clone(),
                            start: sql::time(row.get::<_, i64>(0)?.saturating_mul(3_600_000)),
                            items: row.get(1)?,
                        })
                    },
                )?
                .collect()
            })
            .map_err(read)
    }
}
