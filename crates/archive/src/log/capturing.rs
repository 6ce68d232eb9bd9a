//! How a capture gets into the log, with its payload or without.

use bellwether_model::{CaptureId, SourceId};
use rusqlite::{OptionalExtension, Transaction, params};

use super::batch::{Batch, NewCapture};
use super::purpose::Purpose;
use super::reader::GoneCause;
use super::writer::{read, write};
use crate::ArchiveError;
use crate::sql::{self, int, ms, uint};
use crate::warc::{self, CaptureKind, Place, Record, Refers, WarcWriter};

/// Keeps a capture: its payload where that is new, else a reference to the one that has it.
pub(super) fn keep_capture(
    transaction: &Transaction<'_>,
    warc: &mut WarcWriter,
    batch: &Batch,
    capture: &NewCapture,
) -> Result<CaptureId, ArchiveError> {
    let digest = warc::digest(&capture.body);
    let same = transaction
        .prepare_cached(
            "SELECT id, record_id, uri, at FROM capture
             WHERE digest = ?1 AND same_as IS NULL AND gone IS NULL LIMIT 1",
        )
        .and_then(|mut statement| {
            statement
                .query_row([&digest[..]], |row| {
                    let refers = Refers {
                        record_id: row.get(1)?,
                        uri: row.get(2)?,
                        at: sql::time(row.get(3)?),
                    };
                    Ok((row.get::<_, i64>(0)?, refers))
                })
                .optional()
        })
        .map_err(read)?;
    let id = next_capture(transaction)?;
    let (same_as, refers) = same.map_or((None, None), |(id, refers)| (Some(id), Some(refers)));
    let record_id = warc::record_id(&capture.uri, capture.at, &digest, id.0);
    let place = warc.write(&Record {
        id: &record_id,
        uri: &capture.uri,
        at: capture.at,
        kind: &capture.kind,
        body: &capture.body,
        digest: &digest,
        refers,
    })?;
    let row = CaptureRow {
        id,
        record_id,
        digest,
        place,
        same_as,
        gone: None,
    };
    put_capture(transaction, batch, capture, &row)
}

/// Notes a capture whose payload is not kept.
pub(super) fn note_capture(
    transaction: &Transaction<'_>,
    batch: &Batch,
    capture: &NewCapture,
    cause: GoneCause,
) -> Result<CaptureId, ArchiveError> {
    let digest = warc::digest(&capture.body);
    let id = next_capture(transaction)?;
    let row = CaptureRow {
        id,
        record_id: warc::record_id(&capture.uri, capture.at, &digest, id.0),
        digest,
        place: Place {
            file: String::new(),
            generation: 0,
            offset: 0,
            length: 0,
        },
        same_as: None,
        gone: Some(cause),
    };
    put_capture(transaction, batch, capture, &row)
}

fn next_capture(transaction: &Transaction<'_>) -> Result<CaptureId, ArchiveError> {
    transaction
        .query_row("SELECT coalesce(max(id), 0) + 1 FROM capture", [], |row| {
            row.get(0)
        })
        .map(|id| CaptureId(uint(id)))
        .map_err(read)
}

/// What the log makes of a capture.
struct CaptureRow {
    id: CaptureId,
    record_id: String,
    digest: [u8; 32],
    place: Place,
    same_as: Option<i64>,
    gone: Option<GoneCause>,
}

fn put_capture(
    transaction: &Transaction<'_>,
    batch: &Batch,
    capture: &NewCapture,
    row: &CaptureRow,
) -> Result<CaptureId, ArchiveError> {
    let purpose = Purpose::at_first(batch, capture);
    let is_private = row.gone == Some(GoneCause::Forgotten) && purpose == Purpose::Page;
    // The address of an item's own page is as much the item's as its text.
    let uri = if is_private { "" } else { &capture.uri };
    let source = match &batch.outcome {
        Some(outcome) => Some(&outcome.source),
        None => batch.items.first().map(|item| &item.source),
    };
    transaction
        .prepare_cached(
            "INSERT INTO capture (id, record_id, uri, at, content_type, digest, body_bytes, file,
                                  offset, length, same_as, purpose, source, item, gone, gone_at,
                                  is_whole)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                int(row.id.0),
                row.record_id,
                uri,
                ms(capture.at),
                content_type(&capture.kind),
                &row.digest[..],
                int(capture.body.len() as u64),
                row.place.file,
                int(row.place.offset),
                int(row.place.length),
                row.same_as,
                purpose.as_str(),
                source.map(SourceId::as_str),
                batch.page_of.map(|item| int(item.0)),
                row.gone.map(GoneCause::as_str),
                row.gone.map(|_| ms(batch.at)),
                is_whole(batch, capture),
            ])
        })
        .map(|_| row.id)
        .map_err(write)
}

/// Whether all items that an answer holds were read. One that was cut, or cannot be read, may hold more.
pub(super) fn is_whole(batch: &Batch, capture: &NewCapture) -> bool {
    match capture.kind {
        CaptureKind::Resource { .. } => true,
        CaptureKind::Response { .. } => match &batch.outcome {
            Some(outcome) => outcome.kind.is_collected(),
            // The answer of an address that failed, where another was asked; or of another kind.
            None => batch.page_of.is_some(),
        },
    }
}

fn content_type(kind: &CaptureKind) -> Option<&str> {
    match kind {
        CaptureKind::Resource { content_type } => Some(content_type),
        CaptureKind::Response { headers, .. } => headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("content-type"))
            .map(|(_, value)| value.as_str()),
    }
}
