//! Whether one item matches, and where.

use std::ops::Range;

use bellwether_model::{Item, ItemId, PublisherId, SourceId, Timestamp};
use bellwether_text::{Analysed, EntityKind, address_key, analyse, domains, language};

use crate::ast::TextField;
use crate::bind::Bound;
use crate::spans::Span;

/// An item as the matcher sees it: analysed once, matched against many rules.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// Which item it is.
    pub item: ItemId,
    /// Its own address, as [`address_key`] gives it.
    pub address: Option<&'a str>,
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
        Bound::Text { field, pattern } => texts(*field, document)
            .into_iter()
            .flatten()
            .any(|text| pattern.occurs(text, document.lang)),
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
        Bound::Items(wanted) => wanted.contains(&document.item),
        Bound::Url(wanted) => addresses(document).any(|address| address == wanted),
        Bound::Domain(wanted) => {
            addresses(document).any(|address| domains(address).any(|domain| domain == wanted))
        }
        Bound::Tag(wanted) => keys(document, EntityKind::Tag).any(|tag| tag == wanted),
        Bound::Time(span) => span.contains(document.time),
        Bound::Until(last) => document.item <= *last,
        Bound::And(parts) => parts.iter().all(|part| matches(part, document)),
        Bound::Or(parts) => parts.iter().any(|part| matches(part, document)),
        Bound::Not(part) => !matches(part, document),
    }
}

/// How many places are shown.
#[derive(Debug, Clone, Copy)]
pub struct ShownMax {
    /// In each of title and text.
    pub places: usize,
    /// Positions of the text from the first place of a word on; later ones need not be found.
    pub reach: u32,
}

/// The places in title and text of an item in language `lang` that a query found, in order.
#[must_use]
pub fn highlights(
    bound: &Bound,
    title: &Analysed,
    text: &Analysed,
    lang: &str,
    max: ShownMax,
) -> Vec<Highlight> {
    let whole = ShownMax {
        reach: u32::MAX,
        ..max
    };
    let mut found = Vec::new();
    for (field, analysed, max) in [(Field::Title, title, whole), (Field::Text, text, max)] {
        let mut places: Vec<Range<usize>> = Vec::new();
        gather(bound, field, analysed, lang, max, &mut places);
        places.sort_by_key(|range| (range.start, range.end));
        let mut merged: Vec<Range<usize>> = Vec::new();
        for place in places {
            match merged.last_mut() {
                Some(last) if place.start < last.end => last.end = last.end.max(place.end),
                _ => merged.push(place),
            }
        }
        merged.truncate(max.places);
        found.extend(merged.into_iter().map(|bytes| Highlight { field, bytes }));
    }
    found
}

fn gather(
    bound: &Bound,
    field: Field,
    analysed: &Analysed,
    lang: &str,
    max: ShownMax,
    places: &mut Vec<Range<usize>>,
) {
    let entities = |wanted: EntityKind, is_found: &dyn Fn(&str) -> bool| -> Vec<Range<usize>> {
        analysed
            .entities()
            .iter()
            .filter(|entity| entity.kind == wanted && is_found(analysed.key(entity)))
            .map(|entity| entity.source.start as usize..entity.source.end as usize)
            .take(max.places)
            .collect()
    };
    match bound {
        Bound::Text {
            field: wanted,
            pattern,
        } if covers(*wanted, field) => {
            let mut spans = pattern.shown(analysed, lang, max.reach);
            spans.sort_unstable();
            places.extend(
                spans
                    .into_iter()
                    .take(max.places)
                    .filter_map(|span| bytes(analysed, span)),
            );
        }
        Bound::Tag(wanted) => places.extend(entities(EntityKind::Tag, &|key| key == wanted)),
        Bound::Url(wanted) => places.extend(entities(EntityKind::Url, &|key| key == wanted)),
        Bound::Domain(wanted) => places.extend(entities(EntityKind::Url, &|key| {
            domains(key).any(|domain| domain == wanted)
        })),
        Bound::And(parts) | Bound::Or(parts) => {
            for part in parts {
                gather(part, field, analysed, lang, max, places);
            }
        }
        // What must not be there cannot be shown.
        _ => {}
    }
}

/// The bytes of the original that a stretch of positions stands for.
fn bytes(analysed: &Analysed, span: Span) -> Option<Range<usize>> {
    let units = analysed.units();
    let first = units.partition_point(|unit| unit.position < span.start);
    let after = units.partition_point(|unit| unit.position < span.end);
    let within = units.get(first..after)?;
    Some(within.first()?.source_bytes().start..within.last()?.source_bytes().end)
}

/// The addresses of an item: its own, and those in its title and text.
fn addresses<'a>(document: &Document<'a>) -> impl Iterator<Item = &'a str> {
    document
        .address
        .into_iter()
        .chain(keys(document, EntityKind::Url))
}

fn keys<'a>(document: &Document<'a>, wanted: EntityKind) -> impl Iterator<Item = &'a str> {
    [document.title, document.text]
        .into_iter()
        .flat_map(move |text| {
            text.entities()
                .iter()
                .filter(move |entity| entity.kind == wanted)
                .map(|entity| text.key(entity))
        })
}

fn covers(wanted: TextField, field: Field) -> bool {
    match wanted {
        TextField::Any => true,
        TextField::Title => field == Field::Title,
        TextField::Text => field == Field::Text,
    }
}

fn texts<'a>(field: TextField, document: &Document<'a>) -> [Option<&'a Analysed>; 2] {
    [
        covers(field, Field::Title).then_some(document.title),
        covers(field, Field::Text).then_some(document.text),
    ]
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
    /// Its own address, as [`address_key`] gives it.
    pub address: Option<String>,
}

impl AnalysedItem {
    /// Takes an item apart.
    #[must_use]
    pub fn of(item: &Item) -> Self {
        Self {
            title: analyse(&item.title),
            text: analyse(&item.text),
            lang: item_language(item),
            address: item.url.as_deref().and_then(address_key),
        }
    }

    /// The item as the matcher sees it.
    #[must_use]
    pub fn document<'a>(&'a self, item: &'a Item) -> Document<'a> {
        Document {
            item: item.id,
            address: self.address.as_deref(),
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
