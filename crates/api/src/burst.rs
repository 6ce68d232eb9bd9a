//! The burst record: the same object in alert, API, page and webhook.

use std::fmt::Write as _;

use bellwether_model::{
    Burst, BurstId, BurstState, Counts, Detector, Expected, FirstSeen, GateResult, Judgement,
    Share, Span, StoryShare, Timestamp,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{CoverageBody, ElectionBody};

/// A half-open stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SpanBody {
    /// Its first moment.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// The first moment after it.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
}

impl SpanBody {
    /// The shape of a span.
    #[must_use]
    pub const fn from_model(span: &Span) -> Self {
        Self {
            from: span.from,
            to: span.to,
        }
    }
}

/// What was counted in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CountsBody {
    /// Items.
    pub items: u32,
    /// Distinct publisher families.
    pub families: u32,
    /// Distinct stories.
    pub stories: u32,
    /// The smaller of families and stories: the count that is tested.
    pub voices: u32,
}

impl CountsBody {
    /// The shape of counts.
    #[must_use]
    pub fn from_model(counts: &Counts) -> Self {
        Self {
            items: counts.items,
            families: counts.families,
            stories: counts.stories,
            voices: counts.voices(),
        }
    }
}

/// What would be usual in the window, in voices.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExpectedBody {
    /// The mean of the prediction.
    pub mean: f64,
    /// Lower end of the range that holds 19 windows in 20.
    pub low: u32,
    /// Upper end of it.
    pub high: u32,
    /// The size of the Gamma-Poisson prediction with this mean, from which `p` can be had again; `null`
    /// where the prediction is another.
    pub size: Option<f64>,
    /// How many past windows it rests on; 0 where it is a share of all that is published.
    pub windows: u32,
    /// The days they lie in.
    pub days: u32,
}

impl ExpectedBody {
    /// The shape of an expectation.
    #[must_use]
    pub const fn from_model(expected: &Expected) -> Self {
        Self {
            mean: expected.mean,
            low: expected.low,
            high: expected.high,
            size: expected.size,
            windows: expected.windows,
            days: expected.days,
        }
    }
}

/// What the detector makes of the window.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", tag = "result")]
pub enum JudgementBody {
    /// There is a baseline, and the count was tested against it.
    Tested {
        /// What would be usual.
        expected: ExpectedBody,
        /// Probability of at least the observed voices if nothing has changed.
        p: f64,
        /// The largest `p` that raises a burst.
        p_max: f64,
    },
    /// There is nothing to test: the gates alone decide.
    Gates,
    /// There is too little history to say what is usual.
    Insufficient {
        /// Days of history there are.
        days: u32,
        /// Days of history there must be.
        days_needed: u32,
    },
}

impl JudgementBody {
    /// The shape of a judgement.
    #[must_use]
    pub const fn from_model(judgement: &Judgement) -> Self {
        match judgement {
            Judgement::Tested { expected, p, p_max } => Self::Tested {
                expected: ExpectedBody::from_model(expected),
                p: *p,
                p_max: *p_max,
            },
            Judgement::Gates => Self::Gates,
            Judgement::Insufficient { days, days_needed } => Self::Insufficient {
                days: *days,
                days_needed: *days_needed,
            },
        }
    }
}

/// One condition beside the statistics.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GateBody {
    /// What is asked for.
    pub name: String,
    /// The value found.
    pub value: f64,
    /// The limit.
    pub limit: f64,
    /// Whether it is met.
    pub passed: bool,
}

impl GateBody {
    /// The shapes of gates.
    #[must_use]
    pub fn all(gates: &[GateResult]) -> Vec<Self> {
        gates
            .iter()
            .map(|gate| Self {
                name: gate.name.clone(),
                value: gate.value,
                limit: gate.limit,
                passed: gate.passed,
            })
            .collect()
    }
}

