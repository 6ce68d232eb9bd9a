//! What changed between two wordings of a text, word by word, in any script.
//!
//! For people who ask what was corrected. Compares what was published, not its folded form: a letter
//! that became a capital is a change.

use std::ops::Range;

use imara_diff::{Algorithm, Diff, Hunk, InternedInput};

use crate::words;

/// What became of a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// In both wordings.
    Kept,
    /// In the earlier one only.
    Removed,
    /// In the later one only.
    Added,
}

/// A run of text with one fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece<'a> {
    /// Its fate.
    pub change: Change,
    /// The text as it stands in its wording; never empty.
    pub text: &'a str,
}

/// The pieces of two wordings in order; where one replaced another, what was removed comes first. All
/// but what was added is the earlier wording, all but what was removed the later one.
///
/// Words are those of [`crate::words`] for the text's language tag, signs and spaces between them
/// stand alone. Two changes with no word between them are one. The shortest edit script (Myers 1986)
/// with the bounds on effort of the library: nearly linear in the length of the texts, and for texts
/// that have next to nothing in common no longer the shortest.
#[must_use]
pub fn changes<'a>(earlier: &'a str, later: &'a str, lang: &str) -> Vec<Piece<'a>> {
    let before = Tokens::of(earlier, lang);
    let after = Tokens::of(later, lang);
    let mut input = InternedInput::default();
    input.update_before(before.iter());
    input.update_after(after.iter());
    let diff = Diff::compute(Algorithm::Myers, &input);

    let mut hunks: Vec<Hunk> = Vec::new();
    for hunk in diff.hunks() {
        match hunks.last_mut() {
            Some(last) if !after.has_word(last.after.end..hunk.after.start) => {
                last.before.end = hunk.before.end;
                last.after.end = hunk.after.end;
            }
            _ => hunks.push(hunk),
        }
    }

    let mut pieces = Vec::with_capacity(3 * hunks.len() + 1);
    let mut push = |change, text: &'a str| {
        if !text.is_empty() {
            pieces.push(Piece { change, text });
        }
    };
    let mut kept_from = 0;
    for hunk in hunks {
        push(Change::Kept, after.text(kept_from..hunk.after.start));
        push(Change::Removed, before.text(hunk.before));
        kept_from = hunk.after.end;
        push(Change::Added, after.text(hunk.after));
    }
    push(Change::Kept, after.text(kept_from..after.len()));
    pieces
}

/// A text as words, and each character of what stands between them.
struct Tokens<'a> {
    text: &'a str,
    /// Where each ends, in bytes.
    ends: Vec<usize>,
}

impl<'a> Tokens<'a> {
    fn of(text: &'a str, lang: &str) -> Self {
        let mut ends = Vec::new();
        let mut end = 0;
        for word in words(text, lang) {
            let source = word.source.start as usize..word.source.end as usize;
            // One character may stand for several words (㍿).
            if source.start >= end {
                push_characters(text, end..source.start, &mut ends);
                ends.push(source.end);
                end = source.end;
            }
        }
        push_characters(text, end..text.len(), &mut ends);
        Self { text, ends }
    }

    fn len(&self) -> u32 {
        u32::try_from(self.ends.len()).unwrap_or(u32::MAX)
    }

    fn iter(&self) -> impl Iterator<Item = &'a str> {
        (0..self.len()).map(|at| self.text(at..at + 1))
    }

    fn text(&self, tokens: Range<u32>) -> &'a str {
        let end_of = |count: u32| match count.checked_sub(1) {
            Some(last) => self.ends.get(last as usize).copied(),
            None => Some(0),
        };
        match (end_of(tokens.start), end_of(tokens.end)) {
            (Some(start), Some(end)) => self.text.get(start..end).unwrap_or_default(),
            _ => "",
        }
    }

    /// Whether there is a word among them, of more than one character: 的 between two changes is of
    /// no help to a reader.
    fn has_word(&self, tokens: Range<u32>) -> bool {
        tokens.into_iter().any(|at| {
            let mut characters = self.text(at..at + 1).chars();
            characters.next().is_some() && characters.next().is_some()
        })
    }
}

