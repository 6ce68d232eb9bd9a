//! From bursts to alerts and their deliveries.
//!
//! The two live in different files, which no transaction spans: the desk keeps its own place (the
//! tick up to which bursts have become alerts) in the same transaction as what they became, and a
//! step with a revision that an alert has taken in changes nothing. So a crash between the two
//! repeats the hand-over without repeating a message, and a rebuild sends nothing anew.

use std::collections::{BTreeMap, BTreeSet};

use bellwether_alert::{alert_id, step, told, withdraw};
use bellwether_archive::{AlertFilter, ArchiveError, DataDir, Derived, Desk};
use bellwether_model::{
    Alert, AlertId, Burst, BurstState, Delivery, ReceiverId, Rule, RuleId, Timestamp,
};
use jiff::SignedDuration;

/// A burst that ended longer ago than this before it could be handed over is no news.
const NEWS_MAX: SignedDuration = SignedDuration::from_hours(24);

/// Open alerts looked at when a hand-over begins. Nobody lives with more.
const ALERTS_MAX: usize = 10_000;

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
        for mut burst in changes {
            let id = alert_id(&burst.id);
            let alert = match alerts.remove(&id) {
                Some(alert) => Some(alert),
                None => desk.alert(&id)?,
            };
            if alert.is_none() && self.is_long_over(&burst, tick)? {
                continue;
            }
            if let Some(alert) = &alert {
                // After a rebuild with other rules a burst may count its revisions anew; the alert
                // goes on with its own.
                burst.revision = burst.revision.max(alert.burst_revision.saturating_add(1));
            }
            let receivers = self.receivers(desk, &id, &burst, &deliveries)?;
            let (alert, new) = step(alert, &burst, &receivers, burst.evaluated);
            alerts.insert(id, alert);
            deliveries.extend(new.into_iter().map(|delivery| (delivery, burst.clone())));
        }
        let alerts: Vec<Alert> = alerts.into_values().collect();
        desk.hand_over(tick, &alerts, &deliveries)?;
        Ok(deliveries.len())
    }

    /// Resolves alerts that nothing stands behind any more: after a rebuild with other rules, their
    /// burst may be gone or have ended before the place handed over. Returns how many.
    ///
    /// # Errors
    /// [`ArchiveError`] where a store fails; nothing of this call is kept then.
    pub fn settle(&self, desk: &mut Desk) -> Result<usize, ArchiveError> {
        let Some(tick) = desk.handed_over()? else {
            return Ok(0);
        };
        let mut alerts = Vec::new();
        let mut deliveries = Vec::new();
        for alert in desk.alerts(AlertFilter::Open, ALERTS_MAX)? {
            let burst = self.derived.burst(&alert.burst)?;
            let stands = match &burst {
                Some(burst) => burst.state == BurstState::Open || burst.evaluated > tick,
                // What is computed anew may not have come to it yet.
                None => self
                    .derived
                    .state()?
                    .tick
                    .is_none_or(|reached| reached < tick),
            };
            if stands {
                continue;
            }
            let known = desk.deliveries(&alert.id)?;
            let (alert, new) = withdraw(alert, &told(&known), tick);
            if let Some(burst) = desk.last_burst(&alert.id)? {
                let ended = Burst {
                    state: BurstState::Ended,
                    revision: alert.burst_revision,
                    ended: Some(tick),
                    ..burst
                };
                deliveries.extend(new.into_iter().map(|delivery| (delivery, ended.clone())));
            }
            alerts.push(alert);
        }
        desk.hand_over(tick, &alerts, &deliveries)?;
        Ok(alerts.len())
    }

    /// Whether a burst had ended long before anybody could be told, as after weeks of polling without
    /// `run`: it is kept and shown, and is no news.
    fn is_long_over(&self, burst: &Burst, tick: Timestamp) -> Result<bool, ArchiveError> {
        let reached = self.derived.state()?.tick.unwrap_or(tick);
        let ended = self.derived.burst(&burst.id)?.and_then(|burst| burst.ended);
        Ok(ended.is_some_and(|ended| reached.duration_since(ended) > NEWS_MAX))
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
