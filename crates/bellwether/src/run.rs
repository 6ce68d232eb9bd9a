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
use std::pin::pin;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use axum::Router;
use bellwether_access::Passes;
use bellwether_alert::receiver_labels;
use bellwether_api::wording::Names;
use bellwether_archive::{DataDir, Desk, LogReader, Role, RoleLock};
use bellwether_config::Config;
use bellwether_daemon::{HttpSettings, Reloads, bind, router, serve};
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
use crate::reload::Watch;
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
    // All that can be refused is refused before anything is contacted.
    let has_accounts = Desk::open(&dir)?.has_accounts()?;
    let listener = bind(listen.unwrap_or(config.settings.listen), has_accounts).await?;
    let index_lock = Arc::new(dir.lock(Role::Index)?);
    let is_first_start =
        LogReader::open(&dir).is_ok_and(|log| log.head().is_ok_and(|head| head.seq.0 == 0));
    let polling = Polling::start(&dir, &config, clock.as_ref()).await?;
    let reloads = Reloads::new(clock.now());
    let house = House {
        common,
        desk: Arc::new(Mutex::new(Desk::open(&dir)?)),
        dir,
        clock,
        polling,
        index_lock,
        reloads,
    };
    let (router, routers) = watch::channel(house.router(&config));
    let watch = Watch::new(
        common,
        listen,
        (&house.dir, &house.desk),
        house.reloads.clone(),
        Arc::clone(&house.clock),
    );
    say_hello(&config, listener.local_addr()?, is_first_start);
    warn_of_the_future(&house.dir, house.clock.as_ref())?;

    let (stop, stopped) = watch::channel(false);
    let result = {
        let mut serving = pin!(serve(listener, routers, until(stopped)));
        let result = tokio::select! {
            result = house.live(config, watch, &router) => result,
            served = &mut serving => return served
                .map(|()| ExitCode::SUCCESS)
                .context("the daemon stopped"),
        };
        let _ = stop.send(true);
        serving.await.context("the daemon stopped").and(result)
    };
    house.polling.end()?;
    result?;
    Ok(ExitCode::SUCCESS)
}

/// What stays while configurations come and go.
struct House<'c> {
    common: &'c Common,
    dir: DataDir,
    desk: Arc<Mutex<Desk>>,
    clock: Arc<dyn Clock>,
    polling: Polling,
    index_lock: Arc<RoleLock>,
    reloads: Reloads,
}

/// Why the parts of a configuration ended.
enum End {
    Told,
    Another(Arc<Config>),
}

