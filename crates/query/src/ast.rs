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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Filter {
    /// The source that showed it.
    Source,
    /// Who published it.
    Publisher,
    /// Who owns the publisher.
    Family,
    /// A set of sources.
    Group,
    /// How its source is tied to a state.
    Affiliation,
    /// The country of its source.
    Country,
    /// The language of its text; `zh` includes `zh-Hant` and `zh-Hans`.
    Lang,
    /// The platform an imported line named.
    Platform,
    /// A documented claim: whatever its queries find.
    Narrative,
    /// The story it belongs to.
    Story,
    /// A person, party, body or place, by any of its names.
    Actor,
    /// Its own address, or one in its text.
    Url,
    /// The host of such an address, or a domain above it.
    Domain,
    /// A hashtag.
    Tag,
}

impl Filter {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Source,
        Self::Publisher,
        Self::Family,
        Self::Group,
        Self::Affiliation,
        Self::Country,
        Self::Lang,
        Self::Platform,
        Self::Narrative,
        Self::Story,
        Self::Actor,
        Self::Url,
        Self::Domain,
        Self::Tag,
    ];

    /// The word before the colon.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Publisher => "publisher",
            Self::Family => "family",
            Self::Group => "group",
            Self::Affiliation => "affiliation",
            Self::Country => "country",
            Self::Lang => "lang",
            Self::Platform => "platform",
            Self::Narrative => "narrative",
            Self::Story => "story",
            Self::Actor => "actor",
            Self::Url => "url",
            Self::Domain => "domain",
            Self::Tag => "tag",
        }
    }
}

/// How the words of a query are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reading {
    /// Without quotation marks: a single word in its other inflections too.
    Bare,
    /// In quotation marks: as it stands, with up to so many more positions between the words.
    Quoted {
        /// Positions, all gaps together; the number after `~`.
        slop: u32,
    },
    /// With `*` behind it: whatever begins so.
    Prefix,
}

/// What is looked for in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Words {
    /// Words directly after one another.
    Row {
        /// As typed.
        words: String,
        /// How they are meant.
        reading: Reading,
    },
    /// Any of these; two or more. Stands only beside NEAR.
    Any(Vec<Words>),
    /// One near the other, in either order.
    Near {
        /// The one.
        left: Box<Words>,
        /// The other.
        right: Box<Words>,
        /// At most so many positions from each other.
        within: u32,
    },
}

/// One node of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// Every item.
    All,
    /// Words in title or text.
    Text {
        /// Where.
        field: TextField,
        /// What.
        words: Words,
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
                let name = match field {
                    TextField::Any => "",
                    TextField::Title => "title:",
                    TextField::Text => "text:",
                };
                match words {
                    Words::Row { .. } => words.write(f, name),
                    // A colon binds to one value, and what it binds to may look like an operator.
                    _ if !name.is_empty() && words.reads_alone() => write!(f, "{name}({words})"),
                    _ => words.write(f, name),
                }
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

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, "")
    }
}

impl Words {
    /// Whether every word reads as itself where no field stands directly before it.
    fn reads_alone(&self) -> bool {
        match self {
            Self::Row {
                words,
                reading: Reading::Bare,
            } => lex::is_bare(words),
            Self::Row { .. } => true,
            Self::Any(parts) => parts.iter().all(Self::reads_alone),
            Self::Near { left, right, .. } => left.reads_alone() && right.reads_alone(),
        }
    }

    /// With a field and its colon before each row of words; with nothing, where it is empty.
    fn write(&self, f: &mut fmt::Formatter<'_>, field: &str) -> fmt::Result {
        match self {
            // Behind a colon they would make the field an address.
            Self::Row { words, reading } if !field.is_empty() && words.starts_with("//") => {
                write!(f, "{field}(")?;
                write_row(f, words, *reading)?;
                f.write_str(")")
            }
            Self::Row { words, reading } => {
                f.write_str(field)?;
                write_row(f, words, *reading)
            }
            Self::Any(parts) => {
                for (at, part) in parts.iter().enumerate() {
                    if at > 0 {
                        f.write_str(" OR ")?;
                    }
                    part.write_within(f, field, matches!(part, Self::Any(_)))?;
                }
                Ok(())
            }
            Self::Near {
                left,
                right,
                within,
            } => {
                left.write_within(f, field, matches!(**left, Self::Any(_)))?;
                write!(f, " NEAR/{within} ")?;
                // NEAR reads from the left.
                right.write_within(f, field, !matches!(**right, Self::Row { .. }))
            }
        }
    }

    fn write_within(
        &self,
        f: &mut fmt::Formatter<'_>,
        field: &str,
        in_parentheses: bool,
    ) -> fmt::Result {
        if !in_parentheses {
            return self.write(f, field);
        }
        f.write_str("(")?;
        self.write(f, field)?;
        f.write_str(")")
    }
}

fn write_row(f: &mut fmt::Formatter<'_>, words: &str, reading: Reading) -> fmt::Result {
    match reading {
        Reading::Bare => f.write_str(words),
        Reading::Quoted { slop: 0 } => write_quoted(f, words),
        Reading::Quoted { slop } => {
            write_quoted(f, words)?;
            write!(f, "~{slop}")
        }
        Reading::Prefix if lex::is_bare_prefix(words) => write!(f, "{words}*"),
        Reading::Prefix => {
            write_quoted(f, words)?;
            f.write_str("*")
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
    // Behind the colon two slashes would make the field an address.
    if lex::is_bare(value) && !value.starts_with("//") {
        return f.write_str(value);
    }
    write_quoted(f, value)
}

fn write_quoted(f: &mut fmt::Formatter<'_>, value: &str) -> fmt::Result {
    f.write_str("\"")?;
    for c in value.chars() {
        if c == '\\' || lex::closes_straight(c) {
            f.write_str("\\")?;
        }
        write!(f, "{c}")?;
    }
    f.write_str("\"")
}
