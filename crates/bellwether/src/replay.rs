//! `bellwether replay`: a recorded stream through the path that live items take, in a data folder of
//! its own. The times of the lines are the clock, nobody is told anything, and each thing found is one
//! line of a file.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use bellwether_archive::{Appender, Batch, DataDir, Derived, LogReader, LogWriter, Role};
use bellwether_detect::DetectSettings;
use bellwether_indexer::LocalEngine;
use bellwether_model::{
    Burst, BurstState, Directory, Gate, Group, GroupId, ItemId, Rise, Rule, RuleId, Timestamp,
    Whose,
};
use bellwether_monitor::{Finding, FindingKind, Monitor, MonitorSettings, WatchedRule};
use bellwether_poller::import;
use bellwether_query::Query;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::cli::Common;
use crate::lineages::Lineages;
use crate::progress::Progress;
use crate::setup::Usage;
use crate::shuffle::shuffle;
use crate::{print, setup};

/// What a saved query is tested over: of pushes of five hours, longer windows told later, and shorter
/// ones the slowest later.
const WINDOW: std::time::Duration = std::time::Duration::from_secs(80 * 60);

/// A term needs so many families, and so many days of history.
const FAMILIES_MIN: usize = 3;
const DAYS_MIN: i64 = 7;

/// A file of queries or groups is at most so long.
const FILE_BYTES_MAX: u64 = 16 << 20;

/// What to replay, and by what.
pub(crate) struct Replay<'a> {
    pub(crate) files: &'a [PathBuf],
    pub(crate) flags: &'a Path,
    pub(crate) queries: Option<&'a Path>,
    pub(crate) groups: Option<&'a Path>,
    /// The seed by which stories are moved first, where they are.
    pub(crate) shuffle: Option<u64>,
}

/// A saved query: any of these terms.
#[derive(Deserialize)]
struct SavedQuery {
    id: String,
    any: Vec<String>,
}

#[derive(Deserialize)]
struct NamedGroup {
    id: String,
    #[serde(default)]
    name: Option<String>,
    role: bellwether_model::Role,
}

/// One thing found, at the moment at which it was.
#[derive(Serialize)]
struct Flag {
    time: Timestamp,
    terms: Vec<String>,
    kind: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    items: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lineage: Vec<Member>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<f64>,
    /// Of terms.
    #[serde(skip_serializing_if = "Option::is_none")]
    p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<Evidence>,
}

/// Why an object counts as posted together.
#[derive(Serialize)]
struct Evidence {
    object: &'static str,
    window_seconds: i64,
    accounts: u32,
    expected: f64,
    p: f64,
    p_max: f64,
    silent_before: u32,
}

#[derive(Serialize)]
struct Member {
    item: String,
    time: Timestamp,
    family: String,
    group: Option<String>,
    parent: Option<String>,
}

#[derive(Serialize)]
struct Report {
    lines: u64,
    items: u64,
    bad: u64,
    flags: u64,
    /// Why nothing could be told of terms, where nothing could.
    #[serde(skip_serializing_if = "Option::is_none")]
    insufficient: Option<String>,
}

