//! What was typed, as a tree, and its canonical form.

use std::fmt;

use crate::error::ParseError;
use crate::lex;
use crate::parse;
use crate::time::TimeRange;

/// Where words are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextField {
    /// Title or text.
    Any,
    /// Title only.
    Title,
    /// Text only.
    Text,
}

/// A fact of an item that is compared as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Filter {
    /// The source that showed it.
    Source,
    /// Who published it.
    Publisher,
    /// Who owns the publisher.
    Family,
    /// A set of sources.
    Group,
    /// The language of its text; `zh` includes `zh-Hant` and `zh-Hans`.
    Lang,
    /// The platform an imported line named.
    Platform,
}

impl Filter {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Source,
        Self::Publisher,
        Self::Family,
        Self::Group,
        Self::Lang,
        Self::Platform,
    ];

    /// The word before the colon.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Publisher => "publisher",
            Self::Family => "family",
            Self::Group => "group",
            Self::Lang => "lang",
            Self::Platform => "platform",
        }
    }
}

/// One node of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// Every item.
    All,
    /// Words in this order, directly after one another.
    Text {
        /// Where.
        field: TextField,
        /// As typed.
        words: String,
    },
    /// A fact of the item.
    Filter {
        /// Which.
        filter: Filter,
        /// As typed.
        value: String,
    },
    /// A stretch of time.
    Time(TimeRange),
    /// All of these; two or more.
    And(Vec<Expr>),
    /// Any of these; two or more.
    Or(Vec<Expr>),
    /// Not this.
    Not(Box<Expr>),
}

/// A query that can be read. `Display` prints its canonical form, which reads as the same query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    pub(crate) root: Expr,
}

impl Query {
    /// Reads a query. The empty query and `*` mean every item.
    ///
    /// # Errors
    /// [`ParseError`] with the place and what was expected.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        parse::parse(text).map(|root| Self { root })
    }

    /// The tree.
    #[must_use]
    pub fn expr(&self) -> &Expr {
        &self.root
    }

    /// Whether it means every item.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.root == Expr::All
    }

    /// Both queries at once.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            root: all_of(vec![self.root, other.root]),
        }
    }
}

/// Joins by AND; nested ones become one, and a single one stands alone.
pub(crate) fn all_of(parts: Vec<Expr>) -> Expr {
    let mut flat = Vec::new();
    for part in parts {
        match part {
            Expr::And(inner) => flat.extend(inner),
            Expr::All => {}
            other => flat.push(other),
        }
    }
    match flat.len() {
        0 => Expr::All,
        1 => flat.swap_remove(0),
        _ => Expr::And(flat),
    }
}

/// Joins by OR; nested ones become one, and a single one stands alone.
pub(crate) fn any_of(parts: Vec<Expr>) -> Expr {
    let mut flat = Vec::new();
    for part in parts {
        match part {
            Expr::Or(inner) => flat.extend(inner),
            other => flat.push(other),
        }
    }
    match flat.len() {
        0 => Expr::All,
        1 => flat.swap_remove(0),
        _ => Expr::Or(flat),
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.fmt(f)
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("*"),
            Self::Text { field, words } => {
                match field {
                    TextField::Any => {}
                    TextField::Title => f.write_str("title:")?,
                    TextField::Text => f.write_str("text:")?,
                }
                write_value(f, words)
            }
            Self::Filter { filter, value } => {
                write!(f, "{}:", filter.as_str())?;
                write_value(f, value)
            }
            Self::Time(range) => write!(f, "time:{range}"),
            Self::And(parts) => write_list(f, parts, " AND ", |part| matches!(part, Self::Or(_))),
            Self::Or(parts) => write_list(f, parts, " OR ", |_| false),
            Self::Not(part) => {
                f.write_str("NOT ")?;
                if matches!(**part, Self::And(_) | Self::Or(_)) {
                    write!(f, "({part})")
                } else {
                    write!(f, "{part}")
                }
            }
        }
    }
}

fn write_list(
    f: &mut fmt::Formatter<'_>,
    parts: &[Expr],
    between: &str,
    in_parentheses: impl Fn(&Expr) -> bool,
) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        if in_parentheses(part) {
            write!(f, "({part})")?;
        } else {
            write!(f, "{part}")?;
        }
    }
    Ok(())
}

/// A value bare where it reads as itself, in quotation marks where it would not.
fn write_value(f: &mut fmt::Formatter<'_>, value: &str) -> fmt::Result {
    if lex::is_bare(value) {
        return f.write_str(value);
    }
    f.write_str("\"")?;
    for c in value.chars() {
        if matches!(c, '"' | '\\') {
            f.write_str("\\")?;
        }
        write!(f, "{c}")?;
    }
    f.write_str("\"")
}
