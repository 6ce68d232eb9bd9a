//! Two texts side by side: which stretches they share, and which figures, names, quotations and
//! addresses.
//!
//! A stretch is a longest row of equal units, of either text as it stands: script variants, case and
//! punctuation do not count. They are found with a suffix automaton (Blumer et al., "The smallest
//! automaton recognizing the subwords of a text", 1985), so the work grows with the length of the
//! texts and not with its square, whatever they hold.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use bellwether_text::{EntityKind, Segmenter, UnitKind, fold};

use crate::Part;
use crate::figures::figures_in_place;
use crate::fingerprint::{UNITS_MAX, has_meaning, quotations};
use crate::hash;
use crate::names::latin_names;

/// What a stretch must weigh: four characters, or two words of meaning.
const WEIGHT_MIN: u32 = 4;

/// Entries of a list, at most.
const LISTED_MAX: usize = 100;

/// Quotations shorter than this, in bytes of their folded form, are no more than a word.
const QUOTE_BYTES_MIN: usize = 8;

/// A stretch of one text that stands in the other as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The part of the text it stands in, counted from 0.
    pub part: usize,
    /// Its bytes in that part, as published.
    pub bytes: Range<usize>,
    /// The part of the other text.
    pub other_part: usize,
    /// The bytes there, where it stands first.
    pub other_bytes: Range<usize>,
}

/// What two texts share, as it stands in each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beside {
    /// Stretches of the first text, in order, none over another.
    pub first: Vec<Run>,
    /// Stretches of the second text, in order, none over another.
    pub second: Vec<Run>,
}

/// What two texts have in common beside their wording, each once, as the first text has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Common {
    /// Figures by value, such as `240000` or `12.5%`.
    pub figures: Vec<String>,
    /// Names.
    pub names: Vec<String>,
    /// Quotations of the first that the second has whole.
    pub quotations: Vec<String>,
    /// Addresses.
    pub links: Vec<String>,
}

/// Finds the stretches that two texts share. What lies beyond 20,000 units of a text is not compared.
#[must_use]
pub fn beside(first: &[Part<'_>], second: &[Part<'_>]) -> Beside {
    let mut ids = HashMap::new();
    let first = tokens(first, &mut ids, u32::MAX);
    let second = tokens(second, &mut ids, u32::MAX - 1);
    Beside {
        first: runs(&first, &second),
        second: runs(&second, &first),
    }
}

/// A unit of a text as a number, or the end of a part.
struct Token {
    id: u32,
    weight: u32,
    part: usize,
    source: Range<usize>,
}

fn tokens<'a>(
    parts: &[Part<'a>],
    ids: &mut HashMap<(UnitKind, &'a str), u32>,
    end: u32,
) -> Vec<Token> {
    let mut tokens = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        for unit in part.units.units() {
            if tokens.len() >= UNITS_MAX {
                return tokens;
            }
            let text = part.units.text(unit);
            let next = u32::try_from(ids.len()).unwrap_or(end);
            tokens.push(Token {
                id: *ids.entry((unit.kind, text)).or_insert(next),
                weight: match unit.kind {
                    UnitKind::Char => 1,
                    UnitKind::Word => 2 * u32::from(has_meaning(text)),
                    UnitKind::Address => WEIGHT_MIN,
                },
                part: number,
                source: unit.source_bytes(),
            });
        }
        tokens.push(Token {
            id: end,
            weight: 0,
            part: number,
            source: part.raw.len()..part.raw.len(),
        });
    }
    tokens
}

/// The stretches of a text that another has, from its beginning on, each as long as can be.
fn runs(text: &[Token], other: &[Token]) -> Vec<Run> {
    let found = longest(text, other);
    let mut runs: Vec<Run> = Vec::new();
    let mut at = 0;
    while let Some((length, place)) = found.get(at).copied() {
        let own = &text[at..at + length];
        if own.iter().map(|token| token.weight).sum::<u32>() < WEIGHT_MIN {
            at += 1;
            continue;
        }
        at += length;
        let (Some(mut run), Some(there)) = (span(own), span(&other[place..place + length])) else {
            continue;
        };
        // Several units may come from one character.
        if let Some(last) = runs.last().filter(|last| last.part == run.0) {
            run.1.start = run.1.start.max(last.bytes.end);
        }
        if run.1.start < run.1.end {
            runs.push(Run {
                part: run.0,
                bytes: run.1,
                other_part: there.0,
                other_bytes: there.1,
            });
        }
    }
    runs
}

