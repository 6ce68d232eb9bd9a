//! What of a text is compared with other texts.
//!
//! A *gram* is four neighbouring characters of a script without spaces, or two neighbouring words
//! that carry meaning in one with spaces. Grams do not run across punctuation between characters, so
//! that sentences in another order share theirs. Words of up to three letters carry no gram: articles
//! and prepositions would make all texts alike.

use std::ops::Range;

use bellwether_text::{Analysed, EntityKind, Unit, UnitKind};

use crate::figures::figures;
use crate::hash;
use crate::marks::{Marks, compared, places};

/// Characters of a gram.
const CHARS: usize = 4;

/// A text of fewer grams than this is like a headline: one word makes another of it.
pub(crate) const SHORT: usize = 40;

/// What a headline is compared with has fewer grams than this.
const NAMED: usize = 2 * SHORT;

/// What lies beyond this many units of a text is not compared: a book is no article.
pub(crate) const UNITS_MAX: usize = 20_000;

/// Names of works that are looked for.
const WORKS_MAX: usize = 8;

/// A quotation is at most so long, in bytes; a sign that is not closed opens none.
const QUOTE_BYTES_MAX: usize = 3_000;

/// What of one text is compared with others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fingerprint {
    /// All grams, in rising order, each once.
    pub(crate) grams: Vec<u32>,
    /// Those of them that stand only in quotations.
    pub(crate) quoted: Vec<u32>,
    /// Those of a text little longer than a headline that stand in the name of a work or a law: 《…》.
    pub(crate) named: Vec<u32>,
    /// Words and pairs of characters, in rising order, each once.
    pub(crate) words: Vec<u32>,
    /// Figures by value.
    pub(crate) figures: Vec<u64>,
    /// Of a text like a headline; of a longer one the number of the part that its title names.
    pub(crate) marks: Marks,
    /// All numbers with their place, in rising order, each once; only of a longer text.
    pub(crate) places: Vec<(u32, u32)>,
    /// Grams of the title, where there is a text besides.
    pub(crate) title: Vec<u32>,
    /// Addresses the text names.
    pub(crate) links: Vec<u32>,
}

/// A title or a text, as published and taken apart.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// As published.
    pub raw: &'a str,
    /// Taken apart.
    pub units: &'a Analysed,
}

/// A title by itself is long enough with so many characters of scripts without spaces, or so many
/// words of others.
const TITLE_CHARS: usize = 7;
const TITLE_WORDS: usize = 5;

/// Whether all there is of an item is a title so short that two may choose it by themselves, as the
/// titles of columns: "Letters to the editor", 今日運勢. Such items are no story. A post without a
/// title is one however short: who repeats a slogan is no other voice.
#[must_use]
pub fn is_column_title(title: &Analysed, text: &Analysed) -> bool {
    if title.is_empty() || !text.is_empty() {
        return false;
    }
    let units = title.units();
    let chars = units.iter().filter(|unit| unit.kind == UnitKind::Char);
    let chars = chars.count();
    let words = units.len() - chars;
    chars * TITLE_WORDS + words * TITLE_CHARS < TITLE_CHARS * TITLE_WORDS
}

