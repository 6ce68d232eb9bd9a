//! Names for accounts that are not to be named: the same for the same account in one data folder, of
//! no use in another.
//!
//! The key lies in the data folder and leaves it with no answer: whoever has a list of names cannot
//! try which of them a pseudonym stands for.

use sha2::{Digest, Sha256};

use crate::key::{KEY_BYTES, key};
use crate::{ArchiveError, DataDir};

const FILE: &str = "pseudonyms.key";

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
        key(dir, FILE).map(Self)
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

#[cfg(test)]
mod tests {
    use std::fs;

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
