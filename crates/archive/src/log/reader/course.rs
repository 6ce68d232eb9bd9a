//! How polling a source went of late.

use bellwether_model::{
    Failures, Outcome, OutcomeKind, Seq, SourceCourse, SourceId, Span, Timestamp,
};
use rusqlite::{OptionalExtension, Row, params};

use super::{LogReader, read};
use crate::ArchiveError;
use crate::sql::{self, int, ms, uint};

/// Failures are counted up to this.
const FAILURES_MAX: u64 = 10_000;

/// The newest item is looked for among so many that a source showed last: a feed may list its
/// entries in any order, and a first poll shows old ones.
const SHOWN_LAST: u64 = 100;

/// More items than a document brings after a gap.
const FOUND_MAX: u64 = 5_000;

impl LogReader {
    /// The last outcome of a source.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn last_outcome(&self, source: &SourceId) -> Result<Option<Outcome>, ArchiveError> {
        self.outcome_until(source, Seq(i64::MAX.unsigned_abs()))
    }

    /// How polling a source went up to a place in the log, that one included.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn course(&self, source: &SourceId, until: Seq) -> Result<SourceCourse, ArchiveError> {
        let last = self.outcome_until(source, until)?;
        let has_failed = last
            .as_ref()
            .is_some_and(|outcome| !outcome.kind.is_collected());
        let failures = if has_failed {
            self.failures(source, until)?
        } else {
            None
        };
        let newest = self
            .connection
            .prepare_cached(
                // What a folder brings is shown by other sources.
                "SELECT coalesce(
                     (SELECT max(i.time) FROM (SELECT item FROM sighting WHERE source = ?1 AND seq <= ?2
                      ORDER BY seq DESC LIMIT ?3) shown JOIN item i ON i.id = shown.item),
                     (SELECT at FROM outcome WHERE source = ?1 AND seq <= ?2 AND items_new > 0
                      ORDER BY seq DESC LIMIT 1))",
            )
            .and_then(|mut statement| {
                statement.query_row(
                    params![source.as_str(), int(until.0), int(SHOWN_LAST)],
                    |row| row.get::<_, Option<i64>>(0),
                )
            })
            .map_err(read)?;
        Ok(SourceCourse {
            last,
            failures,
            newest: newest.map(sql::time),
        })
    }

    /// How many items of a stretch of time a source showed only after it, up to a place in the log.
    /// Looked at are those that it showed last, some thousands at most.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn found_afterwards(
        &self,
        source: &SourceId,
        span: Span,
        until: Seq,
    ) -> Result<u32, ArchiveError> {
        self.connection
            .prepare_cached(
                "SELECT count(*) FROM (SELECT item, seen FROM sighting WHERE source = ?1 AND seq <= ?2
                 ORDER BY seq DESC LIMIT ?3) shown JOIN item i ON i.id = shown.item
                 WHERE shown.seen >= ?5 AND i.time >= ?4 AND i.time < ?5",
            )
            .and_then(|mut statement| {
                statement.query_row(
                    params![
                        source.as_str(),
                        int(until.0),
                        int(FOUND_MAX),
                        ms(span.from),
                        ms(span.to)
                    ],
                    |row| row.get(0),
                )
            })
            .map_err(read)
    }

    /// How many items a source showed only after its attempts had stopped to fail, that are from
    /// between a time and then, up to a place in the log; none where no attempt failed since that time.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn found_after_failures(
        &self,
        source: &SourceId,
        since: Timestamp,
        until: Seq,
    ) -> Result<u32, ArchiveError> {
        self.connection
            .prepare_cached(
                "WITH failed(at) AS (SELECT max(at) FROM outcome WHERE source = ?1 AND seq <= ?2
                   AND at >= ?3 AND kind NOT IN ('fetched', 'not-modified')),
                 back(at) AS (SELECT min(o.at) FROM outcome o, failed WHERE o.source = ?1
                   AND o.seq <= ?2 AND o.at > failed.at AND o.kind IN ('fetched', 'not-modified'))
                 SELECT count(*) FROM (SELECT item, seen FROM sighting WHERE source = ?1 AND seq <= ?2
                   ORDER BY seq DESC LIMIT ?4) shown JOIN item i ON i.id = shown.item, back
                 WHERE shown.seen >= back.at AND i.time >= ?3 AND i.time < back.at",
            )
            .and_then(|mut statement| {
                statement.query_row(
                    params![
                        source.as_str(),
                        int(until.0),
                        ms(since),
                        int(FOUND_MAX)
                    ],
                    |row| row.get(0),
                )
            })
            .map_err(read)
    }

    fn outcome_until(
        &self,
        source: &SourceId,
        until: Seq,
    ) -> Result<Option<Outcome>, ArchiveError> {
        self.connection
            .prepare_cached(
                "SELECT source, at, kind, status, items_new, items_updated, items_unchanged, repaired,
                        error, body_bytes, moved_to, fallback
                 FROM outcome WHERE source = ?1 AND seq <= ?2 ORDER BY seq DESC LIMIT 1",
            )
            .and_then(|mut statement| {
                statement
                    .query_row(params![source.as_str(), int(until.0)], outcome_row)
                    .optional()
            })
            .map_err(read)
    }

    fn failures(&self, source: &SourceId, until: Seq) -> Result<Option<Failures>, ArchiveError> {
        self.connection
            .prepare_cached(
                "SELECT min(at), count(*) FROM (SELECT at FROM outcome
                 WHERE source = ?1 AND seq <= ?2 AND seq > coalesce((SELECT seq FROM outcome
                     WHERE source = ?1 AND seq <= ?2 AND kind IN ('fetched', 'not-modified')
                     ORDER BY seq DESC LIMIT 1), 0)
                 ORDER BY seq LIMIT ?3)",
            )
            .and_then(|mut statement| {
                statement.query_row(
                    params![source.as_str(), int(until.0), int(FAILURES_MAX)],
                    |row| {
                        let since: Option<i64> = row.get(0)?;
                        let count = row.get(1)?;
                        Ok(since.map(|since| Failures {
                            since: sql::time(since),
                            count,
                        }))
                    },
                )
            })
            .map_err(read)
    }
}

fn outcome_row(row: &Row<'_>) -> rusqlite::Result<Outcome> {
    let kind: String = row.get(2)?;
    Ok(Outcome {
        source: SourceId::new(row.get::<_, String>(0)?),
        at: sql::time(row.get(1)?),
        kind: OutcomeKind::from_word(&kind).unwrap_or(OutcomeKind::Unreachable),
        status: row.get(3)?,
        items_new: row.get(4)?,
        items_updated: row.get(5)?,
        items_unchanged: row.get(6)?,
        repaired: row.get(7)?,
        error: row.get(8)?,
        body_bytes: uint(row.get(9)?),
        moved_to: row.get(10)?,
        fallback: row.get(11)?,
    })
}
