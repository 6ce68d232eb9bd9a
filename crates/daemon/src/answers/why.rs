//! Why a rule raised a burst at a tick, or did not.

use bellwether_api::{
    BaselineBody, BaselineWindowBody, CountsBody, CoverageBody, ElectionBody, ExplainBody,
    ExplainLinks, FirstSeenBody, GateBody, JudgementBody, OpenBurstBody, Problem, ShareBody,
    SpanBody, StoryShareBody, TestBody, WindowBinBody, explain_path, permalink, why_in_words,
};
use bellwether_archive::{Derived, LogReader};
use bellwether_detect::{
    DetectSettings, Evaluation, GUARD_HOURS, HISTORY_HOURS, ITEMS_MAX, WindowInput,
};
use bellwether_model::{Burst, BurstId, Detector, Span, Timestamp, Whose};
use bellwether_monitor::{Explained, MonitorError, PastStores, WatchedRule};
use bellwether_query::{Binding, Names, nearest};
use jiff::SignedDuration;
use url::form_urlencoded;

use super::who::Who;
use super::window::moment;
use super::{Answers, problems};

/// Items told with an explanation; the search has all.
const ITEMS_SHOWN: usize = 100;
/// Lengths of bins in minutes: the shortest of which a window has at most so many is used.
const BIN_MINUTES: [i64; 9] = [1, 5, 10, 30, 60, 180, 360, 720, 1440];
const BINS_MAX: i64 = 24;
/// The monitor looks at the log's time each so many seconds.
const TICK_SECONDS: i64 = 60;

/// A question why a rule raised a burst or did not, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExplainParams {
    /// The id of a rule, or of a burst: then its rule at its tick is meant.
    pub rule: String,
    /// The time, of which the minute is taken; the last tick, where left out.
    pub at: Option<String>,
    /// A term: then it is explained under the rule, which tells of terms that nobody listed and may be
    /// left out where there is one.
    pub term: Option<String>,
}

/// What is explained.
struct Meant<'a> {
    rule: &'a WatchedRule,
    /// The burst that was named.
    burst: Option<Burst>,
}

impl Answers {
    /// Why a rule raised a burst at a tick, or did not, by what had been received then.
    ///
    /// # Errors
    /// A [`Problem`] where there is no such rule, the time is not analysed yet, or the data folder
    /// cannot be read.
    pub fn explain(&self, params: &ExplainParams) -> Result<ExplainBody, Problem> {
        let (body, shown) = self.log.with(|log| {
            let who = self.who(log)?;
            self.derived
                .with(|derived| self.explained(params, log, derived, &who))
        })?;
        Ok(ExplainBody {
            items: self.items_by_id(&shown)?,
            ..body
        })
    }

    /// The explanation without its items, and the ids of those that are shown.
    fn explained(
        &self,
        params: &ExplainParams,
        log: &LogReader,
        derived: &Derived,
        who: &Who,
    ) -> Result<(ExplainBody, Vec<String>), Problem> {
        let meant = meant(&params.rule, derived, who)?;
        let rule = meant.rule;
        let of_burst = (meant.burst.as_ref()).filter(|_| params.at.is_none());
        let (at, end) = match of_burst {
            Some(burst) => (judged_at(burst), Some(burst.window.to)),
            None => (self.tick(params.at.as_deref(), derived, who)?, None),
        };
        let stores = self.past(log, derived, who);
        let explained =
            bellwether_monitor::explain(stores, rule, at, end).map_err(|error| failed(&error))?;
        let burst = derived
            .burst_at(&rule.rule.id, at)
            .map_err(problems::archive)?;
        let mut body = body(rule, &explained, self.settings.public_url.as_deref());
        body.burst = burst.map(|burst| OpenBurstBody {
            id: burst.id.to_string(),
            started: burst.started,
            ended: burst.ended,
        });
        body.at = at;
        if let Some(burst) = of_burst.filter(|burst| burst.found_late) {
            body.notes.push(format!(
                "Found late: items of this window came after it had passed, and it is shown as it \
                 was known at {at}."
            ));
            let mut path = "/explain?rule=".to_owned();
            path.extend(form_urlencoded::byte_serialize(
                burst.id.as_str().as_bytes(),
            ));
            body.links.page = (self.settings.public_url.as_deref())
                .map(|base| format!("{}{path}", base.trim_end_matches('/')));
            body.links.api = format!("/api/v1{path}");
        }
        if let Some(burst) = &meant.burst {
            if burst.query != body.query {
                body.notes.push(format!(
                    "This burst was found with another query than the rule has now: {}",
                    burst.query
                ));
            }
            // Records of earlier versions do not say.
            let then = burst.election.as_ref().map(ElectionBody::from_model);
            if let Some(then) = then.filter(|then| Some(then) != body.election.as_ref())
                && of_burst.is_some()
            {
                body.notes.push(format!(
                    "The calendar of the election, or the phases of the rule, were others when this \
                     burst was found: {}",
                    then.line
                ));
            }
        }
        let shown = explained.evaluation.items.iter().take(ITEMS_SHOWN);
        Ok((body, shown.map(ToString::to_string).collect()))
    }

