//! What platforms say of a post beside its words.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// What platforms say of a post beside its words. Counts change at every look; a change of these
/// alone is no new wording.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PostFacts {
    /// Whose words these are, where the post only passes them on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Whose post it quotes beside words of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quoted: Option<Origin>,
    /// Whether the platform says that it was edited.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_edited: bool,
    /// When, where the platform says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited: Option<Timestamp>,
    /// How often it was seen, where the platform says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub views: Option<Count>,
    /// How often others passed it on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boosts: Option<u64>,
    /// How often others passed it on with words of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quotes: Option<u64>,
    /// What readers made of it in the platform's own unit: likes, or pushes less boos.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<i64>,
    /// When these counts were last seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted: Option<Timestamp>,
    /// Whether it is pinned, and therefore may be old.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_pinned: bool,
    /// Whether it holds images, video or sound, which are not read.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub has_media: bool,
}

impl PostFacts {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether anything is counted.
    #[must_use]
    pub const fn has_counts(&self) -> bool {
        self.views.is_some()
            || self.boosts.is_some()
            || self.quotes.is_some()
            || self.score.is_some()
    }
}

/// Where a post comes from that is passed on or quoted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The name that is shown. May be a person's: only that of a configured source is shown in clear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The address of the original, or the platform's id of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// A count as it is shown, which may be rounded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// As written, such as `12.3K`.
    pub shown: String,
    /// The number it stands for.
    pub about: u64,
    /// How far the number may be off: 50 for `12.3K`, 0 where all digits are shown.
    pub off_by_max: u64,
}
