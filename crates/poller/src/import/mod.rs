//! Files into the log: NDJSON lines as DESIGN 6 says, what Zeeschuimer and Telegram Desktop export,
//! pages of WARC files, and feed documents.
//!
//! What is imported belongs to the source `import:<publisher>`, which the directory gives the facts
//! of the configured source of the same publisher. The bytes of the file are kept first, as WARC
//! `resource` records, and each item names its line in them. The same file again adds nothing.

mod addresses;
mod feed;
mod file;
mod line;
mod lines;
mod records;
mod telegram;
mod warc;
mod zeeschuimer;

use bellwether_archive::ArchiveError;
use bellwether_model::{
    Directory, FamilyId, GroupId, PublisherId, SourceId, UNLISTED_FAMILY_PREFIX,
};

pub use file::{FileFacts, file, ndjson, replay};
pub use line::{ImportLine, LineFault};
pub use lines::Into;

use crate::date::Place;
use crate::parse::NotAFeed;

/// Bad lines that a report lists; the others are only counted.
pub const BAD_LISTED_MAX: usize = 100;

/// Why an import ended early.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("cannot read {name} after line {line}")]
    Read {
        /// The file.
        name: String,
        /// The last line that was read.
        line: u64,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The file is no feed.
    #[error("{name} cannot be imported as a feed")]
    NotAFeed {
        /// The file.
        name: String,
        /// What it is.
        #[source]
        source: NotAFeed,
    },
    /// The log refuses.
    #[error("the import stops, since the log cannot keep it; what was reported before is kept")]
    Log(#[from] ArchiveError),
}

/// A line that could not be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// Its number, counted from 1.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Lines read.
    pub lines: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Items in the log.
    pub items: u64,
}

/// What an import brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Lines read, empty ones included.
    pub lines: u64,
    /// Items never seen before.
    pub items_new: u64,
    /// Items whose wording changed.
    pub items_updated: u64,
    /// Items as they were.
    pub items_unchanged: u64,
    /// The first bad lines, at most [`BAD_LISTED_MAX`].
    pub bad: Vec<BadLine>,
    /// All bad lines.
    pub bad_count: u64,
    /// Whether a bad line ended the import, as `strict` asks.
    pub is_stopped: bool,
    /// What was repaired in a feed document.
    pub repaired: Option<String>,
}

impl ImportReport {
    fn count(&mut self, (new, updated, unchanged): (u32, u32, u32)) {
        self.items_new += u64::from(new);
        self.items_updated += u64::from(updated);
        self.items_unchanged += u64::from(unchanged);
    }

    fn items(&self) -> u64 {
        self.items_new + self.items_updated + self.items_unchanged
    }

    fn bad_line(&mut self, line: u64, reason: String) {
        self.bad_count += 1;
        if self.bad.len() < BAD_LISTED_MAX {
            self.bad.push(BadLine { line, reason });
        }
    }
}

/// The source to which what a publisher is imported from belongs.
#[must_use]
pub fn source_of(publisher: &PublisherId) -> SourceId {
    SourceId::new(format!("import:{publisher}"))
}

/// What is known of a publisher beside what a file says: from imports before, else a family of its
/// own and no groups.
fn known_facts(directory: &Directory, publisher: &PublisherId) -> (FamilyId, Vec<GroupId>) {
    directory.source(&source_of(publisher)).map_or_else(
        || {
            (
                FamilyId::new(format!("{UNLISTED_FAMILY_PREFIX}{publisher}")),
                Vec::new(),
            )
        },
        |known| (known.family.clone(), known.groups.clone()),
    )
}

/// Where a publisher speaks from, as configuration says.
fn place_of(directory: &Directory, publisher: &PublisherId) -> Place {
    let mut sources = directory.sources();
    let country = sources
        .find(|known| known.publisher == *publisher && known.country.is_some())
        .and_then(|known| known.country.as_deref());
    Place::of_country(country)
}

/// The address of a part of an imported file in the log: its name, never its folder.
fn record_uri(name: &str, first_line: u64) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let uri = url::Url::parse("file:///").map(|mut uri| {
        uri.set_path(name);
        uri.set_fragment(Some(&format!("line={first_line}")));
        uri.to_string()
    });
    uri.unwrap_or_else(|_| format!("file:///#line={first_line}"))
}