impl Replay<'_> {
    /// Replays.
    pub(crate) async fn run(&self, common: &Common) -> Result<ExitCode> {
        // Kept until the end: dropping it deletes the folder.
        let (_temporary, root) = setup::new_folder(common, "replay")?;
        let dir = DataDir::open(&root)?;
        let settings = self.settings()?;
        let mut progress = Progress::new();
        let shuffled = self.shuffled()?;
        let files = shuffled
            .as_ref()
            .map_or(self.files, |(_, file)| std::slice::from_ref(file));
        let mut report = play(files, &dir, &settings, &mut progress).await?;
        report.flags = self.flag(&dir, settings, &mut progress)?;
        report.insufficient = insufficient(&LogReader::open(&dir)?)?;
        progress.done();
        if common.json {
            print::json(&report)?;
        } else {
            print::line(&format!(
                "{} lines, {} items, {} bad lines; {} flags in {}",
                report.lines,
                report.items,
                report.bad,
                report.flags,
                self.flags.display()
            ))?;
            if let Some(why) = &report.insufficient {
                print::line(&format!("terms: insufficient data: {why}"))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    /// The rules of the saved queries and no others.
    fn settings(&self) -> Result<MonitorSettings> {
        let groups: Vec<NamedGroup> = read(self.groups)?;
        let queries: Vec<SavedQuery> = read(self.queries)?;
        let rules = queries.iter().map(rule).collect::<Result<_>>()?;
        Ok(MonitorSettings {
            groups: groups
                .into_iter()
                .map(|group| Group {
                    name: group.name.unwrap_or_else(|| group.id.clone()),
                    id: GroupId::new(group.id),
                    role: group.role,
                })
                .collect(),
            sources: Vec::new(),
            actors: Vec::new(),
            narratives: Vec::new(),
            rules,
            term_rules: Vec::new(),
            elections: Vec::new(),
            detect: DetectSettings::default(),
            untold: std::collections::BTreeSet::new(),
        })
    }

    /// The stream of chance, in a folder that is deleted when it is dropped.
    fn shuffled(&self) -> Result<Option<(tempfile::TempDir, PathBuf)>> {
        let Some(seed) = self.shuffle else {
            return Ok(None);
        };
        let folder = tempfile::tempdir()?;
        let to = folder.path().join("shuffled.ndjson");
        shuffle(self.files, seed, &to)?;
        Ok(Some((folder, to)))
    }

    /// Follows the log, and writes what is found.
    fn flag(
        &self,
        dir: &DataDir,
        settings: MonitorSettings,
        progress: &mut Progress,
    ) -> Result<u64> {
        let _lock = dir.lock(Role::Index)?;
        let log = LogReader::open(dir)?;
        let head = log.head()?.seq;
        let mut monitor = Monitor::open(dir, settings, &LocalEngine::new(dir))?;
        monitor.findings()?;
        let derived = Derived::open_readonly(dir)?;
        let cannot = || format!("{} cannot be written", self.flags.display());
        let mut out = BufWriter::new(File::create(self.flags).with_context(cannot)?);
        let mut guids = Guids {
            log: &log,
            known: HashMap::new(),
        };
        let (mut written, mut told) = (0, None);
        let mut lineages = Lineages::default();
        loop {
            let step = monitor.advance()?;
            let mut flags = Vec::new();
            for burst in derived.changes_after(told)? {
                told = told.max(Some(burst.evaluated));
                flags.extend(of_burst(&burst));
            }
            for mut finding in monitor.findings()? {
                if lineages.tells(&mut finding) {
                    flags.push(of_finding(&finding, &mut guids)?);
                }
            }
            flags.sort_by_key(|flag| flag.time);
            for flag in flags {
                serde_json::to_writer(&mut out, &flag).with_context(cannot)?;
                out.write_all(b"\n").with_context(cannot)?;
                written += 1;
            }
            if step.entries == 0 {
                out.flush().with_context(cannot)?;
                return Ok(written);
            }
            progress.show("followed", step.seq.0, head.0);
        }
    }
}

/// The lines into the log, each at its own time.
async fn play(
    files: &[PathBuf],
    dir: &DataDir,
    settings: &MonitorSettings,
    progress: &mut Progress,
) -> Result<Report> {
    let _lock = dir.lock(Role::Poll)?;
    let (appender, thread) = Appender::start(LogWriter::open(dir)?)?;
    let directory = Directory::new(settings.groups.iter().cloned(), [], []);
    let mut report = Report {
        lines: 0,
        items: 0,
        bad: 0,
        flags: 0,
        insufficient: None,
    };
    for path in files {
        let file =
            File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let bytes = file.metadata().map_or(0, |facts| facts.len());
        let name = path.display().to_string();
        let played = import::replay(BufReader::new(file), &name, &appender, &directory, |at| {
            progress.show("read", at.bytes, bytes);
        })
        .await?;
        report.lines += played.lines;
        report.items += played.items_new;
        report.bad += played.bad_count;
        for bad in &played.bad {
            eprintln!("{name}, line {}: {}", bad.line, bad.reason);
        }
    }
    // What comes last is judged too: the log says that it has come to its end.
    if let Some(last) = LogReader::open(dir)?.head()?.at {
        let mut end = Batch::new(last + jiff::SignedDuration::from_mins(2));
        end.heartbeat = true;
        appender.append(end).await?;
    }
    drop(appender);
    thread
        .join()
        .map_err(|_| anyhow::anyhow!("the thread of the log ended badly"))?;
    Ok(report)
}

/// Why a stream is not enough to tell of terms, where it is not.
fn insufficient(log: &LogReader) -> Result<Option<String>> {
    let sources = log.imported_sources()?;
    let families: BTreeSet<_> = sources.iter().map(|source| &source.family).collect();
    let first = sources.iter().map(|source| source.first).min();
    let last = sources.iter().map(|source| source.last).max();
    let (Some(first), Some(last)) = (first, last) else {
        return Ok(Some("there is no item".to_owned()));
    };
    let days = last.duration_since(first).as_secs() / (24 * 3600);
    Ok(if families.len() < FAMILIES_MIN {
        Some(format!(
            "{} publisher families, and a term needs {FAMILIES_MIN}",
            families.len()
        ))
    } else if days < DAYS_MIN {
        Some(format!(
            "{days} days, and terms are looked for after {DAYS_MIN}"
        ))
    } else {
        None
    })
}

fn read<T: for<'a> Deserialize<'a>>(path: Option<&Path>) -> Result<Vec<T>> {
    let Some(path) = path else {
        return Ok(Vec::new());
    };
    let file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let bounded = std::io::Read::take(BufReader::new(file), FILE_BYTES_MAX);
    serde_json::from_reader(bounded).map_err(|error| {
        Usage(format!(
            "{} is not as it should be: {error}",
            path.display()
        ))
        .into()
    })
}

fn rule(saved: &SavedQuery) -> Result<WatchedRule> {
    let quoted = |term: &String| format!("\"{}\"", term.replace('"', " "));
    let text = saved
        .any
        .iter()
        .map(quoted)
        .collect::<Vec<_>>()
        .join(" OR ");
    let query = Query::parse(&text)
        .map_err(|error| Usage(format!("the query {} cannot be read: {error}", saved.id)))?;
    let id = RuleId::parse(&saved.id)
        .map_err(|error| Usage(format!("the query {}: {error}", saved.id)))?;
    Ok(WatchedRule {
        rule: Rule {
            name: saved.id.clone(),
            id,
            query: query.to_string(),
            groups: Vec::new(),
            window: WINDOW,
            gate: Gate::default(),
            p_max: None,
            receivers: Vec::new(),
            election: None,
            phases: Vec::new(),
        },
        query,
        zone: TimeZone::UTC,
        election: None,
    })
}

fn of_burst(burst: &Burst) -> Option<Flag> {
    (burst.state == BurstState::Open).then(|| Flag {
        time: burst.evaluated,
        terms: vec![format!("query:{}", burst.rule)],
        kind: "query",
        items: Vec::new(),
        lineage: Vec::new(),
        count: Some(burst.observed.voices()),
        baseline: None,
        p: None,
        evidence: None,
    })
}

fn of_finding(finding: &Finding, guids: &mut Guids<'_>) -> Result<Flag> {
    let mut flag = Flag {
        time: finding.at,
        terms: vec![finding.name.clone()],
        kind: "lineage",
        items: Vec::new(),
        lineage: Vec::new(),
        count: None,
        baseline: None,
        p: None,
        evidence: None,
    };
    for member in &finding.members {
        flag.items.push(guids.of(member.item)?);
    }
    if let FindingKind::Emergent { term, risen } = &finding.kind {
        return Ok(Flag {
            kind: match (risen.rise, risen.whose) {
                (Rise::Slow, _) => "slow",
                (Rise::Sharp, Whose::Group) => "facet",
                (Rise::Sharp, _) => "emergent",
            },
            terms: term.spellings.clone(),
            count: Some(risen.voices),
            baseline: Some(risen.expected),
            p: Some(risen.p),
            ..flag
        });
    }
    if let FindingKind::Coordination { object, found } = &finding.kind {
        // The accounts are told by their posts only.
        return Ok(Flag {
            kind: "coordination",
            count: Some(found.accounts),
            baseline: Some(found.expected),
            evidence: Some(Evidence {
                object: object.kind(),
                window_seconds: found.window_seconds,
                accounts: found.accounts,
                expected: found.expected,
                p: found.p,
                p_max: found.p_max,
                silent_before: found.silent_before,
            }),
            ..flag
        });
    }
    for member in &finding.members {
        flag.lineage.push(Member {
            item: guids.of(member.item)?,
            time: member.time,
            family: member.family.to_string(),
            group: member.group.as_ref().map(ToString::to_string),
            parent: member.from.map(|from| guids.of(from)).transpose()?,
        });
    }
    Ok(flag)
}

/// The ids that the lines gave to items.
struct Guids<'a> {
    log: &'a LogReader,
    known: HashMap<ItemId, String>,
}

impl Guids<'_> {
    fn of(&mut self, item: ItemId) -> Result<String> {
        if let Some(known) = self.known.get(&item) {
            return Ok(known.clone());
        }
        let guid = self.log.item(item)?.and_then(|item| item.guid);
        let guid = guid.unwrap_or_else(|| item.to_string());
        self.known.insert(item, guid.clone());
        Ok(guid)
    }
}
