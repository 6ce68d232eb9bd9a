//! Decides whether counts are a burst: what is usual, how unlikely the present is, and how a burst
//! lives and ends.
//!
//! Never reads a clock, a disk or a network, and knows nothing of text, queries or stores: counts,
//! times and the tick come in, values go out. Nothing here fails or panics; where there is too
//! little to go by, the answer says so ([`Judgement::Insufficient`]).
//!
//! [`Judgement::Insufficient`]: bellwether_model::Judgement::Insufficient
//!
//! 1. [`WindowInput`] counts items, families and stories of a window.
//! 2. [`past_spans`] says which past windows a baseline wants; [`Baseline::learn`] takes their counts
//!    and exposure, and the volume of the scope by hour.
//! 3. [`Baseline::judge`] gives the expected count with its range, and `p`.
//! 4. [`step`] makes of each evaluation a change of the rule's open burst, or none.
//!
//! # Method: bursts of a rule
//!
//! **What is counted.** A window's items are counted three ways: as items, as distinct publisher
//! families (one owner with nine sites is one), and as distinct stories (one text in forty outlets is
//! one). The smaller of families and stories is tested; we call it *voices*. The number of items
//! stands beside it and plays no part. A rule also has gates: at least so many families and
//! stories, and no family with more than its share of the stories.
//!
//! **What is usual.** Expected voices = exposure × robust rate × rhythm.
//!
//! - *Rate* comes from windows of the same length over the past 28 days without the last 24 hours
//!   (or the window's length, if longer), so a burst is not part of its own baseline. An unusual past
//!   window counts only up to what the prediction itself exceeds once in a hundred windows, so that
//!   one past burst does not hide the next. This is winsorising in the spirit of the re-weighting in
//!   the improved Farrington algorithm for outbreaks (Noufaily et al., Statistics in Medicine 2013).
//! - *Exposure* is the share of the families collected now that were collected in a past window. A
//!   window that was not collected is left out: it is not a window of silence; nor do items count that
//!   came of a family for such a window later, or by titles only. A source that died or
//!   joined changes what is compared, not what is found. What a source shows first, or after a gap, is
//!   in no window where it does not say when it was published.
//! - *Rhythm* is how the volume of all items in scope is spread over the hours of the local week,
//!   shrunk towards the hours of the day, and these towards an even spread, as far as there is little
//!   to learn it from.
//!
//! **How unlikely.** With `m` the expected voices, `p` = P(X ≥ voices) where X is Gamma-Poisson
//! (negative binomial) with mean `m` and size `r`. The size is the smaller of the evidence (voices in
//! the baseline + ½, from Jeffreys' prior for a Poisson rate) and the inverse of the measured
//! overdispersion, at most 20. So a word that was never seen has a heavy tail and is not a wonder at
//! its first mention, and a restless topic has to rise higher than a steady one. A burst is raised
//! where `p` is at most `p_max` (0.0001 unless said otherwise) and every gate is passed. The range
//! that is told holds 95 % of the prediction.
//!
//! **Too little history.** With fewer than 7 days of which something was collected, the answer
//! is *insufficient data*, with the days there are and the days there must be.
//!
//! **The life of a burst.** It opens at the tick at which it first holds, and ends when it has not
//! held for the length of its window (at least an hour). Its record, which the page shows, is revised
//! when its voices reach the next of 5, 8, 12, 18, 27 …, each half as high again; when a group joins
//! that had no part in it; and when it ends. A message is sent when it is found and when it ends.
//!
//! **Limits.** `p` is the probability of such a count in one window if nothing has changed and the
//! model is right; windows are tested every minute and overlap, so it is not the probability of a
//! false alarm. A topic that has been pushed for weeks is its own baseline. Whether sources are
//! owned as configured decides what a voice is: the record names the families. A burst says that
//! something is published by more independent voices than usual. It does not say why.
//!
//! The formulas are in the documentation of the modules `baseline`, `rhythm`, `negbin` and
//! `lifecycle`; how accounts that post one object together are found, in that of `coordination`.

mod baseline;
mod condition;
mod coordination;
mod counts;
mod coverage;
mod coverage_sum;
mod emergent;
mod expected;
mod lifecycle;
mod negbin;
mod rhythm;
mod silence;

pub use baseline::{
    Baseline, DetectSettings, GUARD_HOURS, HISTORY_HOURS, PastWindow, judge, past_spans, range_of,
};
pub use condition::condition;
pub use coordination::{ACCOUNTS_MIN, COORDINATION_WINDOWS, Coordination, ObjectPost, Posts};
pub use counts::{
    HitFact, WindowInput, counts, family_shares, group_shares, largest_family, story_shares,
};
pub use coverage::{HourFacts, NEW_SOURCE_HOURS, SourceFacts, arrival, coverage_hours, reach};
pub use coverage_sum::CoverageSum;
pub use emergent::{
    Arrival, Asked, Emergent, EmergentSettings, Events, Risen, Tested, Tracked, UsualShare, Weighed,
};
pub use lifecycle::{
    Change, Evaluation, HOLD_MIN, ITEMS_MAX, LifeSettings, SHARES_MAX, burst_id, step,
};
pub use rhythm::{EXPOSURE_MIN, HourVolume};
pub use silence::{RHYTHM_HOURS, SourceHour, SourceHours};
