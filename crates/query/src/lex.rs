//! From characters to the pieces of a query, in the punctuation of every script.

use crate::error::ParseError;

/// What a piece is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// `AND`.
    And,
    /// `OR`.
    Or,
    /// `NOT`, or a leading `-`.
    Not,
    /// `NEAR/5`.
    Near(u32),
    /// A name and its colon; the value follows.
    Field(String),
    /// Anything else up to a space or parenthesis.
    Word(String),
    /// The same with `*` behind it, without it.
    Prefix(String),
    /// What stood between quotation marks, and the number after `~`.
    Quoted(String, u32),
    /// What stood between `[` and `]`.
    Range(String),
}

/// A piece and its place, in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placed {
    pub(crate) token: Token,
    pub(crate) at: usize,
}

/// All pieces of a query in order.
pub(crate) fn lex(text: &str) -> Result<Vec<Placed>, ParseError> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens: Vec<Placed> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let after_field = tokens
            .last()
            .is_some_and(|last| matches!(last.token, Token::Field(_)));
        let (token, next) = match chars[at] {
            c if is_space(c) => {
                at += 1;
                continue;
            }
            '(' | '（' => (Token::Open, at + 1),
            ')' | '）' => (Token::Close, at + 1),
            '[' | '［' if after_time(&tokens) => {
                delimited(&chars, at, |c| matches!(c, ']' | '］'))
                    .map(|(inner, next)| (Token::Range(inner), next))
                    .ok_or_else(|| unclosed(chars[at], at, ']'))?
            }
            '-' | '－' | '−'
                if !after_field
                    && chars
                        .get(at + 1)
                        .is_some_and(|c| !is_space(*c) && *c != '-') =>
            {
                (Token::Not, at + 1)
            }
            c if closing_quotes(c).is_some() => {
                let closes = closing_quotes(c).unwrap_or_default();
                let (inner, next) =
                    quoted(&chars, at, closes).ok_or_else(|| unclosed(c, at, usual_closing(c)))?;
                tail(&chars, inner, next)?
            }
            _ => word(&chars, at, after_field)?,
        };
        tokens.push(Placed { token, at });
        at = next;
    }
    Ok(tokens)
}

/// Only a time is a range; elsewhere a bracket is a sign like others.
fn after_time(tokens: &[Placed]) -> bool {
    matches!(tokens.last(), Some(Placed { token: Token::Field(name), .. }) if name.eq_ignore_ascii_case("time"))
}

/// Farthest that NEAR and `~` reach, in positions: a few paragraphs.
pub(crate) const DISTANCE_MAX: u32 = 255;

/// Whether a value can stand without quotation marks and reads as itself, also after a field.
pub(crate) fn is_bare(value: &str) -> bool {
    let alone = lex(value).is_ok_and(|tokens| {
        matches!(&tokens[..], [Placed { token: Token::Word(word), at: 0 }] if word == value)
    });
    let is_comparison = value.starts_with(['<', '>']);
    alone && !is_comparison && !value.contains(is_star)
}

/// Whether the beginning of a word can stand without quotation marks before its `*`.
pub(crate) fn is_bare_prefix(value: &str) -> bool {
    // The star would be the value of what ends in a colon.
    is_bare(value) && !value.ends_with([':', '：'])
}

pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

fn unclosed(opening: char, at: usize, expected: char) -> ParseError {
    ParseError {
        position: at,
        message: format!("this `{opening}` is never closed; expected `{expected}`"),
        suggestion: None,
    }
}

/// The mark that usually closes what this one opens.
fn usual_closing(c: char) -> char {
    match c {
        '“' => '”',
        '„' => '“',
        '«' => '»',
        '»' => '«',
        '「' => '」',
        '『' => '』',
        '《' => '》',
        '〝' => '〞',
        straight => straight,
    }
}

/// The marks that close what this one opens.
fn closing_quotes(c: char) -> Option<&'static str> {
    match c {
        // Editors turn straight marks into curly ones and mix both, German closes with the English
        // opening one.
        '"' | '＂' | '“' | '”' | '„' | '‟' => Some("\"＂“”„‟"),
        '«' => Some("»"),
        '»' => Some("«"),
        '「' => Some("」"),
        '『' => Some("』"),
        '《' => Some("》"),
        '〝' => Some("〞〟"),
        _ => None,
    }
}

