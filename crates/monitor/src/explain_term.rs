//! Why a term that nobody listed was told of by a rule at a time, or was not.
//!
//! The items of the weeks before are passed to the detector again ([`recount`](crate::recount)), and
//! how the term stands then is weighed in every window of every detector of terms by what decides
//! live. Nothing is written.

use std::collections::BTreeSet;

use bellwether_archive::{EntryBody, Hit};
use bellwether_detect::{
    HitFact, Weighed, counts, family_shares, group_shares, largest_family, story_shares,
};
use bellwether_model::{
    Burst, Counts, Coverage, Detector, Election, ElectionClock, FamilyId, FirstSeen, FoundTerm,
    GateResult, GroupId, ItemId, Rise, Role, Seq, Share, Span, StoryShare, TermRule, Timestamp,
    Whose,
};
use bellwether_query::{AnalysedItem, Query};
use jiff::SignedDuration;

use crate::collection::Collection;
use crate::emerging::{counted, seconds};
use crate::error::MonitorError;
use crate::evaluate::first_seen_of;
use crate::findings::Sources;
use crate::monitor::ENTRIES_PER_COMMIT;
use crate::naming::{names, read};
use crate::past::PastStores;
use crate::raise::{TermWatch, bind_terms, term_query};
use crate::recount::{Course, GoOn, Mention, Published, Recount, closer};
use crate::typed_term::TypedTerm;

/// Bins are hours: of a day, or of the three of the longest window.
const BIN_SECONDS: u32 = 3600;
const BINS: u32 = 24;
const SLOW_BINS: u32 = 72;

/// Bursts of a month that are looked through for the same term or the same items.
const BURSTS_DAYS: i64 = 31;
const BURSTS_MAX: usize = 500;

/// A term is one of a burst for so long after it was last found.
const HOLD_HOURS: i64 = 24;

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct AskedTerm<'a> {
    /// The rule that would tell.
    pub rule: &'a TermRule,
    /// The elections, by whose phases its thresholds may change.
    pub elections: &'a [Election],
    /// The term.
    pub term: &'a TypedTerm,
    /// The tick.
    pub at: Timestamp,
    /// The burst that was named: its term is meant, at the moment of its numbers.
    pub burst: Option<&'a Burst>,
}

/// One term of what was typed.
#[derive(Debug, Clone, PartialEq)]
pub struct ExplainedPart {
    /// As it was typed.
    pub counted: String,
    /// Items that have it, of those that were passed.
    pub items: u32,
    /// When the first and the last of them were received.
    pub seen: Option<(Timestamp, Timestamp)>,
    /// Whether so many have it that they are not read: it is not judged then.
    pub is_too_frequent: bool,
    /// Whether it rises at the time.
    pub holds: bool,
}

/// One window of one detector.
#[derive(Debug, Clone, PartialEq)]
pub struct TermWindow {
    /// What it shows.
    pub weighed: Weighed,
    /// The group within which it is looked at.
    pub group: Option<GroupId>,
    /// Where it lies.
    pub span: Span,
}

/// A moment at which the detector found the term to rise.
#[derive(Debug, Clone, PartialEq)]
pub struct TermRise {
    /// When.
    pub at: Timestamp,
    /// Within hours or over days.
    pub rise: Rise,
    /// Whose voices.
    pub whose: Whose,
    /// The length of the window, in seconds.
    pub window: u32,
    /// Voices in it and how many were expected.
    pub voices: u32,
    /// See [`voices`](Self::voices).
    pub expected: f64,
    /// The probability of so many or more.
    pub p: f64,
    /// The largest that is a rise.
    pub p_max: f64,
}

/// An hour, by the items' own time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TermBin {
    /// Its first moment.
    pub start: Timestamp,
    /// What was counted in it.
    pub counts: Counts,
    /// The items published in it, of which the term has a share.
    pub published: u32,
    /// The voices that are usual of so many; nothing, where that is not known.
    pub usual: Option<f64>,
}

