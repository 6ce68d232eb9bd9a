//! A story with its lineage: who was first in this collection, who came later and by how much, and
//! what speaks against reading it as a path.
//!
//! Says nothing of who copied whom: texts and times cannot tell, only be consistent with it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bellwether_api::{
    ClockBody, ClockKind, FirstBody, ItemBody, LineageBody, MemberBody, Problem, RelationBody,
    RewordingBody, StoryBody,
};
use bellwether_archive::{Derived, LogReader, Rewording, StoredItem};
use bellwether_lineage::{
    Carrier, Fingerprint, Overlap, Part, Relation, SAME_TIME_SECONDS, calibration, is_near, tree,
};
use bellwether_model::{Directory, ItemId, StoryId};
use bellwether_query::Bound;
use bellwether_text::{digest, display_safe, excerpt};
use jiff::SignedDuration;

use super::around::Around;
use super::known::KnownItem;
use super::window::Window;
use super::{Answers, against, items, problems};

/// Members that are listed, at most.
const MEMBERS_MAX: usize = 500;

/// Pairs that are listed, at most.
const REWORDINGS_MAX: usize = 500;

/// Characters of a title in a sentence.
const TITLE_CHARS: usize = 120;

impl Answers {
    /// A story with its lineage, by the id of the story or of an item that tells it.
    ///
    /// # Errors
    /// A [`Problem`] where there is neither, or the item has no text to compare.
    pub fn story(&self, id: &str) -> Result<LineageBody, Problem> {
        self.log.with(|log| {
            let seen = self.look(log)?;
            let (whole, story) = self.derived.with(|derived| {
                let story = self.story_named(id, log, derived)?;
                Ok((Whole::read(story, derived)?, story))
            })?;
            let listed = whole
                .items
                .iter()
                .take(MEMBERS_MAX)
                .map(|stored| stored.item);
            let known = self.known.items(listed, log, seen.head)?;
            let bodies = self.items_found(&known, &Bound::All, &seen.who, log)?;
            let members = members(&known, bodies, &whole);
            let Some((earliest, others)) = members.split_first() else {
                return Err(problems::not_found("story", id));
            };
            let window = Window {
                from: Some(earliest.item.time),
                to: members.last().and_then(|last| {
                    last.item
                        .time
                        .checked_add(SignedDuration::from_secs(1))
                        .ok()
                }),
            };
            let is_complete = whole.is_complete && members.len() == whole.items.len();
            let directory = &seen.who.directory;
            let ids: BTreeSet<ItemId> = whole.items.iter().map(|stored| stored.item).collect();
            let root = known
                .iter()
                .find(|known| known.item.id.to_string() == earliest.item.id);
            let (fact_checks, possible) = match root {
                Some(root) => {
                    let around = Around {
                        root,
                        members: &ids,
                        seen: &seen,
                        log,
                    };
                    (self.fact_checks(&around)?, self.possible(&around)?)
                }
                None => Default::default(),
            };
            let groups: BTreeSet<&str> = whole
                .items
                .iter()
                .flat_map(|stored| directory.groups_of(&stored.source))
                .map(|group| group.as_str())
                .collect();
            Ok(LineageBody {
                story: story.to_string(),
                title: title(&earliest.item),
                stories: whole.sizes(),
                items: number(whole.items.len()),
                publishers: whole.distinct(|stored| {
                    let source = directory.source(&stored.source);
                    source.map_or_else(
                        || stored.source.to_string(),
                        |source| source.publisher.to_string(),
                    )
                }),
                families: whole.distinct(|stored| directory.family(&stored.source).to_string()),
                groups: groups.into_iter().map(str::to_owned).collect(),
                complete: is_complete,
                first: first(earliest, others, is_complete, directory),
                against: against::of(&members, &known, directory),
                fact_checks,
                possible,
                rewordings: whole.rewordings.iter().map(rewording).collect(),
                coverage: self.note(&seen, &Bound::All, window, false)?,
                members,
            })
        })
    }

