//! Silences: of which alerts nobody is told for some time.

use bellwether_model::{HoldReason, Silence, SilenceId, Timestamp};
use rusqlite::params;

use super::{Desk, parse, read, to_json, write};
use crate::ArchiveError;
use crate::sql::ms;

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS silence (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    ends INTEGER NOT NULL,
    record TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS silence_ends ON silence(ends);
";

/// Silences that may be in force or to come at once. More is a program that repeats itself.
pub const SILENCES_MAX: usize = 1_000;

impl Desk {
    /// Keeps a silence under a new id; `None` where there are [`SILENCES_MAX`] already.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn add_silence(
        &self,
        silence: Silence,
        now: Timestamp,
    ) -> Result<Option<Silence>, ArchiveError> {
        let transaction = self.alone()?;
        if self.silences(now)?.len() >= SILENCES_MAX {
            return Ok(None);
        }
        transaction
            .execute(
                "INSERT INTO silence (ends, record) VALUES (?1, '')",
                [ms(silence.ends)],
            )
            .map_err(write)?;
        let number = transaction.last_insert_rowid();
        let silence = Silence {
            id: SilenceId(format!("s-{number}")),
            ..silence
        };
        transaction
            .execute(
                "UPDATE silence SET record = ?2 WHERE number = ?1",
                params![number, to_json(&silence)?],
            )
            .map_err(write)?;
        transaction.commit().map_err(write)?;
        Ok(Some(silence))
    }

    /// The silences that have not ended at a time, the newest first.
    ///
    /// # Errors
    /// Where the database refuses or a record is damaged.
    pub fn silences(&self, at: Timestamp) -> Result<Vec<Silence>, ArchiveError> {
        self.silences_where("ends > ?1 ORDER BY number DESC", params![ms(at)])
    }

    /// All silences, the newest first, at most `limit`.
    ///
    /// # Errors
    /// Where the database refuses or a record is damaged.
    pub fn all_silences(&self, limit: usize) -> Result<Vec<Silence>, ArchiveError> {
        let limit = crate::sql::int(limit as u64);
        self.silences_where("true ORDER BY number DESC LIMIT ?1", params![limit])
    }

    /// Ends a silence before its time. What it held back is looked at again at once. `None` where there
    /// is none of this id; one that has ended stays as it is.
    ///
    /// # Errors
    /// Where the database refuses or the record is damaged.
    pub fn end_silence(
        &self,
        id: &SilenceId,
        by: &str,
        now: Timestamp,
    ) -> Result<Option<Silence>, ArchiveError> {
        let Some(number) = id.0.strip_prefix("s-").and_then(|n| n.parse::<i64>().ok()) else {
            return Ok(None);
        };
        let transaction = self.alone()?;
        let found = self.silences_where("number = ?1", params![number])?.pop();
        let Some(mut silence) = found.filter(|silence| silence.id == *id) else {
            return Ok(None);
        };
        if silence.ends > now {
            silence.ends = now.max(silence.starts);
            silence.ended_by = Some(by.to_owned());
            transaction
                .execute(
                    "UPDATE silence SET ends = ?2, record = ?3 WHERE number = ?1",
                    params![number, ms(silence.ends), to_json(&silence)?],
                )
                .map_err(write)?;
            transaction
                .execute(
                    "UPDATE delivery SET next_at = ?1 WHERE state = 'pending' AND key IN (
                       SELECT delivery FROM hold WHERE why = ?2 AND by = ?3)",
                    params![ms(now), HoldReason::Silence.as_str(), id.0],
                )
                .map_err(write)?;
        }
        transaction.commit().map_err(write)?;
        Ok(Some(silence))
    }

    fn silences_where(
        &self,
        condition: &str,
        values: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<Silence>, ArchiveError> {
        let records: Vec<String> = self
            .connection
            .prepare_cached(&format!("SELECT record FROM silence WHERE {condition}"))
            .and_then(|mut s| s.query_map(values, |row| row.get(0))?.collect())
            .map_err(read)?;
        records.iter().map(|record| parse(record)).collect()
    }
}

#[cfg(test)]
mod tests {
    use bellwether_model::{Label, Matcher};

    use super::*;
    use crate::DataDir;

    fn t(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_795_500_000 + 60 * minutes).unwrap()
    }

    fn silence(from: i64, to: i64) -> Silence {
        Silence {
            id: SilenceId(String::new()),
            matchers: vec![Matcher::is(Label::Term, "作票")],
            starts: t(from),
            ends: t(to),
            by: "Lin".to_owned(),
            comment: "a ball game".to_owned(),
            ended_by: None,
        }
    }

    #[test]
    fn silences_are_numbered_end_and_stay_on_record() {
        let folder = tempfile::tempdir().unwrap();
        let dir = DataDir::open(folder.path()).unwrap();
        let desk = Desk::open(&dir).unwrap();
        let first = desk.add_silence(silence(0, 60), t(0)).unwrap().unwrap();
        let second = desk.add_silence(silence(30, 90), t(0)).unwrap().unwrap();
        assert_eq!((first.id.0.as_str(), second.id.0.as_str()), ("s-1", "s-2"));
        let now = |at| desk.silences(t(at)).unwrap();
        assert_eq!(now(0), [second.clone(), first.clone()]);
        assert_eq!(now(60), std::slice::from_ref(&second));
        let ended = desk.end_silence(&second.id, "Ana", t(40)).unwrap().unwrap();
        assert_eq!(
            (ended.ends, ended.ended_by.as_deref()),
            (t(40), Some("Ana"))
        );
        assert_eq!(now(40), [first]);
        // Once is enough, and who did it stays.
        let again = desk.end_silence(&second.id, "Eve", t(50)).unwrap().unwrap();
        assert_eq!(again, ended);
        for unknown in ["s-9", "s-", "", "s-1x", "9"] {
            let none = desk.end_silence(&SilenceId(unknown.to_owned()), "Ana", t(40));
            assert_eq!(none.unwrap(), None, "{unknown}");
        }
        assert_eq!(desk.all_silences(10).unwrap().len(), 2);
    }

    #[test]
    fn there_are_only_so_many() {
        let folder = tempfile::tempdir().unwrap();
        let dir = DataDir::open(folder.path()).unwrap();
        let desk = Desk::open(&dir).unwrap();
        for _ in 0..SILENCES_MAX {
            assert!(desk.add_silence(silence(0, 60), t(0)).unwrap().is_some());
        }
        assert_eq!(desk.add_silence(silence(0, 60), t(0)).unwrap(), None);
        // Those that are over do not count.
        assert!(desk.add_silence(silence(60, 70), t(60)).unwrap().is_some());
    }
}
