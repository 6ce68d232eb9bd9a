//! What was and was not collected, hour by hour or day by day, of each source or group.

use bellwether_model::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::WindowBody;

/// The least and the most items that are usual: 95 % of what the rhythm of the last four weeks, the
/// hour itself left out, lets expect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ItemRangeBody {
    /// The least.
    pub low: u32,
    /// The most.
    pub high: u32,
}

/// An hour or a day of a source or group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CoverageCellBody {
    /// Its first moment.
    #[schema(value_type = String, format = DateTime)]
    pub start: Timestamp,
    /// The first moment after it.
    #[schema(value_type = String, format = DateTime)]
    pub end: Timestamp,
    /// `collected`, `partly` (some hours were not, or at least as many attempts failed as succeeded),
    /// `not`, `import` (an import reaches over it), `before` (not followed yet).
    pub state: String,
    /// What must be known before it is compared with others: `new-source` (it has only begun: what it
    /// showed first was published before), `backlog` (not collected, and items of it came later), `gap`
    /// (not, or only in part, collected), `paused` (nobody asked it), `off` (switched off).
    pub marks: Vec<String>,
    /// Hours that should have been collected, of each source.
    pub hours_due: u32,
    /// Those that were, at least in part.
    pub hours_collected: u32,
    /// Attempts that the interval makes due, at least.
    pub polls_expected: u32,
    /// Attempts.
    pub polls_made: u32,
    /// Those that failed.
    pub polls_failed: u32,
    /// Why the last of them did.
    pub error: Option<String>,
    /// Items that were new to us in it.
    pub items_new: u32,
    /// Items that are usual; `null` while the rhythm of a source is not known.
    pub items_expected: Option<ItemRangeBody>,
    /// Items of it that came later, as it was not collected.
    pub items_late: u32,
}

/// A source or group with its cells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CoverageRowBody {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How many sources it stands for.
    pub sources: u32,
    /// Hours that should have been collected, of each source.
    pub hours_due: u32,
    /// Those that were, at least in part.
    pub hours_collected: u32,
    /// Items that were new to us.
    pub items_new: u32,
    /// Items that came late.
    pub items_late: u32,
    /// Why the last attempt that failed did.
    pub error: Option<String>,
    /// Its hours or days in order, without holes.
    pub cells: Vec<CoverageCellBody>,
}

/// Coverage by the hour or day, the worst collected first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CoverageHoursBody {
    /// The stretch of time of all cells.
    pub window: WindowBody,
    /// The time zone in which days begin.
    pub zone: String,
    /// What a cell is: `hour` or `day`.
    pub bin: String,
    /// What a row is: `source` or `group`.
    pub by: String,
    /// Rows of all pages.
    pub total: u32,
    /// Those that were collected in all hours that were due.
    pub complete: u32,
    /// Hours that should have been collected, of all rows.
    pub hours_due: u64,
    /// Those that were, at least in part.
    pub hours_collected: u64,
    /// Sources in scope that are switched off and stand in no row.
    pub off: u32,
    /// The rows of this page.
    pub items: Vec<CoverageRowBody>,
    /// What asks for the next page; `null` on the last.
    pub cursor: Option<String>,
}

/// A line of an export: one cell with its row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CoverageLineBody {
    /// The id of the source or group.
    pub id: String,
    /// The hour or day.
    #[serde(flatten)]
    pub cell: CoverageCellBody,
}

impl CoverageLineBody {
    /// The lines of an answer.
    #[must_use]
    pub fn all(body: &CoverageHoursBody) -> Vec<Self> {
        let of_row = |row: &CoverageRowBody| {
            let id = row.id.clone();
            let line = move |cell: &CoverageCellBody| Self {
                id: id.clone(),
                cell: cell.clone(),
            };
            row.cells.iter().map(line).collect::<Vec<_>>()
        };
        body.items.iter().flat_map(of_row).collect()
    }
}