fn span(tokens: &[Token]) -> Option<(usize, Range<usize>)> {
    let (first, last) = (tokens.first()?, tokens.last()?);
    Some((first.part, first.source.start..last.source.end))
}

/// For each place of a text the length of the longest row from there on that the other text has, and
/// where it has it.
fn longest(text: &[Token], other: &[Token]) -> Vec<(usize, usize)> {
    // Backwards, an automaton tells what ends at a place; forwards that is what begins there.
    let automaton = Automaton::of(other.iter().rev().map(|token| token.id));
    let mut found = vec![(0, 0); text.len()];
    let (mut state, mut length) = (0, 0);
    for (at, token) in text.iter().enumerate().rev() {
        while state != 0 && !automaton.states[state].next.contains_key(&token.id) {
            state = automaton.states[state].link;
            length = automaton.states[state].length;
        }
        match automaton.states[state].next.get(&token.id) {
            Some(next) => (state, length) = (*next, length + 1),
            None => (state, length) = (0, 0),
        }
        if length > 0 {
            found[at] = (length, other.len() - 1 - automaton.states[state].end);
        }
    }
    found
}

#[derive(Debug, Clone, Default)]
struct State {
    next: BTreeMap<u32, usize>,
    link: usize,
    length: usize,
    /// Where what it stands for ends first.
    end: usize,
}

/// Knows every row of units of a text.
struct Automaton {
    /// The first stands for the empty row.
    states: Vec<State>,
}

impl Automaton {
    fn of(ids: impl Iterator<Item = u32>) -> Self {
        let mut automaton = Self {
            states: vec![State::default()],
        };
        let mut last = 0;
        for (at, id) in ids.enumerate() {
            last = automaton.extend(last, at, id);
        }
        automaton
    }

    fn extend(&mut self, last: usize, at: usize, id: u32) -> usize {
        let new = self.push(State {
            length: self.states[last].length + 1,
            end: at,
            ..State::default()
        });
        let mut from = Some(last);
        while let Some(state) = from.filter(|state| !self.states[*state].next.contains_key(&id)) {
            self.states[state].next.insert(id, new);
            from = self.before(state);
        }
        let Some(from) = from else { return new };
        let known = self.states[from].next.get(&id).copied().unwrap_or(0);
        if self.states[known].length == self.states[from].length + 1 {
            self.states[new].link = known;
            return new;
        }
        let copy = self.push(State {
            length: self.states[from].length + 1,
            ..self.states[known].clone()
        });
        let mut back = Some(from);
        while let Some(state) =
            back.filter(|state| self.states[*state].next.get(&id) == Some(&known))
        {
            self.states[state].next.insert(id, copy);
            back = self.before(state);
        }
        self.states[known].link = copy;
        self.states[new].link = copy;
        new
    }

    fn push(&mut self, state: State) -> usize {
        self.states.push(state);
        self.states.len() - 1
    }

    fn before(&self, state: usize) -> Option<usize> {
        (state != 0).then(|| self.states[state].link)
    }
}

/// What two texts have in common beside their wording; their languages tell where words begin.
#[must_use]
pub fn common(first: &[Part<'_>], second: &[Part<'_>], langs: [&str; 2]) -> Common {
    let theirs: BTreeSet<u64> = figures(second).collect();
    let figures: BTreeSet<u64> = figures(first).filter(|key| theirs.contains(key)).collect();
    let theirs = names(second, langs[1]);
    let mut names: Vec<String> = names(first, langs[0])
        .into_iter()
        .filter(|(name, _)| theirs.contains_key(name))
        .map(|(_, name)| name)
        .collect();
    names.sort_unstable();
    let folded: Vec<String> = second.iter().map(|part| fold(part.raw)).collect();
    let mut quoted = BTreeSet::new();
    let mut quotes = Vec::new();
    for part in first {
        for quote in quotations(part.raw).into_iter().take(4 * LISTED_MAX) {
            // Behind the sign that opens it.
            let inner = part.raw.get(quote).unwrap_or_default();
            let inner = inner.trim_start_matches(|c: char| !c.is_alphanumeric());
            let key = fold(inner);
            let is_shared = key.len() >= QUOTE_BYTES_MIN
                && quotes.len() < LISTED_MAX
                && folded.iter().any(|text| text.contains(&key));
            if is_shared && quoted.insert(key) {
                quotes.push(inner.trim().to_owned());
            }
        }
    }
    let theirs = links(second);
    Common {
        figures: figures.into_iter().take(LISTED_MAX).map(figure).collect(),
        names: names.into_iter().take(LISTED_MAX).collect(),
        quotations: quotes,
        links: links(first)
            .intersection(&theirs)
            .take(LISTED_MAX)
            .map(|link| (*link).to_owned())
            .collect(),
    }
}

