//! What a query means now, with the sources in force.

use std::collections::BTreeSet;

use bellwether_model::{
    ActorId, Directory, FamilyId, Grade, GroupId, ItemId, NarrativeId, PublisherId, SourceId, Span,
    StoryId, Timestamp,
};
use bellwether_text::{EntityKind, address_key, analyse, domains, fold};
use jiff::tz::TimeZone;

use crate::ast::{Expr, Filter, Query, Reading, TextField, Words};
use crate::error::{BindError, nearest};
use crate::names::Names;
use crate::pattern::{Pattern, Phrase};
use crate::time::TimeRange;

/// Most phrases that a query may come to mean, with the names of actors and the queries of
/// narratives written out.
pub const PHRASES_MAX: usize = 20_000;

/// Who knows which items a story has.
pub trait Stories {
    /// The items of a story; none where there is no such story.
    ///
    /// # Errors
    /// Why they cannot be read.
    fn members(&self, story: StoryId) -> Result<BTreeSet<ItemId>, String>;
}

/// What a query is bound to.
#[derive(Clone, Copy)]
pub struct Binding<'a> {
    /// The sources, groups, actors and narratives in force.
    pub directory: &'a Directory,
    /// The names of its actors.
    pub names: &'a Names,
    /// Whether an actor's name also finds the actor's other names.
    pub expand_names: bool,
    /// Who knows the stories; `None` where they cannot be asked for, as in a rule.
    pub stories: Option<&'a dyn Stories>,
    /// The present time, for "two hours ago".
    pub now: Timestamp,
    /// The zone in which days are meant.
    pub zone: &'a TimeZone,
}

impl<'a> Binding<'a> {
    /// A binding without stories, in which a name finds itself only.
    #[must_use]
    pub fn new(
        directory: &'a Directory,
        names: &'a Names,
        now: Timestamp,
        zone: &'a TimeZone,
    ) -> Self {
        Self {
            directory,
            names,
            expand_names: false,
            stories: None,
            now,
            zone,
        }
    }
}

/// What a query means: nothing in it refers to configuration or to the present any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bound {
    /// Every item.
    All,
    /// Words in title or text.
    Text {
        /// Where.
        field: TextField,
        /// What.
        pattern: Pattern,
    },
    /// Shown by any of these sources; by none, where empty.
    Sources(BTreeSet<SourceId>),
    /// Of this publisher.
    Publisher(PublisherId),
    /// In this language, in lower case; the part before the first `-` stands for all its kinds.
    Lang(String),
    /// On this platform, in lower case.
    Platform(String),
    /// Any of these items.
    Items(BTreeSet<ItemId>),
    /// With this address, as [`address_key`] gives it: its own or one in its text.
    Url(String),
    /// With an address at this host or below it.
    Domain(String),
    /// With this hashtag, folded.
    Tag(String),
    /// With its time in this stretch.
    Time(Span),
    /// In the log up to this one: what has come since is left out.
    Until(ItemId),
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
    /// [`BindError`] where something is named that is not there, a stretch of time is empty, or the
    /// whole means more than [`PHRASES_MAX`] phrases.
    pub fn bind(&self, binding: Binding<'_>) -> Result<Bound, BindError> {
        let bound = bind(&self.root, binding, 0)?;
        if bound.size() > PHRASES_MAX {
            return Err(BindError::TooMuch(PHRASES_MAX));
        }
        Ok(bound)
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

    /// How many phrases it holds.
    fn size(&self) -> usize {
        match self {
            Self::Text { pattern, .. } => pattern.size(),
            Self::And(parts) | Self::Or(parts) => parts.iter().map(Self::size).sum(),
            Self::Not(part) => part.size(),
            _ => 1,
        }
    }
}

fn bind(expr: &Expr, binding: Binding<'_>, narratives: usize) -> Result<Bound, BindError> {
    let list = |parts: &[Expr]| -> Result<Vec<Bound>, BindError> {
        parts
            .iter()
            .map(|part| bind(part, binding, narratives))
            .collect()
    };
    Ok(match expr {
        Expr::All => Bound::All,
        Expr::Text { field, words } => bind_text(*field, words, binding),
        Expr::Filter {
            filter: Filter::Narrative,
            value,
        } => bind_narrative(value, binding, narratives)?,
        Expr::Filter { filter, value } => bind_filter(*filter, value, binding)?,
        Expr::Time(range) => Bound::Time(bind_time(range, binding)?),
        Expr::And(parts) => Bound::And(list(parts)?),
        Expr::Or(parts) => Bound::Or(list(parts)?),
        Expr::Not(part) => Bound::Not(Box::new(bind(part, binding, narratives)?)),
    })
}

fn bind_text(field: TextField, words: &Words, binding: Binding<'_>) -> Bound {
    let text = match pattern(words, binding) {
        Some(pattern) => Bound::Text { field, pattern },
        // The parser refuses words without a unit.
        None => Bound::Sources(BTreeSet::new()),
    };
    // Whoever pastes a link means the page as well as those who link to it.
    match (field, words) {
        (TextField::Any, Words::Row { words, .. }) => match whole_address(words) {
            Some(key) => Bound::Or(vec![text, Bound::Url(key)]),
            None => text,
        },
        _ => text,
    }
}

fn whole_address(words: &str) -> Option<String> {
    let analysed = analyse(words);
    let [entity] = analysed.entities() else {
        return None;
    };
    let is_whole = entity.source.start == 0 && entity.source.end as usize == words.len();
    (entity.kind == EntityKind::Url && is_whole).then(|| analysed.key(entity).to_owned())
}

