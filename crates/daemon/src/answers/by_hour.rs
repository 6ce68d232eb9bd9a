//! Coverage by the hour or day: each source or group with what was and was not collected of it.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::ops::Range;

use bellwether_api::{
    CoverageCellBody, CoverageHoursBody, CoverageRowBody, ItemRangeBody, Problem, WindowBody,
};
use bellwether_archive::{Derived, LogReader};
use bellwether_detect::{CoverageSum, HourFacts, SourceFacts, SourceHours, coverage_hours};
use bellwether_model::{CoverageHour, GroupId, HourMark, SourceId, SourceKind, Span, Timestamp};
use bellwether_query::{Bin, Binding, bins};
use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::asked::{self, CoverageParams, ListParams};
use super::coverage::Enrolled;
use super::hours::{Attempts, hour_of, start_of};
use super::lists::Page;
use super::who::Who;
use super::window::Window;
use super::{Answers, problems};

/// No longer stretch is shown at once.
const DAYS_MAX: i64 = 35;
/// Where nobody names a beginning.
const HOURS_DEFAULT: i64 = 24;
const DAYS_DEFAULT: i64 = 14;
/// Hours where nobody says whether hours or days, up to so many of them: they can be read.
const HOURS_READABLE: i64 = 3 * 24;
/// Most rows of a page.
pub(crate) const ROWS_MAX: usize = 500;
/// Most cells of a page: some megabytes.
const CELLS_MAX: usize = 100_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CellLength {
    Hour,
    Day,
}

/// What is asked for, as it is understood.
struct Asked {
    length: CellLength,
    by_group: bool,
    zone: TimeZone,
    /// The cells in order, as hours counted from 1970.
    cells: Vec<Range<i64>>,
    /// The sources asked for, where any are named, and those named each by itself.
    wanted: Option<BTreeSet<SourceId>>,
    named: BTreeSet<SourceId>,
    groups: BTreeSet<GroupId>,
}

impl Asked {
    fn read(
        params: &CoverageParams,
        answers: &Answers,
        who: &Who,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        let zone = asked::zone(params.zone.as_deref(), answers)?;
        let by_group = match params.by.as_deref() {
            None | Some("" | "source") => false,
            Some("group") => true,
            Some(other) => return Err(no_word("by", other, "`source` or `group`")),
        };
        let binding = Binding::new(&who.directory, &who.names, now, &zone);
        let window = Window::of_parameters(params.from.as_deref(), params.to.as_deref(), binding)?;
        let to = window.to.unwrap_or(now).min(now);
        let named = match params.bin.as_deref() {
            None | Some("") => None,
            Some("hour") => Some(CellLength::Hour),
            Some("day") => Some(CellLength::Day),
            Some(other) => return Err(no_word("bin", other, "`hour` or `day`")),
        };
        let default = match named {
            Some(CellLength::Day) => DAYS_DEFAULT * 24,
            _ => HOURS_DEFAULT,
        };
        let from = window.from.unwrap_or_else(|| {
            to.checked_sub(SignedDuration::from_hours(default))
                .unwrap_or(to)
        });
        if from >= to {
            let why = format!("`from` ({from}) lies ahead of now or of `to`");
            return Err(problems::parameter("from", why));
        }
        let hours = (to.as_second() - from.as_second()) / 3600;
        if hours > DAYS_MAX * 24 {
            let why = format!("more than {DAYS_MAX} days at once");
            return Err(
                problems::parameter("from", why).hint("ask for one stretch after the other")
            );
        }
        let length = named.unwrap_or(if hours <= HOURS_READABLE {
            CellLength::Hour
        } else {
            CellLength::Day
        });
        let (named, groups) = scope(params, who)?;
        let wanted = (!named.is_empty() || !groups.is_empty()).then(|| {
            let members = groups
                .iter()
                .flat_map(|group| who.directory.sources_in_group(group));
            members.chain(named.iter().cloned()).collect()
        });
        Ok(Self {
            cells: cells(length, Span { from, to }, &zone, hour_of(now))?,
            length,
            by_group,
            zone,
            wanted,
            named,
            groups,
        })
    }

