//! A receiver that takes no messages, as programs are told.

use bellwether_model::{ReceiverFault, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A receiver that takes no messages, or does so again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceiverFaultBody {
    /// The receiver.
    pub receiver: String,
    /// When the first message was given up.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// How many were by then.
    pub given_up: u32,
    /// What went wrong last; empty where messages arrive again.
    pub error: String,
    /// When it took a message again.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
}

impl ReceiverFaultBody {
    /// The shape of a fault.
    #[must_use]
    pub fn from_model(fault: &ReceiverFault) -> Self {
        Self {
            receiver: fault.receiver.to_string(),
            since: fault.since,
            given_up: fault.given_up,
            error: fault.error.clone(),
            until: fault.until,
        }
    }
}
