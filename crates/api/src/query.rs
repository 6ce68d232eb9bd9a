//! Saved queries.

use bellwether_model::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A query that was saved under a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SavedQueryBody {
    /// Its id: its name as it was first, fit for an address.
    pub id: String,
    /// Its name, in any script.
    pub name: String,
    /// The query as typed.
    pub query: String,
    /// The beginning of the window as typed, such as `7d`: it moves where it is relative.
    pub from: Option<String>,
    /// The end of the window as typed.
    pub to: Option<String>,
    /// The order: `newest`, `oldest` or `relevance`.
    pub sort: Option<String>,
    /// The time zone in which days are meant.
    pub zone: Option<String>,
    /// Who saved it: an account, or a name that somebody typed.
    pub author: Option<String>,
    /// When it was saved first.
    #[schema(value_type = String, format = DateTime)]
    pub created: Timestamp,
    /// When it was changed last.
    #[schema(value_type = String, format = DateTime)]
    pub updated: Timestamp,
    /// The address of the page that asks it.
    pub permalink: String,
}

/// What is to be saved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewQueryBody {
    /// Its name, in any script: at most 120 characters on one line, and no other query has it.
    #[schema(max_length = 120, example = "作票 on both sides")]
    pub name: String,
    /// The query; it must be readable now.
    #[schema(max_length = 8192, example = "作票 OR \"ballot fraud\"")]
    pub query: String,
    /// The beginning of the window as typed.
    #[serde(default)]
    #[schema(max_length = 80, example = "7d")]
    pub from: Option<String>,
    /// The end of the window as typed.
    #[serde(default)]
    #[schema(max_length = 80)]
    pub to: Option<String>,
    /// The order: `newest`, `oldest` or `relevance`.
    #[serde(default)]
    pub sort: Option<String>,
    /// The time zone in which days are meant, such as `Asia/Taipei`.
    #[serde(default)]
    #[schema(max_length = 80)]
    pub zone: Option<String>,
    /// Who saves it: at most 80 characters.
    #[serde(default)]
    #[schema(max_length = 80)]
    pub author: Option<String>,
}
