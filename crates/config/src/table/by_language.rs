//! Tables whose keys are language tags, such as `[actor.aliases]`.

use toml::de::DeValue;

use super::{Place, Placed, Table};
use crate::checks;
use crate::keys::Section;

/// What stands under one language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InLanguage<'a> {
    /// The tag.
    pub(crate) lang: &'a str,
    value: &'a DeValue<'a>,
    pub(crate) place: Place<'a>,
    table: Table<'a>,
}

impl<'a> Table<'a> {
    /// The entries of a table of languages; none where the key is absent. Reports an empty one and
    /// keys that are no language tags.
    pub(crate) fn by_language(
        &self,
        key: &'static str,
        section: &'static Section,
    ) -> Vec<InLanguage<'a>> {
        let Some((value, place)) = self.get(key) else {
            return Vec::new();
        };
        let DeValue::Table(table) = value else {
            let wanted = format!("a table {}", section.header);
            self.wrong_type(key, place, value, &wanted);
            return Vec::new();
        };
        if table.is_empty() {
            let hint = "write at least one language, such as `en`".to_owned();
            self.sink
                .fault(place, format!("{} is empty", section.header), Some(hint));
        }
        let within = Self {
            section,
            table,
            place,
            sink: self.sink,
        };
        table
            .iter()
            .filter_map(|(tag, value)| {
                let tag = Placed {
                    value: tag.get_ref().as_ref(),
                    place: self.place_of(tag),
                };
                checks::is_language(&within, tag).then(|| InLanguage {
                    lang: tag.value,
                    value: value.get_ref(),
                    place: self.place_of(value),
                    table: within,
                })
            })
            .collect()
    }
}

impl<'a> InLanguage<'a> {
    /// Texts, each with its place; reports where there are none.
    pub(crate) fn texts(&self) -> Vec<Placed<'a, &'a str>> {
        if let DeValue::Array(array) = self.value
            && array.is_empty()
        {
            let hint = "leave the language out, or write at least one".to_owned();
            self.table.sink.fault(
                self.place,
                format!("`{}` has no entries", self.lang),
                Some(hint),
            );
        }
        self.table.texts_of(self.lang, self.value, self.place)
    }

    /// A text that may have several lines.
    pub(crate) fn prose(&self) -> Option<Placed<'a, &'a str>> {
        self.table
            .checked_text(self.lang, self.value, self.place, true)
    }
}
