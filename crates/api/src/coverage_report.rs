//! What became of collection, as programs are told.

use bellwether_model::{CoverageReport, Gap, Outage, SourceChange, SourceId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How long a trouble lasted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GapBody {
    /// The beginning of the trouble.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// The first poll without it.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// Items of that time that were found afterwards; `null` where it was collected all the time.
    pub found: Option<u32>,
}

impl GapBody {
    fn from_model(gap: &Gap) -> Self {
        Self {
            from: gap.span.from,
            to: gap.span.to,
            found: gap.found,
        }
    }
}

/// A change of where one source stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SourceChangeBody {
    /// The source.
    pub source: String,
    /// The `state` that held before.
    pub from: String,
    /// The `state` that holds now.
    pub to: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// Why, in words.
    pub why: Option<String>,
    /// How long the trouble lasted, where this is its end.
    pub gap: Option<GapBody>,
}

impl SourceChangeBody {
    fn from_model(change: &SourceChange) -> Self {
        Self {
            source: change.source.to_string(),
            from: change.from.as_str().to_owned(),
            to: change.to.as_str().to_owned(),
            since: change.since,
            why: change.why.clone(),
            gap: change.gap.as_ref().map(GapBody::from_model),
        }
    }
}

/// Most sources fail together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutageBody {
    /// When most of them had begun to fail.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// Sources that failed last, of those tried.
    pub failed: u32,
    /// Sources tried of late that were in no trouble before.
    pub tried: u32,
    /// Hosts of those that failed.
    pub hosts: u32,
    /// What one of them said.
    pub why: Option<String>,
    /// How long it lasted, once it is over.
    pub gap: Option<GapBody>,
}

impl OutageBody {
    fn from_model(outage: &Outage) -> Self {
        Self {
            since: outage.since,
            failed: outage.failed,
            tried: outage.tried,
            hosts: outage.hosts,
            why: outage.why.clone(),
            gap: outage.gap.as_ref().map(GapBody::from_model),
        }
    }
}

/// How many sources stand somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StateCountBody {
    /// The `state`.
    pub state: String,
    /// Polled sources of it.
    pub sources: u32,
}

/// All that is told of collection at one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CoverageReportBody {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub reported: Timestamp,
    /// Changes of single sources, those that need a person most first.
    pub changes: Vec<SourceChangeBody>,
    /// Whether most sources fail together, or do so no longer.
    pub outage: Option<OutageBody>,
    /// Where the polled sources stood then.
    pub states: Vec<StateCountBody>,
}

impl CoverageReportBody {
    /// The shape of a report.
    #[must_use]
    pub fn from_model(report: &CoverageReport) -> Self {
        Self {
            reported: report.reported,
            changes: report
                .changes
                .iter()
                .map(SourceChangeBody::from_model)
                .collect(),
            outage: report.outage.as_ref().map(OutageBody::from_model),
            states: report
                .states
                .iter()
                .map(|(state, sources)| StateCountBody {
                    state: state.as_str().to_owned(),
                    sources: *sources,
                })
                .collect(),
        }
    }
}

/// The place of a configured source on the page of sources.
#[must_use]
pub fn source_path(source: &SourceId) -> String {
    // Ids of configured sources are made of `a-z`, `0-9` and `-`; no other is polled.
    if bellwether_model::is_slug(source.as_str()) {
        format!("{SOURCES_PATH}?source={source}#source-{source}")
    } else {
        SOURCES_PATH.to_owned()
    }
}

/// The page of sources.
pub const SOURCES_PATH: &str = "/sources";
