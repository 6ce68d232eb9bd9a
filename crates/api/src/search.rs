//! Answers of a search and of a timeline, and lists by page.

use std::collections::BTreeMap;

use bellwether_model::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{BinCoverageBody, CoverageBody, ItemBody};

/// The stretch of time a question was understood to be about, the time named in its query with it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WindowBody {
    /// Not before; `null` where open.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    /// Before; `null` where open.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub to: Option<Timestamp>,
}

/// One page of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SearchBody {
    /// The query in canonical form.
    pub query: String,
    /// The time zone in which days were understood.
    pub zone: String,
    /// The stretch of time asked for.
    pub window: WindowBody,
    /// The order: `newest`, `oldest` or `relevance`.
    pub sort: String,
    /// All that match, not only this page.
    pub total: u64,
    /// How many items all pages together hold at most, where that is not all that match: by
    /// relevance nobody reads on for ever.
    pub items_max: Option<u32>,
    /// The items of this page.
    pub items: Vec<ItemBody>,
    /// What asks for the next page; `null` on the last.
    pub cursor: Option<String>,
    /// What was collected in the time asked for.
    pub coverage: CoverageBody,
    /// The address of the page that asks the same again, relative times staying relative.
    pub permalink: String,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ListBody<T> {
    /// What the list holds.
    pub items: Vec<T>,
    /// What asks for the next page; `null` on the last.
    pub cursor: Option<String>,
}

/// What was counted in a bin that was collected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BinCounts {
    /// Items.
    pub items: u32,
    /// Distinct publisher families.
    pub families: u32,
    /// Distinct stories.
    pub stories: u32,
    /// Items by the facet asked for.
    pub by: BTreeMap<String, u32>,
    /// Items by values that stand for few of all items and are not named.
    pub others: u32,
}

/// One bin of a timeline. Where nothing was collected all counts are `null`, unless items of it came
/// later: then they are counted, and `late` says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BinBody {
    /// Its first moment.
    #[schema(value_type = String, format = DateTime)]
    pub start: Timestamp,
    /// The first moment after it.
    #[schema(value_type = String, format = DateTime)]
    pub end: Timestamp,
    /// How far the clock of the zone is ahead of UTC at its start, such as `+08:00`.
    pub offset: String,
    /// Items.
    pub items: Option<u32>,
    /// Distinct publisher families.
    pub families: Option<u32>,
    /// Distinct stories.
    pub stories: Option<u32>,
    /// Items by the facet asked for; an item of two groups counts in both.
    pub by: Option<BTreeMap<String, u32>>,
    /// Items by values that are not named, as they stand for few items of the whole timeline.
    pub others: Option<u32>,
    /// Whether nothing was collected in it, and what is counted came later: a lower bound.
    pub late: bool,
    /// What was collected in it.
    pub coverage: BinCoverageBody,
}

impl BinBody {
    /// The shape of a bin; `counts` is `None` where it was not collected and nothing of it came later.
    #[must_use]
    pub fn from_model(
        span: Span,
        offset: String,
        counts: Option<BinCounts>,
        coverage: BinCoverageBody,
        late: bool,
    ) -> Self {
        Self {
            late,
            start: span.from,
            end: span.to,
            offset,
            items: counts.as_ref().map(|counts| counts.items),
            families: counts.as_ref().map(|counts| counts.families),
            stories: counts.as_ref().map(|counts| counts.stories),
            others: counts.as_ref().map(|counts| counts.others),
            by: counts.map(|counts| counts.by),
            coverage,
        }
    }
}

/// Counts over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TimelineBody {
    /// The query in canonical form.
    pub query: String,
    /// The length of a bin, such as `1h`.
    pub bin: String,
    /// The time zone in which days were understood and bins of a day or more begin.
    pub zone: String,
    /// The stretch of time of all bins.
    pub window: WindowBody,
    /// What items are counted by, where that was asked for.
    pub by: Option<String>,
    /// The bins, earliest first, without holes.
    pub bins: Vec<BinBody>,
    /// What was collected in the whole time.
    pub coverage: CoverageBody,
    /// The address of the page that asks the same again, relative times staying relative.
    pub permalink: String,
}
