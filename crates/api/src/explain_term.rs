//! Why a term that nobody listed was told of at a time, or was not.

use bellwether_model::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::permalink::{push_escaped, push_pair};
use crate::{
    CountsBody, CoverageBody, ElectionBody, ExplainBody, ExplainLinks, FirstSeenBody, GateBody,
    ItemBody, JudgementBody, OpenBurstBody, ShareBody, SpanBody, StoryShareBody,
};

/// An explanation: of a rule with a query, or of a term under a rule for what nobody listed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ExplanationBody {
    /// Of a term: it has the field `term`.
    Term(Box<ExplainTermBody>),
    /// Of a rule with a query.
    Rule(Box<ExplainBody>),
}

/// One term of what was asked: a phrase has several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TermPartBody {
    /// As it was asked.
    pub counted: String,
    /// Items that have it, of those that were passed.
    pub items: u32,
    /// When the first of them was received; `null` where there is none.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub first: Option<Timestamp>,
    /// When the last of them was received.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last: Option<Timestamp>,
    /// Whether so many items have it that they are not read: it is not judged then.
    pub too_frequent: bool,
    /// Whether it rises at the time.
    pub rises: bool,
}

/// What is usual of a term: its share of all that is published.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TermUsualBody {
    /// Mentions that make it; each day takes a twenty-eighth of their weight.
    pub mentions: f64,
    /// Items of which they are a share, weighed in the same way.
    pub items: f64,
    /// Items there must be.
    pub items_needed: f64,
    /// Items published in the window: (mentions + ½) / items of these are expected.
    pub published: f64,
    /// Days of history there are.
    pub days: u32,
    /// Days of history there must be.
    pub days_needed: u32,
}

/// One window of one detector of terms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TermWindowBody {
    /// `sharp`: within hours; `slow`: within days.
    pub rise: String,
    /// Whose voices are counted: `all`, `outside` (the domestic press), `group`.
    pub whose: String,
    /// The group, where the voices of one are counted.
    pub group: Option<String>,
    /// The window.
    pub window: SpanBody,
    /// Its length in seconds.
    pub window_seconds: u32,
    /// What was counted in it. Voices of days are those of each quarter of a day together.
    pub observed: CountsBody,
    /// What is usual.
    pub usual: TermUsualBody,
    /// How unlikely the voices are.
    pub judgement: JudgementBody,
    /// -log10 of `p`; `null` where it is not tested.
    pub strength: Option<f64>,
    /// What it must reach.
    pub strength_needed: Option<f64>,
    /// All that is asked for, each with value and limit.
    pub gates: Vec<GateBody>,
    /// Whether it is a rise.
    pub holds: bool,
}

/// A moment at which the term was found to rise, as it is live.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TermRiseBody {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// `sharp` or `slow`.
    pub rise: String,
    /// Whose voices: `all`, `outside`, `group`.
    pub whose: String,
    /// The length of the window in seconds.
    pub window_seconds: u32,
    /// Voices in it.
    pub voices: u32,
    /// How many were expected.
    pub expected: f64,
    /// The probability of so many or more.
    pub p: f64,
    /// The largest that is a rise.
    pub p_max: f64,
}

/// When in the day before the term came nearest to being a rise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TermClosestBody {
    /// When: one of its items was received then.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// How it stood.
    pub shown: TermWindowBody,
}

/// An hour, by the items' own time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TermBinBody {
    /// Its first moment.
    #[schema(value_type = String, format = DateTime)]
    pub start: Timestamp,
    /// Items with the term.
    pub items: u32,
    /// Their families.
    pub families: u32,
    /// Their stories.
    pub stories: u32,
    /// All items published in it, of which the term has a share.
    pub published: u32,
    /// Voices that are usual of so many; `null` where that is not known.
    pub usual: Option<f64>,
}

/// What was read for an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TermPastBody {
    /// When the first item was received; `null` where there is none.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    /// Items that were passed to the detector.
    pub items: u64,
    /// Whether older ones of the 92 days before were left out, as there are too many.
    pub cut: bool,
}

