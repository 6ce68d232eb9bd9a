//! What a file that is imported is made of, whatever its format.

use std::io;

use super::ImportLine;

/// One record of a file, as far as it was kept.
pub(super) struct Record {
    /// Its bytes in the file.
    pub(super) bytes: u64,
    /// What it brings, `None` where it is nothing to bring, or what is wrong with it.
    pub(super) line: Result<Option<ImportLine>, String>,
}

/// The records of a file, one after another.
pub(super) trait Records {
    /// What the bytes that are kept of them are.
    fn content_type(&self) -> &'static str {
        "application/x-ndjson"
    }

    /// The next record, whose bytes are put behind what `body` holds; `None` at the end.
    ///
    /// # Errors
    /// Where the file cannot be read.
    fn next(&mut self, body: &mut Vec<u8>) -> io::Result<Option<Record>>;
}
