//! The data folder: its layout, its format, and who may use it.
//!
//! One lock file per role. A lock is held by the operating system for the life of a process, so a
//! crash leaves none behind; what the file says is only for people.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use crate::ArchiveError;

/// The format of the data folder that this program reads and writes.
pub const FORMAT: u32 = 1;

const MARKER: &str = "bellwether-data";

/// What a process may do with a data folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Appends to the log: the poller, and `import`.
    Poll,
    /// Computes and alerts: analysis, index, monitor, notifier.
    Index,
}

impl Role {
    /// The name of the role and of its lock file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Poll => "poll",
            Self::Index => "index",
        }
    }
}

/// A data folder of the right format.
#[derive(Debug, Clone)]
pub struct DataDir {
    root: PathBuf,
}

/// A role in a data folder, held until dropped.
#[derive(Debug)]
pub struct RoleLock {
    _file: File,
}

impl DataDir {
    /// Opens a data folder, making it if there is none.
    ///
    /// # Errors
    /// Where the folder is of another format, is something else, or cannot be written.
    pub fn open(root: &Path) -> Result<Self, ArchiveError> {
        let marker = root.join(MARKER);
        if !root.exists() {
            fs::create_dir_all(root).map_err(ArchiveError::disk("create", root))?;
        }
        match fs::read_to_string(&marker) {
            Ok(text) => check_format(root, &text)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut entries = fs::read_dir(root).map_err(ArchiveError::disk("read", root))?;
                if entries.next().is_some() {
                    return Err(ArchiveError::NotOurs {
                        path: root.to_owned(),
                    });
                }
                write_marker(root, &marker)?;
            }
            Err(error) => return Err(ArchiveError::disk("read", &marker)(error)),
        }
        for folder in ["warc", "locks"] {
            let folder = root.join(folder);
            fs::create_dir_all(&folder).map_err(ArchiveError::disk("create", &folder))?;
        }
        Ok(Self {
            root: root.to_owned(),
        })
    }

    /// Opens a data folder that must exist: for commands that only read.
    ///
    /// # Errors
    /// As [`Self::open`], and where there is none.
    pub fn open_existing(root: &Path) -> Result<Self, ArchiveError> {
        if root.join(MARKER).exists() {
            Self::open(root)
        } else {
            Err(ArchiveError::disk("find the data folder", root)(
                std::io::Error::new(
                    std::io::ErrorKind::NotFound,
                    "there is none; `bellwether run`, `poll` or `import` makes one",
                ),
            ))
        }
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the search index lives.
    #[must_use]
    pub fn index(&self) -> PathBuf {
        self.root.join("index")
    }

    pub(crate) fn warc(&self) -> PathBuf {
        self.root.join("warc")
    }

    pub(crate) fn requests(&self) -> PathBuf {
        self.root.join("requests")
    }

    pub(crate) fn snapshot(&self) -> PathBuf {
        self.root.join("derived.snapshot")
    }

    pub(crate) fn sqlite(&self, name: &str) -> PathBuf {
        self.root.join(format!("{name}.sqlite"))
    }

    /// Takes a role.
    ///
    /// # Errors
    /// [`ArchiveError::Held`] where another process has it.
    pub fn lock(&self, role: Role) -> Result<RoleLock, ArchiveError> {
        let path = self.root.join("locks").join(role.as_str());
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(ArchiveError::disk("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.read_to_string(&mut holder);
                let holder = if holder.is_empty() {
                    "another process".to_owned()
                } else {
                    holder
                };
                return Err(ArchiveError::Held {
                    path: self.root.clone(),
                    holder,
                });
            }
            Err(TryLockError::Error(error)) => {
                return Err(ArchiveError::disk("lock", &path)(error));
            }
        }
        let says = format!(
            "process {} has the role `{}`",
            std::process::id(),
            role.as_str()
        );
        file.set_len(0)
            .and_then(|()| file.write_all(says.as_bytes()))
            .map_err(ArchiveError::disk("write", &path))?;
        Ok(RoleLock { _file: file })
    }
}

fn check_format(root: &Path, marker: &str) -> Result<(), ArchiveError> {
    let found = marker.trim().strip_prefix("format ").unwrap_or("unknown");
    if found.parse() == Ok(FORMAT) {
        Ok(())
    } else {
        let found = found.chars().take(20).collect();
        Err(ArchiveError::Format {
            path: root.to_owned(),
            found,
            expected: FORMAT,
        })
    }
}

/// Writes the marker under another name first, so that a crash leaves none or a whole one.
fn write_marker(root: &Path, marker: &Path) -> Result<(), ArchiveError> {
    let draft = root.join(format!("{MARKER}.new"));
    fs::write(&draft, format!("format {FORMAT}\n"))
        .and_then(|()| File::open(&draft)?.sync_all())
        .and_then(|()| fs::rename(&draft, marker))
        .and_then(|()| File::open(root)?.sync_all())
        .map_err(ArchiveError::disk("write", marker))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_and_strangers_are_refused() {
        let temp = tempfile::tempdir().unwrap();
        let ours = temp.path().join("ours");
        DataDir::open(&ours).unwrap();
        DataDir::open(&ours).unwrap();
        fs::write(ours.join(MARKER), "format 99\n").unwrap();
        let error = DataDir::open(&ours).unwrap_err().to_string();
        assert!(
            error.contains("format 99") && error.contains("format 1"),
            "{error}"
        );

        let theirs = temp.path().join("theirs");
        fs::create_dir(&theirs).unwrap();
        fs::write(theirs.join("thesis.txt"), "x").unwrap();
        assert!(matches!(
            DataDir::open(&theirs),
            Err(ArchiveError::NotOurs { .. })
        ));
        assert!(DataDir::open_existing(&temp.path().join("none")).is_err());
    }

    #[test]
    fn a_role_has_one_holder() {
        let temp = tempfile::tempdir().unwrap();
        let dir = DataDir::open(temp.path()).unwrap();
        let held = dir.lock(Role::Poll).unwrap();
        let error = dir.lock(Role::Poll).unwrap_err().to_string();
        assert!(
            error.contains("`poll`") && error.contains("process"),
            "{error}"
        );
        dir.lock(Role::Index).unwrap();
        drop(held);
        dir.lock(Role::Poll).unwrap();
    }
}
