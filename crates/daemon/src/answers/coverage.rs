//! What was collected, of the sources a question is about (DESIGN 5.4).
//!
//! A source is collected in an hour where an attempt in it succeeded; one that is too seldom polled
//! to be polled in every hour, where an attempt at most an interval before did. An imported source is collected from its first
//! to its last item; where its publisher is polled as well, both are one source here (history that
//! was imported stands for polls). A question without a beginning or an end asks for all there is, so it begins
//! and ends with each source.

use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Duration;

use bellwether_api::{BinCoverageBody, CoverageBody, MissingBody};
use bellwether_model::{
    Coverage, Directory, Missing, MissingReason, PublisherId, Source, SourceId, SourceKind, Span,
    Timestamp,
};
use bellwether_query::Bound;

use super::hours::{Attempts, Hours, hour_of, hours_of};
use super::who::Who;
use super::window::Window;

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

/// One source in scope with what is known of its collection.
struct Seen<'a> {
    source: &'a Source,
    polled: Option<&'a Attempts>,
    imported: Option<Span>,
    /// For how many hours after its own a success still stands.
    reach: i64,
}

impl Seen<'_> {
    fn is_collected(&self, hour: i64, now_hour: i64) -> bool {
        let is_imported = self
            .imported
            .is_some_and(|span| (hour_of(span.from)..=hour_of(span.to)).contains(&hour));
        if is_imported {
            return true;
        }
        let Some(polled) = self.polled else {
            return false;
        };
        // The present hour may be too young to have been polled in.
        let grace = i64::from(hour >= now_hour && !polled.failed.contains(hour));
        polled.collected.any(hour - self.reach.max(grace)..hour + 1)
    }

    /// The hours that a question is about, for this source. `None` where it has none at all.
    fn asked(&self, window: Window, now: Timestamp) -> Option<Range<i64>> {
        let polled_first = self.polled.and_then(Attempts::first);
        let imported = self
            .imported
            .map(|span| (hour_of(span.from), hour_of(span.to)));
        let (first, last) = match imported {
            Some((from, to)) if self.source.kind == SourceKind::Import => (Some(from), to),
            Some((from, _)) => {
                let first = polled_first.map_or(from, |first| first.min(from));
                (Some(first), hour_of(now))
            }
            None => (polled_first, hour_of(now)),
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
}

/// With two attempts an hour none is without one, however they drift.
fn reach(every: Duration) -> i64 {
    if every <= Duration::from_secs(1800) {
        0
    } else {
        i64::try_from(every.as_secs().div_ceil(3600)).unwrap_or(i64::MAX >> 1)
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
        let asked: Vec<&Source> = who
            .directory
            .sources()
            .filter(|source| wanted.is_none_or(|wanted| wanted.contains(&source.id)))
            .collect();
        let is_polled = |source: &Source| source.kind == SourceKind::Feed && source.enabled;
        let polled: BTreeSet<&PublisherId> = asked
            .iter()
            .filter(|source| is_polled(source))
            .map(|source| &source.publisher)
            .collect();
        let sources = asked
            .iter()
            .filter(|source| match source.kind {
                SourceKind::Import => !polled.contains(&source.publisher),
                SourceKind::Feed => source.enabled,
            })
            .map(|source| Seen {
                source,
                polled: hours.of(&source.id),
                imported: who.imported_span(&source.publisher),
                reach: reach(source.every),
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
                .is_some_and(|mut asked| asked.all(|hour| seen.is_collected(hour, now_hour)));
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

    /// What was collected in one bin; `None` where nothing was.
    pub(super) fn bin(&self, bin: Span) -> (BinCoverageBody, bool) {
        let now_hour = hour_of(self.now);
        let mut hours = hours_of(bin.from, bin.to);
        hours.end = hours.end.min(now_hour + 1);
        let mut whole = 0;
        let mut any = false;
        for seen in &self.sources {
            let mut all = hours.start < hours.end;
            for hour in hours.clone() {
                let is_collected = seen.is_collected(hour, now_hour);
                any |= is_collected;
                all &= is_collected;
            }
            whole += u32::from(all);
        }
        (BinCoverageBody::new(self.count(), whole), any)
    }
}

/// How many of the sources in scope were collected in all of the window.
#[must_use]
pub(crate) fn collected(coverage: &CoverageBody) -> u32 {
    let missing = u32::try_from(coverage.missing.len()).unwrap_or(u32::MAX);
    coverage.sources.saturating_sub(missing)
}

/// Why a source was not collected, in words.
#[must_use]
pub(crate) fn reason_in_words(missing: &MissingBody) -> &'static str {
    match missing.reason.as_str() {
        "failing" => "failing",
        _ => "not polled",
    }
}
