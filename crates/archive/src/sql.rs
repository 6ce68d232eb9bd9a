//! What the three SQLite files share: how they are opened, and how values are kept.

use std::cell::RefCell;
use std::path::Path;
use std::time::Duration;

use bellwether_model::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::ArchiveError;

/// How long one waits for another who writes.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Planned statements kept for each connection; no file is asked in more ways.
const STATEMENTS_KEPT: usize = 64;

/// What a commit survives. Both survive the end of the process at any moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Survives {
    /// A power cut too: what nobody can compute again. With group commit this costs nothing
    /// (measured: 18,000 rows/s in batches of 1,000).
    PowerCut,
    /// After a power cut the file is whole and may have lost its last commits, with the place
    /// reached that they held: it is computed again.
    Process,
}

impl Survives {
    const fn pragma(self) -> &'static str {
        match self {
            Self::PowerCut => {
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
            }
            Self::Process => {
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;"
            }
        }
    }
}

/// Opens a database for writing.
pub(crate) fn open(
    path: &Path,
    file: &'static str,
    schema: &str,
    survives: Survives,
) -> Result<Connection, ArchiveError> {
    let fail = |source| ArchiveError::Sql {
        file,
        action: "opened",
        source,
    };
    let connection = Connection::open(path).map_err(fail)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(fail)?;
    connection
        .execute_batch(survives.pragma())
        .and_then(|()| connection.execute_batch(schema))
        .map_err(fail)?;
    settle(&connection).map_err(fail)?;
    Ok(connection)
}

/// Statements are planned once. As built, SQLite would plan one anew whenever a value is bound to it
/// that might have made another plan better: with lookups of single rows that was half of the time of
/// a rebuild of the index.
fn settle(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map(drop)
}

/// Opens a database for reading only.
pub(crate) fn open_readonly(path: &Path, file: &'static str) -> Result<Connection, ArchiveError> {
    let fail = |source| ArchiveError::Sql {
        file,
        action: "opened",
        source,
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(fail)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(fail)?;
    settle(&connection).map_err(fail)?;
    Ok(connection)
}

/// Times are kept as milliseconds since 1970.
pub(crate) fn ms(time: Timestamp) -> i64 {
    time.as_millisecond()
}

/// The reverse of [`ms`]; a value out of range becomes the nearest that is not.
pub(crate) fn time(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(if ms < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

/// Numbers that cannot be negative are kept as SQLite's signed ones.
pub(crate) fn int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// The reverse of [`int`].
pub(crate) fn uint(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

/// Texts over this many bytes are compressed; under it the frame costs more than it saves.
const COMPRESS_OVER: usize = 240;

/// No text is longer: what says it is was not written by us.
const PACKED_BYTES_MAX: usize = 1 << 30;

/// A text as kept: a byte that says how, then the text.
pub(crate) fn pack(text: &str) -> Vec<u8> {
    if text.len() > COMPRESS_OVER
        && let Ok(mut packed) = zstd::bulk::compress(text.as_bytes(), 3)
    {
        packed.insert(0, 1);
        return packed;
    }
    let mut packed = Vec::with_capacity(text.len() + 1);
    packed.push(0);
    packed.extend_from_slice(text.as_bytes());
    packed
}

thread_local! {
    /// Making one costs more than taking most texts out, and items are read by the thousand.
    static DECOMPRESSOR: RefCell<Option<zstd::bulk::Decompressor<'static>>> = const { RefCell::new(None) };
}

fn inflate(frame: &[u8]) -> Option<Vec<u8>> {
    let size = zstd::zstd_safe::get_frame_content_size(frame)
        .ok()
        .flatten()?;
    let size = usize::try_from(size)
        .ok()
        .filter(|size| *size <= PACKED_BYTES_MAX)?;
    DECOMPRESSOR.with_borrow_mut(|kept| {
        let decompressor = match kept {
            Some(decompressor) => decompressor,
            None => kept.insert(zstd::bulk::Decompressor::new().ok()?),
        };
        decompressor.decompress(frame, size).ok()
    })
}

/// The reverse of [`pack`]; `None` where the bytes are not what was written.
pub(crate) fn unpack(packed: &[u8]) -> Option<String> {
    match packed.split_first()? {
        (0, text) => String::from_utf8(text.to_vec()).ok(),
        (1, frame) => String::from_utf8(inflate(frame)?).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_texts_come_back() {
        for text in ["", "短", &"選票 ballots ".repeat(200)] {
            assert_eq!(unpack(&pack(text)).as_deref(), Some(text));
        }
        assert!(pack(&"a".repeat(5000)).len() < 100);
        assert_eq!(unpack(&[7, 1, 2]), None);
    }
}
