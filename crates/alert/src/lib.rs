//! The life of an alert and of its messages, as pure steps.
//!
//! A burst is what the numbers say; an alert is what people are told of it. [`step`] takes in one
//! revision of a burst and decides what the alert becomes and whom to tell; [`coverage`] does so with
//! sources that are no longer collected, of which [`Standing`] and [`OutageWatch`] say when they are
//! worth telling; [`outbox`] decides what becomes of each message. [`acknowledge`] takes in what a
//! person says of an alert, [`precision`] what follows from what all said. Others carry it out: the
//! monitor commits what `step` returns, the notifier sends.
//!
//! Never reads a clock, waits, sends or stores. Invariants: a revision that was taken in already
//! changes nothing; people are told of a change of state, never of growth; the key of a message
//! depends on what it tells and to whom, never on when or how often it is tried.

mod acknowledge;
pub mod coverage;
pub mod dead_letters;
pub mod dispatch;
mod key;
mod labels;
mod life;
mod outage;
pub mod outbox;
mod precision;
mod replies;
mod routing;
mod silencing;
mod standing;
pub mod summary;

pub use acknowledge::{
    ACKNOWLEDGEMENTS_MAX, AcknowledgeError, Acknowledgement, BY_CHARS_MAX, NOTE_CHARS_MAX,
    acknowledge, acknowledged_before,
};
pub use labels::{
    RuleFacts, burst_labels, inhibitor, outage_labels, receiver_labels, severity, source_labels,
};
pub use life::{Audience, alert_id, occurrence, step, told, withdraw};
pub use outage::{HOSTS_MIN, OutageWatch, Tally};
pub use precision::precision;
pub use replies::{QUIET, ReplyError, SILENCED_BY, Wanted, is_repeat, wanted};
pub use routing::{Stop, group_of, routed};
pub use silencing::{MATCHERS_MAX, SILENCE_MAX, SilenceError, new_silence};
pub use standing::{HOLD, Standing, Trouble, together};
