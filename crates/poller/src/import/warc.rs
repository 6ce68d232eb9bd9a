//! Pages out of a WARC file (ISO 28500, 1.0 and 1.1), compressed or not: what others archived.
//!
//! Read are the answers with status 200 that are pages; each is taken for an article, received when
//! the record says. Records of pages that are the same as before (`revisit`) are not followed.
//! Redirects, images, scripts and front pages without running text are left out and not kept.
//!
//! What cannot be read is said with its place in the file, which is counted in unpacked bytes: a record
//! whose head is no head, bytes between records. Reading goes on at the next line with which a record
//! begins. That one is looked for, and not the promised length, since a head that cannot be believed
//! says nothing of lengths either.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use serde_json::{Map, Value, json};
use url::Url;

use super::line::ImportLine;
use super::records::{Record, Records};
use crate::article;
use crate::article::bounds::PAGE_BYTES_MAX;
use crate::date::Place;

/// Bytes of a record's head, and of one line that is looked at.
const HEAD_BYTES_MAX: usize = 64 * 1024;

/// With this a record begins.
const VERSION: &[u8] = b"WARC/";

/// The pages of a file.
pub(super) struct Pages<'r> {
    reader: Box<dyn BufRead + 'r>,
    publisher: Option<String>,
    /// Bytes read so far, unpacked.
    at: u64,
    /// Whether the last piece that was read ended within a line.
    is_in_line: bool,
    /// Where the next record begins, where its first line was read already.
    found: Option<u64>,
    has_ended: bool,
    has_records: bool,
}

