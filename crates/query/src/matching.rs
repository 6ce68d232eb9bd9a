//! Whether one item matches, and where.

use std::ops::Range;

use bellwether_model::{Item, PublisherId, SourceId, Timestamp};
use bellwether_text::{Analysed, analyse, language};

use crate::ast::TextField;
use crate::bind::Bound;
use crate::phrase::Phrase;

/// An item as the matcher sees it: analysed once, matched against many rules.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// Its title.
    pub title: &'a Analysed,
    /// Its text.
    pub text: &'a Analysed,
    /// The sources that showed it.
    pub sources: &'a [SourceId],
    /// Who published it.
    pub publisher: &'a PublisherId,
    /// Its language as the analyser found it.
    pub lang: &'a str,
    /// The platform an imported line named.
    pub platform: Option<&'a str>,
    /// The time that is used.
    pub time: Timestamp,
}

/// One of the two texts of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// Its title.
    Title,
    /// Its text.
    Text,
}

/// A place that matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Highlight {
    /// In which text.
    pub field: Field,
    /// The bytes of that text as published.
    pub bytes: Range<usize>,
}

/// Whether an item matches.
#[must_use]
pub fn matches(bound: &Bound, document: &Document<'_>) -> bool {
    match bound {
        Bound::All => true,
        Bound::Phrase { field, phrase } => texts(*field, document)
            .into_iter()
            .flatten()
            .any(|(_, text)| occurs(phrase, text)),
        Bound::Sources(wanted) => document
            .sources
            .iter()
            .any(|source| wanted.contains(source)),
        Bound::Publisher(wanted) => document.publisher == wanted,
        Bound::Lang(wanted) => {
            let lang = document.lang.to_lowercase();
            lang == *wanted || lang.split('-').next() == Some(wanted)
        }
        Bound::Platform(wanted) => document
            .platform
            .is_some_and(|p| p.to_lowercase() == *wanted),
        Bound::Time(span) => span.contains(document.time),
        Bound::And(parts) => parts.iter().all(|part| matches(part, document)),
        Bound::Or(parts) => parts.iter().any(|part| matches(part, document)),
        Bound::Not(part) => !matches(part, document),
    }
}

/// The places in title and text that a query found, in order, at most `max` in each.
#[must_use]
pub fn highlights(bound: &Bound, title: &Analysed, text: &Analysed, max: usize) -> Vec<Highlight> {
    let mut found = Vec::new();
    for (field, analysed) in [(Field::Title, title), (Field::Text, text)] {
        let mut places: Vec<Range<usize>> = Vec::new();
        gather(bound, field, analysed, max, &mut places);
        places.sort_by_key(|range| (range.start, range.end));
        let mut merged: Vec<Range<usize>> = Vec::new();
        for place in places {
            match merged.last_mut() {
                Some(last) if place.start < last.end => last.end = last.end.max(place.end),
                _ => merged.push(place),
            }
        }
        merged.truncate(max);
        found.extend(merged.into_iter().map(|bytes| Highlight { field, bytes }));
    }
    found
}

fn gather(
    bound: &Bound,
    field: Field,
    analysed: &Analysed,
    max: usize,
    places: &mut Vec<Range<usize>>,
) {
    match bound {
        Bound::Phrase {
            field: wanted,
            phrase,
        } if covers(*wanted, field) => {
            let limit = places.len() + max;
            phrase.each_in(analysed, |units| {
                let units = &analysed.units()[units];
                if let (Some(first), Some(last)) = (units.first(), units.last()) {
                    places.push(first.source_bytes().start..last.source_bytes().end);
                }
                places.len() < limit
            });
        }
        Bound::And(parts) | Bound::Or(parts) => {
            for part in parts {
                gather(part, field, analysed, max, places);
            }
        }
        // What must not be there cannot be shown.
        _ => {}
    }
}

fn covers(wanted: TextField, field: Field) -> bool {
    match wanted {
        TextField::Any => true,
        TextField::Title => field == Field::Title,
        TextField::Text => field == Field::Text,
    }
}

fn texts<'a>(field: TextField, document: &Document<'a>) -> [Option<(Field, &'a Analysed)>; 2] {
    [
        covers(field, Field::Title).then_some((Field::Title, document.title)),
        covers(field, Field::Text).then_some((Field::Text, document.text)),
    ]
}

fn occurs(phrase: &Phrase, text: &Analysed) -> bool {
    let mut is_found = false;
    phrase.each_in(text, |_| {
        is_found = true;
        false
    });
    is_found
}

/// An item taken apart once, to be matched against any number of queries.
#[derive(Debug, Clone)]
pub struct AnalysedItem {
    /// Its title.
    pub title: Analysed,
    /// Its text.
    pub text: Analysed,
    /// Its language, `und` where the text does not say.
    pub lang: &'static str,
}

impl AnalysedItem {
    /// Takes an item apart.
    #[must_use]
    pub fn of(item: &Item) -> Self {
        Self {
            title: analyse(&item.title),
            text: analyse(&item.text),
            lang: item_language(item),
        }
    }

    /// The item as the matcher sees it.
    #[must_use]
    pub fn document<'a>(&'a self, item: &'a Item) -> Document<'a> {
        Document {
            title: &self.title,
            text: &self.text,
            sources: &item.sources,
            publisher: &item.publisher,
            lang: self.lang,
            platform: item.platform.as_deref(),
            time: item.time,
        }
    }
}

/// The language of an item by what is written in it, never by what its source claims.
#[must_use]
pub fn item_language(item: &Item) -> &'static str {
    language(&format!("{}\n{}", item.title, item.text))
}