impl Fingerprint {
    /// The fingerprint of a title and a text.
    #[must_use]
    pub fn of(parts: &[Part<'_>]) -> Self {
        let mut print = Self::default();
        let mut outside = Vec::new();
        let mut of_title = Marks::default();
        let has_title = parts.first().is_some_and(|part| !part.units.is_empty());
        let has_both = has_title && parts.iter().skip(1).any(|part| !part.units.is_empty());
        for (number, part) in parts.iter().enumerate() {
            let units = compared(part, !has_title);
            let units = &units[..units.len().min(UNITS_MAX)];
            let quotes = quotations(part.raw);
            let is_quoted = |unit: &Unit| {
                let at = unit.source.start as usize;
                let next = quotes.partition_point(|quote| quote.end <= at);
                quotes.get(next).is_some_and(|quote| quote.contains(&at))
            };
            let works = works(part.raw);
            let is_named = |unit: &Unit| {
                let at = unit.source.start as usize;
                works.iter().any(|work| work.contains(&at))
            };
            grams(part.units, units, |gram, first| {
                if !works.is_empty() && is_named(first) {
                    print.named.push(gram);
                }
                if number == 0 && has_both {
                    print.title.push(gram);
                }
                if is_quoted(first) {
                    print.quoted.push(gram);
                } else {
                    outside.push(gram);
                }
            });
            print.marks.add(part, units);
            if number == 0 && has_both {
                of_title = print.marks.clone().of_title();
            }
            print.places.extend(places(part, units));
            words(part.units, units, |word| print.words.push(word));
            print.figures.extend(figures_beside(part, units));
            let links = part.units.entities().iter();
            print.links.extend(
                links
                    .filter(|entity| entity.kind == EntityKind::Url)
                    .map(|entity| hash::short(hash::of(part.units.key(entity)))),
            );
        }
        for list in [
            &mut outside,
            &mut print.quoted,
            &mut print.words,
            &mut print.links,
            &mut print.title,
        ] {
            list.sort_unstable();
            list.dedup();
        }
        print
            .quoted
            .retain(|gram| outside.binary_search(gram).is_err());
        outside.extend_from_slice(&print.quoted);
        outside.sort_unstable();
        print.grams = outside;
        print.marks = if print.grams.len() < SHORT {
            print.places = Vec::new();
            print.marks.in_order()
        } else {
            of_title
        };
        if print.grams.len() < NAMED {
            print.named.sort_unstable();
            print.named.dedup();
        } else {
            print.named = Vec::new();
        }
        print.places.sort_unstable();
        print.places.dedup();
        print.figures.sort_unstable();
        print.figures.dedup();
        print
    }

    /// How much of it there is to compare.
    #[must_use]
    pub fn len(&self) -> usize {
        self.grams.len()
    }

    /// Whether there is nothing to compare.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.grams.is_empty()
    }
}

/// The figures of what is written beside the units that are left out.
fn figures_beside(part: &Part<'_>, units: &[Unit]) -> Vec<u64> {
    let all = part.units.units();
    let all = &all[..all.len().min(UNITS_MAX)];
    if units.len() == all.len() {
        return figures(part.raw);
    }
    let mut found = Vec::new();
    let (mut start, mut kept) = (0, units.iter().peekable());
    for unit in all {
        if kept.next_if(|it| it.source == unit.source).is_none() {
            let left_out = unit.source_bytes();
            found.extend(figures(
                part.raw.get(start..left_out.start).unwrap_or_default(),
            ));
            start = left_out.end;
        }
    }
    found.extend(figures(part.raw.get(start..).unwrap_or_default()));
    found
}

/// Gives each gram of some units with the unit it begins with.
fn grams(analysed: &Analysed, units: &[Unit], mut sink: impl FnMut(u32, &Unit)) {
    let mut at = 0;
    let mut previous: Option<(u64, usize)> = None;
    while let Some(unit) = units.get(at) {
        match unit.kind {
            UnitKind::Char => {
                if let Some((word, first)) =
                    previous.take().filter(|(_, first)| is_alone(units, *first))
                {
                    sink(hash::short(word), &units[first]);
                }
                let run = run_of_chars(&units[at..]);
                char_grams(analysed, &units[at..at + run], &mut sink);
                at += run;
                continue;
            }
            UnitKind::Word => {
                let text = analysed.text(unit);
                if has_meaning(text) {
                    let word = hash::of(text);
                    if let Some((before, first)) = previous {
                        sink(hash::short(hash::then(before, word)), &units[first]);
                    }
                    previous = Some((word, at));
                }
            }
            UnitKind::Address => {}
        }
        at += 1;
    }
}

/// Whether a word has no other word beside it, as a name in a Chinese sentence.
fn is_alone(units: &[Unit], at: usize) -> bool {
    let is_word = |at: Option<usize>| {
        at.and_then(|at| units.get(at))
            .is_some_and(|unit| unit.kind == UnitKind::Word)
    };
    !is_word(at.checked_sub(1)) && !is_word(Some(at + 1))
}

/// How many characters follow one another directly.
pub(crate) fn run_of_chars(units: &[Unit]) -> usize {
    let mut run = 1;
    while let (Some(a), Some(b)) = (units.get(run - 1), units.get(run)) {
        if b.kind != UnitKind::Char || b.position != a.position + 1 {
            break;
        }
        run += 1;
    }
    run
}

fn char_grams(analysed: &Analysed, run: &[Unit], sink: &mut impl FnMut(u32, &Unit)) {
    let size = run.len().min(CHARS);
    if size < 2 {
        return;
    }
    for window in run.windows(size) {
        let folded = window[0].folded.start as usize..window[size - 1].folded.end as usize;
        let text = analysed.folded().get(folded).unwrap_or_default();
        sink(hash::short(hash::of(text)), &window[0]);
    }
}

