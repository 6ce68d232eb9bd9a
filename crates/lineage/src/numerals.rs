//! Signs and words that stand for numbers.

pub(crate) fn digit(c: char) -> Option<u8> {
    let zero = match c {
        '0'..='9' => '0',
        '０'..='９' => '０',
        '٠'..='٩' => '٠',
        '۰'..='۹' => '۰',
        '०'..='९' => '०',
        _ => return None,
    };
    u8::try_from(u32::from(c) - u32::from(zero)).ok()
}

pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

pub(crate) fn han_digit(c: char) -> Option<f64> {
    Some(match c {
        '〇' | '零' => 0.0,
        '一' => 1.0,
        '二' | '兩' | '两' => 2.0,
        '三' => 3.0,
        '四' => 4.0,
        '五' => 5.0,
        '六' => 6.0,
        '七' => 7.0,
        '八' => 8.0,
        '九' => 9.0,
        _ => return None,
    })
}

pub(crate) fn han_multiplier(c: char) -> Option<f64> {
    Some(match c {
        '十' => 10.0,
        '百' => 100.0,
        '千' => 1_000.0,
        '萬' | '万' => 10_000.0,
        '億' | '亿' => 1e8,
        '兆' => 1e12,
        _ => return None,
    })
}

pub(crate) fn multiplier(word: &str) -> Option<f64> {
    Some(match word {
        "hundred" => 100.0,
        "thousand" | "тыс" | "тысяч" | "тысячи" | "mil" | "هزار" => 1_000.0,
        "million" | "millions" | "mn" | "m" | "млн" | "миллион" | "миллиона" | "миллионов"
        | "millón" | "millones" | "میلیون" => 1e6,
        "billion"
        | "billions"
        | "bn"
        | "млрд"
        | "миллиард"
        | "миллиарда"
        | "миллиардов"
        | "میلیارد" => 1e9,
        "trillion" | "trillions" | "tn" | "трлн" | "триллион" => 1e12,
        _ => return None,
    })
}

/// The number an English word spells, where a multiplier may follow it.
pub(crate) fn spelled(word: &str) -> Option<f64> {
    const WORDS: [(&str, f64); 27] = [
        ("one", 1.0),
        ("two", 2.0),
        ("three", 3.0),
        ("four", 4.0),
        ("five", 5.0),
        ("six", 6.0),
        ("seven", 7.0),
        ("eight", 8.0),
        ("nine", 9.0),
        ("ten", 10.0),
        ("eleven", 11.0),
        ("twelve", 12.0),
        ("thirteen", 13.0),
        ("fourteen", 14.0),
        ("fifteen", 15.0),
        ("sixteen", 16.0),
        ("seventeen", 17.0),
        ("eighteen", 18.0),
        ("nineteen", 19.0),
        ("twenty", 20.0),
        ("thirty", 30.0),
        ("forty", 40.0),
        ("fifty", 50.0),
        ("sixty", 60.0),
        ("seventy", 70.0),
        ("eighty", 80.0),
        ("ninety", 90.0),
    ];
    WORDS
        .iter()
        .find(|(known, _)| *known == word)
        .map(|(_, value)| *value)
}
