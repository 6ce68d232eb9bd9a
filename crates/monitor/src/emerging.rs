//! Terms that nobody listed: hands what items say to the detector, and gives what rises its name.
//!
//! The name is the longest phrase around the term that most of its items have, as they spell it. What
//! is no run of whole words in the texts, as two characters across a border between words, or so
//! long that it is a shared text, is no name and nobody is told of it. Knows what it was given since
//! it was made.

use std::collections::{BTreeMap, HashMap};

use bellwether_detect::{Arrival, Emergent, EmergentSettings, Events, Risen};
use bellwether_model::{FamilyId, GroupId, Item, ItemId, StoryId, Timestamp};
use bellwether_query::AnalysedItem;
use bellwether_text::{Analysed, Term, UnitKind, excerpt, terms, unit_key, words};

use crate::error::MonitorError;
use crate::findings::{Finding, FindingKind, Sources};

/// Terms of an item that are counted, the title's first.
const TERMS_MAX: usize = 400;

/// Items that are read for a name, the latest.
const READ_MAX: usize = 24;

/// A name's phrase is in so many of ten items.
const AGREE: usize = 8;

/// A longer phrase is no name but a text that is carried.
const UNITS_MAX: usize = 12;

/// A phrase of so many characters is looked at in the words of the text; a longer one that so many
/// have is none by chance.
const DOUBTED: usize = 3;

/// Of a name so many characters are told.
const NAME_CHARS_MAX: usize = 60;

/// Spellings that are told.
const SPELLINGS_MAX: usize = 4;

/// What rises among the terms of items, in bounded memory.
pub(crate) struct Emerging {
    engine: Emergent,
    events: Events,
    families: HashMap<FamilyId, u32>,
    groups: HashMap<GroupId, u16>,
}

impl Default for Emerging {
    fn default() -> Self {
        Self {
            engine: Emergent::new(EmergentSettings::default()),
            events: Events::default(),
            families: HashMap::new(),
            groups: HashMap::new(),
        }
    }
}

/// A phrase by the keys of its units.
type Phrase = Vec<u64>;

impl Emerging {
    /// What rises with an item that is new.
    pub(crate) fn take(
        &mut self,
        sources: &Sources<'_>,
        item: &Item,
        analysed: &AnalysedItem,
        story: Option<StoryId>,
        at: Timestamp,
    ) -> Result<Vec<Finding>, MonitorError> {
        let Some(source) = item.sources.first() else {
            return Ok(Vec::new());
        };
        let parts = [&analysed.title, &analysed.text];
        let mut distinct: BTreeMap<u64, (usize, Term)> = BTreeMap::new();
        let all = (parts.iter().enumerate())
            .flat_map(|(part, analysed)| terms(analysed).map(move |term| (part, term)));
        for (part, term) in all {
            if distinct.len() >= TERMS_MAX {
                break;
            }
            distinct.entry(term.key).or_insert((part, term));
        }
        let keys: Vec<u64> = distinct.keys().copied().collect();
        let group = sources.directory.groups_of(source).first();
        let families = u32::try_from(self.families.len()).unwrap_or(u32::MAX);
        let groups = u16::try_from(self.groups.len()).unwrap_or(u16::MAX);
        let family = sources.directory.family(source);
        let arrival = Arrival {
            item: item.id.0,
            received: seconds(at),
            time: seconds(item.time),
            family: *self.families.entry(family).or_insert(families),
            story: story.map_or(item.id.0, |story| story.0),
            group: group.map_or(u16::MAX, |group| {
                *self.groups.entry(group.clone()).or_insert(groups)
            }),
            role: sources.role(source),
            script: script(&parts),
        };
        let mut found = Vec::new();
        for risen in self.engine.take(arrival, &keys) {
            let Some((part, term)) = keys.get(risen.term).and_then(|key| distinct.get(key)) else {
                continue;
            };
            if self.events.is_known(arrival.received, term.key, &risen) {
                continue;
            }
            let read = read(sources, &risen)?;
            let Some(names) = names(parts[*part], *term, &read) else {
                continue;
            };
            self.events.open(arrival.received, term.key, &risen);
            let mut members = Vec::new();
            for item in &risen.items {
                if let Some(stored) = sources.derived.stored(ItemId(*item))? {
                    members.push(sources.found(&stored, None));
                }
            }
            found.push(Finding {
                at,
                name: names.first().cloned().unwrap_or_default(),
                kind: FindingKind::Emergent { names, risen },
                members,
            });
        }
        Ok(found)
    }
}

impl Emerging {
    /// People are told of these items for another reason.
    pub(crate) fn told(&mut self, finding: &Finding) {
        let items = finding.members.iter().map(|member| member.item.0);
        self.events.told(seconds(finding.at), items);
    }
}

fn read(sources: &Sources<'_>, risen: &Risen) -> Result<Vec<(Item, AnalysedItem)>, MonitorError> {
    let mut read = Vec::new();
    for item in risen.items.iter().rev().take(READ_MAX) {
        if let Some(item) = sources.log.item(ItemId(*item))? {
            let analysed = AnalysedItem::of(&item);
            read.push((item, analysed));
        }
    }
    Ok(read)
}

