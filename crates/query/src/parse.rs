//! From the pieces of a query to its tree. From the closest to the loosest bind NEAR, NOT, AND, OR;
//! words side by side are joined by AND.

use bellwether_text::{EntityKind, UnitKind, analyse};

use crate::ast::{Expr, Filter, Reading, TextField, Words, all_of, any_of};
use crate::error::{ParseError, nearest};
use crate::lex::{Placed, Token, is_star, lex};
use crate::time::TimeRange;

/// Longest query in bytes: a long list of names in three scripts fits, a pasted article does not.
pub const QUERY_BYTES_MAX: usize = 8 << 10;

/// Deepest nesting of parentheses and NOT.
pub const DEPTH_MAX: usize = 64;

/// Most words, phrases and filters.
pub const CLAUSES_MAX: usize = 512;

/// Most words or characters in a row: a long sentence. Each costs a list of places in every text that
/// has the others.
pub const PHRASE_UNITS_MAX: usize = 256;

/// Shortest beginning of a word that can be searched for. With one letter it stands for a good part
/// of all words.
const PREFIX_CHARS_MIN: usize = 2;

pub(crate) fn parse(text: &str) -> Result<Expr, ParseError> {
    if text.len() > QUERY_BYTES_MAX {
        return Err(fault(
            0,
            format!(
                "the query has {} bytes, the limit is {QUERY_BYTES_MAX}",
                text.len()
            ),
        ));
    }
    let tokens = lex(text)?;
    let end = text.chars().count();
    let mut parser = Parser {
        tokens: &tokens,
        next: 0,
        end,
        clauses: 0,
    };
    if tokens.is_empty() {
        return Ok(Expr::All);
    }
    let root = parser.any(0, Scope::Words(TextField::Any))?;
    match parser.peek() {
        None => Ok(root),
        Some(placed) => Err(fault(placed.at, "this `)` closes nothing".to_owned())),
    }
}

fn fault(position: usize, message: String) -> ParseError {
    ParseError {
        position,
        message,
        suggestion: None,
    }
}

/// What a bare value means: `title:(a OR b)` looks for both in the title.
#[derive(Debug, Clone, Copy)]
enum Scope {
    Words(TextField),
    Filter(Filter),
}