fn push_characters(text: &str, range: Range<usize>, ends: &mut Vec<usize>) {
    let between = text.get(range.clone()).unwrap_or_default();
    let end_of = |(at, c): (usize, char)| range.start + at + c.len_utf8();
    ends.extend(between.char_indices().map(end_of));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(earlier: &str, later: &str, lang: &str) -> String {
        changes(earlier, later, lang)
            .iter()
            .map(|piece| match piece.change {
                Change::Kept => piece.text.to_owned(),
                Change::Removed => format!("[-{}-]", piece.text),
                Change::Added => format!("{{+{}+}}", piece.text),
            })
            .collect()
    }

    #[test]
    fn words_are_compared_in_every_script() {
        for (earlier, later, lang, expected) in [
            ("", "", "und", ""),
            ("same", "same", "en", "same"),
            ("", "new", "en", "{+new+}"),
            ("old", "", "en", "[-old-]"),
            (
                "The ballots were found in Taipei.",
                "The Ballots were not found in Taipei.",
                "en",
                "The [-ballots-]{+Ballots+} were{+ not+} found in Taipei.",
            ),
            (
                "民進黨在台北的支持率為三成。",
                "國民黨在台北的支持率為四成。",
                "zh-Hant",
                "[-民進黨-]{+國民黨+}在台北的支持率為[-三成-]{+四成+}。",
            ),
            (
                "官员说选举没有问题",
                "官员说选举存在严重问题",
                "zh-Hans",
                "官员说选举[-没有-]{+存在严重+}问题",
            ),
            (
                "Явка составила 40 процентов",
                "Явка составила 60 процентов",
                "ru",
                "Явка составила [-40-]{+60+} процентов",
            ),
            (
                "نتایج شمارش اعلام شد",
                "نتایج شمارش اعلام نشد",
                "fa",
                "نتایج شمارش اعلام [-شد-]{+نشد+}",
            ),
        ] {
            assert_eq!(shown(earlier, later, lang), expected);
        }
    }

    #[test]
    fn changes_with_no_word_between_them_are_one() {
        assert_eq!(
            shown("red, green and blue", "black, white and blue", "en"),
            "[-red, green-]{+black, white+} and blue"
        );
        assert_eq!(
            shown("a\n\nb ends", "c\n\nd ends", "en"),
            "[-a\n\nb-]{+c\n\nd+} ends"
        );
    }

    #[test]
    fn long_texts_without_a_common_word_are_compared_at_once() {
        let text = |seed: u32| -> String {
            (0..60_000_u32)
                .map(|at| {
                    format!(
                        "w{} ",
                        at.wrapping_mul(2_654_435_761).wrapping_add(seed) % 9_973
                    )
                })
                .collect()
        };
        let (earlier, later) = (text(0), text(3));
        let rebuilt: String = of(&changes(&earlier, &later, "en"), Change::Removed).collect();
        assert_eq!(rebuilt, later);
    }

    fn of<'p>(pieces: &'p [Piece<'p>], not: Change) -> impl Iterator<Item = &'p str> {
        let left = pieces.iter().filter(move |piece| piece.change != not);
        left.map(|piece| piece.text)
    }

    proptest! {
        #[test]
        fn both_wordings_can_be_read_from_the_pieces(
            earlier in "([a-c選票箱的 ，.㍿é\u{200b}]{0,3}){0,12}",
            later in "([a-c選票箱的 ，.㍿é\u{200b}]{0,3}){0,12}",
            lang in "(en|zh-Hant|und|ja)",
        ) {
            let pieces = changes(&earlier, &later, &lang);
            prop_assert_eq!(of(&pieces, Change::Added).collect::<String>(), &*earlier);
            prop_assert_eq!(of(&pieces, Change::Removed).collect::<String>(), &*later);
            prop_assert!(pieces.iter().all(|piece| !piece.text.is_empty()));
            for pair in pieces.windows(2) {
                prop_assert!(pair[0].change != pair[1].change);
            }
            prop_assert_eq!(
                pieces.iter().all(|piece| piece.change == Change::Kept),
                earlier == later
            );
        }

        #[test]
        fn any_text(earlier in "\\PC{0,60}", later in "\\PC{0,60}") {
            let pieces = changes(&earlier, &later, "und");
            prop_assert_eq!(of(&pieces, Change::Added).collect::<String>(), &*earlier);
            prop_assert_eq!(of(&pieces, Change::Removed).collect::<String>(), &*later);
        }
    }
}
