//! Captures that are older than they are kept.

use bellwether_model::Timestamp;
use rusqlite::params;

use super::purpose::Purpose;
use super::reader::GoneCause;
use super::rewriting::mark_gone;
use super::writer::{LogWriter, read};
use crate::ArchiveError;
use crate::sql::ms;

/// How far one step came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expired {
    /// Captures that are gone by this step.
    pub captures: u32,
    /// Where the next step goes on; `None` where this was the last.
    pub next: Option<(Timestamp, i64)>,
}

impl LogWriter {
    /// Lets go of captures of one purpose from before `before`, looking at most at so many. A payload
    /// that a younger capture refers to stays until that one is gone too.
    ///
    /// # Errors
    /// Where the database refuses; nothing has changed then.
    pub fn expire_captures(
        &mut self,
        purpose: Purpose,
        before: Timestamp,
        after: Option<(Timestamp, i64)>,
        limit: u32,
        at: Timestamp,
    ) -> Result<Expired, ArchiveError> {
        self.in_transaction(at, |transaction, _| {
            let (from, from_id) = after.map_or((i64::MIN, 0), |(at, id)| (ms(at), id));
            let looked_at: Vec<(i64, i64, bool)> = transaction
                .prepare_cached(
                    "SELECT c.id, c.at,
                            EXISTS (SELECT 1 FROM capture r WHERE r.same_as = c.id AND r.gone IS NULL)
                     FROM capture c INDEXED BY capture_age
                     WHERE c.gone IS NULL AND c.purpose = ?1 AND c.at < ?2
                       AND (c.at > ?3 OR (c.at = ?3 AND c.id > ?4))
                     ORDER BY c.at, c.id LIMIT ?5",
                )
                .and_then(|mut s| {
                    s.query_map(
                        params![purpose.as_str(), ms(before), from, from_id, limit],
                        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
                    )?
                    .collect()
                })
                .map_err(read)?;
            let gone = looked_at
                .iter()
                .filter(|(_, _, is_referred_to)| !is_referred_to)
                .map(|(id, ..)| *id)
                .collect();
            mark_gone(transaction, &gone, GoneCause::Expired, at)?;
            let is_full = u32::try_from(looked_at.len()) == Ok(limit);
            Ok(Expired {
                captures: u32::try_from(gone.len()).unwrap_or(u32::MAX),
                next: looked_at
                    .last()
                    .filter(|_| is_full)
                    .map(|(id, at, _)| (crate::sql::time(*at), *id)),
            })
        })
    }
}