/// How a term stood, and all that it was judged by.
#[derive(Debug, Clone, PartialEq)]
pub struct ExplainedTerm {
    /// The moment.
    pub at: Timestamp,
    /// The last place of the log that was known.
    pub seq: Seq,
    /// When the first item that was passed was received, and how many were.
    pub from: Option<Timestamp>,
    /// See [`from`](Self::from).
    pub items: usize,
    /// Whether older ones of the time were left out, as there are too many.
    pub is_cut: bool,
    /// The terms of what was typed.
    pub parts: Vec<ExplainedPart>,
    /// Which of them all below is of: the one that comes nearest to being told.
    pub chosen: usize,
    /// Every window of every detector that applies.
    pub windows: Vec<TermWindow>,
    /// Which of them comes nearest to being a rise.
    pub nearest: usize,
    /// Where in the last day it rose: first and last.
    pub rises: Vec<TermRise>,
    /// When in the last day it came nearest, and how it stood then.
    pub closest: Option<(Timestamp, TermWindow)>,
    /// The items of the nearest window, in order of time.
    pub facts: Vec<HitFact>,
    /// What was counted of them.
    pub observed: Counts,
    /// By family, group and story.
    pub families: Vec<Share<FamilyId>>,
    /// See [`families`](Self::families).
    pub groups: Vec<Share<GroupId>>,
    /// See [`families`](Self::families).
    pub stories: Vec<StoryShare>,
    /// The earliest of them.
    pub first_seen: Option<FirstSeen>,
    /// What it would be called; nothing where it is no run of whole words in most of its items, or a
    /// text that is carried: nobody is told of such a one.
    pub spellings: Option<Vec<String>>,
    /// What the rule asks: of its groups, languages and platforms, and its gates.
    pub gates: Vec<GateResult>,
    /// Bursts of the same term or of the same items that people knew of.
    pub bursts: Vec<Burst>,
    /// The nearest window and the time before it, by the hour.
    pub bins: Vec<TermBin>,
    /// What was collected in the nearest window.
    pub coverage: Coverage,
    /// What finds its items.
    pub query: String,
    /// What the rule's election said of the end of the nearest window.
    pub election: Option<ElectionClock>,
}

impl ExplainedTerm {
    /// The window that comes nearest to being a rise.
    #[must_use]
    pub fn nearest(&self) -> &TermWindow {
        &self.windows[self.nearest]
    }

    /// The term it is all about.
    #[must_use]
    pub fn part(&self) -> &ExplainedPart {
        &self.parts[self.chosen]
    }

    /// Whether a burst would be raised: it rises, has a name and passes what the rule asks.
    #[must_use]
    pub fn holds(&self) -> bool {
        let is_passed = self.gates.iter().all(|gate| gate.passed);
        self.nearest().weighed.holds() && self.spellings.is_some() && is_passed
    }
}

