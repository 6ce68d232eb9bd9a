//! What was found though nobody listed it, as bursts: which rule it concerns, how it goes on, when it
//! ends.
//!
//! Every burst here is judged by the numbers of what found it; this only gives them the record that
//! bursts of queries have (DESIGN 5.2: four detectors, one record).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bellwether_archive::{Hit, LogReader};
use bellwether_detect::{
    Change, Coordination, Evaluation, HitFact, LifeSettings, Risen, counts, family_shares,
    group_shares, largest_family, range_of, step, story_shares,
};
use bellwether_model::{
    Applied, Burst, BurstId, BurstState, Detector, Directory, Election, ElectionClock, Expected,
    FoundTerm, GateResult, ItemId, Judgement, PostedObject, RuleId, Span, StoryId, TermRule,
    Timestamp, Whose,
};
use bellwether_query::{AnalysedItem, Binding, Bound, Names, Query, matches};
use jiff::SignedDuration;
use jiff::tz::TimeZone;

use crate::collection::Scope;
use crate::coordination::Object;
use crate::error::MonitorError;
use crate::evaluate::{View, clock, fact, first_seen};
use crate::findings::{Finding, FindingKind};
use crate::looking::Looking;
use crate::watch::outside_query;

/// What nobody listed has ended when it was not found for so long. As long as an event of terms is
/// known again: what comes back within a day is the same.
pub(crate) const HOLD: Duration = Duration::from_secs(24 * 3600);

/// Open bursts of terms are looked at every so many seconds.
const LOOK_SECONDS: i64 = 600;

/// Items that are held against a rule's groups, languages and platforms, the latest.
const READ_MAX: usize = 24;

/// Findings that wait for a gate, at most.
const WAITING_MAX: usize = 1_000;

/// Stories that a query names at most.
const STORIES_MAX: usize = 20;

/// A rule for what nobody listed, ready to be asked.
pub(crate) struct TermWatch {
    pub(crate) rule: TermRule,
    election: Option<Election>,
    filter: Bound,
    pub(crate) scope: Scope,
}

impl TermWatch {
    /// What is asked at the end of a window.
    pub(crate) fn applied(&self, window: Span) -> Applied<'_> {
        self.rule.applied(self.election.as_ref(), window.to)
    }

    /// What its election says of the end of a window, and by which phase a term is judged there.
    pub(crate) fn clock(&self, window: Span) -> Option<ElectionClock> {
        clock(self.election.as_ref(), &self.applied(window), window)
    }
}

/// Binds all rules for what nobody listed.
pub(crate) fn bind_terms(
    rules: &[TermRule],
    elections: &[Election],
    directory: &Directory,
    now: Timestamp,
) -> Result<Vec<TermWatch>, MonitorError> {
    let names = Names::new(directory);
    let bind = |rule: &TermRule| {
        let filter = match filter(rule) {
            None => Bound::All,
            Some(query) => query
                .bind(Binding::new(directory, &names, now, &TimeZone::UTC))
                .map_err(|source| MonitorError::Rule {
                    rule: rule.id.clone(),
                    source,
                })?,
        };
        let election = elections
            .iter()
            .find(|election| rule.election.as_ref() == Some(&election.id));
        Ok(TermWatch {
            rule: rule.clone(),
            election: election.cloned(),
            filter,
            scope: Scope::new(directory, &rule.groups),
        })
    };
    rules.iter().map(bind).collect()
}

/// The groups, languages and platforms of a rule as a query; `None` where it has none.
fn filter(rule: &TermRule) -> Option<Query> {
    let any = |field: &str, values: &mut dyn Iterator<Item = &str>| {
        let parts: Vec<String> = values
            .map(|value| format!("{field}:{}", quoted(value)))
            .collect();
        (!parts.is_empty()).then(|| format!("({})", parts.join(" OR ")))
    };
    let parts = [
        any("group", &mut rule.groups.iter().map(|group| group.as_str())),
        any("lang", &mut rule.languages.iter().map(String::as_str)),
        any("platform", &mut rule.platforms.iter().map(String::as_str)),
    ];
    let text = parts
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" AND ");
    Query::parse(&text).ok().filter(|query| !query.is_all())
}

