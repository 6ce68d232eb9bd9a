//! What can go wrong with the index.

use std::path::PathBuf;

use bellwether_archive::ArchiveError;

/// Why the index cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// There is none yet.
    #[error("there is no index in {0}; `bellwether run` or `bellwether rebuild index` makes it")]
    Absent(PathBuf),
    /// It was written by another version.
    #[error(
        "the index in {0} was written by another version of Bellwether; `bellwether rebuild index` \
         makes it anew"
    )]
    OtherVersion(PathBuf),
    /// A file operation failed.
    #[error("the index in {path} cannot be used: {source}")]
    Io {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Tantivy failed.
    #[error("the index failed: {0}")]
    Tantivy(#[from] tantivy::TantivyError),
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] ArchiveError),
}
