//! Captures as WARC 1.1 records (ISO 28500), one gzip member each, readable by standard tools.
//!
//! A response is kept with its headers. A payload that was kept before is kept as a `revisit`
//! record that names the earlier one. Imported documents are `resource` records. Where a record was
//! taken out because somebody wanted it forgotten, a `metadata` record says so.

mod names;
mod rewrite;

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use bellwether_model::Timestamp;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use crate::ArchiveError;
pub(crate) use names::{base_name, file_name, parse_name};
pub(crate) use rewrite::{Fate, Plan, Planned, Written, remove, rewrite, sweep};

/// A WARC file is closed and the next begun when it has reached this size. Four times as much is usual;
/// ours are written anew when something in them goes, which takes time and room by their size.
const FILE_BYTES_MAX: u64 = 256 << 20;

/// A record longer than this is not read back: nothing that we write is.
const RECORD_BYTES_MAX: u64 = 1 << 30;

/// What is captured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaptureKind {
    /// An HTTP response.
    Response {
        /// Its status.
        status: u16,
        /// Its headers as received, in order.
        headers: Vec<(String, String)>,
    },
    /// A document that came by import.
    Resource {
        /// Its media type.
        content_type: String,
    },
}

/// A response or document as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapturedResponse {
    /// Where it came from.
    pub uri: String,
    /// When the fetch began.
    pub at: Timestamp,
    /// Its media type as stated, if it was.
    pub content_type: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// Where a record lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The name of the file as it was first written.
    pub(crate) file: String,
    /// How often it was written anew.
    pub(crate) generation: u32,
    pub(crate) offset: u64,
    pub(crate) length: u64,
}

/// An earlier record with the same payload.
pub(crate) struct Refers {
    pub(crate) record_id: String,
    pub(crate) uri: String,
    pub(crate) at: Timestamp,
}

/// A record to be written.
pub(crate) struct Record<'a> {
    pub(crate) id: &'a str,
    pub(crate) uri: &'a str,
    pub(crate) at: Timestamp,
    pub(crate) kind: &'a CaptureKind,
    pub(crate) body: &'a [u8],
    pub(crate) digest: &'a [u8; 32],
    pub(crate) refers: Option<Refers>,
}

