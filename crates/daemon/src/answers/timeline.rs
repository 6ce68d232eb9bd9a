//! Counts over time.

use std::ops::ControlFlow;

use bellwether_api::{BinBody, BinCounts, Problem, TimelineBody};
use bellwether_archive::StoryTable;
use bellwether_model::{Directory, Span, Timestamp};
use bellwether_query::{Bin, Bound, Row, bins};
use jiff::SignedDuration;

use super::asked::{Asked, TimelineParams};
use super::tally::{self, Distinct, Fact, Facts, Field, Tally};
use super::window::Window;
use super::{Answers, problems};

/// Bins where nobody says how long one is: a chart of these can be read.
const BINS_READABLE: usize = 200;
/// A timeline without a beginning shows so much.
const LENGTH_DEFAULT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Values whose counts are named in each bin; those of fewer items are counted together.
const VALUES_MAX: usize = 100;
/// What a value that is not known is called among the counts of a bin.
const UNKNOWN: &str = "unknown";

impl Answers {
    /// The items that match, counted over time. What was not collected is not counted as nothing.
    ///
    /// # Errors
    /// A [`Problem`] where the query cannot be read or the index cannot answer.
    pub fn timeline(&self, params: &TimelineParams) -> Result<TimelineBody, Problem> {
        let now = self.now();
        let field = field(params.by.as_deref())?;
        self.log.with(|log| {
            let seen = self.look(log)?;
            let asked = Asked::read(params, self, &seen.who, now)?;
            let (bin, spans) = spans(&asked, params.bin.as_deref(), now)?;
            let window = Window {
                from: spans.first().map(|span| span.from),
                to: spans.last().map(|span| span.to),
            };
            let query = asked.bound.clone().and(window.bound());
            let counts = self.with_stories(|stories, _| {
                self.count(&query, &spans, field, &seen.who.directory, stories)
            })?;
            let is_empty = counts.iter().all(|counts| counts.items == 0);
            let note = self.note(&seen, &asked.bound, window, is_empty)?;
            let collected = self.note_of_bins(&seen, &asked.bound, &spans);
            let bins = spans
                .iter()
                .zip(counts)
                .zip(collected)
                .map(|((span, counts), (coverage, is_collected))| {
                    let start = span.from.to_zoned_datetime(asked.zone.clone());
                    let offset = start.strftime("%:z").to_string();
                    // What was not collected and came later is there all the same.
                    let late = !is_collected && counts.items > 0;
                    let counts = (is_collected || late).then_some(counts);
                    BinBody::from_model(*span, offset, counts, coverage, late)
                })
                .collect();
            Ok(TimelineBody {
                query: asked.canonical(),
                bin: bin.to_string(),
                zone: asked.zone_name(),
                window: window.body(),
                by: field.map(|field| field.as_str().to_owned()),
                bins,
                coverage: note,
                permalink: self.permalink(params, &[]),
            })
        })
    }

    fn count(
        &self,
        query: &Bound,
        spans: &[Span],
        field: Option<Field>,
        directory: &Directory,
        stories: &StoryTable,
    ) -> Result<Vec<BinCounts>, Problem> {
        let mut counter = Counter::new(spans, field, directory, stories);
        let columns = counter.facts.columns();
        self.engine
            .scan(query, &columns, &mut |row| {
                counter.add(&row);
                ControlFlow::Continue(())
            })
            .map_err(|error| problems::search(&error))?;
        Ok(counter.finish())
    }
}

/// The bins of a window. Those at its ends are cut to what was asked for, so that their counts
/// add up to the total of the same search; an end that nobody named lies at the end of a bin.
fn spans(asked: &Asked, bin: Option<&str>, now: Timestamp) -> Result<(Bin, Vec<Span>), Problem> {
    let window = asked.window;
    let to = window.to.unwrap_or(now.max(window.from.unwrap_or(now)));
    let from = window
        .from
        .or_else(|| to.checked_sub(LENGTH_DEFAULT).ok())
        .unwrap_or(to);
    let span = Span { from, to };
    let bin = match bin {
        None | Some("") => Bin::fitting(span, BINS_READABLE),
        Some(text) => text
            .parse()
            .map_err(|error: String| problems::parameter("bin", error))?,
    };
    let mut spans =
        bins(span, bin, &asked.zone).map_err(|error| problems::parameter("bin", error))?;
    if let (Some(from), Some(first)) = (window.from, spans.first_mut()) {
        first.from = from;
    }
    if let (Some(to), Some(last)) = (window.to, spans.last_mut()) {
        last.to = to;
    }
    Ok((bin, spans))
}