/// Why a term was told of by a rule at a time, or was not: how it stood in every window of every
/// detector of terms, with what had been received by then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExplainTermBody {
    /// The term that was asked about.
    pub term: String,
    /// The term of it that all below is about: the one that comes nearest to being told.
    pub counted: String,
    /// All terms of it.
    pub parts: Vec<TermPartBody>,
    /// The rule.
    pub rule: String,
    /// Its name.
    pub name: String,
    /// The time.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Whether a burst would be raised at the time: it rises, has a name and passes the rule's gates.
    pub holds: bool,
    /// The answer in one sentence.
    pub verdict: String,
    /// Why, in further sentences.
    pub why: Vec<String>,
    /// What it would be called; `null` where that is no name: nobody is told of such a term.
    pub spellings: Option<Vec<String>>,
    /// Every window of every detector that applies.
    pub windows: Vec<TermWindowBody>,
    /// Which of `windows` comes nearest to being a rise, from 0: all below is of that one.
    pub nearest: usize,
    /// First and last moment in the day before at which it rose.
    pub rises: Vec<TermRiseBody>,
    /// When in the day before it came nearest.
    pub closest: Option<TermClosestBody>,
    /// What the rule asks of the items: its groups, languages and platforms, and its gates.
    pub gates: Vec<GateBody>,
    /// Length of a bin in seconds.
    pub bin_seconds: u64,
    /// The hours up to the time, beside what is usual.
    pub bins: Vec<TermBinBody>,
    /// By family, most items first.
    pub families: Vec<ShareBody>,
    /// By group, most items first.
    pub groups: Vec<ShareBody>,
    /// By story, most items first.
    pub stories: Vec<StoryShareBody>,
    /// The earliest item of the window in our collection.
    pub first_seen: Option<FirstSeenBody>,
    /// The earliest items of the window, at most 100, as they are now.
    pub items: Vec<ItemBody>,
    /// What was collected in the window.
    pub coverage: CoverageBody,
    /// What the calendar of the rule's election said of the end of the nearest window; `null` for a
    /// rule without one.
    pub election: Option<ElectionBody>,
    /// Bursts that were known then of the same term, or of the same items under another name.
    pub bursts: Vec<OpenBurstBody>,
    /// What was read.
    pub past: TermPastBody,
    /// What has changed since, or is not exact, where it matters to the reader.
    pub notes: Vec<String>,
    /// The query that finds the items.
    pub query: String,
    /// Where to go on.
    pub links: ExplainLinks,
}

impl ExplainTermBody {
    /// The window that comes nearest to being a rise.
    #[must_use]
    pub fn nearest(&self) -> Option<&TermWindowBody> {
        self.windows.get(self.nearest)
    }

    /// The answer in one sentence, and why in further ones.
    #[must_use]
    pub fn in_words(&self) -> (String, Vec<String>) {
        let term = format!("“{}”", self.counted);
        let mut why = Vec::new();
        let Some(nearest) = self.nearest() else {
            return (format!("Nothing is known of {term}."), why);
        };
        let verdict = if self.parts.iter().all(|part| part.items == 0) {
            format!(
                "Not told: {term} is in none of the {} items received before.",
                self.past.items
            )
        } else if self.windows.iter().all(|window| window.strength.is_none()) {
            format!("Not told, insufficient data: {}.", missing(nearest))
        } else if self.holds {
            format!("Told: {term} rises, {}.", stands(nearest))
        } else if nearest.holds && self.spellings.is_none() {
            format!(
                "Not told: {term} rises but has no name, {}.",
                stands(nearest)
            )
        } else if nearest.holds {
            let failed: Vec<String> = self.gates.iter().filter(|g| !g.passed).map(asked).collect();
            format!(
                "Not told: {term} rises, {}, but the rule asks for more: {}.",
                stands(nearest),
                failed.join("; ")
            )
        } else {
            let failed: Vec<String> = nearest
                .gates
                .iter()
                .filter(|g| !g.passed)
                .map(asked)
                .collect();
            let since = match self.rises.last() {
                Some(_) => "Not at this time",
                None => "Not told",
            };
            format!(
                "{since}: the nearest was {}; not met: {}.",
                stands(nearest),
                failed.join("; ")
            )
        };
        if nearest.holds && self.spellings.is_none() {
            why.push(
                "A term that is no run of whole words in most of its items, or a whole text that they \
                 share, has no name, and nobody is told of it."
                    .to_owned(),
            );
        }
        if let (Some(first), Some(last)) = (self.rises.first(), self.rises.last()) {
            why.push(format!(
                "In the day before it rose, first at {} with {} voices where {:.2} are usual (-log10 of \
                 P {:.1}, at least {:.1}) and last at {}.",
                first.at,
                first.voices,
                first.expected,
                minus_log10(first.p),
                minus_log10(first.p_max),
                last.at
            ));
        } else if let Some(closest) = &self.closest {
            why.push(format!(
                "In the day before it came nearest at {}: {}.",
                closest.at,
                stands(&closest.shown)
            ));
        }
        for window in &self.windows {
            if window.strength.is_none() {
                why.push(format!(
                    "Insufficient data {}: {}.",
                    of(window),
                    missing(window)
                ));
            }
        }
        why.extend(self.bursts.iter().map(|burst| {
            format!(
                "People knew of the burst {} then, found at {}: of this term, or of half the same items \
                 under another name. One event is told once.",
                burst.id, burst.started
            )
        }));
        (verdict, why)
    }
}

