//! What becomes of a message: pure transitions of a [`Delivery`].
//!
//! Order of work: [`started`] is committed *before* the request leaves, [`ended`] after its answer.
//! A delivery found as being sent after a restart may or may not have arrived; nobody can know, so
//! it is tried again with the same key and marked ([`found_after_restart`]). What was confirmed, or
//! given up, stays so.

use std::time::Duration;

use bellwether_model::{Delivery, DeliveryState, Timestamp};
use sha2::{Digest, Sha256};

/// The wait after the first failure. A chat that is being restarted is back after some seconds.
pub const WAIT_FIRST: Duration = Duration::from_secs(5);

/// The longest wait between attempts that we choose ourselves: an outage of hours should not delay
/// a message by more than an hour after its end.
pub const WAIT_MAX: Duration = Duration::from_secs(3600);

/// The longest wait a receiver may ask for. Beyond a shift of work the message has lost its use.
pub const WAIT_ASKED_MAX: Duration = Duration::from_secs(6 * 3600);

/// Attempts of one message. With the waits above the last one is 23 to 28 hours after the first:
/// an outage over night is survived, a chat that is gone is reported as such the next day.
pub const ATTEMPTS_MAX: u32 = 33;

/// Characters kept of an error.
pub const ERROR_CHARS_MAX: usize = 300;

/// How one attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// The receiver has confirmed it.
    Delivered {
        /// What it calls it, where it can be changed later.
        reference: Option<String>,
    },
    /// The receiver will never take it.
    Refused {
        /// Why, without secrets.
        error: String,
    },
    /// It did not arrive, and may later.
    Retry {
        /// Why, without secrets.
        error: String,
        /// How long the receiver asks us to wait.
        after: Option<Duration>,
    },
    /// It left, and no answer came: it may have arrived.
    AnswerLost {
        /// Why, without secrets.
        error: String,
    },
}

/// The message is about to leave.
#[must_use]
pub fn started(mut delivery: Delivery) -> Delivery {
    if is_settled(&delivery) {
        return delivery;
    }
    delivery.state = DeliveryState::Sending;
    delivery.attempts = delivery.attempts.saturating_add(1);
    delivery
}

/// An attempt has ended.
#[must_use]
pub fn ended(mut delivery: Delivery, attempt: Attempt, now: Timestamp) -> Delivery {
    if is_settled(&delivery) {
        return delivery;
    }
    match attempt {
        Attempt::Delivered { reference } => {
            let mut delivery = part_confirmed(delivery, reference);
            delivery.state = DeliveryState::Delivered;
            delivery.delivered = Some(now);
            delivery.error = None;
            delivery
        }
        Attempt::Refused { error } => dead(delivery, &error),
        Attempt::Retry { error, after } => again(delivery, &error, after, now),
        Attempt::AnswerLost { error } => {
            delivery.possible_repeat = true;
            again(delivery, &error, None, now)
        }
    }
}

/// The receiver has one part more, which is never sent again.
#[must_use]
pub fn part_confirmed(mut delivery: Delivery, reference: Option<String>) -> Delivery {
    delivery.sent.parts = delivery.sent.parts.saturating_add(1);
    delivery.sent.reference = delivery.sent.reference.or(reference);
    delivery
}

/// The process ended while the message was being sent: it may have arrived. Due at once.
#[must_use]
pub fn found_after_restart(mut delivery: Delivery, now: Timestamp) -> Delivery {
    if delivery.state == DeliveryState::Sending {
        delivery.state = DeliveryState::Pending;
        delivery.possible_repeat = true;
        delivery.next_at = now;
    }
    delivery
}

/// Not to be tried before `until`, because an earlier message to the same receiver waits too.
#[must_use]
pub fn postponed(mut delivery: Delivery, until: Timestamp) -> Delivery {
    if !is_settled(&delivery) {
        delivery.next_at = delivery.next_at.max(until);
    }
    delivery
}

/// The wait after a failed attempt: doubled each time up to a cap, and up to a fifth longer, so
/// that messages that failed together do not come back together. The addition depends on key and
/// attempt only, so that a replay of the same history is the same.
#[must_use]
pub fn wait(delivery: &Delivery) -> Duration {
    let doublings = delivery.attempts.saturating_sub(1).min(31);
    let base = WAIT_FIRST.saturating_mul(1 << doublings).min(WAIT_MAX);
    base + base.mul_f64(jitter(delivery) / 5.0)
}

fn jitter(delivery: &Delivery) -> f64 {
    let mut hash = Sha256::new();
    hash.update(delivery.key.as_str().as_bytes());
    hash.update(delivery.attempts.to_be_bytes());
    let head = hash
        .finalize()
        .iter()
        .take(4)
        .fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
    f64::from(head) / f64::from(u32::MAX)
}

fn again(mut delivery: Delivery, error: &str, after: Option<Duration>, now: Timestamp) -> Delivery {
    if delivery.attempts >= ATTEMPTS_MAX {
        return dead(
            delivery,
            &format!("given up after {ATTEMPTS_MAX} attempts: {error}"),
        );
    }
    let asked = after.unwrap_or_default().min(WAIT_ASKED_MAX);
    delivery.state = DeliveryState::Pending;
    delivery.next_at = now
        .checked_add(wait(&delivery).max(asked))
        .unwrap_or(Timestamp::MAX);
    delivery.error = Some(short(error));
    delivery
}

fn dead(mut delivery: Delivery, error: &str) -> Delivery {
    delivery.state = DeliveryState::Dead;
    delivery.error = Some(short(error));
    delivery
}

fn short(error: &str) -> String {
    error.chars().take(ERROR_CHARS_MAX).collect()
}

const fn is_settled(delivery: &Delivery) -> bool {
    matches!(
        delivery.state,
        DeliveryState::Delivered | DeliveryState::Dead
    )
}