/// Gives the words of meaning and the pairs of characters.
fn words(analysed: &Analysed, units: &[Unit], mut sink: impl FnMut(u32)) {
    for (at, unit) in units.iter().enumerate() {
        match unit.kind {
            UnitKind::Word if has_meaning(analysed.text(unit)) => {
                sink(hash::short(hash::of(analysed.text(unit))));
            }
            UnitKind::Char => {
                if let Some(next) = units.get(at + 1).filter(|next| {
                    next.kind == UnitKind::Char && next.position == unit.position + 1
                }) {
                    let folded = unit.folded.start as usize..next.folded.end as usize;
                    let text = analysed.folded().get(folded).unwrap_or_default();
                    sink(hash::short(hash::of(text)));
                }
            }
            UnitKind::Word | UnitKind::Address => {}
        }
    }
}

/// Whether a word says more than how others belong together.
pub(crate) fn has_meaning(word: &str) -> bool {
    let least = if word.starts_with(|c: char| c < '\u{0590}') {
        4
    } else {
        3
    };
    word.chars().nth(least - 1).is_some() || word.contains(|c: char| c.is_numeric())
}

/// Where quotations lie in a text, in order.
pub(crate) fn quotations(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut open: Option<(char, usize)> = None;
    for (at, c) in text.char_indices() {
        match open {
            Some((close, start)) if c == close || (close == '”' && c == '“' && at > start + 3) =>
            {
                open = None;
                found.push(start..at);
            }
            Some((_, start)) if at - start > QUOTE_BYTES_MAX => open = None,
            Some(_) => {}
            None => {
                let close = match c {
                    '「' => '」',
                    '『' => '』',
                    '“' | '„' => '”',
                    '«' => '»',
                    '"' => '"',
                    '＂' => '＂',
                    _ => continue,
                };
                open = Some((close, at));
            }
        }
    }
    found
}

/// Where the first names of works stand.
fn works(text: &str) -> Vec<Range<usize>> {
    text.match_indices('《')
        .take(WORKS_MAX)
        .filter_map(|(start, _)| Some(start..start + text[start..].find('》')?))
        .collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use bellwether_text::analyse;

    use super::*;

    pub(crate) fn print(title: &str, text: &str) -> Fingerprint {
        let (a, b) = (analyse(title), analyse(text));
        Fingerprint::of(&[
            Part {
                raw: title,
                units: &a,
            },
            Part {
                raw: text,
                units: &b,
            },
        ])
    }

    #[test]
    fn scripts_and_cases_agree() {
        let grams = |title, text| print(title, text).grams;
        assert_eq!(grams("臺灣選舉公告", ""), grams("台湾选举公告", ""));
        assert_eq!(
            grams("Ballot boxes arrive", ""),
            grams("", "BALLOT BOXES ARRIVE.")
        );
        assert_ne!(
            grams("Ballot boxes arrive", ""),
            grams("Boxes arrive ballot", "")
        );
    }

    #[test]
    fn grams_stay_within_a_clause() {
        let together = print("", "選舉委員會說明。印製完成");
        let apart = print("", "印製完成。選舉委員會說明");
        assert_eq!(together.grams, apart.grams);
        // 4 of seven characters, 1 of four.
        assert_eq!(together.len(), 5);
    }

    #[test]
    fn a_quotation_is_told_apart() {
        let print = print("", "市長說：「選票印製全程錄影」，隨後離開會場。");
        assert_eq!(print.quoted.len(), 5);
        assert!(print.quoted.iter().all(|gram| print.grams.contains(gram)));
        assert!(print.len() > print.quoted.len());
        assert_eq!(super::tests::print("", "\"open").quoted, [0_u32; 0]);
    }

    #[test]
    fn the_title_of_a_column_is_no_story() {
        let none = analyse("");
        for title in [
            "社論",
            "今日運勢",
            "Letters to the editor",
            "udn股市快遞",
            "Corrections",
        ] {
            assert!(is_column_title(&analyse(title), &none), "{title}");
            assert!(!is_column_title(&none, &analyse(title)), "{title}");
            assert!(
                !is_column_title(&analyse(title), &analyse("今天的內容")),
                "{title}"
            );
        }
        for title in [
            "解放軍圍台軍演",
            "US employers shed 23K jobs in July",
            "WBC台灣隊先勝日本",
        ] {
            assert!(!is_column_title(&analyse(title), &none), "{title}");
        }
    }

    #[test]
    fn nothing_gives_nothing() {
        assert!(print("", "… 🎉 of the").is_empty());
        assert!(print("", "").is_empty());
    }
}