/// The open bursts of what nobody listed.
#[derive(Default)]
pub(crate) struct Raised {
    open: BTreeMap<BurstId, Burst>,
    /// Terms that did not pass the gate of a rule when they were found: they are found once, and may
    /// pass it yet.
    waiting: Vec<(RuleId, Finding)>,
}

/// A burst as it is now, and whether a person should look again.
type Changed = (Burst, bool);

impl Raised {
    /// Takes up a burst that was left open.
    pub(crate) fn resume(&mut self, burst: Burst) {
        self.open.insert(burst.id.clone(), burst);
    }

    /// The open bursts.
    pub(crate) fn open(&self) -> impl Iterator<Item = &Burst> {
        self.open.values()
    }

    /// What has become of everything at a tick.
    pub(crate) fn tick(
        &mut self,
        view: &View<'_>,
        watches: &[TermWatch],
        looking: &mut Looking,
        now: Timestamp,
    ) -> Result<Vec<Changed>, MonitorError> {
        let mut changed = Vec::new();
        for finding in looking.found() {
            for watch in watches {
                if concerns(view, watch, &finding)? {
                    let found = newest(looking, &finding, now);
                    let taken = self.take(view, watch, found, now)?;
                    if taken.is_none() && self.waiting.len() < WAITING_MAX {
                        self.waiting.push((watch.rule.id.clone(), finding.clone()));
                    }
                    changed.extend(taken);
                }
            }
        }
        if now.as_second().rem_euclid(LOOK_SECONDS) == 0 {
            for burst in self.open.values().cloned().collect::<Vec<_>>() {
                changed.extend(self.look(view, watches, looking, &burst, now)?);
            }
            for (rule, finding) in std::mem::take(&mut self.waiting) {
                let watch = watches.iter().find(|watch| watch.rule.id == rule);
                let is_over = now.duration_since(finding.at).unsigned_abs() >= HOLD;
                let (Some(watch), false) = (watch, is_over) else {
                    continue;
                };
                let found = newest(looking, &finding, now);
                match self.take(view, watch, found, now)? {
                    Some(taken) => changed.push(taken),
                    None => self.waiting.push((rule, finding)),
                }
            }
        }
        Ok(changed)
    }

    fn take(
        &mut self,
        view: &View<'_>,
        watch: &TermWatch,
        found: Found,
        now: Timestamp,
    ) -> Result<Option<Changed>, MonitorError> {
        let known = self
            .open
            .values()
            .find(|burst| found.is(burst, &watch.rule.id));
        let known = known.cloned();
        let evaluation = found.evaluation(view, watch, now)?;
        Ok(self.step(known.as_ref(), evaluation))
    }

    /// How an open burst stands.
    fn look(
        &mut self,
        view: &View<'_>,
        watches: &[TermWatch],
        looking: &mut Looking,
        burst: &Burst,
        now: Timestamp,
    ) -> Result<Option<Changed>, MonitorError> {
        let watch = watches.iter().find(|watch| watch.rule.id == burst.rule);
        if let (Some(watch), Detector::Term(term)) = (watch, &burst.detector)
            && let Some((risen, days)) = looking.stands(term, now)
        {
            let found = Found::term(&burst.name, term, &risen, days, now);
            let evaluation = found.evaluation(view, watch, now)?;
            return Ok(self.step(Some(burst), evaluation));
        }
        let is_quiet = now.duration_since(burst.evaluated).unsigned_abs() >= HOLD;
        Ok(is_quiet.then(|| {
            self.open.remove(&burst.id);
            (crate::monitor::ended(burst.clone(), now), true)
        }))
    }

    fn step(&mut self, known: Option<&Burst>, evaluation: Evaluation) -> Option<Changed> {
        let change = step(known, evaluation, LifeSettings { hold: HOLD });
        let burst = change.burst()?.clone();
        match burst.state {
            BurstState::Open => self.open.insert(burst.id.clone(), burst.clone()),
            BurstState::Ended => self.open.remove(&burst.id),
        };
        let is_revision = matches!(
            change,
            Change::Opened(_) | Change::Revised(_) | Change::Ended(_)
        );
        Some((burst, is_revision))
    }
}

