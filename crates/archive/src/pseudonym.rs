//! Names for accounts that are not to be named: the same for the same account in one data folder, of
//! no use in another.
//!
//! The key lies in the data folder and leaves it with no answer: whoever has a list of names cannot
//! try which of them a pseudonym stands for.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::{ArchiveError, DataDir};

const FILE: &str = "pseudonyms.key";
const KEY_BYTES: usize = 32;

/// Bytes of a pseudonym: among a million accounts hardly two have the same one.
const SHOWN_BYTES: usize = 6;

/// Gives pseudonyms.
#[derive(Clone)]
pub struct Pseudonyms([u8; KEY_BYTES]);

impl std::fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pseudonyms")
    }
}

impl Pseudonyms {
    /// Those of a data folder; the key is made where there is none.
    ///
    /// # Errors
    /// Where the key cannot be read or made.
    pub fn open(dir: &DataDir) -> Result<Self, ArchiveError> {
        let path = dir.root().join(FILE);
        if let Some(known) = read(&path)? {
            return Ok(known);
        }
        let mut key = [0; KEY_BYTES];
        getrandom::fill(&mut key).map_err(|error| {
            ArchiveError::disk("make", &path)(std::io::Error::other(error.to_string()))
        })?;
        let draft = dir
            .root()
            .join(format!("{FILE}.{}.new", std::process::id()));
        let made = write(&draft, &key).and_then(|()| fs::hard_link(&draft, &path));
        let _ = fs::remove_file(&draft);
        match made {
            Ok(()) => Ok(Self(key)),
            // Another process was first: its key counts.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                read(&path)?.ok_or_else(|| ArchiveError::disk("read", &path)(error))
            }
            Err(error) => Err(ArchiveError::disk("write", &path)(error)),
        }
    }

    /// The pseudonym of an account.
    #[must_use]
    pub fn of(&self, account: &str) -> String {
        let mut digest = Sha256::new();
        // Of one length, so that key and account cannot be shifted against each other.
        digest.update(self.0);
        digest.update(account);
        let digest = digest.finalize();
        let shown: String = digest[..SHOWN_BYTES]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("account-{shown}")
    }
}

fn read(path: &Path) -> Result<Option<Pseudonyms>, ArchiveError> {
    match fs::read(path) {
        Ok(bytes) => bytes
            .try_into()
            .map(|key| Some(Pseudonyms(key)))
            .map_err(|_| ArchiveError::damaged(FILE, "it has not the length of a key".to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ArchiveError::disk("read", path)(error)),
    }
}

fn write(path: &Path, key: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file: File = options.open(path)?;
    file.write_all(key)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_account_has_one_name_in_one_folder() {
        let temp = tempfile::tempdir().unwrap();
        let dir = |name: &str| DataDir::open(&temp.path().join(name)).unwrap();
        let first = Pseudonyms::open(&dir("a")).unwrap();
        let again = Pseudonyms::open(&dir("a")).unwrap();
        let elsewhere = Pseudonyms::open(&dir("b")).unwrap();
        let name = first.of("t.me/someone");
        assert_eq!(name, again.of("t.me/someone"));
        assert_ne!(name, first.of("t.me/someone-else"));
        assert_ne!(name, elsewhere.of("t.me/someone"));
        assert!(name.starts_with("account-") && !name.contains("someone"));
        fs::write(dir("a").root().join(FILE), "short").unwrap();
        assert!(Pseudonyms::open(&dir("a")).is_err());
        assert_eq!(fs::read_dir(dir("b").root()).unwrap().count(), 4);
    }
}
