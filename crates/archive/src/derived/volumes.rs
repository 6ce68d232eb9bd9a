//! How many items one source has, by the hour of their own time.

use bellwether_model::{SourceId, Timestamp};
use rusqlite::params;

use super::{Derived, VolumeHour, read};
use crate::ArchiveError;
use crate::sql::{self, ms};

impl Derived {
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
