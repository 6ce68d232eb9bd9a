//! Items as found, one item in full, and its bytes as received.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use bellwether_api::{Excerpt, ItemBody, ItemContext, ItemDetailBody, Problem, StoryBody};
use bellwether_archive::{ArchiveError, Derived, LogReader};
use bellwether_model::{CaptureId, Directory, Item, ItemId, Seq};
use bellwether_query::{Bound, item_language};

use super::{Answers, excerpts, problems};

/// Languages remembered: finding one costs more than the rest of an answer's line.
const LANGUAGES_MAX: usize = 50_000;

/// A response as received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawBody {
    /// A name to keep it under.
    pub file_name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The languages of items by wording; a wording never changes.
#[derive(Debug, Default)]
pub(super) struct Languages(Mutex<HashMap<(ItemId, u32), &'static str>>);

impl Languages {
    fn of(&self, item: &Item) -> &'static str {
        let key = (item.id, item.versions);
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lang) = lock().get(&key) {
            return lang;
        }
        let lang = item_language(item);
        let mut known = lock();
        if known.len() >= LANGUAGES_MAX {
            known.clear();
        }
        known.insert(key, lang);
        lang
    }
}

impl Answers {
    /// One item in full.
    ///
    /// # Errors
    /// A [`Problem`] where there is none of this id.
    pub fn item(&self, id: &str) -> Result<ItemDetailBody, Problem> {
        self.log.with(|log| {
            let item = find(log, id)?;
            let versions = log.versions(item.id).map_err(problems::archive)?;
            let who = self.who(log)?;
            self.derived.with(|derived| {
                let excerpt = excerpts::of_item(&item);
                let context = self.context(&item, excerpt, derived, &who.directory)?;
                Ok(ItemDetailBody::from_model(&item, &versions, context))
            })
        })
    }

    /// The response as received that holds an item's present wording, or the one named that holds
    /// another of its wordings.
    ///
    /// # Errors
    /// A [`Problem`] where there is no such item or capture.
    pub fn raw(&self, id: &str, capture: Option<&str>) -> Result<RawBody, Problem> {
        self.log.with(|log| {
            let item = find(log, id)?;
            let wanted = match capture {
                None => item.capture,
                Some(text) => {
                    let wanted = text.parse().map(CaptureId).ok();
                    let versions = log.versions(item.id).map_err(problems::archive)?;
                    versions
                        .iter()
                        .map(|version| version.capture)
                        .find(|capture| Some(*capture) == wanted)
                        .ok_or_else(|| problems::not_found("capture", text))?
                }
            };
            let response = log
                .capture(wanted)
                .map_err(problems::archive)?
                .ok_or_else(|| problems::not_found("capture", &wanted.to_string()))?;
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
            let who = self.who(log)?;
            self.derived
                .with(|derived| self.items_found(ids, &Bound::All, log, derived, &who.directory))
        })
    }

    pub(super) fn items_found(
        &self,
        ids: impl Iterator<Item = ItemId>,
        bound: &Bound,
        log: &LogReader,
        derived: &Derived,
        directory: &Directory,
    ) -> Result<Vec<ItemBody>, Problem> {
        let mut items = Vec::new();
        for id in ids {
            // The index may be ahead of what was forgotten in the log since.
            let Some(item) = log.item(id).map_err(problems::archive)? else {
                continue;
            };
            let excerpt = excerpts::of_match(&item, self.languages.of(&item), bound);
            let context = self.context(&item, excerpt, derived, directory)?;
            items.push(ItemBody::from_model(&item, context));
        }
        Ok(items)
    }

    fn context<'a>(
        &self,
        item: &Item,
        excerpt: Excerpt,
        derived: &Derived,
        directory: &'a Directory,
    ) -> Result<ItemContext<'a>, Problem> {
        let story = derived
            .stored(item.id)
            .map_err(problems::archive)?
            .and_then(|stored| stored.story);
        let story = match story {
            None => None,
            Some(story) => {
                let size = derived.story_size(story).map_err(problems::archive)?;
                Some(StoryBody::from_model(story, size))
            }
        };
        Ok(ItemContext {
            directory,
            lang: Some(self.languages.of(item)),
            story,
            excerpt,
        })
    }
}

/// The item of an id. A story is named by the entry of the log that began it, which for a later
/// wording is not the item's own; such an id leads to the item that has the wording.
fn find(log: &LogReader, id: &str) -> Result<Item, Problem> {
    let id_of = |seq: u64| -> Result<Option<Item>, ArchiveError> {
        if let Some(item) = log.item(ItemId(seq))? {
            return Ok(Some(item));
        }
        match log.item_of_entry(Seq(seq))? {
            Some(item) => log.item(item),
            None => Ok(None),
        }
    };
    let item = match id.parse() {
        Ok(seq) => id_of(seq).map_err(problems::archive)?,
        Err(_) => None,
    };
    item.ok_or_else(|| problems::not_found("item", id))
}
