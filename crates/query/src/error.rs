//! What can be wrong with a query.

/// A query that cannot be read. `position` counts characters from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} at character {}", position + 1)]
pub struct ParseError {
    /// The character at which reading stopped, counted from 0.
    pub position: usize,
    /// What is wrong and what was expected.
    pub message: String,
    /// The query, or the word, that was probably meant.
    pub suggestion: Option<String>,
}

/// A query that can be read and names something that is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BindError {
    /// A field's value that nothing has.
    #[error("there is no {field} `{value}`{}", near(suggestion))]
    Unknown {
        /// The field.
        field: &'static str,
        /// What was asked for.
        value: String,
        /// The nearest there is.
        suggestion: Option<String>,
    },
    /// What was given for `url:` or `domain:`.
    #[error("`{0}` is no address; expected one like `example.org/news` or `example.org`")]
    NoAddress(String),
    /// Where stories cannot be asked for.
    #[error("`story:` belongs to searches; a rule cannot name a story")]
    NoStories,
    /// Stories could not be read.
    #[error("the stories cannot be read: {0}")]
    Stories(String),
    /// A narrative whose query cannot be read.
    #[error("the `{lang}` query of narrative `{narrative}` cannot be read: {error}")]
    Narrative {
        /// The narrative.
        narrative: String,
        /// The language of the query.
        lang: String,
        /// What is wrong with it.
        error: Box<ParseError>,
    },
    /// A narrative that refers to another.
    #[error("the queries of a narrative cannot name the narrative `{0}`")]
    NarrativeInNarrative(String),
    /// More than can be looked for at once.
    #[error(
        "with all names and narratives written out the query has more than {0} phrases; split it"
    )]
    TooMuch(usize),
    /// A stretch of time that ends before it begins.
    #[error("`{0}` ends before it begins")]
    EmptyTime(String),
    /// A moment beyond the calendar.
    #[error("`{0}` lies beyond the calendar")]
    TimeOutOfRange(String),
}

fn near(suggestion: &Option<String>) -> String {
    suggestion
        .as_ref()
        .map(|s| format!("; did you mean `{s}`?"))
        .unwrap_or_default()
}

/// The nearest of some known words, where one is near enough to be a slip of the keyboard.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.chars().count() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate.to_owned())
}
