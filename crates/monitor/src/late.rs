//! Bursts of the past days that are seen only now: an item is counted in its own hour, and where that
//! hour has passed already, its windows are looked at again (DESIGN 5.2).
//!
//! Knows which windows are to be looked at; what they show is decided as for any other.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bellwether_archive::ArchiveError;
use bellwether_detect::{Evaluation, HOLD_MIN, LifeSettings, step};
use bellwether_model::{Burst, BurstId, Judgement, Rule, RuleId, Timestamp};
use jiff::SignedDuration;

use crate::evaluate::{View, evaluate};
use crate::monitor::ended;
use crate::watch::Watch;

/// What is older when it comes only corrects what is usual.
const LATE_MAX: Duration = Duration::from_secs(72 * 3600);

/// Windows that are looked at again end so far apart, or as far as they are long.
const STEP_MAX: Duration = Duration::from_secs(3600);

/// Bursts of the last days that are looked at, at most.
const BURSTS_MAX: usize = 10_000;

/// Which windows of rules are to be looked at again, and the bursts found so that are open.
#[derive(Default)]
pub(crate) struct Late {
    /// Ends of windows, in seconds.
    due: BTreeMap<RuleId, BTreeSet<i64>>,
    open: BTreeMap<BurstId, Burst>,
}

/// A burst as it is now, and whether a person should look again.
type Changed = (Burst, bool);

impl Late {
    /// Takes up a burst that was left open.
    pub(crate) fn resume(&mut self, burst: Burst) {
        self.open.insert(burst.id.clone(), burst);
    }

    /// An item of a rule has come, of a time that may have passed.
    pub(crate) fn note(&mut self, rule: &Rule, time: Timestamp, now: Timestamp) {
        let age = now.duration_since(time);
        if age.is_negative() || age.unsigned_abs() > LATE_MAX || age.unsigned_abs() < rule.window {
            return;
        }
        let seconds = |length: Duration| i64::try_from(length.as_secs()).unwrap_or(i64::MAX).max(1);
        let (step, window) = (seconds(rule.window.min(STEP_MAX)), seconds(rule.window));
        let time = time.as_second();
        let mut end = (time.div_euclid(step) + 1) * step;
        let due = self.due.entry(rule.id.clone()).or_default();
        while end - window <= time && end < now.as_second() {
            due.insert(end);
            end += step;
        }
    }

    /// What the windows show that are to be looked at again, and what has ended.
    pub(crate) fn tick(
        &mut self,
        view: &View<'_>,
        watches: &[Watch],
        now: Timestamp,
    ) -> Result<Vec<Changed>, ArchiveError> {
        let mut changed = self.end(watches, now);
        let view = View {
            is_late: true,
            ..*view
        };
        for (rule, ends) in std::mem::take(&mut self.due) {
            let Some(watch) = watches.iter().find(|watch| watch.rule.rule.id == rule) else {
                continue;
            };
            let mut best: Option<Evaluation> = None;
            for end in ends {
                let Ok(end) = Timestamp::from_second(end) else {
                    continue;
                };
                let found = evaluate(&view, watch, end, false)?
                    .map(|found| found.evaluation)
                    .filter(Evaluation::holds);
                best = [best, found]
                    .into_iter()
                    .flatten()
                    .reduce(|a, b| if p(&b) < p(&a) { b } else { a });
            }
            let Some(evaluation) = best else { continue };
            if is_known(&view, &rule, &evaluation)? {
                continue;
            }
            let evaluation = Evaluation {
                at: now,
                ..evaluation
            };
            let change = step(None, evaluation, LifeSettings { hold: HOLD_MIN });
            if let Some(burst) = change.burst() {
                let burst = Burst {
                    found_late: true,
                    ..burst.clone()
                };
                self.open.insert(burst.id.clone(), burst.clone());
                changed.push((burst, true));
            }
        }
        Ok(changed)
    }

    /// What was found late is told, and ends as one that is not found again.
    fn end(&mut self, watches: &[Watch], now: Timestamp) -> Vec<Changed> {
        let is_over = |burst: &Burst| {
            let watch = watches
                .iter()
                .find(|watch| watch.rule.rule.id == burst.rule);
            let hold = watch.map_or(HOLD_MIN, |watch| watch.rule.rule.window.max(HOLD_MIN));
            now.duration_since(burst.evaluated).unsigned_abs() >= hold
        };
        let over: Vec<BurstId> = self
            .open
            .values()
            .filter(|burst| is_over(burst))
            .map(|burst| burst.id.clone())
            .collect();
        let over = over.into_iter().filter_map(|id| self.open.remove(&id));
        over.map(|burst| (ended(burst, now), true)).collect()
    }
}

fn p(evaluation: &Evaluation) -> f64 {
    match evaluation.judgement {
        Judgement::Tested { p, .. } => p,
        Judgement::Gates | Judgement::Insufficient { .. } => 1.0,
    }
}

/// Whether people know of a burst of the same rule in that time.
fn is_known(view: &View<'_>, rule: &RuleId, evaluation: &Evaluation) -> Result<bool, ArchiveError> {
    let window = evaluation.window;
    let from = window
        .from
        .checked_sub(SignedDuration::try_from(LATE_MAX).unwrap_or_default())
        .unwrap_or(Timestamp::MIN);
    let known = view.derived.bursts(from, Timestamp::MAX, BURSTS_MAX)?;
    let of_rule = known.iter().filter(|burst| burst.rule == *rule);
    let mut stretches = of_rule.map(|burst| {
        let length = burst.window.to.duration_since(burst.window.from);
        let began = burst.started.checked_sub(length).unwrap_or(burst.started);
        (burst.window.from.min(began), burst.window.to)
    });
    Ok(stretches.any(|(from, to)| window.from < to && from < window.to))
}