/// Whether a mark closes what `"` opens, and so cannot stand within as it is.
pub(crate) fn closes_straight(c: char) -> bool {
    closing_quotes('"').is_some_and(|closes| closes.contains(c))
}

fn quoted(chars: &[char], at: usize, closes: &str) -> Option<(String, usize)> {
    let mut inner = String::new();
    let mut next = at + 1;
    while let Some(&c) = chars.get(next) {
        match c {
            '\\' if chars.get(next + 1).is_some() => {
                inner.push(chars[next + 1]);
                next += 2;
                continue;
            }
            c if closes.contains(c) => return Some((inner, next + 1)),
            c => inner.push(c),
        }
        next += 1;
    }
    None
}

fn delimited(chars: &[char], at: usize, closes: impl Fn(char) -> bool) -> Option<(String, usize)> {
    let length = chars[at + 1..].iter().position(|c| closes(*c))?;
    Some((
        chars[at + 1..at + 1 + length].iter().collect(),
        at + length + 2,
    ))
}

/// What may stand directly behind a closing quotation mark: `~2`, or `*`.
fn tail(chars: &[char], inner: String, next: usize) -> Result<(Token, usize), ParseError> {
    match chars.get(next) {
        Some(&c) if is_star(c) => Ok((Token::Prefix(inner), next + 1)),
        Some('~' | '～') => {
            let digits: String = chars[next + 1..]
                .iter()
                .take_while(|c| c.is_ascii_digit())
                .collect();
            let slop = bounded(&digits, 0..=DISTANCE_MAX).ok_or_else(|| ParseError {
                position: next,
                message: format!("expected a number up to {DISTANCE_MAX} after `~`"),
                suggestion: Some("~2".to_owned()),
            })?;
            Ok((Token::Quoted(inner, slop), next + 1 + digits.len()))
        }
        _ => Ok((Token::Quoted(inner, 0), next)),
    }
}

pub(crate) fn is_star(c: char) -> bool {
    matches!(c, '*' | '＊')
}

fn bounded(digits: &str, bounds: std::ops::RangeInclusive<u32>) -> Option<u32> {
    digits.parse().ok().filter(|number| bounds.contains(number))
}

fn word(chars: &[char], at: usize, after_field: bool) -> Result<(Token, usize), ParseError> {
    let mut end = at;
    while let Some(&c) = chars.get(end) {
        let ends = is_space(c)
            || matches!(c, '(' | ')' | '（' | '）')
            || (closing_quotes(c).is_some() && end > at);
        if ends {
            break;
        }
        if !after_field && matches!(c, ':' | '：') && is_field_name(&chars[at..end]) {
            // An address is no field, and neither is a word that merely ends in a colon.
            let rest = &chars[end + 1..];
            let is_address = rest.starts_with(&['/', '/']);
            let has_value = |c: &char| !is_space(*c) && !matches!(c, ')' | '）');
            if !is_address && rest.first().is_some_and(has_value) {
                return Ok((Token::Field(chars[at..end].iter().collect()), end + 1));
            }
        }
        end += 1;
    }
    let word: String = chars[at..end].iter().collect();
    let token = match word.as_str() {
        _ if after_field => prefix_or_word(word),
        "AND" => Token::And,
        "OR" => Token::Or,
        "NOT" => Token::Not,
        _ if word == "NEAR" || word.starts_with("NEAR/") => {
            let digits = word.strip_prefix("NEAR/").unwrap_or_default();
            let within = bounded(digits, 1..=DISTANCE_MAX).ok_or_else(|| ParseError {
                position: at,
                message: format!(
                    "NEAR says how near, from NEAR/1 to NEAR/{DISTANCE_MAX}; the word itself needs quotation marks"
                ),
                suggestion: Some("NEAR/5".to_owned()),
            })?;
            Token::Near(within)
        }
        _ => prefix_or_word(word),
    };
    Ok((token, end))
}

fn prefix_or_word(word: String) -> Token {
    let stem = word.trim_end_matches(is_star);
    if stem.is_empty() || stem.len() == word.len() {
        Token::Word(word)
    } else {
        Token::Prefix(stem.to_owned())
    }
}

fn is_field_name(chars: &[char]) -> bool {
    !chars.is_empty() && chars.iter().all(char::is_ascii_alphabetic)
}