pub(crate) fn figures<'a>(parts: &'a [Part<'_>]) -> impl Iterator<Item = u64> + 'a {
    parts
        .iter()
        .flat_map(|part| figures_in_place(part.raw))
        .map(|(_, figure)| figure)
}

/// A figure as written plainly.
pub(crate) fn figure(key: u64) -> String {
    let (thousandths, is_percent) = (key >> 1, key & 1 == 1);
    let sign = if is_percent { "%" } else { "" };
    let (whole, rest) = (thousandths / 1000, thousandths % 1000);
    if rest == 0 {
        return format!("{whole}{sign}");
    }
    let decimals = format!("{rest:03}");
    format!("{whole}.{}{sign}", decimals.trim_end_matches('0'))
}

fn names(parts: &[Part<'_>], lang: &str) -> BTreeMap<u32, String> {
    let mut names = BTreeMap::new();
    for part in parts {
        for (at, name) in latin_names(part) {
            let rest = part.raw.get(at..).unwrap_or_default();
            let end = rest
                .find(|c: char| !c.is_alphanumeric())
                .unwrap_or(rest.len());
            names.entry(name).or_insert_with(|| rest[..end].to_owned());
        }
        for word in Segmenter::default().words_of(part.raw, part.units, lang) {
            let source = word.source.start as usize..word.source.end as usize;
            let written = part.raw.get(source).unwrap_or_default();
            if word.is_unknown && (2..=6).contains(&written.chars().count()) {
                let name = hash::short(hash::of(&word.key));
                names.entry(name).or_insert_with(|| written.to_owned());
            }
        }
    }
    names
}

fn links<'a>(parts: &[Part<'a>]) -> BTreeSet<&'a str> {
    let mut links = BTreeSet::new();
    for part in parts {
        let entities = part.units.entities().iter();
        let urls = entities.filter(|entity| entity.kind == EntityKind::Url);
        links.extend(urls.map(|entity| part.units.key(entity)));
    }
    links
}

#[cfg(test)]
mod tests {
    use bellwether_text::{Analysed, analyse};
    use proptest::prelude::*;

    use super::*;

    fn marked(raw: &str, runs: &[Run]) -> Vec<String> {
        runs.iter()
            .map(|run| raw[run.bytes.clone()].to_owned())
            .collect()
    }

    fn both(a: &str, b: &str) -> Beside {
        let (x, y) = (analyse(a), analyse(b));
        beside(&[Part { raw: a, units: &x }], &[Part { raw: b, units: &y }])
    }

    #[test]
    fn stretches_are_found_in_any_script() {
        for (a, b, first, second) in [
            (
                "選委會表示，臺灣選票全程錄影。另案調查",
                "消息稱：台湾选票全程录影，尚待查證",
                vec!["臺灣選票全程錄影"],
                vec!["台湾选票全程录影"],
            ),
            (
                "The ballot boxes arrived late, officials said",
                "Late last night THE BALLOT BOXES ARRIVED.",
                vec!["The ballot boxes arrived"],
                vec!["THE BALLOT BOXES ARRIVED"],
            ),
            (
                "Избирательные участки открыты",
                "Все избирательные участки закрыты",
                vec!["Избирательные участки"],
                vec!["избирательные участки"],
            ),
            ("選票", "選票", vec![], vec![]),
            ("of the and a", "of the and a", vec![], vec![]),
            ("", "", vec![], vec![]),
        ] {
            let found = both(a, b);
            assert_eq!(marked(a, &found.first), first, "{a}");
            assert_eq!(marked(b, &found.second), second, "{b}");
        }
    }

