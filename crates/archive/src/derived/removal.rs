//! Items that the log keeps no more.

use bellwether_model::ItemId;
use rusqlite::params;

use super::{Derived, write};
use crate::ArchiveError;
use crate::sql::{int, ms};

impl Derived {
    /// Notes nothing of an item any more. Readers begin anew: [`DerivedMark::generation`](crate::DerivedMark::generation) is another.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn remove_item(&mut self, item: ItemId) -> Result<(), ArchiveError> {
        let Some(stored) = self.stored(item)? else {
            return Ok(());
        };
        for (statement, values) in [
            (
                "UPDATE volume SET items = max(items - 1, 0) WHERE source = ?1 AND hour = ?2",
                params![
                    stored.source.as_str(),
                    ms(stored.time).div_euclid(3_600_000)
                ],
            ),
            (
                "DELETE FROM hit WHERE item = ?1 AND rule IN (SELECT id FROM rule)",
                params![int(item.0)],
            ),
            (
                "DELETE FROM item_script WHERE item = ?1",
                params![int(item.0)],
            ),
            ("DELETE FROM left_out WHERE item = ?1", params![int(item.0)]),
            (
                "DELETE FROM earlier_story WHERE item = ?1",
                params![int(item.0)],
            ),
            (
                "DELETE FROM rewording WHERE item = ?1 OR other = ?1",
                params![int(item.0)],
            ),
            (
                "DELETE FROM title_use WHERE item = ?1",
                params![int(item.0)],
            ),
            ("DELETE FROM item WHERE item = ?1", params![int(item.0)]),
        ] {
            self.connection
                .prepare_cached(statement)
                .and_then(|mut s| s.execute(values))
                .map_err(write)?;
        }
        let generation = self.generation()?.wrapping_add(1).max(0);
        self.connection
            .pragma_update(None, "user_version", generation)
            .map_err(write)
    }
}
