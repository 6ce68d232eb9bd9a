//! `rules/`: saved queries with a detector and a route.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::time::Duration;

use bellwether_model::{
    Election, ElectionId, Gate, GroupId, NarrativeId, ReceiverId, Rule, RuleId, TermRule,
    Thresholds,
};
use bellwether_query::Query;

use crate::checks;
use crate::config::ConfiguredRule;
use crate::keys;
use crate::phases;
use crate::queries::{self, Holder, InForce};
use crate::register::Register;
use crate::table::Table;
use crate::words::quoted;

/// Below ten minutes a feed polled every ten minutes shows all or nothing; over a week a burst is
/// a trend.
const WINDOW: RangeInclusive<Duration> = Duration::from_secs(600)..=Duration::from_secs(7 * 86_400);

/// The window where a rule does not say.
const WINDOW_DEFAULT: Duration = Duration::from_secs(2 * 3600);

/// More voices than the sources that a configuration can hold.
const GATE: RangeInclusive<u64> = 1..=10_000;

/// A rule that holds by chance every other day is no rule, and no baseline tells a billionth from none.
pub(crate) const P_MAX: RangeInclusive<f64> = 1e-9..=0.01;

/// What rules name.
#[derive(Debug)]
pub(crate) struct Named<'r, 'a> {
    pub(crate) groups: &'r Register<'a>,
    /// Groups that have a source; none where not all sources could be read.
    pub(crate) groups_with_members: Option<BTreeSet<GroupId>>,
    pub(crate) receivers: &'r Register<'a>,
    pub(crate) elections: &'r Register<'a>,
    /// The elections that could be read.
    pub(crate) calendars: &'r [Election],
    pub(crate) narratives: &'r Register<'a>,
    /// What finds each narrative that could be read.
    pub(crate) narrative_queries: &'r BTreeMap<NarrativeId, Query>,
    /// What queries name; none where not all of it could be read.
    pub(crate) in_force: Option<&'r InForce>,
}

/// A rule as it was read.
#[derive(Debug)]
pub(crate) enum Read {
    /// With a query.
    Query(ConfiguredRule),
    /// For what nobody listed.
    Terms(TermRule),
}

/// Reads the rules of a file and enters their ids.
pub(crate) fn rules<'a>(
    top: &Table<'a>,
    ids: &mut Register<'a>,
    named: &Named<'_, 'a>,
) -> Vec<Read> {
    top.tables("rule", &keys::RULE)
        .iter()
        .filter_map(|table| rule(table, ids, named))
        .collect()
}

fn rule<'a>(table: &Table<'a>, ids: &mut Register<'a>, named: &Named<'_, 'a>) -> Option<Read> {
    let id = ids.enter(table);
    let name = table.text("name");
    let is_of_terms = table.has("terms");
    let asked = if is_of_terms {
        terms(table);
        None
    } else {
        of_terms_only(table);
        asked(table, named)
    };
    let groups = groups(table, named);
    let window = checks::duration(table, "window", WINDOW).unwrap_or(WINDOW_DEFAULT);
    let election = table
        .text("election")
        .filter(|id| named.elections.check(table, *id))
        .and_then(|id| ElectionId::parse(id.value).ok());
    let gate = table
        .table("gate", &keys::GATE)
        .map_or_else(Gate::default, |gate| self::gate(&gate, Gate::default()));
    let p_max = if is_of_terms {
        None
    } else {
        table.probability("p_max", P_MAX)
    };
    let own = Thresholds { gate, p_max };
    let phases = phases::of_rule(table, election.as_ref(), own, named);
    let receivers = table
        .table("route", &keys::ROUTE)
        .map_or_else(Vec::new, |route| receivers(&route, named.receivers));
    let id = id?;
    let name = name.map_or(id, |text| text.value).to_owned();
    let id = RuleId::parse(id).ok()?;
    if is_of_terms {
        return Some(Read::Terms(TermRule {
            id,
            name,
            groups,
            languages: checks::languages(table),
            platforms: values(table, "platforms"),
            gate,
            receivers,
            election,
            phases,
        }));
    }
    let (canonical, query) = asked?;
    Some(Read::Query(ConfiguredRule {
        rule: Rule {
            id,
            name,
            query: canonical,
            groups,
            window,
            gate,
            p_max,
            receivers,
            election,
            phases,
        },
        query,
    }))
}

