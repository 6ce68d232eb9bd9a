//! Identifiers. Each kind of thing has its own type, so that no two can be confused.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A text that cannot be an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no identifier: use 1 to 64 of a-z, 0-9 and `-`, beginning with a letter or digit"
)]
pub struct InvalidId(pub String);

/// Whether a text may name something in configuration: 1 to 64 of `a-z 0-9 -`, no leading `-`.
#[must_use]
pub fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && !text.starts_with('-')
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The identifier as found in our own stores or in an import line, where any text may
            /// stand; configuration goes through [`Self::parse`].
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// An identifier from configuration.
            ///
            /// # Errors
            /// [`InvalidId`] where the text is not a slug, see [`is_slug`].
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                if is_slug(text) { Ok(Self(text.to_owned())) } else { Err(InvalidId(text.to_owned())) }
            }

            /// The identifier as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

text_id!(
    /// One thing that is polled. Publishers that came by import are sources too; theirs begin with
    /// `import:` and are not slugs, so that they cannot be mistaken for a configured one.
    SourceId
);
text_id!(
    /// Who speaks.
    PublisherId
);
text_id!(
    /// Who owns the speaker; counting is by family.
    FamilyId
);
text_id!(
    /// A named set of sources.
    GroupId
);
text_id!(
    /// A saved query with a detector and a route.
    RuleId
);
text_id!(
    /// A place messages are sent to.
    ReceiverId
);
text_id!(
    /// A polling day with its calendar.
    ElectionId
);
text_id!(
    /// A documented claim.
    NarrativeId
);
text_id!(
    /// A person, party, body, place or undertaking that texts name.
    ActorId
);
text_id!(
    /// A burst: a digest of its rule or term, facet and first hour, so that a rebuild finds the same.
    BurstId
);
text_id!(
    /// An alert; derived from what raised it.
    AlertId
);
text_id!(
    /// The key of a delivery: the same for every attempt, also across restarts.
    DeliveryKey
);
number_id!(
    /// A place in the log, counted from 1. Readers keep the last one they have dealt with.
    Seq
);
number_id!(
    /// An item: the place in the log at which it first appeared.
    ItemId
);
number_id!(
    /// A capture: one response as received.
    CaptureId
);
number_id!(
    /// A story: the item that first carried the text.
    StoryId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs() {
        for good in ["a", "tw-2026-local", "9news"] {
            assert!(SourceId::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "-a", "Über", "a b", "a_b", "A", &"x".repeat(65)] {
            assert!(SourceId::parse(bad).is_err(), "{bad}");
        }
    }
}
