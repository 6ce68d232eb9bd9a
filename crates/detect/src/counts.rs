//! Counting voices: what of a window's items is tested, and who has how much of it.
//!
//! One text in forty outlets is one event, and nine sites of one owner are one voice. So items,
//! families and stories are counted apart, and [`Counts::voices`] is tested.
//!
//! [`Counts::voices`]: bellwether_model::Counts::voices

use std::collections::{BTreeMap, BTreeSet};

use bellwether_model::{
    Counts, FamilyId, GroupId, ItemId, Share, Span, StoryId, StoryShare, Timestamp,
};

/// One item that a rule's query matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HitFact {
    /// The item.
    pub item: ItemId,
    /// Its time.
    pub time: Timestamp,
    /// The family of the source that first showed it.
    pub family: FamilyId,
    /// Its story; `None` where it has no text to compare, which makes it a story of its own.
    pub story: Option<StoryId>,
}

impl HitFact {
    /// A story is named by the item that first carried its text, so an item without one names its
    /// own.
    fn story(&self) -> StoryId {
        self.story.unwrap_or(StoryId(self.item.0))
    }
}

/// A window and the hits in it. Hits outside it are not counted.
#[derive(Debug, Clone, Copy)]
pub struct WindowInput<'a> {
    /// The window.
    pub window: Span,
    /// Hits, in any order; an item that is listed twice counts once.
    pub hits: &'a [HitFact],
}

impl<'a> WindowInput<'a> {
    /// The hits that lie in the window.
    pub fn hits(&self) -> impl Iterator<Item = &'a HitFact> + use<'a> {
        let window = self.window;
        self.hits
            .iter()
            .filter(move |hit| window.contains(hit.time))
    }

    /// Items, families and stories of the window.
    #[must_use]
    pub fn counts(&self) -> Counts {
        counts(self.hits())
    }

    /// How many stories the family with most of them has.
    #[must_use]
    pub fn largest_family(&self) -> u32 {
        largest_family(self.hits())
    }
}

/// Distinct items, families and stories.
#[must_use]
pub fn counts<'a>(hits: impl IntoIterator<Item = &'a HitFact>) -> Counts {
    let mut items = BTreeSet::new();
    let mut families = BTreeSet::new();
    let mut stories = BTreeSet::new();
    for hit in hits {
        items.insert(hit.item);
        families.insert(&hit.family);
        stories.insert(hit.story());
    }
    Counts {
        items: as_count(items.len()),
        families: as_count(families.len()),
        stories: as_count(stories.len()),
    }
}

/// How many distinct stories the family with most of them has: what the gate on one family's share
/// compares with all stories.
#[must_use]
pub fn largest_family<'a>(hits: impl IntoIterator<Item = &'a HitFact>) -> u32 {
    let mut stories: BTreeMap<&FamilyId, BTreeSet<StoryId>> = BTreeMap::new();
    for hit in hits {
        stories.entry(&hit.family).or_default().insert(hit.story());
    }
    as_count(stories.values().map(BTreeSet::len).max().unwrap_or(0))
}

/// Items by family, most first.
#[must_use]
pub fn family_shares<'a>(hits: impl IntoIterator<Item = &'a HitFact>) -> Vec<Share<FamilyId>> {
    shares(hits.into_iter().map(|hit| (hit.family.clone(), hit)))
}

/// Items by group, most first; an item of several groups counts in each.
#[must_use]
pub fn group_shares<'a>(
    hits: impl IntoIterator<Item = (GroupId, &'a HitFact)>,
) -> Vec<Share<GroupId>> {
    shares(hits.into_iter())
}

fn shares<'a, Id: Ord>(hits: impl Iterator<Item = (Id, &'a HitFact)>) -> Vec<Share<Id>> {
    let tallies = tally(hits);
    let mut shares: Vec<Share<Id>> = tallies
        .into_iter()
        .map(|(id, (items, families))| Share {
            id,
            items,
            families,
        })
        .collect();
    shares.sort_by(|a, b| b.items.cmp(&a.items).then_with(|| a.id.cmp(&b.id)));
    shares
}

