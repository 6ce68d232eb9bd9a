//! Groups, and since when their counts can be compared.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A group with what a baseline of it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GroupBody {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Its role: `state`, `proxy`, `domestic`, `social`, `wire`, `factcheck`, `authority`, `other`.
    pub role: String,
    /// Its sources that are on or were imported.
    pub sources: u32,
    /// Their publisher families.
    pub families: u32,
    /// Families that must be collected on a day for it to count.
    pub families_needed: u32,
    /// Days that count, of the last ones that a baseline looks at.
    pub baseline_days: u32,
    /// Days that a baseline looks at.
    pub baseline_days_needed: u32,
    /// The first day (UTC) before which all of these days count, where collection goes on; imports and
    /// history count. `null` where nothing was collected yet: unknown.
    #[schema(value_type = Option<String>, format = Date)]
    pub baseline_ready: Option<Date>,
    /// `ready`, `expected` on that day, or `unknown`.
    pub baseline: String,
}

impl GroupBody {
    /// `ready since 2026-11-20`, `ready on 2026-12-08 if collection goes on`, or `unknown`.
    #[must_use]
    pub fn baseline_in_words(&self) -> String {
        match self.baseline_ready {
            None => "unknown".to_owned(),
            Some(day) if self.baseline == "ready" => format!("ready since {day}"),
            Some(day) => format!("ready on {day} if collection goes on"),
        }
    }
}
