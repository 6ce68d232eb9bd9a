//! Items that their sources do not show any more.

use bellwether_model::{Absence, CaptureAt, CaptureId, ItemId, SourceId};

use super::{LogReader, read};
use crate::ArchiveError;
use crate::sql::{self, int, uint};

impl LogReader {
    /// When sources did not show an item any more between neighbours that they showed, on two looks;
    /// the first one first. The last one may go on.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn absences(&self, item: ItemId) -> Result<Vec<Absence>, ArchiveError> {
        self.connection
            .prepare_cached(
                "SELECT a.source, s.id, s.at, m.id, m.at, c.id, c.at, b.id, b.at
                 FROM absence a JOIN capture s ON s.id = a.shown JOIN capture m ON m.id = a.missing
                   JOIN capture c ON c.id = a.confirmed LEFT JOIN capture b ON b.id = a.back
                 WHERE a.item = ?1 ORDER BY a.missing, a.source",
            )
            .and_then(|mut statement| {
                statement
                    .query_map([int(item.0)], |row| {
                        let look = |at: usize| -> rusqlite::Result<Option<CaptureAt>> {
                            let capture: Option<i64> = row.get(at)?;
                            let time: Option<i64> = row.get(at + 1)?;
                            Ok(capture.zip(time).map(|(capture, time)| CaptureAt {
                                capture: CaptureId(uint(capture)),
                                at: sql::time(time),
                            }))
                        };
                        let must =
                            |at: usize| look(at)?.ok_or(rusqlite::Error::InvalidColumnIndex(at));
                        Ok(Absence {
                            source: SourceId::new(row.get::<_, String>(0)?),
                            last_shown: must(1)?,
                            first_missing: must(3)?,
                            confirmed: must(5)?,
                            back: look(7)?,
                        })
                    })?
                    .collect()
            })
            .map_err(read)
    }
}
