//! Answers as lines: what an export writes, one object for each (NDJSON) or one row (CSV).
//!
//! A row holds what fits in cells; lists of words stand in one cell, separated by blanks, and what
//! has a structure of its own (highlights, history, shares) is in NDJSON only. Columns may be added
//! at the end, none removed or renamed. Text of items is the excerpt that a search shows.

use serde::Serialize;
use utoipa::ToSchema;

use crate::csv::Cell;
use crate::{
    AlertBody, BinBody, BurstBody, CoverageLineBody, FacetsBody, ItemBody, JudgementBody,
    SavedQueryBody, SourceBody, TermBody, TimelineBody,
};

/// What can be a line of an export.
pub trait Line: Serialize {
    /// The names of the columns.
    const COLUMNS: &'static [&'static str];

    /// The cells, one for each column.
    fn cells(&self) -> Vec<Cell<'_>>;
}

fn words(list: &[String]) -> Cell<'static> {
    list.join(" ").into()
}

impl Line for ItemBody {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "guid",
        "time",
        "time_reason",
        "published",
        "seen",
        "source",
        "publisher",
        "family",
        "groups",
        "affiliation",
        "lang",
        "title",
        "url",
        "snippet",
        "story",
        "story_size",
        "versions",
        "hidden_characters",
        "forwarded_from",
        "forwarded_from_url",
        "quoted",
        "edited",
        "edited_at",
        "views",
        "boosts",
        "quotes",
        "score",
        "counted_at",
        "gone_at_source_last_shown",
        "gone_at_source_first_missing",
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        let post = self.post.as_ref();
        let origin = post.and_then(|post| post.forwarded_from.as_ref());
        let quoted = post.and_then(|post| post.quoted.as_ref());
        let gone = self.gone_at_source.as_ref();
        vec![
            (&self.id).into(),
            self.guid.as_ref().into(),
            self.time.into(),
            (&self.time_reason).into(),
            self.published.into(),
            self.seen.into(),
            (&self.source).into(),
            (&self.publisher).into(),
            (&self.family).into(),
            words(&self.groups),
            (&self.affiliation.grade).into(),
            self.lang.as_ref().into(),
            (&self.title).into(),
            self.url.as_ref().into(),
            (&self.snippet).into(),
            self.story.as_ref().map(|story| &story.id).into(),
            self.story.as_ref().map(|story| story.size).into(),
            self.versions.into(),
            self.hidden_characters.into(),
            origin.map(|origin| &origin.account).into(),
            origin.and_then(|origin| origin.url.as_ref()).into(),
            quoted.map(|origin| &origin.account).into(),
            post.map(|post| post.edited).into(),
            post.and_then(|post| post.edited_at).into(),
            post.and_then(|post| post.views.as_ref())
                .map(|views| views.about)
                .into(),
            post.and_then(|post| post.boosts).into(),
            post.and_then(|post| post.quotes).into(),
            post.and_then(|post| post.score).into(),
            post.and_then(|post| post.counted_at).into(),
            gone.map(|gone| gone.last_shown).into(),
            gone.map(|gone| gone.first_missing).into(),
        ]
    }
}

impl Line for SourceBody {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "name",
        "kind",
        "url",
        "publisher",
        "family",
        "groups",
        "country",
        "languages",
        "every_seconds",
        "enabled",
        "affiliation",
        "affiliation_basis",
        "affiliation_reference",
        "affiliation_as_of",
        "state",
        "since",
        "why",
        "newest",
        "last_at",
        "last_outcome",
        "last_status",
        "last_error",
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        let last = self.last.as_ref();
        vec![
            (&self.id).into(),
            (&self.name).into(),
            (&self.kind).into(),
            self.url.as_ref().into(),
            (&self.publisher).into(),
            (&self.family).into(),
            words(&self.groups),
            self.country.as_ref().into(),
            words(&self.languages),
            self.every_seconds.into(),
            self.enabled.into(),
            (&self.affiliation.grade).into(),
            self.affiliation.basis.as_ref().into(),
            self.affiliation.reference.as_ref().into(),
            self.affiliation.as_of.map(|day| day.to_string()).into(),
            (&self.state).into(),
            self.since.into(),
            self.why.as_ref().into(),
            self.newest.into(),
            last.map(|last| last.at).into(),
            last.map(|last| &last.outcome).into(),
            last.and_then(|last| last.status).into(),
            last.and_then(|last| last.error.as_ref()).into(),
        ]
    }
}

