//! Renders messages and sends them: the outbox.
//!
//! What is to be sent, and what became of it, stands in the desk; this crate reads it from there,
//! sends, and writes down the outcome. An attempt is written down *before* the request leaves, so a
//! process that dies in between knows afterwards that the message may have arrived, and says so in
//! the repeat. Every attempt of a message carries the same key. So each message arrives at least
//! once, a repeat can be recognised, and what a receiver has confirmed is never sent again.
//!
//! The decisions are in `bellwether-alert`, the words in `bellwether-api`. Never computes a
//! statistic, never decides who is told. The address of a receiver is its whole credential: it is
//! given to the connector and to nothing else, not to a log, an error or a record.

mod deciding;
mod error;
mod faults;
mod neutral;
mod notifier;
mod receivers;
mod replies;
mod run;
mod sample;
mod samples;
mod smtp;
mod sustain;
mod template;
mod texts;
mod verdict;
mod worded;

pub use error::NotifierError;
pub use notifier::{BATCH, DeliveryReport, Notifier, NotifierSettings};
pub use sample::send_test;
pub use template::{TemplateFault, template_faults};
