//! What a rule would have done over past weeks.

use std::ops::ControlFlow;

use bellwether_detect::{LifeSettings, step};
use bellwether_model::{Burst, BurstState, Judgement, Timestamp};

use crate::error::MonitorError;
use crate::monitor::{DAY_TICKS, TICK_SECONDS, WatchedRule};
use crate::past::{Past, PastStores};

/// A burst that a rule would have raised.
#[derive(Debug, Clone, PartialEq)]
pub struct WouldBe {
    /// As it was when it was found.
    pub found: Burst,
    /// As it was in the end: ended, or still open.
    pub last: Burst,
    /// It held at the first tick already: it may have begun before.
    pub is_cut: bool,
}

/// What a rule would have done.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Backtested {
    /// The bursts, in order.
    pub bursts: Vec<WouldBe>,
    /// The days that were looked at, by the first tick of each.
    pub days: u32,
    /// Those of them at which there was too little history to judge anything.
    pub insufficient: u32,
    /// It was broken off.
    pub is_broken_off: bool,
}

/// Passes the ticks of a stretch of the past as the monitor would have, with the rule as it is given,
/// and keeps what is found to itself. `progress` is told the tick that was reached, once for each hour,
/// and may break off.
///
/// # Errors
/// [`MonitorError`] where a store fails, or the rule matches more than can be looked at.
pub fn backtest(
    stores: PastStores<'_>,
    rule: &WatchedRule,
    from: Timestamp,
    until: Timestamp,
    progress: &mut dyn FnMut(Timestamp) -> ControlFlow<()>,
) -> Result<Backtested, MonitorError> {
    let life = LifeSettings::for_window(rule.rule.window);
    let mut done = Backtested::default();
    let mut open: Option<Burst> = None;
    let begin = from.as_second().div_euclid(TICK_SECONDS);
    let mut is_first = true;
    let mut past = Past::open(stores, rule, from, until)?;
    past.follow(from, until, &mut |past, now| {
        let number = now.as_second().div_euclid(TICK_SECONDS);
        if number.rem_euclid(60) == 0 && progress(now).is_break() {
            done.is_broken_off = true;
            return Ok(ControlFlow::Break(()));
        }
        let is_day = now < until && (number - begin) % DAY_TICKS == 0;
        let is_cut = std::mem::take(&mut is_first);
        if is_cut {
            past.forget_late();
        }
        let mut changed = Vec::new();
        if let Some(evaluated) = past.evaluate(now, open.is_some() || is_day)? {
            if is_day {
                let judgement = &evaluated.evaluation.judgement;
                done.days += 1;
                done.insufficient += u32::from(matches!(judgement, Judgement::Insufficient { .. }));
            }
            let change = step(open.as_ref(), evaluated.evaluation, life);
            if let Some(burst) = change.burst() {
                open = (burst.state == BurstState::Open).then(|| burst.clone());
                changed.push(burst.clone());
            }
        }
        // Before those of this tick are noted, as the monitor does.
        changed.extend(past.look_back(now)?);
        for burst in changed {
            past.note(&burst)?;
            let known = done.bursts.iter_mut().rev();
            match known.into_iter().find(|would| would.last.id == burst.id) {
                Some(would) => would.last = burst,
                None => done.bursts.push(WouldBe {
                    found: burst.clone(),
                    last: burst,
                    is_cut,
                }),
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(done)
}