impl Line for BurstBody {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "revision",
        "rule",
        "name",
        "query",
        "state",
        "started",
        "evaluated",
        "ended",
        "window_from",
        "window_to",
        "items",
        "families",
        "stories",
        "voices",
        "peak_items",
        "peak_voices",
        "result",
        "expected_mean",
        "expected_low",
        "expected_high",
        "p",
        "p_max",
        "first_item",
        "first_source",
        "first_time",
        "coverage_complete",
        "detector",
        "days_to_polling",
        "phases",
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        let first = self.first_seen.as_ref();
        let (result, expected, p, p_max) = match &self.judgement {
            JudgementBody::Tested { expected, p, p_max } => {
                ("tested", Some(expected), Some(*p), Some(*p_max))
            }
            JudgementBody::Gates => ("gates", None, None, None),
            JudgementBody::Insufficient { .. } => ("insufficient", None, None, None),
        };
        vec![
            (&self.id).into(),
            self.revision.into(),
            (&self.rule).into(),
            (&self.name).into(),
            (&self.query).into(),
            (&self.state).into(),
            self.started.into(),
            self.evaluated.into(),
            self.ended.into(),
            self.window.from.into(),
            self.window.to.into(),
            self.observed.items.into(),
            self.observed.families.into(),
            self.observed.stories.into(),
            self.observed.voices.into(),
            self.peak.items.into(),
            self.peak.voices.into(),
            result.into(),
            expected.map(|expected| expected.mean).into(),
            expected.map(|expected| expected.low).into(),
            expected.map(|expected| expected.high).into(),
            p.into(),
            p_max.into(),
            first.map(|first| &first.item).into(),
            first.map(|first| &first.source).into(),
            first.map(|first| first.time).into(),
            self.coverage.complete.into(),
            self.detector.as_str().into(),
            self.election
                .as_ref()
                .and_then(|election| election.days_to_polling)
                .into(),
            self.election
                .as_ref()
                .map(|election| election.phases.join(" "))
                .into(),
        ]
    }
}

impl Line for AlertBody {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "burst",
        "burst_revision",
        "rule",
        "name",
        "state",
        "started",
        "updated",
        "resolved",
        "deliveries",
        "delivered",
        "cause",
        "source",
        "verdict",
        "acknowledged_by",
        "acknowledged_at",
        "note",
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        let delivered = self
            .deliveries
            .iter()
            .filter(|delivery| delivery.delivered.is_some());
        let said = self.acknowledgement.as_ref();
        vec![
            (&self.id).into(),
            self.burst.as_ref().into(),
            self.burst_revision.into(),
            self.rule.as_ref().into(),
            (&self.name).into(),
            (&self.state).into(),
            self.started.into(),
            self.updated.into(),
            self.resolved.into(),
            self.deliveries.len().into(),
            delivered.count().into(),
            (&self.cause).into(),
            self.source.as_ref().into(),
            self.verdict.as_ref().into(),
            said.and_then(|said| said.by.as_ref()).into(),
            said.map(|said| said.at).into(),
            said.and_then(|said| said.note.as_ref()).into(),
        ]
    }
}

impl Line for SavedQueryBody {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "name",
        "query",
        "from",
        "to",
        "sort",
        "zone",
        "author",
        "created",
        "updated",
        "permalink",
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            (&self.id).into(),
            (&self.name).into(),
            (&self.query).into(),
            self.from.as_ref().into(),
            self.to.as_ref().into(),
            self.sort.as_ref().into(),
            self.zone.as_ref().into(),
            self.author.as_ref().into(),
            self.created.into(),
            self.updated.into(),
            (&self.permalink).into(),
        ]
    }
}

/// One count of a facet, as a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FacetLineBody {
    /// The field.
    pub field: String,
    /// `value`, or `others` for all beyond the limit, or `unknown` for items without a value.
    pub kind: String,
    /// The value as the query language takes it.
    pub value: Option<String>,
    /// What people call it, where that is something else.
    pub name: Option<String>,
    /// Items.
    pub items: u64,
    /// Distinct publisher families; `null` where they are not counted.
    pub families: Option<u32>,
    /// Distinct stories; `null` where they are not counted.
    pub stories: Option<u32>,
}

