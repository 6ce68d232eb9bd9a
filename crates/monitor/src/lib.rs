//! Reads the log by cursor and turns it into stories, counts, bursts and alerts.
//!
//! ```text
//! log --entries in order--> [Monitor]  stories, hits of rules, counts
//!                              | at each tick of the log's time
//!                              v
//!             bursts, changes of sources (derived) --[HandOver]--> alerts, deliveries (desk)
//! ```
//!
//! Everything happens on the log's time: a rebuild reads the same entries, passes the same ticks and
//! finds the same bursts. The place reached is committed together with what was computed, so a
//! crash repeats nothing and leaves nothing out.
//!
//! What counts as unusual is decided in `bellwether-detect`, what matches in `bellwether-query`,
//! when a person is told in `bellwether-alert`; here they are only brought together. Never reads a
//! clock, fetches, sends or renders.

mod backtest;
mod collection;
mod coordination;
mod coverage_handover;
mod emerging;
mod error;
mod evaluate;
mod explain;
mod explain_term;
mod findings;
mod handover;
mod hours;
mod late;
mod looking;
mod monitor;
mod naming;
mod past;
mod raise;
mod recount;
mod routing;
mod standings;
mod stories;
mod typed_term;
mod watch;

pub use backtest::{Backtested, WouldBe, backtest};
pub use coordination::Object;
pub use coverage_handover::CoverageRoute;
pub use error::MonitorError;
pub use explain::{BaselineWindow, Explained, explain};
pub use explain_term::{
    AskedTerm, ExplainedPart, ExplainedTerm, TermBin, TermRise, TermWindow, explain_term,
};
pub use findings::{Finding, FindingKind, FoundMember};
pub use handover::HandOver;
pub use monitor::{Monitor, MonitorSettings, Progress, WatchedRule};
pub use past::PastStores;
pub use recount::GoOn;
pub use routing::{Routing, RuleRoute, Way};
pub use typed_term::{TermError, TermPart, TypedTerm};
pub use watch::full_query;
