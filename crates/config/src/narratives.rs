//! `narratives/`: documented claims and the queries that find their wording, in the shape of the
//! registry's file.

use bellwether_model::{ActorId, ElectionId, Narrative, NarrativeId, NarrativeQuery, Reference};
use bellwether_query::Query;

use crate::checks::{self, UNKNOWN, Use};
use crate::fault::Sink;
use crate::keys;
use crate::queries::{self, Holder, InForce};
use crate::register::{Known, Register};
use crate::table::{Place, Table};
use crate::words::quoted;

/// The most narratives: every text is asked about each of them.
pub const NARRATIVES_MAX: usize = 1_000;

/// The most documents behind one narrative.
pub const REFERENCES_MAX: usize = 50;

/// A narrative, the query that finds what any of its queries finds, and its place.
#[derive(Debug)]
pub(crate) struct PlacedNarrative<'a> {
    pub(crate) narrative: Narrative,
    pub(crate) query: Query,
    place: Place<'a>,
}

/// What reading narratives adds to, and what it asks.
#[derive(Debug)]
pub(crate) struct Named<'r, 'a> {
    pub(crate) ids: &'r mut Register<'a>,
    pub(crate) elections: &'r Register<'a>,
    pub(crate) actors: &'r Register<'a>,
    /// What queries name; none where not all of it could be read.
    pub(crate) in_force: Option<&'r InForce>,
}

/// Reads the narratives of a file and enters their ids.
pub(crate) fn narratives<'a>(
    top: &Table<'a>,
    named: &mut Named<'_, 'a>,
) -> Vec<PlacedNarrative<'a>> {
    checks::registry_top(top);
    top.tables("narrative", &keys::NARRATIVE)
        .iter()
        .filter_map(|table| narrative(table, named))
        .collect()
}

fn narrative<'a>(table: &Table<'a>, named: &mut Named<'_, 'a>) -> Option<PlacedNarrative<'a>> {
    let id = named.ids.enter(table);
    let title = table.required_text("title");
    let description = table
        .require("description", None)
        .then(|| table.prose("description"))
        .flatten();
    let elections = table
        .texts("elections")
        .into_iter()
        .filter(|id| id.value != UNKNOWN && named.elections.check(table, *id))
        .filter_map(|id| ElectionId::parse(id.value).ok())
        .collect();
    let (actors, actor_labels) = actors(table, named.actors);
    let disarm = techniques(table);
    let documented_by = references(table);
    let (queries, query) = queries(table, named.in_force);
    Some(PlacedNarrative {
        narrative: Narrative {
            id: NarrativeId::parse(id?).ok()?,
            title: title?.value.trim().to_owned(),
            description: description?.value.trim().to_owned(),
            elections,
            actors,
            actor_labels,
            disarm,
            documented_by,
            queries,
        },
        query: query?,
        place: table.place,
    })
}

/// Whom the documents name: actors by their ids, and names that only the documents use. What is
/// nearly an id is taken for a slip.
fn actors(table: &Table<'_>, known: &Register<'_>) -> (Vec<ActorId>, Vec<String>) {
    let (mut actors, mut labels) = (Vec::new(), Vec::new());
    for text in table.texts("actors") {
        match known.knows(text.value) {
            Known::Yes => actors.extend(ActorId::parse(text.value)),
            Known::No => labels.push(text.value.trim().to_owned()),
            Known::Nearly(near) => table.sink.fault(
                text.place,
                format!(
                    "{} is no actor, and nearly the id of one",
                    quoted(text.value)
                ),
                Some(format!(
                    "did you mean `{near}`? A name that only the document uses is told from an id \
                     by a blank or a capital in it"
                )),
            ),
        }
    }
    (actors, labels)
}

/// Ids of DISARM techniques.
fn techniques(table: &Table<'_>) -> Vec<String> {
    let is_digits =
        |text: &str, length| text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    let is_technique = |text: &str| {
        let Some(number) = text.strip_prefix('T') else {
            return false;
        };
        match number.split_once('.') {
            Some((technique, part)) => is_digits(technique, 4) && is_digits(part, 3),
            None => is_digits(number, 4),
        }
    };
    table
        .texts("disarm")
        .into_iter()
        .filter_map(|text| {
            let good = is_technique(text.value);
            if !good {
                table.sink.fault(
                    text.place,
                    format!("{} is no technique of DISARM", quoted(text.value)),
                    Some("write one such as `T0022` or `T0022.001`".to_owned()),
                );
            }
            good.then(|| text.value.to_owned())
        })
        .collect()
}

fn references(table: &Table<'_>) -> Vec<Reference> {
    let hint = "a narrative is a documented claim: name the documents";
    if !table.require("documented_by", Some(hint)) {
        return Vec::new();
    }
    let tables = table.tables("documented_by", &keys::REFERENCE);
    let place = table.place_of_key("documented_by");
    if tables.is_empty() && table.is_empty_list("documented_by") {
        table
            .sink
            .fault(place, "`documented_by` is empty", Some(hint.to_owned()));
    }
    if tables.len() > REFERENCES_MAX {
        let message = format!("`documented_by` has more than {REFERENCES_MAX} entries");
        table.sink.fault(place, message, None);
    }
    tables.iter().filter_map(reference).collect()
}

fn reference(table: &Table<'_>) -> Option<Reference> {
    let title = table.required_text("title");
    let known = |key| {
        table
            .text(key)
            .filter(|text| text.value != UNKNOWN)
            .map(|text| text.value.trim().to_owned())
    };
    let publisher = known("publisher");
    let date = checks::partial_day(table, "date");
    let url = known("url")
        .and_then(|_| checks::address(table, "url", Use::Shown))
        .map(|url| url.value.to_owned());
    Some(Reference {
        title: title?.value.trim().to_owned(),
        publisher,
        date,
        url,
    })
}

/// The queries, and the one that finds what any of them finds; none of the latter where one of them
/// is wrong.
fn queries(table: &Table<'_>, in_force: Option<&InForce>) -> (Vec<NarrativeQuery>, Option<Query>) {
    table.require("queries", None);
    let entries = table.by_language("queries", &keys::QUERIES);
    let parsed: Vec<(&str, Query)> = entries
        .iter()
        .filter_map(|entry| {
            let query = queries::query(table, entry.prose()?, Holder::Narrative, in_force)?;
            Some((entry.lang, query))
        })
        .collect();
    if parsed.is_empty() || parsed.len() < entries.len() {
        return (Vec::new(), None);
    }
    let all: Vec<Query> = parsed.iter().map(|(_, query)| query.clone()).collect();
    let any = queries::any_of(&all);
    if let Err(error) = &any {
        table.sink.fault(
            table.place_of_key("queries"),
            format!(
                "the queries cannot be asked as one, joined by OR: {}",
                error.message
            ),
            Some("shorten them".to_owned()),
        );
    }
    let queries = parsed
        .into_iter()
        .map(|(lang, query)| NarrativeQuery {
            lang: lang.to_owned(),
            query: query.to_string(),
        })
        .collect();
    (queries, any.ok())
}

/// What only shows when all narratives are known.
pub(crate) fn check_together(narratives: &[PlacedNarrative<'_>], sink: &Sink) {
    if let Some(over) = narratives.get(NARRATIVES_MAX) {
        let message = format!("there are more than {NARRATIVES_MAX} narratives");
        sink.fault(over.place, message, None);
    }
}