/// Weighs a term as it would have been at a tick, whether it rises or not, with what the log had by
/// then. `go_on` is told how much is done; where it breaks there is no answer.
///
/// # Errors
/// [`MonitorError`] where a store fails, or more items have the term than can be read.
pub fn explain_term(
    stores: PastStores<'_>,
    asked: &AskedTerm<'_>,
    go_on: &mut GoOn<'_>,
) -> Result<Option<ExplainedTerm>, MonitorError> {
    let found = asked.burst.and_then(found_term);
    let typed = match found {
        Some(term) => asked.term.clone().only(term.key),
        None => asked.term.clone(),
    };
    let until = place(stores, asked)?;
    let Some(mut recount) = Recount::of(stores, typed.parts(), until, asked.at, go_on)? else {
        return Ok(None);
    };
    if recount.courses.iter().all(|course| course.is_too_frequent) {
        return Err(MonitorError::Frequent {
            term: typed.text().to_owned(),
        });
    }
    let now = seconds(asked.at);
    let script = found.map(|term| term.script);
    let weighed: Vec<Vec<Weighed>> = (0..recount.courses.len())
        .map(|part| recount.weigh(part, now, script))
        .collect();
    let best = |windows: &Vec<Weighed>| windows.iter().min_by(|a, b| closer(a, b)).cloned();
    let parts: Vec<ExplainedPart> = recount
        .courses
        .iter()
        .zip(&weighed)
        .map(|(course, windows)| part(course, windows))
        .collect();
    // What is in no item comes after what is in some.
    let chosen = (0..parts.len()).min_by(|a, b| {
        let is_empty = |at: usize| parts[at].items == 0;
        let order = is_empty(*a).cmp(&is_empty(*b));
        order.then_with(|| match (best(&weighed[*a]), best(&weighed[*b])) {
            (Some(a), Some(b)) => closer(&a, &b),
            _ => std::cmp::Ordering::Equal,
        })
    });
    let chosen = chosen.unwrap_or(0);
    let mine = |weighed: &Weighed| {
        found.is_none_or(|term| {
            let group = weighed
                .group
                .and_then(|group| recount.numbers.group_of(group));
            weighed.rise == term.rise && weighed.whose == term.whose && group == term.group.as_ref()
        })
    };
    let windows = &weighed[chosen];
    let nearest = (0..windows.len())
        .min_by(|a, b| {
            let order = mine(&windows[*b]).cmp(&mine(&windows[*a]));
            order.then_with(|| closer(&windows[*a], &windows[*b]))
        })
        .unwrap_or(0);
    let span = |window: u32, at: Timestamp| Span {
        from: at
            .checked_sub(SignedDuration::from_secs(i64::from(window)))
            .unwrap_or(Timestamp::MIN),
        to: at,
    };
    let window = |weighed: &Weighed, at: Timestamp| TermWindow {
        group: weighed
            .group
            .and_then(|group| recount.numbers.group_of(group).cloned()),
        span: span(weighed.window, at),
        weighed: weighed.clone(),
    };
    let windows: Vec<TermWindow> = windows.iter().map(|w| window(w, asked.at)).collect();
    let Some(shown) = windows.get(nearest).cloned() else {
        return Ok(None);
    };
    let course = &recount.courses[chosen];
    let closest = course.closest.as_ref().map(|(second, weighed)| {
        let at = Timestamp::from_second(i64::from(*second)).unwrap_or(asked.at);
        (at, window(weighed, at))
    });
    let evidence = Evidence::of(stores, course, &shown)?;
    let rules = std::slice::from_ref(asked.rule);
    let watch = bind_terms(rules, asked.elections, stores.directory, asked.at)?;
    let gates = match watch.first() {
        Some(watch) => evidence.gates(stores, watch, shown.span)?,
        None => Vec::new(),
    };
    let counted = typed.parts()[chosen].counted.clone();
    Ok(Some(ExplainedTerm {
        at: asked.at,
        seq: until,
        from: recount.from,
        items: recount.items,
        is_cut: recount.is_cut,
        rises: rises(course),
        closest,
        bursts: bursts(stores, asked, &recount.courses, &evidence)?,
        bins: bins(&recount, chosen, &shown, asked.at),
        coverage: match watch.first() {
            Some(watch) => coverage(stores, watch, shown.span, until)?,
            None => Coverage::default(),
        },
        query: query(stores, course, &shown, counted),
        election: watch.first().and_then(|watch| watch.clock(shown.span)),
        spellings: evidence.spellings(stores, course)?,
        observed: counts(&evidence.facts),
        families: family_shares(&evidence.facts),
        groups: evidence.groups(stores),
        stories: story_shares(&evidence.facts),
        first_seen: evidence.first_seen(stores)?,
        facts: evidence.facts,
        gates,
        parts,
        chosen,
        windows,
        nearest,
    }))
}

fn found_term(burst: &Burst) -> Option<&FoundTerm> {
    match &burst.detector {
        Detector::Term(term) => Some(term),
        _ => None,
    }
}

/// The last place of the log that was known. A tick is passed before what comes at its second; the
/// numbers of a burst that are not of its tick are of the item with which it was found.
fn place(stores: PastStores<'_>, asked: &AskedTerm<'_>) -> Result<Seq, MonitorError> {
    let of_item = asked
        .burst
        .filter(|burst| burst.window.to < burst.evaluated);
    match of_item.and_then(|burst| burst.items.iter().max()) {
        Some(item) => Ok(Seq(item.0)),
        None => Ok(stores.log.place_before(asked.at)?),
    }
}

fn part(course: &Course, windows: &[Weighed]) -> ExplainedPart {
    let time = |mention: &Mention| {
        Timestamp::from_second(i64::from(mention.arrival.received)).unwrap_or(mention.fact.time)
    };
    let ends = course.mentions.first().zip(course.mentions.last());
    ExplainedPart {
        counted: course.part.counted.clone(),
        items: u32::try_from(course.mentions.len()).unwrap_or(u32::MAX),
        seen: ends.map(|(first, last)| (time(first), time(last))),
        is_too_frequent: course.is_too_frequent,
        holds: windows.iter().any(Weighed::holds),
    }
}

fn rises(course: &Course) -> Vec<TermRise> {
    let mut ends: Vec<_> = course.risen.first().into_iter().collect();
    ends.extend(course.risen.last().filter(|_| course.risen.len() > 1));
    ends.into_iter()
        .filter_map(|(second, risen)| {
            Some(TermRise {
                at: Timestamp::from_second(i64::from(*second)).ok()?,
                rise: risen.rise,
                whose: risen.whose,
                window: risen.window,
                voices: risen.voices,
                expected: risen.expected,
                p: risen.p,
                p_max: risen.p_max,
            })
        })
        .collect()
}

