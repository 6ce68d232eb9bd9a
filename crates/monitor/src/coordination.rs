//! Which objects many accounts posted together: a text, a link, a hashtag.
//!
//! Feeds the statistics of `bellwether-detect` with what accounts post, and leaves out what explains
//! itself: what an outlet carried before them, what credits an agency. Says that it was posted
//! together; a phrase that goes round, or an event that all heard of, gives the same.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use bellwether_archive::StoredItem;
use bellwether_detect::{ACCOUNTS_MIN, Coordination, ObjectPost, Posts};
use bellwether_lineage::{credited, is_column_title};
use bellwether_model::{Item, Role, StoryId, TimeReason, Timestamp};
use bellwether_query::AnalysedItem;
use bellwether_text::{Analysed, EntityKind};

use crate::error::MonitorError;
use crate::findings::{Finding, FindingKind, FoundMember, MEMBERS_MAX, Sources, Taken, name_of};

/// Links and hashtags of an item that are looked at.
const OBJECTS_MAX: usize = 16;

/// What outlets carried is remembered for so many seconds, and so many objects.
pub(crate) const CARRIED_SECONDS: i64 = 72 * 3_600;
const CARRIED_MAX: usize = 500_000;

/// What was told of an object is forgotten when it was not posted together for so many seconds.
const TOLD_SECONDS: i64 = 6 * 3_600;

/// Posts of a text that are looked at, the latest.
const TEXT_POSTS_MAX: usize = 2_000;

/// What accounts post.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Object {
    /// A text: what tells one story.
    Text(StoryId),
    /// An address, without what says how a reader came.
    Link(String),
    /// A hashtag, folded, without its sign.
    Hashtag(String),
}

impl Object {
    /// What it is, in a word.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Link(_) => "link",
            Self::Hashtag(_) => "hashtag",
        }
    }

    pub(crate) fn number(&self) -> u64 {
        number(self)
    }
}

/// The posts of accounts of the last day, and what outlets carried in the last three, in bounded memory.
/// A function of the log.
#[derive(Default)]
pub(crate) struct AccountPosts {
    posts: Posts,
    /// Since when outlets have carried an object, and when they did last.
    carried: HashMap<u64, (i64, i64)>,
    carried_order: VecDeque<(i64, u64)>,
    told: HashMap<u64, Told>,
}

struct Told {
    at: i64,
    /// It is told again when it has so many posts.
    next: usize,
}

impl AccountPosts {
    /// Takes in an item that is new; tells what it was posted together with.
    pub(crate) fn take(
        &mut self,
        sources: &Sources<'_>,
        taken: &Taken<'_>,
    ) -> Result<Option<Finding>, MonitorError> {
        let Taken {
            item,
            analysed,
            story,
            at: now,
        } = *taken;
        let Some(source) = item.sources.first() else {
            return Ok(None);
        };
        let at = item.time.as_second();
        let mut objects = objects(analysed);
        if sources.role(source) != Some(Role::Social) {
            objects.extend(analysed.address.clone().map(Object::Link));
            for object in &objects {
                self.carry(object.number(), at);
            }
            return Ok(None);
        }
        // When it was received says nothing of the account's rhythm.
        let is_timed = !matches!(
            item.time_reason,
            TimeReason::Day | TimeReason::Missing | TimeReason::NoZone | TimeReason::Unreadable
        );
        if !is_timed {
            return Ok(None);
        }
        let account = number(&sources.directory.family(source));
        let post = ObjectPost {
            at,
            account,
            item: item.id,
        };
        let is_slogan =
            analysed.title.is_empty() && is_column_title(&analysed.text, &Analysed::default());
        let text = story.filter(|_| !is_slogan);
        let count = objects.len() + usize::from(text.is_some());
        self.posts.add(at, account, count as u32);
        for object in &objects {
            self.posts.add_use(object.number(), post);
        }
        let is_passed_on = objects
            .iter()
            .any(|object| matches!(object, Object::Link(_)) && self.is_carried(object, at));
        if let Some(story) = text
            && !is_passed_on
            && credited(&item.title)
                .or_else(|| credited(&item.text))
                .is_none()
            && let Some(uses) = text_posts(sources, story, item.time)?
            && let Some(found) = self.posts.judge(&uses, at)
        {
            return self.tell(sources, Object::Text(story), found, now);
        }
        // A text of many words is one of many from the first; how usual a link or hashtag is must be known.
        for object in objects {
            if self.is_carried(&object, at) || !self.posts.has_history(at) {
                continue;
            }
            if let Some(found) = self.posts.judge(self.posts.uses(object.number()), at) {
                return self.tell(sources, object, found, now);
            }
        }
        Ok(None)
    }

