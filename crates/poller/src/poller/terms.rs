//! What a poller is told, and what it says.

use std::time::Duration;

use bellwether_archive::ArchiveError;
use bellwether_model::{Outcome, SourceId};

/// How polling is bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PollSettings {
    /// Bytes of one answer after decompression.
    pub body_bytes_max: u64,
    /// Polls under way at once.
    pub concurrency: usize,
    /// Of these, to one host.
    pub per_host: usize,
    /// Between two documents of an index, which mostly come from one host.
    pub pause: Duration,
}

impl Default for PollSettings {
    fn default() -> Self {
        Self {
            body_bytes_max: 8 * 1024 * 1024,
            concurrency: 64,
            per_host: 2,
            pause: Duration::from_secs(1),
        }
    }
}

/// What came of polling one source.
#[derive(Debug, Clone, PartialEq)]
pub struct PollReport {
    /// The source.
    pub source: SourceId,
    /// The outcome as it is in the log.
    pub outcome: Outcome,
}

/// Why the poller cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum PollError {
    /// No such source, or none that is polled.
    #[error("there is no source `{0}` that can be polled; `bellwether sources` lists them")]
    UnknownSource(SourceId),
    /// Asked for twice.
    #[error("source `{0}` is being polled at this moment; wait until it is done")]
    UnderWay(SourceId),
    /// What was received could not be kept.
    #[error("the poller stops, since the log cannot keep what it receives")]
    Log(#[from] ArchiveError),
}