/// The spellings of the longest phrase around a term that most texts have, the most frequent first;
/// `None` where it is no name.
fn names(analysed: &Analysed, term: Term, read: &[(Item, AnalysedItem)]) -> Option<Vec<String>> {
    let texts: Vec<Vec<u64>> = read
        .iter()
        .flat_map(|(_, analysed)| [&analysed.title, &analysed.text])
        .map(keys)
        .collect();
    let has = |phrase: &[u64]| {
        let in_one = |pair: &[Vec<u64>]| pair.iter().any(|keys| position(keys, phrase).is_some());
        texts.chunks(2).filter(|pair| in_one(pair)).count()
    };
    let own = keys(analysed);
    let (mut from, mut to) = (
        place(analysed, term.first),
        place(analysed, term.first + term.len - 1) + 1,
    );
    loop {
        let longer = [(from.checked_sub(1), to), (Some(from), to + 1)];
        let next = longer.into_iter().find_map(|(from, to)| {
            let phrase = own.get(from?..to)?;
            let is_whole = !phrase.contains(&GAP);
            (is_whole && 10 * has(phrase) >= AGREE * read.len()).then_some((from?, to))
        });
        match next {
            Some(next) if to - from <= UNITS_MAX => (from, to) = next,
            Some(_) => return None,
            None => break,
        }
    }
    let phrase: Phrase = own.get(from..to)?.to_vec();
    let mut spellings: BTreeMap<String, usize> = BTreeMap::new();
    let (mut whole, mut cut) = (0, 0);
    for (item, analysed) in read {
        for (raw, part) in [(&item.title, &analysed.title), (&item.text, &analysed.text)] {
            let Some(span) = span(part, &phrase) else {
                continue;
            };
            if let Some(spelling) = raw.get(span.clone()) {
                let spelling = excerpt(spelling, NAME_CHARS_MAX);
                *spellings.entry(spelling).or_default() += 1;
            }
            let is_doubted = phrase.len() <= DOUBTED
                && part.units().iter().any(|unit| unit.kind == UnitKind::Char);
            if !is_doubted || is_of_words(raw, analysed.lang, &span) {
                whole += 1;
            } else {
                cut += 1;
            }
        }
    }
    let mut spellings: Vec<(String, usize)> = spellings.into_iter().collect();
    spellings.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    spellings.truncate(SPELLINGS_MAX);
    (whole > cut).then(|| {
        spellings
            .into_iter()
            .map(|(spelling, _)| spelling)
            .collect()
    })
}

/// Between the keys of units that do not stand side by side.
const GAP: u64 = 0;

/// The keys of a text's units, with a gap where they do not stand side by side.
fn keys(analysed: &Analysed) -> Vec<u64> {
    let mut keys = Vec::new();
    let mut before = None;
    for unit in analysed.units() {
        if before.is_some_and(|before| before + 1 != unit.position) {
            keys.push(GAP);
        }
        keys.push(unit_key(analysed, unit));
        before = Some(unit.position);
    }
    keys
}

/// The place of a unit among the keys.
fn place(analysed: &Analysed, unit: usize) -> usize {
    let units = analysed.units().get(..=unit).unwrap_or_default();
    unit + units
        .windows(2)
        .filter(|pair| pair[0].position + 1 != pair[1].position)
        .count()
}

fn position(keys: &[u64], phrase: &[u64]) -> Option<usize> {
    keys.windows(phrase.len().max(1))
        .position(|window| window == phrase)
}

/// The bytes of a text that spell a phrase, where it has it.
fn span(analysed: &Analysed, phrase: &[u64]) -> Option<std::ops::Range<usize>> {
    let keys = keys(analysed);
    let at = position(&keys, phrase)?;
    let first = keys.get(..at)?.iter().filter(|key| **key != GAP).count();
    let units = analysed.units().get(first..first + phrase.len())?;
    Some(units.first()?.source_bytes().start..units.last()?.source_bytes().end)
}

/// Whether a stretch of a text begins and ends with a word.
fn is_of_words(raw: &str, lang: &str, span: &std::ops::Range<usize>) -> bool {
    let words = words(raw, lang);
    words
        .iter()
        .any(|word| word.source.start as usize == span.start)
        && words
            .iter()
            .any(|word| word.source.end as usize == span.end)
}

/// The script that most of a text is in: characters without spaces, Latin, Cyrillic, Arabic, others.
fn script(parts: &[&Analysed]) -> u8 {
    let mut counts = [0_usize; 5];
    for analysed in parts {
        for unit in analysed.units() {
            let class = match (unit.kind, analysed.text(unit).chars().next()) {
                (UnitKind::Char, _) => 0,
                (_, Some('a'..='z' | '\u{c0}'..='\u{24f}')) => 1,
                (_, Some('\u{400}'..='\u{52f}')) => 2,
                (_, Some('\u{600}'..='\u{6ff}')) => 3,
                _ => 4,
            };
            counts[class] += 1;
        }
    }
    let most = (0..counts.len())
        .rev()
        .max_by_key(|class| counts[*class])
        .unwrap_or(0);
    u8::try_from(most).unwrap_or(0)
}

fn seconds(time: Timestamp) -> u32 {
    u32::try_from(time.as_second().max(0)).unwrap_or(u32::MAX)
}
