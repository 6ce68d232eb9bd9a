//! What each kind of receiver is sent, and what its answers mean: a file for each kind.
//!
//! A message becomes one request or several, or a mail, each confirmed on its own. Success is what the platform
//! calls success, never a status alone. Where a platform can change what stands there, the message that
//! an alert has resolved takes the place of the one that it fires.
//!
//! Tokens stand in the address or the headers of a request and go to the connector and nowhere else.

mod alertmanager;
mod discord;
pub(crate) mod discord_app;
mod email;
#[cfg(test)]
mod examples;
mod key;
mod line;
mod matrix;
pub(crate) mod mattermost;
mod slack;
mod slack_app;
mod teams;
mod telegram;
mod webhook;

use std::time::Duration;

use bellwether_api::Guard;
use bellwether_api::wording::{Message, button};
use bellwether_model::{
    Alert, Delivery, DeliveryKind, Receiver, ReceiverKind, Reply, Target, Timestamp,
};
use bellwether_outbound::{Method, Outbound, Request, Response};
use serde::Serialize;
use serde_json::Value;

use crate::smtp::{self, Mail};
use crate::verdict::{Verdict, verdict};

pub(crate) use webhook::{Records, record};

/// What chats answer is a word, or a page of an error; nobody reads more.
const ANSWER_BYTES_MAX: u64 = 64 * 1024;

/// A message for one receiver, with all that a dialect may put into it.
pub(crate) struct Letter<'a> {
    pub(crate) alert: &'a Alert,
    pub(crate) delivery: &'a Delivery,
    pub(crate) message: &'a Message,
    pub(crate) records: &'a dyn Fn() -> Records,
    pub(crate) guard: Option<Guard<'a>>,
    /// What the receiver calls the message that this one takes the place of.
    pub(crate) replaces: Option<&'a str>,
    /// Whether people may reply by buttons.
    pub(crate) has_buttons: bool,
    /// All messages about the alert.
    pub(crate) told: &'a [Delivery],
    pub(crate) now: Timestamp,
}

impl Letter<'_> {
    /// The buttons of the message, each with what stands on it and what the chat sends back of it; none
    /// where there is nothing to reply to.
    fn buttons(&self) -> Vec<(String, String)> {
        let fires = matches!(
            self.delivery.kind,
            DeliveryKind::Firing | DeliveryKind::Updated
        );
        if !self.has_buttons || !fires {
            return Vec::new();
        }
        let language = self.message.language;
        Reply::ALL
            .into_iter()
            .map(|reply| {
                let said = crate::replies::code(reply, &self.alert.id);
                (button(reply, language), said)
            })
            .collect()
    }
}

