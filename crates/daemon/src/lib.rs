//! The query daemon: answers as JSON over HTTP, and pages for people.
//!
//! ```text
//! command line -----------+
//! HTTP -- guard -- access +--> answers --> log, derived, desk (readers) and the SearchEngine
//! pages ------------------+
//! ```
//!
//! [`Answers`] is the one place where questions become answers, so that command line, API and page
//! say the same. [`router`] puts HTTP around it and [`serve`] listens: on loopback only, as long as nobody
//! has an account (DESIGN 7).
//!
//! Never writes to log or index, fetches nothing, knows no index but through
//! [`bellwether_query::SearchEngine`], and reads no clock but the one it is given.

#![expect(
    clippy::result_large_err,
    reason = "a problem is made once per refused question; boxing it would show in every signature"
)]

mod answers;
mod export;
mod http;
mod page;
#[cfg(test)]
mod tests;

pub use answers::{
    AnswerSettings, Answers, BACKTEST_DAYS_MAX, BacktestParams, Configured, CoverageParams,
    EchoParams, ExplainParams, FacetsParams, LIMIT_DEFAULT, ListParams, RawBody, Reloads,
    SearchParams, TermsParams, TimelineParams, zero_in_words,
};
pub use export::{Export, Exported, Format, Summary};
pub use http::{HttpSettings, ListenError, bind, router, serve};
