//! Whether everything is where the log says, and is what was written.
//!
//! Reads only, also beside a process that writes: what seems wrong is looked at again before it is
//! called a fault, since a file may have been written anew meanwhile.

use std::path::PathBuf;

use bellwether_model::{CaptureId, SourceId};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::log::schema;
use crate::log::wording;
use crate::sql::{self, uint, unpack};
use crate::warc::{self, Place};
use crate::{ArchiveError, DataDir, Derived, LogReader};

/// Faults that are told one by one; all are counted.
const FAULTS_TOLD_MAX: usize = 1_000;

/// Rows read at once.
const ROWS: i64 = 1_000;

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyFault {
    /// Where.
    pub place: String,
    /// What is wrong.
    pub what: String,
}

/// What was looked at and what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Entries of the log.
    pub entries: u64,
    /// Items.
    pub items: u64,
    /// Wordings whose digest was computed again.
    pub versions: u64,
    /// Captures that were read back and whose digest was computed again.
    pub captures: u64,
    /// Bytes of their payloads.
    pub bytes: u64,
    /// Captures without a payload, with their reasons in the log.
    pub captures_gone: u64,
    /// Items that are no longer kept.
    pub items_gone: u64,
    /// The first faults.
    pub faults: Vec<VerifyFault>,
    /// How many there are.
    pub fault_count: u64,
}

impl Verified {
    /// Notes a fault.
    pub fn fault(&mut self, place: impl Into<String>, what: impl Into<String>) {
        self.fault_count += 1;
        if self.faults.len() < FAULTS_TOLD_MAX {
            self.faults.push(VerifyFault {
                place: place.into(),
                what: what.into(),
            });
        }
    }
}

/// Looks at the whole log and at how far those who follow it are. `progress` is told how many captures
/// of how many have been read.
///
/// # Errors
/// Where the log cannot be opened at all; everything else is a fault that is told.
pub fn verify(dir: &DataDir, progress: &mut dyn FnMut(u64, u64)) -> Result<Verified, ArchiveError> {
    // Whoever follows the log is behind it: so they are asked first.
    let derived = Derived::open_readonly(dir).and_then(|derived| derived.state());
    let mut verifier = Verifier {
        connection: schema::open_readonly(&dir.sqlite("log"))?,
        folder: dir.warc(),
        verified: Verified::default(),
    };
    verifier.databases(dir)?;
    verifier.log()?;
    verifier.wordings()?;
    verifier.files()?;
    verifier.captures(progress)?;
    let log = LogReader::open(dir)?;
    let head = log.head()?.seq;
    match derived {
        Ok(state) if state.seq > head => verifier.verified.fault(
            "derived.sqlite",
            format!(
                "it is at entry {}, beyond the end of the log, {head}",
                state.seq
            ),
        ),
        Ok(_) => {}
        Err(error) => verifier.verified.fault("derived.sqlite", error.to_string()),
    }
    let pages = log.poll_state(&SourceId::new("work:pages"))?;
    if pages.is_some_and(|seq| seq.parse().is_ok_and(|seq: u64| seq > head.0)) {
        verifier.verified.fault(
            "log.sqlite",
            "the place of the fetching of pages is beyond the end of the log",
        );
    }
    Ok(verifier.verified)
}

struct Verifier {
    connection: Connection,
    folder: PathBuf,
    verified: Verified,
}

/// A capture as the log has it.
struct CaptureRow {
    id: i64,
    record_id: String,
    digest: Vec<u8>,
    body_bytes: u64,
    same_as: Option<i64>,
    gone: Option<String>,
    place: Place,
    is_due: bool,
}

const CAPTURES: &str =
    "SELECT c.id, c.record_id, c.digest, c.body_bytes, c.same_as, c.gone, c.file, c.offset, c.length,
            w.generation, w.is_due FROM capture c
     LEFT JOIN warc_file w ON w.number = CAST(substr(c.file, 12, 6) AS INTEGER)";

impl CaptureRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            record_id: row.get(1)?,
            digest: row.get(2)?,
            body_bytes: uint(row.get(3)?),
            same_as: row.get(4)?,
            gone: row.get(5)?,
            place: Place {
                file: row.get(6)?,
                generation: row.get::<_, Option<u32>>(9)?.unwrap_or(0),
                offset: uint(row.get(7)?),
                length: uint(row.get(8)?),
            },
            is_due: row.get::<_, Option<bool>>(10)?.unwrap_or(false),
        })
    }
}

impl Verifier {
    /// SQLite's own check, of each database there is.
    fn databases(&mut self, dir: &DataDir) -> Result<(), ArchiveError> {
        for name in ["log", "derived", "desk"] {
            let path = dir.sqlite(name);
            if !path.exists() {
                continue;
            }
            let connection = sql::open_readonly(&path, name)?;
            let said: rusqlite::Result<Vec<String>> = connection
                .prepare("PRAGMA quick_check(20)")
                .and_then(|mut s| s.query_map([], |row| row.get(0))?.collect());
            let file = format!("{name}.sqlite");
            match said {
                Ok(said) => {
                    for what in said.into_iter().filter(|said| said != "ok") {
                        self.verified.fault(&file, what);
                    }
                }
                Err(error) => self.verified.fault(&file, error.to_string()),
            }
        }
        Ok(())
    }