pub(crate) fn digest(body: &[u8]) -> [u8; 32] {
    Sha256::digest(body).into()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// A record id that is the same whenever the same capture is written: a UUID (RFC 9562, version 8)
/// made of what fixes it.
pub(crate) fn record_id(uri: &str, at: Timestamp, digest: &[u8; 32], number: u64) -> String {
    let mut hasher = Sha256::new();
    hasher.update(uri.as_bytes());
    hasher.update(at.as_nanosecond().to_be_bytes());
    hasher.update(digest);
    hasher.update(number.to_be_bytes());
    let mut bytes: [u8; 32] = hasher.finalize().into();
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let text = hex(&bytes[..16]);
    format!(
        "urn:uuid:{}-{}-{}-{}-{}",
        &text[0..8],
        &text[8..12],
        &text[12..16],
        &text[16..20],
        &text[20..32]
    )
}

/// Appends records; nothing counts until [`Self::sync`] and the commit that follows it.
pub(crate) struct WarcWriter {
    folder: PathBuf,
    number: u32,
    file: File,
    length: u64,
    /// Files that were filled since the last commit, with their lengths.
    filled: Vec<(u32, u64)>,
}

impl WarcWriter {
    /// Opens the last file at its committed length, cutting off whatever a crash left behind it.
    pub(crate) fn open(folder: &Path, committed: Option<(u32, u64)>) -> Result<Self, ArchiveError> {
        let (number, length) = committed.unwrap_or((1, 0));
        let path = folder.join(base_name(number));
        let file = open_append(folder, &path)?;
        let found = file
            .metadata()
            .map_err(ArchiveError::disk("read", &path))?
            .len();
        if found < length {
            return Err(ArchiveError::damaged(
                path.display().to_string(),
                format!("it has {found} bytes, {length} were written"),
            ));
        }
        if found > length {
            tracing::warn!(bytes = found - length, "cut off an unfinished capture");
            file.set_len(length)
                .map_err(ArchiveError::disk("shorten", &path))?;
        }
        Ok(Self {
            folder: folder.to_owned(),
            number,
            file,
            length,
            filled: Vec::new(),
        })
    }

    pub(crate) fn committed(&self) -> (u32, u64) {
        (self.number, self.length)
    }

    /// The files that were written to since this was last asked, with their lengths.
    pub(crate) fn take_lengths(&mut self) -> Vec<(u32, u64)> {
        let mut lengths = std::mem::take(&mut self.filled);
        lengths.push(self.committed());
        lengths
    }

    /// Closes the file and begins the next.
    pub(crate) fn begin_next(&mut self) -> Result<(), ArchiveError> {
        self.sync()?;
        let number = self.number + 1;
        let path = self.folder.join(base_name(number));
        let file = open_append(&self.folder, &path)?;
        file.set_len(0)
            .map_err(ArchiveError::disk("shorten", &path))?;
        self.filled.push((self.number, self.length));
        (self.number, self.file, self.length) = (number, file, 0);
        Ok(())
    }

    pub(crate) fn write(&mut self, record: &Record<'_>) -> Result<Place, ArchiveError> {
        if self.length >= FILE_BYTES_MAX {
            self.begin_next()?;
        }
        // With the first record, not before: what stands in a file is committed or cut off.
        if self.length == 0 {
            self.write_info()?;
        }
        self.write_member(&render(record))
    }

    pub(crate) fn sync(&mut self) -> Result<(), ArchiveError> {
        let path = self.folder.join(base_name(self.number));
        self.file
            .sync_data()
            .map_err(ArchiveError::disk("sync", &path))
    }

    fn write_info(&mut self) -> Result<(), ArchiveError> {
        let info = render_info(self.number, &base_name(self.number));
        self.write_member(&info).map(drop)
    }

    fn write_member(&mut self, bytes: &[u8]) -> Result<Place, ArchiveError> {
        let file = base_name(self.number);
        let path = self.folder.join(&file);
        let member = member(bytes)
            .and_then(|member| self.file.write_all(&member).map(|()| member.len()))
            .map_err(ArchiveError::disk("write", &path))?;
        let length = member as u64;
        let place = Place {
            file,
            generation: 0,
            offset: self.length,
            length,
        };
        self.length += length;
        Ok(place)
    }

    /// After a failed write: back to what is known to be whole.
    pub(crate) fn rewind(&mut self, committed: (u32, u64)) -> Result<(), ArchiveError> {
        *self = Self::open(&self.folder, Some(committed))?;
        Ok(())
    }
}

/// A record as a gzip member of its own.
fn member(record: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(record.len() / 3), Compression::new(6));
    encoder.write_all(record)?;
    encoder.finish()
}

/// What a file says of itself in its first record.
fn render_info(number: u32, name: &str) -> Vec<u8> {
    let block = "software: bellwether\r\nformat: WARC File Format 1.1\r\n";
    let id = record_id(
        "warcinfo",
        Timestamp::UNIX_EPOCH,
        &digest(block.as_bytes()),
        u64::from(number),
    );
    format!(
        "WARC/1.1\r\nWARC-Type: warcinfo\r\nWARC-Record-ID: <{id}>\r\nWARC-Date: {}\r\nWARC-Filename: {name}\r\nContent-Type: application/warc-fields\r\nContent-Length: {}\r\n\r\n{block}\r\n\r\n",
        Timestamp::UNIX_EPOCH,
        block.len()
    )
    .into_bytes()
}

