//! What a term that rises is called.
//!
//! The name is the longest phrase around the term that most of its items have, as they spell it. What
//! is no run of whole words in the texts, as two characters across a border between words, or so
//! long that it is a shared text, is no name and nobody is told of it.

use std::collections::BTreeMap;
use std::ops::Range;

use bellwether_model::{Item, ItemId};
use bellwether_query::AnalysedItem;
use bellwether_text::{Analysed, Term, UnitKind, excerpt, unit_key, words};

use crate::error::MonitorError;
use crate::findings::Sources;

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

/// A phrase by the keys of its units.
type Phrase = Vec<u64>;

/// An item and its analysis.
pub(crate) type Text = (Item, AnalysedItem);

/// The latest of some items that are in order of time.
pub(crate) fn read(sources: &Sources<'_>, items: &[u64]) -> Result<Vec<Text>, MonitorError> {
    let mut read = Vec::new();
    for item in items.iter().rev().take(READ_MAX) {
        if let Some(item) = sources.log.item(ItemId(*item))? {
            let analysed = AnalysedItem::of(&item);
            read.push((item, analysed));
        }
    }
    Ok(read)
}

/// The spellings of the longest phrase around a term that most texts have, the most frequent first;
/// `None` where it is no name.
pub(crate) fn names(analysed: &Analysed, term: Term, read: &[Text]) -> Option<Vec<String>> {
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
fn span(analysed: &Analysed, phrase: &[u64]) -> Option<Range<usize>> {
    let keys = keys(analysed);
    let at = position(&keys, phrase)?;
    let first = keys.get(..at)?.iter().filter(|key| **key != GAP).count();
    let units = analysed.units().get(first..first + phrase.len())?;
    Some(units.first()?.source_bytes().start..units.last()?.source_bytes().end)
}

/// Whether a stretch of a text begins and ends with a word.
fn is_of_words(raw: &str, lang: &str, span: &Range<usize>) -> bool {
    let words = words(raw, lang);
    words
        .iter()
        .any(|word| word.source.start as usize == span.start)
        && words
            .iter()
            .any(|word| word.source.end as usize == span.end)
}

/// The term as a text spells it.
pub(crate) fn spelled(raw: &str, analysed: &Analysed, term: Term) -> Option<String> {
    let units = analysed.units().get(term.first..term.first + term.len)?;
    let bytes = units.first()?.source_bytes().start..units.last()?.source_bytes().end;
    Some(excerpt(raw.get(bytes)?, NAME_CHARS_MAX))
}

#[cfg(test)]
mod tests {
    use bellwether_model::{CaptureId, PostFacts, PublisherId, Seq, TimeReason, Timestamp};
    use bellwether_text::{analyse, terms};

    use super::*;

    fn text(title: &str) -> Text {
        let item = Item {
            id: ItemId(1),
            seq: Seq(1),
            publisher: PublisherId::new("p"),
            sources: Vec::new(),
            guid: None,
            url: None,
            platform: None,
            lang_declared: None,
            title: title.to_owned(),
            text: String::new(),
            seen: Timestamp::UNIX_EPOCH,
            published: None,
            published_raw: None,
            time: Timestamp::UNIX_EPOCH,
            time_reason: TimeReason::Missing,
            imported_at: None,
            facts: PostFacts::default(),
            versions: 1,
            capture: CaptureId(1),
        };
        let analysed = AnalysedItem::of(&item);
        (item, analysed)
    }

    /// The names of a term of the first of some titles.
    fn named(term: &str, titles: &[&str]) -> Option<Vec<String>> {
        let analysed = analyse(titles[0]);
        let key = terms(&analyse(term)).next().unwrap().key;
        let term = terms(&analysed).find(|term| term.key == key).unwrap();
        let texts: Vec<Text> = titles.iter().map(|title| text(title)).collect();
        names(&analysed, term, &texts)
    }

    #[test]
    fn the_longest_phrase_that_most_agree_on_in_its_spellings() {
        let titles = [
            "Observers fear the Harbour Ledger affair",
            "What is the harbour ledger?",
            "New claims: the Harbour Ledger again",
            "Nobody explains the Harbour Ledger today",
        ];
        assert_eq!(
            named("ledger", &titles),
            Some(vec![
                "the Harbour Ledger".to_owned(),
                "the harbour ledger".to_owned()
            ])
        );
    }

    #[test]
    fn both_scripts_are_one_name() {
        let titles = ["選委會否認幽靈選票", "幽灵选票再被提起", "何謂幽靈選票"];
        let names = named("幽靈", &titles).unwrap();
        assert_eq!(names, ["幽靈選票", "幽灵选票"]);
    }

    #[test]
    fn what_lies_across_a_border_between_words_is_no_name() {
        // 「台灣人民」「台灣人口」「香港人才」: 灣人 and 港人 are no words.
        let titles = ["台灣人民的聲音", "在台灣人口減少", "台灣人才外流"];
        assert_eq!(named("灣人", &titles), None);
    }

    #[test]
    fn a_text_that_all_carry_is_no_name() {
        let title = "one long sentence that every outlet on the list carries in the very same words \
                     from the first of them to the last";
        assert_eq!(named("sentence", &[title, title, title]), None);
    }

    #[test]
    fn a_term_is_spelled_as_its_text_has_it() {
        let raw = "New: Harbour  LEDGER!";
        let analysed = analyse(raw);
        let spelled: Vec<_> = terms(&analysed)
            .filter_map(|term| spelled(raw, &analysed, term))
            .collect();
        assert_eq!(
            spelled,
            [
                "New",
                "New: Harbour",
                "Harbour",
                "Harbour  LEDGER",
                "LEDGER"
            ]
        );
    }
}
