//! What one rule's window shows at one tick.

use bellwether_archive::{ArchiveError, Derived, Hit, LogReader};
use bellwether_detect::{
    Baseline, DetectSettings, Evaluation, HISTORY_HOURS, HitFact, PastWindow, counts,
    family_shares, group_shares, largest_family, past_spans, story_shares,
};
use bellwether_model::{
    Applied, Counts, Detector, Directory, Election, ElectionClock, FirstSeen, GateResult, ItemId,
    Span, Timestamp, Whose,
};
use jiff::SignedDuration;

use crate::collection::{Collection, Exposed, Scope};
use crate::watch::{Watch, full_query, outside_query};

/// What an evaluation looks at.
pub(crate) struct View<'a> {
    pub(crate) log: &'a LogReader,
    pub(crate) derived: &'a Derived,
    pub(crate) directory: &'a Directory,
    pub(crate) collection: &'a Collection,
    pub(crate) detect: DetectSettings,
    /// Whether a window of the past is looked at, in which items have come since.
    pub(crate) is_late: bool,
}

/// What a rule's window shows, with all that it was judged by.
pub(crate) struct Evaluated {
    pub(crate) evaluation: Evaluation,
    /// The hits of the window, in order of time.
    pub(crate) facts: Vec<HitFact>,
    /// The past windows that the baseline was learnt from, newest first.
    pub(crate) past: Vec<PastWindow>,
    pub(crate) baseline: Baseline,
}

/// Evaluates a rule at a tick; `None` where nothing can come of it: no burst is open, and the window
/// does not even pass the gates. Most ticks of most rules end there, before any history is read.
///
/// Whose voices raise a burst is what it is of; where nobody's do, everybody's are told.
pub(crate) fn evaluate(
    view: &View<'_>,
    watch: &Watch,
    tick: Timestamp,
    is_open: bool,
) -> Result<Option<Evaluated>, ArchiveError> {
    let mut shown = None;
    let window = Window::of(view, watch, tick)?;
    for (whose, scope) in watch.tested() {
        let counted = window.counted(view, watch, whose);
        let is_passed = counted.gates.iter().all(|gate| gate.passed);
        if !is_open && !is_passed {
            continue;
        }
        let evaluated = judged(view, watch, (whose, scope), tick, counted)?;
        if evaluated.evaluation.holds() {
            return Ok(Some(evaluated));
        }
        shown = shown.or(Some(evaluated));
    }
    Ok(shown)
}

/// Every test of a rule at a tick, whatever comes of it: first the one that [`evaluate`] tells.
pub(crate) fn show(
    view: &View<'_>,
    watch: &Watch,
    tick: Timestamp,
) -> Result<(Evaluated, Vec<Evaluation>), ArchiveError> {
    let window = Window::of(view, watch, tick)?;
    let all = (Whose::All, &watch.scope);
    let mut shown = judged(
        view,
        watch,
        all,
        tick,
        window.counted(view, watch, Whose::All),
    )?;
    let mut others = Vec::new();
    for (whose, scope) in watch.tested().skip(1) {
        let counted = window.counted(view, watch, whose);
        let mut other = judged(view, watch, (whose, scope), tick, counted)?;
        if other.evaluation.holds() && !shown.evaluation.holds() {
            std::mem::swap(&mut shown, &mut other);
        }
        others.push(other.evaluation);
    }
    Ok((shown, others))
}

/// What a rule's query finds in its window.
struct Window {
    span: Span,
    hits: Vec<Hit>,
}

/// What of it is counted, before it is judged.
struct Counted<'a> {
    window: Span,
    /// What is asked for at the end of the window, by the log's time.
    applied: Applied<'a>,
    hits: Vec<Hit>,
    facts: Vec<HitFact>,
    observed: Counts,
    gates: Vec<GateResult>,
}

impl Window {
    fn of(view: &View<'_>, watch: &Watch, tick: Timestamp) -> Result<Self, ArchiveError> {
        let rule = &watch.rule.rule;
        let span = Span::ending(tick, rule.window);
        let hits = view.derived.hits(&rule.id, span.from, span.to)?;
        Ok(Self { span, hits })
    }

    fn counted<'a>(&self, view: &View<'_>, watch: &'a Watch, whose: Whose) -> Counted<'a> {
        let hits: Vec<Hit> = (self.hits.iter())
            .filter(|hit| counts_for(view, whose, hit))
            .cloned()
            .collect();
        let facts: Vec<HitFact> = hits.iter().map(|hit| fact(view, hit)).collect();
        let observed = counts(&facts);
        let rule = &watch.rule;
        let applied = rule.rule.applied(rule.election.as_ref(), self.span.to);
        let gate = applied.thresholds.gate;
        Counted {
            gates: GateResult::all(&gate, &observed, largest_family(&facts)),
            window: self.span,
            applied,
            hits,
            facts,
            observed,
        }
    }
}