fn open_append(folder: &Path, path: &Path) -> Result<File, ArchiveError> {
    let file = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .open(path)
        .map_err(ArchiveError::disk("open", path))?;
    // Whether the file is new or its maker died before this, nobody knows; syncing again costs little.
    for folder in [Some(folder), folder.parent()].into_iter().flatten() {
        sync_names(folder)?;
    }
    Ok(file)
}

/// The names in a folder are its own data: without this a power cut can take a file whose bytes were
/// synced and committed.
fn sync_names(folder: &Path) -> Result<(), ArchiveError> {
    // A relative path of one part has the empty path as its parent.
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(ArchiveError::disk("sync", folder))
}

/// Header values come from servers: a line break in one would forge a header.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

fn render(record: &Record<'_>) -> Vec<u8> {
    let (http, content_type) = match record.kind {
        CaptureKind::Response { status, headers } => {
            let mut http = format!("HTTP/1.1 {status}\r\n");
            for (name, value) in headers {
                http.push_str(&format!("{}: {}\r\n", one_line(name), one_line(value)));
            }
            http.push_str("\r\n");
            (http, "application/http; msgtype=response".to_owned())
        }
        CaptureKind::Resource { content_type } => (String::new(), one_line(content_type)),
    };
    let kind = match (&record.refers, record.kind) {
        (Some(_), _) => "revisit",
        (None, CaptureKind::Response { .. }) => "response",
        (None, CaptureKind::Resource { .. }) => "resource",
    };
    let body: &[u8] = if record.refers.is_some() {
        &[]
    } else {
        record.body
    };
    let mut head = format!(
        "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <{}>\r\nWARC-Date: {}\r\nWARC-Target-URI: {}\r\nWARC-Payload-Digest: sha256:{}\r\n",
        record.id,
        record.at,
        one_line(record.uri),
        hex(record.digest),
    );
    if let Some(refers) = &record.refers {
        head.push_str(&format!(
            "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/identical-payload-digest\r\nWARC-Refers-To: <{}>\r\nWARC-Refers-To-Target-URI: {}\r\nWARC-Refers-To-Date: {}\r\n",
            refers.record_id,
            one_line(&refers.uri),
            refers.at,
        ));
    }
    head.push_str(&format!(
        "Content-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
        http.len() + body.len()
    ));
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(http.as_bytes());
    bytes.extend_from_slice(body);
    bytes.extend_from_slice(b"\r\n\r\n");
    bytes
}

/// A record as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeptRecord {
    /// Its type.
    pub(crate) kind: String,
    /// Its id.
    pub(crate) id: String,
    /// The digest of the payload, as it states.
    pub(crate) digest: String,
    pub(crate) payload: Vec<u8>,
}

/// Reads the payload of one record back.
pub(crate) fn read_payload(folder: &Path, place: &Place) -> Result<Vec<u8>, ArchiveError> {
    read_record(folder, place).map(|record| record.payload)
}

/// Reads one record back.
pub(crate) fn read_record(folder: &Path, place: &Place) -> Result<KeptRecord, ArchiveError> {
    let path = folder.join(names::of_generation(&place.file, place.generation));
    let fail = |error| ArchiveError::disk("read", &path)(error);
    let mut file = File::open(&path).map_err(fail)?;
    file.seek(SeekFrom::Start(place.offset)).map_err(fail)?;
    let mut bytes = Vec::new();
    GzDecoder::new(file.take(place.length))
        .take(RECORD_BYTES_MAX)
        .read_to_end(&mut bytes)
        .map_err(fail)?;
    parse_record(&bytes).ok_or_else(|| {
        ArchiveError::damaged(
            path.display().to_string(),
            format!("no record at {}", place.offset),
        )
    })
}

