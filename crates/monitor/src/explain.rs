//! Why a rule raised a burst at a tick, or did not.

use bellwether_detect::{EXPOSURE_MIN, Evaluation, HitFact};
use bellwether_model::{Seq, Span, Timestamp};
use jiff::SignedDuration;
use std::ops::ControlFlow;

use crate::error::MonitorError;
use crate::evaluate::Evaluated;
use crate::monitor::WatchedRule;
use crate::past::{Past, PastStores};

/// A past window that a baseline was learnt from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BaselineWindow {
    /// The window.
    pub span: Span,
    /// The voices counted in it, of families that are collected in the window that is explained.
    pub voices: u32,
    /// Share (0 to 1) of these families that was collected in it.
    pub exposure: f64,
    /// How much of a usual window it has, by its hours.
    pub rhythm: f64,
}

/// What a rule's window showed at a tick, with all that it was judged by.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// What it showed.
    pub evaluation: Evaluation,
    /// What it showed of other voices by which the rule is tested too.
    pub others: Vec<Evaluation>,
    /// Its hits, in order of time.
    pub hits: Vec<HitFact>,
    /// The windows of the baseline, newest first.
    pub windows: Vec<BaselineWindow>,
    /// How much of a usual window the explained one has, by its hours.
    pub rhythm: f64,
    /// The last place of the log that was known at the tick.
    pub seq: Seq,
}

/// Evaluates a rule as it would have been at a tick, whether its gates were passed or not, with what
/// the log had by then. The window ends at the tick, or at an earlier `end`, as where a burst was found
/// late.
///
/// # Errors
/// [`MonitorError`] where a store fails, or the rule matches more than can be looked at.
pub fn explain(
    stores: PastStores<'_>,
    rule: &WatchedRule,
    tick: Timestamp,
    end: Option<Timestamp>,
) -> Result<Explained, MonitorError> {
    let mut past = Past::open(stores, rule, tick, tick)?;
    past.follow(tick, tick, &mut |_, _| Ok(ControlFlow::Break(())))?;
    let shown = past.show(tick, end.unwrap_or(tick))?;
    let seq = past.seq();
    Ok(explained(shown, rule, seq))
}

fn explained(
    (evaluated, others): (Evaluated, Vec<Evaluation>),
    rule: &WatchedRule,
    seq: Seq,
) -> Explained {
    let Evaluated {
        evaluation,
        facts,
        past,
        baseline,
    } = evaluated;
    let window = evaluation.window;
    let length = SignedDuration::from_secs(window.to.as_second() - window.from.as_second());
    let windows = past
        .iter()
        .filter(|past| past.exposure >= EXPOSURE_MIN)
        .map(|past| {
            let span = Span {
                from: past.start,
                to: past.start.checked_add(length).unwrap_or(Timestamp::MAX),
            };
            BaselineWindow {
                span,
                voices: past.voices,
                exposure: past.exposure,
                rhythm: baseline.rhythm(span, &rule.zone),
            }
        });
    Explained {
        windows: windows.collect(),
        rhythm: baseline.rhythm(window, &rule.zone),
        evaluation,
        others,
        hits: facts,
        seq,
    }
}
