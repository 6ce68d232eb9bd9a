//! Most sources failing together: told as one thing, since it is consistent with a fault of our own
//! network, and two hundred lines say less than one.
//!
//! Compared are the sources that were tried of late and were in no trouble before: what has been
//! failing for weeks says nothing about the network. Most is more than half, on three hosts at least.
//! It must hold as long as any other trouble, and so must its end; from the first suspicion to the end no
//! failure of a single source is told.

use bellwether_model::{Gap, Outage, Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::standing::HOLD;

/// Hosts that must fail: fewer may well be one operator's.
pub const HOSTS_MIN: u32 = 3;

/// How the sources fare that were tried since [`OutageWatch::tried_since`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Sources that were tried.
    pub tried: u32,
    /// Of those, the ones whose last attempt failed.
    pub failed: u32,
    /// Hosts of those.
    pub hosts: u32,
    /// When half of those had begun to fail.
    pub since: Option<Timestamp>,
    /// What one of them said.
    pub why: Option<String>,
}

impl Tally {
    const fn is_most(&self) -> bool {
        self.failed.saturating_mul(2) > self.tried
    }
}

/// What is remembered between looks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutageWatch {
    suspected: Option<Timestamp>,
    told: Option<Outage>,
    /// Since when most are collected again.
    well: Option<Timestamp>,
    /// What is to be told in the next report.
    news: Option<Outage>,
}

impl OutageWatch {
    /// Whether failures may be our own.
    #[must_use]
    pub const fn is_suspected(&self) -> bool {
        self.suspected.is_some() || self.told.is_some()
    }

    /// Since when the outage that holds does so.
    #[must_use]
    pub fn holds_since(&self) -> Option<Timestamp> {
        self.told.as_ref().map(|outage| outage.since)
    }

    /// Attempts since then are counted: those of the last half hour, and while most fail all since
    /// that began, as sources that fail are tried less and less often.
    #[must_use]
    pub fn tried_since(&self, at: Timestamp) -> Timestamp {
        let of_late = at.checked_sub(HOLD).unwrap_or(Timestamp::MIN);
        self.holds_since()
            .or(self.suspected)
            .map_or(of_late, |since| since.min(of_late))
    }

    /// Takes in how sources fare at a tick.
    pub fn look(&mut self, tally: Tally, at: Timestamp) {
        if tally.tried == 0 {
            return;
        }
        let held = |since: Timestamp| at.duration_since(since).unsigned_abs() >= HOLD;
        let is_most = tally.is_most();
        if let Some(told) = &self.told {
            if is_most {
                self.well = None;
                return;
            }
            let well = *self.well.get_or_insert(at);
            if !held(well) {
                return;
            }
            let ended = Outage {
                gap: Some(Gap {
                    span: Span {
                        from: told.since,
                        to: well,
                    },
                    found: None,
                }),
                ..told.clone()
            };
            // Nobody is told of the end of what nobody was told of.
            let was_told = self.news.is_none();
            *self = Self {
                news: was_told.then_some(ended),
                ..Self::default()
            };
            return;
        }
        if !is_most || tally.hosts < HOSTS_MIN {
            self.suspected = None;
            return;
        }
        let since = *self
            .suspected
            .get_or_insert_with(|| tally.since.unwrap_or(at).min(at));
        // The end of the one before is told first.
        if held(since) && self.news.is_none() {
            let outage = Outage {
                since,
                failed: tally.failed,
                tried: tally.tried,
                hosts: tally.hosts,
                why: tally.why,
                gap: None,
            };
            self.told = Some(outage.clone());
            self.suspected = None;
            self.news = Some(outage);
        }
    }

    /// Whether there is something to tell.
    #[must_use]
    pub const fn has_news(&self) -> bool {
        self.news.is_some()
    }

    /// The stretch of time of one that has just ended, as long as it is not known what was found
    /// of it afterwards.
    #[must_use]
    pub fn ended(&self) -> Option<Span> {
        let gap = self.news.as_ref()?.gap.as_ref()?;
        gap.found.is_none().then_some(gap.span)
    }

    /// How many items of the one that has ended were found afterwards.
    pub fn found(&mut self, items: u32) {
        if let Some(gap) = self.news.as_mut().and_then(|news| news.gap.as_mut()) {
            gap.found = Some(items);
        }
    }

    /// What is to be told; once.
    pub fn take_news(&mut self) -> Option<Outage> {
        self.news.take()
    }
}
