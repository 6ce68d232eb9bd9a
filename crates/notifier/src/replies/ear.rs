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

/// A connection that held so long was one.
const HELD_MIN: Duration = Duration::from_secs(60);

/// Discord lets a bot begin one session in five seconds.
const SESSION_EVERY: Duration = Duration::from_secs(5);

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
    /// Too few connections may still be opened; more may be after so long.
    Later(Duration),
}

impl Deaf {
    fn why(&self) -> String {
        match self {
            Self::Unreachable(error) => error.to_string(),
            Self::Refused(why) => why.clone(),
            Self::Later(wait) => format!(
                "few sessions are left for today; the next is begun in {} s",
                wait.as_secs()
            ),
        }
    }
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
            let began = self.now();
            let ended = match ear.kind {
                ReceiverKind::DiscordApp => self.hear_discord(&ear, &mut has_heard).await,
                ReceiverKind::Mattermost => self.hear_mattermost(&ear, &mut has_heard).await,
                _ => self.hear_slack(&ear, &mut has_heard).await,
            };
            // One that ends as soon as it has begun is a failure, whatever was said at its beginning.
            if has_heard && self.now().duration_since(began).unsigned_abs() >= HELD_MIN {
                failures = 0;
            }
            if has_heard {
                is_warned = false;
            }
            let ended = match ended {
                Ok(()) if !has_heard => Err(Deaf::Refused("it closed the connection".to_owned())),
                ended => ended,
            };
            // A connection that is renewed as announced is no failure, and yet none is opened without end.
            failures += 1;
            let mut wait = wait_after(failures);
            if ear.kind == ReceiverKind::DiscordApp {
                wait = wait.max(SESSION_EVERY);
            }
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

    /// Whether a receiver posts to a place.
    pub(super) fn names(&self, place: &str) -> bool {
        let is_of = |receiver: &&Receiver| matches!(&receiver.target, Target::Place { to, .. } if to == place);
        self.receivers.iter().any(is_of)
    }

    /// Says that a reply was lost: who it was could not be asked.
    pub(super) fn lost(&self, deaf: &Deaf) {
        tracing::error!(
            server = host_of(self.server),
            kind = self.kind.as_str(),
            why = deaf.why(),
            "a reply was lost, since the server does not say whose it is"
        );
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
        let server = host_of(self.server);
        match self.outbound.send(post.request()).await {
            Ok(answer) if (200..300).contains(&answer.status) => {}
            Ok(answer) => tracing::warn!(
                server,
                kind = self.kind.as_str(),
                status = answer.status,
                "somebody was not told what became of a reply, or not offered one"
            ),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(
                    server,
                    error,
                    "somebody was not told what became of a reply"
                );
            }
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
        tracing::warn!(
            server = host_of(self.server),
            kind = self.kind.as_str(),
            why = deaf.why(),
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
