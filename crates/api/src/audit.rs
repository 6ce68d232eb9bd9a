//! What was done by whom, as programs see it.

use bellwether_model::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something that was done, or tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntryBody {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who: the name of a user, `token NAME`, `link to RECEIVER`, `this machine`, or `nobody`.
    #[schema(example = "token chat-bridge")]
    pub by: String,
    /// What: a method and a path, or a command.
    #[schema(example = "POST /api/v1/silences")]
    pub what: String,
    /// What came of it: a status of HTTP, or a word.
    #[schema(example = "201")]
    pub outcome: String,
}
