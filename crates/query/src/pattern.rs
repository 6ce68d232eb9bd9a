//! What is looked for in a text: phrases, any of several, and one near another.

use bellwether_text::{Analysed, STEMMED, UnitKind, analyse, stem, stem_lead};

use memchr::memmem;

use crate::spans::{Span, in_a_row, in_order, near};

/// One unit of a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhraseUnit {
    /// Word, character or address.
    pub kind: UnitKind,
    /// Its folded form.
    pub text: String,
    /// Its distance from the first unit, in positions.
    pub offset: u32,
}

/// The stem of a word in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stem {
    /// The language.
    pub lang: &'static str,
    /// The stem of a word in it.
    pub stem: String,
}

/// How the last unit of a phrase is compared; all others are compared as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// As it is.
    Whole,
    /// Anything that begins with it. Only words: a character goes on into its word anyway.
    Prefix,
    /// The word itself, one of these stems, or a word of an item in the stem's language that has
    /// it. Only a word that stands alone.
    Stems(Vec<Stem>),
}

/// Words in a row: units at fixed distances from one another. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    units: Vec<PhraseUnit>,
    ending: Ending,
    slop: u32,
    /// What its first unit begins with in every text that has it.
    lead: String,
}

/// What is looked for in one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pattern {
    /// Words in a row.
    Phrase(Phrase),
    /// Any of these.
    Any(Vec<Pattern>),
    /// One at most so many positions from the other, in either order; see
    /// [`near`](crate::spans::near).
    Near {
        /// The one.
        left: Box<Pattern>,
        /// The other.
        right: Box<Pattern>,
        /// Positions; 1 for neighbours.
        within: u32,
    },
}

impl Phrase {
    /// The phrase of a text, just as it stands; `None` where the text has no unit.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let analysed = analyse(text);
        let first = analysed.units().first()?.position;
        let units = analysed
            .units()
            .iter()
            .map(|unit| PhraseUnit {
                kind: unit.kind,
                text: analysed.text(unit).to_owned(),
                offset: unit.position - first,
            })
            .collect();
        Some(Self {
            lead: analysed.text(analysed.units().first()?).to_owned(),
            units,
            ending: Ending::Whole,
            slop: 0,
        })
    }

    /// The same, with anything that begins like its last word.
    #[must_use]
    pub fn begun(mut self) -> Self {
        if self.last().kind == UnitKind::Word {
            self.ending = Ending::Prefix;
        }
        self
    }

    /// The same in other inflections, where it is one word of a language that is stemmed.
    #[must_use]
    pub fn inflected(mut self) -> Self {
        if let [
            PhraseUnit {
                kind: UnitKind::Word,
                text,
                ..
            },
        ] = &self.units[..]
        {
            let stems: Vec<Stem> = STEMMED
                .into_iter()
                .filter_map(|lang| {
                    let stem = stem(text, lang)?.into_owned();
                    Some(Stem { lang, stem })
                })
                .collect();
            if !stems.is_empty() {
                for Stem { stem, .. } in &stems {
                    let lead = stem_lead(stem);
                    let common = self.lead.chars().zip(lead.chars());
                    let bytes = common
                        .take_while(|(a, b)| a == b)
                        .map(|(a, _)| a.len_utf8())
                        .sum();
                    self.lead.truncate(bytes);
                }
                self.ending = Ending::Stems(stems);
            }
        }
        self
    }

    /// The same with up to so many more positions between its words, all gaps together.
    #[must_use]
    pub fn loose(mut self, slop: u32) -> Self {
        self.slop = slop;
        self
    }

    /// Its units in order; at least one.
    #[must_use]
    pub fn units(&self) -> &[PhraseUnit] {
        &self.units
    }

    /// How its last unit is compared.
    #[must_use]
    pub fn ending(&self) -> &Ending {
        &self.ending
    }

    /// How many more positions may lie between its words.
    #[must_use]
    pub fn slop(&self) -> u32 {
        self.slop
    }

    /// Its length in positions.
    #[must_use]
    pub fn length(&self) -> u32 {
        self.last().offset + 1
    }

    fn last(&self) -> &PhraseUnit {
        // Made from at least one unit.
        &self.units[self.units.len() - 1]
    }

    /// Whether a look at each unit tells where it stands: one unit, or several just as they are.
    fn is_rigid(&self) -> bool {
        self.units.len() == 1 || (self.slop == 0 && self.ending == Ending::Whole)
    }

    /// Whether a unit of a text is what stands at one place of the phrase.
    fn accepts(&self, at: usize, kind: UnitKind, text: &str, lang: &str) -> bool {
        let wanted = &self.units[at];
        // No ending changes how a word begins, and nearly all words begin otherwise.
        if wanted.kind != kind || text.as_bytes().first() != wanted.text.as_bytes().first() {
            return false;
        }
        if at + 1 < self.units.len() {
            return wanted.text == text;
        }
        match &self.ending {
            Ending::Whole => wanted.text == text,
            Ending::Prefix => text.starts_with(&wanted.text),
            Ending::Stems(stems) => {
                wanted.text == text
                    || stems.iter().any(|wanted| {
                        wanted.stem == text
                            || (wanted.lang == lang
                                && text.starts_with(stem_lead(&wanted.stem))
                                && stem(text, lang).is_some_and(|stem| stem == wanted.stem))
                    })
            }
        }
    }

    fn spans(&self, text: &Analysed, lang: &str) -> Vec<Span> {
        if self.is_rigid() {
            return self.rigid_spans(text, lang, u32::MAX).collect();
        }
        let mut positions: Vec<Vec<u32>> = vec![Vec::new(); self.units.len()];
        for unit in text.units() {
            let folded = text.text(unit);
            for (at, positions) in positions.iter_mut().enumerate() {
                if self.accepts(at, unit.kind, folded, lang) {
                    positions.push(unit.position);
                }
            }
        }
        let slots: Vec<(u32, &[u32])> = self
            .units
            .iter()
            .zip(&positions)
            .map(|(unit, positions)| (unit.offset, &positions[..]))
            .collect();
        if self.slop == 0 {
            in_a_row(&slots, self.length())
        } else {
            in_order(&slots, self.slop)
        }
    }

    /// Where a rigid phrase stands: found without lists, one after the other, as rules ask every item
    /// for the first of them. Looks no further than `reach` positions after the first.
    fn rigid_spans(&self, text: &Analysed, lang: &str, reach: u32) -> impl Iterator<Item = Span> {
        let units = text.units();
        let bytes = text.folded().as_bytes();
        // The units' forms lie one after the other: looking for bytes is far cheaper than taking each.
        let lead = memmem::Finder::new(self.lead.as_bytes());
        let (mut next, mut end) = (0, u32::MAX);
        std::iter::from_fn(move || {
            while let Some(ahead) = lead.find(bytes.get(next..)?) {
                let place = next + ahead;
                let at = units.partition_point(|unit| (unit.folded.start as usize) < place);
                let unit = units.get(at).filter(|unit| unit.position <= end)?;
                let start = unit.folded.start as usize;
                if start > place {
                    // Within a unit, or across two: the next one may begin before this place ends.
                    next = start;
                    continue;
                }
                next = start + 1;
                if self.stands_at(at, text, lang) {
                    if end == u32::MAX {
                        end = unit.position.saturating_add(reach);
                    }
                    return Some(Span {
                        start: unit.position,
                        end: unit.position + self.length(),
                    });
                }
            }
            None
        })
    }

    /// Whether a rigid phrase begins with a unit of a text.
    fn stands_at(&self, first: usize, text: &Analysed, lang: &str) -> bool {
        let units = text.units();
        let start = &units[first];
        if !self.accepts(0, start.kind, text.text(start), lang) {
            return false;
        }
        let mut at = first;
        self.units[1..].iter().all(|wanted| {
            let position = start.position + wanted.offset;
            // Positions rise by one or two, so the place is at or before this many units on.
            while at + 1 < units.len() && units[at].position < position {
                at += 1;
            }
            units[at].position == position
                && units[at].kind == wanted.kind
                && text.text(&units[at]) == wanted.text
        })
    }
}

