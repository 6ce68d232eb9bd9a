//! A receiver of signed webhooks as Standard Webhooks describes them.
//!
//! Sources: standard-webhooks, `spec/standard-webhooks.md` (the three headers, what is signed, a list
//! of signatures, secrets of 24 to 64 bytes, no full stop in an id, payloads below 20 kB, the members
//! of a payload); its reference libraries (five minutes of tolerance to both sides). The specification
//! names no status: a request that cannot be believed gets 401 here, one that is malformed 400.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde_json::Value;
use sha2::Sha256;

use super::front::{Door, Front, Platform, Rules};
use super::pace::Pace;
use super::parts;
use crate::server::{Answer, Request};

/// What follows is base 64 of 30 bytes.
const SECRET: &str = "whsec_FAKEsecretFAKEsecretFAKEsecretFAKEsecret";
const TOLERANCE_SECONDS: u64 = 5 * 60;
const BODY_MAX: usize = 20_000;

/// A message that was believed.
#[derive(Debug, Clone)]
pub struct SignedMessage {
    /// What `webhook-id` said.
    pub id: String,
    /// What `webhook-timestamp` said when it first came.
    pub timestamp: i64,
    /// The payload; null where it is no JSON.
    pub body: Value,
    /// Whether it is larger than a receiver has to take.
    pub is_too_large: bool,
    /// Whether it has `type`, an ISO 8601 `timestamp`, and `data`.
    pub is_well_formed: bool,
    /// How often it came again after it was stored.
    pub repeats: usize,
}

/// The receiver.
pub struct SignedHook(Front<Hook>);

struct Hook {
    pace: Pace,
    secrets: Vec<String>,
    now: Option<i64>,
    messages: Vec<SignedMessage>,
    places: BTreeMap<String, usize>,
}

impl SignedHook {
    /// A receiver without messages, for as many a second as one likes.
    #[must_use]
    pub fn open() -> Self {
        Self(Front::open(Hook {
            pace: Pace::unlimited(),
            secrets: vec![SECRET.to_owned()],
            now: None,
            messages: Vec::new(),
            places: BTreeMap::new(),
        }))
    }

    /// The secret to sign with, as it is shown to people.
    #[must_use]
    pub const fn secret(&self) -> &'static str {
        SECRET
    }

    /// From now on, believes another secret and no longer its own.
    ///
    /// # Panics
    /// Where that is no secret.
    pub fn rotate(&self, secret: &str) {
        assert!(key(secret).is_some(), "no whsec_ of 24 to 64 bytes");
        self.0.rules().secrets = vec![secret.to_owned()];
    }

    /// From now on, takes this for the time, in seconds since 1970, in place of the machine's.
    pub fn pin_clock(&self, seconds: i64) {
        self.0.rules().now = Some(seconds);
    }

    /// From now on, takes `burst` requests at once and then one in each interval.
    pub fn pace(&self, burst: u32, every: Duration) {
        self.0.rules().pace = Pace::new(burst, every);
    }

    /// The messages in the order of their first coming, each id once.
    #[must_use]
    pub fn messages(&self) -> Vec<SignedMessage> {
        self.0.rules().messages.clone()
    }

    /// How many messages were larger than a receiver has to take.
    #[must_use]
    pub fn too_large(&self) -> usize {
        let messages = self.messages();
        messages
            .iter()
            .filter(|message| message.is_too_large)
            .count()
    }

    /// The signature of a body under a secret, as `webhook-signature` has it.
    ///
    /// # Panics
    /// Where that is no secret.
    #[must_use]
    pub fn signature(secret: &str, id: &str, timestamp: i64, body: &[u8]) -> String {
        let key = key(secret).expect("a whsec_ of 24 to 64 bytes");
        let signature = mac(&key, id, &timestamp.to_string(), body).finalize();
        format!("v1,{}", STANDARD.encode(signature.into_bytes()))
    }
}

impl Platform for SignedHook {
    fn door(&self) -> &Door {
        self.0.door()
    }