impl FacetLineBody {
    /// The lines of an answer: for each field its values, then what is beyond them and what has
    /// none, where there is any.
    #[must_use]
    pub fn all(facets: &FacetsBody) -> Vec<Self> {
        let mut lines = Vec::new();
        for facet in &facets.facets {
            let line = |kind: &str, items| Self {
                field: facet.field.clone(),
                kind: kind.to_owned(),
                value: None,
                name: None,
                items,
                families: None,
                stories: None,
            };
            for value in &facet.values {
                lines.push(Self {
                    value: Some(value.value.clone()),
                    name: value.name.clone(),
                    families: value.families,
                    stories: value.stories,
                    ..line("value", value.items)
                });
            }
            if facet.others.values > 0 {
                lines.push(line("others", facet.others.items));
            }
            if let Some(unknown) = facet.unknown.filter(|unknown| unknown.items > 0) {
                lines.push(Self {
                    families: unknown.families,
                    stories: unknown.stories,
                    ..line("unknown", unknown.items)
                });
            }
        }
        lines
    }
}

impl Line for FacetLineBody {
    const COLUMNS: &'static [&'static str] = &[
        "field", "kind", "value", "name", "items", "families", "stories",
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            (&self.field).into(),
            (&self.kind).into(),
            self.value.as_ref().into(),
            self.name.as_ref().into(),
            self.items.into(),
            self.families.into(),
            self.stories.into(),
        ]
    }
}

impl Line for CoverageLineBody {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "start",
        "end",
        "state",
        "marks",
        "hours_due",
        "hours_collected",
        "polls_expected",
        "polls_made",
        "polls_failed",
        "error",
        "items_new",
        "items_expected_low",
        "items_expected_high",
        "items_late",
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        let cell = &self.cell;
        vec![
            (&self.id).into(),
            cell.start.into(),
            cell.end.into(),
            (&cell.state).into(),
            words(&cell.marks),
            cell.hours_due.into(),
            cell.hours_collected.into(),
            cell.polls_expected.into(),
            cell.polls_made.into(),
            cell.polls_failed.into(),
            cell.error.as_ref().into(),
            cell.items_new.into(),
            cell.items_expected.map(|range| range.low).into(),
            cell.items_expected.map(|range| range.high).into(),
            cell.items_late.into(),
        ]
    }
}

impl Line for TermBody {
    const COLUMNS: &'static [&'static str] = &["term", "matching", "outside", "significance"];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            (&self.term).into(),
            self.matching.into(),
            self.outside.into(),
            self.significance.into(),
        ]
    }
}

/// The columns of a timeline: those of every bin, then one for each value it is counted by, in
/// order, as `by.VALUE`.
#[must_use]
pub fn timeline_columns(timeline: &TimelineBody) -> Vec<String> {
    let fixed = [
        "start",
        "end",
        "offset",
        "items",
        "families",
        "stories",
        "others",
        "sources",
        "collected",
        "late",
    ];
    let counted = counted_by(timeline);
    fixed
        .into_iter()
        .map(str::to_owned)
        .chain(counted.into_iter().map(|value| format!("by.{value}")))
        .collect()
}

/// The cells of each bin under [`timeline_columns`]. What was not collected is empty, never zero; a
/// value that a collected bin does not have is 0.
pub fn timeline_rows(timeline: &TimelineBody) -> impl Iterator<Item = Vec<Cell<'_>>> {
    let counted = counted_by(timeline);
    timeline.bins.iter().map(move |bin| {
        let mut cells = bin_cells(bin);
        cells.extend(counted.iter().map(|value| {
            let by = bin.by.as_ref();
            Cell::from(by.map(|by| by.get(*value).copied().unwrap_or(0)))
        }));
        cells
    })
}

fn counted_by(timeline: &TimelineBody) -> std::collections::BTreeSet<&str> {
    let by = timeline.bins.iter().filter_map(|bin| bin.by.as_ref());
    by.flat_map(|by| by.keys().map(String::as_str)).collect()
}

fn bin_cells(bin: &BinBody) -> Vec<Cell<'_>> {
    vec![
        bin.start.into(),
        bin.end.into(),
        (&bin.offset).into(),
        bin.items.into(),
        bin.families.into(),
        bin.stories.into(),
        bin.others.into(),
        bin.coverage.sources.into(),
        bin.coverage.collected.into(),
        bin.late.into(),
    ]
}