impl Pattern {
    /// Whether it occurs in a text of an item in language `lang`.
    #[must_use]
    pub fn occurs(&self, text: &Analysed, lang: &str) -> bool {
        match self {
            Self::Phrase(phrase) if phrase.is_rigid() => {
                phrase.rigid_spans(text, lang, u32::MAX).next().is_some()
            }
            Self::Phrase(phrase) => !phrase.spans(text, lang).is_empty(),
            Self::Any(parts) => parts.iter().any(|part| part.occurs(text, lang)),
            Self::Near { .. } => !self.spans(text, lang).is_empty(),
        }
    }

    /// Where it occurs, in order.
    #[must_use]
    pub fn spans(&self, text: &Analysed, lang: &str) -> Vec<Span> {
        match self {
            Self::Phrase(phrase) => phrase.spans(text, lang),
            Self::Any(parts) => {
                let mut all: Vec<Span> = parts
                    .iter()
                    .flat_map(|part| part.spans(text, lang))
                    .collect();
                all.sort_unstable();
                all.dedup();
                all
            }
            Self::Near {
                left,
                right,
                within,
            } => {
                let left = left.spans(text, lang);
                if left.is_empty() {
                    return left;
                }
                near(&left, &right.spans(text, lang), *within)
            }
        }
    }

    /// The words that make a match, for showing: of NEAR both ends and not what lies between. Words
    /// further than `reach` positions after the first of their kind may be left out.
    pub(crate) fn shown(&self, text: &Analysed, lang: &str, reach: u32) -> Vec<Span> {
        match self {
            Self::Phrase(phrase) if phrase.is_rigid() => {
                phrase.rigid_spans(text, lang, reach).collect()
            }
            Self::Phrase(_) => self.spans(text, lang),
            Self::Any(parts) => parts
                .iter()
                .flat_map(|part| part.shown(text, lang, reach))
                .collect(),
            Self::Near { left, right, .. } => {
                let whole = merged(self.spans(text, lang));
                [left, right]
                    .into_iter()
                    .flat_map(|side| side.shown(text, lang, u32::MAX))
                    .filter(|part| {
                        let after = whole.partition_point(|whole| whole.start <= part.start);
                        after
                            .checked_sub(1)
                            .is_some_and(|at| part.end <= whole[at].end)
                    })
                    .collect()
            }
        }
    }

    /// How many phrases it holds.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Phrase(_) => 1,
            Self::Any(parts) => parts.iter().map(Self::size).sum(),
            Self::Near { left, right, .. } => left.size() + right.size(),
        }
    }
}

/// Stretches in order, those that overlap as one.
fn merged(spans: Vec<Span>) -> Vec<Span> {
    let mut merged: Vec<Span> = Vec::new();
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}
