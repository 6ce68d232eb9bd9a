//! Terms that nobody listed: hands what items say to the detector, and tells how those stand that rose.
//!
//! Knows what it was given since it was made, or kept.

use std::collections::{BTreeMap, HashMap};

use bellwether_detect::{Arrival, Emergent, EmergentSettings, Events, Risen, Tracked};
use bellwether_model::{
    Burst, FamilyId, FoundTerm, GroupId, ItemId, SourceId, StoryId, Timestamp, Whose,
};
use bellwether_query::AnalysedItem;
use bellwether_text::{Term, UnitKind, terms};
use serde::{Deserialize, Serialize};

use crate::error::MonitorError;
use crate::findings::{Finding, FindingKind, Sources, Taken};
use crate::naming::{names, read, spelled};

/// Terms of an item that are counted, the title's first.
const TERMS_MAX: usize = 400;

/// What rises among the terms of items, in bounded memory.
#[derive(Serialize, Deserialize)]
pub(crate) struct Emerging {
    engine: Emergent,
    events: Events,
    numbers: Numbers,
}

/// The numbers of families and groups, as they were first met.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Numbers {
    families: HashMap<FamilyId, u32>,
    groups: HashMap<GroupId, u16>,
}

/// An item as it is received, for who counts its terms.
pub(crate) struct Received<'a> {
    pub(crate) item: ItemId,
    pub(crate) at: Timestamp,
    pub(crate) time: Timestamp,
    pub(crate) source: &'a SourceId,
    pub(crate) story: Option<StoryId>,
    pub(crate) script: u8,
}

impl Numbers {
    /// The same in numbers.
    pub(crate) fn arrival(&mut self, sources: &Sources<'_>, received: &Received<'_>) -> Arrival {
        let group = sources.directory.groups_of(received.source).first();
        let families = u32::try_from(self.families.len()).unwrap_or(u32::MAX);
        let groups = u16::try_from(self.groups.len()).unwrap_or(u16::MAX);
        let family = sources.directory.family(received.source);
        Arrival {
            item: received.item.0,
            received: seconds(received.at),
            time: seconds(received.time),
            family: *self.families.entry(family).or_insert(families),
            story: received.story.map_or(received.item.0, |story| story.0),
            group: group.map_or(u16::MAX, |group| {
                *self.groups.entry(group.clone()).or_insert(groups)
            }),
            role: sources.role(received.source),
            script: received.script,
        }
    }

    /// The number of a group that was met.
    pub(crate) fn group(&self, group: &GroupId) -> Option<u16> {
        self.groups.get(group).copied()
    }

    /// The group of a number.
    pub(crate) fn group_of(&self, number: u16) -> Option<&GroupId> {
        let mut known = self.groups.iter();
        known.find_map(|(group, known)| (*known == number).then_some(group))
    }
}

/// The terms of an item that are counted, by their keys: each in which part of the item, the title or
/// the text, it is first.
pub(crate) fn counted(analysed: &AnalysedItem) -> BTreeMap<u64, (usize, Term)> {
    let parts = [&analysed.title, &analysed.text];
    let mut distinct = BTreeMap::new();
    let all = (parts.into_iter().enumerate())
        .flat_map(|(part, analysed)| terms(analysed).map(move |term| (part, term)));
    for (part, term) in all {
        if distinct.len() >= TERMS_MAX {
            break;
        }
        distinct.entry(term.key).or_insert((part, term));
    }
    distinct
}

impl Default for Emerging {
    fn default() -> Self {
        Self {
            engine: Emergent::new(EmergentSettings::default()),
            events: Events::default(),
            numbers: Numbers::default(),
        }
    }
}

impl Emerging {
    /// What is counted means another thing from here on: raised where terms, their keys, or what is kept
    /// of them change.
    pub(crate) const VERSION: u32 = 2;

    /// Whether it was counted by the settings in force.
    pub(crate) fn is_current(&self) -> bool {
        *self.engine.settings() == EmergentSettings::default()
    }

