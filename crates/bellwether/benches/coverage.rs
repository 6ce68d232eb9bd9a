//! How fast coverage by the hour is answered: as many sources as ship, five weeks of outcomes.

mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bellwether_archive::{Batch, DataDir, Derived, LogWriter};
use bellwether_daemon::{AnswerSettings, Answers, Configured, CoverageParams};
use bellwether_indexer::LocalEngine;
use bellwether_model::{
    Affiliation, Clock, FamilyId, Outcome, OutcomeKind, PublisherId, Reach, Reading, Source,
    SourceId, SourceKind, Timestamp,
};
use jiff::tz::TimeZone;

const SOURCES: usize = 464;
const DAYS: i64 = 35;
/// Polls of a source in an hour.
const POLLS: i64 = 3;
const NOW: i64 = 1_795_507_800;
const TOGETHER: usize = 20_000;

struct Standing;

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(NOW).unwrap_or_default()
    }
}

fn source(number: usize) -> Source {
    let id = format!("source-{number}");
    Source {
        id: SourceId::new(id.as_str()),
        name: id.clone(),
        kind: SourceKind::Feed,
        reading: Reading::default(),
        url: None,
        reach: Reach::default(),
        publisher: PublisherId::new(id.as_str()),
        family: FamilyId::new(id.as_str()),
        groups: Vec::new(),
        country: None,
        languages: Vec::new(),
        every: Duration::from_secs(1200),
        enabled: true,
        affiliation: Affiliation::UNKNOWN,
        note: None,
    }
}

/// One poll in twenty fails, and one source in ten has outages of a day and a half.
fn outcome(number: usize, poll: i64) -> Batch {
    let place = poll + i64::try_from(number).unwrap_or_default() * 7;
    let is_down = number.is_multiple_of(10) && (place / 100) % 7 == 0;
    let error = is_down || place % 20 == 0;
    let at = Timestamp::from_second(NOW - poll * (3600 / POLLS)).unwrap_or_default();
    let mut batch = Batch::new(at);
    batch.outcome = Some(Outcome {
        source: SourceId::new(format!("source-{number}")),
        at,
        kind: if error {
            OutcomeKind::Status
        } else {
            OutcomeKind::Fetched
        },
        status: Some(if error { 503 } else { 200 }),
        items_new: u32::from(!error && place % 4 == 0),
        items_updated: 0,
        items_unchanged: 0,
        repaired: None,
        error: error.then(|| "the answer has status 503".to_owned()),
        body_bytes: 10,
        moved_to: None,
        fallback: None,
    });
    batch
}

fn filled(dir: &DataDir) {
    let mut writer = LogWriter::open(dir).unwrap_or_else(|error| support::fail(&error));
    let polls = (0..DAYS * 24 * POLLS).rev();
    let mut outcomes = polls.flat_map(|poll| (0..SOURCES).map(move |number| outcome(number, poll)));
    loop {
        let batches: Vec<Batch> = outcomes.by_ref().take(TOGETHER).collect();
        if batches.is_empty() {
            break;
        }
        if let Err(error) = writer.append(&batches) {
            support::fail(&error);
        }
    }
    // It is there once anything was analysed.
    drop(Derived::open(dir).unwrap_or_else(|error| support::fail(&error)));
}

fn main() {
    let folder = tempfile::tempdir().unwrap_or_else(|error| support::fail(&error));
    let dir = DataDir::open(folder.path()).unwrap_or_else(|error| support::fail(&error));
    filled(&dir);
    let configured = Configured {
        sources: (0..SOURCES).map(source).collect(),
        ..Configured::default()
    };
    let settings = AnswerSettings {
        zone: TimeZone::UTC,
        invented: false,
        public_url: None,
    };
    let engine = Arc::new(LocalEngine::new(&dir));
    let answers = Answers::new(engine, dir, configured, settings, Arc::new(Standing));
    println!("coverage of {SOURCES} sources, {DAYS} days of {POLLS} polls an hour:");
    for (name, from, bin) in [
        ("a week by the hour, first", "7d", "hour"),
        ("a week by the hour", "7d", "hour"),
        ("a day by the hour", "1d", "hour"),
        ("five weeks by the day", "34d", "day"),
    ] {
        let params = CoverageParams {
            from: Some(from.to_owned()),
            bin: Some(bin.to_owned()),
            limit: Some(500),
            ..CoverageParams::default()
        };
        let started = Instant::now();
        match answers.coverage(&params) {
            Ok(body) => {
                let made = started.elapsed();
                let json = serde_json::to_string(&body).map_or(0, |json| json.len());
                let whole = started.elapsed();
                println!(
                    "  {name}: {made:.1?}, {whole:.1?} with {json} bytes of JSON; {} of {} hours",
                    body.hours_collected, body.hours_due
                );
            }
            Err(problem) => {
                println!("  {name}: {}", problem.title);
                std::process::exit(1);
            }
        }
    }
}
