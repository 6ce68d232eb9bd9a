//! `actors/`: names by which persons, bodies and places appear in text, in the shape of the
//! registry's file.

use std::collections::BTreeMap;

use bellwether_model::{Actor, ActorId, ActorKind, Alias};
use bellwether_text::analyse;

use crate::checks;
use crate::fault::Sink;
use crate::keys;
use crate::register::Register;
use crate::table::{Place, Placed, Table};
use crate::words::{did_you_mean, quoted};

/// The most actors: every text is looked through for all their names at once.
pub const ACTORS_MAX: usize = 5_000;

/// The most names of one actor; the largest that ships has 21.
pub const ALIASES_MAX: usize = 200;

/// The longest name, in characters; the longest that ships has 83.
pub const ALIAS_CHARS_MAX: usize = 120;

/// In place of a country: it belongs to no single one.
const INTERNATIONAL: &str = "INT";

/// An actor and where the things stand that are compared across files.
#[derive(Debug)]
pub(crate) struct PlacedActor<'a> {
    pub(crate) actor: Actor,
    place: Place<'a>,
    /// What is compared of each alias, and its place; in the order of the actor's aliases.
    names: Vec<(Folded, Place<'a>)>,
}

/// A name as search compares it, so that two of one sound in two scripts are one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Folded(Vec<(u32, String)>);

impl Folded {
    /// None where the name has no unit that search could find.
    fn of(name: &str) -> Option<Self> {
        let analysed = analyse(name);
        let first = analysed.units().first()?.position;
        let units = analysed.units().iter();
        Some(Self(
            units
                .map(|unit| (unit.position - first, analysed.text(unit).to_owned()))
                .collect(),
        ))
    }
}

/// Reads the actors of a file and enters their ids.
pub(crate) fn actors<'a>(top: &Table<'a>, ids: &mut Register<'a>) -> Vec<PlacedActor<'a>> {
    checks::registry_top(top);
    top.tables("actor", &keys::ACTOR)
        .iter()
        .filter_map(|table| actor(table, ids))
        .collect()
}

fn actor<'a>(table: &Table<'a>, ids: &mut Register<'a>) -> Option<PlacedActor<'a>> {
    let id = ids.enter(table);
    let kinds = ActorKind::ALL.map(|kind| (kind.as_str(), kind));
    let kind = table
        .require("kind", None)
        .then(|| checks::one_of(table, "kind", "kinds", &kinds))
        .flatten();
    let country = country(table);
    let qid = qid(table);
    let note = table.prose("note");
    let names = names(table);
    let (aliases, names) = names
        .into_iter()
        .map(|name| (name.alias, (name.folded, name.place)))
        .unzip();
    Some(PlacedActor {
        actor: Actor {
            id: ActorId::parse(id?).ok()?,
            kind: kind?,
            country: country?,
            note: note.map(|text| text.value.trim().to_owned()),
            qid,
            aliases,
        },
        place: table.place,
        names,
    })
}

/// The country; `Some(None)` for what belongs to no single one.
fn country(table: &Table<'_>) -> Option<Option<String>> {
    let hint = "`INT` is a value, for what belongs to no single country";
    if !table.require("country", Some(hint)) {
        return None;
    }
    if table.text("country")?.value == INTERNATIONAL {
        return Some(None);
    }
    checks::country(table).map(Some)
}

fn qid(table: &Table<'_>) -> Option<String> {
    let text = table.text("qid")?;
    let number = text.value.strip_prefix('Q').unwrap_or_default();
    let good = (1..=10).contains(&number.len())
        && number.bytes().all(|b| b.is_ascii_digit())
        && !number.starts_with('0');
    if !good {
        table.sink.fault(
            text.place,
            format!("{} is no Wikidata id", quoted(text.value)),
            Some("write one such as `Q865`, or leave `qid` out".to_owned()),
        );
    }
    good.then(|| text.value.to_owned())
}

struct Name<'a> {
    alias: Alias,
    folded: Folded,
    place: Place<'a>,
}

