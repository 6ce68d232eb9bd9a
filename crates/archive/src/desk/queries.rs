//! Saved queries: what people named to ask again.

use bellwether_model::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use super::{Desk, read, write};
use crate::ArchiveError;
use crate::sql::{self, ms};

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS query (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    query TEXT NOT NULL,
    from_typed TEXT,                 -- the window as typed: relative times stay relative
    to_typed TEXT,
    sort TEXT,
    zone TEXT,
    author TEXT,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
";

const COLUMNS: &str = "id, name, query, from_typed, to_typed, sort, zone, author, created, updated";

/// Most saved queries of one desk; a list of more is no list that people read.
pub const SAVED_QUERIES_MAX: usize = 1_000;

/// A query that was saved under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedQuery {
    /// Its id; never changes.
    pub id: String,
    /// Its name; no other has it.
    pub name: String,
    /// The query as typed.
    pub query: String,
    /// The beginning of the window as typed.
    pub from: Option<String>,
    /// The end of the window as typed.
    pub to: Option<String>,
    /// The order.
    pub sort: Option<String>,
    /// The time zone in which days are meant.
    pub zone: Option<String>,
    /// Who says to have saved it.
    pub author: Option<String>,
    /// When it was saved first.
    pub created: Timestamp,
    /// When it was changed last.
    pub updated: Timestamp,
}

/// What became of a query that was to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    /// It is kept.
    Kept,
    /// Another query, of this id, has its name.
    NameTaken(String),
    /// There are [`SAVED_QUERIES_MAX`] already.
    Full,
    /// There is none of this id to change.
    Gone,
}

impl Desk {
    /// Saved queries by name.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn saved_queries(&self) -> Result<Vec<SavedQuery>, ArchiveError> {
        self.connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM query ORDER BY name, id"))
            .and_then(|mut s| s.query_map([], row)?.collect())
            .map_err(read)
    }

    /// One saved query.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn saved_query(&self, id: &str) -> Result<Option<SavedQuery>, ArchiveError> {
        self.connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM query WHERE id = ?1"))
            .and_then(|mut s| s.query_row([id], row).optional())
            .map_err(read)
    }

    /// Keeps a new query. Its id becomes `SLUG`, or `SLUG-2` and so on where that is taken, and is
    /// written into it.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn save_query(&self, query: &mut SavedQuery, slug: &str) -> Result<Saved, ArchiveError> {
        let transaction = self.connection.unchecked_transaction().map_err(write)?;
        if let Some(other) = id_of_name(&transaction, &query.name)? {
            return Ok(Saved::NameTaken(other));
        }
        let count: i64 = transaction
            .query_row("SELECT count(*) FROM query", [], |row| row.get(0))
            .map_err(read)?;
        if sql::uint(count) >= SAVED_QUERIES_MAX as u64 {
            return Ok(Saved::Full);
        }
        // One more than there can be queries: one of these ids is free.
        for number in 1..=SAVED_QUERIES_MAX + 1 {
            query.id = if number == 1 {
                slug.to_owned()
            } else {
                format!("{slug}-{number}")
            };
            let kept = transaction
                .execute(
                    &format!(
                        "INSERT OR IGNORE INTO query ({COLUMNS})
                         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
                    ),
                    params![
                        query.id,
                        query.name,
                        query.query,
                        query.from,
                        query.to,
                        query.sort,
                        query.zone,
                        query.author,
                        ms(query.created),
                        ms(query.updated),
                    ],
                )
                .map_err(write)?;
            if kept == 1 {
                transaction.commit().map_err(write)?;
                return Ok(Saved::Kept);
            }
        }
        Ok(Saved::Full)
    }

    /// Changes a query; the time it was saved first stays as it was.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn change_query(&self, query: &SavedQuery) -> Result<Saved, ArchiveError> {
        let transaction = self.connection.unchecked_transaction().map_err(write)?;
        if let Some(other) = id_of_name(&transaction, &query.name)?.filter(|id| *id != query.id) {
            return Ok(Saved::NameTaken(other));
        }
        let changed = transaction
            .execute(
                "UPDATE query SET name = ?2, query = ?3, from_typed = ?4, to_typed = ?5, sort = ?6,
                        zone = ?7, author = ?8, updated = ?9 WHERE id = ?1",
                params![
                    query.id,
                    query.name,
                    query.query,
                    query.from,
                    query.to,
                    query.sort,
                    query.zone,
                    query.author,
                    ms(query.updated),
                ],
            )
            .map_err(write)?;
        transaction.commit().map_err(write)?;
        Ok(if changed == 1 {
            Saved::Kept
        } else {
            Saved::Gone
        })
    }

    /// Removes a query; says whether there was one.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn remove_query(&self, id: &str) -> Result<bool, ArchiveError> {
        self.connection
            .execute("DELETE FROM query WHERE id = ?1", [id])
            .map(|removed| removed > 0)
            .map_err(write)
    }

    /// How many deliveries stand in each state.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn delivery_counts(&self) -> Result<Vec<(String, u64)>, ArchiveError> {
        self.counts("SELECT state, count(*) FROM delivery GROUP BY state ORDER BY state")
    }

    /// How many alerts stand in each state.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn alert_counts(&self) -> Result<Vec<(String, u64)>, ArchiveError> {
        self.counts("SELECT state, count(*) FROM alert GROUP BY state ORDER BY state")
    }

    fn counts(&self, statement: &str) -> Result<Vec<(String, u64)>, ArchiveError> {
        self.connection
            .prepare_cached(statement)
            .and_then(|mut s| {
                s.query_map([], |row| Ok((row.get(0)?, sql::uint(row.get(1)?))))?
                    .collect()
            })
            .map_err(read)
    }
}