    /// What the past is read from.
    pub(super) fn past<'a>(
        &'a self,
        log: &'a LogReader,
        derived: &'a Derived,
        who: &'a Who,
    ) -> PastStores<'a> {
        PastStores {
            log,
            derived,
            engine: &*self.engine,
            directory: &who.directory,
            detect: DetectSettings::default(),
        }
    }

    /// The tick of a time as typed; the last one, where none is.
    pub(super) fn tick(
        &self,
        at: Option<&str>,
        derived: &Derived,
        who: &Who,
    ) -> Result<Timestamp, Problem> {
        let last = derived.state().map_err(problems::archive)?.tick;
        let last = last.ok_or_else(not_analysed)?;
        let Some(text) = at.map(str::trim).filter(|text| !text.is_empty()) else {
            return Ok(last);
        };
        let names = Names::default();
        let binding = Binding::new(&who.directory, &names, self.now(), &self.settings.zone);
        let at = moment("at", text, true, binding)?;
        let tick = Timestamp::from_second(at.as_second().div_euclid(TICK_SECONDS) * TICK_SECONDS)
            .unwrap_or(at);
        if tick > last {
            return Err(problems::parameter(
                "at",
                format!("the log is analysed up to {last}, and {tick} is after that"),
            )
            .hint("name an earlier time, or leave it out for the last tick"));
        }
        Ok(tick)
    }
}

/// The tick of a burst's numbers: the end of their window, and of one that was found late the tick at
/// which it was found.
const fn judged_at(burst: &Burst) -> Timestamp {
    if burst.found_late {
        burst.started
    } else {
        burst.window.to
    }
}

fn meant<'a>(id: &str, derived: &Derived, who: &'a Who) -> Result<Meant<'a>, Problem> {
    if let Some(rule) = rule_of(id, who) {
        return Ok(Meant { rule, burst: None });
    }
    let burst = derived
        .burst(&BurstId::new(id))
        .map_err(problems::archive)?;
    let Some(burst) = burst else {
        return Err(no_rule(id, who));
    };
    if !matches!(burst.detector, Detector::Query { .. }) {
        return Err(problems::parameter(
            "rule",
            "this burst was found by no query: only rules with a query are explained",
        )
        .hint("its record has its numbers: see /api/v1/bursts/{id}"));
    }
    match rule_of(burst.rule.as_str(), who) {
        Some(rule) => Ok(Meant {
            rule,
            burst: Some(burst),
        }),
        None => Err(no_rule(burst.rule.as_str(), who).detail(
            "the burst is of a rule that is no longer in force; its record has its numbers",
        )),
    }
}

fn rule_of<'a>(id: &str, who: &'a Who) -> Option<&'a WatchedRule> {
    who.rules.iter().find(|rule| rule.rule.id.as_str() == id)
}

/// The rule in force of an id.
pub(super) fn rule<'a>(id: &str, who: &'a Who) -> Result<&'a WatchedRule, Problem> {
    rule_of(id, who).ok_or_else(|| no_rule(id, who))
}

fn no_rule(id: &str, who: &Who) -> Problem {
    let known = || who.rules.iter().map(|rule| rule.rule.id.as_str());
    let problem = problems::not_found("rule", id);
    match nearest(id, known()) {
        Some(suggestion) => problem.suggestion(suggestion),
        None if known().next().is_none() => problem.detail("no rule is in force"),
        None => {
            let some: Vec<&str> = known().take(10).collect();
            problem.hint(format!("rules are such as {}", some.join(", ")))
        }
    }
}

fn not_analysed() -> Problem {
    Problem::new(503, "not-analysed", "nothing is analysed yet")
        .detail("the log is empty, or has not been read: so no rule was ever looked at")
        .hint("run `bellwether run`, or `bellwether rebuild derived`")
}

pub(super) fn failed(error: &MonitorError) -> Problem {
    match error {
        MonitorError::Rule { source, .. } => problems::bind(source),
        MonitorError::Past { source, .. } => problems::search(source),
        other => {
            tracing::warn!(%other, "the past cannot be read");
            Problem::new(503, "data", "the data folder cannot be read now")
                .detail(other.to_string())
        }
    }
}

