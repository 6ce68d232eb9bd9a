//! What platforms say of a post beside its words.

use bellwether_model::{Count, PostFacts, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whose post was passed on or quoted. In clear only where a configured source is that account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OriginBody {
    /// The configured source that is the account.
    pub source: Option<String>,
    /// The account's name; for all others a pseudonym, the same one for the same account.
    pub account: String,
    /// Whether that is a pseudonym.
    pub pseudonym: bool,
    /// The address of the original, where the account is shown in clear.
    pub url: Option<String>,
}

/// A count as its platform shows it, which may be rounded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CountBody {
    /// As written there, such as `12.3K`.
    pub shown: String,
    /// The number it stands for.
    pub about: u64,
    /// How far that may be off.
    pub off_by_max: u64,
}

impl From<&Count> for CountBody {
    fn from(count: &Count) -> Self {
        Self {
            shown: count.shown.clone(),
            about: count.about,
            off_by_max: count.off_by_max,
        }
    }
}

/// What platforms say of a post beside its words. What is not said is `null`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PostBody {
    /// Whose words these are, where the post only passes them on.
    pub forwarded_from: Option<OriginBody>,
    /// Whose post it quotes beside words of its own.
    pub quoted: Option<OriginBody>,
    /// Whether the platform says that it was edited.
    pub edited: bool,
    /// When, where the platform says so.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub edited_at: Option<Timestamp>,
    /// How often it was seen.
    pub views: Option<CountBody>,
    /// How often others passed it on.
    pub boosts: Option<u64>,
    /// How often others quoted it.
    pub quotes: Option<u64>,
    /// Likes; on PTT pushes less boos, as its index shows them.
    pub score: Option<i64>,
    /// When these counts were last seen.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub counted_at: Option<Timestamp>,
    /// Whether it is pinned.
    pub pinned: bool,
    /// Whether it holds images, video or sound, which are not read.
    pub media: bool,
}

impl PostBody {
    /// The shape of what is said; `None` where nothing is. Who others are is for the caller to say.
    #[must_use]
    pub fn from_model(
        facts: &PostFacts,
        forwarded_from: Option<OriginBody>,
        quoted: Option<OriginBody>,
    ) -> Option<Self> {
        (!facts.is_empty()).then(|| Self {
            forwarded_from,
            quoted,
            edited: facts.is_edited,
            edited_at: facts.edited,
            views: facts.views.as_ref().map(CountBody::from),
            boosts: facts.boosts,
            quotes: facts.quotes,
            score: facts.score,
            counted_at: facts.counted,
            pinned: facts.is_pinned,
            media: facts.has_media,
        })
    }
}
