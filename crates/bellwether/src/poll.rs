//! `bellwether poll`, and what it shares with `run`: a poller over the configured sources.

use std::process::ExitCode;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Result, anyhow};
use bellwether_api::OutcomeBody;
use bellwether_archive::{Appender, Batch, DataDir, LogReader, LogWriter, Role, RoleLock};
use bellwether_config::Config;
use bellwether_model::{Clock, SourceId, SourceKind};
use bellwether_poller::{Folders, Pages, PollError, PollReport, PollSettings, Poller};

use crate::cli::Common;
use crate::clock::SystemClock;
use crate::pipeline::{Pipeline, never_stopped};
use crate::progress::Progress;
use crate::setup::Usage;
use crate::{keep, print, setup};

/// The role `poll`: the one that appends.
pub(crate) struct Polling {
    pub(crate) appender: Appender,
    thread: JoinHandle<()>,
    lock: RoleLock,
}

impl Polling {
    /// Takes the role, and puts the configuration into force where it is another than before.
    pub(crate) async fn start(dir: &DataDir, config: &Config, clock: &dyn Clock) -> Result<Self> {
        let lock = dir.lock(Role::Poll)?;
        let writer = LogWriter::open(dir)?;
        let in_force = writer.configuration()?;
        let (appender, thread) = Appender::start(writer)?;
        let polling = Self {
            appender,
            thread,
            lock,
        };
        if in_force.as_ref() != Some(&config.digest) {
            polling.put_in_force(config, clock).await?;
        }
        Ok(polling)
    }

    /// Notes in the log that another configuration is in force from now on.
    pub(crate) async fn put_in_force(&self, config: &Config, clock: &dyn Clock) -> Result<()> {
        let mut batch = Batch::new(clock.now());
        batch.configuration = Some((config.digest.clone(), config.text.clone()));
        self.appender.append(batch).await?;
        Ok(())
    }

    /// Waits until all that was handed over is on disk, and gives the role back.
    pub(crate) fn end(self) -> Result<()> {
        drop(self.appender);
        self.thread
            .join()
            .map_err(|_| anyhow!("the thread of the log ended badly"))?;
        drop(self.lock);
        Ok(())
    }
}

/// A poller over the configured sources.
pub(crate) fn poller(
    config: &Config,
    dir: &DataDir,
    appender: &Appender,
    clock: Arc<dyn Clock>,
) -> Result<Poller> {
    let settings = settings(config);
    let reader = LogReader::open(dir)?;
    let outbound = setup::outbound(config)?;
    Ok(Poller::new(
        config.sources.clone(),
        settings,
        outbound,
        appender.clone(),
        &reader,
        clock,
    )?)
}

/// The folders of the configured sources.
pub(crate) fn folders(
    common: &Common,
    config: &Arc<Config>,
    dir: &DataDir,
    appender: &Appender,
    clock: Arc<dyn Clock>,
) -> Result<Folders> {
    let (of_config, of_dir) = (Arc::clone(config), dir.clone());
    let directory = move || setup::directory_now(&of_config, &LogReader::open(&of_dir)?);
    Ok(Folders::new(
        &config.sources,
        &common.config,
        appender.clone(),
        &LogReader::open(dir)?,
        clock,
        Arc::new(directory),
    )?)
}

/// How polling is bounded by configuration.
pub(crate) const fn settings(config: &Config) -> PollSettings {
    let fetch = &config.settings.fetch;
    PollSettings {
        body_bytes_max: fetch.body_bytes_max,
        concurrency: fetch.concurrency,
        per_host: fetch.per_host,
        pause: Duration::from_secs(1),
    }
}

