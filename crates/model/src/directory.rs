//! Who is who: the sources, groups, actors and narratives in force, resolved when a question is
//! asked.
//!
//! Neither log nor index keeps what configuration says of a source, so a correction in
//! configuration corrects every answer at once (DESIGN 5.1).

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Actor, ActorId, FamilyId, Group, GroupId, Narrative, NarrativeId, PublisherId, Role, Source,
    SourceId,
};

/// What the family of a publisher begins with while nobody has said who owns it: such a publisher
/// counts as one family of its own.
pub const UNLISTED_FAMILY_PREFIX: &str = "publisher:";

/// The sources, groups, actors and narratives in force.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    sources: BTreeMap<SourceId, Source>,
    groups: BTreeMap<GroupId, Group>,
    members: BTreeMap<GroupId, BTreeSet<SourceId>>,
    actors: BTreeMap<ActorId, Actor>,
    narratives: BTreeMap<NarrativeId, Narrative>,
}

impl Directory {
    /// A directory of configured sources (which win) and of those known from imports only.
    #[must_use]
    pub fn new(
        groups: impl IntoIterator<Item = Group>,
        configured: impl IntoIterator<Item = Source>,
        imported: impl IntoIterator<Item = Source>,
    ) -> Self {
        let mut directory = Self {
            groups: groups
                .into_iter()
                .map(|group| (group.id.clone(), group))
                .collect(),
            ..Self::default()
        };
        for source in configured {
            directory.insert(source);
        }
        let of_publisher: BTreeMap<PublisherId, Source> = directory
            .sources
            .values()
            .map(|source| (source.publisher.clone(), source.clone()))
            .collect();
        for mut source in imported {
            if let Some(known) = of_publisher.get(&source.publisher) {
                source.family = known.family.clone();
                source.groups = known.groups.clone();
                source.country = known.country.clone();
                source.affiliation = known.affiliation.clone();
                source.name = known.name.clone();
            }
            if !directory.sources.contains_key(&source.id) {
                directory.insert(source);
            }
        }
        directory
    }

    /// The same directory with these actors instead of those it has.
    #[must_use]
    pub fn with_actors(mut self, actors: impl IntoIterator<Item = Actor>) -> Self {
        self.actors = actors
            .into_iter()
            .map(|actor| (actor.id.clone(), actor))
            .collect();
        self
    }

    /// The same directory with these narratives instead of those it has.
    #[must_use]
    pub fn with_narratives(mut self, narratives: impl IntoIterator<Item = Narrative>) -> Self {
        self.narratives = narratives
            .into_iter()
            .map(|narrative| (narrative.id.clone(), narrative))
            .collect();
        self
    }

    fn insert(&mut self, source: Source) {
        for group in &source.groups {
            self.members
                .entry(group.clone())
                .or_default()
                .insert(source.id.clone());
        }
        self.sources.insert(source.id.clone(), source);
    }

    /// One source, if known.
    #[must_use]
    pub fn source(&self, id: &SourceId) -> Option<&Source> {
        self.sources.get(id)
    }

    /// All sources in the order of their ids.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.sources.values()
    }

    /// One group, if known.
    #[must_use]
    pub fn group(&self, id: &GroupId) -> Option<&Group> {
        self.groups.get(id)
    }

    /// All groups in the order of their ids.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.values()
    }

    /// The role of a group; `Other` where the group is not in force.
    #[must_use]
    pub fn role(&self, id: &GroupId) -> Role {
        self.groups.get(id).map_or(Role::Other, |group| group.role)
    }

    /// Whether a source is of the domestic press.
    #[must_use]
    pub fn is_domestic(&self, source: &SourceId) -> bool {
        let mut groups = self.groups_of(source).iter();
        groups.any(|group| self.role(group) == Role::Domestic)
    }

    /// The sources of a group; empty where the group has none.
    #[must_use]
    pub fn sources_in_group(&self, id: &GroupId) -> BTreeSet<SourceId> {
        self.members.get(id).cloned().unwrap_or_default()
    }

    /// The ids of all sources for which `wanted` holds.
    #[must_use]
    pub fn sources_where(&self, mut wanted: impl FnMut(&Source) -> bool) -> BTreeSet<SourceId> {
        self.sources
            .values()
            .filter(|s| wanted(s))
            .map(|s| s.id.clone())
            .collect()
    }

    /// One actor, if known.
    #[must_use]
    pub fn actor(&self, id: &ActorId) -> Option<&Actor> {
        self.actors.get(id)
    }

    /// All actors in the order of their ids.
    pub fn actors(&self) -> impl Iterator<Item = &Actor> {
        self.actors.values()
    }

    /// One narrative, if known.
    #[must_use]
    pub fn narrative(&self, id: &NarrativeId) -> Option<&Narrative> {
        self.narratives.get(id)
    }

    /// All narratives in the order of their ids.
    pub fn narratives(&self) -> impl Iterator<Item = &Narrative> {
        self.narratives.values()
    }

    /// The family a source counts for; of a source nobody lists, a family of its own.
    #[must_use]
    pub fn family(&self, source: &SourceId) -> FamilyId {
        self.sources.get(source).map_or_else(
            || FamilyId::new(format!("{UNLISTED_FAMILY_PREFIX}{source}")),
            |source| source.family.clone(),
        )
    }

    /// The groups of a source; empty where it is not known.
    #[must_use]
    pub fn groups_of(&self, source: &SourceId) -> &[GroupId] {
        self.sources
            .get(source)
            .map_or(&[], |source| &source.groups)
    }
}
