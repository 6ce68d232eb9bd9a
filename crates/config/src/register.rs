//! Ids in use: each once, and each that is named must exist.

use std::collections::BTreeMap;

use crate::table::{Place, Placed, Table};
use crate::words::{did_you_mean, quoted};

/// So many edits between a text and an id are taken for a slip.
const SLIP: usize = 1;

/// The ids of one kind of thing, with the place of each.
#[derive(Debug)]
pub(crate) struct Register<'a> {
    /// What they are the ids of, in the singular.
    noun: &'static str,
    plural: &'static str,
    places: BTreeMap<&'a str, Place<'a>>,
    /// A file that might hold more of them could not be read: nothing can be said to be missing.
    incomplete: bool,
}

impl<'a> Register<'a> {
    pub(crate) fn new(noun: &'static str, plural: &'static str, incomplete: bool) -> Self {
        Self {
            noun,
            plural,
            places: BTreeMap::new(),
            incomplete,
        }
    }

    /// The id of a new thing: `id` of its table. Registered even where the rest of the thing is
    /// wrong, so that one fault does not become many.
    pub(crate) fn enter(&mut self, table: &Table<'a>) -> Option<&'a str> {
        let id = table.required_text("id");
        if id.is_none() {
            // A thing is there whose id cannot be read; it may be the one that others name.
            self.incomplete = true;
        }
        let id = id?;
        if !is_id(table, id) {
            return None;
        }
        if let Some(first) = self.places.get(id.value) {
            table.sink.fault(
                id.place,
                format!(
                    "{} {} stands already at {}",
                    self.noun,
                    quoted(id.value),
                    first.shown()
                ),
                Some("give each an id of its own".to_owned()),
            );
            return None;
        }
        self.places.insert(id.value, id.place);
        Some(id.value)
    }

    /// Whether a text that need not be an id is one.
    pub(crate) fn knows(&self, text: &str) -> Known<'_> {
        if self.places.contains_key(text) {
            return Known::Yes;
        }
        // Of a text that is no id at all nobody can have meant one.
        let is_near =
            |id: &&&str| bellwether_model::is_slug(text) && strsim::osa_distance(text, id) <= SLIP;
        self.places
            .keys()
            .find(is_near)
            .filter(|_| !self.incomplete)
            .map_or(Known::No, |near| Known::Nearly(near))
    }

    /// Whether a thing that is named exists; reports it where it does not.
    pub(crate) fn check(&self, table: &Table<'a>, id: Placed<'a, &'a str>) -> bool {
        if self.places.contains_key(id.value) {
            return true;
        }
        if !self.incomplete {
            table.sink.fault(
                id.place,
                format!("there is no {} {}", self.noun, quoted(id.value)),
                Some(did_you_mean(
                    id.value,
                    self.places.keys().copied(),
                    self.plural,
                )),
            );
        }
        false
    }
}

/// What a text is to a list of ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known<'r> {
    /// One of them.
    Yes,
    /// None of them, but a slip away from this one.
    Nearly(&'r str),
    /// None of them.
    No,
}

/// Whether a text can be an id; reports it where it cannot.
pub(crate) fn is_id(table: &Table<'_>, id: Placed<'_, &str>) -> bool {
    let good = bellwether_model::is_slug(id.value);
    if !good {
        table.sink.fault(
            id.place,
            format!("{} is no identifier", quoted(id.value)),
            Some("use 1 to 64 of a-z, 0-9 and `-`, beginning with a letter or digit".to_owned()),
        );
    }
    good
}
