//! What the matches of a query are made of: counts by source, language, hashtag and the like.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{CoverageBody, WindowBody};

/// Counts of some of the matches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FacetCountsBody {
    /// Items.
    pub items: u64,
    /// Distinct publisher families; `null` where they are not counted.
    pub families: Option<u32>,
    /// Distinct stories; `null` where they are not counted.
    pub stories: Option<u32>,
}

/// One value of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FacetValueBody {
    /// The value as the query language takes it, such as `zh-Hant` or the id of a source.
    pub value: String,
    /// What people call it, where that is something else.
    pub name: Option<String>,
    /// Items that have it.
    pub items: u64,
    /// Distinct publisher families of these; `null` where they are not counted.
    pub families: Option<u32>,
    /// Distinct stories of these; `null` where they are not counted.
    pub stories: Option<u32>,
}

impl FacetValueBody {
    /// The shape of a value that some matches have.
    #[must_use]
    pub fn new(value: String, name: Option<String>, counts: FacetCountsBody) -> Self {
        Self {
            value,
            name,
            items: counts.items,
            families: counts.families,
            stories: counts.stories,
        }
    }
}

/// The values beyond the limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FacetOthersBody {
    /// How many values they are.
    pub values: u64,
    /// Items; one that has two of these values counts twice.
    pub items: u64,
}

/// One field of the matches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FacetBody {
    /// The field.
    pub field: String,
    /// Its values, those of most items first. An item with two values counts in both.
    pub values: Vec<FacetValueBody>,
    /// What is beyond the limit.
    pub others: FacetOthersBody,
    /// Items of which the value is not known, or that have none; `null` where they are not counted.
    pub unknown: Option<FacetCountsBody>,
}

/// What the matches of a query are made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FacetsBody {
    /// The query in canonical form.
    pub query: String,
    /// The time zone in which days were understood.
    pub zone: String,
    /// The stretch of time asked for.
    pub window: WindowBody,
    /// All that match.
    pub total: FacetCountsBody,
    /// The fields in the order asked for.
    pub facets: Vec<FacetBody>,
    /// What was collected in the time asked for.
    pub coverage: CoverageBody,
    /// The address of the page that asks the same again, relative times staying relative.
    pub permalink: String,
}