    /// The story that an id means: a story by its own, or that of an item. One that has become part of
    /// another leads to that one.
    pub(super) fn story_named(
        &self,
        id: &str,
        log: &LogReader,
        derived: &Derived,
    ) -> Result<StoryId, Problem> {
        if let Ok(number) = id.parse() {
            let story = StoryId(number);
            if derived.story_size(story).map_err(problems::archive)? > 0 {
                return Ok(story);
            }
        }
        let item = items::find(log, id).map_err(|problem| match problem.status {
            404 => problems::not_found("story or item", id),
            _ => problem,
        })?;
        let story = derived.story_of(item.id).map_err(problems::archive)?;
        story.ok_or_else(|| {
            problems::not_found("story of the item", id)
                .detail("it has no text to compare, or is not analysed yet")
        })
    }
}

/// All items of a lineage.
struct Whole {
    /// In order of time.
    items: Vec<StoredItem>,
    /// The likeliest first.
    rewordings: Vec<Rewording>,
    is_complete: bool,
}

impl Whole {
    fn read(story: StoryId, derived: &Derived) -> Result<Self, Problem> {
        let (stories, is_complete) = derived.lineage(story).map_err(problems::archive)?;
        let mut items = Vec::new();
        let mut pairs = BTreeMap::new();
        for story in stories {
            items.extend(derived.story_items(story).map_err(problems::archive)?);
            for pair in derived.rewordings(story).map_err(problems::archive)? {
                pairs.insert((pair.item, pair.other), pair);
            }
        }
        items.sort_by_key(|stored| (stored.time, stored.item));
        let mut rewordings: Vec<Rewording> = pairs.into_values().collect();
        rewordings.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.item.cmp(&b.item)));
        rewordings.truncate(REWORDINGS_MAX);
        Ok(Self {
            items,
            rewordings,
            is_complete,
        })
    }

    fn sizes(&self) -> Vec<StoryBody> {
        let mut sizes: BTreeMap<StoryId, u32> = BTreeMap::new();
        for story in self.items.iter().filter_map(|stored| stored.story) {
            *sizes.entry(story).or_default() += 1;
        }
        sizes
            .into_iter()
            .map(|(story, items)| StoryBody::from_model(story, items))
            .collect()
    }

    fn distinct(&self, of: impl Fn(&StoredItem) -> String) -> u32 {
        number(self.items.iter().map(of).collect::<BTreeSet<_>>().len())
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn title(item: &ItemBody) -> String {
    let text = match item.title.trim() {
        "" => &item.snippet,
        title => title,
    };
    excerpt(&display_safe(text), TITLE_CHARS)
}

fn rewording(pair: &Rewording) -> RewordingBody {
    RewordingBody {
        item: pair.item.to_string(),
        other: pair.other.to_string(),
        score: pair.score,
        calibration: calibration(pair.score),
    }
}

/// Title and text of an item, taken apart.
pub(super) fn parts(known: &KnownItem) -> [Part<'_>; 2] {
    let (title, text) = known.analysed();
    [
        Part {
            raw: &known.item.title,
            units: title,
        },
        Part {
            raw: &known.item.text,
            units: text,
        },
    ]
}

fn carrier(known: &KnownItem, story: StoryId) -> Carrier {
    let (title, text) = known.analysed();
    Carrier {
        item: known.item.id,
        story,
        digest: digest(title, text).unwrap_or_default(),
        print: Arc::new(Fingerprint::of(&parts(known))),
        time: known.item.time,
    }
}

/// The members in order of time.
fn members(known: &[Arc<KnownItem>], bodies: Vec<ItemBody>, whole: &Whole) -> Vec<MemberBody> {
    let stories: BTreeMap<ItemId, StoryId> = whole
        .items
        .iter()
        .filter_map(|stored| Some((stored.item, stored.story?)))
        .collect();
    let carriers: Vec<Carrier> = known
        .iter()
        .map(|known| {
            let story = stories.get(&known.item.id).copied();
            carrier(known, story.unwrap_or(StoryId(0)))
        })
        .collect();
    let mut bodies: BTreeMap<String, ItemBody> = bodies
        .into_iter()
        .map(|body| (body.id.clone(), body))
        .collect();
    let stated: BTreeSet<ItemId> = known
        .iter()
        .filter(|known| known.item.published_raw.is_some())
        .map(|known| known.item.id)
        .collect();
    let steps = tree(&carriers);
    let Some((root, _)) = steps.first().copied() else {
        return Vec::new();
    };
    let mut members: Vec<MemberBody> = Vec::with_capacity(steps.len());
    for (carrier, step) in &steps {
        let Some(item) = bodies.remove(&carrier.item.to_string()) else {
            continue;
        };
        let clock = ClockBody::of(&item, stated.contains(&carrier.item));
        let lag = carrier.time.as_second() - root.time.as_second();
        let relation = match step {
            _ if carrier.item == root.item => RelationBody::First,
            Some(step) => relation(step.relation),
            None => relation(to_root(carrier, root)),
        };
        let of_first = members.first().map_or(clock.kind, |first| first.clock.kind);
        let is_exact = [of_first, clock.kind] == [ClockKind::Stated; 2];
        members.push(MemberBody {
            relation,
            from: step.map(|step| step.from.to_string()),
            share_percent: step.map(|step| percent(step.share)),
            lag_seconds: is_exact.then_some(lag),
            same_time: carrier.item != root.item && lag < SAME_TIME_SECONDS,
            clock,
            item,
        });
    }
    members
}

fn relation(relation: Relation) -> RelationBody {
    match relation {
        Relation::Exact => RelationBody::Exact,
        Relation::Near => RelationBody::Near,
        Relation::Reworded => RelationBody::Reworded,
    }
}

/// How the text of one that was there at about the same time is that of the earliest.
fn to_root(carrier: &Carrier, root: &Carrier) -> Relation {
    if carrier.digest == root.digest {
        Relation::Exact
    } else if is_near(&Overlap::of(&root.print, &carrier.print)) {
        Relation::Near
    } else {
        Relation::Reworded
    }
}

/// A share in percent.
pub(super) fn percent(share: f64) -> u8 {
    // Within bounds by the clamp.
    (share * 100.0).round().clamp(0.0, 100.0) as u8
}

/// Who was first in this collection, as far as clocks can tell.
fn first(
    earliest: &MemberBody,
    others: &[MemberBody],
    is_complete: bool,
    directory: &Directory,
) -> FirstBody {
    let latest = earliest.clock.latest.as_second();
    let open: Vec<&MemberBody> = others
        .iter()
        .filter(|other| {
            let gap = other
                .clock
                .earliest
                .map(|earliest| earliest.as_second() - latest);
            gap.is_none_or(|gap| gap < SAME_TIME_SECONDS)
        })
        .collect();
    let name = |member: &MemberBody| {
        let id = bellwether_model::SourceId::new(&member.item.source);
        let source = directory.source(&id);
        display_safe(source.map_or(member.item.source.as_str(), |source| &source.name))
    };
    let mut words = format!(
        "Earliest in the collection: {} ({}).",
        name(earliest),
        earliest.clock.words
    );
    match open.as_slice() {
        [] if !is_complete => words.push_str(" Not all other items of it were looked at."),
        [] if others.is_empty() => words.push_str(" No other item of it was collected."),
        [] => words.push_str(" Every other item of it was later."),
        [one] => {
            words.push_str(&format!(
                " {} may have been earlier ({}).",
                name(one),
                one.clock.words
            ));
        }
        many => {
            words.push_str(&format!(
                " {} others may have been earlier: their clocks leave it open.",
                many.len()
            ));
        }
    }
    FirstBody {
        item: earliest.item.id.clone(),
        certain: is_complete && open.is_empty(),
        may_be_earlier: open.iter().map(|member| member.item.id.clone()).collect(),
        in_collection: words,
    }
}