/// One request.
pub(crate) struct Post {
    method: Method,
    url: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Post {
    pub(crate) fn json(url: String, body: &impl Serialize) -> Result<Self, String> {
        let body = serde_json::to_vec(body)
            .map_err(|error| format!("the message cannot be written as JSON: {error}"))?;
        let kind = "application/json; charset=utf-8".to_owned();
        Ok(Self {
            method: Method::Post,
            url,
            headers: vec![("Content-Type".to_owned(), kind)],
            body,
        })
    }

    /// A question without a body.
    pub(crate) const fn empty(method: Method, url: String) -> Self {
        Self {
            method,
            url,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    fn by(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    pub(crate) fn header(mut self, name: &str, value: String) -> Self {
        self.headers.push((name.to_owned(), value));
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("Authorization", format!("Bearer {token}"))
    }

    pub(crate) fn request(&self) -> Request<'_> {
        Request {
            method: self.method,
            url: &self.url,
            headers: self.headers.clone(),
            body: (!self.body.is_empty()).then(|| self.body.clone()),
            body_bytes_max: ANSWER_BYTES_MAX,
            // A redirect would carry the message to a place nobody has configured.
            redirects_max: 0,
        }
    }
}

/// What is sent and confirmed on its own.
pub(crate) enum Part {
    Post(Post),
    Mail(Box<Mail>),
}

impl Part {
    /// Sends it, and says what became of it.
    pub(crate) async fn send(
        &self,
        kind: ReceiverKind,
        outbound: &Outbound,
        now: impl Fn() -> Timestamp,
    ) -> Verdict {
        match self {
            Self::Post(post) => {
                let answer = outbound.send(post.request()).await;
                verdict(kind, &post.url, answer, now())
            }
            Self::Mail(mail) => Verdict::Ended(smtp::send(outbound, mail).await),
        }
    }
}

/// The parts of a message, in order; the error is one of this message and will not pass.
pub(crate) fn parts(receiver: &Receiver, letter: &Letter<'_>) -> Result<Vec<Part>, String> {
    let posts = match (receiver.kind, &receiver.target) {
        (
            ReceiverKind::Email,
            Target::Mailbox {
                server,
                port,
                tls,
                from,
                to,
                login,
            },
        ) => {
            let way = email::Way {
                server,
                port: *port,
                tls: *tls,
                from,
                to,
                login: login.as_ref(),
            };
            return Ok(vec![Part::Mail(Box::new(email::mail(&way, letter)?))]);
        }
        (ReceiverKind::SlackApp, Target::Place { server, token, to }) => {
            slack_app::posts(server, token.reveal(), to, letter)?
        }
        (ReceiverKind::DiscordApp, Target::Place { server, token, to }) => {
            discord_app::posts(server, token.reveal(), to, letter)?
        }
        (ReceiverKind::Mattermost, Target::Place { server, token, to }) => {
            vec![mattermost::post(server, token.reveal(), to, letter)?]
        }
        (ReceiverKind::Telegram, Target::Place { server, token, to }) => {
            telegram::posts(server, token.reveal(), to, letter)?
        }
        (ReceiverKind::Line, Target::Place { server, token, to }) => {
            vec![line::post(server, token.reveal(), to, letter)?]
        }
        (ReceiverKind::Matrix, Target::Place { server, token, to }) => {
            matrix::posts(server, token.reveal(), to, letter)?
        }
        (kind, Target::Place { server, .. } | Target::Mailbox { server, .. }) => {
            return Err(format!(
                "a receiver of the kind {} is no place on {server}",
                kind.as_str()
            ));
        }
        (ReceiverKind::Webhook, Target::Signed { url, key }) => {
            vec![webhook::signed(url.reveal(), key.reveal(), letter)?]
        }
        (kind, Target::Address { url } | Target::Signed { url, .. }) => {
            of_address(kind, url.reveal(), letter)?
        }
    };
    // Where a platform knows nothing of it, it does no harm, and a proxy in front of one may.
    let key = |number: usize| match number {
        0 => letter.delivery.key.to_string(),
        number => format!("{}:{number}", letter.delivery.key),
    };
    let posts = posts.into_iter().enumerate();
    Ok(posts
        .map(|(number, post)| Part::Post(post.header("Idempotency-Key", key(number))))
        .collect())
}

fn of_address(kind: ReceiverKind, url: &str, letter: &Letter<'_>) -> Result<Vec<Post>, String> {
    match kind {
        ReceiverKind::Slack => Ok(vec![slack::post(url, letter)?]),
        ReceiverKind::Discord => discord::posts(url, letter),
        ReceiverKind::Teams => Ok(vec![teams::post(url, letter)?]),
        ReceiverKind::Alertmanager => Ok(vec![alertmanager::post(url, letter)?]),
        ReceiverKind::Webhook => Ok(vec![webhook::post(url, letter)?]),
        ReceiverKind::SlackApp
        | ReceiverKind::DiscordApp
        | ReceiverKind::Mattermost
        | ReceiverKind::Telegram
        | ReceiverKind::Line
        | ReceiverKind::Matrix => Err(format!(
            "a receiver of the kind {} has a server and a token, and no address",
            kind.as_str()
        )),
        ReceiverKind::Email => Err("a receiver by mail has a server and a mailbox".to_owned()),
    }
}

/// What a platform says in an answer, where that is not what its status says.
#[derive(Debug, PartialEq)]
pub(crate) enum Said {
    /// It has the message, and calls it so.
    Has(Option<String>),
    /// It will not take it; why, in its own short word.
    No(Option<String>),
    /// It will not take it now.
    Later(Option<Duration>),
    /// It no longer has the message that this one should take the place of, or does not let it be
    /// changed.
    CannotReplace,
}

/// What a platform says beside its status; `None` where the status says it all.
pub(crate) fn said(kind: ReceiverKind, response: &Response) -> Option<Said> {
    let body: Option<Value> = serde_json::from_slice(&response.body).ok();
    match kind {
        ReceiverKind::Slack => slack::said(response.status, body.as_ref()?),
        ReceiverKind::SlackApp => slack_app::said(response.status, body.as_ref()),
        ReceiverKind::Discord | ReceiverKind::DiscordApp => {
            discord::said(response.status, body.as_ref()?)
        }
        ReceiverKind::Mattermost => mattermost::said(response, body.as_ref()?),
        ReceiverKind::Telegram => telegram::said(response.status, body.as_ref()),
        ReceiverKind::Line => line::said(response),
        ReceiverKind::Matrix => matrix::said(response.status, body.as_ref()?),
        ReceiverKind::Teams
        | ReceiverKind::Email
        | ReceiverKind::Alertmanager
        | ReceiverKind::Webhook => None,
    }
}

/// A word of a platform that may stand in an error: short, of letters, digits and underscores.
pub(crate) fn word(value: Option<&Value>) -> Option<String> {
    const WORD_BYTES_MAX: usize = 40;
    let word = value?.as_str()?;
    let is_word = !word.is_empty()
        && word.len() <= WORD_BYTES_MAX
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    is_word.then(|| word.to_owned())
}

fn seconds(value: Option<&Value>) -> Option<Duration> {
    Duration::try_from_secs_f64(value?.as_f64()?).ok()
}
