//! Taking the bytes of what is gone out of the WARC files.
//!
//! ```text
//! begin_rewriting   a plan, and the file is one that nothing is appended to
//! Rewriting::write  the new file beside the old one, synced; the log goes on meanwhile
//! end_rewriting     one transaction says where everything lies now; then the old file is deleted
//! ```
//!
//! Killed at any moment, what the database says is where it says.

use std::collections::BTreeSet;
use std::path::PathBuf;

use bellwether_model::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};

use super::reader::GoneCause;
use super::writer::{LogWriter, put_length, read, write};
use crate::ArchiveError;
use crate::sql::{self, int, ms, uint};
use crate::warc::{self, Fate, Plan, Planned, Written};

/// A file is written anew when so large a part of it is gone, one in so many: with less, much would be
/// copied for little.
const DEAD_SHARE: i64 = 8;

/// A file that is to be written anew.
#[derive(Debug)]
pub struct Rewriting {
    folder: PathBuf,
    plan: Plan,
}

/// A file that was written anew and does not count yet.
#[derive(Debug)]
pub struct Rewritten(Written);

impl Rewriting {
    /// Bytes of the new file, about, and so what the disk must have free.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let kept = self.plan.records.iter();
        kept.filter(|record| record.fate != Fate::Dropped)
            .map(|record| record.length)
            .sum()
    }

    /// Writes the new file. May take long, and needs no writer.
    ///
    /// # Errors
    /// Where the disk refuses; what was written is deleted then.
    pub fn write(&self) -> Result<Rewritten, ArchiveError> {
        let written = warc::rewrite(&self.folder, &self.plan);
        if written.is_err() {
            let _ = warc::remove(&self.folder, self.plan.number, self.plan.generation + 1);
        }
        written.map(Rewritten)
    }
}

