//! What found a burst, and by what it is found again.

use serde::{Deserialize, Serialize};

use crate::{GroupId, ItemId};

/// How fast a term rises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rise {
    /// Within hours.
    Sharp,
    /// Within days.
    Slow,
}

impl Rise {
    /// The word used in API and page.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sharp => "sharp",
            Self::Slow => "slow",
        }
    }
}

/// Whose voices are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Whose {
    /// Everybody's.
    #[default]
    All,
    /// Those outside the domestic press; of a term, of whom many are a state's or its proxies'.
    Outside,
    /// Those of one group of a state or its proxies.
    Group,
}

impl Whose {
    /// The word used in API and page.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Outside => "outside",
            Self::Group => "group",
        }
    }
}

/// A term that nobody listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundTerm {
    /// The term that is counted, as an item spells it: a word, two words, or two characters.
    pub counted: String,
    /// The longest phrase around it that most of its items have, in its spellings, the most frequent
    /// first.
    pub spellings: Vec<String>,
    /// How fast it rises.
    pub rise: Rise,
    /// Whose voices are counted.
    pub whose: Whose,
    /// The group, where the voices of one are counted.
    pub group: Option<GroupId>,
    /// What the counts know it by; says nothing to anybody else.
    pub key: u64,
    /// The number of the script whose items it is a share of.
    pub script: u8,
}

/// An object that many accounts posted together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostedObject {
    /// What it is: `text`, `link` or `hashtag`.
    pub object: String,
    /// What it is known by; says nothing to anybody else.
    pub key: u64,
    /// The window in which the accounts were counted, in seconds.
    pub window_seconds: i64,
    /// Accounts that posted it in the window.
    pub accounts: u32,
    /// Of these, accounts that had been silent before.
    pub silent_before: u32,
}

/// What found a burst.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub enum Detector {
    /// A rule's query is matched more than usual.
    Query {
        /// Whose voices are counted.
        #[serde(default)]
        whose: Whose,
    },
    /// A term that nobody listed is in more mouths than usual.
    Term(FoundTerm),
    /// A state's or its proxies' text is carried by families of other groups.
    Lineage {
        /// The first item of the text in our collection.
        first: ItemId,
    },
    /// Accounts posted the same object together.
    Coordination(PostedObject),
}

impl Default for Detector {
    fn default() -> Self {
        Self::Query { whose: Whose::All }
    }
}

impl Detector {
    /// The word used in API and page.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Query { .. } => "query",
            Self::Term(_) => "term",
            Self::Lineage { .. } => "lineage",
            Self::Coordination(_) => "coordination",
        }
    }

    /// What tells two bursts of one rule apart that are open together; nothing for a query, of which
    /// there is one.
    #[must_use]
    pub fn subject(&self) -> String {
        match self {
            Self::Query { .. } => String::new(),
            Self::Term(term) => {
                let group = term.group.as_ref().map_or("", |group| group.as_str());
                format!("term {:016x} {} {group}", term.key, term.rise.as_str())
            }
            Self::Lineage { first } => format!("lineage {first}"),
            Self::Coordination(posted) => format!("coordination {:016x}", posted.key),
        }
    }
}
