//! What was collected, of the sources a question is about (DESIGN 5.4).
//!
//! A source is collected in an hour as `bellwether_detect::coverage_hours` says, which tells more of
//! each hour. A note stands beside every answer, so here hours are bits: those in which an attempt
//! succeeded, and where a source is polled too seldom to be polled in each, those at most an interval
//! after. An imported source is collected in the stretches that its imports cover; where its publisher is
//! polled as well, both are one source here (history that was imported stands for polls). A question
//! without a beginning or an end asks for all there is, so it begins and ends with each source.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;

use bellwether_api::{BinCoverageBody, CoverageBody, MissingBody};
use bellwether_detect::reach;
use bellwether_model::{
    Coverage, Directory, Missing, MissingReason, PublisherId, Source, SourceId, SourceKind, Span,
    Timestamp, Zero,
};
use bellwether_query::Bound;

use super::hours::{Attempts, HourSet, Hours, hour_of, hours_of};
use super::who::Who;
use super::window::Window;

/// A success stands for at most so many hours: sources that are polled less than once in ten weeks
/// are not shown hour by hour.
const REACH_HOURS_MAX: i64 = 70 * 24;

/// The sources a query is limited to; `None` where it is not.
pub(super) fn scope(bound: &Bound, directory: &Directory) -> Option<BTreeSet<SourceId>> {
    match bound {
        Bound::Sources(sources) => Some(sources.clone()),
        Bound::Publisher(publisher) => {
            Some(directory.sources_where(|source| source.publisher == *publisher))
        }
        Bound::And(parts) => parts
            .iter()
            .filter_map(|part| scope(part, directory))
            .reduce(|a, b| a.intersection(&b).cloned().collect()),
        Bound::Or(parts) => parts
            .iter()
            .map(|part| scope(part, directory))
            .collect::<Option<Vec<_>>>()
            .map(|scopes| scopes.into_iter().flatten().collect()),
        _ => None,
    }
}

/// One source, with what a note on its collection needs of the configuration.
#[derive(Debug)]
pub(super) struct Enrolled {
    pub(super) id: SourceId,
    pub(super) kind: SourceKind,
    pub(super) is_enabled: bool,
    pub(super) every: Duration,
    /// The same for all sources of a publisher.
    publisher: usize,
    /// The first and the last hour of each stretch that imports of its publisher cover, in order.
    pub(super) imported: Vec<(i64, i64)>,
    /// For how many hours after its own a success still stands.
    reach: i64,
}

/// All sources in force as a note on coverage sees them, put together once for a configuration.
#[derive(Debug, Default)]
pub(super) struct Roster {
    sources: Vec<Enrolled>,
    publishers: usize,
}

impl Roster {
    pub(super) fn new(
        directory: &Directory,
        imported: impl Fn(&Source) -> Vec<(i64, i64)>,
    ) -> Self {
        let mut publishers: BTreeMap<&PublisherId, usize> = BTreeMap::new();
        let sources = directory
            .sources()
            .map(|source| {
                let next = publishers.len();
                Enrolled {
                    id: source.id.clone(),
                    kind: source.kind,
                    is_enabled: source.enabled,
                    every: source.every,
                    publisher: *publishers.entry(&source.publisher).or_insert(next),
                    imported: imported(source),
                    reach: reach(source.every),
                }
            })
            .collect();
        Self {
            sources,
            publishers: publishers.len(),
        }
    }

    /// The sources in scope of which it can be said whether they were collected: those that are on, and
    /// imported ones whose publisher is not polled. Those named each by itself are so in any case.
    pub(super) fn chosen(
        &self,
        wanted: Option<&BTreeSet<SourceId>>,
        named: &BTreeSet<SourceId>,
    ) -> Vec<&Enrolled> {
        let asked: Vec<&Enrolled> = self.in_scope(wanted).collect();
        let mut is_polled = vec![false; self.publishers];
        for source in &asked {
            is_polled[source.publisher] |= source.kind.is_polled() && source.is_enabled;
        }
        asked
            .into_iter()
            .filter(|source| {
                let is_told = match source.kind {
                    SourceKind::Import => !is_polled[source.publisher],
                    // Whose voices its files hold is not known; each is a source that was imported.
                    SourceKind::Files => false,
                    _ => source.is_enabled,
                };
                is_told || named.contains(&source.id)
            })
            .collect()
    }

