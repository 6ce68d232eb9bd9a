//! The commands that look at the past of a rule again: `explain` and `backtest`.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use bellwether_api::{
    BacktestBody, ExplainBody, ExplanationBody, JudgementBody, RuleVersionBody, TestBody,
    WouldBeBody,
};
use bellwether_daemon::{BacktestParams, ExplainParams};
use bellwether_monitor::WatchedRule;
use bellwether_query::nearest;
use clap::Args;

use crate::ask::{minute, open, told};
use crate::cli::Common;
use crate::pipeline::watched_rules;
use crate::print;
use crate::progress::Progress;
use crate::setup::Usage;
use crate::why_term;

/// Windows of the baseline printed for people; `--json` has all.
const WINDOWS_SHOWN: usize = 24;

/// What is tested.
#[derive(Debug, Args)]
pub(crate) struct BacktestArgs {
    /// The id of a rule
    #[arg(value_name = "RULE")]
    rule: String,
    /// How many days back, 1 to 92
    #[arg(long, value_name = "N", default_value_t = 28)]
    days: usize,
    /// A changed version of the rule, to be tested beside it: a file as in `rules/`
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// Test it beside a version with this query
    #[arg(long, value_name = "QUERY")]
    query: Option<String>,
    /// Test it beside a version with this window, such as 6h
    #[arg(long, value_name = "LENGTH")]
    window: Option<String>,
    /// Test it beside a version with this gate: distinct families, at least
    #[arg(long, value_name = "N")]
    min_families: Option<usize>,
    /// Test it beside a version with this gate: distinct stories, at least
    #[arg(long, value_name = "N")]
    min_stories: Option<usize>,
    /// Test it beside a version with this gate: the largest share of one family, 0 to 1
    #[arg(long, value_name = "SHARE")]
    max_family_share: Option<String>,
}