fn counts_for(view: &View<'_>, whose: Whose, hit: &Hit) -> bool {
    whose != Whose::Outside || !view.directory.is_domestic(&hit.source)
}

fn judged(
    view: &View<'_>,
    watch: &Watch,
    tested: (Whose, &Scope),
    tick: Timestamp,
    counted: Counted<'_>,
) -> Result<Evaluated, ArchiveError> {
    let rule = &watch.rule.rule;
    let (whose, scope) = tested;
    let Counted {
        window,
        applied,
        hits,
        facts,
        observed,
        gates,
    } = counted;
    let detect = DetectSettings {
        p_max: applied.thresholds.p_max.unwrap_or(view.detect.p_max),
        ..view.detect
    };
    let (past, baseline) = learn(view, watch, tested, window, detect)?;
    let judgement = baseline.judge(&observed);
    let groups = facts.iter().zip(&hits).flat_map(|(fact, hit)| {
        view.directory
            .groups_of(&hit.source)
            .iter()
            .map(move |group| (group.clone(), fact))
    });
    let query = full_query(&watch.rule);
    let evaluation = Evaluation {
        rule: rule.id.clone(),
        detector: Detector::Query { whose },
        name: rule.name.clone(),
        query: match whose {
            Whose::Outside => outside_query(&query, view.directory),
            Whose::All | Whose::Group => query,
        },
        at: tick,
        window,
        observed,
        judgement,
        gates,
        families: family_shares(&facts),
        groups: group_shares(groups),
        stories: story_shares(&facts),
        first_seen: first_seen(view, &hits)?,
        items: hits.iter().map(|hit| hit.item).collect::<Vec<ItemId>>(),
        coverage: view.collection.coverage(scope, window),
        election: clock(watch.rule.election.as_ref(), &applied, window),
    };
    Ok(Evaluated {
        evaluation,
        facts,
        past,
        baseline,
    })
}

/// What a rule's election said of the end of a window, and by which phase it was judged.
pub(crate) fn clock(
    election: Option<&Election>,
    applied: &Applied<'_>,
    window: Span,
) -> Option<ElectionClock> {
    election.map(|election| ElectionClock {
        applied: applied.phase.map(str::to_owned),
        ..election.clock(window.to)
    })
}

pub(crate) fn fact(view: &View<'_>, hit: &Hit) -> HitFact {
    HitFact {
        item: hit.item,
        time: hit.time,
        family: view.directory.family(&hit.source),
        story: hit.story,
    }
}

fn learn(
    view: &View<'_>,
    watch: &Watch,
    (whose, scope): (Whose, &Scope),
    window: Span,
    detect: DetectSettings,
) -> Result<(Vec<PastWindow>, Baseline), ArchiveError> {
    let rule = &watch.rule.rule;
    let exposed = view.collection.exposed(scope, window, view.is_late);
    let from = window
        .to
        .checked_sub(SignedDuration::from_hours(HISTORY_HOURS))
        .unwrap_or(Timestamp::MIN);
    let mut history = view.derived.hits(&rule.id, from, window.to)?;
    history.retain(|hit| counts_for(view, whose, hit));
    let past: Vec<PastWindow> = past_spans(window)
        .map(|span| PastWindow {
            start: span.from,
            voices: voices(view, &history, span, &exposed),
            exposure: exposed.exposure(span),
        })
        .filter(|past| past.exposure > 0.0)
        .collect();
    let volumes = exposed.volumes();
    let baseline = Baseline::learn(window, &past, &volumes, &watch.rule.zone, detect.of(whose));
    Ok((past, baseline))
}

/// The voices of a past window, of families that were collected then and are now: of the others there
/// is no exposure to compare them with. `history` is in order of time.
fn voices(view: &View<'_>, history: &[Hit], span: Span, exposed: &Exposed) -> u32 {
    let from = history.partition_point(|hit| hit.time < span.from);
    let to = history.partition_point(|hit| hit.time < span.to);
    let facts: Vec<HitFact> = history
        .get(from..to)
        .unwrap_or_default()
        .iter()
        .map(|hit| fact(view, hit))
        .filter(|fact| exposed.has(&fact.family, span))
        .collect();
    counts(&facts).voices()
}

pub(crate) fn first_seen(view: &View<'_>, hits: &[Hit]) -> Result<Option<FirstSeen>, ArchiveError> {
    first_seen_of(view.log, hits)
}

/// The first of some hits, which are in order of time.
pub(crate) fn first_seen_of(
    log: &LogReader,
    hits: &[Hit],
) -> Result<Option<FirstSeen>, ArchiveError> {
    let Some(first) = hits.first() else {
        return Ok(None);
    };
    let item = log.item(first.item)?;
    Ok(item.map(|item| FirstSeen {
        item: first.item,
        source: first.source.clone(),
        publisher: item.publisher,
        time: first.time,
    }))
}
