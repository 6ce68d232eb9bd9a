//! What stories show of those who carry them: a text that went from a state or its proxies to several
//! domestic families, and one text posted by many accounts at once.
//!
//! Says who, when and how alike the texts are; a common source that nobody has collected, or a name in
//! the news, explains the same. Never says why.

use std::collections::BTreeSet;

use bellwether_archive::{Derived, LogReader, StoredItem};
use bellwether_lineage::{Carrier, tree};
use bellwether_model::{Directory, FamilyId, GroupId, ItemId, Role, StoryId, Timestamp};
use bellwether_query::AnalysedItem;
use bellwether_text::digest;

use crate::error::MonitorError;
use crate::stories::fingerprint;

/// A text has reached the press of the country when so many of its families carry it.
const DOMESTIC_MIN: usize = 3;

/// So many accounts, within so many seconds, are seldom there by chance.
const ACCOUNTS_MIN: usize = 8;
const TOGETHER_SECONDS: i64 = 600;

/// Members of a finding, at most: the earliest.
const MEMBERS_MAX: usize = 300;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FindingKind {
    /// A text first published by a state or its proxies has reached several domestic families.
    Lineage,
    /// The same object posted together by many accounts.
    Together,
}

/// An item of a finding.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundMember {
    /// The item.
    pub item: ItemId,
    /// Its time.
    pub time: Timestamp,
    /// Its family.
    pub family: FamilyId,
    /// The first of its groups.
    pub group: Option<GroupId>,
    /// The earlier member whose text is most like its own.
    pub from: Option<ItemId>,
}

/// Something found in a story and those it is reworded from or into.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The log's time.
    pub at: Timestamp,
    /// What was found.
    pub kind: FindingKind,
    /// The story whose member was first.
    pub story: StoryId,
    /// The title of the first member, else the beginning of its text.
    pub name: String,
    /// The members in order of time.
    pub members: Vec<FoundMember>,
}

/// Where to look things up.
pub(crate) struct Sources<'a> {
    pub(crate) log: &'a LogReader,
    pub(crate) derived: &'a Derived,
    pub(crate) directory: &'a Directory,
}

/// A member with what its source says.
struct Member {
    stored: StoredItem,
    story: StoryId,
    role: Option<Role>,
    family: FamilyId,
}

impl Sources<'_> {
    /// What the story of an item shows now that the item has joined it.
    pub(crate) fn look(
        &self,
        story: StoryId,
        item: ItemId,
        at: Timestamp,
    ) -> Result<Vec<Finding>, MonitorError> {
        let mut found = Vec::new();
        let (stories, _) = self.derived.lineage(story)?;
        if stories.len() == 1 && self.derived.story_size(story)? < 2 {
            return Ok(found);
        }
        let mut members = Vec::new();
        for story in stories {
            for id in self.derived.story_members(story)? {
                if let Some(stored) = self.derived.stored(id)? {
                    members.push(self.member(stored, story));
                }
            }
        }
        members.sort_by_key(|member| (member.stored.time, member.stored.item));
        let Some(joined) = members.iter().find(|member| member.stored.item == item) else {
            return Ok(found);
        };
        if joined.role == Some(Role::Social) && self.is_posted_together(&members, joined) {
            let own: Vec<&Member> = members
                .iter()
                .filter(|member| member.story == story)
                .collect();
            found.extend(self.finding(FindingKind::Together, &own, at)?);
        }
        if reaches_domestic(&members) {
            let all: Vec<&Member> = members.iter().collect();
            found.extend(self.finding(FindingKind::Lineage, &all, at)?);
        }
        Ok(found)
    }

    fn member(&self, stored: StoredItem, story: StoryId) -> Member {
        let groups = self.directory.groups_of(&stored.source);
        Member {
            role: groups.first().map(|group| self.directory.role(group)),
            family: self.directory.family(&stored.source),
            stored,
            story,
        }
    }

    /// Whether accounts enough posted the text shortly before, and nobody else before them: what an
    /// outlet has published, many pass on.
    fn is_posted_together(&self, members: &[Member], joined: &Member) -> bool {
        let since = joined.stored.time.as_second() - TOGETHER_SECONDS;
        let own = || members.iter().filter(|member| member.story == joined.story);
        let accounts: BTreeSet<&FamilyId> = own()
            .filter(|member| {
                member.role == Some(Role::Social)
                    && member.stored.time.as_second() >= since
                    && member.stored.time <= joined.stored.time
            })
            .map(|member| &member.family)
            .collect();
        accounts.len() >= ACCOUNTS_MIN
            && own()
                .next()
                .is_some_and(|first| first.role == Some(Role::Social))
    }

    fn finding(
        &self,
        kind: FindingKind,
        members: &[&Member],
        at: Timestamp,
    ) -> Result<Option<Finding>, MonitorError> {
        let mut carriers = Vec::new();
        let mut name = None;
        for member in members.iter().take(MEMBERS_MAX) {
            let Some(item) = self.log.item(member.stored.item)? else {
                continue;
            };
            name.get_or_insert_with(|| {
                let title = item.title.trim();
                bellwether_text::excerpt(if title.is_empty() { &item.text } else { title }, 60)
            });
            let analysed = AnalysedItem::of(&item);
            carriers.push(Carrier {
                item: item.id,
                story: member.story,
                digest: digest(&analysed.title, &analysed.text).unwrap_or_default(),
                print: fingerprint(&item, &analysed).into(),
                time: item.time,
            });
        }
        let steps = tree(&carriers);
        let Some((first, _)) = steps.first() else {
            return Ok(None);
        };
        let story = first.story;
        let members = steps
            .iter()
            .filter_map(|(carrier, step)| {
                let member = members
                    .iter()
                    .find(|member| member.stored.item == carrier.item)?;
                Some(FoundMember {
                    item: carrier.item,
                    time: carrier.time,
                    family: member.family.clone(),
                    group: self
                        .directory
                        .groups_of(&member.stored.source)
                        .first()
                        .cloned(),
                    from: step.map(|step| step.from),
                })
            })
            .collect();
        Ok(Some(Finding {
            at,
            kind,
            story,
            name: name.unwrap_or_default(),
            members,
        }))
    }
}

/// Whether the first member is of a state or its proxies, and domestic families enough follow.
fn reaches_domestic(members: &[Member]) -> bool {
    let begins = members
        .first()
        .is_some_and(|first| matches!(first.role, Some(Role::State | Role::Proxy)));
    let domestic: BTreeSet<&FamilyId> = members
        .iter()
        .filter(|member| member.role == Some(Role::Domestic))
        .map(|member| &member.family)
        .collect();
    begins && domestic.len() >= DOMESTIC_MIN
}
