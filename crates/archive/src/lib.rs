//! The log and the desk: WARC captures and SQLite.
//!
//! The log is the truth; all else can be rebuilt from it (DESIGN 4). A capture is appended to the
//! WARC file and synced; then one transaction makes it, its items and its outcome visible. That
//! commit is what "acknowledged" means. Three files: `log` (what was received), `derived` (what
//! was computed from it; may be deleted), `desk` (what people and messages did; never rebuilt).
//!
//! This crate is the only one that knows SQL or WARC. It never parses a feed, ranks or alerts.
//!
//! | question | type |
//! |---|---|
//! | where is everything, who holds it? | [`DataDir`], [`RoleLock`] |
//! | how does something get into the log? | [`Appender`] (one thread) over [`LogWriter::append`] |
//! | how is the log read? | [`LogReader`] |
//! | what was computed? | [`Derived`] |
//! | what did people and messages do? | [`Desk`] |
//! | what is let go of, and when? | [`Keeper`] |
//! | is everything where it should be? | [`verify`] |
//! | what is an account called that is not to be named? | [`Pseudonyms`] |

mod derived;
mod desk;
mod dir;
mod error;
mod keeper;
mod key;
mod log;
mod pseudonym;
mod requests;
mod sql;
mod stories;
mod verify;
mod warc;

pub use derived::{
    ArrivedItem, COLUMN_DAYS, ColumnTitle, Compared, Derived, DerivedMark, DerivedState, Hit,
    KnownStory, Rewording, StoredItem, StoryMerge, TitleUse, VolumeHour,
};
pub use desk::{
    ACCOUNTS_MAX, AlertFilter, CASES_MAX, Case, CaseEntry, CaseSummary, Desk, ENTRIES_MAX,
    EntryKind, Outgoing, RuleVerdicts, SAVED_QUERIES_MAX, SILENCES_MAX, Saved, SavedQuery,
};
pub use dir::{DataDir, FORMAT, Role, RoleLock};
pub use error::ArchiveError;
pub use keeper::{FreeSpace, Keep, Keeper, Kept, Room};
pub use log::{
    Appender, Batch, CollectedHour, Entry, EntryBody, Expired, Forget, GoneCapture, GoneCause,
    Head, ImportSpan, ImportedSource, ItemChange, Keeps, LogReader, LogWriter, NewAbsence,
    NewCapture, NewItem, Purpose, Receipt, Rewriting, Rewritten, Tombstone,
};
pub use pseudonym::Pseudonyms;
pub use requests::Requests;
pub use stories::StoryTable;
pub use verify::{Verified, VerifyFault, verify};
pub use warc::{CaptureKind, CapturedResponse};
