//! What people are told of collection: sources that are no longer collected, and those that are again.

use serde::{Deserialize, Serialize};

use crate::{SourceId, SourceState, Span, Timestamp};

/// A change of where a source stands that has held for long enough to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceChange {
    /// The source.
    pub source: SourceId,
    /// The state that held before.
    pub from: SourceState,
    /// The state that holds now.
    pub to: SourceState,
    /// Since when: the first attempt that failed, the last new item, the first success.
    pub since: Timestamp,
    /// Why, in words; `None` where there is nothing to explain.
    pub why: Option<String>,
    /// The tick at which it had held for long enough.
    pub at: Timestamp,
    /// When the trouble was first found to hold: with the source it names the alert, from the first
    /// change to the recovery.
    pub begun: Timestamp,
    /// How long it lasted, where this is the end of it.
    pub gap: Option<Gap>,
}

impl SourceChange {
    /// Whether the trouble is over.
    #[must_use]
    pub const fn is_recovery(&self) -> bool {
        !self.to.needs_a_person()
    }
}

/// A stretch of time in which a source was in trouble.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// From the beginning of the trouble to the first poll without it.
    pub span: Span,
    /// Items of that time that were found afterwards, where it was not collected; `None` where it was.
    pub found: Option<u32>,
}

/// Most sources fail together: consistent with a fault of our own network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outage {
    /// When most of them failed for the first time.
    pub since: Timestamp,
    /// Sources that failed last, of those tried of late.
    pub failed: u32,
    /// Sources tried of late, without those that were in trouble before.
    pub tried: u32,
    /// Hosts of those that failed.
    pub hosts: u32,
    /// What one of them said.
    pub why: Option<String>,
    /// How long it lasted, once it is over.
    pub gap: Option<Gap>,
}

/// All that is told of collection at one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverageReport {
    /// The tick at which it was made.
    pub reported: Timestamp,
    /// Changes of single sources, those that need a person most first; the last of each source.
    pub changes: Vec<SourceChange>,
    /// Whether most sources fail together, or do so no longer.
    pub outage: Option<Outage>,
    /// How many of the polled sources stand where, at that tick.
    pub states: Vec<(SourceState, u32)>,
}

impl CoverageReport {
    /// Whether it tells of trouble, and not only of the end of some.
    #[must_use]
    pub fn is_trouble(&self) -> bool {
        self.outage
            .as_ref()
            .is_some_and(|outage| outage.gap.is_none())
            || self.changes.iter().any(|change| !change.is_recovery())
    }
}
