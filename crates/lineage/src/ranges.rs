//! Figures as exact as they are meant: "more than 400" may be 412, 近三萬 may be 28,700.

use crate::figures::{is_rounded, last_place, read};

/// Words before a figure that is a little less than the real one,
const OVER: [&str; 14] = [
    "超过",
    "超過",
    "逾",
    "至少",
    "突破",
    "不止",
    "高于",
    "高於",
    "more than",
    "over",
    "at least",
    "above",
    "exceeding",
    "upwards of",
];
/// a little more,
const UNDER: [&str; 16] = [
    "近",
    "不到",
    "不足",
    "少于",
    "少於",
    "低于",
    "低於",
    "不满",
    "不滿",
    "不及",
    "nearly",
    "almost",
    "less than",
    "fewer than",
    "under",
    "close to",
];
/// or either.
const ABOUT: [&str; 11] = [
    "大约",
    "大約",
    "约",
    "約",
    "大概",
    "差不多",
    "about",
    "around",
    "some",
    "roughly",
    "approximately",
];

/// A figure and the values it may stand for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Range {
    figure: u64,
    low: f64,
    high: f64,
}

impl Range {
    /// Whether both may be the same figure.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        let holds = |wide: &Self, exact: &Self| {
            let value = (exact.figure >> 1) as f64;
            (wide.low..=wide.high).contains(&value) || is_rounded(wide.figure, exact.figure)
        };
        self.figure & 1 == other.figure & 1 && (holds(self, other) || holds(other, self))
    }
}

/// Adds the figures of a text, each once.
pub(crate) fn ranges(text: &str, found: &mut Vec<Range>) {
    read(text, |reader, start, figure| {
        if found.iter().any(|known| known.figure == figure) {
            return;
        }
        let before = text.get(..start).unwrap_or_default();
        let before = before.strip_suffix("百分之").unwrap_or(before);
        let before = before.trim_end_matches([' ', '\u{A0}', '$', '€', '£', '¥']);
        let stands_before = |words: &[&str]| words.iter().any(|word| ends_with(before, word));
        let value = (figure >> 1) as f64;
        let unit = last_place(value);
        let (less, more) = if reader.is_more || stands_before(&OVER) {
            (0.0, unit.min(0.5 * value))
        } else if stands_before(&UNDER) {
            (unit.min(0.2 * value), 0.0)
        } else if stands_before(&ABOUT) {
            let either = unit.min(0.1 * value);
            (either, either)
        } else {
            (0.0, 0.0)
        };
        found.push(Range {
            figure,
            low: value - less,
            high: value + more,
        });
    });
}

/// Whether a text ends with a word, in any case.
fn ends_with(text: &str, word: &str) -> bool {
    let end = text.len().checked_sub(word.len());
    end.and_then(|end| text.get(end..))
        .is_some_and(|end| end.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_as_exact_as_it_is_meant() {
        let meets = |a: &str, b: &str| {
            let [a, b] = [a, b].map(|text| {
                let mut found = Vec::new();
                ranges(text, &mut found);
                assert_eq!(found.len(), 1, "{text}");
                found[0]
            });
            a.meets(&b) && b.meets(&a)
        };
        for (a, b) in [
            ("412", "四百多個"),
            ("412", "More than 400"),
            ("3億2千萬", "超過三億元"),
            ("28,700", "將近三萬"),
            ("$86 million", "about 90 million"),
            ("38.6%", "近百分之三十九"),
            ("71,482", "71,500"),
            ("8万5千", "八万多元"),
            ("七八万元", "75,000"),
        ] {
            assert!(meets(a, b), "{a} {b}");
        }
        for (a, b) in [
            ("450", "400"),
            ("512", "四百多個"),
            ("370", "more than 400"),
            ("34,000", "近三萬"),
            ("40%", "40"),
            ("120", "about 150"),
        ] {
            assert!(!meets(a, b), "{a} {b}");
        }
    }
}
