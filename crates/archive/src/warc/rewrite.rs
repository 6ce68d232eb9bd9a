//! A WARC file written anew without some of its records.
//!
//! The old file is not touched. The new one has another name and counts for nothing until the log
//! says so in one transaction; then the old one is deleted. Killed at any moment, one of the two is
//! whole and the other is swept away at the next start.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use bellwether_model::Timestamp;

use super::{digest, file_name, hex, member, names, one_line, record_id, render_info, sync_names};
use crate::ArchiveError;

/// What becomes of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Copied byte for byte.
    Kept,
    /// Replaced by a record that says that there was one.
    Marked {
        record_id: String,
        uri: String,
        at: Timestamp,
        digest: Vec<u8>,
    },
    /// Left out.
    Dropped,
}

/// A record of the old file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Planned {
    pub(crate) capture: i64,
    pub(crate) offset: u64,
    pub(crate) length: u64,
    pub(crate) fate: Fate,
}

/// A file to be written anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) number: u32,
    /// Of the old file.
    pub(crate) generation: u32,
    /// In the order in which they lie there.
    pub(crate) records: Vec<Planned>,
}

/// A file that was written anew and counts for nothing yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) number: u32,
    /// Of the new file.
    pub(crate) generation: u32,
    /// 0 where nothing is left, and no file.
    pub(crate) length: u64,
    pub(crate) moved: Vec<Moved>,
}

/// Where a capture's record lies now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moved {
    pub(crate) capture: i64,
    /// 0 where it was left out, and so the length.
    pub(crate) offset: u64,
    pub(crate) length: u64,
    /// Whether it is the record that it was.
    pub(crate) is_kept: bool,
}

impl Moved {
    fn out(planned: &Planned) -> Self {
        Self {
            capture: planned.capture,
            offset: 0,
            length: 0,
            is_kept: false,
        }
    }
}

/// Writes and syncs the new file.
pub(crate) fn rewrite(folder: &Path, plan: &Plan) -> Result<Written, ArchiveError> {
    let generation = plan.generation + 1;
    let name = file_name(plan.number, generation);
    let path = folder.join(&name);
    let old_path = folder.join(file_name(plan.number, plan.generation));
    let mut old = File::open(&old_path).map_err(ArchiveError::disk("read", &old_path))?;
    let old_length = old
        .metadata()
        .map_err(ArchiveError::disk("read", &old_path))?
        .len();
    if !accounts_for(&plan.records, old_length) {
        return Err(ArchiveError::damaged(
            old_path.display().to_string(),
            "it has bytes that no capture accounts for, so it is left as it is",
        ));
    }
    if plan
        .records
        .iter()
        .all(|record| record.fate == Fate::Dropped)
    {
        return Ok(Written {
            number: plan.number,
            generation,
            length: 0,
            moved: plan.records.iter().map(Moved::out).collect(),
        });
    }
    let fail = |error| ArchiveError::disk("write", &path)(error);
    let mut new = BufWriter::new(File::create(&path).map_err(fail)?);
    let info = member(&render_info(plan.number, &name)).map_err(fail)?;
    new.write_all(&info).map_err(fail)?;
    let mut length = info.len() as u64;
    let mut moved = Vec::with_capacity(plan.records.len());
    for record in &plan.records {
        let written = match &record.fate {
            Fate::Dropped => {
                moved.push(Moved::out(record));
                continue;
            }
            Fate::Kept => {
                old.seek(SeekFrom::Start(record.offset))
                    .map_err(ArchiveError::disk("read", &old_path))?;
                let mut bytes = (&mut old).take(record.length);
                let copied = std::io::copy(&mut bytes, &mut new).map_err(fail)?;
                if copied < record.length {
                    return Err(ArchiveError::damaged(
                        old_path.display().to_string(),
                        format!("it ends within the record at {}", record.offset),
                    ));
                }
                copied
            }
            Fate::Marked { .. } => {
                let bytes = member(&render_mark(&record.fate)).map_err(fail)?;
                new.write_all(&bytes).map_err(fail)?;
                bytes.len() as u64
            }
        };
        moved.push(Moved {
            capture: record.capture,
            offset: length,
            length: written,
            is_kept: record.fate == Fate::Kept,
        });
        length += written;
    }
    new.into_inner()
        .map_err(std::io::IntoInnerError::into_error)
        .and_then(|file| file.sync_all())
        .map_err(fail)?;
    sync_names(folder)?;
    Ok(Written {
        number: plan.number,
        generation,
        length,
        moved,
    })
}

/// Whether the records fill a file from behind its first one to its end: what nobody accounts for
/// must not be left out unnoticed.
fn accounts_for(records: &[Planned], length: u64) -> bool {
    let mut end = None;
    for record in records {
        if record.offset == 0 || end.is_some_and(|end| end != record.offset) {
            return false;
        }
        end = record.offset.checked_add(record.length);
    }
    end == Some(length)
}

/// The record that stands for one that was taken out.
fn render_mark(fate: &Fate) -> Vec<u8> {
    let Fate::Marked {
        record_id: removed,
        uri,
        at,
        digest: payload,
    } = fate
    else {
        return Vec::new();
    };
    let block = format!(
        "removed: the payload of this record, since an item that it held was to be forgotten\r\nremoved-payload-digest: sha256:{}\r\n",
        hex(payload)
    );
    let id = record_id("removed", *at, &digest(removed.as_bytes()), 0);
    let target = if uri.is_empty() {
        String::new()
    } else {
        format!("WARC-Target-URI: {}\r\n", one_line(uri))
    };
    format!(
        "WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <{id}>\r\nWARC-Date: {at}\r\n{target}WARC-Refers-To: <{removed}>\r\nContent-Type: application/warc-fields\r\nContent-Length: {}\r\n\r\n{block}\r\n\r\n",
        block.len()
    )
    .into_bytes()
}

/// Deletes a file that no longer counts; one that is not there is as good.
pub(crate) fn remove(folder: &Path, number: u32, generation: u32) -> Result<(), ArchiveError> {
    let path = folder.join(file_name(number, generation));
    match fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(ArchiveError::disk("delete", path)(error))
        }
        _ => Ok(()),
    }
}

/// Deletes what a crash left behind: files that do not count, by the generations that do. A file of
/// another name, or of a number that the log does not know of below its last, is left alone.
pub(crate) fn sweep(
    folder: &Path,
    generations: &BTreeMap<u32, (u32, u64)>,
) -> Result<(), ArchiveError> {
    let Some((last, _)) = generations.last_key_value() else {
        return Ok(());
    };
    let entries = fs::read_dir(folder).map_err(ArchiveError::disk("read", folder))?;
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some((number, generation)) = name.to_str().and_then(names::parse_name) else {
            continue;
        };
        let is_left_over = match generations.get(&number) {
            Some((counts, length)) => generation != *counts || (*length == 0 && number < *last),
            None => number > *last,
        };
        if is_left_over {
            tracing::warn!(file = ?name, "deleted an unfinished or outdated file of captures");
            remove(folder, number, generation)?;
        }
    }
    Ok(())
}
