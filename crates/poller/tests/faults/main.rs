//! Faults from seeds: servers that hang, cut, reset, drip and lie about lengths, and a poller that is
//! killed at any write. Nothing is lost, nothing is there twice, and whatever was not received whole
//! is visible in the outcome.
//!
//! A kill is what it leaves on the disk: of the writes of one append in their order (the capture, then
//! the journal of the database) a prefix. So a kill at any write is a copy of the folder that ends
//! there, and needs no other process.
//!
//! `BELLWETHER_SEEDS` says how many seeds, `BELLWETHER_SEED` which single one.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot set up its world must fail"
)]

mod disk;
mod server;
#[path = "../world/source.rs"]
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bellwether_archive::{Appender, DataDir, LogReader, LogWriter};
use bellwether_model::{Clock, Item, Outcome, OutcomeKind, SourceId, Timestamp};
use bellwether_outbound::{Outbound, OutboundSettings};
use bellwether_poller::{PollSettings, Poller};
use bellwether_testkit::Chance;
use server::{Fault, Server};

const SEEDS: u64 = 200;
/// Seeds at once: most of their time they wait for servers.
const AT_ONCE: usize = 16;
const STEPS: u64 = 8;
const SOURCES: usize = 3;
/// Short, since many faults are waited for; what is honest and slower is only one more fault.
const TIMEOUT: Duration = Duration::from_millis(300);
/// For the end, where nothing must fail.
const PATIENCE: Duration = Duration::from_secs(20);

struct TestClock(Mutex<Timestamp>);

