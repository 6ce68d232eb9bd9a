//! `bellwether run`: poller, analysis, notifier and query daemon in one process.
//!
//! ```text
//! poller --append--> log <--follow-- analysis thread --wake--> notifier
//!                     ^------------------ daemon (reads)
//! ```
//!
//! Each part stops the whole where it cannot go on: half a monitor that looks alive is worse than
//! none.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use bellwether_alert::receiver_labels;
use bellwether_api::wording::Names;
use bellwether_archive::{DataDir, Desk, LogReader, Role, RoleLock};
use bellwether_config::Config;
use bellwether_daemon::{HttpSettings, bind, router, serve};
use bellwether_model::{Clock, Directory, ReceiverId, Source};
use bellwether_notifier::{Notifier, NotifierSettings};
use bellwether_outbound::host_of;
use bellwether_poller::Pages;
use jiff::SignedDuration;
use tokio::sync::{Notify, watch};

use crate::cli::Common;
use crate::clock::SystemClock;
use crate::pipeline::{Pipeline, routing};
use crate::poll::{Polling, folders, poller};
use crate::progress::Progress;
use crate::{ask, keep, setup};

/// How often the analysis looks at the end of the log. Looking costs one indexed read, and works
/// whichever process appends.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// After a piece smaller than this the analysis has caught up.
const PIECE_SMALL: usize = 1_000;

/// What comes within so many looks after a small piece is taken in together: each commit makes a new
/// part of the index, which has to be opened and merged beside the searches.
const GATHER_LOOKS: usize = 5;

/// Clocks that are kept differ by less.
const AHEAD_MAX: SignedDuration = SignedDuration::from_mins(5);

/// Runs until told to stop.
pub(crate) async fn run(common: &Common, listen: Option<SocketAddr>) -> Result<ExitCode> {
    let config = Arc::new(setup::config(common)?);
    let dir = setup::data(common, &config)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let listen = listen.unwrap_or(config.settings.listen);
    // All that can be refused is refused before anything is contacted.
    let listener = bind(listen).await?;
    let index_lock = dir.lock(Role::Index)?;
    let is_first_start =
        LogReader::open(&dir).is_ok_and(|log| log.head().is_ok_and(|head| head.seq.0 == 0));
    let polling = Polling::start(&dir, &config, clock.as_ref()).await?;
    let mut keeper = keep::keeper(&config, &dir, &polling, clock.clone());
    let poller = poller(&config, &dir, &polling.appender, clock.clone())?.within(keeper.room());
    let mut pages = Pages::new(&poller, LogReader::open(&dir)?).await?;
    let mut folders =
        folders(common, &config, &dir, &polling.appender, clock.clone())?.within(keeper.room());
    let desk = Arc::new(Mutex::new(Desk::open(&dir)?));
    let notifier = notifier(&config, &dir, desk.clone(), clock.clone(), false)?;
    let router = router(
        Arc::new(ask::answers(common, &config, &dir, false)),
        HttpSettings::default(),
    );
    say_hello(&config, listener.local_addr()?, is_first_start);
    warn_of_the_future(&dir, clock.as_ref())?;

    let (stop, stopped) = watch::channel(false);
    let wake = Arc::new(Notify::new());
    let analysis = std::thread::Builder::new()
        .name("analysis".to_owned())
        .spawn({
            let (dir, config, stopped, wake) =
                (dir.clone(), config.clone(), stopped.clone(), wake.clone());
            let ended = EndsAll(stop.clone());
            move || {
                let _ended = ended;
                analyse(&dir, index_lock, &config, desk, &stopped, &wake)
            }
        })?;
    let until_stopped = || {
        let mut stopped = stopped.clone();
        async move {
            // A sender that is gone has stopped too.
            let _ = stopped.wait_for(|is_stopped| *is_stopped).await;
        }
    };
    let parts = async {
        tokio::try_join!(
            async {
                poller
                    .run(until_stopped())
                    .await
                    .context("the poller stopped")
            },
            async {
                pages
                    .run(until_stopped())
                    .await
                    .context("the fetching of pages stopped")
            },
            async {
                keeper
                    .run(until_stopped())
                    .await
                    .context("the log was closed")
            },
            async {
                folders
                    .run(until_stopped())
                    .await
                    .context("the watching of folders stopped")
            },
            async {
                notifier.run(stopped.clone(), wake.clone()).await;
                Ok(())
            },
            async {
                serve(listener, router, until_stopped())
                    .await
                    .context("the daemon stopped")
            },
        )
    };
    let result = tokio::select! {
        result = parts => result.map(drop),
        () = setup::told_to_stop() => Ok(()),
    };
    tracing::info!("stopping");
    let _ = stop.send(true);
    let analysed = analysis
        .join()
        .map_err(|_| anyhow!("the analysis ended badly"))?;
    drop(keeper);
    drop((pages, folders));
    drop(poller);
    polling.end()?;
    result.and(analysed.context("the analysis stopped"))?;
    Ok(ExitCode::SUCCESS)
}

/// Stops the other parts when the analysis ends, for whatever reason.
struct EndsAll(watch::Sender<bool>);

impl Drop for EndsAll {
    fn drop(&mut self) {
        let _ = self.0.send(true);
    }
}

