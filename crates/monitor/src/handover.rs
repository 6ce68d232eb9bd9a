//! From bursts to alerts and their deliveries.
//!
//! The two live in different files, which no transaction spans: the desk keeps its own place (the
//! tick up to which bursts have become alerts) in the same transaction as what they became, and a
//! step with a revision that an alert has taken in changes nothing. So a crash between the two
//! repeats the hand-over without repeating a message, and a rebuild sends nothing anew.

use std::collections::{BTreeMap, BTreeSet};

use bellwether_alert::{alert_id, step, told};
use bellwether_archive::{ArchiveError, DataDir, Derived, Desk};
use bellwether_model::{Alert, AlertId, Burst, BurstState, Delivery, ReceiverId, Rule, RuleId};

/// Hands bursts to the desk.
pub struct HandOver {
    derived: Derived,
    routes: BTreeMap<RuleId, Vec<ReceiverId>>,
}

impl HandOver {
    /// Rules route to those of their receivers that are enabled.
    ///
    /// # Errors
    /// [`ArchiveError`] where the derived data cannot be opened.
    pub fn open<'a>(
        dir: &DataDir,
        rules: impl IntoIterator<Item = &'a Rule>,
        enabled: &BTreeSet<ReceiverId>,
    ) -> Result<Self, ArchiveError> {
        let routes = rules
            .into_iter()
            .map(|rule| {
                let receivers = rule
                    .receivers
                    .iter()
                    .filter(|id| enabled.contains(*id))
                    .cloned();
                (rule.id.clone(), receivers.collect())
            })
            .collect();
        Ok(Self {
            derived: Derived::open_readonly(dir)?,
            routes,
        })
    }

    /// Hands over what is new; the number of deliveries decided.
    ///
    /// # Errors
    /// [`ArchiveError`] where a store fails; nothing of this call is kept then.
    pub fn advance(&self, desk: &mut Desk) -> Result<usize, ArchiveError> {
        let changes = self.derived.changes_after(desk.handed_over()?)?;
        let Some(tick) = changes.iter().map(|burst| burst.evaluated).max() else {
            return Ok(0);
        };
        let mut alerts: BTreeMap<AlertId, Alert> = BTreeMap::new();
        let mut deliveries: Vec<(Delivery, Burst)> = Vec::new();
        for burst in changes {
            let id = alert_id(&burst.id);
            let alert = match alerts.remove(&id) {
                Some(alert) => Some(alert),
                None => desk.alert(&id)?,
            };
            let receivers = self.receivers(desk, &id, &burst, &deliveries)?;
            let (alert, new) = step(alert, &burst, &receivers, burst.evaluated);
            alerts.insert(id, alert);
            deliveries.extend(new.into_iter().map(|delivery| (delivery, burst.clone())));
        }
        let alerts: Vec<Alert> = alerts.into_values().collect();
        desk.hand_over(tick, &alerts, &deliveries)?;
        Ok(deliveries.len())
    }

    /// Whoever was told that a burst fires is told that it has ended, also where the route has
    /// changed since.
    fn receivers(
        &self,
        desk: &Desk,
        alert: &AlertId,
        burst: &Burst,
        decided: &[(Delivery, Burst)],
    ) -> Result<Vec<ReceiverId>, ArchiveError> {
        if burst.state == BurstState::Open {
            return Ok(self.routes.get(&burst.rule).cloned().unwrap_or_default());
        }
        let mut deliveries = desk.deliveries(alert)?;
        deliveries.extend(
            decided
                .iter()
                .map(|(delivery, _)| delivery)
                .filter(|d| d.alert == *alert)
                .cloned(),
        );
        Ok(told(&deliveries))
    }
}