/// The items of a window.
struct Evidence {
    facts: Vec<HitFact>,
    hits: Vec<Hit>,
}

impl Evidence {
    fn of(
        stores: PastStores<'_>,
        course: &Course,
        shown: &TermWindow,
    ) -> Result<Self, MonitorError> {
        let items: BTreeSet<u64> = shown.weighed.items.iter().copied().collect();
        let mut facts: Vec<(HitFact, Hit)> = Vec::new();
        for mention in &course.mentions {
            if items.contains(&mention.fact.item.0)
                && let Some(stored) = stores.derived.stored(mention.fact.item)?
            {
                facts.push((mention.fact.clone(), stored));
            }
        }
        facts.sort_by_key(|(fact, _)| (fact.time, fact.item));
        let (facts, hits) = facts.into_iter().unzip();
        Ok(Self { facts, hits })
    }

    /// What the rule asks of them.
    fn gates(
        &self,
        stores: PastStores<'_>,
        watch: &TermWatch,
        window: Span,
    ) -> Result<Vec<GateResult>, MonitorError> {
        let items = self.facts.iter().rev().map(|fact| fact.item);
        let mut gates: Vec<GateResult> = watch.share(stores.log, items)?.into_iter().collect();
        gates.extend(GateResult::all(
            &watch.applied(window).thresholds.gate,
            &counts(&self.facts),
            largest_family(&self.facts),
        ));
        Ok(gates)
    }

    fn groups(&self, stores: PastStores<'_>) -> Vec<Share<GroupId>> {
        group_shares(self.facts.iter().zip(&self.hits).flat_map(|(fact, hit)| {
            let groups = stores.directory.groups_of(&hit.source);
            groups.iter().map(move |group| (group.clone(), fact))
        }))
    }

    fn first_seen(&self, stores: PastStores<'_>) -> Result<Option<FirstSeen>, MonitorError> {
        Ok(first_seen_of(stores.log, &self.hits)?)
    }

    /// What the term is called in them, from the one that came last on.
    fn spellings(
        &self,
        stores: PastStores<'_>,
        course: &Course,
    ) -> Result<Option<Vec<String>>, MonitorError> {
        let Some(last) = self.facts.iter().map(|fact| fact.item).max() else {
            return Ok(None);
        };
        let Some(item) = stores.log.item_at(last, Seq(last.0))? else {
            return Ok(None);
        };
        let analysed = AnalysedItem::of(&item);
        let Some((part, term)) = counted(&analysed).remove(&course.part.key) else {
            return Ok(None);
        };
        let sources = Sources {
            log: stores.log,
            derived: stores.derived,
            directory: stores.directory,
        };
        let items: Vec<u64> = self.facts.iter().map(|fact| fact.item.0).collect();
        let texts = read(&sources, &items)?;
        let analysed = [&analysed.title, &analysed.text][part];
        Ok(names(analysed, term, &texts))
    }
}

/// Bursts that people knew of at the time, of one of the terms that were asked for or of half the same
/// items.
fn bursts(
    stores: PastStores<'_>,
    asked: &AskedTerm<'_>,
    courses: &[Course],
    evidence: &Evidence,
) -> Result<Vec<Burst>, MonitorError> {
    let before = |hours: i64| {
        let length = SignedDuration::from_hours(hours);
        asked.at.checked_sub(length).unwrap_or(Timestamp::MIN)
    };
    // One that is found at this tick is known at it, and one that was named in any case.
    let named = asked.burst.map_or(asked.at, |burst| burst.started);
    let to = named.max(asked.at);
    let to = to.checked_add(SignedDuration::from_secs(1));
    let to = to.unwrap_or(Timestamp::MAX);
    let all = stores
        .derived
        .bursts(before(BURSTS_DAYS * 24), to, BURSTS_MAX)?;
    let items: BTreeSet<ItemId> = evidence.facts.iter().map(|fact| fact.item).collect();
    let is_same = |burst: &Burst| {
        let is_key = |key: u64| courses.iter().any(|course| course.part.key == key);
        if found_term(burst).is_some_and(|term| is_key(term.key)) {
            return true;
        }
        let both = burst.items.iter().filter(|item| items.contains(item));
        !items.is_empty() && 2 * both.count() >= items.len().min(burst.items.len())
    };
    let is_known = |burst: &Burst| {
        burst.ended.is_none_or(|ended| ended > asked.at) || burst.evaluated >= before(HOLD_HOURS)
    };
    let mut bursts: Vec<Burst> = all
        .into_iter()
        .filter(|burst| burst.rule == asked.rule.id && is_known(burst) && is_same(burst))
        .collect();
    // A burst that was named comes first.
    bursts.sort_by_key(|burst| asked.burst.is_none_or(|named| named.id != burst.id));
    Ok(bursts)
}

