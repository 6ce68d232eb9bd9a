//! `bellwether demo`: an invented election, played through the real program on a virtual clock.
//!
//! History is imported; the last day is polled from feeds on loopback. Time moves on only when all
//! that was received has been read to its end, so the replay gives the same on any machine.

mod stage;

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Context, Result};
use bellwether_archive::{DataDir, Desk, LogReader, Role};
use bellwether_config::Config;
use bellwether_daemon::{HttpSettings, bind, router, serve};
use bellwether_demo::World;
use bellwether_model::{Clock, Timestamp};
use bellwether_poller::import;
use jiff::SignedDuration;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::cli::Common;
use crate::demo::stage::Stage;
use crate::pipeline::{Pipeline, never_stopped};
use crate::poll::{Polling, poller};
use crate::progress::Progress;
use crate::{ask, print, run, setup};

/// The variable that the invented configuration reads the chat's address from.
const CHAT_URL: &str = "BELLWETHER_DEMO_CHAT";

/// The step of the virtual clock: one tick of the log's time.
const STEP: SignedDuration = SignedDuration::from_secs(60);

/// A clock that moves when it is told to.
#[derive(Debug)]
pub(crate) struct VirtualClock(Mutex<Timestamp>);

impl VirtualClock {
    fn set(&self, to: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = to;
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Plays the demo, and then serves its page unless `exit`.
pub(crate) async fn demo(common: &Common, exit: bool, listen: SocketAddr) -> Result<ExitCode> {
    // A port that is taken is said now, not after the replay.
    let listener = if exit {
        None
    } else {
        Some(bind(listen, false).await?)
    };
    let page = listener.as_ref().map(TcpListener::local_addr).transpose()?;
    let world = Arc::new(World::new());
    let clock = Arc::new(VirtualClock(Mutex::new(world.last_day().from)));
    let stage = Stage::open(world.clone(), clock.clone()).await?;
    // Kept until the end: dropping it deletes the folder.
    let (temporary, root) = setup::new_folder(common, "demo")?;
    let mut config = configure(&world, &stage, &root)?;
    config.settings.public_url = page.map(|page| format!("http://{page}"));
    let dir = DataDir::open(&root.join("data"))?;
    print::line(
        "[DEMO] An invented election in an invented place: no outlet, person or event is real.",
    )?;
    let started = Instant::now();
    tokio::select! {
        played = play(&world, &stage, &config, &dir, &clock) => played?,
        () = setup::told_to_stop() => return Ok(ExitCode::SUCCESS),
    }
    print::line(&format!(
        "replayed in {:.1} s",
        started.elapsed().as_secs_f64()
    ))?;
    if temporary.is_none() {
        print::line(&format!("kept in {}", root.display()))?;
    }
    if let (Some(listener), Some(page)) = (listener, page) {
        print::line(&format!(
            "page: http://{page}/   chat: {}   stop with Ctrl-C",
            stage.chat_page(),
        ))?;
        let answers = Arc::new(ask::answers_at(&config, &dir, true, clock));
        let router = router(answers, HttpSettings::default());
        let (_only, routers) = watch::channel(router);
        serve(listener, routers, setup::told_to_stop()).await?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes the invented configuration, and reads it as any other.
fn configure(world: &World, stage: &Stage, root: &Path) -> Result<Config> {
    let folder = root.join("config");
    for (name, text) in world.config_files(&stage.base(), CHAT_URL) {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)
                .with_context(|| format!("{} cannot be made", parent.display()))?;
        }
        std::fs::write(&path, text)
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    let chat = stage.chat_webhook();
    let environment = |name: &str| (name == CHAT_URL).then(|| chat.clone());
    bellwether_config::load(&folder, &environment)
        .context("the demo's own configuration is at fault")
}

async fn play(
    world: &World,
    stage: &Stage,
    config: &Config,
    dir: &DataDir,
    clock: &Arc<VirtualClock>,
) -> Result<()> {
    let mut progress = Progress::new();
    let polling = Polling::start(dir, config, clock.as_ref()).await?;
    let items = import_history(world, config, dir, &polling, clock.now()).await?;
    let history = world.history_span();
    print::line(&format!(
        "imported {items} items as history, {} to {}",
        history.from, history.to
    ))?;

    let desk = Arc::new(Mutex::new(Desk::open(dir)?));
    let lock = Arc::new(dir.lock(Role::Index)?);
    let mut pipeline = Pipeline::open(
        dir,
        lock,
        config,
        Some(desk.clone()),
        &mut progress,
        &never_stopped,
    )?;
    pipeline.catch_up(&mut progress)?;
    let poller = poller(config, dir, &polling.appender, clock.clone())?;
    let notifier = run::notifier(config, dir, desk, clock.clone(), true)?;

    let day = world.last_day();
    print::line(&format!(
        "polling {} feeds through the last day, {} to {}",
        config
            .sources
            .iter()
            .filter(|source| source.enabled)
            .count(),
        day.from,
        day.to,
    ))?;
    let mut now = day.from;
    let minutes = (day.to.as_second() - day.from.as_second()) / STEP.as_secs();
    for minute in 0..=minutes {
        clock.set(now);
        poller.poll_due().await?;
        poller.heartbeat().await?;
        pipeline.catch_up(&mut Progress::new())?;
        notifier.deliver_due().await?;
        for message in stage.new_messages() {
            progress.done();
            print::line(&format!("\n{now} the chat receives:"))?;
            for text in message.lines() {
                print::line(&format!("  {text}"))?;
            }
            print::line("")?;
        }
        progress.show(
            "minutes replayed",
            minute.unsigned_abs(),
            minutes.unsigned_abs(),
        );
        now = now.checked_add(STEP)?;
    }
    progress.done();
    drop(poller);
    polling.end()?;
    let log = LogReader::open(dir)?;
    print::line(&format!(
        "{} items kept, {} messages sent",
        log.item_count()?,
        stage.message_count()
    ))?;
    Ok(())
}

async fn import_history(
    world: &World,
    config: &Config,
    dir: &DataDir,
    polling: &Polling,
    now: Timestamp,
) -> Result<u64> {
    let mut lines = String::new();
    for line in world.history() {
        lines.push_str(&line);
        lines.push('\n');
    }
    let directory = setup::directory(config, &LogReader::open(dir)?)?;
    let name = "history.ndjson";
    let appender = &polling.appender;
    let report = import::ndjson(
        lines.as_bytes(),
        name,
        now,
        appender,
        &directory,
        true,
        |_| {},
    )
    .await?;
    anyhow::ensure!(
        report.bad_count == 0,
        "the demo's own history is at fault: {:?}",
        report.bad
    );
    Ok(report.items_new)
}
