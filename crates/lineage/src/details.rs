//! What of a text is compared only with a text it may be a rewording of, as it costs more to find
//! than a fingerprint: names, and figures as exact as they are meant.

use bellwether_text::Segmenter;

use crate::Part;
use crate::names::{Spellings, names};
use crate::ranges::{Range, ranges};

/// Names and figures of a text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Details {
    /// Names, each once.
    pub(crate) names: Vec<Spellings>,
    /// All that may be the spelling of a name, in rising order.
    said: Vec<u32>,
    /// Figures, each once.
    pub(crate) figures: Vec<Range>,
}

impl Details {
    /// Finds them.
    #[must_use]
    pub fn of(parts: &[Part<'_>], lang: &str) -> Self {
        let mut details = Self::default();
        for part in parts {
            let words = Segmenter::default().words_of(part.raw, part.units, lang);
            names(part, &words, &mut details.names, &mut details.said);
            ranges(part.raw, &mut details.figures);
        }
        details.names.sort_unstable();
        details.names.dedup();
        details.said.sort_unstable();
        details.said.dedup();
        details.said.shrink_to_fit();
        details
    }

    /// The bytes it takes, about.
    pub(crate) fn bytes(&self) -> usize {
        8 * self.names.capacity()
            + 4 * self.said.capacity()
            + size_of::<Range>() * self.figures.capacity()
            + size_of::<Self>()
    }

    /// How many names of another text stand in this, spelled the same or a little otherwise.
    pub(crate) fn known_names(&self, other: &Self) -> usize {
        let is_said = |spelling: &u32| self.said.binary_search(spelling).is_ok();
        let known = other.names.iter();
        known.filter(|name| name.iter().any(is_said)).count()
    }

    /// How many figures of another text may be figures of this.
    pub(crate) fn known_figures(&self, other: &Self) -> usize {
        let is_known = |figure: &&Range| self.figures.iter().any(|own| own.meets(figure));
        other.figures.iter().filter(is_known).count()
    }
}

#[cfg(test)]
mod tests {
    use bellwether_text::analyse;

    use super::*;

    fn details(text: &str) -> Details {
        let units = analyse(text);
        let part = Part {
            raw: text,
            units: &units,
        };
        Details::of(&[part], "zh")
    }

    #[test]
    fn what_a_translator_leaves_is_known() {
        let original = details(
            "縣長羅季恆說，全縣412處投開票所有71,482票，占38.6%。議員洛馬西·卡內指出，經費8.6萬元。\
             發言人祝海峰表示，三萬一千公噸由 Hadzic 運走。",
        );
        let translated = details(
            "超过四百个投票站，将近四成，约七万一千五百票，罗季衡表示。议员洛玛西·卡内说，八万多元。\
             祝海峰说，三万多吨。Mr Hadžić 同意。",
        );
        assert_eq!(translated.figures.len(), 5);
        assert_eq!(original.known_figures(&translated), 5);
        assert_eq!(translated.names.len(), 4);
        assert_eq!(original.known_names(&translated), 4);

        let other = details("立委潘秀琴表示，有803人，占52%。市長羅文彬說，另有九千多票。");
        assert_eq!((other.names.len(), original.known_names(&other)), (2, 0));
        assert_eq!(
            (other.figures.len(), original.known_figures(&other)),
            (3, 0)
        );
    }
}
