//! Users, tokens and sessions, and what was done by whom. Of secrets only what knows them again is kept.

use bellwether_access::{AuditEntry, Digest, Token, User};
use bellwether_model::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::{Desk, parse, read, to_json, write};
use crate::ArchiveError;
use crate::sql::{int, ms};

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS user (
    name TEXT PRIMARY KEY,
    record TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS token (
    name TEXT PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,     -- of its secret
    record TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS session (
    digest BLOB PRIMARY KEY,         -- of its secret
    user TEXT NOT NULL REFERENCES user(name) ON DELETE CASCADE,
    ends INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS session_user ON session(user);
CREATE TABLE IF NOT EXISTS audit (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    record TEXT NOT NULL
) STRICT;
";

/// Users and tokens of one desk, of each.
pub const ACCOUNTS_MAX: usize = 1_000;

/// Sessions of one user at once; the one that ends first makes room.
const SESSIONS_MAX: i64 = 20;

/// What was done is kept so often; the oldest goes.
const AUDIT_MAX: i64 = 200_000;

impl Desk {
    /// Whether anybody has an account: from then on nobody is answered without.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn has_accounts(&self) -> Result<bool, ArchiveError> {
        self.connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM user) OR EXISTS (SELECT 1 FROM token)")
            .and_then(|mut s| s.query_row([], |row| row.get(0)))
            .map_err(read)
    }

    /// All users by name.
    ///
    /// # Errors
    /// Where the database refuses or a record is damaged.
    pub fn users(&self) -> Result<Vec<User>, ArchiveError> {
        self.records("SELECT record FROM user ORDER BY name")
    }

    /// One user.
    ///
    /// # Errors
    /// Where the database refuses or the record is damaged.
    pub fn user(&self, name: &str) -> Result<Option<User>, ArchiveError> {
        self.connection
            .prepare_cached("SELECT record FROM user WHERE name = ?1")
            .and_then(|mut s| {
                s.query_row([name], |row| row.get::<_, String>(0))
                    .optional()
            })
            .map_err(read)?
            .map(|record| parse(&record))
            .transpose()
    }

    /// Keeps a user: a new one, or one that is there with another password or role, whose sessions end.
    /// `false` where there are [`ACCOUNTS_MAX`] already.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn put_user(&self, user: &User) -> Result<bool, ArchiveError> {
        let record = to_json(user)?;
        let transaction = self.alone()?;
        if self.user(&user.name)?.is_none() && self.users()?.len() >= ACCOUNTS_MAX {
            return Ok(false);
        }
        transaction
            .execute("DELETE FROM session WHERE user = ?1", [&user.name])
            .and_then(|_| {
                transaction.execute(
                    "INSERT INTO user (name, record) VALUES (?1, ?2)
                     ON CONFLICT (name) DO UPDATE SET record = excluded.record",
                    params![user.name, record],
                )
            })
            .map_err(write)?;
        transaction.commit().map_err(write)?;
        Ok(true)
    }

    /// Removes a user with their sessions. `false` where there is none of this name.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn remove_user(&self, name: &str) -> Result<bool, ArchiveError> {
        let transaction = self.alone()?;
        transaction
            .execute("DELETE FROM session WHERE user = ?1", [name])
            .map_err(write)?;
        let removed = transaction
            .execute("DELETE FROM user WHERE name = ?1", [name])
            .map_err(write)?;
        transaction.commit().map_err(write)?;
        Ok(removed > 0)
    }

    /// All tokens by name, also those that are over.
    ///
    /// # Errors
    /// Where the database refuses or a record is damaged.
    pub fn tokens(&self) -> Result<Vec<Token>, ArchiveError> {
        self.records("SELECT record FROM token ORDER BY name")
    }

    /// Keeps a token by the digest of its secret. `false` where its name is taken, or there are
    /// [`ACCOUNTS_MAX`] already.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn add_token(&self, token: &Token, digest: &Digest) -> Result<bool, ArchiveError> {
        let transaction = self.alone()?;
        if self.tokens()?.len() >= ACCOUNTS_MAX {
            return Ok(false);
        }
        let added = transaction
            .execute(
                "INSERT OR IGNORE INTO token (name, digest, record) VALUES (?1, ?2, ?3)",
                params![token.name, digest.as_bytes(), to_json(token)?],
            )
            .map_err(write)?;
        transaction.commit().map_err(write)?;
        Ok(added > 0)
    }

    /// Removes a token. `false` where there is none of this name.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn revoke_token(&self, name: &str) -> Result<bool, ArchiveError> {
        self.connection
            .execute("DELETE FROM token WHERE name = ?1", [name])
            .map(|removed| removed > 0)
            .map_err(write)
    }

    /// The token of a secret, while it is good.
    ///
    /// # Errors
    /// Where the database refuses or the record is damaged.
    pub fn token_of(&self, digest: &Digest, now: Timestamp) -> Result<Option<Token>, ArchiveError> {
        let token: Option<Token> = self
            .connection
            .prepare_cached("SELECT record FROM token WHERE digest = ?1")
            .and_then(|mut s| {
                s.query_row([digest.as_bytes()], |row| row.get::<_, String>(0))
                    .optional()
            })
            .map_err(read)?
            .map(|record| parse(&record))
            .transpose()?;
        Ok(token.filter(|token| token.ends.is_none_or(|ends| now < ends)))
    }

    /// Begins a session of a user by the digest of its secret. `false` where the user is no longer as given:
    /// removed, or with another password or role.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn begin_session(
        &self,
        user: &User,
        digest: &Digest,
        now: Timestamp,
        ends: Timestamp,
    ) -> Result<bool, ArchiveError> {
        let transaction = self.alone()?;
        if self.user(&user.name)?.as_ref() != Some(user) {
            return Ok(false);
        }
        let user = user.name.as_str();
        transaction
            .execute("DELETE FROM session WHERE ends <= ?1", [ms(now)])
            .and_then(|_| {
                transaction.execute(
                    "INSERT INTO session (digest, user, ends) VALUES (?1, ?2, ?3)",
                    params![digest.as_bytes(), user, ms(ends)],
                )
            })
            .and_then(|_| {
                transaction.execute(
                    "DELETE FROM session WHERE user = ?1 AND digest NOT IN (
                       SELECT digest FROM session WHERE user = ?1
                       ORDER BY digest = ?3 DESC, ends DESC LIMIT ?2)",
                    params![user, SESSIONS_MAX, digest.as_bytes()],
                )
            })
            .map_err(write)?;
        transaction.commit().map_err(write)?;
        Ok(true)
    }

    /// The user of a session, while it is good.
    ///
    /// # Errors
    /// Where the database refuses or the record is damaged.
    pub fn session(&self, digest: &Digest, now: Timestamp) -> Result<Option<User>, ArchiveError> {
        self.connection
            .prepare_cached(
                "SELECT record FROM user JOIN session ON user.name = session.user
                 WHERE digest = ?1 AND ends > ?2",
            )
            .and_then(|mut s| {
                s.query_row(params![digest.as_bytes(), ms(now)], |row| {
                    row.get::<_, String>(0)
                })
                .optional()
            })
            .map_err(read)?
            .map(|record| parse(&record))
            .transpose()
    }

    /// Ends a session.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn end_session(&self, digest: &Digest) -> Result<(), ArchiveError> {
        self.connection
            .execute("DELETE FROM session WHERE digest = ?1", [digest.as_bytes()])
            .map(drop)
            .map_err(write)
    }

    /// Notes what was done.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn note(&self, entry: &AuditEntry) -> Result<(), ArchiveError> {
        let record = to_json(entry)?;
        self.connection
            .prepare_cached("INSERT INTO audit (record) VALUES (?1)")
            .and_then(|mut s| s.execute([record]))
            .map_err(write)?;
        let number = self.connection.last_insert_rowid();
        if number % 1_000 == 0 {
            self.connection
                .execute("DELETE FROM audit WHERE number <= ?1", [number - AUDIT_MAX])
                .map_err(write)?;
        }
        Ok(())
    }

    /// What was done, the newest first: at most `limit`, of those before a number where one is given. Each
    /// with its number.
    ///
    /// # Errors
    /// Where the database refuses or a record is damaged.
    pub fn audit(
        &self,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<(i64, AuditEntry)>, ArchiveError> {
        let rows: Vec<(i64, String)> = self
            .connection
            .prepare_cached(
                "SELECT number, record FROM audit WHERE number < ?1 ORDER BY number DESC LIMIT ?2",
            )
            .and_then(|mut s| {
                s.query_map(
                    params![before.unwrap_or(i64::MAX), int(limit as u64)],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )?
                .collect()
            })
            .map_err(read)?;
        rows.iter()
            .map(|(number, record)| Ok((*number, parse(record)?)))
            .collect()
    }

    fn records<T: serde::de::DeserializeOwned>(&self, sql: &str) -> Result<Vec<T>, ArchiveError> {
        let records: Vec<String> = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut s| s.query_map([], |row| row.get(0))?.collect())
            .map_err(read)?;
        records.iter().map(|record| parse(record)).collect()
    }
}

