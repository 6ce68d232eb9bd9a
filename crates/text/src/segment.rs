//! Words of texts that put no spaces between them: for terms, ranking and display. Never for
//! finding: a segmenter cuts the same words differently in different sentences.
//!
//! Han characters are cut by the dictionary and the model of `jieba`, which know Simplified text
//! only: cut as it is, Traditional text loses a quarter of its words. So each character is first
//! replaced by the one that Simplified texts have in its place. One for one, so that every word
//! points into the original; the few characters that Simplified texts have in some words only (著名,
//! but 跟着) are decided by whether the dictionary has the word with their neighbour.
//!
//! The dictionary is loaded once, when the first Han text comes: about 0.1 s and 33 MB.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use jieba_rs::Jieba;
use unicode_script::{Script, UnicodeScript};

use crate::analyse::join;
use crate::{Analysed, Unit, UnitKind, analyse};

/// First line: Traditional characters, each followed by its simple form; second: the same of those
/// that Simplified texts have too. `tools/han_table.py` writes it.
const SIMPLE: &str = include_str!("han_simple.txt");

/// Characters given to the segmenter at once; a longer run without any sign is no text.
const RUN_MAX: usize = 2_000;

/// Characters of a script without spaces, other than Han, that are taken for one word.
const WORD_CHARS_MAX: usize = 32;

/// Units of the longest name.
const NAME_UNITS_MAX: usize = 32;

/// One word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The bytes of the original it stands for.
    pub source: Range<u32>,
    /// Its folded form, as [`crate::fold`] gives it.
    pub key: String,
    /// Whether it is a run of Han characters that no dictionary has: a name, most often.
    pub is_unknown: bool,
}

/// Cuts texts into words, keeping names whole.
#[derive(Debug, Clone, Default)]
pub struct Segmenter {
    /// By the folded form of their first unit; the longest first.
    names: HashMap<String, Vec<Vec<String>>>,
}

impl Segmenter {
    /// A segmenter for which each of these names is one word, in whatever script and spelling it
    /// is written. Names of one character, or of more than 32 words or characters, are left out.
    pub fn with_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut by_first: HashMap<String, Vec<Vec<String>>> = HashMap::new();
        for name in names {
            let analysed = analyse(name);
            let units: Vec<String> = analysed
                .units()
                .iter()
                .map(|unit| analysed.text(unit).to_owned())
                .collect();
            let Some(first) = units.first() else { continue };
            let is_long_enough = units.len() > 1 || first.chars().nth(1).is_some();
            if is_long_enough && units.len() <= NAME_UNITS_MAX {
                by_first.entry(first.clone()).or_default().push(units);
            }
        }
        for names in by_first.values_mut() {
            names.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
            names.dedup();
        }
        Self { names: by_first }
    }

    /// The words of a text in order. `lang` is the tag of its language: Han characters of Japanese
    /// and Korean texts are not cut by a Chinese dictionary.
    #[must_use]
    pub fn words(&self, text: &str, lang: &str) -> Vec<Word> {
        self.words_of(text, &analyse(text), lang)
    }

    /// The same for a text that is taken apart already; `analysed` must be that of `text`.
    #[must_use]
    pub fn words_of(&self, text: &str, analysed: &Analysed, lang: &str) -> Vec<Word> {
        let units = analysed.units();
        let mut words = Vec::with_capacity(units.len() / 2);
        let is_chinese = !matches!(lang.split('-').next(), Some("ja" | "ko"));
        let mut at = 0;
        while let Some(unit) = units.get(at) {
            let end = if let Some(len) = self.name_at(analysed, at) {
                at + len
            } else if unit.kind != UnitKind::Char {
                number_end(text, analysed, at)
            } else {
                let end = self.run_end(text, analysed, at);
                let run = &units[at..end];
                if is_chinese && is_han(first_char(analysed, unit)) {
                    cut_han(text, analysed, run, &mut words);
                } else {
                    for part in run.chunks(WORD_CHARS_MAX) {
                        push(analysed, part, &mut words);
                    }
                }
                at = end;
                continue;
            };
            push(analysed, &units[at..end], &mut words);
            at = end;
        }
        words
    }

    /// How many units the longest name has that begins here.
    fn name_at(&self, analysed: &Analysed, at: usize) -> Option<usize> {
        if self.names.is_empty() {
            return None;
        }
        let units = &analysed.units()[at..];
        let names = self.names.get(analysed.text(units.first()?))?;
        names.iter().map(Vec::as_slice).find_map(|name| {
            let here = units.get(..name.len())?;
            let is_unbroken = here[name.len() - 1].position - here[0].position < name.len() as u32;
            let is_here = here
                .iter()
                .zip(name)
                .all(|(unit, text)| analysed.text(unit) == text);
            (is_unbroken && is_here).then_some(name.len())
        })
    }

    /// The end of the run of characters that no sign, space or name interrupts, all Han or none.
    fn run_end(&self, text: &str, analysed: &Analysed, start: usize) -> usize {
        let units = analysed.units();
        let is_han_run = is_han(first_char(analysed, &units[start]));
        let mut end = start + 1;
        while let Some(unit) = units.get(end) {
            let previous = &units[end - 1];
            let gap = previous.source_bytes().end..unit.source_bytes().start;
            let goes_on = unit.kind == UnitKind::Char
                && unit.position == previous.position + 1
                && end - start < RUN_MAX
                && is_han(first_char(analysed, unit)) == is_han_run
                // Units of one character (㍿) have no gap.
                && !text.get(gap).is_some_and(|gap| gap.contains(char::is_whitespace))
                && self.name_at(analysed, end).is_none();
            if !goes_on {
                break;
            }
            end += 1;
        }
        end
    }
}

