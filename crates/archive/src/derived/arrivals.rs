//! In which script each item is, so that the past of a term can be counted again without reading all
//! that was published.

use bellwether_model::{ItemId, Seq, SourceId, StoryId, Timestamp};
use rusqlite::{OptionalExtension, params};

use super::{Derived, read, write};
use crate::ArchiveError;
use crate::sql::{self, int, uint};

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS item_script (
    item INTEGER PRIMARY KEY,
    script INTEGER NOT NULL          -- the class of script that most of its first wording is in
) STRICT;
";

pub(super) const CLEAR: &str = "DELETE FROM item_script;";

/// An item as it was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrivedItem {
    /// The item, which bears the number of its first entry in the log.
    pub item: ItemId,
    /// Its time.
    pub time: Timestamp,
    /// The first source that showed it.
    pub source: SourceId,
    /// The story it was of at once.
    pub story: Option<StoryId>,
    /// The script of its first wording; `None` where it was taken in before scripts were noted.
    pub script: Option<u8>,
}

impl Derived {
    /// Notes the script of an item.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn put_script(&mut self, item: ItemId, script: u8) -> Result<(), ArchiveError> {
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO item_script VALUES (?1, ?2)")
            .and_then(|mut s| s.execute(params![int(item.0), script]))
            .map(drop)
            .map_err(write)
    }

    /// The items taken in after a place of the log and up to another, in order, at most `limit`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn arrived(
        &self,
        after: Seq,
        until: Seq,
        limit: usize,
    ) -> Result<Vec<ArrivedItem>, ArchiveError> {
        self.connection
            .prepare_cached(
                "SELECT i.item, i.time, i.source, i.story, s.script, e.story, e.until
                 FROM item i LEFT JOIN item_script s ON s.item = i.item
                 LEFT JOIN earlier_story e ON e.item = i.item AND e.until =
                     (SELECT min(until) FROM earlier_story WHERE item = i.item)
                 WHERE i.item > ?1 AND i.item <= ?2 ORDER BY i.item LIMIT ?3",
            )
            .and_then(|mut s| {
                s.query_map(
                    params![int(after.0), int(until.0), int(limit as u64)],
                    |row| {
                        let has_moved = row.get::<_, Option<i64>>(6)?.is_some();
                        let story: Option<i64> = row.get(if has_moved { 5 } else { 3 })?;
                        Ok(ArrivedItem {
                            item: ItemId(uint(row.get(0)?)),
                            time: sql::time(row.get(1)?),
                            source: SourceId::new(row.get::<_, String>(2)?),
                            story: story.map(|story| StoryId(uint(story))),
                            script: row.get(4)?,
                        })
                    },
                )?
                .collect()
            })
            .map_err(read)
    }

    /// The place of the log behind which the last `count` items up to another place lie; the beginning,
    /// where there are no more.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn place_of_last(&self, count: usize, until: Seq) -> Result<Seq, ArchiveError> {
        self.connection
            .prepare_cached(
                "SELECT item FROM item WHERE item <= ?1 ORDER BY item DESC LIMIT 1 OFFSET ?2",
            )
            .and_then(|mut s| {
                s.query_row(params![int(until.0), int(count as u64)], |row| row.get(0))
                    .optional()
            })
            .map(|found: Option<i64>| Seq(found.map_or(0, uint)))
            .map_err(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StoredItem;

    fn put(derived: &mut Derived, item: u64, story: u64, at: u64) {
        let stored = StoredItem {
            item: ItemId(item),
            time: Timestamp::UNIX_EPOCH,
            source: SourceId::new("paper"),
            story: Some(StoryId(story)),
        };
        derived.put_item(&stored, Seq(at)).unwrap();
    }

    #[test]
    fn items_are_told_as_they_were_taken_in() {
        let mut derived = Derived::in_memory().unwrap();
        for item in 1..=4 {
            put(&mut derived, item, item, item);
        }
        derived.put_script(ItemId(2), 3).unwrap();
        put(&mut derived, 2, 1, 5);
        put(&mut derived, 2, 4, 6);
        let arrived = derived.arrived(Seq(1), Seq(3), 10).unwrap();
        let told = arrived
            .iter()
            .map(|item| (item.item, item.story, item.script));
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                (ItemId(2), Some(StoryId(2)), Some(3)),
                (ItemId(3), Some(StoryId(3)), None)
            ]
        );
        assert_eq!(derived.place_of_last(2, Seq(4)).unwrap(), Seq(2));
        assert_eq!(derived.place_of_last(2, Seq(3)).unwrap(), Seq(1));
        assert_eq!(derived.place_of_last(9, Seq(4)).unwrap(), Seq(0));
        derived.remove_item(ItemId(2)).unwrap();
        assert_eq!(derived.arrived(Seq(1), Seq(3), 10).unwrap().len(), 1);
        put(&mut derived, 2, 2, 7);
        let again = derived.arrived(Seq(1), Seq(2), 10).unwrap();
        assert_eq!(again[0].script, None, "its script went with it");
    }
}
