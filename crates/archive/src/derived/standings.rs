//! Where sources stood, each change of it that was to be told, and what was told together.
//!
//! What is remembered between looks is its decider's own and kept here as it comes.

use bellwether_model::{CoverageReport, SourceChange, SourceId, Timestamp};
use rusqlite::{OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Derived, read, write};
use crate::ArchiveError;
use crate::sql::{self, ms};

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS standing (
    source TEXT PRIMARY KEY,
    record TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outage (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    record TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS source_change (
    at INTEGER NOT NULL,             -- the tick
    source TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (at, source)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS coverage_report (
    at INTEGER PRIMARY KEY,          -- the tick
    record TEXT NOT NULL
) STRICT;
";

pub(super) const CLEAR: &str =
    "DELETE FROM standing; DELETE FROM outage; DELETE FROM source_change;
                 DELETE FROM coverage_report;";

impl Derived {
    /// What is remembered of sources.
    ///
    /// # Errors
    /// Where the database refuses or a record is damaged.
    pub fn standings<T: DeserializeOwned>(&self) -> Result<Vec<(SourceId, T)>, ArchiveError> {
        let rows: Vec<(String, String)> = self
            .connection
            .prepare_cached("SELECT source, record FROM standing")
            .and_then(|mut s| {
                s.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                    .collect()
            })
            .map_err(read)?;
        rows.into_iter()
            .map(|(source, record)| Ok((SourceId::new(source), parse(&record)?)))
            .collect()
    }

    /// Remembers something of a source.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn put_standing(
        &mut self,
        source: &SourceId,
        standing: &impl Serialize,
    ) -> Result<(), ArchiveError> {
        let record = to_json(standing)?;
        self.put(
            "INSERT INTO standing VALUES (?1, ?2) ON CONFLICT(source) DO UPDATE SET record = ?2",
            params![source.as_str(), record],
        )
    }

    /// What is remembered of all sources together.
    ///
    /// # Errors
    /// Where the database refuses or the record is damaged.
    pub fn outage<T: DeserializeOwned>(&self) -> Result<Option<T>, ArchiveError> {
        self.connection
            .query_row("SELECT record FROM outage", [], |row| {
                row.get::<_, String>(0)
            })
            .optional()
            .map_err(read)?
            .map(|record| parse(&record))
            .transpose()
    }

    /// Remembers something of all sources together.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn put_outage(&mut self, outage: &impl Serialize) -> Result<(), ArchiveError> {
        let record = to_json(outage)?;
        self.put(
            "INSERT INTO outage VALUES (1, ?1) ON CONFLICT(one) DO UPDATE SET record = ?1",
            params![record],
        )
    }

    /// Keeps a change.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn put_source_change(&mut self, change: &SourceChange) -> Result<(), ArchiveError> {
        let record = to_json(change)?;
        self.put(
            "INSERT OR REPLACE INTO source_change VALUES (?1, ?2, ?3)",
            params![ms(change.at), change.source.as_str(), record],
        )
    }

    /// The changes after a tick (all, where `None`), in order.
    ///
    /// # Errors
    /// Where the database refuses or a record is damaged.
    pub fn source_changes_after(
        &self,
        tick: Option<Timestamp>,
    ) -> Result<Vec<SourceChange>, ArchiveError> {
        self.records_after(
            "SELECT record FROM source_change WHERE at > ?1 ORDER BY at, source",
            tick,
        )
    }

    /// Keeps what is told together.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn put_coverage_report(&mut self, report: &CoverageReport) -> Result<(), ArchiveError> {
        let record = to_json(report)?;
        self.put(
            "INSERT OR REPLACE INTO coverage_report VALUES (?1, ?2)",
            params![ms(report.reported), record],
        )
    }

    /// The reports after a tick (all, where `None`), in order.
    ///
    /// # Errors
    /// Where the database refuses or a record is damaged.
    pub fn coverage_reports_after(
        &self,
        tick: Option<Timestamp>,
    ) -> Result<Vec<CoverageReport>, ArchiveError> {
        self.records_after(
            "SELECT record FROM coverage_report WHERE at > ?1 ORDER BY at",
            tick,
        )
    }

    /// The tick of the last report.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn last_coverage_report(&self) -> Result<Option<Timestamp>, ArchiveError> {
        self.connection
            .query_row("SELECT max(at) FROM coverage_report", [], |row| {
                row.get::<_, Option<i64>>(0)
            })
            .map(|at| at.map(sql::time))
            .map_err(read)
    }

    fn put(&self, statement: &str, values: &[&dyn rusqlite::ToSql]) -> Result<(), ArchiveError> {
        self.connection
            .prepare_cached(statement)
            .and_then(|mut s| s.execute(values))
            .map(drop)
            .map_err(write)
    }

    fn records_after<T: DeserializeOwned>(
        &self,
        statement: &str,
        tick: Option<Timestamp>,
    ) -> Result<Vec<T>, ArchiveError> {
        let records: Vec<String> = self
            .connection
            .prepare_cached(statement)
            .and_then(|mut s| {
                s.query_map([tick.map_or(i64::MIN, ms)], |row| row.get(0))?
                    .collect()
            })
            .map_err(read)?;
        records.iter().map(|record| parse(record)).collect()
    }
}

fn parse<T: DeserializeOwned>(record: &str) -> Result<T, ArchiveError> {
    serde_json::from_str(record)
        .map_err(|error| ArchiveError::damaged("where a source stood", error.to_string()))
}

fn to_json(value: &impl Serialize) -> Result<String, ArchiveError> {
    serde_json::to_string(value)
        .map_err(|error| ArchiveError::damaged("where a source stands", error.to_string()))
}