fn names<'a>(table: &Table<'a>) -> Vec<Name<'a>> {
    table.require("aliases", None);
    let mut names = Vec::new();
    for entry in table.by_language("aliases", &keys::ALIASES) {
        for text in entry.texts() {
            if let Some(folded) = folded(table, text) {
                names.push(Name {
                    alias: Alias {
                        text: text.value.trim().to_owned(),
                        lang: entry.lang.to_owned(),
                        is_ambiguous: false,
                    },
                    folded,
                    place: text.place,
                });
            }
        }
    }
    if names.len() > ALIASES_MAX {
        table.sink.fault(
            table.place_of_key("aliases"),
            format!("there are more than {ALIASES_MAX} names of one actor"),
            None,
        );
    }
    mark_ambiguous(table, &mut names);
    names
}

/// A name as search compares it; reports what can be none.
fn folded(table: &Table<'_>, text: Placed<'_, &str>) -> Option<Folded> {
    let name = text.value;
    if name.chars().nth(ALIAS_CHARS_MAX).is_some() {
        table.sink.fault(
            text.place,
            format!("the name is longer than {ALIAS_CHARS_MAX} characters"),
            None,
        );
        return None;
    }
    let folded = name
        .chars()
        .any(char::is_alphabetic)
        .then(|| Folded::of(name))
        .flatten();
    if folded.is_none() {
        table.sink.fault(
            text.place,
            format!("the name {} has no letter", quoted(name)),
            Some("leave it out: figures alone name nobody".to_owned()),
        );
    }
    folded
}

/// Marks the names that `ambiguous` lists, and with each those that search cannot tell from it.
fn mark_ambiguous(table: &Table<'_>, names: &mut [Name<'_>]) {
    for text in table.texts("ambiguous") {
        let wanted = text.value.trim();
        let Some(folded) = names
            .iter()
            .find(|name| name.alias.text == wanted)
            .map(|name| name.folded.clone())
        else {
            table.sink.fault(
                text.place,
                format!("{} is in `ambiguous` and is no alias", quoted(wanted)),
                Some(did_you_mean(
                    wanted,
                    names.iter().map(|name| name.alias.text.as_str()),
                    "aliases",
                )),
            );
            continue;
        };
        for name in names.iter_mut().filter(|name| name.folded == folded) {
            name.alias.is_ambiguous = true;
        }
    }
}

/// What only shows when all actors are known: a name that two of them share must be marked with
/// both, since it tells neither from the other.
pub(crate) fn check_together(actors: &[PlacedActor<'_>], sink: &Sink) {
    if let Some(over) = actors.get(ACTORS_MAX) {
        sink.fault(
            over.place,
            format!("there are more than {ACTORS_MAX} actors"),
            None,
        );
    }
    let mut bearers: BTreeMap<&Folded, Vec<(&PlacedActor<'_>, usize)>> = BTreeMap::new();
    for placed in actors {
        for (at, (folded, _)) in placed.names.iter().enumerate() {
            let bearers = bearers.entry(folded).or_default();
            // The same name in another language of the same actor is told once.
            if bearers
                .last()
                .is_none_or(|(last, _)| last.actor.id != placed.actor.id)
            {
                bearers.push((placed, at));
            }
        }
    }
    for bearers in bearers.values().filter(|bearers| bearers.len() > 1) {
        for (of, (placed, at)) in bearers.iter().enumerate() {
            let alias = &placed.actor.aliases[*at];
            if alias.is_ambiguous {
                continue;
            }
            let (other, other_at) = bearers[usize::from(of == 0)];
            let (_, place) = placed.names[*at];
            sink.fault(
                place,
                format!(
                    "the name {} is also one of {} at {}",
                    quoted(&alias.text),
                    quoted(other.actor.id.as_str()),
                    other.names[other_at].1.shown()
                ),
                Some(format!(
                    "put it into `ambiguous` of {} too, or take it from one of the two",
                    quoted(placed.actor.id.as_str())
                )),
            );
        }
    }
}
