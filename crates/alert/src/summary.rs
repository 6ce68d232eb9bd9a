//! Several alerts in one message: which of them are told one by one, and the delivery of it.

use std::collections::{BTreeMap, BTreeSet};

use bellwether_model::{
    Alert, AlertId, Delivery, DeliveryKey, DeliveryKind, Hold, HoldReason, ReceiverId, Severity,
    SummaryReason, Timestamp,
};

use crate::key::digest;
use crate::life::decided;

/// Alerts that a summary tells one by one. More is no summary; the page has them all.
pub const ENTRIES_MAX: usize = 20;

/// A message that goes into a summary, and the alerts that it speaks of.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// The message.
    pub delivery: &'a Delivery,
    /// The alerts.
    pub about: &'a [Alert],
}

impl Member<'_> {
    /// How urgent the most urgent of its alerts is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        let severities = self.about.iter().map(Alert::severity);
        severities.max().unwrap_or_default()
    }
}

/// The members that are told one by one: of each alert the last message, the most urgent first, then the
/// newest. Their places among the members.
#[must_use]
pub fn chosen(members: &[Member<'_>]) -> Vec<usize> {
    let mut last: BTreeMap<&AlertId, usize> = BTreeMap::new();
    for (at, member) in members.iter().enumerate() {
        let order = |at: usize| {
            let delivery = members.get(at).map(|member| member.delivery);
            delivery.map(|delivery| (delivery.created, delivery.revision, delivery.kind.as_str()))
        };
        let slot = last.entry(&member.delivery.alert).or_insert(at);
        if order(at) > order(*slot) {
            *slot = at;
        }
    }
    let mut chosen: Vec<usize> = last.into_values().collect();
    chosen.sort_by_key(|at| {
        members.get(*at).map(|member| {
            let created = std::cmp::Reverse(member.delivery.created);
            let severity = std::cmp::Reverse(member.severity());
            (severity, created, member.delivery.key.as_str())
        })
    });
    chosen.truncate(ENTRIES_MAX);
    chosen
}

/// How many alerts of each severity the members speak of, the most urgent first.
#[must_use]
pub fn counts(members: &[Member<'_>]) -> Vec<(Severity, u32)> {
    let mut alerts: BTreeMap<&AlertId, Severity> = BTreeMap::new();
    for alert in members.iter().flat_map(|member| member.about) {
        alerts.insert(&alert.id, alert.severity());
    }
    let of = |severity: &Severity| alerts.values().filter(|of| *of == severity).count();
    let counts = Severity::ALL.into_iter().rev().map(|severity| {
        let count = u32::try_from(of(&severity)).unwrap_or(u32::MAX);
        (severity, count)
    });
    counts.filter(|(_, count)| *count > 0).collect()
}

/// The alerts that the members speak of, each once.
#[must_use]
pub fn alerts<'a>(members: &[Member<'a>]) -> Vec<&'a AlertId> {
    let alerts = members.iter().flat_map(|member| member.about);
    let alerts: BTreeSet<&AlertId> = alerts.map(|alert| &alert.id).collect();
    alerts.into_iter().collect()
}

/// The delivery of a summary; its key is that of its members, so that deciding it again after a crash
/// makes the same. `None` where there are no members.
#[must_use]
pub fn summary_delivery(
    members: &[Member<'_>],
    why: SummaryReason,
    group: &str,
    now: Timestamp,
) -> Option<Delivery> {
    let first = members.first()?;
    let receiver = &first.delivery.receiver;
    let keys: BTreeSet<&str> = members
        .iter()
        .map(|member| member.delivery.key.as_str())
        .collect();
    let parts = std::iter::once(receiver.as_str()).chain(keys);
    let key = DeliveryKey::new(format!("summary:1:{}", digest(parts)));
    let alert = first.about.first()?;
    let mut delivery = decided(alert, DeliveryKind::Summary, key, receiver, now);
    if why == SummaryReason::Group {
        delivery.hold = Some(Hold {
            why: HoldReason::Group,
            by: group.to_owned(),
        });
    }
    Some(delivery)
}

/// The key of the note with which a shift is handed over at a time.
#[must_use]
pub fn handover_key(receiver: &ReceiverId, at: Timestamp) -> DeliveryKey {
    let at = at.as_second().to_string();
    DeliveryKey::new(format!(
        "summary:1:{}",
        digest(["handover", receiver.as_str(), &at])
    ))
}
