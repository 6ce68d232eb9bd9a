//! What the queries of rules match.

use bellwether_model::{ItemId, RuleId, Timestamp};
use rusqlite::{OptionalExtension, params};

use super::{Derived, Hit, read, stored_row, write};
use crate::ArchiveError;
use crate::sql::{int, ms};

impl Derived {
    /// The query a rule's hits were found with; `None` where the rule is new.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn rule_query(&self, rule: &RuleId) -> Result<Option<String>, ArchiveError> {
        self.connection
            .prepare_cached("SELECT query FROM rule WHERE id = ?1")
            .and_then(|mut s| s.query_row([rule.as_str()], |row| row.get(0)).optional())
            .map_err(read)
    }

    /// Notes the query of a rule and forgets the hits of an earlier one.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn put_rule(&mut self, rule: &RuleId, query: &str) -> Result<(), ArchiveError> {
        self.connection
            .prepare_cached("DELETE FROM hit WHERE rule = ?1")
            .and_then(|mut s| s.execute([rule.as_str()]))
            .and_then(|_| {
                self.connection
                    .prepare_cached(
                        "INSERT INTO rule VALUES (?1, ?2) ON CONFLICT(id) DO UPDATE SET query = ?2",
                    )?
                    .execute(params![rule.as_str(), query])
            })
            .map(drop)
            .map_err(write)
    }

    /// Notes whether a rule's query matches an item.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn put_hit(
        &mut self,
        rule: &RuleId,
        item: ItemId,
        time: Timestamp,
        matches: bool,
    ) -> Result<(), ArchiveError> {
        let done = if matches {
            self.connection
                .prepare_cached("INSERT OR IGNORE INTO hit VALUES (?1, ?2, ?3)")
                .and_then(|mut s| s.execute(params![rule.as_str(), int(item.0), ms(time)]))
        } else {
            self.connection
                .prepare_cached("DELETE FROM hit WHERE rule = ?1 AND item = ?2")
                .and_then(|mut s| s.execute(params![rule.as_str(), int(item.0)]))
        };
        done.map(drop).map_err(write)
    }

    /// Notes that an item is no hit of any rule: nobody knows when it was published.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn leave_out(&mut self, item: ItemId) -> Result<(), ArchiveError> {
        self.connection
            .prepare_cached("INSERT OR IGNORE INTO left_out VALUES (?1)")
            .and_then(|mut s| s.execute([int(item.0)]))
            .map(drop)
            .map_err(write)
    }

    /// Whether an item is one that a rule's query matches.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn is_hit(&self, rule: &RuleId, item: ItemId) -> Result<bool, ArchiveError> {
        self.connection
            .prepare_cached("SELECT 1 FROM hit WHERE rule = ?1 AND item = ?2")
            .and_then(|mut s| s.exists(params![rule.as_str(), int(item.0)]))
            .map_err(read)
    }

    /// Whether an item is no hit of any rule, as nobody knows when it was published.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn is_left_out(&self, item: ItemId) -> Result<bool, ArchiveError> {
        self.connection
            .prepare_cached("SELECT 1 FROM left_out WHERE item = ?1")
            .and_then(|mut s| s.exists([int(item.0)]))
            .map_err(read)
    }

    /// The items of a stretch of time that a rule's query matches, in order of time.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn hits(
        &self,
        rule: &RuleId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Hit>, ArchiveError> {
        self.connection
            .prepare_cached(
                "SELECT i.item, i.time, i.source, i.story FROM hit h JOIN item i ON i.item = h.item
                 WHERE h.rule = ?1 AND h.time >= ?2 AND h.time < ?3 ORDER BY h.time, h.item",
            )
            .and_then(|mut s| {
                s.query_map(params![rule.as_str(), ms(from), ms(to)], stored_row)?
                    .collect()
            })
            .map_err(read)
    }
}
