//! Items as found, one item in full, and its bytes as received.

use std::sync::Arc;

use bellwether_api::{ItemBody, ItemContext, ItemDetailBody, Problem, StoryBody};
use bellwether_archive::{ArchiveError, Derived, LogReader, StoryTable};
use bellwether_model::{Absence, CaptureId, Item, ItemId, Seq};
use bellwether_query::{Bound, item_language};

use super::known::{KnownItem, has_hidden};
use super::matched::matched;
use super::who::Who;
use super::{Answers, excerpts, problems};

/// Wordings that an item shows with their text; a list gives the others.
const VERSIONS_IN_FULL: usize = 20;

/// A response as received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawBody {
    /// A name to keep it under.
    pub file_name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Answers {
    /// One item in full.
    ///
    /// # Errors
    /// A [`Problem`] where there is none of this id, and another where it is no longer kept.
    pub fn item(&self, id: &str) -> Result<ItemDetailBody, Problem> {
        self.log.with(|log| {
            let item = find(log, id)?;
            let versions = log.versions(item.id).map_err(problems::archive)?;
            let wordings = log
                .wordings(item.id, 0, VERSIONS_IN_FULL)
                .map_err(problems::archive)?;
            let who = self.who(log)?;
            let story = self.with_stories(|stories, derived| told(&[item.id], stories, derived))?;
            let context = ItemContext {
                directory: &who.directory,
                lang: Some(item_language(&item)),
                story: story.into_iter().next().flatten(),
                excerpt: excerpts::of_item(&item),
                has_hidden: has_hidden(&item),
                post: self.post(&item.facts, &who.accounts),
                absences: log.absences(item.id).map_err(problems::archive)?,
            };
            Ok(ItemDetailBody::from_model(
                &item,
                &versions,
                &wordings,
                matched(&item, who.narratives()),
                context,
            ))
        })
    }

    /// The response as received that holds an item's present wording, or the one named that holds
    /// another of its wordings or belongs to one of its absences.
    ///
    /// # Errors
    /// A [`Problem`] where there is no such item or capture, or it is no longer kept.
    pub fn raw(&self, id: &str, capture: Option<&str>) -> Result<RawBody, Problem> {
        self.log.with(|log| {
            let item = find(log, id)?;
            let wanted = match capture {
                None => item.capture,
                Some(text) => {
                    let wanted = text.parse().map(CaptureId).ok();
                    let versions = log.versions(item.id).map_err(problems::archive)?;
                    let absences = log.absences(item.id).map_err(problems::archive)?;
                    let looks = absences.iter().flat_map(Absence::looks);
                    versions
                        .iter()
                        .map(|version| version.capture)
                        .chain(looks.map(|look| look.capture))
                        .find(|capture| Some(*capture) == wanted)
                        .ok_or_else(|| problems::not_found("capture", text))?
                }
            };
            let Some(response) = log.capture(wanted).map_err(problems::archive)? else {
                return Err(match log.capture_gone(wanted).map_err(problems::archive)? {
                    Some(gone) => problems::capture_gone(&wanted.to_string(), gone),
                    None => problems::not_found("capture", &wanted.to_string()),
                });
            };
            Ok(RawBody {
                file_name: format!("bellwether-item-{}-capture-{wanted}.bin", item.id),
                bytes: response.body,
            })
        })
    }

    /// Some items by their ids, in the order given; those that are gone are left out.
    pub(crate) fn items_by_id(&self, ids: &[String]) -> Result<Vec<ItemBody>, Problem> {
        let ids = ids.iter().filter_map(|id| id.parse().map(ItemId).ok());
        self.log.with(|log| {
            let seen = self.look(log)?;
            let items = self.known.items(ids, log, seen.head)?;
            self.items_found(&items, &Bound::All, &seen.who, log)
        })
    }

    /// Items as they are shown where a query found them.
    pub(super) fn items_found(
        &self,
        items: &[Arc<KnownItem>],
        bound: &Bound,
        who: &Who,
        log: &LogReader,
    ) -> Result<Vec<ItemBody>, Problem> {
        let ids: Vec<ItemId> = items.iter().map(|known| known.item.id).collect();
        let stories = self.with_stories(|stories, derived| told(&ids, stories, derived))?;
        items
            .iter()
            .zip(stories)
            .map(|(known, story)| {
                // What a platform says of a post changes without an entry of the log, and so does
                // whether it shows it: what is known of either is outdated.
                let (facts, absences) = if known.item.platform.is_some() {
                    let id = known.item.id;
                    (log.facts(id), log.absences(id))
                } else {
                    (Ok(known.item.facts.clone()), Ok(Vec::new()))
                };
                let facts = facts.map_err(problems::archive)?;
                let context = ItemContext {
                    directory: &who.directory,
                    lang: Some(known.lang),
                    story,
                    excerpt: excerpts::of_match(known, bound),
                    has_hidden: known.has_hidden,
                    post: self.post(&facts, &who.accounts),
                    absences: absences.map_err(problems::archive)?,
                };
                Ok(ItemBody::from_model(&known.item, context))
            })
            .collect()
    }
}

/// The stories of some items with their sizes.
fn told(
    items: &[ItemId],
    stories: &StoryTable,
    derived: &Derived,
) -> Result<Vec<Option<StoryBody>>, Problem> {
    let story = |item: &ItemId| {
        if let Some(number) = stories.number(*item) {
            let story = stories.story(number);
            return Ok(story.map(|story| StoryBody::from_model(story, stories.size(number))));
        }
        // One that was noted after the table was read is at least itself.
        let story = derived.story_of(*item).map_err(problems::archive)?;
        Ok(story.map(|story| StoryBody::from_model(story, 1)))
    };
    items.iter().map(story).collect()
}

/// The item of an id. A story is named by the entry of the log that began it, which for a later
/// wording is not the item's own; such an id leads to the item that has the wording.
pub(super) fn find(log: &LogReader, id: &str) -> Result<Item, Problem> {
    let id_of = |seq: u64| -> Result<Option<Item>, ArchiveError> {
        if let Some(item) = log.item(ItemId(seq))? {
            return Ok(Some(item));
        }
        match log.item_of_entry(Seq(seq))? {
            Some(item) => log.item(item),
            None => Ok(None),
        }
    };
    let Ok(seq) = id.parse() else {
        return Err(problems::not_found("item", id));
    };
    if let Some(item) = id_of(seq).map_err(problems::archive)? {
        return Ok(item);
    }
    let gone = log.tombstone(ItemId(seq)).map_err(problems::archive)?;
    Err(match gone {
        Some(tombstone) => problems::item_gone(&tombstone),
        None => problems::not_found("item", id),
    })
}
