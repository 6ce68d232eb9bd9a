//! From the log to the desk: index, monitor and hand-over, always in this order, so that a new rule
//! finds its past in the index.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use bellwether_alert::RuleFacts;
use bellwether_archive::{DataDir, Desk, LogReader, RoleLock};
use bellwether_config::{Config, ConfiguredRule};
use bellwether_detect::DetectSettings;
use bellwether_indexer::{Indexer, LocalEngine};
use bellwether_model::{Directory, Election, NarrativeId, RuleId, Seq};
use bellwether_monitor::{
    CoverageRoute, HandOver, Monitor, MonitorSettings, Routing, RuleRoute, WatchedRule,
};
use jiff::tz::TimeZone;

use crate::progress::Progress;
use crate::setup::{self, election_of};

/// The role `index`, one step at a time.
pub(crate) struct Pipeline {
    log: LogReader,
    indexer: Indexer,
    monitor: Monitor,
    hand_over: Option<(HandOver, Arc<Mutex<Desk>>)>,
    _lock: Arc<RoleLock>,
}

/// What one step did.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Step {
    /// Whether there was nothing left to do.
    pub(crate) is_idle: bool,
    /// Entries of the log taken in.
    pub(crate) entries: usize,
    /// Deliveries decided.
    pub(crate) deliveries: usize,
}

impl Pipeline {
    /// Opens the stores, for whoever holds the role `index`. Without a desk nobody is told anything.
    pub(crate) fn open(
        dir: &DataDir,
        lock: Arc<RoleLock>,
        config: &Config,
        desk: Option<Arc<Mutex<Desk>>>,
        progress: &mut Progress,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<Self> {
        let log = LogReader::open(dir)?;
        let mut indexer = Indexer::open(dir, &log)?;
        index_all(&mut indexer, &log, progress, is_stopped)?;
        let settings = MonitorSettings {
            groups: config.groups.clone(),
            sources: config.sources.clone(),
            actors: config.actors.clone(),
            narratives: config.narratives.clone(),
            rules: watched_rules(config),
            term_rules: config.term_rules.clone(),
            elections: config.elections.clone(),
            detect: DetectSettings::default(),
            untold: config.coverage.untold.clone(),
        };
        let monitor = Monitor::open(dir, settings, &LocalEngine::new(dir))?;
        let hand_over = match desk {
            Some(desk) => {
                let directory = setup::directory(config, &log)?;
                let hand_over = HandOver::open(dir, routing(config, directory))?
                    .with_coverage(coverage_route(config));
                hand_over.settle(&mut desk.lock().unwrap_or_else(PoisonError::into_inner))?;
                Some((hand_over, desk))
            }
            None => None,
        };
        Ok(Self {
            log,
            indexer,
            monitor,
            hand_over,
            _lock: lock,
        })
    }

    /// Takes in a bounded piece of what is new.
    pub(crate) fn advance(&mut self) -> Result<Step> {
        let indexed = self.indexer.advance(&self.log)?;
        let watched = self.monitor.advance()?;
        let deliveries = match &self.hand_over {
            Some((hand_over, desk)) => {
                let mut desk = desk.lock().unwrap_or_else(PoisonError::into_inner);
                hand_over.advance(&mut desk)?
            }
            None => 0,
        };
        Ok(Step {
            entries: watched.entries,
            is_idle: watched.entries == 0 && watched.seq >= indexed.seq,
            deliveries,
        })
    }

    /// Waits until the index has no words of what was forgotten, at most so long.
    pub(crate) fn settle(&mut self, patience: Duration) -> Result<()> {
        let started = Instant::now();
        while self.indexer.has_traces() && started.elapsed() < patience {
            std::thread::sleep(Duration::from_millis(20));
            self.indexer.advance(&self.log)?;
        }
        Ok(())
    }

    /// Takes in all that is new.
    pub(crate) fn catch_up(&mut self, progress: &mut Progress) -> Result<usize> {
        let mut deliveries = 0;
        loop {
            let step = self.advance()?;
            deliveries += step.deliveries;
            if step.is_idle {
                progress.done();
                return Ok(deliveries);
            }
            let head = self.log.head()?.seq;
            progress.show("analysed", self.monitor.seq().0, head.0);
        }
    }
}

/// Brings the index to the head of the log, unless told to stop: what was indexed is kept.
pub(crate) fn index_all(
    indexer: &mut Indexer,
    log: &LogReader,
    progress: &mut Progress,
    is_stopped: &dyn Fn() -> bool,
) -> Result<()> {
    loop {
        anyhow::ensure!(
            !is_stopped(),
            "told to stop while the index was being built"
        );
        let before: Seq = indexer.seq();
        let reached = indexer.advance(log)?.seq;
        if reached == before {
            progress.done();
            return Ok(());
        }
        progress.show("indexed", reached.0, log.head()?.seq.0);
    }
}

/// Who is told of what.
pub(crate) fn routing(config: &Config, directory: Directory) -> Routing {
    let enabled = config.receivers.iter().filter(|receiver| receiver.enabled);
    let mut facts: BTreeMap<&RuleId, RuleFacts> = BTreeMap::new();
    for (rule, election) in config.elections_of_rules() {
        facts.entry(rule).or_default().election = Some(election.clone());
    }
    for rule in config.rules.iter().map(|rule| &rule.rule) {
        facts.entry(&rule.id).or_default().narrative = rule.narrative().map(NarrativeId::new);
    }
    let rules = config.routes().map(|(rule, receivers)| {
        let route = RuleRoute {
            receivers: receivers.to_vec(),
            facts: facts.get(rule).cloned().unwrap_or_default(),
        };
        (rule.clone(), route)
    });
    Routing {
        tree: config.route.clone(),
        rules: rules.collect(),
        enabled: enabled.map(|receiver| receiver.id.clone()).collect(),
        directory,
    }
}

/// Who is told of which sources.
fn coverage_route(config: &Config) -> CoverageRoute {
    let coverage = &config.coverage;
    let sources = config.sources.iter().filter(|source| {
        source.enabled && source.kind.is_polled() && !coverage.untold.contains(&source.id)
    });
    CoverageRoute {
        receivers: coverage.receivers.clone(),
        sources: sources
            .map(|source| (source.id.clone(), source.name.clone()))
            .collect(),
    }
}

/// Nobody stops a command but by ending it.
pub(crate) fn never_stopped() -> bool {
    false
}

/// The rules as they are watched.
pub(crate) fn watched_rules(config: &Config) -> Vec<WatchedRule> {
    let watched = |rule: &ConfiguredRule| {
        let election = election_of(config, rule.rule.election.as_ref());
        WatchedRule {
            rule: rule.rule.clone(),
            query: rule.query.clone(),
            zone: election.map_or(TimeZone::UTC, Election::zone),
            election: election.cloned(),
        }
    };
    config.rules.iter().map(watched).collect()
}