    fn hours(&self) -> Range<i64> {
        match (self.cells.first(), self.cells.last()) {
            (Some(first), Some(last)) => first.start..last.end,
            _ => 0..0,
        }
    }
}

/// The sources and groups that parameters name.
fn scope(
    params: &CoverageParams,
    who: &Who,
) -> Result<(BTreeSet<SourceId>, BTreeSet<GroupId>), Problem> {
    let list = |text: &Option<String>| -> Vec<String> {
        let parts = text.iter().flat_map(|text| text.split(','));
        let parts = parts.map(str::trim).filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    };
    let mut sources = BTreeSet::new();
    for id in list(&params.source) {
        let id = SourceId::new(id);
        if who.directory.source(&id).is_none() {
            return Err(none_of("source", id.as_str()).hint("`/api/v1/sources` lists them"));
        }
        sources.insert(id);
    }
    let mut groups = BTreeSet::new();
    for id in list(&params.group) {
        let id = GroupId::new(id);
        if who.directory.group(&id).is_none() {
            return Err(none_of("group", id.as_str()));
        }
        groups.insert(id);
    }
    Ok((sources, groups))
}

fn none_of(what: &str, id: &str) -> Problem {
    let id = bellwether_text::excerpt(&bellwether_text::display_safe(id), 80);
    problems::parameter(what, format!("there is no {what} `{id}`"))
}

fn no_word(name: &str, word: &str, expected: &str) -> Problem {
    let word = bellwether_text::excerpt(&bellwether_text::display_safe(word), 40);
    problems::parameter(name, format!("`{word}` is not known; expected {expected}"))
}

/// The cells of a stretch, whole ones, up to the present hour. Hours are those of UTC; a day has the
/// hours that begin in it.
fn cells(
    length: CellLength,
    span: Span,
    zone: &TimeZone,
    now_hour: i64,
) -> Result<Vec<Range<i64>>, Problem> {
    let end = (span.to.as_second() - 1).div_euclid(3600) + 1;
    match length {
        CellLength::Hour => Ok((hour_of(span.from)..end.min(now_hour + 1))
            .map(|hour| hour..hour + 1)
            .collect()),
        CellLength::Day => {
            let days = bins(span, Bin::Day, zone);
            let days = days.map_err(|error| problems::parameter("bin", error))?;
            let first_of = |at: Timestamp| (at.as_second() + 3599).div_euclid(3600);
            Ok(days
                .into_iter()
                .map(|day| first_of(day.from)..first_of(day.to).min(now_hour + 1))
                .filter(|hours| !hours.is_empty())
                .collect())
        }
    }
}

/// A row before it is written out.
struct Row {
    id: String,
    name: String,
    sources: u32,
    whole: CoverageSum,
    cells: Vec<CoverageSum>,
}

impl Row {
    fn new(id: &str, name: &str, cells: usize) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            sources: 0,
            whole: CoverageSum::default(),
            cells: vec![CoverageSum::default(); cells],
        }
    }

    fn is_complete(&self) -> bool {
        self.whole.collected == self.whole.due
    }

    /// Those of which most is missing first; those that were not due at all last.
    fn worst_first(&self, other: &Self) -> Ordering {
        let missing = |row: &Self| u64::from(row.whole.due - row.whole.collected);
        let (own, others) = (
            missing(self) * u64::from(other.whole.due),
            missing(other) * u64::from(self.whole.due),
        );
        (self.whole.due == 0)
            .cmp(&(other.whole.due == 0))
            .then(others.cmp(&own))
            .then(other.whole.polls_failed.cmp(&self.whole.polls_failed))
            .then_with(|| self.id.cmp(&other.id))
    }
}

/// Where rows are read from.
struct Place<'a> {
    answers: &'a Answers,
    log: &'a LogReader,
    derived: &'a Derived,
    now: Timestamp,
}