/// What was found, as it stands at the tick: more of it may have come since.
fn newest(looking: &mut Looking, finding: &Finding, now: Timestamp) -> Found {
    if let FindingKind::Emergent { term, risen } = &finding.kind
        && let Some((stands, days)) = looking.stands(term, now)
        && stands.p <= stands.p_max
        && stands.voices >= risen.voices
    {
        return Found::term(&finding.name, term, &stands, days, now);
    }
    Found::of(finding, looking.days(), now)
}

/// Whether at least half of what was found is of a rule's groups, languages and platforms.
fn concerns(view: &View<'_>, watch: &TermWatch, finding: &Finding) -> Result<bool, MonitorError> {
    let items = finding.members.iter().rev().map(|member| member.item);
    Ok(watch.share(view.log, items)?.is_none_or(|gate| gate.passed))
}

impl TermWatch {
    /// How much of some items, the latest first, is of the rule's groups, languages and platforms, of
    /// which at least half must be; `None` where it has none.
    pub(crate) fn share(
        &self,
        log: &LogReader,
        items: impl Iterator<Item = ItemId>,
    ) -> Result<Option<GateResult>, MonitorError> {
        if matches!(self.filter, Bound::All) {
            return Ok(None);
        }
        let (mut read, mut of_rule) = (0, 0);
        for item in items.take(READ_MAX) {
            if let Some(item) = log.item(item)? {
                read += 1;
                let analysed = AnalysedItem::of(&item);
                of_rule += u32::from(matches(&self.filter, &analysed.document(&item)));
            }
        }
        Ok(Some(GateResult {
            name: "share of the rule's groups, languages and platforms at least".to_owned(),
            value: f64::from(of_rule) / f64::from(read.max(1)),
            limit: 0.5,
            passed: read > 0 && 2 * of_rule >= read,
        }))
    }
}

/// What was found, as a burst needs it.
struct Found {
    detector: Detector,
    name: String,
    window: Span,
    items: Vec<ItemId>,
    judgement: Judgement,
    /// Where the detector has one of its own.
    gate: Option<GateResult>,
    /// The object that was posted, where it is no text.
    object: Option<Object>,
}

impl Found {
    fn of(finding: &Finding, days: u32, now: Timestamp) -> Self {
        let items = finding.members.iter().map(|member| member.item).collect();
        let first = finding.members.first();
        let window = Span {
            from: first.map_or(finding.at, |first| first.time),
            to: now,
        };
        match &finding.kind {
            FindingKind::Emergent { term, risen } => {
                Self::term(&finding.name, term, risen, days, finding.at)
            }
            FindingKind::Lineage { gate } => Self {
                detector: Detector::Lineage {
                    first: first.map_or(ItemId(0), |first| first.item),
                },
                name: finding.name.clone(),
                window,
                items,
                judgement: Judgement::Gates,
                gate: Some(gate.clone()),
                object: None,
            },
            FindingKind::Coordination { object, found } => Self {
                detector: Detector::Coordination(PostedObject {
                    object: object.kind().to_owned(),
                    key: object.number(),
                    window_seconds: found.window_seconds,
                    accounts: found.accounts,
                    silent_before: found.silent_before,
                }),
                name: finding.name.clone(),
                window,
                items,
                judgement: posted(found),
                gate: None,
                object: Some(object.clone()),
            },
        }
    }

    fn term(name: &str, term: &FoundTerm, risen: &Risen, days: u32, at: Timestamp) -> Self {
        let length = SignedDuration::from_secs(i64::from(risen.window));
        Self {
            detector: Detector::Term(term.clone()),
            name: name.to_owned(),
            window: Span {
                from: at.checked_sub(length).unwrap_or(Timestamp::MIN),
                to: at,
            },
            items: risen.items.iter().map(|item| ItemId(*item)).collect(),
            judgement: risen.judgement(days),
            gate: None,
            object: None,
        }
    }

