//! Who asks.

use std::fmt;

use crate::{Pass, UserRole};

/// The longest account of who did something, in characters; what was typed is cut to fit.
pub const SIGNED_CHARS_MAX: usize = 64;

/// Of the id of a receiver so much is told.
const RECEIVER_CHARS_MAX: usize = 24;

/// Who asks, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// Whoever sits at this machine: there are no accounts, and only loopback is listened on.
    Local,
    /// A user who logged in.
    User {
        /// Their name.
        name: String,
        /// What they may do.
        role: UserRole,
    },
    /// A program with a token.
    Token {
        /// The name of the token.
        name: String,
        /// What it may do.
        role: UserRole,
    },
    /// Whoever has the link of a message.
    Pass(Pass),
    /// Nobody that is known.
    Nobody,
}

/// Why it cannot be said who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsigned {
    /// A name was given that is not the one who logged in.
    #[error("`by` is another name than that of the account; leave it out")]
    Other,
}

impl Principal {
    /// What they may do; `None` for those who have no role.
    #[must_use]
    pub const fn role(&self) -> Option<UserRole> {
        match self {
            Self::Local => Some(UserRole::Admin),
            Self::User { role, .. } | Self::Token { role, .. } => Some(*role),
            Self::Pass(_) | Self::Nobody => None,
        }
    }

    /// The name that is theirs whatever is typed; `None` where a name is what somebody types.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::User { name, .. } => Some(name),
            _ => None,
        }
    }

    /// Who did something, as it is kept: the name of the account; for a program and a link also whom they
    /// say they speak for, which nobody has checked.
    ///
    /// # Errors
    /// [`Unsigned`] where a user gives the name of somebody else.
    pub fn sign(&self, typed: &str) -> Result<String, Unsigned> {
        let typed = typed.trim();
        Ok(match self {
            Self::Local | Self::Nobody => typed.to_owned(),
            Self::User { name, .. } if typed.is_empty() || typed == name => name.clone(),
            Self::User { .. } => return Err(Unsigned::Other),
            Self::Token { name, .. } if typed.is_empty() => format!("token {name}"),
            Self::Token { name, .. } => within(typed, &format!(" (token {name})")),
            // A name is wanted of people, and refused where there is none.
            Self::Pass(_) if typed.is_empty() => String::new(),
            Self::Pass(pass) => {
                let receiver: String = pass.receiver.chars().take(RECEIVER_CHARS_MAX).collect();
                within(typed, &format!(" (link to {receiver})"))
            }
        })
    }
}

/// What was typed, with what is known behind it.
fn within(typed: &str, known: &str) -> String {
    let room = SIGNED_CHARS_MAX.saturating_sub(known.chars().count());
    let typed: String = typed.chars().take(room).collect();
    format!("{}{known}", typed.trim_end())
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local => f.write_str("this machine"),
            Self::User { name, .. } => f.write_str(name),
            Self::Token { name, .. } => write!(f, "token {name}"),
            Self::Pass(pass) => write!(f, "link to {}", pass.receiver),
            Self::Nobody => f.write_str("nobody"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_model::Timestamp;

    #[test]
    fn who_did_what_is_the_account_and_not_what_was_typed() {
        let user = Principal::User {
            name: "lin".to_owned(),
            role: UserRole::Analyst,
        };
        assert_eq!(user.sign("").unwrap(), "lin");
        assert_eq!(user.sign(" lin ").unwrap(), "lin");
        assert_eq!(user.sign("ana"), Err(Unsigned::Other));
        let token = Principal::Token {
            name: "bridge".to_owned(),
            role: UserRole::Analyst,
        };
        assert_eq!(token.sign("ana").unwrap(), "ana (token bridge)");
        assert_eq!(token.sign("").unwrap(), "token bridge");
        let pass = Principal::Pass(Pass {
            alert: "a-1".to_owned(),
            receiver: "newsroom".to_owned(),
            ends: Timestamp::UNIX_EPOCH,
        });
        assert_eq!(pass.sign("ana").unwrap(), "ana (link to newsroom)");
        assert_eq!(pass.sign(" ").unwrap(), "");
        let long = token.sign(&"長".repeat(200)).unwrap();
        assert_eq!(long.chars().count(), SIGNED_CHARS_MAX);
        assert!(long.ends_with("長 (token bridge)"));
        assert_eq!(Principal::Local.sign("ana").unwrap(), "ana");
        assert_eq!(pass.role(), None);
    }
}
