//! What of a text is compared only with a text it may be a rewording of, as it costs more to find
//! than a fingerprint: names, and where names and figures stand.

use std::collections::HashMap;

use bellwether_text::{Segmenter, UnitKind};

use crate::Part;
use crate::figures::figures_in_place;
use crate::hash;

/// Names and figures of a text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Details {
    /// Names, in rising order, each once.
    pub names: Vec<u32>,
    /// Words of scripts without spaces and words of meaning of others, in rising order, each once.
    pub words: Vec<u32>,
    /// Names and figures in the order in which they first stand.
    pub anchors: Vec<u32>,
}

impl Details {
    /// Finds them.
    #[must_use]
    pub fn of(parts: &[Part<'_>], lang: &str) -> Self {
        let mut details = Self::default();
        let mut first: HashMap<u32, usize> = HashMap::new();
        let mut base = 0;
        for part in parts {
            for (at, name) in latin_names(part) {
                first.entry(name).or_insert(base + at);
                details.names.push(name);
            }
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
                    first
                        .entry(number)
                        .or_insert(base + word.source.start as usize);
                    details.names.push(number);
                }
            }
            for (at, figure) in figures_in_place(part.raw) {
                let number = hash::short(hash::mix(figure));
                first.entry(number).or_insert(base + at);
            }
            base += part.raw.len();
        }
        for list in [&mut details.names, &mut details.words] {
            list.sort_unstable();
            list.dedup();
        }
        let mut anchors: Vec<(usize, u32)> =
            first.into_iter().map(|(number, at)| (at, number)).collect();
        anchors.sort_unstable();
        details.anchors = anchors.into_iter().map(|(_, number)| number).collect();
        details
    }
}

/// Words that begin with a capital letter though no sentence begins there.
fn latin_names<'a>(part: &'a Part<'a>) -> impl Iterator<Item = (usize, u32)> + 'a {
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