impl<'r> Pages<'r> {
    /// `publisher` is who published all of it; else each page's host.
    pub(super) fn new(
        mut reader: impl BufRead + 'r,
        publisher: Option<String>,
    ) -> io::Result<Self> {
        let is_compressed = reader.fill_buf()?.starts_with(b"\x1F\x8B");
        let reader: Box<dyn BufRead + 'r> = if is_compressed {
            Box::new(BufReader::new(MultiGzDecoder::new(reader)))
        } else {
            Box::new(reader)
        };
        Ok(Self {
            reader,
            publisher,
            at: 0,
            is_in_line: false,
            found: None,
            has_ended: false,
            has_records: false,
        })
    }

    /// A line, or a piece of one that is too long, without its end; `None` at the end of the file.
    fn line(&mut self) -> io::Result<Option<Line>> {
        let is_begun = std::mem::take(&mut self.is_in_line);
        let mut bytes = Vec::new();
        let mut limited = (&mut self.reader).take(HEAD_BYTES_MAX as u64);
        if limited.read_until(b'\n', &mut bytes)? == 0 {
            return Ok(None);
        }
        self.at += bytes.len() as u64;
        self.is_in_line = bytes.last() != Some(&b'\n');
        while bytes
            .last()
            .is_some_and(|byte| matches!(byte, b'\n' | b'\r'))
        {
            bytes.pop();
        }
        Ok(Some(Line { bytes, is_begun }))
    }

    /// Reads the first line of the next record.
    fn seek(&mut self) -> io::Result<Sought> {
        let mut strange: Option<Strange> = None;
        loop {
            let at = self.at;
            match self.line()? {
                None => return Ok(Sought { at: None, strange }),
                Some(line) if !line.is_begun && line.bytes.starts_with(VERSION) => {
                    return Ok(Sought {
                        at: Some(at),
                        strange,
                    });
                }
                Some(line) if line.bytes.is_empty() => {}
                Some(line) => {
                    let strange = strange.get_or_insert(Strange { from: at, bytes: 0 });
                    strange.bytes += line.bytes.len() as u64;
                }
            }
        }
    }

    /// The head of a record whose first line was read, or what is wrong with it.
    fn head(&mut self) -> io::Result<Result<Head, String>> {
        let mut head = Head::default();
        let mut bytes = 0;
        loop {
            let line = self.line()?.ok_or(io::ErrorKind::UnexpectedEof)?;
            if line.bytes.is_empty() {
                break;
            }
            bytes += line.bytes.len();
            if bytes >= HEAD_BYTES_MAX {
                return Ok(Err(format!(
                    "has a head of more than {HEAD_BYTES_MAX} bytes"
                )));
            }
            head.take(&String::from_utf8_lossy(&line.bytes));
        }
        Ok(if head.length.is_some() {
            Ok(head)
        } else {
            Err("does not say how long it is".to_owned())
        })
    }

    /// What a record holds, as far as it is read; the rest is skipped.
    fn content(&mut self, length: u64) -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        let kept = length.min(PAGE_BYTES_MAX as u64 + HEAD_BYTES_MAX as u64);
        (&mut self.reader).take(kept).read_to_end(&mut content)?;
        let skipped = io::copy(&mut (&mut self.reader).take(length - kept), &mut io::sink())?;
        let read = content.len() as u64 + skipped;
        self.at += read;
        if read < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(content)
    }

    /// One record; `None` at the end.
    fn step(
        &mut self,
        body: &mut Vec<u8>,
    ) -> io::Result<Option<Result<Option<ImportLine>, String>>> {
        let at = match self.found.take() {
            Some(at) => at,
            None => {
                let Sought { at: found, strange } = self.seek()?;
                if let Some(Strange { from, bytes }) = strange
                    && (found.is_some() || self.has_records)
                {
                    self.found = found;
                    return Ok(Some(Err(format!(
                        "{bytes} bytes from byte {from} on are no record, and are left out"
                    ))));
                }
                match found {
                    Some(at) => at,
                    None if self.has_records => return Ok(None),
                    None => {
                        self.has_ended = true;
                        let fault = "no WARC file: there is no record in it";
                        return Ok(Some(Err(fault.to_owned())));
                    }
                }
            }
        };
        self.has_records = true;
        let head = match self.head()? {
            Ok(head) => head,
            Err(fault) => {
                let fault = format!("the record at byte {at} {fault}");
                return Ok(Some(Err(self.after(fault)?)));
            }
        };
        let content = self.content(head.length.unwrap_or_default())?;
        let line = self.read(&head, &content);
        if !matches!(line, Ok(None)) {
            body.extend_from_slice(&content);
            body.extend_from_slice(b"\r\n\r\n");
        }
        Ok(Some(line))
    }

    /// Goes to the next record after one that is broken, and says so.
    fn after(&mut self, fault: String) -> io::Result<String> {
        let sought = self.seek().map(|sought| sought.at);
        Ok(match sought {
            Ok(Some(at)) => {
                self.found = Some(at);
                format!("{fault}: it is left out up to the next one, at byte {at}")
            }
            Ok(None) => format!("{fault}, and no other follows"),
            Err(error) => {
                let more = self.broken(error)?;
                format!("{fault}, and before another {more}")
            }
        })
    }

    /// What is wrong with a file that cannot be read to its end. What was read before is kept.
    fn broken(&mut self, error: io::Error) -> io::Result<String> {
        let what = match error.kind() {
            io::ErrorKind::UnexpectedEof => "the file ends in the middle of a record",
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
                "the compression is broken, and nothing after it is read"
            }
            _ => return Err(error),
        };
        self.has_ended = true;
        Ok(format!("{what}, after byte {}", self.at))
    }

    fn read(&self, head: &Head, content: &[u8]) -> Result<Option<ImportLine>, String> {
        let (Some(target), Some(date)) = (&head.target, &head.date) else {
            return Ok(None);
        };
        let answer = match head.kind.as_str() {
            "response" => Answer::of_http(content),
            "resource" => Some(Answer {
                content_type: head.content_type.clone(),
                body: content.to_vec(),
            }),
            _ => None,
        };
        let Some(answer) = answer else {
            return Ok(None);
        };
        let Ok(article) = article::read(
            &answer.body,
            answer.content_type.as_deref(),
            target,
            &Place::default(),
        ) else {
            return Ok(None);
        };
        let host = Url::parse(target).ok().and_then(|url| {
            url.host_str()
                .map(|host| host.trim_start_matches("www.").to_owned())
        });
        let publisher = self.publisher.clone().or(host);
        let mut fields: Map<String, Value> = [
            ("time", json!(date)),
            ("publisher", json!(publisher)),
            ("url", json!(target)),
            ("title", json!(article.title)),
            ("text", json!(article.text)),
            ("published", json!(article.published_raw)),
            ("lang", json!(article.lang)),
        ]
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect();
        fields.retain(|_, value| !value.is_null());
        ImportLine::of(&fields)
            .map(Some)
            .map_err(|fault| fault.to_string())
    }
}

