//! Rules: a saved query with a detector and a route.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{ElectionId, GroupId, ReceiverId, RuleId};

/// What a burst must have beside being unlikely.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// Distinct publisher families in the window, at least.
    pub min_families: u32,
    /// Distinct stories in the window, at least.
    pub min_stories: u32,
    /// The largest share of the stories that one family may have.
    pub max_family_share: f64,
}

impl Default for Gate {
    /// Three families, three stories, no family over half (DESIGN 5.2).
    fn default() -> Self {
        Self {
            min_families: 3,
            min_stories: 3,
            max_family_share: 0.5,
        }
    }
}

/// Looks for what nobody listed: terms that rise, texts that spread, objects posted together.
#[derive(Debug, Clone, PartialEq)]
pub struct TermRule {
    /// Its id.
    pub id: RuleId,
    /// Its name for people.
    pub name: String,
    /// At least half of the items must be of these groups, these languages and these platforms; empty
    /// means all.
    pub groups: Vec<GroupId>,
    /// See [`groups`](Self::groups).
    pub languages: Vec<String>,
    /// See [`groups`](Self::groups).
    pub platforms: Vec<String>,
    /// Its gate, for terms.
    pub gate: Gate,
    /// Where its alerts go.
    pub receivers: Vec<ReceiverId>,
    /// The election it belongs to: its messages give times in that election's zone.
    pub election: Option<ElectionId>,
}

/// A saved query with a detector and a route.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// Its name for people: what a message calls it.
    pub name: String,
    /// The query in canonical form.
    pub query: String,
    /// Only items of these groups count; empty means all.
    pub groups: Vec<GroupId>,
    /// The length of the window that is tested.
    pub window: Duration,
    /// Its gate.
    pub gate: Gate,
    /// Where its alerts go.
    pub receivers: Vec<ReceiverId>,
    /// The election it belongs to: its messages give times in that election's zone.
    pub election: Option<ElectionId>,
}