    /// Whether it is what an open burst is about: the same object, or half of the same items.
    fn is(&self, burst: &Burst, rule: &RuleId) -> bool {
        if burst.rule != *rule || burst.detector.as_str() != self.detector.as_str() {
            return false;
        }
        if burst.detector.subject() == self.detector.subject() {
            return true;
        }
        let known: BTreeSet<&ItemId> = burst.items.iter().collect();
        let both = self.items.iter().filter(|item| known.contains(item));
        matches!(self.detector, Detector::Lineage { .. })
            && 2 * both.count() >= self.items.len().min(known.len())
    }

    fn evaluation(
        self,
        view: &View<'_>,
        watch: &TermWatch,
        now: Timestamp,
    ) -> Result<Evaluation, MonitorError> {
        let mut hits: Vec<Hit> = Vec::new();
        for item in &self.items {
            hits.extend(view.derived.stored(*item)?);
        }
        hits.sort_by_key(|hit| (hit.time, hit.item));
        let facts: Vec<HitFact> = hits.iter().map(|hit| fact(view, hit)).collect();
        let observed = counts(&facts);
        let election = watch.election.as_ref();
        let mut applied = watch.applied(self.window);
        let gates = match self.gate.clone() {
            Some(gate) => vec![gate],
            None if self.object.is_some() => Vec::new(),
            None => {
                let gate = applied.thresholds.gate;
                GateResult::all(&gate, &observed, largest_family(&facts))
            }
        };
        // What makes a text or an object a burst is not the rule's gate.
        if !matches!(self.detector, Detector::Term(_)) {
            applied.phase = None;
        }
        let groups = facts.iter().zip(&hits).flat_map(|(fact, hit)| {
            let groups = view.directory.groups_of(&hit.source);
            groups.iter().map(move |group| (group.clone(), fact))
        });
        Ok(Evaluation {
            rule: watch.rule.id.clone(),
            query: self.query(view.directory, &hits),
            detector: self.detector,
            name: self.name,
            at: now,
            window: self.window,
            observed,
            judgement: self.judgement,
            gates,
            families: family_shares(&facts),
            groups: group_shares(groups),
            stories: story_shares(&facts),
            first_seen: first_seen(view, &hits)?,
            items: hits.iter().map(|hit| hit.item).collect(),
            coverage: view.collection.coverage(&watch.scope, self.window),
            election: clock(election, &applied, self.window),
        })
    }

    /// What finds the same items.
    fn query(&self, directory: &Directory, hits: &[Hit]) -> String {
        let text = match (&self.detector, &self.object) {
            (Detector::Term(term), _) => term_query(term, directory),
            (_, Some(Object::Link(link))) => format!("url:{}", quoted(link)),
            (_, Some(Object::Hashtag(tag))) => format!("tag:{}", quoted(tag)),
            _ => {
                let stories: BTreeSet<StoryId> = hits.iter().filter_map(|hit| hit.story).collect();
                let stories = stories.iter().take(STORIES_MAX);
                let stories = stories.map(|story| format!("story:{story}"));
                stories.collect::<Vec<_>>().join(" OR ")
            }
        };
        Query::parse(&text).map_or_else(|_| quoted(&self.name), |query| query.to_string())
    }
}

/// What finds the items of a term.
pub(crate) fn term_query(term: &FoundTerm, directory: &Directory) -> String {
    let counted = quoted(&term.counted);
    match (term.whose, &term.group) {
        (Whose::Group, Some(group)) => format!("{counted} AND group:{group}"),
        (Whose::Outside, _) => outside_query(&counted, directory),
        _ => counted,
    }
}

/// A phrase of the query language. Nothing in it is read as anything else.
pub(crate) fn quoted(text: &str) -> String {
    let inside: String = text
        .chars()
        .map(|c| if matches!(c, '"' | '\\') { ' ' } else { c })
        .collect();
    format!("\"{inside}\"")
}

/// What is expected of accounts comes from their own rhythms, not from windows of the past.
fn posted(found: &Coordination) -> Judgement {
    let (low, high) = range_of(found.expected);
    Judgement::Tested {
        expected: Expected {
            mean: found.expected,
            low,
            high,
            size: None,
            windows: 0,
            days: 0,
        },
        p: found.p,
        p_max: found.p_max,
    }
}
