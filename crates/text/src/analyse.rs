//! From text to units.
//!
//! A word is a maximal run of letters, digits and their marks in scripts that put spaces between
//! words; everything else ends it. So "Trump's" is found by "Trump", "l'homme" by "homme", and a
//! query in the same spelling is a phrase of the same pieces. (The word rules of UAX 29 keep an
//! apostrophe within the word and lose both.) Each character of a script without spaces is a unit
//! of its own.
//!
//! Positions count units. Between two characters, punctuation or a blank line leaves one position
//! free: 作票 is not found in 工作。票價, while a quotation with its comma finds itself.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::class::{Class, is_arabic, is_joining_jamo};
use crate::fold::fold_cluster;
use crate::hidden;
use crate::simple::Table;

/// What lies beyond this many bytes of a text is not analysed. The longest documents of the web
/// stay far below it; it keeps all offsets within 32 bits.
pub const TEXT_BYTES_MAX: usize = 64 << 20;

/// A run of letters longer than this in folded form is cut into several units, so that no index is
/// given a term it refuses.
pub const WORD_BYTES_MAX: usize = 256;

/// Whether a unit is a word or a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnitKind {
    /// A run of letters and digits of a script that puts spaces between words.
    Word,
    /// One character of a script that puts none.
    Char,
}

/// The smallest thing that is searched and counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Word or character.
    pub kind: UnitKind,
    /// Its place among the units; rises by one, or by two across punctuation between characters.
    pub position: u32,
    /// Where its folded form lies in [`Analysed::folded`].
    pub folded: Range<u32>,
    /// The bytes of the original it stands for. Several units may come from one character (㍿).
    pub source: Range<u32>,
}

impl Unit {
    /// The bytes of the original as a range to index with.
    #[must_use]
    pub fn source_bytes(&self) -> Range<usize> {
        self.source.start as usize..self.source.end as usize
    }
}

/// A text taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Analysed {
    folded: String,
    units: Vec<Unit>,
    hidden: u32,
}

impl Analysed {
    /// The units in order.
    #[must_use]
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// The folded form of one of this text's units.
    #[must_use]
    pub fn text(&self, unit: &Unit) -> &str {
        self.folded
            .get(unit.folded.start as usize..unit.folded.end as usize)
            .unwrap_or_default()
    }

    /// The folded forms of all units, one directly after the other.
    #[must_use]
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// How many characters were hidden and were no spelling.
    #[must_use]
    pub fn hidden(&self) -> u32 {
        self.hidden
    }

    /// Whether there is nothing to search for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }
}

/// Takes a text apart.
#[must_use]
pub fn analyse(text: &str) -> Analysed {
    let text = &text[..text.floor_char_boundary(TEXT_BYTES_MAX)];
    let table = Table::get();
    let mut builder = Builder::new(text.len());
    let mut scratch = String::new();
    let mut at = 0;
    while let Some(c) = char_at(text, at) {
        let next = at + c.len_utf8();
        if let Some(simple) = table.simple(c)
            && char_at(text, next).is_none_or(|following| table.begins(following))
        {
            builder.push(simple.class, simple.folded, at, next);
            at = next;
            continue;
        }
        let cluster = text[at..].graphemes(true).next().unwrap_or_default();
        let end = at + cluster.len().max(c.len_utf8());
        builder.hidden += count_hidden(text, at..end);
        match cluster {
            "\r" | "\r\n" => builder.push(Class::Newline, '\n', at, end),
            "\u{2029}" => {
                builder.push(Class::Newline, '\n', at, end);
                builder.push(Class::Newline, '\n', at, end);
            }
            _ => {
                scratch.clear();
                fold_cluster(cluster, &mut scratch);
                builder.push_cluster(&scratch, at, end);
                if is_arabic(c) && cluster.contains('\u{200C}') {
                    builder.push(Class::Space, ' ', at, end);
                }
            }
        }
        at = end;
    }
    builder.finish()
}

#[inline]
fn char_at(text: &str, at: usize) -> Option<char> {
    match text.as_bytes().get(at) {
        Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
        Some(_) => text[at..].chars().next(),
        None => None,
    }
}

