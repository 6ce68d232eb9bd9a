//! The figures of a text: what a writer, a translator and a machine that swaps synonyms leave alone.
//!
//! A figure is kept by its value, so that 24萬, 二十四萬, 240,000 and "240 thousand" agree. Days,
//! years, hours and small whole numbers are none: too many texts share them.

use crate::numerals::{digit, han_digit, han_multiplier, is_han, multiplier, spelled};

/// A text has more than this only where it is a table.
const FIGURES_MAX: usize = 400;

/// Whole numbers below this count only with a decimal, a percent sign or a multiplier.
const SMALL: f64 = 13.0;

/// Whole numbers of four digits in here are taken for years.
const YEARS: std::ops::RangeInclusive<f64> = 1900.0..=2100.0;

/// The values of the figures of a text, in rising order, each once. A share in percent is another
/// figure than the same number without.
pub(crate) fn figures(text: &str) -> Vec<u64> {
    let found = figures_in_place(text);
    let mut found: Vec<u64> = found.into_iter().map(|(_, figure)| figure).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The figures of a text as they stand, each with the byte at which it ends.
pub(crate) fn figures_in_place(text: &str) -> Vec<(usize, u64)> {
    let mut found = Vec::new();
    read(text, |reader, _, figure| found.push((reader.at, figure)));
    found
}

/// Gives each figure, in order, with the reader behind it and the byte at which it begins.
pub(crate) fn read(text: &str, mut sink: impl FnMut(&Reader<'_>, usize, u64)) {
    let mut reader = Reader {
        text,
        at: 0,
        before: None,
        is_more: false,
    };
    for _ in 0..FIGURES_MAX {
        let figure = loop {
            let start = reader.at;
            reader.is_more = false;
            match reader.next() {
                Some(Some(figure)) => break Some((start, figure)),
                Some(None) => {}
                None => break None,
            }
        };
        let Some((start, figure)) = figure else { break };
        sink(&reader, start, figure);
    }
}

/// The place of the last digit of a number that is not nought: 100 of 71,500.
pub(crate) fn last_place(value: f64) -> f64 {
    let mut unit = 1.0;
    while unit < value && value % (unit * 10.0) == 0.0 {
        unit *= 10.0;
    }
    unit
}

pub(crate) struct Reader<'a> {
    text: &'a str,
    at: usize,
    before: Option<char>,
    /// Whether the figure read last says that it is a little more: 四百多.
    pub(crate) is_more: bool,
}

impl Reader<'_> {
    /// Goes on behind the next number or character; the figure where it was one. `None` at the end.
    fn next(&mut self) -> Option<Option<u64>> {
        let c = self.peek()?;
        if digit(c).is_some() {
            return Some(self.number());
        }
        if han_digit(c).is_some() || c == '十' {
            return Some(self.han_number());
        }
        if c.is_alphabetic() && !self.before.is_some_and(char::is_alphanumeric) {
            let word = self.word();
            let value = spelled(&word).and_then(|value| self.spelled_on(value));
            return Some(value);
        }
        self.step();
        Some(None)
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn step(&mut self) {
        if let Some(c) = self.peek() {
            self.at += c.len_utf8();
            self.before = Some(c);
        }
    }

    /// The letters from here on, in lower case.
    fn word(&mut self) -> String {
        let mut word = String::new();
        while let Some(c) = self.peek().filter(|c| c.is_alphabetic()) {
            if word.len() < 16 {
                word.extend(c.to_lowercase());
            }
            self.step();
            // Scripts without spaces have no words that are multipliers.
            if is_han(c) {
                break;
            }
        }
        word
    }

    /// The number that begins with a spelled one: "forty-one", "nineteen thousand three hundred".
    /// "Twelve" by itself is none, as 12 is none.
    fn spelled_on(&mut self, first: f64) -> Option<u64> {
        let (mut total, mut section) = (0.0, first);
        let mut has_multiplier = false;
        loop {
            let mark = (self.at, self.before);
            self.skip_space();
            let mut word = self.word();
            if word == "and" {
                self.skip_space();
                word = self.word();
            }
            if matches!(word.as_str(), "percent" | "per") {
                if word == "per" && !self.cent() {
                    (self.at, self.before) = mark;
                    break;
                }
                return key(total + section, true);
            }
            match (multiplier(&word), spelled(&word)) {
                (Some(factor), _) if factor < 1_000.0 && section < factor => section *= factor,
                (Some(factor), _) if factor >= 1_000.0 => {
                    total += section * factor;
                    section = 0.0;
                }
                (None, Some(more))
                    if section % 100.0 == 0.0
                        || (more < 10.0 && section % 100.0 >= 20.0 && section % 10.0 == 0.0) =>
                {
                    section += more;
                    continue;
                }
                _ => {
                    (self.at, self.before) = mark;
                    break;
                }
            }
            has_multiplier = true;
        }
        let value = total + section;
        (has_multiplier || value >= SMALL)
            .then(|| key(value, false))
            .flatten()
    }

    /// Whether "cent" follows, as in "per cent".
    fn cent(&mut self) -> bool {
        self.skip_space();
        self.word() == "cent"
    }

    fn skip_space(&mut self) {
        while self
            .peek()
            .is_some_and(|c| matches!(c, ' ' | '\u{A0}' | '\u{202F}' | '-'))
        {
            self.step();
        }
    }

    fn number(&mut self) -> Option<u64> {
        let is_within_word = self.before.is_some_and(|c| {
            (c.is_alphanumeric() && !is_han(c)) || matches!(c, ':' | '/' | '_' | '#' | '@')
        });
        let is_share = self.is_share();
        let mut total = 0.0;
        let mut has_multiplier = false;
        let mut is_plain = true;
        loop {
            let (value, is_decimal) = self.digits();
            is_plain &= !is_decimal;
            self.more();
            let Some(factor) = self.han_multiplier() else {
                total += value;
                break;
            };
            has_multiplier = true;
            total += value * factor;
            if self.peek().and_then(digit).is_none() {
                break;
            }
        }
        let next = self.peek();
        if is_within_word || next.is_some_and(|c| matches!(c, ':' | '/' | '_')) {
            self.rest_of_word();
            return None;
        }
        if matches!(next, Some('%' | '％' | '٪')) {
            self.step();
            return key(total, true);
        }
        if next == Some('成') && is_plain && (1.0..10.0).contains(&total) {
            return self.tenths(total);
        }
        if is_share {
            return key(total, true);
        }
        if next.is_some_and(|c| {
            matches!(
                c,
                '年' | '月' | '日' | '號' | '号' | '時' | '时' | '點' | '点'
            )
        }) {
            return None;
        }
        let mark = (self.at, self.before);
        self.skip_space();
        let word = self.word();
        if matches!(
            word.as_str(),
            "percent" | "procent" | "процент" | "процентов" | "процента"
        ) {
            return key(total, true);
        }
        if let Some(factor) = multiplier(&word).filter(|_| !has_multiplier) {
            return key(total * factor, false);
        }
        if word == "per" && self.cent() {
            return key(total, true);
        }
        (self.at, self.before) = mark;
        let is_year = is_plain && !has_multiplier && YEARS.contains(&total);
        if is_plain && !has_multiplier && (total < SMALL || is_year) {
            return None;
        }
        key(total, false)
    }

    /// Digits with their signs between; whether there is a decimal.
    fn digits(&mut self) -> (f64, bool) {
        let mut plain = String::new();
        let mut is_decimal = false;
        while let Some(c) = self.peek() {
            if let Some(value) = digit(c) {
                if plain.len() < 24 {
                    plain.push(char::from(b'0' + value));
                }
                self.step();
                continue;
            }
            let ahead: Vec<bool> = self.text[self.at + c.len_utf8()..]
                .chars()
                .take(4)
                .map(|c| digit(c).is_some())
                .collect();
            let is_group = ahead.starts_with(&[true; 3]) && ahead.get(3) != Some(&true);
            match c {
                ',' | '，' | '٬' | '\'' | '’' | '\u{A0}' | '\u{202F}'
                    if is_group && !is_decimal =>
                {
                    self.step();
                }
                '.' | '．' | '٫' if !is_decimal && ahead.first() == Some(&true) => {
                    is_decimal = true;
                    plain.push('.');
                    self.step();
                }
                _ => break,
            }
        }
        (plain.parse().unwrap_or(0.0), is_decimal)
    }

    fn han_multiplier(&mut self) -> Option<f64> {
        let mut factor = None;
        while let Some(more) = self.peek().and_then(han_multiplier) {
            self.step();
            factor = Some(factor.unwrap_or(1.0) * more);
            self.more();
        }
        factor
    }

    /// Goes over the sign that a figure is a little more: 四百多, 十餘萬.
    fn more(&mut self) {
        if matches!(self.peek(), Some('多' | '余' | '餘')) {
            self.step();
            self.is_more = true;
        }
    }

    /// A number in Han characters, as 二十四萬五千.
    fn han_number(&mut self) -> Option<u64> {
        let is_share = self.is_share();
        // 數十萬 says no number.
        let is_none = matches!(
            self.before,
            Some('第' | '初' | '週' | '周' | '期' | '數' | '数' | '幾' | '几')
        );
        let (mut total, mut section, mut last) = (0.0, 0.0, None);
        let mut has_multiplier = false;
        while let Some(c) = self.peek() {
            if let Some(value) = han_digit(c) {
                // 二〇二六 reads digit by digit.
                last = Some(last.map_or(value, |before: f64| before * 10.0 + value));
            } else if let Some(factor) = han_multiplier(c) {
                has_multiplier |= factor >= 100.0;
                // 七八萬 is seven or eight of them.
                if let Some(both) =
                    last.filter(|both| *both > 11.0 && *both < 90.0 && both % 11.0 == 1.0)
                {
                    last = Some((both / 10.0).floor());
                    self.is_more = true;
                }
                if factor >= 10_000.0 {
                    total = (total + section + last.take().unwrap_or(0.0)) * factor;
                    section = 0.0;
                } else {
                    section += last.take().unwrap_or(1.0) * factor;
                }
            } else if matches!(c, '多' | '余' | '餘') && last.is_none() && section + total > 0.0
            {
                self.is_more = true;
            } else {
                break;
            }
            self.step();
        }
        let value = total + section + last.unwrap_or(0.0);
        if is_share {
            return key(value, true);
        }
        if let Some(whole) = self.parts_of(value) {
            return whole;
        }
        let follows = self.peek();
        if follows == Some('成') && (1.0..10.0).contains(&value) {
            return self.tenths(value);
        }
        if is_none
            || follows.is_some_and(|c| {
                matches!(
                    c,
                    '年' | '月' | '日' | '號' | '号' | '時' | '时' | '點' | '点'
                )
            })
            || (value < SMALL)
            || (!has_multiplier && value < 20.0)
        {
            return None;
        }
        key(value, false)
    }

    /// The share where a number is how many parts there are: 五分之一.
    fn parts_of(&mut self, parts: f64) -> Option<Option<u64>> {
        let mark = (self.at, self.before);
        for sign in ['分', '之'] {
            if self.peek() != Some(sign) {
                (self.at, self.before) = mark;
                return None;
            }
            self.step();
        }
        let of = self
            .peek()
            .and_then(|c| digit(c).map(f64::from).or_else(|| han_digit(c)))?;
        self.step();
        let is_percent = parts >= 5.0 && 100.0 % parts == 0.0;
        Some(if is_percent {
            key(100.0 * of / parts, true)
        } else {
            None
        })
    }

    /// Whether 百分之 stands before.
    fn is_share(&self) -> bool {
        self.text[..self.at].ends_with("百分之")
    }

    /// Tenths and what follows them, as a share: 三成, 三成八.
    fn tenths(&mut self, tenths: f64) -> Option<u64> {
        self.step();
        let more = self
            .peek()
            .and_then(|c| digit(c).map(f64::from).or_else(|| han_digit(c)));
        if more.is_some() {
            self.step();
        }
        key(tenths * 10.0 + more.unwrap_or(0.0), true)
    }

    fn rest_of_word(&mut self) {
        while self
            .peek()
            .is_some_and(|c| (c.is_alphanumeric() && !is_han(c)) || matches!(c, ':' | '/' | '_'))
        {
            self.step();
        }
    }
}

/// A value as a number to compare by, to a thousandth.
fn key(value: f64, is_percent: bool) -> Option<u64> {
    let thousandths = (value * 1000.0).round();
    if !(1.0..9e17).contains(&thousandths) {
        return None;
    }
    Some((thousandths as u64) << 1 | u64::from(is_percent))
}

/// Whether a figure may be another in round numbers: "71,500" of 71,482, "nearly 39 %" of 38.6 %.
pub(crate) fn is_rounded(round: u64, exact: u64) -> bool {
    if round & 1 != exact & 1 || round == exact {
        return false;
    }
    let (round, exact) = ((round >> 1) as f64, (exact >> 1) as f64);
    let unit = last_place(round);
    // Something must be left off, and at least two digits be kept, or one of a small difference.
    unit > last_place(exact) && (round - exact).abs() <= unit.min(0.05 * exact)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        figures(text)
            .into_iter()
            .map(|figure| {
                let sign = if figure & 1 == 1 { "%" } else { "" };
                format!("{}{sign}", (figure >> 1) as f64 / 1000.0)
            })
            .collect()
    }

    #[test]
    fn one_value_however_written() {
        for text in [
            "24萬",
            "二十四萬",
            "240,000",
            "240 thousand",
            "２４０，０００",
            "24万张",
            "۲۴۰٬۰۰۰",
        ] {
            assert_eq!(values(text), ["240000"], "{text}");
        }
        assert_eq!(values("1.2萬 and 12,000 and twelve thousand"), ["12000"]);
        assert_eq!(values("3億5千萬元"), ["350000000"]);
        assert_eq!(values("61.5％ 61.5 percent"), ["61.5%"]);
        assert_eq!(values("$3.4 billion"), ["3400000000"]);
        assert_eq!(values("約一百五十人"), ["150"]);
        assert_eq!(
            values("forty-one of nineteen thousand three hundred and six"),
            ["41", "19306"]
        );
        assert_eq!(
            values("38 per cent, thirty-eight percent, 百分之三十八, 三成八, 38%"),
            ["38%"]
        );
        assert_eq!(values("四成以上"), ["40%"]);
        assert_eq!(values("五分之一, 二十分之三"), ["15%", "20%"]);
        assert_eq!(values("七八万元"), ["70000"]);
        assert_eq!(values("四百多人, 十多萬元"), ["400", "100000"]);
    }

    #[test]
    fn round_numbers() {
        let is_rounded =
            |round: &str, exact: &str| super::is_rounded(figures(round)[0], figures(exact)[0]);
        for (round, exact) in [
            ("71,500", "71,482"),
            ("6萬7千", "66,905"),
            ("39%", "38.6%"),
            ("2,900", "2,870"),
            ("三萬噸", "31,000"),
            ("$1.3 billion", "1.26 billion"),
        ] {
            assert!(is_rounded(round, exact), "{round} {exact}");
            assert!(!is_rounded(exact, round), "{round} {exact}");
        }
        for (round, exact) in [
            ("71,400", "71,482%"),
            ("3000", "3,900"),
            ("50", "50"),
            ("700", "641"),
            ("120", "131"),
        ] {
            assert!(!is_rounded(round, exact), "{round} {exact}");
        }
    }

    #[test]
    fn days_years_hours_and_small_numbers_are_none() {
        for text in [
            "2026年11月20日",
            "on 20/11/2026 at 10:30",
            "in 2024",
            "7 people",
            "第九選區",
            "十分重要",
            "一些三明治",
            "covid19 g20",
            "20日電",
            "數十萬人",
            "三分之一",
        ] {
            assert_eq!(values(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn any_text_is_read_to_its_end() {
        for text in [
            "1.",
            "1,",
            "9".repeat(400).as_str(),
            "一".repeat(400).as_str(),
            "1,2,3",
            "萬萬",
            "%",
        ] {
            figures(text);
        }
    }
}
