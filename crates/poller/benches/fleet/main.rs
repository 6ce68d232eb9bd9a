//! A fleet of sources: 2,000 on 500 hosts at 10 minutes, on a clock that runs 24 times as fast.
//!
//! Twice: once with honest servers, once where of the hosts 20 % hang, 5 % send without end, 5 % send
//! bombs and 5 % reset. The servers are another process, so that what is measured is the poller.
//! Prints a table and fails where a goal is missed: no poll of an honest host later than a tenth of
//! its interval, never more requests at a host than allowed, memory below 300 MiB.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a benchmark that cannot set up its world must fail"
)]

mod server;
#[path = "../../tests/world/source.rs"]
mod source;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bellwether_archive::{Appender, DataDir, LogReader, LogWriter};
use bellwether_model::{Clock, Source, SourceId, Timestamp};
use bellwether_outbound::{Outbound, OutboundSettings};
use bellwether_poller::{Ending, PollSettings, Poller, Standing};
use server::{HOSTS, PER_HOST, Stats, is_honest};

const SOURCES: usize = 2_000;
const EVERY: Duration = Duration::from_secs(600);
/// How many times as fast the poller's clock runs.
const FASTER: u32 = 24;
/// Intervals that a scenario lasts.
const INTERVALS: u32 = 3;
/// The part of its interval by which a poll may be late.
const LATE_MAX: f64 = 0.1;
const MEMORY_MIB_MAX: u64 = 300;

struct FastClock {
    start: Timestamp,
    began: Instant,
}

impl Clock for FastClock {
    fn now(&self) -> Timestamp {
        self.start
            .checked_add(self.began.elapsed() * FASTER)
            .unwrap()
    }
}

/// The servers, ended when dropped.
struct Servers {
    child: Child,
    port: u16,
}

impl Servers {
    fn start(scenario: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .env(server::SCENARIO, scenario)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        child.stdout = Some(out.into_inner());
        let port = line.trim().parse().unwrap();
        Self { child, port }
    }

    fn stats(mut self) -> Stats {
        self.child.stdin.take().unwrap().write_all(b"\n").unwrap();
        let out = BufReader::new(self.child.stdout.take().unwrap());
        let stats = serde_json::from_reader(out).unwrap();
        self.child.wait().unwrap();
        stats
    }
}

fn source(number: usize, port: u16) -> Source {
    let id = format!("s{number}");
    let host = server::address(number % HOSTS);
    Source {
        every: EVERY,
        ..source::feed(&id, format!("http://{host}:{port}/{id}"))
    }
}

/// What a scenario came to.
struct Result {
    polls: usize,
    outcomes: BTreeMap<&'static str, usize>,
    /// In parts of the interval, sorted.
    late: Vec<f64>,
    /// Seconds of the poller's clock until every honest source was polled once.
    first_round_s: f64,
    at_once: usize,
    at_once_held: usize,
    memory_mib: u64,
}

