//! The feed poller: turns sources into captures and items, and files into items.
//!
//! | question | where |
//! |---|---|
//! | when is a source polled? | [`Schedule`], a pure state machine |
//! | how is a server asked? | [`fetch`]: bounds per host, `robots.txt` for pages |
//! | what came of it? | [`Poller`]: one poll, one batch of the log |
//! | what does a document say? | [`parse::feed`], pure: bytes to entries |
//! | what do other kinds of source say? | [`adapters`], pure: bytes to a listing, or why there is none |
//! | what does the page of an article say? | [`article`], pure; [`Pages`] fetches it |
//! | is it the same article? | [`address::canonical`], and the identities that follow from it |
//! | how does a file get in? | [`import`]; [`Folders`] imports what is put into a folder |
//! | how does the past of a source get in? | [`history`] |
//! | what would come of an address? | [`probe`] looks once and keeps nothing |
//!
//! Every request leaves through `bellwether-outbound`, every byte received is appended before anyone
//! sees it. What a source sends is hostile until proved otherwise: every document is bounded in
//! bytes, depth, entries and fields, and none can stop the poller. Only a log that cannot keep what
//! is received does that.
//!
//! Never knows of rules, the search index or chat; never asks the machine for the time.

pub mod adapters;
pub mod address;
mod answer;
pub mod article;
mod brought;
pub mod date;
mod entities;
pub mod fetch;
mod folders;
pub mod history;
mod home;
mod html;
mod identity;
pub mod import;
mod missing;
mod pages;
pub mod parse;
mod poller;
pub mod probe;
mod rhythm;
mod schedule;
mod state;
mod validators;

pub use folders::{DirectoryNow, Folders};
pub use pages::{Pages, PagesReport};
pub use poller::{HEARTBEAT_SECONDS, PollError, PollReport, PollSettings, Poller};
pub use schedule::{Ending, RETRY_AFTER_MAX, Schedule, Standing};
pub use validators::UNCONDITIONAL_EVERY;
