//! The parts of a date as text: digits and signs of every script as ASCII, clocks, distances.

/// The text with the digits, signs and units of other scripts as Latin ones.
pub(super) fn normalised(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        let next_is_digit = |chars: &mut std::iter::Peekable<std::str::Chars<'_>>| {
            chars.peek().is_some_and(|c| digit(*c).is_some())
        };
        match c {
            _ if digit(c).is_some() => out.extend(digit(c)),
            '：' => out.push(':'),
            '／' => out.push('/'),
            '－' | '\u{2212}' | '\u{2010}' | '\u{2011}' | '–' | '—' => out.push('-'),
            '．' => out.push('.'),
            '＋' => out.push('+'),
            '，' | '،' | '、' | '（' | '）' | '【' | '】' | '[' | ']' | ';' | '·' | '•' =>
            {
                out.push(',');
            }
            // Marks of direction and joiners are not seen.
            '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {}
            '\u{FEFF}' => {}
            '年' | '년' | '月' | '월' => {
                out.truncate(out.trim_end().len());
                while chars.peek().is_some_and(|c| c.is_whitespace()) {
                    chars.next();
                }
                out.push(if next_is_digit(&mut chars) { '-' } else { ' ' });
            }
            '日' | '号' | '號' | '일' | '秒' | '초' => out.push(' '),
            '時' | '时' | '點' | '点' | '시' | '分' | '분' => {
                out.truncate(out.trim_end().len());
                while chars.peek().is_some_and(|c| c.is_whitespace()) {
                    chars.next();
                }
                if next_is_digit(&mut chars) {
                    out.push(':');
                } else {
                    // The full hour: `9時`.
                    if !matches!(c, '分' | '분') && out.ends_with(|c: char| c.is_ascii_digit()) {
                        out.push_str(":00");
                    }
                    out.push(' ');
                }
            }
            _ => {
                // Words of Han stand against numbers without a space.
                let is_han = matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}');
                if is_han && out.ends_with(|c: char| c.is_ascii_digit()) {
                    out.push(' ');
                }
                out.push(c);
                if is_han && next_is_digit(&mut chars) {
                    out.push(' ');
                }
            }
        }
    }
    joined(&out)
}

/// Names of two words as one.
fn joined(text: &str) -> String {
    let mut text = text.to_owned();
    for (from, to) in [
        ("تشرين الأول", "أكتوبر"),
        ("تشرين الاول", "أكتوبر"),
        ("تشرين الثاني", "نوفمبر"),
        ("كانون الأول", "ديسمبر"),
        ("كانون الاول", "ديسمبر"),
        ("كانون الثاني", "يناير"),
        ("a.m.", "am"),
        ("p.m.", "pm"),
        ("中華民國", "民國"),
        ("中华民国", "民國"),
        ("民国", "民國"),
    ] {
        if text.contains(from) {
            text = text.replace(from, to);
        }
    }
    text
}

fn digit(c: char) -> Option<char> {
    let zero = match c {
        '0'..='9' => return Some(c),
        '\u{660}'..='\u{669}' => 0x660,
        '\u{6F0}'..='\u{6F9}' => 0x6F0,
        '\u{966}'..='\u{96F}' => 0x966,
        '\u{9E6}'..='\u{9EF}' => 0x9E6,
        '\u{E50}'..='\u{E59}' => 0xE50,
        '\u{FF10}'..='\u{FF19}' => 0xFF10,
        _ => return None,
    };
    char::from_digit(u32::from(c) - zero, 10)
}

/// `10:11`, `10:11:12.5`: hour, minute, second, nanosecond.
pub(super) fn clock(text: &str) -> Option<(i8, i8, i8, i32)> {
    let mut numbers = text.split(':');
    let hour = numbers.next()?.parse().ok()?;
    let minute = numbers.next().map_or(Some(0), |text| text.parse().ok())?;
    let (second, nanosecond) = match numbers.next() {
        None => (0, 0),
        Some(seconds) => {
            let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
            (whole.parse().ok()?, nanoseconds(fraction)?)
        }
    };
    if numbers.next().is_some() {
        return None;
    }
    Some((hour, minute, second, nanosecond))
}

fn nanoseconds(fraction: &str) -> Option<i32> {
    let digits: String = fraction.chars().take(9).collect();
    if digits.is_empty() {
        return Some(0);
    }
    let power = u32::try_from(9 - digits.len()).ok()?;
    digits
        .parse::<i32>()
        .ok()?
        .checked_mul(10_i32.checked_pow(power)?)
}

/// `+0800`, `+08:00`, `+8`, `-5:30`, in minutes.
pub(super) fn offset(token: &str) -> Option<i32> {
    let sign = match token.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let body = &token[1..];
    let (hours, minutes) = match body.split_once(':') {
        Some((hours, minutes)) => (hours, minutes),
        None if body.len() >= 3 && body.is_ascii() => body.split_at(body.len() - 2),
        None => (body, "0"),
    };
    let number = |text: &str| {
        Some(text)
            .filter(|t| (1..=2).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit()))?
            .parse()
            .ok()
    };
    let (hours, minutes): (i32, i32) = (number(hours)?, number(minutes)?);
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}
