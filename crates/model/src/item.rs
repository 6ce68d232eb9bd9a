//! Items, their versions, and what came of each attempt to fetch.

use serde::{Deserialize, Serialize};

use crate::{CaptureId, ItemId, PostFacts, PublisherId, Seq, SourceId, TimeReason, Timestamp};

/// One article or post of one publisher, in its present wording.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Its id: the place in the log at which it first appeared.
    pub id: ItemId,
    /// The place in the log of the newest thing known of it (item, version, sighting).
    pub seq: Seq,
    /// Who published it.
    pub publisher: PublisherId,
    /// The sources that showed it, in the order in which they did.
    pub sources: Vec<SourceId>,
    /// The feed's own id, or the `id` of an imported line.
    pub guid: Option<String>,
    /// Its canonical address.
    pub url: Option<String>,
    /// The platform an imported line named.
    pub platform: Option<String>,
    /// The language its source claims, as written there.
    pub lang_declared: Option<String>,
    /// Title as published; empty where there is none.
    pub title: String,
    /// Text as published, markup removed; empty where there is none.
    pub text: String,
    /// When we first received it.
    pub seen: Timestamp,
    /// What its source claims, where readable.
    pub published: Option<Timestamp>,
    /// What its source claims, as written.
    pub published_raw: Option<String>,
    /// The one of the two that is used.
    pub time: Timestamp,
    /// Why that one.
    pub time_reason: TimeReason,
    /// When it was imported, where it was.
    pub imported_at: Option<Timestamp>,
    /// What its platform says of it beside its words, as last seen.
    pub facts: PostFacts,
    /// How many wordings we have of it.
    pub versions: u32,
    /// The capture that holds the present wording.
    pub capture: CaptureId,
}

impl Item {
    /// Whether its time is that at which we first received it, as its source gave none to go by: then
    /// it may have been published at any time before.
    #[must_use]
    pub fn is_timed_by_receipt(&self) -> bool {
        let is_claim = matches!(
            self.time_reason,
            TimeReason::Published | TimeReason::Assumed
        );
        !is_claim && self.time >= self.seen
    }
}

/// What is known of one wording of an item, without its words.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemVersion {
    /// Counted from 1.
    pub number: u32,
    /// The place in the log.
    pub seq: Seq,
    /// When this wording was received.
    pub seen: Timestamp,
    /// What the source claimed with this wording, where readable.
    pub published: Option<Timestamp>,
    /// The capture that holds it.
    pub capture: CaptureId,
}

/// One wording of an item.
#[derive(Debug, Clone, PartialEq)]
pub struct Wording {
    /// What is known of it.
    pub version: ItemVersion,
    /// Title.
    pub title: String,
    /// Text.
    pub text: String,
}

/// A source's list at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaptureAt {
    /// When it was asked for.
    pub at: Timestamp,
    /// The list as received.
    pub capture: CaptureId,
}

/// A time in which a source did not show an item that it had shown, between neighbours that it still
/// showed: the item was gone at its source. Whoever took it away, and why, is not known by this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// The source.
    pub source: SourceId,
    /// The last look at which it showed the item.
    pub last_shown: CaptureAt,
    /// The first look at which it did not.
    pub first_missing: CaptureAt,
    /// A later look, an interval of the source or more after that one, at which it did not either.
    pub confirmed: CaptureAt,
    /// The first look at which it showed the item again; `None` while it does not.
    pub back: Option<CaptureAt>,
}

impl Absence {
    /// All its looks, in their order.
    pub fn looks(&self) -> impl Iterator<Item = CaptureAt> {
        [self.last_shown, self.first_missing, self.confirmed]
            .into_iter()
            .chain(self.back)
    }
}

/// How an attempt to fetch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutcomeKind {
    /// Fetched and read.
    Fetched,
    /// The server says that nothing has changed.
    NotModified,
    /// No answer: name, connection, TLS, time.
    Unreachable,
    /// An answer with a status that is no success.
    Status,
    /// An answer that was fetched and is no feed.
    NotAFeed,
    /// A bound was exceeded: size, time, redirects.
    Limit,
    /// Our own rules forbid the address.
    Refused,
    /// The server keeps us out: a check for robots, a login, a refusal, also with status 200.
    Blocked,
}

impl OutcomeKind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::Fetched,
        Self::NotModified,
        Self::Unreachable,
        Self::Status,
        Self::NotAFeed,
        Self::Limit,
        Self::Refused,
        Self::Blocked,
    ];

    /// The word used in stores and API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fetched => "fetched",
            Self::NotModified => "not-modified",
            Self::Unreachable => "unreachable",
            Self::Status => "status",
            Self::NotAFeed => "not-a-feed",
            Self::Limit => "limit",
            Self::Refused => "refused",
            Self::Blocked => "blocked",
        }
    }

    /// The kind behind a word of [`Self::as_str`].
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Whether the source was collected: we know what it had to show.
    #[must_use]
    pub const fn is_collected(self) -> bool {
        matches!(self, Self::Fetched | Self::NotModified)
    }
}

/// What came of one attempt to fetch one source.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The source.
    pub source: SourceId,
    /// When the answer was complete, or the attempt given up.
    pub at: Timestamp,
    /// How it ended.
    pub kind: OutcomeKind,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// Items never seen before.
    pub items_new: u32,
    /// Items whose wording changed.
    pub items_updated: u32,
    /// Items as they were.
    pub items_unchanged: u32,
    /// What was repaired before the document could be read.
    pub repaired: Option<String>,
    /// What went wrong, in words, without secrets.
    pub error: Option<String>,
    /// Bytes of the body after decompression.
    pub body_bytes: u64,
    /// Where the first address has moved for good, without what may be secret; the configuration
    /// should follow.
    pub moved_to: Option<String>,
    /// The fallback that answered in place of the first address, without what may be secret.
    pub fallback: Option<String>,
}
