//! NDJSON into the log, part by part.

use std::collections::BTreeMap;
use std::io::BufRead;

use bellwether_archive::{
    Appender, Batch, CaptureKind, ImportSpan, ImportedSource, NewCapture, NewItem,
};
use bellwether_model::{Directory, FamilyId, GroupId, PublisherId, SourceId, Timestamp};

use super::addresses::Addresses;
use super::records::{Record, Records};
use super::{
    ImportError, ImportLine, ImportReport, LineFault, Progress, known_facts, place_of, record_uri,
};
use crate::date::Place;

/// A part goes into the log in one transaction and is held in memory until then.
const PART_BYTES_MAX: usize = 8 * 1024 * 1024;
const PART_LINES_MAX: u64 = 2_000;

/// Parts of a replay, a minute each, that go into the log at once.
const BATCHES_MAX: usize = 500;

/// Eight times the longest text that is kept, in the longest JSON escapes.
const LINE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Where records go, and what holds for all of them.
#[derive(Clone, Copy)]
pub struct Into<'a> {
    /// The time of the import.
    pub now: Timestamp,
    /// The log.
    pub appender: &'a Appender,
    /// What earlier imports said of publishers.
    pub directory: &'a Directory,
    /// Whether a bad record ends the import.
    pub strict: bool,
}

/// When lines come into the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineClock {
    /// At the time of the import.
    Import,
    /// Each at the time it names, as if that were now.
    Lines,
}

/// Imports records part by part.
pub(super) async fn all(
    mut records: impl Records,
    name: &str,
    into: &Into<'_>,
    clock: LineClock,
    mut progress: impl FnMut(Progress),
) -> Result<ImportReport, ImportError> {
    let Into {
        now,
        appender,
        directory,
        strict,
    } = *into;
    let now = (clock == LineClock::Import).then_some(now);
    let mut report = ImportReport::default();
    let mut publishers = Publishers {
        directory,
        known: BTreeMap::new(),
        places: BTreeMap::new(),
        spans: BTreeMap::new(),
    };
    let mut addresses = Addresses::default();
    let mut part = Part::new(1);
    let mut bytes = 0_u64;
    let mut is_end = false;
    let mut pending = Vec::new();
    while !is_end && !report.is_stopped {
        let start = part.body.len();
        let record = records
            .next(&mut part.body)
            .map_err(|source| ImportError::Read {
                name: name.to_owned(),
                line: report.lines,
                source,
            })?;
        is_end = record.is_none();
        if let Some(record) = record {
            report.lines += 1;
            bytes += record.bytes;
            let line = record.line.and_then(|line| match now {
                None => Ok(line),
                Some(now) => line
                    .map(|line| line.received_by(now))
                    .transpose()
                    .map_err(|fault| fault.to_string()),
            });
            if let (None, Ok(Some(line))) = (now, &line)
                && part.is_before(line.time)
            {
                let rest = part.body.split_off(start);
                let mut next = Part::new(report.lines);
                next.body = rest;
                let full = std::mem::replace(&mut part, next);
                pending.extend(full.batch(
                    name,
                    records.content_type(),
                    now,
                    &mut addresses,
                    &mut publishers,
                ));
            }
            let start = if part.items.is_empty() && now.is_none() {
                0
            } else {
                start
            };
            match line {
                Ok(None) => {}
                Ok(Some(line)) => part.push(line, &mut publishers, report.lines, start),
                Err(reason) => {
                    report.bad_line(report.lines, reason);
                    report.is_stopped = strict;
                }
            }
        }
        let is_full = part.body.len() >= PART_BYTES_MAX
            || report.lines + 1 - part.first_line >= PART_LINES_MAX;
        if is_full || is_end || report.is_stopped {
            let full = std::mem::replace(&mut part, Part::new(report.lines + 1));
            pending.extend(full.batch(
                name,
                records.content_type(),
                now,
                &mut addresses,
                &mut publishers,
            ));
        }
        if pending.len() >= BATCHES_MAX || is_full || is_end || report.is_stopped {
            // They go into the log in one transaction, in this order.
            let batches = std::mem::take(&mut pending);
            let appended = appender.with_writer(move |log| log.append(&batches));
            for receipt in appended.await? {
                report.count(receipt.counts());
            }
            progress(Progress {
                lines: report.lines,
                bytes,
                items: report.items(),
            });
        }
    }
    Ok(report)
}

/// Reads one line of a format.
type Parse = fn(&str) -> Result<ImportLine, LineFault>;

/// The lines of a file.
pub(super) struct Lines<R> {
    reader: R,
    parse: Parse,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) const fn new(reader: R, parse: Parse) -> Self {
        Self {
            reader,
            parse,
            number: 0,
        }
    }

    /// The line, `None` where it is empty, or what is wrong with it.
    fn read(&self, bytes: &[u8], raw: &RawLine) -> Result<Option<ImportLine>, String> {
        if raw.is_too_long {
            return Err(format!("longer than {LINE_BYTES_MAX} bytes"));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| "no UTF-8".to_owned())?;
        let text = if self.number == 1 {
            text.trim_start_matches('\u{FEFF}')
        } else {
            text
        }
        .trim();
        if text.is_empty() {
            return Ok(None);
        }
        (self.parse)(text)
            .map(Some)
            .map_err(|fault| fault.to_string())
    }
}

impl<R: BufRead> Records for Lines<R> {
    fn next(&mut self, body: &mut Vec<u8>) -> std::io::Result<Option<Record>> {
        let start = body.len();
        let raw = read_line(&mut self.reader, body)?;
        if raw.bytes == 0 {
            return Ok(None);
        }
        self.number += 1;
        Ok(Some(Record {
            bytes: raw.bytes,
            line: self.read(&body[start..], &raw),
        }))
    }
}

