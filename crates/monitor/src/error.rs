//! What can go wrong while the log is followed.

use bellwether_archive::ArchiveError;
use bellwether_model::RuleId;
use bellwether_query::{BindError, SearchError};

/// Why the log cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum MonitorError {
    /// A store failed.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A rule names something that is not there.
    #[error("rule `{rule}` cannot be used: {source}; `bellwether check` shows the place")]
    Rule {
        /// The rule.
        rule: RuleId,
        /// What is wrong.
        source: BindError,
    },
    /// More items have a term than can be read again.
    #[error("more items have `{term}` than are read for one question")]
    Frequent {
        /// The term.
        term: String,
    },
    /// The items of a term cannot be looked up.
    #[error("the items with `{term}` cannot be looked up: {source}")]
    Term {
        /// The term.
        term: String,
        /// Why.
        source: SearchError,
    },
    /// The past of a new rule cannot be looked up.
    #[error("the past of rule `{rule}` cannot be read: {source}")]
    Past {
        /// The rule.
        rule: RuleId,
        /// Why.
        source: SearchError,
    },
}
