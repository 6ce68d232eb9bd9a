//! Who is told of what was found: the routes of rules and the route tree, with the labels they go by.

use std::collections::{BTreeMap, BTreeSet};

use bellwether_alert::{RuleFacts, burst_labels, group_of, routed};
use bellwether_archive::{ArchiveError, Desk, LogReader};
use bellwether_model::{
    Burst, Delivery, DeliveryKind, Directory, Grouping, Hold, HoldReason, ItemId, Labels,
    ReceiverId, Route, RuleId,
};
use bellwether_query::item_language;

/// Items whose languages a burst is labelled with, the latest.
const READ_MAX: usize = 24;

/// Who is told, of the receivers that are enabled.
#[derive(Debug, Clone, Default)]
pub struct Routing {
    /// The route tree, for what names no receivers itself.
    pub tree: Option<Route>,
    /// The rules that are in force.
    pub rules: BTreeMap<RuleId, RuleRoute>,
    /// The receivers that are enabled.
    pub enabled: BTreeSet<ReceiverId>,
    /// Who is who.
    pub directory: Directory,
}

/// Where the alerts of a rule go, and what they are labelled with.
#[derive(Debug, Clone, Default)]
pub struct RuleRoute {
    /// The receivers that the rule names; where it names none, the tree decides.
    pub receivers: Vec<ReceiverId>,
    /// What is known of the rule.
    pub facts: RuleFacts,
}

/// A receiver that is told, and how alerts are gathered for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Way {
    /// The receiver.
    pub receiver: ReceiverId,
    /// How alerts are gathered on the way; `None` tells each alone.
    pub grouping: Option<Grouping>,
}

impl Routing {
    /// Who is told of the alert of a rule. A rule that names receivers goes there and nowhere else. Of
    /// a rule that is no longer in force nobody is told anew.
    #[must_use]
    pub fn of_rule(&self, rule: &RuleId, labels: &Labels) -> Vec<Way> {
        match self.rules.get(rule) {
            None => Vec::new(),
            Some(route) if route.receivers.is_empty() => self.by_tree(labels),
            Some(route) => self.to(&route.receivers),
        }
    }

    /// Who is told by the tree.
    #[must_use]
    pub fn by_tree(&self, labels: &Labels) -> Vec<Way> {
        let Some(tree) = &self.tree else {
            return Vec::new();
        };
        let stops = routed(tree, labels).into_iter();
        stops
            .filter(|stop| self.enabled.contains(stop.receiver))
            .map(|stop| Way {
                receiver: stop.receiver.clone(),
                grouping: stop.grouping.cloned(),
            })
            .collect()
    }

    fn to(&self, receivers: &[ReceiverId]) -> Vec<Way> {
        let enabled = receivers.iter().filter(|id| self.enabled.contains(*id));
        enabled
            .map(|receiver| Way {
                receiver: receiver.clone(),
                grouping: None,
            })
            .collect()
    }

    /// The labels of a burst. The languages are looked up once, when it is first seen: `known` are those
    /// of then.
    pub(crate) fn labels(
        &self,
        burst: &Burst,
        known: Option<Vec<String>>,
        log: &LogReader,
    ) -> Result<Labels, ArchiveError> {
        let languages = match known {
            Some(languages) => languages,
            None => languages(log, &burst.items)?,
        };
        let facts = self.rules.get(&burst.rule).map(|route| &route.facts);
        let none = RuleFacts::default();
        Ok(burst_labels(
            burst,
            facts.unwrap_or(&none),
            languages,
            &self.directory,
        ))
    }
}

fn languages(log: &LogReader, items: &[ItemId]) -> Result<Vec<String>, ArchiveError> {
    let mut languages = BTreeSet::new();
    for item in items.iter().rev().take(READ_MAX) {
        if let Some(item) = log.item(*item)? {
            languages.insert(item_language(&item).to_owned());
        }
    }
    Ok(languages.into_iter().collect())
}

/// Lets a message wait for others of its group, where the way to its receiver gathers them: as long as
/// the group waits, and not before its next message may come.
pub(crate) fn gather(
    delivery: &mut Delivery,
    ways: &[Way],
    labels: &Labels,
    desk: &Desk,
) -> Result<(), ArchiveError> {
    let way = ways.iter().find(|way| way.receiver == delivery.receiver);
    let is_gathered = matches!(delivery.kind, DeliveryKind::Firing | DeliveryKind::Resolved);
    let Some(grouping) = way
        .and_then(|way| way.grouping.as_ref())
        .filter(|_| is_gathered)
    else {
        return Ok(());
    };
    let by = group_of(grouping, labels);
    let waited = delivery.created.checked_add(grouping.wait);
    let told = desk.group_told(&delivery.receiver, &by)?;
    let next = told.map(|told| told.checked_add(grouping.interval));
    let times = waited.into_iter().chain(next.and_then(Result::ok));
    delivery.next_at = times.max().unwrap_or(delivery.next_at);
    delivery.hold = Some(Hold {
        why: HoldReason::Group,
        by,
    });
    Ok(())
}