/// What is asked for and was not met.
fn asked(gate: &GateBody) -> String {
    format!(
        "{} {} ({})",
        gate.name,
        decimals(gate.limit),
        decimals(gate.value)
    )
}

fn decimals(value: f64) -> String {
    let shown = format!("{value:.2}");
    let whole = shown.strip_suffix(".00").map(str::to_owned);
    whole.unwrap_or(shown)
}

/// Which detector, in words.
fn of(window: &TermWindowBody) -> String {
    let hours = window.window_seconds / 3600;
    let length = match window.rise.as_str() {
        "slow" if hours == 24 => "1 day".to_owned(),
        "slow" => format!("{} days", hours / 24),
        _ => format!("{hours} h"),
    };
    let whose = match (window.whose.as_str(), &window.group) {
        ("group", Some(group)) => format!("in the group {group}"),
        ("outside", _) => "outside the domestic press".to_owned(),
        _ => "of anybody".to_owned(),
    };
    format!("{whose} within {length}")
}

fn stands(window: &TermWindowBody) -> String {
    let usual = match &window.judgement {
        JudgementBody::Tested { expected, .. } => format!("{:.2} are usual", expected.mean),
        JudgementBody::Gates | JudgementBody::Insufficient { .. } => {
            "it is not known what is usual".to_owned()
        }
    };
    let strength = match (window.strength, window.strength_needed) {
        (Some(strength), Some(needed)) => {
            format!(" (-log10 of P {strength:.1}, at least {needed:.1})")
        }
        _ => String::new(),
    };
    format!(
        "{} voices {} where {usual}{strength}",
        window.observed.voices,
        of(window)
    )
}

fn missing(window: &TermWindowBody) -> String {
    let usual = &window.usual;
    let mut missing = Vec::new();
    if usual.days < usual.days_needed {
        missing.push(format!(
            "{} of {} days of history",
            usual.days, usual.days_needed
        ));
    }
    if usual.items < usual.items_needed {
        missing.push(format!(
            "{:.0} of {:.0} items from before the last days in its script or group",
            usual.items, usual.items_needed
        ));
    }
    if missing.is_empty() {
        missing.push("too few items outside the domestic press in its script".to_owned());
    }
    missing.join(", ")
}

/// Shown as the limits are given.
fn minus_log10(p: f64) -> f64 {
    0.0 - p.max(1e-300).log10()
}

/// The path of the explanation of a term; below `/api/v1` that of its record.
#[must_use]
pub fn explain_term_path(term: &str, rule: &str, at: Timestamp) -> String {
    let mut path = "/explain?term=".to_owned();
    push_escaped(&mut path, term);
    push_pair(&mut path, "rule", rule);
    push_pair(&mut path, "at", &at.to_string());
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(rise: &str, whose: &str, seconds: u32) -> TermWindowBody {
        let at = Timestamp::UNIX_EPOCH;
        TermWindowBody {
            rise: rise.to_owned(),
            whose: whose.to_owned(),
            group: None,
            window: SpanBody { from: at, to: at },
            window_seconds: seconds,
            observed: CountsBody {
                items: 6,
                families: 5,
                stories: 6,
                voices: 5,
            },
            usual: TermUsualBody {
                mentions: 0.0,
                items: 12.0,
                items_needed: 100.0,
                published: 3.0,
                days: 9,
                days_needed: 7,
            },
            judgement: JudgementBody::Gates,
            strength: None,
            strength_needed: None,
            gates: Vec::new(),
            holds: false,
        }
    }

    #[test]
    fn windows_in_words() {
        assert_eq!(
            of(&window("sharp", "outside", 10_800)),
            "outside the domestic press within 3 h"
        );
        assert_eq!(
            of(&window("slow", "all", 172_800)),
            "of anybody within 2 days"
        );
        assert!(missing(&window("sharp", "all", 3600)).starts_with("12 of 100 items"));
    }

    #[test]
    fn a_path_holds_any_term() {
        let path = explain_term_path("作 票&x=1", "any", Timestamp::UNIX_EPOCH);
        assert_eq!(
            path,
            "/explain?term=%E4%BD%9C%20%E7%A5%A8%26x%3D1&rule=any&at=1970-01-01T00%3A00%3A00Z"
        );
    }
}