/// A line as far as it was kept.
struct RawLine {
    /// Its bytes in the file, its end included.
    bytes: u64,
    /// Whether it was longer than [`LINE_BYTES_MAX`]: nothing of it is kept then.
    is_too_long: bool,
}

/// Reads up to the next line's end, behind what `body` holds.
fn read_line(reader: &mut impl BufRead, body: &mut Vec<u8>) -> std::io::Result<RawLine> {
    let start = body.len();
    let mut line = RawLine {
        bytes: 0,
        is_too_long: false,
    };
    loop {
        let available = match reader.fill_buf() {
            Ok(available) => available,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let end = available.iter().position(|b| *b == b'\n').map(|at| at + 1);
        let taken = end.unwrap_or(available.len());
        line.bytes += taken as u64;
        line.is_too_long |= body.len() - start + taken > LINE_BYTES_MAX;
        if line.is_too_long {
            body.truncate(start);
        } else {
            body.extend_from_slice(&available[..taken]);
        }
        reader.consume(taken);
        if end.is_some() || taken == 0 {
            return Ok(line);
        }
    }
}

/// Some lines of the file with what they bring.
struct Part {
    first_line: u64,
    body: Vec<u8>,
    items: Vec<NewItem>,
    imported: BTreeMap<SourceId, ImportedSource>,
}

impl Part {
    const fn new(first_line: u64) -> Self {
        Self {
            first_line,
            body: Vec::new(),
            items: Vec::new(),
            imported: BTreeMap::new(),
        }
    }

    /// Whether a time is of another minute than the lines so far.
    fn is_before(&self, time: Timestamp) -> bool {
        let minute = |time: Timestamp| time.as_second().div_euclid(60);
        self.items
            .last()
            .is_some_and(|item| minute(item.seen) != minute(time))
    }

    /// Takes in a line; `start` is its first byte in this part.
    fn push(
        &mut self,
        mut line: ImportLine,
        publishers: &mut Publishers<'_>,
        number: u64,
        start: usize,
    ) {
        line.date_by(publishers.place(&line.publisher));
        let (family, groups) = publishers.facts(&line);
        let (publisher, platform) = (line.publisher.clone(), line.platform.clone());
        let item = line.into_item(Some(format!("line {number}, byte {start}")));
        let source = self
            .imported
            .entry(item.source.clone())
            .or_insert_with(|| ImportedSource {
                id: item.source.clone(),
                publisher,
                family: family.clone(),
                groups: Vec::new(),
                platform: None,
                first: item.time,
                last: item.time,
            });
        source.family = family;
        source.groups = groups;
        source.platform = source.platform.take().or(platform);
        source.first = source.first.min(item.time);
        source.last = source.last.max(item.time);
        self.items.push(item);
    }

    /// `None` where the part has no bytes.
    fn batch(
        mut self,
        name: &str,
        content_type: &str,
        now: Option<Timestamp>,
        addresses: &mut Addresses,
        publishers: &mut Publishers<'_>,
    ) -> Option<Batch> {
        if self.body.is_empty() {
            return None;
        }
        let now = now.or_else(|| self.items.iter().map(|item| item.seen).max())?;
        for item in &self.items {
            addresses.note(item);
        }
        for item in &mut self.items {
            addresses.settle(item);
        }
        let mut batch = Batch::new(now);
        batch.capture = Some(NewCapture {
            uri: record_uri(name, self.first_line),
            at: now,
            kind: CaptureKind::Resource {
                content_type: content_type.to_owned(),
            },
            body: self.body,
        });
        batch.items = self.items;
        batch.imported = self.imported.into_values().collect();
        batch.covered = publishers.covered(&batch.imported);
        Some(batch)
    }
}

/// What the lines so far, and imports before, say of publishers.
struct Publishers<'a> {
    directory: &'a Directory,
    known: BTreeMap<SourceId, (FamilyId, Vec<GroupId>)>,
    places: BTreeMap<PublisherId, Place>,
    spans: BTreeMap<SourceId, ImportSpan>,
}

impl Publishers<'_> {
    /// What the file covers so far of those in a part: a publisher may have long pauses in it.
    fn covered(&mut self, imported: &[ImportedSource]) -> Vec<ImportSpan> {
        let mut covered = Vec::with_capacity(imported.len());
        for part in imported.iter().map(ImportedSource::span) {
            let span = (self.spans.entry(part.source.clone())).or_insert_with(|| part.clone());
            span.first = span.first.min(part.first);
            span.last = span.last.max(part.last);
            covered.push(span.clone());
        }
        covered
    }

    /// Where a publisher speaks from, as configuration says.
    fn place(&mut self, publisher: &PublisherId) -> &Place {
        let directory = self.directory;
        self.places
            .entry(publisher.clone())
            .or_insert_with(|| place_of(directory, publisher))
    }

    /// Family and groups of a line's publisher: the last family named, and all groups named.
    fn facts(&mut self, line: &ImportLine) -> (FamilyId, Vec<GroupId>) {
        let (family, groups) = self
            .known
            .entry(line.source())
            .or_insert_with(|| known_facts(self.directory, &line.publisher));
        if let Some(named) = &line.family {
            family.clone_from(named);
        }
        for group in &line.groups {
            if !groups.contains(group) {
                groups.push(group.clone());
            }
        }
        (family.clone(), groups.clone())
    }
}
