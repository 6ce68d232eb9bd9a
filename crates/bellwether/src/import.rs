//! `bellwether import`.

use std::fs::File;
use std::io::{BufRead, BufReader, stdin};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use bellwether_archive::{DataDir, LogReader};
use bellwether_config::Config;
use bellwether_model::{Clock, Directory, PublisherId, Timestamp};
use bellwether_poller::import::{self, FileFacts, ImportError, ImportReport};
use serde::Serialize;

use crate::cli::{Common, Format};
use crate::clock::SystemClock;
use crate::poll::{Polling, bring_up_to_date};
use crate::progress::Progress;
use crate::setup::Usage;
use crate::{keep, print, setup};

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

/// What is asked for.
struct Import<'a> {
    common: &'a Common,
    format: Format,
    publisher: Option<PublisherId>,
    strict: bool,
    now: Timestamp,
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
    let import = Import {
        common,
        format,
        publisher,
        strict,
        now: common.at.unwrap_or_else(|| SystemClock.now()),
    };
    let polling = Polling::start(&dir, &config, &SystemClock).await?;
    let all_good = import.files(files, &dir, &config, &polling).await;
    // What was forgotten before may stand in a file.
    let kept = keep::keeper(&config, &dir, &polling, Arc::new(SystemClock))
        .look()
        .await;
    // However it went: what is in the log is to be found.
    let ended = polling.end();
    let found = bring_up_to_date(&dir, &config);
    let all_good = all_good?;
    kept?;
    ended.and(found)?;
    Ok(if all_good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

impl Import<'_> {
    /// Imports each file and shows what came of it; one that cannot be imported is noted, and the
    /// others follow. Whether all went in to their ends.
    async fn files(
        &self,
        files: &[PathBuf],
        dir: &DataDir,
        config: &Config,
        polling: &Polling,
    ) -> Result<bool> {
        let mut all_good = true;
        for file in files {
            // Each file may know publishers from the one before.
            let directory = setup::directory(config, &LogReader::open(dir)?)?;
            let name = file.display().to_string();
            match self.file(file, &name, polling, &directory).await {
                Ok(report) => {
                    show(self.common, &name, &report)?;
                    if report.is_stopped {
                        return Ok(false);
                    }
                }
                // A log that cannot keep this file keeps no other.
                Err(error) if is_of_the_log(&error) => return Err(error),
                Err(error) => {
                    eprintln!("error: {error:#}");
                    all_good = false;
                }
            }
        }
        Ok(all_good)
    }

    async fn file(
        &self,
        file: &Path,
        name: &str,
        polling: &Polling,
        directory: &Directory,
    ) -> Result<ImportReport> {
        let reader = open(file).with_context(|| format!("{name} cannot be read"))?;
        let facts = FileFacts {
            name,
            format: self.format.into(),
            publisher: self.publisher.as_ref(),
        };
        let into = import::Into {
            now: self.now,
            appender: &polling.appender,
            directory,
            strict: self.strict,
        };
        let total = std::fs::metadata(file).map_or(0, |metadata| metadata.len());
        let mut progress = Progress::new();
        let report = import::file(facts, reader, &into, |done| {
            progress.show("bytes imported", done.bytes, total.max(done.bytes));
        })
        .await?;
        progress.done();
        Ok(report)
    }
}

fn is_of_the_log(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(ImportError::Log(_)))
}

fn open(file: &Path) -> std::io::Result<Box<dyn BufRead + Send>> {
    if file == Path::new("-") {
        return Ok(Box::new(BufReader::new(stdin())));
    }
    Ok(Box::new(BufReader::new(File::open(file)?)))
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

#[cfg(test)]
mod tests {
    use bellwether_archive::{Derived, Role};

    use super::*;

    const LINE: &str = r#"{"id":"a","time":"2026-11-20T08:00:00Z","publisher":"x","title":"t"}"#;

    #[tokio::test]
    async fn a_file_that_is_not_there_keeps_no_other_from_being_found() {
        let temp = tempfile::tempdir().unwrap();
        let common = Common {
            config: temp.path().join("config"),
            data: Some(temp.path().join("data")),
            json: false,
            at: None,
        };
        std::fs::create_dir(&common.config).unwrap();
        std::fs::write(common.config.join("bellwether.toml"), "").unwrap();
        let file = |name: &str| temp.path().join(name);
        std::fs::write(file("good"), LINE).unwrap();
        std::fs::write(file("good-too"), LINE.replace("\"a\"", "\"b\"")).unwrap();
        let files = ["good", "missing", "good-too"].map(file);
        let ended = import(&common, &files, Format::Ndjson, None, false)
            .await
            .unwrap();
        assert_eq!(format!("{ended:?}"), format!("{:?}", ExitCode::FAILURE));

        let dir = DataDir::open_existing(&temp.path().join("data")).unwrap();
        assert_eq!(LogReader::open(&dir).unwrap().item_count().unwrap(), 2);
        let head = LogReader::open(&dir).unwrap().head().unwrap();
        let followed = Derived::open_readonly(&dir).unwrap().state().unwrap();
        assert_eq!(followed.seq, head.seq);
        assert!(dir.index().exists());
        dir.lock(Role::Poll).unwrap();
    }
}
