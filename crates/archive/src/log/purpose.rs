//! What a capture is kept for, which decides how long.

use bellwether_model::CaptureId;
use rusqlite::Transaction;

use super::batch::{Batch, NewCapture};
use super::items::is_known;
use super::writer::write;
use crate::ArchiveError;
use crate::sql::int;
use crate::warc::CaptureKind;

/// What a capture is kept for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// An item, a wording, a sighting or an absence rests on it.
    Original,
    /// The page of an article.
    Page,
    /// An answer that brought nothing that was not known.
    Poll,
}

/// Which captures are kept with their payloads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Keeps {
    /// All.
    All,
    /// All but answers that bring nothing that was not known.
    Originals,
    /// None.
    None,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Original, Self::Page, Self::Poll];

    /// The word used in stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Page => "page",
            Self::Poll => "poll",
        }
    }

    /// Before it is known what the capture brings.
    pub(super) fn at_first(batch: &Batch, capture: &NewCapture) -> Self {
        match capture.kind {
            _ if batch.page_of.is_some() => Self::Page,
            // Items come from an imported document in many batches after it.
            CaptureKind::Resource { .. } => Self::Original,
            CaptureKind::Response { .. } => Self::Poll,
        }
    }
}

/// Whether nothing would rest on the capture of a batch.
pub(super) fn brings_nothing(
    transaction: &Transaction<'_>,
    batch: &Batch,
    capture: &NewCapture,
) -> Result<bool, ArchiveError> {
    if Purpose::at_first(batch, capture) != Purpose::Poll || !batch.absences.is_empty() {
        return Ok(false);
    }
    for item in &batch.items {
        if !is_known(transaction, item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Notes that something in the log rests on a capture.
pub(super) fn rests_on(
    transaction: &Transaction<'_>,
    capture: CaptureId,
) -> Result<(), ArchiveError> {
    transaction
        .prepare_cached(
            "UPDATE capture SET purpose = 'original' WHERE id = ?1 AND purpose = 'poll'",
        )
        .and_then(|mut s| s.execute([int(capture.0)]))
        .map(drop)
        .map_err(write)
}
