//! The commands that only ask: the same answers as the HTTP API, for people or as its JSON.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use bellwether_api::{
    AbsenceBody, BurstBody, CaptureBody, CoverageBody, GroupBody, ItemBody, JudgementBody, Problem,
    SourceBody,
};
use bellwether_archive::{DataDir, LogReader};
use bellwether_config::Config;
use bellwether_daemon::{
    AnswerSettings, Answers, Configured, ListParams, SearchParams, zero_in_words,
};
use bellwether_indexer::LocalEngine;
use bellwether_model::{Clock, SourceId, SourceState, Timestamp};
use serde::Serialize;

use crate::cli::{Common, SearchArgs, Window};
use crate::clock::SystemClock;
use crate::pipeline::watched_rules;
use crate::setup::Usage;
use crate::{keep, print, setup};

/// A clock that stands: `--at`.
struct Standing(Timestamp);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// What answers questions about a data folder.
pub(crate) fn answers(common: &Common, config: &Config, dir: &DataDir, invented: bool) -> Answers {
    let clock: Arc<dyn Clock> = match common.at {
        Some(at) => Arc::new(Standing(at)),
        None => Arc::new(SystemClock),
    };
    answers_at(config, dir, invented, clock)
}

/// What answers questions about a data folder, at the time of a clock.
pub(crate) fn answers_at(
    config: &Config,
    dir: &DataDir,
    invented: bool,
    clock: Arc<dyn Clock>,
) -> Answers {
    let configured = Configured {
        groups: config.groups.clone(),
        sources: config.sources.clone(),
        actors: config.actors.clone(),
        narratives: config.narratives.clone(),
        rules: watched_rules(config),
        term_rules: config.term_rules.clone(),
        elections: config.elections.clone(),
    };
    let settings = AnswerSettings {
        zone: setup::page_zone(config),
        invented,
        public_url: config.settings.public_url.clone(),
    };
    Answers::new(
        Arc::new(LocalEngine::new(dir)),
        dir.clone(),
        configured,
        settings,
        clock,
    )
    .with_disk(keep::disk(dir.root()), config.settings.keep.disk_floor)
}

/// What answers questions about the data folder that a command names.
pub(crate) fn open(common: &Common) -> Result<Answers> {
    let config = setup::config(common)?;
    let dir = setup::existing_data(common, &config)?;
    Ok(answers(common, &config, &dir, false))
}

/// A problem that the asker can mend is one of usage.
pub(crate) fn told<T>(answer: Result<T, Problem>) -> Result<T> {
    answer.map_err(|problem| {
        let mut text = problem.title;
        let suggestion = problem.suggestion.map(|s| format!("did you mean `{s}`?"));
        for part in [problem.detail, suggestion, problem.hint]
            .into_iter()
            .flatten()
        {
            text.push_str("; ");
            text.push_str(&part);
        }
        if problem.status < 500 {
            Usage(text).into()
        } else {
            anyhow::anyhow!(text)
        }
    })
}

