//! Which addresses of an import name an item.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use bellwether_archive::NewItem;

/// Addresses remembered; past it the first ones are forgotten, and an address that is shared is
/// found out only where it is shared again.
const REMEMBERED_MAX: usize = 1 << 20;

/// The addresses of an import with the id that stands on each. One that stands on different ids, as
/// that of a channel or of a live ticker does, names none of them, as in a feed.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    /// Digest of publisher and address to that of the id; `None` where there are several.
    ids: HashMap<u64, Option<u64>>,
    hasher: RandomState,
}

impl Addresses {
    /// Takes note of an item with id and address; one with either alone says nothing of the other.
    pub(super) fn note(&mut self, item: &NewItem) {
        let [id, address] = &item.identities[..] else {
            return;
        };
        if self.ids.len() >= REMEMBERED_MAX {
            self.ids.clear();
        }
        let id = self.hasher.hash_one(id);
        let known = self.ids.entry(self.key(item, address)).or_insert(Some(id));
        if *known != Some(id) {
            *known = None;
        }
    }

    /// Leaves the id alone where the address names several.
    pub(super) fn settle(&self, item: &mut NewItem) {
        if let [_, address] = &item.identities[..]
            && self.ids.get(&self.key(item, address)) == Some(&None)
        {
            item.identities.truncate(1);
        }
    }

    fn key(&self, item: &NewItem, address: &str) -> u64 {
        self.hasher.hash_one((item.publisher.as_str(), address))
    }
}