    /// How many sources in scope are switched off, beside those named.
    pub(super) fn off(
        &self,
        wanted: Option<&BTreeSet<SourceId>>,
        named: &BTreeSet<SourceId>,
    ) -> u32 {
        let off = self.in_scope(wanted).filter(|source| {
            source.kind.is_polled() && !source.is_enabled && !named.contains(&source.id)
        });
        u32::try_from(off.count()).unwrap_or(u32::MAX)
    }

    fn in_scope(&self, wanted: Option<&BTreeSet<SourceId>>) -> impl Iterator<Item = &Enrolled> {
        let is_wanted =
            move |source: &&Enrolled| wanted.is_none_or(|wanted| wanted.contains(&source.id));
        self.sources.iter().filter(is_wanted)
    }
}

/// One source in scope with what is known of its collection.
struct Seen<'a> {
    source: &'a Enrolled,
    polled: Option<&'a Attempts>,
}

impl Seen<'_> {
    /// Whether an hour that is not over was collected: it may be too young to have been polled in.
    fn is_collected_now(&self, hour: i64) -> bool {
        self.polled.is_some_and(|polled| {
            let grace = i64::from(!polled.failed.contains(hour));
            let reach = self.source.reach.max(grace);
            polled.collected.any(hour - reach..hour + 1)
        })
    }

    /// Whether each of some hours was collected.
    fn is_collected(&self, hours: Range<i64>, now_hour: i64) -> bool {
        if hours.is_empty() {
            return true;
        }
        // Nothing was before the first hour of all: no need to look through ages.
        let first = self.polled.and_then(Attempts::first);
        let imported = self.source.imported.first().map(|(from, _)| *from);
        if first
            .into_iter()
            .chain(imported)
            .all(|first| hours.start < first)
        {
            return false;
        }
        let mut bits = HourBits::new(hours);
        self.write(&mut bits, now_hour);
        bits.runs(false).next().is_none()
    }

    /// Whether any of some hours was collected.
    fn is_collected_in_any(&self, hours: Range<i64>, now_hour: i64) -> bool {
        let is_imported =
            (self.source.imported.iter()).any(|(from, to)| hours.start <= *to && *from < hours.end);
        let reach = self.source.reach.clamp(0, REACH_HOURS_MAX);
        let is_polled = self.polled.is_some_and(|polled| {
            polled
                .collected
                .any(hours.start.saturating_sub(reach)..hours.end)
        });
        is_imported || is_polled || hours.contains(&now_hour) && self.is_collected_now(now_hour)
    }

    /// The hours that a question is about, for this source. `None` where it has none at all.
    fn asked(&self, window: Window, now: Timestamp) -> Option<Range<i64>> {
        let polled_first = self.polled.and_then(Attempts::first);
        let imported = &self.source.imported;
        let imported_first = imported.first().map(|(from, _)| *from);
        let first = polled_first.into_iter().chain(imported_first).min();
        let last = match imported.last() {
            Some((_, to)) if self.source.kind == SourceKind::Import => *to,
            _ => hour_of(now),
        };
        let to = match window.to {
            Some(to) => hours_of(to.min(now), to.min(now)).end,
            None => last + 1,
        };
        let from = match window.from {
            Some(from) => hour_of(from),
            None => first?.min(to),
        };
        Some(from..to)
    }

    /// Writes down which hours of some stretch were collected.
    fn write(&self, bits: &mut HourBits, now_hour: i64) {
        if let Some(polled) = self.polled {
            bits.fill(&polled.collected, self.source.reach);
            let end = bits.hours.end;
            for hour in bits.hours.start.max(now_hour)..end {
                bits.set(hour..hour + 1, self.is_collected_now(hour));
            }
        } else {
            bits.clear();
        }
        for (from, to) in &self.source.imported {
            bits.set(*from..to + 1, true);
        }
    }
}

/// Which hours of a stretch were collected.
struct HourBits {
    hours: Range<i64>,
    /// The hour of the first bit; a multiple of 64, and early enough for what reaches in.
    base: i64,
    words: Vec<u64>,
}

impl HourBits {
    fn new(hours: Range<i64>) -> Self {
        Self {
            hours,
            base: 0,
            words: Vec::new(),
        }
    }