fn id_of_name(
    connection: &rusqlite::Connection,
    name: &str,
) -> Result<Option<String>, ArchiveError> {
    connection
        .prepare_cached("SELECT id FROM query WHERE name = ?1")
        .and_then(|mut s| s.query_row([name], |row| row.get(0)).optional())
        .map_err(read)
}

fn row(row: &Row<'_>) -> rusqlite::Result<SavedQuery> {
    Ok(SavedQuery {
        id: row.get(0)?,
        name: row.get(1)?,
        query: row.get(2)?,
        from: row.get(3)?,
        to: row.get(4)?,
        sort: row.get(5)?,
        zone: row.get(6)?,
        author: row.get(7)?,
        created: sql::time(row.get(8)?),
        updated: sql::time(row.get(9)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DataDir;

    fn query(name: &str) -> SavedQuery {
        SavedQuery {
            id: String::new(),
            name: name.to_owned(),
            query: "作票".to_owned(),
            from: Some("7d".to_owned()),
            to: None,
            sort: None,
            zone: Some("Asia/Taipei".to_owned()),
            author: None,
            created: Timestamp::UNIX_EPOCH,
            updated: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn queries_are_kept_changed_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let dir = DataDir::open(folder.path()).unwrap();
        let desk = Desk::open(&dir).unwrap();
        let (mut first, mut second) = (query("作票"), query("作票!"));
        assert_eq!(desk.save_query(&mut first, "作票").unwrap(), Saved::Kept);
        assert_eq!(desk.save_query(&mut second, "作票").unwrap(), Saved::Kept);
        assert_eq!((&*first.id, &*second.id), ("作票", "作票-2"));
        let taken = desk.save_query(&mut query("作票"), "x").unwrap();
        assert_eq!(taken, Saved::NameTaken("作票".to_owned()));

        second.name = "作票".to_owned();
        let taken = desk.change_query(&second).unwrap();
        assert_eq!(taken, Saved::NameTaken("作票".to_owned()));
        second.name = "выборы".to_owned();
        assert_eq!(desk.change_query(&second).unwrap(), Saved::Kept);

        // Another process sees them.
        let other = Desk::open(&dir).unwrap();
        assert_eq!(other.saved_query("作票-2").unwrap(), Some(second.clone()));
        assert_eq!(other.saved_queries().unwrap(), [second.clone(), first]);
        assert!(other.remove_query("作票-2").unwrap());
        assert!(!desk.remove_query("作票-2").unwrap());
        assert_eq!(desk.change_query(&second).unwrap(), Saved::Gone);
    }

    #[test]
    fn there_is_an_end_to_them() {
        let folder = tempfile::tempdir().unwrap();
        let desk = Desk::open(&DataDir::open(folder.path()).unwrap()).unwrap();
        desk.connection
            .execute_batch(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
                 INSERT INTO query SELECT 'q' || i, 'q' || i, '*', NULL, NULL, NULL, NULL, NULL, 0, 0
                 FROM n",
            )
            .unwrap();
        assert_eq!(desk.save_query(&mut query("x"), "x").unwrap(), Saved::Full);
        assert!(desk.remove_query("q7").unwrap());
        assert_eq!(desk.save_query(&mut query("x"), "x").unwrap(), Saved::Kept);
    }
}
