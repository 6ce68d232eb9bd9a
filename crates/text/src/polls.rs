//! Whether a text looks as if it quoted an opinion poll, in Chinese (both scripts) and English.
//!
//! Some laws forbid to publish or quote polls shortly before a vote. Whoever must not do so would rather
//! hold back too much than too little, so this errs on the side of *yes*: the mere word for a poll is
//! enough, a survey needs a share or a supporter beside it, and so does support a share. The places,
//! hours and people of a vote (*polling station*, *polls close*) are no polls, though.
//!
//! Other languages are not known here: a poll in Russian is seen only where it has such words.

use std::sync::OnceLock;

use crate::fold;

/// Words that are only said of polls.
const POLL_HAN: [&str; 12] = [
    "民調",
    "民意調查",
    "民意測驗",
    "世論調查",
    "支持度",
    "支持率",
    "看好度",
    "滿意度",
    "認同率",
    "抽樣誤差",
    "有效樣本",
    "投票意向",
];

/// Words that are said of polls and of much else.
const SURVEY_HAN: [&str; 9] = [
    "調查", "問卷", "受訪", "抽樣", "支持", "看好", "領先", "落後", "滿意",
];

/// A share in words: each a numeral and one of these, or these alone.
const NUMERALS: &str = "0123456789〇零一二三四五六七八九十兩幾半";
const TENTHS: [&str; 2] = ["成", "趴"];
const SHARE_HAN: [&str; 3] = ["百分之", "百分點", "個百分"];

/// So many characters on both sides are beside a word in Chinese.
const BESIDE_CHARS: usize = 30;
/// And so many words in English.
const BESIDE_WORDS: usize = 12;

const POLL: [&str; 7] = [
    "poll",
    "polls",
    "polled",
    "polling",
    "pollster",
    "pollsters",
    "exitpoll",
];
const SURVEY: [&str; 6] = [
    "survey",
    "surveys",
    "surveyed",
    "respondent",
    "respondents",
    "surveying",
];
/// Whom and what a survey before a vote is about.
const CONCERNED: [&str; 30] = [
    "support",
    "supports",
    "supported",
    "supporting",
    "supporters",
    "back",
    "backs",
    "backed",
    "backing",
    "approve",
    "approves",
    "approval",
    "disapprove",
    "favor",
    "favors",
    "favour",
    "favours",
    "favored",
    "favoured",
    "prefer",
    "lead",
    "leads",
    "leading",
    "trails",
    "trailing",
    "candidate",
    "candidates",
    "voters",
    "mayoral",
    "election",
];
/// Which of them tell of a poll beside a share alone.
const CONCERNED_SHARE: std::ops::Range<usize> = 0..25;

/// What stands behind the word where a vote is meant and no poll.
const OF_THE_VOTE: [&str; 34] = [
    "station",
    "stations",
    "place",
    "places",
    "day",
    "booth",
    "booths",
    "site",
    "sites",
    "location",
    "locations",
    "hour",
    "hours",
    "time",
    "times",
    "card",
    "cards",
    "clerk",
    "clerks",
    "worker",
    "workers",
    "watcher",
    "watchers",
    "observer",
    "observers",
    "official",
    "officials",
    "book",
    "books",
    "tax",
    "area",
    "areas",
    "precinct",
    "precincts",
];
/// What the places of a vote do, up to so many words behind.
const OPENING: [&str; 9] = [
    "open", "opens", "opened", "opening", "close", "closes", "closed", "closing", "reopen",
];
const OPENING_WORDS: usize = 3;
/// What stands before *close* where it says how near something is.
const QUALITY: [&str; 6] = ["a", "as", "so", "the", "too", "very"];
/// What stands before the word where a poll is meant.
const OF_POLLS: [&str; 6] = ["exit", "opinion", "straw", "tracking", "latest", "new"];
/// What people do towards them: *go to the polls*, *queue at the polls*.
const GOING: [&str; 19] = [
    "go", "goes", "going", "went", "gone", "head", "heads", "heading", "headed", "flock", "return",
    "returned", "queue", "queued", "line", "lined", "turnout", "violence", "back",
];
const GOING_WORDS: usize = 4;

/// Two words that are said of polls only.
const PAIRS: [(&str, &str); 6] = [
    ("approval", "rating"),
    ("approval", "ratings"),
    ("voting", "intention"),
    ("voting", "intentions"),
    ("voter", "preference"),
    ("sampling", "error"),
];