fn count_hidden(text: &str, cluster: Range<usize>) -> u32 {
    let mut previous = None;
    let mut count = 0;
    for (offset, c) in text[cluster.clone()].char_indices() {
        if hidden::is_ignorable(c) {
            if offset == 0 {
                previous = text[..cluster.start].chars().next_back();
            }
            count += u32::from(hidden::is_hidden(previous, c));
        }
        previous = Some(c);
    }
    count
}

/// The folded form of a text as one key for comparing: units only, a space between words.
#[must_use]
pub fn fold(text: &str) -> String {
    let analysed = analyse(text);
    let mut key = String::with_capacity(analysed.folded.len() + analysed.units.len());
    let mut previous = None;
    for unit in analysed.units() {
        let text = analysed.text(unit);
        let joined = previous == Some(UnitKind::Char)
            && unit.kind == UnitKind::Char
            && !text.chars().all(is_joining_jamo);
        if previous.is_some() && !joined {
            key.push(' ');
        }
        key.push_str(text);
        previous = Some(unit.kind);
    }
    key
}

struct Word {
    folded_start: usize,
    source: Range<usize>,
}

struct Builder {
    folded: String,
    units: Vec<Unit>,
    hidden: u32,
    word: Option<Word>,
    position: u32,
    /// Since the last unit.
    newlines: u32,
    /// Whether a sign stands after the last unit.
    sign: bool,
    /// Whether the last thing was a character: the only place a name's dot can stand.
    after_char: bool,
}

impl Builder {
    fn new(bytes: usize) -> Self {
        Self {
            folded: String::with_capacity(bytes),
            // A Han character has 3 bytes, an English word with its space about 6.
            units: Vec::with_capacity(bytes / 4),
            hidden: 0,
            word: None,
            position: 0,
            newlines: 0,
            sign: false,
            after_char: false,
        }
    }

    fn push_cluster(&mut self, folded: &str, start: usize, end: usize) {
        let mut base = Class::Space;
        for c in folded.chars() {
            match (Class::of(c), base) {
                (Class::Mark, Class::Word | Class::Char) => self.push(base, c, start, end),
                // A mark on nothing, or on a sign, is not searched.
                (Class::Mark, _) => {}
                (class, _) => {
                    self.push(class, c, start, end);
                    base = class;
                }
            }
        }
    }

    #[inline]
    fn push(&mut self, class: Class, c: char, start: usize, end: usize) {
        match class {
            Class::Word => {
                if self.word.as_ref().is_some_and(|w| {
                    self.folded.len() - w.folded_start + c.len_utf8() > WORD_BYTES_MAX
                }) {
                    self.end_word();
                }
                let word = self.word.get_or_insert(Word {
                    folded_start: self.folded.len(),
                    source: start..end,
                });
                word.source.end = end;
                self.folded.push(c);
                self.after_char = false;
            }
            Class::Char => {
                self.end_word();
                let folded_start = self.folded.len();
                self.folded.push(c);
                self.push_unit(UnitKind::Char, folded_start, start..end);
                self.after_char = true;
            }
            Class::Mark => {}
            Class::Space => {
                self.end_word();
                self.after_char = false;
            }
            Class::Newline => {
                self.end_word();
                self.newlines += 1;
                self.after_char = false;
            }
            Class::MiddleDot => {
                self.end_word();
                self.sign |= !self.after_char;
                self.after_char = false;
            }
            Class::Sign => {
                self.end_word();
                self.sign = true;
                self.after_char = false;
            }
        }
    }

    #[inline]
    fn end_word(&mut self) {
        if let Some(word) = self.word.take() {
            self.push_unit(UnitKind::Word, word.folded_start, word.source);
        }
    }

    fn push_unit(&mut self, kind: UnitKind, folded_start: usize, source: Range<usize>) {
        if let Some(previous) = self.units.last() {
            let is_apart = (self.sign || self.newlines >= 2)
                && kind == UnitKind::Char
                && previous.kind == UnitKind::Char;
            self.position += if is_apart { 2 } else { 1 };
        }
        // `TEXT_BYTES_MAX` keeps these within 32 bits: no character grows elevenfold in folding.
        self.units.push(Unit {
            kind,
            position: self.position,
            folded: folded_start as u32..self.folded.len() as u32,
            source: source.start as u32..source.end as u32,
        });
        self.newlines = 0;
        self.sign = false;
    }

    fn finish(mut self) -> Analysed {
        self.end_word();
        Analysed {
            folded: self.folded,
            units: self.units,
            hidden: self.hidden,
        }
    }
}