/// The words of a text by [`Segmenter`], without a list of names.
#[must_use]
pub fn words(text: &str, lang: &str) -> Vec<Word> {
    Segmenter::default().words(text, lang)
}

fn push(analysed: &Analysed, units: &[Unit], words: &mut Vec<Word>) {
    if let (Some(first), Some(last)) = (units.first(), units.last()) {
        words.push(Word {
            source: first.source.start..last.source.end,
            key: join(analysed, units),
            is_unknown: false,
        });
    }
}

/// The end of the figure (3,000.5) that begins here; of what is none, the end of the unit.
fn number_end(text: &str, analysed: &Analysed, start: usize) -> usize {
    let units = analysed.units();
    let is_number = |unit: &Unit| analysed.text(unit).bytes().all(|b| b.is_ascii_digit());
    let mut end = start + 1;
    while let Some(unit) = units.get(end) {
        let gap = units[end - 1].source_bytes().end..unit.source_bytes().start;
        let is_joined = matches!(text.get(gap), Some("." | "," | "．"));
        if !is_joined || !is_number(unit) || !is_number(&units[end - 1]) {
            break;
        }
        end += 1;
    }
    end
}

fn first_char(analysed: &Analysed, unit: &Unit) -> char {
    analysed.text(unit).chars().next().unwrap_or_default()
}

pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}') || (c > '\u{2E7F}' && c.script() == Script::Han)
}

fn cut_han(text: &str, analysed: &Analysed, run: &[Unit], words: &mut Vec<Word>) {
    if run.len() == 1 {
        push(analysed, run, words);
        return;
    }
    let simple = simple_run(text, analysed, run);
    let mut rest = run;
    for token in dictionary().cut(&simple, true) {
        let (part, after) = rest.split_at(token.word.chars().count().min(rest.len()));
        let size = if is_loose(token.word) {
            1
        } else {
            part.len().max(1)
        };
        for word in part.chunks(size) {
            push(analysed, word, words);
        }
        if size > 1
            && let Some(word) = words.last_mut()
        {
            word.is_unknown = !dictionary().has_word(token.word);
        }
        rest = after;
    }
}

