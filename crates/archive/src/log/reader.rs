//! Reading the log: entries in order, items as they were at a place in it, captures, coverage.

mod absences;
mod arrivals;
mod captures;
mod changes;
mod course;
mod gone;
mod hours;
mod imports;
mod versions;

pub use captures::{GoneCapture, GoneCause};
pub use gone::Tombstone;
pub(super) use gone::tombstone_row;

use bellwether_model::{
    CaptureId, Item, ItemId, OutcomeKind, PostFacts, PublisherId, Seq, SourceId, TimeReason,
    Timestamp,
};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::schema;
use crate::sql::{self, int, ms, uint, unpack};
use crate::{ArchiveError, DataDir};

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place.
    pub seq: Seq,
    /// The log's time.
    pub at: Timestamp,
    /// What it says.
    pub body: EntryBody,
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryBody {
    /// An item appeared.
    Item(ItemId),
    /// An item's wording changed.
    Version(ItemId),
    /// Another source showed an item.
    Sighting(ItemId),
    /// An attempt to fetch ended.
    Outcome {
        /// The source.
        source: SourceId,
        /// How it ended.
        kind: OutcomeKind,
        /// What went wrong, in words.
        error: Option<String>,
        /// Items never seen before.
        items_new: u32,
    },
    /// Items of a publisher were imported.
    Import(ImportSpan),
    /// Another configuration came into force.
    Configuration,
    /// All that was received up to this time is in the log.
    Heartbeat,
    /// An item is no longer kept.
    Gone(ItemId),
}

/// A stretch of the past in which an import counts a publisher as collected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportSpan {
    /// The source that its imports make.
    pub source: SourceId,
    /// Its beginning.
    pub first: Timestamp,
    /// Its end, which lies within.
    pub last: Timestamp,
}

/// The end of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Its last place; 0 where it is empty.
    pub seq: Seq,
    /// Its time; `None` where it is empty.
    pub at: Option<Timestamp>,
}

/// What came of polling one source in one hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectedHour {
    /// The source.
    pub source: SourceId,
    /// The beginning of the hour.
    pub start: Timestamp,
    /// Attempts after which we knew what it had to show.
    pub collected: u32,
    /// Attempts that failed.
    pub failed: u32,
    /// Items that were new.
    pub items_new: u32,
    /// The last error.
    pub error: Option<String>,
}

/// Reads the log; any number of these may be open beside the one writer.
pub struct LogReader {
    connection: Connection,
    dir: DataDir,
}

impl LogReader {
    /// Opens the log for reading; an empty one is made where there is none.
    ///
    /// # Errors
    /// Where the file cannot be used.
    pub fn open(dir: &DataDir) -> Result<Self, ArchiveError> {
        Ok(Self {
            connection: schema::open_readonly(&dir.sqlite("log"))?,
            dir: dir.clone(),
        })
    }

