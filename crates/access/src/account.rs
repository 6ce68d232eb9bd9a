//! Users and tokens, as they are kept, and what they did.

use std::fmt;

use bellwether_model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::PasswordHash;

/// The longest name of a user or a token, in characters: beside what a person types it still fits where
/// it is said who did something.
pub const NAME_CHARS_MAX: usize = 32;

/// What somebody may do: each role may do all that those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UserRole {
    /// See what is on the page and in the API.
    Viewer,
    /// Also acknowledge, judge, silence, save queries, keep cases, and take what was received as it came.
    Analyst,
    /// Also see what everybody did.
    Admin,
}

impl UserRole {
    /// All of them, from the one who may do least.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Analyst, Self::Admin];

    /// The word used on the command line and in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Analyst => "analyst",
            Self::Admin => "admin",
        }
    }

    /// The role of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

impl fmt::Display for UserRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A person who logs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The name that is logged in by, and that stands beside what they did.
    pub name: String,
    /// What they may do.
    pub role: UserRole,
    /// Their password, as far as it is kept.
    pub password: PasswordHash,
    /// Since when.
    pub since: Timestamp,
}

/// A program that asks, or acts for people in a chat: it shows its secret with each request. The secret
/// itself is not kept, only its [`crate::Digest`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// The name that stands beside what was done with it.
    pub name: String,
    /// What it may do.
    pub role: UserRole,
    /// Since when.
    pub since: Timestamp,
    /// Until when; `None`: until it is revoked.
    pub ends: Option<Timestamp>,
}

/// Something that was done, or tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who, as a [`crate::Principal`] is told.
    pub by: String,
    /// What: a method and a path, or a command.
    pub what: String,
    /// What came of it: a status of HTTP, or a word.
    pub outcome: String,
}

/// Why a name cannot be one of a user or a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name has 1 to {NAME_CHARS_MAX} letters, digits and the signs - _ . @")]
pub struct NameError;

/// The name of a user or a token.
///
/// # Errors
/// [`NameError`] where it is none.
pub fn account_name(name: &str) -> Result<&str, NameError> {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '@');
    let length = name.chars().take(NAME_CHARS_MAX + 1).count();
    ((1..=NAME_CHARS_MAX).contains(&length) && name.chars().all(is_plain))
        .then_some(name)
        .ok_or(NameError)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_grow_and_have_words() {
        assert!(UserRole::Viewer < UserRole::Analyst && UserRole::Analyst < UserRole::Admin);
        for role in UserRole::ALL {
            assert_eq!(UserRole::from_word(role.as_str()), Some(role));
        }
        assert_eq!(UserRole::from_word("Admin"), None);
    }

    #[test]
    fn names_are_plain_in_any_script() {
        for good in ["lin", "林小姐", "a.b-c_d@e", "Ж9"] {
            assert_eq!(account_name(good), Ok(good));
        }
        let long = "x".repeat(NAME_CHARS_MAX + 1);
        for bad in ["", "a b", "a\n", "a\u{202E}b", "a/b", "a(b", &long] {
            assert_eq!(account_name(bad), Err(NameError), "{bad:?}");
        }
    }
}
