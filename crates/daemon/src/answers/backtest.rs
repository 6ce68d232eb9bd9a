//! What a rule would have done over past weeks, beside a changed version of it.

use std::ops::ControlFlow;
use std::time::Duration;

use bellwether_api::{
    BacktestBody, CountsBody, CoverageBody, ElectionBody, GateBody, JudgementBody, Problem,
    RulePhaseBody, RuleVersionBody, ShareBody, SpanBody, WouldBeBody, explain_path, permalink,
};
use bellwether_detect::DetectSettings;
use bellwether_model::{Gate, RulePhase, Span, Timestamp};
use bellwether_monitor::{Backtested, WatchedRule, WouldBe, full_query};
use bellwether_query::Query;
use jiff::SignedDuration;

use super::{Answers, problems, why};

/// Of fewer days no rate is told.
const WEEK_DAYS: u32 = 7;

/// The days that are looked at, where it is not said how many.
const DAYS: usize = 28;
/// The most days that are looked at.
pub const BACKTEST_DAYS_MAX: usize = 92;
/// The earliest items told with each alert.
const ITEMS_SHOWN: usize = 5;
/// A rule's window is as the configuration allows it.
const WINDOW_SECONDS: std::ops::RangeInclusive<u64> = 600..=7 * 86_400;

/// A question what a rule would have done, as typed.
#[derive(Debug, Clone, Default)]
pub struct BacktestParams {
    /// The rule.
    pub rule: String,
    /// How many days; 28, where left out.
    pub days: Option<usize>,
    /// The end; the last tick, where left out.
    pub at: Option<String>,
    /// The query of the changed version.
    pub query: Option<String>,
    /// The window of the changed version, such as `6h`.
    pub window: Option<String>,
    /// Its gate.
    pub min_families: Option<usize>,
    /// Its gate.
    pub min_stories: Option<usize>,
    /// Its gate.
    pub max_family_share: Option<String>,
    /// The changed version as a whole: the changes above are made to it.
    pub changed: Option<WatchedRule>,
}

impl Answers {
    /// What a rule would have done over past weeks, beside a changed version where one is asked for.
    /// `progress` is told how many minutes are through of how many, and may break off.
    ///
    /// # Errors
    /// A [`Problem`] where there is no such rule, a parameter cannot be used, it was broken off, or
    /// the data folder cannot be read.
    pub fn backtest(
        &self,
        params: &BacktestParams,
        progress: &mut dyn FnMut(u64, u64) -> ControlFlow<()>,
    ) -> Result<BacktestBody, Problem> {
        let days = match params.days.unwrap_or(DAYS) {
            days if (1..=BACKTEST_DAYS_MAX).contains(&days) => days,
            days => {
                return Err(problems::parameter(
                    "days",
                    format!("`{days}` is not between 1 and {BACKTEST_DAYS_MAX}"),
                ));
            }
        };
        self.log.with(|log| {
            let who = self.who(log)?;
            self.derived.with(|derived| {
                let rule = why::rule(&params.rule, &who)?;
                let until = self.tick(params.at.as_deref(), derived, &who)?;
                let back = SignedDuration::from_hours(24 * days as i64);
                let from = until.checked_sub(back).unwrap_or(Timestamp::MIN);
                let span = Span { from, to: until };
                let changed = changed(params, rule)?;
                let stores = self.past(log, derived, &who);
                let (all, mut before) = (minutes(span) * (1 + u64::from(changed.is_some())), 0);
                let mut tested = Vec::new();
                for rule in std::iter::once(rule).chain(&changed) {
                    let mut told = |tick| {
                        let done = minutes(Span { from, to: tick });
                        progress(before + done, all)
                    };
                    let done = bellwether_monitor::backtest(stores, rule, from, until, &mut told)
                        .map_err(|error| why::failed(&error))?;
                    if done.is_broken_off {
                        return Err(broken_off());
                    }
                    before += minutes(span);
                    tested.push((rule, done));
                }
                self.tested(&tested, span)
            })
        })
    }

    fn tested(
        &self,
        tested: &[(&WatchedRule, Backtested)],
        span: Span,
    ) -> Result<BacktestBody, Problem> {
        let mut versions = Vec::new();
        for (at, (rule, done)) in tested.iter().enumerate() {
            let other = match tested {
                [_, (_, other)] if at == 0 => Some(other),
                [(_, other), _] => Some(other),
                _ => None,
            };
            versions.push(self.version(rule, done, other, at == 0, span)?);
        }
        let mut notes = vec![
            "Decided minute by minute with what had been received by then; groups, families and \
             gates are those in force now. Nothing was sent or kept."
                .to_owned(),
        ];
        if tested.iter().any(|(_, done)| done.insufficient > 0) {
            notes.push(
                "On days with insufficient data no alert can be given: what is usual is unknown."
                    .to_owned(),
            );
        }
        let first = tested.first().map(|(rule, _)| &rule.rule);
        Ok(BacktestBody {
            rule: first.map(|rule| rule.id.to_string()).unwrap_or_default(),
            name: first.map(|rule| rule.name.clone()).unwrap_or_default(),
            span: SpanBody::from_model(&span),
            versions,
            notes,
        })
    }