    /// The end of the log.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn head(&self) -> Result<Head, ArchiveError> {
        self.connection
            .prepare_cached("SELECT seq, at FROM entry ORDER BY seq DESC LIMIT 1")
            .and_then(|mut s| {
                s.query_row([], |row| {
                    Ok(Head {
                        seq: Seq(uint(row.get(0)?)),
                        at: Some(sql::time(row.get(1)?)),
                    })
                })
                .optional()
            })
            .map(|head| {
                head.unwrap_or(Head {
                    seq: Seq(0),
                    at: None,
                })
            })
            .map_err(read)
    }

    /// The last place of the log before a time. The log's time does not go back, so a few look-ups
    /// find it.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn place_before(&self, time: Timestamp) -> Result<Seq, ArchiveError> {
        let (mut before, mut after) = (0, self.head()?.seq.0 + 1);
        while after - before > 1 {
            let middle = before + (after - before) / 2;
            // Numbers are not without gaps.
            let found: Option<(i64, i64)> = self
                .connection
                .prepare_cached("SELECT seq, at FROM entry WHERE seq >= ?1 ORDER BY seq LIMIT 1")
                .and_then(|mut s| {
                    s.query_row([int(middle)], |row| Ok((row.get(0)?, row.get(1)?)))
                        .optional()
                })
                .map_err(read)?;
            match found {
                Some((seq, at)) if sql::time(at) < time => before = uint(seq).max(middle),
                _ => after = middle,
            }
        }
        Ok(Seq(before))
    }

    /// The entries after a place, in order, at most `limit`.
    ///
    /// # Errors
    /// Where the database refuses or holds an entry of a kind that nobody wrote.
    pub fn entries_after(&self, seq: Seq, limit: usize) -> Result<Vec<Entry>, ArchiveError> {
        let rows = self
            .connection
            .prepare_cached(
                "SELECT e.seq, e.at, e.kind, e.item, e.source, o.kind, o.error, i.first, i.last,
                        o.items_new
                 FROM entry e LEFT JOIN outcome o ON o.seq = e.seq LEFT JOIN import i ON i.seq = e.seq
                 WHERE e.seq > ?1 ORDER BY e.seq LIMIT ?2",
            )
            .and_then(|mut statement| {
                statement
                    .query_map(params![int(seq.0), int(limit as u64)], |row| {
                        Ok((
                            Seq(uint(row.get(0)?)),
                            sql::time(row.get(1)?),
                            row.get::<_, String>(2)?,
                            row.get::<_, Option<i64>>(3)?.map(|id| ItemId(uint(id))),
                            row.get::<_, Option<String>>(4)?.map(SourceId::new),
                            row.get::<_, Option<String>>(5)?,
                            row.get::<_, Option<String>>(6)?,
                            row.get::<_, Option<i64>>(7)?.zip(row.get(8)?),
                            row.get::<_, Option<u32>>(9)?.unwrap_or(0),
                        ))
                    })?
                    .collect::<Result<Vec<_>, _>>()
            })
            .map_err(read)?;
        rows.into_iter()
            .map(
                |(seq, at, kind, item, source, outcome, error, span, items_new)| {
                    let outcome = outcome.as_deref().and_then(OutcomeKind::from_word);
                    let body = match (kind.as_str(), item, source, outcome) {
                        ("item", Some(item), ..) => EntryBody::Item(item),
                        ("version", Some(item), ..) => EntryBody::Version(item),
                        ("sighting", Some(item), ..) => EntryBody::Sighting(item),
                        ("outcome", _, Some(source), Some(kind)) => EntryBody::Outcome {
                            source,
                            kind,
                            error,
                            items_new,
                        },
                        ("import", _, Some(source), _) if let Some((first, last)) = span => {
                            EntryBody::Import(ImportSpan {
                                source,
                                first: sql::time(first),
                                last: sql::time(last),
                            })
                        }
                        ("gone", Some(item), ..) => EntryBody::Gone(item),
                        ("configuration", ..) => EntryBody::Configuration,
                        ("heartbeat", ..) => EntryBody::Heartbeat,
                        _ => {
                            return Err(ArchiveError::damaged(
                                "log",
                                format!("entry {seq} is of no known kind"),
                            ));
                        }
                    };
                    Ok(Entry { seq, at, body })
                },
            )
            .collect()
    }

    /// An item as it is now.
    ///
    /// # Errors
    /// Where the database refuses or a text is damaged.
    pub fn item(&self, id: ItemId) -> Result<Option<Item>, ArchiveError> {
        self.item_at(id, Seq(u64::MAX))
    }

    /// An item as it was at a place in the log; `None` where it was not there.
    ///
    /// # Errors
    /// Where the database refuses or a text is damaged.
    pub fn item_at(&self, id: ItemId, at: Seq) -> Result<Option<Item>, ArchiveError> {
        let found = self
            .connection
            .prepare_cached(
                "SELECT i.publisher, i.guid, i.url, i.platform, i.lang_declared, i.seen, i.published,
                        i.published_raw, i.time, i.time_reason, i.imported_at,
                        v.number, v.seq, v.title, v.text, v.capture, i.facts
                 FROM item i JOIN version v ON v.item = i.id
                 WHERE i.id = ?1 AND v.seq <= ?2 ORDER BY v.number DESC LIMIT 1",
            )
            .and_then(|mut statement| {
                statement
                    .query_row(params![int(id.0), int(at.0)], |row| Ok((item_row(id, row)?, texts(row, 13)?)))
                    .optional()
            })
            .map_err(read)?;
        let Some((mut item, packed)) = found else {
            return Ok(None);
        };
        (item.title, item.text) = unpack_texts(id, &packed)?;
        self.connection
            .prepare_cached(
                "SELECT source, seq FROM sighting WHERE item = ?1 AND seq <= ?2 ORDER BY seq",
            )
            .and_then(|mut statement| {
                let rows = statement.query_map(params![int(id.0), int(at.0)], |row| {
                    Ok((
                        SourceId::new(row.get::<_, String>(0)?),
                        Seq(uint(row.get(1)?)),
                    ))
                })?;
                for row in rows {
                    let (source, seq) = row?;
                    item.seq = item.seq.max(seq);
                    item.sources.push(source);
                }
                Ok(())
            })
            .map_err(read)?;
        Ok(Some(item))
    }

    /// What the platform of an item says of it beside its words, as last seen.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn facts(&self, id: ItemId) -> Result<PostFacts, ArchiveError> {
        self.connection
            .prepare_cached("SELECT facts FROM item WHERE id = ?1")
            .and_then(|mut statement| {
                statement
                    .query_row([int(id.0)], |row| row.get(0))
                    .optional()
            })
            .map(|kept| facts(kept.flatten()))
            .map_err(read)
    }

    /// The items a source showed, newest sighting first, at most `limit`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn items_of(
        &self,
        source: Option<&SourceId>,
        limit: usize,
    ) -> Result<Vec<ItemId>, ArchiveError> {
        let query = match source {
            Some(_) => "SELECT item FROM sighting WHERE source = ?1 ORDER BY seq DESC LIMIT ?2",
            None => "SELECT id FROM item WHERE ?1 IS NULL ORDER BY id DESC LIMIT ?2",
        };
        self.connection
            .prepare_cached(query)
            .and_then(|mut statement| {
                statement
                    .query_map(
                        params![source.map(SourceId::as_str), int(limit as u64)],
                        |row| Ok(ItemId(uint(row.get(0)?))),
                    )?
                    .collect()
            })
            .map_err(read)
    }

    /// What came of polling, per source and hour, from the hour of `from` up to `to`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn collected_hours(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<CollectedHour>, ArchiveError> {
        self.connection
            .prepare_cached(
                "SELECT source, hour, collected, failed, items_new, error FROM source_hour
                 WHERE hour >= ?1 AND hour * 3600000 < ?2 ORDER BY source, hour",
            )
            .and_then(|mut statement| {
                statement
                    .query_map(params![ms(from).div_euclid(3_600_000), ms(to)], |row| {
                        Ok(CollectedHour {
                            source: SourceId::new(row.get::<_, String>(0)?),
                            start: sql::time(row.get::<_, i64>(1)?.saturating_mul(3_600_000)),
                            collected: row.get(2)?,
                            failed: row.get(3)?,
                            items_new: row.get(4)?,
                            error: row.get(5)?,
                        })
                    })?
                    .collect()
            })
            .map_err(read)
    }

    /// The first hour in which each polled source was collected.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn first_collected(&self) -> Result<Vec<(SourceId, Timestamp)>, ArchiveError> {
        self.connection
            .prepare_cached(
                "SELECT source, min(hour) FROM source_hour WHERE collected > 0 GROUP BY source",
            )
            .and_then(|mut statement| {
                statement
                    .query_map([], |row| {
                        let hour: i64 = row.get(1)?;
                        Ok((
                            SourceId::new(row.get::<_, String>(0)?),
                            sql::time(hour.saturating_mul(3_600_000)),
                        ))
                    })?
                    .collect()
            })
            .map_err(read)
    }

    /// Whether the time of an item is one its source states, to a minute.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn time_is_stated(&self, id: ItemId) -> Result<bool, ArchiveError> {
        self.connection
            .prepare_cached(
                "SELECT time_reason IN ('published', 'assumed') FROM item WHERE id = ?1",
            )
            .and_then(|mut s| s.query_row([int(id.0)], |row| row.get(0)).optional())
            .map(Option::unwrap_or_default)
            .map_err(read)
    }

    /// The item that an entry of the log speaks of, where it speaks of one.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn item_of_entry(&self, seq: Seq) -> Result<Option<ItemId>, ArchiveError> {
        self.connection
            .prepare_cached("SELECT item FROM entry WHERE seq = ?1")
            .and_then(|mut statement| {
                statement
                    .query_row([int(seq.0)], |row| row.get::<_, Option<i64>>(0))
                    .optional()
            })
            .map(|item| item.flatten().map(|id| ItemId(uint(id))))
            .map_err(read)
    }

    /// What the poller remembered of a source.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn poll_state(&self, source: &SourceId) -> Result<Option<String>, ArchiveError> {
        poll_state(&self.connection, source)
    }

    /// How many items there are.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn item_count(&self) -> Result<u64, ArchiveError> {
        self.connection
            .query_row("SELECT count(*) FROM item", [], |row| row.get::<_, i64>(0))
            .map(uint)
            .map_err(read)
    }
}

