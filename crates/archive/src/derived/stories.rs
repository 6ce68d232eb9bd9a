//! Which items tell one story, and which texts are reworded from which.

use bellwether_model::{ItemId, Seq, StoryId, Timestamp};
use rusqlite::{OptionalExtension, params};

use super::{Derived, StoredItem, read, stored_row, write};
use crate::ArchiveError;
use crate::sql::{int, ms, uint};

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS story (
    digest BLOB PRIMARY KEY,
    story INTEGER NOT NULL,
    last INTEGER NOT NULL            -- time of its latest member
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS story_story ON story(story);
CREATE TABLE IF NOT EXISTS rewording (
    item INTEGER NOT NULL,
    other INTEGER NOT NULL,          -- known before it
    score REAL NOT NULL,             -- from 0 to 1
    PRIMARY KEY (item, other)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS rewording_other ON rewording(other);
CREATE TABLE IF NOT EXISTS compared (
    seq INTEGER PRIMARY KEY,         -- the entry that brought the wording
    item INTEGER NOT NULL,
    at INTEGER NOT NULL,             -- the log's time
    story INTEGER NOT NULL,          -- as it was then
    entered INTEGER NOT NULL         -- how it stands in the table of those who compare
) STRICT;
CREATE TABLE IF NOT EXISTS story_merge (
    number INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,            -- the entry by which two stories became one
    story INTEGER NOT NULL,
    other INTEGER NOT NULL           -- which it became
) STRICT;
";

pub(super) const CLEAR: &str =
    "DELETE FROM story; DELETE FROM rewording; DELETE FROM compared; DELETE FROM story_merge;";

/// A lineage of more stories than this is cut: nobody reads it, and something is wrong with it.
const LINEAGE_STORIES_MAX: usize = 500;

/// The story of a text that was seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownStory {
    /// The story.
    pub story: StoryId,
    /// The time of the latest item that carried the text, before this one.
    pub last: Timestamp,
}

/// Two items of which one is reworded from the other, as far as their texts can tell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rewording {
    /// The one that came later.
    pub item: ItemId,
    /// The one that was known already.
    pub other: ItemId,
    /// How much speaks for it, from 0 to 1.
    pub score: f64,
}

/// A wording that later ones are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    /// The entry of the log that brought it.
    pub seq: Seq,
    /// Its item.
    pub item: ItemId,
    /// The log's time.
    pub at: Timestamp,
    /// Its story, as it was then.
    pub story: StoryId,
    /// What the one who compares gave with it.
    pub entered: u64,
}

/// Two stories that became one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoryMerge {
    /// The entry of the log that made them one; what it brought was compared after that.
    pub seq: Seq,
    /// The story that is no more.
    pub from: StoryId,
    /// The one it became.
    pub into: StoryId,
}

