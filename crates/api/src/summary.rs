//! Several alerts in one message, as programs are told.

use bellwether_model::{Summary, SummaryReason, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How many alerts of one severity a message speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SeverityCount {
    /// `info`, `warning` or `critical`.
    pub severity: String,
    /// Alerts.
    pub alerts: u32,
}

/// One of the alerts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SummaryEntryBody {
    /// The alert.
    pub alert: String,
    /// `info`, `warning` or `critical`.
    pub severity: String,
    /// `firing`, `updated` or `resolved`.
    pub kind: String,
}

/// Several alerts in one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SummaryBody {
    /// Why they come together: `group`, `digest`, `quiet`, `limit`, `released` (a silence or a fault of
    /// collection has ended), or `handover`.
    pub why: String,
    /// When the first of them was to be told; of a shift, when it began.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// When the message was decided.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// The most urgent ones.
    pub entries: Vec<SummaryEntryBody>,
    /// How many there are of each severity, the told ones among them.
    pub counts: Vec<SeverityCount>,
}

impl SummaryBody {
    /// The shape of a summary.
    #[must_use]
    pub fn from_model(summary: &Summary) -> Self {
        let entries = summary.entries.iter().map(|entry| SummaryEntryBody {
            alert: entry.alert.to_string(),
            severity: entry.severity.as_str().to_owned(),
            kind: entry.kind.as_str().to_owned(),
        });
        let counts = summary.counts.iter();
        Self {
            why: match summary.why {
                SummaryReason::Group => "group",
                SummaryReason::Digest => "digest",
                SummaryReason::Quiet => "quiet",
                SummaryReason::Limit => "limit",
                SummaryReason::Released => "released",
                SummaryReason::Handover => "handover",
            }
            .to_owned(),
            from: summary.from,
            to: summary.to,
            entries: entries.collect(),
            counts: counts
                .map(|(severity, alerts)| SeverityCount {
                    severity: severity.as_str().to_owned(),
                    alerts: *alerts,
                })
                .collect(),
        }
    }
}