impl Place<'_> {
    fn row(&self, source: &Enrolled, name: &str, asked: &Asked) -> Result<Row, Problem> {
        let wanted = asked.hours();
        let hours = self.facts(&source.id, wanted.clone())?;
        let hours = self.judged(source, wanted.start, hours);
        let mut row = Row::new(source.id.as_str(), name, asked.cells.len());
        row.sources = 1;
        for (cell, sum) in asked.cells.iter().zip(&mut row.cells) {
            for number in cell.clone() {
                let place = usize::try_from(number - wanted.start).ok();
                if let Some(hour) = place.and_then(|place| hours.get(place)) {
                    sum.add(hour);
                }
            }
        }
        hours.iter().for_each(|hour| row.whole.add(hour));
        Ok(row)
    }

    /// Hours in the light of what is known of their source. What all answers share is held no longer than
    /// for one source: whoever reads on in the log waits for it.
    fn judged(&self, source: &Enrolled, start: i64, hours: Vec<HourFacts>) -> Vec<CoverageHour> {
        let known = self.answers.hours();
        let attempts = known.of(&source.id);
        let (first, rhythm) = attempts
            .map(|attempts| attempts.rhythm_hours(hour_of(self.now)))
            .unwrap_or_default();
        let facts = SourceFacts {
            every: source.every,
            // A folder is looked at as feeds are polled.
            is_on: source.kind != SourceKind::Import && source.is_enabled,
            attempts: attempts.and_then(Attempts::range),
            first_success: attempts.and_then(Attempts::first),
            success_before: attempts.and_then(|known| known.collected.last_until(start - 1)),
            imported: &source.imported,
            rhythm: SourceHours {
                first,
                hours: &rhythm,
            },
        };
        coverage_hours(&facts, start, hours, self.now)
    }

    fn facts(&self, source: &SourceId, wanted: Range<i64>) -> Result<Vec<HourFacts>, Problem> {
        let (from, to) = (start_of(wanted.start), start_of(wanted.end));
        let count = usize::try_from(wanted.end - wanted.start).unwrap_or(0);
        let mut facts = vec![HourFacts::default(); count];
        let place = |at: Timestamp| usize::try_from(hour_of(at) - wanted.start).ok();
        let polled = self.log.collected_hours_of(source, from, to);
        for polled in polled.map_err(problems::archive)? {
            if let Some(facts) = place(polled.start).and_then(|place| facts.get_mut(place)) {
                facts.collected = polled.collected;
                facts.failed = polled.failed;
                facts.items_new = polled.items_new;
                facts.error = polled.error;
            }
        }
        let dated = self.derived.volumes_of(source, from, to);
        for dated in dated.map_err(problems::archive)? {
            if let Some(facts) = place(dated.start).and_then(|place| facts.get_mut(place)) {
                facts.items_dated = dated.items;
            }
        }
        Ok(facts)
    }
}

