//! Connections that bring replies: whose they are, how long they are kept, and what is said where nothing is
//! heard. What goes over one is known to the file of its chat.

use std::time::Duration;

use bellwether_model::{Receiver, ReceiverKind, Secret, Target};
use bellwether_outbound::{Outbound, OutboundError, Request, host_of};
use serde_json::Value;

use crate::Notifier;
use crate::receivers::Post;

/// The waits after failures: doubled from the first to the last.
const WAIT_FIRST: Duration = Duration::from_secs(1);
const WAIT_LAST: Duration = Duration::from_secs(60);

/// A connection, and the receivers that it brings replies of: those of one token are heard once.
pub(super) struct Ear<'a> {
    pub(super) kind: ReceiverKind,
    pub(super) server: &'a str,
    /// Opens the connection.
    pub(super) token: &'a str,
    pub(super) receivers: Vec<&'a Receiver>,
    pub(super) outbound: &'a Outbound,
}

/// Why nothing is heard.
pub(super) enum Deaf {
    Unreachable(OutboundError),
    Refused(String),
    /// Asked to come again after so long.
    Later(Duration),
}

impl From<OutboundError> for Deaf {
    fn from(error: OutboundError) -> Self {
        Self::Unreachable(error)
    }
}

impl Notifier {
    /// The connections by which replies to receivers of a kind come.
    pub(super) fn ears(&self, kind: ReceiverKind) -> Vec<Ear<'_>> {
        let mut ears: Vec<Ear<'_>> = Vec::new();
        let of_kind = |receiver: &Receiver| receiver.kind == kind && receiver.buttons;
        for (receiver, outbound) in self.receivers.values() {
            let Target::Place { server, token, .. } = &receiver.target else {
                continue;
            };
            // What is said by buttons of an app of Slack comes by a token of its own.
            let token = match kind {
                ReceiverKind::SlackApp => receiver.app_token.as_ref(),
                _ => Some(token),
            };
            let (Some(token), true) = (token.map(Secret::reveal), of_kind(receiver)) else {
                continue;
            };
            let same = |ear: &&mut Ear<'_>| ear.server == server && ear.token == token;
            match ears.iter_mut().find(same) {
                Some(ear) => ear.receivers.push(receiver),
                None => ears.push(Ear {
                    kind,
                    server,
                    token,
                    receivers: vec![receiver],
                    outbound,
                }),
            }
        }
        ears
    }

    /// Hears one connection after the other by a WebSocket, for as long as it is polled.
    pub(super) async fn hear_by_socket(&self, ear: Ear<'_>) {
        let mut failures: u32 = 0;
        // Once for each time that nothing is heard.
        let mut is_warned = false;
        loop {
            let mut has_heard = false;
            let ended = match ear.kind {
                ReceiverKind::DiscordApp => self.hear_discord(&ear, &mut has_heard).await,
                ReceiverKind::Mattermost => self.hear_mattermost(&ear, &mut has_heard).await,
                _ => self.hear_slack(&ear, &mut has_heard).await,
            };
            if has_heard {
                failures = 0;
                is_warned = false;
            }
            // A connection that is renewed as announced is no failure, and yet none is opened without end.
            failures += 1;
            let mut wait = wait_after(failures);
            if let Err(deaf) = ended {
                if let Deaf::Later(after) = deaf {
                    wait = wait.max(after);
                }
                if !is_warned {
                    ear.warn(&deaf);
                    is_warned = true;
                }
            }
            tokio::time::sleep(wait).await;
        }
    }
}

impl<'a> Ear<'a> {
    /// The receiver that posts to a place.
    pub(super) fn receiver_at(&self, place: &str) -> Option<&'a Receiver> {
        let is_of = |receiver: &&&Receiver| matches!(&receiver.target, Target::Place { to, .. } if to == place);
        let found = self.receivers.iter().find(is_of).copied();
        if found.is_none() {
            self.passes_over();
        }
        found
    }

    /// Says that somebody replied where nothing of ours is posted.
    pub(super) fn passes_over(&self) {
        tracing::warn!(
            server = host_of(self.server),
            kind = self.kind.as_str(),
            "a reply from a place that no receiver names is passed over"
        );
    }

    /// What the server answers to a question, where it is JSON under a status of success.
    pub(super) async fn ask(&self, question: Request<'_>) -> Result<Value, Deaf> {
        let answer = self.outbound.send(question).await?;
        match answer.status {
            200..=299 => Ok(serde_json::from_slice(&answer.body).unwrap_or_default()),
            401 => Err(Deaf::Refused("the token is not valid".to_owned())),
            status => Err(Deaf::Refused(format!("it answered {status}"))),
        }
    }

    /// Posts what only helps those who replied: where it fails they see on the page what became of it.
    pub(super) async fn post(&self, post: Post) {
        if let Err(error) = self.outbound.send(post.request()).await {
            let error = &error as &dyn std::error::Error;
            tracing::debug!(error, "somebody was not told what became of a reply");
        }
    }

    /// An address that the server has named for a WebSocket; where the server is reached over TLS, so is that.
    pub(super) fn safe(&self, address: &str) -> Result<String, Deaf> {
        if address.starts_with("wss:") || self.server.starts_with("http:") {
            return Ok(address.to_owned());
        }
        Err(Deaf::Refused("its connection is not encrypted".to_owned()))
    }

    pub(super) fn warn(&self, deaf: &Deaf) {
        let why = match deaf {
            Deaf::Unreachable(error) => error.to_string(),
            Deaf::Refused(why) => why.clone(),
            Deaf::Later(wait) => format!("it wants no connection for {} s", wait.as_secs()),
        };
        tracing::warn!(
            server = host_of(self.server),
            kind = self.kind.as_str(),
            why,
            "replies by buttons are not heard; it is tried again"
        );
    }
}

/// How long to wait after so many failures in a row.
pub(super) fn wait_after(failures: u32) -> Duration {
    let doubled = WAIT_FIRST.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1)));
    doubled.min(WAIT_LAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_are_bounded() {
        let waits: Vec<u64> = [1, 2, 3, 7, 99]
            .map(|failures| wait_after(failures).as_secs())
            .to_vec();
        assert_eq!(waits, [1, 2, 4, 60, 60]);
    }
}
