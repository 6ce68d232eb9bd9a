//! What stories show of those who carry them: a text that went from a state or its proxies to several
//! domestic families. What accounts post together is found in `coordination`.
//!
//! Says who, when and how alike the texts are; a common source that nobody has collected, or a name in
//! the news, explains the same. Never says why.

use std::collections::BTreeSet;

use bellwether_archive::{Derived, LogReader, StoredItem};
use bellwether_detect::{Coordination, Risen};
use bellwether_lineage::{Carrier, tree};
use bellwether_model::{
    Directory, FamilyId, FoundTerm, GateResult, GroupId, Item, ItemId, Role, SourceId, StoryId,
    Timestamp,
};
use bellwether_query::AnalysedItem;
use bellwether_text::digest;

use crate::coordination::Object;
use crate::error::MonitorError;
use crate::stories::fingerprint;

/// A text has reached the press of the country when so many of its families carry it.
const DOMESTIC_MIN: usize = 3;

/// So many families of a state's proxies have texts that are linked to its own as possibly reworded.
const RETELLING_MIN: usize = 2;

/// Members of a finding, at most: the earliest.
pub(crate) const MEMBERS_MAX: usize = 300;

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub enum FindingKind {
    /// A text first published by a state or its proxies has reached several domestic families, or a
    /// state's text is linked as possibly reworded to texts of several of its proxies.
    Lineage {
        /// What was asked for, and what there is.
        gate: GateResult,
    },
    /// The same object posted together by many accounts.
    Coordination {
        /// What they posted.
        object: Object,
        /// How many, and how many are expected.
        found: Coordination,
    },
    /// A term that nobody listed is in more mouths than usual.
    Emergent {
        /// The term.
        term: FoundTerm,
        /// How many, and how many are expected.
        risen: Risen,
    },
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

/// Something found.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The log's time.
    pub at: Timestamp,
    /// What was found.
    pub kind: FindingKind,
    /// The title of the first member, else the beginning of its text; the object, where it is a link
    /// or a hashtag.
    pub name: String,
    /// The members in order of time.
    pub members: Vec<FoundMember>,
}

/// An item that is taken in.
#[derive(Clone, Copy)]
pub(crate) struct Taken<'a> {
    pub(crate) item: &'a Item,
    pub(crate) analysed: &'a AnalysedItem,
    pub(crate) story: Option<StoryId>,
    /// The log's time.
    pub(crate) at: Timestamp,
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
    /// What a story shows now that an item has joined it.
    pub(crate) fn look(
        &self,
        story: StoryId,
        at: Timestamp,
    ) -> Result<Option<Finding>, MonitorError> {
        let (stories, _) = self.derived.lineage(story)?;
        if stories.len() == 1 && self.derived.story_size(story)? < 2 {
            return Ok(None);
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
        match spreads(&members) {
            Some(gate) => self.finding(&members, gate, at),
            None => Ok(None),
        }
    }

    /// The role of the first group of a source.
    pub(crate) fn role(&self, source: &SourceId) -> Option<Role> {
        let groups = self.directory.groups_of(source);
        groups.first().map(|group| self.directory.role(group))
    }

    /// An item as a member of a finding.
    pub(crate) fn found(&self, stored: &StoredItem, from: Option<ItemId>) -> FoundMember {
        FoundMember {
            item: stored.item,
            time: stored.time,
            family: self.directory.family(&stored.source),
            group: self.directory.groups_of(&stored.source).first().cloned(),
            from,
        }
    }

    fn member(&self, stored: StoredItem, story: StoryId) -> Member {
        Member {
            role: self.role(&stored.source),
            family: self.directory.family(&stored.source),
            stored,
            story,
        }
    }

    fn finding(
        &self,
        members: &[Member],
        gate: GateResult,
        at: Timestamp,
    ) -> Result<Option<Finding>, MonitorError> {
        let mut carriers = Vec::new();
        let mut name = None;
        for member in members.iter().take(MEMBERS_MAX) {
            let Some(item) = self.log.item(member.stored.item)? else {
                continue;
            };
            name.get_or_insert_with(|| name_of(&item));
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
        if steps.is_empty() {
            return Ok(None);
        }
        let members = steps
            .iter()
            .filter_map(|(carrier, step)| {
                let member = members
                    .iter()
                    .find(|member| member.stored.item == carrier.item)?;
                Some(FoundMember {
                    time: carrier.time,
                    ..self.found(&member.stored, step.map(|step| step.from))
                })
            })
            .collect();
        Ok(Some(Finding {
            at,
            kind: FindingKind::Lineage { gate },
            name: name.unwrap_or_default(),
            members,
        }))
    }
}

/// The title of an item, else the beginning of its text.
pub(crate) fn name_of(item: &Item) -> String {
    let title = item.title.trim();
    bellwether_text::excerpt(if title.is_empty() { &item.text } else { title }, 60)
}

/// By what a text of a state's or its proxies' spreads, where it does: domestic families enough follow,
/// or a state's proxies tell it in texts of their own.
fn spreads(members: &[Member]) -> Option<GateResult> {
    let first = members.first()?;
    let families = |is_wanted: &dyn Fn(&Member) -> bool| {
        let wanted = members.iter().filter(|member| is_wanted(member));
        wanted
            .map(|member| &member.family)
            .collect::<BTreeSet<&FamilyId>>()
            .len()
    };
    let domestic = families(&|member| member.role == Some(Role::Domestic));
    let retelling =
        families(&|member| member.role == Some(Role::Proxy) && member.story != first.story);
    let gate = |name: &str, value: usize, limit: usize| GateResult {
        name: name.to_owned(),
        value: value as f64,
        limit: limit as f64,
        passed: value >= limit,
    };
    let gates = [
        gate("domestic families at least", domestic, DOMESTIC_MIN),
        gate(
            "proxies' families with texts of their own at least",
            retelling,
            RETELLING_MIN,
        ),
    ];
    let asked = match first.role {
        Some(Role::State) => 2,
        Some(Role::Proxy) => 1,
        _ => 0,
    };
    gates.into_iter().take(asked).find(|gate| gate.passed)
}
