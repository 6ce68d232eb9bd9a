//! What can go wrong with stored data, named by what failed to the user.

use std::path::PathBuf;

/// A failure of the data folder.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// A file or folder could not be used.
    #[error("cannot {action} {path}")]
    Disk {
        /// What was tried.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The folder was written by another version.
    #[error(
        "the data folder {path} has format {found}, this program reads format {expected}; use the program that wrote it, or another folder with --data"
    )]
    Format {
        /// The folder.
        path: PathBuf,
        /// What its marker says.
        found: String,
        /// What we read.
        expected: u32,
    },
    /// The folder holds something else.
    #[error("{path} is not empty and is no data folder of Bellwether; name another with --data")]
    NotOurs {
        /// The folder.
        path: PathBuf,
    },
    /// Another process has this role.
    #[error(
        "the data folder {path} is in use: {holder}; end that process or name another folder with --data"
    )]
    Held {
        /// The folder.
        path: PathBuf,
        /// Who holds it, as its lock file says.
        holder: String,
    },
    /// SQLite refused.
    #[error("the database {file} could not be {action}")]
    Sql {
        /// Which of the three.
        file: &'static str,
        /// What was tried.
        action: &'static str,
        /// Why not.
        #[source]
        source: rusqlite::Error,
    },
    /// Something stored is not what was written.
    #[error(
        "damaged data in {place}: {what}; run `bellwether rebuild`, and restore the folder from a backup if that does not help"
    )]
    Damaged {
        /// Where.
        place: String,
        /// What is wrong.
        what: String,
    },
    /// A file cannot be written anew beside the old one.
    #[error(
        "a file of captures is not written anew: that needs {needed} bytes on the disk, and {free} are free"
    )]
    NoRoom {
        /// Bytes that it needs.
        needed: u64,
        /// Bytes that are free.
        free: u64,
    },
    /// The thread that appends has ended.
    #[error("the log no longer accepts anything: {0}")]
    Closed(String),
}

impl ArchiveError {
    /// Whether a file was not there.
    pub(crate) fn is_not_found(&self) -> bool {
        matches!(self, Self::Disk { source, .. } if source.kind() == std::io::ErrorKind::NotFound)
    }

    pub(crate) fn disk(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Disk {
            action,
            path,
            source,
        }
    }

    pub(crate) fn damaged(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self::Damaged {
            place: place.into(),
            what: what.into(),
        }
    }
}
