//! What is asked for of the past, and what came of it.

use std::time::Duration;

use bellwether_model::{SourceId, SourceKind, Timestamp};

/// How the past is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistorySettings {
    /// How far back.
    pub back: Duration,
    /// What is younger than this is left to polls; at least a day.
    pub recent: Duration,
    /// Pages of one source in one run.
    pub pages_max: u64,
    /// Bytes of one answer after decompression.
    pub body_bytes_max: u64,
    /// Between two requests to one host, where that is not to be what suits the platform.
    pub pause: Option<Duration>,
    /// Whether what was read before is read again from its beginning.
    pub again: bool,
}

/// The shortest time that is left to polls.
pub const RECENT_MIN: Duration = Duration::from_secs(24 * 3600);

/// How the past of a source ended for this run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HistoryEnd {
    /// All that was wanted is there.
    Reached,
    /// The source shows nothing older.
    Beginning,
    /// It cannot be asked for older things; why.
    NoWayBack(String),
    /// So many pages were read as one run may; another goes on there.
    Bounded,
    /// The server asks to be left alone; another run goes on there.
    Waiting(String),
    /// Its site asks programs not to read that.
    Refused(String),
    /// It failed; another run goes on there.
    Failed(String),
}

impl HistoryEnd {
    /// The word used in reports of programs.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::Beginning => "beginning",
            Self::NoWayBack(_) => "no-way-back",
            Self::Bounded => "bounded",
            Self::Waiting(_) => "waiting",
            Self::Refused(_) => "refused",
            Self::Failed(_) => "failed",
        }
    }

    /// Why, where there is something to be said.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::NoWayBack(why) | Self::Waiting(why) | Self::Refused(why) | Self::Failed(why) => {
                Some(why)
            }
            Self::Reached | Self::Beginning | Self::Bounded => None,
        }
    }
}

/// What the past of a source brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryReport {
    /// The source.
    pub source: SourceId,
    /// How it is read.
    pub kind: SourceKind,
    /// Pages read in this run.
    pub pages: u64,
    /// Items never seen before.
    pub items_new: u64,
    /// Items whose wording is another than before.
    pub items_updated: u64,
    /// Items as they were.
    pub items_unchanged: u64,
    /// Left out: without a time that is believed.
    pub undated: u64,
    /// Left out: so new that polls find it.
    pub recent: u64,
    /// Left out of sitemaps: older than what was wanted.
    pub older: u64,
    /// Left out: sitemaps that an index names at another host, or too deep in indexes.
    pub sitemaps: u64,
    /// Pages of which not all could be read.
    pub in_part: u64,
    /// How far back it was read, in this run and those before.
    pub back_to: Option<Timestamp>,
    /// How it ended.
    pub end: HistoryEnd,
}

/// How far a run is: of one source, after a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryProgress {
    /// The source.
    pub source: SourceId,
    /// Pages read of it in this run.
    pub pages: u64,
    /// How far back that leads.
    pub back_to: Option<Timestamp>,
}