/// Polls once, or until told to stop.
pub(crate) async fn poll(common: &Common, once: bool, only: Vec<String>) -> Result<ExitCode> {
    let config = Arc::new(setup::config(common)?);
    check_sources(&config, &only)?;
    let dir = setup::data(common, &config)?;
    let polling = Polling::start(&dir, &config, &SystemClock).await?;
    let mut keeper = keep::keeper(&config, &dir, &polling, Arc::new(SystemClock));
    let poller =
        poller(&config, &dir, &polling.appender, Arc::new(SystemClock))?.within(keeper.room());
    let mut pages = Pages::new(&poller, LogReader::open(&dir)?).await?;
    let clock = Arc::new(SystemClock);
    let mut folders =
        folders(common, &config, &dir, &polling.appender, clock)?.within(keeper.room());
    if once {
        // First, since what is to be forgotten must not be shown again by what is polled.
        keeper.look().await?;
        let reports = poll_once(&poller, &mut folders, &only).await?;
        // All that are due; those that wait for another attempt have another day.
        for (source, reason) in pages.catch_up().await?.given_up {
            tracing::warn!(%source, reason, "page of an article is not read");
        }
        for report in &reports {
            show(common, report)?;
        }
        if reports.is_empty() && !common.json {
            print::line(&nothing_due(&poller))?;
        }
    } else {
        tokio::try_join!(
            poller.run(setup::told_to_stop()),
            pages.run(setup::told_to_stop()),
            async {
                let kept = keeper.run(setup::told_to_stop()).await;
                kept.map_err(PollError::from)
            },
            folders.run(setup::told_to_stop()),
        )?;
    }
    drop(keeper);
    drop((pages, folders));
    drop(poller);
    polling.end()?;
    if once {
        bring_up_to_date(&dir, &config)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A mistyped id is found before anything is polled.
fn check_sources(config: &Config, only: &[String]) -> Result<(), Usage> {
    let is_polled = |id: &str| {
        config
            .sources
            .iter()
            .any(|source| source.id.as_str() == id && source.kind != SourceKind::Import)
    };
    match only.iter().find(|id| !is_polled(id)) {
        Some(id) => Err(Usage(
            PollError::UnknownSource(SourceId::new(id)).to_string(),
        )),
        None => Ok(()),
    }
}

async fn poll_once(
    poller: &Poller,
    folders: &mut Folders,
    only: &[String],
) -> Result<Vec<PollReport>> {
    if only.is_empty() {
        let mut reports = poller.poll_due().await?;
        reports.extend(folders.look(None).await?);
        return Ok(reports);
    }
    let mut reports = Vec::new();
    for id in only {
        let id = SourceId::new(id);
        if folders.knows(&id) {
            reports.extend(folders.look(Some(&id)).await?);
        } else {
            reports.push(poller.poll(&id).await?);
        }
    }
    Ok(reports)
}

fn nothing_due(poller: &Poller) -> String {
    match poller
        .next_due()
        .filter(|at| *at < bellwether_model::Timestamp::MAX)
    {
        Some(at) => format!("no source is due; the next one is at {at}"),
        None => "no source is on; `bellwether sources` lists them".to_owned(),
    }
}

fn show(common: &Common, report: &PollReport) -> Result<()> {
    if common.json {
        return print::json(&OutcomeBody::from_model(&report.outcome));
    }
    let outcome = &report.outcome;
    let status = outcome
        .status
        .map(|status| format!(" {status}"))
        .unwrap_or_default();
    let mut text = format!(
        "{}: {}{status}, {} new, {} updated, {} unchanged",
        report.source,
        outcome.kind.as_str(),
        outcome.items_new,
        outcome.items_updated,
        outcome.items_unchanged,
    );
    for (what, note) in [("repaired", &outcome.repaired), ("error", &outcome.error)] {
        if let Some(note) = note {
            text.push_str(&format!("; {what}: {note}"));
        }
    }
    print::line(&text)
}

/// How long a command waits for parts of the index to be written anew. Whoever opens it next goes on.
const FORGETTING_MAX: Duration = Duration::from_secs(120);

/// Makes what was just received searchable, unless somebody else is at it: they will.
pub(crate) fn bring_up_to_date(dir: &DataDir, config: &Config) -> Result<()> {
    let Ok(lock) = dir.lock(Role::Index) else {
        return Ok(());
    };
    let mut progress = Progress::new();
    let lock = Arc::new(lock);
    let mut pipeline = Pipeline::open(dir, lock, config, None, &mut progress, &never_stopped)?;
    pipeline.catch_up(&mut progress)?;
    pipeline.settle(FORGETTING_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_source_that_is_not_there_is_a_matter_of_usage() {
        let temp = tempfile::tempdir().unwrap();
        let common = Common {
            config: temp.path().join("config"),
            data: Some(temp.path().join("data")),
            json: false,
            at: None,
        };
        std::fs::create_dir(&common.config).unwrap();
        std::fs::write(common.config.join("bellwether.toml"), "").unwrap();
        let error = poll(&common, true, vec!["nope".to_owned()])
            .await
            .unwrap_err();
        assert!(error.is::<Usage>(), "{error:#}");
        assert!(error.to_string().contains("`nope`"), "{error:#}");
        assert!(!temp.path().join("data").exists(), "nothing was begun");
    }
}