fn field(by: Option<&str>) -> Result<Option<Field>, Problem> {
    match by {
        None | Some("") => Ok(None),
        Some(word) => match Field::from_word(word) {
            Some(field) => Ok(Some(field)),
            None => Err(problems::no_field(word, Field::ALL.map(Field::as_str))),
        },
    }
}

/// Counts matches into bins.
struct Counter<'a> {
    facts: Facts<'a>,
    field: Option<Field>,
    stories: &'a StoryTable,
    /// The end of each bin in microseconds, rounded up as the index does.
    ends: Vec<i64>,
    tallies: Vec<Tally>,
    /// For each bin the items by value, unknown ones apart.
    by: Vec<Vec<u32>>,
    unknown: Vec<u32>,
    /// What the values of a field of the index are called.
    names: Vec<String>,
    /// The bin of the match before: they come in order of time by long stretches.
    last: usize,
}

impl<'a> Counter<'a> {
    fn new(
        spans: &[Span],
        field: Option<Field>,
        directory: &'a Directory,
        stories: &'a StoryTable,
    ) -> Self {
        Self {
            facts: Facts::new(directory, field.as_slice()),
            field,
            stories,
            ends: spans.iter().map(|span| ceiling(span.to)).collect(),
            tallies: spans.iter().map(|_| Tally::default()).collect(),
            by: vec![Vec::new(); spans.len()],
            unknown: vec![0; spans.len()],
            names: Vec::new(),
            last: 0,
        }
    }

    #[inline]
    fn bin(&mut self, micros: i64) -> usize {
        let start = self
            .last
            .checked_sub(1)
            .map_or(i64::MIN, |at| self.ends[at]);
        let is_same = start <= micros && self.ends.get(self.last).is_some_and(|end| micros < *end);
        if !is_same {
            self.last = self.ends.partition_point(|end| *end <= micros);
        }
        self.last
    }

    #[inline]
    fn add(&mut self, row: &Row<'_>) {
        let at = self.bin(row.micros);
        let Some(tally) = self.tallies.get_mut(at) else {
            return;
        };
        self.facts.meet(row);
        let story = tally::story(self.stories, row.item);
        tally.add(story, self.facts.values(Field::Ours(Fact::Family), row));
        let Some(field) = self.field else { return };
        let values = self.facts.values(field, row);
        if values.is_empty() {
            self.unknown[at] += 1;
        }
        let by = &mut self.by[at];
        for value in values {
            let value = *value as usize;
            if by.len() <= value {
                by.resize(value + 1, 0);
            }
            by[value] += 1;
        }
        if let Field::Of(column) = field
            && let Some(names) = self.facts.names_of(column, row)
            && names.len() > self.names.len()
        {
            self.names.extend_from_slice(&names[self.names.len()..]);
        }
    }

    fn finish(self) -> Vec<BinCounts> {
        let names = match self.field {
            Some(Field::Ours(fact)) => self.facts.names(fact),
            _ => &self.names,
        };
        let mut sums: Vec<(u32, &str)> = names.iter().map(|name| (0, name.as_str())).collect();
        for by in &self.by {
            for (sum, count) in sums.iter_mut().zip(by) {
                sum.0 += count;
            }
        }
        let named = tally::largest(&sums, VALUES_MAX);
        let names_unknown = self.field.is_some_and(Field::is_always_there);
        let mut distinct = Distinct::new(self.stories);
        self.tallies
            .iter()
            .zip(&self.by)
            .zip(&self.unknown)
            .map(|((tally, by), unknown)| {
                let count = |at: usize| by.get(at).copied().unwrap_or(0);
                let mut counts = BinCounts {
                    items: tally.items,
                    families: tally.families(),
                    stories: distinct.stories(tally),
                    others: by.iter().sum(),
                    ..BinCounts::default()
                };
                for at in named.iter().copied().filter(|at| count(*at) > 0) {
                    counts.others -= count(at);
                    counts.by.insert(names[at].clone(), count(at));
                }
                if names_unknown && *unknown > 0 {
                    *counts.by.entry(UNKNOWN.to_owned()).or_default() += unknown;
                }
                counts
            })
            .collect()
    }
}

/// Times in the index are whole microseconds, so that `t < end` keeps its meaning.
fn ceiling(time: Timestamp) -> i64 {
    let micros = time.as_microsecond();
    if time.subsec_nanosecond() % 1_000 == 0 {
        micros
    } else {
        micros + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_found_by_its_word() {
        for known in Field::ALL {
            assert_eq!(field(Some(known.as_str())), Ok(Some(known)));
        }
        assert_eq!(field(None), Ok(None));
        assert!(field(Some("mood")).is_err());
    }
}