fn analyse(
    dir: &DataDir,
    lock: RoleLock,
    config: &Config,
    desk: Arc<Mutex<Desk>>,
    stopped: &watch::Receiver<bool>,
    wake: &Notify,
) -> Result<()> {
    let is_stopped = || *stopped.borrow();
    let mut progress = Progress::new();
    let opened = Pipeline::open(dir, lock, config, Some(desk), &mut progress, &is_stopped);
    let mut pipeline = match opened {
        Err(_) if is_stopped() => return Ok(()),
        opened => opened?,
    };
    while !is_stopped() {
        let step = pipeline.advance()?;
        if step.deliveries > 0 {
            wake.notify_one();
        }
        if step.is_idle {
            std::thread::sleep(LOOK_EVERY);
        } else if step.entries < PIECE_SMALL {
            for _ in 0..GATHER_LOOKS {
                if is_stopped() {
                    break;
                }
                std::thread::sleep(LOOK_EVERY);
            }
        }
    }
    Ok(())
}

/// Whom the routes name to be told that a receiver takes no messages.
fn dead_letters(config: &Config, directory: Directory) -> BTreeMap<ReceiverId, Vec<ReceiverId>> {
    let routing = routing(config, directory);
    let of = |receiver: &ReceiverId| {
        let ways = routing.by_tree(&receiver_labels(receiver)).into_iter();
        (receiver.clone(), ways.map(|way| way.receiver).collect())
    };
    routing.enabled.iter().map(of).collect()
}

/// The notifier of a configuration.
pub(crate) fn notifier(
    config: &Config,
    dir: &DataDir,
    desk: Arc<Mutex<Desk>>,
    clock: Arc<dyn Clock>,
    invented: bool,
) -> Result<Notifier> {
    let election_of: BTreeMap<_, _> = config
        .elections_of_rules()
        .map(|(rule, election)| (rule.clone(), election.clone()))
        .collect();
    let directory = setup::directory(config, &LogReader::open(dir)?)?;
    let settings = NotifierSettings {
        public_url: config.settings.public_url.clone(),
        zone: setup::page_zone(config),
        elections: config.elections.clone(),
        election_of,
        invented,
        names: Names::of(&directory),
        dead_letters: dead_letters(config, directory),
    };
    let outbound = setup::outbound(config)?;
    Ok(Notifier::new(
        desk,
        &outbound,
        config.receivers.clone(),
        settings,
        clock,
    )?)
}

/// The log's time never falls, so after a clock that ran ahead nothing is evaluated until the true
/// time has come there.
fn warn_of_the_future(dir: &DataDir, clock: &dyn Clock) -> Result<()> {
    let now = clock.now();
    let head = LogReader::open(dir)?.head()?.at.unwrap_or(now);
    if head.duration_since(now) > AHEAD_MAX {
        tracing::error!(
            log = %head,
            now = %now,
            "the log's time is ahead of this machine's clock: nothing is evaluated until then; set the \
             clock right, or begin a new data folder"
        );
    }
    Ok(())
}

/// Says what is about to happen; on the first start, whom it will contact.
fn say_hello(config: &Config, listening: SocketAddr, is_first_start: bool) {
    let receivers = config
        .receivers
        .iter()
        .filter(|receiver| receiver.enabled)
        .count();
    eprintln!(
        "bellwether: {} sources on {} hosts, {} rules, {receivers} receivers",
        sources_on(config).count(),
        hosts(config).len(),
        config.routes().count(),
    );
    if is_first_start {
        eprintln!("{}", contacts(config));
    }
    if receivers == 0 {
        eprintln!("no receiver is on: alerts are shown on the page only; see receivers.toml");
    }
    eprintln!("page: http://{listening}/   stop with Ctrl-C");
}

fn sources_on(config: &Config) -> impl Iterator<Item = &Source> {
    config.sources.iter().filter(|source| source.enabled)
}

/// The hosts that configuration names for sources.
fn hosts(config: &Config) -> BTreeSet<String> {
    sources_on(config)
        .flat_map(|source| source.url.iter().chain(&source.reach.fallbacks))
        .map(|url| host_of(url))
        .collect()
}

/// Whom the sources will have it contact, and which way, one host a line.
fn contacts(config: &Config) -> String {
    let mut said = format!("about to contact, {}:", setup::way_out(config));
    for host in hosts(config) {
        said.push_str("\n  ");
        said.push_str(&host);
    }
    if sources_on(config).any(|source| source.reading.article) {
        said.push_str(
            "\n  and for the pages of articles whatever hosts the sources with `article = true` link to",
        );
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(fetch: &str, source: &str) -> Config {
        let temp = tempfile::tempdir().unwrap();
        let folder = temp.path().join("config");
        std::fs::create_dir_all(folder.join("sources")).unwrap();
        std::fs::write(folder.join("bellwether.toml"), fetch).unwrap();
        let source = format!(
            "[[source]]\nid = \"a\"\nname = \"A\"\nkind = \"feed\"\nurl = \"https://a.example/rss\"\n{source}"
        );
        std::fs::write(folder.join("sources/a.toml"), source).unwrap();
        let common = Common {
            config: folder,
            data: None,
            json: false,
            at: None,
        };
        setup::config(&common).unwrap()
    }

    #[test]
    fn all_that_may_be_contacted_is_said_and_which_way() {
        let plain = contacts(&config("", ""));
        assert_eq!(
            plain,
            "about to contact, from this machine's own address:\n  a.example"
        );
        let source = "article = true\nfallbacks = [\"https://b.example/x?token=SECRET\"]\n";
        let proxy = "[fetch]\nproxy = \"socks5h://127.0.0.1:9050\"\n";
        let said = contacts(&config(proxy, source));
        let lines: Vec<_> = said.lines().collect();
        assert_eq!(
            lines[..3],
            [
                "about to contact, through the proxy socks5h://127.0.0.1:9050:",
                "  a.example",
                "  b.example",
            ]
        );
        assert!(lines[3].contains("article = true"), "{said}");
        assert!(!said.contains("SECRET"), "{said}");
    }
}