fn parse_record(record: &[u8]) -> Option<KeptRecord> {
    let head_end = find(record, b"\r\n\r\n")?;
    let head = std::str::from_utf8(&record[..head_end]).ok()?;
    let field = |name: &str| {
        head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    };
    let length: usize = field("Content-Length")?.parse().ok()?;
    let block = record.get(head_end + 4..(head_end + 4).checked_add(length)?)?;
    let payload = if field("Content-Type")?.starts_with("application/http") {
        block.get(find(block, b"\r\n\r\n")? + 4..)?
    } else {
        block
    };
    let id = field("WARC-Record-ID")?;
    Some(KeptRecord {
        kind: field("WARC-Type")?.to_owned(),
        id: id.trim_matches(['<', '>']).to_owned(),
        digest: field("WARC-Payload-Digest").unwrap_or_default().to_owned(),
        payload: payload.to_vec(),
    })
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    fn write_one(writer: &mut WarcWriter, body: &[u8]) -> Place {
        let digest = digest(body);
        writer
            .write(&Record {
                id: &record_id("https://a.example/", Timestamp::UNIX_EPOCH, &digest, 1),
                uri: "https://a.example/",
                at: Timestamp::UNIX_EPOCH,
                kind: &CaptureKind::Response {
                    status: 200,
                    headers: vec![("X-Evil".to_owned(), "a\r\nInjected: b".to_owned())],
                },
                body,
                digest: &digest,
                refers: None,
            })
            .unwrap()
    }

    #[test]
    fn payloads_come_back_byte_for_byte() {
        let temp = tempfile::tempdir().unwrap();
        let mut writer = WarcWriter::open(temp.path(), None).unwrap();
        let bodies: Vec<Vec<u8>> = vec![vec![], b"\r\n\r\nx".to_vec(), (0..=255).collect()];
        let places: Vec<Place> = bodies
            .iter()
            .map(|body| write_one(&mut writer, body))
            .collect();
        writer.sync().unwrap();
        for (body, place) in bodies.iter().zip(&places) {
            assert_eq!(&read_payload(temp.path(), place).unwrap(), body);
        }
    }

    #[test]
    fn a_torn_tail_is_cut() {
        let temp = tempfile::tempdir().unwrap();
        let mut writer = WarcWriter::open(temp.path(), None).unwrap();
        let place = write_one(&mut writer, b"whole");
        let committed = writer.committed();
        write_one(&mut writer, b"lost");
        drop(writer);
        let mut writer = WarcWriter::open(temp.path(), Some(committed)).unwrap();
        assert_eq!(writer.committed(), committed);
        let next = write_one(&mut writer, b"next");
        assert_eq!(read_payload(temp.path(), &place).unwrap(), b"whole");
        assert_eq!(read_payload(temp.path(), &next).unwrap(), b"next");
    }

    #[test]
    fn before_the_first_capture_nothing_is_written_and_nothing_cut() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join(base_name(1));
        for _ in 0..2 {
            let writer = WarcWriter::open(temp.path(), None).unwrap();
            assert_eq!(writer.committed(), (1, 0));
            assert_eq!(std::fs::metadata(&path).unwrap().len(), 0);
        }
        std::fs::remove_file(&path).unwrap();
        let mut writer = WarcWriter::open(temp.path(), Some((1, 0))).unwrap();
        let place = write_one(&mut writer, b"first");
        assert!(place.offset > 0, "behind what says of the file what it is");
        let info = Place {
            offset: 0,
            length: place.offset,
            ..place.clone()
        };
        let info = read_payload(temp.path(), &info).unwrap();
        assert!(info.starts_with(b"software: bellwether"));
        let next = write_one(&mut writer, b"next");
        assert_eq!(next.offset, place.offset + place.length);
    }

    #[test]
    fn a_shorter_file_than_committed_is_damage() {
        let temp = tempfile::tempdir().unwrap();
        let mut writer = WarcWriter::open(temp.path(), None).unwrap();
        write_one(&mut writer, b"x");
        let (number, length) = writer.committed();
        assert!(WarcWriter::open(temp.path(), Some((number, length + 1))).is_err());
    }
}
