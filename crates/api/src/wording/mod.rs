//! The wording of messages to people.
//!
//! The first line can be read on a lock screen: what, how much, against how much is usual. Then the
//! voices, the first one, what was collected, how unlikely it is, and where the evidence lies. It
//! says *published* and *first seen in our collection*, never what somebody meant by it: the
//! numbers are an excess over a baseline, no verdict. Every number has its unit; what is usual is
//! counted in voices and says so. What is not known is written as not known.
//!
//! Here is decided what is said, in which order; the sentences are in the catalogues of `messages/`,
//! one for each language. The result is plain text: a renderer for one chat still has to take its
//! mark-up out of it.

mod burst;
mod coverage;
mod facts;
mod message;
mod receiver;
mod replies;
mod summary;
mod templated;
mod words;

pub use burst::message;
pub use coverage::coverage_message;
pub use facts::{Facts, Names};
pub use message::Message;
pub use receiver::receiver_message;
pub use replies::{ReplyOutcome, button, reply_told};
pub use summary::{limit_reached, summary_message};
pub use templated::{Account, Marks, moment, template_failed, withheld_text, zone_name};
