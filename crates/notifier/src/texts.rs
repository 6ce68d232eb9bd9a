//! A message as text of a chat that takes so much and no more.
//!
//! What is too long goes out in several texts, cut between lines, else between words, else between what
//! a person sees as characters; a text is cut before its mark-up is taken out and measured afterwards, so
//! that no escape is cut. Where even the texts that may be sent do not hold it, lines are left out from
//! the end of the account: headline, link and notes stay.

use bellwether_api::wording::Message;
use unicode_segmentation::UnicodeSegmentation;

/// What a platform counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Unicode code points.
    Chars,
    /// UTF-16 code units.
    Utf16,
    /// Bytes of UTF-8.
    Bytes,
}

impl Unit {
    fn of(self, text: &str) -> usize {
        match self {
            Self::Chars => text.chars().count(),
            Self::Utf16 => text.chars().map(char::len_utf16).sum(),
            Self::Bytes => text.len(),
        }
    }
}

/// How a chat takes texts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dialect {
    /// The longest text.
    pub(crate) longest: usize,
    /// What it is counted in.
    pub(crate) unit: Unit,
    /// Texts of one message, at most.
    pub(crate) texts: usize,
    /// A text of others without what the chat would act on.
    pub(crate) neutral: fn(&str) -> String,
    /// Our own link, which must work as one.
    pub(crate) link: fn(&str) -> String,
}

impl Dialect {
    /// The texts of a message, one at least.
    pub(crate) fn texts(&self, message: &Message) -> Vec<String> {
        let whole = self.split(&self.lines(message, message.lines.len()));
        if whole.len() <= self.texts {
            return whole;
        }
        // The most lines with which it fits; none of them is the least there is to say.
        let fits = |kept: &usize| {
            let mut lines = self.lines(message, *kept);
            lines.push(Line::ours(&message.shortened_line()));
            Some(self.split(&lines)).filter(|texts| texts.len() <= self.texts)
        };
        (0..message.lines.len())
            .rev()
            .find_map(|kept| fits(&kept))
            .unwrap_or_else(|| whole.into_iter().take(self.texts).collect())
    }

    fn lines(&self, message: &Message, kept: usize) -> Vec<Line> {
        let link = message.link.as_ref().map(|link| {
            let link = (self.link)(link);
            Line::ours(&message.link_line(&link))
        });
        let notes = (message.notes.iter()).map(|note| Line::of_others(&message.note_line(note)));
        std::iter::once(Line::of_others(&message.headline))
            .chain(
                message
                    .lines
                    .iter()
                    .take(kept)
                    .map(|line| Line::of_others(line)),
            )
            .chain(link)
            .chain(notes)
            .collect()
    }

    fn split(&self, lines: &[Line]) -> Vec<String> {
        let mut texts: Vec<String> = Vec::new();
        let mut text = String::new();
        for piece in lines.iter().flat_map(|line| self.pieces(line)) {
            let joined = self.unit.of(&text) + 1 + self.unit.of(&piece);
            if text.is_empty() {
                text = piece;
            } else if joined <= self.longest {
                text.push('\n');
                text.push_str(&piece);
            } else {
                texts.push(std::mem::replace(&mut text, piece));
            }
        }
        texts.push(text);
        texts
    }

    /// A line in pieces that fit.
    fn pieces(&self, line: &Line) -> Vec<String> {
        let shown = |text: &str| {
            if line.is_ours {
                text.to_owned()
            } else {
                (self.neutral)(text)
            }
        };
        let fits = |text: &str| self.unit.of(&shown(text)) <= self.longest;
        let mut pieces = Vec::new();
        let mut rest = line.text.as_str();
        while !fits(rest) {
            let end = Self::cut(rest, &fits);
            pieces.push(shown(rest[..end].trim_end()));
            rest = rest[end..].trim_start();
        }
        if !rest.is_empty() || pieces.is_empty() {
            pieces.push(shown(rest));
        }
        pieces
    }