/// Characters that are words of grammar. The model of unknown words was made for names and likes to
/// tie them to their neighbours.
const GRAMMAR: &str = "的了是不在有这那个一为于和与及而也就都很到要会能我你他她它们之所被把从对以其此或但两三几位种因未由将再又最更各该每给让使";

/// What counts or points, and what is counted in: two words (一个, 这位) in all that people have cut.
const COUNTS: &str = "一两这那此某每各几三四五六七八九十";
const MEASURES: &str = "个位种次条年人家名项座支艘批场部所只张件台枚架度类层段片届篇块";

/// Whether what the segmenter takes for one word is a row of single characters.
pub(crate) fn is_loose(word: &str) -> bool {
    let mut chars = word.chars();
    match (chars.next(), chars.next(), chars.next()) {
        (Some(_), None, _) => false,
        (Some(one), Some(two), None) if COUNTS.contains(one) && MEASURES.contains(two) => true,
        _ => word.chars().any(is_grammar) && !dictionary().has_word(word),
    }
}

/// Whether a Han character is a word of grammar, as folded.
#[must_use]
pub fn is_grammar(c: char) -> bool {
    GRAMMAR.contains(c)
}

/// The runs of Han characters of a text as Simplified texts have them, each of at most 2,000.
pub(crate) fn each_run(text: &str, mut found: impl FnMut(&str)) {
    let analysed = analyse(text);
    let plain = Segmenter::default();
    let units = analysed.units();
    let mut at = 0;
    while let Some(unit) = units.get(at) {
        if unit.kind != UnitKind::Char {
            at += 1;
            continue;
        }
        let end = plain.run_end(text, &analysed, at);
        if is_han(first_char(&analysed, unit)) {
            found(&simple_run(text, &analysed, &units[at..end]));
        }
        at = end;
    }
}

/// The Han characters of a run as Simplified texts have them, one for each unit.
pub(crate) fn simple_run(text: &str, analysed: &Analysed, run: &[Unit]) -> String {
    let forms = forms();
    let originals: Vec<char> = run
        .iter()
        .map(|unit| {
            let mut source = text.get(unit.source_bytes()).unwrap_or_default().chars();
            match source.next() {
                Some(c) if is_han(c) => c,
                // From a compatibility form of several characters.
                _ => first_char(analysed, unit),
            }
        })
        .collect();
    let simple = |c: char| forms.sure.get(&c).copied().unwrap_or(c);
    let mut out = String::with_capacity(3 * run.len());
    for (at, c) in originals.iter().enumerate() {
        out.push(match forms.either.get(c) {
            Some(form) => {
                let before = at.checked_sub(1).map(|at| simple(originals[at]));
                let after = originals.get(at + 1).map(|c| simple(*c));
                let is_word = |pair: [Option<char>; 2]| {
                    pair.iter().all(Option::is_some)
                        && dictionary().has_word(&pair.iter().flatten().collect::<String>())
                };
                if is_word([before, Some(*c)]) || is_word([Some(*c), after]) {
                    *c
                } else {
                    *form
                }
            }
            None => simple(*c),
        });
    }
    out
}

struct Forms {
    sure: HashMap<char, char>,
    either: HashMap<char, char>,
}

fn forms() -> &'static Forms {
    static FORMS: OnceLock<Forms> = OnceLock::new();
    FORMS.get_or_init(|| {
        let mut lines = SIMPLE.lines().map(|line| {
            let mut chars = line.chars();
            std::iter::from_fn(move || Some((chars.next()?, chars.next()?))).collect()
        });
        Forms {
            sure: lines.next().unwrap_or_default(),
            either: lines.next().unwrap_or_default(),
        }
    })
}

/// The dictionary of the segmenter, in Simplified characters.
pub(crate) fn dictionary() -> &'static Jieba {
    static DICTIONARY: OnceLock<Jieba> = OnceLock::new();
    DICTIONARY.get_or_init(Jieba::new)
}
