//! The tables of the log. Times are milliseconds since 1970, texts as `sql::pack` keeps them.

use std::path::Path;

use rusqlite::Connection;

use crate::ArchiveError;
use crate::sql;

/// `entry` is the log itself; all else is what its entries say.
const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS warc_file (
    number INTEGER PRIMARY KEY,
    length INTEGER NOT NULL          -- committed bytes; what lies beyond is cut at start
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
    same_as INTEGER REFERENCES capture(id)   -- the capture that holds the payload
) STRICT;
CREATE INDEX IF NOT EXISTS capture_digest ON capture(digest) WHERE same_as IS NULL;
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
    imported_at INTEGER
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
    first INTEGER NOT NULL,          -- times of the earliest and latest item of this import
    last INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS configuration (
    seq INTEGER PRIMARY KEY,
    digest TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;
";

/// What was added to tables after folders had been written with them. New columns stand last in their
/// tables above, in this order.
const ADDED: [(&str, &str, &str); 2] = [
    ("outcome", "moved_to", "TEXT"),
    ("outcome", "fallback", "TEXT"),
];

/// Opens the log for writing, with all its tables. A folder of an earlier version gets what was added.
pub(super) fn open(path: &Path) -> Result<Connection, ArchiveError> {
    let connection = sql::open(path, "log", SCHEMA, sql::Survives::PowerCut)?;
    for (table, column, kind) in missing(&connection)? {
        connection
            .execute_batch(&format!("ALTER TABLE {table} ADD COLUMN {column} {kind}"))
            .map_err(|error| fault("written", error))?;
    }
    Ok(connection)
}

/// Opens the log for reading; one that is not there, or is of an earlier version, is completed first.
pub(super) fn open_readonly(path: &Path) -> Result<Connection, ArchiveError> {
    if !path.exists() {
        drop(open(path)?);
    }
    let connection = sql::open_readonly(path, "log")?;
    if missing(&connection)?.is_empty() {
        return Ok(connection);
    }
    drop(connection);
    drop(open(path)?);
    sql::open_readonly(path, "log")
}

fn missing(
    connection: &Connection,
) -> Result<Vec<(&'static str, &'static str, &'static str)>, ArchiveError> {
    let is_there = |table: &str, column: &str| {
        connection
            .prepare_cached("SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2")
            .and_then(|mut statement| statement.exists([table, column]))
            .map_err(|error| fault("read", error))
    };
    let mut missing = Vec::new();
    for added in ADDED {
        if !is_there(added.0, added.1)? {
            missing.push(added);
        }
    }
    Ok(missing)
}

fn fault(action: &'static str, source: rusqlite::Error) -> ArchiveError {
    ArchiveError::Sql {
        file: "log",
        action,
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_of_an_earlier_version_is_completed() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("log.sqlite");
        let earlier = open(&path).expect("made");
        for (table, column, _) in ADDED {
            earlier
                .execute_batch(&format!("ALTER TABLE {table} DROP COLUMN {column}"))
                .expect("dropped");
        }
        drop(earlier);
        let columns = |connection: &Connection| {
            connection
                .prepare("SELECT moved_to, fallback FROM outcome")
                .is_ok()
        };
        assert!(!columns(&sql::open_readonly(&path, "log").expect("opened")));
        assert!(columns(&open_readonly(&path).expect("completed")));
        assert!(columns(&open(&path).expect("opened again")));
    }
}
