//! One pass over the outbox: what is due is sent, and what became of it is written down.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bellwether_access::Passes;
use bellwether_alert::outbox::{self, Attempt};
use bellwether_api::Guard;
use bellwether_api::wording::{Names, limit_reached};
use bellwether_archive::Desk;
use bellwether_model::{
    Alert, AlertId, Burst, Clock, Delivery, DeliveryKey, DeliveryKind, DeliveryState, Election,
    ElectionId, Receiver, ReceiverId, RuleId, Subject, Timestamp,
};
use bellwether_outbound::Outbound;
use futures_util::future::join_all;
use ipnet::IpNet;
use jiff::tz::TimeZone;

use crate::error::NotifierError;
use crate::receivers::{self, Letter, Part, Records};
use crate::verdict::Verdict;

/// Messages to one receiver in one pass at most; what is beyond it is due in the next.
pub const BATCH: usize = 100;

/// Messages looked at after a start at most. Those that were being sent are the oldest ones due.
const RECOVER_MAX: usize = 10_000;

/// How messages are worded.
#[derive(Debug, Clone)]
pub struct NotifierSettings {
    /// The base of links; without one a message says so.
    pub public_url: Option<String>,
    /// The zone in which times are told, where there is no rule with an election.
    pub zone: TimeZone,
    /// The elections in force: their zones, and when polls may not be quoted.
    pub elections: Vec<Election>,
    /// Which of them rules belong to.
    pub election_of: BTreeMap<RuleId, ElectionId>,
    /// Whether the election is invented: the demo.
    pub invented: bool,
    /// Who is called what.
    pub names: Names,
    /// What signs the passes in links.
    pub passes: Passes,
    /// Whom the routes name to be told that a receiver takes no messages; where they name none, all
    /// others are.
    pub dead_letters: BTreeMap<ReceiverId, Vec<ReceiverId>>,
}

impl NotifierSettings {
    /// The election that a burst is about, as it is configured now: that of its rule, and where the rule
    /// has none any more, that of the record.
    pub(crate) fn election(&self, burst: &Burst) -> Option<&Election> {
        let recorded = || burst.election.as_ref().map(|clock| &clock.election);
        let id = self.election_of.get(&burst.rule).or_else(recorded)?;
        self.elections.iter().find(|election| election.id == *id)
    }
}

/// What became of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryReport {
    /// The key of the message.
    pub key: DeliveryKey,
    /// The alert.
    pub alert: AlertId,
    /// The receiver.
    pub receiver: ReceiverId,
    /// What it is about.
    pub kind: DeliveryKind,
    /// Where it stands now.
    pub state: DeliveryState,
    /// Attempts so far.
    pub attempts: u32,
    /// Whether an earlier attempt may have arrived.
    pub possible_repeat: bool,
    /// What went wrong, without secrets.
    pub error: Option<String>,
}

/// Sends what stands in the desk.
pub struct Notifier {
    desk: Arc<Mutex<Desk>>,
    pub(crate) receivers: BTreeMap<ReceiverId, (Receiver, Outbound)>,
    /// Receivers that are configured and get nothing.
    off: BTreeSet<ReceiverId>,
    pub(crate) settings: NotifierSettings,
    clock: Arc<dyn Clock>,
    /// Held through a pass: a message that is found as being sent then belongs to no other pass,
    /// but to one that was cut off.
    pass: tokio::sync::Mutex<()>,
}

