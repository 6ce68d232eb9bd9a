//! What stands beside a story: what fact-checkers published on its narratives, and texts in other
//! languages that may tell the same. Neither is part of it; neither is counted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bellwether_api::{FactCheckBody, PossibleBody, Problem};
use bellwether_archive::LogReader;
use bellwether_lineage::{possible, telling_figures};
use bellwether_model::{ActorId, ItemId, Role, SourceId, Span, Timestamp};
use bellwether_query::{AnalysedItem, Binding, Bound, Query, SearchError, matches};
use bellwether_text::{EntityKind, address_key};
use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::known::KnownItem;
use super::stories::parts;
use super::{Answers, Seen, problems};

/// A text in another language is looked for so long before and after the earliest member.
const POSSIBLE_HOURS: i64 = 72;

/// What fact-checkers publish is looked for from so long before the earliest member to so long after it.
const CHECKED_DAYS: [i64; 2] = [1, 14];

/// The language of a text that does not say.
const UNKNOWN: &str = "und";

/// Figures and addresses that are looked for, at most.
const LOOKED_FOR_MAX: usize = 16;

/// What more items have than this tells nothing.
const COMMON_MAX: usize = 300;

/// Texts that are read, at most: those that share most.
const READ_MAX: usize = 40;

/// Items that are listed, at most, of either kind.
const LISTED_MAX: usize = 10;

/// Items on a narrative that are looked at, at most.
const CHECKS_MAX: usize = 1_000;

/// What is asked around.
pub(super) struct Around<'a> {
    pub(super) root: &'a KnownItem,
    /// The items of the lineage.
    pub(super) members: &'a BTreeSet<ItemId>,
    pub(super) seen: &'a Seen,
    pub(super) log: &'a LogReader,
}

impl Answers {
    /// What fact-checkers published on the narratives of a story's earliest item, the nearest in time first.
    pub(super) fn fact_checks(&self, around: &Around<'_>) -> Result<Vec<FactCheckBody>, Problem> {
        let who = &around.seen.who;
        let directory = &who.directory;
        let is_check = |group| directory.role(group) == Role::Factcheck;
        let checkers =
            directory.sources_where(|source| directory.groups_of(&source.id).iter().any(is_check));
        let zone = TimeZone::UTC;
        let binding = Binding::new(directory, &who.names, Timestamp::UNIX_EPOCH, &zone);
        let item = AnalysedItem::of(&around.root.item);
        let document = item.document(&around.root.item);
        let mut found: BTreeMap<ItemId, Vec<String>> = BTreeMap::new();
        for narrative in directory.narratives().filter(|_| !checkers.is_empty()) {
            let query = Query::parse(&format!("narrative:\"{}\"", narrative.id));
            let Some(bound) = query.ok().and_then(|query| query.bind(binding).ok()) else {
                continue;
            };
            if !matches(&bound, &document) {
                continue;
            }
            for id in self.checks(around.root.item.time, &checkers, &bound)? {
                if !around.members.contains(&id) {
                    found.entry(id).or_default().push(narrative.title.clone());
                }
            }
        }
        let known = self
            .known
            .items(found.keys().copied(), around.log, around.seen.head)?;
        let listed = nearest(known, around.root.item.time);
        let bodies = self.items_found(&listed, &Bound::All, who, around.log)?;
        let checks = listed.iter().zip(bodies);
        Ok(checks
            .map(|(known, item)| FactCheckBody {
                narratives: found.remove(&known.item.id).unwrap_or_default(),
                item,
            })
            .collect())
    }

    /// Texts in other languages that may tell the same as a story's earliest item, the nearest in time first.
    pub(super) fn possible(&self, around: &Around<'_>) -> Result<Vec<PossibleBody>, Problem> {
        let root = around.root;
        let who = &around.seen.who;
        let ours = parts(root);
        let lang = root.lang.split('-').next().unwrap_or_default();
        if lang == UNKNOWN {
            return Ok(Vec::new());
        }
        let time = span(root.item.time, POSSIBLE_HOURS, POSSIBLE_HOURS);
        let mut shared: BTreeMap<ItemId, usize> = BTreeMap::new();
        for bound in self.looked_for(around) {
            let not_in = |lang: &str| Bound::Not(Box::new(Bound::Lang(lang.to_owned())));
            let asked = Bound::And(vec![
                Bound::Time(time),
                not_in(lang),
                not_in(UNKNOWN),
                bound,
            ]);
            for id in self.few(&asked, COMMON_MAX)?.unwrap_or_default() {
                if !around.members.contains(&id) {
                    *shared.entry(id).or_default() += 1;
                }
            }
        }
        let mut ids: Vec<ItemId> = shared.keys().copied().collect();
        ids.sort_by_key(|id| (std::cmp::Reverse(shared[id]), *id));
        ids.truncate(READ_MAX);
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let actors = self.actors_of(root, around);
        let mut found = BTreeMap::new();
        let mut listed = Vec::new();
        for known in self
            .known
            .items(ids.into_iter(), around.log, around.seen.head)?
        {
            let named = self.actors_of(&known, around);
            let both: Vec<ActorId> = actors.intersection(&named).cloned().collect();
            let langs = [root.lang, known.lang];
            if let Some(common) = possible(&ours, &parts(&known), langs, both.len()) {
                found.insert(known.item.id, (common, both));
                listed.push(known);
            }
        }
        let listed = nearest(listed, root.item.time);
        let bodies = self.items_found(&listed, &Bound::All, who, around.log)?;
        let mut possible = Vec::new();
        for (known, item) in listed.iter().zip(bodies) {
            let Some((common, both)) = found.remove(&known.item.id) else {
                continue;
            };
            let name = |id: &ActorId| {
                let actor = who.directory.actor(id);
                actor.map_or_else(|| id.to_string(), |actor| actor.name("en").to_owned())
            };
            possible.push(PossibleBody {
                item,
                figures: common.figures,
                actors: both.iter().map(name).collect(),
                names: common.names,
                quotations: common.quotations,
                links: common.links,
            });
        }
        Ok(possible)
    }

