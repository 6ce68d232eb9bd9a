//! The log: what was received, in the order in which it was received.
//!
//! [`LogWriter::append`] is the one function that appends. [`Appender`] runs it on a thread of its
//! own and gathers what is waiting into one commit.

mod appender;
mod batch;
mod items;
mod reader;
mod schema;
mod writer;

pub use appender::Appender;
pub use batch::{Batch, ImportedSource, ItemChange, NewCapture, NewItem, Receipt};
pub use reader::{CollectedHour, Entry, EntryBody, Head, ImportSpan, LogReader};
pub use writer::LogWriter;