/// What found a burst.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum DetectorBody {
    /// A rule's query is matched more than usual.
    Query {
        /// Whose voices are counted: everybody's (`all`) or those outside the domestic press
        /// (`outside`).
        whose: String,
    },
    /// A term that nobody listed is in more mouths than usual.
    Term {
        /// The term that is counted.
        counted: String,
        /// The longest phrase around it that most of its items have, in its spellings.
        spellings: Vec<String>,
        /// `sharp`: within hours; `slow`: within days.
        rise: String,
        /// Whose voices are counted: `all`, `outside` (the domestic press), `group`.
        whose: String,
        /// The group, where the voices of one are counted.
        group: Option<String>,
    },
    /// A state's or its proxies' text is carried by families of other groups.
    Lineage {
        /// The first item of the text in our collection.
        first: String,
    },
    /// Accounts posted the same object together.
    Coordination {
        /// What it is: `text`, `link` or `hashtag`.
        object: String,
        /// The window in which the accounts were counted, in seconds.
        window_seconds: i64,
        /// Accounts that posted it in the window.
        accounts: u32,
        /// Of these, accounts that had been silent before.
        silent_before: u32,
    },
}

impl DetectorBody {
    /// Its kind.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Query { .. } => "query",
            Self::Term { .. } => "term",
            Self::Lineage { .. } => "lineage",
            Self::Coordination { .. } => "coordination",
        }
    }

    /// The shape of a detector.
    #[must_use]
    pub fn from_model(detector: &Detector) -> Self {
        match detector {
            Detector::Query { whose } => Self::Query {
                whose: whose.as_str().to_owned(),
            },
            Detector::Term(term) => Self::Term {
                counted: term.counted.clone(),
                spellings: term.spellings.clone(),
                rise: term.rise.as_str().to_owned(),
                whose: term.whose.as_str().to_owned(),
                group: term.group.as_ref().map(ToString::to_string),
            },
            Detector::Lineage { first } => Self::Lineage {
                first: first.to_string(),
            },
            Detector::Coordination(posted) => Self::Coordination {
                object: posted.object.clone(),
                window_seconds: posted.window_seconds,
                accounts: posted.accounts,
                silent_before: posted.silent_before,
            },
        }
    }
}

/// How much of the window one family or group has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShareBody {
    /// Whose.
    pub id: String,
    /// Items.
    pub items: u32,
    /// Distinct families.
    pub families: u32,
}

impl ShareBody {
    /// The shapes of shares.
    #[must_use]
    pub fn all<Id: ToString>(shares: &[Share<Id>]) -> Vec<Self> {
        shares
            .iter()
            .map(|share| Self {
                id: share.id.to_string(),
                items: share.items,
                families: share.families,
            })
            .collect()
    }
}

/// How many of the window's items carry one text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StoryShareBody {
    /// The story.
    pub id: String,
    /// Items of the window that carry it.
    pub items: u32,
    /// Families that carry it.
    pub families: u32,
}

impl StoryShareBody {
    /// The shapes of shares of stories.
    #[must_use]
    pub fn all(shares: &[StoryShare]) -> Vec<Self> {
        shares
            .iter()
            .map(|share| Self {
                id: share.story.to_string(),
                items: share.items,
                families: share.families,
            })
            .collect()
    }
}

/// The earliest item of the burst in our collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FirstSeenBody {
    /// The item.
    pub item: String,
    /// Its source.
    pub source: String,
    /// Its publisher.
    pub publisher: String,
    /// Its time.
    #[schema(value_type = String, format = DateTime)]
    pub time: Timestamp,
}

impl FirstSeenBody {
    /// The shape of the earliest item.
    #[must_use]
    pub fn from_model(first: &FirstSeen) -> Self {
        Self {
            item: first.item.to_string(),
            source: first.source.to_string(),
            publisher: first.publisher.to_string(),
            time: first.time,
        }
    }
}

/// Where to go on from a burst.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BurstLinks {
    /// The record in the API.
    pub api: String,
    /// The page for people; `null` without a configured `public_url`.
    pub page: Option<String>,
}