/// The length of a bin in seconds.
fn bin_seconds(window: Span) -> i64 {
    let seconds = window.to.as_second() - window.from.as_second();
    let lengths = BIN_MINUTES.iter().map(|minutes| minutes * 60);
    let mut short = lengths.filter(|length| seconds <= length * BINS_MAX);
    short.next().unwrap_or(86_400)
}

fn bins(explained: &Explained) -> Vec<WindowBinBody> {
    let window = explained.evaluation.window;
    let length = SignedDuration::from_secs(bin_seconds(window));
    let mut bins = Vec::new();
    let mut from = window.from;
    while from < window.to {
        let to = from.checked_add(length).unwrap_or(window.to).min(window.to);
        let hits = WindowInput {
            window: Span { from, to },
            hits: &explained.hits,
        };
        let counts = hits.counts();
        bins.push(WindowBinBody {
            start: from,
            items: counts.items,
            families: counts.families,
            stories: counts.stories,
        });
        from = to;
    }
    bins
}

fn baseline(rule: &WatchedRule, explained: &Explained) -> BaselineBody {
    let window = explained.evaluation.window;
    let before = |seconds: i64| {
        let length = SignedDuration::from_secs(seconds);
        window.to.checked_sub(length).unwrap_or(Timestamp::MIN)
    };
    let length = window.to.as_second() - window.from.as_second();
    let detect = DetectSettings::default();
    let applied = rule.rule.applied(rule.election.as_ref(), window.to);
    BaselineBody {
        history: SpanBody {
            from: before(HISTORY_HOURS * 3600),
            to: before(length.max(GUARD_HOURS * 3600)),
        },
        rhythm: explained.rhythm,
        size_max: detect.size_max,
        days_needed: detect.days_needed,
        p_max: applied.thresholds.p_max.unwrap_or(detect.p_max),
        windows: explained
            .windows
            .iter()
            .map(|window| BaselineWindowBody {
                start: window.span.from,
                voices: window.voices,
                exposure: window.exposure,
                rhythm: window.rhythm,
            })
            .collect(),
    }
}

fn test(evaluation: &Evaluation) -> TestBody {
    TestBody {
        whose: whose(evaluation),
        query: evaluation.query.clone(),
        holds: evaluation.holds(),
        observed: CountsBody::from_model(&evaluation.observed),
        judgement: JudgementBody::from_model(&evaluation.judgement),
        gates: GateBody::all(&evaluation.gates),
    }
}

/// Whose voices an evaluation of a query counts.
fn whose(evaluation: &Evaluation) -> String {
    match &evaluation.detector {
        Detector::Query { whose } => *whose,
        _ => Whose::All,
    }
    .as_str()
    .to_owned()
}

fn body(rule: &WatchedRule, explained: &Explained, public_url: Option<&str>) -> ExplainBody {
    let shown = &explained.evaluation;
    let observed = CountsBody::from_model(&shown.observed);
    let judgement = JudgementBody::from_model(&shown.judgement);
    let gates = GateBody::all(&shown.gates);
    let coverage = CoverageBody::from_model(&shown.coverage);
    let path = explain_path(shown.rule.as_str(), shown.at);
    let (from, to) = (shown.window.from.to_string(), shown.window.to.to_string());
    let mut notes = Vec::new();
    if shown.items.len() > ITEMS_MAX {
        notes.push(format!(
            "A burst keeps the first {ITEMS_MAX} of {} items.",
            shown.items.len()
        ));
    }
    ExplainBody {
        rule: shown.rule.to_string(),
        name: shown.name.clone(),
        at: shown.at,
        holds: shown.holds(),
        whose: whose(shown),
        others: explained.others.iter().map(test).collect(),
        why: why_in_words(&observed, &judgement, &gates, &coverage),
        window: SpanBody::from_model(&shown.window),
        window_seconds: rule.rule.window.as_secs(),
        bin_seconds: bin_seconds(shown.window).unsigned_abs(),
        bins: bins(explained),
        baseline: baseline(rule, explained),
        families: ShareBody::all(&shown.families),
        groups: ShareBody::all(&shown.groups),
        stories: StoryShareBody::all(&shown.stories),
        first_seen: shown.first_seen.as_ref().map(FirstSeenBody::from_model),
        items: Vec::new(),
        election: shown.election.as_ref().map(ElectionBody::from_model),
        burst: None,
        notes,
        links: ExplainLinks {
            search: permalink(None, &shown.query, Some(&from), Some(&to), &[]),
            page: public_url.map(|base| format!("{}{path}", base.trim_end_matches('/'))),
            api: format!("/api/v1{path}"),
        },
        query: shown.query.clone(),
        observed,
        judgement,
        gates,
        coverage,
    }
}