impl TestClock {
    fn advance(&self, seconds: u64) {
        let mut now = self.0.lock().unwrap();
        *now = now.checked_add(Duration::from_secs(seconds)).unwrap();
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// One run of the poller, from a start to a kill.
struct Life {
    folder: tempfile::TempDir,
    poller: Poller,
    appender: Appender,
    log: std::thread::JoinHandle<()>,
    reader: LogReader,
}

impl Life {
    fn begin(
        folder: tempfile::TempDir,
        server: &Server,
        clock: &Arc<TestClock>,
        timeout: Duration,
    ) -> Self {
        let dir = DataDir::open(&folder.path().join("data")).unwrap();
        let (appender, log) = Appender::start(LogWriter::open(&dir).unwrap()).unwrap();
        let reader = LogReader::open(&dir).unwrap();
        let outbound = Outbound::new(OutboundSettings {
            allow_networks: vec!["127.0.0.0/8".parse().unwrap()],
            timeout,
            connect_timeout: timeout,
            ..OutboundSettings::default()
        })
        .unwrap();
        let settings = PollSettings {
            body_bytes_max: 256 * 1024,
            ..PollSettings::default()
        };
        let sources = (0..SOURCES)
            .map(|number| source::feed(id(number).as_str(), server.url(number)))
            .collect();
        let clock: Arc<dyn Clock> = clock.clone();
        let poller = Poller::new(
            sources,
            settings,
            outbound,
            appender.clone(),
            &reader,
            clock,
        )
        .unwrap();
        Self {
            folder,
            poller,
            appender,
            log,
            reader,
        }
    }

    /// Ends at once; the folder that is left. What was handed to the log is on its way.
    fn kill(self) -> tempfile::TempDir {
        drop((self.poller, self.appender, self.reader));
        self.log.join().unwrap();
        self.folder
    }

    fn items(&self, source: usize) -> Vec<Item> {
        let ids = self.reader.items_of(Some(&id(source)), 10_000).unwrap();
        ids.into_iter()
            .map(|id| self.reader.item(id).unwrap().unwrap())
            .collect()
    }

    /// The ids of its items, each of which is there once and has its capture.
    fn guids(&self, source: usize, what: &str) -> BTreeSet<String> {
        let items = self.items(source);
        let guids: BTreeSet<String> = items.iter().filter_map(|item| item.guid.clone()).collect();
        assert_eq!(guids.len(), items.len(), "{what}: an item is there twice");
        for item in &items {
            let capture = self.reader.capture(item.capture).unwrap();
            assert!(capture.is_some(), "{what}: a capture is lost");
        }
        guids
    }
}

fn id(source: usize) -> SourceId {
    SourceId::new(format!("s{source}"))
}

/// What a seed has seen.
#[derive(Default)]
struct Tally {
    polls: u64,
    kills: u64,
    by_outcome: BTreeMap<&'static str, u64>,
}

struct Seed {
    number: u64,
    chance: Chance,
    server: Server,
    clock: Arc<TestClock>,
    /// What the log said it has.
    acknowledged: Vec<BTreeSet<String>>,
    tally: Tally,
}

impl Seed {
    async fn run(number: u64) -> Tally {
        let clock = Arc::new(TestClock(Mutex::new(
            "2026-11-20T00:00:00Z".parse().unwrap(),
        )));
        let mut seed = Self {
            number,
            chance: Chance::of(number),
            server: Server::start(SOURCES).await,
            clock,
            acknowledged: vec![BTreeSet::new(); SOURCES],
            tally: Tally::default(),
        };
        let folder = tempfile::tempdir().unwrap();
        let mut life = Life::begin(folder, &seed.server, &seed.clock, TIMEOUT);
        for _ in 0..STEPS {
            life = seed.step(life).await;
        }
        seed.end(life).await;
        seed.tally
    }

    fn what(&self, what: &str) -> String {
        format!(
            "{what} (BELLWETHER_SEED={} cargo test --release -p bellwether-poller --test faults)",
            self.number
        )
    }

    /// The sources publish, some servers fail, all are polled; now and then the poller is killed.
    async fn step(&mut self, life: Life) -> Life {
        self.clock.advance(600 + self.chance.below(3_600));
        for source in 0..SOURCES {
            self.server.publish(source, &mut self.chance);
            self.server.fail(source, Fault::by(&mut self.chance));
        }
        match self.chance.below(4) {
            0 => self.killed_at_a_write(life).await,
            1 => self.killed_under_way(life).await,
            _ => {
                let ids: Vec<SourceId> = (0..SOURCES).map(id).collect();
                let polls = ids.iter().map(|id| life.poller.poll(id));
                let ended = futures_util::future::join_all(polls).await;
                for (source, report) in ended.into_iter().enumerate() {
                    self.check(&life, source, &report.unwrap().outcome);
                }
                life
            }
        }
    }

    /// What the outcome says is what the log has.
    fn check(&mut self, life: &Life, source: usize, outcome: &Outcome) {
        self.tally.polls += 1;
        *self
            .tally
            .by_outcome
            .entry(outcome.kind.as_str())
            .or_default() += 1;
        let (shown, fault) = self.server.shows(source);
        let what = self.what(&format!("{fault:?} {outcome:?}"));
        let kept = life.guids(source, &what);
        let is_clean = outcome.kind.is_collected() && outcome.repaired.is_none();
        let is_denied = fault == Fault::Frozen && outcome.kind == OutcomeKind::NotModified;
        if is_clean && !is_denied {
            let missing: Vec<_> = shown.keys().filter(|guid| !kept.contains(*guid)).collect();
            assert!(missing.is_empty(), "{what}: silently lost {missing:?}");
            assert!(fault.may_pass(), "{what}: the fault is not visible");
        } else if !is_clean {
            assert!(
                outcome.error.is_some() || outcome.repaired.is_some(),
                "{what}: no reason"
            );
        }
        let last = life.reader.last_outcome(&id(source)).unwrap().unwrap();
        assert_eq!(
            last.kind, outcome.kind,
            "{what}: coverage says something else"
        );
        assert_eq!(
            (last.error, last.repaired),
            (outcome.error.clone(), outcome.repaired.clone()),
            "{what}"
        );
        assert_eq!(last.at, outcome.at, "{what}");
        for known in &self.acknowledged[source] {
            assert!(
                kept.contains(known),
                "{what}: {known} was acknowledged and is lost"
            );
        }
        self.acknowledged[source] = kept;
    }

    /// One poll whose writes end at any byte.
    async fn killed_at_a_write(&mut self, life: Life) -> Life {
        let source = usize::try_from(self.chance.below(SOURCES as u64)).unwrap();
        let root = life.folder.path().join("data");
        let before = disk::Folder::read(&root);
        life.poller.poll(&id(source)).await.unwrap();
        let after = disk::Folder::read(&root);
        let copy = tempfile::tempdir().unwrap();
        after.write_prefix(&before, &copy.path().join("data"), &mut self.chance);
        drop(life.kill());
        self.begin_again(copy)
    }

    /// Killed while requests and appends are on their way.
    async fn killed_under_way(&mut self, life: Life) -> Life {
        let ids: Vec<SourceId> = (0..SOURCES).map(id).collect();
        let polls = futures_util::future::join_all(ids.iter().map(|id| life.poller.poll(id)));
        let life_ms = self.chance.below(40);
        let _ = tokio::time::timeout(Duration::from_millis(life_ms), polls).await;
        let folder = life.kill();
        self.begin_again(folder)
    }

    fn begin_again(&mut self, folder: tempfile::TempDir) -> Life {
        self.tally.kills += 1;
        let life = Life::begin(folder, &self.server, &self.clock, TIMEOUT);
        for source in 0..SOURCES {
            let kept = life.guids(source, &self.what("after a kill"));
            let is_kept = self.acknowledged[source].is_subset(&kept);
            assert!(
                is_kept,
                "{}",
                self.what("an acknowledged item is lost by a kill")
            );
            self.acknowledged[source] = kept;
        }
        life
    }

    /// All servers are honest again: everything is there, once, with its last wording.
    async fn end(&mut self, life: Life) {
        let folder = life.kill();
        let life = Life::begin(folder, &self.server, &self.clock, PATIENCE);
        // Past all that is believed of "not modified".
        self.clock.advance(13 * 3600);
        for source in 0..SOURCES {
            self.server.fail(source, Fault::None);
            for _ in 0..2 {
                let outcome = life.poller.poll(&id(source)).await.unwrap().outcome;
                self.check(&life, source, &outcome);
                assert!(
                    outcome.kind.is_collected(),
                    "{}",
                    self.what(&format!("{outcome:?}"))
                );
                self.clock.advance(600);
            }
            let (shown, _) = self.server.shows(source);
            let what = self.what("in the end");
            assert_eq!(
                life.guids(source, &what),
                shown.keys().cloned().collect(),
                "{what}"
            );
            for item in life.items(source) {
                let entry = &shown[&item.guid.clone().unwrap()];
                assert_eq!(item.title, entry.title, "{what}");
                assert!(
                    item.versions <= entry.edits + 1,
                    "{what}: a version is there twice"
                );
                let wordings = life.reader.wordings(item.id, 0, 100).unwrap();
                let is_twice = wordings.windows(2).any(|two| two[0].title == two[1].title);
                assert!(!is_twice, "{what}: a version is there twice");
            }
        }
        drop(life.kill());
    }
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn nothing_is_lost_nothing_is_there_twice_every_fault_is_visible() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let seeds = match number("BELLWETHER_SEED") {
        Some(seed) => seed..=seed,
        None => 1..=number("BELLWETHER_SEEDS").unwrap_or(SEEDS),
    };
    let count = seeds.clone().count();
    let tally = runtime.block_on(async {
        use futures_util::StreamExt;
        let runs = seeds.map(|seed| tokio::spawn(Seed::run(seed)));
        let mut under_way = futures_util::stream::iter(runs).buffer_unordered(AT_ONCE);
        let mut total = Tally::default();
        while let Some(tally) = under_way.next().await {
            let tally = tally.unwrap();
            total.polls += tally.polls;
            total.kills += tally.kills;
            for (kind, number) in tally.by_outcome {
                *total.by_outcome.entry(kind).or_default() += number;
            }
        }
        total
    });
    println!(
        "{count} seeds: {} polls, {} kills, {:?}",
        tally.polls, tally.kills, tally.by_outcome
    );
    for kind in OutcomeKind::ALL {
        // A refusal is a matter of addresses.
        let is_seen = tally.by_outcome.contains_key(kind.as_str());
        assert!(
            is_seen || kind == OutcomeKind::Refused || count < 50,
            "never {kind:?}"
        );
    }
}
