//! What a command asks of the process that has the role `poll`: only that one may write the log.
//!
//! A request is a small file in the data folder. It is there whole or not at all, survives the end of
//! either process, and is deleted when it has been done.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use bellwether_model::ItemId;
use serde::{Deserialize, Serialize};

use crate::log::Forget;
use crate::{ArchiveError, DataDir};

/// Requests that are looked at together.
const TOGETHER_MAX: usize = 100;

/// No request is longer.
const BYTES_MAX: u64 = 64 * 1024;

#[derive(Serialize, Deserialize)]
struct Request {
    forget: u64,
    by: String,
    why: String,
}

/// The requests in a data folder.
#[derive(Debug, Clone)]
pub struct Requests {
    folder: PathBuf,
}

impl Requests {
    /// The requests in this folder.
    #[must_use]
    pub fn of(dir: &DataDir) -> Self {
        Self {
            folder: dir.requests(),
        }
    }

    /// Asks for an item to be forgotten.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn put(&self, forget: &Forget) -> Result<(), ArchiveError> {
        fs::create_dir_all(&self.folder).map_err(ArchiveError::disk("create", &self.folder))?;
        let path = self.path(forget.item);
        let draft = path.with_extension(format!("{}.draft", std::process::id()));
        let request = Request {
            forget: forget.item.0,
            by: forget.by.clone(),
            why: forget.why.clone(),
        };
        let bytes = serde_json::to_vec(&request)
            .map_err(|error| ArchiveError::damaged("a request", error.to_string()))?;
        File::create(&draft)
            .and_then(|mut file| file.write_all(&bytes).and_then(|()| file.sync_all()))
            .and_then(|()| fs::rename(&draft, &path))
            .map_err(ArchiveError::disk("write", &path))
    }

    /// Takes a request back, or notes that it has been done.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn remove(&self, item: ItemId) -> Result<(), ArchiveError> {
        remove(&self.path(item))
    }

    /// Whether an item is asked to be forgotten, and that is not done yet.
    #[must_use]
    pub fn has(&self, item: ItemId) -> bool {
        self.path(item).exists()
    }

    /// What is asked for. A file that is no request is deleted.
    pub(crate) fn all(&self) -> Result<Vec<Forget>, ArchiveError> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(ArchiveError::disk("read", &self.folder)(error)),
        };
        let mut paths: Vec<PathBuf> = entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
            .take(TOGETHER_MAX)
            .collect();
        paths.sort();
        let mut all = Vec::with_capacity(paths.len());
        for path in paths {
            match read(&path) {
                Some(forget) if self.path(forget.item) == path => all.push(forget),
                _ => {
                    tracing::warn!(path = %path.display(), "this is no request and is deleted");
                    remove(&path)?;
                }
            }
        }
        Ok(all)
    }

    fn path(&self, item: ItemId) -> PathBuf {
        self.folder.join(format!("forget-{item}.json"))
    }
}

fn read(path: &Path) -> Option<Forget> {
    let mut bytes = Vec::new();
    File::open(path)
        .ok()?
        .take(BYTES_MAX)
        .read_to_end(&mut bytes)
        .ok()?;
    let Request { forget, by, why } = serde_json::from_slice(&bytes).ok()?;
    Some(Forget {
        item: ItemId(forget),
        by,
        why,
    })
}

fn remove(path: &Path) -> Result<(), ArchiveError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(ArchiveError::disk("delete", path)(error))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read_as_they_were_put() {
        let temp = tempfile::tempdir().unwrap();
        let requests = Requests::of(&DataDir::open(temp.path()).unwrap());
        assert_eq!(requests.all().unwrap(), []);
        let forget = Forget {
            item: ItemId(7),
            by: "ana".to_owned(),
            why: "個資".to_owned(),
        };
        requests.put(&forget).unwrap();
        assert!(requests.has(ItemId(7)) && !requests.has(ItemId(8)));
        fs::write(temp.path().join("requests/forget-8.json"), "{\"forget\":9}").unwrap();
        fs::write(temp.path().join("requests/notes.txt"), "mine").unwrap();
        assert_eq!(requests.all().unwrap(), [forget]);
        requests.remove(ItemId(7)).unwrap();
        requests.remove(ItemId(7)).unwrap();
        assert_eq!(requests.all().unwrap(), []);
        assert!(temp.path().join("requests/notes.txt").exists());
        assert!(!temp.path().join("requests/forget-8.json").exists());
    }
}
