//! Which titles publishers use again and again: those of columns, which two publishers may choose by
//! themselves.

use bellwether_model::{ItemId, PublisherId, Timestamp};
use rusqlite::params;

use super::{Derived, read, write};
use crate::ArchiveError;
use crate::sql::{int, ms, uint};

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS title_use (
    digest BLOB NOT NULL,
    publisher TEXT NOT NULL,
    short INTEGER NOT NULL,          -- whether it is too short to be a story in any case
    days INTEGER NOT NULL,           -- on which the publisher used it by itself
    last INTEGER NOT NULL,           -- time of the latest item
    item INTEGER NOT NULL,           -- that item
    PRIMARY KEY (digest, publisher)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS title_use_item ON title_use(item);
";

pub(super) const CLEAR: &str = "DELETE FROM title_use;";

/// A title is that of a column when one publisher used it on so many days.
pub const COLUMN_DAYS: u32 = 3;

/// Rows that are kept, about 60 MB: beyond, those used last go first.
const ROWS_MAX: u64 = 500_000;

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// A title by itself, as a publisher used it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TitleUse<'a> {
    /// What stands for its words.
    pub digest: &'a [u8; 16],
    /// Who used it.
    pub publisher: &'a PublisherId,
    /// The item.
    pub item: ItemId,
    /// The item's time.
    pub time: Timestamp,
    /// Whether it is too short to be a story in any case.
    pub is_short: bool,
}

/// A title that makes no story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnTitle {
    /// The latest item that has it.
    pub item: ItemId,
    /// The time of that.
    pub last: Timestamp,
    /// Publishers that used it by itself.
    pub publishers: u32,
    /// The most days on which one of them used it.
    pub days: u32,
    /// Whether it is too short to be a story in any case.
    pub is_short: bool,
}

impl Derived {
    /// Notes that a publisher used a title by itself. Tells whether it makes no story: it is short, or
    /// somebody has used it on [`COLUMN_DAYS`] days (UTC).
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn use_title(&mut self, used: &TitleUse<'_>) -> Result<bool, ArchiveError> {
        self.connection
            .prepare_cached(
                "INSERT INTO title_use VALUES (?1, ?2, ?3, 1, ?4, ?5)
                 ON CONFLICT(digest, publisher) DO UPDATE SET
                     days = days + (?4 / ?6 > last / ?6),
                     item = CASE WHEN ?4 >= last THEN ?5 ELSE item END,
                     last = max(last, ?4)",
            )
            .and_then(|mut s| {
                s.execute(params![
                    &used.digest[..],
                    used.publisher.as_str(),
                    used.is_short,
                    ms(used.time),
                    int(used.item.0),
                    DAY_MS,
                ])
            })
            .map_err(write)?;
        self.connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM title_use WHERE digest = ?1 AND (short OR days >= ?2))",
            )
            .and_then(|mut s| s.query_row(params![&used.digest[..], COLUMN_DAYS], |row| row.get(0)))
            .map_err(read)
    }

    /// Forgets titles that nobody has used since a time, and those used last beyond a bound.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn forget_titles(&mut self, before: Timestamp) -> Result<(), ArchiveError> {
        self.connection
            .execute("DELETE FROM title_use WHERE last < ?1", [ms(before)])
            .and_then(|_| {
                self.connection.execute(
                    "DELETE FROM title_use WHERE last <=
                         (SELECT last FROM title_use ORDER BY last DESC LIMIT 1 OFFSET ?1)",
                    [int(ROWS_MAX)],
                )
            })
            .map(drop)
            .map_err(write)
    }

    /// The titles that make no story, those used by most publishers and on most days first, at most
    /// `limit`. Of short ones those that one publisher used once are left out.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn column_titles(&self, limit: usize) -> Result<Vec<ColumnTitle>, ArchiveError> {
        self.connection
            .prepare_cached(
                "SELECT (SELECT latest.item FROM title_use latest WHERE latest.digest = t.digest
                         ORDER BY latest.last DESC, latest.item LIMIT 1) AS item,
                        max(last), count(*) AS publishers, max(days) AS most, max(short)
                 FROM title_use t GROUP BY digest
                 HAVING most >= ?1 OR (max(short) AND (publishers > 1 OR most > 1))
                 ORDER BY publishers DESC, most DESC, item LIMIT ?2",
            )
            .and_then(|mut s| {
                s.query_map(params![COLUMN_DAYS, int(limit as u64)], |row| {
                    Ok(ColumnTitle {
                        item: ItemId(uint(row.get(0)?)),
                        last: crate::sql::time(row.get(1)?),
                        publishers: row.get(2)?,
                        days: row.get(3)?,
                        is_short: row.get(4)?,
                    })
                })?
                .collect()
            })
            .map_err(read)
    }
}
