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

/// See [`LogReader::found_after_failures`].
const FOUND_AFTER_FAILURES: &str =
    "WITH failed(seq) AS (SELECT seq FROM outcome WHERE source = ?1 AND seq <= ?2
       AND kind NOT IN ('fetched', 'not-modified') ORDER BY seq DESC LIMIT 1),
     back(at) AS (SELECT e.at FROM entry e WHERE e.seq = (SELECT o.seq FROM outcome o
       WHERE o.source = ?1 AND o.seq > (SELECT seq FROM failed) AND o.seq <= ?2
       AND o.kind IN ('fetched', 'not-modified') ORDER BY o.seq LIMIT 1)
       AND (SELECT at FROM entry WHERE seq = (SELECT seq FROM failed)) >= ?3)
     SELECT count(*) FROM (SELECT item FROM sighting WHERE source = ?1
       AND seq > (SELECT seq FROM failed) AND seq <= ?2
       ORDER BY seq DESC LIMIT ?4) shown JOIN item i ON i.id = shown.item, back
     WHERE i.time >= ?3 AND i.time < back.at";

impl LogReader {
    /// The last outcome of a source, with the time of the clock.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn last_outcome(&self, source: &SourceId) -> Result<Option<Outcome>, ArchiveError> {
        self.outcome_until(source, Seq(i64::MAX.unsigned_abs()), "o.at")
    }

    /// How polling a source went up to a place in the log, that one included. All times in it are the
    /// log's, on which it is decided where a source stands: they are those of the clock, but where
    /// that was set back.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn course(&self, source: &SourceId, until: Seq) -> Result<SourceCourse, ArchiveError> {
        let last = self.outcome_until(source, until, "e.at")?;
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
                     (SELECT e.at FROM outcome o JOIN entry e ON e.seq = o.seq
                      WHERE o.source = ?1 AND o.seq <= ?2 AND o.items_new > 0
                      ORDER BY o.seq DESC LIMIT 1))",
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
    /// What is read for it are a few rows found by an index, and the items shown since, however long
    /// the source has been followed.
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
            .prepare_cached(FOUND_AFTER_FAILURES)
            .and_then(|mut statement| {
                statement.query_row(
                    params![source.as_str(), int(until.0), ms(since), int(FOUND_MAX)],
                    |row| row.get(0),
                )
            })
            .map_err(read)
    }

    fn outcome_until(
        &self,
        source: &SourceId,
        until: Seq,
        time: &str,
    ) -> Result<Option<Outcome>, ArchiveError> {
        self.connection
            .prepare_cached(&format!(
                "SELECT o.source, {time}, o.kind, o.status, o.items_new, o.items_updated,
                        o.items_unchanged, o.repaired, o.error, o.body_bytes, o.moved_to, o.fallback
                 FROM outcome o JOIN entry e ON e.seq = o.seq
                 WHERE o.source = ?1 AND o.seq <= ?2 ORDER BY o.seq DESC LIMIT 1"
            ))
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
                "SELECT (SELECT at FROM entry WHERE seq = failed.first), failed.count
                 FROM (SELECT min(seq) AS first, count(*) AS count FROM (SELECT seq FROM outcome
                 WHERE source = ?1 AND seq <= ?2 AND seq > coalesce((SELECT seq FROM outcome
                     WHERE source = ?1 AND seq <= ?2 AND kind IN ('fetched', 'not-modified')
                     ORDER BY seq DESC LIMIT 1), 0)
                 ORDER BY seq LIMIT ?3)) failed",
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

#[cfg(test)]
mod tests {
    use bellwether_model::{PostFacts, PublisherId, TimeReason};
    use rusqlite::StatementStatus;

    use super::*;
    use crate::{Batch, CaptureKind, DataDir, LogWriter, NewCapture, NewItem};

    fn time(number: i64) -> Timestamp {
        Timestamp::from_second(1_795_000_000 + 600 * number).expect("time")
    }

    fn polled(source: &SourceId, number: i64, kind: OutcomeKind) -> Batch {
        let mut batch = Batch::new(time(number));
        batch.outcome = Some(Outcome {
            source: source.clone(),
            at: time(number),
            kind,
            status: None,
            items_new: 0,
            items_updated: 0,
            items_unchanged: 0,
            repaired: None,
            error: None,
            body_bytes: 0,
            moved_to: None,
            fallback: None,
        });
        batch
    }

    fn item(source: &SourceId, time: Timestamp, seen: Timestamp) -> NewItem {
        NewItem {
            source: source.clone(),
            publisher: PublisherId::new(source.as_str()),
            identities: vec!["one".to_owned()],
            guid: None,
            url: None,
            platform: None,
            lang_declared: None,
            title: "One".to_owned(),
            text: String::new(),
            seen,
            published: Some(time),
            published_raw: None,
            time,
            time_reason: TimeReason::Published,
            locator: None,
            facts: PostFacts::default(),
        }
    }

    /// Steps of the database for the end of an outage of one poll, after a source was polled so often.
    fn steps(polls: i64) -> i32 {
        let folder = tempfile::tempdir().expect("folder");
        let dir = DataDir::open(folder.path()).expect("data");
        let source = SourceId::new("paper");
        let mut batches: Vec<Batch> = (0..polls)
            .map(|number| polled(&source, number, OutcomeKind::NotModified))
            .collect();
        batches.push(polled(&source, polls, OutcomeKind::Status));
        let mut back = polled(&source, polls + 1, OutcomeKind::Fetched);
        back.capture = Some(NewCapture {
            uri: "https://paper.example/feed".to_owned(),
            at: time(polls + 1),
            kind: CaptureKind::Response {
                status: 200,
                headers: Vec::new(),
            },
            body: b"one".to_vec(),
        });
        back.items = vec![item(&source, time(polls), time(polls + 1))];
        batches.push(back);
        let mut writer = LogWriter::open(&dir).expect("log");
        writer.append(&batches).expect("appended");
        let log = LogReader::open(&dir).expect("log");
        let head = log.head().expect("read").seq;
        let found = log.found_after_failures(&source, time(polls), head);
        assert_eq!(found.expect("read"), 1);
        let statement = log.connection.prepare_cached(FOUND_AFTER_FAILURES);
        statement
            .expect("cached")
            .get_status(StatementStatus::VmStep)
    }

    #[test]
    fn the_end_of_an_outage_costs_no_more_for_what_was_polled_long_before() {
        let (few, many) = (steps(100), steps(2_000));
        assert!(
            many < few * 2,
            "{few} steps after 100 polls, {many} after 2000"
        );
    }
}
