//! A feed document from a file into the log.

use bellwether_archive::{Batch, CaptureKind, ImportedSource, NewCapture, NewItem};
use bellwether_model::{PublisherId, TimeReason};

use super::{ImportError, ImportReport, Into, known_facts, place_of, record_uri, source_of};
use crate::brought::{Origin, item};
use crate::{identity, parse};

/// Imports a feed document as published by `publisher`, whom a document does not name reliably.
/// `base` is the address it came from, against which its relative links are resolved, where known.
///
/// # Errors
/// Where it is no feed or the log refuses.
pub(super) async fn feed_file(
    body: Vec<u8>,
    name: &str,
    base: Option<&str>,
    publisher: &PublisherId,
    into: &Into<'_>,
) -> Result<ImportReport, ImportError> {
    let Into {
        now,
        appender,
        directory,
        ..
    } = *into;
    let place = place_of(directory, publisher);
    let feed = parse::feed(&body, None, base.unwrap_or_default(), &place).map_err(|source| {
        ImportError::NotAFeed {
            name: name.to_owned(),
            source,
        }
    })?;
    let source = source_of(publisher);
    let (identities, _) = identity::identities(&feed.entries, &source, true);
    let origin = Origin {
        source: &source,
        publisher,
        seen: now,
        earliest: None,
    };
    let mut batch = Batch::new(now);
    batch.items = feed
        .entries
        .iter()
        .zip(identities)
        .filter(|(entry, _)| !entry.is_empty())
        .map(|(entry, identities)| item(entry, identities, &origin))
        .collect();
    // An item that says nothing of its time is dated by the import, which covers nothing.
    let is_dated = |item: &&NewItem| {
        let reason = item.time_reason;
        matches!(
            reason,
            TimeReason::Published | TimeReason::Assumed | TimeReason::Day
        )
    };
    let times = || batch.items.iter().filter(is_dated).map(|item| item.time);
    let (family, groups) = known_facts(directory, publisher);
    let dated = times().min().zip(times().max());
    let (first, last) = dated.unwrap_or((now, now));
    batch.imported = vec![ImportedSource {
        id: source.clone(),
        publisher: publisher.clone(),
        family,
        groups,
        platform: None,
        first,
        last,
    }];
    if dated.is_some() {
        batch.covered = batch.imported.iter().map(ImportedSource::span).collect();
    }
    let is_json = body.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'{');
    let content_type = if is_json {
        "application/feed+json"
    } else {
        "application/xml"
    };
    batch.capture = Some(NewCapture {
        uri: record_uri(name, 1),
        at: now,
        kind: CaptureKind::Resource {
            content_type: content_type.to_owned(),
        },
        body,
    });
    let mut report = ImportReport {
        repaired: feed.repaired,
        ..ImportReport::default()
    };
    report.count(appender.append(batch).await?.counts());
    Ok(report)
}