impl Derived {
    /// The story of a text that was carried since `forgotten`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn known_story(
        &self,
        digest: &[u8; 16],
        forgotten: Timestamp,
    ) -> Result<Option<KnownStory>, ArchiveError> {
        self.connection
            .prepare_cached("SELECT story, last FROM story WHERE digest = ?1 AND last >= ?2")
            .and_then(|mut s| {
                s.query_row(params![&digest[..], ms(forgotten)], |row| {
                    Ok(KnownStory {
                        story: StoryId(uint(row.get(0)?)),
                        last: crate::sql::time(row.get(1)?),
                    })
                })
                .optional()
            })
            .map_err(read)
    }

    /// Notes that a text of this time tells a story.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn put_story(
        &mut self,
        digest: &[u8; 16],
        story: StoryId,
        time: Timestamp,
    ) -> Result<(), ArchiveError> {
        self.connection
            .prepare_cached(
                "INSERT INTO story VALUES (?1, ?2, ?3)
                 ON CONFLICT(digest) DO UPDATE SET story = ?2, last = max(last, ?3)",
            )
            .and_then(|mut s| s.execute(params![&digest[..], int(story.0), ms(time)]))
            .map(drop)
            .map_err(write)
    }

    /// The stories an item had before the one it has, each with the place of the log at which it got
    /// another, in order.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn earlier_stories(
        &self,
        item: ItemId,
    ) -> Result<Vec<(Seq, Option<StoryId>)>, ArchiveError> {
        self.connection
            .prepare_cached("SELECT until, story FROM earlier_story WHERE item = ?1 ORDER BY until")
            .and_then(|mut s| {
                s.query_map([int(item.0)], |row| {
                    let story: Option<i64> = row.get(1)?;
                    Ok((Seq(uint(row.get(0)?)), story.map(|id| StoryId(uint(id)))))
                })?
                .collect()
            })
            .map_err(read)
    }

    /// Makes two stories one, at a place of the log.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn merge_stories(
        &mut self,
        from: StoryId,
        into: StoryId,
        at: Seq,
    ) -> Result<(), ArchiveError> {
        self.connection
            .prepare_cached(
                "INSERT OR IGNORE INTO earlier_story
                 SELECT item, ?3, story FROM item WHERE story = ?1 AND ?2 IS NOT ?1",
            )
            .and_then(|mut s| s.execute(params![int(from.0), int(into.0), int(at.0)]))
            .map_err(write)?;
        for statement in [
            "INSERT INTO moved (item) SELECT item FROM item WHERE story = ?1 AND ?2 IS NOT ?1 ORDER BY item",
            "UPDATE item SET story = ?2 WHERE story = ?1",
            "UPDATE story SET story = ?2 WHERE story = ?1",
        ] {
            self.connection
                .prepare_cached(statement)
                .and_then(|mut s| s.execute(params![int(from.0), int(into.0)]))
                .map_err(write)?;
        }
        Ok(())
    }

    /// Forgets texts that nobody has carried since a time.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn forget_stories(&mut self, before: Timestamp) -> Result<(), ArchiveError> {
        self.connection
            .execute("DELETE FROM story WHERE last < ?1", [ms(before)])
            .map(drop)
            .map_err(write)
    }

    /// Notes that later wordings are compared with one.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn put_compared(&mut self, compared: &Compared) -> Result<(), ArchiveError> {
        self.connection
            .prepare_cached("INSERT INTO compared VALUES (?1, ?2, ?3, ?4, ?5)")
            .and_then(|mut s| {
                s.execute(params![
                    int(compared.seq.0),
                    int(compared.item.0),
                    ms(compared.at),
                    int(compared.story.0),
                    int(compared.entered),
                ])
            })
            .map(drop)
            .map_err(write)
    }

    /// Notes that two stories became one, in the order in which they do.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn put_merge(&mut self, merge: &StoryMerge) -> Result<(), ArchiveError> {
        self.connection
            .prepare_cached("INSERT INTO story_merge (seq, story, other) VALUES (?1, ?2, ?3)")
            .and_then(|mut s| {
                s.execute(params![
                    int(merge.seq.0),
                    int(merge.from.0),
                    int(merge.into.0)
                ])
            })
            .map(drop)
            .map_err(write)
    }

    /// The wordings after a place of the log, in its order, at most `limit`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn compared_after(&self, seq: Seq, limit: usize) -> Result<Vec<Compared>, ArchiveError> {
        self.connection
            .prepare_cached(
                "SELECT seq, item, at, story, entered FROM compared WHERE seq > ?1 ORDER BY seq LIMIT ?2",
            )
            .and_then(|mut s| {
                s.query_map(params![int(seq.0), int(limit as u64)], |row| {
                    Ok(Compared {
                        seq: Seq(uint(row.get(0)?)),
                        item: ItemId(uint(row.get(1)?)),
                        at: crate::sql::time(row.get(2)?),
                        story: StoryId(uint(row.get(3)?)),
                        entered: uint(row.get(4)?),
                    })
                })?
                .collect()
            })
            .map_err(read)
    }

    /// The stories that became one after a place of the log, in order.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn merges_after(&self, seq: Seq) -> Result<Vec<StoryMerge>, ArchiveError> {
        self.connection
            .prepare_cached(
                "SELECT seq, story, other FROM story_merge WHERE seq > ?1 ORDER BY number",
            )
            .and_then(|mut s| {
                s.query_map([int(seq.0)], |row| {
                    Ok(StoryMerge {
                        seq: Seq(uint(row.get(0)?)),
                        from: StoryId(uint(row.get(1)?)),
                        into: StoryId(uint(row.get(2)?)),
                    })
                })?
                .collect()
            })
            .map_err(read)
    }

    /// Forgets the wordings of entries up to a place of the log, and what became one before them.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn forget_compared(&mut self, seq: Seq) -> Result<(), ArchiveError> {
        for statement in [
            "DELETE FROM compared WHERE seq <= ?1",
            "DELETE FROM story_merge WHERE seq <= ?1",
        ] {
            self.connection
                .execute(statement, [int(seq.0)])
                .map_err(write)?;
        }
        Ok(())
    }

    /// Notes a rewording.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn put_rewording(&mut self, rewording: &Rewording) -> Result<(), ArchiveError> {
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO rewording VALUES (?1, ?2, ?3)")
            .and_then(|mut s| {
                s.execute(params![
                    int(rewording.item.0),
                    int(rewording.other.0),
                    rewording.score
                ])
            })
            .map(drop)
            .map_err(write)
    }

    /// The rewordings in which the items of a story take part.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn rewordings(&self, story: StoryId) -> Result<Vec<Rewording>, ArchiveError> {
        self.connection
            .prepare_cached(
                "SELECT r.item, r.other, r.score FROM item i JOIN rewording r ON r.item = i.item WHERE i.story = ?1
                 UNION
                 SELECT r.item, r.other, r.score FROM item i JOIN rewording r ON r.other = i.item WHERE i.story = ?1
                 ORDER BY 1, 2",
            )
            .and_then(|mut s| {
                s.query_map([int(story.0)], |row| {
                    Ok(Rewording {
                        item: ItemId(uint(row.get(0)?)),
                        other: ItemId(uint(row.get(1)?)),
                        score: row.get(2)?,
                    })
                })?
                .collect()
            })
            .map_err(read)
    }

    /// A story with all that are reworded from it or from which it is, however many steps away, in
    /// rising order; and whether that is all of them.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn lineage(&self, story: StoryId) -> Result<(Vec<StoryId>, bool), ArchiveError> {
        let mut found = std::collections::BTreeSet::from([story]);
        let mut open = vec![story];
        while let Some(story) = open.pop() {
            for rewording in self.rewordings(story)? {
                for item in [rewording.item, rewording.other] {
                    if let Some(next) = self.story_of(item)?
                        && found.insert(next)
                    {
                        open.push(next);
                    }
                }
            }
            if found.len() > LINEAGE_STORIES_MAX {
                return Ok((found.into_iter().collect(), false));
            }
        }
        Ok((found.into_iter().collect(), true))
    }

    /// The items of a stretch of time whose stories have others, or are reworded from or into
    /// others, at most `limit`, in the order of the log.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn shared_items(
        &self,
        from: Timestamp,
        to: Timestamp,
        limit: usize,
    ) -> Result<Vec<StoredItem>, ArchiveError> {
        self.connection
            .prepare_cached(
                "SELECT item, time, source, story FROM item
                 WHERE time >= ?1 AND time < ?2 AND story IN (
                     SELECT story FROM item WHERE story IS NOT NULL GROUP BY story HAVING count(*) > 1
                     UNION SELECT i.story FROM rewording r JOIN item i ON i.item = r.item
                     UNION SELECT i.story FROM rewording r JOIN item i ON i.item = r.other)
                 ORDER BY item LIMIT ?3",
            )
            .and_then(|mut s| {
                s.query_map(params![ms(from), ms(to), int(limit as u64)], stored_row)?
                    .collect()
            })
            .map_err(read)
    }

    /// The stories that rewordings connect, each pair once.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn connected_stories(&self) -> Result<Vec<(StoryId, StoryId)>, ArchiveError> {
        self.connection
            .prepare_cached(
                "SELECT DISTINCT a.story, b.story FROM rewording r
                 JOIN item a ON a.item = r.item JOIN item b ON b.item = r.other
                 WHERE a.story IS NOT NULL AND b.story IS NOT NULL AND a.story <> b.story",
            )
            .and_then(|mut s| {
                s.query_map([], |row| {
                    Ok((StoryId(uint(row.get(0)?)), StoryId(uint(row.get(1)?))))
                })?
                .collect()
            })
            .map_err(read)
    }

    /// The story of an item.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn story_of(&self, item: ItemId) -> Result<Option<StoryId>, ArchiveError> {
        self.connection
            .prepare_cached("SELECT story FROM item WHERE item = ?1")
            .and_then(|mut s| {
                s.query_row([int(item.0)], |row| row.get::<_, Option<i64>>(0))
                    .optional()
            })
            .map(|story| story.flatten().map(|story| StoryId(uint(story))))
            .map_err(read)
    }

    /// How many items tell a story.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn story_size(&self, story: StoryId) -> Result<u32, ArchiveError> {
        self.connection
            .prepare_cached("SELECT count(*) FROM item WHERE story = ?1")
            .and_then(|mut s| s.query_row([int(story.0)], |row| row.get(0)))
            .map_err(read)
    }

    /// The items of a story in the order of the log.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn story_members(&self, story: StoryId) -> Result<Vec<ItemId>, ArchiveError> {
        self.connection
            .prepare_cached("SELECT item FROM item WHERE story = ?1 ORDER BY item")
            .and_then(|mut s| {
                s.query_map([int(story.0)], |row| row.get(0).map(uint).map(ItemId))?
                    .collect()
            })
            .map_err(read)
    }

    /// The items of a story with their times, the earliest first.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn story_items(&self, story: StoryId) -> Result<Vec<StoredItem>, ArchiveError> {
        self.connection
            .prepare_cached(
                "SELECT item, time, source, story FROM item WHERE story = ?1 ORDER BY time, item",
            )
            .and_then(|mut s| s.query_map([int(story.0)], stored_row)?.collect())
            .map_err(read)
    }

    /// The items of a story up to a time, at most `limit`, the latest, in order of time.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn story_items_until(
        &self,
        story: StoryId,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<StoredItem>, ArchiveError> {
        let mut items: Vec<StoredItem> = self
            .connection
            .prepare_cached(
                "SELECT item, time, source, story FROM item WHERE story = ?1 AND time <= ?2
                 ORDER BY time DESC, item DESC LIMIT ?3",
            )
            .and_then(|mut s| {
                let values = params![int(story.0), ms(until), int(limit as u64)];
                s.query_map(values, stored_row)?.collect()
            })
            .map_err(read)?;
        items.reverse();
        Ok(items)
    }
}
