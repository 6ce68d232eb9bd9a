//! Secrets of tokens and of sessions: random, so that a plain digest of them is as good as a slow one,
//! and what is kept does not let anybody in.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// Random bytes of a secret.
pub const SECRET_BYTES: usize = 32;

/// What every secret begins with, so that it is found where it was published by mistake.
const PREFIX: &str = "bellwether_";

/// What is kept of a secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// That of a secret as it was shown.
    #[must_use]
    pub fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret.as_bytes()).into())
    }

    /// As bytes, to be kept.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[digest of a secret]")
    }
}

/// A secret that is told once.
#[derive(Clone)]
pub struct Issued {
    secret: String,
}

impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl Issued {
    /// A secret of random bytes.
    #[must_use]
    pub fn of(random: [u8; SECRET_BYTES]) -> Self {
        Self {
            secret: format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(random)),
        }
    }

    /// The secret, for the one who asked for it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.secret
    }

    /// What is kept of it.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&self.secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_told_once_and_known_by_its_digest() {
        let issued = Issued::of([0xA5; SECRET_BYTES]);
        assert!(issued.reveal().starts_with(PREFIX));
        assert_eq!(issued.reveal().len(), PREFIX.len() + 43);
        assert_eq!(issued.digest(), Digest::of(issued.reveal()));
        assert_ne!(issued.digest(), Issued::of([0; SECRET_BYTES]).digest());
        assert_eq!(
            format!("{issued:?} {:?}", issued.digest()),
            "[secret] [digest of a secret]"
        );
    }
}