#[cfg(test)]
mod tests {
    use bellwether_access::{Issued, PasswordHash, UserRole};

    use super::*;
    use crate::DataDir;

    fn t(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_795_500_000 + 60 * minutes).unwrap()
    }

    fn user(name: &str, role: UserRole) -> User {
        User {
            name: name.to_owned(),
            role,
            password: PasswordHash::of_nobody(),
            since: t(0),
        }
    }

    fn digest(n: u8) -> Digest {
        Issued::of([n; 32]).digest()
    }

    #[test]
    fn a_session_lasts_until_it_ends_or_its_user_changes() {
        let folder = tempfile::tempdir().unwrap();
        let desk = Desk::open(&DataDir::open(folder.path()).unwrap()).unwrap();
        assert!(!desk.has_accounts().unwrap());
        let lin = user("林", UserRole::Analyst);
        assert!(desk.put_user(&lin).unwrap());
        assert!(desk.has_accounts().unwrap());
        assert!(desk.begin_session(&lin, &digest(1), t(0), t(60)).unwrap());
        assert_eq!(desk.session(&digest(1), t(59)).unwrap(), Some(lin.clone()));
        assert_eq!(desk.session(&digest(1), t(60)).unwrap(), None);
        assert_eq!(desk.session(&digest(2), t(0)).unwrap(), None);
        assert!(desk.begin_session(&lin, &digest(2), t(0), t(60)).unwrap());
        desk.end_session(&digest(2)).unwrap();
        assert_eq!(desk.session(&digest(2), t(0)).unwrap(), None);
        // Another role, another password: all must log in again.
        let viewer = user("林", UserRole::Viewer);
        assert!(desk.put_user(&viewer).unwrap());
        // Who was looked at before that does not come in after it.
        assert!(!desk.begin_session(&lin, &digest(5), t(0), t(60)).unwrap());
        assert_eq!(desk.session(&digest(1), t(0)).unwrap(), None);
        assert!(
            desk.begin_session(&viewer, &digest(3), t(0), t(60))
                .unwrap()
        );
        assert!(desk.remove_user("林").unwrap());
        assert_eq!(desk.session(&digest(3), t(0)).unwrap(), None);
        assert!(!desk.remove_user("林").unwrap());
        assert!(
            !desk
                .begin_session(&viewer, &digest(4), t(0), t(60))
                .unwrap()
        );
        assert!(!desk.has_accounts().unwrap());
    }

    #[test]
    fn sessions_of_one_user_are_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let desk = Desk::open(&DataDir::open(folder.path()).unwrap()).unwrap();
        let a = user("a", UserRole::Viewer);
        desk.put_user(&a).unwrap();
        for n in 0..=20 {
            desk.begin_session(&a, &digest(n), t(0), t(60 + i64::from(n)))
                .unwrap();
        }
        assert_eq!(desk.session(&digest(0), t(0)).unwrap(), None);
        assert!(desk.session(&digest(1), t(0)).unwrap().is_some());
        // The newest stays, also where it does not end last.
        desk.begin_session(&a, &digest(99), t(0), t(1)).unwrap();
        assert!(desk.session(&digest(99), t(0)).unwrap().is_some());
        assert_eq!(desk.session(&digest(1), t(0)).unwrap(), None);
    }

    #[test]
    fn a_token_is_known_by_its_secret_until_it_ends_or_is_revoked() {
        let folder = tempfile::tempdir().unwrap();
        let desk = Desk::open(&DataDir::open(folder.path()).unwrap()).unwrap();
        let token = Token {
            name: "bridge".to_owned(),
            role: UserRole::Viewer,
            since: t(0),
            ends: Some(t(10)),
        };
        assert!(desk.add_token(&token, &digest(1)).unwrap());
        assert!(!desk.add_token(&token, &digest(2)).unwrap());
        assert!(desk.has_accounts().unwrap());
        assert_eq!(
            desk.token_of(&digest(1), t(9)).unwrap(),
            Some(token.clone())
        );
        assert_eq!(desk.token_of(&digest(1), t(10)).unwrap(), None);
        assert_eq!(desk.token_of(&digest(2), t(0)).unwrap(), None);
        assert_eq!(desk.tokens().unwrap(), [token]);
        assert!(desk.revoke_token("bridge").unwrap());
        assert!(!desk.revoke_token("bridge").unwrap());
        assert_eq!(desk.token_of(&digest(1), t(0)).unwrap(), None);
    }

    #[test]
    fn what_was_done_is_read_back_newest_first() {
        let folder = tempfile::tempdir().unwrap();
        let desk = Desk::open(&DataDir::open(folder.path()).unwrap()).unwrap();
        let entry = |n: i64| AuditEntry {
            at: t(n),
            by: "lin".to_owned(),
            what: format!("POST /silences {n}"),
            outcome: "303".to_owned(),
        };
        for n in 0..5 {
            desk.note(&entry(n)).unwrap();
        }
        let two = desk.audit(None, 2).unwrap();
        assert_eq!(two, [(5, entry(4)), (4, entry(3))]);
        assert_eq!(desk.audit(Some(4), 9).unwrap().len(), 3);
    }

    #[test]
    fn no_secret_stands_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let dir = DataDir::open(folder.path()).unwrap();
        let desk = Desk::open(&dir).unwrap();
        let issued = Issued::of([9; 32]);
        let token = Token {
            name: "x".to_owned(),
            role: UserRole::Admin,
            since: t(0),
            ends: None,
        };
        desk.add_token(&token, &issued.digest()).unwrap();
        drop(desk);
        for entry in std::fs::read_dir(dir.root()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let bytes = std::fs::read(&path).unwrap();
                let secret = issued.reveal().as_bytes();
                assert!(!bytes.windows(secret.len()).any(|window| window == secret));
            }
        }
    }
}
