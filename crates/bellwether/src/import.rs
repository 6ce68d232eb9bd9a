//! `bellwether import`.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, stdin};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use bellwether_archive::LogReader;
use bellwether_model::{Clock, PublisherId, Timestamp};
use bellwether_poller::import::{self, ImportReport};
use serde::Serialize;

use crate::cli::{Common, Format};
use crate::clock::SystemClock;
use crate::poll::{Polling, bring_up_to_date};
use crate::progress::Progress;
use crate::setup::Usage;
use crate::{print, setup};

/// A feed file longer than this is none.
const FEED_BYTES_MAX: u64 = 64 << 20;

#[derive(Serialize)]
struct ImportBody {
    file: String,
    lines: u64,
    items_new: u64,
    items_updated: u64,
    items_unchanged: u64,
    bad_count: u64,
    bad: Vec<BadLineBody>,
    stopped: bool,
    repaired: Option<String>,
}

#[derive(Serialize)]
struct BadLineBody {
    line: u64,
    reason: String,
}

/// Imports files into the log and makes them searchable.
pub(crate) async fn import(
    common: &Common,
    files: &[PathBuf],
    format: Format,
    publisher: Option<String>,
    strict: bool,
) -> Result<ExitCode> {
    let publisher = publisher
        .map(|id| PublisherId::parse(&id))
        .transpose()
        .map_err(|error| Usage(error.to_string()))?;
    let config = setup::config(common)?;
    let dir = setup::data(common, &config)?;
    let now = common.at.unwrap_or_else(|| SystemClock.now());
    let polling = Polling::start(&dir, &config, &SystemClock).await?;
    let mut has_stopped = false;
    for file in files {
        // Each file may know publishers from the one before.
        let directory = setup::directory(&config, &LogReader::open(&dir)?)?;
        let name = file.display().to_string();
        let report = match (format, &publisher) {
            (Format::Feed, Some(publisher)) => {
                let body = read_all(file).with_context(|| format!("{name} cannot be read"))?;
                import::feed_file(
                    body,
                    &name,
                    None,
                    publisher,
                    now,
                    &polling.appender,
                    &directory,
                )
                .await?
            }
            _ => {
                let reader = open(file).with_context(|| format!("{name} cannot be read"))?;
                lines(reader, &name, now, &polling, &directory, strict).await?
            }
        };
        has_stopped |= report.is_stopped;
        show(common, &name, &report)?;
        if has_stopped {
            break;
        }
    }
    polling.end()?;
    bring_up_to_date(&dir, &config)?;
    Ok(if has_stopped {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

async fn lines(
    reader: Box<dyn BufRead + Send>,
    name: &str,
    now: Timestamp,
    polling: &Polling,
    directory: &bellwether_model::Directory,
    strict: bool,
) -> Result<ImportReport> {
    let total = std::fs::metadata(name).map_or(0, |metadata| metadata.len());
    let mut progress = Progress::new();
    let report = import::ndjson(
        reader,
        name,
        now,
        &polling.appender,
        directory,
        strict,
        |done| {
            progress.show("bytes imported", done.bytes, total.max(done.bytes));
        },
    )
    .await?;
    progress.done();
    Ok(report)
}

fn open(file: &Path) -> std::io::Result<Box<dyn BufRead + Send>> {
    if file == Path::new("-") {
        return Ok(Box::new(BufReader::new(stdin())));
    }
    Ok(Box::new(BufReader::new(File::open(file)?)))
}

fn read_all(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut body = Vec::new();
    open(file)?
        .take(FEED_BYTES_MAX + 1)
        .read_to_end(&mut body)?;
    if body.len() as u64 > FEED_BYTES_MAX {
        let limit = FEED_BYTES_MAX >> 20;
        return Err(std::io::Error::other(format!(
            "it is longer than {limit} MiB, more than any feed"
        )));
    }
    Ok(body)
}

fn show(common: &Common, name: &str, report: &ImportReport) -> Result<()> {
    if common.json {
        return print::json(&ImportBody {
            file: name.to_owned(),
            lines: report.lines,
            items_new: report.items_new,
            items_updated: report.items_updated,
            items_unchanged: report.items_unchanged,
            bad_count: report.bad_count,
            bad: report
                .bad
                .iter()
                .map(|bad| BadLineBody {
                    line: bad.line,
                    reason: bad.reason.clone(),
                })
                .collect(),
            stopped: report.is_stopped,
            repaired: report.repaired.clone(),
        });
    }
    print::line(&format!(
        "{name}: {} new, {} updated, {} unchanged, {} bad lines",
        report.items_new, report.items_updated, report.items_unchanged, report.bad_count,
    ))?;
    for bad in &report.bad {
        print::line(&format!("{name}:{}: {}", bad.line, bad.reason))?;
    }
    let unlisted = report.bad_count - report.bad.len() as u64;
    if unlisted > 0 {
        print::line(&format!("{name}: and {unlisted} more bad lines"))?;
    }
    if report.is_stopped {
        print::line(&format!(
            "{name}: stopped there, as --strict asks; what came before it is kept"
        ))?;
    }
    Ok(())
}