struct Parser<'a> {
    tokens: &'a [Placed],
    next: usize,
    end: usize,
    clauses: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Placed> {
        self.tokens.get(self.next)
    }

    fn take(&mut self) -> Option<&'a Placed> {
        let placed = self.tokens.get(self.next);
        self.next += 1;
        placed
    }

    fn any(&mut self, depth: usize, scope: Scope) -> Result<Expr, ParseError> {
        let mut parts = vec![self.all(depth, scope)?];
        while matches!(
            self.peek(),
            Some(Placed {
                token: Token::Or,
                ..
            })
        ) {
            self.next += 1;
            parts.push(self.all(depth, scope)?);
        }
        Ok(any_of(parts))
    }

    fn all(&mut self, depth: usize, scope: Scope) -> Result<Expr, ParseError> {
        let mut parts = vec![self.not(depth, scope)?];
        loop {
            match self.peek().map(|placed| &placed.token) {
                None | Some(Token::Or | Token::Close) => return Ok(all_of(parts)),
                Some(Token::And) => self.next += 1,
                Some(_) => {}
            }
            parts.push(self.not(depth, scope)?);
        }
    }

    fn not(&mut self, depth: usize, scope: Scope) -> Result<Expr, ParseError> {
        match self.peek() {
            Some(Placed {
                token: Token::Not,
                at,
            }) => {
                check_depth(depth, *at)?;
                self.next += 1;
                Ok(Expr::Not(Box::new(self.not(depth + 1, scope)?)))
            }
            _ => self.near(depth, scope),
        }
    }

    fn near(&mut self, depth: usize, scope: Scope) -> Result<Expr, ParseError> {
        let mut left_at = self.peek().map_or(self.end, |placed| placed.at);
        let mut left = self.one(depth, scope)?;
        while let Some(Placed {
            token: Token::Near(within),
            ..
        }) = self.peek()
        {
            self.next += 1;
            let right_at = self.peek().map_or(self.end, |placed| placed.at);
            let right = self.one(depth, scope)?;
            let (left_field, left_words) = near_side(left, left_at)?;
            let (right_field, right_words) = near_side(right, right_at)?;
            if left_field != right_field {
                return Err(ParseError {
                    position: right_at,
                    message: "both sides of NEAR are looked for in the same field".to_owned(),
                    suggestion: Some("title:(a NEAR/5 b)".to_owned()),
                });
            }
            left_at = right_at;
            left = Expr::Text {
                field: left_field,
                words: Words::Near {
                    left: Box::new(left_words),
                    right: Box::new(right_words),
                    within: *within,
                },
            };
        }
        Ok(left)
    }

    fn one(&mut self, depth: usize, scope: Scope) -> Result<Expr, ParseError> {
        let Some(placed) = self.take() else {
            return Err(fault(
                self.end,
                "expected a word, a phrase, a field or `(`".to_owned(),
            ));
        };
        check_depth(depth, placed.at)?;
        match &placed.token {
            Token::Open => {
                let inner = self.any(depth + 1, scope)?;
                match self.take() {
                    Some(Placed {
                        token: Token::Close,
                        ..
                    }) => Ok(inner),
                    Some(other) => Err(fault(other.at, "expected `)`".to_owned())),
                    None => Err(fault(placed.at, "this `(` is never closed".to_owned())),
                }
            }
            Token::Close => Err(fault(placed.at, "expected a word before `)`".to_owned())),
            Token::And | Token::Or => Err(ParseError {
                position: placed.at,
                message: "an operator needs a word on both sides".to_owned(),
                suggestion: Some(format!(
                    "\"{}\"",
                    if placed.token == Token::And {
                        "AND"
                    } else {
                        "OR"
                    }
                )),
            }),
            Token::Not => Err(fault(
                placed.at,
                "NEAR stands between words; put NOT before the whole".to_owned(),
            )),
            Token::Near(_) => Err(fault(
                placed.at,
                "NEAR needs a word on both sides".to_owned(),
            )),
            Token::Field(name) => self.field(name, placed.at, depth),
            Token::Word(value) => self.value(value, Reading::Bare, placed.at, scope),
            Token::Prefix(value) => self.value(value, Reading::Prefix, placed.at, scope),
            Token::Quoted(value, slop) => {
                self.value(value, Reading::Quoted { slop: *slop }, placed.at, scope)
            }
            Token::Range(_) => Err(fault(placed.at, "a range belongs to `time:`".to_owned())),
        }
    }

    fn field(&mut self, name: &str, at: usize, depth: usize) -> Result<Expr, ParseError> {
        let lower = name.to_ascii_lowercase();
        let scope = match lower.as_str() {
            "time" => return self.time(at),
            "title" => Scope::Words(TextField::Title),
            "text" => Scope::Words(TextField::Text),
            _ => match Filter::ALL
                .into_iter()
                .find(|filter| filter.as_str() == lower)
            {
                Some(filter) => Scope::Filter(filter),
                None => return Err(unknown_field(name, at)),
            },
        };
        match self.peek().map(|placed| &placed.token) {
            Some(Token::Open | Token::Word(_) | Token::Prefix(_) | Token::Quoted(..)) => {
                self.one(depth, scope)
            }
            _ => Err(fault(
                at + name.chars().count() + 1,
                format!("expected a value for `{lower}:`"),
            )),
        }
    }

    fn time(&mut self, at: usize) -> Result<Expr, ParseError> {
        self.count(at)?;
        let place = self.peek().map_or(self.end, |placed| placed.at);
        let range = match self.take().map(|placed| &placed.token) {
            Some(Token::Word(value) | Token::Quoted(value, 0)) => {
                TimeRange::parse_comparison(value)
            }
            Some(Token::Range(inner)) => TimeRange::parse_brackets(inner),
            _ => Err("expected a time".to_owned()),
        };
        range.map(Expr::Time).map_err(|message| ParseError {
            position: place,
            message,
            suggestion: Some("time:[2026-11-01 TO 2026-11-28]".to_owned()),
        })
    }

    fn value(
        &mut self,
        value: &str,
        reading: Reading,
        at: usize,
        scope: Scope,
    ) -> Result<Expr, ParseError> {
        self.count(at)?;
        match scope {
            Scope::Filter(filter) => filter_value(filter, value, reading, at),
            Scope::Words(field) => {
                if reading == Reading::Bare && value == "*" && field == TextField::Any {
                    return Ok(Expr::All);
                }
                words(field, value, reading, at)
            }
        }
    }

    fn count(&mut self, at: usize) -> Result<(), ParseError> {
        self.clauses += 1;
        if self.clauses > CLAUSES_MAX {
            return Err(fault(
                at,
                format!("more than {CLAUSES_MAX} words, phrases and fields"),
            ));
        }
        Ok(())
    }
}

