//! `bellwether coverage`: what was and was not collected, as a picture for a terminal.
//!
//! One row a source or group, one sign an hour or day; a gap is a gap in the picture. The worst come first,
//! and those that do not fit are counted.

use std::process::ExitCode;

use anyhow::Result;
use bellwether_api::{CoverageCellBody, CoverageHoursBody, CoverageRowBody};
use bellwether_daemon::CoverageParams;
use bellwether_model::{HourMark, HourState};

use crate::ask::{minute, open, told};
use crate::cli::{Common, CoverageArgs};
use crate::print;

/// The signs, and what they mean.
const SIGNS: [(char, &str); 6] = [
    ('█', "collected"),
    ('▄', "in part"),
    (' ', "not collected"),
    ('▁', "not collected, and items of it came later"),
    ('░', "by import"),
    ('·', "not followed yet, or off"),
];

/// `bellwether coverage`.
pub(crate) fn coverage(common: &Common, args: CoverageArgs) -> Result<ExitCode> {
    let params = CoverageParams {
        from: args.window.from,
        to: args.window.to,
        source: list(&args.source),
        group: list(&args.group),
        by: args.by,
        bin: args.bin,
        limit: Some(args.limit),
        cursor: args.cursor,
        zone: args.zone,
    };
    let body = told(open(common)?.coverage(&params))?;
    if common.json {
        print::json(&body)?;
        return Ok(ExitCode::SUCCESS);
    }
    print::line(&head(&body))?;
    if body.total == 0 {
        print::line("no source in scope is on; `bellwether sources` lists all")?;
        return Ok(ExitCode::SUCCESS);
    }
    let heading = ends(&body);
    let what = if body.by == "group" {
        "GROUP"
    } else {
        "SOURCE"
    };
    print::table(
        &[what, &heading, "HOURS", "NEW", "WHY"],
        &[32, 900, 16, 8, 60],
        &body.items.iter().map(row).collect::<Vec<_>>(),
    )?;
    let signs = SIGNS.map(|(sign, meaning)| format!("|{sign}| {meaning}"));
    print::line(&signs.join("  "))?;
    if let Some(rest) = rest(&body) {
        print::line(&rest)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn list(words: &[String]) -> Option<String> {
    (!words.is_empty()).then(|| words.join(","))
}

fn head(body: &CoverageHoursBody) -> String {
    let share = match body.hours_due {
        0 => "nothing was to be collected".to_owned(),
        due => format!(
            "{:.1} % of {due} hours collected",
            // Rounded down: all is said only where it was all.
            (body.hours_collected as f64 / due as f64 * 1000.0).floor() / 10.0
        ),
    };
    let zone = if body.bin == "day" {
        format!(", days of {}", body.zone)
    } else {
        String::new()
    };
    let off = match body.off {
        0 => String::new(),
        off => format!("; {off} sources are off"),
    };
    let (from, to) = (body.window.from.map(minute), body.window.to.map(minute));
    format!(
        "{} to {}, one sign {}{zone}: {share}, {} of {} {}s throughout{off}",
        from.unwrap_or_default(),
        to.unwrap_or_default(),
        if body.bin == "day" {
            "a day"
        } else {
            "an hour"
        },
        body.complete,
        body.total,
        body.by,
    )
}

/// The first and the last moment over the ends of the picture, as far as there is room.
fn ends(body: &CoverageHoursBody) -> String {
    let cells = body.items.first().map_or(0, |row| row.cells.len());
    let end = |time: Option<bellwether_model::Timestamp>| {
        time.map(|time| time.strftime("%m-%d %HZ").to_string())
            .unwrap_or_default()
    };
    let (from, to) = (end(body.window.from), end(body.window.to));
    let room = (cells + 2).saturating_sub(from.len() + to.len());
    if room == 0 {
        return from;
    }
    format!("{from}{}{to}", " ".repeat(room))
}

fn row(row: &CoverageRowBody) -> Vec<String> {
    let picture: String = row.cells.iter().map(sign).collect();
    vec![
        row.id.clone(),
        format!("|{picture}|"),
        format!("{} of {}", row.hours_collected, row.hours_due),
        row.items_new.to_string(),
        row.error.clone().unwrap_or_default(),
    ]
}

fn sign(cell: &CoverageCellBody) -> char {
    let has = |mark: HourMark| cell.marks.iter().any(|word| word == mark.as_str());
    match HourState::from_word(&cell.state) {
        Some(HourState::Collected) => '█',
        Some(HourState::Partly) => '▄',
        Some(HourState::Import) => '░',
        _ if has(HourMark::Backlog) => '▁',
        Some(HourState::Before) => '·',
        _ if has(HourMark::Off) => '·',
        _ => ' ',
    }
}

/// What the rows that are not shown are.
fn rest(body: &CoverageHoursBody) -> Option<String> {
    let cursor = body.cursor.as_ref()?;
    let is_complete = |row: &&CoverageRowBody| row.hours_collected == row.hours_due;
    let shown = body.items.iter().filter(is_complete).count() as u64;
    let hidden = u64::from(body.total).saturating_sub(body.items.len() as u64);
    let complete = u64::from(body.complete).saturating_sub(shown).min(hidden);
    Some(format!(
        "and {hidden} more, {complete} of them collected throughout; more with --limit N or --cursor {cursor}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(state: HourState, marks: &[HourMark]) -> CoverageCellBody {
        let at = bellwether_model::Timestamp::UNIX_EPOCH;
        CoverageCellBody {
            start: at,
            end: at,
            state: state.as_str().to_owned(),
            marks: marks.iter().map(|mark| mark.as_str().to_owned()).collect(),
            hours_due: 1,
            hours_collected: 0,
            polls_expected: 0,
            polls_made: 0,
            polls_failed: 0,
            error: None,
            items_new: 0,
            items_expected: None,
            items_late: 0,
        }
    }

    #[test]
    fn each_sign_has_a_meaning() {
        for (state, marks, expected) in [
            (HourState::Collected, &[HourMark::NewSource][..], '█'),
            (HourState::Partly, &[HourMark::Gap], '▄'),
            (HourState::Import, &[], '░'),
            (HourState::Not, &[HourMark::Gap, HourMark::Paused], ' '),
            (HourState::Not, &[HourMark::Backlog, HourMark::Gap], '▁'),
            (HourState::Not, &[HourMark::Off], '·'),
            (HourState::Before, &[], '·'),
        ] {
            assert_eq!(sign(&cell(state, marks)), expected);
            assert!(SIGNS.iter().any(|(sign, _)| *sign == expected));
        }
    }
}
