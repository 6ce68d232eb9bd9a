//! Alerts that still hold, told again to an Alertmanager, which forgets what nobody repeats and, when it is
//! started anew, everything.
//!
//! No message of its own: nothing is written down, nobody is called, and what fails is told again five minutes
//! later. What was never told there, or has ended, is not told here.

use bellwether_alert::outbox::Attempt;
use bellwether_model::{ReceiverId, ReceiverKind};
use jiff::SignedDuration;

use crate::notifier::Spoken;
use crate::verdict::Verdict;
use crate::{Notifier, NotifierError};

/// How often. What fires says that it holds for an hour.
pub(crate) const EVERY: SignedDuration = SignedDuration::from_mins(5);

/// Alerts told again at once at most, the oldest first.
const ALERTS_MAX: usize = 1_000;

impl Notifier {
    /// The receivers that what holds is told again to.
    pub(crate) fn sustained(&self) -> Vec<ReceiverId> {
        let receivers = self.receivers.values().map(|(receiver, _)| receiver);
        receivers
            .filter(|receiver| receiver.kind == ReceiverKind::Alertmanager)
            .map(|receiver| receiver.id.clone())
            .collect()
    }

    /// Tells an Alertmanager again of what holds; returns of how many. Must not run beside the delivery of
    /// messages to it: what has just ended would be told to hold.
    ///
    /// # Errors
    /// Where the desk cannot be read. A receiver that fails is no error.
    pub async fn sustain(&self, id: &ReceiverId) -> Result<usize, NotifierError> {
        let Some((receiver, outbound)) = self.receivers.get(id) else {
            return Ok(0);
        };
        let open = self.desk().last_of_open(id, ALERTS_MAX)?;
        let mut count = 0;
        for delivery in &open {
            let Some(subject) = self.desk().subject(&delivery.key)? else {
                continue;
            };
            let spoken = Spoken {
                subject: &subject,
                full_until: None,
            };
            for part in self
                .parts(receiver, delivery, spoken, None)?
                .unwrap_or_default()
            {
                match part.send(receiver.kind, outbound, || self.now()).await {
                    Verdict::Ended(Attempt::Delivered { .. }) => count += 1,
                    // It will not take the others either, and is asked again soon.
                    failed => {
                        let error = failed.error().unwrap_or_default();
                        tracing::warn!(
                            receiver = id.as_str(),
                            error,
                            "what holds could not be told again"
                        );
                        return Ok(count);
                    }
                }
            }
        }
        Ok(count)
    }
}
