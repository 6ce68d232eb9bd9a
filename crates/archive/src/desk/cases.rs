//! Cases: what people put together as evidence, with notes. What is taken out stays on record as such.

use bellwether_model::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::{Desk, parse, read, to_json, write};
use crate::ArchiveError;
use crate::sql::{self, ms};

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS case_file (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,             -- what a list shows, so that it reads no records
    opened INTEGER NOT NULL,
    by TEXT NOT NULL,
    updated INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    record TEXT NOT NULL
) STRICT;
";

/// Cases of one desk.
pub const CASES_MAX: usize = 1_000;

/// Entries of one case: a report of more is none that people read.
pub const ENTRIES_MAX: usize = 1_000;

/// What an entry of a case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// An item.
    Item,
    /// A story.
    Story,
    /// A burst.
    Burst,
    /// A note alone.
    Note,
}

impl EntryKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Item, Self::Story, Self::Burst, Self::Note];

    /// The word used in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Item => "item",
            Self::Story => "story",
            Self::Burst => "burst",
            Self::Note => "note",
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// Something in a case, as it was when it was put there: what it is about may change or be forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseEntry {
    /// Its number in the case, from 1 on; never given twice.
    pub number: u32,
    /// When it was put there.
    pub added: Timestamp,
    /// By whom.
    pub by: String,
    /// What it is.
    pub kind: EntryKind,
    /// The id of the item, story or burst.
    pub subject: Option<String>,
    /// What it was called.
    pub title: String,
    /// Its time then.
    pub time: Option<Timestamp>,
    /// Its source then.
    pub source: Option<String>,
    /// Where its source had it then.
    pub address: Option<String>,
    /// What is said of it.
    pub note: String,
    /// When and by whom it was taken out.
    pub removed: Option<(Timestamp, String)>,
}

/// A case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its id, such as `c-3`.
    #[serde(skip)]
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Since when.
    pub opened: Timestamp,
    /// By whom.
    pub by: String,
    /// What is in it, in the order in which it was put there.
    pub entries: Vec<CaseEntry>,
}

/// A case in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseSummary {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Since when.
    pub opened: Timestamp,
    /// By whom.
    pub by: String,
    /// When something was put there or taken out last.
    pub updated: Timestamp,
    /// What is in it, in number.
    pub entries: u64,
}

impl Case {
    /// What was not taken out.
    pub fn present(&self) -> impl Iterator<Item = &CaseEntry> {
        self.entries.iter().filter(|entry| entry.removed.is_none())
    }

    fn updated(&self) -> Timestamp {
        let times = self.entries.iter().flat_map(|entry| {
            let removed = entry.removed.as_ref().map(|(at, _)| *at);
            [Some(entry.added), removed].into_iter().flatten()
        });
        times.max().unwrap_or(self.opened)
    }
}

