//! From the pieces of a query to its tree: NOT binds closer than AND, AND closer than OR.

use bellwether_text::analyse;

use crate::ast::{Expr, Filter, TextField, all_of, any_of};
use crate::error::{ParseError, nearest};
use crate::lex::{Placed, Token, lex};
use crate::time::TimeRange;

/// Longest query in bytes: a long list of names in three scripts fits, a pasted article does not.
pub const QUERY_BYTES_MAX: usize = 8 << 10;

/// Deepest nesting of parentheses and NOT.
pub const DEPTH_MAX: usize = 64;

/// Most words, phrases and filters.
pub const CLAUSES_MAX: usize = 512;

/// Operators of the language that this version does not know yet are refused, never taken as words.
const RESERVED: [&str; 1] = ["NEAR"];

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
        let mut parts = vec![self.one(depth, scope)?];
        loop {
            match self.peek().map(|placed| &placed.token) {
                None | Some(Token::Or | Token::Close) => return Ok(all_of(parts)),
                Some(Token::And) => self.next += 1,
                Some(_) => {}
            }
            parts.push(self.one(depth, scope)?);
        }
    }

    fn one(&mut self, depth: usize, scope: Scope) -> Result<Expr, ParseError> {
        let Some(placed) = self.take() else {
            return Err(fault(
                self.end,
                "expected a word, a phrase, a field or `(`".to_owned(),
            ));
        };
        if depth >= DEPTH_MAX {
            return Err(fault(placed.at, format!("nested deeper than {DEPTH_MAX}")));
        }
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
            Token::Not => Ok(Expr::Not(Box::new(self.one(depth + 1, scope)?))),
            Token::Field(name) => self.field(name, placed.at, depth),
            Token::Word(value) => self.value(value, false, placed.at, scope),
            Token::Quoted(value) => self.value(value, true, placed.at, scope),
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
            Some(Token::Open | Token::Word(_) | Token::Quoted(_)) => self.one(depth, scope),
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
            Some(Token::Word(value) | Token::Quoted(value)) => TimeRange::parse_comparison(value),
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
        is_quoted: bool,
        at: usize,
        scope: Scope,
    ) -> Result<Expr, ParseError> {
        self.count(at)?;
        match scope {
            Scope::Filter(_) if value.trim().is_empty() => {
                Err(fault(at, "expected a value".to_owned()))
            }
            Scope::Filter(filter) => Ok(Expr::Filter {
                filter,
                value: value.trim().to_owned(),
            }),
            Scope::Words(field) => {
                if !is_quoted {
                    if value == "*" && field == TextField::Any {
                        return Ok(Expr::All);
                    }
                    refuse_reserved(value, at)?;
                }
                if analyse(value).is_empty() {
                    return Err(fault(
                        at,
                        format!(
                            "`{value}` has no letter or digit; signs alone cannot be searched for"
                        ),
                    ));
                }
                Ok(Expr::Text {
                    field,
                    words: value.to_owned(),
                })
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

fn refuse_reserved(value: &str, at: usize) -> Result<(), ParseError> {
    let is_operator = RESERVED.iter().any(|name| {
        value
            .strip_prefix(name)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    let is_prefix = value.len() > 1 && value.ends_with('*');
    let is_slop = value.starts_with('~');
    if !is_operator && !is_prefix && !is_slop {
        return Ok(());
    }
    let plain = value.trim_end_matches('*').trim_start_matches('~');
    Err(ParseError {
        position: at,
        message: format!(
            "`{value}` is an operator this version does not have; quote it to search for the word"
        ),
        suggestion: Some(format!("\"{plain}\"")),
    })
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