/// Whether a text may quote an opinion poll.
#[must_use]
pub fn may_quote_poll(text: &str) -> bool {
    looks_like_poll(text) || decoded(text).is_some_and(|text| looks_like_poll(&text))
}

fn looks_like_poll(text: &str) -> bool {
    // Without what makes addresses and tags: what stands in them are words like others. The signs of
    // shares are no units of the analysis.
    let mut plain = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '%' | '％' | '﹪' | '٪' => plain.push_str(" percent "),
            '/' | '\\' | ':' | '?' | '=' | '&' | '_' | '#' | '@' | '+' | '-' | '.' | '＃'
            | '＠' | '\'' | '’' => plain.push(' '),
            c => plain.push(c),
        }
    }
    let folded = fold(&plain);
    let words: Vec<&str> = folded.split_whitespace().collect();
    in_chinese(&folded) || in_english(&words)
}

/// The words in folded form.
struct Han {
    poll: Vec<String>,
    survey: Vec<String>,
    share: Vec<String>,
}

fn han() -> &'static Han {
    static HAN: OnceLock<Han> = OnceLock::new();
    HAN.get_or_init(|| {
        let folded = |words: &[&str]| words.iter().map(|word| fold(word)).collect();
        let tenths = |tenth: &'static str| {
            let numerals = NUMERALS.chars();
            numerals.map(move |numeral| fold(&format!("{numeral} {tenth}")).replace(' ', ""))
        };
        let mut share: Vec<String> = folded(&SHARE_HAN);
        share.extend(TENTHS.into_iter().flat_map(tenths));
        share.push("percent".to_owned());
        Han {
            poll: folded(&POLL_HAN),
            survey: folded(&SURVEY_HAN),
            share,
        }
    })
}

fn in_chinese(folded: &str) -> bool {
    let han = han();
    // A number and what is counted by it are two words of the analysis.
    let text: Vec<char> = folded.chars().filter(|c| *c != ' ').collect();
    let has = |text: &[char], words: &[String]| {
        let text: String = text.iter().collect();
        words.iter().any(|word| text.contains(word.as_str()))
    };
    if has(&text, &han.poll) {
        return true;
    }
    (0..text.len()).any(|at| {
        let is_survey = han.survey.iter().any(|word| {
            let word = word.chars();
            text[at..]
                .iter()
                .copied()
                .take(word.clone().count())
                .eq(word)
        });
        let beside = at.saturating_sub(BESIDE_CHARS)..text.len().min(at + BESIDE_CHARS);
        is_survey && has(&text[beside], &han.share)
    })
}

fn in_english(words: &[&str]) -> bool {
    let is_pair = |pair: &[&str]| matches!(pair, [a, b] if PAIRS.contains(&(*a, *b)));
    if words.windows(2).any(is_pair)
        || words
            .windows(3)
            .any(|three| three == ["margin", "of", "error"])
    {
        return true;
    }
    (0..words.len()).any(|at| {
        let word = words[at];
        let beside = &words[at.saturating_sub(BESIDE_WORDS)..words.len().min(at + BESIDE_WORDS)];
        let has_share = || {
            beside
                .iter()
                .enumerate()
                .any(|(at, _)| is_share(&beside[at..]))
        };
        if POLL.contains(&word) {
            return !is_of_the_vote(words, at, has_share());
        }
        if SURVEY.contains(&word) {
            return has_share() || beside.iter().any(|word| CONCERNED.contains(word));
        }
        CONCERNED[CONCERNED_SHARE].contains(&word) && has_share()
    })
}

/// Whether words begin with a share.
fn is_share(words: &[&str]) -> bool {
    match words {
        ["percent" | "pct" | "percentage" | "percentages", ..] | ["per", "cent", ..] => true,
        [number, "points" | "point" | "pts", ..] => number.bytes().all(|b| b.is_ascii_digit()),
        _ => false,
    }
}