pub(super) fn poll_state(
    connection: &Connection,
    source: &SourceId,
) -> Result<Option<String>, ArchiveError> {
    connection
        .prepare_cached("SELECT state FROM poll_state WHERE source = ?1")
        .and_then(|mut statement| {
            statement
                .query_row([source.as_str()], |row| row.get(0))
                .optional()
        })
        .map_err(read)
}

fn read(source: rusqlite::Error) -> ArchiveError {
    ArchiveError::Sql {
        file: "log",
        action: "read",
        source,
    }
}

/// What cannot be read (another version wrote it) is as if it were not known.
fn facts(kept: Option<String>) -> PostFacts {
    kept.and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default()
}

/// The columns of an item up to and with its version's number and capture; texts are left empty.
fn item_row(id: ItemId, row: &Row<'_>) -> rusqlite::Result<Item> {
    Ok(Item {
        id,
        publisher: PublisherId::new(row.get::<_, String>(0)?),
        guid: row.get(1)?,
        url: row.get(2)?,
        platform: row.get(3)?,
        lang_declared: row.get(4)?,
        seen: sql::time(row.get(5)?),
        published: row.get::<_, Option<i64>>(6)?.map(sql::time),
        published_raw: row.get(7)?,
        time: sql::time(row.get(8)?),
        time_reason: TimeReason::from_word(&row.get::<_, String>(9)?)
            .unwrap_or(TimeReason::Missing),
        imported_at: row.get::<_, Option<i64>>(10)?.map(sql::time),
        facts: facts(row.get(16)?),
        versions: row.get(11)?,
        seq: Seq(uint(row.get(12)?)),
        sources: Vec::new(),
        title: String::new(),
        text: String::new(),
        capture: CaptureId(uint(row.get(15)?)),
    })
}

fn texts(row: &Row<'_>, at: usize) -> rusqlite::Result<(Vec<u8>, Vec<u8>)> {
    Ok((row.get(at)?, row.get(at + 1)?))
}

fn unpack_texts(id: ItemId, packed: &(Vec<u8>, Vec<u8>)) -> Result<(String, String), ArchiveError> {
    unpack(&packed.0).zip(unpack(&packed.1)).ok_or_else(|| {
        ArchiveError::damaged("log", format!("the text of item {id} cannot be read"))
    })
}