impl Records for Pages<'_> {
    fn content_type(&self) -> &'static str {
        // Of each record its content, which is the answer as it came.
        "application/octet-stream"
    }

    fn next(&mut self, body: &mut Vec<u8>) -> io::Result<Option<Record>> {
        if self.has_ended {
            return Ok(None);
        }
        let before = self.at;
        let line = match self.step(body) {
            Ok(Some(line)) => line,
            Ok(None) => return Ok(None),
            Err(error) => Err(self.broken(error)?),
        };
        Ok(Some(Record {
            bytes: self.at - before,
            line,
        }))
    }
}

/// Where the next record begins, and what stands before it.
struct Sought {
    /// `None` at the end of the file.
    at: Option<u64>,
    strange: Option<Strange>,
}

/// Bytes that are no record.
struct Strange {
    from: u64,
    bytes: u64,
}

/// A line of the file without its end.
struct Line {
    bytes: Vec<u8>,
    /// Whether it goes on with a line that was too long for one piece.
    is_begun: bool,
}

/// What a record says of itself.
#[derive(Debug, Default)]
struct Head {
    kind: String,
    target: Option<String>,
    date: Option<String>,
    content_type: Option<String>,
    /// `None` where it is not said, or is no number.
    length: Option<u64>,
}

impl Head {
    fn take(&mut self, line: &str) {
        let Some((name, value)) = line.split_once(':') else {
            return;
        };
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "warc-type" => self.kind = value.to_ascii_lowercase(),
            // Some writers put it in angle brackets (1.0 as printed).
            "warc-target-uri" => {
                self.target = Some(value.trim_matches(['<', '>']).to_owned());
            }
            "warc-date" => self.date = Some(value.to_owned()),
            "content-type" => self.content_type = Some(value.to_owned()),
            "content-length" => self.length = value.parse().ok(),
            _ => {}
        }
    }
}

/// An answer of a web server.
struct Answer {
    content_type: Option<String>,
    body: Vec<u8>,
}

impl Answer {
    /// `None` where it is no success, or is coded in a way that is not read.
    fn of_http(content: &[u8]) -> Option<Self> {
        let end = content.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&content[..end]);
        let mut lines = head.lines();
        let is_success = lines.next()?.split_whitespace().nth(1) == Some("200");
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let header = |name: &str| {
            headers
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.as_str())
        };
        if !is_success {
            return None;
        }
        let mut body = content[end + 4..].to_vec();
        // Tools store bodies with their codings or without, whatever the headers say.
        if header("transfer-encoding").is_some_and(|coding| coding.contains("chunked")) {
            body = unchunked(&body).unwrap_or(body);
        }
        match header("content-encoding")
            .map(str::to_ascii_lowercase)
            .as_deref()
        {
            Some("gzip" | "x-gzip") if body.starts_with(b"\x1F\x8B") => {
                body = inflated(&body)?;
            }
            Some("br" | "zstd" | "deflate") if !body.trim_ascii_start().starts_with(b"<") => {
                return None;
            }
            _ => {}
        }
        Some(Self {
            content_type: header("content-type").map(str::to_owned),
            body,
        })
    }
}

fn inflated(body: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    MultiGzDecoder::new(body)
        .take(PAGE_BYTES_MAX as u64 + 1)
        .read_to_end(&mut out)
        .ok()?;
    Some(out)
}

/// `None` where the body is not chunked after all.
fn unchunked(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    loop {
        let end = body.windows(2).take(20).position(|two| two == b"\r\n")?;
        let size = std::str::from_utf8(&body[..end]).ok()?;
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        if size == 0 {
            return Some(out);
        }
        body = body.get(end + 2..)?;
        out.extend_from_slice(body.get(..size)?);
        body = body.get(size..)?.strip_prefix(b"\r\n")?;
    }
}

#[cfg(test)]
mod tests;
