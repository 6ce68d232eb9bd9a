//! What people say of an alert by the buttons of its message, in chats that bring it to us by a connection
//! that we open: nothing has to be reachable from outside.
//!
//! Who may reply is who can read the place that the receiver names; a reply from elsewhere is passed over.
//! Each is taken in before the chat is told that we have it, and the same one again changes nothing. What
//! a reply does is decided in `bellwether-alert`.

mod discord;
mod ear;
mod mattermost;
mod slack;
mod telegram;

use bellwether_alert::outbox::Attempt;
use bellwether_alert::{BY_CHARS_MAX, Wanted, acknowledge, is_repeat, wanted};
use bellwether_api::wording::{ReplyOutcome, reply_told};
use bellwether_archive::ArchiveError;
use bellwether_model::{
    AlertId, Delivery, DeliveryKind, DeliveryState, Receiver, ReceiverKind, Reply,
};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::watch;

use crate::notifier::Spoken;
use crate::receivers::Part;
use crate::verdict::Verdict;
use crate::{Notifier, NotifierError};

/// Between what is wanted and the alert that it is wanted of; in no word and no id.
const BETWEEN: char = ':';

/// What a button sends back. Chats show it to nobody and sign nothing of it: it is read as what anybody could
/// have written.
pub(crate) fn code(reply: Reply, alert: &AlertId) -> String {
    format!("{}{BETWEEN}{alert}", reply.as_str())
}

/// What was said, and of which alert; `None` where it is none of ours.
fn read_code(code: &str) -> Option<(Reply, AlertId)> {
    let (word, alert) = code.split_once(BETWEEN)?;
    Some((Reply::from_word(word)?, AlertId::new(alert)))
}

/// A name as it may stand in a record: what the person calls themselves, and what the chat knows them by,
/// which they cannot choose.
fn by(name: &str, chat: &str, id: &str) -> String {
    let known = format!(" ({chat} {id})");
    let room = BY_CHARS_MAX.saturating_sub(known.chars().count());
    let name = bellwether_text::display_safe(name);
    let name: String = name
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let name = bellwether_text::excerpt(&name, room);
    format!("{}{known}", name.trim())
}

/// What somebody said.
struct Said<'a> {
    code: &'a str,
    by: String,
    /// What the chat calls the message that it was said to.
    message: String,
}

/// What became of it, and what the person is told.
struct Taken {
    outcome: ReplyOutcome,
    told: String,
}

impl Notifier {
    /// Hears what is said by buttons, until `shutdown` becomes true or its sender is gone.
    pub async fn hear(&self, mut shutdown: watch::Receiver<bool>) {
        let mut ears: FuturesUnordered<LocalBoxFuture<'_, ()>> = FuturesUnordered::new();
        for bot in self.ears(ReceiverKind::Telegram) {
            ears.push(Box::pin(self.hear_telegram(bot)));
        }
        for kind in [
            ReceiverKind::SlackApp,
            ReceiverKind::DiscordApp,
            ReceiverKind::Mattermost,
        ] {
            for ear in self.ears(kind) {
                ears.push(Box::pin(self.hear_by_socket(ear)));
            }
        }
        // They end only with us.
        let all = async {
            while ears.next().await.is_some() {}
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = all => {}
            _ = shutdown.wait_for(|end| *end) => {}
        }
    }

