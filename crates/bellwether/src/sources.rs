//! `bellwether sources --check`: each source asked once, as its first poll would ask; nothing is kept.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use bellwether_model::{Clock, Source, Timestamp};
use bellwether_outbound::host_of;
use bellwether_poller::probe::{Look, Prober};
use bellwether_text::display_safe;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::cli::Common;
use crate::clock::SystemClock;
use crate::look::{self, LookBody};
use crate::progress::Progress;
use crate::{print, probe, setup};

/// Between two requests to one host: the sources of a platform are many, and it is one.
const PAUSE: Duration = Duration::from_secs(1);

/// A source and what a look at it showed.
struct Checked {
    source: Source,
    look: Look,
}

/// Asks all, and writes the report. Ends with 1 where one that is on fails.
pub(crate) async fn check(common: &Common, all: bool, out: Option<PathBuf>) -> Result<ExitCode> {
    let config = setup::config(common)?;
    let prober = probe::prober(&config)?;
    // What cannot be written is found before anybody is asked.
    let file = out
        .as_deref()
        .map(|path| File::create(path).with_context(|| cannot_write(path)))
        .transpose()?;
    let wanted = config
        .sources
        .iter()
        .filter(|source| source.kind.is_polled() && (all || source.enabled));
    let checked = ask(&prober, wanted.cloned()).await;
    let is_good = |checked: &&Checked| checked.look.is_collected() || !checked.source.enabled;
    let code = match checked.iter().all(|checked| is_good(&checked)) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    };
    let report = if common.json {
        lines(&checked)?
    } else {
        report(&checked, SystemClock.now())
    };
    match (file, out) {
        (Some(mut file), Some(path)) => {
            file.write_all(report.as_bytes())
                .with_context(|| cannot_write(&path))?;
            eprintln!("{}; the report is in {}", summary(&checked), path.display());
        }
        _ => print::raw(&report)?,
    }
    Ok(code)
}

fn cannot_write(path: &Path) -> String {
    format!("the report cannot be written to {}", path.display())
}

/// Each host's sources one after another, the hosts beside each other, in the order of their ids.
async fn ask(prober: &Prober, sources: impl Iterator<Item = Source>) -> Vec<Checked> {
    let mut hosts: BTreeMap<String, Vec<Source>> = BTreeMap::new();
    let mut total = 0;
    for source in sources {
        let host = host_of(source.url.as_deref().unwrap_or_default());
        hosts.entry(host).or_default().push(source);
        total += 1;
    }
    let (done, mut each) = mpsc::unbounded_channel();
    let mut tasks = JoinSet::new();
    for (_, sources) in hosts {
        let (prober, done) = (prober.clone(), done.clone());
        tasks.spawn(async move {
            for (at, source) in sources.into_iter().enumerate() {
                if at > 0 {
                    tokio::time::sleep(PAUSE).await;
                }
                let look = prober.look(&source).await;
                // Nobody listens any more only where the program ends.
                let _ = done.send(Checked { source, look });
            }
        });
    }
    drop(done);
    let mut progress = Progress::new();
    let mut checked = Vec::new();
    while let Some(one) = each.recv().await {
        checked.push(one);
        progress.show("sources asked:", checked.len() as u64, total);
    }
    progress.done();
    checked.sort_by(|a, b| a.source.id.cmp(&b.source.id));
    checked
}

fn lines(checked: &[Checked]) -> Result<String> {
    let mut out = String::new();
    for one in checked {
        let body = LookBody::new(Some(one.source.id.as_str()), &one.look);
        out.push_str(&serde_json::to_string(&body)?);
        out.push('\n');
    }
    Ok(out)
}

fn summary(checked: &[Checked]) -> String {
    let good = checked.iter().filter(|one| one.look.is_collected()).count();
    let failing = checked.len() - good;
    format!(
        "{} sources asked: {good} can be read, {failing} cannot",
        checked.len()
    )
}

/// The report for people: those that fail first.
fn report(checked: &[Checked], now: Timestamp) -> String {
    let mut out = format!("{}, at {now}\n", summary(checked));
    for (heading, wanted) in [
        ("CANNOT BE READ", State::Failing),
        ("CAN BE READ, AND DESERVES A LOOK", State::Remarked),
        ("CAN BE READ", State::Good),
    ] {
        let of_state: Vec<&Checked> = checked
            .iter()
            .filter(|one| State::of(&one.look) == wanted)
            .collect();
        if of_state.is_empty() {
            continue;
        }
        // Writing to a text cannot fail.
        let _ = writeln!(out, "\n{heading}: {}", of_state.len());
        for one in of_state {
            let off = if one.source.enabled { "" } else { " (off)" };
            let found = match one.look.is_collected() {
                true => format!(": {}", look::in_short(&one.look, now)),
                false => format!(": {}", one.look.asked),
            };
            let _ = writeln!(out, "  {}{off}{}", one.source.id, plain(&found));
            for remark in look::remarks(&one.look) {
                let _ = writeln!(out, "    {}", plain(&remark));
            }
        }
    }
    out
}

/// On one line, and without what acts on a terminal.
fn plain(text: &str) -> String {
    display_safe(text).replace('\n', " ")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Failing,
    Remarked,
    Good,
}

impl State {
    fn of(look: &Look) -> Self {
        if !look.is_collected() {
            Self::Failing
        } else if look::remarks(look).is_empty() {
            Self::Good
        } else {
            Self::Remarked
        }
    }
}
