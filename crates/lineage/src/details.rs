//! What of a text is compared only with a text it may be a rewording of, as it costs more to find
//! than a fingerprint: names and words.

use bellwether_text::{Segmenter, UnitKind};

use crate::Part;
use crate::hash;

/// Names and words of a text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Details {
    /// Names, in rising order, each once.
    pub names: Vec<u32>,
    /// Words of scripts without spaces and words of meaning of others, in rising order, each once.
    pub words: Vec<u32>,
}

impl Details {
    /// Finds them.
    #[must_use]
    pub fn of(parts: &[Part<'_>], lang: &str) -> Self {
        let mut details = Self::default();
        for part in parts {
            details
                .names
                .extend(latin_names(part).map(|(_, name)| name));
            for word in Segmenter::default().words_of(part.raw, part.units, lang) {
                let number = hash::short(hash::of(&word.key));
                let source = &part.raw[word.source.start as usize..word.source.end as usize];
                let is_han = source.starts_with(|c| matches!(c, '\u{3400}'..='\u{9FFF}'));
                let chars = source.chars().count();
                if is_han && chars < 2 || !is_han && chars < 4 {
                    continue;
                }
                details.words.push(number);
                if word.is_unknown && (2..=6).contains(&chars) {
                    details.names.push(number);
                }
            }
        }
        for list in [&mut details.names, &mut details.words] {
            list.sort_unstable();
            list.dedup();
        }
        details
    }

    /// The bytes it takes, about.
    pub(crate) fn bytes(&self) -> usize {
        4 * (self.names.capacity() + self.words.capacity()) + size_of::<Self>()
    }
}

/// Words that begin with a capital letter though no sentence begins there.
/// Each with the byte at which it begins.
pub(crate) fn latin_names<'a>(part: &'a Part<'a>) -> impl Iterator<Item = (usize, u32)> + 'a {
    let mut at_start = true;
    let mut end = 0;
    part.units.units().iter().filter_map(move |unit| {
        let source = unit.source_bytes();
        let between = part.raw.get(end..source.start).unwrap_or_default();
        let begins =
            at_start || between.contains(['.', '!', '?', ':', '"', '“', '”', '\n', '—', '•', '|']);
        at_start = false;
        end = source.end;
        let written = part.raw.get(source.clone()).unwrap_or_default();
        let is_name = unit.kind == UnitKind::Word
            && !begins
            && written.starts_with(char::is_uppercase)
            && written.chars().nth(2).is_some();
        is_name.then(|| (source.start, hash::short(hash::of(part.units.text(unit)))))
    })
}
