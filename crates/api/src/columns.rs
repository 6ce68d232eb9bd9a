//! Titles that make no story.

use bellwether_model::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A title that makes no story when it stands by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ColumnTitleBody {
    /// The title, as the latest item has it.
    pub title: String,
    /// Publishers that used it by itself.
    pub publishers: u32,
    /// The most days on which one of them used it.
    pub days: u32,
    /// Whether it is too short to be a story in any case.
    pub short: bool,
    /// The time of the latest item that has it.
    #[schema(value_type = String, format = DateTime)]
    pub last: Timestamp,
    /// That item.
    pub item: String,
}

/// The titles of columns that are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ColumnTitlesBody {
    /// A title that one publisher uses on so many days is a column's, whoever uses it.
    pub days_needed: u32,
    /// Whether all are listed.
    pub complete: bool,
    /// Those used by most publishers and on most days first.
    pub titles: Vec<ColumnTitleBody>,
}