    fn version(
        &self,
        rule: &WatchedRule,
        done: &Backtested,
        other: Option<&Backtested>,
        is_in_force: bool,
        span: Span,
    ) -> Result<RuleVersionBody, Problem> {
        let mut alerts = Vec::new();
        for would in &done.bursts {
            let meets = |other: &Backtested| {
                let others = other.bursts.iter();
                others
                    .into_iter()
                    .any(|other| overlap(would, other, span.to))
            };
            alerts.push(self.would_be(would, other.map(meets), is_in_force)?);
        }
        let gate = rule.rule.gate;
        Ok(RuleVersionBody {
            version: if is_in_force { "in force" } else { "changed" }.to_owned(),
            query: full_query(rule),
            window_seconds: rule.rule.window.as_secs(),
            min_families: gate.min_families,
            min_stories: gate.min_stories,
            max_family_share: gate.max_family_share,
            p_max: p_max(rule.rule.p_max),
            phases: rule.rule.phases.iter().map(phase).collect(),
            alerts_per_week: (done.days >= WEEK_DAYS)
                .then(|| alerts.len() as f64 * f64::from(WEEK_DAYS) / f64::from(done.days)),
            alerts,
            days: done.days,
            days_insufficient: done.insufficient,
        })
    }

    fn would_be(
        &self,
        would: &WouldBe,
        other_has_it: Option<bool>,
        is_in_force: bool,
    ) -> Result<WouldBeBody, Problem> {
        let (found, last) = (&would.found, &would.last);
        let ids = found.items.iter().take(ITEMS_SHOWN);
        let ids: Vec<String> = ids.map(ToString::to_string).collect();
        let (from, to) = (found.window.from.to_string(), found.window.to.to_string());
        let explain = (is_in_force && !found.found_late)
            .then(|| explain_path(found.rule.as_str(), found.evaluated));
        Ok(WouldBeBody {
            id: found.id.to_string(),
            started: found.started,
            ended: last.ended,
            held_before: would.is_cut,
            found_late: found.found_late,
            window: SpanBody::from_model(&found.window),
            observed: CountsBody::from_model(&found.observed),
            peak: CountsBody::from_model(&last.peak),
            judgement: JudgementBody::from_model(&found.judgement),
            gates: GateBody::all(&found.gates),
            groups: ShareBody::all(&found.groups),
            items: self.items_by_id(&ids)?,
            coverage: CoverageBody::from_model(&found.coverage),
            election: found.election.as_ref().map(ElectionBody::from_model),
            search: permalink(None, &found.query, Some(&from), Some(&to), &[]),
            explain,
            other_has_it,
        })
    }
}

fn p_max(of_rule: Option<f64>) -> f64 {
    of_rule.unwrap_or(DetectSettings::default().p_max)
}

fn phase(of_rule: &RulePhase) -> RulePhaseBody {
    let gate = of_rule.thresholds.gate;
    RulePhaseBody {
        phase: of_rule.phase.clone(),
        p_max: p_max(of_rule.thresholds.p_max),
        min_families: gate.min_families,
        min_stories: gate.min_stories,
        max_family_share: gate.max_family_share,
    }
}

fn minutes(span: Span) -> u64 {
    let seconds = span.to.as_second() - span.from.as_second();
    u64::try_from(seconds / 60).unwrap_or(0)
}

/// Whether two bursts were open at one time.
fn overlap(one: &WouldBe, other: &WouldBe, until: Timestamp) -> bool {
    let end = |would: &WouldBe| would.last.ended.unwrap_or(until);
    one.found.started <= end(other) && other.found.started <= end(one)
}

fn broken_off() -> Problem {
    Problem::new(503, "late", "the backtest was not through in time").hint(
        "ask for fewer days, or run `bellwether backtest` on the command line, which takes its time",
    )
}

/// The changed version, where one is asked for.
fn changed(params: &BacktestParams, rule: &WatchedRule) -> Result<Option<WatchedRule>, Problem> {
    let BacktestParams {
        query,
        window,
        min_families,
        min_stories,
        max_family_share,
        changed,
        ..
    } = params;
    let is_changed = changed.is_some()
        || query.is_some()
        || window.is_some()
        || min_families.is_some()
        || min_stories.is_some()
        || max_family_share.is_some();
    if !is_changed {
        return Ok(None);
    }
    let mut version = changed.as_ref().unwrap_or(rule).clone();
    if let Some(query) = query {
        version.query = Query::parse(query).map_err(|error| problems::parse(&error))?;
        version.rule.query = version.query.to_string();
    }
    if let Some(text) = window {
        version.rule.window = length(text).ok_or_else(|| {
            problems::parameter("window", "it is not between 10 minutes and 7 days")
                .hint("write it as `30m`, `6h` or `2d`")
        })?;
    }
    // What is asked for holds in every phase: a gate that only counted in some would be a riddle.
    let phases = version.rule.phases.iter_mut();
    let gates = phases.map(|phase| &mut phase.thresholds.gate);
    for gate in std::iter::once(&mut version.rule.gate).chain(gates) {
        change_gate(gate, params)?;
    }
    Ok(Some(version))
}

fn change_gate(gate: &mut Gate, params: &BacktestParams) -> Result<(), Problem> {
    for (name, asked, limit) in [
        ("min_families", params.min_families, &mut gate.min_families),
        ("min_stories", params.min_stories, &mut gate.min_stories),
    ] {
        if let Some(asked) = asked {
            *limit = u32::try_from(asked)
                .ok()
                .filter(|number| (1..=10_000).contains(number))
                .ok_or_else(|| problems::parameter(name, "it is not between 1 and 10000"))?;
        }
    }
    if let Some(text) = &params.max_family_share {
        gate.max_family_share = text
            .parse()
            .ok()
            .filter(|share| (0.0..=1.0).contains(share))
            .ok_or_else(|| problems::parameter("max_family_share", "it is not between 0 and 1"))?;
    }
    Ok(())
}

fn length(text: &str) -> Option<Duration> {
    let text = text.trim();
    let unit = text.chars().last()?;
    let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
    let seconds = match unit {
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return None,
    };
    let length = number.checked_mul(seconds)?;
    WINDOW_SECONDS
        .contains(&length)
        .then(|| Duration::from_secs(length))
}
