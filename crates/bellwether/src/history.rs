//! `bellwether import --history`: the past of sources as they themselves still show it.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use bellwether_archive::LogReader;
use bellwether_config::Config;
use bellwether_model::{GroupId, Source, SourceId, Timestamp};
use bellwether_poller::history::{
    History, HistoryEnd, HistoryProgress, HistoryReport, HistorySettings,
};
use serde::Serialize;

use crate::cli::{Common, HistoryArgs};
use crate::clock::SystemClock;
use crate::poll::{Polling, bring_up_to_date};
use crate::progress::Progress;
use crate::setup::Usage;
use crate::{print, setup};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// A line of the report for programs.
#[derive(Serialize)]
struct HistoryBody {
    source: String,
    kind: &'static str,
    pages: u64,
    items_new: u64,
    items_updated: u64,
    items_unchanged: u64,
    left_out_undated: u64,
    left_out_recent: u64,
    left_out_older: u64,
    left_out_sitemaps: u64,
    pages_in_part: u64,
    back_to: Option<Timestamp>,
    /// `reached`, `beginning`, `no-way-back`, `bounded`, `waiting`, `refused`, `failed`.
    end: &'static str,
    why: Option<String>,
}

/// Reads the past of sources into the log and makes it searchable. Ends with 1 where one failed.
pub(crate) async fn import(common: &Common, args: HistoryArgs) -> Result<ExitCode> {
    let config = setup::config(common)?;
    let sources = wanted(&config, &args)?;
    let dir = setup::data(common, &config)?;
    let outbound = setup::outbound(&config)?;
    let longest = config.rules.iter().map(|rule| rule.rule.window).max();
    let settings = HistorySettings {
        back: DAY * args.days,
        recent: longest.unwrap_or_default(),
        pages_max: args.pages,
        body_bytes_max: config.settings.fetch.body_bytes_max,
        pause: None,
        again: args.again,
    };
    let polling = Polling::start(&dir, &config, &SystemClock).await?;
    let log = LogReader::open(&dir)?;
    let reports = {
        let history = History::new(outbound, &polling.appender, Arc::new(SystemClock), settings);
        let shown = Mutex::new((Progress::new(), BTreeMap::new()));
        let each = |done: HistoryProgress| {
            let mut shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
            let (progress, pages) = &mut *shown;
            let source = done.source.to_string();
            pages.insert(done.source, done.pages);
            let so_far: u64 = pages.values().sum();
            let back = done.back_to.map(|at| format!(" back to {}", day(at)));
            progress.say(&format!(
                "{so_far} pages read; {source}{}",
                back.unwrap_or_default()
            ));
        };
        // Told to stop, it stops between two pages: what was read is in the log, with the place.
        let reports = tokio::select! {
            reports = history.read(sources, &log, &each) => Some(reports),
            () = setup::told_to_stop() => None,
        };
        shown
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
            .0
            .done();
        reports
    };
    drop(log);
    // However it went: what is in the log is to be found.
    let ended = polling.end();
    let found = bring_up_to_date(&dir, &config);
    let Some(reports) = reports.transpose()? else {
        ended.and(found)?;
        eprintln!("stopped; the same command goes on where this one was");
        return Ok(ExitCode::FAILURE);
    };
    ended.and(found)?;
    show(common, &reports)?;
    let has_failed = |report: &HistoryReport| matches!(report.end, HistoryEnd::Failed(_));
    Ok(match reports.iter().any(has_failed) {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

/// The sources named, also those that are off; without a name all that are on.
fn wanted(config: &Config, args: &HistoryArgs) -> Result<Vec<Source>, Usage> {
    let polled = || config.sources.iter().filter(|s| s.kind.is_polled());
    if let Some(id) = args
        .source
        .iter()
        .map(SourceId::new)
        .find(|id| !polled().any(|source| source.id == *id))
    {
        return Err(Usage(format!(
            "there is no source `{id}` that is polled; `bellwether sources` lists them"
        )));
    }
    if let Some(id) = args
        .group
        .iter()
        .map(GroupId::new)
        .find(|id| !config.groups.iter().any(|group| group.id == *id))
    {
        return Err(Usage(format!(
            "there is no group `{id}`; config/groups.toml lists them"
        )));
    }
    let is_wanted = |source: &&Source| {
        let is_named = args.source.iter().any(|id| source.id.as_str() == id);
        let is_in = (source.groups.iter()).any(|of| args.group.iter().any(|id| of.as_str() == id));
        let is_all = args.source.is_empty() && args.group.is_empty();
        is_named || (source.enabled && (is_in || is_all))
    };
    Ok(polled().filter(is_wanted).cloned().collect())
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

fn show(common: &Common, reports: &[HistoryReport]) -> Result<()> {
    for report in reports {
        if common.json {
            print::json(&HistoryBody {
                source: report.source.to_string(),
                kind: report.kind.as_str(),
                pages: report.pages,
                items_new: report.items_new,
                items_updated: report.items_updated,
                items_unchanged: report.items_unchanged,
                left_out_undated: report.undated,
                left_out_recent: report.recent,
                left_out_older: report.older,
                left_out_sitemaps: report.sitemaps,
                pages_in_part: report.in_part,
                back_to: report.back_to,
                end: report.end.as_str(),
                why: report.end.why().map(str::to_owned),
            })?;
        } else {
            print::line(&in_words(report))?;
        }
    }
    if !common.json {
        let new: u64 = reports.iter().map(|report| report.items_new).sum();
        let count = |wanted: fn(&HistoryEnd) -> bool| {
            reports.iter().filter(|report| wanted(&report.end)).count()
        };
        print::line(&format!(
            "{} sources: {new} new items; {} have no way back, {} are not done: the same command goes on there",
            reports.len(),
            count(|end| matches!(end, HistoryEnd::NoWayBack(_) | HistoryEnd::Refused(_))),
            count(|end| matches!(
                end,
                HistoryEnd::Bounded | HistoryEnd::Waiting(_) | HistoryEnd::Failed(_)
            )),
        ))?;
    }
    Ok(())
}

fn in_words(report: &HistoryReport) -> String {
    let back = report
        .back_to
        .map_or_else(String::new, |at| format!(" back to {}", day(at)));
    let mut text = format!(
        "{}: {} pages{back}, {} new, {} updated, {} unchanged",
        report.source, report.pages, report.items_new, report.items_updated, report.items_unchanged,
    );
    if report.undated > 0 {
        text.push_str(&format!(", {} without a date left out", report.undated));
    }
    if report.sitemaps > 0 {
        let left_out = report.sitemaps;
        text.push_str(&format!(
            ", {left_out} sitemaps of other hosts or too deep left out"
        ));
    }
    if report.in_part > 0 {
        text.push_str(&format!(", {} pages read in part only", report.in_part));
    }
    let end = match &report.end {
        HistoryEnd::Reached => "all that was asked for".to_owned(),
        HistoryEnd::Beginning => "the source shows nothing older".to_owned(),
        HistoryEnd::NoWayBack(why) => format!("no way back: {why}"),
        HistoryEnd::Bounded => "as many pages as one run may read".to_owned(),
        HistoryEnd::Waiting(why) => format!("waits: {why}"),
        HistoryEnd::Refused(why) => format!("not asked: {why}"),
        HistoryEnd::Failed(why) => format!("failed: {why}"),
    };
    format!("{text}; {end}")
}
