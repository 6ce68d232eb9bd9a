//! Why a rule raised a burst at a tick, or did not.

use bellwether_model::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::permalink::{push_escaped, push_pair};

use crate::{
    CountsBody, CoverageBody, ElectionBody, FirstSeenBody, GateBody, ItemBody, JudgementBody,
    ShareBody, SpanBody, StoryShareBody,
};

/// A part of the window with what was counted in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WindowBinBody {
    /// Its first moment.
    #[schema(value_type = String, format = DateTime)]
    pub start: Timestamp,
    /// Items.
    pub items: u32,
    /// Distinct publisher families; one that is in several bins counts in each.
    pub families: u32,
    /// Distinct stories; one that is in several bins counts in each.
    pub stories: u32,
}

/// A past window that the baseline was learnt from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BaselineWindowBody {
    /// Its first moment; it is as long as the window that is explained.
    #[schema(value_type = String, format = DateTime)]
    pub start: Timestamp,
    /// The voices counted in it, of families that were collected in the explained window too.
    pub voices: u32,
    /// Share (0 to 1) of these families that was collected in it.
    pub exposure: f64,
    /// How much of a usual window it has, by its hours. Exposure times rhythm is what it counts for.
    pub rhythm: f64,
}

/// What is usual, and from what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BaselineBody {
    /// Where the history begins and where the guard before the window does.
    pub history: SpanBody,
    /// How much of a usual window the explained one has, by its hours.
    pub rhythm: f64,
    /// The largest size of the Gamma-Poisson prediction.
    pub size_max: f64,
    /// Days of history there must be.
    pub days_needed: u32,
    /// The largest `p` that raises a burst of the rule at the end of the window.
    pub p_max: f64,
    /// The past windows, newest first. One of which nothing was collected is left out: it is no
    /// window of silence.
    pub windows: Vec<BaselineWindowBody>,
}

/// A burst of the rule that was open after the tick.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenBurstBody {
    /// Its id.
    pub id: String,
    /// The tick at which it was found.
    #[schema(value_type = String, format = DateTime)]
    pub started: Timestamp,
    /// The tick at which it ended; `null` where it is still open.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended: Option<Timestamp>,
}

/// A test of the same window by other voices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TestBody {
    /// Whose voices are counted: everybody's (`all`) or those outside the domestic press (`outside`).
    pub whose: String,
    /// The query that reproduces it.
    pub query: String,
    /// Whether statistics and gates together raised a burst.
    pub holds: bool,
    /// What was counted.
    pub observed: CountsBody,
    /// What is usual, and how unlikely the count is.
    pub judgement: JudgementBody,
    /// The gates, each with value and limit.
    pub gates: Vec<GateBody>,
}

/// Where to go on from an explanation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExplainLinks {
    /// The explanation in the API.
    pub api: String,
    /// The search that finds the items of the window as they are now.
    pub search: String,
    /// The page for people; `null` without a configured `public_url`.
    pub page: Option<String>,
}

/// Why a rule raised a burst at a tick, or did not: what its window showed, and all that it was judged
/// by, with what had been received by then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExplainBody {
    /// The rule.
    pub rule: String,
    /// Its name.
    pub name: String,
    /// The query that reproduces it, with the rule's groups.
    pub query: String,
    /// The tick.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Whether statistics and gates together raised a burst.
    pub holds: bool,
    /// Whose voices are counted here: everybody's (`all`) or those outside the domestic press
    /// (`outside`).
    pub whose: String,
    /// The same window by other voices: a burst is raised where one of the tests holds.
    pub others: Vec<TestBody>,
    /// Why, in sentences.
    pub why: Vec<String>,
    /// The window.
    pub window: SpanBody,
    /// What was counted in it.
    pub observed: CountsBody,
    /// What is usual, and how unlikely the count is.
    pub judgement: JudgementBody,
    /// The gates, each with value and limit.
    pub gates: Vec<GateBody>,
    /// Length of the window in seconds.
    pub window_seconds: u64,
    /// Length of a bin in seconds; the last one may be shorter.
    pub bin_seconds: u64,
    /// The window, bin by bin.
    pub bins: Vec<WindowBinBody>,
    /// What is usual, and from what.
    pub baseline: BaselineBody,
    /// By family, most items first.
    pub families: Vec<ShareBody>,
    /// By group, most items first.
    pub groups: Vec<ShareBody>,
    /// By story, most items first.
    pub stories: Vec<StoryShareBody>,
    /// The earliest item of the window in our collection.
    pub first_seen: Option<FirstSeenBody>,
    /// The earliest items of the window, at most 100, as they are now; `observed` counts all.
    pub items: Vec<ItemBody>,
    /// What was collected in the window.
    pub coverage: CoverageBody,
    /// What the calendar of the rule's election said of the end of the window; `null` for a rule
    /// without one.
    pub election: Option<ElectionBody>,
    /// The burst of this rule that was open after the tick.
    pub burst: Option<OpenBurstBody>,
    /// What has changed since, where it matters to the reader.
    pub notes: Vec<String>,
    /// Where to go on.
    pub links: ExplainLinks,
}

/// Why a window raises a burst or does not, in sentences.
#[must_use]
pub fn why_in_words(
    observed: &CountsBody,
    judgement: &JudgementBody,
    gates: &[GateBody],
    coverage: &CoverageBody,
) -> Vec<String> {
    let mut why = vec![match judgement {
        JudgementBody::Tested { expected, p, p_max } => {
            let (relation, met) = match p <= p_max {
                true => ("at most", "passed"),
                false => ("above", "not met"),
            };
            format!(
                "Statistics {met}: {} voices where {:.1} are usual (19 windows in 20: {} to {}); p = \
                 {p:.1e} is {relation} the limit of {p_max:e}.",
                observed.voices, expected.mean, expected.low, expected.high
            )
        }
        JudgementBody::Gates => "Not tested: only the gates are asked.".to_owned(),
        JudgementBody::Insufficient { days, days_needed } => format!(
            "Insufficient data: {days} of {days_needed} days of history were collected; what is \
             usual is unknown until there are {} more.",
            days_needed.saturating_sub(*days)
        ),
    }];
    for gate in gates {
        let (met, value, limit) = (
            if gate.passed { "passed" } else { "not met" },
            number(gate.value),
            number(gate.limit),
        );
        why.push(format!(
            "Gate {met}: {} {limit}; measured {value}.",
            gate.name
        ));
    }
    if !coverage.complete {
        why.push(format!(
            "{} of {} sources in scope were not collected in the window: counts are lower bounds.",
            coverage.missing.len(),
            coverage.sources
        ));
    }
    why
}

/// Whole where it is, else with two decimals.
fn number(value: f64) -> String {
    let shown = format!("{value:.2}");
    let whole = shown.strip_suffix(".00").map(str::to_owned);
    whole.unwrap_or(shown)
}

/// The path of an explanation's page; below `/api/v1` that of its record.
#[must_use]
pub fn explain_path(rule: &str, at: Timestamp) -> String {
    let mut path = "/explain?rule=".to_owned();
    push_escaped(&mut path, rule);
    push_pair(&mut path, "at", &at.to_string());
    path
}
