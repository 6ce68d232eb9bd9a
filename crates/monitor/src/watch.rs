//! The rules in force, bound to the sources in force.

use std::hash::{DefaultHasher, Hash, Hasher};

use bellwether_archive::{Derived, DerivedState};
use bellwether_model::{Directory, GroupId, Role, Seq, Span, Timestamp, Whose};
use bellwether_query::{Binding, Bound, Names, Query, SearchEngine, SearchError};
use jiff::SignedDuration;

use crate::collection::Scope;
use crate::error::MonitorError;
use crate::monitor::WatchedRule;

/// More hits than this in four weeks is no rule but a stream.
const PAST_HITS_MAX: usize = 1_000_000;

/// How far back a baseline can look, with a day to spare.
const PAST_HOURS: i64 = 30 * 24;

/// A rule, ready to be matched and evaluated.
#[derive(Debug)]
pub(crate) struct Watch {
    pub(crate) rule: WatchedRule,
    pub(crate) bound: Bound,
    pub(crate) scope: Scope,
    /// Of those that it counts, who is outside the domestic press; `None` where nobody is, or all are.
    pub(crate) outside: Option<Scope>,
}

impl Watch {
    /// Whose voices it is tested by, everybody's first.
    pub(crate) fn tested(&self) -> impl Iterator<Item = (Whose, &Scope)> {
        let outside = self.outside.iter().map(|scope| (Whose::Outside, scope));
        std::iter::once((Whose::All, &self.scope)).chain(outside)
    }
}

/// Binds all rules.
pub(crate) fn bind(
    rules: &[WatchedRule],
    directory: &Directory,
    now: Timestamp,
) -> Result<Vec<Watch>, MonitorError> {
    let names = Names::new(directory);
    rules
        .iter()
        .map(|rule| bind_one(rule, directory, &names, now))
        .collect()
}

/// Binds one rule.
pub(crate) fn bind_one(
    rule: &WatchedRule,
    directory: &Directory,
    names: &Names,
    now: Timestamp,
) -> Result<Watch, MonitorError> {
    let binding = Binding::new(directory, names, now, &rule.zone);
    let bound = rule
        .query
        .bind(binding)
        .map_err(|source| MonitorError::Rule {
            rule: rule.rule.id.clone(),
            source,
        })?;
    let groups = &rule.rule.groups;
    let bound = if groups.is_empty() {
        bound
    } else {
        bound.and(members(directory, groups))
    };
    Ok(Watch {
        rule: rule.clone(),
        bound,
        scope: Scope::new(directory, groups),
        outside: Scope::outside(directory, groups),
    })
}

fn members(directory: &Directory, groups: &[GroupId]) -> Bound {
    Bound::Sources(
        groups
            .iter()
            .flat_map(|group| directory.sources_in_group(group))
            .collect(),
    )
}

/// The query whose matches a rule counts, with its groups: what reproduces its numbers.
#[must_use]
pub fn full_query(rule: &WatchedRule) -> String {
    let groups = rule
        .rule
        .groups
        .iter()
        .map(|group| format!("group:{group}"));
    let groups = groups.collect::<Vec<_>>().join(" OR ");
    if groups.is_empty() {
        return rule.query.to_string();
    }
    // Canonical form: our own text reads without a fault, as ids are words.
    match Query::parse(&groups) {
        Ok(groups) => rule.query.clone().and(groups).to_string(),
        Err(_) => format!("({}) AND ({groups})", rule.query),
    }
}

/// What finds the matches of a query that are not of the domestic press.
pub(crate) fn outside_query(query: &str, directory: &Directory) -> String {
    let domestic = directory
        .groups()
        .filter(|group| group.role == Role::Domestic)
        .map(|group| format!("group:{}", group.id))
        .collect::<Vec<_>>()
        .join(" OR ");
    if domestic.is_empty() {
        return query.to_owned();
    }
    let text = format!("({query}) AND NOT ({domestic})");
    Query::parse(&text).map_or(text, |query| query.to_string())
}

/// What a rule's hits were found with: its query, and what that means with the sources in force. A
/// source that joins a group changes the meaning and not the text.
pub(crate) fn meaning(watch: &Watch) -> String {
    let mut hasher = DefaultHasher::new();
    format!("{:?}", watch.bound).hash(&mut hasher);
    format!("{} #{:016x}", full_query(&watch.rule), hasher.finish())
}

/// Looks up the past of rules that are new or mean something else than before, so that they have a
/// baseline at once. What the log brings from here on is matched as it is read; where it is read from
/// its beginning, there is nothing to look up.
pub(crate) fn learn_past(
    watches: &[Watch],
    derived: &mut Derived,
    engine: &dyn SearchEngine,
    state: &DerivedState,
) -> Result<(), MonitorError> {
    let from = state
        .tick
        .and_then(|tick| {
            tick.checked_sub(SignedDuration::from_hours(PAST_HOURS))
                .ok()
        })
        .unwrap_or(Timestamp::MIN);
    let past = Bound::Time(Span {
        from,
        to: Timestamp::MAX,
    });
    for watch in watches {
        let id = &watch.rule.rule.id;
        let meaning = meaning(watch);
        if derived.rule_query(id)?.as_deref() == Some(&meaning) {
            continue;
        }
        derived.put_rule(id, &meaning)?;
        if state.seq == Seq(0) {
            continue;
        }
        match engine.collect(&watch.bound.clone().and(past.clone()), PAST_HITS_MAX) {
            Ok(hits) => {
                tracing::info!(rule = %id, hits = hits.len(), "a new or changed rule learns its past");
                for hit in hits {
                    // What is not noted yet is matched when it is read.
                    let is_read = derived.stored(hit.item)?.is_some();
                    if is_read && !derived.is_left_out(hit.item)? {
                        derived.put_hit(id, hit.item, hit.time, true)?;
                    }
                }
            }
            Err(SearchError::TooMany(limit)) => tracing::warn!(
                rule = %id,
                limit,
                "the rule matches more than can be looked up; it begins without a past, \
                 `bellwether rebuild derived` gives it one"
            ),
            Err(source) => {
                return Err(MonitorError::Past {
                    rule: id.clone(),
                    source,
                });
            }
        }
    }
    Ok(())
}
