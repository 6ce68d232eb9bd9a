//! What a person can say to a message from where it is read.

use crate::Verdict;

/// A reply to the message of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reply {
    /// They have it, without a verdict yet.
    Taken,
    /// They have it, and say what it was worth.
    Judged(Verdict),
    /// Nobody is to be told of such alerts for some hours.
    Quiet,
}

impl Reply {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [
        Self::Taken,
        Self::Judged(Verdict::Useful),
        Self::Judged(Verdict::Noise),
        Self::Judged(Verdict::Known),
        Self::Quiet,
    ];

    /// The word for it in what a chat sends back.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Judged(verdict) => verdict.as_str(),
            Self::Quiet => "quiet",
        }
    }

    /// The reply that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reply| reply.as_str() == word)
    }
}
