//! What a rule would have done over past weeks.

use bellwether_model::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    CountsBody, CoverageBody, ElectionBody, GateBody, ItemBody, JudgementBody, ShareBody, SpanBody,
};

/// An alert that a rule would have given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WouldBeBody {
    /// The id that its burst would have had.
    pub id: String,
    /// The tick at which it would have been found.
    #[schema(value_type = String, format = DateTime)]
    pub started: Timestamp,
    /// The tick at which it would have ended; `null` where it is open at the end of the test.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended: Option<Timestamp>,
    /// It held at the first tick of the test: it may have begun before.
    pub held_before: bool,
    /// It would have been found in items that came after its window had passed.
    pub found_late: bool,
    /// The window in which it would have been found.
    pub window: SpanBody,
    /// What was counted in that window.
    pub observed: CountsBody,
    /// The highest count until it ended.
    pub peak: CountsBody,
    /// What is usual in that window, and how unlikely the count is.
    pub judgement: JudgementBody,
    /// The gates in that window.
    pub gates: Vec<GateBody>,
    /// By group, most items first, when it was found.
    pub groups: Vec<ShareBody>,
    /// The earliest items of that window, at most 5, as they are now.
    pub items: Vec<ItemBody>,
    /// What was collected in that window.
    pub coverage: CoverageBody,
    /// What the calendar of the rule's election said of the end of that window; `null` for a rule
    /// without one.
    pub election: Option<ElectionBody>,
    /// The search that finds the items of that window.
    pub search: String,
    /// The explanation of that tick; `null` for a version that is not in force, and where it would have
    /// been found late.
    pub explain: Option<String>,
    /// Whether the other version would have given an alert at the same time; `null` where there is no
    /// other.
    pub other_has_it: Option<bool>,
}

/// The thresholds of a rule in a phase of its election.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RulePhaseBody {
    /// The phase.
    pub phase: String,
    /// The largest `p` that raises a burst then.
    pub p_max: f64,
    /// Distinct families in the window, at least.
    pub min_families: u32,
    /// Distinct stories in the window, at least.
    pub min_stories: u32,
    /// The largest share of the stories that one family may have.
    pub max_family_share: f64,
}

/// One version of a rule, and what it would have done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RuleVersionBody {
    /// `in force` or `changed`.
    pub version: String,
    /// Its query, with its groups.
    pub query: String,
    /// Length of its window in seconds.
    pub window_seconds: u64,
    /// The largest `p` that raises a burst.
    pub p_max: f64,
    /// Distinct families in the window, at least.
    pub min_families: u32,
    /// Distinct stories in the window, at least.
    pub min_stories: u32,
    /// The largest share of the stories that one family may have.
    pub max_family_share: f64,
    /// Its thresholds in phases of its election; the first that is in force counts.
    pub phases: Vec<RulePhaseBody>,
    /// The alerts that it would have given, in order.
    pub alerts: Vec<WouldBeBody>,
    /// Alerts in seven of the days that were looked at; `null` where they were fewer than seven.
    pub alerts_per_week: Option<f64>,
    /// Days that were looked at. Of a day on which nothing at all was received nothing is known.
    pub days: u32,
    /// Those of them at whose beginning there was too little history to judge anything.
    pub days_insufficient: u32,
}

/// What a rule would have done over past weeks, beside a changed version of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BacktestBody {
    /// The rule.
    pub rule: String,
    /// Its name.
    pub name: String,
    /// The first tick of the test and the last.
    pub span: SpanBody,
    /// The versions: that in force, and the changed one where one was asked for.
    pub versions: Vec<RuleVersionBody>,
    /// What the reader should know of the test.
    pub notes: Vec<String>,
}
