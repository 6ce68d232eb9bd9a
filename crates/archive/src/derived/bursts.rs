//! Bursts as they were found, with each change that a person should see.

use bellwether_model::{Burst, BurstId, BurstState, RuleId, Timestamp};
use rusqlite::params;

use super::{Derived, read, write};
use crate::ArchiveError;
use crate::sql::{int, ms};

impl Derived {
    /// Writes a burst down; a revision that a person should see is also kept as a change.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn put_burst(&mut self, burst: &Burst, is_change: bool) -> Result<(), ArchiveError> {
        let record = serde_json::to_string(burst)
            .map_err(|error| ArchiveError::damaged("a burst", error.to_string()))?;
        let state = match burst.state {
            BurstState::Open => "open",
            BurstState::Ended => "ended",
        };
        self.connection
            .prepare_cached(
                "INSERT INTO burst VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT(id) DO UPDATE SET state = ?3, record = ?5",
            )
            .and_then(|mut s| {
                s.execute(params![
                    burst.id.as_str(),
                    burst.rule.as_str(),
                    state,
                    ms(burst.started),
                    record
                ])
            })
            .map_err(write)?;
        if is_change {
            self.connection
                .prepare_cached("INSERT OR REPLACE INTO burst_change VALUES (?1, ?2, ?3, ?4)")
                .and_then(|mut s| {
                    s.execute(params![
                        burst.id.as_str(),
                        burst.revision,
                        ms(burst.evaluated),
                        record
                    ])
                })
                .map_err(write)?;
        }
        Ok(())
    }

    /// One burst.
    ///
    /// # Errors
    /// Where the database refuses or the record is damaged.
    pub fn burst(&self, id: &BurstId) -> Result<Option<Burst>, ArchiveError> {
        self.bursts_where("id = ?1", params![id.as_str()])
            .map(|mut found| found.pop())
    }

    /// The bursts that hold.
    ///
    /// # Errors
    /// Where the database refuses or a record is damaged.
    pub fn open_bursts(&self) -> Result<Vec<Burst>, ArchiveError> {
        self.bursts_where("state = 'open' ORDER BY started, id", params![])
    }

    /// The burst of a rule that was open after a tick; as it is now, later revisions included.
    ///
    /// # Errors
    /// Where the database refuses or the record is damaged.
    pub fn burst_at(&self, rule: &RuleId, tick: Timestamp) -> Result<Option<Burst>, ArchiveError> {
        let last = self.bursts_where(
            "rule = ?1 AND started <= ?2 ORDER BY started DESC, id LIMIT 1",
            params![rule.as_str(), ms(tick)],
        )?;
        let is_open = |burst: &Burst| burst.ended.is_none_or(|ended| ended > tick);
        Ok(last.into_iter().find(is_open))
    }

    /// The bursts that began in a stretch of time, newest first, at most `limit`.
    ///
    /// # Errors
    /// Where the database refuses or a record is damaged.
    pub fn bursts(
        &self,
        from: Timestamp,
        to: Timestamp,
        limit: usize,
    ) -> Result<Vec<Burst>, ArchiveError> {
        self.bursts_where(
            "started >= ?1 AND started < ?2 ORDER BY started DESC, id LIMIT ?3",
            params![ms(from), ms(to), int(limit as u64)],
        )
    }

    /// The changes of bursts evaluated after a tick (all, where `None`), in order.
    ///
    /// # Errors
    /// Where the database refuses or a record is damaged.
    pub fn changes_after(&self, tick: Option<Timestamp>) -> Result<Vec<Burst>, ArchiveError> {
        let records: Vec<String> = self
            .connection
            .prepare_cached(
                "SELECT record FROM burst_change WHERE evaluated > ?1 ORDER BY evaluated, id, revision",
            )
            .and_then(|mut s| {
                s.query_map([tick.map_or(i64::MIN, ms)], |row| row.get(0))?.collect()
            })
            .map_err(read)?;
        records.iter().map(|record| parse_burst(record)).collect()
    }

    fn bursts_where(
        &self,
        condition: &str,
        values: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<Burst>, ArchiveError> {
        let records: Vec<String> = self
            .connection
            .prepare_cached(&format!("SELECT record FROM burst WHERE {condition}"))
            .and_then(|mut s| s.query_map(values, |row| row.get(0))?.collect())
            .map_err(read)?;
        records.iter().map(|record| parse_burst(record)).collect()
    }
}

fn parse_burst(record: &str) -> Result<Burst, ArchiveError> {
    serde_json::from_str(record)
        .map_err(|error| ArchiveError::damaged("a burst", error.to_string()))
}