fn query(stores: PastStores<'_>, course: &Course, shown: &TermWindow, counted: String) -> String {
    let text = term_query(
        &FoundTerm {
            counted,
            spellings: Vec::new(),
            rise: shown.weighed.rise,
            whose: shown.weighed.whose,
            group: shown.group.clone(),
            key: course.part.key,
            script: 0,
        },
        stores.directory,
    );
    Query::parse(&text).map_or(text, |query| query.to_string())
}

/// Hours up to the moment, with what is usual of as much as was published in each.
fn bins(recount: &Recount<'_>, part: usize, shown: &TermWindow, at: Timestamp) -> Vec<TermBin> {
    let weighed = &shown.weighed;
    let bins = match weighed.rise {
        Rise::Sharp => BINS,
        Rise::Slow => SLOW_BINS,
    };
    let now = seconds(at);
    let heard = recount.heard(part, now);
    let is_counted = |role: Option<Role>, group: u16| match weighed.whose {
        Whose::All => true,
        Whose::Outside => role != Some(Role::Domestic),
        Whose::Group => weighed.group == Some(group),
    };
    let mentions = &recount.courses[part].mentions;
    let script = mentions.last().map(|mention| mention.arrival.script);
    let is_published = |item: &Published| match weighed.whose {
        Whose::All => Some(item.script) == script,
        Whose::Outside => item.is_outside && Some(item.script) == script,
        Whose::Group => weighed.group == Some(item.group),
    };
    let share = weighed
        .tested
        .map(|_| (weighed.usual.mentions + 0.5) / weighed.usual.items);
    (0..bins)
        .rev()
        .filter_map(|back| {
            let to = now.checked_sub(back * BIN_SECONDS)?;
            let from = to.checked_sub(BIN_SECONDS)?;
            let facts: Vec<HitFact> = mentions
                .iter()
                .filter(|mention| {
                    let arrival = &mention.arrival;
                    heard.contains(&arrival.item)
                        && (from..to).contains(&arrival.time)
                        && is_counted(arrival.role, arrival.group)
                })
                .map(|mention| mention.fact.clone())
                .collect();
            let published = (recount.published.iter())
                .filter(|item| (from..to).contains(&item.time) && is_published(item))
                .count();
            Some(TermBin {
                start: Timestamp::from_second(i64::from(from)).ok()?,
                counts: counts(&facts),
                published: u32::try_from(published).unwrap_or(u32::MAX),
                usual: share.map(|share| share * published as f64),
            })
        })
        .collect()
}

/// What was collected in a window, as far as was known at a place of the log.
fn coverage(
    stores: PastStores<'_>,
    watch: &TermWatch,
    window: Span,
    until: Seq,
) -> Result<Coverage, MonitorError> {
    let hour = window.to.as_second().div_euclid(3600) * 3600;
    let start = Timestamp::from_second(hour).unwrap_or(Timestamp::MIN);
    let mut seq = stores.log.place_before(start)?;
    let mut collection = Collection::at(stores.log, stores.derived, start, seq)?;
    while seq < until {
        let entries = stores.log.entries_after(seq, ENTRIES_PER_COMMIT)?;
        let Some(last) = entries.last() else { break };
        seq = last.seq;
        for entry in entries.iter().filter(|entry| entry.seq <= until) {
            collection.now(entry.at);
            match &entry.body {
                EntryBody::Item(id) => {
                    if let Some(stored) = stores.derived.stored(*id)? {
                        collection.published(&stored.source, stored.time);
                    }
                }
                EntryBody::Outcome {
                    source,
                    kind,
                    error,
                    items_new,
                } => {
                    let is_collected = kind.is_collected();
                    let error = error.clone();
                    collection.polled(source, entry.at, is_collected, *items_new, error);
                }
                EntryBody::Import(import) => collection.imported(import),
                _ => {}
            }
        }
    }
    collection.now(window.to);
    Ok(collection.coverage(&watch.scope, window))
}
