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
//!
//! An address of the web is one unit; see [`crate::Entity`].

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::class::{Class, is_arabic, is_joining_jamo};
use crate::entity::{Entity, EntityKind, Found, Scanner};
use crate::fold::fold_cluster;
use crate::simple::Table;
use crate::{hidden, lookalike};

/// What lies beyond this many bytes of a text is not analysed. The longest documents of the web
/// stay far below it; it keeps all offsets within 32 bits.
pub const TEXT_BYTES_MAX: usize = 64 << 20;

/// A run of letters longer than this in folded form is cut into several units, so that no index is
/// given a term it refuses.
pub const WORD_BYTES_MAX: usize = 256;

/// Whether a unit is a word, a character or an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnitKind {
    /// A run of letters and digits of a script that puts spaces between words.
    Word,
    /// One character of a script that puts none.
    Char,
    /// An address of the web; its folded form is its [key](crate::address_key).
    Address,
}

/// The smallest thing that is searched and counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Word, character or address.
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
    entities: Vec<Entity>,
    /// The keys of names, one directly after the other.
    names: String,
    hidden: u32,
    lookalikes: u32,
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

    /// How many letters were those of another script that look like the word's own.
    #[must_use]
    pub fn lookalikes(&self) -> u32 {
        self.lookalikes
    }

    /// The addresses, tags and names of accounts in order.
    #[must_use]
    pub fn entities(&self) -> &[Entity] {
        &self.entities
    }

    /// What one of this text's entities is compared by: the [key](crate::address_key) of an address,
    /// the folded form of a tag without sign, spaces and low lines, that of a name without its sign.
    #[must_use]
    pub fn key(&self, entity: &Entity) -> &str {
        let keys = match entity.kind {
            EntityKind::Name => &self.names,
            EntityKind::Url | EntityKind::Tag => &self.folded,
        };
        keys.get(entity.key.start as usize..entity.key.end as usize)
            .unwrap_or_default()
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
    let mut builder = Builder::new(text);
    let mut scanner = Scanner::new(text);
    let mut entity = scanner.next();
    let mut scratch = String::new();
    let mut at = 0;
    while let Some(c) = char_at(text, at) {
        if let Some(found) = entity.take_if(|found| found.source.start <= at) {
            entity = scanner.next();
            // A character that takes the sign into its own cluster makes it no sign.
            if found.source.start == at {
                at = builder.begin_entity(found);
            }
            continue;
        }
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

/// The folded form of a text as one key for comparing: units only, a space between words, a scheme
/// before addresses, so that they are addresses when they are read again.
#[must_use]
pub fn fold(text: &str) -> String {
    let analysed = analyse(text);
    join(&analysed, analysed.units())
}

/// The folded forms of some units in a row as one key.
pub(crate) fn join(analysed: &Analysed, units: &[Unit]) -> String {
    let bytes = match (units.first(), units.last()) {
        (Some(first), Some(last)) => (last.folded.end - first.folded.start) as usize,
        _ => 0,
    };
    let mut key = String::with_capacity(bytes + units.len());
    let mut previous = None;
    for unit in units {
        let text = analysed.text(unit);
        let joined = previous == Some(UnitKind::Char)
            && unit.kind == UnitKind::Char
            && !text.chars().all(is_joining_jamo);
        if previous.is_some() && !joined {
            key.push(' ');
        }
        if unit.kind == UnitKind::Address {
            key.push_str("https://");
        }
        key.push_str(text);
        previous = Some(unit.kind);
    }
    key
}

struct Word {
    folded_start: usize,
    source: Range<usize>,
    scripts: lookalike::Scripts,
}

struct Builder<'a> {
    source: &'a str,
    folded: String,
    units: Vec<Unit>,
    entities: Vec<Entity>,
    names: String,
    hidden: u32,
    lookalikes: u32,
    /// The tag or name that the units belong to: what, where, and its first unit.
    open: Option<(EntityKind, Range<usize>, usize)>,
    word: Option<Word>,
    position: u32,
    /// Since the last unit.
    newlines: u32,
    /// Whether a sign stands after the last unit.
    sign: bool,
    /// Whether the last thing was a character: the only place a name's dot can stand.
    after_char: bool,
}

impl<'a> Builder<'a> {
    fn new(source: &'a str) -> Self {
        let bytes = source.len();
        Self {
            source,
            folded: String::with_capacity(bytes),
            // A Han character has 3 bytes, an English word with its space about 6.
            units: Vec::with_capacity(bytes / 4),
            entities: Vec::new(),
            names: String::new(),
            hidden: 0,
            lookalikes: 0,
            open: None,
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
                // A word is not cut before a mark, which would stand on nothing when read again.
                (Class::Mark, Class::Word) if self.is_full(c) => {}
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
                if self.is_full(c) {
                    self.end_word();
                }
                let word = self.word.get_or_insert(Word {
                    folded_start: self.folded.len(),
                    source: start..end,
                    scripts: 0,
                });
                word.source.end = end;
                word.scripts |= lookalike::script(c);
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

    /// Whether there is a word and no room in it.
    #[inline]
    fn is_full(&self, c: char) -> bool {
        self.word.as_ref().is_some_and(|word| {
            self.folded.len() - word.folded_start + c.len_utf8() > WORD_BYTES_MAX
        })
    }

    #[inline]
    fn end_word(&mut self) {
        if let Some(word) = self.word.take() {
            if lookalike::is_mixed(word.scripts) {
                self.unmask(&word);
            }
            self.push_unit(UnitKind::Word, word.folded_start, word.source);
        }
    }

    #[cold]
    fn unmask(&mut self, word: &Word) {
        let source = &self.source[word.source.clone()];
        match lookalike::unmask(&self.folded[word.folded_start..], source) {
            // What would be cut if it were read again is left as it is.
            Some((plain, count)) if plain.len() <= WORD_BYTES_MAX => {
                self.folded.truncate(word.folded_start);
                self.folded.push_str(&plain);
                self.lookalikes += count;
            }
            _ => {}
        }
    }

    /// Takes in an address, or opens a tag or name; says where the text goes on.
    fn begin_entity(&mut self, found: Found) -> usize {
        self.end_word();
        self.close_entity();
        let Range { start, end } = found.source;
        if found.kind != EntityKind::Url {
            self.open = Some((found.kind, found.source, self.units.len()));
            return start;
        }
        let folded_start = self.folded.len();
        self.folded.push_str(&found.key);
        self.push_unit(UnitKind::Address, folded_start, start..end);
        self.after_char = false;
        self.entities.push(Entity {
            kind: EntityKind::Url,
            source: start as u32..end as u32,
            key: folded_start as u32..self.folded.len() as u32,
        });
        end
    }

    /// Ends the tag or name that is open. Its units are all there: what follows it ends a word.
    fn close_entity(&mut self) {
        let Some((kind, source, first_unit)) = self.open.take() else {
            return;
        };
        let units = self.units.get(first_unit..).unwrap_or_default();
        let units: &[Unit] =
            match units.partition_point(|unit| unit.source_bytes().end <= source.end) {
                0 => return,
                within => &units[..within],
            };
        let key = match kind {
            EntityKind::Name => {
                let key_start = self.names.len();
                // Behind the sign that makes it a name.
                let mut at = self.source.ceil_char_boundary(source.start + 1);
                for unit in units {
                    push_separators(
                        &self.source[at..unit.source_bytes().start.max(at)],
                        &mut self.names,
                    );
                    let folded = unit.folded.start as usize..unit.folded.end as usize;
                    self.names.push_str(&self.folded[folded]);
                    at = unit.source_bytes().end;
                }
                push_separators(&self.source[at..source.end], &mut self.names);
                key_start as u32..self.names.len() as u32
            }
            EntityKind::Tag | EntityKind::Url => {
                units[0].folded.start..units[units.len() - 1].folded.end
            }
        };
        self.entities.push(Entity {
            kind,
            source: source.start as u32..source.end as u32,
            key,
        });
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
        self.close_entity();
        Analysed {
            folded: self.folded,
            units: self.units,
            entities: self.entities,
            names: self.names,
            hidden: self.hidden,
            lookalikes: self.lookalikes,
        }
    }
}

/// What of the signs between the parts of a name tells names apart.
fn push_separators(between: &str, out: &mut String) {
    out.extend(
        between
            .chars()
            .filter(|c| matches!(c, '_' | '-' | '.' | '@')),
    );
}