/// A burst with all its numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BurstBody {
    /// Its id.
    pub id: String,
    /// Counted up at every change that a person should see.
    pub revision: u32,
    /// The rule that found it.
    pub rule: String,
    /// What found it.
    pub detector: DetectorBody,
    /// The rule's name when it was found; where nobody listed it, what was found.
    pub name: String,
    /// The query that reproduces it.
    pub query: String,
    /// Whether it was found in items that came after its window had passed.
    pub found_late: bool,
    /// `open` or `ended`.
    pub state: String,
    /// The tick at which it was first found.
    #[schema(value_type = String, format = DateTime)]
    pub started: Timestamp,
    /// The tick of these numbers.
    #[schema(value_type = String, format = DateTime)]
    pub evaluated: Timestamp,
    /// The tick at which it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended: Option<Timestamp>,
    /// The window of these numbers.
    pub window: SpanBody,
    /// What was counted in it.
    pub observed: CountsBody,
    /// The highest count since the start.
    pub peak: CountsBody,
    /// What is usual, and how unlikely the count is.
    pub judgement: JudgementBody,
    /// The gates, each with value and limit.
    pub gates: Vec<GateBody>,
    /// By family, most items first.
    pub families: Vec<ShareBody>,
    /// By group, most items first.
    pub groups: Vec<ShareBody>,
    /// By story, most items first.
    pub stories: Vec<StoryShareBody>,
    /// The earliest item of the burst in our collection.
    pub first_seen: Option<FirstSeenBody>,
    /// The items of the window, in order of time.
    pub items: Vec<String>,
    /// What was collected in the window.
    pub coverage: CoverageBody,
    /// What the calendar of the rule's election said of the end of the window; `null` for a rule
    /// without one.
    pub election: Option<ElectionBody>,
    /// Where to go on.
    pub links: BurstLinks,
}

impl BurstBody {
    /// The shape of a burst; `public_url` is the base of links for people.
    #[must_use]
    pub fn from_model(burst: &Burst, public_url: Option<&str>) -> Self {
        let path = burst_path(&burst.id);
        Self {
            id: burst.id.to_string(),
            revision: burst.revision,
            rule: burst.rule.to_string(),
            detector: DetectorBody::from_model(&burst.detector),
            name: burst.name.clone(),
            query: burst.query.clone(),
            found_late: burst.found_late,
            state: match burst.state {
                BurstState::Open => "open",
                BurstState::Ended => "ended",
            }
            .to_owned(),
            started: burst.started,
            evaluated: burst.evaluated,
            ended: burst.ended,
            window: SpanBody::from_model(&burst.window),
            observed: CountsBody::from_model(&burst.observed),
            peak: CountsBody::from_model(&burst.peak),
            judgement: JudgementBody::from_model(&burst.judgement),
            gates: GateBody::all(&burst.gates),
            families: ShareBody::all(&burst.families),
            groups: ShareBody::all(&burst.groups),
            stories: StoryShareBody::all(&burst.stories),
            first_seen: burst.first_seen.as_ref().map(FirstSeenBody::from_model),
            items: burst.items.iter().map(ToString::to_string).collect(),
            coverage: CoverageBody::from_model(&burst.coverage),
            election: burst.election.as_ref().map(ElectionBody::from_model),
            links: BurstLinks {
                page: page_link(public_url, &burst.id),
                api: format!("/api/v1{path}"),
            },
        }
    }
}

/// The path of a burst's page; below `/api/v1` that of its record.
#[must_use]
pub fn burst_path(burst: &BurstId) -> String {
    let mut path = "/bursts/".to_owned();
    for byte in burst.as_str().bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~') {
            path.push(char::from(byte));
        } else {
            let _ = write!(path, "%{byte:02X}");
        }
    }
    path
}

/// The page of a burst for people, where a base for links is configured.
#[must_use]
pub fn page_link(public_url: Option<&str>, burst: &BurstId) -> Option<String> {
    public_url.map(|base| format!("{}{}", base.trim_end_matches('/'), burst_path(burst)))
}
