//! How far everything is, for whoever waits for changes.

use bellwether_model::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How far everything is: where one of it differs, something has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PulseBody {
    /// The last entry of the log.
    pub log: u64,
    /// The last tick that was analysed; `null` before the first.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub analysed: Option<Timestamp>,
    /// The last change of an alert; `null` where there is none.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub alerts: Option<Timestamp>,
    /// Alerts that are open.
    pub open: u64,
}