    /// Where the longest beginning of a text ends that fits: behind a word, where there is one.
    fn cut(text: &str, fits: &impl Fn(&str) -> bool) -> usize {
        let ends: Vec<usize> = text
            .grapheme_indices(true)
            .map(|(at, character)| at + character.len())
            .collect();
        let fitting = ends.partition_point(|end| fits(&text[..*end]));
        // One character that does not fit alone goes out all the same: nothing would end this.
        let end = ends
            .get(fitting.saturating_sub(1))
            .copied()
            .unwrap_or(text.len());
        let behind_word = text[..end].rfind(char::is_whitespace).unwrap_or(0);
        if behind_word > 0 { behind_word } else { end }
    }
}

struct Line {
    text: String,
    is_ours: bool,
}

impl Line {
    fn ours(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            is_ours: true,
        }
    }

    fn of_others(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            is_ours: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::neutral;
    use proptest::prelude::*;

    fn dialect(longest: usize, unit: Unit, texts: usize) -> Dialect {
        Dialect {
            longest,
            unit,
            texts,
            neutral: neutral::slack,
            link: str::to_owned,
        }
    }

    fn message(lines: Vec<String>) -> Message {
        Message {
            language: bellwether_model::MessageLanguage::English,
            headline: "Burst: <!channel> 作票".to_owned(),
            lines,
            link: Some("https://b.example.org/bursts/b-1".to_owned()),
            link_name: "Evidence and query".to_owned(),
            notes: vec!["may repeat an earlier message".to_owned()],
            is_withheld: false,
        }
    }

    #[test]
    fn what_matters_stays_where_a_text_is_too_long() {
        let long = message((0..9).map(|n| format!("{n}{}", "選".repeat(99))).collect());
        let whole = dialect(4_000, Unit::Chars, 1).texts(&long);
        assert_eq!(whole.len(), 1);
        assert_eq!(whole[0].lines().count(), 12);
        let short = dialect(500, Unit::Chars, 1).texts(&long);
        assert_eq!(short.len(), 1);
        assert!(short[0].chars().count() <= 500);
        let lines: Vec<&str> = short[0].lines().collect();
        assert_eq!(lines.first(), Some(&"Burst: &lt;!channel&gt; 作票"));
        assert!(lines.contains(&"Evidence and query: https://b.example.org/bursts/b-1"));
        assert!(lines.contains(&"Note: may repeat an earlier message"));
        assert_eq!(
            lines.last(),
            Some(&"Note: shortened; the page has the rest")
        );
        assert!(lines.len() > 5);
    }

    #[test]
    fn a_long_line_is_cut_between_words_and_never_within_a_character() {
        let words = message(vec![
            "alpha beta 🗳️🗳️🗳️ 𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷 gamma".repeat(9),
        ]);
        for unit in [Unit::Chars, Unit::Utf16, Unit::Bytes] {
            let texts = dialect(120, unit, 99).texts(&words);
            assert!(texts.len() > 2);
            for text in &texts {
                assert!(unit.of(text) <= 120, "{text}");
                assert!(!text.starts_with('\u{FE0F}'), "{text}");
                assert!(!text.ends_with(' ') && !text.starts_with(' '));
            }
            let together: String = texts.concat().split_whitespace().collect();
            assert!(together.contains("alphabeta🗳️🗳️🗳️𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷gammaalpha"));
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost_or_doubled(lines in prop::collection::vec("\\PC{0,300}", 0..6), longest in 80_usize..400) {
            let dialect = dialect(longest, Unit::Utf16, 10_000);
            let message = message(lines);
            let texts = dialect.texts(&message);
            for text in &texts {
                prop_assert!(Unit::Utf16.of(text) <= longest, "{}", Unit::Utf16.of(text));
            }
            let read = |text: &str| -> String {
                text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
                    .chars().filter(|c| !c.is_whitespace() && *c != neutral::BREAK).collect()
            };
            let whole = message.all_lines().concat();
            let whole: String = whole.chars().filter(|c| !c.is_whitespace() && *c != neutral::BREAK).collect();
            prop_assert_eq!(read(&texts.concat()), read(&whole));
        }
    }
}