    /// What one table says of another.
    fn log(&mut self) -> Result<(), ArchiveError> {
        for (count, query) in [
            (&mut self.verified.entries, "SELECT count(*) FROM entry"),
            (&mut self.verified.items, "SELECT count(*) FROM item"),
            (
                &mut self.verified.items_gone,
                "SELECT count(*) FROM tombstone",
            ),
        ] {
            *count = self
                .connection
                .query_row(query, [], |row| row.get(0).map(uint))
                .map_err(read)?;
        }
        for (what, query) in [
            (
                "a row names one that is not there",
                "SELECT \"table\" || ' ' || coalesce(rowid, '') || ' names ' || parent FROM pragma_foreign_key_check LIMIT 100",
            ),
            (
                "an item is neither kept nor said to be gone",
                "SELECT 'entry ' || seq FROM entry e WHERE kind = 'item'
                   AND NOT EXISTS (SELECT 1 FROM item WHERE id = e.seq)
                   AND NOT EXISTS (SELECT 1 FROM tombstone WHERE item = e.seq) LIMIT 100",
            ),
            (
                "an item is said to be gone and is kept",
                "SELECT 'item ' || item FROM tombstone t
                 WHERE EXISTS (SELECT 1 FROM item WHERE id = t.item) LIMIT 100",
            ),
            (
                "an item has no wording",
                "SELECT 'item ' || id FROM item i
                 WHERE NOT EXISTS (SELECT 1 FROM version WHERE item = i.id) LIMIT 100",
            ),
            (
                "no source has shown an item",
                "SELECT 'item ' || id FROM item i
                 WHERE NOT EXISTS (SELECT 1 FROM sighting WHERE item = i.id) LIMIT 100",
            ),
            (
                "an item is not at the entry that began it",
                "SELECT 'item ' || id FROM item i
                 WHERE NOT EXISTS (SELECT 1 FROM entry WHERE seq = i.id AND kind = 'item') LIMIT 100",
            ),
            (
                "the log's time falls",
                "SELECT 'entry ' || seq FROM
                   (SELECT seq, at < lag(at) OVER (ORDER BY seq) AS falls FROM entry)
                 WHERE falls LIMIT 100",
            ),
        ] {
            let places: Vec<String> = self
                .connection
                .prepare(query)
                .and_then(|mut s| s.query_map([], |row| row.get(0))?.collect())
                .map_err(read)?;
            for place in places {
                self.verified.fault(place, what);
            }
        }
        Ok(())
    }

    /// Whether each wording is the one whose digest was kept.
    fn wordings(&mut self) -> Result<(), ArchiveError> {
        let mut statement = self
            .connection
            .prepare("SELECT item, number, title, text, digest FROM version ORDER BY item, number")
            .map_err(read)?;
        let mut rows = statement.query([]).map_err(read)?;
        while let Some(row) = rows.next().map_err(read)? {
            let place = row
                .get(0)
                .and_then(|item: i64| Ok((item, row.get::<_, u32>(1)?)));
            let (item, number) = place.map_err(read)?;
            let blob = |at: usize| row.get::<_, Vec<u8>>(at).map_err(read);
            let (title, text, digest) = (blob(2)?, blob(3)?, blob(4)?);
            self.verified.versions += 1;
            let is_right = unpack(&title)
                .zip(unpack(&text))
                .is_some_and(|(title, text)| wording(&title, &text)[..] == digest);
            if !is_right {
                self.verified.fault(
                    format!("item {item}, wording {number}"),
                    "the text is not the one that was kept",
                );
            }
        }
        Ok(())
    }

    /// Whether each file is there and as long as the log says.
    fn files(&mut self) -> Result<(), ArchiveError> {
        let query = "SELECT number, generation, length,
                            number = (SELECT max(number) FROM warc_file) FROM warc_file ORDER BY number";
        let files: Vec<(u32, u32, u64, bool)> = self
            .connection
            .prepare(query)
            .and_then(|mut s| {
                s.query_map([], |row| {
                    Ok((row.get(0)?, row.get(1)?, uint(row.get(2)?), row.get(3)?))
                })?
                .collect()
            })
            .map_err(read)?;
        for (number, generation, length, is_last) in files {
            let name = warc::file_name(number, generation);
            let found = std::fs::metadata(self.folder.join(&name)).map(|metadata| metadata.len());
            match found {
                Err(_) if length == 0 => {}
                Ok(found) if found == length || (is_last && found > length) => {}
                _ if self.is_written_anew(number, generation)? => {}
                Err(error) => self
                    .verified
                    .fault(format!("warc/{name}"), error.to_string()),
                Ok(found) => self.verified.fault(
                    format!("warc/{name}"),
                    format!("it has {found} bytes, the log says {length}"),
                ),
            }
        }
        Ok(())
    }

