//! A short cut for characters that fold to one character and stand alone, which are nearly all of
//! any text. It decides nothing: the table is filled by the long way.

use std::sync::OnceLock;

use unicode_segmentation::UnicodeSegmentation;

use crate::class::{Class, is_joining_jamo};
use crate::{fold, han, hidden};

/// Below this code point every character has an entry.
const TABLE_END: usize = 0x3100;

/// What a character is where it is a grapheme cluster of its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Simple {
    pub(crate) class: Class,
    pub(crate) folded: char,
}

struct Entry {
    /// `None` where it takes the long way.
    simple: Option<Simple>,
    /// Whether a new cluster begins with it, whatever stands before.
    begins: bool,
}

/// The short cut for texts; get it once per text.
#[derive(Clone, Copy)]
pub(crate) struct Table(&'static [Entry]);

impl Table {
    pub(crate) fn get() -> Self {
        static ENTRIES: OnceLock<Vec<Entry>> = OnceLock::new();
        Self(ENTRIES.get_or_init(|| {
            (0..TABLE_END as u32)
                .map(|code| char::from_u32(code).map_or(COMPLEX, entry))
                .collect()
        }))
    }

    /// What `c` is, provided that the character after it [`Self::begins`] a cluster.
    #[inline]
    pub(crate) fn simple(self, c: char) -> Option<Simple> {
        match self.0.get(c as usize) {
            Some(entry) => entry.simple,
            None => beyond(c),
        }
    }

    /// Whether a new cluster begins with `c`, whatever stands before.
    #[inline]
    pub(crate) fn begins(self, c: char) -> bool {
        match self.0.get(c as usize) {
            Some(entry) => entry.begins,
            None => matches!(c,
                '\u{3100}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' | '\u{FF01}'..='\u{FF9D}'),
        }
    }
}

const COMPLEX: Entry = Entry {
    simple: None,
    begins: false,
};

fn entry(c: char) -> Entry {
    let text = c.to_string();
    let is_boundary = |text: String| text.graphemes(true).count() == 2;
    let is_jamo = ('\u{1100}'..='\u{11FF}').contains(&c) || is_joining_jamo(c);
    let begins = !is_jamo && is_boundary(format!("a{c}"));
    let ends = !is_jamo && is_boundary(format!("{c}a"));
    // A line break depends on what follows it, a non-joiner on what precedes.
    let is_plain = begins && ends && c != '\r' && c != '\u{2029}' && !hidden::is_ignorable(c);
    let mut folded = String::new();
    fold::fold_cluster(&text, &mut folded);
    let mut chars = folded.chars();
    let simple = match (chars.next(), chars.next()) {
        (Some(folded), None) if is_plain => match Class::of(folded) {
            Class::Mark => None,
            class => Some(Simple { class, folded }),
        },
        _ => None,
    };
    Entry { simple, begins }
}

#[inline]
fn beyond(c: char) -> Option<Simple> {
    let (class, folded) = match c {
        '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' => (Class::Char, han::fold(c)),
        '\u{AC00}'..='\u{D7A3}' => (Class::Char, c),
        '，' | '：' | '；' | '！' | '？' | '（' | '）' => (Class::Sign, c),
        _ => return None,
    };
    Some(Simple { class, folded })
}
