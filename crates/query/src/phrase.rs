//! Words in a row, as units to look for.

use bellwether_text::{Analysed, UnitKind, analyse};

/// One unit of a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhraseUnit {
    /// Word or character.
    pub kind: UnitKind,
    /// Its folded form.
    pub text: String,
    /// Its distance from the first unit, in positions.
    pub offset: u32,
}

/// Words in a row: units at fixed distances from one another. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    units: Vec<PhraseUnit>,
}

impl Phrase {
    /// The phrase of a text; `None` where the text has no unit.
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
        Some(Self { units })
    }

    /// Its units in order; at least one.
    #[must_use]
    pub fn units(&self) -> &[PhraseUnit] {
        &self.units
    }

    /// Calls `found` with the range of unit indices of each occurrence, until it says to stop by
    /// returning `false`.
    pub(crate) fn each_in(
        &self,
        document: &Analysed,
        mut found: impl FnMut(std::ops::Range<usize>) -> bool,
    ) {
        let units = document.units();
        let Some((first, rest)) = self.units.split_first() else {
            return;
        };
        for (start, unit) in units.iter().enumerate() {
            if unit.kind != first.kind || document.text(unit) != first.text {
                continue;
            }
            let mut at = start;
            let is_here = rest.iter().all(|wanted| {
                let position = unit.position + wanted.offset;
                // Positions rise by one or two, so the place is at or before this many units on.
                while at + 1 < units.len() && units[at].position < position {
                    at += 1;
                }
                units[at].position == position
                    && units[at].kind == wanted.kind
                    && document.text(&units[at]) == wanted.text
            });
            if is_here && !found(start..at + 1) {
                return;
            }
        }
    }
}