impl Notifier {
    /// A notifier for these receivers; those that are off get nothing.
    ///
    /// # Errors
    /// Where a receiver's networks are none, or no connector can be made.
    pub fn new(
        desk: Arc<Mutex<Desk>>,
        outbound: &Outbound,
        receivers: Vec<Receiver>,
        settings: NotifierSettings,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, NotifierError> {
        let (on, off): (Vec<_>, Vec<_>) =
            receivers.into_iter().partition(|receiver| receiver.enabled);
        let receivers = on
            .into_iter()
            .map(|receiver| {
                let connector = connector(outbound, &receiver)?;
                Ok((receiver.id.clone(), (receiver, connector)))
            })
            .collect::<Result<_, NotifierError>>()?;
        Ok(Self {
            desk,
            receivers,
            off: off.into_iter().map(|receiver| receiver.id).collect(),
            settings,
            clock,
            pass: tokio::sync::Mutex::new(()),
        })
    }

    /// Looks, once at the start, for messages that were being sent when the process ended: they
    /// are due again and marked. Returns how many.
    ///
    /// # Errors
    /// Where the desk cannot be read or written.
    pub fn recover(&self) -> Result<usize, NotifierError> {
        let now = self.clock.now();
        let mut desk = self.desk();
        let mut count = 0;
        for (delivery, _) in desk.due(Timestamp::MAX, RECOVER_MAX)? {
            if delivery.state == DeliveryState::Sending {
                desk.update_delivery(&outbox::found_after_restart(delivery, now))?;
                count += 1;
            }
        }
        if count > 0 {
            tracing::warn!(
                count,
                "messages were being sent when the process ended; they are repeated and marked"
            );
        }
        Ok(count)
    }

    /// Decides over what is due and sends what is to be sent, to each receiver at most [`BATCH`]
    /// messages: receivers side by side, the messages of one receiver one after the other, oldest first.
    /// After a failure that may pass the later ones of that receiver wait as long as the failed one.
    ///
    /// # Errors
    /// Where the desk cannot be read or written. A receiver that fails is no error but a report.
    pub async fn deliver_due(&self) -> Result<Vec<DeliveryReport>, NotifierError> {
        let _pass = self.pass().await;
        self.hand_over_shifts()?;
        let receivers = self.receivers_due(&BTreeSet::new())?;
        let results = join_all(receivers.iter().map(|receiver| self.deliver_to(receiver))).await;
        let mut reports = Vec::new();
        for result in results {
            reports.extend(result?);
        }
        Ok(reports)
    }

    /// The receivers that something is due for, but some.
    pub(crate) fn receivers_due(
        &self,
        except: &BTreeSet<ReceiverId>,
    ) -> Result<Vec<ReceiverId>, NotifierError> {
        Ok(self.desk().receivers_due(self.clock.now(), except)?)
    }

    /// Held while messages are sent: see [`Notifier`].
    pub(crate) async fn pass(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.pass.lock().await
    }

    pub(crate) fn next_due_but(
        &self,
        except: &BTreeSet<ReceiverId>,
    ) -> Result<Option<Timestamp>, NotifierError> {
        Ok(self.desk().next_due_but(except)?)
    }

    /// When the next message is due; `None` where none waits.
    ///
    /// # Errors
    /// Where the desk cannot be read.
    pub fn next_due(&self) -> Result<Option<Timestamp>, NotifierError> {
        Ok(self.desk().next_due()?)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Decides over what is due for a receiver, and sends what is to be sent.
    pub(crate) async fn deliver_to(
        &self,
        receiver: &ReceiverId,
    ) -> Result<Vec<DeliveryReport>, NotifierError> {
        let mut decided = self.decide(receiver)?;
        decided.send.truncate(BATCH);
        let last = decided.send.len().saturating_sub(1);
        let mut reports = Vec::with_capacity(decided.send.len());
        let mut wait_until = None;
        for (number, delivery) in decided.send.into_iter().enumerate() {
            let until = match wait_until {
                Some(until) => Some(until),
                None => self.waits_for(&delivery)?,
            };
            if let Some(until) = until {
                self.desk()
                    .update_delivery(&outbox::postponed(delivery, until))?;
                continue;
            }
            // The last one before the rest is held back says so.
            let full_until = decided.full_until.filter(|_| number == last);
            let ended = self.deliver(delivery, full_until).await?;
            if ended.state == DeliveryState::Pending {
                wait_until = Some(ended.next_at);
            }
            reports.push(report(&ended));
        }
        Ok(reports)
    }

    /// An earlier message about the same alert goes first: nobody should read that something has
    /// ended before that it began. Returns when that one is tried next.
    fn waits_for(&self, delivery: &Delivery) -> Result<Option<Timestamp>, NotifierError> {
        Ok(self.desk().earlier_due(delivery)?)
    }

    async fn deliver(
        &self,
        delivery: Delivery,
        full_until: Option<Timestamp>,
    ) -> Result<Delivery, NotifierError> {
        let failed_before = delivery.error.is_some();
        // Nothing else of this process is sending it: the attempt was cut off.
        let delivery = outbox::found_after_restart(delivery, self.clock.now());
        let mut delivery = outbox::started(delivery);
        let subject = self.desk().subject(&delivery.key)?;
        let attempt = match (self.receivers.get(&delivery.receiver), &subject) {
            (Some((receiver, outbound)), Some(subject)) => {
                let spoken = Spoken {
                    subject,
                    full_until,
                };
                self.attempt(receiver, outbound, &mut delivery, spoken)
                    .await?
            }
            (Some(_), None) => Attempt::Refused {
                error: "what it speaks of is not in the desk".to_owned(),
            },
            (None, _) => Attempt::Refused {
                error: self.no_receiver(&delivery.receiver),
            },
        };
        let ended = outbox::ended(delivery, attempt, self.clock.now());
        self.note_end(&ended)?;
        log(&ended, failed_before);
        Ok(ended)
    }

    /// Sends what the receiver does not have yet, in its order, up to the first part that fails.
    async fn attempt(
        &self,
        receiver: &Receiver,
        outbound: &Outbound,
        delivery: &mut Delivery,
        spoken: Spoken<'_>,
    ) -> Result<Attempt, NotifierError> {
        let mut replaces = self.replaced(receiver, delivery)?;
        loop {
            let parts = match self.parts(receiver, delivery, spoken, replaces.as_deref())? {
                Ok(parts) => parts,
                Err(error) => return Ok(Attempt::Refused { error }),
            };
            match self.send(receiver, outbound, delivery, &parts).await? {
                Verdict::CannotReplace if replaces.is_some() => replaces = None,
                Verdict::CannotReplace => {
                    return Ok(Attempt::Refused {
                        error: "the receiver says that there is nothing to replace".to_owned(),
                    });
                }
                // What took the place of another is called as that was.
                Verdict::Ended(Attempt::Delivered { reference }) => {
                    let reference = reference.or(replaces);
                    return Ok(Attempt::Delivered { reference });
                }
                Verdict::Ended(attempt) => return Ok(attempt),
            }
        }
    }

    /// Sends the parts that the receiver does not have, up to the first that fails.
    async fn send(
        &self,
        receiver: &Receiver,
        outbound: &Outbound,
        delivery: &mut Delivery,
        parts: &[Part],
    ) -> Result<Verdict, NotifierError> {
        let last = parts.len().saturating_sub(1);
        // A configuration that changed in between may make fewer parts of it.
        let had = usize::try_from(delivery.sent.parts).unwrap_or(usize::MAX);
        let mut verdict = Verdict::Ended(Attempt::Refused {
            error: "the message has no text".to_owned(),
        });
        for (number, part) in parts.iter().enumerate().skip(had.min(last)) {
            // Committed before the request leaves; see the crate's documentation.
            self.desk().update_delivery(delivery)?;
            verdict = (part.send(receiver.kind, outbound, || self.clock.now())).await;
            match &verdict {
                Verdict::Ended(Attempt::Delivered { reference }) if number < last => {
                    *delivery = outbox::part_confirmed(delivery.clone(), reference.clone());
                }
                _ => break,
            }
        }
        Ok(verdict)
    }

    /// What the receiver calls the message that this one takes the place of: that an alert has grown or
    /// resolved stands where it stood that it fires, so that nobody reads the one without the other.
    fn replaced(
        &self,
        receiver: &Receiver,
        delivery: &Delivery,
    ) -> Result<Option<String>, NotifierError> {
        replaced(&self.desk(), receiver, delivery)
    }

    fn no_receiver(&self, id: &ReceiverId) -> String {
        if self.off.contains(id) {
            format!(
                "the receiver `{id}` is off; say `enabled = true` in receivers.toml, or take it out of the route of the rule and of `[coverage]`"
            )
        } else {
            format!("there is no receiver `{id}` any more in receivers.toml")
        }
    }

    /// The parts of a message; the inner error is one of this message and will not pass.
    pub(crate) fn parts(
        &self,
        receiver: &Receiver,
        delivery: &Delivery,
        spoken: Spoken<'_>,
        replaces: Option<&str>,
    ) -> Result<Result<Vec<Part>, String>, NotifierError> {
        let desk = self.desk();
        let Some(alert): Option<Alert> = desk.alert(&delivery.alert)? else {
            return Ok(Err("its alert is not in the desk".to_owned()));
        };
        let deliveries = desk.deliveries(&delivery.alert)?;
        let mut message = match spoken.subject {
            Subject::Summary(summary) => self.summary(summary, delivery, &desk)?,
            subject => self.worded(subject, &alert, delivery.kind, delivery),
        };
        // The record of the alert goes with a summary too.
        let of_alert = match spoken.subject {
            Subject::Summary(_) => desk.last_subject(&alert.id)?,
            _ => None,
        };
        drop(desk);
        if let Some(until) = spoken.full_until {
            let note = limit_reached(until, &self.facts(delivery));
            message.notes.push(note);
        }
        let public_url = self.settings.public_url.as_deref();
        let subject = spoken.subject;
        let records = || Records::of(&alert, &deliveries, subject, public_url);
        let guard = match of_alert.as_ref().unwrap_or(subject) {
            Subject::Burst(burst) => {
                let withholding = self.withholding(burst);
                withholding.and_then(|phase| Guard::new(phase, burst))
            }
            Subject::Coverage(_) | Subject::Summary(_) | Subject::Receiver(_) => None,
        };
        let letter = Letter {
            alert: &alert,
            delivery,
            message: &message,
            records: &records,
            guard,
            replaces,
            has_buttons: receiver.buttons,
            told: &deliveries,
            now: self.clock.now(),
        };
        let by_template = self.by_template(receiver, &letter, subject);
        let letter = Letter {
            message: by_template.as_ref().unwrap_or(&message),
            ..letter
        };
        Ok(receivers::parts(receiver, &letter))
    }

    /// The desk. Its calls are single short statements on a local file, some milliseconds with their
    /// sync, and a handful a message; so they are made here and not on another thread. Never held over an
    /// `await`. A panic elsewhere cannot have left it half-written: SQLite rolls back.
    pub(crate) fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a message is to say.
#[derive(Clone, Copy)]
pub(crate) struct Spoken<'a> {
    /// What it speaks of.
    pub(crate) subject: &'a Subject,
    /// Until when later ones are held back, where it is the last one before.
    pub(crate) full_until: Option<Timestamp>,
}

/// What the receiver calls the message that a later one takes the place of.
pub(crate) fn replaced(
    desk: &Desk,
    receiver: &Receiver,
    delivery: &Delivery,
) -> Result<Option<String>, NotifierError> {
    let is_later = matches!(
        delivery.kind,
        DeliveryKind::Updated | DeliveryKind::Resolved
    );
    if !is_later {
        return Ok(None);
    }
    let before = desk.deliveries(&delivery.alert)?;
    Ok(before
        .into_iter()
        .filter(|before| {
            before.receiver == receiver.id
                && before.key != delivery.key
                && matches!(before.kind, DeliveryKind::Firing | DeliveryKind::Updated)
                && before.state == DeliveryState::Delivered
                && before.created <= delivery.created
        })
        .max_by_key(|before| before.created)
        .and_then(|before| before.sent.reference))
}

pub(crate) fn connector(
    outbound: &Outbound,
    receiver: &Receiver,
) -> Result<Outbound, NotifierError> {
    if receiver.allow_networks.is_empty() {
        return Ok(outbound.clone());
    }
    let networks = receiver
        .allow_networks
        .iter()
        .map(|network| {
            network
                .parse::<IpNet>()
                .map_err(|_| NotifierError::Network {
                    receiver: receiver.id.clone(),
                    network: network.clone(),
                })
        })
        .collect::<Result<Vec<_>, _>>()?;
    outbound
        .allowing(&networks)
        .map_err(|source| NotifierError::Connector {
            receiver: receiver.id.clone(),
            source,
        })
}

fn report(delivery: &Delivery) -> DeliveryReport {
    DeliveryReport {
        key: delivery.key.clone(),
        alert: delivery.alert.clone(),
        receiver: delivery.receiver.clone(),
        kind: delivery.kind,
        state: delivery.state,
        attempts: delivery.attempts,
        possible_repeat: delivery.possible_repeat,
        error: delivery.error.clone(),
    }
}

/// Once a change, not once an attempt: a chat that is down for a night is one line.
fn log(delivery: &Delivery, failed_before: bool) {
    let (alert, receiver) = (delivery.alert.as_str(), delivery.receiver.as_str());
    let (kind, attempts) = (delivery.kind.as_str(), delivery.attempts);
    let error = delivery.error.as_deref().unwrap_or_default();
    match delivery.state {
        DeliveryState::Delivered => {
            tracing::info!(alert, receiver, kind, attempts, "message delivered");
        }
        DeliveryState::Dead => {
            tracing::error!(alert, receiver, kind, attempts, error, "message given up");
        }
        DeliveryState::Summarised | DeliveryState::Suppressed => {}
        DeliveryState::Pending | DeliveryState::Sending => {
            if !failed_before {
                tracing::warn!(
                    alert,
                    receiver,
                    kind,
                    error,
                    "message not delivered; it is tried again"
                );
            }
        }
    }
}