async fn run(scenario: &str) -> Result {
    let servers = Servers::start(scenario);
    let folder = tempfile::tempdir().unwrap();
    let dir = DataDir::open(&folder.path().join("data")).unwrap();
    let (appender, log) = Appender::start(LogWriter::open(&dir).unwrap()).unwrap();
    let clock = Arc::new(FastClock {
        start: "2026-11-20T00:00:00Z".parse().unwrap(),
        began: Instant::now(),
    });
    let outbound = Outbound::new(OutboundSettings {
        allow_networks: vec!["127.0.0.0/8".parse().unwrap()],
        timeout: Duration::from_secs(30) / FASTER,
        connect_timeout: Duration::from_secs(10) / FASTER,
        ..OutboundSettings::default()
    })
    .unwrap();
    let sources = (0..SOURCES)
        .map(|number| source(number, servers.port))
        .collect();
    let reader = LogReader::open(&dir).unwrap();
    let settings = PollSettings {
        per_host: PER_HOST,
        ..PollSettings::default()
    };
    let poller = Poller::new(
        sources,
        settings,
        outbound,
        appender.clone(),
        &reader,
        clock,
    )
    .unwrap();
    poller
        .run(tokio::time::sleep(EVERY * INTERVALS / FASTER))
        .await
        .unwrap();
    drop(poller);
    drop(appender);
    log.join().unwrap();
    let memory_mib = memory_peak_mib();
    let mut outcomes = BTreeMap::new();
    for number in 0..SOURCES {
        let id = SourceId::new(format!("s{number}"));
        if let Some(outcome) = reader.last_outcome(&id).unwrap() {
            *outcomes.entry(outcome.kind.as_str()).or_default() += 1;
        }
    }
    let stats = servers.stats();
    let is_honest =
        |name: &str| scenario == "honest" || is_honest(name[1..].parse::<usize>().unwrap() % HOSTS);
    let honest = || stats.asked.iter().filter(|(name, _)| is_honest(name));
    let mut late: Vec<f64> = honest()
        .flat_map(|(name, times)| lateness(name, times))
        .collect();
    late.sort_by(f64::total_cmp);
    assert_eq!(
        honest().count(),
        (0..SOURCES)
            .filter(|n| scenario == "honest" || server::is_honest(n % HOSTS))
            .count()
    );
    let first_round = honest().map(|(_, times)| times[0]).fold(0.0, f64::max);
    let begin = stats
        .asked
        .values()
        .map(|times| times[0])
        .fold(f64::MAX, f64::min);
    Result {
        polls: stats.asked.values().map(Vec::len).sum(),
        outcomes,
        late,
        first_round_s: (first_round - begin) * f64::from(FASTER),
        at_once: stats.at_once_max,
        at_once_held: stats.held_max,
        memory_mib,
    }
}

/// How late each poll after the first was, in parts of the interval.
fn lateness(name: &str, times: &[f64]) -> Vec<f64> {
    let at = Timestamp::UNIX_EPOCH;
    let next = Standing::default()
        .after(
            &SourceId::new(name),
            EVERY,
            EVERY,
            at,
            Ending::Collected { fresh_for: None },
        )
        .next_at
        .unwrap();
    let wait = next.duration_since(at).as_secs_f64();
    times
        .windows(2)
        .map(|two| (two[1] - two[0]) * f64::from(FASTER) - wait)
        .map(|late| late / EVERY.as_secs_f64())
        .collect()
}

fn memory_peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}

fn main() -> ExitCode {
    if let Ok(scenario) = std::env::var(server::SCENARIO) {
        server::serve(&scenario);
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    println!(
        "{SOURCES} sources on {HOSTS} hosts, every {} s, {INTERVALS} intervals on a clock {FASTER} times as fast",
        EVERY.as_secs()
    );
    println!(
        "{:<10} {:>7} {:>10} {:>10} {:>12} {:>9} {:>9} {:>11}  last outcomes",
        "scenario", "polls", "late p99", "late max", "first round", "at once", "held", "memory MiB"
    );
    let mut is_missed = false;
    for scenario in ["honest", "hostile"] {
        let result = runtime.block_on(run(scenario));
        let percentile = result.late[result.late.len() * 99 / 100];
        let worst = *result.late.last().unwrap();
        println!(
            "{scenario:<10} {:>7} {:>9.1}% {:>9.1}% {:>10.0} s {:>9} {:>9} {:>11}  {:?}",
            result.polls,
            percentile * 100.0,
            worst * 100.0,
            result.first_round_s,
            result.at_once,
            result.at_once_held,
            result.memory_mib,
            result.outcomes,
        );
        for (what, is_met) in [
            (
                "no poll later than a tenth of its interval",
                worst <= LATE_MAX,
            ),
            (
                "every source polled again and again",
                result.late.len() >= SOURCES,
            ),
            (
                "never more at a host than allowed",
                result.at_once.max(result.at_once_held) <= PER_HOST,
            ),
            ("memory", (1..MEMORY_MIB_MAX).contains(&result.memory_mib)),
        ] {
            if !is_met {
                println!("  MISSED: {what}");
                is_missed = true;
            }
        }
    }
    if is_missed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