fn pattern(words: &Words, binding: Binding<'_>) -> Option<Pattern> {
    match words {
        Words::Row { words, reading } => {
            let phrase = Phrase::of(words)?;
            let phrase = match reading {
                Reading::Bare => phrase.inflected(),
                Reading::Quoted { slop } => phrase.loose(*slop),
                Reading::Prefix => return Some(Pattern::Phrase(phrase.begun())),
            };
            let own = Pattern::Phrase(phrase);
            let others = binding
                .expand_names
                .then(|| binding.names.like(words))
                .flatten();
            Some(match others {
                Some(others) => Pattern::Any(vec![own, others]),
                None => own,
            })
        }
        Words::Any(parts) => Some(Pattern::Any(
            parts
                .iter()
                .filter_map(|part| pattern(part, binding))
                .collect(),
        )),
        Words::Near {
            left,
            right,
            within,
        } => Some(Pattern::Near {
            left: Box::new(pattern(left, binding)?),
            right: Box::new(pattern(right, binding)?),
            within: *within,
        }),
    }
}

fn bind_narrative(
    value: &str,
    binding: Binding<'_>,
    narratives: usize,
) -> Result<Bound, BindError> {
    let id = NarrativeId::new(value);
    let Some(narrative) = binding.directory.narrative(&id) else {
        let known = binding.directory.narratives().map(|n| n.id.as_str());
        return Err(unknown(Filter::Narrative, value, known));
    };
    if narratives > 0 {
        return Err(BindError::NarrativeInNarrative(value.to_owned()));
    }
    let parts: Result<Vec<Bound>, BindError> = narrative
        .queries
        .iter()
        .map(|query| {
            let parsed = Query::parse(&query.query).map_err(|error| BindError::Narrative {
                narrative: value.to_owned(),
                lang: query.lang.clone(),
                error: Box::new(error),
            })?;
            bind(&parsed.root, binding, narratives + 1)
        })
        .collect();
    Ok(Bound::Or(parts?))
}

fn unknown<'a>(filter: Filter, value: &str, known: impl IntoIterator<Item = &'a str>) -> BindError {
    BindError::Unknown {
        field: filter.as_str(),
        value: value.to_owned(),
        suggestion: nearest(value, known),
    }
}

fn bind_filter(filter: Filter, value: &str, binding: Binding<'_>) -> Result<Bound, BindError> {
    let directory = binding.directory;
    match filter {
        Filter::Source => {
            let id = SourceId::new(value);
            if directory.source(&id).is_none() {
                return Err(unknown(
                    filter,
                    value,
                    directory.sources().map(|s| s.id.as_str()),
                ));
            }
            Ok(Bound::Sources(BTreeSet::from([id])))
        }
        Filter::Group => {
            let id = GroupId::new(value);
            let sources = directory.sources_in_group(&id);
            if sources.is_empty() && directory.group(&id).is_none() {
                return Err(unknown(
                    filter,
                    value,
                    directory.groups().map(|g| g.id.as_str()),
                ));
            }
            Ok(Bound::Sources(sources))
        }
        Filter::Family => {
            let id = FamilyId::new(value);
            let sources = directory.sources_where(|source| source.family == id);
            if sources.is_empty() {
                return Err(unknown(
                    filter,
                    value,
                    directory.sources().map(|s| s.family.as_str()),
                ));
            }
            Ok(Bound::Sources(sources))
        }
        Filter::Affiliation => {
            let Some(grade) = Grade::ALL.into_iter().find(|grade| grade.as_str() == value) else {
                return Err(unknown(filter, value, Grade::ALL.map(Grade::as_str)));
            };
            Ok(Bound::Sources(
                directory.sources_where(|source| source.affiliation.grade == grade),
            ))
        }
        Filter::Country => {
            let is_there = |country: &str| country.eq_ignore_ascii_case(value);
            let sources =
                directory.sources_where(|source| source.country.as_deref().is_some_and(is_there));
            if sources.is_empty() {
                let known = directory.sources().filter_map(|s| s.country.as_deref());
                return Err(unknown(filter, value, known));
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
                    filter,
                    value,
                    directory.sources().map(|s| s.publisher.as_str()),
                ));
            }
            Ok(Bound::Publisher(id))
        }
        Filter::Lang => Ok(Bound::Lang(value.to_lowercase())),
        Filter::Platform => Ok(Bound::Platform(value.to_lowercase())),
        Filter::Actor => binding
            .names
            .of_actor(&ActorId::new(value))
            .ok_or_else(|| unknown(filter, value, directory.actors().map(|a| a.id.as_str()))),
        Filter::Story => bind_story(value, binding),
        Filter::Url => match address_key(value) {
            Some(key) => Ok(Bound::Url(key)),
            None => Err(BindError::NoAddress(value.to_owned())),
        },
        Filter::Domain => match domains(value).next() {
            Some(domain) => Ok(Bound::Domain(domain.to_lowercase())),
            None => Err(BindError::NoAddress(value.to_owned())),
        },
        Filter::Tag => Ok(Bound::Tag(fold(value.trim_matches(['#', '＃'])))),
        // Needs to know how deep it stands.
        Filter::Narrative => bind_narrative(value, binding, 0),
    }
}

fn bind_story(value: &str, binding: Binding<'_>) -> Result<Bound, BindError> {
    let stories = binding.stories.ok_or(BindError::NoStories)?;
    let no_story = || unknown(Filter::Story, value, []);
    let story = StoryId(value.parse().map_err(|_| no_story())?);
    let members = stories.members(story).map_err(BindError::Stories)?;
    if members.is_empty() {
        return Err(no_story());
    }
    Ok(Bound::Items(members))
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