/// A rule for what nobody listed says so, and nothing that only a query has.
fn terms(table: &Table<'_>) {
    if let Some(terms) = table.text("terms").filter(|text| text.value != "any") {
        table.sink.fault(
            terms.place,
            format!("{} is not known here", quoted(terms.value)),
            Some("write \"any\": whatever nobody listed".to_owned()),
        );
    }
    for (key, why) in [
        (
            "query",
            "a rule counts what its query finds, or looks for terms that nobody listed",
        ),
        ("narrative", "a narrative has queries of its own"),
        (
            "window",
            "what nobody listed is looked for in windows of 1 hour to 3 days together",
        ),
        ("p_max", phases::ONE_BUDGET),
    ] {
        if table.has(key) {
            table.sink.fault(
                table.place_of_key(key),
                format!("a rule with `terms` has no `{key}`"),
                Some(match key {
                    "p_max" => why.to_owned(),
                    _ => format!("{why}: keep one of both"),
                }),
            );
        }
    }
}

/// A query says itself which languages and platforms it is about.
fn of_terms_only(table: &Table<'_>) {
    for (key, field) in [("languages", "lang"), ("platforms", "platform")] {
        if table.has(key) {
            table.sink.fault(
                table.place_of_key(key),
                format!("`{key}` is for rules with `terms = \"any\"`"),
                Some(format!("write `{field}:` in the query")),
            );
        }
    }
}

fn values(table: &Table<'_>, key: &'static str) -> Vec<String> {
    let texts = table.texts(key);
    texts.iter().map(|text| text.value.to_owned()).collect()
}

/// What is looked for: the text a rule holds, and what it means.
fn asked<'a>(table: &Table<'a>, named: &Named<'_, 'a>) -> Option<(String, Query)> {
    if table.has("narrative") {
        if table.has("query") {
            table.sink.fault(
                table.place_of_key("narrative"),
                "the rule has a `query` and a `narrative`",
                Some("keep one: a narrative brings its own queries".to_owned()),
            );
        }
        let id = table
            .text("narrative")
            .filter(|id| named.narratives.check(table, *id))?;
        let query = named.narrative_queries.get(id.value)?;
        return Some((format!("narrative:{}", id.value), query.clone()));
    }
    table.require("query", Some("write one, or name a `narrative`"));
    let query = queries::query(table, table.prose("query")?, Holder::Rule, named.in_force)?;
    Some((query.to_string(), query))
}

fn groups<'a>(table: &Table<'a>, named: &Named<'_, 'a>) -> Vec<GroupId> {
    table
        .texts("groups")
        .into_iter()
        .filter(|group| named.groups.check(table, *group))
        .filter_map(|group| {
            let id = GroupId::parse(group.value).ok()?;
            let members = named.groups_with_members.as_ref();
            if members.is_some_and(|groups| !groups.contains(&id)) {
                table.sink.fault(
                    group.place,
                    format!("group {} has no members", quoted(group.value)),
                    Some("add a source to it, or take it out of the rule".to_owned()),
                );
            }
            Some(id)
        })
        .collect()
}

/// The receivers that a route names.
pub(crate) fn receivers<'a>(route: &Table<'a>, known: &Register<'a>) -> Vec<ReceiverId> {
    route
        .texts("receivers")
        .into_iter()
        .filter(|id| known.check(route, *id))
        .filter_map(|id| ReceiverId::parse(id.value).ok())
        .collect()
}

/// A gate; what it does not set is as in `defaults`.
pub(crate) fn gate(table: &Table<'_>, defaults: Gate) -> Gate {
    let count = |key, default| {
        table
            .integer(key, GATE)
            .and_then(|number| u32::try_from(number).ok())
            .unwrap_or(default)
    };
    Gate {
        min_families: count("min_families", defaults.min_families),
        min_stories: count("min_stories", defaults.min_stories),
        max_family_share: table
            .share("max_family_share")
            .unwrap_or(defaults.max_family_share),
    }
}