    fn url(&self) -> String {
        self.0.url("/webhooks")
    }
}

fn key(secret: &str) -> Option<Vec<u8>> {
    let key = STANDARD.decode(secret.strip_prefix("whsec_")?).ok()?;
    (24..=64).contains(&key.len()).then_some(key)
}

fn mac(key: &[u8], id: &str, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
        mac.update(part);
    }
    mac
}

fn is_well_formed(body: &Value) -> bool {
    let timestamp = parts::text(body, "timestamp");
    parts::text(body, "type").is_some_and(|kind| !kind.is_empty())
        && timestamp.is_some_and(|time| time.parse::<Timestamp>().is_ok())
        && body.get("data").is_some()
}

impl Hook {
    /// Whether one of the signatures is ours. Compared in constant time by the library.
    fn is_signed(&self, id: &str, timestamp: &str, list: &str, body: &[u8]) -> bool {
        self.secrets
            .iter()
            .filter_map(|secret| key(secret))
            .any(|key| {
                list.split(' ')
                    .filter_map(|signature| signature.strip_prefix("v1,"))
                    .filter_map(|signature| STANDARD.decode(signature).ok())
                    .any(|signature| {
                        mac(&key, id, timestamp, body)
                            .verify_slice(&signature)
                            .is_ok()
                    })
            })
    }
}