    /// Whether an outlet had it before.
    fn is_carried(&self, object: &Object, at: i64) -> bool {
        self.carried
            .get(&object.number())
            .is_some_and(|(since, _)| *since <= at)
    }

    fn carry(&mut self, object: u64, at: i64) {
        let (since, last) = self.carried.entry(object).or_insert((at, at));
        (*since, *last) = (at.min(*since), at.max(*last));
        self.carried_order.push_back((at, object));
        while self.carried_order.len() > CARRIED_MAX
            || (self.carried_order.front()).is_some_and(|(first, _)| *first < at - CARRIED_SECONDS)
        {
            if let Some((at, object)) = self.carried_order.pop_front()
                && self
                    .carried
                    .get(&object)
                    .is_some_and(|(_, last)| *last == at)
            {
                self.carried.remove(&object);
            }
        }
    }

    /// The finding, where it is new or has grown by half.
    fn tell(
        &mut self,
        sources: &Sources<'_>,
        object: Object,
        found: Coordination,
        now: Timestamp,
    ) -> Result<Option<Finding>, MonitorError> {
        let at = now.as_second();
        self.told.retain(|_, told| told.at >= at - TOLD_SECONDS);
        let posts = found.items.len();
        let told = self
            .told
            .entry(object.number())
            .or_insert(Told { at, next: 0 });
        told.at = at;
        if posts < told.next {
            return Ok(None);
        }
        told.next = posts + posts.div_ceil(2);
        let mut members = Vec::new();
        for id in found.items.iter().take(MEMBERS_MAX) {
            if let Some(stored) = sources.derived.stored(*id)? {
                members.push(sources.found(&stored, None));
            }
        }
        let first = members.first().map(|member: &FoundMember| member.item);
        let first = first.map(|id| sources.log.item(id)).transpose()?.flatten();
        let name = match &object {
            Object::Text(_) => first.as_ref().map(name_of).unwrap_or_default(),
            Object::Link(address) => address.clone(),
            Object::Hashtag(tag) => first
                .as_ref()
                .and_then(|item| as_written(item, tag))
                .unwrap_or_else(|| format!("#{tag}")),
        };
        Ok(Some(Finding {
            at: now,
            kind: FindingKind::Coordination { object, found },
            name,
            members,
        }))
    }
}

/// A hashtag as an item has it.
fn as_written(item: &Item, tag: &str) -> Option<String> {
    [&item.title, &item.text].into_iter().find_map(|text| {
        let analysed = bellwether_text::analyse(text);
        let mut entities = analysed.entities().iter();
        let found = entities
            .find(|entity| entity.kind == EntityKind::Tag && analysed.key(entity) == tag)?;
        let range = found.source.start as usize..found.source.end as usize;
        text.get(range).map(str::to_owned)
    })
}

/// The posts of a text up to a time, where accounts enough have it and nobody else had it before.
fn text_posts(
    sources: &Sources<'_>,
    story: StoryId,
    until: Timestamp,
) -> Result<Option<Vec<ObjectPost>>, MonitorError> {
    let carriers = sources
        .derived
        .story_items_until(story, until, TEXT_POSTS_MAX)?;
    let is_account = |stored: &StoredItem| sources.role(&stored.source) == Some(Role::Social);
    if carriers.len() < ACCOUNTS_MIN || !carriers.iter().all(is_account) {
        return Ok(None);
    }
    Ok(Some(
        carriers
            .into_iter()
            .map(|stored| ObjectPost {
                at: stored.time.as_second(),
                account: number(&sources.directory.family(&stored.source)),
                item: stored.item,
            })
            .collect(),
    ))
}

/// The links and hashtags of an item.
fn objects(analysed: &AnalysedItem) -> Vec<Object> {
    let of = |text: &Analysed| {
        let found = text.entities().iter();
        found
            .filter_map(|entity| match entity.kind {
                EntityKind::Url => Some(Object::Link(text.key(entity).to_owned())),
                EntityKind::Tag => Some(Object::Hashtag(text.key(entity).to_owned())),
                EntityKind::Name => None,
            })
            .collect::<Vec<_>>()
    };
    let mut seen = BTreeSet::new();
    let mut objects = of(&analysed.title);
    objects.extend(of(&analysed.text));
    objects.retain(|object| seen.insert(object.number()));
    objects.truncate(OBJECTS_MAX);
    objects.sort_by_key(|object| matches!(object, Object::Hashtag(_)));
    objects
}

fn number(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
