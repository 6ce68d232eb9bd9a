//! Passwords: Argon2id with the parameters of OWASP's cheat sheet on storing passwords (19 MiB, two
//! passes, one lane), kept as a PHC string.

use std::fmt;

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};

/// The shortest password, in characters: what NIST SP 800-63B-4 (3.1.1.2) wants of one that is all there is.
pub const PASSWORD_CHARS_MIN: usize = 15;

/// The longest, so that nobody has us hash a book.
pub const PASSWORD_CHARS_MAX: usize = 256;

const MEMORY_KIB: u32 = 19 << 10;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Of random bytes to each password.
const SALT_BYTES: usize = 16;

/// What is kept of a password: enough to know it again and no more.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hash of a password]")
    }
}

/// Why a password was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// It can be guessed.
    #[error("a password has at least {PASSWORD_CHARS_MIN} characters; a few words make a good one")]
    Short,
    /// It is a book.
    #[error("a password has at most {PASSWORD_CHARS_MAX} characters")]
    Long,
    /// It could not be hashed.
    #[error("the password could not be hashed; this is a fault of Bellwether's")]
    Hash,
}

impl PasswordHash {
    /// Hashes a password with a salt of random bytes.
    ///
    /// # Errors
    /// [`PasswordError`] where it is too short or too long.
    pub fn of(password: &str, salt: [u8; SALT_BYTES]) -> Result<Self, PasswordError> {
        match password.chars().take(PASSWORD_CHARS_MAX + 1).count() {
            0..PASSWORD_CHARS_MIN => return Err(PasswordError::Short),
            count if count > PASSWORD_CHARS_MAX => return Err(PasswordError::Long),
            _ => {}
        }
        let hashed: Result<Phc, _> = hasher()
            .ok_or(PasswordError::Hash)?
            .hash_password_with_salt(password.as_bytes(), &salt);
        let hashed = hashed.map_err(|_| PasswordError::Hash)?;
        Ok(Self(hashed.to_string()))
    }

    /// A hash that no password has: who asks for a user that is not there waits as long as for one
    /// that is.
    #[must_use]
    pub fn of_nobody() -> Self {
        Self(format!(
            "$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$AAAAAAAAAAAAAAAAAAAAAA$\
             AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        ))
    }

    /// Whether it is the hash of this password. Takes tens of milliseconds.
    #[must_use]
    pub fn is_of(&self, password: &str) -> bool {
        if password.chars().take(PASSWORD_CHARS_MAX + 1).count() > PASSWORD_CHARS_MAX {
            return false;
        }
        match (Phc::new(&self.0), hasher()) {
            (Ok(hash), Some(hasher)) => hasher.verify_password(password.as_bytes(), &hash).is_ok(),
            _ => false,
        }
    }
}

fn hasher() -> Option<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "vier Wörter, 一把鑰匙";

    #[test]
    fn a_password_is_known_again_and_not_shown() {
        let hash = PasswordHash::of(GOOD, [7; SALT_BYTES]).unwrap();
        assert!(hash.is_of(GOOD));
        assert!(!hash.is_of("vier Wörter, 一把鑰匙 "));
        assert!(!hash.is_of(""));
        assert_eq!(format!("{hash:?}"), "[hash of a password]");
        let text = serde_plain(&hash);
        assert!(
            text.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{text}"
        );
        // The salt makes two of it.
        assert_ne!(hash, PasswordHash::of(GOOD, [8; SALT_BYTES]).unwrap());
    }

    fn serde_plain(hash: &PasswordHash) -> String {
        hash.0.clone()
    }

    #[test]
    fn nobody_has_no_password() {
        let nobody = PasswordHash::of_nobody();
        assert!(Phc::new(&nobody.0).is_ok());
        for word in ["", GOOD, "\0"] {
            assert!(!nobody.is_of(word));
        }
    }

    #[test]
    fn what_is_too_short_or_too_long_is_refused() {
        let salt = [0; SALT_BYTES];
        let of = |count| PasswordHash::of(&"密".repeat(count), salt).err();
        assert_eq!(of(PASSWORD_CHARS_MIN - 1), Some(PasswordError::Short));
        assert_eq!(of(PASSWORD_CHARS_MIN), None);
        assert_eq!(of(PASSWORD_CHARS_MAX + 1), Some(PasswordError::Long));
        let hash = PasswordHash::of(GOOD, salt).unwrap();
        assert!(!hash.is_of(&"x".repeat(1 << 20)));
    }
}
