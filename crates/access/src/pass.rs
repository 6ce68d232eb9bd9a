//! A pass: what a link in a message carries, so that whoever reads the message may see its alert and say
//! what they make of it, without an account. It is for one alert, names the receiver it was sent to, and
//! ends.
//!
//! Signed by HMAC-SHA256 (RFC 2104) of which the first half is shown (section 5 there allows no less).
//! Whoever can read the room can act by it, as with a button; opening one changes nothing, since chats
//! and mail scanners open links.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bellwether_model::Timestamp;
use hmac::{Hmac, KeyInit, Mac};
use jiff::SignedDuration;
use sha2::Sha256;

/// How long a pass is good after its message was decided.
pub const PASS_TIME: SignedDuration = SignedDuration::from_hours(7 * 24);

const KEY_BYTES: usize = 32;
const SHOWN_BYTES: usize = 16;

/// The longest pass that is looked at: the longest id of a receiver, a time and a signature.
const PASS_BYTES_MAX: usize = 200;

/// Makes passes and knows them again.
#[derive(Clone)]
pub struct Passes([u8; KEY_BYTES]);

impl fmt::Debug for Passes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passes")
    }
}

/// What a pass says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// The alert it is for.
    pub alert: String,
    /// The receiver of the message that carried it.
    pub receiver: String,
    /// When it ends.
    pub ends: Timestamp,
}

/// Why a pass lets nobody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PassError {
    /// It is not one of ours, or is for another alert.
    #[error("the link is not whole, or is for another alert")]
    Unknown,
    /// It is over.
    #[error("the link was good until {0}")]
    Ended(Timestamp),
}

impl Passes {
    /// Those of a key, which must be random.
    #[must_use]
    pub const fn of(key: [u8; KEY_BYTES]) -> Self {
        Self(key)
    }

    /// A pass as it stands in a link: the receiver, the last second, and the signature.
    #[must_use]
    pub fn sign(&self, pass: &Pass) -> String {
        let ends = pass.ends.as_second();
        let signature = self.mac(&pass.alert, &pass.receiver, ends).finalize();
        let shown = signature.into_bytes();
        let shown = BASE64_URL_SAFE_NO_PAD.encode(&shown[..SHOWN_BYTES]);
        format!("{}.{ends}.{shown}", pass.receiver)
    }

    /// Reads a pass for an alert.
    ///
    /// # Errors
    /// [`PassError`] where it is not one for this alert, or over.
    pub fn read(&self, text: &str, alert: &str, now: Timestamp) -> Result<Pass, PassError> {
        if text.len() > PASS_BYTES_MAX {
            return Err(PassError::Unknown);
        }
        // From the end: the id of a receiver may have dots.
        let mut parts = text.rsplitn(3, '.');
        let (Some(signature), Some(ends), Some(receiver)) =
            (parts.next(), parts.next(), parts.next())
        else {
            return Err(PassError::Unknown);
        };
        let signature = BASE64_URL_SAFE_NO_PAD
            .decode(signature)
            .ok()
            .filter(|bytes| bytes.len() == SHOWN_BYTES)
            .ok_or(PassError::Unknown)?;
        let seconds: i64 = ends.parse().map_err(|_| PassError::Unknown)?;
        self.mac(alert, receiver, seconds)
            .verify_truncated_left(&signature)
            .map_err(|_| PassError::Unknown)?;
        let ends = Timestamp::from_second(seconds).map_err(|_| PassError::Unknown)?;
        if now > ends {
            return Err(PassError::Ended(ends));
        }
        Ok(Pass {
            alert: alert.to_owned(),
            receiver: receiver.to_owned(),
            ends,
        })
    }

    /// Each part behind its length, so that none can be shifted into the next.
    fn mac(&self, alert: &str, receiver: &str, ends: i64) -> Hmac<Sha256> {
        let mut block = [0; 64];
        block[..KEY_BYTES].copy_from_slice(&self.0);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        for part in ["bellwether pass 1", alert, receiver, &ends.to_string()] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn t(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn pass() -> Pass {
        Pass {
            alert: "a-1".to_owned(),
            receiver: "news.room".to_owned(),
            ends: t(1_000),
        }
    }

    #[test]
    fn a_pass_is_for_one_alert_and_ends() {
        let passes = Passes::of([3; KEY_BYTES]);
        let text = passes.sign(&pass());
        assert!(text.starts_with("news.room.1000."), "{text}");
        assert_eq!(passes.read(&text, "a-1", t(1_000)), Ok(pass()));
        assert_eq!(
            passes.read(&text, "a-1", t(1_001)),
            Err(PassError::Ended(t(1_000)))
        );
        assert_eq!(passes.read(&text, "a-2", t(0)), Err(PassError::Unknown));
        let other = Passes::of([4; KEY_BYTES]);
        assert_eq!(other.read(&text, "a-1", t(0)), Err(PassError::Unknown));
    }

    #[test]
    fn what_was_changed_lets_nobody_in() {
        let passes = Passes::of([3; KEY_BYTES]);
        let text = passes.sign(&pass());
        let signature = text.rsplit('.').next().unwrap();
        for changed in [
            format!("news.room.2000.{signature}"),
            format!("newsroom.1000.{signature}"),
            format!("news.room.1000.{}", &signature[..11]),
            format!("news.room.1000.{signature}A"),
            "news.room.1000.".to_owned(),
            "news.room.1000".to_owned(),
            "x".repeat(1 << 20),
            String::new(),
        ] {
            assert_eq!(
                passes.read(&changed, "a-1", t(0)),
                Err(PassError::Unknown),
                "{changed}"
            );
        }
    }

    proptest! {
        #[test]
        fn nothing_else_is_a_pass(text in "\\PC{0,220}") {
            let passes = Passes::of([3; KEY_BYTES]);
            prop_assert_eq!(passes.read(&text, "a-1", t(0)), Err(PassError::Unknown));
        }
    }
}
