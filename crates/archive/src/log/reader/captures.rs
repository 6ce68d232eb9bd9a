//! Captures, byte for byte as received.

use bellwether_model::{CaptureId, Timestamp};
use rusqlite::{OptionalExtension, Row};

use super::{LogReader, read};
use crate::sql::{self, int, uint};
use crate::warc::{self, Place};
use crate::{ArchiveError, CapturedResponse};

/// A file may be written anew between looking a place up and opening the file; twice in a row only
/// where somebody forgets one item after another.
const TRIES: usize = 4;

/// Why a capture has no payload any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GoneCause {
    /// An item that it showed was forgotten.
    Forgotten,
    /// It was older than is kept.
    Expired,
    /// There was no room on the disk when it came.
    NoRoom,
}

impl GoneCause {
    /// The word used in stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Forgotten => "forgotten",
            Self::Expired => "expired",
            Self::NoRoom => "no-room",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Forgotten, Self::Expired, Self::NoRoom]
            .into_iter()
            .find(|cause| cause.as_str() == word)
    }
}

/// A capture whose payload is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GoneCapture {
    /// Why.
    pub cause: GoneCause,
    /// Since when.
    pub at: Timestamp,
}

/// What the log says of a capture.
struct Found {
    response: CapturedResponse,
    place: Place,
}

impl LogReader {
    /// A capture with its body, byte for byte as received; `None` where there is none of this id or
    /// its payload is [gone](Self::capture_gone).
    ///
    /// # Errors
    /// Where a file refuses or is damaged.
    pub fn capture(&self, id: CaptureId) -> Result<Option<CapturedResponse>, ArchiveError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let Some(Found {
                mut response,
                place,
            }) = self.find_capture(id)?
            else {
                return Ok(None);
            };
            match warc::read_payload(&self.dir.warc(), &place) {
                Ok(body) => {
                    response.body = body;
                    return Ok(Some(response));
                }
                Err(error) if error.is_not_found() && tries < TRIES => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Why a capture has no payload any more; `None` where it has one, or is none.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn capture_gone(&self, id: CaptureId) -> Result<Option<GoneCapture>, ArchiveError> {
        self.connection
            .prepare_cached("SELECT gone, gone_at FROM capture WHERE id = ?1 AND gone IS NOT NULL")
            .and_then(|mut s| s.query_row([int(id.0)], gone_row).optional())
            .map_err(read)
    }

    fn find_capture(&self, id: CaptureId) -> Result<Option<Found>, ArchiveError> {
        // `warc::base_name` says where in a name its number stands.
        self.connection
            .prepare_cached(
                "SELECT c.uri, c.at, c.content_type, p.file, p.offset, p.length, w.generation
                 FROM capture c JOIN capture p ON p.id = coalesce(c.same_as, c.id)
                 LEFT JOIN warc_file w ON w.number = CAST(substr(p.file, 12, 6) AS INTEGER)
                 WHERE c.id = ?1 AND c.gone IS NULL AND p.gone IS NULL",
            )
            .and_then(|mut statement| {
                statement
                    .query_row([int(id.0)], |row| {
                        let place = Place {
                            file: row.get(3)?,
                            generation: row.get::<_, Option<u32>>(6)?.unwrap_or(0),
                            offset: uint(row.get(4)?),
                            length: uint(row.get(5)?),
                        };
                        let response = CapturedResponse {
                            uri: row.get(0)?,
                            at: sql::time(row.get(1)?),
                            content_type: row.get(2)?,
                            body: Vec::new(),
                        };
                        Ok(Found { response, place })
                    })
                    .optional()
            })
            .map_err(read)
    }
}

fn gone_row(row: &Row<'_>) -> rusqlite::Result<GoneCapture> {
    Ok(GoneCapture {
        cause: GoneCause::from_word(&row.get::<_, String>(0)?).unwrap_or(GoneCause::Expired),
        at: sql::time(row.get::<_, Option<i64>>(1)?.unwrap_or(0)),
    })
}