/// `bellwether explain`.
pub(crate) fn explain(
    common: &Common,
    rule: Option<String>,
    term: Option<String>,
) -> Result<ExitCode> {
    let params = ExplainParams {
        rule: rule.unwrap_or_default(),
        at: common.at.map(|at| at.to_string()),
        term,
    };
    let mut progress = Progress::new();
    let body = open(common)?.explanation(&params, &mut |done, all| {
        progress.show("items", done as u64, all as u64);
        ControlFlow::Continue(())
    });
    progress.done();
    let body = told(body)?;
    if common.json {
        print::json(&body)?;
        return Ok(ExitCode::SUCCESS);
    }
    match body {
        ExplanationBody::Term(body) => why_term::shown(&body)?,
        ExplanationBody::Rule(body) => of_rule(&body)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn of_rule(body: &ExplainBody) -> Result<()> {
    let verdict = if body.holds {
        "a burst is raised"
    } else {
        "no burst is raised"
    };
    print::line(&format!(
        "{} ({}) at {}: {verdict}",
        body.name,
        body.rule,
        minute(body.at)
    ))?;
    print::line(&format!(
        "window {} to {}: {} items, {} families, {} stories, {} voices; usual: {}",
        minute(body.window.from),
        minute(body.window.to),
        body.observed.items,
        body.observed.families,
        body.observed.stories,
        body.observed.voices,
        usual(&body.judgement)
    ))?;
    if let Some(election) = &body.election {
        print::line(&format!("election: {}", election.line))?;
    }
    for line in &body.why {
        print::line(&format!("- {line}"))?;
    }
    print::line(&format!("counted: {}", counted(&body.whose)))?;
    for other in &body.others {
        print::line(&format!(
            "tested too: {}: {} voices, usual: {}; {}",
            counted(&other.whose),
            other.observed.voices,
            usual(&other.judgement),
            chance(other)
        ))?;
    }
    print::line(&match &body.burst {
        Some(burst) => format!(
            "open then: burst {}, found {}",
            burst.id,
            minute(burst.started)
        ),
        None => "no burst of this rule was open then".to_owned(),
    })?;
    for note in &body.notes {
        print::line(note)?;
    }
    print::line(&format!("query: {}", body.query))?;
    print::line("")?;
    tables(body)
}

fn tables(body: &ExplainBody) -> Result<()> {
    let bins = body.bins.iter().map(|bin| {
        vec![
            minute(bin.start),
            bin.items.to_string(),
            bin.families.to_string(),
            bin.stories.to_string(),
        ]
    });
    print::table(
        &["BIN FROM", "ITEMS", "FAMILIES", "STORIES"],
        &[20, 8, 8, 8],
        &bins.collect::<Vec<_>>(),
    )?;
    print::line("")?;
    let windows = &body.baseline.windows;
    if windows.is_empty() {
        print::line("no past window was collected: what is usual is unknown")?;
    } else {
        let rows = windows.iter().take(WINDOWS_SHOWN).map(|window| {
            vec![
                minute(window.start),
                window.voices.to_string(),
                format!("{:.0} %", 100.0 * window.exposure),
                format!("{:.2}", window.rhythm),
            ]
        });
        print::table(
            &["BASELINE FROM", "VOICES", "COLLECTED", "RHYTHM"],
            &[20, 8, 10, 8],
            &rows.collect::<Vec<_>>(),
        )?;
        if windows.len() > WINDOWS_SHOWN {
            let more = windows.len() - WINDOWS_SHOWN;
            print::line(&format!("and {more} more; --json has all"))?;
        }
    }
    print::line("")?;
    if body.items.is_empty() {
        return print::line("no items");
    }
    let rows = body.items.iter().map(|item| {
        vec![
            minute(item.time),
            item.family.clone(),
            item.story
                .as_ref()
                .map_or_else(String::new, |story| format!("s-{}", story.id)),
            title(item),
        ]
    });
    print::table(
        &["TIME", "FAMILY", "STORY", "TITLE"],
        &[20, 24, 12, 100],
        &rows.collect::<Vec<_>>(),
    )
}

/// Whose voices, in words.
fn counted(whose: &str) -> &'static str {
    match whose {
        "outside" => "voices outside the domestic press only",
        _ => "everybody's voices",
    }
}

/// What came of a test.
fn chance(test: &TestBody) -> String {
    let failed = test.gates.iter().filter(|gate| !gate.passed);
    let failed: Vec<&str> = failed.map(|gate| gate.name.as_str()).collect();
    let p = match &test.judgement {
        JudgementBody::Tested { p, p_max, .. } => format!("p {p:.1e}, at most {p_max:.1e}"),
        JudgementBody::Gates | JudgementBody::Insufficient { .. } => "not tested".to_owned(),
    };
    if failed.is_empty() {
        p
    } else {
        format!("{p}; gates not met: {}", failed.join(", "))
    }
}

pub(crate) fn title(item: &bellwether_api::ItemBody) -> String {
    match item.title.trim().is_empty() {
        true => item.snippet.clone(),
        false => item.title.clone(),
    }
}

fn usual(judgement: &JudgementBody) -> String {
    match judgement {
        JudgementBody::Tested { expected, .. } => format!(
            "{:.1} ({} to {})",
            expected.mean, expected.low, expected.high
        ),
        JudgementBody::Gates => "not tested".to_owned(),
        JudgementBody::Insufficient { days, days_needed } => {
            format!("unknown, {days} of {days_needed} days of history")
        }
    }
}

/// `bellwether backtest`.
pub(crate) fn backtest(common: &Common, args: BacktestArgs) -> Result<ExitCode> {
    let changed = match &args.rules {
        Some(file) => Some(changed(common, file, &args.rule)?),
        None => None,
    };
    let params = BacktestParams {
        rule: args.rule,
        days: Some(args.days),
        at: common.at.map(|at| at.to_string()),
        query: args.query,
        window: args.window,
        min_families: args.min_families,
        min_stories: args.min_stories,
        max_family_share: args.max_family_share,
        changed,
    };
    let mut progress = Progress::new();
    let body = open(common)?.backtest(&params, &mut |done, all| {
        progress.show("minutes", done, all);
        ControlFlow::Continue(())
    });
    progress.done();
    let body = told(body)?;
    if common.json {
        print::json(&body)?;
        return Ok(ExitCode::SUCCESS);
    }
    shown(&body)?;
    Ok(ExitCode::SUCCESS)
}

/// The rule of this id in a file, which stands for all files of `rules/`.
fn changed(common: &Common, file: &std::path::Path, id: &str) -> Result<WatchedRule> {
    let environment = |name: &str| std::env::var(name).ok();
    let config = bellwether_config::load_with_rules(&common.config, file, &environment)
        .map_err(|faults| Usage(faults.to_string()))?;
    let rules = watched_rules(&config);
    let known: Vec<String> = rules.iter().map(|rule| rule.rule.id.to_string()).collect();
    let found = rules.into_iter().find(|rule| rule.rule.id.as_str() == id);
    found.ok_or_else(|| {
        let meant = nearest(id, known.iter().map(String::as_str));
        let meant = meant.map(|id| format!("; did you mean `{id}`?"));
        Usage(format!(
            "{} has no rule `{id}`{}",
            file.display(),
            meant.unwrap_or_default()
        ))
        .into()
    })
}

fn shown(body: &BacktestBody) -> Result<()> {
    print::line(&format!(
        "{} ({}) from {} to {}",
        body.name,
        body.rule,
        minute(body.span.from),
        minute(body.span.to)
    ))?;
    for note in &body.notes {
        print::line(note)?;
    }
    for version in &body.versions {
        print::line("")?;
        of_version(version)?;
    }
    Ok(())
}

fn of_version(version: &RuleVersionBody) -> Result<()> {
    let insufficient = match version.days_insufficient {
        0 => String::new(),
        days => format!(", {days} with insufficient data"),
    };
    let rate = match version.alerts_per_week {
        Some(rate) => format!("{rate:.1} a week over"),
        None => "too few days for a rate:".to_owned(),
    };
    print::line(&format!(
        "{}: {} alerts, {rate} {} days{insufficient}",
        version.version,
        version.alerts.len(),
        version.days
    ))?;
    print::line(&format!(
        "query: {}; window {} min; p at most {}; gates: {} families, {} stories, share {:.2}",
        version.query,
        version.window_seconds / 60,
        version.p_max,
        version.min_families,
        version.min_stories,
        version.max_family_share
    ))?;
    for phase in &version.phases {
        print::line(&format!(
            "in phase {}: p at most {}; gates: {} families, {} stories, share {:.2}",
            phase.phase, phase.p_max, phase.min_families, phase.min_stories, phase.max_family_share
        ))?;
    }
    if version.alerts.is_empty() {
        return Ok(());
    }
    print::table(
        &[
            "FOUND",
            "ENDED",
            "ITEMS",
            "VOICES",
            "PEAK",
            "USUAL",
            "P",
            "OTHER",
            "FIRST ITEM",
        ],
        &[20, 20, 6, 6, 6, 16, 10, 8, 80],
        &version.alerts.iter().map(row).collect::<Vec<_>>(),
    )
}

fn row(alert: &WouldBeBody) -> Vec<String> {
    let p = match &alert.judgement {
        JudgementBody::Tested { p, .. } => format!("{p:.1e}"),
        JudgementBody::Gates | JudgementBody::Insufficient { .. } => "unknown".to_owned(),
    };
    let found = minute(alert.started);
    vec![
        match (alert.held_before, alert.found_late) {
            (true, _) => format!("{found}, or before"),
            (_, true) => format!("{found}, late"),
            _ => found,
        },
        alert.ended.map_or_else(|| "open".to_owned(), minute),
        alert.observed.items.to_string(),
        alert.observed.voices.to_string(),
        alert.peak.voices.to_string(),
        usual(&alert.judgement),
        p,
        match alert.other_has_it {
            Some(true) => "has it",
            Some(false) => "has not",
            None => "none",
        }
        .to_owned(),
        alert.items.first().map(title).unwrap_or_default(),
    ]
}
