//! The tables of the log. Times are milliseconds since 1970, texts as `sql::pack` keeps them.

use std::path::Path;

use rusqlite::Connection;

use super::writer::{read, write};
use crate::ArchiveError;
use crate::sql;

/// `entry` is the log itself; all else is what its entries say.
const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS warc_file (
    number INTEGER PRIMARY KEY,
    length INTEGER NOT NULL,         -- committed bytes; what lies beyond is cut at start
    generation INTEGER NOT NULL DEFAULT 0,   -- how often it was written anew
    dead INTEGER NOT NULL DEFAULT 0, -- bytes of captures in it that are gone
    is_due INTEGER NOT NULL DEFAULT 0,       -- whether it holds bytes that must go now
    first INTEGER                    -- the first capture in it
) STRICT;
CREATE TABLE IF NOT EXISTS capture (
    id INTEGER PRIMARY KEY,
    record_id TEXT NOT NULL,
    uri TEXT NOT NULL,
    at INTEGER NOT NULL,
    content_type TEXT,
    digest BLOB NOT NULL,
    body_bytes INTEGER NOT NULL,
    file TEXT NOT NULL,
    offset INTEGER NOT NULL,
    length INTEGER NOT NULL,
    same_as INTEGER REFERENCES capture(id),  -- the capture that holds the payload
    purpose TEXT NOT NULL DEFAULT 'original',
    source TEXT,                     -- whose answer it is
    item INTEGER,                    -- the item whose page it is
    gone TEXT,                       -- why there is no payload any more; NULL while there is
    gone_at INTEGER,
    is_whole INTEGER NOT NULL DEFAULT 1      -- 0 where not all that it holds may have been read
) STRICT;
CREATE TABLE IF NOT EXISTS entry (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,             -- never falls as seq rises: the log's time
    kind TEXT NOT NULL,
    item INTEGER,
    source TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS item (
    id INTEGER PRIMARY KEY,          -- the seq of its first entry
    publisher TEXT NOT NULL,
    guid TEXT, url TEXT, platform TEXT, lang_declared TEXT,
    seen INTEGER NOT NULL,
    published INTEGER, published_raw TEXT,
    time INTEGER NOT NULL,
    time_reason TEXT NOT NULL,
    imported_at INTEGER,
    facts TEXT                       -- what its platform says beside its words, as last seen: JSON
) STRICT;
CREATE INDEX IF NOT EXISTS item_time ON item(time);
CREATE TABLE IF NOT EXISTS identity (
    publisher TEXT NOT NULL,
    key TEXT NOT NULL,
    item INTEGER NOT NULL REFERENCES item(id),
    PRIMARY KEY (publisher, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS version (
    item INTEGER NOT NULL REFERENCES item(id),
    number INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    published INTEGER, published_raw TEXT,
    title BLOB NOT NULL,
    text BLOB NOT NULL,
    digest BLOB NOT NULL,
    capture INTEGER NOT NULL REFERENCES capture(id),
    locator TEXT,                    -- line and byte in an imported document
    PRIMARY KEY (item, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sighting (
    item INTEGER NOT NULL REFERENCES item(id),
    source TEXT NOT NULL,
    seq INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    capture INTEGER NOT NULL REFERENCES capture(id),
    digest BLOB NOT NULL,            -- the wording this source showed last
    last INTEGER,                    -- the last capture in which it did; NULL as long as `capture`
    PRIMARY KEY (item, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sighting_source ON sighting(source, seq);
CREATE TABLE IF NOT EXISTS outcome (
    seq INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    status INTEGER,
    items_new INTEGER NOT NULL, items_updated INTEGER NOT NULL, items_unchanged INTEGER NOT NULL,
    repaired TEXT, error TEXT,
    body_bytes INTEGER NOT NULL,
    moved_to TEXT, fallback TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS outcome_source ON outcome(source, seq);
CREATE INDEX IF NOT EXISTS outcome_collected ON outcome(source, seq)
    WHERE kind IN ('fetched', 'not-modified');
CREATE INDEX IF NOT EXISTS outcome_failed ON outcome(source, seq)
    WHERE kind NOT IN ('fetched', 'not-modified');
CREATE INDEX IF NOT EXISTS outcome_brought ON outcome(source, seq) WHERE items_new > 0;
CREATE TABLE IF NOT EXISTS source_hour (
    source TEXT NOT NULL,
    hour INTEGER NOT NULL,           -- hours since 1970
    collected INTEGER NOT NULL,      -- attempts after which we knew what the source had to show
    failed INTEGER NOT NULL,
    items_new INTEGER NOT NULL,
    error TEXT,
    PRIMARY KEY (source, hour)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS poll_state (
    source TEXT PRIMARY KEY,
    state TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS imported_source (
    id TEXT PRIMARY KEY,
    publisher TEXT NOT NULL,
    family TEXT NOT NULL,
    groups TEXT NOT NULL,            -- JSON list
    platform TEXT,
    first INTEGER NOT NULL,          -- times of its earliest and latest item
    last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS import (
    seq INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    first INTEGER NOT NULL,          -- a stretch that an import counts as collected
    last INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS configuration (
    seq INTEGER PRIMARY KEY,
    digest TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS tombstone (
    item INTEGER PRIMARY KEY,        -- what is no longer kept
    seq INTEGER NOT NULL,            -- the entry that says so
    at INTEGER NOT NULL,
    cause TEXT NOT NULL,             -- forgotten, expired
    by TEXT NOT NULL,
    why TEXT NOT NULL,
    digest BLOB NOT NULL,            -- of its last wording
    captures INTEGER NOT NULL        -- how many lost their payload with it
) STRICT;
CREATE TABLE IF NOT EXISTS absence (
    item INTEGER NOT NULL REFERENCES item(id),
    source TEXT NOT NULL,            -- whose list it is missing from, between neighbours
    shown INTEGER NOT NULL REFERENCES capture(id),       -- the last one that showed it before
    missing INTEGER NOT NULL REFERENCES capture(id),     -- the first one that did not
    confirmed INTEGER REFERENCES capture(id),            -- the second one; NULL while there is none
    back INTEGER REFERENCES capture(id),                 -- one that shows it again
    PRIMARY KEY (item, source, missing)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gone_identity (
    digest BLOB PRIMARY KEY,         -- of an identity of such an item, so that it does not come back
    item INTEGER NOT NULL REFERENCES tombstone(item)
) STRICT, WITHOUT ROWID;
";

/// What was added to tables after folders had been written with them. New columns stand last in their
/// tables above, in this order.
const ADDED: [(&str, &str, &str); 14] = [
    ("warc_file", "generation", "INTEGER NOT NULL DEFAULT 0"),
    ("warc_file", "dead", "INTEGER NOT NULL DEFAULT 0"),
    ("warc_file", "is_due", "INTEGER NOT NULL DEFAULT 0"),
    ("warc_file", "first", "INTEGER"),
    ("capture", "purpose", "TEXT NOT NULL DEFAULT 'original'"),
    ("capture", "source", "TEXT"),
    ("capture", "item", "INTEGER"),
    ("capture", "gone", "TEXT"),
    ("capture", "gone_at", "INTEGER"),
    ("capture", "is_whole", "INTEGER NOT NULL DEFAULT 1"),
    ("sighting", "last", "INTEGER"),
    ("outcome", "moved_to", "TEXT"),
    ("outcome", "fallback", "TEXT"),
    ("item", "facts", "TEXT"),
];

/// Indices over what was added, made once it is there. The last one says that all of it is.
const INDICES: &str = "
DROP INDEX IF EXISTS capture_digest;
CREATE INDEX IF NOT EXISTS capture_payload ON capture(digest) WHERE same_as IS NULL AND gone IS NULL;
CREATE INDEX IF NOT EXISTS capture_age ON capture(purpose, at) WHERE gone IS NULL;
CREATE INDEX IF NOT EXISTS capture_same ON capture(same_as) WHERE same_as IS NOT NULL;
CREATE INDEX IF NOT EXISTS capture_source ON capture(source, is_whole);
CREATE INDEX IF NOT EXISTS identity_item ON identity(item);
CREATE INDEX IF NOT EXISTS capture_item ON capture(item) WHERE item IS NOT NULL;
";
const LAST_INDEX: &str = "capture_item";

/// A column of the table that was added last.
const LAST_TABLE: (&str, &str) = ("absence", "back");

/// Opens the log for writing, with all its tables. A folder of an earlier version gets what was added.
pub(crate) fn open(path: &Path) -> Result<Connection, ArchiveError> {
    let connection = sql::open(path, "log", SCHEMA, sql::Survives::PowerCut)?;
    if !is_complete(&connection)? {
        for (table, column, kind) in ADDED {
            if !has_column(&connection, table, column)? {
                connection
                    .execute_batch(&format!("ALTER TABLE {table} ADD COLUMN {column} {kind}"))
                    .map_err(write)?;
            }
        }
        connection.execute_batch(INDICES).map_err(write)?;
    }
    Ok(connection)
}

/// Opens the log for reading; one that is not there, or is of an earlier version, is completed first.
pub(crate) fn open_readonly(path: &Path) -> Result<Connection, ArchiveError> {
    if !path.exists() {
        drop(open(path)?);
    }
    let connection = sql::open_readonly(path, "log")?;
    if is_complete(&connection)? {
        return Ok(connection);
    }
    drop(connection);
    drop(open(path)?);
    sql::open_readonly(path, "log")
}

/// Whether a log has all that [`open`] makes.
fn is_complete(connection: &Connection) -> Result<bool, ArchiveError> {
    for (table, column, _) in ADDED {
        if !has_column(connection, table, column)? {
            return Ok(false);
        }
    }
    if !has_column(connection, LAST_TABLE.0, LAST_TABLE.1)? {
        return Ok(false);
    }
    connection
        .prepare_cached("SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = ?1")
        .and_then(|mut statement| statement.exists([LAST_INDEX]))
        .map_err(read)
}

fn has_column(connection: &Connection, table: &str, column: &str) -> Result<bool, ArchiveError> {
    connection
        .prepare_cached("SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2")
        .and_then(|mut statement| statement.exists([table, column]))
        .map_err(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes a log that has none of these columns, as an earlier version made it.
    fn without(path: &Path, columns: &[(&str, &str, &str)]) {
        let earlier = open(path).expect("made");
        let indices: Vec<String> = INDICES
            .lines()
            .filter_map(|line| line.strip_prefix("CREATE INDEX IF NOT EXISTS "))
            .filter_map(|line| line.split(' ').next())
            .map(|name| format!("DROP INDEX {name};"))
            .collect();
        earlier.execute_batch(&indices.concat()).expect("dropped");
        for (table, column, _) in columns {
            earlier
                .execute_batch(&format!("ALTER TABLE {table} DROP COLUMN {column}"))
                .expect("dropped");
        }
    }

    #[test]
    fn a_log_of_an_earlier_version_is_completed() {
        let (kept, _) = ADDED.split_at(11);
        // Of each version that there was, and of one whose completing was cut short.
        for columns in [&ADDED[..], kept, &[], &ADDED[4..]] {
            let folder = tempfile::tempdir().expect("folder");
            let path = folder.path().join("log.sqlite");
            without(&path, columns);
            let earlier = sql::open_readonly(&path, "log").expect("opened");
            assert!(!is_complete(&earlier).expect("asked"), "{columns:?}");
            for open in [open_readonly, open] {
                let completed = open(&path).expect("completed");
                assert!(is_complete(&completed).expect("asked"), "{columns:?}");
            }
        }
    }

    #[test]
    fn a_log_without_the_table_that_was_added_last_is_completed() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("log.sqlite");
        let earlier = open(&path).expect("made");
        earlier
            .execute_batch("DROP TABLE absence")
            .expect("dropped");
        drop(earlier);
        let completed = open_readonly(&path).expect("completed");
        assert!(has_column(&completed, "absence", "back").expect("asked"));
    }

    #[test]
    fn new_columns_stand_last_in_their_tables_in_the_order_in_which_they_are_added() {
        let folder = tempfile::tempdir().expect("folder");
        let connection = open(&folder.path().join("log.sqlite")).expect("made");
        for table in ["warc_file", "capture", "sighting", "outcome", "item"] {
            let columns: Vec<String> = connection
                .prepare("SELECT name FROM pragma_table_info(?1) ORDER BY cid")
                .and_then(|mut s| s.query_map([table], |row| row.get(0))?.collect())
                .expect("columns");
            let added: Vec<&str> = ADDED
                .iter()
                .filter(|added| added.0 == table)
                .map(|added| added.1)
                .collect();
            assert!(columns.ends_with(&added.iter().map(|s| s.to_string()).collect::<Vec<_>>()));
        }
    }
}
