//! `rules/`: saved queries with a detector and a route.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::time::Duration;

use bellwether_model::{Directory, ElectionId, Gate, GroupId, ReceiverId, Rule, RuleId};
use bellwether_query::{BindError, Binding, Expr, Query};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::checks;
use crate::config::ConfiguredRule;
use crate::keys;
use crate::register::Register;
use crate::table::{Placed, Table};
use crate::words::quoted;

/// Below ten minutes a feed polled every ten minutes shows all or nothing; over a week a burst is
/// a trend.
const WINDOW: RangeInclusive<Duration> = Duration::from_secs(600)..=Duration::from_secs(7 * 86_400);

/// The window where a rule does not say.
const WINDOW_DEFAULT: Duration = Duration::from_secs(2 * 3600);

/// More voices than the sources that a configuration can hold.
const GATE: RangeInclusive<u64> = 1..=10_000;

/// What rules name.
#[derive(Debug)]
pub(crate) struct Named<'r, 'a> {
    pub(crate) groups: &'r Register<'a>,
    /// Groups that have a source; none where not all sources could be read.
    pub(crate) groups_with_members: Option<BTreeSet<GroupId>>,
    pub(crate) receivers: &'r Register<'a>,
    pub(crate) elections: &'r Register<'a>,
    /// What queries name; none where not all groups and sources could be read.
    pub(crate) directory: Option<&'r Directory>,
}

/// Reads the rules of a file and enters their ids.
pub(crate) fn rules<'a>(
    top: &Table<'a>,
    ids: &mut Register<'a>,
    named: &Named<'_, 'a>,
) -> Vec<ConfiguredRule> {
    top.tables("rule", &keys::RULE)
        .iter()
        .filter_map(|table| rule(table, ids, named))
        .collect()
}

fn rule<'a>(
    table: &Table<'a>,
    ids: &mut Register<'a>,
    named: &Named<'_, 'a>,
) -> Option<ConfiguredRule> {
    let id = ids.enter(table);
    let name = table.text("name");
    let query = table
        .require("query", None)
        .then(|| table.prose("query"))
        .flatten()
        .and_then(|text| query(table, text, named.directory));
    let groups = groups(table, named);
    let window = checks::duration(table, "window", WINDOW).unwrap_or(WINDOW_DEFAULT);
    let election = table
        .text("election")
        .filter(|id| named.elections.check(table, *id))
        .and_then(|id| ElectionId::parse(id.value).ok());
    let gate = table
        .table("gate", &keys::GATE)
        .map_or_else(Gate::default, |gate| self::gate(&gate));
    let receivers = table
        .table("route", &keys::ROUTE)
        .map_or_else(Vec::new, |route| receivers(&route, named));
    let (id, query) = (id?, query?);
    Some(ConfiguredRule {
        rule: Rule {
            id: RuleId::parse(id).ok()?,
            name: name.map_or(id, |text| text.value).to_owned(),
            query: query.to_string(),
            groups,
            window,
            gate,
            receivers,
            election,
        },
        query,
    })
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

fn receivers<'a>(route: &Table<'a>, named: &Named<'_, 'a>) -> Vec<ReceiverId> {
    route
        .texts("receivers")
        .into_iter()
        .filter(|id| named.receivers.check(route, *id))
        .filter_map(|id| ReceiverId::parse(id.value).ok())
        .collect()
}

fn gate(table: &Table<'_>) -> Gate {
    let defaults = Gate::default();
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

/// The parsed query; reports an error at the character it is about.
fn query(
    table: &Table<'_>,
    text: Placed<'_, &str>,
    directory: Option<&Directory>,
) -> Option<Query> {
    match Query::parse(text.value) {
        Ok(query) => {
            if has_time(query.expr()) {
                report_time(table, text);
                return None;
            }
            if let Some(directory) = directory {
                check_names(table, text, &query, directory);
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

fn has_time(expr: &Expr) -> bool {
    match expr {
        Expr::Time(_) => true,
        Expr::And(parts) | Expr::Or(parts) => parts.iter().any(has_time),
        Expr::Not(part) => has_time(part),
        Expr::All | Expr::Text { .. } | Expr::Filter { .. } => false,
    }
}

/// A rule is asked for a window that moves; a time of its own would stand still where it stood at
/// the start.
fn report_time(table: &Table<'_>, text: Placed<'_, &str>) {
    let lower = text.value.to_ascii_lowercase();
    let at = ["time:", "time："]
        .iter()
        .filter_map(|field| lower.find(field))
        .min();
    let character = at.map_or(0, |at| text.value[..at].chars().count());
    table.sink.fault(
        text.place.of_character(text.value, character),
        "the query has a `time:`, and a rule has a `window`".to_owned(),
        Some("leave `time:` out, and say with `window` how long a stretch is counted".to_owned()),
    );
}

/// Reports a name in a query that nothing has. Groups are configured or not there; a source,
/// publisher or family may yet come by an import, so it deserves a look and is no fault.
fn check_names(table: &Table<'_>, text: Placed<'_, &str>, query: &Query, directory: &Directory) {
    let binding = Binding {
        directory,
        // Times are not looked at: what a relative one means shows when the rule is asked.
        now: Timestamp::UNIX_EPOCH,
        zone: &TimeZone::UTC,
    };
    let Err(BindError::Unknown {
        field,
        value,
        suggestion,
    }) = query.bind(binding)
    else {
        return;
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
    if field == "group" {
        table.sink.fault(place, message, near);
    } else {
        let until = "until an import brings it, nothing of it is found".to_owned();
        table.sink.warn(place, message, near.or(Some(until)));
    }
}