    fn clear(&mut self) {
        self.base = self.hours.start.div_euclid(64) * 64;
        let count = usize::try_from((self.hours.end - self.base).max(0)).unwrap_or(0);
        self.words.clear();
        self.words.resize(count.div_ceil(64), 0);
    }

    /// The hours of a set, each with the `reach` hours after it.
    fn fill(&mut self, set: &HourSet, reach: i64) {
        let reach = reach.clamp(0, REACH_HOURS_MAX);
        self.base = (self.hours.start - reach).div_euclid(64) * 64;
        let end = self.hours.end;
        self.words.clear();
        let starts = (self.base..end).step_by(64);
        self.words.extend(starts.map(|hour| set.word(hour)));
        let mut reached = 0;
        while reached < reach {
            let more = (reached + 1).min(reach - reached);
            self.spread(more.unsigned_abs());
            reached += more;
        }
    }

    /// Each hour also that many hours later.
    fn spread(&mut self, by: u64) {
        let (words, bits) = ((by / 64) as usize, by % 64);
        for at in (words..self.words.len()).rev() {
            let mut moved = self.words[at - words] << bits;
            if bits > 0 && at > words {
                moved |= self.words[at - words - 1] >> (64 - bits);
            }
            self.words[at] |= moved;
        }
    }

    fn set(&mut self, hours: Range<i64>, is_collected: bool) {
        let end = self.base + i64::try_from(self.words.len()).unwrap_or(0) * 64;
        for hour in hours.start.max(self.base)..hours.end.min(end) {
            let offset = (hour - self.base).unsigned_abs();
            let word = &mut self.words[(offset / 64) as usize];
            if is_collected {
                *word |= 1 << (offset % 64);
            } else {
                *word &= !(1 << (offset % 64));
            }
        }
    }

    /// From an hour on as many as are, or are not, in it: the first hour for which that ends.
    fn run_end(&self, hour: i64, is_collected: bool) -> i64 {
        let mut offset = (hour - self.base).unsigned_abs();
        while let Some(word) = self.words.get((offset / 64) as usize) {
            let other = if is_collected { !word } else { *word };
            let ahead = other >> (offset % 64);
            if ahead != 0 {
                offset += u64::from(ahead.trailing_zeros());
                break;
            }
            offset = (offset / 64 + 1) * 64;
        }
        let end = self.base.saturating_add_unsigned(offset);
        end.min(self.hours.end)
    }

    /// The stretches that were, or were not, collected.
    fn runs(&self, is_collected: bool) -> impl Iterator<Item = Range<i64>> {
        let mut hour = self.hours.start;
        std::iter::from_fn(move || {
            let start = self.run_end(hour, !is_collected);
            hour = self.run_end(start, is_collected);
            (start < self.hours.end).then_some(start..hour)
        })
    }
}

/// The sources in scope.
pub(super) struct InScope<'a> {
    sources: Vec<Seen<'a>>,
    now: Timestamp,
}

impl<'a> InScope<'a> {
    pub(super) fn new(
        who: &'a Who,
        hours: &'a Hours,
        wanted: Option<&BTreeSet<SourceId>>,
        now: Timestamp,
    ) -> Self {
        let sources = who
            .roster
            .chosen(wanted, &BTreeSet::new())
            .into_iter()
            .map(|source| Seen {
                source,
                polled: hours.of(&source.id),
            })
            .collect();
        Self { sources, now }
    }

    fn count(&self) -> u32 {
        u32::try_from(self.sources.len()).unwrap_or(u32::MAX)
    }

    /// What was and was not collected in a window.
    pub(super) fn note(&self, window: Window) -> CoverageBody {
        let now_hour = hour_of(self.now);
        let mut missing = Vec::new();
        for seen in &self.sources {
            let asked = seen.asked(window, self.now);
            let is_complete = asked
                .clone()
                .is_some_and(|asked| seen.is_collected(asked, now_hour));
            if is_complete {
                continue;
            }
            let asked = asked.unwrap_or(i64::MIN..i64::MAX);
            let has_failed = seen
                .polled
                .is_some_and(|polled| polled.failed.any(asked.clone()));
            missing.push(Missing {
                source: seen.source.id.clone(),
                reason: if has_failed {
                    MissingReason::Failing
                } else {
                    MissingReason::NotPolled
                },
                error: seen
                    .polled
                    .and_then(|polled| polled.error(&asked))
                    .map(str::to_owned),
            });
        }
        CoverageBody::from_model(&Coverage {
            sources: self.count(),
            missing,
        })
    }

