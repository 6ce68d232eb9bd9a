//! The rules in force, bound to the sources in force.

use bellwether_archive::Derived;
use bellwether_model::{Directory, GroupId, RuleId, Span, Timestamp};
use bellwether_query::{Binding, Bound, Query, SearchEngine};
use jiff::SignedDuration;

use crate::collection::Scope;
use crate::error::MonitorError;
use crate::monitor::WatchedRule;

/// More hits than this in four weeks is no rule but a stream.
const PAST_HITS_MAX: usize = 1_000_000;

/// A rule, ready to be matched and evaluated.
#[derive(Debug)]
pub(crate) struct Watch {
    pub(crate) rule: WatchedRule,
    pub(crate) bound: Bound,
    pub(crate) scope: Scope,
}

/// Binds all rules.
pub(crate) fn bind(
    rules: &[WatchedRule],
    directory: &Directory,
    now: Timestamp,
) -> Result<Vec<Watch>, MonitorError> {
    rules
        .iter()
        .map(|rule| {
            let binding = Binding {
                directory,
                now,
                zone: &rule.zone,
            };
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
            let scope = Scope::new(directory, groups);
            Ok(Watch {
                rule: rule.clone(),
                bound,
                scope,
            })
        })
        .collect()
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
pub(crate) fn full_query(rule: &WatchedRule) -> String {
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

/// Looks up the past of rules that are new or were changed, so that they have a baseline at once.
/// What the log brings from here on is matched as it is read.
pub(crate) fn learn_past(
    watches: &[Watch],
    derived: &mut Derived,
    engine: &dyn SearchEngine,
    now: Timestamp,
) -> Result<Vec<RuleId>, MonitorError> {
    let from = now
        .checked_sub(SignedDuration::from_hours(30 * 24))
        .unwrap_or(Timestamp::MIN);
    let past = Bound::Time(Span {
        from,
        to: Timestamp::MAX,
    });
    let mut learnt = Vec::new();
    for watch in watches {
        let id = &watch.rule.rule.id;
        let query = full_query(&watch.rule);
        if derived.rule_query(id)?.as_deref() == Some(&query) {
            continue;
        }
        let hits = engine
            .collect(&watch.bound.clone().and(past.clone()), PAST_HITS_MAX)
            .map_err(|source| MonitorError::Past {
                rule: id.clone(),
                source,
            })?;
        derived.put_rule(id, &query)?;
        for hit in hits {
            derived.put_hit(id, hit.item, hit.time, true)?;
        }
        learnt.push(id.clone());
    }
    Ok(learnt)
}
