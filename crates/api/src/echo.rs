//! The echo ledger: who carries what another group, or another outlet, was first with.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::csv::Cell;
use crate::{CoverageBody, Line, WindowBody};

/// What of one group or outlet another carried, beside what their sizes alone give.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EchoBody {
    /// The group or outlet (a publisher) that was first in our collection.
    pub from: String,
    /// The one that carried it later.
    pub to: String,
    /// Lineages (a story with those reworded from it) of both.
    pub shared: u32,
    /// Of these, those in which `from` was before `to`.
    pub first: u32,
    /// `first` as a share of `shared`.
    pub share: f64,
    /// How many of the shared lineages `from` would begin if the order of their members were any order.
    pub expected: f64,
    /// The standard deviation of `expected`.
    pub deviation: f64,
    /// Items of `to` in the lineages that `from` began: the echoes.
    pub echoes: u32,
    /// Median of the seconds from the first item of `from` to the first of `to`; `null` where no source
    /// states its times.
    pub lag_seconds: Option<i64>,
    /// The median lies between these with 95 %.
    pub lag_low_seconds: Option<i64>,
    /// See `lag_low_seconds`.
    pub lag_high_seconds: Option<i64>,
    /// Lags that were counted.
    pub lags: u32,
}

impl Line for EchoBody {
    const COLUMNS: &'static [&'static str] = &[
        "from",
        "to",
        "shared",
        "first",
        "share",
        "expected",
        "deviation",
        "echoes",
        "lag_seconds",
        "lag_low_seconds",
        "lag_high_seconds",
        "lags",
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            (&self.from).into(),
            (&self.to).into(),
            self.shared.into(),
            self.first.into(),
            self.share.into(),
            self.expected.into(),
            self.deviation.into(),
            self.echoes.into(),
            self.lag_seconds.into(),
            self.lag_low_seconds.into(),
            self.lag_high_seconds.into(),
            self.lags.into(),
        ]
    }
}

/// The echo ledger of a stretch of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EchoLedgerBody {
    /// The query in canonical form: only lineages with an item that matches it are counted.
    pub query: String,
    /// The time zone in which days were understood.
    pub zone: String,
    /// The stretch of time asked for.
    pub window: WindowBody,
    /// Between whom: `group` or `outlet`.
    pub by: String,
    /// Lineages of more than one of them.
    pub lineages: u32,
    /// `false` where the window has more items, or more pairs, than are looked at.
    pub complete: bool,
    /// The pairs, those with most lineages first.
    pub echoes: Vec<EchoBody>,
    /// What was collected in the time asked for.
    pub coverage: CoverageBody,
}
