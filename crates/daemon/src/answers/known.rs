//! Items read and taken apart not long ago: what a wording fixes need not be found out again.
//!
//! Bounded by [`BYTES_MAX`]. Kept in two halves: where the young one is full it becomes the old one,
//! and what the old one held and nobody asked for since is forgotten. The log says which items have
//! another wording or another source since they were read; those are read again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bellwether_api::Problem;
use bellwether_archive::{Head, LogReader};
use bellwether_model::{Item, ItemId, Seq};
use bellwether_query::item_language;
use bellwether_text::{Analysed, analyse};

use super::problems;

/// The texts of a thousand long articles, or of twenty thousand posts.
const BYTES_MAX: usize = 32 << 20;

/// With more entries of the log than this since the last question everything is read again.
const BEHIND_MAX: u64 = 5_000;

/// What a text costs beside the item: a unit of some bytes has places in text and folded form.
const BYTES_PER_BYTE: usize = 9;

/// An item with what its wording fixes.
#[derive(Debug)]
pub(super) struct KnownItem {
    pub(super) item: Item,
    /// The language found by analysis.
    pub(super) lang: &'static str,
    /// Whether it has characters that cannot be seen and are no spelling.
    pub(super) has_hidden: bool,
    analysed: OnceLock<(Analysed, Analysed)>,
}

impl KnownItem {
    pub(super) fn new(item: Item) -> Self {
        Self {
            lang: item_language(&item),
            has_hidden: has_hidden(&item),
            item,
            analysed: OnceLock::new(),
        }
    }

    /// Its title and its text, taken apart.
    pub(super) fn analysed(&self) -> &(Analysed, Analysed) {
        self.analysed
            .get_or_init(|| (analyse(&self.item.title), analyse(&self.item.text)))
    }

    fn bytes(&self) -> usize {
        512 + BYTES_PER_BYTE * (self.item.title.len() + self.item.text.len())
    }
}

/// Whether an item has characters that cannot be seen and are no spelling.
pub(super) fn has_hidden(item: &Item) -> bool {
    [&item.title, &item.text]
        .into_iter()
        .any(|text| bellwether_text::has_hidden(text))
}

/// The items known.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<Halves>);

#[derive(Debug, Default)]
struct Halves {
    /// The place in the log up to which changes are known.
    seq: Option<Seq>,
    young: HashMap<ItemId, Arc<KnownItem>>,
    old: HashMap<ItemId, Arc<KnownItem>>,
    young_bytes: usize,
}

impl Known {
    /// The items of some ids in the same order; those that are gone are left out.
    pub(super) fn items(
        &self,
        ids: impl Iterator<Item = ItemId>,
        log: &LogReader,
        head: Head,
    ) -> Result<Vec<Arc<KnownItem>>, Problem> {
        let seq = self.follow(log, head)?;
        let mut found: Vec<(ItemId, Option<Arc<KnownItem>>)> = {
            let mut halves = self.lock();
            ids.map(|id| (id, halves.get(id))).collect()
        };
        let mut read = Vec::new();
        for (id, known) in found.iter_mut().filter(|(_, known)| known.is_none()) {
            // The index may be ahead of what was forgotten in the log since.
            let Some(item) = log.item(*id).map_err(problems::archive)? else {
                continue;
            };
            let item = Arc::new(KnownItem::new(item));
            read.push(Arc::clone(&item));
            *known = Some(item);
        }
        let mut halves = self.lock();
        // If others followed the log on, what was read here may be what they know to be outdated.
        if halves.seq == Some(seq) {
            for item in read {
                halves.put(item);
            }
        }
        Ok(found.into_iter().filter_map(|(_, known)| known).collect())
    }

    /// Forgets what has changed up to the end of the log.
    fn follow(&self, log: &LogReader, head: Head) -> Result<Seq, Problem> {
        let known = self.lock().seq;
        match known {
            Some(seq) if seq >= head.seq => return Ok(seq),
            _ => {}
        }
        let changed = match known {
            Some(seq) => log
                .changed_after(seq, head.seq, BEHIND_MAX)
                .map_err(problems::archive)?,
            None => None,
        };
        let mut halves = self.lock();
        match changed {
            Some(changed) => {
                for id in changed {
                    halves.young.remove(&id);
                    halves.old.remove(&id);
                }
            }
            None => {
                halves.young.clear();
                halves.old.clear();
                halves.young_bytes = 0;
            }
        }
        halves.seq = halves.seq.max(Some(head.seq));
        Ok(head.seq)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Halves> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Halves {
    fn get(&mut self, id: ItemId) -> Option<Arc<KnownItem>> {
        if let Some(item) = self.young.get(&id) {
            return Some(Arc::clone(item));
        }
        let item = self.old.remove(&id)?;
        self.put(Arc::clone(&item));
        Some(item)
    }

    fn put(&mut self, item: Arc<KnownItem>) {
        let bytes = item.bytes();
        if self.young_bytes + bytes > BYTES_MAX / 2 {
            self.old = std::mem::take(&mut self.young);
            self.young_bytes = 0;
        }
        // One that is larger than a half is not kept.
        if bytes <= BYTES_MAX / 2 {
            self.young_bytes += bytes;
            self.young.insert(item.item.id, item);
        }
    }
}
