//! What a query means now, with the sources in force.

use std::collections::BTreeSet;

use bellwether_model::{Directory, FamilyId, GroupId, PublisherId, SourceId, Span, Timestamp};
use jiff::tz::TimeZone;

use crate::ast::{Expr, Filter, Query, TextField};
use crate::error::{BindError, nearest};
use crate::phrase::Phrase;
use crate::time::TimeRange;

/// What a query is bound to.
#[derive(Debug, Clone, Copy)]
pub struct Binding<'a> {
    /// The sources and groups in force.
    pub directory: &'a Directory,
    /// The present time, for "two hours ago".
    pub now: Timestamp,
    /// The zone in which days are meant.
    pub zone: &'a TimeZone,
}

/// What a query means: nothing in it refers to configuration or to the present any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bound {
    /// Every item.
    All,
    /// A phrase.
    Phrase {
        /// Where.
        field: TextField,
        /// What.
        phrase: Phrase,
    },
    /// Shown by any of these sources; by none, where empty.
    Sources(BTreeSet<SourceId>),
    /// Of this publisher.
    Publisher(PublisherId),
    /// In this language, in lower case; the part before the first `-` stands for all its kinds.
    Lang(String),
    /// On this platform, in lower case.
    Platform(String),
    /// With its time in this stretch.
    Time(Span),
    /// All of these.
    And(Vec<Bound>),
    /// Any of these.
    Or(Vec<Bound>),
    /// Not this.
    Not(Box<Bound>),
}

impl Query {
    /// What the query means now.
    ///
    /// # Errors
    /// [`BindError`] where a source, family or group is named that is not there, or a stretch of
    /// time is empty.
    pub fn bind(&self, binding: Binding<'_>) -> Result<Bound, BindError> {
        bind(&self.root, binding)
    }
}

impl Bound {
    /// This and that.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, bound) | (bound, Self::All) => bound,
            (Self::And(mut parts), bound) => {
                parts.push(bound);
                Self::And(parts)
            }
            (bound, other) => Self::And(vec![bound, other]),
        }
    }
}

fn bind(expr: &Expr, binding: Binding<'_>) -> Result<Bound, BindError> {
    let list = |parts: &[Expr]| -> Result<Vec<Bound>, BindError> {
        parts.iter().map(|part| bind(part, binding)).collect()
    };
    Ok(match expr {
        Expr::All => Bound::All,
        Expr::Text { field, words } => match Phrase::of(words) {
            Some(phrase) => Bound::Phrase {
                field: *field,
                phrase,
            },
            // The parser refuses words without a unit.
            None => Bound::Sources(BTreeSet::new()),
        },
        Expr::Filter { filter, value } => bind_filter(*filter, value, binding.directory)?,
        Expr::Time(range) => Bound::Time(bind_time(range, binding)?),
        Expr::And(parts) => Bound::And(list(parts)?),
        Expr::Or(parts) => Bound::Or(list(parts)?),
        Expr::Not(part) => Bound::Not(Box::new(bind(part, binding)?)),
    })
}

fn bind_filter(filter: Filter, value: &str, directory: &Directory) -> Result<Bound, BindError> {
    let unknown = |known: Vec<&str>| BindError::Unknown {
        field: filter.as_str(),
        value: value.to_owned(),
        suggestion: nearest(value, known),
    };
    match filter {
        Filter::Source => {
            let id = SourceId::new(value);
            if directory.source(&id).is_none() {
                return Err(unknown(
                    directory.sources().map(|s| s.id.as_str()).collect(),
                ));
            }
            Ok(Bound::Sources(BTreeSet::from([id])))
        }
        Filter::Group => {
            let id = GroupId::new(value);
            let sources = directory.sources_in_group(&id);
            if sources.is_empty() && directory.group(&id).is_none() {
                return Err(unknown(directory.groups().map(|g| g.id.as_str()).collect()));
            }
            Ok(Bound::Sources(sources))
        }
        Filter::Family => {
            let id = FamilyId::new(value);
            let sources = directory.sources_where(|source| source.family == id);
            if sources.is_empty() {
                return Err(unknown(
                    directory.sources().map(|s| s.family.as_str()).collect(),
                ));
            }
            Ok(Bound::Sources(sources))
        }
        Filter::Publisher => {
            let id = PublisherId::new(value);
            if directory
                .sources_where(|source| source.publisher == id)
                .is_empty()
            {
                return Err(unknown(
                    directory.sources().map(|s| s.publisher.as_str()).collect(),
                ));
            }
            Ok(Bound::Publisher(id))
        }
        Filter::Lang => Ok(Bound::Lang(value.to_lowercase())),
        Filter::Platform => Ok(Bound::Platform(value.to_lowercase())),
    }
}

fn bind_time(range: &TimeRange, binding: Binding<'_>) -> Result<Span, BindError> {
    let Binding { now, zone, .. } = binding;
    let beyond = || BindError::TimeOutOfRange(range.to_string());
    let span = match range {
        TimeRange::Between(from, to) => Span {
            from: match from {
                Some(moment) => moment.start(now, zone).ok_or_else(beyond)?,
                None => Timestamp::MIN,
            },
            to: match to {
                Some(moment) => moment.end(now, zone).ok_or_else(beyond)?,
                None => Timestamp::MAX,
            },
        },
        TimeRange::After(moment) => Span {
            from: moment.end(now, zone).ok_or_else(beyond)?,
            to: Timestamp::MAX,
        },
        TimeRange::From(moment) => Span {
            from: moment.start(now, zone).ok_or_else(beyond)?,
            to: Timestamp::MAX,
        },
        TimeRange::Before(moment) => Span {
            from: Timestamp::MIN,
            to: moment.start(now, zone).ok_or_else(beyond)?,
        },
        TimeRange::Until(moment) => Span {
            from: Timestamp::MIN,
            to: moment.end(now, zone).ok_or_else(beyond)?,
        },
    };
    if span.from >= span.to {
        return Err(BindError::EmptyTime(range.to_string()));
    }
    Ok(span)
}