impl Desk {
    /// All cases, the newest first.
    ///
    /// # Errors
    /// Where the database refuses or a record is damaged.
    pub fn cases(&self) -> Result<Vec<CaseSummary>, ArchiveError> {
        let summary = |row: &rusqlite::Row<'_>| {
            let number: i64 = row.get(0)?;
            Ok(CaseSummary {
                id: format!("c-{number}"),
                title: row.get(1)?,
                opened: sql::time(row.get(2)?),
                by: row.get(3)?,
                updated: sql::time(row.get(4)?),
                entries: sql::uint(row.get(5)?),
            })
        };
        self.connection
            .prepare_cached(
                "SELECT number, title, opened, by, updated, entries FROM case_file ORDER BY number DESC",
            )
            .and_then(|mut s| s.query_map([], summary)?.collect())
            .map_err(read)
    }

    /// One case.
    ///
    /// # Errors
    /// Where the database refuses or the record is damaged.
    pub fn case(&self, id: &str) -> Result<Option<Case>, ArchiveError> {
        let Some(number) = number_of(id) else {
            return Ok(None);
        };
        self.connection
            .prepare_cached("SELECT record FROM case_file WHERE number = ?1")
            .and_then(|mut s| {
                s.query_row([number], |row| row.get::<_, String>(0))
                    .optional()
            })
            .map_err(read)?
            .map(|record| case(number, &record))
            .transpose()
    }

    /// Keeps a case under a new id; `None` where there are [`CASES_MAX`] already.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn open_case(&self, case: Case) -> Result<Option<Case>, ArchiveError> {
        let record = to_json(&case)?;
        let transaction = self.alone()?;
        let count: i64 = transaction
            .query_row("SELECT count(*) FROM case_file", [], |row| row.get(0))
            .map_err(read)?;
        if sql::uint(count) >= CASES_MAX as u64 {
            return Ok(None);
        }
        transaction
            .execute(
                "INSERT INTO case_file (title, opened, by, updated, entries, record)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    case.title,
                    ms(case.opened),
                    case.by,
                    ms(case.updated()),
                    sql::int(case.present().count() as u64),
                    record,
                ],
            )
            .map_err(write)?;
        let id = format!("c-{}", transaction.last_insert_rowid());
        transaction.commit().map_err(write)?;
        Ok(Some(Case { id, ..case }))
    }

    /// Changes a case while nobody else does. `None` where there is none of this id.
    ///
    /// # Errors
    /// What `change` fails with, or where the database refuses.
    pub fn change_case<E: From<ArchiveError>>(
        &self,
        id: &str,
        change: impl FnOnce(&mut Case) -> Result<(), E>,
    ) -> Result<Option<Case>, E> {
        let transaction = self.alone()?;
        let (Some(number), Some(mut case)) = (number_of(id), self.case(id)?) else {
            return Ok(None);
        };
        change(&mut case)?;
        transaction
            .execute(
                "UPDATE case_file SET title = ?2, updated = ?3, entries = ?4, record = ?5
                 WHERE number = ?1",
                params![
                    number,
                    case.title,
                    ms(case.updated()),
                    sql::int(case.present().count() as u64),
                    to_json(&case)?,
                ],
            )
            .map_err(write)?;
        transaction.commit().map_err(write)?;
        Ok(Some(case))
    }
}

fn number_of(id: &str) -> Option<i64> {
    let number = id.strip_prefix("c-")?.parse().ok()?;
    (format!("c-{number}") == id).then_some(number)
}

fn case(number: i64, record: &str) -> Result<Case, ArchiveError> {
    Ok(Case {
        id: format!("c-{number}"),
        ..parse(record)?
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DataDir;

    fn t(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_795_500_000 + 60 * minutes).unwrap()
    }

    fn new(title: &str) -> Case {
        Case {
            id: String::new(),
            title: title.to_owned(),
            opened: t(0),
            by: "Lin".to_owned(),
            entries: Vec::new(),
        }
    }

    #[test]
    fn cases_are_numbered_changed_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let dir = DataDir::open(folder.path()).unwrap();
        let desk = Desk::open(&dir).unwrap();
        let first = desk.open_case(new("作票")).unwrap().unwrap();
        let second = desk.open_case(new("b")).unwrap().unwrap();
        assert_eq!((first.id.as_str(), second.id.as_str()), ("c-1", "c-2"));
        let entry = CaseEntry {
            number: 1,
            added: t(1),
            by: "Ana".to_owned(),
            kind: EntryKind::Item,
            subject: Some("7".to_owned()),
            title: "x".to_owned(),
            time: Some(t(0)),
            source: None,
            address: None,
            note: String::new(),
            removed: None,
        };
        let changed = desk
            .change_case(&first.id, |case| {
                case.entries.push(entry.clone());
                Ok::<(), ArchiveError>(())
            })
            .unwrap()
            .unwrap();
        assert_eq!(changed.entries, [entry]);
        drop(desk);
        let desk = Desk::open(&dir).unwrap();
        assert_eq!(desk.case("c-1").unwrap(), Some(changed.clone()));
        let listed: Vec<(String, u64, Timestamp)> = desk
            .cases()
            .unwrap()
            .into_iter()
            .map(|case| (case.title, case.entries, case.updated))
            .collect();
        assert_eq!(
            listed,
            [(second.title, 0, t(0)), ("作票".to_owned(), 1, t(1))]
        );
        for unknown in ["c-9", "c-01", "c-", "1", ""] {
            assert_eq!(desk.case(unknown).unwrap(), None, "{unknown}");
        }
        // What fails changes nothing.
        let failed = desk.change_case("c-1", |case| {
            case.title.clear();
            Err(ArchiveError::damaged("desk", "no".to_owned()))
        });
        assert!(failed.is_err());
        assert_eq!(desk.case("c-1").unwrap().unwrap().title, "作票");
    }
}