impl House<'_> {
    /// The daemon of a configuration.
    fn router(&self, config: &Config) -> Router {
        let answers = ask::answers(self.common, config, &self.dir, false);
        let answers = answers.with_reloads(self.reloads.clone());
        router(Arc::new(answers), HttpSettings::default())
    }

    /// Runs the parts of one configuration after the other until told to stop. The daemon answers all the
    /// while, by the last one that was taken.
    async fn live(
        &self,
        mut config: Arc<Config>,
        mut watch: Watch,
        router: &watch::Sender<Router>,
    ) -> Result<()> {
        let mut told = pin!(setup::told_to_stop());
        loop {
            let event = async {
                tokio::select! {
                    () = &mut told => End::Told,
                    another = watch.next(&config) => End::Another(another),
                }
            };
            let another = match self.parts(&config, event).await? {
                End::Told => return Ok(()),
                End::Another(another) => another,
            };
            if another.digest != config.digest {
                self.polling
                    .put_in_force(&another, self.clock.as_ref())
                    .await?;
            }
            config = another;
            self.reloads.taken(self.clock.now());
            for warning in &config.warnings {
                tracing::warn!("{warning}");
            }
            drop(router.send_replace(self.router(&config)));
            tracing::info!("another configuration is in force: {}", counted(&config));
        }
    }

    /// Runs the parts of a configuration until something happens, and lets them end.
    async fn parts(&self, config: &Arc<Config>, event: impl Future<Output = End>) -> Result<End> {
        let (dir, clock, appender) = (&self.dir, &self.clock, &self.polling.appender);
        let mut keeper = keep::keeper(config, dir, &self.polling, clock.clone());
        let poller = poller(config, dir, appender, clock.clone())?.within(keeper.room());
        let mut pages = Pages::new(&poller, LogReader::open(dir)?).await?;
        let mut folders =
            folders(self.common, config, dir, appender, clock.clone())?.within(keeper.room());
        let notifier = notifier(config, dir, self.desk.clone(), clock.clone(), false)?;
        let (stop, stopped) = watch::channel(false);
        let wake = Arc::new(Notify::new());
        let analysis = self.analysis(config, &stop, &wake)?;
        let parts = async {
            tokio::try_join!(
                named(poller.run(until(stopped.clone())), "the poller stopped"),
                named(
                    pages.run(until(stopped.clone())),
                    "the fetching of pages stopped"
                ),
                named(keeper.run(until(stopped.clone())), "the log was closed"),
                named(
                    folders.run(until(stopped.clone())),
                    "the watching of folders stopped"
                ),
                async {
                    notifier.run(stopped.clone(), wake.clone()).await;
                    Ok(())
                },
                async {
                    notifier.hear(stopped.clone()).await;
                    Ok(())
                },
            )
        };
        let mut parts = pin!(parts);
        let result = tokio::select! {
            // Of themselves they end only where one of them cannot go on.
            result = &mut parts => result.map(|_| End::Told),
            event = event => {
                tracing::info!("stopping");
                let _ = stop.send(true);
                // What is on its way to a chat gets time to be answered.
                parts.await.map(|_| event)
            }
        };
        let _ = stop.send(true);
        let analysed = analysis
            .join()
            .map_err(|_| anyhow!("the analysis ended badly"))?;
        let end = result?;
        analysed.context("the analysis stopped")?;
        Ok(end)
    }

    /// The thread that analyses; where it ends, the others are stopped.
    fn analysis(
        &self,
        config: &Arc<Config>,
        stop: &watch::Sender<bool>,
        wake: &Arc<Notify>,
    ) -> Result<JoinHandle<Result<()>>> {
        let thread = std::thread::Builder::new().name("analysis".to_owned());
        let (dir, lock, desk) = (self.dir.clone(), self.index_lock.clone(), self.desk.clone());
        let (config, wake) = (Arc::clone(config), Arc::clone(wake));
        let (ended, stopped) = (EndsAll(stop.clone()), stop.subscribe());
        Ok(thread.spawn(move || {
            let _ended = ended;
            analyse(&dir, lock, &config, desk, &stopped, &wake)
        })?)
    }
}

/// A sender that is gone has stopped too.
async fn until(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|is_stopped| *is_stopped).await;
}

async fn named<E: std::error::Error + Send + Sync + 'static>(
    part: impl Future<Output = Result<(), E>>,
    what: &'static str,
) -> Result<()> {
    part.await.context(what)
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
    lock: Arc<RoleLock>,
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
        passes: Passes::of(dir.pass_key()?),
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
    eprintln!("bellwether: {}", counted(config));
    if is_first_start {
        eprintln!("{}", contacts(config));
    }
    if receivers_on(config) == 0 {
        eprintln!("no receiver is on: alerts are shown on the page only; see receivers.toml");
    }
    eprintln!("page: http://{listening}/   stop with Ctrl-C");
}

/// How much a configuration has, in a line.
fn counted(config: &Config) -> String {
    format!(
        "{} sources on {} hosts, {} rules, {} receivers",
        sources_on(config).count(),
        hosts(config).len(),
        config.routes().count(),
        receivers_on(config),
    )
}

fn receivers_on(config: &Config) -> usize {
    let receivers = config.receivers.iter();
    receivers.filter(|receiver| receiver.enabled).count()
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