/// Items by story, most first.
#[must_use]
pub fn story_shares<'a>(hits: impl IntoIterator<Item = &'a HitFact>) -> Vec<StoryShare> {
    let tallies = tally(hits.into_iter().map(|hit| (hit.story(), hit)));
    let mut shares: Vec<StoryShare> = tallies
        .into_iter()
        .map(|(story, (items, families))| StoryShare {
            story,
            items,
            families,
        })
        .collect();
    shares.sort_by(|a, b| b.items.cmp(&a.items).then(a.story.cmp(&b.story)));
    shares
}

/// Distinct items and families by key.
fn tally<'a, Key: Ord>(
    hits: impl Iterator<Item = (Key, &'a HitFact)>,
) -> BTreeMap<Key, (u32, u32)> {
    type Sets<'a> = (BTreeSet<ItemId>, BTreeSet<&'a FamilyId>);
    let mut sets: BTreeMap<Key, Sets<'a>> = BTreeMap::new();
    for (key, hit) in hits {
        let (items, families) = sets.entry(key).or_default();
        items.insert(hit.item);
        families.insert(&hit.family);
    }
    sets.into_iter()
        .map(|(key, (items, families))| (key, (as_count(items.len()), as_count(families.len()))))
        .collect()
}

fn as_count(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(item: u64, family: &str, story: Option<u64>, second: i64) -> HitFact {
        HitFact {
            item: ItemId(item),
            time: Timestamp::from_second(second).expect("test time"),
            family: FamilyId::new(family),
            story: story.map(StoryId),
        }
    }

    #[test]
    fn copies_and_sites_are_not_voices() {
        let wire: Vec<HitFact> = (0..40)
            .map(|n| hit(n, &format!("f{n}"), Some(0), 0))
            .collect();
        assert_eq!(counts(&wire).voices(), 1);
        let spam: Vec<HitFact> = (0..90).map(|n| hit(n, "one", None, 0)).collect();
        assert_eq!(counts(&spam).voices(), 1);
        assert_eq!(largest_family(&spam), 90);
        let push: Vec<HitFact> = (0..9)
            .map(|n| hit(n, &format!("f{}", n % 5), None, 0))
            .collect();
        let found = counts(&push);
        assert_eq!((found.items, found.families, found.stories), (9, 5, 9));
        assert_eq!((found.voices(), largest_family(&push)), (5, 2));
    }

    #[test]
    fn an_item_without_story_is_one_with_those_that_copied_it() {
        let hits = [hit(7, "a", None, 0), hit(9, "b", Some(7), 0)];
        assert_eq!(counts(&hits).stories, 1);
    }

    #[test]
    fn what_lies_outside_or_is_listed_twice_does_not_count() {
        let hits = [
            hit(1, "a", None, 9),
            hit(2, "b", None, 10),
            hit(2, "b", None, 10),
            hit(3, "c", None, 20),
        ];
        let window = Span {
            from: Timestamp::from_second(10).expect("test time"),
            to: Timestamp::from_second(20).expect("test time"),
        };
        let input = WindowInput {
            window,
            hits: &hits,
        };
        assert_eq!(input.counts().items, 1);
        assert_eq!(input.largest_family(), 1);
        assert_eq!(counts(&[]), Counts::default());
    }

    #[test]
    fn shares_are_sorted() {
        let hits = [
            hit(1, "b", Some(1), 0),
            hit(2, "a", Some(1), 0),
            hit(3, "a", None, 0),
        ];
        let families: Vec<(String, u32)> = family_shares(&hits)
            .into_iter()
            .map(|share| (share.id.to_string(), share.items))
            .collect();
        assert_eq!(families, [("a".to_owned(), 2), ("b".to_owned(), 1)]);
        let stories = story_shares(&hits);
        assert_eq!((stories[0].items, stories[0].families), (2, 2));
        let groups = group_shares(hits.iter().map(|hit| (GroupId::new("g"), hit)));
        assert_eq!((groups[0].items, groups[0].families), (3, 2));
    }
}