    /// Takes in a reply; `None`, with the reason in the log, where it could not be: the person sees that nothing
    /// has happened, and presses again.
    fn take(&self, receiver: &Receiver, said: &Said<'_>) -> Option<Taken> {
        let outcome = match read_code(said.code) {
            None => Ok(ReplyOutcome::Unknown),
            Some((reply, alert)) => self.take_in(reply, &alert, &said.by),
        };
        match outcome {
            Ok(outcome) => {
                tracing::info!(
                    receiver = receiver.id.as_str(),
                    by = said.by,
                    reply = said.code,
                    ?outcome,
                    "somebody replied to a message"
                );
                let told = reply_told(&outcome, receiver.language);
                Some(Taken { outcome, told })
            }
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "a reply was not taken in");
                None
            }
        }
    }

    fn take_in(
        &self,
        reply: Reply,
        alert: &AlertId,
        by: &str,
    ) -> Result<ReplyOutcome, NotifierError> {
        let now = self.now();
        let desk = self.desk();
        let Some(known) = desk.alert(alert)? else {
            return Ok(ReplyOutcome::Unknown);
        };
        let Ok(wanted) = wanted(&known, reply, by, now) else {
            return Ok(ReplyOutcome::Refused);
        };
        match wanted {
            Wanted::Acknowledgement(said) => {
                let changed = desk.change_alert(alert, |alert| {
                    acknowledge(alert, &said, now).map_err(|_| NotTaken::Refused)
                });
                match changed {
                    Ok(Some(_)) => Ok(match reply {
                        Reply::Judged(verdict) => ReplyOutcome::Judged(verdict),
                        _ => ReplyOutcome::Taken,
                    }),
                    Ok(None) => Ok(ReplyOutcome::Unknown),
                    Err(NotTaken::Refused) => Ok(ReplyOutcome::Refused),
                    Err(NotTaken::Store(error)) => Err(error.into()),
                }
            }
            Wanted::Silence(silence) => {
                let matcher = silence.matchers.first().map(ToString::to_string);
                let is_kept = is_repeat(&silence, &desk.silences(now)?)
                    || desk.add_silence(silence, now)?.is_some();
                Ok(match matcher.filter(|_| is_kept) {
                    Some(matcher) => ReplyOutcome::Quiet(matcher),
                    None => ReplyOutcome::Refused,
                })
            }
        }
    }

    /// Writes who has the alert now into the message that was replied to. What fails is left as it stands: the
    /// person was told, and the page has it.
    ///
    /// Returns whether the message says so now.
    async fn refresh(&self, receiver: &Receiver, said: &Said<'_>) -> bool {
        let Some((_, outbound)) = self.receivers.get(&receiver.id) else {
            return false;
        };
        match self.refreshed(receiver, said) {
            Ok(None) => false,
            Ok(Some(part)) => {
                let sent = part.send(receiver.kind, outbound, || self.now()).await;
                if let Some(error) = sent.error() {
                    tracing::debug!(error, "a message that was replied to stands as it stood");
                }
                matches!(sent, Verdict::Ended(Attempt::Delivered { .. }))
            }
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "a message that was replied to stands as it stood");
                false
            }
        }
    }

    /// The message that was replied to, as it is worded now.
    fn refreshed(
        &self,
        receiver: &Receiver,
        said: &Said<'_>,
    ) -> Result<Option<Part>, NotifierError> {
        let Some(delivery) = self.replied_to(receiver, said)? else {
            return Ok(None);
        };
        let Some(subject) = self.desk().subject(&delivery.key)? else {
            return Ok(None);
        };
        let spoken = Spoken {
            subject: &subject,
            full_until: None,
        };
        let parts = self.parts(receiver, &delivery, spoken, Some(&said.message))?;
        // Of several only the first can be changed, and what moved into the next would be gone.
        let mut parts = parts.unwrap_or_default();
        Ok(parts.pop().filter(|_| parts.is_empty()))
    }

    /// The last message about the alert, where it is the one that was replied to.
    fn replied_to(
        &self,
        receiver: &Receiver,
        said: &Said<'_>,
    ) -> Result<Option<Delivery>, NotifierError> {
        let Some((_, alert)) = read_code(said.code) else {
            return Ok(None);
        };
        let deliveries = self.desk().deliveries(&alert)?.into_iter();
        let last = deliveries
            .filter(|delivery| {
                // One that is on its way will stand there next.
                let is_told = delivery.state == DeliveryState::Delivered
                    || delivery.state == DeliveryState::Sending
                    || delivery.attempts > 0;
                delivery.receiver == receiver.id && is_told
            })
            .max_by_key(|delivery| delivery.created);
        Ok(last.filter(|delivery| {
            delivery.state == DeliveryState::Delivered
                && matches!(delivery.kind, DeliveryKind::Firing | DeliveryKind::Updated)
                && delivery.sent.reference.as_ref() == Some(&said.message)
        }))
    }
}

/// Why an alert was not changed.
enum NotTaken {
    Refused,
    Store(ArchiveError),
}

impl From<ArchiveError> for NotTaken {
    fn from(error: ArchiveError) -> Self {
        Self::Store(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_button_sends_back_fits_and_is_read_back() {
        // The longest id there is: `a-`, and a hash of sixteen bytes in hex.
        let alert = AlertId::new(format!("a-{}", "0".repeat(32)));
        for reply in Reply::ALL {
            let code = code(reply, &alert);
            assert!(code.len() <= 64, "{code}");
            assert_eq!(read_code(&code), Some((reply, alert.clone())));
        }
        for other in ["", "taken", "forget:a-1", "TAKEN:a-1"] {
            assert_eq!(read_code(other), None, "{other}");
        }
    }

    #[test]
    fn a_name_is_one_line_and_says_who_it_was() {
        assert_eq!(by("林 小姐", "telegram", "7"), "林 小姐 (telegram 7)");
        let long = by(&"\u{202E}長\n".repeat(90), "telegram", "12345678901234");
        assert!(long.chars().count() <= BY_CHARS_MAX, "{long}");
        assert!(long.ends_with("(telegram 12345678901234)"), "{long}");
        assert!(!long.contains(['\n', '\u{202E}']), "{long:?}");
    }
}