    #[test]
    fn what_is_repeated_is_marked_each_time_and_parts_stay_apart() {
        let found = both("選票全程錄影", "選票全程錄影。又稱選票全程錄影");
        assert_eq!((found.first.len(), found.second.len()), (1, 2));
        let [title, text, whole] = ["選票全程", "錄影公開", "選票全程錄影公開"];
        let units = [title, text, whole].map(analyse);
        let found = beside(
            &[
                Part {
                    raw: title,
                    units: &units[0],
                },
                Part {
                    raw: text,
                    units: &units[1],
                },
            ],
            &[Part {
                raw: whole,
                units: &units[2],
            }],
        );
        let parts: Vec<usize> = found.first.iter().map(|run| run.part).collect();
        assert_eq!(parts, [0, 1]);
        assert_eq!(found.second.len(), 2);
    }

    #[test]
    fn one_character_of_several_units_is_marked_once() {
        // ㌔ and the like unfold to several characters.
        let found = both("㍿㍿㍿㍿", "株式会社株式会社社株式会社");
        let mut end = 0;
        for run in &found.first {
            assert!(run.bytes.start >= end);
            end = run.bytes.end;
        }
    }

    #[test]
    fn a_text_of_one_unit_repeated_ends_soon() {
        let long = "選".repeat(20_000);
        let turned = format!("{}舉{}", "選".repeat(9_000), "選".repeat(9_000));
        let found = both(&long, &turned);
        assert_eq!(found.second.len(), 2);
    }

    #[test]
    fn lists() {
        let a = "Mayor Ingrid Vasquez said \"we counted every ballot twice\": 240,000 of them, 12.5% by post. https://e.example.org/a";
        let b = "Officials: 240 thousand, 12.5 percent. \"We counted every ballot twice\", according to Vasquez. https://e.example.org/a?utm_source=x";
        let (x, y) = (analyse(a), analyse(b));
        let parts = |raw, units| [Part { raw, units }];
        let found = common(&parts(a, &x), &parts(b, &y), ["en", "en"]);
        assert_eq!(found.figures, ["12.5%", "240000"]);
        assert_eq!(found.names, ["Vasquez"]);
        assert_eq!(found.quotations, ["we counted every ballot twice"]);
        assert_eq!(found.links.len(), 1, "{:?}", found.links);
    }

    /// The folded units that lie in some bytes.
    fn units(analysed: &Analysed, bytes: &Range<usize>) -> Vec<String> {
        analysed
            .units()
            .iter()
            .filter(|unit| {
                let source = unit.source_bytes();
                source.start >= bytes.start && source.end <= bytes.end
            })
            .map(|unit| analysed.text(unit).to_owned())
            .collect()
    }

    fn text() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "選",
            "舉",
            "票",
            "台",
            "臺",
            "。",
            "，",
            " ",
            "\n",
            "ballot",
            "Ballot",
            "boxes",
            " the ",
            "выборы",
            "ё",
            "🎉",
            "\u{200B}",
            "é",
            "12",
            "https://e.org/a ",
            "انتخابات",
            "か",
            "「",
            "」",
        ]);
        prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn what_is_marked_is_equal(titles in [text(), text()], texts in [text(), text()]) {
            let raws = [[&titles[0], &texts[0]], [&titles[1], &texts[1]]];
            let units_of = raws.map(|raws| raws.map(|raw| analyse(raw)));
            let parts = [0, 1].map(|side: usize| {
                [0, 1].map(|part: usize| Part { raw: raws[side][part], units: &units_of[side][part] })
            });
            let found = beside(&parts[0], &parts[1]);
            for (side, runs) in [(0, &found.first), (1, &found.second)] {
                let mut end = (0, 0);
                for run in runs {
                    let raw = raws[side][run.part];
                    let other = raws[1 - side][run.other_part];
                    prop_assert!((run.part, run.bytes.start) >= end);
                    end = (run.part, run.bytes.end);
                    prop_assert!(raw.get(run.bytes.clone()).is_some_and(|text| !text.is_empty()));
                    prop_assert!(other.get(run.other_bytes.clone()).is_some());
                    let here = units(&units_of[side][run.part], &run.bytes);
                    prop_assert!(!here.is_empty());
                    prop_assert_eq!(here, units(&units_of[1 - side][run.other_part], &run.other_bytes));
                }
            }
        }

        #[test]
        fn all_of_a_text_is_in_itself(text in text()) {
            let found = both(&text, &text);
            prop_assert_eq!(&found.first, &found.second);
            prop_assert!(found.first.len() <= 1);
        }
    }
}
