//! What becomes of a message is written down together with what others are told of its receiver: that
//! messages to it were given up, or arrive again.

use bellwether_alert::dead_letters::{fault_messages, given_up, taken_again};
use bellwether_alert::told;
use bellwether_archive::{Desk, Outgoing};
use bellwether_model::{
    Alert, Delivery, DeliveryState, ReceiverFault, ReceiverId, Subject, Timestamp,
};

use crate::Notifier;
use crate::error::NotifierError;

impl Notifier {
    /// Writes down how an attempt ended.
    pub(crate) fn note_end(&self, ended: &Delivery) -> Result<(), NotifierError> {
        let mut desk = self.desk();
        // Whoever takes a receiver out of the configuration knows that it gets nothing.
        let followed = match self.receivers.contains_key(&ended.receiver) {
            true => self.follows(&desk, ended)?,
            false => None,
        };
        match followed {
            None => desk.update_delivery(ended)?,
            Some((alert, outgoing)) => {
                let ended = std::slice::from_ref(ended);
                desk.note_dispatch(ended, &[alert], &outgoing)?;
            }
        }
        Ok(())
    }

    /// The alert about the receiver of a message, and what others are told of it.
    fn follows(
        &self,
        desk: &Desk,
        ended: &Delivery,
    ) -> Result<Option<(Alert, Vec<Outgoing>)>, NotifierError> {
        let now = self.now();
        let known = || desk.last_alert_about_receiver(&ended.receiver);
        match ended.state {
            DeliveryState::Dead => {
                let (alert, fault) = given_up(known()?, ended, now);
                let others = self.others(&ended.receiver);
                let outgoing = fault.map(|fault| about(&fault, &alert, &others, now));
                Ok(Some((alert, outgoing.unwrap_or_default())))
            }
            DeliveryState::Delivered => {
                let Some((alert, fault)) = taken_again(known()?, now) else {
                    return Ok(None);
                };
                let others = told(&desk.deliveries(&alert.id)?);
                let outgoing = about(&fault, &alert, &others, now);
                Ok(Some((alert, outgoing)))
            }
            _ => Ok(None),
        }
    }

    /// Who is told that a receiver takes no messages: those that the routes name, else all others.
    fn others(&self, receiver: &ReceiverId) -> Vec<ReceiverId> {
        let of_routes = self.settings.dead_letters.get(receiver);
        let of_routes: Vec<ReceiverId> = of_routes
            .into_iter()
            .flatten()
            .filter(|other| *other != receiver)
            .cloned()
            .collect();
        if of_routes.is_empty() {
            let others = self.receivers.keys().filter(|other| *other != receiver);
            return others.cloned().collect();
        }
        of_routes
    }
}

fn about(
    fault: &ReceiverFault,
    alert: &Alert,
    others: &[ReceiverId],
    now: Timestamp,
) -> Vec<Outgoing> {
    let messages = fault_messages(fault, alert, others, now).into_iter();
    messages
        .map(|delivery| Outgoing {
            delivery,
            subject: Subject::Receiver(fault.clone()),
            also: Vec::new(),
        })
        .collect()
}