fn check_depth(depth: usize, at: usize) -> Result<(), ParseError> {
    if depth >= DEPTH_MAX {
        return Err(fault(at, format!("nested deeper than {DEPTH_MAX}")));
    }
    Ok(())
}

fn filter_value(
    filter: Filter,
    value: &str,
    reading: Reading,
    at: usize,
) -> Result<Expr, ParseError> {
    let name = filter.as_str();
    match reading {
        _ if value.trim().is_empty() => Err(fault(at, format!("expected a value for `{name}:`"))),
        Reading::Bare | Reading::Quoted { slop: 0 } => Ok(Expr::Filter {
            filter,
            value: value.trim().to_owned(),
        }),
        Reading::Prefix | Reading::Quoted { .. } => Err(fault(
            at,
            format!("`{name}:` takes a whole value; `*` and `~` belong to words"),
        )),
    }
}

fn words(field: TextField, value: &str, reading: Reading, at: usize) -> Result<Expr, ParseError> {
    let analysed = analyse(value);
    if analysed.units().len() > PHRASE_UNITS_MAX {
        return Err(fault(
            at,
            format!(
                "more than {PHRASE_UNITS_MAX} words or characters in a row; join parts with AND"
            ),
        ));
    }
    let Some(last) = analysed.units().last() else {
        return Err(fault(
            at,
            format!("`{value}` has no letter or digit; signs alone cannot be searched for"),
        ));
    };
    match reading {
        Reading::Bare => {
            if let Some(tag) = whole_tag(value)
                && field == TextField::Any
            {
                return Ok(Expr::Filter {
                    filter: Filter::Tag,
                    value: tag.to_owned(),
                });
            }
            if let Some(star) = value.chars().position(is_star) {
                return Err(ParseError {
                    position: at + star,
                    message: "`*` stands only at the end of a word".to_owned(),
                    suggestion: Some(format!("\"{}\"", value.replace(is_star, " ").trim())),
                });
            }
        }
        Reading::Prefix => {
            let is_short = analysed.text(last).chars().count() < PREFIX_CHARS_MIN;
            if last.kind == UnitKind::Word && is_short {
                return Err(fault(
                    at,
                    format!("`*` needs {PREFIX_CHARS_MIN} letters or more before it"),
                ));
            }
        }
        Reading::Quoted { .. } => {}
    }
    Ok(Expr::Text {
        field,
        words: Words::Row {
            words: value.to_owned(),
            reading,
        },
    })
}

/// The name of a hashtag, where a word is one and nothing else.
fn whole_tag(value: &str) -> Option<&str> {
    let name = value.strip_prefix(['#', '＃'])?;
    let analysed = analyse(value);
    let is_whole = analysed.entities().iter().any(|entity| {
        entity.kind == EntityKind::Tag
            && entity.source.start == 0
            && entity.source.end as usize == value.len()
    });
    is_whole.then(|| name.trim_end_matches(['#', '＃']))
}

/// One side of NEAR: words, or a list of them, in one field.
fn near_side(expr: Expr, at: usize) -> Result<(TextField, Words), ParseError> {
    let refused = || {
        fault(
            at,
            "NEAR stands between words, phrases and lists of them like (a OR b)".to_owned(),
        )
    };
    match expr {
        Expr::Text { field, words } => Ok((field, words)),
        Expr::Or(parts) => {
            let mut field = None;
            let mut any = Vec::with_capacity(parts.len());
            for part in parts {
                match part {
                    Expr::Text { field: own, words } if field.is_none_or(|field| field == own) => {
                        field = Some(own);
                        any.push(words);
                    }
                    _ => return Err(refused()),
                }
            }
            field
                .map(|field| (field, Words::Any(any)))
                .ok_or_else(refused)
        }
        _ => Err(refused()),
    }
}

fn unknown_field(name: &str, at: usize) -> ParseError {
    let known = ["title", "text", "time"]
        .into_iter()
        .chain(Filter::ALL.into_iter().map(Filter::as_str));
    let suggestion = nearest(&name.to_ascii_lowercase(), known.clone());
    let mut message = format!("unknown field `{name}`");
    if suggestion.is_none() {
        message.push_str("; known are ");
        message.push_str(&known.collect::<Vec<_>>().join(", "));
        message.push_str("; to search for the words, put them in quotation marks");
    }
    ParseError {
        position: at,
        message,
        suggestion,
    }
}
