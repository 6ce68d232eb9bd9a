//! The texts of everyday: topics in four languages, filled with places and figures.
//!
//! Each item is a title with its lead, a detail of its topic and a closing, so that hardly two texts
//! agree while all of them stay readable.

mod en;
mod ru;
mod zh_hans;
mod zh_hant;

use crate::chance::Chance;
use crate::outlets::Lang;

/// Something that is written about, with the sentences it is written in. `{place}`, `{other}`, `{n}`
/// and `{m}` are filled in. A title belongs to the lead at its place, details and closings to any.
#[derive(Debug)]
pub(crate) struct Topic {
    pub(crate) titles: &'static [&'static str],
    pub(crate) leads: &'static [&'static str],
    pub(crate) details: &'static [&'static str],
}

/// All that is written in one language.
#[derive(Debug)]
pub(crate) struct Book {
    /// The invented towns, in the same order in every language.
    pub(crate) places: [&'static str; 6],
    pub(crate) everyday: &'static [Topic],
    /// What the rule on counting machines finds; its leads hold the words.
    pub(crate) machines: Topic,
    /// What the rule on a postponed vote finds; its leads hold the words.
    pub(crate) postponed: Topic,
    pub(crate) closings: &'static [&'static str],
}

/// A title and a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) title: String,
    pub(crate) text: String,
}

/// The book of a language.
pub(crate) const fn book(lang: Lang) -> &'static Book {
    match lang {
        Lang::En => &en::BOOK,
        Lang::ZhHant => &zh_hant::BOOK,
        Lang::ZhHans => &zh_hans::BOOK,
        Lang::Ru => &ru::BOOK,
    }
}

impl Lang {
    /// What stands between two sentences.
    const fn gap(self) -> &'static str {
        match self {
            Self::En | Self::Ru => " ",
            Self::ZhHant | Self::ZhHans => "",
        }
    }
}

/// Writes an item on a topic.
pub(crate) fn write(lang: Lang, topic: &Topic, chance: &mut Chance) -> Words {
    let book = book(lang);
    let place = chance.below(book.places.len());
    let other = place + 1 + chance.below(book.places.len() - 1);
    let slots = [
        ("{place}", book.places[place].to_owned()),
        ("{other}", book.places[other % book.places.len()].to_owned()),
        ("{n}", figure(chance, 1).to_string()),
        ("{m}", figure(chance, 10).to_string()),
    ];
    let fill = |template: &str| {
        slots
            .iter()
            .fold(template.to_owned(), |text, (slot, value)| {
                text.replace(slot, value)
            })
    };
    let chosen = chance.below(topic.titles.len().min(topic.leads.len()));
    let at = |list: &[&'static str]| list.get(chosen).copied().unwrap_or_default();
    let sentences = [
        at(topic.leads),
        chance.text(topic.details),
        chance.text(book.closings),
    ];
    Words {
        title: fill(at(topic.titles)),
        text: sentences.map(fill).join(lang.gap()),
    }
}

/// Tens times `scale`, and one of the ends after which English and Russian have the same plural.
fn figure(chance: &mut Chance, scale: usize) -> usize {
    const ENDS: [usize; 6] = [0, 5, 6, 7, 8, 9];
    let tens = 2 * scale + chance.below(7 * scale);
    tens * 10 + chance.pick(&ENDS).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_title_has_its_lead() {
        for lang in [Lang::En, Lang::ZhHant, Lang::ZhHans, Lang::Ru] {
            let book = book(lang);
            for topic in book
                .everyday
                .iter()
                .chain([&book.machines, &book.postponed])
            {
                assert_eq!(topic.titles.len(), topic.leads.len(), "{topic:?}");
                assert!(!topic.titles.is_empty() && !topic.details.is_empty());
            }
        }
    }
}
