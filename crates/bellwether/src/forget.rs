//! `bellwether forget`.
//!
//! Only the process with the role `poll` may write the log. Where nobody has it, this command takes
//! it; else it asks the one who has, by a request in the data folder, and waits until that is done.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use bellwether_archive::{
    ArchiveError, DataDir, Derived, Forget, LogReader, LogWriter, Requests, Role, Tombstone,
};
use bellwether_config::Config;
use bellwether_indexer::LocalEngine;
use bellwether_model::{Clock, ItemId, Timestamp};
use serde::Serialize;

use crate::cli::Common;
use crate::clock::SystemClock;
use crate::poll::bring_up_to_date;
use crate::progress::Progress;
use crate::setup::Usage;
use crate::{print, setup};

/// How long another process may take: it looks every second, and may have gigabytes to write anew.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long those who follow the log may take.
const FOLLOWING: Duration = Duration::from_secs(15);

const LOOK_EVERY: Duration = Duration::from_millis(50);

#[derive(Serialize)]
struct ForgottenBody {
    item: String,
    at: Timestamp,
    by: String,
    why: String,
    digest: String,
    captures: u32,
}

impl From<Tombstone> for ForgottenBody {
    fn from(tombstone: Tombstone) -> Self {
        Self {
            item: tombstone.item.to_string(),
            at: tombstone.at,
            by: tombstone.by,
            why: tombstone.why,
            digest: tombstone.digest,
            captures: tombstone.captures,
        }
    }
}

/// Forgets an item; when this returns well, nobody is shown it and its bytes are in no file of the
/// log.
pub(crate) fn forget(common: &Common, id: &str, by: Option<String>, why: &str) -> Result<ExitCode> {
    let item = id.parse().map(ItemId).map_err(|_| {
        Usage(format!(
            "`{id}` is no id of an item; `bellwether items` shows them"
        ))
    })?;
    let config = setup::config(common)?;
    let dir = setup::existing_data(common, &config)?;
    let log = LogReader::open(&dir)?;
    if log.item(item)?.is_none() && log.tombstone(item)?.is_none() {
        bail!("there is no item `{item}`; `bellwether items` shows them");
    }
    let forget = Forget {
        item,
        by: by.unwrap_or_else(setup::user),
        why: why.to_owned(),
    };
    let now = common.at.unwrap_or_else(|| SystemClock.now());
    let tombstone = done(&dir, &log, &forget, now)?;
    let (by, is_forgotten) = (tombstone.by.clone(), tombstone.is_forgotten);
    follow(&dir, &config, &tombstone)?;
    let body = ForgottenBody::from(tombstone);
    if common.json {
        print::json(&body)?;
    } else if is_forgotten {
        let answers = match body.captures {
            1 => "1 answer that showed it is".to_owned(),
            count => format!("{count} answers that showed it are"),
        };
        print::line(&format!(
            "item {item} is forgotten, since {} by {by}; {answers} not kept any more as received",
            body.at
        ))?;
    } else {
        print::line(&format!("item {item} has expired: {}", body.why))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Has it forgotten, here or by whoever may.
fn done(dir: &DataDir, log: &LogReader, forget: &Forget, now: Timestamp) -> Result<Tombstone> {
    let requests = Requests::of(dir);
    let started = Instant::now();
    let mut is_asked = false;
    loop {
        if let Some(tombstone) = log.tombstone(forget.item)?
            && !log.is_rewriting_due()?
            && !requests.has(forget.item)
        {
            return Ok(tombstone);
        }
        let holder = match dir.lock(Role::Poll) {
            Ok(_lock) => {
                // Whoever comes after a kill knows by the request that it is not done.
                requests.put(forget)?;
                here(dir, forget, now)?;
                requests.remove(forget.item)?;
                continue;
            }
            Err(ArchiveError::Held { holder, .. }) => holder,
            Err(error) => return Err(error.into()),
        };
        if !is_asked && log.tombstone(forget.item)?.is_none() {
            requests.put(forget)?;
            is_asked = true;
        }
        if started.elapsed() > PATIENCE {
            bail!(
                "{holder} and has not yet forgotten item {}; the request stays, and whoever polls next \
                 does it",
                forget.item
            );
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

fn here(dir: &DataDir, forget: &Forget, now: Timestamp) -> Result<()> {
    let mut writer = LogWriter::open(dir)?;
    writer.forget(forget, now)?;
    let mut progress = Progress::new();
    progress.say("taking what showed it out of the files");
    while let Some(rewriting) = writer.begin_rewriting()? {
        let rewritten = rewriting.write()?;
        writer.end_rewriting(&rewritten)?;
    }
    let bytes = writer.scrub_bytes()? / 2;
    progress.say(&format!(
        "writing the database anew, {} MB",
        bytes / 1_000_000
    ));
    writer.scrub()?;
    progress.done();
    let started = Instant::now();
    while !writer.empty_journal()? && started.elapsed() < FOLLOWING {
        std::thread::sleep(LOOK_EVERY);
    }
    Ok(())
}

/// Waits until index and derived data have lost it too, to the last word.
fn follow(dir: &DataDir, config: &Config, tombstone: &Tombstone) -> Result<()> {
    bring_up_to_date(dir, config)?;
    let derived = Derived::open_readonly(dir)?;
    let engine = LocalEngine::new(dir);
    let started = Instant::now();
    loop {
        let is_followed = derived.state()?.seq >= tombstone.seq
            && engine.seq().is_ok_and(|seq| seq >= tombstone.seq)
            && engine.has_traces().is_ok_and(|has_traces| !has_traces);
        if is_followed {
            return Ok(());
        }
        if started.elapsed() > FOLLOWING {
            tracing::warn!(
                "index and derived data are behind the log, or words of the item are still in files of \
                 the index; they lose the item as they go on"
            );
            return Ok(());
        }
        std::thread::sleep(LOOK_EVERY);
    }
}
