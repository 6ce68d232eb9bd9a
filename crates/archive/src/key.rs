//! Keys of a data folder: random bytes in a file that only its owner reads, made where there is none.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

use crate::{ArchiveError, DataDir};

/// Bytes of a key.
pub(crate) const KEY_BYTES: usize = 32;

impl DataDir {
    /// The key with which passes to alerts are signed.
    ///
    /// # Errors
    /// Where the key cannot be read or made.
    pub fn pass_key(&self) -> Result<[u8; KEY_BYTES], ArchiveError> {
        key(self, "passes.key")
    }
}

/// The key of a file in the folder; the same for all who ask, whoever is first.
pub(crate) fn key(dir: &DataDir, file: &'static str) -> Result<[u8; KEY_BYTES], ArchiveError> {
    let path = dir.root().join(file);
    if let Some(known) = read(&path, file)? {
        return Ok(known);
    }
    let mut key = [0; KEY_BYTES];
    getrandom::fill(&mut key).map_err(|error| {
        ArchiveError::disk("make", &path)(std::io::Error::other(error.to_string()))
    })?;
    let draft = dir
        .root()
        .join(format!("{file}.{}.new", std::process::id()));
    let made = write(&draft, &key).and_then(|()| fs::hard_link(&draft, &path));
    let _ = fs::remove_file(&draft);
    match made {
        Ok(()) => Ok(key),
        // Another process was first: its key counts.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            read(&path, file)?.ok_or_else(|| ArchiveError::disk("read", &path)(error))
        }
        Err(error) => Err(ArchiveError::disk("write", &path)(error)),
    }
}

fn read(path: &Path, file: &'static str) -> Result<Option<[u8; KEY_BYTES]>, ArchiveError> {
    match fs::read(path) {
        Ok(bytes) => bytes
            .try_into()
            .map(Some)
            .map_err(|_| ArchiveError::damaged(file, "it has not the length of a key".to_owned())),
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