    /// What few other texts have of the earliest item: figures and addresses.
    fn looked_for(&self, around: &Around<'_>) -> Vec<Bound> {
        let directory = &around.seen.who.directory;
        let zone = TimeZone::UTC;
        let binding = Binding::new(
            directory,
            &around.seen.who.names,
            Timestamp::UNIX_EPOCH,
            &zone,
        );
        let phrase = |text: String| {
            let query = Query::parse(&format!("\"{text}\"")).ok()?;
            query.bind(binding).ok()
        };
        let figures = telling_figures(&parts(around.root)).into_iter();
        let figures = figures.filter_map(|figure| {
            let plain = figure.trim_end_matches('%');
            let written = [plain.to_owned(), grouped(plain)];
            Some(Bound::Or(
                written.into_iter().map(phrase).collect::<Option<_>>()?,
            ))
        });
        let (title, text) = around.root.analysed();
        let links = [title, text].into_iter().flat_map(|analysed| {
            let entities = analysed.entities().iter();
            let links = entities.filter(|entity| entity.kind == EntityKind::Url);
            links.filter_map(|link| address_key(analysed.key(link)).map(Bound::Url))
        });
        links
            .take(LOOKED_FOR_MAX)
            .chain(figures.take(LOOKED_FOR_MAX))
            .collect()
    }

    /// The actors that an item names.
    fn actors_of(&self, known: &KnownItem, around: &Around<'_>) -> BTreeSet<ActorId> {
        let who = &around.seen.who;
        let item = AnalysedItem::of(&known.item);
        let document = item.document(&known.item);
        let actors = who.directory.actors();
        actors
            .filter(|actor| {
                let bound = who.names.of_actor(&actor.id);
                bound.is_some_and(|bound| matches(&bound, &document))
            })
            .map(|actor| actor.id.clone())
            .collect()
    }

    /// The items that match, where they are no more than that.
    /// What checkers published about a time; of a subject of which they publish much, nearer to it.
    fn checks(
        &self,
        time: Timestamp,
        checkers: &BTreeSet<SourceId>,
        subject: &Bound,
    ) -> Result<Vec<ItemId>, Problem> {
        let [before, after] = CHECKED_DAYS.map(|days| 24 * days);
        for part in [1, 4, 16, 64] {
            let asked = Bound::And(vec![
                Bound::Time(span(time, before / part, after / part)),
                Bound::Sources(checkers.clone()),
                subject.clone(),
            ]);
            if let Some(found) = self.few(&asked, CHECKS_MAX)? {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    fn few(&self, bound: &Bound, max: usize) -> Result<Option<Vec<ItemId>>, Problem> {
        match self.engine.collect(bound, max) {
            Ok(found) => Ok(Some(found.into_iter().map(|found| found.item).collect())),
            Err(SearchError::TooMany(_)) => Ok(None),
            Err(error) => Err(problems::search(&error)),
        }
    }
}

fn nearest(mut known: Vec<Arc<KnownItem>>, time: Timestamp) -> Vec<Arc<KnownItem>> {
    let away = |known: &Arc<KnownItem>| (known.item.time.as_second() - time.as_second()).abs();
    known.sort_by_key(|known| (away(known), known.item.id));
    known.truncate(LISTED_MAX);
    known
}

fn span(time: Timestamp, hours_before: i64, hours_after: i64) -> Span {
    let hours = SignedDuration::from_hours;
    Span {
        from: time
            .checked_sub(hours(hours_before))
            .unwrap_or(Timestamp::MIN),
        to: time
            .checked_add(hours(hours_after))
            .unwrap_or(Timestamp::MAX),
    }
}

/// A number with commas between its thousands.
fn grouped(number: &str) -> String {
    let (whole, rest) = number
        .find('.')
        .map_or((number, ""), |at| number.split_at(at));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + rest
}

#[cfg(test)]
mod tests {
    #[test]
    fn thousands() {
        for (plain, expected) in [
            ("117", "117"),
            ("3721", "3,721"),
            ("4615000.5", "4,615,000.5"),
        ] {
            assert_eq!(super::grouped(plain), expected);
        }
    }
}