impl Answers {
    /// What was and was not collected, by the hour or day, the worst collected first.
    ///
    /// # Errors
    /// A [`Problem`] where a parameter is wrong or the data folder cannot be read.
    pub fn coverage(&self, params: &CoverageParams) -> Result<CoverageHoursBody, Problem> {
        let now = self.now();
        let list = ListParams {
            limit: params.limit,
            cursor: params.cursor.clone(),
            ..ListParams::default()
        };
        let page = Page::of(&list, ROWS_MAX)?;
        self.log.with(|log| {
            let seen = self.look(log)?;
            let asked = Asked::read(params, self, &seen.who, now)?;
            if page.limit.saturating_mul(asked.cells.len()) > CELLS_MAX {
                let why = format!("more than {CELLS_MAX} hours or days on a page");
                return Err(problems::parameter("limit", why)
                    .hint("use `bin=day`, a shorter stretch of time, or a smaller `limit`"));
            }
            let sources = self.derived.with(|derived| {
                let place = Place {
                    answers: self,
                    log,
                    derived,
                    now,
                };
                let chosen = seen.who.roster.chosen(asked.wanted.as_ref(), &asked.named);
                let row = |source: &Enrolled| {
                    let known = seen.who.directory.source(&source.id);
                    let name = known.map_or(source.id.as_str(), |known| &known.name);
                    place.row(source, name, &asked)
                };
                chosen.into_iter().map(row).collect::<Result<Vec<_>, _>>()
            })?;
            let off = seen.who.roster.off(asked.wanted.as_ref(), &asked.named);
            let mut rows = if asked.by_group {
                by_group(&sources, &seen.who, &asked)
            } else {
                sources
            };
            rows.sort_by(Row::worst_first);
            let sum = |of: fn(&Row) -> u32| rows.iter().map(|row| u64::from(of(row))).sum();
            let complete = rows.iter().filter(|row| row.is_complete()).count();
            let hours = asked.hours();
            let mut body = CoverageHoursBody {
                window: WindowBody {
                    from: Some(start_of(hours.start)),
                    to: Some(start_of(hours.end)),
                },
                zone: asked.zone.iana_name().unwrap_or("UTC").to_owned(),
                bin: match asked.length {
                    CellLength::Hour => "hour".to_owned(),
                    CellLength::Day => "day".to_owned(),
                },
                by: if asked.by_group { "group" } else { "source" }.to_owned(),
                total: as_count(rows.len()),
                complete: as_count(complete),
                hours_due: sum(|row| row.whole.due),
                hours_collected: sum(|row| row.whole.collected),
                off,
                items: Vec::new(),
                cursor: None,
            };
            let list = page.cut(rows, |row| Ok(shaped(row, &asked.cells)))?;
            body.items = list.items;
            body.cursor = list.cursor;
            Ok(body)
        })
    }
}

/// A row for each group; a source of two groups counts in both.
fn by_group(sources: &[Row], who: &Who, asked: &Asked) -> Vec<Row> {
    let mut rows = Vec::new();
    for group in who.directory.groups() {
        if !asked.groups.is_empty() && !asked.groups.contains(&group.id) {
            continue;
        }
        let members = who.directory.sources_in_group(&group.id);
        let mut row = Row::new(group.id.as_str(), &group.name, asked.cells.len());
        for source in sources {
            if !members.contains(&SourceId::new(source.id.as_str())) {
                continue;
            }
            row.sources += 1;
            row.whole.join(&source.whole);
            for (cell, other) in row.cells.iter_mut().zip(&source.cells) {
                cell.join(other);
            }
        }
        if row.sources > 0 {
            rows.push(row);
        }
    }
    rows
}

fn shaped(row: Row, cells: &[Range<i64>]) -> CoverageRowBody {
    CoverageRowBody {
        id: row.id,
        name: row.name,
        sources: row.sources,
        hours_due: row.whole.due,
        hours_collected: row.whole.collected,
        items_new: row.whole.items_new,
        items_late: row.whole.items_late,
        error: row.whole.error,
        cells: cells
            .iter()
            .zip(row.cells)
            .map(|(hours, sum)| cell(hours, sum))
            .collect(),
    }
}

fn cell(hours: &Range<i64>, sum: CoverageSum) -> CoverageCellBody {
    CoverageCellBody {
        start: start_of(hours.start),
        end: start_of(hours.end),
        state: sum.state().as_str().to_owned(),
        marks: sum
            .marks
            .iter()
            .map(HourMark::as_str)
            .map(str::to_owned)
            .collect(),
        hours_due: sum.due,
        hours_collected: sum.collected,
        polls_expected: sum.polls_expected,
        polls_made: sum.polls_made,
        polls_failed: sum.polls_failed,
        items_new: sum.items_new,
        items_expected: sum
            .items_expected()
            .map(|(low, high)| ItemRangeBody { low, high }),
        items_late: sum.items_late,
        error: sum.error,
    }
}

fn as_count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
