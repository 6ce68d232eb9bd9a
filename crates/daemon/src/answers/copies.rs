//! Which of the items found tell one story, and how many of it match.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::ControlFlow;

use bellwether_api::{ItemBody, Problem};
use bellwether_model::ItemId;
use bellwether_query::{Bound, Cursor, Sort};

use super::{Answers, problems};

/// What matches of a story that has more than one item.
#[derive(Debug, Clone, Copy)]
struct Matching {
    count: u32,
    /// Time in microseconds and item of the first and the last of it.
    oldest: (i64, ItemId),
    newest: (i64, ItemId),
}

/// What matches of some stories.
#[derive(Debug, Default)]
pub(super) struct Copies {
    /// The number of an item's story, where it is not alone in it.
    stories: HashMap<ItemId, u32>,
    matching: HashMap<u32, Matching>,
    shown: HashSet<u32>,
}

impl Copies {
    /// Takes in what was found out of more items.
    pub(super) fn add(&mut self, other: &Self) {
        self.stories.extend(&other.stories);
        self.matching.extend(&other.matching);
    }

    /// Notes that an item stands for its story.
    pub(super) fn show(&mut self, item: ItemId) {
        self.shown.extend(self.stories.get(&item));
    }

    /// Whether an item's story is shown already.
    pub(super) fn is_shown(&self, item: ItemId) -> bool {
        let story = self.stories.get(&item);
        story.is_some_and(|story| self.shown.contains(story))
    }

    /// Whether an item's story was met before a page began.
    pub(super) fn is_before(&self, item: ItemId, sort: Sort, begin: Option<Cursor>) -> bool {
        let matching = self
            .stories
            .get(&item)
            .and_then(|story| self.matching.get(story));
        let (Some(matching), Some(begin)) = (matching, begin) else {
            return false;
        };
        let begin = (begin.micros, begin.item);
        match sort {
            Sort::Oldest => matching.oldest <= begin,
            Sort::Newest | Sort::Relevance => matching.newest >= begin,
        }
    }

    /// Says of each item how many more of its story match.
    pub(super) fn tell(&self, items: &mut [ItemBody]) {
        for item in items {
            let id = item.id.parse().map(ItemId).ok();
            let matching = id
                .and_then(|id| self.stories.get(&id))
                .and_then(|story| self.matching.get(story));
            item.copies = Some(matching.map_or(0, |matching| matching.count.saturating_sub(1)));
        }
    }
}

impl Answers {
    /// What of the stories of some items matches a query.
    pub(super) fn copies(&self, whole: &Bound, items: &[ItemId]) -> Result<Copies, Problem> {
        self.with_stories(|table, derived| {
            let mut copies = Copies::default();
            let mut members = BTreeSet::new();
            let mut read = HashSet::new();
            for item in items {
                let Some(number) = table.number(*item).filter(|number| table.size(*number) > 1)
                else {
                    continue;
                };
                copies.stories.insert(*item, number);
                if let Some(story) = table.story(number).filter(|_| read.insert(number)) {
                    members.extend(derived.story_members(story).map_err(problems::archive)?);
                }
            }
            if members.is_empty() {
                return Ok(copies);
            }
            let query = whole.clone().and(Bound::Items(members));
            let scanned = self.engine.scan(&query, &[], &mut |row| {
                if let Some(number) = table.number(row.item) {
                    let place = (row.micros, row.item);
                    copies
                        .matching
                        .entry(number)
                        .and_modify(|matching| {
                            matching.count += 1;
                            matching.oldest = matching.oldest.min(place);
                            matching.newest = matching.newest.max(place);
                        })
                        .or_insert(Matching {
                            count: 1,
                            oldest: place,
                            newest: place,
                        });
                }
                ControlFlow::Continue(())
            });
            scanned.map_err(|error| problems::search(&error))?;
            Ok(copies)
        })
    }

    /// Of each story the first item only.
    pub(super) fn first_of_each(&self, items: Vec<ItemId>) -> Result<Vec<ItemId>, Problem> {
        self.with_stories(|table, _| {
            let mut met = HashSet::new();
            let is_first = |item: &ItemId| {
                let number = table.number(*item).filter(|number| table.size(*number) > 1);
                number.is_none_or(|number| met.insert(number))
            };
            Ok(items.into_iter().filter(is_first).collect())
        })
    }
}