    /// Whether anything was collected in a window of any source in scope.
    pub(super) fn any(&self, window: Window) -> bool {
        let now_hour = hour_of(self.now);
        self.sources.iter().any(|seen| {
            let asked = seen.asked(window, self.now);
            asked.is_some_and(|asked| seen.is_collected_in_any(asked, now_hour))
        })
    }

    /// What was collected in each of some bins in order of time, and whether anything was.
    pub(super) fn bins(&self, spans: &[Span]) -> Vec<(BinCoverageBody, bool)> {
        let now_hour = hour_of(self.now);
        let bins: Vec<Range<i64>> = spans
            .iter()
            .map(|span| {
                let hours = hours_of(span.from, span.to);
                hours.start..hours.end.min(now_hour + 1)
            })
            .collect();
        let stretch = match (bins.first(), bins.last()) {
            (Some(first), Some(last)) => first.start..last.end.max(first.start),
            _ => return Vec::new(),
        };
        let touched = |hours: &Range<i64>| {
            let first = bins.partition_point(|bin| bin.end <= hours.start);
            let end = bins.partition_point(|bin| bin.start < hours.end);
            first..end.max(first)
        };
        // Where the number of sources that miss something rises and falls.
        let mut rises = vec![0_i64; bins.len() + 1];
        let mut any = vec![false; bins.len()];
        let mut bits = HourBits::new(stretch);
        for seen in &self.sources {
            seen.write(&mut bits, now_hour);
            let mut noted = 0;
            for gap in bits.runs(false) {
                let touched = touched(&gap);
                let first = touched.start.max(noted);
                if first < touched.end {
                    rises[first] += 1;
                    rises[touched.end] -= 1;
                    noted = touched.end;
                }
            }
            for run in bits.runs(true) {
                any[touched(&run)].fill(true);
            }
        }
        let mut missing = 0;
        bins.iter()
            .zip(any)
            .zip(rises)
            .map(|((hours, any), rise)| {
                missing += rise;
                let whole = if hours.is_empty() {
                    0
                } else {
                    u32::try_from(i64::from(self.count()) - missing).unwrap_or(0)
                };
                (
                    BinCoverageBody::new(self.count(), whole),
                    any && !hours.is_empty(),
                )
            })
            .collect()
    }
}

/// How many of the sources in scope were collected in all of the window.
#[must_use]
pub(crate) fn collected(coverage: &CoverageBody) -> u32 {
    let missing = u32::try_from(coverage.missing.len()).unwrap_or(u32::MAX);
    coverage.sources.saturating_sub(missing)
}

/// Which zero an answer without results is, in words that end a sentence.
#[must_use]
pub fn zero_in_words(coverage: &CoverageBody) -> Option<&'static str> {
    let zero = coverage.zero.as_deref().and_then(Zero::from_word)?;
    Some(match zero {
        Zero::Off => "the sources in scope are switched off, so the number is unknown",
        Zero::Unreachable if coverage.sources == 0 => "no source is in scope",
        Zero::Unreachable => {
            "nothing of the sources in scope was collected in this time, so the number is unknown"
        }
        Zero::NothingPublished => "the sources that were collected published nothing in this time",
        Zero::NothingMatched => {
            "the sources in scope published items in this time, and none matches"
        }
    })
}

/// Why a source was not collected, in words.
#[must_use]
pub(crate) fn reason_in_words(missing: &MissingBody) -> &'static str {
    match missing.reason.as_str() {
        "failing" => "failing",
        _ => "not polled",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_covered_by_one_within_reach() {
        let hours = [1000, 1001, 1005, 1064, 1070, 1199];
        let mut set = HourSet::default();
        hours.into_iter().for_each(|hour| set.insert(hour));
        for start in (990..1210).step_by(3) {
            for length in [1, 2, 5, 70, 150] {
                for reach in [0, 1, 4, 64, 129] {
                    let slow = (start..start + length)
                        .all(|hour| hours.iter().any(|one| (hour - reach..=hour).contains(one)));
                    let mut bits = HourBits::new(start..start + length);
                    bits.fill(&set, reach);
                    let fast = bits.runs(false).next().is_none();
                    assert_eq!(fast, slow, "{start} {length} {reach}");
                }
            }
        }
    }
}
