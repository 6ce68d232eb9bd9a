//! Bursts: an excess over a baseline, with its numbers.

use serde::{Deserialize, Serialize};

use crate::{
    BurstId, Coverage, Detector, ElectionClock, FamilyId, Gate, GroupId, ItemId, PublisherId,
    RuleId, SourceId, Span, StoryId, Timestamp,
};

/// What was counted in a window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Items.
    pub items: u32,
    /// Distinct publisher families.
    pub families: u32,
    /// Distinct stories.
    pub stories: u32,
}

impl Counts {
    /// The tested count: copies of one text and the sites of one owner are one voice (DESIGN 5.2).
    #[must_use]
    pub fn voices(&self) -> u32 {
        self.families.min(self.stories)
    }
}

/// What would be usual in the window, in voices.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Expected {
    /// The mean of the prediction.
    pub mean: f64,
    /// Lower end of the range that holds 19 windows in 20.
    pub low: u32,
    /// Upper end of it.
    pub high: u32,
    /// The size of the Gamma-Poisson prediction with this mean, from which `p` can be had again; none
    /// where the prediction is another.
    #[serde(default)]
    pub size: Option<f64>,
    /// How many past windows it rests on; 0 where it is a share of all that is published.
    pub windows: u32,
    /// The days they lie in.
    pub days: u32,
}

/// What the detector makes of one window.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "judgement")]
pub enum Judgement {
    /// There is a baseline, and the count was tested against it.
    Tested {
        /// What would be usual.
        expected: Expected,
        /// Probability of at least the observed count if nothing has changed.
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

/// One condition beside the statistics, with its value and limit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GateResult {
    /// What is asked for.
    pub name: String,
    /// The value found.
    pub value: f64,
    /// The limit.
    pub limit: f64,
    /// Whether it is met.
    pub passed: bool,
}

impl GateResult {
    /// The gates of a rule applied to a count; `largest_family` is the number of distinct stories
    /// of the family that has most.
    #[must_use]
    pub fn all(gate: &Gate, counts: &Counts, largest_family: u32) -> Vec<Self> {
        let share = if counts.stories == 0 {
            0.0
        } else {
            f64::from(largest_family) / f64::from(counts.stories)
        };
        vec![
            Self {
                name: "families at least".to_owned(),
                value: f64::from(counts.families),
                limit: f64::from(gate.min_families),
                passed: counts.families >= gate.min_families,
            },
            Self {
                name: "stories at least".to_owned(),
                value: f64::from(counts.stories),
                limit: f64::from(gate.min_stories),
                passed: counts.stories >= gate.min_stories,
            },
            Self {
                name: "share of the largest family at most".to_owned(),
                value: share,
                limit: gate.max_family_share,
                passed: share <= gate.max_family_share,
            },
        ]
    }
}

/// How many of the window's items one family or group has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share<Id> {
    /// Whose.
    pub id: Id,
    /// Items.
    pub items: u32,
    /// Distinct families.
    pub families: u32,
}

/// How many of the window's items carry one text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryShare {
    /// The story.
    pub story: StoryId,
    /// Items of the window that carry it.
    pub items: u32,
    /// Families that carry it.
    pub families: u32,
}

/// The earliest item of a burst in our collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstSeen {
    /// The item.
    pub item: ItemId,
    /// Its source.
    pub source: SourceId,
    /// Its publisher.
    pub publisher: PublisherId,
    /// Its time.
    pub time: Timestamp,
}

/// Whether a burst still holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BurstState {
    /// It holds.
    Open,
    /// It has ended.
    Ended,
}

/// An excess of a rule over its baseline, with its numbers: the same record in alert, API, page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Burst {
    /// Its id.
    pub id: BurstId,
    /// Counted up at every change that a person should see.
    pub revision: u32,
    /// The rule that found it.
    pub rule: RuleId,
    /// What found it.
    #[serde(default)]
    pub detector: Detector,
    /// The rule's name when it was found; where nobody listed it, what was found.
    pub name: String,
    /// The query that reproduces it.
    pub query: String,
    /// Whether it was found in items that came after its window had passed.
    #[serde(default)]
    pub found_late: bool,
    /// Whether it holds.
    pub state: BurstState,
    /// The tick at which it was first found.
    pub started: Timestamp,
    /// The tick of these numbers.
    pub evaluated: Timestamp,
    /// The tick at which it ended.
    pub ended: Option<Timestamp>,
    /// The window of these numbers.
    pub window: Span,
    /// What was counted in it.
    pub observed: Counts,
    /// The highest count since the start.
    pub peak: Counts,
    /// What is usual, and how unlikely the count is.
    pub judgement: Judgement,
    /// The gates, each with value and limit.
    pub gates: Vec<GateResult>,
    /// By family, most items first.
    pub families: Vec<Share<FamilyId>>,
    /// By group, most items first.
    pub groups: Vec<Share<GroupId>>,
    /// By story, most items first.
    pub stories: Vec<StoryShare>,
    /// The earliest item of the burst in our collection.
    pub first_seen: Option<FirstSeen>,
    /// The items of the window, in order of time; at most as many as the store keeps.
    pub items: Vec<ItemId>,
    /// What was collected in the window, of the sources in scope.
    pub coverage: Coverage,
    /// What the calendar of the rule's election said of the end of the window, and by which of its
    /// phases the thresholds were those that `judgement` and `gates` show.
    #[serde(default)]
    pub election: Option<ElectionClock>,
}

impl Burst {
    /// Whether statistics and gates together raise a burst.
    #[must_use]
    pub fn holds(judgement: &Judgement, gates: &[GateResult]) -> bool {
        let is_unlikely = match judgement {
            Judgement::Tested { p, p_max, .. } => p <= p_max,
            Judgement::Gates => true,
            Judgement::Insufficient { .. } => false,
        };
        is_unlikely && gates.iter().all(|gate| gate.passed)
    }
}
