//! A term as somebody typed it: what of it the detector of terms counts.
//!
//! A word, two words side by side or two characters are one term each. Of a longer phrase, such as the
//! name of a burst, each of its terms is one that may have risen.

use bellwether_text::{Analysed, UnitKind, analyse, terms};

use crate::naming::spelled;

/// A phrase of more units is no name but a text: see `naming`.
const UNITS_MAX: usize = 12;

/// No spelling of so many units is longer.
const BYTES_MAX: usize = 400;

/// One term of what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermPart {
    /// As it was typed.
    pub counted: String,
    pub(crate) key: u64,
}

/// What was typed, with the terms that are counted of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedTerm {
    text: String,
    parts: Vec<TermPart>,
}

/// Why something is no term.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TermError {
    /// It is longer than any term.
    #[error("it has {0} bytes, and no term has more than {BYTES_MAX}")]
    Long(usize),
    /// It has characters that no text shows.
    #[error("it has a control character, which is no part of any term")]
    Control,
    /// Nothing in it is counted.
    #[error(
        "nothing in it is counted: single characters, numbers of one digit, addresses and names of \
         accounts are no terms"
    )]
    Empty,
    /// It is more than one phrase.
    #[error("it is not one word or phrase: signs stand between its parts")]
    Apart,
    /// It is a longer phrase than any name.
    #[error("it has {0} words or characters, and a phrase has at most {UNITS_MAX}")]
    Units(usize),
}

impl TypedTerm {
    /// Reads what was typed.
    ///
    /// # Errors
    /// A [`TermError`] where it is no term.
    pub fn read(text: &str) -> Result<Self, TermError> {
        let text = text.trim();
        if text.len() > BYTES_MAX {
            return Err(TermError::Long(text.len()));
        }
        if text.chars().any(char::is_control) {
            return Err(TermError::Control);
        }
        let analysed = analyse(text);
        let units = analysed.units();
        if units.len() > UNITS_MAX {
            return Err(TermError::Units(units.len()));
        }
        let mut parts: Vec<TermPart> = Vec::new();
        let mut found: Vec<_> = terms(&analysed).collect();
        // The longer ones first: they say more.
        found.sort_by_key(|term| std::cmp::Reverse(term.len));
        for term in found {
            let is_known = parts.iter().any(|part| part.key == term.key);
            if let Some(counted) = spelled(text, &analysed, term).filter(|_| !is_known) {
                parts.push(TermPart {
                    counted,
                    key: term.key,
                });
            }
        }
        if parts.is_empty() {
            return Err(TermError::Empty);
        }
        if !is_one_phrase(&analysed) {
            return Err(TermError::Apart);
        }
        Ok(Self {
            text: text.to_owned(),
            parts,
        })
    }

    /// What was typed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The terms that are counted, the longer ones first.
    #[must_use]
    pub fn parts(&self) -> &[TermPart] {
        &self.parts
    }

    /// Only the term of a key, where it is one of them.
    pub(crate) fn only(mut self, key: u64) -> Self {
        if self.parts.iter().any(|part| part.key == key) {
            self.parts.retain(|part| part.key == key);
        }
        self
    }
}

fn is_one_phrase(analysed: &Analysed) -> bool {
    let units = analysed.units();
    let is_address = units.iter().any(|unit| unit.kind == UnitKind::Address);
    let is_joined = |pair: &[bellwether_text::Unit]| pair[0].position + 1 == pair[1].position;
    !is_address && units.windows(2).all(is_joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<String>, TermError> {
        let typed = TypedTerm::read(text)?;
        Ok(typed.parts.into_iter().map(|part| part.counted).collect())
    }

    #[test]
    fn a_term_is_one_and_a_phrase_is_several() {
        assert_eq!(read("作票"), Ok(vec!["作票".to_owned()]));
        assert_eq!(read(" Ballots "), Ok(vec!["Ballots".to_owned()]));
        assert_eq!(
            read("Harbour Ledger"),
            Ok(["Harbour Ledger", "Harbour", "Ledger"]
                .map(str::to_owned)
                .to_vec())
        );
        assert_eq!(
            read("幽靈選票"),
            Ok(["幽靈", "靈選", "選票"].map(str::to_owned).to_vec())
        );
    }

    #[test]
    fn what_is_no_term_is_refused_with_why() {
        assert_eq!(read(""), Err(TermError::Empty));
        assert_eq!(read("票"), Err(TermError::Empty));
        assert_eq!(read("@some_body"), Err(TermError::Empty));
        assert_eq!(read("https://example.org/a"), Err(TermError::Empty));
        assert_eq!(read("ballots\u{0}"), Err(TermError::Control));
        assert_eq!(read("bal\u{1b}[2Jlots"), Err(TermError::Control));
        assert_eq!(read("作票,開票"), Err(TermError::Apart));
        assert_eq!(read(&"a b ".repeat(20)), Err(TermError::Units(40)));
        let long = "作".repeat(1 << 20);
        assert_eq!(read(&long), Err(TermError::Long(3 << 20)));
    }
}