/// `bellwether search`.
pub(crate) fn search(common: &Common, args: SearchArgs) -> Result<ExitCode> {
    let params = SearchParams {
        q: args.query,
        from: args.window.from,
        to: args.window.to,
        sort: Some(args.sort),
        limit: Some(args.limit),
        cursor: args.cursor,
        names: args.meaning.names,
        zone: args.meaning.zone,
        each: args.all,
    };
    let body = told(open(common)?.search(&params))?;
    if common.json {
        print::json(&body)?;
        return Ok(ExitCode::SUCCESS);
    }
    print::line(&format!(
        "{} items for {}{}",
        body.total,
        body.query,
        missing(&body.coverage)
    ))?;
    print::table(
        &["TIME", "PUBLISHER", "LANG", "STORY", "TITLE"],
        &[20, 24, 8, 6, 100],
        &body.items.iter().map(row).collect::<Vec<_>>(),
    )?;
    if let Some(cursor) = body.cursor {
        print::line(&format!("more with --cursor {cursor}"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn row(item: &ItemBody) -> Vec<String> {
    let title = if item.title.is_empty() {
        &item.snippet
    } else {
        &item.title
    };
    vec![
        minute(item.time),
        item.publisher.clone(),
        item.lang.clone().unwrap_or_else(|| "unknown".to_owned()),
        item.story
            .as_ref()
            .map(|story| format!("x{}", story.size))
            .unwrap_or_default(),
        format!("{}{title}", notes(item)),
    ]
}

/// What a reader of a title should know first.
fn notes(item: &ItemBody) -> String {
    let mut notes = Vec::new();
    notes.extend(
        item.copies
            .filter(|copies| *copies > 0)
            .map(|copies| format!("and {copies} more")),
    );
    if item.hidden_characters {
        notes.push("contains hidden characters".to_owned());
    }
    if let Some(gone) = &item.gone_at_source {
        let (from, to) = (minute(gone.last_shown), minute(gone.first_missing));
        notes.push(format!("gone at its source between {from} and {to}"));
    }
    if let Some(post) = &item.post {
        for (what, origin) in [
            ("forwarded from", &post.forwarded_from),
            ("quotes", &post.quoted),
        ] {
            notes.extend(origin.as_ref().map(|o| format!("{what} {}", o.account)));
        }
        if post.edited {
            notes.push("edited".to_owned());
        }
        notes.extend(post.views.as_ref().map(|v| format!("{} views", v.shown)));
    }
    match notes.is_empty() {
        true => String::new(),
        false => format!("({}) ", notes.join(", ")),
    }
}

/// A time in a table; seconds are in the JSON.
pub(crate) fn minute(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%MZ").to_string()
}

/// Which zero it is where there are no results, and how much was not collected.
pub(crate) fn missing(coverage: &CoverageBody) -> String {
    let note = coverage.note.as_ref();
    let note = note.map(|note| format!("; {note}")).unwrap_or_default();
    let zero = zero_in_words(coverage).map(|zero| format!("; {zero}"));
    let zero = zero.unwrap_or_default();
    if coverage.complete {
        return zero + &note;
    }
    format!(
        "{zero}; {} of {} sources were not collected in this time{note}",
        coverage.missing.len(),
        coverage.sources
    )
}

/// `bellwether bursts`.
pub(crate) fn bursts(common: &Common, window: Window, limit: usize) -> Result<ExitCode> {
    let params = ListParams {
        from: window.from,
        to: window.to,
        limit: Some(limit),
        ..ListParams::default()
    };
    let body = told(open(common)?.bursts(&params))?;
    if common.json {
        for burst in &body.items {
            print::json(burst)?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    if body.items.is_empty() {
        print::line("no bursts in this time")?;
        return Ok(ExitCode::SUCCESS);
    }
    print::table(
        &[
            "STARTED", "STATE", "WHAT", "ITEMS", "VOICES", "USUAL", "P", "ID",
        ],
        &[25, 6, 40, 6, 6, 16, 10, 40],
        &body.items.iter().map(burst_row).collect::<Vec<_>>(),
    )?;
    Ok(ExitCode::SUCCESS)
}

fn burst_row(burst: &BurstBody) -> Vec<String> {
    let (usual, p) = match &burst.judgement {
        JudgementBody::Tested { expected, p, .. } => (
            format!(
                "{:.1} ({} to {})",
                expected.mean, expected.low, expected.high
            ),
            format!("{p:.1e}"),
        ),
        JudgementBody::Gates => ("not tested".to_owned(), String::new()),
        JudgementBody::Insufficient { .. } => ("unknown".to_owned(), "unknown".to_owned()),
    };
    vec![
        minute(burst.started),
        burst.state.clone(),
        burst.name.clone(),
        burst.peak.items.to_string(),
        burst.peak.voices.to_string(),
        usual,
        p,
        burst.id.clone(),
    ]
}

/// `bellwether sources`.
pub(crate) fn sources(common: &Common) -> Result<ExitCode> {
    let answers = open(common)?;
    let mut body = told(answers.sources())?;
    if common.json {
        for source in &body.items {
            print::json(source)?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    // Those that need a person first.
    body.items
        .sort_by_key(|source| SourceState::from_word(&source.state));
    print::table(
        &[
            "SOURCE", "NAME", "GRADE", "GROUPS", "STATE", "SINCE", "NEWEST", "WHY",
        ],
        &[24, 28, 16, 24, 8, 17, 17, 60],
        &body.items.iter().map(source_row).collect::<Vec<_>>(),
    )?;
    print::line("")?;
    let groups = told(answers.groups())?.items;
    let group_row = |group: &GroupBody| {
        vec![
            group.id.clone(),
            format!("{} of {}", group.baseline_days, group.baseline_days_needed),
            group.baseline_in_words(),
        ]
    };
    print::table(
        &["GROUP", "DAYS", "BASELINE"],
        &[24, 12, 60],
        &(groups.iter().filter(|group| group.sources > 0))
            .map(group_row)
            .collect::<Vec<_>>(),
    )?;
    Ok(ExitCode::SUCCESS)
}

fn source_row(source: &SourceBody) -> Vec<String> {
    vec![
        source.id.clone(),
        source.name.clone(),
        source.affiliation.grade.clone(),
        source.groups.join(" "),
        source.state.clone(),
        source.since.map(minute).unwrap_or_default(),
        source.newest.map(minute).unwrap_or_default(),
        source.why.clone().unwrap_or_default(),
    ]
}

/// An item as it is kept.
#[derive(Serialize)]
struct KeptItem {
    #[serde(flatten)]
    item: ItemBody,
    text: String,
    sources: Vec<String>,
    platform: Option<String>,
    lang_declared: Option<String>,
    published_raw: Option<String>,
    captures: Vec<CaptureBody>,
    absences: Vec<AbsenceBody>,
}

/// `bellwether items`.
pub(crate) fn items(common: &Common, source: Option<String>, limit: usize) -> Result<ExitCode> {
    let config = setup::config(common)?;
    let dir = setup::existing_data(common, &config)?;
    let log = LogReader::open(&dir)?;
    let source = source.map(SourceId::new);
    if let Some(id) = &source
        && setup::directory(&config, &log)?.source(id).is_none()
    {
        return Err(Usage(format!(
            "there is no source `{id}`; `bellwether sources` lists them"
        ))
        .into());
    }
    let ids = log.items_of(source.as_ref(), limit)?;
    let answers = answers(common, &config, &dir, false);
    if ids.is_empty() {
        // Beside the answer, which has no lines: programs count them.
        let q = source.map_or_else(String::new, |id| format!("source:{id}"));
        let all = told(answers.search(&SearchParams {
            q,
            ..SearchParams::default()
        }))?;
        eprintln!("no items{}", missing(&all.coverage));
    }
    let mut rows = Vec::new();
    for id in ids {
        let detail = told(answers.item(&id.to_string()))?;
        if common.json {
            print::json(&KeptItem {
                item: detail.item,
                text: detail.text,
                sources: detail.sources,
                platform: detail.platform,
                lang_declared: detail.lang_declared,
                published_raw: detail.published_raw,
                captures: detail.captures,
                absences: detail.absences,
            })?;
        } else {
            rows.push(row(&detail.item));
        }
    }
    if !common.json {
        print::table(
            &["TIME", "PUBLISHER", "LANG", "STORY", "TITLE"],
            &[20, 24, 8, 6, 100],
            &rows,
        )?;
    }
    Ok(ExitCode::SUCCESS)
}