    fn is_written_anew(&self, number: u32, generation: u32) -> Result<bool, ArchiveError> {
        self.connection
            .query_row(
                "SELECT generation != ?2 FROM warc_file WHERE number = ?1",
                [number, generation],
                |row| row.get(0),
            )
            .map_err(read)
    }

    /// Reads each capture back.
    fn captures(&mut self, progress: &mut dyn FnMut(u64, u64)) -> Result<(), ArchiveError> {
        let total = self
            .connection
            .query_row("SELECT count(*) FROM capture", [], |row| row.get(0))
            .map(uint)
            .map_err(read)?;
        let query = format!("{CAPTURES} WHERE c.id > ?1 ORDER BY c.id LIMIT ?2");
        let (mut last, mut done) = (0, 0);
        loop {
            let rows: Vec<CaptureRow> = self
                .connection
                .prepare_cached(&query)
                .and_then(|mut s| {
                    s.query_map(params![last, ROWS], CaptureRow::read)?
                        .collect()
                })
                .map_err(read)?;
            let Some(end) = rows.last() else {
                return Ok(());
            };
            last = end.id;
            done += rows.len() as u64;
            for row in rows {
                let found = match self.capture(&row)? {
                    Ok(found) => Ok(found),
                    Err(_) => match self.again(row.id)? {
                        Some(row) => self.capture(&row)?,
                        None => Err("it was there and is not any more".to_owned()),
                    },
                };
                match found {
                    Ok(Some(bytes)) => {
                        self.verified.captures += 1;
                        self.verified.bytes += bytes;
                    }
                    Ok(None) => self.verified.captures_gone += 1,
                    Err(what) => {
                        let id = CaptureId(uint(row.id));
                        self.verified.fault(format!("capture {id}"), what);
                    }
                }
            }
            progress(done, total.max(done));
        }
    }

    fn again(&self, id: i64) -> Result<Option<CaptureRow>, ArchiveError> {
        self.connection
            .query_row(
                &format!("{CAPTURES} WHERE c.id = ?1"),
                [id],
                CaptureRow::read,
            )
            .optional()
            .map_err(read)
    }

    /// The bytes of a capture's payload, `None` where it is gone as the log says, or what is wrong.
    fn capture(&self, row: &CaptureRow) -> Result<Result<Option<u64>, String>, ArchiveError> {
        let is_forgotten = row.gone.as_deref() == Some("forgotten");
        if row.gone.is_some() && !(is_forgotten && row.place.length > 0) {
            return Ok(Ok(None));
        }
        let record = match warc::read_record(&self.folder, &row.place) {
            Ok(record) => record,
            Err(error) => return Ok(Err(chain(&error))),
        };
        if row.gone.is_some() {
            return Ok(match (record.kind.as_str(), row.is_due) {
                ("metadata", _) | (_, true) => Ok(None),
                _ => Err("it is to be forgotten and is still in its file".to_owned()),
            });
        }
        if record.id != row.record_id {
            return Ok(Err(format!(
                "the record at its place is {}, not {}",
                record.id, row.record_id
            )));
        }
        if record.digest != format!("sha256:{}", warc::hex(&row.digest)) {
            return Ok(Err(
                "its record states another digest than the log".to_owned()
            ));
        }
        if let Some(holder) = row.same_as {
            return self.holder(holder, row);
        }
        let length = record.payload.len() as u64;
        Ok(if warc::digest(&record.payload)[..] == row.digest {
            Ok(Some(length))
        } else {
            Err("its payload is not the one that was received".to_owned())
        })
    }

    /// A capture without a payload of its own is as good as the one that it refers to.
    fn holder(
        &self,
        holder: i64,
        row: &CaptureRow,
    ) -> Result<Result<Option<u64>, String>, ArchiveError> {
        let found: Option<(Vec<u8>, bool)> = self
            .connection
            .prepare_cached("SELECT digest, gone IS NULL FROM capture WHERE id = ?1")
            .and_then(|mut s| {
                s.query_row([holder], |row| Ok((row.get(0)?, row.get(1)?)))
                    .optional()
            })
            .map_err(read)?;
        Ok(match found {
            Some((digest, true)) if digest == row.digest => Ok(Some(0)),
            Some((_, false)) => Err(format!(
                "its payload of {} bytes was in capture {holder}, which is gone",
                row.body_bytes
            )),
            _ => Err(format!(
                "capture {holder}, which it refers to, is not the same"
            )),
        })
    }
}

/// An error with its causes, on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(&format!(": {cause}"));
        next = cause.source();
    }
    text
}

fn read(source: rusqlite::Error) -> ArchiveError {
    ArchiveError::Sql {
        file: "log",
        action: "read",
        source,
    }
}