/// Whether the word at a place is about a vote itself.
fn is_of_the_vote(words: &[&str], at: usize, has_share: bool) -> bool {
    let behind = &words[at + 1..];
    if behind
        .first()
        .is_some_and(|word| OF_THE_VOTE.contains(word))
    {
        return true;
    }
    if !matches!(words[at], "poll" | "polls" | "polling") {
        return false;
    }
    // A close race is not something that closes.
    let opens = |two: &[&str]| matches!(two, [one, word] if OPENING.contains(word) && !QUALITY.contains(one));
    let soon = &words[at..words.len().min(at + OPENING_WORDS + 1)];
    let is_poll = at
        .checked_sub(1)
        .is_some_and(|before| OF_POLLS.contains(&words[before]));
    if words[at] != "poll" && !is_poll && soon.windows(2).any(opens) {
        return true;
    }
    let before = &words[at.saturating_sub(GOING_WORDS)..at];
    let is_towards = matches!(before, [.., "to" | "at", "the"] | [.., "to" | "at"]);
    !has_share && is_towards && before.iter().any(|word| GOING.contains(word))
}

/// A text with the escapes of an address read; `None` where there are none.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    let mut has_escapes = false;
    while let [first, behind @ ..] = rest {
        let digit = |at: usize| char::from(*behind.get(at)?).to_digit(16);
        let escaped = (*first == b'%').then(|| Some(digit(0)? * 16 + digit(1)?));
        match escaped.flatten().and_then(|byte| u8::try_from(byte).ok()) {
            Some(byte) => {
                has_escapes = true;
                bytes.push(byte);
                rest = behind.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    has_escapes.then(|| String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn polls_are_seen() {
        for text in [
            // Traditional.
            "民調",
            "最新民調：陳虛構領先林虛構 5 個百分點",
            "封關民調出爐",
            "民意調查顯示藍綠差距縮小",
            "市長候選人支持度大洗牌",
            "施政滿意度創新高",
            "五成二選民支持陳虛構",
            "52%受訪者支持陳虛構",
            "陳虛構以52％支持領先",
            "受訪者中三成五未表態",
            "調查：出口成長5%",
            "陳虛構領先 8 趴",
            "民\u{200B}調外流",
            "抽樣誤差正負3個百分點",
            // Simplified.
            "民调",
            "最新民调：林虚构领先五个百分点",
            "民意调查称支持率升至四成",
            "问卷显示58%的选民看好林虚构",
            "百分之四十五的人支持林虚构",
            // English.
            "Poll",
            "New poll puts Chen ahead",
            "Chen leads in the polls",
            "according to the polls, the race is tight",
            "Exit polls suggest a close race",
            "Polls show a close race",
            "Exit polls open the night",
            "POLLSTERS see a dead heat",
            "Chen's approval rating falls",
            "A survey of 1,068 voters",
            "Survey: Chen 45%, Lin 38%",
            "52 percent support Chen",
            "Chen leads by 5 points",
            "45 per cent of respondents are undecided",
            "The margin of error is 3 points",
            "Polling at the weekend had Chen ahead",
            "turnout at the polls puts Chen at 52%",
            "https://news.example/2026/11/new-poll-taipei",
            "https://news.example/%E6%B0%91%E8%AA%BF/1",
            "#民調 #選舉",
            "#TaipeiPoll poll",
            "ＰＯＬＬ：５２％",
        ] {
            assert!(may_quote_poll(text), "{text}");
        }
    }

    #[test]
    fn other_texts_are_not() {
        for text in [
            "",
            // Traditional.
            "作票",
            "開票所下午四時關閉",
            "檢方調查候選人賄選",
            "檢方完成調查",
            "投票率達六成",
            "得票率 52%",
            "房價一年上漲三成",
            "支持者包圍開票所",
            "中選會：票匭遺失是謠言",
            "幽靈選票",
            "民眾調查站", // The characters of the word, apart.
            // Simplified.
            "检方调查贿选案",
            "票箱遗失是谣言",
            "支持者集会",
            "通胀率为3%",
            // English.
            "Polling station moved to a school",
            "Polls open at eight",
            "The polls have just closed",
            "Polls close with turnout at 60%",
            "Voters go to the polls on Saturday",
            "Thousands queued at the polls",
            "Poll workers were trained",
            "Observers at polling places",
            "Ballot stuffing filmed in Taichung",
            "A geological survey of the strait",
            "Inflation at 3%",
            "They support the claim",
            "Pollution and pollen",
            "https://news.example/2026/11/ballots?id=52%20",
        ] {
            assert!(!may_quote_poll(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered_and_more_around_it_hides_no_poll(before in "[a-z 選舉，。]{0,40}", after in any::<String>()) {
            let _ = may_quote_poll(&after);
            let quoting = format!("{before}。最新民調。{after}");
            prop_assert!(may_quote_poll(&quoting));
        }
    }
}