    /// What rises with an item that is new. Where nobody may say when it was published, it is counted
    /// as being of the past.
    pub(crate) fn take(
        &mut self,
        sources: &Sources<'_>,
        taken: &Taken<'_>,
    ) -> Result<Vec<Finding>, MonitorError> {
        let Taken { item, analysed, .. } = *taken;
        let Some(source) = item.sources.first() else {
            return Ok(Vec::new());
        };
        let parts = [(&item.title, &analysed.title), (&item.text, &analysed.text)];
        let distinct = counted(analysed);
        let keys: Vec<u64> = distinct.keys().copied().collect();
        let group = sources.directory.groups_of(source).first();
        let arrival = self.numbers.arrival(
            sources,
            &Received {
                item: item.id,
                at: taken.at,
                time: item.time,
                source,
                story: taken.story,
                script: script(analysed),
            },
        );
        let mut found = Vec::new();
        for risen in self.engine.take(arrival, &keys) {
            let Some((key, (part, term))) = keys
                .get(risen.term)
                .and_then(|key| Some((*key, *distinct.get(key)?)))
            else {
                continue;
            };
            if self.events.is_known(arrival.received, key, &risen) {
                continue;
            }
            let (raw, analysed) = parts[part];
            let read = read(sources, &risen.items)?;
            let Some(spellings) = names(analysed, term, &read) else {
                continue;
            };
            self.events.open(arrival.received, key, &risen);
            let mut members = Vec::new();
            for item in &risen.items {
                if let Some(stored) = sources.derived.stored(ItemId(*item))? {
                    members.push(sources.found(&stored, None));
                }
            }
            found.push(Finding {
                at: taken.at,
                name: spellings.first().cloned().unwrap_or_default(),
                kind: FindingKind::Emergent {
                    term: FoundTerm {
                        counted: spelled(raw, analysed, term).unwrap_or_default(),
                        spellings,
                        rise: risen.rise,
                        whose: risen.whose,
                        group: group.filter(|_| risen.whose == Whose::Group).cloned(),
                        key,
                        script: arrival.script,
                    },
                    risen,
                },
                members,
            });
        }
        Ok(found)
    }

    /// How a term stands at a time that rose before; `None` where nothing is left of it.
    pub(crate) fn stands(&mut self, term: &FoundTerm, now: Timestamp) -> Option<Risen> {
        let group = match &term.group {
            Some(group) => Some(self.numbers.group(group)?),
            None => None,
        };
        let tracked = Tracked {
            key: term.key,
            script: term.script,
            group,
            rise: term.rise,
            whose: term.whose,
        };
        self.engine.stands(&tracked, seconds(now))
    }

    /// Days of history there are.
    pub(crate) fn days(&self) -> u32 {
        self.engine.days()
    }

    /// People are told of these items for another reason.
    pub(crate) fn told(&mut self, finding: &Finding) {
        let items = finding.members.iter().map(|member| member.item.0);
        self.events.told(seconds(finding.at), items);
    }

    /// People have been told of a burst.
    pub(crate) fn told_burst(&mut self, burst: &Burst) {
        let items = burst.items.iter().map(|item| item.0);
        self.events.told(seconds(burst.evaluated), items);
    }
}

/// The script that most of a text is in: characters without spaces, Latin, Cyrillic, Arabic, others.
pub(crate) fn script(item: &AnalysedItem) -> u8 {
    let mut counts = [0_usize; 5];
    for analysed in [&item.title, &item.text] {
        for unit in analysed.units() {
            let class = match (unit.kind, analysed.text(unit).chars().next()) {
                (UnitKind::Char, _) => 0,
                (_, Some('a'..='z' | '\u{c0}'..='\u{24f}')) => 1,
                (_, Some('\u{400}'..='\u{52f}')) => 2,
                (_, Some('\u{600}'..='\u{6ff}')) => 3,
                _ => 4,
            };
            counts[class] += 1;
        }
    }
    let most = (0..counts.len())
        .rev()
        .max_by_key(|class| counts[*class])
        .unwrap_or(0);
    u8::try_from(most).unwrap_or(0)
}

pub(crate) fn seconds(time: Timestamp) -> u32 {
    u32::try_from(time.as_second().max(0)).unwrap_or(u32::MAX)
}
