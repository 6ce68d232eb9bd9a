//! Texts in different languages that may tell the same, by what a translation leaves alone.
//!
//! Nothing of the wording can be compared, so that two reports of one event look much like a
//! translation: what is found here is *possible*, is shown as that, and counted nowhere.

use std::collections::BTreeSet;

use crate::beside::{Common, common, figures};
use crate::{Part, beside};

/// Figures that few texts have, which two texts must share.
const FIGURES_MIN: usize = 2;

/// Without anything else in common.
const FIGURES_ALONE_MIN: usize = 3;

/// Of the figures that few texts have, the text with fewer of them must share this part: two market reports
/// of one day share some of very many.
const SHARE_MIN: f64 = 0.5;

/// Figures of a text that are looked at, at most.
const FIGURES_MAX: usize = 200;

/// The figures of a text that few other texts have: with three digits of meaning or decimals, and no
/// years. As written plainly, in rising order.
#[must_use]
pub fn telling_figures(parts: &[Part<'_>]) -> Vec<String> {
    telling(parts).into_iter().map(beside::figure).collect()
}

fn telling(parts: &[Part<'_>]) -> BTreeSet<u64> {
    figures(parts)
        .filter(|key| is_telling(*key))
        .take(FIGURES_MAX)
        .collect()
}

fn is_telling(key: u64) -> bool {
    let thousandths = key >> 1;
    let (whole, decimals) = (thousandths / 1000, thousandths % 1000);
    if decimals != 0 {
        return whole >= 10;
    }
    let mut meaning = whole;
    while meaning != 0 && meaning % 10 == 0 {
        meaning /= 10;
    }
    meaning >= 100 && !(1900..=2100).contains(&whole)
}

/// What two texts in different languages have in common, where that is consistent with one being a
/// translation of the other: figures that few texts have, most of them shared, and beside them an
/// actor, a name, a quotation or an address. `actors` says how many actors are named in both, each
/// in its own script.
#[must_use]
pub fn possible(
    first: &[Part<'_>],
    second: &[Part<'_>],
    langs: [&str; 2],
    actors: usize,
) -> Option<Common> {
    let (ours, theirs) = (telling(first), telling(second));
    let shared = ours.intersection(&theirs).count();
    let fewer = ours.len().min(theirs.len());
    if shared == 0 || (shared as f64) < SHARE_MIN * fewer as f64 {
        return None;
    }
    let common = common(first, second, langs);
    let has_other = actors > 0
        || !common.names.is_empty()
        || !common.quotations.is_empty()
        || !common.links.is_empty();
    let is_found = !common.links.is_empty()
        || shared >= FIGURES_ALONE_MIN
        || shared >= FIGURES_MIN && has_other;
    is_found.then_some(common)
}

#[cfg(test)]
mod tests {
    use bellwether_text::{Analysed, analyse, language};

    use super::*;

    const ZH: &str = "海濱大學教授鄔國梁表示，第九選區的計票系統漏記三千七百二十一張選票，117個投票所要重新清點，\
        約需4,615,000元。";
    const EN: &str = "The counting system of the ninth district lost 3,721 ballots, Professor Wu of Seaside University \
        said. Votes in 117 polling places must be counted again, at a cost of 4.615 million.";
    const REPORT: &str = "Election officials in the ninth district said on Friday that 117 polling places opened on \
        time. Turnout by noon was 23.4%, they said, up from 19.8% in 2024, and 58 volunteers helped.";

    fn asked(first: &str, second: &str, actors: usize) -> bool {
        let units: [Analysed; 2] = [analyse(first), analyse(second)];
        let part = |raw, units| [Part { raw, units }];
        let (a, b) = (part(first, &units[0]), part(second, &units[1]));
        possible(&a, &b, [language(first), language(second)], actors).is_some()
    }

    #[test]
    fn figures_in_any_writing_and_something_beside_them() {
        assert!(asked(ZH, EN, 0), "three figures");
        let fewer = EN.replace("117", "some");
        assert!(!asked(ZH, &fewer, 0), "two figures alone");
        assert!(asked(ZH, &fewer, 1), "with an actor");
        let zh = ZH.replace("鄔國梁表示", "鄔國梁對Wasabi表示");
        let en = fewer.replace("said.", "told Wasabi.");
        assert!(asked(&zh, &en, 0), "with a name");
        let link = "https://claims.example/report-9";
        assert!(
            asked(
                &format!("漏記3,721張選票 {link}"),
                &format!("3,721 ballots were lost, see {link}"),
                0
            ),
            "one figure and an address"
        );
    }

    #[test]
    fn another_report_of_the_event_is_none() {
        assert!(!asked(ZH, REPORT, 2), "one figure of three");
        assert!(!asked("", "", 5));
        // Years, round numbers and small ones are in every text.
        let zh = "2024年選舉有200萬人投票，30個投票所，佔40%";
        let en = "In 2024, 2 million voted in 30 places, 40% of them early, said Wasabi";
        assert!(!asked(zh, en, 3));
    }

    #[test]
    fn of_many_figures_most_are_shared() {
        let market = |numbers: &[u32]| {
            numbers
                .iter()
                .map(|number| format!("{number} 點，"))
                .collect::<String>()
        };
        let zh = market(&[4_321, 8_765, 1_357, 2_468, 9_753, 8_642, 7_531]);
        let en = "Shares closed at 4321 and 8765; bonds at 1357; others at 3141, 5926, 5358, 9793, 2384 in Taipei.";
        assert!(!asked(&zh, en, 1));
    }

    #[test]
    fn figures_that_tell() {
        let text = "3,721 117 2024 200 1,000,000 12.5% 3.5 40% 4,615,000";
        let units = analyse(text);
        let found = telling_figures(&[Part {
            raw: text,
            units: &units,
        }]);
        assert_eq!(found, ["12.5%", "117", "3721", "4615000"]);
    }
}