impl LogWriter {
    /// Begins to write a file anew where one should be: one that holds what is to be forgotten, else
    /// one of which much has expired. `None` where there is none.
    ///
    /// # Errors
    /// Where the database or the disk refuses.
    pub fn begin_rewriting(&mut self) -> Result<Option<Rewriting>, ArchiveError> {
        let current = self.warc.committed().0;
        let due: Option<(u32, u32, Option<i64>)> = self
            .connection
            .prepare_cached(
                "SELECT number, generation, first FROM warc_file
                 WHERE is_due = 1 OR (dead > 0 AND dead * ?1 >= length AND number != ?2)
                 ORDER BY is_due DESC, number LIMIT 1",
            )
            .and_then(|mut s| {
                s.query_row(params![DEAD_SHARE, current], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })
                .optional()
            })
            .map_err(read)?;
        let Some((number, generation, first)) = due else {
            return Ok(None);
        };
        if number == current {
            self.begin_next_file()?;
        }
        let plan = Plan {
            number,
            generation,
            records: self.records_of(number, first)?,
        };
        Ok(Some(Rewriting {
            folder: self.folder.clone(),
            plan,
        }))
    }

    /// Makes a file that was written anew the one that counts, and deletes the old one. Where the old
    /// one no longer counts either, nothing happens.
    ///
    /// # Errors
    /// Where the database refuses; the old file still counts then.
    pub fn end_rewriting(&mut self, rewritten: &Rewritten) -> Result<(), ArchiveError> {
        let Written {
            number,
            generation,
            length,
            moved,
        } = &rewritten.0;
        let transaction = self.connection.transaction().map_err(write)?;
        let is_next = transaction
            .prepare_cached("SELECT 1 FROM warc_file WHERE number = ?1 AND generation + 1 = ?2")
            .and_then(|mut s| s.exists(params![number, generation]))
            .map_err(read)?;
        if !is_next {
            return warc::remove(&self.folder, *number, *generation);
        }
        let mut dead = 0;
        let mut is_due = false;
        for place in moved {
            let cause: Option<String> = transaction
                .prepare_cached(
                    "UPDATE capture SET offset = ?2, length = ?3 WHERE id = ?1 RETURNING gone",
                )
                .and_then(|mut s| {
                    s.query_row(
                        params![place.capture, int(place.offset), int(place.length)],
                        |row| row.get(0),
                    )
                })
                .map_err(write)?;
            // What has gone while the file was being written lies in it all the same.
            if place.is_kept
                && let Some(cause) = cause
            {
                dead += place.length;
                is_due |= cause == GoneCause::Forgotten.as_str();
            }
        }
        transaction
            .execute(
                "UPDATE warc_file SET generation = ?2, length = ?3, dead = ?4, is_due = ?5
                 WHERE number = ?1",
                params![number, generation, int(*length), int(dead), is_due],
            )
            .map_err(write)?;
        transaction.commit().map_err(write)?;
        warc::remove(&self.folder, *number, generation - 1)
    }

    fn begin_next_file(&mut self) -> Result<(), ArchiveError> {
        let committed = self.warc.committed();
        let begun = self.warc.begin_next().and_then(|()| {
            let transaction = self.connection.transaction().map_err(write)?;
            for (number, length) in self.warc.take_lengths() {
                put_length(&transaction, number, length, None)?;
            }
            transaction.commit().map_err(write)
        });
        if begun.is_err() {
            self.warc.rewind(committed)?;
        }
        begun
    }

    /// What lies in a file, in its order.
    fn records_of(&self, number: u32, first: Option<i64>) -> Result<Vec<Planned>, ArchiveError> {
        let end: Option<i64> = self
            .connection
            .prepare_cached("SELECT min(first) FROM warc_file WHERE number > ?1")
            .and_then(|mut s| s.query_row([number], |row| row.get(0)))
            .map_err(read)?;
        self.connection
            .prepare_cached(
                "SELECT id, offset, length, gone, record_id, uri, at, gone_at, digest FROM capture
                 WHERE id >= ?1 AND id < ?2 AND file = ?3 AND length > 0 ORDER BY offset",
            )
            .and_then(|mut s| {
                s.query_map(
                    params![
                        first.unwrap_or(0),
                        end.unwrap_or(i64::MAX),
                        warc::base_name(number)
                    ],
                    |row| {
                        let cause = row.get::<_, Option<String>>(3)?;
                        let fate = match cause.as_deref().map(GoneCause::from_word) {
                            None => Fate::Kept,
                            Some(Some(GoneCause::Forgotten)) => Fate::Marked {
                                record_id: row.get(4)?,
                                uri: row.get(5)?,
                                at: sql::time(row.get::<_, Option<i64>>(7)?.unwrap_or(0)),
                                digest: row.get(8)?,
                            },
                            Some(_) => Fate::Dropped,
                        };
                        Ok(Planned {
                            capture: row.get(0)?,
                            offset: uint(row.get(1)?),
                            length: uint(row.get(2)?),
                            fate,
                        })
                    },
                )?
                .collect()
            })
            .map_err(read)
    }
}

/// Says of captures that their payloads are gone; those that are already stay as they are.
pub(super) fn mark_gone(
    transaction: &Transaction<'_>,
    captures: &BTreeSet<i64>,
    cause: GoneCause,
    at: Timestamp,
) -> Result<(), ArchiveError> {
    for capture in captures {
        // What has expired and still lies in a file becomes a matter of forgetting.
        let place: Option<(String, i64)> = transaction
            .prepare_cached(
                "UPDATE capture SET gone = ?2, gone_at = ?3,
                        uri = CASE WHEN ?2 = 'forgotten' AND purpose = 'page' THEN '' ELSE uri END
                 WHERE id = ?1 AND (gone IS NULL OR (?2 = 'forgotten' AND gone != ?2 AND length > 0))
                 RETURNING file, length",
            )
            .and_then(|mut s| {
                s.query_row(params![capture, cause.as_str(), ms(at)], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()
            })
            .map_err(write)?;
        let Some((number, length)) =
            place.and_then(|(file, length)| Some((warc::parse_name(&file)?.0, length)))
        else {
            continue;
        };
        transaction
            .prepare_cached(
                "UPDATE warc_file SET dead = dead + ?2, is_due = max(is_due, ?3) WHERE number = ?1",
            )
            .and_then(|mut s| s.execute(params![number, length, cause == GoneCause::Forgotten]))
            .map_err(write)?;
    }
    Ok(())
}
