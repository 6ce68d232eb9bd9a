//! A file of any format into the log.

use std::io::{self, BufRead, Read};

use bellwether_archive::Appender;
use bellwether_model::{Directory, FileFormat, PublisherId, Timestamp};

use super::feed::feed_file;
use super::lines::{Into, LineClock, Lines, all};
use super::telegram::Messages;
use super::warc::Pages;
use super::{ImportError, ImportLine, ImportReport, Progress, zeeschuimer};

/// A feed file longer than this is none.
const FEED_BYTES_MAX: u64 = 64 << 20;

/// What is known of a file.
#[derive(Debug, Clone, Copy)]
pub struct FileFacts<'a> {
    /// Its name, for people; of its folder nothing is kept.
    pub name: &'a str,
    /// What it holds.
    pub format: FileFormat,
    /// Who published what it holds, where the file does not say it, or not as it is known here.
    /// Lines that name their publisher are theirs whatever this says; a feed needs it.
    pub publisher: Option<&'a PublisherId>,
}

/// Imports a file. A bad record is reported and left out, or ends the import where `strict`; what came
/// before it is kept either way. Reads the file as it goes, and blocks while it reads.
///
/// # Errors
/// Where the file cannot be read or the log refuses; the parts before are kept.
pub async fn file(
    facts: FileFacts<'_>,
    reader: impl BufRead,
    into: &Into<'_>,
    mut progress: impl FnMut(Progress),
) -> Result<ImportReport, ImportError> {
    let FileFacts {
        name,
        format,
        publisher,
    } = facts;
    let publisher_name = publisher.map(ToString::to_string);
    let unread = |source| ImportError::Read {
        name: name.to_owned(),
        line: 0,
        source,
    };
    match format {
        FileFormat::Ndjson => {
            let lines = Lines::new(reader, ImportLine::parse);
            all(lines, name, into, LineClock::Import, progress).await
        }
        FileFormat::Zeeschuimer => {
            let lines = Lines::new(reader, zeeschuimer::line);
            all(lines, name, into, LineClock::Import, progress).await
        }
        FileFormat::Telegram => {
            let messages = Messages::new(reader, publisher_name);
            all(messages, name, into, LineClock::Import, progress).await
        }
        FileFormat::Warc => {
            let pages = Pages::new(reader, publisher_name).map_err(unread)?;
            all(pages, name, into, LineClock::Import, progress).await
        }
        FileFormat::Feed => {
            let Some(publisher) = publisher else {
                let why = "nobody says who published it";
                return Err(unread(io::Error::other(why)));
            };
            let body = whole(reader).map_err(unread)?;
            let bytes = body.len() as u64;
            let report = feed_file(body, name, None, publisher, into).await?;
            progress(Progress {
                lines: report.lines,
                bytes,
                items: report.items(),
            });
            Ok(report)
        }
    }
}

/// Imports lines as DESIGN 6 says; see [`file`](self::file).
///
/// # Errors
/// As [`file`](self::file).
pub async fn ndjson(
    reader: impl BufRead,
    name: &str,
    now: Timestamp,
    appender: &Appender,
    directory: &Directory,
    strict: bool,
    progress: impl FnMut(Progress),
) -> Result<ImportReport, ImportError> {
    let facts = FileFacts {
        name,
        format: FileFormat::Ndjson,
        publisher: None,
    };
    let into = Into {
        now,
        appender,
        directory,
        strict,
    };
    file(facts, reader, &into, progress).await
}

/// Plays lines into the log as if each were received at the time it names: the log's time is theirs.
///
/// # Errors
/// As [`ndjson`].
pub async fn replay(
    reader: impl BufRead,
    name: &str,
    appender: &Appender,
    directory: &Directory,
    progress: impl FnMut(Progress),
) -> Result<ImportReport, ImportError> {
    let into = Into {
        now: Timestamp::MAX,
        appender,
        directory,
        strict: false,
    };
    let lines = Lines::new(reader, ImportLine::parse);
    all(lines, name, &into, LineClock::Lines, progress).await
}

fn whole(reader: impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    reader.take(FEED_BYTES_MAX + 1).read_to_end(&mut body)?;
    if body.len() as u64 > FEED_BYTES_MAX {
        let limit = FEED_BYTES_MAX >> 20;
        return Err(io::Error::other(format!(
            "it is longer than {limit} MiB, more than any feed"
        )));
    }
    Ok(body)
}
