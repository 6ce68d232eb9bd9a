//! The log: what was received, in the order in which it was received.
//!
//! [`LogWriter::append`] is the one function that appends. [`Appender`] runs it on a thread of its
//! own and gathers what is waiting into one commit.
//!
//! What is to be kept no longer leaves in two steps: first the log says so ([`LogWriter::forget`],
//! [`LogWriter::expire_captures`]), and from then on nobody is shown it; then the WARC files that hold
//! its bytes are written anew ([`LogWriter::begin_rewriting`]).

mod absences;
mod appender;
mod batch;
mod capturing;
mod expiry;
mod forget;
mod gone;
mod items;
mod purpose;
mod reader;
mod rewriting;
pub(crate) mod schema;
mod writer;

pub use appender::Appender;
pub use batch::{Batch, ImportedSource, ItemChange, NewAbsence, NewCapture, NewItem, Receipt};
pub use expiry::Expired;
pub use forget::Forget;
pub(crate) use items::wording;
pub use purpose::{Keeps, Purpose};
pub use reader::{
    CollectedHour, Entry, EntryBody, GoneCapture, GoneCause, Head, ImportSpan, LogReader, Tombstone,
};
pub use rewriting::{Rewriting, Rewritten};
pub use writer::LogWriter;
