//! What was computed from the log: stories, counts, matches of rules, bursts, where sources stood.
//!
//! Written by the role `index` only, in one transaction per stretch of the log together with the
//! place reached, so that a crash repeats nothing and leaves nothing out. May be deleted: the log
//! gives the same again.

mod arrivals;
mod bursts;
mod columns;
mod removal;
mod rules;
mod snapshot;
mod standings;
mod stories;
mod volumes;

use std::path::{Path, PathBuf};

pub use arrivals::ArrivedItem;
pub use columns::{COLUMN_DAYS, ColumnTitle, TitleUse};
pub use stories::{Compared, KnownStory, Rewording, StoryMerge};

use bellwether_model::{ItemId, Seq, SourceId, StoryId, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::sql::{self, int, ms, uint};
use crate::{ArchiveError, DataDir};

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    seq INTEGER NOT NULL,            -- the last place of the log that is dealt with
    tick INTEGER                     -- the last tick that was evaluated
) STRICT;
CREATE TABLE IF NOT EXISTS item (
    item INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    source TEXT NOT NULL,            -- the first that showed it
    story INTEGER                    -- NULL where there is no text to compare
) STRICT;
CREATE INDEX IF NOT EXISTS item_story ON item(story);
CREATE TABLE IF NOT EXISTS left_out (
    item INTEGER PRIMARY KEY         -- no hit of any rule, as nobody knows when it was published
) STRICT;
CREATE TABLE IF NOT EXISTS moved (
    number INTEGER PRIMARY KEY,      -- rises; what a reader has seen it need not see again
    item INTEGER NOT NULL            -- an item noted before, whose story became another
) STRICT;
CREATE TABLE IF NOT EXISTS earlier_story (
    item INTEGER NOT NULL,
    until INTEGER NOT NULL,          -- the place of the log at which it got another
    story INTEGER,                   -- the one it had before
    PRIMARY KEY (item, until)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS volume (
    source TEXT NOT NULL,
    hour INTEGER NOT NULL,
    items INTEGER NOT NULL,
    PRIMARY KEY (source, hour)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rule (
    id TEXT PRIMARY KEY,
    query TEXT NOT NULL              -- what its hits were found with
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hit (
    rule TEXT NOT NULL,
    item INTEGER NOT NULL,
    time INTEGER NOT NULL,
    PRIMARY KEY (rule, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS hit_time ON hit(rule, time);
CREATE TABLE IF NOT EXISTS burst (
    id TEXT PRIMARY KEY,
    rule TEXT NOT NULL,
    state TEXT NOT NULL,
    started INTEGER NOT NULL,
    record TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS burst_started ON burst(started);
CREATE TABLE IF NOT EXISTS burst_change (
    id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    evaluated INTEGER NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (id, revision)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS burst_change_evaluated ON burst_change(evaluated);
";

/// How far the derived data goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DerivedState {
    /// The last place of the log that is dealt with.
    pub seq: Seq,
    /// The last tick of the log's time that was evaluated.
    pub tick: Option<Timestamp>,
}

/// What the side table says of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredItem {
    /// The item.
    pub item: ItemId,
    /// Its time.
    pub time: Timestamp,
    /// The first source that showed it.
    pub source: SourceId,
    /// Its story, where there is text to compare.
    pub story: Option<StoryId>,
}

/// An item that a rule's query matches.
pub type Hit = StoredItem;

/// Items of one source in one hour, by their own time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VolumeHour {
    /// The source.
    pub source: SourceId,
    /// The beginning of the hour.
    pub start: Timestamp,
    /// Items.
    pub items: u32,
}

/// Which state of the stories a reader has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DerivedMark {
    /// Another one after each [`Derived::clear`] and [`Derived::remove_item`].
    pub generation: i64,
    /// The last place of the log that is dealt with.
    pub seq: Seq,
}

/// The derived data. Writing happens between [`Self::begin`] and [`Self::commit`].
pub struct Derived {
    connection: Connection,
    /// Where the snapshot is.
    snapshot: PathBuf,
}

impl Derived {
    /// Opens the derived data for the role `index`, making it where there is none.
    ///
    /// # Errors
    /// Where the file cannot be used.
    pub fn open(dir: &DataDir) -> Result<Self, ArchiveError> {
        Ok(Self {
            connection: complete(&dir.sqlite("derived"))?,
            snapshot: dir.snapshot(),
        })
    }

    /// Derived data in memory only: of a past that is looked at again.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn in_memory() -> Result<Self, ArchiveError> {
        Ok(Self {
            connection: complete(Path::new(":memory:"))?,
            snapshot: PathBuf::new(),
        })
    }

    /// Opens the derived data for reading.
    ///
    /// # Errors
    /// Where the file cannot be used.
    pub fn open_readonly(dir: &DataDir) -> Result<Self, ArchiveError> {
        let path = dir.sqlite("derived");
        if !path.exists() {
            drop(complete(&path)?);
        }
        let derived = Self {
            connection: sql::open_readonly(&path, "derived")?,
            snapshot: dir.snapshot(),
        };
        if !derived.is_complete()? {
            // Written before one of the tables was thought of.
            drop(complete(&path)?);
        }
        Ok(derived)
    }

    fn is_complete(&self) -> Result<bool, ArchiveError> {
        self.connection
            .query_row(
                "SELECT count(*) FROM sqlite_master
                 WHERE name IN ('coverage_report', 'left_out', 'rewording', 'earlier_story',
                               'item_script')",
                [],
                |row| row.get::<_, i64>(0),
            )
            .map(|found| found == 5)
            .map_err(read)
    }

    /// Deletes everything, so that the log is read again from its beginning. In one transaction:
    /// a reader sees the old data or none, and its [`DerivedMark::generation`] is another.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn clear(&mut self) -> Result<(), ArchiveError> {
        self.drop_snapshot();
        let generation = self.generation()?.wrapping_add(1).max(0);
        self.connection
            .execute_batch(&format!(
                "BEGIN IMMEDIATE; DELETE FROM state; DELETE FROM item;
                 DELETE FROM left_out; DELETE FROM moved; DELETE FROM earlier_story;
                 DELETE FROM volume; DELETE FROM rule; DELETE FROM hit;
                 DELETE FROM burst; DELETE FROM burst_change; {} {} {} {}
                 PRAGMA user_version = {generation}; COMMIT; VACUUM;",
                standings::CLEAR,
                stories::CLEAR,
                columns::CLEAR,
                arrivals::CLEAR
            ))
            .map_err(write)
    }

    fn generation(&self) -> Result<i64, ArchiveError> {
        self.connection
            .query_row("SELECT user_version FROM pragma_user_version", [], |row| {
                row.get(0)
            })
            .map_err(read)
    }

    /// Which state of the stories this is: where it is the same, nothing has changed.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn mark(&self) -> Result<DerivedMark, ArchiveError> {
        self.connection
            .prepare_cached("SELECT user_version, (SELECT seq FROM state) FROM pragma_user_version")
            .and_then(|mut s| {
                s.query_row([], |row| {
                    Ok(DerivedMark {
                        generation: row.get(0)?,
                        seq: Seq(uint(row.get::<_, Option<i64>>(1)?.unwrap_or(0))),
                    })
                })
            })
            .map_err(read)
    }

    /// How far it goes.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn state(&self) -> Result<DerivedState, ArchiveError> {
        self.connection
            .query_row("SELECT seq, tick FROM state", [], |row| {
                Ok(DerivedState {
                    seq: Seq(uint(row.get(0)?)),
                    tick: row.get::<_, Option<i64>>(1)?.map(sql::time),
                })
            })
            .optional()
            .map(|state| {
                state.unwrap_or(DerivedState {
                    seq: Seq(0),
                    tick: None,
                })
            })
            .map_err(read)
    }

    /// Begins to write.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn begin(&mut self) -> Result<(), ArchiveError> {
        self.connection
            .execute_batch("BEGIN IMMEDIATE")
            .map_err(write)
    }

    /// Makes what was written visible, together with the place reached.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn commit(&mut self, state: &DerivedState) -> Result<(), ArchiveError> {
        self.connection
            .prepare_cached(
                "INSERT INTO state VALUES (1, ?1, ?2) ON CONFLICT(one) DO UPDATE SET seq = ?1, tick = ?2",
            )
            .and_then(|mut s| s.execute(params![int(state.seq.0), state.tick.map(ms)]))
            .and_then(|_| self.connection.execute_batch("COMMIT"))
            .map_err(write)
    }

    /// Forgets what was written since [`Self::begin`].
    pub fn rollback(&mut self) {
        let _ = self.connection.execute_batch("ROLLBACK");
    }

    /// Notes an item at a place of the log; one that is noted already keeps its time and volume, and
    /// takes the new story.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn put_item(&mut self, item: &StoredItem, at: Seq) -> Result<(), ArchiveError> {
        let story = item.story.map(|story| int(story.0));
        self.connection
            .prepare_cached(
                "INSERT OR IGNORE INTO earlier_story
                 SELECT item, ?3, story FROM item WHERE item = ?1 AND story IS NOT ?2",
            )
            .and_then(|mut s| s.execute(params![int(item.item.0), story, int(at.0)]))
            .map_err(write)?;
        let moved = self
            .connection
            .prepare_cached("UPDATE item SET story = ?2 WHERE item = ?1 AND story IS NOT ?2")
            .and_then(|mut s| s.execute(params![int(item.item.0), story]))
            .map_err(write)?;
        if moved > 0 {
            return self
                .connection
                .prepare_cached("INSERT INTO moved (item) VALUES (?1)")
                .and_then(|mut s| s.execute([int(item.item.0)]))
                .map(drop)
                .map_err(write);
        }
        let new = self
            .connection
            .prepare_cached("INSERT INTO item VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING")
            .and_then(|mut s| {
                s.execute(params![
                    int(item.item.0),
                    ms(item.time),
                    item.source.as_str(),
                    story
                ])
            })
            .map_err(write)?;
        if new == 0 {
            return Ok(());
        }
        // Who reads on from the last item it knows would miss one that comes out of order.
        self.connection
            .prepare_cached(
                "INSERT INTO moved (item) SELECT ?1 WHERE EXISTS (SELECT 1 FROM item WHERE item > ?1)",
            )
            .and_then(|mut s| s.execute([int(item.item.0)]))
            .map_err(write)?;
        self.connection
            .prepare_cached(
                "INSERT INTO volume VALUES (?1, ?2, 1)
                 ON CONFLICT(source, hour) DO UPDATE SET items = items + 1",
            )
            .and_then(|mut s| {
                s.execute(params![
                    item.source.as_str(),
                    ms(item.time).div_euclid(3_600_000)
                ])
            })
            .map(drop)
            .map_err(write)
    }

    /// What is noted of an item.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn stored(&self, item: ItemId) -> Result<Option<StoredItem>, ArchiveError> {
        self.connection
            .prepare_cached("SELECT item, time, source, story FROM item WHERE item = ?1")
            .and_then(|mut s| s.query_row([int(item.0)], stored_row).optional())
            .map_err(read)
    }

    /// Reads with one view of the data, whatever is written meanwhile.
    pub(crate) fn at_once<R>(
        &self,
        ask: impl FnOnce(&Connection) -> rusqlite::Result<R>,
    ) -> Result<R, ArchiveError> {
        self.connection
            .unchecked_transaction()
            .and_then(|transaction| ask(&transaction))
            .map_err(read)
    }

    /// Items per source and hour.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn volumes(&self, from: Timestamp, to: Timestamp) -> Result<Vec<VolumeHour>, ArchiveError> {
        self.connection
            .prepare_cached(
                "SELECT source, hour, items FROM volume WHERE hour >= ?1 AND hour * 3600000 < ?2",
            )
            .and_then(|mut s| {
                s.query_map(params![ms(from).div_euclid(3_600_000), ms(to)], |row| {
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
}

/// Opens the file with all its tables.
fn complete(path: &Path) -> Result<Connection, ArchiveError> {
    let schema = [
        SCHEMA,
        standings::SCHEMA,
        stories::SCHEMA,
        columns::SCHEMA,
        arrivals::SCHEMA,
    ]
    .concat();
    sql::open(path, "derived", &schema, sql::Survives::Process)
}

fn stored_row(row: &Row<'_>) -> rusqlite::Result<StoredItem> {
    Ok(StoredItem {
        item: ItemId(uint(row.get(0)?)),
        time: sql::time(row.get(1)?),
        source: SourceId::new(row.get::<_, String>(2)?),
        story: row
            .get::<_, Option<i64>>(3)?
            .map(|story| StoryId(uint(story))),
    })
}

fn read(source: rusqlite::Error) -> ArchiveError {
    ArchiveError::Sql {
        file: "derived",
        action: "read",
        source,
    }
}

fn write(source: rusqlite::Error) -> ArchiveError {
    ArchiveError::Sql {
        file: "derived",
        action: "written",
        source,
    }
}
