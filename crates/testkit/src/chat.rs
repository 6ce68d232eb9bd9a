//! A chat that takes messages, records them, and can fail.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::server::{Answer, Server};

/// A path such as real chats have: it is the whole credential, and must be shown nowhere.
const PATH: &str = "/services/T000/B000/FAKEsecretFAKEsecret";

/// Longer than any sender waits.
const SILENCE: Duration = Duration::from_secs(120);

/// What the chat does with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Takes it and says so.
    Take,
    /// Takes it, and its answer is lost.
    Cut,
    /// Takes it, and does not answer for as long as a test lasts.
    Silent,
    /// Does not take it, says so with this status and shows the address in the body.
    Fail(u16),
}

/// A message as it reached the chat.
#[derive(Debug, Clone)]
pub struct Received {
    /// What `Idempotency-Key` said.
    pub key: String,
    /// The body.
    pub body: Value,
    /// What became of it.
    pub verdict: Verdict,
}

impl Received {
    /// The text a person reads.
    #[must_use]
    pub fn text(&self) -> &str {
        let text = self.body.get("text").or(self.body.get("message"));
        text.and_then(Value::as_str).unwrap_or_default()
    }
}

/// The chat.
pub struct Chat {
    server: Server,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Chat {
    /// A chat that takes every message.
    #[must_use]
    pub fn open() -> Self {
        Self::that(|_| Verdict::Take)
    }

    /// A chat that takes every message, and takes its time to say so.
    #[must_use]
    pub fn slow(pause: Duration) -> Self {
        Self::new(|_| Verdict::Take, pause)
    }

    /// A chat that decides by how many messages came before.
    pub fn that(decide: impl Fn(usize) -> Verdict + Send + Sync + 'static) -> Self {
        Self::new(decide, Duration::ZERO)
    }

    fn new(decide: impl Fn(usize) -> Verdict + Send + Sync + 'static, pause: Duration) -> Self {
        let received = Arc::new(Mutex::new(Vec::new()));
        let record = received.clone();
        let server = Server::answering(move |request, before| {
            let verdict = decide(before);
            if let Ok(body) = serde_json::from_slice(&request.body) {
                record
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(Received {
                        key: request
                            .header("idempotency-key")
                            .unwrap_or_default()
                            .to_owned(),
                        body,
                        verdict,
                    });
            }
            std::thread::sleep(pause);
            match verdict {
                Verdict::Take => Answer::ok("ok"),
                Verdict::Silent => {
                    std::thread::sleep(SILENCE);
                    Answer::cut()
                }
                Verdict::Cut => Answer::cut(),
                Verdict::Fail(status) => Answer::status(status).body(request.path.clone()),
            }
        });
        Self { server, received }
    }

    /// Where it takes messages.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url(PATH)
    }

    /// All messages so far, in order, also those it did not take.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.received
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
