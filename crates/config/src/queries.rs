//! The queries of rules and narratives: read, looked through for what they must not have, and for
//! names that nothing has.

use bellwether_model::{Directory, Narrative};
use bellwether_query::{BindError, Binding, Expr, Filter, Names, ParseError, Query};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::table::{Placed, Table};
use crate::words::quoted;

/// Whose query it is decides what it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    Rule,
    Narrative,
}

/// What queries may name.
#[derive(Debug)]
pub(crate) struct InForce {
    directory: Directory,
    /// Made once: some thousand names, and hundreds of queries ask for them.
    names: Names,
}

impl InForce {
    pub(crate) fn new(directory: Directory) -> Self {
        let names = Names::new(&directory);
        Self { directory, names }
    }

    pub(crate) fn with_narratives(self, narratives: impl IntoIterator<Item = Narrative>) -> Self {
        Self {
            directory: self.directory.with_narratives(narratives),
            ..self
        }
    }
}

/// The parsed query; reports an error at the character it is about. Names in it are looked up only
/// where it is known what is in force.
pub(crate) fn query(
    table: &Table<'_>,
    text: Placed<'_, &str>,
    holder: Holder,
    in_force: Option<&InForce>,
) -> Option<Query> {
    match Query::parse(text.value) {
        Ok(query) => {
            if let Some((field, message, hint)) = refused(query.expr(), holder) {
                let place = text
                    .place
                    .of_character(text.value, place_of_field(text.value, field));
                table
                    .sink
                    .fault(place, message.to_owned(), Some(hint.to_owned()));
                return None;
            }
            if let Some(in_force) = in_force {
                check_names(table, text, &query, in_force);
            }
            Some(query)
        }
        Err(error) => {
            table.sink.fault(
                text.place.of_character(text.value, error.position),
                format!("the query cannot be read: {}", error.message),
                error
                    .suggestion
                    .map(|near| format!("did you mean `{near}`?")),
            );
            None
        }
    }
}

/// The query that finds what any of these finds.
///
/// # Errors
/// What the language has against it: together they may be too long.
pub(crate) fn any_of(queries: &[Query]) -> Result<Query, ParseError> {
    let all: Vec<String> = queries.iter().map(|query| format!("({query})")).collect();
    Query::parse(&all.join(" OR "))
}

/// A field that stands in a query and must not, what is wrong with it, and what to do.
fn refused(expr: &Expr, holder: Holder) -> Option<(&'static str, &'static str, &'static str)> {
    match holder {
        // A rule is asked for a window that moves; a time of its own would stand still where it
        // stood at the start.
        Holder::Rule if has(expr, &|part| matches!(part, Expr::Time(_))) => Some((
            "time",
            "the query has a `time:`, and a rule has a `window`",
            "leave `time:` out, and say with `window` how long a stretch is counted",
        )),
        Holder::Narrative if has(expr, &|part| matches!(part, Expr::Time(_))) => Some((
            "time",
            "the query has a `time:`, and a narrative belongs to no time",
            "leave `time:` out; whoever asks says for which stretch",
        )),
        Holder::Narrative if has(expr, &is_narrative) => Some((
            "narrative",
            "the query names a narrative, and narratives do not hold one another",
            "write out the words that are looked for",
        )),
        Holder::Narrative if has(expr, &|part| matches!(part, Expr::All)) => Some((
            "*",
            "the query finds every item",
            "write out the words that are looked for",
        )),
        Holder::Rule | Holder::Narrative => None,
    }
}

/// Whether this holds for any part of a query.
fn has(expr: &Expr, wanted: &dyn Fn(&Expr) -> bool) -> bool {
    wanted(expr)
        || match expr {
            Expr::And(parts) | Expr::Or(parts) => parts.iter().any(|part| has(part, wanted)),
            Expr::Not(part) => has(part, wanted),
            _ => false,
        }
}

fn is_narrative(part: &Expr) -> bool {
    matches!(
        part,
        Expr::Filter {
            filter: Filter::Narrative,
            ..
        }
    )
}

/// The character at which a field stands; the first where it is written in an unusual way.
fn place_of_field(text: &str, field: &str) -> usize {
    let lower = text.to_ascii_lowercase();
    let at = [format!("{field}:"), format!("{field}：")]
        .iter()
        .filter_map(|field| lower.find(field))
        .min();
    at.map_or(0, |at| text[..at].chars().count())
}

/// Reports a name in a query that nothing has. Groups are configured or not there; a source,
/// publisher or family may yet come by an import, so it deserves a look and is no fault.
fn check_names(table: &Table<'_>, text: Placed<'_, &str>, query: &Query, in_force: &InForce) {
    // Times are not looked at: what a relative one means shows when the query is asked.
    let zone = TimeZone::UTC;
    let binding = Binding::new(
        &in_force.directory,
        &in_force.names,
        Timestamp::UNIX_EPOCH,
        &zone,
    );
    let (field, value, suggestion) = match query.bind(binding) {
        Ok(_) => return,
        Err(BindError::Unknown {
            field,
            value,
            suggestion,
        }) => (field, value, suggestion),
        Err(error) => {
            let message = format!("the query cannot be understood: {error}");
            return table.sink.fault(text.place, message, None);
        }
    };
    let character = text
        .value
        .find(&value)
        .map_or(0, |at| text.value[..at].chars().count());
    let place = text.place.of_character(text.value, character);
    let message = format!(
        "the query names a {field} that is not there: {}",
        quoted(&value)
    );
    let near = suggestion.map(|near| format!("did you mean `{near}`?"));
    if matches!(field, "source" | "publisher" | "family") {
        let until = "until an import brings it, nothing of it is found".to_owned();
        table.sink.warn(place, message, near.or(Some(until)));
    } else {
        table.sink.fault(place, message, near);
    }
}