impl Rules for Hook {
    fn answer(&mut self, request: &Request) -> Answer {
        if parts::path(request) != "/webhooks" {
            return Answer::status(404);
        }
        if request.method != "POST" {
            return Answer::status(405);
        }
        let bad = |what: &str| Answer::status(400).body(what);
        let header = |name: &str| request.header(name).filter(|value| !value.is_empty());
        let (Some(id), Some(timestamp), Some(signatures)) = (
            header("webhook-id"),
            header("webhook-timestamp"),
            header("webhook-signature"),
        ) else {
            return bad("missing required headers");
        };
        if id.contains('.') {
            return bad("webhook-id has a full stop");
        }
        let Ok(sent) = timestamp.parse::<i64>() else {
            return bad("webhook-timestamp is no number of seconds");
        };
        if !self.is_signed(id, timestamp, signatures, &request.body) {
            return Answer::status(401).body("no matching signature found");
        }
        let now = self.now.unwrap_or_else(|| Timestamp::now().as_second());
        if now.abs_diff(sent) > TOLERANCE_SECONDS {
            let which = if sent < now { "old" } else { "new" };
            return Answer::status(401).body(format!("message timestamp too {which}"));
        }
        if let Err(wait) = self.pace.take("", Instant::now()) {
            return Self::too_fast(wait);
        }
        if let Some(place) = self.places.get(id) {
            self.messages[*place].repeats += 1;
            return Answer::status(204);
        }
        let body = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        self.places.insert(id.to_owned(), self.messages.len());
        self.messages.push(SignedMessage {
            id: id.to_owned(),
            timestamp: sent,
            is_too_large: request.body.len() > BODY_MAX,
            is_well_formed: is_well_formed(&body),
            body,
            repeats: 0,
        });
        Answer::status(204)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::client::{Reply, send};
    use crate::platforms::Fault;

    const NOW: i64 = 1_700_000_000;
    const OTHER: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn hook() -> SignedHook {
        let hook = SignedHook::open();
        hook.pin_clock(NOW);
        hook
    }

    fn post(
        hook: &SignedHook,
        id: &str,
        at: i64,
        signatures: &str,
        body: &[u8],
    ) -> std::io::Result<Reply> {
        let at = at.to_string();
        let headers = [
            ("webhook-id", id),
            ("webhook-timestamp", &*at),
            ("webhook-signature", signatures),
        ];
        send("POST", &hook.url(), &headers, body)
    }

    fn signed(hook: &SignedHook, id: &str, at: i64, body: &[u8]) -> u16 {
        let signature = SignedHook::signature(SECRET, id, at, body);
        post(hook, id, at, &signature, body).unwrap().status
    }

    fn payload() -> Vec<u8> {
        let body = json!({"type": "alert.opened", "timestamp": "2026-08-01T00:00:00Z", "data": {"a": "台"}});
        body.to_string().into_bytes()
    }

    #[test]
    fn the_example_of_the_specification_is_signed_alike() {
        let body = br#"{"test": 2432232314}"#;
        assert_eq!(
            SignedHook::signature(OTHER, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn a_message_is_stored_once() {
        let hook = hook();
        hook.fault(Fault::Cut);
        let signature = SignedHook::signature(SECRET, "msg_1", NOW, &payload());
        assert!(post(&hook, "msg_1", NOW, &signature, &payload()).is_err());
        assert_eq!(signed(&hook, "msg_1", NOW + 5, &payload()), 204);
        assert_eq!(signed(&hook, "msg_2", NOW, b"{}"), 204);
        let messages = hook.messages();
        assert_eq!(messages.len(), 2);
        assert_eq!((messages[0].repeats, messages[0].timestamp), (1, NOW));
        assert_eq!(messages[0].body["data"]["a"], "台");
        assert!(messages[0].is_well_formed);
        assert!(!messages[1].is_well_formed);
        assert_eq!(hook.too_large(), 0);
        let large = vec![b' '; BODY_MAX + 1];
        assert_eq!(signed(&hook, "msg_3", NOW, &large), 204);
        assert_eq!(hook.too_large(), 1);
    }

    #[test]
    fn only_our_signature_counts() {
        let hook = hook();
        let good = SignedHook::signature(SECRET, "msg_1", NOW, b"{}");
        let theirs = SignedHook::signature(OTHER, "msg_1", NOW, b"{}");
        let status = |id: &str, at: i64, signatures: &str, body: &[u8]| {
            post(&hook, id, at, signatures, body).unwrap().status
        };
        assert_eq!(status("msg_1", NOW, &theirs, b"{}"), 401);
        assert_eq!(status("msg_1", NOW, &good, b"{ }"), 401, "other bytes");
        assert_eq!(status("msg_2", NOW, &good, b"{}"), 401, "other id");
        assert_eq!(status("msg_1", NOW + 1, &good, b"{}"), 401, "other time");
        assert_eq!(
            status("msg_1", NOW, &good.replace("v1,", "v1a,"), b"{}"),
            401
        );
        assert_eq!(status("msg_1", NOW, &good.replace("v1,", ""), b"{}"), 401);
        assert!(hook.messages().is_empty());
        assert_eq!(
            status("msg_1", NOW, &format!("{theirs} v1a,x {good}"), b"{}"),
            204
        );
        hook.rotate(OTHER);
        assert_eq!(
            status(
                "msg_3",
                NOW,
                &SignedHook::signature(SECRET, "msg_3", NOW, b"{}"),
                b"{}"
            ),
            401
        );
        assert_eq!(status("msg_1", NOW, &theirs, b"{}"), 204);
    }

    #[test]
    fn what_is_stale_or_malformed_is_refused() {
        let hook = hook();
        assert_eq!(signed(&hook, "msg_1", NOW - 300, b"{}"), 204);
        assert_eq!(signed(&hook, "msg_2", NOW - 301, b"{}"), 401);
        assert_eq!(signed(&hook, "msg_3", NOW + 301, b"{}"), 401);
        assert_eq!(signed(&hook, "msg.4", NOW, b"{}"), 400);
        assert_eq!(send("POST", &hook.url(), &[], b"{}").unwrap().status, 400);
        assert_eq!(send("GET", &hook.url(), &[], b"").unwrap().status, 405);
        assert_eq!(send("POST", &hook.base(), &[], b"").unwrap().status, 404);
        hook.pace(1, Duration::from_secs(3600));
        assert_eq!(signed(&hook, "msg_5", NOW, b"{}"), 204);
        assert_eq!(signed(&hook, "msg_6", NOW, b"{}"), 429);
        let unpinned = SignedHook::open();
        assert_eq!(
            signed(&unpinned, "msg_1", Timestamp::now().as_second(), b"{}"),
            204
        );
    }
}
